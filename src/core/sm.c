/* SPDX-License-Identifier: Apache-2.0
 * sm.c - see sm.h. */
#include "core/sm.h"

static const struct sm_row *find(const struct sm *m, int state, int event)
{
    for (const struct sm_row *r = m->rows; r < m->rows + m->n_rows; r++)
        if (r->from == state && r->event == event)
            return r;
    return NULL;
}

enum err sm_fire(struct ctx *c, const struct sm *m, int state, int event, const char *place,
                 const void *subject, const struct sm_row **out)
{
    CHECK(state >= 0 && (size_t)state < m->n_states && event >= 0 && (size_t)event < m->n_events);
    const struct sm_row *r = find(m, state, event);
    if (!r)
        return fail(c, E_WRONG_STATE, "%s: no event %s in state %s", m->name, m->events[event].name,
                    m->states[state].name);
    if (!ctx_may(c, r->needs, place))
        return fail(c, E_FORBIDDEN, "%s: event %s needs %#x at %s", m->name, m->events[event].name,
                    (unsigned)r->needs, place);
    if (r->guard)
        TRY(r->guard(c, subject));
    *out = r;
    return OK;
}

bool sm_may(const struct ctx *c, const struct sm *m, int state, int event, const char *place,
            const void *subject)
{
    struct ctx probe = *c; /* the guard's notes go into the copy */
    const struct sm_row *r;
    return sm_fire(&probe, m, state, event, place, subject, &r) == OK;
}

int sm_state_named(const struct sm *m, const char *name)
{
    for (size_t i = 0; i < m->n_states; i++)
        if (str_eq(m->states[i].name, name))
            return (int)i;
    return -1;
}

int sm_event_named(const struct sm *m, const char *name)
{
    for (size_t i = 0; i < m->n_events; i++)
        if (str_eq(m->events[i].name, name))
            return (int)i;
    return -1;
}

void sm_check(const struct sm *m)
{
    CHECK(m->n_states <= SM_STATES_MAX && m->n_events <= SM_EVENTS_MAX);
    uint64_t seen = UINT64_C(1) << m->first, left = 0, used = 0;
    for (size_t pass = 0; pass < m->n_rows; pass++)
        for (size_t i = 0; i < m->n_rows; i++)
            if (seen & (UINT64_C(1) << m->rows[i].from))
                seen |= UINT64_C(1) << m->rows[i].to;
    for (size_t i = 0; i < m->n_rows; i++) {
        const struct sm_row *r = &m->rows[i];
        CHECK(r->needs != 0);
        CHECK(!m->states[r->from].final);
        CHECK(find(m, r->from, r->event) == r);
        left |= UINT64_C(1) << r->from;
        used |= UINT64_C(1) << r->event;
    }
    for (size_t s = 0; s < m->n_states; s++) {
        CHECK(m->states[s].name && m->states[s].zh);
        CHECK(seen & (UINT64_C(1) << s));
        CHECK(m->states[s].final == !(left & (UINT64_C(1) << s)));
    }
    for (size_t e = 0; e < m->n_events; e++)
        CHECK(used & (UINT64_C(1) << e));
}
