/* SPDX-License-Identifier: Apache-2.0
 * errand_take.c - the first contact: what was said is written down, held papers are used again, all
 * that is missing is told at once, and the clocks start. */
#include "core/day.h"
#include "crypto/random.h"
#include "crypto/signer.h"
#include "gov/errand/errand.h"
#include "gov/errand/errand_step.h"
#include "gov/errand/errand_tell.h"
#include "kernel/calendar/calendar.h"
#include "kernel/flow/flow.h"
#include "kernel/person/person.h"
#include "kernel/place/place.h"
#include "kernel/rule/rule.h"

/* Their own record, also when the form named one that was merged into it meanwhile. */
static struct key person_of(const struct errand *e)
{
    return (struct key){ e->key.county, e->person };
}

/* Who it is for: a registered resident of that village, alive and not moved, or words only. */
static enum err check_person(struct ctx *c, const struct intake *in, struct errand *e)
{
    struct person p;
    e->who = str_or(in->who, "还不知道是谁");
    if (in->person.county == 0)
        return OK;
    TRY(person_load(c, in->person, &p));
    if (!str_eq(p.place, in->place))
        return fail(c, E_NOT_FOUND, "person of another village");
    TRY(person_may_apply(c, &p));
    e->person = p.key.id;
    e->who = person_line(c, &p);
    return OK;
}

static enum err check_item(struct ctx *c, const struct intake *in, struct item *it,
                           struct errand *e)
{
    bool current;
    *it = (struct item){ 0 };
    e->title = "还没分清的事";
    e->body = "";
    if (in->version == 0)
        return OK;
    TRY(item_in_force(c, in->version, &current));
    if (!current)
        return fail(c, E_ITEM_WITHDRAWN, "version not in force");
    TRY(item_version(c, in->version, it));
    if (!item_accepted_at(it, in->desk.place))
        return fail(c, E_ITEM_ELSEWHERE, "item not accepted at this level");
    e->item = it->item;
    e->version = it->id;
    e->title = it->name;
    e->body = it->body;
    return OK;
}

static enum err later_due(struct ctx *c, const struct errand *e, const struct material *m,
                          int64_t *due_ms)
{
    int64_t days = m->later_days;
    if (days == 0)
        TRY(rule_int(c, "errand.later_days_default", e->place, day_of_ms(c->now_ms), &days));
    return calendar_due(c, c->now_ms, days, due_ms);
}

/* One material as it stands at the counter; what this case does not need is kept as such, for
 * everybody to see. Held papers are used only with the resident's consent,
 * and "later" only where the guide allows it. */
static enum err take_paper(struct ctx *c, const struct intake *in, const struct errand *e,
                           const struct material *m, const char *said, bool *missing)
{
    struct errand_paper p = { .seq = m->seq,
                              .count = m->count,
                              .code = m->code,
                              .name = m->name,
                              .form = m->form,
                              .note = m->note,
                              .state = "missing" };
    if (str_eq(said, "here")) {
        p.state = "here";
        p.got_ms = c->now_ms;
    } else if (str_eq(said, "waived")) {
        p.state = "waived";
    } else if (str_eq(said, "later") && m->later) {
        p.state = "later";
        TRY(later_due(c, e, m, &p.due_ms));
    } else if (str_eq(said, "held")) {
        TRY(errand_held_paper(c, person_of(e), m->code, &p.from_errand, &p.got_ms));
        bool good = p.from_errand && material_held_good(m, p.got_ms, c->now_ms);
        if (good && !in->consent)
            return fail(c, E_NO_CONSENT, "held paper without consent");
        if (!good)
            p.from_errand = p.got_ms = 0;
        p.state = good ? "reused" : "missing";
    }
    *missing = *missing || str_eq(p.state, "missing");
    return errand_paper_save(c, e, &p);
}

static enum err take_papers(struct ctx *c, const struct intake *in, const struct errand *e,
                            bool *missing)
{
    struct material *m;
    size_t n;
    *missing = false;
    if (e->version == 0)
        return OK;
    TRY(item_materials(c, e->version, &m, &n));
    for (size_t i = 0; i < n; i++)
        TRY(take_paper(c, in, e, &m[i], str_or(in->papers[i], "missing"), missing));
    return OK;
}

static enum err seal_secrets(struct ctx *c, const struct intake *in, struct errand *e,
                             const char **code)
{
    *code = random_code(c->arena, ERRAND_CODE_LEN);
    TRY(field_seal(c, "errand.code", *code, &e->code_sealed));
    e->key.county = place_county(in->place);
    return errand_tell_take(c, in, e);
}

static enum err write_down(struct ctx *c, const struct intake *in, struct errand *e)
{
    const char *to;
    e->place = in->place;
    e->behalf = str_or(in->behalf, "");
    e->channel = in->channel;
    e->manner = in->manner;
    e->words = str_or(in->words, "");
    e->answers = str_or(in->answers, "");
    e->state = errand_sm.states[ERRAND_DRAFTED].name;
    e->holder = e->home = in->desk.place;
    e->holder_cap = e->home_cap = in->desk.cap;
    e->taken_by = c->account_id;
    e->from_visit = in->from_visit;
    e->decision = e->result = e->delivered_how = "";
    TRY(errand_insert(c, e));
    to = e->state;
    return flow_note(c, &errand_sm, e->key, to, "drafted", e->words);
}

/* What is known now of the one who asks. Empty words change nothing. */
static enum err who_asks(struct ctx *c, const struct intake *in, struct errand *e)
{
    e->behalf = str_or(in->behalf, e->behalf);
    if (in->phone && *in->phone)
        TRY(field_seal(c, "errand.contact", in->phone, &e->contact_sealed));
    if (e->person)
        return OK;
    struct intake known = *in;
    known.who = str_or(in->who, e->who);
    return check_person(c, &known, e);
}

enum err errand_choose(struct ctx *c, struct errand *e, const struct intake *in)
{
    struct item it;
    bool missing;
    int64_t version = e->version;
    if (errand_state_of(e) != ERRAND_DRAFTED)
        return fail(c, E_WRONG_STATE, "taken already");
    TRY(who_asks(c, in, e));
    TRY(check_item(c, in, &it, e));
    if (e->version == 0)
        return fail_field(c, "item", E_REQUIRED);
    if (in->consent && e->person)
        TRY(consent_give(c, person_of(e), "papers", "spoken"));
    if (e->version != version)
        TRY(errand_papers_drop(c, e));
    TRY(take_papers(c, in, e, &missing));
    e->answers = str_or(in->answers, e->answers);
    if (in->tell && *in->tell)
        TRY(errand_tell_take(c, in, e));
    if (in->draft) {
        TRY(errand_update(c, e));
        return errand_moved(c, e);
    }
    TRY(item_used(c, it.item));
    return errand_step(c, e, missing ? EV_TELL : EV_ACCEPT, "", "");
}

enum err errand_take(struct ctx *c, const struct intake *in, struct errand *e, const char **code)
{
    struct place p;
    struct item it;
    bool missing;
    *e = (struct errand){ 0 };
    TRY(place_require(c, in->place, &p));
    TRY(check_person(c, in, e));
    TRY(check_item(c, in, &it, e));
    TRY(seal_secrets(c, in, e, code));
    TRY(write_down(c, in, e));
    if (in->consent && in->person.county)
        TRY(consent_give(c, person_of(e), "papers", in->manner));
    TRY(take_papers(c, in, e, &missing));
    if (in->version)
        TRY(item_used(c, it.item));
    if (in->draft || in->version == 0) {
        TRY(errand_begins(c, e, "errand.accept_days"));
        TRY(errand_update(c, e));
        return errand_moved(c, e);
    }
    return errand_step(c, e, missing ? EV_TELL : EV_ACCEPT, "", "");
}
