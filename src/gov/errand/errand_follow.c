/* SPDX-License-Identifier: Apache-2.0
 * errand_follow.c - errands go with what changes in the register: the body that holds them, the
 * village they belong to, the person they are for. Numbers stay; nothing is silently lost. */
#include "gov/errand/errand_step.h"
#include "kernel/flow/flow.h"

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
