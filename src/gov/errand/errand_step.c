/* SPDX-License-Identifier: Apache-2.0
 * errand_step.c - one step of an errand: the table is asked, clocks stop and go on, the desk
 * changes, totals are counted, the to-do row moves. All within the caller's transaction. */
#include "gov/errand/errand_step.h"
#include "core/day.h"
#include "gov/errand/errand_tell.h"
#include "kernel/calendar/calendar.h"
#include "kernel/client/hook.h"
#include "kernel/flow/flow.h"
#include "kernel/place/place.h"
#include "kernel/rule/rule.h"
#include "kernel/todo/todo.h"

static enum err rule_days(struct ctx *c, const struct errand *e, const char *name, int64_t *days)
{
    return rule_int(c, name, e->place, day_of_ms(c->now_ms), days);
}

static enum err step_begins(struct ctx *c, struct errand *e, int64_t days)
{
    e->step_ms = c->now_ms;
    e->step_days = days;
    return calendar_due(c, c->now_ms, days, &e->step_due);
}

/* Promised and statutory limits count from acceptance, less the days the clock stood. */
static enum err limits(struct ctx *c, struct errand *e)
{
    struct item it;
    if (e->version == 0 || e->accepted_ms == 0)
        return OK;
    TRY(item_version(c, e->version, &it));
    if (it.promised_days)
        TRY(calendar_due(c, e->accepted_ms, it.promised_days + e->paused_days, &e->promised_due));
    if (it.statutory_days)
        TRY(calendar_due(c, e->accepted_ms, it.statutory_days + e->paused_days, &e->statutory_due));
    return OK;
}

static enum err stop_clock(struct ctx *c, struct errand *e, bool resident, const char *reason)
{
    e->paused_ms = c->now_ms;
    return errand_pause_begin(c, e, resident, reason);
}

static enum err go_on(struct ctx *c, struct errand *e)
{
    int64_t stood, left;
    if (e->paused_ms == 0)
        return OK;
    int32_t from = day_of_ms(e->paused_ms), today = day_of_ms(c->now_ms);
    TRY(calendar_between(c, from, today, &stood));
    TRY(calendar_between(c, from, day_of_ms(e->step_due), &left));
    e->paused_days += e->accepted_ms ? stood : 0;
    e->paused_ms = 0;
    TRY(errand_pause_end(c, e));
    TRY(calendar_due(c, c->now_ms, left, &e->step_due));
    return limits(c, e);
}

/* ---- who holds it, until when ---- */
static void to_desk(struct errand *e, const struct desk *d)
{
    e->holder = d->place;
    e->holder_cap = d->cap;
    e->holder_body = d->body;
}

/* Whoever decides has until the promised limit; whoever only passes it on has what the rule says.
 */
static enum err holder_due(struct ctx *c, struct errand *e)
{
    int64_t days;
    if (e->holder_cap == CAP_NO_ERRAND_DECIDE && e->promised_due) {
        e->step_ms = c->now_ms;
        TRY(calendar_between(c, day_of_ms(c->now_ms), day_of_ms(e->promised_due), &e->step_days));
        e->step_due = e->promised_due;
        return OK;
    }
    const char *rule = e->holder_cap == CAP_NO_ERRAND_DECIDE   ? "errand.decide_days_default"
                       : e->holder_cap == CAP_NO_ERRAND_WINDOW ? "errand.passon_days"
                                                               : "errand.handin_days";
    TRY(rule_days(c, e, rule, &days));
    return step_begins(c, e, days);
}

static enum err accepted(struct ctx *c, struct errand *e)
{
    if (e->accepted_ms == 0) {
        e->accepted_ms = c->now_ms;
        TRY(errand_count(c, e, c->now_ms, COUNT_TAKEN, 1));
    }
    TRY(limits(c, e));
    return holder_due(c, e);
}

enum err errand_after(struct ctx *c, const struct errand *e, const struct item *it,
                      const struct desk *at, struct desk *out, bool *found)
{
    struct body b = { 0 };
    if (str_eq(it->decides, "county"))
        TRY(body_serving(c, it->body, place_at(c, e->place, PLACE_COUNTY), &b));
    *found = errand_next_desk(c, e, at, it->decides, b.id, out);
    return OK;
}

static struct desk home_of(const struct errand *e)
{
    return (struct desk){ e->home, (enum cap_no)e->home_cap, 0 };
}

/* The desk that an errand is handed to: on its way, or "back" where it was taken. */
static enum err hands_to(struct ctx *c, const struct errand *e, const char *where,
                         struct desk *next)
{
    struct item it;
    struct desk at = { e->holder, (enum cap_no)e->holder_cap, e->holder_body };
    bool found;
    *next = home_of(e);
    if (str_eq(where, "back"))
        return OK;
    if (e->version == 0)
        return fail(c, E_REASON_NEEDED, "no item chosen yet");
    TRY(item_version(c, e->version, &it));
    TRY(errand_after(c, e, &it, &at, next, &found));
    return found ? OK : fail(c, E_WRONG_STATE, "this desk decides");
}

static enum err hand(struct ctx *c, struct errand *e, const char *where)
{
    struct desk next;
    TRY(hands_to(c, e, where, &next));
    to_desk(e, &next);
    return holder_due(c, e);
}

/* Back to the desk that decided, at the end of the way from the one that took it. */
static enum err to_decider(struct ctx *c, struct errand *e)
{
    struct item it;
    struct desk at = home_of(e), next;
    bool found = true;
    TRY(item_version(c, e->version, &it));
    while (found) {
        TRY(errand_after(c, e, &it, &at, &next, &found));
        at = found ? next : at;
    }
    to_desk(e, &at);
    return OK;
}

static enum err ask_more(struct ctx *c, struct errand *e, const char *names)
{
    struct errand_paper *papers;
    size_t n;
    TRY(errand_papers(c, e, &papers, &n));
    char *rest = arena_copy(c->arena, names), *line;
    int64_t seq = n ? papers[n - 1].seq : 0;
    while ((line = strsep(&rest, "\n")) && seq < ERRAND_PAPERS_MAX) {
        if (!*line)
            continue;
        struct errand_paper p = { .seq = ++seq,
                                  .count = 1,
                                  .code = "more",
                                  .name = line,
                                  .form = "copy",
                                  .state = "missing" };
        TRY(errand_paper_save(c, e, &p));
    }
    e->tellings++;
    TRY(errand_count(c, e, c->now_ms, COUNT_TOLD_AGAIN, 1));
    return stop_clock(c, e, true, "等居民补材料");
}

/* Every missing paper is taken as here: that is what "complete" says. */
static enum err papers_complete(struct ctx *c, struct errand *e)
{
    struct errand_paper *papers;
    size_t n;
    TRY(errand_papers(c, e, &papers, &n));
    for (size_t i = 0; i < n; i++) {
        if (!str_eq(papers[i].state, "missing"))
            continue;
        papers[i].state = "here";
        papers[i].got_ms = c->now_ms;
        TRY(errand_paper_save(c, e, &papers[i]));
    }
    if (e->accepted_ms == 0)
        e->paused_ms = 0;
    else
        return go_on(c, e);
    TRY(errand_pause_end(c, e));
    return accepted(c, e);
}

/* The decision in the totals of the month in which it was made; n -1 takes it out again. */
static enum err count_decision(struct ctx *c, const struct errand *e, int64_t n)
{
    int64_t days;
    TRY(calendar_between(c, day_of_ms(e->accepted_ms), day_of_ms(e->decided_ms), &days));
    days = days > e->paused_days ? days - e->paused_days : 0;
    TRY(errand_count(c, e, e->decided_ms, COUNT_DONE, n));
    TRY(errand_count(c, e, e->decided_ms, COUNT_DAYS, n * days));
    return str_eq(e->decision, "refused") ? errand_count(c, e, e->decided_ms, COUNT_REFUSED, n)
                                          : OK;
}

/* What no longer stands is not shown as if it did: the history keeps it. */
static enum err undecided(struct ctx *c, struct errand *e)
{
    TRY(count_decision(c, e, -1));
    e->decision = e->result = e->delivered_how = "";
    e->decided_ms = e->delivered_ms = e->visited_ms = e->closed_ms = 0;
    return OK;
}

static enum err finished(struct ctx *c, struct errand *e)
{
    e->decided_ms = c->now_ms;
    TRY(count_decision(c, e, 1));
    if (e->promised_due && c->now_ms > e->promised_due && !e->late) {
        e->late = 1;
        return errand_count(c, e, c->now_ms, COUNT_LATE, 1);
    }
    return OK;
}

enum err errand_begins(struct ctx *c, struct errand *e, const char *rule)
{
    int64_t days;
    TRY(rule_days(c, e, rule, &days));
    return step_begins(c, e, days);
}

static enum err decide(struct ctx *c, struct errand *e, const char *words, const char *how)
{
    struct desk home = home_of(e);
    e->decision = str_eq(how, "refused") ? "refused" : "granted";
    e->result = words;
    TRY(finished(c, e));
    to_desk(e, &home);
    return errand_begins(c, e, "errand.deliver_days");
}

static enum err delivered(struct ctx *c, struct errand *e, const char *how)
{
    e->delivered_ms = c->now_ms;
    e->delivered_how = how;
    return errand_begins(c, e, "errand.revisit_days");
}

static enum err closed(struct ctx *c, struct errand *e)
{
    e->closed_ms = c->now_ms;
    e->step_due = 0;
    if (e->paused_ms)
        TRY(errand_pause_end(c, e));
    e->paused_ms = 0;
    return OK;
}

/* What an event does beside changing the state. */
static enum err effect(struct ctx *c, struct errand *e, enum errand_event ev, const char *words,
                       const char *more)
{
    struct desk home = home_of(e);
    switch (ev) {
    case EV_ACCEPT:
        return accepted(c, e);
    case EV_TELL:
        e->tellings++;
        return stop_clock(c, e, true, "等居民补材料");
    case EV_COMPLETE:
        return papers_complete(c, e);
    case EV_ASK_MORE:
        return ask_more(c, e, more);
    case EV_HAND:
        return hand(c, e, more);
    case EV_SUSPEND:
        return stop_clock(c, e, false, words);
    case EV_RESUME:
        return go_on(c, e);
    case EV_DECIDE:
        return decide(c, e, words, more);
    case EV_DONE_NOW:
        e->decision = "granted";
        e->result = words;
        TRY(finished(c, e));
        return delivered(c, e, "当场");
    case EV_DELIVER:
        return delivered(c, e, str_or(more, "代理员送到"));
    case EV_CORRECT:
        TRY(undecided(c, e));
        TRY(to_decider(c, e));
        return errand_begins(c, e, "errand.passon_days");
    case EV_REOPEN:
        TRY(undecided(c, e));
        to_desk(e, &home);
        return errand_begins(
            c, e, str_eq(more, "complex") ? "rating.rectify_days_complex" : "rating.rectify_days");
    case EV_REVISIT:
        e->visited_ms = c->now_ms;
        return errand_begins(c, e, "errand.archive_days");
    case EV_REFUSE:
        TRY(errand_count(c, e, c->now_ms, COUNT_REFUSED, 1));
        e->decision = "refused";
        e->result = words;
        return closed(c, e);
    case EV_REDIRECT:
        e->result = arena_printf(c->arena, "请到：%s　%s", more, words);
        return closed(c, e);
    case EV_WITHDRAW:
    case EV_ARCHIVE:
        return closed(c, e);
    case ERRAND_EVENTS:
        break;
    }
    CHECK(false);
}

static bool needs_words(enum errand_event ev)
{
    return ev == EV_REFUSE || ev == EV_REDIRECT || ev == EV_SUSPEND || ev == EV_ASK_MORE ||
           ev == EV_CORRECT || ev == EV_REOPEN;
}

/* To whom it is handed, by the name of this day: a desk that is renamed later was called so then.
 * Whether it may be handed at all is the table's to say, not this one's. */
static const char *handed(struct ctx *c, const struct errand *e, const char *words,
                          const char *where)
{
    struct ctx probe = *c;
    struct desk to;
    if (hands_to(&probe, e, where, &to) != OK)
        return words;
    return arena_printf(c->arena, "%s%s%s", desk_zh(c, to.place, to.cap, to.body),
                        *words ? "。" : "", words);
}

/* What the history keeps: "no" must be told from "yes" there too. */
static const char *said(struct ctx *c, const struct errand *e, enum errand_event ev,
                        const char *words, const char *more)
{
    if (ev == EV_HAND)
        return handed(c, e, words, more);
    if (ev != EV_DECIDE)
        return words;
    return arena_printf(c->arena, "%s。%s", errand_decision_zh(more), words);
}

/* Numbers and states only: who it is about stays here. */
static enum err tell_programs(struct ctx *c, const struct errand *e)
{
    return hook_tell(c, &(struct hook_event){
                            .type = arena_printf(c->arena, "%s.%s", errand_sm.name, e->state),
                            .key = e->key,
                            .place = e->place,
                            .number = e->number,
                            .state = e->state,
                            .item = e->title,
                            .due_ms = e->step_due,
                        });
}

enum err errand_step(struct ctx *c, struct errand *e, enum errand_event ev, const char *words,
                     const char *more)
{
    const char *to;
    if ((needs_words(ev) || (ev == EV_DECIDE && str_eq(more, "refused"))) && !*words)
        return fail_field(c, "words", E_REASON_NEEDED);
    TRY(flow_fire(c, &errand_sm, e->key, e->state, ev, e->holder, e, said(c, e, ev, words, more),
                  &to));
    TRY(effect(c, e, ev, words, more));
    e->state = to;
    TRY(errand_update(c, e));
    TRY(errand_tell(c, e, ev, words));
    TRY(tell_programs(c, e));
    return errand_moved(c, e);
}

size_t errand_missed(const struct flow_step *steps, size_t n)
{
    size_t missed = 0;
    for (size_t i = 0; i < n; i++)
        missed = str_eq(steps[i].event, "missed")     ? missed + 1
                 : str_eq(steps[i].to, steps[i].from) ? missed
                                                      : 0;
    return missed;
}

enum err errand_revisit_missed(struct ctx *c, struct errand *e, const char *words)
{
    struct flow_step *steps;
    size_t n;
    int64_t tries;
    if (errand_state_of(e) != ERRAND_DELIVERED)
        return fail(c, E_WRONG_STATE, "no return visit now");
    TRY(errand_at_desk(c, e));
    TRY(flow_note(c, &errand_sm, e->key, e->state, "missed", words));
    TRY(flow_steps(c, &errand_sm, e->key, &steps, &n));
    TRY(rule_days(c, e, "errand.revisit_tries", &tries));
    if ((int64_t)errand_missed(steps, n) >= tries)
        return errand_step(c, e, EV_REVISIT,
                           arena_printf(c->arena, "联系了 %" PRId64 " 次，都没有联系上", tries),
                           "");
    TRY(errand_begins(c, e, "errand.revisit_days"));
    TRY(errand_update(c, e));
    return errand_moved(c, e);
}

enum err errand_paper_came(struct ctx *c, struct errand *e, int64_t seq)
{
    struct errand_paper *papers;
    size_t n, missing = 0;
    TRY(takes_papers_here(c, e));
    TRY(errand_papers(c, e, &papers, &n));
    bool found = false;
    for (size_t i = 0; i < n; i++) {
        bool due = str_eq(papers[i].state, "later") || str_eq(papers[i].state, "missing");
        if (papers[i].seq == seq && due) {
            found = true;
            papers[i].state = "here";
            papers[i].got_ms = c->now_ms;
            TRY(errand_paper_save(c, e, &papers[i]));
            TRY(flow_note(c, &errand_sm, e->key, e->state, "paper",
                          arena_printf(c->arena, "收到：%s", papers[i].name)));
        }
        missing += str_eq(papers[i].state, "missing");
    }
    if (!found)
        return fail(c, E_WRONG_STATE, "no such paper is waited for");
    if (missing == 0 && errand_state_of(e) == ERRAND_MISSING)
        return errand_step(c, e, EV_COMPLETE, "", "");
    return errand_update(c, e);
}

enum err errand_note(struct ctx *c, struct errand *e, const char *words)
{
    TRY(flow_note(c, &errand_sm, e->key, e->state, "note", words));
    TRY(todo_clear(c, e->key, "errand-urge"));
    return errand_update(c, e);
}
