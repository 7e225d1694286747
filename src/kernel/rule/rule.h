/* SPDX-License-Identifier: Apache-2.0
 * rule.h - numbers that come from a law or a county, as rows with source and validity. */
#pragma once
#include "store/db.h"

enum { RULE_ROWS_MAX = 2000 };
struct rule {
    int64_t id;
    const char *name, *value, *unit, *level, *document, *article, *area, *source, *note;
    int64_t valid_from, valid_to; /* days; valid_to 0: open */
};

/* The row of `name` in force at place on day: the longest area wins, then the latest. A name
 * without any row is E_NOT_FOUND: reference data is missing. */
enum err rule_row(struct ctx *c, const char *name, const char *place, int32_t day,
                  struct rule *out) MUST_USE;
/* Its value as a whole number; E_FORMAT when it is none. */
enum err rule_int(struct ctx *c, const char *name, const char *place, int32_t day,
                  int64_t *out) MUST_USE;
/* All rows, or those of one name. */
enum err rule_list(struct ctx *c, const char *name, struct rule **out, size_t *n) MUST_USE;
/* All rows in force on day, by name and area. */
enum err rule_in_force(struct ctx *c, int32_t day, struct rule **out, size_t *n) MUST_USE;
/* Adds a row; one with the same name and area that is open ends on the day before. */
enum err rule_add(struct ctx *c, const struct rule *r) MUST_USE;
/* Reads data/rules.csv; rows that are there already stay. */
enum err rule_import(struct ctx *c, const char *path, int64_t *rows) MUST_USE;
/* "县级设定", "法律 《…》第 24 条": what a page says about where a number comes from. */
const char *rule_source(struct ctx *c, const struct rule *r);
/* What the number is, without the remarks behind it: the note up to its first semicolon. */
const char *rule_short(struct ctx *c, const struct rule *r);
const char *rule_unit_zh(const char *unit);
