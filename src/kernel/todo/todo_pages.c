/* SPDX-License-Identifier: Apache-2.0
 * todo_pages.c - the workbench: what I can do next, soonest due first. */
#include "core/day.h"
#include "kernel/calendar/calendar.h"
#include "kernel/todo/todo_tmpl.h"
#include "kernel/todo/todo_view.h"

static enum err sort_in(struct ctx *c, struct todo_view *v, const struct todo *t)
{
    enum todo_colour colour = todo_colour(t, c->now_ms);
    int32_t today = day_of_ms(c->now_ms);
    struct todo_group *g = colour == TODO_LATE ? &v->late
                           : colour != TODO_HOLD && t->due_ms && day_of_ms(t->due_ms) == today
                               ? &v->today
                           : colour == TODO_HOLD ? &v->waiting
                                                 : &v->later;
    struct todo_line *line = &g->rows[g->n++];
    line->t = t;
    line->css = todo_class(colour);
    return todo_when(c, t, &line->when);
}

/* What others have in hand for the residents of the actor's own village. */
static enum err load_above(struct ctx *c, struct todo_view *v)
{
    const char *place = ctx_place(c, CAP_ERRAND_TAKE);
    struct todo *all;
    size_t n;
    if (!place || strlen(place) != PLACE_CODE_MAX)
        return OK;
    TRY(todo_above(c, place, &all, &n));
    v->above.rows = ARENA_ARRAY(c->arena, struct todo_line, n + 1);
    for (; v->above.n < n; v->above.n++) {
        struct todo_line *line = &v->above.rows[v->above.n];
        line->t = &all[v->above.n];
        line->css = todo_class(todo_colour(line->t, c->now_ms));
        TRY(todo_when(c, line->t, &line->when));
    }
    return OK;
}

enum err todo_view(struct ctx *c, struct todo_view *v)
{
    struct todo *all;
    TRY(todo_mine(c, &all, &v->n));
    struct todo_group *groups[] = { &v->late, &v->today, &v->later, &v->waiting };
    for (size_t i = 0; i < COUNT(groups); i++)
        groups[i]->rows = ARENA_ARRAY(c->arena, struct todo_line, v->n + 1);
    for (size_t i = 0; i < v->n; i++)
        TRY(sort_in(c, v, &all[i]));
    TRY(load_above(c, v));
    return calendar_working(c, day_of_ms(c->now_ms), &v->working_day, &v->provisional);
}

static void todo_json(struct json *j, const struct todo *all, size_t n)
{
    json_object_begin(j, NULL);
    json_array_begin(j, "todo");
    for (size_t i = 0; i < n; i++) {
        json_object_begin(j, NULL);
        json_key(j, "subject", all[i].key);
        json_text(j, "flow", all[i].flow);
        json_text(j, "title", all[i].title);
        json_text(j, "verb", all[i].verb);
        json_text(j, "link", all[i].link);
        json_ms(j, "due", all[i].due_ms);
        json_object_end(j);
    }
    json_array_end(j);
    json_object_end(j);
}

static enum err get_todo(struct ctx *c, struct req *r)
{
    struct todo_view v = { 0 };
    if (r->api) {
        struct todo *all;
        TRY(todo_mine(c, &all, &v.n));
        todo_json(req_json(c, r), all, v.n);
        return OK;
    }
    TRY(todo_view(c, &v));
    tmpl_todo(req_html(c, r), page_new(c, r, "我的待办", "/todo", ""), &v);
    return OK;
}

/* clang-format off */
static const struct route routes[] = {
    { HTTP_GET, "/todo", CAP_MEMBER, R_API, "我的待办", get_todo, NULL, 0, NULL, NULL },
};
/* clang-format on */
ROUTES(routes)
