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
/* In a transaction: chains all rows that came since the last link. */
enum err audit_seal(struct ctx *c, void *unused) MUST_USE;
/* Recomputes every link; E_FORMAT names the first that does not fit. rows: how many were checked.
 */
enum err audit_verify(struct ctx *c, int64_t *links, int64_t *rows) MUST_USE;

struct look_row {
    int64_t id, at_ms, account;
    const char *actor, *reason;
};
/* Who looked at this person, newest first; at most 100. */
enum err look_list(struct ctx *c, struct key person, struct look_row **out, size_t *n) MUST_USE;
