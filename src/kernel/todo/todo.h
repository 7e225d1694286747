/* SPDX-License-Identifier: Apache-2.0
 * todo.h - 待办: one row per live subject, at the desk that must act next. A desk is a place, a
 * capability and perhaps a body: whoever sits there sees the row. */
#pragma once
#include "core/sm.h"
#include "store/db.h"

enum { TODO_LIST_MAX = 200, DESK_MAX = 64, TODO_LATE_MAX = 500 };

struct todo {
    struct key key; /* the subject */
    const char *flow, *desk, *place, *title, *line, *link, *verb;
    int64_t account, waits, due_ms, amber_ms, risen;
};
/* "421281101202/4/0" */
const char *desk_text(struct ctx *c, const char *place, enum cap_no cap, int64_t body);
/* What desk_text wrote; false for anything else. */
bool desk_parse(const char *text, char place[PLACE_CODE_MAX + 1], int64_t *cap, int64_t *body);
/* For rows that lie on desks: adds up `count` ($1: a desk) over all desks of a body; runs `move` ($1:
 * from, $2: to) for each desk of one body and the same desk of another. */
struct body;
enum err desk_count_of(struct ctx *c, const struct sql *count, const struct body *b,
                       int64_t *n) MUST_USE;
enum err desk_move_of(struct ctx *c, const struct sql *move, const struct body *from,
                      const struct body *to) MUST_USE;
/* Puts or moves the row of t->key and t->flow. due_ms 0: no deadline. */
enum err todo_set(struct ctx *c, const struct todo *t) MUST_USE;
/* Other words in a row that is there; all else stays. */
enum err todo_say(struct ctx *c, struct key subject, const char *flow, const char *line) MUST_USE;
enum err todo_clear(struct ctx *c, struct key subject, const char *flow) MUST_USE;
/* What the actor of c may do next, at all their desks, soonest due first; of more than
 * TODO_LIST_MAX the most pressing, whichever desk they lie on. */
enum err todo_mine(struct ctx *c, struct todo **out, size_t *n) MUST_USE;
/* Late rows whose subject lies under place, longest late first. */
enum err todo_late(struct ctx *c, const char *place, struct todo **out, size_t *n) MUST_USE;
/* What residents of a village wait for at the desks of levels above, soonest due first. */
enum err todo_above(struct ctx *c, const char *place, struct todo **out, size_t *n) MUST_USE;
/* For the ticker: late rows of a flow that have risen fewer than `risen` times, longest late first;
 * at most TODO_LATE_MAX, the next run takes the others. */
enum err todo_to_raise(struct ctx *c, const char *flow, int64_t risen_below, struct todo **out,
                       size_t *n) MUST_USE;
enum err todo_raised(struct ctx *c, const struct todo *t) MUST_USE;

enum todo_colour { TODO_CALM, TODO_AMBER, TODO_LATE, TODO_HOLD };
/* How pressing a row is at now_ms: hold while a resident is waited for. */
enum todo_colour todo_colour(const struct todo *t, int64_t now_ms);
/* "今天", "还有 2 天", "超 2 天", "等居民": working days by the calendar. */
enum err todo_when(struct ctx *c, const struct todo *t, const char **zh) MUST_USE;
/* go soon late hold: the class of x-state */
const char *todo_class(enum todo_colour colour);
