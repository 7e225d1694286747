/* SPDX-License-Identifier: Apache-2.0
 * slip_follow.c - certificates go with their village when it becomes part of another: those still
 * being written. An issued one keeps the village that issued it; who reads it is asked of the
 * village there is now (slip_pages.c). */
#include "gov/certificate/certificate.h"
#include "kernel/person/person.h"
#include "kernel/place/place.h"

static const struct sql SQL_COUNT = {
    "SELECT count(*) FROM certificate_slip WHERE place = $1 AND number = ''", NULL
};
static const struct sql SQL_MOVE = {
    "UPDATE certificate_slip SET place = $2 WHERE place = $1 AND number = ''", NULL
};

static enum err count(struct ctx *c, const char *place, int64_t *n)
{
    return db_one(c, &SQL_COUNT, IN(v_text(place)), OUT(s_int(n)));
}

static enum err move(struct ctx *c, const struct place_merge *m)
{
    return db_run(c, &SQL_MOVE, IN(v_text(m->from.code), v_text(m->into.code)));
}
static struct place_follower slips = {
    .order = 60, .zh = "没写完的证明", .unit = "份", .count = count, .move = move
};
PLACE_FOLLOWER(slips)

static const struct sql SQL_PERSON = {
    "UPDATE certificate_slip SET person = $3 WHERE county = $1 AND person = $2", NULL
};

static enum err joined(struct ctx *c, struct key from, const struct person *into)
{
    return db_run(c, &SQL_PERSON, IN(v_int(from.county), v_int(from.id), v_int(into->key.id)));
}
static struct person_listener slips_of_person = { .joined = joined };
PERSON_LISTEN(slips_of_person)
