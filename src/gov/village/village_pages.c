/* SPDX-License-Identifier: Apache-2.0
 * village_pages.c - home, a village's page, public totals, what is late. */
#include "core/day.h"
#include "crypto/signer.h"
#include "gov/errand/errand.h"
#include "gov/village/village.h"
#include "gov/village/village_tmpl.h"
#include "kernel/account/account.h"
#include "kernel/print/sheet.h"
#include "store/setting.h"

/* clang-format off */
static const char *const formats[] = { "csv", "xlsx", NULL };
static const struct field home_query[] = { { "q", F_TEXT, 0, 0, 40, NULL, "找村" } };
static const struct field village_query[] = { { "from", F_PLACE, 0, 0, 0, NULL, "原来的村" } };
static const struct field totals_query[] = {
    { "place",  F_PLACE,  0, 0, 0, NULL, "地方" },
    { "from",   F_INT,    0, 200001, 219912, NULL, "从哪月" },
    { "to",     F_INT,    0, 200001, 219912, NULL, "到哪月" },
    { "format", F_CHOICE, 0, 0, 0, formats, "格式" },
};
static const struct field urge_form[] = { { "words", F_LINES, F_REQUIRED, 2, 300, NULL, "怎么督办" } };
/* clang-format on */

static int64_t month_of(struct ctx *c)
{
    int y, m, d;
    day_ymd(day_of_ms(c->now_ms), &y, &m, &d);
    return y * 100 + m;
}

static enum err get_home(struct ctx *c, struct req *r)
{
    struct village_page v = { .q = form_raw(r->form, "q") };
    struct place *found = NULL;
    TRY(item_most_used(c, TILES, &v.items, &v.n_items, &v.n_all_items));
    if (*v.q)
        TRY(place_find(c, v.q, "", &found, &v.n_places));
    v.places = found;
    tmpl_home(req_html(c, r), page_new(c, r, "办事", "/", ""), &v);
    return OK;
}

/* Posts with a telephone that residents may call: those of one place, in the order of kinds. */
static enum err add_servers(struct ctx *c, const char *place, const char *before,
                            struct village_page *v, struct bytes *sealed)
{
    static const enum post_kind_no kinds[] = { POST_AGENT, POST_WINDOW, POST_CHIEF };
    struct post_holder *h;
    size_t n;
    TRY(post_holders(c, place, day_of_ms(c->now_ms), &h, &n));
    for (size_t k = 0; k < COUNT(kinds); k++)
        for (size_t i = 0; i < n && v->n_servers < SERVERS_MAX; i++) {
            const struct post_kind *kind = post_kind(kinds[k]);
            if (!str_eq(h[i].kind, kind->name))
                continue;
            sealed[v->n_servers] = h[i].phone_sealed;
            v->servers[v->n_servers++] =
                (struct server){ arena_printf(c->arena, "%s%s", before, kind->zh), h[i].name, "" };
        }
    return OK;
}

/* All telephones are opened in one question to the signer. */
static enum err load_servers(struct ctx *c, struct village_page *v)
{
    struct bytes sealed[SERVERS_MAX];
    char *phones[SERVERS_MAX];
    const char *township = place_at(c, v->place.code, PLACE_TOWNSHIP);
    TRY(add_servers(c, v->place.code, "", v, sealed));
    TRY(add_servers(c, township, place_short_name(c, township), v, sealed));
    TRY(field_open_many(c, "account.phone", sealed, v->n_servers, phones));
    for (size_t i = 0; i < v->n_servers; i++)
        v->servers[i].phone = str_or(phones[i], "");
    return OK;
}

/* Whoever came by the address of a village that is part of this one now is told so. */
static enum err load_former(struct ctx *c, const char *code, struct village_page *v)
{
    struct ctx probe = *c;
    struct place *was = ARENA_NEW(c->arena, struct place), now;
    enum err e = *code ? place_load(&probe, code, was) : E_NOT_FOUND;
    if (!e && was->merged_into)
        e = place_now(&probe, code, &now);
    if (!e && was->merged_into && str_eq(now.code, v->place.code))
        v->former = was;
    return OK;
}

static enum err get_village(struct ctx *c, struct req *r)
{
    struct village_page v = { .q = "" };
    int64_t month = month_of(c);
    TRY(place_load(c, r->word, &v.place));
    if (v.place.level != PLACE_VILLAGE)
        return req_go(c, r, "/?q=%s", r->word);
    if (v.place.merged_into) {
        TRY(place_now(c, r->word, &v.place));
        return req_go(c, r, "/village/%s?from=%s", v.place.code, r->word);
    }
    TRY(load_former(c, form_text(r->form, "from"), &v));
    TRY(load_servers(c, &v));
    TRY(item_most_used(c, TILES - 1, &v.items, &v.n_items, &v.n_all_items));
    TRY(totals_all(c, v.place.code, month, month, &v.total));
    TRY(certificate_must_not(c, &v.n_must_not));
    TRY(announce_now(c, v.place.code, &v.announced, &v.n_announced));
    v.full_name = place_full_name(c, v.place.code);
    v.month = arena_printf(c->arena, "%" PRId64 " 年 %" PRId64 " 月", month / 100, month % 100);
    tmpl_village(req_html(c, r), page_new(c, r, v.place.short_name, "", v.full_name), &v);
    return OK;
}

/* ---- totals ---- */
static enum err export_totals(struct ctx *c, struct req *r, const struct total *rows, size_t n)
{
    static const char *const heads[] = { "事项",     "收到",       "办结", "超期",  "不同意",
                                         "又要材料", "平均工作日", "评价", "平均分" };
    enum { COLUMNS = COUNT(heads) };
    static const bool numeric[COLUMNS] = { false, true, true, true, true, true, true, true, true };
    const char **cells = ARENA_ARRAY(c->arena, const char *, n *COLUMNS + 1);
    for (size_t i = 0; i < n; i++) {
        const int64_t numbers[] = { rows[i].taken, rows[i].done, rows[i].late, rows[i].refused,
                                    rows[i].told_again };
        const char **row = cells + i * COLUMNS;
        row[0] = rows[i].name;
        for (size_t k = 0; k < COUNT(numbers); k++)
            row[k + 1] = arena_printf(c->arena, "%" PRId64, numbers[k]);
        row[6] = rows[i].done ? average_text(c, rows[i].days, rows[i].done) : "";
        row[7] = arena_printf(c->arena, "%" PRId64, rows[i].rated);
        row[8] = rows[i].rated ? average_text(c, rows[i].score, rows[i].rated) : "";
    }
    struct sheet s = { .title = "办件公开",
                       .heads = heads,
                       .n_cols = COLUMNS,
                       .cells = cells,
                       .n_rows = n,
                       .numeric = numeric };
    return page_sheet(c, r, &s, str_eq(form_text(r->form, "format"), "xlsx"));
}

static void totals_json(struct json *j, const struct total *rows, size_t n)
{
    json_object_begin(j, NULL);
    json_array_begin(j, "totals");
    for (size_t i = 0; i < n; i++) {
        json_object_begin(j, NULL);
        json_text(j, "item", rows[i].name);
        json_int(j, "taken", rows[i].taken);
        json_int(j, "done", rows[i].done);
        json_int(j, "late", rows[i].late);
        json_int(j, "refused", rows[i].refused);
        json_int(j, "asked_again", rows[i].told_again);
        json_int(j, "working_days", rows[i].days);
        json_int(j, "rated", rows[i].rated);
        json_int(j, "score_sum", rows[i].score);
        json_object_end(j);
    }
    json_array_end(j);
    json_object_end(j);
}

static enum err get_totals(struct ctx *c, struct req *r)
{
    const struct form *f = r->form;
    struct total *items, *bodies, all;
    size_t n_items, n_bodies;
    const char *place = form_text(f, "place"), *county;
    int64_t to = form_has(f, "to") ? form_int(f, "to") : month_of(c);
    int64_t from = form_has(f, "from") ? form_int(f, "from") : to / 100 * 100 + 1;
    TRY(setting_get(c, "county", "", &county));
    place = *place ? place : county;
    TRY(totals_by_item(c, place, from, to, &items, &n_items));
    if (form_has(f, "format"))
        return export_totals(c, r, items, n_items);
    if (r->api) {
        totals_json(req_json(c, r), items, n_items);
        return OK;
    }
    TRY(totals_by_body(c, place, from, to, &bodies, &n_bodies));
    TRY(totals_all(c, place, from, to, &all));
    struct totals_page t = {
        place, str_or(place_full_name(c, place), place), from, to, items, n_items, bodies, n_bodies,
        all
    };
    tmpl_totals(req_html(c, r), page_new(c, r, "办件公开", "/totals", t.name), &t);
    return OK;
}

/* ---- late ---- */
static enum err get_late(struct ctx *c, struct req *r)
{
    struct late_page l = { .place = str_or(ctx_place(c, CAP_ERRAND_LEAD), "") };
    TRY(todo_late(c, l.place, &l.rows, &l.n));
    size_t kept = 0;
    for (size_t i = 0; i < l.n; i++)
        if (str_eq(l.rows[i].flow, "errand") || str_eq(l.rows[i].flow, "rating") ||
            str_eq(l.rows[i].flow, "visit"))
            l.rows[kept++] = l.rows[i];
    l.n = kept;
    l.when = ARENA_ARRAY(c->arena, const char *, l.n + 1);
    l.holder = ARENA_ARRAY(c->arena, const char *, l.n + 1);
    for (size_t i = 0; i < l.n; i++) {
        char at[PLACE_CODE_MAX + 1];
        int64_t cap, body;
        TRY(todo_when(c, &l.rows[i], &l.when[i]));
        CHECK(desk_parse(l.rows[i].desk, at, &cap, &body));
        l.holder[i] = desk_zh(c, arena_copy(c->arena, at), cap, body);
    }
    tmpl_late(req_html(c, r), page_new(c, r, "超期", "/late", place_full_name(c, l.place)), &l);
    return OK;
}

static enum err post_urge(struct ctx *c, struct req *r)
{
    struct errand e;
    TRY(errand_load_any(c, r->key, &e)); /* a county's leader urges without reading */
    TRY(errand_urge(c, &e, form_text(r->form, "words")));
    req_say(r, "督办交给办的人了，在他的待办里。他办了，或回了话，才消掉。");
    return req_go(c, r, "/late");
}

/* clang-format off */
static const struct route routes[] = {
    { HTTP_GET,  "/",                CAP_PUBLIC,      R_CACHED,         "首页",     get_home,    COLS(home_query),   NULL, NULL },
    { HTTP_GET,  "/village/{word}",  CAP_PUBLIC,      R_CACHED,         "村主页",   get_village, COLS(village_query), NULL, NULL },
    { HTTP_GET,  "/totals",          CAP_PUBLIC,      R_CACHED | R_API, "办件公开", get_totals,  COLS(totals_query), NULL, NULL },
    { HTTP_GET,  "/late",            CAP_ERRAND_LEAD, 0,                "超期",     get_late,    NULL, 0,            NULL, NULL },
    { HTTP_POST, "/late/{key}/urge", CAP_ERRAND_LEAD, R_API,            "督办",     post_urge,   COLS(urge_form),    NULL, get_late },
};
/* clang-format on */
ROUTES(routes)
