/* SPDX-License-Identifier: Apache-2.0
 * body.h - organisations 组织: departments, offices, committees. Names change, history does not. */
#pragma once
#include "store/db.h"

struct body {
    int64_t county, id;
    const char *code, *place, *kind, *name, *short_name, *phone, *address, *hours, *was;
};
enum { BODY_LIST_MAX = 500 };
/* By its key; E_NOT_FOUND. */
enum err body_load(struct ctx *c, struct key k, struct body *out) MUST_USE;
/* The body with this code that serves place: at the place itself, else at the township, county,
 * city above. E_NOT_FOUND. */
enum err body_serving(struct ctx *c, const char *code, const char *place,
                      struct body *out) MUST_USE;
/* Bodies whose place is exactly place. */
enum err body_list(struct ctx *c, const char *place, struct body **out, size_t *n) MUST_USE;
/* Adds one (id is set), or changes what is known of one that is there. */
enum err body_save(struct ctx *c, struct body *b) MUST_USE;
/* "民政局"; "" when there is none. */
const char *body_name(struct ctx *c, const char *code, const char *place);
