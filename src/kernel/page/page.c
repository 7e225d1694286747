/* SPDX-License-Identifier: Apache-2.0
 * page.c - see page.h. */
#include "kernel/page/page.h"
#include "core/day.h"
#include "kernel/notice/notice.h"
#include "kernel/page/error_tmpl.h"
#include "kernel/place/place.h"

/* clang-format off */
static const struct page_link staff_menu[] = {
    { "/todo",         "待办",   "todo",     CAP_MEMBER },
    { "/errand/new",   "新办件", "plus",     CAP_ERRAND_TAKE },
    { "/visits",       "走访",   "visit",    CAP_VISIT },
    { "/errand",       "办件",   "doc",      CAP_ERRAND_READ },
    { "/person",       "居民",   "people",   CAP_PERSON_READ },
    { "/care",         "关爱",   "care",     CAP_CARE_WRITE },
    { "/late",         "超期",   "clock",    CAP_ERRAND_LEAD },
    { "/ratings",      "评价",   "star",     CAP_RATING_HANDLE },
    { "/catalog",      "目录",   "book",     CAP_CATALOG_EDIT },
    { "/rules",        "规则",   "settings", CAP_RULE_EDIT },
    { "/body",         "单位",   "building", CAP_BODY_EDIT },
    { "/place",        "区划",   "map_pin",  CAP_PLACE_EDIT },
    { "/admin",        "系统",   "settings", CAP_SYSTEM_ADMIN },
    { "/admin/people", "账号",   "people",   CAP_SECURITY_ADMIN },
    { "/admin/clients", "接口",  "link",     CAP_SECURITY_ADMIN },
    { "/admin/audit",  "审计",   "eye",      CAP_AUDIT_ADMIN },
    { "/letters",      "信件",   "print",    CAP_ERRAND_TAKE },
    { "/announce",     "公告",   "speaker",  CAP_ANNOUNCE },
    { "/account",      "我",     "user",     CAP_MEMBER },
};
static const struct page_link public_menu[] = {
    { "/items",    "办事",   "bag",    CAP_PUBLIC }, /* the first DOCK_MAX stand at the foot of phones */
    { "/progress", "查进度", "search", CAP_PUBLIC },
    { "/totals",   "公开",   "eye",    CAP_PUBLIC },
    { "/help",     "打电话", "phone",  CAP_PUBLIC },
    { "/sign-in",  "工作人员", "user",  CAP_PUBLIC },
};
/* clang-format on */

size_t page_menu(const struct page *p, bool dock, struct page_link *out)
{
    const struct page_link *all = p->staff ? staff_menu : public_menu;
    size_t n_all = p->staff ? COUNT(staff_menu) : COUNT(public_menu);
    size_t n = 0, max = dock ? DOCK_MAX : MENU_MAX;
    for (size_t i = 0; i < n_all && n < max; i++)
        if (ctx_may_somewhere(p->c, all[i].needs))
            out[n++] = all[i];
    if (dock && p->staff && n == max)
        out[n - 1] = staff_menu[COUNT(staff_menu) - 1];
    return n;
}

static const char *notice_of(struct ctx *c, struct req *r)
{
    const char *say = http_cookie(r->call, "xyn");
    if (!say || !*say)
        return r->notice;
    req_cookie(c, r, "xyn", NULL, 0);
    const char *text = http_url_decode(c->arena, say, strlen(say), false);
    return text && strlen(text) < 300 ? text : r->notice;
}

/* A page must not fail for want of a number beside a link. */
static int64_t unread(struct ctx *c, const struct req *r)
{
    struct ctx probe = *c;
    int64_t n = 0;
    bool asks = r->session && !r->error && c->db && r->call->method == HTTP_GET;
    return asks && notice_unread(&probe, &n) == OK ? n : 0;
}

const struct page *page_new(struct ctx *c, struct req *r, const char *title, const char *menu,
                            const char *crumb)
{
    struct page *p = ARENA_NEW(c->arena, struct page);
    bool staff = r->session != NULL;
    *p = (struct page){
        .c = c,
        .r = r,
        .title = title,
        .menu = menu,
        .crumb = crumb,
        .notice = r->error ? NULL : notice_of(c, r),
        .where = staff ? r->session->desk : "办事不求人",
        .css = app_asset(r->app, "app.css"),
        .js = app_asset(r->app, "app.js"),
        .icon = app_asset(r->app, "mark.svg"),
        .manifest = app_asset(r->app, "manifest.webmanifest"),
        .touch = app_asset(r->app, "icon-192.png"),
        .demo = app_conf(r->app)->demo,
        .elder = r->elder,
        .staff = staff,
        .unread = unread(c, r),
    };
    return p;
}

const char *page_why(const struct page *p, const char *field)
{
    enum err e = ctx_bad(p->c, field);
    return e ? err_zh(e) : NULL;
}

const char *page_invalid(const struct page *p, const char *field)
{
    return ctx_bad(p->c, field) ? " is-invalid" : "";
}

const char *page_label(const struct page *p, const char *field)
{
    const struct route *route = p->r->route;
    for (size_t i = 0; route && i < route->n_fields; i++)
        if (str_starts(field, route->fields[i].name))
            return route->fields[i].zh;
    return "这份表";
}

const char *page_typed(const struct page *p, const char *field, const char *other)
{
    bool reads = p->r->call->method == HTTP_GET || (p->r->route && p->r->route->flags & R_READ);
    if (!p->r->form || (reads && !form_has(p->r->form, field)))
        return other;
    return form_raw(p->r->form, field);
}

const char *page_url(struct ctx *c, const struct req *r, const char *path)
{
    return arena_printf(c->arena, "%s://%s%s", r->call->https ? "https" : "http",
                        str_or(http_header(r->call, "Host"), "localhost"), path);
}

/* What to do next, where the error alone does not say it. */
static const struct page_link *way_on(const struct req *r, enum err e)
{
    static const struct page_link todo = { "/todo", "回到待办", "todo", CAP_MEMBER },
                                  home = { "/", "回到首页", "home", CAP_PUBLIC },
                                  sign = { "/sign-in", "去登录", "user", CAP_PUBLIC },
                                  second = { "/account/second", "输入动态码", "lock", CAP_MEMBER };
    if (e == E_SIGN_IN)
        return &sign;
    if (e == E_SECOND_FACTOR)
        return &second;
    return r->session ? &todo : &home;
}

void page_error(struct ctx *c, struct req *r, enum err e)
{
    r->error = e;
    const struct page *p = page_new(c, r, "没有办成", "", "");
    bool post = r->call->method == HTTP_POST;
    tmpl_error_page(req_html(c, r), p, err_zh(e), way_on(r, e), post, err_http(e) >= 500);
}

enum err page_sheet(struct ctx *c, struct req *r, const struct sheet *s, bool xlsx)
{
    struct bytes out;
    TRY(xlsx ? sheet_xlsx(c, s, &out) : sheet_csv(c, s, &out));
    return req_file(r, out,
                    xlsx ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                         : "text/csv; charset=utf-8",
                    arena_printf(c->arena, "%s.%s", s->title, xlsx ? "xlsx" : "csv"), true);
}

const char *money_text(struct ctx *c, int64_t fen)
{
    char digits[32];
    uint64_t whole = (uint64_t)(fen < 0 ? -fen : fen) / 100,
             rest = (uint64_t)(fen < 0 ? -fen : fen) % 100;
    int n = snprintf(digits, sizeof digits, "%" PRIu64, whole);
    char *out = arena_alloc(c->arena, 64), *p = out;
    if (fen < 0)
        *p++ = '-';
    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0)
            *p++ = ',';
        *p++ = digits[i];
    }
    snprintf(p, 8, ".%02" PRIu64, rest);
    return out;
}
