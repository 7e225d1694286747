/* SPDX-License-Identifier: Apache-2.0
 * place.h - the tree of places 区划: province 2 digits, city 4, county 6, township 9, village 12. A
 * place contains every place whose code begins with its own. */
#pragma once
#include "store/db.h"

enum place_level { PLACE_PROVINCE = 1, PLACE_CITY, PLACE_COUNTY, PLACE_TOWNSHIP, PLACE_VILLAGE };
enum { PLACE_FIND_MAX = 20, PLACE_CHILDREN_MAX = 800 };

struct place {
    const char *code, *kind, *name, *short_name, *merged_into;
    int64_t level, population, households, counted_day, valid_from, valid_to;
};

/* E_NOT_FOUND when there is no such code. */
enum err place_load(struct ctx *c, const char *code, struct place *out) MUST_USE;
/* The same for a code that a visitor gave for new work: E_PLACE when unknown, E_PLACE_MERGED when it
 * no longer exists (out is filled: out->merged_into says where to). */
enum err place_require(struct ctx *c, const char *code, struct place *out) MUST_USE;
/* Places directly below, in order of code. */
enum err place_children(struct ctx *c, const char *code, struct place **out, size_t *n) MUST_USE;
/* Villages, townships and counties whose name begins with q, or whose initials do, under area;
 * at most PLACE_FIND_MAX. A code finds itself. */
enum err place_find(struct ctx *c, const char *q, const char *area, struct place **out,
                    size_t *n) MUST_USE;
/* "赤壁市赵李桥镇柳林村": from the county down. "" for an unknown code. */
const char *place_full_name(struct ctx *c, const char *code);
/* "柳林村"; the code itself when it is unknown. */
const char *place_short_name(struct ctx *c, const char *code);
/* The first six digits as a number; 0 for a shorter code. */
int64_t place_county(const char *code);
/* The code of the place at level that contains code; "" when code is above that level. */
const char *place_at(struct ctx *c, const char *code, enum place_level level);
enum place_level place_level_of(const char *code);
/* The name as people say it: 柳林村村委会 -> 柳林村. */
const char *place_say(struct ctx *c, const char *name, enum place_level level);

struct place_import {
    int64_t rows, added, changed;
};
/* Reads code,level,parent,name (as published by the NBS) in one transaction; existing codes are
 * renamed, none is ever deleted. E_FORMAT with the line in c->why. */
enum err place_import(struct ctx *c, const char *path, struct place_import *out) MUST_USE;
