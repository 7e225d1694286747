/* SPDX-License-Identifier: Apache-2.0
 * errand_todo.c - an errand in the to-do lists: at the desk that must act, and, when it is late,
 * one level up; and the ticker that lets it rise. */
#include "core/day.h"
#include "gov/errand/errand_step.h"
#include "gov/errand/errand_tell.h"
#include "kernel/calendar/calendar.h"
#include "kernel/flow/flow.h"
#include "kernel/notice/notice.h"
#include "kernel/place/place.h"
#include "kernel/rule/rule.h"
#include "kernel/ticker/ticker.h"
#include "kernel/todo/todo.h"
#include "web/route.h"

static const struct sql SQL_OLD = {
    "SELECT county, id FROM errand WHERE state = 'revisited' AND step_due < $1", NULL
};

const char *desk_zh(struct ctx *c, const char *place, int64_t cap, int64_t body)
{
    struct body b;
    const char *name = place_short_name(c, place);
    if (body && body_load(c, (struct key){ place_county(place), body }, &b) == OK)
        return arena_printf(c->arena, "%s%s", name, b.name);
    const char *desk = cap == CAP_NO_ERRAND_TAKE                ? "代理员"
                       : cap == CAP_NO_ERRAND_WINDOW            ? "综合窗口"
                       : cap == CAP_NO_ERRAND_LEAD              ? "负责人"
                       : cap == CAP_NO_RATING_HANDLE            ? "便民服务中心"
                       : place_level_of(place) == PLACE_VILLAGE ? "村委会"
                                                                : "经办人";
    return arena_printf(c->arena, "%s%s", name, desk);
}

static const char *in_hand_words(struct ctx *c, const struct errand *e, const char **verb)
{
    if (e->version == 0) {
        *verb = "分清是什么事";
        return "选定事项，讲清材料";
    }
    if (e->holder_cap == CAP_NO_ERRAND_DECIDE) {
        *verb = "作决定";
        return "审核，作出决定";
    }
    struct item it;
    struct ctx probe = *c;
    if (item_version(&probe, e->version, &it) == OK && it.instant) {
        *verb = "办结";
        return "当场办完，把结果交给居民";
    }
    *verb = "交出去";
    if (place_level_of(e->holder) == PLACE_VILLAGE) {
        *verb = "交镇窗口";
        return "把材料交到镇综合窗口";
    }
    return arena_printf(c->arena, "当天转给该办的单位");
}

static const char *next_words(struct ctx *c, const struct errand *e, const char **verb)
{
    *verb = "看一看";
    switch (errand_state_of(e)) {
    case ERRAND_DRAFTED:
        *verb = "受理";
        return e->version ? "受理，或一次讲清缺什么" : "分清是什么事，再受理";
    case ERRAND_MISSING:
        *verb = "收材料";
        return "等居民补材料，不算办理时间";
    case ERRAND_IN_HAND:
        return in_hand_words(c, e, verb);
    case ERRAND_SUSPENDED:
        *verb = "恢复";
        return "暂停中，不算办理时间";
    case ERRAND_DECIDED:
        *verb = "送达";
        return "把结果送到居民手上";
    case ERRAND_DELIVERED:
        *verb = "回访";
        return "问一问办得怎么样";
    default:
        return "";
    }
}

const char *errand_next_words(struct ctx *c, const struct errand *e)
{
    const char *verb;
    return next_words(c, e, &verb);
}

/* The instant from which two thirds of the step's time are gone, by the county's rule. */
static enum err amber_of(struct ctx *c, const struct errand *e, int64_t *amber)
{
    int64_t percent;
    TRY(rule_int(c, "errand.amber_percent", e->place, day_of_ms(c->now_ms), &percent));
    int64_t days = e->step_days * percent / 100;
    if (days == 0) {
        *amber = e->step_ms;
        return OK;
    }
    return calendar_due(c, e->step_ms, days, amber);
}

static const char *holder_desk(struct ctx *c, const struct errand *e)
{
    return desk_text(c, e->holder, (enum cap_no)e->holder_cap, e->holder_body);
}

/* A desk that serves many villages must see which one it is. */
static const char *whose_place(struct ctx *c, const struct errand *e)
{
    return str_eq(e->holder, e->place)
               ? ""
               : arena_printf(c->arena, "%s ", place_short_name(c, e->place));
}

const char *errand_person_words(struct ctx *c, const struct errand *e, const struct person *p)
{
    if (p->died_day)
        return "本人已登记去世，接着办还是不办，请定";
    if (p->moved_day)
        return "本人已登记迁走，接着办还是不办，请定";
    if (!str_eq(p->place, e->place))
        return arena_printf(c->arena, "本人已搬到%s，结果送到那边", place_short_name(c, p->place));
    return "";
}

/* What the to-do row says: first what happened to the person, then what comes next. */
static enum err todo_line(struct ctx *c, const struct errand *e, const char *words,
                          const char **out)
{
    struct person p;
    const char *first = "";
    if (e->person) {
        TRY(person_load(c, (struct key){ e->key.county, e->person }, &p));
        first = errand_person_words(c, e, &p);
    }
    *out = arena_printf(c->arena, "%s%s%s%s · %s", first, *first ? " · " : "", whose_place(c, e),
                        e->who, words);
    return OK;
}

enum err errand_relabel(struct ctx *c, const struct errand *e)
{
    const char *line;
    TRY(todo_line(c, e, errand_next_words(c, e), &line));
    return todo_say(c, e->key, "errand", line);
}

enum err errand_moved(struct ctx *c, const struct errand *e)
{
    enum errand_state s = errand_state_of(e);
    const char *verb, *words = next_words(c, e, &verb);
    TRY(todo_clear(c, e->key, "errand-late"));
    TRY(todo_clear(c, e->key, "errand-urge"));
    if (s >= ERRAND_REVISITED)
        return todo_clear(c, e->key, "errand");
    struct todo t = {
        .key = e->key,
        .flow = "errand",
        .desk = holder_desk(c, e),
        .place = e->place,
        .title = e->title,
        .link = arena_printf(c->arena, "/errand/%s", key_text(c, e->key)),
        .verb = verb,
        .waits = errand_sm.states[s].stops_clock ? SM_RESIDENT : errand_sm.states[s].waits,
        .due_ms = e->paused_ms ? 0 : e->step_due,
    };
    TRY(todo_line(c, e, words, &t.line));
    if (s == ERRAND_MISSING)
        t.desk = desk_text(c, e->home, (enum cap_no)e->home_cap, 0);
    if (t.due_ms)
        TRY(amber_of(c, e, &t.amber_ms));
    return todo_set(c, &t);
}

/* ---- rising ---- */
static const char *level_above(struct ctx *c, const struct errand *e)
{
    return place_level_of(e->holder) == PLACE_VILLAGE ? place_at(c, e->place, PLACE_TOWNSHIP)
                                                      : place_at(c, e->place, PLACE_COUNTY);
}

static enum err raise_one(struct ctx *c, const struct todo *t)
{
    struct errand e;
    bool told;
    TRY(errand_load_any(c, t->key, &e));
    const char *above = level_above(c, &e);
    const char *holder = desk_zh(c, e.holder, e.holder_cap, e.holder_body);
    struct todo late = *t;
    late.flow = "errand-late";
    late.desk = desk_text(c, above, CAP_NO_ERRAND_LEAD, 0);
    late.line = arena_printf(c->arena, "%s 在等 %s：%s", e.who, holder, errand_next_words(c, &e));
    late.verb = "督办";
    late.account = 0;
    TRY(todo_set(c, &late));
    TRY(todo_raised(c, &late));
    struct notice n = { .key = { e.key.county, 0 },
                        .desk = late.desk,
                        .subject = e.key.id,
                        .title = arena_printf(c->arena, "超期：%s", e.title),
                        .words = late.line,
                        .link = late.link };
    TRY(notice_add(c, &n));
    TRY(todo_raised(c, t));
    if (!e.late) {
        e.late = 1;
        TRY(errand_count(c, &e, c->now_ms, COUNT_LATE, 1));
        TRY(errand_update(c, &e));
    }
    TRY(errand_tell_event(c, &e, "late", &told));
    return flow_note(
        c, &errand_sm, e.key, e.state, "late",
        arena_printf(c->arena, "%s超期，已报%s", holder, desk_zh(c, above, CAP_NO_ERRAND_LEAD, 0)));
}

/* Once more is no second row: the last words stand. */
enum err errand_urge(struct ctx *c, struct errand *e, const char *words)
{
    enum errand_state s = errand_state_of(e);
    if (!ctx_may(c, CAP_ERRAND_LEAD, e->place))
        return fail(c, E_NOT_FOUND, "leads nothing here");
    if (s >= ERRAND_REVISITED || errand_sm.states[s].stops_clock)
        return fail(c, E_WRONG_STATE, "nobody to urge");
    const char *desk = holder_desk(c, e),
               *link = arena_printf(c->arena, "/errand/%s", key_text(c, e->key));
    TRY(todo_set(c, &(struct todo){ .key = e->key,
                                    .flow = "errand-urge",
                                    .desk = desk,
                                    .place = e->place,
                                    .title = arena_printf(c->arena, "督办：%s", e->title),
                                    .line = words,
                                    .link = link,
                                    .verb = "去办，或回话",
                                    .waits = SM_HOLDER,
                                    .due_ms = e->step_due }));
    TRY(notice_add(c, &(struct notice){ .key = { e->key.county, 0 },
                                        .desk = desk,
                                        .subject = e->key.id,
                                        .title = arena_printf(c->arena, "督办：%s", e->title),
                                        .words = words,
                                        .link = link }));
    return flow_note(c, &errand_sm, e->key, e->state, "urge", words);
}

static enum err archive_old(struct ctx *c)
{
    struct key *keys;
    size_t n;
    static const struct col cols[] = { COL_INT(struct key, county), COL_INT(struct key, id) };
    TRY(DB_ROWS(c, &SQL_OLD, IN(v_int(c->now_ms)), cols, 200, &keys, &n));
    for (size_t i = 0; i < n; i++) {
        struct errand e;
        TRY(errand_load_any(c, keys[i], &e));
        TRY(errand_step(c, &e, EV_ARCHIVE, "", ""));
    }
    return OK;
}

enum err errand_tick(struct ctx *c, void *unused)
{
    struct todo *late;
    size_t n;
    (void)unused;
    TRY(todo_to_raise(c, "errand", 1, &late, &n));
    for (size_t i = 0; i < n; i++)
        TRY(raise_one(c, &late[i]));
    return archive_old(c);
}
static struct tick_job errand_job = { .name = "errand", .seconds = 20, .run = errand_tick };
TICK(errand_job)
