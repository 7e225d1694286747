/* SPDX-License-Identifier: Apache-2.0
 * village.h - what everybody may see: the village's page, the public totals per item and per body
 * (never per person), and, for leaders, what is late. */
#pragma once
#include "gov/item/item.h"
#include "kernel/notice/announce.h"
#include "kernel/body/body.h"
#include "kernel/page/page.h"
#include "kernel/place/place.h"
#include "kernel/post/contact.h"
#include "kernel/todo/todo.h"

enum { TOTALS_MAX = 600, TILES = 8, MONTHS_SHOWN = 24 };
struct total {
    const char *name; /* of the item or the body */
    int64_t taken, done, late, refused, told_again, days, rated, score;
};
/* Sums for everything under place in the months from..to (202607), per item or per body, most taken
 * first. */
enum err totals_by_item(struct ctx *c, const char *place, int64_t from, int64_t to,
                        struct total **out, size_t *n) MUST_USE;
enum err totals_by_body(struct ctx *c, const char *place, int64_t from, int64_t to,
                        struct total **out, size_t *n) MUST_USE;
/* Per month, oldest first; name is "202611". */
enum err totals_by_month(struct ctx *c, const char *place, int64_t from, int64_t to,
                         struct total **out, size_t *n) MUST_USE;
/* One row: all together. */
enum err totals_all(struct ctx *c, const char *place, int64_t from, int64_t to,
                    struct total *out) MUST_USE;
/* "3.2" days or points from a sum and a count; "—" when there are none. */
const char *average_text(struct ctx *c, int64_t sum, int64_t n);
/* "2026 年 11 月" for 202611. */
const char *month_text(struct ctx *c, int64_t month);

struct village_page {
    struct place place;
    const char *full_name, *township_name;
    const struct contact *contacts;
    size_t n_contacts;
    struct body centre;      /* the township's service centre; name "" when unknown */
    struct item_name *items; /* most used */
    size_t n_items;
    int64_t n_all_items;
    struct total total;
    const char *month;
    int64_t n_must_not;         /* certificates that villages must not issue */
    const struct place *former; /* by whose address the visitor came; NULL: none */
    const struct place *places; /* of the home page: what was found */
    size_t n_places;
    struct announcement *announced; /* what the village says now */
    size_t n_announced;
    const char *q;
    struct safe_html qr;
};
/* A township, a county or the city: what is below it, whom to call. Also the answer to a code that
 * is no longer, or never was, a place: why says so. */
struct area_page {
    struct place place;
    const char *full_name, *why;
    const struct place *below, *into; /* into: where a merged village went, or NULL */
    size_t n_below;
    struct body centre;
    struct total total;
    const char *month;
};
struct late_page {
    const char *place;
    struct todo *rows;
    const char **when, **holder; /* of each row */
    size_t n;
};
struct totals_page {
    const char *place, *name;
    int64_t from, to;
    const struct total *items;
    size_t n_items;
    const struct total *bodies;
    size_t n_bodies;
    struct total all;
    const struct total *months;
    size_t n_months;
    const struct place *above, *below; /* what else may be chosen; above: from the top down */
    size_t n_above, n_below;
    int64_t choices[MONTHS_SHOWN]; /* months, newest first */
};
