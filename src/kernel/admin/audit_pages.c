/* SPDX-License-Identifier: Apache-2.0
 * audit_pages.c - the audit administrator: who did what, the chain over it, who looked at whom.
 * Residents appear by number only. */
#include "core/day.h"
#include "kernel/admin/admin.h"
#include "kernel/admin/audit_tmpl.h"
#include "kernel/print/sheet.h"

enum { NAME_CHARS_MAX = 30, PATH_CHARS_MAX = 90, ID_MAX = INT64_MAX / 4 };
static const char *const kinds[] = { "business", "security", NULL };
/* clang-format off */
static const struct field find_form[] = {
    { "kind",    F_CHOICE, 0, 0, 0,              kinds, "哪一类" },
    { "what",    F_TEXT,   0, 0, PATH_CHARS_MAX, NULL,  "地址开头" },
    { "who",     F_TEXT,   0, 0, NAME_CHARS_MAX, NULL,  "谁" },
    { "from",    F_DATE,   0, 0, 0,              NULL,  "从哪天" },
    { "to",      F_DATE,   0, 0, 0,              NULL,  "到哪天" },
    { "refused", F_BOOL,   0, 0, 0,              NULL,  "没办成的" },
    { "before",  F_INT,    0, 0, ID_MAX,         NULL,  "接着看" },
};
static const struct field look_form[] = {
    { "who",    F_TEXT, 0, 0, NAME_CHARS_MAX, NULL, "谁" },
    { "before", F_INT,  0, 0, ID_MAX,         NULL, "接着看" },
};
/* clang-format on */

static struct audit_query query_of(const struct form *f)
{
    struct audit_query q = { .kind = form_text(f, "kind"),
                             .what = form_text(f, "what"),
                             .who = form_text(f, "who"),
                             .before = form_int(f, "before"),
                             .refused = form_bool(f, "refused") };
    if (form_has(f, "from"))
        q.from_ms = ms_of_day((int32_t)form_int(f, "from"));
    if (form_has(f, "to"))
        q.to_ms = ms_of_day((int32_t)form_int(f, "to") + 1);
    return q;
}

/* The same question as an address. */
static const char *address(struct ctx *c, const char *path, const struct form *f, int64_t before)
{
    const char *out = arena_printf(c->arena, "%s?", path);
    for (const struct form_value *v = f->values; v; v = v->next)
        if (!str_eq(v->field->name, "before"))
            out = arena_printf(c->arena, "%s%s=%s&", out, v->field->name,
                               html_percent(c->arena, v->raw));
    return before ? arena_printf(c->arena, "%sbefore=%" PRId64, out, before)
                  : arena_copy_n(c->arena, out, strlen(out) - 1);
}

struct verdict {
    enum err e;
    int64_t links, rows;
    const char *why;
};

static enum err show_audit(struct ctx *c, struct req *r, const struct verdict *v)
{
    const struct form *f = r->form;
    bool ask = str_eq(r->route->path, "/admin/audit") && r->route->method == HTTP_GET;
    struct audit_page a = { .q = { .kind = "", .what = "", .who = "" } };
    struct audit_line *rows;
    if (ask)
        a.q = query_of(f);
    TRY(audit_find(c, &a.q, AUDIT_PAGE, &rows, &a.n));
    a.rows = rows;
    a.who = a.q.who;
    a.from = form_raw(f, "from");
    a.to = form_raw(f, "to");
    if (a.n == AUDIT_PAGE)
        a.more = address(c, "/admin/audit", f, rows[a.n - 1].row.id);
    a.csv = address(c, "/admin/audit.csv", f, 0);
    if (v) {
        a.broken = v->e != OK;
        a.verdict =
            v->e ? v->why
                 : arena_printf(c->arena, "%" PRId64 " 节，%" PRId64 " 条记录", v->links, v->rows);
    }
    tmpl_audit(req_html(c, r), page_new(c, r, "审计", "/admin/audit", ""), &a);
    return OK;
}

static enum err get_audit(struct ctx *c, struct req *r)
{
    return show_audit(c, r, NULL);
}

/* On the pool: reads the whole chain. */
static enum err prepare_verify(struct ctx *c, struct req *r)
{
    struct verdict *v = ARENA_NEW(c->arena, struct verdict);
    struct ctx probe = *c;
    r->prepared = v;
    v->e = audit_verify(&probe, &v->links, &v->rows);
    v->why = arena_copy(c->arena, probe.why);
    return v->e == OK || v->e == E_FORMAT ? OK : fail(c, v->e, "%s", v->why);
}

static enum err post_verify(struct ctx *c, struct req *r)
{
    const struct verdict *v = r->prepared;
    if (v->e)
        TRY(audit_add(c, "security", r->session ? r->session->home : "", "audit_chain_broken", "",
                      v->why, v->e));
    return show_audit(c, r, v);
}

static enum err get_csv(struct ctx *c, struct req *r)
{
    static const char *const heads[] = { "编号", "时间", "类别", "账号",   "姓名",
                                         "地方", "地址", "对象", "做什么", "结果" };
    struct audit_query q = query_of(r->form);
    struct audit_line *rows;
    size_t n;
    TRY(audit_find(c, &q, AUDIT_EXPORT_MAX, &rows, &n));
    const char **cells = ARENA_ARRAY(c->arena, const char *, n *COUNT(heads) + 1);
    for (size_t i = 0; i < n; i++) {
        const struct audit_row *a = &rows[i].row;
        const char *line[] = { arena_printf(c->arena, "%" PRId64, a->id),
                               ms_iso(c->arena, a->at_ms),
                               a->kind,
                               arena_printf(c->arena, "%" PRId64, a->account),
                               str_or(rows[i].name, ""),
                               a->place,
                               a->what,
                               a->subject,
                               a->words,
                               a->result };
        memcpy(cells + i * COUNT(heads), line, sizeof line);
    }
    struct sheet sheet = {
        .title = "审计", .heads = heads, .n_cols = COUNT(heads), .cells = cells, .n_rows = n
    };
    return page_sheet(c, r, &sheet, false);
}

static enum err get_looks(struct ctx *c, struct req *r)
{
    struct look_line *rows;
    struct look_page v = { .who = form_text(r->form, "who") };
    TRY(look_find(c, v.who, form_int(r->form, "before"), &rows, &v.n));
    v.rows = rows;
    if (v.n == AUDIT_PAGE)
        v.more = address(c, "/admin/audit/looks", r->form, rows[v.n - 1].id);
    const struct page *p = page_new(c, r, "谁看过居民资料", "/admin/audit", "审计");
    tmpl_looks(req_html(c, r), p, &v);
    return OK;
}

/* clang-format off */
#define AUD CAP_AUDIT_ADMIN
static const struct route routes[] = {
    { HTTP_GET,  "/admin/audit",        AUD, R_SECOND,          "审计记录",       get_audit,   COLS(find_form), NULL,           NULL },
    { HTTP_GET,  "/admin/audit.csv",    AUD, R_SECOND | R_POOL, "审计记录的表",   get_csv,     COLS(find_form), NULL,           NULL },
    { HTTP_POST, "/admin/audit/verify", AUD, R_SECOND,          "核对审计链",     post_verify, NULL, 0,         prepare_verify, NULL },
    { HTTP_GET,  "/admin/audit/looks",  AUD, R_SECOND,          "谁看过居民资料", get_looks,   COLS(look_form), NULL,           NULL },
};
/* clang-format on */
ROUTES(routes)
