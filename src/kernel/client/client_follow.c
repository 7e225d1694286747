/* SPDX-License-Identifier: Apache-2.0
 * client_follow.c - programs go with their body and their village when these become part of others.
 */
#include "kernel/body/body.h"
#include "kernel/client/client.h"
#include "kernel/place/place.h"

static const struct sql SQL_BODY_COUNT = {
    "SELECT count(*) FROM client WHERE place = $1 AND body = $2 AND stopped_ms = 0", NULL
};
static const struct sql SQL_BODY_MOVE = {
    "UPDATE client SET place = $3, body = $4 WHERE place = $1 AND body = $2", NULL
};
static const struct sql SQL_PLACE_COUNT = {
    "SELECT count(*) FROM client WHERE place = $1 AND stopped_ms = 0", NULL
};
static const struct sql SQL_PLACE_MOVE = { "UPDATE client SET place = $2 WHERE place = $1", NULL };

static enum err count_of_body(struct ctx *c, const struct body *b, int64_t *n)
{
    return db_one(c, &SQL_BODY_COUNT, IN(v_text(b->place), v_int(b->id)), OUT(s_int(n)));
}

static enum err move_of_body(struct ctx *c, const struct body *from, const struct body *to,
                             int32_t day)
{
    (void)day;
    return db_run(c, &SQL_BODY_MOVE,
                  IN(v_text(from->place), v_int(from->id), v_text(to->place), v_int(to->id)));
}
static struct body_follower programs = {
    .order = 50, .zh = "接入的程序", .count = count_of_body, .move = move_of_body
};
BODY_FOLLOWER(programs)

static enum err count_of_place(struct ctx *c, const char *place, int64_t *n)
{
    return db_one(c, &SQL_PLACE_COUNT, IN(v_text(place)), OUT(s_int(n)));
}

static enum err move_of_place(struct ctx *c, const struct place_merge *m)
{
    return db_run(c, &SQL_PLACE_MOVE, IN(v_text(m->from.code), v_text(m->into.code)));
}
static struct place_follower village_programs = {
    .order = 50, .zh = "接入的程序", .unit = "个", .count = count_of_place, .move = move_of_place
};
PLACE_FOLLOWER(village_programs)
