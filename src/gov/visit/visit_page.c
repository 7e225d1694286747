/* SPDX-License-Identifier: Apache-2.0
 * visit_page.c - see visit_page.h; and what the page of a resident says of care. */
#include "gov/visit/visit_page.h"
#include "core/day.h"
#include "gov/visit/care_tmpl.h"
#include "kernel/person/person_part.h"

static const char *const rule_names[VISIT_RULES][2] = {
    { "visit.high_days", "高风险" },          { "visit.key_days", "重点" },
    { "visit.ordinary_days", "一般" },        { "visit.change_hours", "大变故后上门" },
    { "visit.noanswer_hours", "没人应上报" },
};

bool visit_may(const struct ctx *c, const char *place)
{
    return ctx_may(c, CAP_VISIT, place) || ctx_may(c, CAP_CARE_WRITE, place);
}

enum err visit_reach(struct ctx *c, struct key k, struct person *out)
{
    TRY(person_reach(c, k, CAP_PERSON_READ, out));
    return visit_may(c, out->place) ? OK : fail(c, E_NOT_FOUND, "not theirs to visit");
}

enum err visit_rule_rows(struct ctx *c, const char *place, struct rule out[VISIT_RULES])
{
    for (size_t i = 0; i < VISIT_RULES; i++)
        TRY(rule_row(c, rule_names[i][0], place, day_of_ms(c->now_ms), &out[i]));
    return OK;
}

const char *visit_rule_zh(const char *name)
{
    for (size_t i = 0; i < VISIT_RULES; i++)
        if (str_eq(rule_names[i][0], name))
            return rule_names[i][1];
    return name;
}

static enum err load_care(struct ctx *c, struct key person, struct care *k, bool *listed)
{
    struct ctx probe = *c;
    enum err e = care_load(&probe, person, k);
    *listed = !e && !k->ended_ms;
    return e && e != E_NOT_FOUND ? fail(c, e, "%s", probe.why) : OK;
}

enum err visit_person_load(struct ctx *c, struct person *p, struct visit_person *out)
{
    *out = (struct visit_person){ .p = p, .contact_name = "", .contact_phone = "" };
    TRY(load_care(c, p->key, &out->care, &out->listed));
    TRY(care_open(c, &out->care));
    if (out->care.contact) {
        char *rest = arena_copy(c->arena, out->care.contact);
        out->contact_name = str_or(strsep(&rest, "\n"), "");
        out->contact_phone = str_or(rest, "");
    }
    TRY(person_open(c, p));
    TRY(person_door(c, p, &out->door));
    out->phone = str_or(p->phone, "");
    out->may_visit = !p->died_day && !p->moved_day;
    TRY(visit_of_person(c, p->key, &out->visits, &out->n_visits));
    return visit_rule_rows(c, p->place, out->rules);
}

/* ---- JSON ---- */
static void words_json(struct ctx *c, struct json *j, const char *name, const char *blanks)
{
    char *rest = arena_copy(c->arena, blanks), *word;
    json_array_begin(j, name);
    while ((word = strsep(&rest, " ")))
        if (*word)
            json_text(j, NULL, word);
    json_array_end(j);
}

void care_members(struct ctx *c, struct json *j, const struct care *k)
{
    json_key(j, "person", k->person);
    words_json(c, j, "reason", k->reasons);
    json_text(j, "risk", k->risk);
    json_text(j, "wish_who", k->wish_who);
    json_text(j, "wish_way", k->wish_way);
    json_text(j, "wish_time", k->wish_time);
    json_ms(j, "last", k->last_ms);
    json_ms(j, "due", k->due_ms);
    json_text(j, "due_why", k->due_why);
    json_text(j, "due_words", k->due_words);
    json_ms(j, "no_answer_since", k->missed_ms);
    json_int(j, "changed", k->changed_ms);
}

void visit_members(struct json *j, const struct visit *v)
{
    json_key(j, "key", v->key);
    json_key(j, "person", v->person);
    json_text(j, "name", v->name);
    json_text(j, "way", v->way);
    json_bool(j, "met", v->met != 0);
    json_text(j, "living", v->living);
    json_text(j, "safety", v->safety);
    json_text(j, "health", v->health);
    json_text(j, "family", v->family);
    json_text(j, "words", v->words);
    json_text(j, "follow_up", v->follow_up);
    json_ms(j, "at", v->at_ms);
}

/* ---- the page of a resident ---- */
static enum err part_page(struct ctx *c, struct html *h, const struct page *page,
                          const struct person *p)
{
    struct care k;
    bool listed;
    struct visit *visits;
    size_t n;
    if (!visit_may(c, p->place))
        return OK;
    TRY(load_care(c, p->key, &k, &listed));
    TRY(visit_of_person(c, p->key, &visits, &n));
    tmpl_care_part(h, page, p, listed ? &k : NULL, visits, n < 3 ? n : 3);
    return OK;
}

static enum err part_api(struct ctx *c, struct json *j, const struct person *p)
{
    struct care k;
    bool listed;
    if (!visit_may(c, p->place))
        return OK;
    TRY(load_care(c, p->key, &k, &listed));
    if (listed) {
        json_object_begin(j, "care");
        care_members(c, j, &k);
        json_object_end(j);
    }
    return OK;
}
static struct person_part care_part = { .order = 10, .page = part_page, .api = part_api };
PERSON_PART(care_part)
