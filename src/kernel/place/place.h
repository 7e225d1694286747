/* SPDX-License-Identifier: Apache-2.0
 * place.h - the tree of places 区划: province 2 digits, city 4, county 6, township 9, village 12. A
 * place contains every place whose code begins with its own. */
#pragma once
#include "store/db.h"

enum place_level { PLACE_PROVINCE = 1, PLACE_CITY, PLACE_COUNTY, PLACE_TOWNSHIP, PLACE_VILLAGE };
enum {
    PLACE_FIND_MAX = 20,
    PLACE_CHILDREN_MAX = 800,
    PLACE_NAMES_MAX = 50,
    PLACE_MERGES_MAX = 20, /* mergers of mergers that are followed */
    PLACE_NAME_CHARS_MAX = 40,
};

/* name, short_name and kind are those of the day it was loaded on. valid_to: its last day. */
struct place {
    const char *code, *kind, *name, *short_name, *merged_into;
    int64_t level, population, households, counted_day, valid_from, valid_to;
};

/* E_NOT_FOUND when there is no such code. */
enum err place_load(struct ctx *c, const char *code, struct place *out) MUST_USE;
/* The same with the names of a day. */
enum err place_load_on(struct ctx *c, const char *code, int32_t day, struct place *out) MUST_USE;
/* The same for a code that a visitor gave for new work: E_PLACE when unknown, E_PLACE_MERGED when
 * it no longer exists (out is filled: out->merged_into says where to). */
enum err place_require(struct ctx *c, const char *code, struct place *out) MUST_USE;
/* The same, but a merged one leads to the village it is part of now. E_PLACE. */
enum err place_now(struct ctx *c, const char *code, struct place *out) MUST_USE;
/* Places directly below that were not merged into another, in order of code. */
enum err place_children(struct ctx *c, const char *code, struct place **out, size_t *n) MUST_USE;
/* Villages, townships and counties whose name begins with q, or whose initials do, under area;
 * at most PLACE_FIND_MAX; former names find, too. A code finds itself. */
enum err place_find(struct ctx *c, const char *q, const char *area, struct place **out,
                    size_t *n) MUST_USE;
/* "赤壁市赵李桥镇柳林村": from the county down. "" for an unknown code. */
const char *place_full_name(struct ctx *c, const char *code);
/* The same as it was on a day: on what was issued then. */
const char *place_full_name_on(struct ctx *c, const char *code, int32_t day);
/* "柳林村"; the code itself when it is unknown. */
const char *place_short_name(struct ctx *c, const char *code);
/* The first six digits as a number; 0 for a shorter code. */
int64_t place_county(const char *code);
/* The code of the place at level that contains code; "" when code is above that level. */
const char *place_at(struct ctx *c, const char *code, enum place_level level);
enum place_level place_level_of(const char *code);
/* The name as people say it: 柳林村村委会 -> 柳林村. */
const char *place_say(struct ctx *c, const char *name, enum place_level level);

/* "village", "community", "farm" or "virtual" by the official name of a village; "" above. The only
 * place where that is decided. */
const char *place_kind_of(struct ctx *c, const char *name, enum place_level level);
/* "村", "社区" ... */
const char *place_kind_zh(const char *kind);

struct place_import {
    int64_t rows, added, changed;
};
/* Reads code,level,parent,name (as published by the NBS) in one transaction; existing codes are
 * renamed from today on, but for those that were renamed here by a decision; none is ever deleted.
 * E_FORMAT with the line in c->why. */
enum err place_import(struct ctx *c, const char *path, struct place_import *out) MUST_USE;

/* ---- names, mergers (place_change.c) ---- */
struct place_name {
    int64_t until_day; /* first day of the next name */
    const char *name;
};
/* Former names, newest first. */
enum err place_names(struct ctx *c, const char *code, struct place_name **out, size_t *n) MUST_USE;
/* Another official name from a day on. E_PLACE_MERGED; refused fields: "from" (not after the last
 * renaming: E_RENAMED_LATER), "name" (the one it has). */
enum err place_rename(struct ctx *c, const struct place *p, int32_t from, const char *name,
                      const char *decision) MUST_USE;

struct place_merge {
    struct place from, into;
    int32_t day; /* the first on which there is one village */
    const char *decision;
};
/* Whether from may become part of into on day, today or earlier: E_PLACE_MERGED; refused fields:
 * "into" (another township: E_MERGE_TOWNSHIP; itself), "from" (the day). */
enum err place_merge_check(struct ctx *c, const struct place_merge *m) MUST_USE;
/* Checks, then moves all that belongs to the village, in the caller's transaction. */
enum err place_merge(struct ctx *c, const struct place_merge *m) MUST_USE;

/* Whoever keeps rows that belong to a village says PLACE_FOLLOWER(follower) once. */
struct place_follower {
    int order;             /* smaller stands first on the preview and moves first */
    const char *zh, *unit; /* "在办的办件", "件" */
    enum err (*count)(struct ctx *c, const char *place, int64_t *n);
    enum err (*move)(struct ctx *c, const struct place_merge *m);
    struct place_follower *next; /* the list's own */
};
void place_follow(struct place_follower *f);
#define PLACE_FOLLOWER(follower)                                                                   \
    __attribute__((constructor)) static void follower##_place_follows(void)                        \
    {                                                                                              \
        place_follow(&follower);                                                                   \
    }
/* The first follower in order; go on by ->next. */
const struct place_follower *place_followers(void);
/* A group's or household's group after its village became part of another: 三组 -> 柳林村三组, so
 * that two doors of the same name stay two. */
const char *place_group_moved(struct ctx *c, const struct place_merge *m, const char *grp);
