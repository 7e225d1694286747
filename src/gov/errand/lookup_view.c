/* SPDX-License-Identifier: Apache-2.0
 * lookup_view.c - gathers what the look-up shows; see lookup.h. */
#include "core/day.h"
#include "gov/errand/errand_step.h"
#include "gov/errand/lookup.h"
#include "kernel/calendar/calendar.h"
#include "kernel/notice/notice.h"
#include "kernel/place/place.h"
#include "kernel/todo/todo.h"

/* Workers' notes, and what residents said at the return visit, are not for whoever holds the paper.
 */
static void keep_public_steps(struct errand_view *v)
{
    size_t kept = 0;
    for (size_t i = 0; i < v->n_steps; i++)
        if (!str_eq(v->steps[i].event, "note") && !str_eq(v->steps[i].event, "revisit"))
            v->steps[kept++] = v->steps[i];
    v->n_steps = kept;
}

static const char *words_of_last(const struct errand_view *v, const char *event)
{
    for (size_t i = v->n_steps; i > 0; i--)
        if (str_eq(v->steps[i - 1].event, event))
            return v->steps[i - 1].words;
    return "";
}

static enum err load_due(struct ctx *c, struct lookup *l)
{
    const struct errand *e = &l->v.e;
    enum errand_state s = errand_state_of(e);
    bool runs = s == ERRAND_DRAFTED || s == ERRAND_IN_HAND || s == ERRAND_DECIDED;
    int64_t due = s == ERRAND_IN_HAND && e->promised_due ? e->promised_due : e->step_due, days;
    if (runs && !due) { /* only written down: it is to be taken, or asked for papers, by this day */
        TRY(rule_int(c, "errand.accept_days", e->place, day_of_ms(e->created_ms), &days));
        TRY(calendar_due(c, e->created_ms, days, &due));
    }
    if (!runs)
        return OK;
    l->due = day_zh(c->arena, day_of_ms(due));
    l->late = c->now_ms > due;
    return calendar_between(c, day_of_ms(c->now_ms), day_of_ms(due), &l->days_left);
}

static void add_phone(struct lookup *l, const char *who, const char *number)
{
    for (size_t i = 0; i < l->n_phones; i++)
        if (str_eq(l->phones[i].number, number))
            return;
    if (*number && l->n_phones < LOOKUP_PHONES_MAX)
        l->phones[l->n_phones++] = (struct lookup_phone){ who, number };
}

/* The telephone of the desk that has it: the department's, the window's, the village's officers. */
static enum err add_holder(struct ctx *c, struct lookup *l, const struct contact *all, size_t n)
{
    const struct errand *e = &l->v.e;
    struct body b;
    struct ctx probe = *c;
    bool village = place_level_of(e->holder) == PLACE_VILLAGE;
    enum post_kind_no kind = e->holder_cap == CAP_NO_ERRAND_TAKE ? POST_AGENT
                             : village                           ? POST_CHIEF
                                                                 : POST_WINDOW;
    if (e->holder_body) {
        TRY(body_load(c, (struct key){ place_county(e->holder), e->holder_body }, &b));
        add_phone(l, l->v.who_acts, b.phone);
        return OK;
    }
    const struct contact *at = contact_find(all, n, kind, village);
    if (at)
        add_phone(l, at->post, at->phone);
    else if (!village && body_serving(&probe, "service_center", e->place, &b) == OK)
        add_phone(l, arena_printf(c->arena, "%s%s", place_short_name(c, b.place), b.name), b.phone);
    return OK;
}

static enum err load_phones(struct ctx *c, struct lookup *l)
{
    struct contact *all;
    size_t n;
    if (errand_state_of(&l->v.e) == ERRAND_REDIRECTED)
        l->v.e.holder_body = 0; /* whoever sent it on no longer has it */
    TRY(contacts_of(c, l->v.e.place, &all, &n));
    TRY(add_holder(c, l, all, n));
    const struct contact *agent = contact_find(all, n, POST_AGENT, true);
    if (!agent)
        agent = contact_find(all, n, POST_WINDOW, false);
    if (agent)
        add_phone(l, agent->village ? "村里代理员" : agent->post, agent->phone);
    return OK;
}

/* Review within the days, suit within the months of learning of it: the day the decision was
 * delivered or, for one that was not accepted, the day it was closed. */
static enum err load_remedy(struct ctx *c, struct lookup *l)
{
    const struct errand *e = &l->v.e;
    int32_t today = day_of_ms(c->now_ms);
    int64_t known = e->delivered_ms ? e->delivered_ms : e->closed_ms;
    struct remedy *m = &l->remedy;
    if (!l->refused)
        return OK;
    m->village = l->v.has_item && str_eq(l->v.item.decides, "village");
    m->county = place_short_name(c, place_at(c, e->place, PLACE_COUNTY));
    m->township = place_short_name(c, place_at(c, e->place, PLACE_TOWNSHIP));
    TRY(rule_int(c, "remedy.review_days", e->place, today, &m->days));
    TRY(rule_int(c, "remedy.suit_months", e->place, today, &m->months));
    if (!known)
        return OK;
    int32_t from = day_of_ms(known);
    m->until = day_zh_full(c->arena, from + (int32_t)m->days);
    m->suit_until = day_zh_full(c->arena, day_after_months(from, m->months));
    return OK;
}

static enum err load_rating(struct ctx *c, struct lookup *l)
{
    struct ctx probe = *c;
    enum errand_state s = errand_state_of(&l->v.e);
    if (l->v.e.delivered_ms == 0)
        return OK;
    enum err e = rating_load(&probe, l->v.e.key, &l->rating);
    l->rated = e == OK;
    l->may_rate = !l->rated && s >= ERRAND_DELIVERED && s <= ERRAND_ARCHIVED;
    return e == E_NOT_FOUND ? OK : e;
}

enum err lookup_of(struct ctx *c, const struct errand *e, struct lookup *l)
{
    *l = (struct lookup){ .v.e = *e, .why = "" };
    enum errand_state s = errand_state_of(e);
    TRY(errand_view_short(c, &l->v));
    keep_public_steps(&l->v);
    l->refused = s == ERRAND_REFUSED ||
                 (s >= ERRAND_DECIDED && s <= ERRAND_ARCHIVED && str_eq(e->decision, "refused"));
    if (l->refused && s != ERRAND_REFUSED) {
        l->v.state_zh = "没有批准";
        l->v.state_class = "no";
    }
    l->why = s == ERRAND_SUSPENDED ? words_of_last(&l->v, "suspend") : e->result;
    l->may_withdraw = s <= ERRAND_SUSPENDED;
    TRY(load_due(c, l));
    TRY(load_phones(c, l));
    TRY(load_remedy(c, l));
    TRY(load_rating(c, l));
    lookup_words(c->arena, l);
    return OK;
}

enum err lookup_load(struct ctx *c, const char *number, const char *code, struct lookup *l)
{
    struct errand e;
    TRY(errand_by_code(c, number, code, &e));
    TRY(lookup_of(c, &e, l));
    l->number = number;
    l->code = code;
    return OK;
}

/* The desk hears of it; answering is a telephone call, which needs no state of its own. */
enum err errand_asked(struct ctx *c, const struct errand *e, const char *words)
{
    struct flow_step *steps;
    size_t n, asked = 0;
    TRY(flow_steps(c, &errand_sm, e->key, &steps, &n));
    for (size_t i = 0; i < n; i++)
        asked += str_eq(steps[i].event, "asked");
    if (asked >= ERRAND_ASKED_MAX)
        return fail(c, E_ASKED_ENOUGH, "asked %zu times", asked);
    TRY(flow_note(c, &errand_sm, e->key, e->state, "asked", words));
    struct notice note = {
        .key = { e->key.county, 0 },
        .desk = desk_text(c, e->holder, (enum cap_no)e->holder_cap, e->holder_body),
        .subject = e->key.id,
        .title = "居民留了话，请打电话回",
        .words = arena_printf(c->arena, "%s：%s", e->title, words),
        .link = arena_printf(c->arena, "/errand/%s", key_text(c, e->key)),
    };
    return notice_add(c, &note);
}
