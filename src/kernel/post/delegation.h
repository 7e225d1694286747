/* SPDX-License-Identifier: Apache-2.0
 * delegation.h - leave 请假代办: what one may do, another may do meanwhile. Administrators' posts
 * are never lent, and nobody borrows what would clash with a post of their own. */
#pragma once
#include "store/db.h"

enum { DELEGATION_DAYS_MAX = 92, DELEGATIONS_MAX = 200 };
struct delegation {
    int64_t id, from, to, from_day, to_day; /* both days included */
    const char *from_name, *to_name, *reason;
};
/* Lends from_day to to_day; sets d->id. Fields refused: "to" (the same person, an administrator, a
 * clash: E_POSTS_CLASH), "from" (nothing that may be lent), "to_day" (before from_day, over, or
 * more than DELEGATION_DAYS_MAX days). */
enum err delegation_add(struct ctx *c, struct delegation *d) MUST_USE;
/* Those not over on day and not ended, by first day. */
enum err delegation_list(struct ctx *c, int32_t day, struct delegation **out, size_t *n) MUST_USE;
/* One that is not ended; E_NOT_FOUND. */
enum err delegation_load(struct ctx *c, int64_t id, struct delegation *out) MUST_USE;
/* Ends it at once. */
enum err delegation_end(struct ctx *c, int64_t id) MUST_USE;
