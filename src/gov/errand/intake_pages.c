/* SPDX-License-Identifier: Apache-2.0
 * intake_pages.c - a new errand in three taps; see intake.h. */
#include "core/day.h"
#include "gov/errand/errand_tell.h"
#include "gov/errand/intake.h"
#include "gov/errand/intake_tmpl.h"
#include "kernel/calendar/calendar.h"
#include "kernel/place/place_page.h"
#include "kernel/rule/rule.h"

/* clang-format off */
static const char *const channels[] = { "window", "visit", "phone", "paper", NULL };
static const char *const manners[] = { "spoken", "spoken-thumb", "written", NULL };
static const char *const acts[] = { "go", "draft", NULL };
static const char *const paper_states[] = { "here", "later", "missing", "held", NULL };
static const struct field new_query[] = {
    { "person", F_KEY,   0, 0, 0,    NULL, "谁来办" },
    { "who",    F_TEXT,  0, 0, 60,   NULL, "谁来办" },
    { "q",      F_TEXT,  0, 0, 60,   NULL, "找人" },
    { "item",   F_TEXT,  0, 0, 64,   NULL, "办什么" },
    { "w",      F_TEXT,  0, 0, 60,   NULL, "要办的事" },
    { "words",  F_LINES, 0, 0, ERRAND_WORDS_MAX, NULL, "原话" },
    { "visit",  F_KEY,   0, 0, 0,    NULL, "走访" },
    { "place",  F_PLACE, 0, 0, 0,    NULL, "村" },
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
static enum err load_person(struct ctx *c, struct req *r, struct intake_page *p, struct key k)
{
    if (k.county == 0)
        return OK;
    TRY(person_load(c, k, &p->person));
    if (!ctx_may(c, CAP_PERSON_READ, p->person.place))
        return fail(c, E_NOT_FOUND, "person out of reach");
    p->has_person = true;
    p->person_key = p->person.key;
    p->place = p->person.place;
    req_look(c, r, p->person_key, "新办件：选人");
    return person_open(c, &p->person);
}

static enum err load_people(struct ctx *c, struct intake_page *p)
{
    const char *area = ctx_place(c, CAP_ERRAND_TAKE | CAP_PERSON_READ);
    if (!*p->q || !area)
        return OK;
    TRY(person_find(c, p->q, area, &p->people, &p->n_people));
    for (size_t i = 0; i < p->n_people; i++)
        TRY(person_open(c, &p->people[i]));
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
    const char *head = arena_printf(c->arena, "%s：", q->ask);
    for (const char *line = p->draft ? p->draft->answers : ""; *line;) {
        size_t n = strcspn(line, "\n");
        if (str_starts(line, head))
            return arena_copy_n(c->arena, line + strlen(head), n - strlen(head));
        line += n + (line[n] == '\n');
    }
    return "";
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
        const char *typed = form_raw_at(f, "m", (int)i);
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
    *p = (struct intake_page){ .q = form_raw(f, "q"),
                               .words = form_raw(f, "words"),
                               .who = form_raw(f, "who"),
                               .visit = form_key(f, "visit"),
                               .place = place_shown(c, r, form_text(f, "place")) };
    TRY(load_person(c, r, p, form_key(f, "person")));
    p->unknown = !p->has_person && *p->who;
    if (!p->has_person)
        TRY(load_people(c, p));
    if (!p->has_person && !*p->place)
        TRY(load_villages(c, p));
    TRY(load_item(c, f, p, form_text(f, "item")));
    const char *keep = p->has_person
                           ? arena_printf(c->arena, "person=%s", key_text(c, p->person_key))
                           : arena_printf(c->arena, "who=%s", html_percent(c->arena, p->who));
    p->link = arena_printf(c->arena, "/errand/new?%s&place=%s&words=%s&visit=%s", keep,
                           p->has_person ? "" : p->place, html_percent(c->arena, p->words),
                           p->visit.county ? key_text(c, p->visit) : "");
    return OK;
}

/* Step 3, also after a refusal. */
static enum err show_go(struct ctx *c, struct req *r, struct intake_page *p)
{
    if (*p->place == '\0' && p->n_villages == 0)
        return fail(c, E_PLACE, "no village");
    if (*p->place)
        TRY(load_clocks(c, p));
    p->place_name = place_full_name(c, p->place);
    tmpl_intake_go(req_html(c, r), page_new(c, r, "新办件", "/errand/new", "待办 › 新办件"), p);
    return OK;
}

static enum err get_new(struct ctx *c, struct req *r)
{
    struct intake_page p;
    TRY(load_page(c, r, &p));
    const struct page *page = page_new(c, r, "新办件", "/errand/new", "待办 › 新办件");
    if (!p.has_person && !p.unknown) {
        tmpl_intake_who(req_html(c, r), page, &p);
        return OK;
    }
    if (!p.has_item && !p.no_item) {
        TRY(load_items(c, &p, form_text(r->form, "w")));
        tmpl_intake_what(req_html(c, r), page, &p);
        return OK;
    }
    return show_go(c, r, &p);
}

static enum err again_new(struct ctx *c, struct req *r)
{
    struct intake_page p;
    enum err e = load_page(c, r, &p);
    if (e == E_ITEM_WITHDRAWN) { /* withdrawn meanwhile: what was typed stays, another is chosen */
        p.has_item = false;
        TRY(load_items(c, &p, ""));
        tmpl_intake_what(req_html(c, r), page_new(c, r, "新办件", "/errand/new", "待办 › 新办件"),
                         &p);
        return OK;
    }
    TRY(e);
    return show_go(c, r, &p);
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
    return OK;
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

static enum err show_draft(struct ctx *c, struct req *r, const struct errand *e)
{
    struct intake_page p = {
        .place = e->place, .draft = e, .words = e->words, .who = e->who, .q = form_raw(r->form, "q")
    };
    struct item it;
    const char *code = form_text(r->form, "item");
    struct key person = form_key(r->form, "person");
    if (person.county == 0 && e->person)
        person = (struct key){ e->key.county, e->person };
    TRY(load_person(c, r, &p, person));
    if (!*code && e->version && item_version(c, e->version, &it) == OK)
        code = it.code;
    TRY(load_item(c, r->form, &p, code));
    const struct page *page = page_new(c, r, "受理", "/todo", "待办 › 办件");
    p.link = arena_printf(c->arena, "/errand/%s/take?person=%s", key_text(c, e->key),
                          p.has_person ? key_text(c, p.person_key) : "");
    if (!p.has_item) {
        TRY(load_items(c, &p, form_text(r->form, "w")));
        tmpl_intake_what(req_html(c, r), page, &p);
        return OK;
    }
    TRY(load_clocks(c, &p));
    p.place_name = place_full_name(c, p.place);
    tmpl_intake_go(req_html(c, r), page, &p);
    return OK;
}

static enum err get_take(struct ctx *c, struct req *r)
{
    struct errand e;
    TRY(load_draft(c, r, &e));
    return show_draft(c, r, &e);
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
    { HTTP_GET,  "/errand/new",        CAP_ERRAND_TAKE, 0,     "新办件",       get_new,   COLS(new_query), NULL, NULL },
    { HTTP_POST, "/errand/new",        CAP_ERRAND_TAKE, R_API, "收下一件委托", post_new,  COLS(new_form),  NULL, again_new },
    { HTTP_GET,  "/errand/{key}/take", CAP_ERRAND_TAKE, 0,     "受理页",       get_take,  COLS(new_query), NULL, NULL },
    { HTTP_POST, "/errand/{key}/take", CAP_ERRAND_TAKE, R_API, "受理",         post_take, COLS(take_form), NULL, get_take },
};
/* clang-format on */
ROUTES(routes)
