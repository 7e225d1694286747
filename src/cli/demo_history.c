/* SPDX-License-Identifier: Apache-2.0
 * demo_history.c - months of work in the demonstration: a queue of what happens next, in order of
 * time; each happening is done by its actor through the functions that the pages call. */
#include "cli/cli.h"
#include "cli/demo.h"
#include "core/day.h"
#include "gov/errand/errand.h"
#include "gov/rating/rating.h"
#include "gov/visit/visit.h"
#include "kernel/audit/audit.h"
#include "kernel/calendar/calendar.h"
#include "kernel/place/place.h"
#include <jansson.h>

enum { PER_DAY = 9, PENDING_MAX = 4000 };

/* Something that will happen to an errand, or (key.county 0) a new one at a village. */
struct pending {
    int64_t at_ms;
    struct key key; /* an errand, or for a visit a person */
    size_t village;
    bool visit;
};
struct history {
    struct demo *d;
    struct ctx c; /* an arena per happening */
    struct pending heap[PENDING_MAX];
    size_t n;
    struct item *items;
    size_t n_items;
    json_t *sayings;
    int64_t taken;
};

static void push(struct history *h, struct pending p)
{
    CHECK(h->n < PENDING_MAX);
    size_t i = h->n++;
    for (; i > 0 && h->heap[(i - 1) / 2].at_ms > p.at_ms; i = (i - 1) / 2)
        h->heap[i] = h->heap[(i - 1) / 2];
    h->heap[i] = p;
}

static struct pending pop(struct history *h)
{
    struct pending top = h->heap[0], last = h->heap[--h->n];
    size_t i = 0;
    for (size_t child; (child = i * 2 + 1) < h->n; i = child) {
        if (child + 1 < h->n && h->heap[child + 1].at_ms < h->heap[child].at_ms)
            child++;
        if (last.at_ms <= h->heap[child].at_ms)
            break;
        h->heap[i] = h->heap[child];
    }
    h->heap[i] = last;
    return top;
}

/* Between 8:10 and 17:10 on the n-th working day after at. */
static enum err office_hour(struct history *h, int64_t at_ms, int64_t days, int64_t *out)
{
    int32_t day;
    TRY(calendar_add(&h->c, day_of_ms(at_ms), days, &day));
    *out = ms_of_day(day) + (int64_t)(490 + demo_random(h->d, 540)) * 60000 +
           (int64_t)demo_random(h->d, 60) * 1000;
    if (*out <= at_ms)
        *out = at_ms + (int64_t)(5 + demo_random(h->d, 60)) * 60000;
    return OK;
}

static const struct demo_staff *at_desk(struct demo *d, const struct errand *e)
{
    static const enum post_kind_no kinds[] = { POST_AGENT, POST_WINDOW, POST_CHIEF, POST_OFFICER };
    for (size_t i = 0; i < COUNT(kinds); i++) {
        const struct post_kind *k = post_kind(kinds[i]);
        if (!(k->caps & (1u << e->holder_cap)))
            continue;
        const struct demo_staff *s = demo_find(d, k->name, e->holder);
        if (s)
            return s;
    }
    return NULL;
}

/* A department's officer for any body: the demonstration lists one; the others act unseen. */
static void act_as(struct history *h, const struct demo_staff *s)
{
    struct demo *d = h->d;
    demo_act(d, s);
    h->c.account_id = d->c->account_id;
    h->c.actor = d->c->actor;
    h->c.rights = d->c->rights;
    h->c.n_rights = d->c->n_rights;
}

static void act_at(struct history *h, const struct errand *e)
{
    struct demo *d = h->d;
    const struct demo_staff *s = at_desk(d, e);
    demo_act(d, s);
    if (!s && e->holder_body) {
        struct right *r = ARENA_NEW(h->c.arena, struct right);
        *r = (struct right){ .caps = post_kind(POST_DEPARTMENT)->caps, .body_id = e->holder_body };
        snprintf(r->place, sizeof r->place, "%s", e->holder);
        d->c->account_id = demo_find(d, "department", d->county)->account;
        d->c->actor = desk_zh(&h->c, e->holder, e->holder_cap, e->holder_body);
        d->c->rights = r;
        d->c->n_rights = 1;
    }
    h->c.account_id = d->c->account_id;
    h->c.actor = d->c->actor;
    h->c.rights = d->c->rights;
    h->c.n_rights = d->c->n_rights;
}

static const char *saying(struct history *h, const struct item *it)
{
    const json_t *all = json_object_get(h->sayings, it->code);
    size_t n = json_array_size(all);
    return n ? json_string_value(json_array_get(all, demo_random(h->d, n))) : "";
}

/* What people ask for every day, most of the time; now and then anything of the catalogue. */
static const struct item *some_item(struct history *h)
{
    static const char *const common[] = {
        "medical.pay",     "elder.pension_verify",
        "elder.allowance", "medical.reimburse",
        "utility.pay",     "elder.card",
        "social.card",     "aid.temporary",
        "land.homestead",  "elder.pension_pay",
        "medical.chronic", "idcard.apply",
        "disability.card", "birth.child_allowance",
        "aid.subsistence", "farm.fertility_subsidy",
    };
    struct demo *d = h->d;
    if (demo_random(d, 5) == 0)
        return &h->items[demo_random(d, h->n_items)];
    const char *code =
        common[demo_random(d, COUNT(common)) * demo_random(d, COUNT(common)) / COUNT(common)];
    for (size_t i = 0; i < h->n_items; i++)
        if (str_eq(h->items[i].code, code))
            return &h->items[i];
    return &h->items[0];
}

/* A grown-up of the village, an old one for what only the old can ask for. */
static struct key somebody(struct demo *d, size_t village, int64_t age_min)
{
    size_t i = 0;
    for (int tries = 0; tries < 30; tries++) {
        i = village * DEMO_PEOPLE + (size_t)demo_random(d, DEMO_PEOPLE);
        if (d->ages[i] >= age_min)
            break;
    }
    return d->people[i];
}

/* Who asked long ago has heard everything; of the last days some still wait for a call, a letter.
 */
static const char *tell_way(const struct history *h, int64_t at_ms)
{
    static const char *const ways[] = { "none", "call", "none", "letter" };
    enum { LAST_DAYS = 6 };
    bool lately = at_ms > h->d->now_ms - (int64_t)LAST_DAYS * DAY_MS;
    return lately ? ways[(uint64_t)h->taken % COUNT(ways)] : "none";
}

static enum err new_errand(struct history *h, const struct pending *p)
{
    static const char *const channels[] = { "visit", "visit", "window", "phone", "paper" };
    struct demo *d = h->d;
    struct ctx *c = &h->c;
    const struct item *it = some_item(h);
    const char *village = d->villages[p->village], *code;
    struct key person = somebody(d, p->village, str_eq(it->event, "养老") ? 60 : 18);
    bool window = demo_random(d, 6) == 0 && strstr(it->levels, "township");
    const char *at = window ? d->township : village;
    if (!item_accepted_at(it, at))
        return OK;
    act_as(h, demo_find(d, window ? "window" : "agent", at));
    struct intake in = {
        .place = village,
        .person = person,
        .version = it->id,
        .words = saying(h, it),
        .channel = window ? "window" : channels[demo_random(d, COUNT(channels))],
        .manner = demo_random(d, 5) ? "spoken" : "written",
        .consent = true,
        .tell = tell_way(h, p->at_ms),
        .desk = { at, window ? CAP_NO_ERRAND_WINDOW : CAP_NO_ERRAND_TAKE, 0 },
    };
    for (size_t i = 0; i < COUNT(in.papers); i++) {
        int64_t held = 0, got = 0;
        uint64_t dice = demo_random(d, 20);
        in.papers[i] = dice == 0 ? "missing" : dice == 1 ? "later" : "here";
        struct material *m;
        size_t n_m;
        if (i == 0 && item_materials(c, it->id, &m, &n_m) == OK && n_m > 0 &&
            errand_held_paper(c, person, m[0].code, &held, &got) == OK && held)
            in.papers[i] = "held";
    }
    struct errand e;
    enum err err = errand_take(c, &in, &e, &code);
    if (err == E_PERSON_DIED || err == E_PERSON_MOVED)
        return OK; /* the clerk sends nobody away; somebody else comes */
    TRY(err);
    h->taken++;
    int64_t next;
    TRY(office_hour(h, p->at_ms, it->instant ? 0 : (int64_t)demo_random(d, 3), &next));
    push(h, (struct pending){ next, e.key, p->village, false });
    return OK;
}

/* How long a decision takes: mostly well within the promised days, now and then longer. */
static int64_t deciding_days(struct demo *d, const struct item *it)
{
    uint64_t limit = it->promised_days > 3 ? (uint64_t)it->promised_days : 3;
    return demo_random(d, 14) ? 1 + (int64_t)demo_random(d, limit * 3 / 4)
                              : (int64_t)(limit + demo_random(d, 4));
}

/* After a revisit many rate, by the code on their receipt; few are unhappy. */
static enum err revisit(struct history *h, struct errand *e)
{
    struct demo *d = h->d;
    TRY(errand_step(&h->c, e, EV_REVISIT, demo_random(d, 3) ? "说办得快" : "说以后还找代理员", ""));
    struct rating before;
    struct ctx probe = h->c;
    if (demo_random(d, 5) < 2 || rating_load(&probe, e->key, &before) == OK)
        return OK;
    static const int64_t scores[] = { 5, 5, 5, 5, 5, 4, 4, 4, 3, 5, 4, 5, 4, 5, 2, 5, 4, 3, 5, 1 };
    int64_t score = scores[demo_random(d, COUNT(scores))];
    h->c.account_id = 0;
    return rating_give(&h->c, e, score, score < 3 ? "推来推去" : "办得快", "", "qr");
}

/* The township calls back after a bad rating; what is true is put right and rated again. */
static enum err call_back(struct history *h, const struct errand *e, int64_t *days)
{
    struct demo *d = h->d;
    struct rating r;
    struct ctx probe = h->c;
    *days = -1;
    enum err found = rating_load(&probe, e->key, &r);
    if (found == E_NOT_FOUND)
        return OK;
    TRY(found);
    int s = sm_state_named(&rating_sm, r.state);
    act_as(h, demo_find(d, "centre", d->township));
    *days = 1;
    if (s == RATING_CALLBACK && demo_random(d, 4) == 0)
        return rating_called(&h->c, &r, FINDING_UNTRUE, false, "电话里说当时急，办得没有问题");
    if (s == RATING_CALLBACK)
        return rating_called(&h->c, &r, FINDING_SERVICE, false, "居民跑了两趟，第一次没有讲清");
    if (s == RATING_RECTIFY)
        return rating_righted(&h->c, &r, "上门道歉，把办件材料补齐送到家");
    if (s == RATING_RERATE)
        return rating_again(&h->c, &r, 4);
    *days = -1;
    return OK;
}

/* The next event of a running errand, and how many working days later the one after it comes. */
static enum err one_step(struct history *h, struct errand *e, const struct item *it, int64_t *days)
{
    struct demo *d = h->d;
    struct ctx *c = &h->c;
    uint64_t dice = demo_random(d, 100);
    *days = 1;
    switch (errand_state_of(e)) {
    case ERRAND_MISSING:
        *days = (int64_t)demo_random(d, 2);
        return dice < 6 ? errand_step(c, e, EV_WITHDRAW, "不办了，过了年再说", "")
                        : errand_step(c, e, EV_COMPLETE, "", "");
    case ERRAND_SUSPENDED:
        return errand_step(c, e, EV_RESUME, "", "");
    case ERRAND_IN_HAND:
        if (it->instant)
            return errand_step(c, e, EV_DONE_NOW, it->result, "");
        if (e->holder_cap != CAP_NO_ERRAND_DECIDE) {
            TRY(errand_step(c, e, EV_HAND, "", ""));
            *days = e->holder_cap == CAP_NO_ERRAND_DECIDE ? deciding_days(d, it)
                                                          : demo_random(d, 15) == 0;
            return OK;
        }
        if (dice < 4) {
            *days = 3;
            return errand_step(c, e, EV_SUSPEND,
                               "按《行政许可法》第四十五条需要现场核查，核查时间不计", "");
        }
        return errand_step(c, e, EV_DECIDE,
                           dice < 8 ? "经核对，目前不符合条件；不服可向上一级申请复核" : it->result,
                           dice < 8 ? "refused" : "granted");
    case ERRAND_DECIDED:
        *days = 2 + (int64_t)demo_random(d, 3);
        return errand_step(c, e, EV_DELIVER, "", "送到家，本人签收");
    case ERRAND_DELIVERED:
        return revisit(h, e);
    default:
        return call_back(h, e, days);
    }
}

static enum err go_on(struct history *h, const struct pending *p)
{
    struct errand e;
    struct item it;
    int64_t days, next;
    act_as(h, NULL);
    TRY(errand_load_any(&h->c, p->key, &e));
    TRY(item_version(&h->c, e.version, &it));
    act_at(h, &e);
    TRY(one_step(h, &e, &it, &days));
    if (days < 0)
        return OK;
    TRY(office_hour(h, p->at_ms, days, &next));
    push(h, (struct pending){ next, e.key, p->village, false });
    return OK;
}

/* What the server's ticker does, once a day. */
static enum err night(struct history *h)
{
    act_as(h, NULL);
    TRY(errand_tick(&h->c, NULL));
    TRY(care_tick(&h->c, NULL));
    return audit_seal(&h->c, NULL);
}

/* On the due day, or a little before. */
static enum err plan_visit(struct history *h, struct key person, size_t village, int64_t due_ms)
{
    int64_t at, early = (int64_t)demo_random(h->d, 3) * 86400000;
    TRY(office_hour(h, due_ms - early > h->c.now_ms ? due_ms - early : h->c.now_ms, 0, &at));
    push(h, (struct pending){ at, person, village, true });
    return OK;
}

static enum err visit_somebody(struct history *h, const struct pending *p)
{
    int64_t due;
    act_as(h, demo_find(h->d, "agent", h->d->villages[p->village]));
    TRY(demo_visit(h->d, &h->c, p->key, &due));
    return plan_visit(h, p->key, p->village, due);
}

/* The care lists as they stood when the months began. */
static enum err care_lists(struct history *h)
{
    int64_t due;
    h->c.now_ms = h->d->now_ms - (int64_t)DEMO_DAYS * 86400000;
    TRY(tx_begin(&h->c, "demo_care"));
    enum err e = OK;
    for (size_t i = 0; i < h->d->n_villages * DEMO_PEOPLE && !e; i++) {
        size_t village = i / DEMO_PEOPLE;
        act_as(h, demo_find(h->d, "agent", h->d->villages[village]));
        e = demo_care(h->d, &h->c, h->d->people[i], h->d->ages[i], &due);
        if (!e && due)
            e = plan_visit(h, h->d->people[i], village, due);
    }
    if (e) {
        tx_rollback(&h->c);
        return e;
    }
    return tx_commit(&h->c);
}

static enum err happen(struct history *h, const struct pending *p)
{
    h->c.now_ms = p->at_ms;
    if (p->visit)
        return visit_somebody(h, p);
    return p->key.county ? go_on(h, p) : new_errand(h, p);
}

static enum err schedule(struct history *h)
{
    int32_t today = day_of_ms(h->d->now_ms);
    for (int32_t day = today - DEMO_DAYS; day <= today; day++) {
        bool working, provisional;
        TRY(calendar_working(&h->c, day, &working, &provisional));
        size_t n = working ? PER_DAY + (size_t)demo_random(h->d, 6) : demo_random(h->d, 2);
        for (size_t i = 0; i < n; i++)
            push(h,
                 (struct pending){ ms_of_day(day) + (int64_t)(480 + demo_random(h->d, 560)) * 60000,
                                   { 0, 0 },
                                   (size_t)demo_random(h->d, h->d->n_villages),
                                   false });
    }
    return OK;
}

/* One transaction for a simulated day. */
static enum err run_days(struct history *h)
{
    while (h->n > 0 && h->heap[0].at_ms < h->d->now_ms) {
        int32_t day = day_of_ms(h->heap[0].at_ms);
        TRY(tx_begin(&h->c, "demo_day"));
        enum err e = OK;
        while (!e && h->n > 0 && h->heap[0].at_ms < h->d->now_ms &&
               day_of_ms(h->heap[0].at_ms) == day) {
            struct pending p = pop(h);
            e = happen(h, &p);
        }
        if (!e)
            e = night(h);
        if (e) {
            tx_rollback(&h->c);
            return e;
        }
        TRY(tx_commit(&h->c));
        arena_reset(h->c.arena);
    }
    return OK;
}

enum err demo_history(struct demo *d, int64_t *n)
{
    struct history *h = calloc(1, sizeof *h);
    CHECK(h != NULL);
    h->d = d;
    h->c = *d->c;
    h->c.arena = arena_new(ARENA_LIMIT);
    h->sayings = json_load_file(cli_share(d->c->arena, "data/sayings.json"), 0, NULL);
    enum err e = item_list(d->c, "", &h->items, &h->n_items);
    if (!e)
        e = care_lists(h);
    if (!e)
        e = schedule(h);
    if (!e)
        e = run_days(h);
    if (e)
        e = fail(d->c, e, "%s", h->c.why);
    *n = h->taken;
    demo_act(d, NULL);
    d->c->now_ms = d->now_ms;
    json_decref(h->sayings);
    arena_free(h->c.arena);
    free(h);
    return e;
}
