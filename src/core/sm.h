/* SPDX-License-Identifier: Apache-2.0
 * sm.h - a life cycle as a table: what is not in the table cannot happen. The same rows give the
 * buttons, the deadlines, the to-do list, the public log, the documents and the tests. */
#pragma once
#include "core/core.h"

enum { SM_STATES_MAX = 32, SM_EVENTS_MAX = 48 };

/* Who is waited for while a record rests in a state. */
enum sm_waits { SM_NOBODY, SM_HOLDER, SM_RESIDENT, SM_LEADER };

struct sm_state {
    const char *name; /* stable word, kept in the database's history and in the API */
    const char *zh;   /* what people read */
    enum sm_waits waits;
    bool stops_clock; /* time spent here does not count against the worker */
    bool final;
};

enum sm_style { SM_NEXT, SM_SIDE, SM_QUIET, SM_AUTO };

struct sm_event {
    const char *name;
    const char *zh; /* a verb with its object: the words on the button */
    enum sm_style style;
};

struct sm_row {
    int from, event, to;
    uint32_t needs; /* capability of the one who acts; CAP_PUBLIC: the resident or the system */
    enum err (*guard)(struct ctx *c, const void *subject); /* NULL: nothing more to ask */
    const char *deadline; /* rule key: working days until the next step; NULL: none */
    const char *log;      /* kind of the public log's line; NULL: not for the public */
};

struct sm {
    const char *name, *zh;
    const struct sm_state *states;
    size_t n_states;
    const struct sm_event *events;
    size_t n_events;
    const struct sm_row *rows;
    size_t n_rows;
    int first;
};

/* The row that event takes in state, for an actor with the row's capability at place and a subject
 * that passes the row's guard. E_WRONG_STATE: no such row; E_FORBIDDEN; or the guard's own error.
 * This is the only way to learn a next state. */
enum err sm_fire(struct ctx *c, const struct sm *m, int state, int event, const char *place,
                 const void *subject, const struct sm_row **out) MUST_USE;
/* Whether sm_fire would succeed; leaves no note in c. Draws the buttons. */
bool sm_may(const struct ctx *c, const struct sm *m, int state, int event, const char *place,
            const void *subject);
/* The state or event called name, or -1. */
int sm_state_named(const struct sm *m, const char *name);
int sm_event_named(const struct sm *m, const char *name);
/* Stops the process when the table is unsound: a question with two answers, a state out of reach,
 * a dead end that is not final, a final state that is left, an event nobody uses. */
void sm_check(const struct sm *m);
