/* SPDX-License-Identifier: Apache-2.0
 * item_guide.h - a guide 办事指南 as its page shows it: residents, the catalogue's preview and JSON
 * all read the same. */
#pragma once
#include "gov/item/item.h"
#include "kernel/page/page.h"

struct guide {
    struct item item;
    struct material *materials;
    struct question *questions;
    size_t n_materials, n_questions;
    const char *body; /* who answers for it, by name */
    struct safe_html qr;
};
/* What there is about this version. place: where the reader is, for the body's name. */
enum err guide_load(struct ctx *c, const struct item *version, const char *place,
                    struct guide *out) MUST_USE;
/* The reader's own place: the desk of one who has signed in, else the instance's county, else "".
 */
enum err guide_place(struct ctx *c, const struct req *r, const char **out) MUST_USE;

struct found {
    const char *q, *event;
    const char *phone; /* whom to call when nothing was found */
    struct item *items;
    struct certificate *certificates;
    struct life_event *events;
    size_t n_items, n_certificates, n_events;
};
