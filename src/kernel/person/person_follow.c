/* SPDX-License-Identifier: Apache-2.0
 * person_follow.c - people and households go with their village when it becomes part of another.
 * Their groups get the old village's name in front, so that two doors of one name stay two. */
#include "kernel/person/person.h"
#include "kernel/place/place.h"

/* $3: the old village's name, as place_group_moved puts it in front. */
#define GRP_MOVED                                                                                  \
    "grp = CASE WHEN substr(grp, 1, length(CAST($3 AS TEXT))) = $3 THEN grp ELSE "                 \
    "CAST($3 AS TEXT) || grp END"
static const struct sql SQL_PEOPLE = {
    "SELECT count(*) FROM person WHERE place = $1 AND died_day IS NULL AND moved_day IS NULL AND "
    "merged_into = 0",
    NULL
};
static const struct sql SQL_HOUSES = {
    "SELECT count(*) FROM household WHERE place = $1 AND joined = 0", NULL
};
static const struct sql SQL_PEOPLE_MOVE = { "UPDATE person SET place = $2, " GRP_MOVED
                                            " WHERE place = $1",
                                            NULL };
static const struct sql SQL_HOUSES_MOVE = { "UPDATE household SET place = $2, " GRP_MOVED
                                            " WHERE place = $1",
                                            NULL };

static enum err count_people(struct ctx *c, const char *place, int64_t *n)
{
    return db_one(c, &SQL_PEOPLE, IN(v_text(place)), OUT(s_int(n)));
}

static enum err count_houses(struct ctx *c, const char *place, int64_t *n)
{
    return db_one(c, &SQL_HOUSES, IN(v_text(place)), OUT(s_int(n)));
}

static enum err move_with(struct ctx *c, const struct sql *q, const struct place_merge *m)
{
    return db_run(c, q, IN(v_text(m->from.code), v_text(m->into.code), v_text(m->from.short_name)));
}

static enum err move_people(struct ctx *c, const struct place_merge *m)
{
    return move_with(c, &SQL_PEOPLE_MOVE, m);
}

static enum err move_houses(struct ctx *c, const struct place_merge *m)
{
    return move_with(c, &SQL_HOUSES_MOVE, m);
}
static struct place_follower people = {
    .order = 1, .zh = "居民", .unit = "人", .count = count_people, .move = move_people
};
static struct place_follower houses = {
    .order = 2, .zh = "户", .unit = "户", .count = count_houses, .move = move_houses
};
PLACE_FOLLOWER(people)
PLACE_FOLLOWER(houses)
