/* SPDX-License-Identifier: Apache-2.0
 * body.h - organisations 组织: departments, offices, committees. Names change, history does not: a
 * body is called what it was called on that day, and when it ends its successor answers for it. */
#pragma once
#include "store/db.h"

struct body {
    int64_t county, id;
    /* name, short_name: those of the day it was loaded on. was: older ones, one per line. */
    const char *code, *place, *kind, *name, *short_name, *phone, *address, *hours, *was;
    int64_t valid_from, valid_to, successor; /* days, valid_to its last; successor 0: none */
};
enum {
    BODY_LIST_MAX = 500,
    BODY_NAMES_MAX = 50,
    BODY_HEIRS_MAX = 20, /* successors of successors that are followed */
    BODY_NAME_CHARS_MAX = 60,
    BODY_TEXT_CHARS_MAX = 120,
};
/* By its key, ended or not; E_NOT_FOUND. */
enum err body_load(struct ctx *c, struct key k, struct body *out) MUST_USE;
/* The body with this code that serves place: at the place itself, else at the township, county,
 * city above. One that has ended is answered for by its successor. E_NOT_FOUND. */
enum err body_serving(struct ctx *c, const char *code, const char *place,
                      struct body *out) MUST_USE;
/* The same as it was on another day. */
enum err body_serving_on(struct ctx *c, const char *code, const char *place, int32_t day,
                         struct body *out) MUST_USE;
/* Bodies whose place is exactly place and that live. */
enum err body_list(struct ctx *c, const char *place, struct body **out, size_t *n) MUST_USE;
/* The same with those that have ended, by kind and code. */
enum err body_list_all(struct ctx *c, const char *place, struct body **out, size_t *n) MUST_USE;
/* Adds one (id is set), or changes telephone, address and hours of one that is there. Names change
 * by body_rename only. E_EXISTS: the place has this code already. */
enum err body_save(struct ctx *c, struct body *b) MUST_USE;
/* "民政局"; "" when there is none. */
const char *body_name(struct ctx *c, const char *code, const char *place);
/* What it was called on a day. */
enum err body_name_on(struct ctx *c, const struct body *b, int32_t day, const char **name) MUST_USE;
bool body_ended(const struct body *b, int32_t day);
/* What a body can be, and how that is said; both end with NULL. */
extern const char *const body_kinds[], *const body_kind_words[];
/* "部门"; the word itself when it is unknown. */
const char *body_kind_zh(const char *kind);

/* ---- names, end (body_change.c) ---- */
struct body_name {
    int64_t until_day; /* first day of the next name */
    const char *name;
};
/* Former names with their last days, newest first. */
enum err body_names(struct ctx *c, const struct body *b, struct body_name **out,
                    size_t *n) MUST_USE;
/* Gives it another name from a day on, today's or later. E_BODY_ENDED; refused fields: "from" (not
 * after the last renaming: E_RENAMED_LATER), "name" (the one it has). */
enum err body_rename(struct ctx *c, const struct body *b, int32_t from, const char *name,
                     const char *short_name, const char *decision) MUST_USE;
/* Ends it: day is the first on which it is no more, not after today. What it holds goes to the
 * successor of the same place (0: none). E_BODY_ENDED, E_BODY_HOLDS; refused fields: "from",
 * "successor". All in the caller's transaction. */
enum err body_end(struct ctx *c, const struct body *b, int32_t day, int64_t successor,
                  const char *decision) MUST_USE;

/* ---- what a body holds ---- */
/* Whoever keeps work at bodies says BODY_FOLLOWER(follower) once. */
struct body_follower {
    int order;      /* smaller stands first on the page and moves first */
    const char *zh; /* "在任岗位" */
    /* How much of it the body holds. */
    enum err (*count)(struct ctx *c, const struct body *b, int64_t *n);
    /* Gives it all to `to`; day: the first day of the new state. */
    enum err (*move)(struct ctx *c, const struct body *from, const struct body *to, int32_t day);
    struct body_follower *next; /* the list's own */
};
void body_follow(struct body_follower *f);
#define BODY_FOLLOWER(follower)                                                                    \
    __attribute__((constructor)) static void follower##_body_follows(void)                         \
    {                                                                                              \
        body_follow(&follower);                                                                    \
    }
enum { BODY_FOLLOWERS_MAX = 16 };
struct body_held {
    const char *zh;
    int64_t n;
};
/* One line per follower; all: their sum. */
enum err body_holds(struct ctx *c, const struct body *b, struct body_held out[BODY_FOLLOWERS_MAX],
                    size_t *n, int64_t *all) MUST_USE;
