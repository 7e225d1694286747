/* SPDX-License-Identifier: Apache-2.0
 * flow.h - moves a subject along its life cycle and keeps every step; the timeline of each page. */
#pragma once
#include "core/sm.h"
#include "store/db.h"

enum { FLOW_STEPS_MAX = 500, FLOW_WORDS_MAX = 1000 };
struct flow_step {
    int64_t id, account, at_ms;
    const char *event, *from, *to, *actor, *words;
};
/* Asks the table, then writes the step. place is where the right is needed. *to is the new state;
 * the caller stores it with its subject. */
enum err flow_fire(struct ctx *c, const struct sm *m, struct key subject, const char *state,
                   int event, const char *place, const void *data, const char *words,
                   const char **to) MUST_USE;
/* A line in the timeline that changes no state (a note). */
enum err flow_note(struct ctx *c, const struct sm *m, struct key subject, const char *state,
                   const char *event, const char *words) MUST_USE;
/* Oldest first. */
enum err flow_steps(struct ctx *c, const struct sm *m, struct key subject, struct flow_step **out,
                    size_t *n) MUST_USE;
/* "代理员 王**": how the actor of c is written down. */
const char *flow_actor(struct ctx *c);
