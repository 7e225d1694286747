/* SPDX-License-Identifier: Apache-2.0
 * todo.c - see todo.h. */
#include "kernel/todo/todo.h"
#include "core/day.h"
#include "kernel/calendar/calendar.h"
#include <stdio.h>

#define TODO_COLS                                                                                  \
    "county, subject, flow, desk, place, title, line, link, verb, account, waits, due_ms, "        \
    "amber_ms, risen"
static const struct sql SQL_SET = {
    "INSERT INTO todo (" TODO_COLS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, "
    "$13, 0) ON CONFLICT (county, subject, flow) DO UPDATE SET desk = $4, place = $5, title = $6, "
    "line = $7, link = $8, verb = $9, account = $10, waits = $11, due_ms = $12, amber_ms = $13, "
    "risen = 0",
    NULL
};
static const struct sql SQL_SAY = {
    "UPDATE todo SET line = $4 WHERE county = $1 AND subject = $2 AND flow = $3", NULL
};
static const struct sql SQL_CLEAR = {
    "DELETE FROM todo WHERE county = $1 AND subject = $2 AND flow = $3", NULL
};
static const struct sql SQL_DESK = { "SELECT " TODO_COLS
                                     " FROM todo WHERE desk = $1 AND (account = 0 OR account = $2) "
                                     "ORDER BY due_ms = 0, due_ms",
                                     NULL };
static const struct sql SQL_LATE = {
    "SELECT " TODO_COLS " FROM todo WHERE due_ms > 0 AND due_ms < $1 AND waits <> 2 AND "
    "place >= $2 AND place < $3 ORDER BY due_ms",
    NULL
};
static const struct sql SQL_RAISE = {
    "SELECT " TODO_COLS " FROM todo WHERE due_ms > 0 AND due_ms < $1 AND waits <> 2 AND "
    "risen < $2 AND flow = $3 ORDER BY due_ms",
    NULL
};
static const struct sql SQL_PLACE = { "SELECT " TODO_COLS
                                      " FROM todo WHERE place = $1 ORDER BY due_ms",
                                      NULL };
static const struct sql SQL_RAISED = {
    "UPDATE todo SET risen = $4 WHERE county = $1 AND subject = $2 AND flow = $3", NULL
};
static const struct col todo_cols[] = {
    COL_INT(struct todo, key.county), COL_INT(struct todo, key.id), COL_TEXT(struct todo, flow),
    COL_TEXT(struct todo, desk),      COL_TEXT(struct todo, place), COL_TEXT(struct todo, title),
    COL_TEXT(struct todo, line),      COL_TEXT(struct todo, link),  COL_TEXT(struct todo, verb),
    COL_INT(struct todo, account),    COL_INT(struct todo, waits),  COL_INT(struct todo, due_ms),
    COL_INT(struct todo, amber_ms),   COL_INT(struct todo, risen),
};

const char *desk_text(struct ctx *c, const char *place, enum cap_no cap, int64_t body)
{
    return arena_printf(c->arena, "%s/%d/%" PRId64, place, (int)cap, body);
}

bool desk_parse(const char *text, char place[PLACE_CODE_MAX + 1], int64_t *cap, int64_t *body)
{
    char rest;
    _Static_assert(PLACE_CODE_MAX == 12, "the format's width");
    *place = '\0';
    return sscanf(text, "%12[0-9]/%" SCNd64 "/%" SCNd64 "%c", place, cap, body, &rest) == 3;
}

enum err todo_set(struct ctx *c, const struct todo *t)
{
    return db_run(c, &SQL_SET,
                  IN(v_int(t->key.county), v_int(t->key.id), v_text(t->flow), v_text(t->desk),
                     v_text(t->place), v_text(t->title), v_text(t->line), v_text(t->link),
                     v_text(t->verb), v_int(t->account), v_int(t->waits), v_int(t->due_ms),
                     v_int(t->amber_ms)));
}

enum err todo_say(struct ctx *c, struct key subject, const char *flow, const char *line)
{
    return db_run(c, &SQL_SAY,
                  IN(v_int(subject.county), v_int(subject.id), v_text(flow), v_text(line)));
}

enum err todo_clear(struct ctx *c, struct key subject, const char *flow)
{
    return db_run(c, &SQL_CLEAR, IN(v_int(subject.county), v_int(subject.id), v_text(flow)));
}

static int64_t pressing(const struct todo *t)
{
    return t->due_ms ? t->due_ms : INT64_MAX;
}

/* Puts the rows of one more desk among those already there, keeping the order by due time. When
 * the list is full the least pressing row leaves it, whichever desk it is from. */
static void merge(struct todo *all, size_t *n, const struct todo *more, size_t n_more)
{
    for (size_t i = 0; i < n_more; i++) {
        if (*n == TODO_LIST_MAX && pressing(&all[*n - 1]) <= pressing(&more[i]))
            return; /* the desk's rows come soonest first: none that follows is more pressing */
        size_t at = *n < TODO_LIST_MAX ? (*n)++ : *n - 1;
        while (at > 0 && pressing(&all[at - 1]) > pressing(&more[i])) {
            all[at] = all[at - 1];
            at--;
        }
        all[at] = more[i];
    }
}

static bool seen_before(struct ctx *c, size_t right, enum cap_no cap, int64_t body)
{
    for (size_t i = 0; i < right; i++)
        if (str_eq(c->rights[i].place, c->rights[right].place) &&
            (c->rights[i].caps & (1u << cap)) && (body == 0 || c->rights[i].body_id == body))
            return true;
    return false;
}

static enum err add_desk(struct ctx *c, size_t right, enum cap_no cap, int64_t body,
                         struct todo *all, size_t *n)
{
    struct todo *more;
    size_t n_more;
    if (seen_before(c, right, cap, body))
        return OK;
    TRY(DB_ROWS(c, &SQL_DESK,
                IN(v_text(desk_text(c, c->rights[right].place, cap, body)), v_int(c->account_id)),
                todo_cols, TODO_LIST_MAX, &more, &n_more));
    merge(all, n, more, n_more);
    return OK;
}

enum err todo_mine(struct ctx *c, struct todo **out, size_t *n)
{
    static const enum cap_no desks[] = {
        CAP_NO_ERRAND_TAKE, CAP_NO_ERRAND_WINDOW, CAP_NO_ERRAND_DECIDE,
        CAP_NO_ERRAND_LEAD, CAP_NO_RATING_HANDLE, CAP_NO_VISIT,
    };
    struct todo *all = ARENA_ARRAY(c->arena, struct todo, TODO_LIST_MAX);
    *n = 0;
    *out = all;
    for (size_t i = 0; i < c->n_rights; i++)
        for (size_t d = 0; d < COUNT(desks); d++) {
            if (!(c->rights[i].caps & (1u << desks[d])))
                continue;
            TRY(add_desk(c, i, desks[d], 0, all, n));
            if (c->rights[i].body_id)
                TRY(add_desk(c, i, desks[d], c->rights[i].body_id, all, n));
        }
    return OK;
}

enum err todo_late(struct ctx *c, const char *place, struct todo **out, size_t *n)
{
    return DB_ROWS(
        c, &SQL_LATE,
        IN(v_int(c->now_ms), v_text(place), v_text(arena_printf(c->arena, "%s:", place))),
        todo_cols, TODO_LATE_MAX, out, n);
}

enum err todo_to_raise(struct ctx *c, const char *flow, int64_t risen_below, struct todo **out,
                       size_t *n)
{
    return DB_ROWS(c, &SQL_RAISE, IN(v_int(c->now_ms), v_int(risen_below), v_text(flow)), todo_cols,
                   TODO_LATE_MAX, out, n);
}

enum err todo_above(struct ctx *c, const char *place, struct todo **out, size_t *n)
{
    size_t all;
    char at[PLACE_CODE_MAX + 1];
    int64_t cap, body;
    TRY(DB_ROWS(c, &SQL_PLACE, IN(v_text(place)), todo_cols, TODO_LIST_MAX, out, &all));
    *n = 0;
    for (size_t i = 0; i < all; i++)
        if (desk_parse((*out)[i].desk, at, &cap, &body) && strlen(at) < strlen(place) &&
            (cap == CAP_NO_ERRAND_WINDOW || cap == CAP_NO_ERRAND_DECIDE))
            (*out)[(*n)++] = (*out)[i];
    return OK;
}

enum err todo_raised(struct ctx *c, const struct todo *t)
{
    return db_change_one(
        c, &SQL_RAISED,
        IN(v_int(t->key.county), v_int(t->key.id), v_text(t->flow), v_int(t->risen + 1)));
}

enum todo_colour todo_colour(const struct todo *t, int64_t now_ms)
{
    if (t->waits == SM_RESIDENT)
        return TODO_HOLD;
    if (t->due_ms == 0)
        return TODO_CALM;
    return now_ms > t->due_ms ? TODO_LATE : now_ms >= t->amber_ms ? TODO_AMBER : TODO_CALM;
}

enum err todo_when(struct ctx *c, const struct todo *t, const char **zh)
{
    int32_t today = day_of_ms(c->now_ms), due = day_of_ms(t->due_ms);
    int64_t n;
    if (t->waits == SM_RESIDENT) {
        *zh = "等居民";
        return OK;
    }
    if (t->due_ms == 0) {
        *zh = "待办";
        return OK;
    }
    if (c->now_ms > t->due_ms) {
        TRY(calendar_between(c, due, today, &n));
        *zh = n == 0 ? "今天超时" : arena_printf(c->arena, "超 %" PRId64 " 天", n);
        return OK;
    }
    TRY(calendar_between(c, today, due, &n));
    *zh = due == today ? "今天" : arena_printf(c->arena, "还有 %" PRId64 " 天", n);
    return OK;
}

const char *todo_class(enum todo_colour colour)
{
    static const char *const classes[] = { "go", "soon", "late", "hold" };
    return classes[colour];
}
