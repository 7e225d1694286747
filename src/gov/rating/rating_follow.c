/* SPDX-License-Identifier: Apache-2.0
 * rating_follow.c - ratings go with their errands when a village becomes part of another. */
#include "gov/rating/rating.h"
#include "kernel/place/place.h"

static const struct sql SQL_COUNT = {
    "SELECT count(*) FROM rating WHERE place = $1 AND state NOT IN ('done', 'closed')", NULL
};
static const struct sql SQL_MOVE = { "UPDATE rating SET place = $2 WHERE place = $1", NULL };

static enum err count(struct ctx *c, const char *place, int64_t *n)
{
    return db_one(c, &SQL_COUNT, IN(v_text(place)), OUT(s_int(n)));
}

static enum err move(struct ctx *c, const struct place_merge *m)
{
    return db_run(c, &SQL_MOVE, IN(v_text(m->from.code), v_text(m->into.code)));
}
static struct place_follower ratings = {
    .order = 45, .zh = "没了结的差评", .unit = "件", .count = count, .move = move
};
PLACE_FOLLOWER(ratings)
