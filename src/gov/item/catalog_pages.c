/* SPDX-License-Identifier: Apache-2.0
 * catalog_pages.c - the catalogue's editor: every change is a draft first, shown as residents will
 * read it, and published by a second step. Errands keep the version they were accepted under. */
#include "core/day.h"
#include "gov/item/catalog.h"
#include "gov/item/catalog_tmpl.h"

/* clang-format off */
static const struct field publish_form[] = {
    { "version", F_INT, F_REQUIRED, 1, INT64_MAX / 4, NULL, "版本" },
};
static const struct field list_query[] = {
    { "q",     F_TEXT,   0, 0, 60, NULL,           "找哪个事项" },
    { "state", F_CHOICE, 0, 0, 0,  catalog_states, "状态" },
};
static const struct field withdraw_form[] = {
    { "why", F_TEXT, 0, 4, 200, NULL, "为什么停办" },
};
/* clang-format on */

static enum err get_catalog(struct ctx *c, struct req *r)
{
    struct catalog_list l = { .q = form_text(r->form, "q"), .state = form_text(r->form, "state") };
    TRY(item_catalog(c, &l.rows, &l.all));
    catalog_narrow(c, &l);
    tmpl_catalog(req_html(c, r), page_new(c, r, "事项目录", "/catalog", ""), &l);
    return OK;
}

/* ---- editing ---- */
/* The version that an edit goes on from: the draft, else the one in force, else the newest. */
static enum err newest(struct ctx *c, const char *code, struct item *out)
{
    struct item draft;
    bool found;
    TRY(item_known(c, code, out));
    TRY(item_draft_of(c, out->item, &draft, &found));
    if (found)
        *out = draft;
    return OK;
}

static enum err load_lists(struct ctx *c, struct req *r, struct catalog_edit *e)
{
    TRY(item_bodies(c, &e->bodies, &e->n_bodies));
    TRY(item_events(c, &e->events, &e->n_events));
    if (!e->fresh)
        TRY(item_versions(c, e->item.item, &e->versions, &e->n_versions));
    e->n_materials = catalog_rows(r->form, "m_", MATERIALS_MAX);
    e->n_questions = catalog_rows(r->form, "q_", QUESTIONS_MAX);
    return OK;
}

static enum err show_edit(struct ctx *c, struct req *r, struct catalog_edit *e)
{
    const char *title = e->fresh ? "新事项" : arena_printf(c->arena, "改：%s", e->item.name);
    TRY(load_lists(c, r, e));
    e->draft = str_eq(e->item.state, "draft");
    tmpl_catalog_edit(req_html(c, r), page_new(c, r, title, "/catalog", "目录"), e);
    return OK;
}

static enum err get_edit(struct ctx *c, struct req *r)
{
    struct catalog_edit e = { .fresh = false };
    struct guide g;
    TRY(newest(c, r->word, &e.item));
    TRY(guide_load(c, &e.item, "", &g));
    catalog_fill(c, r->form, &g);
    return show_edit(c, r, &e);
}

/* What was typed stays; the next try goes on from the version that is newest now. */
static enum err again_edit(struct ctx *c, struct req *r)
{
    struct catalog_edit e = { .fresh = false };
    TRY(newest(c, r->word, &e.item));
    return show_edit(c, r, &e);
}

static enum err get_new(struct ctx *c, struct req *r)
{
    struct catalog_edit e = { .fresh = true, .item = { .state = "", .code = "" } };
    if (!r->error) {
        struct guide empty = { .item = { .name = "",
                                         .event = "",
                                         .kind = "agent",
                                         .body = "",
                                         .also = "",
                                         .who = "",
                                         .conditions = "",
                                         .steps = "",
                                         .basis = "",
                                         .fee_text = "不收费",
                                         .fee_basis = "",
                                         .result = "",
                                         .delivery = "agent\nwindow",
                                         .levels = "village\ntownship",
                                         .decides = "county",
                                         .from_day = day_of_ms(c->now_ms) } };
        catalog_fill(c, r->form, &empty);
    }
    return show_edit(c, r, &e);
}

static enum err check_body(struct ctx *c, const char *code)
{
    struct body_choice *bodies;
    size_t n;
    TRY(item_bodies(c, &bodies, &n));
    for (size_t i = 0; i < n; i++)
        if (str_eq(bodies[i].code, code))
            return OK;
    return fail_field(c, "body", E_NOT_CHOICE);
}

/* The draft there was goes; what was typed takes its place. */
static enum err save(struct ctx *c, struct req *r, struct item *it)
{
    struct item_parts *p = ARENA_NEW(c->arena, struct item_parts);
    TRY(catalog_read(c, r->form, it, p));
    TRY(check_body(c, it->body));
    if (it->item) {
        TRY(item_discard(c, it->item));
        TRY(item_set_event(c, it->item, it->event));
    }
    TRY(item_draft(c, it, p->m, p->n_m, p->q, p->n_q));
    req_say(r, "存成草稿了，居民还看不到。看过没错再发布。");
    return req_go(c, r, "/catalog/%s/preview", it->code);
}

static enum err post_edit(struct ctx *c, struct req *r)
{
    struct item it, old;
    TRY(newest(c, r->word, &old));
    if (old.id != form_int(r->form, "base"))
        return fail(c, E_CONFLICT, "somebody saved a version meanwhile");
    it = (struct item){ .item = old.item, .code = old.code };
    return save(c, r, &it);
}

static enum err post_new(struct ctx *c, struct req *r)
{
    struct item it = { .code = form_text(r->form, "code") }, there;
    struct ctx probe = *c;
    enum err e = item_known(&probe, it.code, &there);
    if (e == OK)
        return fail_field(c, "code", E_EXISTS);
    return e == E_NOT_FOUND ? save(c, r, &it) : fail(c, e, "%s", probe.why);
}

static enum err post_discard(struct ctx *c, struct req *r)
{
    struct item it;
    TRY(item_known(c, r->word, &it));
    if (str_eq(it.state, "draft"))
        return fail(c, E_WRONG_STATE, "a new item has nothing but its draft");
    TRY(item_discard(c, it.item));
    req_say(r, "草稿删掉了，在用的版本没有动。");
    return req_go(c, r, "/catalog/%s", it.code);
}

/* ---- preview, publishing ---- */
static enum err compare(struct ctx *c, const struct item *old, const char *place,
                        struct catalog_preview *v)
{
    struct guide b;
    const struct guide *a = &v->guide;
    TRY(guide_load(c, old, place, &b));
    const struct item_whole before = { &b.item, b.materials, b.questions, b.n_materials,
                                       b.n_questions },
                            after = { &a->item, a->materials, a->questions, a->n_materials,
                                      a->n_questions };
    v->changes = item_changes(c, &before, &after, &v->n_changes);
    return item_open_errands(c, old->id, &v->open);
}

static enum err get_preview(struct ctx *c, struct req *r)
{
    struct item known, draft;
    struct catalog_preview v = { .first = false };
    const char *place;
    TRY(item_known(c, r->word, &known));
    bool found;
    TRY(item_draft_of(c, known.item, &draft, &found));
    if (!found)
        return req_go(c, r, "/catalog/%s", known.code);
    TRY(guide_place(c, r, &place));
    TRY(guide_load(c, &draft, place, &v.guide));
    v.first = !str_eq(known.state, "current");
    if (!v.first)
        TRY(compare(c, &known, place, &v));
    const char *title = arena_printf(c->arena, "看一遍：%s", draft.name);
    tmpl_catalog_preview(req_html(c, r), page_new(c, r, title, "/catalog", "目录"), &v);
    return OK;
}

static enum err post_publish(struct ctx *c, struct req *r)
{
    struct item it;
    struct ctx probe = *c;
    enum err e = item_version(&probe, form_int(r->form, "version"), &it);
    if (e == E_NOT_FOUND || (!e && !str_eq(it.code, r->word)))
        return fail(c, E_CONFLICT, "no such draft");
    TRY(e);
    TRY(item_publish(c, it.id));
    req_say(r, "发布了，居民现在看到的就是它。在办的按原来的版本办完。");
    return req_go(c, r, "/items/%s", it.code);
}

static enum err post_withdraw(struct ctx *c, struct req *r)
{
    struct item it;
    const char *why = form_text(r->form, "why");
    if (!*why)
        return fail_field(c, "why", E_REASON_NEEDED);
    TRY(item_known(c, r->word, &it));
    TRY(item_withdraw(c, it.item, why));
    req_say(r, "停办了，居民会看到理由。在办的照旧办完。");
    return req_go(c, r, "/catalog/%s", it.code);
}

/* clang-format off */
static const struct route routes[] = {
    { HTTP_GET,  "/catalog",                 CAP_CATALOG_EDIT, 0,      "事项目录",     get_catalog,   COLS(list_query),    NULL, NULL },
    { HTTP_GET,  "/catalog/new",             CAP_CATALOG_EDIT, 0,      "新事项的表",   get_new,       NULL, 0,             NULL, NULL },
    { HTTP_POST, "/catalog/new",             CAP_CATALOG_EDIT, 0,      "存新事项草稿", post_new,      COLS(catalog_form),  NULL, get_new },
    { HTTP_GET,  "/catalog/{word}",          CAP_CATALOG_EDIT, 0,      "改事项的表",   get_edit,      NULL, 0,             NULL, NULL },
    { HTTP_POST, "/catalog/{word}",          CAP_CATALOG_EDIT, 0,      "存事项草稿",   post_edit,     COLS(catalog_form),  NULL, again_edit },
    { HTTP_POST, "/catalog/{word}/discard",  CAP_CATALOG_EDIT, 0,      "删事项草稿",   post_discard,  NULL, 0,             NULL, NULL },
    { HTTP_GET,  "/catalog/{word}/preview",  CAP_CATALOG_EDIT, R_POOL, "预览事项",     get_preview,   NULL, 0,             NULL, NULL },
    { HTTP_POST, "/catalog/{word}/publish",  CAP_CATALOG_EDIT, 0,      "发布事项",     post_publish,  COLS(publish_form),  NULL, get_preview },
    { HTTP_POST, "/catalog/{word}/withdraw", CAP_CATALOG_EDIT, 0,      "停办事项",     post_withdraw, COLS(withdraw_form), NULL, get_edit },
};
/* clang-format on */
ROUTES(routes)
