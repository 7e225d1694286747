/* SPDX-License-Identifier: Apache-2.0
 * errand_tell.c - a resident is told; see errand_tell.h. Nothing leaves the house here: messages
 * and letters go into the outbox, what is said by mouth becomes a to-do of the desk that took the
 * errand. */
#include "gov/errand/errand_tell.h"
#include "core/day.h"
#include "core/text.h"
#include "crypto/signer.h"
#include "gov/errand/errand_told.h"
#include "kernel/calendar/calendar.h"
#include "kernel/notice/outbox.h"
#include "kernel/notice/words.h"
#include "kernel/place/place.h"
#include "kernel/rule/rule.h"

/* What is known of whom an errand is for. */
struct whom {
    struct person p; /* key 0: not registered */
    const char *phone;
    struct tell_known known;
};

static enum err whom_load(struct ctx *c, const struct errand *e, struct whom *w)
{
    bool sms = str_eq(e->tell, "sms");
    *w = (struct whom){ .known = { .way = e->tell, .agrees = true } };
    if (e->person) {
        struct key k = { e->key.county, e->person };
        TRY(person_load(c, k, &w->p));
        TRY(person_open(c, &w->p));
        if (sms)
            TRY(consent_given(c, k, "tell", &w->known.agrees));
    }
    TRY(errand_phone(c, e, &w->p, &w->phone));
    if (sms)
        TRY(outbox_has_gateway(c, &w->known.gateway));
    w->known.phone = *w->phone != '\0';
    w->known.gone = w->p.died_day != 0;
    return OK;
}

/* ---- the words ---- */
/* Other people read an SMS too: items of these life events, and with these words in their names,
 * are not named there. */
static enum err item_words(struct ctx *c, const struct errand *e, bool sms, const char *words,
                           const char **out)
{
    struct item it = { .event = "" };
    const char *events;
    *out = e->title;
    if (!sms)
        return OK;
    if (e->version)
        TRY(item_version(c, e->version, &it));
    TRY(words_of(c, "tell.discreet_events", e->place, "", &events));
    if (tell_shames(c->arena, words, e->title) || tell_shames(c->arena, events, it.event))
        *out = "那件事";
    return OK;
}

static enum err paper_names(struct ctx *c, const struct errand *e, const char ***out, size_t *n)
{
    struct errand_paper *papers;
    size_t n_papers;
    TRY(errand_papers(c, e, &papers, &n_papers));
    *out = ARENA_ARRAY(c->arena, const char *, n_papers + 1);
    *n = 0;
    for (size_t i = 0; i < n_papers; i++)
        if (str_eq(papers[i].state, "missing"))
            (*out)[(*n)++] = papers[i].name;
    return OK;
}

static const char *until_words(struct ctx *c, const struct errand *e)
{
    bool decided = errand_state_of(e) >= ERRAND_DECIDED;
    int64_t due = decided || !e->promised_due ? e->step_due : e->promised_due;
    return due ? day_zh(c->arena, day_of_ms(due)) : "规定的日子";
}

/* The text of an event; kind "sms" or "mouth". reason: what was written for this step. */
static enum err words_for(struct ctx *c, const struct errand *e, const struct tell_row *row,
                          const char *kind, const char *reason, const char **out)
{
    enum { PAPERS = 2, ALL_CHARS = 400 };
    const char *template, *discreet, *item, *phone = "", **names = NULL;
    size_t n_names = 0;
    bool sms = str_eq(kind, "sms"), late = str_eq(row->event, "late");
    TRY(words_of(c, arena_printf(c->arena, "tell.%s.%s", row->event, kind), e->place,
                 arena_printf(c->arena, "您要办的{item}：%s", row->zh), &template));
    TRY(words_of(c, "tell.discreet_words", e->place, "", &discreet));
    TRY(item_words(c, e, sms, discreet, &item));
    if (strstr(template, "{papers}"))
        TRY(paper_names(c, e, &names, &n_names));
    if (strstr(template, "{phone}"))
        TRY(errand_ask_phone(c, e, &phone));
    struct hole holes[] = {
        { "item", item },
        { "number", e->number },
        { "papers", "" },
        { "where", late ? desk_zh(c, e->holder, e->holder_cap, e->holder_body)
                        : desk_zh(c, e->home, e->home_cap, 0) },
        { "until", until_words(c, e) },
        { "phone", str_or(phone, "代理员的电话") },
        { "reason", sms ? "" : str_or(reason, e->result) },
        { "result", sms ? "" : str_or(e->result, "可以领结果了") },
    };
    size_t rest = text_length(words_fill(c->arena, template, holes, COUNT(holes)));
    size_t room = sms ? (rest < SMS_CHARS_MAX ? SMS_CHARS_MAX - rest : 0) : ALL_CHARS;
    for (size_t i = 0; i < n_names && sms; i++) /* then only how many they are */
        room = tell_shames(c->arena, discreet, names[i]) ? 0 : room;
    holes[PAPERS].words = tell_papers(c->arena, names, n_names, room);
    *out = words_fill(c->arena, template, holes, COUNT(holes));
    return OK;
}

/* ---- a letter ---- */
static enum err address_of(struct ctx *c, const struct errand *e, const struct person *p,
                           const char **out)
{
    const char *place = place_full_name(c, e->place), *door;
    if (!e->person) {
        *out = arena_printf(c->arena, "%s\n%s　收", place, e->who);
        return OK;
    }
    TRY(person_door(c, p, &door));
    const char *home = arena_printf(c->arena, "%s%s%s", place, p->grp, door);
    *out = arena_printf(c->arena, "%s\n%s　收", p->moved_day ? str_or(p->moved_to, home) : home,
                        p->name);
    return OK;
}

static enum err post_letter(struct ctx *c, const struct errand *e, const struct person *p,
                            const struct tell_row *row, const char *words, int64_t *outbox)
{
    const char *address, *end, *phone;
    TRY(errand_ask_phone(c, e, &phone));
    const struct hole holes[] = { { "phone", str_or(phone, "代理员的电话") },
                                  { "where", desk_zh(c, e->home, e->home_cap, 0) } };
    TRY(address_of(c, e, p, &address));
    TRY(words_of(c, "tell.letter_end", e->place, "", &end));
    struct outbox_message m = {
        .channel = OUTBOX_PRINT,
        .target = address,
        .title = arena_printf(c->arena, "%s · %s：%s", e->who, e->title, row->zh),
        .words = arena_printf(c->arena, "关于“%s”：%s\n%s：\n%s\n%s\n办件编号：%s", e->title,
                              row->zh, e->person ? p->name : e->who, words,
                              words_fill(c->arena, end, holes, COUNT(holes)),
                              errand_number_text(c, e->number)),
        .place = e->place,
        .about = "errand",
        .subject = e->key,
        .person = e->person,
    };
    return outbox_add(c, &m, outbox);
}

/* ---- telling ---- */
static enum err send(struct ctx *c, const struct errand *e, const struct whom *w,
                     const struct tell_row *row, struct told *t)
{
    struct outbox_message sms = { .channel = OUTBOX_SMS,
                                  .target = w->phone,
                                  .words = t->words,
                                  .place = e->place,
                                  .about = "errand",
                                  .subject = e->key,
                                  .person = e->person };
    if (str_eq(t->channel, "sms"))
        return outbox_add(c, &sms, &t->outbox);
    if (str_eq(t->channel, "print"))
        return post_letter(c, e, &w->p, row, t->words, &t->outbox);
    return OK;
}

static enum err tell(struct ctx *c, const struct errand *e, const struct tell_row *row, bool there,
                     const char *reason, bool *told)
{
    static const struct {
        const char *channel, *state;
    } as[] = { [TELL_FACE] = { "face", "told" },
               [TELL_SMS] = { "sms", "waiting" },
               [TELL_MOUTH] = { "mouth", "open" },
               [TELL_PRINT] = { "print", "waiting" } };
    struct whom w;
    struct told t = { .event = row->event, .failed = "", .actor = "" };
    *told = false;
    if (str_eq(e->tell, "none"))
        return OK;
    TRY(told_turn(c, e, row, &t.turn, told));
    if (!*told)
        return OK;
    if (row->undoes)
        TRY(told_drop(c, e));
    TRY(whom_load(c, e, &w));
    w.known.there = there;
    enum tell_channel channel = tell_channel_of(&w.known);
    t.channel = as[channel].channel;
    t.state = as[channel].state;
    if (channel == TELL_FACE) {
        t.actor = flow_actor(c);
        t.done_ms = c->now_ms;
    }
    TRY(words_for(c, e, row, channel == TELL_SMS ? "sms" : "mouth", reason, &t.words));
    TRY(send(c, e, &w, row, &t));
    TRY(told_add(c, e, &t));
    return channel == TELL_MOUTH ? told_todo(c, e) : OK;
}

enum err errand_tell(struct ctx *c, const struct errand *e, enum errand_event ev, const char *words)
{
    bool there, told;
    const struct tell_row *row = tell_row_of(e, ev, &there);
    return row ? tell(c, e, row, there, words, &told) : OK;
}

enum err errand_tell_event(struct ctx *c, const struct errand *e, const char *event, bool *told)
{
    const struct tell_row *row = tell_row_named(event);
    CHECK(row != NULL);
    return tell(c, e, row, false, "", told);
}

enum err errand_told_letter(struct ctx *c, const struct errand *e)
{
    struct whom w;
    struct told *all;
    size_t n;
    int64_t written = 0;
    TRY(whom_load(c, e, &w));
    TRY(errand_told_list(c, e, &all, &n));
    for (size_t i = 0; i < n; i++) {
        if (!str_eq(all[i].state, "open"))
            continue;
        TRY(post_letter(c, e, &w.p, tell_row_named(all[i].event), all[i].words, &all[i].outbox));
        all[i].failed = "mouth";
        all[i].channel = "print";
        all[i].state = "waiting";
        TRY(told_save(c, e, &all[i]));
        written++;
    }
    return written ? told_todo(c, e) : fail(c, E_CONFLICT, "nothing open to be told");
}

/* ---- the way ---- */
static enum err choose(struct ctx *c, struct errand *e, const char *way, const char *phone,
                       const char *manner)
{
    struct person p = { 0 };
    struct key k = { e->key.county, e->person };
    const char *known;
    if (e->person) {
        TRY(person_load(c, k, &p));
        TRY(person_open(c, &p));
    }
    if (*phone && str_eq(phone, str_or(p.phone, "")))
        e->contact_sealed = (struct bytes){ 0 };
    else if (*phone)
        TRY(field_seal(c, "errand.contact", phone, &e->contact_sealed));
    TRY(errand_phone(c, e, &p, &known));
    e->tell = *way ? way : *known ? "sms" : "call";
    if (str_eq(way, "sms") && !*known)
        return fail_field(c, "phone", E_REQUIRED);
    if (str_eq(way, "sms") && e->person)
        return consent_give(c, k, "tell", manner);
    return OK;
}

enum err errand_tell_take(struct ctx *c, const struct intake *in, struct errand *e)
{
    return choose(c, e, str_or(in->tell, ""), str_or(in->phone, ""),
                  str_eq(in->manner, "written") ? "written" : "spoken");
}

enum err errand_tell_change(struct ctx *c, struct errand *e, const char *way, const char *phone)
{
    TRY(choose(c, e, way, phone, "spoken"));
    if (str_eq(way, "none"))
        TRY(told_drop(c, e));
    TRY(flow_note(c, &errand_sm, e->key, e->state, "note",
                  arena_printf(c->arena, "改了怎么告诉居民：%s",
                               str_eq(way, "sms")      ? "短信"
                               : str_eq(way, "letter") ? "信件"
                               : str_eq(way, "none")   ? "不用告诉"
                                                       : "打电话或当面")));
    return errand_update(c, e);
}

enum err errand_tell_tries(struct ctx *c, const struct errand *e, int64_t *tries)
{
    return rule_int(c, "tell.mouth_tries", e->place, day_of_ms(c->now_ms), tries);
}
