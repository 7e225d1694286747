/* SPDX-License-Identifier: Apache-2.0
 * body_page.h - what the pages of bodies show, and what slices add to the page of one. */
#pragma once
#include "kernel/body/body.h"
#include "kernel/page/page.h"
#include "kernel/place/place.h"
#include "kernel/register/register.h"

enum { BODY_PARTS_MAX = 8 };
/* A card on the page of a body: the items it answers for. Every slice may say BODY_PART(part). */
struct body_part {
    /* Writes a card, or nothing when there is nothing to say. */
    enum err (*page)(struct ctx *c, struct html *h, const struct body *b);
    /* Writes one member into the body's JSON object. */
    enum err (*api)(struct ctx *c, struct json *j, const struct body *b);
    struct body_part *next; /* the list's own */
};
void body_part_add(struct body_part *part);
#define BODY_PART(part)                                                                            \
    __attribute__((constructor)) static void part##_register(void)                                 \
    {                                                                                              \
        body_part_add(&part);                                                                      \
    }

struct body_view {
    struct body b;
    const struct body *heir; /* who took over; NULL: nobody, or it lives */
    struct body_name *names;
    struct register_change *changes;
    size_t n_names, n_changes, n_parts;
    struct safe_html parts[BODY_PARTS_MAX];
    bool may_edit;
    /* the page of its end */
    struct body_held held[BODY_FOLLOWERS_MAX];
    struct body *others; /* that could take over */
    size_t n_held, n_others;
    int64_t n_all;
    int32_t today;
};
struct body_listing {
    struct place at;
    const struct body *all;
    const struct place *below;
    size_t n, n_below;
    int32_t today;
    bool may_edit;
};
