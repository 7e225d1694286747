/* SPDX-License-Identifier: Apache-2.0
 * care_pages.c - the care list: who is on it, putting on and taking off, grave changes, rounds. */
#include "core/day.h"
#include "gov/visit/care_tmpl.h"
#include "gov/visit/visit_page.h"
#include "kernel/place/place_page.h"

static const char *const consents[] = { "spoken", "written", NULL };
/* clang-format off */
static const struct field list_form[] = { { "place", F_PLACE, 0, 0, PLACE_CODE_MAX, NULL, "哪里" } };
static const struct field care_form[] = {
    { "reason",        F_CHOICE, F_INDEXED,  0, 0,                care_reasons, "为什么关爱" },
    { "risk",          F_CHOICE, F_REQUIRED, 0, 0,                care_risks,   "风险" },
    { "wish_who",      F_TEXT,   0,          0, CARE_WISH_MAX,    NULL,         "愿意谁来" },
    { "wish_way",      F_CHOICE, 0,          0, 0,                visit_ways,   "愿意怎么来" },
    { "wish_time",     F_TEXT,   0,          0, CARE_WISH_MAX,    NULL,         "什么时候方便" },
    { "contact_name",  F_TEXT,   0,          0, PERSON_NAME_MAX,  NULL,         "紧急时找谁" },
    { "contact_phone", F_PHONE,  0,          0, 20,               NULL,         "紧急时的电话" },
    { "consent",       F_CHOICE, F_REQUIRED, 0, 0,                consents,     "本人怎么同意的" },
    { "heard",         F_TEXT,   F_REQUIRED, 2, PERSON_NAME_MAX,  NULL,         "谁在场听到" },
    { "changed",       F_INT,    0,          0, INT64_MAX / 4,    NULL,         "看到的版本" },
};
static const struct field end_form[] = { { "why", F_TEXT, F_REQUIRED, 2, CARE_WORDS_MAX, NULL, "为什么取下" } };
static const struct field change_form[] = { { "change", F_TEXT, F_REQUIRED, 2, CARE_WORDS_MAX, NULL, "出了什么大事" } };
static const struct field round_form[] = {
    { "place", F_PLACE, F_REQUIRED, 0, PLACE_CODE_MAX, NULL, "哪里" },
    { "day",   F_DATE,  F_REQUIRED, 0, 0,              NULL, "哪天前都看一遍" },
    { "words", F_TEXT,  F_REQUIRED, 2, CARE_WORDS_MAX, NULL, "为什么加一轮" },
};
/* clang-format on */

/* ---- the list ---- */
static enum err choose_place(struct ctx *c, struct req *r, const char **place)
{
    const char *own = ctx_place(c, CAP_CARE_WRITE);
    own = own ? own : ctx_place(c, CAP_VISIT);
    *place = r->form && form_has(r->form, "place") ? place_shown(c, r, form_text(r->form, "place"))
                                                   : own;
    if (!*place)
        return fail(c, E_FORBIDDEN, "no care list anywhere");
    return visit_may(c, *place) ? OK : fail(c, E_NOT_FOUND, "another's care list");
}

static void list_json(struct ctx *c, struct json *j, const struct care_view *v)
{
    json_object_begin(j, NULL);
    json_text(j, "place", v->place);
    json_array_begin(j, v->village ? "residents" : "villages");
    for (size_t i = 0; i < v->n_lines; i++) {
        json_object_begin(j, NULL);
        json_text(j, "name", v->lines[i].name);
        json_text(j, "group", v->lines[i].grp);
        json_text(j, "door", v->lines[i].door);
        care_members(c, j, &v->lines[i].care);
        json_object_end(j);
    }
    for (size_t i = 0; i < v->n_counts; i++) {
        json_object_begin(j, NULL);
        json_text(j, "place", v->counts[i].place);
        json_int(j, "all", v->counts[i].all);
        json_int(j, "high", v->counts[i].high);
        json_int(j, "late", v->counts[i].late);
        json_object_end(j);
    }
    json_array_end(j);
    json_object_end(j);
}

static enum err get_list(struct ctx *c, struct req *r)
{
    struct care_view v = { .lines = NULL };
    TRY(choose_place(c, r, &v.place));
    v.village = place_level_of(v.place) == PLACE_VILLAGE;
    v.may_round = ctx_may(c, CAP_ERRAND_LEAD | CAP_CARE_WRITE, v.place);
    if (v.village)
        TRY(care_list(c, v.place, &v.lines, &v.n_lines));
    else
        TRY(care_counts(c, v.place, &v.counts, &v.n_counts));
    TRY(visit_rule_rows(c, v.place, v.rules));
    if (r->api)
        list_json(c, req_json(c, r), &v);
    else
        tmpl_care_list(req_html(c, r), page_new(c, r, "关爱名单", "/care", ""), &v);
    return OK;
}

static enum err post_round(struct ctx *c, struct req *r)
{
    const char *place = form_text(r->form, "place");
    int32_t day = (int32_t)form_int(r->form, "day"), today = day_of_ms(c->now_ms);
    int64_t n;
    if (!ctx_may(c, CAP_ERRAND_LEAD | CAP_CARE_WRITE, place))
        return fail(c, E_FORBIDDEN, "a round elsewhere");
    if (day < today || day > today + CARE_ROUND_DAYS_MAX)
        return fail_field(c, "day", E_OUT_OF_RANGE);
    TRY(care_round(c, place, day, form_text(r->form, "words"), &n));
    req_say(r, n ? "加了一轮，都进了代理员的走访名单。" : "这一天前本来就都要看，不用再加。");
    return req_go(c, r, "/care?place=%s", place);
}

/* ---- one person ---- */
static enum err care_reach(struct ctx *c, struct req *r, struct person *p)
{
    TRY(person_reach(c, r->key, CAP_PERSON_READ, p));
    return ctx_may(c, CAP_CARE_WRITE, p->place) ? OK : fail(c, E_NOT_FOUND, "not theirs to care");
}

static enum err get_care(struct ctx *c, struct req *r)
{
    struct person p;
    struct visit_person v;
    TRY(care_reach(c, r, &p));
    TRY(visit_person_load(c, &p, &v));
    req_look(c, r, p.key, "关爱名单");
    tmpl_care_edit(req_html(c, r), page_new(c, r, p.name, "/care", "关爱名单"), &v);
    return OK;
}

static const char *reasons_of(struct ctx *c, const struct form *f)
{
    const char *all = "";
    for (int i = 0; i < FORM_INDEX_MAX; i++) {
        const char *one = form_text_at(f, "reason", i);
        if (*one && !care_has_reason(all, one))
            all = arena_printf(c->arena, "%s%s%s", all, *all ? " " : "", one);
    }
    return all;
}

/* Somebody else wrote this person's care since the form was opened. */
static enum err check_changed(struct ctx *c, struct req *r, const struct person *p)
{
    struct ctx probe = *c;
    struct care old;
    enum err e = care_load(&probe, p->key, &old);
    if (e)
        return e == E_NOT_FOUND ? OK : fail(c, e, "%s", probe.why);
    bool same = !form_has(r->form, "changed") || form_int(r->form, "changed") == old.changed_ms;
    return same ? OK : fail(c, E_CONFLICT, "care changed meanwhile");
}

static enum err post_care(struct ctx *c, struct req *r)
{
    struct person p;
    TRY(care_reach(c, r, &p));
    TRY(check_changed(c, r, &p));
    struct care k = {
        .reasons = reasons_of(c, r->form),
        .risk = form_text(r->form, "risk"),
        .wish_who = form_text(r->form, "wish_who"),
        .wish_way = form_text(r->form, "wish_way"),
        .wish_time = form_text(r->form, "wish_time"),
        .consent = form_text(r->form, "consent"),
        .heard = form_text(r->form, "heard"),
    };
    if (!*k.reasons)
        return fail_field(c, "reason", E_REQUIRED);
    bool has = form_has(r->form, "contact_name") || form_has(r->form, "contact_phone");
    if (!has && !r->api)
        k.contact = ""; /* the page showed what there was, and it was cleared */
    if (has)
        k.contact = arena_printf(c->arena, "%s\n%s", form_text(r->form, "contact_name"),
                                 form_text(r->form, "contact_phone"));
    TRY(care_put(c, &p, &k));
    req_say(r, "写好了，下次哪天去已算出。");
    return req_go(c, r, "/care/%s", key_text(c, p.key));
}

static enum err post_end(struct ctx *c, struct req *r)
{
    struct person p;
    TRY(care_reach(c, r, &p));
    TRY(care_end(c, p.key, form_text(r->form, "why")));
    req_say(r, "已从名单取下，不再安排走访。");
    return req_go(c, r, "/care?place=%s", p.place);
}

static enum err post_change(struct ctx *c, struct req *r)
{
    struct person p;
    TRY(visit_reach(c, r->key, &p));
    TRY(care_changed(c, &p, form_text(r->form, "change")));
    req_say(r, "记下了，已要求尽快上门。");
    return req_go(c, r, "/visits/%s", key_text(c, p.key));
}

/* clang-format off */
static const struct route routes[] = {
    { HTTP_GET,  "/care",              CAP_PERSON_READ, R_API, "关爱名单",     get_list,    COLS(list_form),   NULL, NULL },
    { HTTP_POST, "/care/round",        CAP_ERRAND_LEAD | CAP_CARE_WRITE, R_API, "加一轮走访", post_round, COLS(round_form), NULL, get_list },
    { HTTP_GET,  "/care/{key}",        CAP_CARE_WRITE,  0,     "列入关爱名单页", get_care,  NULL, 0,           NULL, NULL },
    { HTTP_POST, "/care/{key}",        CAP_CARE_WRITE,  R_API, "列入关爱名单", post_care,   COLS(care_form),   NULL, get_care },
    { HTTP_POST, "/care/{key}/end",    CAP_CARE_WRITE,  R_API, "从关爱名单取下", post_end,  COLS(end_form),    NULL, get_care },
    { HTTP_POST, "/care/{key}/change", CAP_PERSON_READ, R_API, "关爱对象大变故", post_change, COLS(change_form), NULL, get_care },
};
/* clang-format on */
ROUTES(routes)
