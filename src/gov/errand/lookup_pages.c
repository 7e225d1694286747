/* SPDX-License-Identifier: Apache-2.0
 * lookup_pages.c - what a resident does without an account: look up progress with number and code,
 * start an errand, withdraw it. */
#include "core/day.h"
#include "gov/errand/errand_tell.h"
#include "gov/errand/lookup.h"
#include "gov/errand/lookup_tmpl.h"
#include "kernel/place/place_page.h"

/* clang-format off */
static const struct field lookup_form[] = {
    { "number", F_TEXT,   F_REQUIRED, 0, 60, NULL, "办件编号" },
    { "code",   F_TEXT,   F_REQUIRED, 0, 20, NULL, "查询码" },
};
static const struct field ask_form[] = {
    { "number", F_TEXT,  F_REQUIRED, 0, 60, NULL, "办件编号" },
    { "code",   F_TEXT,  F_REQUIRED, 0, 20, NULL, "查询码" },
    { "words",  F_LINES, F_REQUIRED, 2, ERRAND_ASK_CHARS_MAX, NULL, "要说的话" },
};
static const struct field start_query[] = { { "place", F_PLACE, 0, 0, 0, NULL, "村" }, { "q", F_TEXT, 0, 0, 40, NULL, "找村" } };
static const struct field start_form[] = {
    { "place",  F_PLACE,  F_REQUIRED, 0, 0,   NULL, "哪个村" },
    { "who",    F_TEXT,   F_REQUIRED, 2, 40,  NULL, "您的姓名" },
    { "phone",  F_PHONE,  F_REQUIRED, 0, 0,   NULL, "电话" },
    { "words",  F_LINES,  F_REQUIRED, 2, ERRAND_WORDS_MAX, NULL, "要办的事" },
    { "behalf", F_TEXT,   0,          0, 60,  NULL, "替谁办" },
    { "tell",   F_CHOICE, 0,          0, 0, tell_ways, "怎么告诉您" },
    { "anyway", F_BOOL,   0,          0, 0,   NULL, "停办了也交" },
};
/* clang-format on */

static const struct page *lookup_page(struct ctx *c, struct req *r)
{
    return page_new(c, r, "查进度", "/progress", "");
}

static enum err get_lookup(struct ctx *c, struct req *r)
{
    tmpl_lookup(req_html(c, r), lookup_page(c, r), NULL);
    return OK;
}

static enum err load(struct ctx *c, struct req *r, struct lookup **out)
{
    *out = ARENA_NEW(c->arena, struct lookup);
    return lookup_load(c, form_text(r->form, "number"), form_text(r->form, "code"), *out);
}

/* The form once more; below it the errand, where number and code were right and something else was
 * not. */
enum err lookup_again(struct ctx *c, struct req *r)
{
    struct lookup *l;
    struct ctx probe = *c;
    r->status = err_http(r->error);
    enum err e = r->error == E_QUERY_CODE ? E_QUERY_CODE : load(&probe, r, &l);
    tmpl_lookup(req_html(c, r), lookup_page(c, r), e ? NULL : l);
    return OK;
}

static void progress_json(struct json *j, const struct lookup *l)
{
    const struct errand_view *v = &l->v;
    json_object_begin(j, NULL);
    json_text(j, "title", v->e.title);
    json_text(j, "state", v->e.state);
    json_text(j, "decision", v->e.decision);
    json_text(j, "acts", v->who_acts);
    json_text(j, "now", l->now);
    json_text(j, "you", l->you);
    json_bool(j, "refused", l->refused);
    json_ms(j, "due", v->e.promised_due);
    json_array_begin(j, "steps");
    for (size_t i = 0; i < v->n_steps; i++) {
        json_object_begin(j, NULL);
        json_text(j, "event", v->steps[i].event);
        json_ms(j, "at", v->steps[i].at_ms);
        json_object_end(j);
    }
    json_array_end(j);
    json_object_end(j);
}

enum err lookup_show(struct ctx *c, struct req *r, const struct lookup *l)
{
    r->status = 200;
    if (r->api)
        progress_json(req_json(c, r), l);
    else
        tmpl_lookup(req_html(c, r), lookup_page(c, r), l);
    return OK;
}

/* A look-up changes nothing, and is a POST so that the code never stands in an address or a log. */
static enum err post_lookup(struct ctx *c, struct req *r)
{
    struct lookup *l;
    TRY(load(c, r, &l));
    return lookup_show(c, r, l);
}

static enum err post_ask(struct ctx *c, struct req *r)
{
    struct lookup *l;
    TRY(load(c, r, &l));
    TRY(errand_asked(c, &l->v.e, form_text(r->form, "words")));
    TRY(load(c, r, &l));
    r->notice = "话带到了。他们看到会打电话给您；着急就直接打电话。";
    return lookup_show(c, r, l);
}

/* Asks once, and says what will happen. */
static enum err post_leave(struct ctx *c, struct req *r)
{
    struct lookup *l;
    TRY(load(c, r, &l));
    if (!l->may_withdraw)
        return fail(c, E_WRONG_STATE, "nothing left to withdraw");
    r->status = 200;
    tmpl_leave(req_html(c, r), page_new(c, r, "不办了？", "/progress", "查进度"), l);
    return OK;
}

static enum err post_withdraw(struct ctx *c, struct req *r)
{
    struct lookup *l;
    TRY(load(c, r, &l));
    TRY(errand_step(c, &l->v.e, EV_WITHDRAW, "居民凭查询码撤回", ""));
    TRY(load(c, r, &l));
    if (r->api)
        return lookup_show(c, r, l);
    tmpl_left(req_html(c, r), page_new(c, r, "撤回单", "/progress", "查进度"), l);
    return OK;
}

/* ---- starting one oneself ---- */
/* The item, also one that was withdrawn while the resident was writing: what was typed must not be
 * lost for that. */
static enum err start_item(struct ctx *c, struct req *r, struct item *it, bool *withdrawn)
{
    struct ctx probe = *c;
    enum err e = item_current(&probe, r->word, it);
    *withdrawn = e == E_NOT_FOUND;
    if (e && e != E_NOT_FOUND)
        return fail(c, e, "%s", probe.why);
    if (!*withdrawn)
        return OK;
    TRY(item_known(c, r->word, it));
    return str_eq(it->state, "draft") ? fail(c, E_NOT_FOUND, "only a draft") : OK;
}

/* The village asked for; of one that was merged, the village it went into. "" when unknown. */
static enum err start_place(struct ctx *c, struct req *r, struct start_page *s)
{
    struct place p, into;
    struct ctx probe = *c;
    s->place = "";
    enum err e = place_require(&probe, form_text(r->form, "place"), &p);
    if (e == OK) {
        s->place = p.code;
    } else if (e == E_PLACE_MERGED) {
        s->merged = p.short_name;
        if (str_or(p.merged_into, NULL) && place_require(&probe, p.merged_into, &into) == OK)
            s->place = into.code;
    } else if (e != E_PLACE) {
        return fail(c, e, "%s", probe.why);
    }
    s->place_name = place_full_name(c, s->place);
    return OK;
}

static enum err get_start(struct ctx *c, struct req *r)
{
    struct item it;
    struct place *found = NULL;
    struct start_page s = { .item = &it, .q = form_raw(r->form, "q") };
    TRY(start_item(c, r, &it, &s.withdrawn));
    if (*s.q)
        TRY(place_find(c, s.q, "", &found, &s.n_found));
    TRY(start_place(c, r, &s));
    s.found = found;
    tmpl_start(req_html(c, r), page_new(c, r, it.name, "/items", "办事"), &s);
    return OK;
}

static enum err again_start(struct ctx *c, struct req *r)
{
    r->status = err_http(r->error);
    return get_start(c, r);
}

static enum err post_start(struct ctx *c, struct req *r)
{
    struct item it;
    struct errand e;
    struct place at;
    bool withdrawn;
    const char *code, *place = form_text(r->form, "place");
    TRY(start_item(c, r, &it, &withdrawn));
    if (withdrawn && !form_bool(r->form, "anyway"))
        return fail(c, E_ITEM_WITHDRAWN, "withdrawn meanwhile");
    if (strlen(place) != PLACE_CODE_MAX)
        return fail_field(c, "place", E_PLACE);
    TRY(place_asked(c, r, place, &at));
    struct intake in = {
        .place = place,
        .who = form_text(r->form, "who"),
        .phone = form_text(r->form, "phone"),
        .words = form_text(r->form, "words"),
        .behalf = form_text(r->form, "behalf"),
        .tell = form_text(r->form, "tell"),
        .channel = "web",
        .manner = "written",
        .version = withdrawn ? 0 : it.id,
        .draft = true,
        .desk = { place, CAP_NO_ERRAND_TAKE, 0 },
    };
    TRY(errand_take(c, &in, &e, &code));
    struct errand_view *v = ARENA_NEW(c->arena, struct errand_view);
    TRY(errand_load_any(c, e.key, &v->e));
    TRY(errand_view(c, v));
    v->code = code;
    if (r->api) {
        struct json *j = req_json(c, r);
        json_object_begin(j, NULL);
        json_text(j, "number", e.number);
        json_text(j, "code", code);
        json_object_end(j);
        r->status = 201;
        return OK;
    }
    const char *link = page_url(c, r, "/progress");
    tmpl_started(req_html(c, r), page_new(c, r, "收到了", "/items", "办事"), v, link);
    return OK;
}

/* clang-format off */
static const struct route routes[] = {
    { HTTP_GET,  "/progress",          CAP_PUBLIC, 0,                         "查进度页",       get_lookup,    NULL, 0,           NULL, NULL },
    { HTTP_POST, "/progress",          CAP_PUBLIC, R_STRICT | R_API | R_READ, "凭查询码查进度", post_lookup,   COLS(lookup_form), NULL, lookup_again },
    { HTTP_POST, "/progress/ask",      CAP_PUBLIC, R_STRICT | R_API,          "居民留话",       post_ask,      COLS(ask_form),    NULL, lookup_again },
    { HTTP_POST, "/progress/leave",    CAP_PUBLIC, R_STRICT | R_READ,         "撤回前再问一次", post_leave,    COLS(lookup_form), NULL, lookup_again },
    { HTTP_POST, "/progress/withdraw", CAP_PUBLIC, R_STRICT | R_API,          "居民撤回",       post_withdraw, COLS(lookup_form), NULL, lookup_again },
    { HTTP_GET,  "/start/{word}",      CAP_PUBLIC, 0,                "居民自己办",     get_start,     COLS(start_query),  NULL, NULL },
    { HTTP_POST, "/start/{word}",      CAP_PUBLIC, R_STRICT | R_API, "居民提出一件事", post_start,    COLS(start_form),   NULL, again_start },
};
/* clang-format on */
ROUTES(routes)
