/* SPDX-License-Identifier: Apache-2.0
 * errand_view.c - see errand_view.h. */
#include "gov/errand/errand_view.h"
#include "core/day.h"
#include "gov/errand/errand_step.h"
#include "gov/errand/errand_tell.h"
#include "kernel/calendar/calendar.h"
#include "kernel/place/place.h"
#include "kernel/todo/todo.h"

static const struct sql SQL_LOOKS = { "SELECT count(*) FROM look WHERE county = $1 AND person = $2",
                                      NULL };

/* Working days from `from`, standing time taken out, of `days`. */
static enum err add_clock(struct ctx *c, struct errand_view *v, const char *name, int64_t from_ms,
                          int64_t days, int64_t stood, int64_t due_ms)
{
    int64_t passed, percent;
    if (days <= 0 || v->n_clocks == CLOCK_MAX)
        return OK;
    int64_t end = v->e.decided_ms ? v->e.decided_ms : v->e.paused_ms ? v->e.paused_ms : c->now_ms;
    int32_t today = day_of_ms(c->now_ms);
    TRY(calendar_between(c, day_of_ms(from_ms), day_of_ms(end), &passed));
    TRY(rule_int(c, "errand.amber_percent", v->e.place, today, &percent));
    passed = passed > stood ? passed - stood : 0;
    struct errand_clock *k = &v->clocks[v->n_clocks++];
    *k = (struct errand_clock){ .name = name, .day = passed, .days = days };
    k->late = end > due_ms;
    k->colour = k->late ? "c-seal" : passed * 100 >= days * percent ? "c-amber" : "c-ok";
    k->words = k->late
                   ? arena_printf(c->arena, "超 %" PRId64 " 天", passed > days ? passed - days : 1)
                   : arena_printf(c->arena, "第 %" PRId64 " 天，共 %" PRId64 " 天", passed, days);
    return OK;
}

static enum err load_clocks(struct ctx *c, struct errand_view *v)
{
    const struct errand *e = &v->e;
    if (errand_state_of(e) <= ERRAND_SUSPENDED && e->step_due)
        TRY(add_clock(c, v, desk_zh(c, e->holder, e->holder_cap, e->holder_body), e->step_ms,
                      e->step_days, 0, e->step_due));
    if (e->promised_due)
        TRY(add_clock(
            c, v,
            arena_printf(c->arena, "承诺办结（%s）", day_zh(c->arena, day_of_ms(e->promised_due))),
            e->accepted_ms, v->item.promised_days, e->paused_days, e->promised_due));
    if (e->statutory_due)
        TRY(add_clock(
            c, v,
            arena_printf(c->arena, "法定办结（%s）", day_zh(c->arena, day_of_ms(e->statutory_due))),
            e->accepted_ms, v->item.statutory_days, e->paused_days, e->statutory_due));
    return OK;
}

static void add_future(struct errand_view *v, const char *when, const char *who, const char *what)
{
    if (v->n_future < FUTURE_MAX)
        v->future[v->n_future++] = (struct future_step){ when, who, what };
}

/* The desks still to come, with the latest day of each. */
static enum err load_future(struct ctx *c, struct errand_view *v)
{
    const struct errand *e = &v->e;
    struct desk at = { e->holder, (enum cap_no)e->holder_cap, e->holder_body }, next;
    enum errand_state s = errand_state_of(e);
    if (s > ERRAND_DELIVERED)
        return OK;
    if (s <= ERRAND_SUSPENDED && v->has_item && !v->item.instant) {
        bool found;
        for (;;) {
            TRY(errand_after(c, e, &v->item, &at, &next, &found));
            if (!found)
                break;
            const char *who = desk_zh(c, next.place, next.cap, next.body);
            if (!v->next_desk)
                v->next_desk = who;
            bool decides = next.cap == CAP_NO_ERRAND_DECIDE;
            const char *until =
                e->promised_due
                    ? arena_printf(c->arena, "%s前", day_zh(c->arena, day_of_ms(e->promised_due)))
                    : "随后";
            add_future(v, decides ? until : "收到当天", who,
                       decides ? "审核，作出决定" : "转给该办的单位");
            at = next;
        }
    }
    if (s <= ERRAND_DECIDED) {
        int64_t days;
        TRY(rule_int(c, "errand.deliver_days", e->place, day_of_ms(c->now_ms), &days));
        add_future(v, arena_printf(c->arena, "决定后 %" PRId64 " 个工作日内", days),
                   desk_zh(c, e->home, e->home_cap, 0), "送到居民手上");
    }
    add_future(v, "送达以后", desk_zh(c, e->home, e->home_cap, 0), "回访、归档");
    return OK;
}

/* The rule that gave the present step its days; NULL: none runs, or the item's promise does. */
static const char *rule_now(const struct errand *e)
{
    switch (errand_state_of(e)) {
    case ERRAND_DRAFTED:
        return "errand.accept_days";
    case ERRAND_IN_HAND:
        return e->holder_cap == CAP_NO_ERRAND_WINDOW ? "errand.passon_days"
               : e->holder_cap == CAP_NO_ERRAND_TAKE ? "errand.handin_days"
               : e->promised_due                     ? NULL
                                                     : "errand.decide_days_default";
    case ERRAND_DECIDED:
        return "errand.deliver_days";
    case ERRAND_DELIVERED:
        return "errand.revisit_days";
    case ERRAND_REVISITED:
        return "errand.archive_days";
    default:
        return NULL;
    }
}

static enum err load_rules(struct ctx *c, struct errand_view *v)
{
    const char *names[] = { rule_now(&v->e), "errand.amber_percent" };
    int32_t day = day_of_ms(v->e.step_ms);
    for (size_t i = names[0] ? 0 : 1; i < COUNT(names); i++) {
        struct ctx probe = *c;
        enum err e = rule_row(&probe, names[i], v->e.place, day, &v->rules[v->n_rules]);
        v->n_rules += e == OK;
        if (e && e != E_NOT_FOUND)
            return e;
    }
    return OK;
}

static void load_words(struct ctx *c, struct errand_view *v)
{
    const struct errand *e = &v->e;
    enum errand_state s = errand_state_of(e);
    const struct sm_state *st = &errand_sm.states[s];
    bool late = e->step_due && c->now_ms > e->step_due && !st->stops_clock && s < ERRAND_REVISITED;
    v->state_zh = errand_state_zh(e->state, e->decision);
    v->state_class = errand_state_class(e->state, e->decision, late);
    v->next_words = errand_next_words(c, e);
    v->who_waits = e->who;
    v->who_acts =
        st->waits == SM_RESIDENT ? "居民" : desk_zh(c, e->holder, e->holder_cap, e->holder_body);
    v->mine = st->waits != SM_RESIDENT && c->account_id > 0 &&
              ctx_sits_at(c, 1u << e->holder_cap, e->holder, e->holder_body);
    v->until = e->step_due && !st->stops_clock ? day_zh(c->arena, day_of_ms(e->step_due)) : NULL;
}

static void load_may(struct ctx *c, struct errand_view *v)
{
    struct errand *e = &v->e;
    enum errand_state s = errand_state_of(e);
    for (int ev = 0; ev < ERRAND_EVENTS; ev++)
        v->may[ev] = sm_may(c, &errand_sm, (int)s, ev, e->holder, e);
    v->may_back = v->may[EV_HAND] && !str_eq(e->holder, e->home);
    v->may[EV_HAND] = v->may[EV_HAND] && v->next_desk;
    v->may[EV_DONE_NOW] = v->may[EV_DONE_NOW] && v->has_item && v->item.instant;
    struct ctx probe = *c;
    v->may_tell = takes_papers_here(&probe, e) == OK;
    v->may_paper = v->may_tell && s <= ERRAND_DECIDED;
    v->may_file = v->may_paper && s <= ERRAND_SUSPENDED;
    v->may_note = c->account_id > 0 && s <= ERRAND_REVISITED;
}

static enum err load_papers(struct ctx *c, struct errand_view *v)
{
    TRY(errand_papers(c, &v->e, &v->papers, &v->n_papers));
    for (size_t i = 0; i < v->n_papers; i++) {
        v->n_missing += str_eq(v->papers[i].state, "missing");
        v->n_later += str_eq(v->papers[i].state, "later");
    }
    return OK;
}

enum err errand_view_short(struct ctx *c, struct errand_view *v)
{
    const struct errand *e = &v->e;
    if (e->version) {
        TRY(item_version(c, e->version, &v->item));
        v->has_item = true;
    }
    TRY(flow_steps(c, &errand_sm, e->key, &v->steps, &v->n_steps));
    v->n_missed = errand_missed(v->steps, v->n_steps);
    TRY(errand_told_steps(c, e, &v->steps, &v->n_steps));
    TRY(errand_tell_line(c, e, &v->tell_line));
    TRY(load_papers(c, v));
    TRY(load_future(c, v));
    load_words(c, v);
    return OK;
}

enum err errand_view(struct ctx *c, struct errand_view *v)
{
    const struct errand *e = &v->e;
    TRY(errand_view_short(c, v));
    TRY(errand_pauses(c, e, &v->pauses, &v->n_pauses));
    TRY(load_clocks(c, v));
    if (c->account_id > 0) { /* only the workers' page shows them */
        TRY(load_rules(c, v));
        TRY(errand_files(c, e, &v->files, &v->n_files));
    }
    int64_t until = e->delivered_ms ? e->delivered_ms : c->now_ms;
    TRY(calendar_between(c, day_of_ms(e->created_ms), day_of_ms(until), &v->waited_days));
    v->person_words = "";
    if (e->person && c->account_id > 0) { /* only the workers' page says it */
        struct person p;
        TRY(person_load(c, (struct key){ e->key.county, e->person }, &p));
        v->person_words =
            errand_state_of(e) < ERRAND_REVISITED ? errand_person_words(c, e, &p) : "";
    }
    if (e->person)
        TRY(db_one(c, &SQL_LOOKS, IN(v_int(e->key.county), v_int(e->person)),
                   OUT(s_int(&v->looks))));
    v->place_name = place_full_name(c, e->place);
    load_may(c, v);
    return OK;
}

const char *errand_event_zh(const char *event)
{
    static const char *const words[][2] = {
        { "drafted", "委托" },          { "accept", "受理" },         { "tell", "一次讲清缺什么" },
        { "redirect", "转给别的单位" }, { "refuse", "不受理" },       { "complete", "材料齐了" },
        { "ask-more", "又要了材料" },   { "hand", "转交" },           { "suspend", "暂停" },
        { "resume", "恢复" },           { "withdraw", "居民不办了" }, { "decide", "作出决定" },
        { "done-now", "当场办结" },     { "deliver", "送达" },        { "correct", "更正" },
        { "revisit", "回访" },          { "archive", "归档" },        { "reopen", "重新办" },
        { "paper", "收到材料" },        { "note", "记一笔" },         { "late", "超期上报" },
        { "file", "传来材料" },         { "file-gone", "撤下材料" },  { "urge", "督办" },
        { "missed", "回访没联系上" },   { "told", "告诉居民" },       { "asked", "居民问" },
    };
    for (size_t i = 0; i < COUNT(words); i++)
        if (str_eq(words[i][0], event))
            return words[i][1];
    return event;
}
