/* SPDX-License-Identifier: Apache-2.0
 * account_pages.c - signing in and out, the first time, the second factor, one's own sessions. */
#include "core/day.h"
#include "core/idno.h"
#include "crypto/password.h"
#include "crypto/random.h"
#include "crypto/signer.h"
#include "crypto/totp.h"
#include "kernel/account/account.h"
#include "kernel/account/demo_accounts.h"
#include "kernel/account/sign_in_tmpl.h"
#include "kernel/place/place.h"
#include "kernel/post/post.h"
#include "kernel/print/qr.h"
#include <pthread.h>

/* clang-format off */
static const struct field sign_in_form[] = {
    { "phone",    F_PHONE,  F_REQUIRED, 0, PHONE_MAX,    NULL, "手机号" },
    { "password", F_SECRET, F_REQUIRED, 0, PASSWORD_BYTES_MAX, NULL, "密码" },
    { "next",     F_TEXT,   0,          0, 300,          NULL, "回到哪里" },
};
static const struct field next_form[] = { { "next", F_TEXT, 0, 0, 300, NULL, "回到哪里" } };
static const struct field first_form[] = {
    { "phone",    F_PHONE,  F_REQUIRED, 0, PHONE_MAX,    NULL, "手机号" },
    { "code",     F_SECRET, F_REQUIRED, 0, 20,           NULL, "一次性口令" },
    { "password", F_SECRET, F_REQUIRED, 0, PASSWORD_BYTES_MAX, NULL, "新密码" },
    { "again",    F_SECRET, F_REQUIRED, 0, PASSWORD_BYTES_MAX, NULL, "再输一遍" },
};
static const struct field code_form[] = {
    { "code", F_SECRET, F_REQUIRED, 0, 12,  NULL, "动态码" },
    { "next", F_TEXT,   0,          0, 300, NULL, "回到哪里" },
};
static const struct field totp_form[] = {
    { "secret", F_TEXT,   F_REQUIRED, 16, 64, NULL, "密钥" },
    { "code",   F_SECRET, F_REQUIRED, 0,  12, NULL, "动态码" },
};
static const struct field session_form[] = { { "id", F_INT, 0, 0, INT64_MAX / 4, NULL, "登录" } };
static const struct field password_form[] = {
    { "old",      F_SECRET, F_REQUIRED, 0, PASSWORD_BYTES_MAX, NULL, "现在的密码" },
    { "password", F_SECRET, F_REQUIRED, 0, PASSWORD_BYTES_MAX, NULL, "新密码" },
    { "again",    F_SECRET, F_REQUIRED, 0, PASSWORD_BYTES_MAX, NULL, "再输一遍" },
};
/* clang-format on */

/* Only a path of ours; anything else goes to the to-do list. */
static const char *safe_next(const char *next)
{
    bool ours = next[0] == '/' && next[1] != '/' && next[1] != '\\' && !strpbrk(next, "\r\n\t\\");
    return ours ? next : "/todo";
}

/* ---- signing in ---- */
static enum err get_sign_in(struct ctx *c, struct req *r)
{
    const struct demo_account *demo = NULL;
    size_t n = 0;
    if (app_conf(r->app)->demo)
        TRY(demo_accounts(c, &demo, &n));
    const struct page *p = page_new(c, r, "工作人员登录", "/sign-in", "");
    tmpl_sign_in(req_html(c, r), p, demo, n);
    return OK;
}

struct proof {
    int64_t account;
    bool good, locked;
    char hash[PASSWORD_HASH_MAX]; /* of a new password */
};

/* An unknown number costs as much time as a known one. Made once, by whichever thread comes first.
 */
static char nobodys_hash[PASSWORD_HASH_MAX];

static void make_nobodys_hash(void)
{
    if (password_hash("nobody's password", nobodys_hash) != OK)
        nobodys_hash[0] = '\0';
}

static const char *dummy_hash(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    CHECK(pthread_once(&once, make_nobodys_hash) == 0);
    return nobodys_hash;
}

static enum err prove_password(struct ctx *c, struct req *r)
{
    struct proof *p = ARENA_NEW(c->arena, struct proof);
    struct account a = { .password = "" };
    struct ctx probe = *c;
    r->prepared = p;
    const char *phone = form_text(r->form, "phone");
    if (!app_rate(r->app, "sign-in", phone, c->now_ms, 10, 10))
        return fail(c, E_RATE, "too many tries for one number");
    enum err e = account_by_phone(&probe, phone, &a);
    if (e && e != E_NOT_FOUND)
        return fail(c, e, "%s", probe.why);
    p->account = a.id;
    p->locked = a.locked_ms > c->now_ms;
    bool known = !e && *a.password && !a.closed_ms;
    const char *hash = known ? a.password : dummy_hash();
    p->good = password_ok(hash, form_text(r->form, "password")) && known && !p->locked;
    return OK;
}

static void give_session(struct ctx *c, struct req *r, const char *token)
{
    int64_t hours = 12;
    req_cookie(c, r, "xy", token, hours * 3600);
}

static enum err post_sign_in(struct ctx *c, struct req *r)
{
    const struct proof *p = r->prepared;
    struct account a;
    char token[44];
    if (p->account == 0)
        return fail(c, E_PASSWORD, "unknown number");
    TRY(account_load(c, p->account, &a));
    if (p->locked || a.locked_ms > c->now_ms)
        return fail(c, E_LOCKED, "account is locked");
    if (!p->good) {
        r->refuse = E_PASSWORD;
        return account_failed(c, &a);
    }
    TRY(account_passed(c, a.id));
    const char *agent = http_header(r->call, "User-Agent");
    TRY(session_start(c, a.id, session_device(agent), false, token));
    give_session(c, r, token);
    c->account_id = a.id;
    if (r->api) {
        struct json *j = req_json(c, r);
        json_object_begin(j, NULL);
        json_text(j, "token", token);
        json_bool(j, "second_factor_needed", a.totp_sealed.len > 0);
        json_object_end(j);
        r->status = 201;
    }
    const char *next = safe_next(str_or(form_text(r->form, "next"), "/todo"));
    if (a.totp_sealed.len)
        return req_go(c, r, "/account/second?next=%s", html_percent(c->arena, next));
    return req_go(c, r, "%s", next);
}

static enum err post_sign_out(struct ctx *c, struct req *r)
{
    TRY(session_end(c, c->account_id, r->session->id));
    req_drop_sessions(r, c->account_id);
    req_cookie(c, r, "xy", NULL, 0);
    req_say(r, "已退出。");
    return req_go(c, r, "/");
}

/* ---- the first time ---- */
static enum err get_first(struct ctx *c, struct req *r)
{
    tmpl_first(req_html(c, r), page_new(c, r, "第一次登录", "/sign-in", "工作人员登录"));
    return OK;
}

static enum err check_new_password(struct ctx *c, struct req *r)
{
    const char *password = form_text(r->form, "password");
    if (!str_eq(password, form_text(r->form, "again")))
        return fail_field(c, "again", E_NOT_CHOICE);
    const char *phone = form_has(r->form, "phone") ? form_text(r->form, "phone") : "";
    enum err weak = password_check_strength(password, phone);
    return weak ? fail_field(c, "password", weak) : OK;
}

static enum err prove_first(struct ctx *c, struct req *r)
{
    struct proof *p = ARENA_NEW(c->arena, struct proof);
    r->prepared = p;
    TRY(check_new_password(c, r));
    return password_hash(form_text(r->form, "password"), p->hash);
}

static enum err post_first(struct ctx *c, struct req *r)
{
    const struct proof *p = r->prepared;
    struct account a;
    struct ctx probe = *c;
    enum err e = account_by_phone(&probe, form_text(r->form, "phone"), &a);
    if (e == E_NOT_FOUND)
        return fail(c, E_PASSWORD, "unknown number");
    TRY(e);
    if (a.locked_ms > c->now_ms)
        return fail(c, E_LOCKED, "account is locked");
    if (!account_code_ok(c, &a, form_text(r->form, "code"))) {
        r->refuse = E_PASSWORD;
        return account_failed(c, &a);
    }
    TRY(account_set_password(c, a.id, p->hash));
    req_say(r, "密码设好了，请用它登录。");
    return req_go(c, r, "/sign-in");
}

/* ---- second factor ---- */
static enum err get_second(struct ctx *c, struct req *r)
{
    struct account a;
    TRY(account_load(c, c->account_id, &a));
    if (!a.totp_sealed.len)
        return req_go(c, r, "/account/totp");
    const char *demo = "";
    if (app_conf(r->app)->demo)
        TRY(demo_code(c, &a, &demo));
    tmpl_second(req_html(c, r), page_new(c, r, "输入动态码", "/account", "我"), demo);
    return OK;
}

static enum err post_second(struct ctx *c, struct req *r)
{
    struct account a;
    bool ok;
    TRY(account_load(c, c->account_id, &a));
    if (!a.totp_sealed.len)
        return req_go(c, r, "/account/totp");
    TRY(account_prove(c, r, &a, form_text(r->form, "code"), &ok));
    if (!ok)
        return OK;
    return req_go(c, r, "%s", safe_next(str_or(form_text(r->form, "next"), "/todo")));
}

static enum err show_totp(struct ctx *c, struct req *r, const char *secret)
{
    struct bytes qr;
    qr = qr_svg(c->arena, totp_uri(c->arena, secret, r->session->desk));
    tmpl_totp(req_html(c, r), page_new(c, r, "设动态码", "/account", "我"), secret,
              (struct safe_html){ (const char *)qr.ptr, qr.len });
    return OK;
}

static enum err get_totp(struct ctx *c, struct req *r)
{
    char secret[TOTP_SECRET_TEXT];
    totp_secret_new(secret);
    return show_totp(c, r, arena_copy(c->arena, secret));
}

static enum err again_totp(struct ctx *c, struct req *r)
{
    return show_totp(c, r, form_raw(r->form, "secret"));
}

static enum err post_totp(struct ctx *c, struct req *r)
{
    struct account a;
    int64_t step = 0;
    const char *secret = form_text(r->form, "secret");
    TRY(account_load(c, c->account_id, &a));
    if (a.totp_sealed.len && !c->second_factor)
        return fail(c, E_SECOND_FACTOR, "a second factor is set already");
    if (strspn(secret, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") != strlen(secret))
        return fail_field(c, "secret", E_NOT_TEXT);
    if (!totp_ok(secret, form_text(r->form, "code"), c->now_ms / 1000, &step))
        return fail_field(c, "code", E_CODE);
    TRY(account_set_totp(c, a.id, secret));
    TRY(account_totp_step(c, a.id, step));
    TRY(session_second(c, r->session->id, a.id));
    req_drop_sessions(r, a.id);
    req_say(r, "动态码设好了。以后重要的一步会问它。");
    return req_go(c, r, "/account");
}

/* ---- me ---- */
static enum err get_account(struct ctx *c, struct req *r)
{
    struct account a;
    struct session_row *sessions;
    struct post *posts;
    size_t n_sessions, n_posts;
    TRY(account_load(c, c->account_id, &a));
    TRY(session_list(c, a.id, &sessions, &n_sessions));
    TRY(post_list(c, a.id, day_of_ms(c->now_ms), &posts, &n_posts));
    struct me me = { &a, sessions, n_sessions, posts, n_posts };
    tmpl_account(req_html(c, r), page_new(c, r, "我", "/account", ""), &me);
    return OK;
}

static enum err post_session_end(struct ctx *c, struct req *r)
{
    TRY(session_end(c, c->account_id, form_int(r->form, "id")));
    req_drop_sessions(r, c->account_id);
    req_say(r, "那边已经退出。");
    return req_go(c, r, "/account");
}

static enum err prove_change(struct ctx *c, struct req *r)
{
    struct proof *p = ARENA_NEW(c->arena, struct proof);
    struct account a;
    r->prepared = p;
    TRY(account_load(c, c->account_id, &a));
    TRY(check_new_password(c, r));
    if (!password_ok(a.password, form_text(r->form, "old")))
        return fail_field(c, "old", E_PASSWORD);
    return password_hash(form_text(r->form, "password"), p->hash);
}

static enum err post_password(struct ctx *c, struct req *r)
{
    const struct proof *p = r->prepared;
    TRY(account_set_password(c, c->account_id, p->hash));
    req_say(r, "密码换好了。");
    return req_go(c, r, "/account");
}

/* Large text: a cookie, so that no account is needed. */
static enum err get_elder(struct ctx *c, struct req *r)
{
    req_cookie(c, r, "xye", r->elder ? NULL : "1", 365 * 86400);
    const char *next = form_text(r->form, "next");
    return req_go(c, r, "%s", *next ? safe_next(next) : "/");
}

/* clang-format off */
static const struct route routes[] = {
    { HTTP_GET,  "/sign-in",          CAP_PUBLIC, 0,                "登录页",       get_sign_in,      COLS(next_form),     NULL,           NULL },
    { HTTP_POST, "/sign-in",          CAP_PUBLIC, R_STRICT | R_API, "登录",         post_sign_in,     COLS(sign_in_form),  prove_password, get_sign_in },
    { HTTP_GET,  "/sign-in/first",    CAP_PUBLIC, 0,                "第一次登录页", get_first,        NULL, 0,             NULL,           NULL },
    { HTTP_POST, "/sign-in/first",    CAP_PUBLIC, R_STRICT,         "第一次设密码", post_first,       COLS(first_form),    prove_first,    get_first },
    { HTTP_POST, "/sign-out",         CAP_MEMBER, R_API,            "退出",         post_sign_out,    NULL, 0,             NULL,           NULL },
    { HTTP_GET,  "/account",          CAP_MEMBER, 0,                "我的账号",     get_account,      NULL, 0,             NULL,           NULL },
    { HTTP_POST, "/account/password", CAP_MEMBER, R_STRICT,         "换密码",       post_password,    COLS(password_form), prove_change,   get_account },
    { HTTP_POST, "/account/sessions", CAP_MEMBER, 0,                "退出别处登录", post_session_end, COLS(session_form),  NULL,           get_account },
    { HTTP_GET,  "/account/second",   CAP_MEMBER, 0,                "动态码页",     get_second,       COLS(next_form),     NULL,           NULL },
    { HTTP_POST, "/account/second",   CAP_MEMBER, R_STRICT | R_API, "输入动态码",   post_second,      COLS(code_form),     NULL,           get_second },
    { HTTP_GET,  "/account/totp",     CAP_MEMBER, 0,                "设动态码页",   get_totp,         NULL, 0,             NULL,           NULL },
    { HTTP_POST, "/account/totp",     CAP_MEMBER, R_STRICT,         "设动态码",     post_totp,        COLS(totp_form),     NULL,           again_totp },
    { HTTP_GET,  "/elder",            CAP_PUBLIC, 0,                "大字",         get_elder,        COLS(next_form),     NULL,           NULL },
};
/* clang-format on */
ROUTES(routes)
