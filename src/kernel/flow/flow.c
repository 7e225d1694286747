/* SPDX-License-Identifier: Apache-2.0
 * flow.c - see flow.h. */
#include "kernel/flow/flow.h"

static const struct sql SQL_ADD = {
    "INSERT INTO flow_event (county, subject, id, flow, event, from_state, to_state, account, "
    "actor, words, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    NULL
};
static const struct sql SQL_STEPS = {
    "SELECT id, account, at_ms, event, from_state, to_state, actor, words FROM flow_event "
    "WHERE county = $1 AND subject = $2 AND flow = $3 ORDER BY id",
    NULL
};
static const struct col step_cols[] = {
    COL_INT(struct flow_step, id),     COL_INT(struct flow_step, account),
    COL_INT(struct flow_step, at_ms),  COL_TEXT(struct flow_step, event),
    COL_TEXT(struct flow_step, from),  COL_TEXT(struct flow_step, to),
    COL_TEXT(struct flow_step, actor), COL_TEXT(struct flow_step, words),
};

const char *flow_actor(struct ctx *c)
{
    return c->account_id == -1 ? "系统" : c->actor ? c->actor : "居民";
}

static enum err add(struct ctx *c, const struct sm *m, struct key subject, const char *event,
                    const char *from, const char *to, const char *words)
{
    return db_run(c, &SQL_ADD,
                  IN(v_int(subject.county), v_int(subject.id), v_int(id_new(c)), v_text(m->name),
                     v_text(event), v_text(from), v_text(to), v_int(c->account_id),
                     v_text(flow_actor(c)), v_text(str_or(words, "")), v_int(c->now_ms)));
}

enum err flow_fire(struct ctx *c, const struct sm *m, struct key subject, const char *state,
                   int event, const char *place, const void *data, const char *words,
                   const char **to)
{
    const struct sm_row *row;
    int from = sm_state_named(m, state);
    CHECK(from >= 0);
    TRY(sm_fire(c, m, from, event, place, data, &row));
    *to = m->states[row->to].name;
    return add(c, m, subject, m->events[event].name, state, *to, words);
}

enum err flow_note(struct ctx *c, const struct sm *m, struct key subject, const char *state,
                   const char *event, const char *words)
{
    return add(c, m, subject, event, state, state, words);
}

enum err flow_steps(struct ctx *c, const struct sm *m, struct key subject, struct flow_step **out,
                    size_t *n)
{
    return DB_ROWS(c, &SQL_STEPS,
                   IN(v_int(subject.county), v_int(subject.id), v_text(m->name)), step_cols,
                   FLOW_STEPS_MAX, out, n);
}
