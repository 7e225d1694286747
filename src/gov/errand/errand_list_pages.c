/* SPDX-License-Identifier: Apache-2.0
 * errand_list_pages.c - the list of errands of a place: by state, by number, by whoever asked, and
 * as a file without names. */
#include "core/day.h"
#include "gov/errand/errand_tmpl.h"
#include "gov/errand/errand_view.h"
#include "kernel/person/person.h"
#include "kernel/place/place_page.h"
#include "kernel/print/sheet.h"

enum { EXPORT_MAX = 5000 };

/* clang-format off */
static const char *const states[] = { "drafted", "missing", "in_hand", "suspended", "decided", "delivered", "revisited", "archived", "redirected", "refused", "withdrawn", NULL };
static const char *const formats[] = { "csv", "xlsx", NULL };
static const struct field list_query[] = {
    { "state",  F_CHOICE, 0, 0, 0, states, "状态" },
    { "before", F_INT,    0, 0, INT64_MAX / 4, NULL, "从哪里接着看" },
    { "place",  F_PLACE,  0, 0, 0, NULL, "地方" },
};
static const struct field export_query[] = {
    { "state",  F_CHOICE, 0, 0, 0, states, "状态" },
    { "place",  F_PLACE,  0, 0, 0, NULL, "地方" },
    { "format", F_CHOICE, F_REQUIRED, 0, 0, formats, "格式" },
};
static const struct field find_form[] = { { "q", F_TEXT, F_REQUIRED, 2, 60, NULL, "编号、姓名或电话" } };
/* clang-format on */

/* The place whose list the actor may read: what was asked for, or their own. "" when they read only
 * what their department holds, which is their to-do list. */
static const char *area_of(struct ctx *c, struct req *r)
{
    const char *area =
        str_or(place_shown(c, r, form_text(r->form, "place")), ctx_place(c, CAP_ERRAND_READ));
    for (size_t i = 0; area && i < c->n_rights; i++)
        if ((c->rights[i].caps & CAP_ERRAND_READ) && c->rights[i].body_id == 0 &&
            str_starts(area, c->rights[i].place))
            return area;
    return "";
}

static void list_json(struct json *j, const struct errand_line *rows, size_t n)
{
    json_object_begin(j, NULL);
    json_array_begin(j, "errands");
    for (size_t i = 0; i < n; i++) {
        json_object_begin(j, NULL);
        json_key(j, "errand", rows[i].key);
        json_text(j, "number", rows[i].number);
        json_text(j, "title", rows[i].title);
        json_text(j, "state", rows[i].state);
        json_text(j, "decision", rows[i].decision);
        json_ms(j, "due", rows[i].step_due);
        json_object_end(j);
    }
    json_array_end(j);
    json_int(j, "next", n == ERRAND_LIST_MAX ? rows[n - 1].key.id : 0);
    json_object_end(j);
}

static enum err get_list(struct ctx *c, struct req *r)
{
    struct errand_line *rows;
    size_t n;
    struct errand_query q = { .place = area_of(c, r),
                              .state = form_text(r->form, "state"),
                              .before = form_int(r->form, "before"),
                              .max = ERRAND_LIST_MAX };
    if (!*q.place)
        return req_go(c, r, "/todo");
    TRY(errand_list(c, &q, &rows, &n));
    if (r->api) {
        list_json(req_json(c, r), rows, n);
        return OK;
    }
    tmpl_errand_list(req_html(c, r), page_new(c, r, "办件", "/errand", ""), &q, rows, n);
    return OK;
}

/* ---- finding one ---- */
/* A number leads to its errand, a name or a telephone to the last errands of whom it fits. POST:
 * what is typed stays out of the address. */
static enum err find_number(struct ctx *c, struct req *r, const char *number)
{
    struct key k;
    struct errand e;
    enum err err = errand_key_of(c, number, &k);
    if (!err)
        err = errand_load(c, k, &e);
    return err == E_NOT_FOUND ? fail_field(c, "q", E_NOT_FOUND)
           : err              ? err
                              : req_go(c, r, "/errand/%s", key_text(c, k));
}

static enum err post_find(struct ctx *c, struct req *r)
{
    char number[ERRAND_NUMBER_LEN + 1];
    struct found_page *f = ARENA_NEW(c->arena, struct found_page);
    f->q = form_text(r->form, "q");
    if (errand_number_parse(f->q, number))
        return find_number(c, r, number);
    TRY(person_find_mine(c, f->q, &f->people, &f->n));
    f->errands = ARENA_ARRAY(c->arena, struct errand_line *, f->n + 1);
    f->n_errands = ARENA_ARRAY(c->arena, size_t, f->n + 1);
    for (size_t i = 0; i < f->n; i++)
        TRY(errand_of_person(c, f->people[i].key, &f->errands[i], &f->n_errands[i]));
    tmpl_errand_found(req_html(c, r), page_new(c, r, "找办件", "/errand", "办件"), f);
    return OK;
}

static enum err get_find(struct ctx *c, struct req *r)
{
    struct found_page f = { .q = form_raw(r->form, "q") };
    tmpl_errand_found(req_html(c, r), page_new(c, r, "找办件", "/errand", "办件"), &f);
    return OK;
}

/* ---- as a file ---- */
static enum err get_export(struct ctx *c, struct req *r)
{
    static const char *const heads[] = { "编号", "事项", "村", "状态", "收到", "这一步最晚" };
    enum { COLUMNS = COUNT(heads) };
    struct errand_line *rows;
    struct errand_query q = { .place = area_of(c, r),
                              .state = form_text(r->form, "state"),
                              .max = EXPORT_MAX };
    struct sheet s = { .title = "办件", .heads = heads, .n_cols = COLUMNS };
    if (!*q.place)
        return fail(c, E_FORBIDDEN, "a department has no list");
    TRY(errand_list(c, &q, &rows, &s.n_rows));
    const char **cells = ARENA_ARRAY(c->arena, const char *, s.n_rows *COLUMNS + 1);
    for (size_t i = 0; i < s.n_rows; i++) {
        const char **cell = cells + i * COLUMNS;
        cell[0] = errand_number_text(c, rows[i].number);
        cell[1] = rows[i].title;
        cell[2] = place_short_name(c, arena_copy_n(c->arena, rows[i].number, PLACE_CODE_MAX));
        cell[3] = errand_state_zh(rows[i].state, rows[i].decision);
        cell[4] = day_iso(c->arena, day_of_ms(rows[i].created_ms));
        cell[5] = rows[i].step_due ? day_iso(c->arena, day_of_ms(rows[i].step_due)) : "";
    }
    s.cells = cells;
    return page_sheet(c, r, &s, str_eq(form_text(r->form, "format"), "xlsx"));
}

/* clang-format off */
static const struct route routes[] = {
    { HTTP_GET,  "/errand",        CAP_ERRAND_READ, R_API,  "办件列表",       get_list,   COLS(list_query),   NULL, NULL },
    { HTTP_GET,  "/errand/find",   CAP_ERRAND_READ, 0,      "找办件页",       get_find,   NULL, 0,            NULL, NULL },
    { HTTP_POST, "/errand/find",   CAP_ERRAND_READ, R_READ, "找办件",         post_find,  COLS(find_form),    NULL, get_find },
    { HTTP_GET,  "/errand/export", CAP_ERRAND_READ, R_POOL, "办件列表的表格", get_export, COLS(export_query), NULL, NULL },
};
/* clang-format on */
ROUTES(routes)
