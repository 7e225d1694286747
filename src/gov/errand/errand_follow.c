/* SPDX-License-Identifier: Apache-2.0
 * errand_follow.c - errands go with what changes in the register: the body that holds them, the
 * village they belong to, the person they are for. Numbers stay; nothing is silently lost. */
#include "gov/errand/errand_step.h"
#include "kernel/flow/flow.h"
#include "kernel/place/place.h"

static const struct sql SQL_HELD_COUNT = {
    "SELECT count(*) FROM errand WHERE county = $1 AND holder_body = $2 AND closed_ms = 0", NULL
};
static const struct sql SQL_HELD = {
    "SELECT county, id FROM errand WHERE county = $1 AND holder_body = $2 AND closed_ms = 0 "
    "ORDER BY id",
    NULL
};
static const struct col key_cols[] = { COL_INT(struct key, county), COL_INT(struct key, id) };

/* ---- the body that holds it; its to-do row is moved with the desk ---- */
static enum err count_held(struct ctx *c, const struct body *b, int64_t *n)
{
    return db_one(c, &SQL_HELD_COUNT, IN(v_int(b->county), v_int(b->id)), OUT(s_int(n)));
}

static enum err move_held(struct ctx *c, const struct body *from, const struct body *to,
                          int32_t day)
{
    struct key *all;
    size_t n;
    (void)day;
    TRY(DB_ROWS(c, &SQL_HELD, IN(v_int(from->county), v_int(from->id)), key_cols, DB_ROWS_MAX, &all,
                &n));
    for (size_t i = 0; i < n; i++) {
        struct errand e;
        TRY(errand_load_any(c, all[i], &e));
        e.holder_body = to->id;
        e.holder = to->place;
        TRY(errand_update(c, &e));
        TRY(flow_note(c, &errand_sm, e.key, e.state, "note",
                      arena_printf(c->arena, "%s撤销，由%s接着办", from->name, to->name)));
    }
    return OK;
}
static struct body_follower held = {
    .order = 40, .zh = "没办完的办件", .count = count_held, .move = move_held
};
BODY_FOLLOWER(held)

/* ---- the village; its totals stay under the old code, where that work was done ---- */
static const struct sql SQL_OPEN_COUNT = {
    "SELECT count(*) FROM errand WHERE place = $1 AND closed_ms = 0", NULL
};
static const struct sql SQL_DONE_COUNT = {
    "SELECT count(*) FROM errand WHERE place = $1 AND closed_ms <> 0", NULL
};
static const struct sql SQL_OPEN = {
    "SELECT county, id FROM errand WHERE place = $1 AND closed_ms = 0 ORDER BY id", NULL
};
static const struct sql SQL_PLACE = {
    "UPDATE errand SET place = $2, holder = CASE WHEN holder = $1 THEN $2 ELSE holder END, "
    "home = CASE WHEN home = $1 THEN $2 ELSE home END WHERE place = $1",
    NULL
};

static enum err count_open(struct ctx *c, const char *place, int64_t *n)
{
    return db_one(c, &SQL_OPEN_COUNT, IN(v_text(place)), OUT(s_int(n)));
}

static enum err count_done(struct ctx *c, const char *place, int64_t *n)
{
    return db_one(c, &SQL_DONE_COUNT, IN(v_text(place)), OUT(s_int(n)));
}

/* Those in hand keep a line of it in their history; then all go, the finished ones too. */
static enum err move_open(struct ctx *c, const struct place_merge *m)
{
    struct key *all;
    size_t n;
    TRY(DB_ROWS(c, &SQL_OPEN, IN(v_text(m->from.code)), key_cols, DB_ROWS_MAX, &all, &n));
    for (size_t i = 0; i < n; i++) {
        struct errand e;
        TRY(errand_load_any(c, all[i], &e));
        TRY(flow_note(c, &errand_sm, e.key, e.state, "note",
                      arena_printf(c->arena, "%s并入%s，编号不变，由%s接着办", m->from.short_name,
                                   m->into.short_name, m->into.short_name)));
    }
    return db_run(c, &SQL_PLACE, IN(v_text(m->from.code), v_text(m->into.code)));
}

static enum err gone_already(struct ctx *c, const struct place_merge *m)
{
    (void)c, (void)m;
    return OK;
}
static struct place_follower in_hand = {
    .order = 40, .zh = "没办完的办件", .unit = "件", .count = count_open, .move = move_open
};
static struct place_follower finished = {
    .order = 41, .zh = "办完的办件", .unit = "件", .count = count_done, .move = gone_already
};
PLACE_FOLLOWER(in_hand)
PLACE_FOLLOWER(finished)
