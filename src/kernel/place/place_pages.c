/* SPDX-License-Identifier: Apache-2.0
 * place_pages.c - places for those who keep them: another name, or one village part of its
 * neighbour, after a page that says what will move. */
#include "core/day.h"
#include "kernel/place/place_page.h"
#include "kernel/place/place_tmpl.h"

/* clang-format off */
static const struct field find_form[] = { { "q", F_TEXT, 0, 0, 40, NULL, "找哪里" } };
static const struct field into_query[] = { { "into", F_PLACE, 0, 0, 0, NULL, "并到哪个村" } };
static const struct field rename_form[] = {
    { "name",     F_TEXT,  F_REQUIRED, 2, PLACE_NAME_CHARS_MAX, NULL, "新名称" },
    { "from",     F_DATE,  F_REQUIRED, 0, 0,                    NULL, "从哪天起" },
    { "decision", F_TEXT,  F_REQUIRED, 4, DECISION_CHARS_MAX,   NULL, "凭什么" },
};
static const struct field merge_form[] = {
    { "into",     F_PLACE, F_REQUIRED, 0, 0,                    NULL, "并到哪个村" },
    { "from",     F_DATE,  F_REQUIRED, 0, 0,                    NULL, "从哪天起" },
    { "decision", F_TEXT,  F_REQUIRED, 4, DECISION_CHARS_MAX,   NULL, "凭什么" },
};
/* clang-format on */

/* ---- for the pages of other slices ---- */
enum err place_asked(struct ctx *c, struct req *r, const char *code, struct place *out)
{
    struct place old;
    enum err e = place_require(c, code, out);
    if (e != E_PLACE_MERGED)
        return e;
    old = *out;
    TRY(place_now(c, code, out));
    r->more = arena_printf(c->arena, "%s从%s起并入%s（代码 %s），请按%s来办。", old.short_name,
                           day_zh_full(c->arena, (int32_t)old.valid_to + 1), out->short_name,
                           out->code, out->short_name);
    return E_PLACE_MERGED;
}

const char *place_shown(struct ctx *c, struct req *r, const char *code)
{
    struct place now;
    struct ctx probe = *c;
    return *code && place_asked(&probe, r, code, &now) == E_PLACE_MERGED ? now.code : code;
}

/* ---- for those who keep them ---- */
static enum err get_find(struct ctx *c, struct req *r)
{
    struct place *found = NULL;
    struct place_search s = { .q = form_raw(r->form, "q") };
    if (*s.q)
        TRY(place_find(c, s.q, str_or(ctx_place(c, CAP_PLACE_EDIT), ""), &found, &s.n));
    s.found = found;
    tmpl_place_find(req_html(c, r), page_new(c, r, "区划", "/place", ""), &s);
    return OK;
}

/* The place of the address, for somebody who may change it. */
static enum err view_load(struct ctx *c, struct req *r, struct place_view *v)
{
    struct place *around;
    *v = (struct place_view){ .today = day_of_ms(c->now_ms) };
    TRY(place_load(c, r->word, &v->p));
    if (!ctx_may(c, CAP_PLACE_EDIT, v->p.code))
        return fail(c, E_NOT_FOUND, "place out of reach");
    if (v->p.merged_into) {
        struct place *now = ARENA_NEW(c->arena, struct place);
        TRY(place_now(c, v->p.code, now));
        v->merged = now;
    }
    if (v->p.level != PLACE_VILLAGE)
        return OK;
    TRY(place_children(c, place_at(c, v->p.code, PLACE_TOWNSHIP), &around, &v->n_around));
    v->around = around;
    return OK;
}

static enum err get_place(struct ctx *c, struct req *r)
{
    struct place_view v;
    TRY(view_load(c, r, &v));
    TRY(place_names(c, v.p.code, &v.names, &v.n_names));
    TRY(register_list(c, place_county(v.p.code), "place", v.p.code, &v.changes, &v.n_changes));
    tmpl_place_show(req_html(c, r), page_new(c, r, v.p.short_name, "/place", "区划"), &v);
    return OK;
}

static enum err post_rename(struct ctx *c, struct req *r)
{
    struct place_view v;
    TRY(view_load(c, r, &v));
    TRY(place_rename(c, &v.p, (int32_t)form_int(r->form, "from"), form_text(r->form, "name"),
                     form_text(r->form, "decision")));
    req_say(r, "改名记下了，到那天起用新名称；以前的名称留着，也还找得到。");
    return req_go(c, r, "/place/%s", v.p.code);
}

/* The preview: what belongs to the village now, by every follower. */
static enum err get_merge(struct ctx *c, struct req *r)
{
    struct place_view v;
    struct place into;
    const char *code = form_text(r->form, "into");
    TRY(view_load(c, r, &v));
    if (*code) {
        enum err e = place_require(c, code, &into);
        if (e && e != E_PLACE && e != E_PLACE_MERGED)
            return e;
        v.into = e ? NULL : &into;
    }
    for (const struct place_follower *f = place_followers(); f; f = f->next) {
        CHECK(v.n_moves < PLACE_MOVES_MAX);
        struct place_moves *m = &v.moves[v.n_moves++];
        *m = (struct place_moves){ f->zh, f->unit, 0 };
        TRY(f->count(c, v.p.code, &m->n));
    }
    tmpl_place_merge(req_html(c, r), page_new(c, r, "并村", "/place", "区划"), &v);
    return OK;
}

static enum err post_merge(struct ctx *c, struct req *r)
{
    struct place_view v;
    struct place_merge m = { .day = (int32_t)form_int(r->form, "from"),
                             .decision = form_text(r->form, "decision") };
    TRY(view_load(c, r, &v));
    m.from = v.p;
    enum err e = place_require(c, form_text(r->form, "into"), &m.into);
    if (e)
        return e == E_PLACE || e == E_PLACE_MERGED ? fail_field(c, "into", e) : e;
    if (!ctx_may(c, CAP_PLACE_EDIT, m.into.code))
        return fail_field(c, "into", E_FORBIDDEN);
    TRY(place_merge(c, &m));
    req_say(r, "并好了。人、户、办件、待办都在新村；凭老村编号照样查得到。");
    return req_go(c, r, "/place/%s", m.into.code);
}

/* clang-format off */
static const struct route routes[] = {
    { HTTP_GET,  "/place",               CAP_PLACE_EDIT, 0,     "区划",     get_find,    COLS(find_form),   NULL, NULL },
    { HTTP_GET,  "/place/{word}",        CAP_PLACE_EDIT, 0,     "一个地方", get_place,   NULL, 0,           NULL, NULL },
    { HTTP_POST, "/place/{word}/rename", CAP_PLACE_EDIT, R_API, "地方改名", post_rename, COLS(rename_form), NULL, get_place },
    { HTTP_GET,  "/place/{word}/merge",  CAP_PLACE_EDIT, 0,     "并村页",   get_merge,   COLS(into_query),  NULL, NULL },
    { HTTP_POST, "/place/{word}/merge",  CAP_PLACE_EDIT, R_API, "并村",     post_merge,  COLS(merge_form),  NULL, get_merge },
};
/* clang-format on */
ROUTES(routes)
