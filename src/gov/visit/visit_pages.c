/* SPDX-License-Identifier: Apache-2.0
 * visit_pages.c - the day's walk, recording a visit, the record. */
#include "core/day.h"
#include "gov/visit/visit_page.h"
#include "gov/visit/visit_tmpl.h"
#include "kernel/place/place_page.h"

static const char *const yes_no[] = { "yes", "no", NULL };
/* clang-format off */
static const struct field day_form[] = { { "place", F_PLACE, 0, 0, PLACE_CODE_MAX, NULL, "哪个村" } };
static const struct field visit_form[] = {
    { "way",       F_CHOICE, F_REQUIRED, 0, 0,               visit_ways,  "怎么去的" },
    { "met",       F_CHOICE, F_REQUIRED, 0, 0,               yes_no,      "见到了吗" },
    { "living",    F_CHOICE, 0,          0, 0,               visit_marks, "吃住怎么样" },
    { "safety",    F_CHOICE, 0,          0, 0,               visit_marks, "家里安全" },
    { "health",    F_CHOICE, 0,          0, 0,               visit_marks, "身体" },
    { "family",    F_CHOICE, 0,          0, 0,               visit_marks, "家人照应" },
    { "words",     F_LINES,  0,          0, VISIT_WORDS_MAX, NULL,        "要办的事" },
    { "follow_up", F_TEXT,   0,          0, CARE_WORDS_MAX,  NULL,        "后面怎么办" },
    { "change",    F_TEXT,   0,          0, CARE_WORDS_MAX,  NULL,        "大变故" },
};
/* clang-format on */

/* ---- the day ---- */
static void villages(struct ctx *c, struct day_view *v)
{
    for (size_t i = 0; i < c->n_rights; i++) {
        bool mine =
            (c->rights[i].caps & CAP_VISIT) && place_level_of(c->rights[i].place) == PLACE_VILLAGE;
        for (size_t k = 0; k < v->n_places; k++)
            mine &= !str_eq(v->places[k], c->rights[i].place);
        if (mine && v->n_places < VISIT_PLACES_MAX)
            v->places[v->n_places++] = c->rights[i].place;
    }
}

static void day_json(struct ctx *c, struct json *j, const struct day_view *v)
{
    json_object_begin(j, NULL);
    json_text(j, "place", v->place);
    json_array_begin(j, "due");
    for (size_t i = 0; i < v->n_lines; i++) {
        json_object_begin(j, NULL);
        json_text(j, "name", v->lines[i].name);
        json_text(j, "group", v->lines[i].grp);
        json_text(j, "door", v->lines[i].door);
        care_members(c, j, &v->lines[i].care);
        json_object_end(j);
    }
    json_array_end(j);
    json_array_begin(j, "done_today");
    for (size_t i = 0; i < v->n_done; i++) {
        json_object_begin(j, NULL);
        visit_members(j, &v->done[i]);
        json_object_end(j);
    }
    json_array_end(j);
    json_object_end(j);
}

/* The telephone of whoever comes next is shown, and that is a look. */
static enum err next_phone(struct ctx *c, struct req *r, struct day_view *v)
{
    struct person p;
    v->next_phone = "";
    if (v->n_lines == 0)
        return OK;
    TRY(person_load(c, v->lines[0].care.person, &p));
    TRY(person_open(c, &p));
    v->next_phone = str_or(p.phone, "");
    if (*v->next_phone)
        req_look(c, r, p.key, "今天走访，先打电话");
    return OK;
}

static bool same(struct key a, struct key b)
{
    return a.county == b.county && a.id == b.id;
}

/* Who was met twice, or was met and is due again today, is one person. */
static void count_persons(struct day_view *v)
{
    for (size_t i = 0; i < v->n_done; i++) {
        bool before = false, due = false;
        for (size_t k = 0; k < i; k++)
            before |= v->done[k].met && same(v->done[k].person, v->done[i].person);
        for (size_t k = 0; k < v->n_today; k++)
            due |= same(v->lines[k].care.person, v->done[i].person);
        if (!v->done[i].met || before)
            continue;
        v->n_met++;
        v->n_all += !due;
    }
    v->n_all += v->n_today;
}

static enum err get_day(struct ctx *c, struct req *r)
{
    struct day_view v = { .place = place_shown(c, r, form_text(r->form, "place")) };
    villages(c, &v);
    if (!*v.place)
        v.place = v.n_places ? v.places[0] : "";
    if (!ctx_may(c, CAP_VISIT, v.place) || place_level_of(v.place) != PLACE_VILLAGE)
        return fail(c, E_NOT_FOUND, "another's village");
    TRY(care_list(c, v.place, &v.lines, &v.n_lines));
    visit_walk(v.lines, v.n_lines, c->now_ms);
    TRY(visit_since(c, v.place, ms_of_day(day_of_ms(c->now_ms)), &v.done, &v.n_done));
    while (v.n_today < v.n_lines &&
           visit_when(v.lines[v.n_today].care.due_ms, c->now_ms) == VISIT_TODAY)
        v.n_today++;
    count_persons(&v);
    if (r->api) {
        day_json(c, req_json(c, r), &v);
        return OK;
    }
    TRY(next_phone(c, r, &v));
    tmpl_visit_day(req_html(c, r), page_new(c, r, "今天走访", "/visits", ""), &v);
    return OK;
}

/* ---- recording ---- */
static enum err get_record(struct ctx *c, struct req *r)
{
    struct person p;
    struct visit_person v;
    TRY(visit_reach(c, r->key, &p));
    TRY(visit_person_load(c, &p, &v));
    req_look(c, r, p.key, "走访");
    tmpl_visit_record(req_html(c, r), page_new(c, r, p.name, "/visits", "走访"), &v);
    return OK;
}

static void fill(const struct form *f, struct visit *v)
{
    v->way = form_text(f, "way");
    v->met = str_eq(form_text(f, "met"), "yes");
    v->living = v->met ? form_text(f, "living") : "";
    v->safety = v->met ? form_text(f, "safety") : "";
    v->health = v->met ? form_text(f, "health") : "";
    v->family = v->met ? form_text(f, "family") : "";
    v->words = form_text(f, "words");
    v->follow_up = form_text(f, "follow_up");
}

static enum err post_record(struct ctx *c, struct req *r)
{
    struct person p;
    struct visit v = { .met = 0 };
    TRY(visit_reach(c, r->key, &p));
    fill(r->form, &v);
    TRY(visit_check(c, &v));
    TRY(visit_record(c, &p, &v, form_text(r->form, "change")));
    r->status = r->api ? 201 : 0;
    req_say(r, v.met ? "记好了。" : "记好了：没人应。到时候还没见到人，会报给村主任。");
    bool next = ctx_may(c, CAP_VISIT, p.place) && !*v.words;
    if (next && !r->api)
        return req_go(c, r, "/visits?place=%s", p.place);
    return req_go(c, r, "/visits/record/%s", key_text(c, v.key));
}

/* ---- the record ---- */
static enum err get_visit(struct ctx *c, struct req *r)
{
    struct visit v;
    struct person p;
    TRY(visit_load(c, r->key, &v));
    TRY(visit_reach(c, v.person, &p));
    req_look(c, r, p.key, "走访记录");
    if (r->api) {
        struct json *j = req_json(c, r);
        json_object_begin(j, NULL);
        visit_members(j, &v);
        json_object_end(j);
        return OK;
    }
    struct visit_shown shown = { .v = &v, .x = &p };
    if (ctx_may(c, CAP_ERRAND_READ, p.place))
        TRY(errand_of_visit(c, p.key, v.key.id, &shown.errands, &shown.n_errands));
    tmpl_visit_show(req_html(c, r), page_new(c, r, "走访记录", "/visits", "走访"), &shown);
    return OK;
}

/* clang-format off */
static const struct route routes[] = {
    { HTTP_GET,  "/visits",              CAP_VISIT,       R_API, "今天走访",   get_day,     COLS(day_form),   NULL, NULL },
    { HTTP_GET,  "/visits/{key}",        CAP_PERSON_READ, 0,     "记走访页",   get_record,  NULL, 0,          NULL, NULL },
    { HTTP_POST, "/visits/{key}",        CAP_PERSON_READ, R_API, "记走访",     post_record, COLS(visit_form), NULL, get_record },
    { HTTP_GET,  "/visits/record/{key}", CAP_PERSON_READ, R_API, "走访记录",   get_visit,   NULL, 0,          NULL, NULL },
};
/* clang-format on */
ROUTES(routes)
