/* SPDX-License-Identifier: Apache-2.0
 * answer.c - from what a handler filled to bytes: headers, pages, JSON, problems (RFC 9457), files,
 * the log line and the counters. */
#include "web/gate.h"
#include <sys/random.h>
#include <time.h>

/* ---- what handlers call ---- */
struct html *req_html(struct ctx *c, struct req *r)
{
    enum { PAGE_BYTES = 24 * 1024 };
    if (!r->html)
        r->html = html_new(c->arena, PAGE_BYTES);
    return r->html;
}

struct json *req_json(struct ctx *c, struct req *r)
{
    if (!r->json)
        r->json = json_new(c->arena);
    return r->json;
}

enum err req_go(struct ctx *c, struct req *r, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    r->location = arena_vprintf(c->arena, fmt, ap);
    va_end(ap);
    CHECK(r->location[0] == '/' && r->location[1] != '/');
    return OK;
}

void req_say(struct req *r, const char *zh)
{
    r->say = zh;
}

enum err req_file(struct req *r, struct bytes body, const char *mime, const char *name,
                  bool download)
{
    r->body = body;
    r->mime = mime;
    r->file_name = name;
    r->download = download;
    return OK;
}

const char *req_look_reason(struct ctx *c, const struct req *r)
{
    const char *said = http_header(r->call, "Look-Reason");
    const char *text = said ? http_url_decode(c->arena, said, strlen(said), false) : NULL;
    return text && strlen(text) >= LOOK_REASON_MIN && strlen(text) <= LOOK_REASON_MAX ? text : NULL;
}

void req_look(struct ctx *c, struct req *r, struct key person, const char *reason)
{
    if (c->account_id <= 0 || key_eq(person, c->person))
        return;
    for (const struct look_note *l = r->looks; l; l = l->next)
        if (key_eq(l->person, person))
            return;
    struct look_note *n = ARENA_NEW(c->arena, struct look_note);
    if (r->session && r->session->client)
        reason =
            arena_printf(c->arena, "%s（%s）", str_or(req_look_reason(c, r), "没有理由"), reason);
    *n = (struct look_note){ person, reason, r->looks };
    r->looks = n;
}

void req_cookie(struct ctx *c, struct req *r, const char *name, const char *value, int64_t seconds)
{
    const char *secure = r->call->https ? "; Secure" : "";
    http_set(r->call, "Set-Cookie",
             arena_printf(c->arena, "%s=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%" PRId64 "%s",
                          name, value ? value : "", value ? seconds : 0, secure));
}

void req_drop_sessions(struct req *r, int64_t account)
{
    CHECK(r->drop_account == 0 || r->drop_account == account);
    r->drop_account = account;
}

const char *req_new_rid(struct ctx *c)
{
    uint64_t n[2];
    CHECK(getrandom(n, sizeof n, 0) == sizeof n);
    return arena_printf(c->arena, "%016" PRIx64 "%016" PRIx64, n[0], n[1]);
}

/* Written from its end; a list asks for one per row. */
const char *key_text(struct ctx *c, struct key k)
{
    enum { COUNTY = 6, ROOM = COUNTY + 1 + 19 + 1 };
    if (k.county == 0)
        return "";
    if (k.county < 0 || k.county > 999999 || k.id < 0)
        return arena_printf(c->arena, "%06" PRId64 "-%" PRId64, k.county, k.id);
    char *text = arena_alloc(c->arena, ROOM), *to = text + ROOM - 1;
    do
        *--to = (char)('0' + k.id % 10);
    while ((k.id /= 10) != 0);
    *--to = '-';
    for (int i = 0; i < COUNTY; i++, k.county /= 10)
        *--to = (char)('0' + k.county % 10);
    return to;
}

/* ---- log and counters ---- */
static const double latency_ms[LATENCY_BUCKETS] = { 0.25, 0.5, 1,   2.5, 5,    10,
                                                    25,   50,  100, 250, 1000, 1e9 };

static double count_answer(struct app *a, const struct http_call *call)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    int64_t ns = t.tv_sec * INT64_C(1000000000) + t.tv_nsec - call->started_ns;
    double ms = (double)ns / 1e6;
    size_t i = 0;
    while (ms > latency_ms[i])
        i++;
    atomic_fetch_add_explicit(&a->latency[i], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&a->latency_ns, (uint64_t)(ns > 0 ? ns : 0), memory_order_relaxed);
    atomic_fetch_add_explicit(&a->by_class[call->status / 100 % 6], 1, memory_order_relaxed);
    return ms;
}

/* One line of JSON. The route's pattern, not the address: no personal data gets here. */
static void log_line(struct ctx *c, const struct req *r, enum err e, double ms)
{
    const struct route *route = r->route;
    char why[WHY_MAX * 2];
    size_t n = 0;
    for (const char *p = c->why; *p && n < sizeof why - 2; p++) {
        unsigned char ch = (unsigned char)*p;
        why[n++] = ch < 0x20 || ch == '"' || ch == '\\' ? ' ' : *p;
    }
    why[n] = '\0';
    fprintf(stderr,
            "{\"at\":\"%" PRId64 "\",\"id\":\"%s\",\"method\":\"%s\",\"route\":\"%s%s\","
            "\"status\":%d,\"ms\":%.2f,\"error\":\"%s\",\"why\":\"%s\"}\n",
            c->now_ms, c->request_id, r->call->method == HTTP_POST ? "POST" : "GET",
            r->api ? "/api/v1" : "", route ? route->path : "-", r->call->status, ms, err_name(e),
            e ? why : "");
}

static void finish(struct ctx *c, struct req *r, enum err e)
{
    struct app *a = r->app;
    double ms = count_answer(a, r->call);
    if (err_http(e) >= 500 && e)
        atomic_fetch_add_explicit(&a->faults, 1, memory_order_relaxed);
    if (a->conf.log_all || (e && err_http(e) >= 500))
        log_line(c, r, e, ms);
}

/* ---- bytes ---- */
/* Never an error: it may be over sooner than a cache forgets it. */
static bool is_cached(const struct req *r)
{
    bool good = r->call->status == 200 && !r->location;
    return good && r->route && (r->route->flags & R_CACHED) && !r->session && !r->elder;
}

static void common_headers(struct ctx *c, struct req *r)
{
    struct http_call *call = r->call;
    bool cached = is_cached(r);
    http_set(call, "Cache-Control", cached ? "public, max-age=30" : "no-store");
    if (cached)
        http_set(call, "Vary", "Cookie, Accept-Encoding");
    http_set(call, "X-Content-Type-Options", "nosniff");
    http_set(call, "Referrer-Policy", "same-origin");
    http_set(call, "X-Request-Id", c->request_id);
    http_set(call, "Cross-Origin-Opener-Policy", "same-origin");
    http_set(call, "Cross-Origin-Resource-Policy", "same-origin");
    http_set(call, "Permissions-Policy", "geolocation=(), camera=(), microphone=()");
    http_set(call, "Content-Security-Policy",
             "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
             "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
             "manifest-src 'self'");
    if (call->https)
        http_set(call, "Strict-Transport-Security", "max-age=31536000");
}

static void api_location(struct ctx *c, struct req *r)
{
    if (r->location)
        http_set(r->call, "Location", arena_printf(c->arena, "/api/v1%s", r->location));
}

void answer_json(struct ctx *c, struct req *r)
{
    if (r->json)
        return;
    struct json *j = req_json(c, r);
    json_object_begin(j, NULL);
    json_text(j, "location", r->location);
    json_text(j, "said", r->say);
    json_object_end(j);
}

static void fill_json(struct ctx *c, struct req *r)
{
    answer_json(c, r);
    http_set(r->call, "Content-Type", "application/json");
    api_location(c, r);
    r->call->answer = json_done(r->json);
}

static void fill_file(struct ctx *c, struct req *r)
{
    http_set(r->call, "Content-Type", r->mime);
    if (r->file_name)
        http_set(r->call, "Content-Disposition",
                 arena_printf(c->arena, "%s; filename*=UTF-8''%s",
                              r->download ? "attachment" : "inline",
                              html_percent(c->arena, r->file_name)));
    r->call->answer = r->body;
}

/* The first answer once more, byte for byte. */
static void fill_replay(struct ctx *c, struct req *r)
{
    api_location(c, r);
    fill_file(c, r);
}

static void fill_redirect(struct ctx *c, struct req *r)
{
    r->call->status = 303;
    http_set(r->call, "Location", r->location);
    if (r->say)
        http_set(r->call, "Set-Cookie",
                 arena_printf(c->arena, "xyn=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=30",
                              html_percent(c->arena, r->say)));
}

/* Only for visitors without a session: docs/decisions/compression.md. */
static void squeeze(struct ctx *c, struct req *r)
{
    struct http_call *call = r->call;
    struct gzip **g = &r->app->loop_gzip[call->loop];
    struct bytes small;
    if (r->session || call->method == HTTP_POST || call->answer.len < GZIP_BYTES_MIN ||
        !http_accepts(call, "gzip"))
        return;
    if (!*g)
        *g = gzip_new();
    if (!gzip_pack(*g, c->arena, call->answer, &small))
        return;
    call->answer = small;
    http_set(call, "Content-Encoding", "gzip");
    if (!is_cached(r))
        http_set(call, "Vary", "Accept-Encoding");
}

void answer_fill(struct ctx *c, struct req *r, enum err e)
{
    struct http_call *call = r->call;
    call->status = r->status ? r->status : err_http(e);
    common_headers(c, r);
    if (call->method == HTTP_POST && r->api && r->state->replayed && r->mime)
        fill_replay(c, r);
    else if (call->method == HTTP_POST && r->api && !r->mime)
        fill_json(c, r);
    else if (r->location)
        fill_redirect(c, r);
    else if (r->mime)
        fill_file(c, r);
    else if (r->json)
        fill_json(c, r);
    else {
        http_set(call, "Content-Type", "text/html; charset=utf-8");
        call->answer = html_done(req_html(c, r));
    }
    if (!r->mime)
        squeeze(c, r);
    finish(c, r, e);
}

/* RFC 9457. Field errors as an extension member. */
static void fill_problem(struct ctx *c, struct req *r, enum err e)
{
    struct json *j = json_new(c->arena);
    json_object_begin(j, NULL);
    json_text(j, "type", arena_printf(c->arena, "/docs/errors#%s", err_name(e)));
    json_text(j, "title", err_zh(e));
    json_text(j, "detail", err_en(e));
    json_int(j, "status", err_http(e));
    json_text(j, "code", err_name(e));
    if (r->more)
        json_text(j, "more", r->more);
    json_text(j, "instance", c->request_id);
    if (e == E_FORBIDDEN && r->route && r->session && r->session->client) {
        json_array_begin(j, "needs");
        for (int i = 0; i < CAP_COUNT; i++)
            if (r->route->needs & 1u << i)
                json_text(j, NULL, cap_name((enum cap_no)i));
        json_array_end(j);
    }
    if (c->bads) {
        json_array_begin(j, "fields");
        for (const struct bad *b = c->bads; b; b = b->next) {
            json_object_begin(j, NULL);
            json_text(j, "field", b->field);
            json_text(j, "code", err_name(b->err));
            json_text(j, "title", err_zh(b->err));
            json_object_end(j);
        }
        json_array_end(j);
    }
    json_object_end(j);
    http_set(r->call, "Content-Type", "application/problem+json");
    r->call->answer = json_done(j);
}

static bool wants_sign_in(const struct req *r, enum err e)
{
    return e == E_SIGN_IN && !r->api && r->call->method == HTTP_GET;
}

void answer_error(struct ctx *c, struct req *r, enum err e)
{
    struct http_call *call = r->call;
    call->n_out = 0;
    call->status = err_http(e);
    common_headers(c, r);
    if (e == E_SIGN_IN && r->api)
        http_set(call, "WWW-Authenticate", "Bearer");
    if (e == E_RATE || e == E_DB_BUSY || e == E_UNAVAILABLE)
        http_set(call, "Retry-After", "5");
    if (wants_sign_in(r, e)) {
        call->status = 303;
        http_set(call, "Location",
                 arena_printf(c->arena, "/sign-in?next=%s", html_percent(c->arena, call->path)));
    } else if (r->api || str_starts(call->path, "/api/")) {
        fill_problem(c, r, e);
    } else {
        r->html = NULL;
        r->app->conf.hooks.error_page(c, r, e);
        http_set(call, "Content-Type", "text/html; charset=utf-8");
        call->answer = html_done(req_html(c, r));
    }
    finish(c, r, e);
}

void gate_refused(void *arg, struct http_call *call)
{
    static const char text[] = "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\">"
                               "<title>请求的格式不对</title><p>请求的格式不对，没有办理。</p>";
    struct app *a = arg;
    atomic_fetch_add_explicit(&a->by_class[call->status / 100 % 6], 1, memory_order_relaxed);
    http_set(call, "Content-Type", "text/html; charset=utf-8");
    call->answer = (struct bytes){ (const uint8_t *)text, sizeof text - 1 };
}

void gate_done(void *arg, struct http_call *call)
{
    (void)arg, (void)call; /* everything of the request lives in its arena */
}
