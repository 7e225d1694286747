/* SPDX-License-Identifier: Apache-2.0
 * client_pages.c - the security administrator lets programs in, renews their tokens, stops them. */
#include "core/day.h"
#include "kernel/client/client_view.h"
#include "kernel/client/clients_tmpl.h"

enum { WHY_CHARS_MAX = 200, ID_MAX = INT64_MAX / 4 };
/* clang-format off */
static const struct field new_query[] = {
    { "q",     F_TEXT,  0, 0, 40, NULL, "地方" },
    { "place", F_PLACE, 0, 0, 0,  NULL, "地方" },
};
static const struct field new_form[] = {
    { "name",  F_TEXT,   F_REQUIRED, 2, CLIENT_NAME_MAX, NULL,               "名称" },
    { "place", F_PLACE,  F_REQUIRED, 0, 0,               NULL,               "地方" },
    { "body",  F_INT,    0,          0, ID_MAX,          NULL,               "单位" },
    { "scope", F_CHOICE, F_INDEXED,  0, 0,               client_scope_names, "能做什么" },
    { "why",   F_TEXT,   F_REQUIRED, 2, WHY_CHARS_MAX,   NULL,               "凭什么接入" },
};
static const struct field hook_form[] = {
    { "url",   F_TEXT, 0,         0, HOOK_URL_MAX, NULL, "推送地址" },
    { "event", F_BOOL, F_INDEXED, 0, 0,            NULL, "推送什么" },
    { "fresh", F_BOOL, 0,         0, 0,            NULL, "换一个签名密钥" },
};
/* clang-format on */

const char *client_state_zh(const struct client_row *k, int64_t now_ms)
{
    return k->stopped_ms ? "停用了" : k->until_ms <= now_ms ? "过期了" : "好用";
}

const char *client_state_class(const struct client_row *k, int64_t now_ms)
{
    return k->stopped_ms ? "no" : k->until_ms <= now_ms ? "late" : "go";
}

/* The program that the address names, within the actor's area. */
static enum err load(struct ctx *c, struct req *r, struct client_row *out)
{
    char *end;
    long long id = strtoll(r->word, &end, 10);
    if (*end || id <= 0)
        return fail(c, E_NOT_FOUND, "no number of a client");
    TRY(client_load(c, id, out));
    return ctx_may(c, CAP_SECURITY_ADMIN, out->place) ? OK
                                                      : fail(c, E_NOT_FOUND, "client out of reach");
}

static enum err get_clients(struct ctx *c, struct req *r)
{
    struct client_row *all;
    size_t n;
    TRY(client_list(c, str_or(ctx_place(c, CAP_SECURITY_ADMIN), ""), &all, &n));
    tmpl_clients(req_html(c, r), page_new(c, r, "接口", "/admin/clients", ""), all, n);
    return OK;
}

static enum err get_client(struct ctx *c, struct req *r)
{
    struct client_row k;
    struct hook_counts hooks;
    TRY(load(c, r, &k));
    TRY(hook_count(c, k.id, &hooks));
    tmpl_client(req_html(c, r), page_new(c, r, k.name, "/admin/clients", "接口"), &k, &hooks);
    return OK;
}

static enum err get_new(struct ctx *c, struct req *r)
{
    struct client_new n = { .q = form_raw(r->form, "q"), .place = form_text(r->form, "place") };
    struct place *found = NULL;
    struct body *bodies = NULL;
    if (*n.q)
        TRY(place_find(c, n.q, str_or(ctx_place(c, CAP_SECURITY_ADMIN), ""), &found, &n.n_found));
    if (*n.place)
        TRY(body_list(c, n.place, &bodies, &n.n_bodies));
    n.found = found;
    n.bodies = bodies;
    tmpl_client_new(req_html(c, r), page_new(c, r, "接入一个程序", "/admin/clients", "接口"), &n);
    return OK;
}

static int64_t scopes_of(const struct form *f)
{
    int64_t caps = 0;
    for (int i = 0; client_scope_names[i]; i++)
        for (int k = 0; client_scope_names[k]; k++)
            if (str_eq(form_text_at(f, "scope", i), client_scope_names[k]))
                caps |= INT64_C(1) << client_scopes[k];
    return caps;
}

static enum err check_place(struct ctx *c, const struct form *f, struct place *place)
{
    struct body b;
    enum err e = place_require(c, form_text(f, "place"), place);
    if (e)
        return e == E_PLACE || e == E_PLACE_MERGED ? fail_field(c, "place", e) : e;
    if (!ctx_may(c, CAP_SECURITY_ADMIN, place->code))
        return fail(c, E_FORBIDDEN, "place outside of the actor's area");
    if (form_int(f, "body") == 0)
        return OK;
    struct ctx probe = *c;
    struct key k = { place_county(place->code), form_int(f, "body") };
    bool there = body_load(&probe, k, &b) == OK && str_eq(b.place, place->code);
    return there ? OK : fail_field(c, "body", E_NOT_CHOICE);
}

/* By the answer to the POST alone: it is kept nowhere, and asked again, it is not there. */
static enum err show_once(struct ctx *c, struct req *r, const struct client_row *k,
                          const char *what, const char *token)
{
    if (r->api) {
        struct json *j = req_json(c, r);
        json_object_begin(j, NULL);
        json_int(j, "client", k->id);
        json_text(j, "token", token);
        json_object_end(j);
        return OK;
    }
    tmpl_client_token(req_html(c, r), page_new(c, r, what, "/admin/clients", "接口"), k, token);
    return OK;
}

static enum err post_new(struct ctx *c, struct req *r)
{
    struct place place;
    char token[CLIENT_TOKEN_LEN + 1];
    const struct form *f = r->form;
    TRY(check_place(c, f, &place));
    struct client_row k = { .name = form_text(f, "name"),
                            .place = place.code,
                            .body = form_int(f, "body"),
                            .caps = scopes_of(f),
                            .why = form_text(f, "why") };
    TRY(client_add(c, &k, token));
    return show_once(c, r, &k, "口令", arena_copy(c->arena, token));
}

static enum err post_renew(struct ctx *c, struct req *r)
{
    struct client_row k;
    char token[CLIENT_TOKEN_LEN + 1];
    TRY(load(c, r, &k));
    TRY(client_retoken(c, k.id, token));
    req_drop_sessions(r, k.id);
    return show_once(c, r, &k, "口令", arena_copy(c->arena, token));
}

static enum err post_stop(struct ctx *c, struct req *r)
{
    struct client_row k;
    TRY(load(c, r, &k));
    TRY(client_stop(c, k.id));
    req_drop_sessions(r, k.id);
    req_say(r, "停用了，马上不能再用。");
    return req_go(c, r, "/admin/clients/%" PRId64, k.id);
}

static enum err post_hook(struct ctx *c, struct req *r)
{
    struct client_row k;
    const char *events = "", *secret;
    TRY(load(c, r, &k));
    for (size_t i = 0; i < hook_kinds_count; i++)
        if (*form_raw_at(r->form, "event", (int)i))
            events =
                arena_printf(c->arena, "%s%s%s", events, *events ? " " : "", hook_kinds[i].name);
    struct hook_want want = { .url = form_text(r->form, "url"),
                              .events = events,
                              .fresh = form_bool(r->form, "fresh"),
                              .local = app_conf(r->app)->demo };
    TRY(hook_set(c, &k, &want, &secret));
    if (secret)
        return show_once(c, r, &k, "签名密钥", secret);
    req_say(r, *want.url ? "推送设好了。" : "不再推送。");
    return req_go(c, r, "/admin/clients/%" PRId64, k.id);
}

/* clang-format off */
#define SEC CAP_SECURITY_ADMIN, R_SECOND
static const struct route routes[] = {
    { HTTP_GET,  "/admin/clients",              SEC, "接口名单",       get_clients, NULL, 0,         NULL, NULL },
    { HTTP_GET,  "/admin/clients/new",          SEC, "接入程序页",     get_new,     COLS(new_query), NULL, NULL },
    { HTTP_POST, "/admin/clients/new",          SEC, "接入一个程序",   post_new,    COLS(new_form),  NULL, get_new },
    { HTTP_GET,  "/admin/clients/{word}",       SEC, "一个程序",       get_client,  NULL, 0,         NULL, NULL },
    { HTTP_POST, "/admin/clients/{word}/renew", SEC, "换程序的口令",   post_renew,  NULL, 0,         NULL, get_client },
    { HTTP_POST, "/admin/clients/{word}/hook",  SEC, "设程序的推送",   post_hook,   COLS(hook_form), NULL, get_client },
    { HTTP_POST, "/admin/clients/{word}/stop",  SEC, "停用程序",       post_stop,   NULL, 0,         NULL, get_client },
};
/* clang-format on */
ROUTES(routes)
