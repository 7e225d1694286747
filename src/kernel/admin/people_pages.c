/* SPDX-License-Identifier: Apache-2.0
 * people_pages.c - the security administrator: accounts, posts, sessions, leave. An administrator
 * acts on others only, and only where their own post reaches. */
#include "core/day.h"
#include "core/idno.h"
#include "kernel/admin/admin.h"
#include "kernel/admin/people_tmpl.h"

enum { NAME_CHARS_MAX = 30, WORDS_MAX = 200, ID_MAX = INT64_MAX / 4 };
static const char *const kind_names[] = { "agent",      "window",  "chief",      "supervisor",
                                          "officer",    "centre",  "department", "office",
                                          "observer",   "auditor", "sysadmin",   "secadmin",
                                          "auditadmin", NULL };
/* clang-format off */
static const struct field find_form[] = { { "q", F_TEXT, 0, 0, NAME_CHARS_MAX, NULL, "姓名" } };
static const struct field add_form[] = {
    { "name",  F_TEXT,  F_REQUIRED, 2, NAME_CHARS_MAX, NULL, "姓名" },
    { "phone", F_PHONE, F_REQUIRED, 0, PHONE_MAX,      NULL, "手机号" },
};
static const struct field choose_form[] = {
    { "q",     F_TEXT,   0, 0, NAME_CHARS_MAX, NULL,       "地方" },
    { "kind",  F_CHOICE, 0, 0, 0,              kind_names, "岗位" },
    { "place", F_PLACE,  0, 0, 0,              NULL,       "地方" },
};
static const struct field appoint_form[] = {
    { "kind",     F_CHOICE, F_REQUIRED, 0, 0,         kind_names, "岗位" },
    { "place",    F_PLACE,  F_REQUIRED, 0, 0,         NULL,       "地方" },
    { "body",     F_INT,    0,          0, ID_MAX,    NULL,       "单位" },
    { "from",     F_DATE,   F_REQUIRED, 0, 0,         NULL,       "从哪天起" },
    { "to",       F_DATE,   0,          0, 0,         NULL,       "到哪天止" },
    { "decision", F_TEXT,   F_REQUIRED, 2, WORDS_MAX, NULL,       "任命的决定" },
};
static const struct field id_form[] = { { "id", F_INT, F_REQUIRED, 0, ID_MAX, NULL, "编号" } };
static const struct field lend_form[] = {
    { "to",       F_INT,  F_REQUIRED, 1, ID_MAX,    NULL, "谁代办" },
    { "from_day", F_DATE, F_REQUIRED, 0, 0,         NULL, "从哪天起" },
    { "to_day",   F_DATE, F_REQUIRED, 0, 0,         NULL, "到哪天止" },
    { "reason",   F_TEXT, F_REQUIRED, 2, WORDS_MAX, NULL, "为什么" },
};
/* clang-format on */

static int32_t today(const struct ctx *c)
{
    return day_of_ms(c->now_ms);
}

/* The account that the address names. */
static enum err who(struct ctx *c, struct req *r, struct staff *out)
{
    char *end;
    long long id = strtoll(r->word, &end, 10);
    if (*end || id <= 0)
        return fail(c, E_NOT_FOUND, "no account number");
    return staff_load(c, id, today(c), out);
}

/* The same for a change: not oneself, and only within one's own area. */
static enum err whom(struct ctx *c, struct req *r, struct staff *out)
{
    TRY(who(c, r, out));
    if (out->a.id == c->account_id)
        return fail(c, E_SAME_PERSON, "an administrator's own account");
    return out->mine ? OK : fail(c, E_FORBIDDEN, "a post outside of the actor's area");
}

static enum err changed(struct ctx *c, struct req *r, const struct staff *s, const char *say)
{
    req_drop_sessions(r, s->a.id);
    req_say(r, say);
    return req_go(c, r, "/admin/people/%" PRId64, s->a.id);
}

/* ---- accounts ---- */
static enum err get_people(struct ctx *c, struct req *r)
{
    struct people all;
    TRY(people_find(c, form_text(r->form, "q"), today(c), &all));
    tmpl_people(req_html(c, r), page_new(c, r, "账号", "/admin/people", ""), &all);
    return OK;
}

static enum err get_add(struct ctx *c, struct req *r)
{
    tmpl_people_add(req_html(c, r), page_new(c, r, "加账号", "/admin/people", "账号"));
    return OK;
}

/* Shown by the answer to the POST itself and kept nowhere: asked again, it is not there. */
static enum err show_code(struct ctx *c, struct req *r, int64_t id, const char *name,
                          const char *code)
{
    const struct page *p = page_new(c, r, "一次性口令", "/admin/people", "账号");
    tmpl_once_code(req_html(c, r), p, id, name, code);
    return OK;
}

static enum err post_add(struct ctx *c, struct req *r)
{
    int64_t id;
    const char *code, *name = form_text(r->form, "name");
    TRY(account_add(c, name, form_text(r->form, "phone"), &id, &code));
    return show_code(c, r, id, name, code);
}

static enum err get_one(struct ctx *c, struct req *r)
{
    struct staff s;
    TRY(who(c, r, &s));
    tmpl_staff(req_html(c, r), page_new(c, r, s.a.name, "/admin/people", "账号"), &s);
    return OK;
}

static enum err post_reset(struct ctx *c, struct req *r)
{
    struct staff s;
    const char *code;
    TRY(whom(c, r, &s));
    if (s.a.closed_ms)
        return fail(c, E_GONE, "account is closed");
    TRY(account_reset(c, s.a.id, &code));
    req_drop_sessions(r, s.a.id);
    return show_code(c, r, s.a.id, s.a.name, code);
}

static enum err post_unlock(struct ctx *c, struct req *r)
{
    struct staff s;
    TRY(whom(c, r, &s));
    TRY(account_passed(c, s.a.id));
    return changed(c, r, &s, "解锁了。");
}

static enum err post_close(struct ctx *c, struct req *r)
{
    struct staff s;
    TRY(whom(c, r, &s));
    for (size_t i = 0; i < s.n_posts; i++)
        TRY(post_end(c, s.posts[i].id, today(c)));
    TRY(account_close(c, s.a.id));
    return changed(c, r, &s, "停用了，岗位也都免了。");
}

static enum err post_session(struct ctx *c, struct req *r)
{
    struct staff s;
    TRY(whom(c, r, &s));
    TRY(session_end(c, s.a.id, form_int(r->form, "id")));
    return changed(c, r, &s, "那边已经退出。");
}

/* ---- posts ---- */
static enum err appoint_fill(struct ctx *c, struct req *r, struct appoint *a)
{
    int kind = post_kind_named(a->kind);
    struct place *found = NULL;
    struct body *bodies = NULL;
    a->today = today(c);
    if (*a->q)
        TRY(place_find(c, a->q, ctx_place(c, CAP_SECURITY_ADMIN), &found, &a->n_found));
    a->found = found;
    if (kind < 0 || !*a->place)
        return OK;
    if (post_kind((enum post_kind_no)kind)->needs_body)
        TRY(body_list(c, a->place, &bodies, &a->n_bodies));
    a->bodies = bodies;
    int32_t from = form_has(r->form, "from") ? (int32_t)form_int(r->form, "from") : today(c);
    return post_clash(c, a->who->a.id, (enum post_kind_no)kind, from, &a->clash);
}

static enum err get_appoint(struct ctx *c, struct req *r)
{
    struct staff s;
    TRY(whom(c, r, &s));
    struct appoint a = { .who = &s,
                         .q = form_text(r->form, "q"),
                         .kind = form_text(r->form, "kind"),
                         .place = form_text(r->form, "place") };
    TRY(appoint_fill(c, r, &a));
    tmpl_appoint(req_html(c, r), page_new(c, r, "任命岗位", "/admin/people", s.a.name), &a);
    return OK;
}

static enum err post_appointed(struct ctx *c, struct req *r)
{
    struct staff s;
    struct place place;
    const struct form *f = r->form;
    TRY(whom(c, r, &s));
    if (s.a.closed_ms)
        return fail(c, E_GONE, "account is closed");
    enum err e = place_require(c, form_text(f, "place"), &place);
    if (e)
        return e == E_PLACE || e == E_PLACE_MERGED ? fail_field(c, "place", e) : e;
    if (!ctx_may(c, CAP_SECURITY_ADMIN, place.code))
        return fail(c, E_FORBIDDEN, "place outside of the actor's area");
    if (form_has(f, "to") && form_int(f, "to") < form_int(f, "from"))
        return fail_field(c, "to", E_OUT_OF_RANGE);
    if (form_has(f, "body")) {
        struct body b;
        struct ctx probe = *c;
        struct key k = { place_county(place.code), form_int(f, "body") };
        if (body_load(&probe, k, &b) != OK || !str_eq(b.place, place.code) || b.valid_to)
            return fail_field(c, "body", E_NOT_CHOICE);
    }
    struct post p = { .account = s.a.id,
                      .kind = form_text(f, "kind"),
                      .place = place.code,
                      .body = form_int(f, "body"),
                      .from_day = form_int(f, "from"),
                      .to_day = form_int(f, "to"),
                      .decision = form_text(f, "decision") };
    TRY(post_appoint(c, &p));
    return changed(c, r, &s, "任命好了，马上生效。");
}

static enum err post_end_post(struct ctx *c, struct req *r)
{
    struct staff s;
    TRY(whom(c, r, &s));
    for (size_t i = 0; i < s.n_posts; i++)
        if (s.posts[i].id == form_int(r->form, "id")) {
            TRY(post_end(c, s.posts[i].id, today(c)));
            return changed(c, r, &s, "岗位免了。");
        }
    return fail(c, E_NOT_FOUND, "not a post of this account");
}

/* ---- leave ---- */
static enum err get_delegations(struct ctx *c, struct req *r)
{
    struct delegation *all;
    size_t n;
    TRY(delegation_list(c, today(c), &all, &n));
    const struct page *p = page_new(c, r, "请假代办", "/admin/people", "账号");
    tmpl_delegations(req_html(c, r), p, all, n);
    return OK;
}

static enum err get_lend(struct ctx *c, struct req *r)
{
    struct staff s;
    struct account_line *found = NULL;
    size_t n = 0;
    TRY(whom(c, r, &s));
    const char *q = form_text(r->form, "q");
    if (*q)
        TRY(account_list(c, q, &found, &n));
    struct lend l = { &s, q, found, n, today(c) };
    tmpl_lend(req_html(c, r), page_new(c, r, "请假代办", "/admin/people", s.a.name), &l);
    return OK;
}

static enum err post_lend(struct ctx *c, struct req *r)
{
    struct staff s, to;
    const struct form *f = r->form;
    TRY(whom(c, r, &s));
    struct ctx probe = *c;
    enum err e = staff_load(&probe, form_int(f, "to"), today(c), &to);
    if (e == E_NOT_FOUND || (!e && to.a.closed_ms))
        return fail_field(c, "to", E_NOT_CHOICE);
    TRY(e);
    if (!to.mine)
        return fail_field(c, "to", to.a.id == c->account_id ? E_SAME_PERSON : E_FORBIDDEN);
    struct delegation d = { .from = s.a.id,
                            .to = to.a.id,
                            .from_day = form_int(f, "from_day"),
                            .to_day = form_int(f, "to_day"),
                            .reason = form_text(f, "reason") };
    TRY(delegation_add(c, &d));
    req_drop_sessions(r, to.a.id);
    req_say(r, "记下了，到日子自动收回。");
    return req_go(c, r, "/admin/delegations");
}

static enum err post_lend_end(struct ctx *c, struct req *r)
{
    struct delegation d;
    struct staff s;
    TRY(delegation_load(c, form_int(r->form, "id"), &d));
    TRY(staff_load(c, d.from, today(c), &s));
    if (!s.mine)
        return fail(c, E_FORBIDDEN, "not an account of the actor's area");
    TRY(delegation_end(c, d.id));
    req_drop_sessions(r, d.to);
    req_say(r, "收回了。");
    return req_go(c, r, "/admin/delegations");
}

/* clang-format off */
#define SEC CAP_SECURITY_ADMIN, R_SECOND
static const struct route routes[] = {
    { HTTP_GET,  "/admin/people",                  SEC, "账号名单",       get_people,      COLS(find_form),    NULL, NULL },
    { HTTP_GET,  "/admin/people/add",              SEC, "加账号页",       get_add,         NULL, 0,            NULL, NULL },
    { HTTP_POST, "/admin/people/add",              SEC, "加账号",         post_add,        COLS(add_form),     NULL, get_add },
    { HTTP_GET,  "/admin/people/{word}",           SEC, "一个账号",       get_one,         NULL, 0,            NULL, NULL },
    { HTTP_POST, "/admin/people/{word}/reset",     SEC, "发新的一次性口令", post_reset,    NULL, 0,            NULL, get_one },
    { HTTP_POST, "/admin/people/{word}/unlock",    SEC, "解锁账号",       post_unlock,     NULL, 0,            NULL, get_one },
    { HTTP_POST, "/admin/people/{word}/close",     SEC, "停用账号",       post_close,      NULL, 0,            NULL, get_one },
    { HTTP_POST, "/admin/people/{word}/sessions",  SEC, "让账号退出登录", post_session,    COLS(id_form),      NULL, get_one },
    { HTTP_GET,  "/admin/people/{word}/appoint",   SEC, "任命岗位页",     get_appoint,     COLS(choose_form),  NULL, NULL },
    { HTTP_POST, "/admin/people/{word}/appoint",   SEC, "任命岗位",       post_appointed,  COLS(appoint_form), NULL, get_appoint },
    { HTTP_POST, "/admin/people/{word}/posts/end", SEC, "免去岗位",       post_end_post,   COLS(id_form),      NULL, get_one },
    { HTTP_GET,  "/admin/people/{word}/lend",      SEC, "请假代办页",     get_lend,        COLS(find_form),    NULL, NULL },
    { HTTP_POST, "/admin/people/{word}/lend",      SEC, "请假代办",       post_lend,       COLS(lend_form),    NULL, get_lend },
    { HTTP_GET,  "/admin/delegations",             SEC, "请假代办名单",   get_delegations, NULL, 0,            NULL, NULL },
    { HTTP_POST, "/admin/delegations/end",         SEC, "收回代办",       post_lend_end,   COLS(id_form),      NULL, get_delegations },
};
/* clang-format on */
ROUTES(routes)
