/* SPDX-License-Identifier: Apache-2.0
 * visit_follow.c - the care list and the visits go with what changes in the register: the village,
 * or two records that are one person. Their to-dos are moved with the desk. */
#include "gov/visit/care_model.h"
#include "kernel/place/place.h"

static const struct sql SQL_COUNT = {
    "SELECT count(*) FROM care WHERE place = $1 AND ended_ms IS NULL", NULL
};
static const struct sql SQL_CARE = { "UPDATE care SET place = $2 WHERE place = $1", NULL };
static const struct sql SQL_VISITS = { "UPDATE visit SET place = $2 WHERE place = $1", NULL };

static enum err count(struct ctx *c, const char *place, int64_t *n)
{
    return db_one(c, &SQL_COUNT, IN(v_text(place)), OUT(s_int(n)));
}

static enum err move(struct ctx *c, const struct place_merge *m)
{
    const struct val in[] = { v_text(m->from.code), v_text(m->into.code) };
    TRY(db_run(c, &SQL_CARE, in, COUNT(in)));
    return db_run(c, &SQL_VISITS, in, COUNT(in));
}
static struct place_follower care = {
    .order = 50, .zh = "关爱对象", .unit = "人", .count = count, .move = move
};
PLACE_FOLLOWER(care)
