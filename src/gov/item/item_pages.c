/* SPDX-License-Identifier: Apache-2.0
 * item_pages.c - finding what can be done, and its guide: for everybody, without an account. */
#include "core/day.h"
#include "gov/item/item_guide.h"
#include "gov/item/item_guide_tmpl.h"
#include "gov/item/items_tmpl.h"
#include "kernel/print/qr.h"
#include "kernel/search/search.h"
#include "store/setting.h"

enum { MOST_USED = 12, CERTIFICATES_SHOWN = 6 };
static const char HOTLINE[] = "12345"; /* of the government, everywhere in the country */

/* clang-format off */
static const struct field find_form[] = {
    { "q",     F_TEXT, 0, 0, SEARCH_QUERY_MAX, NULL, "要办的事" },
    { "event", F_TEXT, 0, 0, 20,               NULL, "哪一类" },
};
/* clang-format on */

enum err guide_place(struct ctx *c, const struct req *r, const char **out)
{
    if (r->session && *r->session->home) {
        *out = r->session->home;
        return OK;
    }
    return setting_get(c, "county", "", out);
}

enum err guide_load(struct ctx *c, const struct item *version, const char *place, struct guide *out)
{
    *out = (struct guide){ .item = *version };
    out->body = item_body_zh(c, version->body, place);
    TRY(item_materials(c, version->id, &out->materials, &out->n_materials));
    return item_questions(c, version->id, &out->questions, &out->n_questions);
}

/* ---- finding ---- */
static enum err find(struct ctx *c, const struct form *form, struct found *f)
{
    *f = (struct found){ .q = form_text(form, "q"),
                         .event = form_text(form, "event"),
                         .phone = HOTLINE };
    TRY(item_events(c, &f->events, &f->n_events));
    if (!*f->q) {
        TRY(item_list(c, f->event, &f->items, &f->n_items));
        if (!*f->event && f->n_items > MOST_USED)
            f->n_items = MOST_USED;
        return OK;
    }
    TRY(item_search(c, f->q, &f->items, &f->n_items));
    TRY(certificate_search(c, f->q, &f->certificates, &f->n_certificates));
    if (f->n_certificates > CERTIFICATES_SHOWN)
        f->n_certificates = CERTIFICATES_SHOWN;
    return setting_get(c, "help_phone", HOTLINE, &f->phone);
}

static void item_head_json(struct ctx *c, struct json *j, const struct item *it)
{
    json_text(j, "code", it->code);
    json_text(j, "name", it->name);
    json_text(j, "event", it->event);
    json_text(j, "limit", item_limit_zh(c, it));
    json_text(j, "fee", it->fee_text);
}

static void found_json(struct ctx *c, struct json *j, const struct found *f)
{
    json_object_begin(j, NULL);
    json_array_begin(j, "items");
    for (size_t i = 0; i < f->n_items; i++) {
        json_object_begin(j, NULL);
        item_head_json(c, j, &f->items[i]);
        json_object_end(j);
    }
    json_array_end(j);
    json_array_begin(j, "certificates");
    for (size_t i = 0; i < f->n_certificates; i++) {
        json_object_begin(j, NULL);
        json_text(j, "code", f->certificates[i].code);
        json_text(j, "name", f->certificates[i].name);
        json_bool(j, "may", f->certificates[i].may);
        json_text(j, "instead", f->certificates[i].authority);
        json_object_end(j);
    }
    json_array_end(j);
    json_object_end(j);
}

static enum err get_items(struct ctx *c, struct req *r)
{
    struct found f;
    TRY(find(c, r->form, &f));
    if (r->api)
        found_json(c, req_json(c, r), &f);
    else
        tmpl_items(req_html(c, r), page_new(c, r, "要办什么事", "/items", ""), &f);
    return OK;
}

/* ---- the guide ---- */
static void lines_json(struct ctx *c, struct json *j, const char *name, const char *text)
{
    size_t n;
    const char *const *lines = item_lines(c->arena, text, &n);
    json_array_begin(j, name);
    for (size_t i = 0; i < n; i++)
        json_text(j, NULL, lines[i]);
    json_array_end(j);
}

static void materials_json(struct json *j, const struct guide *g)
{
    json_array_begin(j, "materials");
    for (size_t i = 0; i < g->n_materials; i++) {
        const struct material *m = &g->materials[i];
        json_object_begin(j, NULL);
        json_text(j, "code", m->code);
        json_text(j, "name", m->name);
        json_text(j, "form", m->form);
        json_int(j, "count", m->count);
        json_bool(j, "later", m->later);
        json_int(j, "later_days", m->later_days);
        json_bool(j, "held_is_enough", m->reusable);
        json_int(j, "held_days", m->held_days);
        json_text(j, "note", m->note);
        json_object_end(j);
    }
    json_array_end(j);
}

static void guide_json(struct ctx *c, struct json *j, const struct guide *g)
{
    const struct item *it = &g->item;
    json_object_begin(j, NULL);
    item_head_json(c, j, it);
    json_int(j, "version", it->number);
    json_day(j, "from", it->from_day);
    json_text(j, "kind", it->kind);
    json_text(j, "who", it->who);
    lines_json(c, j, "also", it->also);
    lines_json(c, j, "conditions", it->conditions);
    materials_json(j, g);
    lines_json(c, j, "steps", it->steps);
    json_int(j, "statutory_days", it->statutory_days);
    json_int(j, "promised_days", it->promised_days);
    json_bool(j, "instant", it->instant);
    json_int(j, "fee_fen", it->fee_fen);
    json_text(j, "fee_basis", it->fee_basis);
    json_text(j, "result", it->result);
    lines_json(c, j, "delivery", it->delivery);
    lines_json(c, j, "levels", it->levels);
    json_text(j, "decides", it->decides);
    json_text(j, "body", it->body);
    json_text(j, "body_name", g->body);
    lines_json(c, j, "basis", it->basis);
    json_bool(j, "basis_checked", it->checked);
    json_object_end(j);
}

static struct safe_html page_qr(struct ctx *c, const struct req *r, const struct item *it)
{
    const char *path = arena_printf(c->arena, "/items/%s", it->code);
    struct bytes svg = qr_svg(c->arena, page_url(c, r, path));
    return (struct safe_html){ (const char *)svg.ptr, svg.len };
}

/* Withdrawn: what it was, why, and whom to ask. A draft that never was in force is not known. */
static enum err show_gone(struct ctx *c, struct req *r)
{
    struct item it;
    TRY(item_known(c, r->word, &it));
    if (str_eq(it.state, "draft"))
        return fail(c, E_NOT_FOUND, "only a draft");
    if (r->api)
        return fail(c, E_GONE, "withdrawn");
    r->status = err_http(E_GONE);
    tmpl_item_gone(req_html(c, r), page_new(c, r, it.name, "/items", "办事"), &it);
    return OK;
}

static enum err get_guide(struct ctx *c, struct req *r)
{
    struct item it;
    struct guide g;
    const char *place;
    struct ctx probe = *c;
    enum err e = item_current(&probe, r->word, &it);
    if (e == E_NOT_FOUND)
        return show_gone(c, r);
    TRY(e);
    TRY(guide_place(c, r, &place));
    TRY(guide_load(c, &it, place, &g));
    if (r->api) {
        guide_json(c, req_json(c, r), &g);
        return OK;
    }
    g.qr = page_qr(c, r, &it);
    tmpl_item_guide(req_html(c, r), page_new(c, r, it.name, "/items", "办事"), &g);
    return OK;
}

/* clang-format off */
static const struct route routes[] = {
    { HTTP_GET, "/items",        CAP_PUBLIC, R_API | R_CACHED, "找事项",   get_items, COLS(find_form), NULL, get_items },
    { HTTP_GET, "/items/{word}", CAP_PUBLIC, R_API | R_CACHED, "办事指南", get_guide, NULL, 0,         NULL, NULL },
};
/* clang-format on */
ROUTES(routes)
