/* SPDX-License-Identifier: Apache-2.0
 * audit.h - what was done, by whom: rows only ever come, and a sealer chains hashes over them. */
#pragma once
#include "store/db.h"
#include "web/route.h"

enum { AUDIT_PAGE = 100, AUDIT_GROUP_MAX = 5000, AUDIT_HASH = 32 };
struct audit_row {
    int64_t id, at_ms, account;
    const char *kind, *place, *what, *subject, *words, *result;
};
/* kind: "business" or "security". words never hold personal data. */
enum err audit_add(struct ctx *c, const char *kind, const char *place, const char *what,
                   const char *subject, const char *words, enum err result) MUST_USE;
/* The gate's hooks. */
enum err audit_request(struct ctx *c, struct req *r, enum err e) MUST_USE;
enum err audit_looks(struct ctx *c, struct req *r) MUST_USE;
/* Newest first; what and subject: "" or a prefix; before: 0 or an id to go on from. */
enum err audit_list(struct ctx *c, const char *kind, const char *what, int64_t before,
                    struct audit_row **out, size_t *n) MUST_USE;
struct audit_query {
    const char *kind;       /* "business", "security" or "" for both */
    const char *what;       /* "" or a prefix of what */
    const char *who;        /* "" or the beginning of an account's name */
    int64_t from_ms, to_ms; /* [from, to); to 0: open */
    int64_t before;         /* 0 or an id to go on from */
    bool refused;           /* only what failed */
};
struct audit_line {
    struct audit_row row;
    const char *name; /* of the account; "" for nobody and for the system */
};
enum { AUDIT_EXPORT_MAX = 20000 };
/* Newest first, at most max rows. */
enum err audit_find(struct ctx *c, const struct audit_query *q, size_t max, struct audit_line **out,
                    size_t *n) MUST_USE;
/* In a transaction: chains all rows that came since the last link. */
enum err audit_seal(struct ctx *c, void *unused) MUST_USE;
/* Recomputes every link; E_FORMAT names the first that does not fit. rows: how many were checked.
 */
enum err audit_verify(struct ctx *c, int64_t *links, int64_t *rows) MUST_USE;

struct look_row {
    int64_t id, at_ms, account;
    const char *actor, *reason;
};
struct look_line {
    int64_t id, at_ms, account, county, person;
    const char *actor, *reason;
};
/* Who looked at anybody, newest first, at most AUDIT_PAGE rows; who: "" or a part of the actor's
 * name and post; before: 0 or an id to go on from. Persons by number only. */
enum err look_find(struct ctx *c, const char *who, int64_t before, struct look_line **out,
                   size_t *n) MUST_USE;
/* Who looked at this person, newest first; at most 100. */
enum err look_list(struct ctx *c, struct key person, struct look_row **out, size_t *n) MUST_USE;
