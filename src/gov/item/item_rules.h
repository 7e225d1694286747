/* SPDX-License-Identifier: Apache-2.0
 * item_rules.h - what an item of the catalogue must be like, and what a new version changes. Pure:
 * no database, no clock. */
#pragma once
#include "gov/item/item.h"

struct item_parts {
    struct material m[MATERIALS_MAX]; /* seq: the row of the form */
    struct question q[QUESTIONS_MAX];
    size_t n_m, n_q;
};
/* "elder.allowance": small letters, digits and _ in two or more pieces with dots between. */
bool item_code_ok(const char *code);
/* "id_card": the same without dots. */
bool part_code_ok(const char *code);
/* "20", "12.5", "12.50" in yuan to fen; "" is 0. False for all else and above 100,000 yuan. */
bool yuan_parse(const char *text, int64_t *fen);
/* Notes every field that cannot stay in c->bads (m_code3: row 3 of the materials); E_BAD_INPUT when
 * there is any. */
enum err item_check(struct ctx *c, const struct item *it, const struct item_parts *p) MUST_USE;

struct item_change {
    const char *what, *before, *after; /* before or after "": added or taken away */
};
enum { CHANGES_MAX = 96 };
struct item_whole {
    const struct item *item;
    const struct material *m;
    const struct question *q;
    size_t n_m, n_q;
};
/* What residents will read differently, in the order of the guide; in c's arena. */
const struct item_change *item_changes(struct ctx *c, const struct item_whole *before,
                                       const struct item_whole *after, size_t *n);
