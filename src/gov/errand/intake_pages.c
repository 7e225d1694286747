/* SPDX-License-Identifier: Apache-2.0
 * intake_pages.c - a new errand in three taps; see intake.h. */
#include "core/day.h"
#include "gov/errand/errand_tell.h"
#include "gov/errand/intake.h"
#include "gov/errand/intake_tmpl.h"
#include "gov/visit/visit.h"
#include "kernel/calendar/calendar.h"
#include "kernel/place/place_page.h"
#include "kernel/rule/rule.h"

/* clang-format off */
static const char *const channels[] = { "window", "visit", "phone", "paper", NULL };
static const char *const manners[] = { "spoken", "spoken-thumb", "written", NULL };
static const char *const acts[] = { "go", "draft", NULL };
static const char *const paper_states[] = { "here", "later", "missing", "held", "waived", NULL };
static const char *const steps[] = { "who", "what", NULL };
/* An address holds keys only: names, numbers and what people say travel in the body of a POST. */
static const struct field new_query[] = {
    { "person", F_KEY,   0, 0, 0,    NULL, "谁来办" },
    { "item",   F_TEXT,  0, 0, 64,   NULL, "办什么" },
    { "visit",  F_KEY,   0, 0, 0,    NULL, "走访" },
    { "need",   F_INT,   0, 0, VISIT_NEEDS_MAX, NULL, "走访时说的第几件" },
};
/* Between the taps: what was typed so far goes along, and nothing of it is required yet. */
static const struct field step_form[] = {
    { "person",  F_KEY,    0, 0, 0,   NULL,     "谁来办" },
    { "place",   F_PLACE,  0, 0, 0,   NULL,     "村" },
    { "phone",   F_TEXT,   0, 0, 40,  NULL,     "联系电话" },
    { "item",    F_TEXT,   0, 0, 64,  NULL,     "办什么" },
    { "version", F_INT,    0, 0, INT64_MAX / 4, NULL, "事项版本" },
    { "tell",    F_CHOICE, 0, 0, 0,   tell_ways, "怎么告诉居民" },
    { "behalf",  F_TEXT,   0, 0, 60,  NULL,     "替谁办" },
    { "channel", F_CHOICE, 0, 0, 0,   channels, "怎么说的" },
    { "manner",  F_CHOICE, 0, 0, 0,   manners,  "口头还是书面" },
    { "words",   F_LINES,  0, 0, ERRAND_WORDS_MAX, NULL, "原话" },
    { "act",     F_CHOICE, 0, 0, 0,   acts,     "怎么办" },
    { "m",       F_CHOICE, F_INDEXED, 0, 0,   paper_states, "材料" },
    { "a",       F_TEXT,   F_INDEXED, 0, 200, NULL, "要问的" },
    { "consent", F_BOOL,   0, 0, 0,   NULL,     "同意再用" },
    { "changed", F_INT,    0, 0, INT64_MAX, NULL, "版本" },
    { "visit",   F_KEY,    0, 0, 0,   NULL,     "走访" },
    { "who",     F_TEXT,   0, 0, 60,  NULL,     "怎么称呼" },
    { "was",     F_TEXT,   0, 0, 64,  NULL,     "原来选的事项" },
    { "q",       F_TEXT,   0, 0, 60,  NULL,     "找人" },
    { "w",       F_TEXT,   0, 0, 60,  NULL,     "要办的事" },
    { "for",     F_KEY,    0, 0, 0,   NULL,     "身后事" },
    { "step",    F_CHOICE, 0, 0, 0,   steps,    "到哪一步" },
};
static const struct field new_form[] = {
    { "person",  F_KEY,    0,          0, 0,   NULL,     "谁来办" },
    { "place",   F_PLACE,  F_REQUIRED, 0, 0,   NULL,     "村" },
    { "who",     F_TEXT,   0,          0, 60,  NULL,     "怎么称呼" },
    { "phone",   F_PHONE,  0,          0, 0,   NULL,     "联系电话" },
    { "item",    F_TEXT,   0,          0, 64,  NULL,     "办什么" },
    { "version", F_INT,    0,          0, INT64_MAX / 4, NULL, "事项版本" },
    { "tell",    F_CHOICE, 0,          0, 0,   tell_ways, "怎么告诉居民" },
    { "behalf",  F_TEXT,   0,          0, 60,  NULL,     "替谁办" },
    { "channel", F_CHOICE, F_REQUIRED, 0, 0,   channels, "怎么说的" },
    { "manner",  F_CHOICE, F_REQUIRED, 0, 0,   manners,  "口头还是书面" },
    { "words",   F_LINES,  0,          0, ERRAND_WORDS_MAX, NULL, "原话" },
    { "m",       F_CHOICE, F_INDEXED,  0, 0,   paper_states, "材料" },
    { "a",       F_TEXT,   F_INDEXED,  0, 200, NULL,     "要问的" },
    { "consent", F_BOOL,   0,          0, 0,   NULL,     "同意再用" },
    { "act",     F_CHOICE, 0,          0, 0,   acts,     "怎么办" },
    { "visit",   F_KEY,    0,          0, 0,   NULL,     "走访" },
};
static const struct field take_query[] = { { "item", F_TEXT, 0, 0, 64, NULL, "办什么" } };
/* One that is written down keeps how it came and what was said. */
static const struct field take_form[] = {
    { "person",  F_KEY,    0,          0, 0,   NULL,     "谁来办" },
    { "place",   F_PLACE,  F_REQUIRED, 0, 0,   NULL,     "村" },
    { "who",     F_TEXT,   0,          0, 60,  NULL,     "怎么称呼" },
    { "phone",   F_PHONE,  0,          0, 0,   NULL,     "联系电话" },
    { "item",    F_TEXT,   0,          0, 64,  NULL,     "办什么" },
    { "version", F_INT,    0,          0, INT64_MAX / 4, NULL, "事项版本" },
    { "behalf",  F_TEXT,   0,          0, 60,  NULL,     "替谁办" },
    { "m",       F_CHOICE, F_INDEXED,  0, 0,   paper_states, "材料" },
    { "a",       F_TEXT,   F_INDEXED,  0, 200, NULL,     "要问的" },
    { "consent", F_BOOL,   0,          0, 0,   NULL,     "同意再用" },
    { "act",     F_CHOICE, 0,          0, 0,   acts,     "怎么办" },
    { "tell",    F_CHOICE, 0,          0, 0,   tell_ways, "怎么告诉居民" },
};
/* clang-format on */

bool intake_desk(struct ctx *c, const char *place, struct desk *out)
{
    for (int exact = 1; exact >= 0; exact--)
        for (size_t i = 0; i < c->n_rights; i++) {
            const struct right *r = &c->rights[i];
            bool village = strlen(r->place) == PLACE_CODE_MAX;
            if (!(r->caps & CAP_ERRAND_TAKE) || !str_starts(place, r->place) || village != exact)
                continue;
            *out = (struct desk){ arena_copy(c->arena, r->place),
                                  village ? CAP_NO_ERRAND_TAKE : CAP_NO_ERRAND_WINDOW, 0 };
            return true;
        }
    return false;
}

/* ---- what the page needs ---- */
static enum err reach_person(struct ctx *c, struct req *r, struct key k, const char *why,
                             struct person *out)
{
    TRY(person_load(c, k, out));
    if (!ctx_may(c, CAP_PERSON_READ, out->place))
        return fail(c, E_NOT_FOUND, "person out of reach");
    req_look(c, r, out->key, why);
    return person_open(c, out);
}

/* Who died or moved away is shown as such instead of being taken as the one who asks. */
static enum err load_person(struct ctx *c, struct req *r, struct intake_page *p, struct key k)
{
    if (k.county == 0)
        return OK;
    TRY(reach_person(c, r, k, "新办件：选人", &p->person));
    if (p->person.died_day || p->person.moved_day) {
        p->people = &p->person;
        p->n_people = 1;
        return OK;
    }
    p->has_person = true;
    p->person_key = p->person.key;
    p->place = p->person.place;
    return OK;
}

/* After a death the family asks, and the one who died is whom it is for. */
static enum err load_deceased(struct ctx *c, struct req *r, struct intake_page *p)
{
    struct person gone;
    struct key k = form_key(r->form, "for");
    if (k.county == 0 || *p->behalf)
        return OK;
    TRY(reach_person(c, r, k, "新办件：身后事", &gone));
    p->behalf = arena_printf(c->arena, "%s（已去世）", gone.name);
    return OK;
}

static enum err load_people(struct ctx *c, struct intake_page *p)
{
    const char *area = p->draft ? p->draft->place : ctx_place(c, CAP_ERRAND_TAKE | CAP_PERSON_READ);
    if (!*p->q || !area)
        return OK;
    TRY(person_find(c, p->q, area, &p->people, &p->n_people));
    for (size_t i = 0; i < p->n_people; i++)
        TRY(person_open(c, &p->people[i]));
    return OK;
}

/* The words of one need that was heard on a visit; need 0: what the visitor wrote down to do. */
static enum err load_need(struct ctx *c, struct req *r, struct intake_page *p)
{
    struct visit v;
    const char *needs[VISIT_NEEDS_MAX];
    if (!form_has(r->form, "need") || p->visit.county == 0 || !p->has_person)
        return OK;
    TRY(visit_load(c, p->visit, &v));
    if (v.person.county != p->person_key.county || v.person.id != p->person_key.id)
        return fail(c, E_NOT_FOUND, "visit of another person");
    size_t n = visit_needs(c, v.words, needs), at = (size_t)form_int(r->form, "need");
    p->words = at == 0 ? v.follow_up : at <= n ? needs[at - 1] : "";
    return OK;
}

static enum err load_items(struct ctx *c, struct intake_page *p, const char *w)
{
    if (!*w)
        return item_list(c, "", &p->items, &p->n_items);
    TRY(item_search(c, w, &p->items, &p->n_items));
    return certificate_search(c, w, &p->certs, &p->n_certs);
}

/* How a draft's papers stand, and what was answered: for going on where somebody stopped. */
static enum err load_draft_papers(struct ctx *c, struct intake_page *p)
{
    struct errand_paper *saved;
    size_t n;
    if (!p->draft || p->draft->version != p->item.id)
        return OK;
    TRY(errand_papers(c, p->draft, &saved, &n));
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < p->n_materials; k++)
            if (p->materials[k].m.seq == saved[i].seq)
                p->materials[k].saved = str_eq(saved[i].state, "reused") ? "held" : saved[i].state;
    return OK;
}

const char *intake_answered(struct ctx *c, const struct intake_page *p, const struct question *q)
{
    return errand_answered(c, p->draft ? p->draft->answers : "", q->ask);
}

static enum err load_materials(struct ctx *c, const struct form *f, struct intake_page *p)
{
    struct material *m;
    TRY(item_materials(c, p->item.id, &m, &p->n_materials));
    TRY(item_questions(c, p->item.id, &p->questions, &p->n_questions));
    p->materials = ARENA_ARRAY(c->arena, struct intake_material, p->n_materials + 1);
    for (size_t i = 0; i < p->n_materials; i++)
        p->materials[i].m = m[i];
    TRY(load_draft_papers(c, p));
    for (size_t i = 0; i < p->n_materials; i++) {
        struct intake_material *x = &p->materials[i];
        if (p->has_person && m[i].reusable)
            TRY(errand_held_paper(c, p->person_key, m[i].code, &x->held_errand, &x->held_ms));
        x->held_old = x->held_errand && !material_held_good(&m[i], x->held_ms, c->now_ms);
        if (x->held_old)
            x->held_errand = 0;
        const char *typed = p->stale ? "" : form_raw_at(f, "m", (int)i);
        x->chosen = str_or(typed, str_or(x->saved, x->held_errand ? "held" : "here"));
        p->any_held = p->any_held || x->held_errand;
    }
    return OK;
}

static enum err load_item(struct ctx *c, const struct form *f, struct intake_page *p,
                          const char *code)
{
    if (!*code || str_eq(code, "none")) {
        p->no_item = *code != '\0';
        return OK;
    }
    enum err e = item_current(c, code, &p->item);
    if (e == E_NOT_FOUND)
        return fail(c, E_ITEM_WITHDRAWN, "no such item in force");
    TRY(e);
    p->has_item = true;
    return load_materials(c, f, p);
}

/* What the clerk says aloud: who gets it next and by when, when it is taken now. */
static enum err load_clocks(struct ctx *c, struct intake_page *p)
{
    int64_t days;
    int32_t today = day_of_ms(c->now_ms);
    struct errand e = { .place = p->place };
    struct desk next;
    bool found;
    if (!intake_desk(c, p->place, &p->desk))
        return fail(c, E_FORBIDDEN, "takes no errands of this village");
    p->holder = desk_zh(c, p->desk.place, p->desk.cap, 0);
    if (!p->has_item)
        return OK;
    TRY(errand_after(c, &e, &p->item, &p->desk, &next, &found));
    if (found)
        p->next_desk = desk_zh(c, next.place, next.cap, next.body);
    bool village = place_level_of(p->desk.place) == PLACE_VILLAGE;
    TRY(rule_int(c, village ? "errand.handin_days" : "errand.passon_days", p->place, today, &days));
    TRY(calendar_due(c, c->now_ms, days, &p->handin_due));
    return p->item.promised_days
               ? calendar_due(c, c->now_ms, p->item.promised_days, &p->promised_due)
               : OK;
}

static enum err load_villages(struct ctx *c, struct intake_page *p)
{
    const char *area = ctx_place(c, CAP_ERRAND_TAKE);
    struct place *all;
    if (!area)
        return fail(c, E_FORBIDDEN, "takes no errands");
    if (strlen(area) == PLACE_CODE_MAX) {
        p->place = area;
        return OK;
    }
    TRY(place_children(c, area, &all, &p->n_villages));
    p->villages = all;
    return OK;
}

static enum err load_page(struct ctx *c, struct req *r, struct intake_page *p)
{
    const struct form *f = r->form;
    const char *was = form_text(f, "was");
    p->q = form_has(f, "for") ? "" : form_raw(f, "q"); /* the family is searched for next */
    p->who = str_or(form_raw(f, "who"), p->draft ? p->draft->who : "");
    p->behalf = str_or(form_raw(f, "behalf"), p->draft ? p->draft->behalf : "");
    p->stale = *was && !str_eq(was, form_text(f, "item"));
    if (!p->draft) {
        p->words = form_raw(f, "words");
        p->visit = form_key(f, "visit");
        p->place = place_shown(c, r, form_text(f, "place"));
    }
    struct key person = form_key(f, "person");
    if (person.county == 0 && p->draft && p->draft->person)
        person = (struct key){ p->draft->key.county, p->draft->person };
    TRY(load_person(c, r, p, person));
    TRY(load_deceased(c, r, p));
    TRY(load_need(c, r, p));
    p->unknown = !p->has_person && p->n_people == 0 && (*p->who || p->draft);
    if (!p->has_person && p->n_people == 0)
        TRY(load_people(c, p));
    if (!p->has_person && !*p->place)
        TRY(load_villages(c, p));
    return OK;
}

/* Step 3, also after a refusal. */
static enum err show_go(struct ctx *c, struct req *r, const struct page *page,
                        struct intake_page *p)
{
    if (*p->place == '\0' && p->n_villages == 0)
        return fail(c, E_PLACE, "no village");
    if (*p->place)
        TRY(load_clocks(c, p));
    p->place_name = place_full_name(c, p->place);
    tmpl_intake_go(req_html(c, r), page, p);
    return OK;
}

/* The page of the first tap that is still open, or of the one that is to be changed. */
static enum err show_step(struct ctx *c, struct req *r, struct intake_page *p, const char *code)
{
    const char *step = form_text(r->form, "step");
    const struct page *page = p->draft ? page_new(c, r, "受理", "/todo", "待办 › 办件")
                                       : page_new(c, r, "新办件", "/errand/new", "待办 › 新办件");
    if (str_eq(step, "who") || (!p->has_person && !p->unknown)) {
        tmpl_intake_who(req_html(c, r), page, p);
        return OK;
    }
    enum err e = load_item(c, r->form, p, code);
    if (e && (e != E_ITEM_WITHDRAWN || r->error != E_ITEM_WITHDRAWN))
        return e; /* withdrawn meanwhile: what was typed stays, another is chosen */
    if (e || str_eq(step, "what") || !(p->has_item || (p->no_item && !p->draft))) {
        TRY(load_items(c, p, form_text(r->form, "w")));
        tmpl_intake_what(req_html(c, r), page, p);
        return OK;
    }
    return show_go(c, r, page, p);
}

/* The GET, each tap between, and the form once more. */
static enum err show_new(struct ctx *c, struct req *r)
{
    struct intake_page p = { .action = "/errand/new", .step = "/errand/new/step" };
    TRY(load_page(c, r, &p));
    return show_step(c, r, &p, form_text(r->form, "item"));
}

bool intake_carries(const struct form_value *v, bool who)
{
    static const char *const own[] = { "q",     "w",   "step",   "for",  "act",
                                       "words", "who", "behalf", "need", "changed" };
    const char *name = v->field->name;
    if (str_eq(name, who ? "person" : "item") || str_eq(name, who ? "place" : "was") || !*v->raw)
        return false;
    for (size_t i = 0; i < COUNT(own); i++)
        if (str_eq(own[i], name))
            return false;
    return true;
}

const char *intake_label(const struct page *page, const struct intake_page *p, const char *field)
{
    for (size_t i = 0; i < p->n_questions; i++)
        if (str_eq(field, arena_printf(page->c->arena, "a%zu", i)))
            return p->questions[i].ask;
    return page_label(page, field);
}

/* ---- taking it ---- */
static const char *answers_of(struct ctx *c, const struct form *f, const struct question *q,
                              size_t n)
{
    const char *out = "";
    for (size_t i = 0; i < n; i++) {
        const char *a = form_text_at(f, "a", (int)i);
        if (*a)
            out = arena_printf(c->arena, "%s%s：%s\n", out, q[i].ask, a);
    }
    return out;
}

/* Who takes it has the guide beside them: every question is asked, the open ones are named. */
static enum err all_asked(struct ctx *c, const struct form *f, size_t n)
{
    for (size_t i = 0; str_eq(form_text(f, "act"), "go") && i < n; i++)
        if (!*form_text_at(f, "a", (int)i))
            (void)!fail_field(c, arena_printf(c->arena, "a%zu", i), E_REQUIRED);
    return c->bads ? E_BAD_INPUT : OK;
}

static enum err read_intake(struct ctx *c, struct req *r, struct intake *in)
{
    const struct form *f = r->form;
    struct item it = { 0 };
    struct question *q = NULL;
    size_t n_q = 0;
    struct place at;
    const char *code = form_text(f, "item");
    TRY(place_asked(c, r, form_text(f, "place"), &at));
    *in = (struct intake){
        .place = form_text(f, "place"),
        .person = form_key(f, "person"),
        .who = form_text(f, "who"),
        .behalf = form_text(f, "behalf"),
        .phone = form_text(f, "phone"),
        .tell = form_text(f, "tell"),
        .channel = form_text(f, "channel"),
        .manner = form_text(f, "manner"),
        .words = form_text(f, "words"),
        .from_visit = form_key(f, "visit").id,
        .consent = form_bool(f, "consent"),
        .draft = str_eq(form_text(f, "act"), "draft"),
    };
    if (!intake_desk(c, in->place, &in->desk))
        return fail(c, E_FORBIDDEN, "takes no errands of this village");
    if (*code && !str_eq(code, "none")) {
        enum err e = item_current(c, code, &it);
        if (e == E_NOT_FOUND || (!e && form_has(f, "version") && form_int(f, "version") != it.id))
            return fail(c, E_ITEM_WITHDRAWN, "version changed during intake");
        TRY(e);
        TRY(item_questions(c, it.id, &q, &n_q));
        in->version = it.id;
    }
    in->answers = answers_of(c, f, q, n_q);
    for (size_t i = 0; i < COUNT(in->papers); i++)
        in->papers[i] = form_text_at(f, "m", (int)i);
    return all_asked(c, f, n_q);
}

static enum err post_new(struct ctx *c, struct req *r)
{
    struct intake in;
    struct errand e;
    const char *code;
    TRY(read_intake(c, r, &in));
    TRY(errand_take(c, &in, &e, &code));
    const char *key = key_text(c, e.key);
    if (r->api) {
        struct json *j = req_json(c, r);
        json_object_begin(j, NULL);
        json_key(j, "errand", e.key);
        json_text(j, "number", e.number);
        json_text(j, "code", code);
        json_text(j, "state", e.state);
        json_object_end(j);
        r->status = 201;
    }
    switch (errand_state_of(&e)) {
    case ERRAND_IN_HAND:
        req_say(r, "受理了。把回执交给居民。");
        return req_go(c, r, "/errand/%s/receipt", key);
    case ERRAND_MISSING:
        req_say(r, "缺的材料一次讲清，清单交给居民。");
        return req_go(c, r, "/errand/%s/missing", key);
    default:
        req_say(r, "先记下了。回执上有查询码，居民凭它查进度。");
        return req_go(c, r, "/errand/%s", key);
    }
}

/* ---- one that was only written down ---- */
static enum err load_draft(struct ctx *c, struct req *r, struct errand *e)
{
    TRY(errand_load(c, r->key, e));
    if (errand_state_of(e) != ERRAND_DRAFTED)
        return fail(c, E_WRONG_STATE, "taken already");
    return OK;
}

static enum err show_take(struct ctx *c, struct req *r)
{
    struct errand e;
    struct item it;
    const char *code = form_text(r->form, "item");
    TRY(load_draft(c, r, &e));
    const char *action = arena_printf(c->arena, "/errand/%s/take", key_text(c, e.key));
    struct intake_page p = { .place = e.place,
                             .draft = &e,
                             .words = e.words,
                             .action = action,
                             .step = arena_printf(c->arena, "%s/step", action) };
    TRY(load_page(c, r, &p));
    if (!*code && e.version && item_version(c, e.version, &it) == OK)
        code = it.code;
    return show_step(c, r, &p, code);
}

static enum err post_take(struct ctx *c, struct req *r)
{
    struct errand e;
    struct intake in;
    TRY(load_draft(c, r, &e));
    TRY(read_intake(c, r, &in));
    in.place = e.place;
    TRY(errand_choose(c, &e, &in));
    if (in.draft) {
        req_say(r, "存好了，还没有受理。下次从这里接着办。");
        return req_go(c, r, "/errand/%s", key_text(c, e.key));
    }
    bool missing = errand_state_of(&e) == ERRAND_MISSING;
    req_say(r, missing ? "缺的材料一次讲清，清单交给居民。" : "受理了。把回执交给居民。");
    return req_go(c, r, "/errand/%s/%s", key_text(c, e.key), missing ? "missing" : "receipt");
}

/* clang-format off */
static const struct route routes[] = {
    { HTTP_GET,  "/errand/new",             CAP_ERRAND_TAKE, 0,      "新办件",       show_new,  COLS(new_query), NULL, NULL },
    { HTTP_POST, "/errand/new",             CAP_ERRAND_TAKE, R_API,  "收下一件委托", post_new,  COLS(new_form),  NULL, show_new },
    { HTTP_POST, "/errand/new/step",        CAP_ERRAND_TAKE, R_READ, "新办件：选人选事", show_new, COLS(step_form), NULL, show_new },
    { HTTP_GET,  "/errand/{key}/take",      CAP_ERRAND_TAKE, 0,      "受理页",       show_take, COLS(take_query), NULL, NULL },
    { HTTP_POST, "/errand/{key}/take",      CAP_ERRAND_TAKE, R_API,  "受理",         post_take, COLS(take_form), NULL, show_take },
    { HTTP_POST, "/errand/{key}/take/step", CAP_ERRAND_TAKE, R_READ, "受理：选人选事", show_take, COLS(step_form), NULL, show_take },
};
/* clang-format on */
ROUTES(routes)
