/* SPDX-License-Identifier: Apache-2.0
 * site_pages.c - what every site has: whom to phone, whether it lives, counters for those who watch
 * it, and the small files that browsers and robots ask for. */
#include "core/day.h"
#include "kernel/site/help_tmpl.h"
#include "kernel/site/site.h"
#include "store/setting.h"

enum { PROBE_MS = 2000, SECURITY_DAYS = 180 };
/* clang-format off */
static const struct field help_form[] = { { "at", F_PLACE, 0, 0, 0, NULL, "地方" } };
/* clang-format on */

/* ---- whom to phone ---- */
/* The place to begin at: what was asked for, else the instance's own county, else its city. */
static enum err help_place(struct ctx *c, struct req *r, struct place *out)
{
    const char *at = form_text(r->form, "at");
    struct ctx probe = *c;
    if (!*at && r->session)
        at = r->session->home;
    if (!*at)
        TRY(setting_get(c, "county", "", &at));
    if (strlen(at) > 9)
        at = place_at(c, at, PLACE_TOWNSHIP);
    enum err e = *at ? place_load(&probe, at, out) : E_NOT_FOUND;
    if (e == E_NOT_FOUND)
        *out = (struct place){ .code = "", .name = "" };
    return e == E_NOT_FOUND ? OK : e;
}

/* Bodies with something to tell come first in the list, the others not at all. */
static size_t known(struct body *all, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (*all[i].phone || *all[i].address || *all[i].hours)
            all[kept++] = all[i];
    return kept;
}

static enum err get_help(struct ctx *c, struct req *r)
{
    struct help h = { .bodies = NULL };
    struct place at, *below = NULL;
    struct body *bodies = NULL;
    TRY(setting_get(c, "help_phone", "", &h.phone));
    TRY(setting_get(c, "help_words", "", &h.words));
    TRY(help_place(c, r, &at));
    if (*at.code) {
        TRY(body_list(c, at.code, &bodies, &h.n_bodies));
        h.n_bodies = known(bodies, h.n_bodies);
        if (at.level < PLACE_TOWNSHIP)
            TRY(place_children(c, at.code, &below, &h.n_below));
    }
    h.at = &at;
    h.bodies = bodies;
    h.below = below;
    tmpl_help(req_html(c, r), page_new(c, r, "打电话", "/help", ""), &h);
    return OK;
}

/* ---- for those who watch over the server ---- */
static enum err text(struct ctx *c, struct req *r, const char *words)
{
    (void)c;
    struct bytes b = { (const uint8_t *)words, strlen(words) };
    return req_file(r, b, "text/plain; charset=utf-8", NULL, false);
}

/* On the pool: waits for the writer. Reads, too: who asks has been read from the database. */
static enum err get_health(struct ctx *c, struct req *r)
{
    const char *county;
    enum err e = setting_get(c, "county", "", &county);
    if (!e)
        e = app_probe(r->app, PROBE_MS);
    if (e) {
        r->status = 503;
        return text(c, r, "not ok\n");
    }
    return text(c, r, "ok\n");
}

bool site_is_local(struct http_call *call)
{
    bool loopback = str_eq(call->remote, "127.0.0.1") || str_eq(call->remote, "::1") ||
                    str_eq(call->remote, "::ffff:127.0.0.1");
    return loopback && !http_header(call, "X-Forwarded-For") && !http_header(call, "Forwarded") &&
           !http_header(call, "Via") && !http_header(call, "X-Real-IP");
}

static enum err get_metrics(struct ctx *c, struct req *r)
{
    if (!site_is_local(r->call))
        return fail(c, E_NOT_FOUND, "counters are for this machine");
    return req_file(r, app_metrics(c, r->app), "text/plain; version=0.0.4; charset=utf-8", NULL,
                    false);
}

/* ---- small files ---- */
static enum err get_robots(struct ctx *c, struct req *r)
{
    return text(c, r,
                "User-agent: *\nDisallow: /admin\nDisallow: /api\nDisallow: /progress\n"
                "Disallow: /sign-in\n");
}

static enum err get_favicon(struct ctx *c, struct req *r)
{
    return req_go(c, r, "%s", app_asset(r->app, "favicon.ico"));
}

/* RFC 9116. */
static enum err get_security(struct ctx *c, struct req *r)
{
    const char *contact;
    TRY(setting_get(c, "security_contact", "", &contact));
    if (!*contact)
        contact = page_url(c, r, "/help");
    int64_t until = ms_of_day(day_of_ms(c->now_ms) + SECURITY_DAYS);
    return text(c, r,
                arena_printf(c->arena,
                             "Contact: %s\nExpires: %s\nPreferred-Languages: zh, en\n"
                             "Canonical: %s\n",
                             contact, ms_iso(c->arena, until),
                             page_url(c, r, "/.well-known/security.txt")));
}

/* clang-format off */
static const struct route routes[] = {
    { HTTP_GET, "/help",                     CAP_PUBLIC, R_CACHED, "打电话",       get_help,     COLS(help_form), NULL, NULL },
    { HTTP_GET, "/healthz",                  CAP_PUBLIC, R_POOL,   "是否正常",     get_health,   NULL, 0,         NULL, NULL },
    { HTTP_GET, "/metrics",                  CAP_PUBLIC, 0,        "计数",         get_metrics,  NULL, 0,         NULL, NULL },
    { HTTP_GET, "/robots.txt",               CAP_PUBLIC, R_CACHED, "给搜索引擎的", get_robots,   NULL, 0,         NULL, NULL },
    { HTTP_GET, "/favicon.ico",              CAP_PUBLIC, R_CACHED, "小图标",       get_favicon,  NULL, 0,         NULL, NULL },
    { HTTP_GET, "/.well-known/security.txt", CAP_PUBLIC, R_CACHED, "安全联系人",   get_security, NULL, 0,         NULL, NULL },
};
/* clang-format on */
ROUTES(routes)
