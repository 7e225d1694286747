/* SPDX-License-Identifier: Apache-2.0
 * gate.c - the one way in: find the route, know the visitor, check capability, rate, origin and
 * form; then a GET answers from a snapshot on its loop, and a POST becomes a job of the writer. */
#include "web/gate.h"
#include "crypto/random.h"
#include <sys/random.h>

enum { CLIENT_PER_MINUTE = 600, CLIENT_BURST = 300 };

static enum err rate_ok(struct app *a, struct req *r)
{
    if (a->conf.no_rates)
        return OK;
    int64_t now = r->state->c.now_ms;
    const char *who = r->call->remote;
    bool ok = rates_take(a->rates, "any", who, now, 1200, 600);
    if (ok && r->call->method == HTTP_POST)
        ok = rates_take(a->rates, "post", who, now, 240, 120);
    if (ok && (r->route->flags & R_STRICT) && r->call->method == HTTP_POST)
        ok = rates_take(a->rates, "strict", who, now, 20, 20);
    return ok ? OK : fail(&r->state->c, E_RATE, "too many requests from one address");
}

/* ---- the head ---- */
static struct req *req_new(struct app *a, struct http_call *call)
{
    struct req *r = ARENA_NEW(call->arena, struct req);
    r->state = ARENA_NEW(call->arena, struct req_state);
    r->app = a;
    r->call = call;
    call->user = r;
    struct ctx *c = &r->state->c;
    c->arena = call->arena;
    c->now_ms = app_now(a);
    c->signer = a->conf.signer;
    uint32_t id[2];
    CHECK(getrandom(id, sizeof id, 0) == sizeof id);
    snprintf(c->request_id, sizeof c->request_id, "%08x%08x", id[0], id[1]);
    return r;
}

static enum err find_route(struct req *r)
{
    const char *path = r->call->path;
    r->api = str_starts(path, "/api/v1/");
    enum err e = route_find(r->call->method, r->api ? path + 7 : path, &r->route, &r->key, r->word);
    if (!e && r->api && !(r->route->flags & R_API))
        e = E_NOT_FOUND;
    return e ? fail(&r->state->c, e, "no route") : OK;
}

bool gate_head(void *arg, struct http_call *call, size_t *body_max)
{
    struct app *a = arg;
    if (str_starts(call->path, "/static/") && call->method != HTTP_POST) {
        if (assets_answer(a->assets, call))
            return false;
    }
    struct req *r = req_new(a, call);
    enum err e = find_route(r);
    if (!e)
        e = rate_ok(a, r);
    if (e) {
        answer_error(&r->state->c, r, e);
        return false;
    }
    *body_max = call->method != HTTP_POST    ? 0
                : r->route->flags & R_UPLOAD ? (size_t)UPLOAD_BODY_MAX
                                             : (size_t)FORM_BODY_MAX;
    return true;
}

/* ---- who ---- */
/* A program's token is no cookie: it opens the API only. */
static const char *token_of(struct req *r)
{
    const char *bearer = http_header(r->call, "Authorization");
    if (r->api && bearer && strncasecmp(bearer, "Bearer ", 7) == 0)
        return bearer + 7;
    const char *cookie = http_cookie(r->call, "xy");
    return cookie && str_starts(cookie, CLIENT_TOKEN_HEAD) ? NULL : cookie;
}

static void become(struct req *r, const struct session *s)
{
    struct ctx *c = &r->state->c;
    r->session = &r->state->session;
    if (s != r->session)
        *r->session = *s;
    c->account_id = s->account;
    c->person = s->person;
    c->actor = r->session->actor;
    c->rights = r->session->rights;
    c->n_rights = s->n_rights;
    c->second_factor = s->second_ms != 0;
}

static enum err know_visitor(struct app *a, struct req *r)
{
    struct ctx *c = &r->state->c;
    uint8_t hash[32];
    const char *elder = http_cookie(r->call, "xye");
    r->elder = elder && str_eq(elder, "1");
    r->partial = http_header(r->call, "HX-Request") != NULL;
    if (!session_token_hash(token_of(r), hash))
        return OK;
    if (session_cache_get(a->sessions, hash, c->now_ms, &r->state->session)) {
        become(r, &r->state->session);
        return OK;
    }
    uint64_t turn = session_cache_turn(a->sessions);
    enum err e = a->conf.hooks.session_load(c, hash, &r->state->session);
    if (e == E_SIGN_IN) {
        c->why[0] = '\0'; /* a session that ended is a visitor without one */
        return OK;
    }
    TRY(e);
    session_cache_put(a->sessions, &r->state->session, c->now_ms, turn);
    become(r, &r->state->session);
    return OK;
}

static enum err may_come(struct req *r)
{
    struct ctx *c = &r->state->c;
    uint32_t needs = r->route->needs;
    if (!r->session && r->api && http_header(r->call, "Authorization"))
        return fail(c, E_SIGN_IN, "a token that is not known, stopped or over");
    if (r->session && r->session->client && !r->app->conf.no_rates &&
        !rates_take(r->app->rates, "client", r->session->actor, c->now_ms, CLIENT_PER_MINUTE,
                    CLIENT_BURST))
        return fail(c, E_RATE, "too many requests of one client");
    if (!r->session && (needs & ~(uint32_t)CAP_PUBLIC))
        return fail(c, E_SIGN_IN, "needs %#x", (unsigned)needs);
    if (!ctx_may_somewhere(c, needs))
        return fail(c, E_FORBIDDEN, "route needs %#x", (unsigned)needs);
    if ((r->route->flags & R_SECOND) && !c->second_factor)
        return fail(c, E_SECOND_FACTOR, "route needs the second factor");
    return OK;
}

/* ---- what they sent ---- */
static bool same_origin(struct req *r, const char *url)
{
    const char *host = http_header(r->call, "Host"), *at = strstr(url, "://");
    if (!host || !at)
        return false;
    size_t n = strlen(host);
    return strncasecmp(at + 3, host, n) == 0 && (at[3 + n] == '\0' || at[3 + n] == '/');
}

/* A page of another site cannot make our visitor's browser act: Origin (or Referer), then token. */
static enum err check_csrf(struct req *r)
{
    struct ctx *c = &r->state->c;
    if (r->api && http_header(r->call, "Authorization"))
        return OK;
    const char *from = http_header(r->call, "Origin");
    if (!from || str_eq(from, "null"))
        from = http_header(r->call, "Referer");
    if (from && !same_origin(r, from))
        return fail(c, E_CSRF, "another origin");
    const char *site = http_header(r->call, "Sec-Fetch-Site");
    if (site && !str_eq(site, "same-origin") && !str_eq(site, "none"))
        return fail(c, E_CSRF, "Sec-Fetch-Site");
    if (r->session && (!r->form || !str_eq(r->form->csrf, r->session->csrf))) {
        const char *header = http_header(r->call, "X-CSRF");
        if (!header || !str_eq(header, r->session->csrf))
            return fail(c, E_CSRF, "token");
    }
    return OK;
}

static enum err pairs_of(struct req *r, struct form_pair **pairs, size_t *n)
{
    struct ctx *c = &r->state->c;
    struct http_call *call = r->call;
    if (call->method != HTTP_POST)
        return form_pairs_url(c, call->query, strlen(call->query), pairs, n);
    const char *type = str_or(http_header(call, "Content-Type"), "");
    if (strncasecmp(type, "application/x-www-form-urlencoded", 33) == 0)
        return form_pairs_url(c, (const char *)call->body.ptr, call->body.len, pairs, n);
    if (strncasecmp(type, "multipart/form-data", 19) == 0 && (r->route->flags & R_UPLOAD))
        return form_pairs_multipart(c, type, call->body, pairs, n);
    if (r->api && strncasecmp(type, "application/json", 16) == 0)
        return form_pairs_json(c, call->body, pairs, n);
    *pairs = NULL;
    *n = 0;
    return call->body.len == 0 ? OK : fail(c, E_MEDIA_TYPE, "content type not accepted");
}

/* chain = SHA-256(chain, SHA-256(piece)): pieces cannot run into each other. */
static void hash_piece(uint8_t chain[HASH_BYTES], const void *piece, size_t n)
{
    uint8_t both[2 * HASH_BYTES];
    memcpy(both, chain, HASH_BYTES);
    sha256((struct bytes){ piece, n }, both + HASH_BYTES);
    sha256((struct bytes){ both, sizeof both }, chain);
}

/* The body without the token, which differs when the visitor signs in again. */
static void hash_pairs(struct req *r, const struct form_pair *pairs, size_t n)
{
    uint8_t *chain = r->state->hash;
    hash_piece(chain, r->call->path, strlen(r->call->path));
    for (size_t i = 0; i < n; i++) {
        if (str_eq(pairs[i].name, "csrf"))
            continue;
        hash_piece(chain, pairs[i].name, strlen(pairs[i].name));
        hash_piece(chain, pairs[i].value, strlen(pairs[i].value));
        if (pairs[i].file.body.len)
            hash_piece(chain, pairs[i].file.body.ptr, pairs[i].file.body.len);
    }
}

static enum err read_form(struct req *r)
{
    struct ctx *c = &r->state->c;
    struct form_pair *pairs;
    size_t n;
    r->form = ARENA_NEW(c->arena, struct form);
    r->form->rid = r->form->csrf = "";
    TRY(pairs_of(r, &pairs, &n));
    enum err e = form_read(c, r->route->fields, r->route->n_fields, pairs, n, r->form);
    if (r->call->method != HTTP_POST)
        return e;
    const char *rid = http_header(r->call, "Idempotency-Key");
    rid = str_or(r->form->rid, str_or(rid, ""));
    if (strlen(rid) > REQUEST_ID_MAX)
        return fail(c, E_BAD_REQUEST, "request id too long");
    /* A request id is its sender's own: programs may well choose "1". */
    r->state->rid = !*rid ? req_new_rid(c)
                    : c->account_id > 0
                        ? arena_printf(c->arena, "%" PRId64 "/%s", c->account_id, rid)
                        : rid;
    if (!(r->route->flags & R_READ))
        hash_pairs(r, pairs, n);
    return e;
}

/* A person gives the reason for a look by where they look from; a program must say it. */
static enum err call_handler(struct ctx *c, struct req *r)
{
    TRY(r->route->handler(c, r));
    if (r->looks && r->session && r->session->client && !req_look_reason(c, r))
        return fail(c, E_LOOK_REASON, "a client without Look-Reason");
    return OK;
}

/* ---- GET ---- */
static enum err get_body(struct req *r)
{
    enum err e = read_form(r);
    if (e == E_BAD_INPUT && r->route->again && !r->api) {
        r->error = e;
        return r->route->again(&r->state->c, r);
    }
    return e ? e : call_handler(&r->state->c, r);
}

static void run_get(struct req *r, struct db *db)
{
    struct ctx *c = &r->state->c;
    c->db = db;
    enum err e = tx_read_begin(c);
    if (!e) {
        e = know_visitor(r->app, r);
        if (!e)
            e = may_come(r);
        if (!e)
            e = get_body(r);
        if (e)
            answer_error(c, r, e);
        tx_read_end(c);
    } else {
        answer_error(c, r, e);
    }
    c->db = NULL;
    r->state->result = e;
}

static enum err save_looks(struct ctx *c, void *arg)
{
    struct req *r = arg;
    return r->app->conf.hooks.look_save(c, r);
}

static void looks_saved(void *arg, enum err e)
{
    struct req *r = arg;
    r->state->result = e;
    r->state->written = true;
    http_finish(r->call);
}

/* Queues the record of who was looked at; the answer waits for it. */
static bool queue_looks(struct req *r)
{
    r->state->write =
        (struct write_job){ .c = &r->state->c, .run = save_looks, .done = looks_saved, .arg = r };
    return writer_submit(r->app->writer, &r->state->write) == OK;
}

static void pool_get(void *arg, struct db *db)
{
    struct req *r = arg;
    run_get(r, db);
    if (!r->state->result && r->looks && queue_looks(r))
        return;
    http_finish(r->call);
}

static bool start_get(struct req *r)
{
    struct ctx *c = &r->state->c;
    if (r->route->flags & R_POOL) {
        r->state->pool = (struct pool_job){ .run = pool_get, .arg = r };
        enum err e = pool_submit(c, r->app->pool, &r->state->pool);
        if (e)
            answer_error(c, r, e);
        return e != OK;
    }
    run_get(r, r->app->loop_db[r->call->loop]);
    if (!r->state->result && r->looks) {
        if (queue_looks(r))
            return false;
        answer_error(c, r, E_UNAVAILABLE);
        r->state->result = E_UNAVAILABLE;
    }
    if (!r->state->result)
        answer_fill(c, r, OK);
    return true;
}

/* ---- POST ---- */
/* May run twice: everything it sets in r is set from scratch. */
static enum err post_body(struct ctx *c, void *arg)
{
    struct req *r = arg;
    struct app *a = r->app;
    r->location = r->say = NULL;
    r->json = NULL;
    r->html = NULL;
    r->status = 0;
    r->looks = NULL;
    r->drop_account = 0;
    r->refuse = OK;
    r->state->replayed = false;
    TRY(gate_replay(c, r));
    if (r->state->replayed)
        return OK;
    if (r->route->flags & R_RECENT)
        TRY(a->conf.hooks.second_recent(c, r));
    if (!r->refuse)
        TRY(call_handler(c, r));
    if (r->refuse)
        return a->conf.hooks.audit_save(c, r, r->refuse);
    if (r->looks)
        TRY(a->conf.hooks.look_save(c, r));
    TRY(a->conf.hooks.audit_save(c, r, OK));
    if (r->session && c->now_ms - r->session->seen_ms > SESSION_SEEN_MS)
        TRY(a->conf.hooks.session_seen(c, r->session));
    return gate_remember(c, r);
}

static enum err audit_refusal(struct ctx *c, void *arg)
{
    struct req *r = arg;
    return r->app->conf.hooks.audit_save(c, r, r->state->result);
}

static void refusal_audited(void *arg, enum err e)
{
    (void)e; /* the refusal stands whether or not it could be noted */
    http_finish(((struct req *)arg)->call);
}

/* Refusals that the security administrator wants to see. */
static bool worth_noting(enum err e)
{
    return e == E_FORBIDDEN || e == E_CSRF || e == E_PASSWORD || e == E_LOCKED || e == E_CODE ||
           e == E_QUERY_CODE || e == E_POSTS_CLASH || e == E_SECOND_FACTOR;
}

static void post_done(void *arg, enum err e)
{
    struct req *r = arg;
    bool noted = e == OK && r->refuse != OK; /* by the transaction itself */
    if (e == OK && r->drop_account)
        session_cache_drop(r->app->sessions, r->drop_account);
    if (noted)
        e = r->refuse;
    r->state->result = e;
    r->state->written = true;
    if (worth_noting(e) && !noted) {
        r->state->write = (struct write_job){
            .c = &r->state->c, .run = audit_refusal, .done = refusal_audited, .arg = r
        };
        if (writer_submit(r->app->writer, &r->state->write) == OK)
            return;
    }
    http_finish(r->call);
}

static bool submit_post(struct req *r)
{
    r->state->write =
        (struct write_job){ .c = &r->state->c, .run = post_body, .done = post_done, .arg = r };
    enum err e = writer_submit(r->app->writer, &r->state->write);
    if (e)
        r->state->result = e;
    return e == OK;
}

static void pool_post(void *arg, struct db *db)
{
    struct req *r = arg;
    struct ctx *c = &r->state->c;
    c->db = db;
    enum err e = r->route->prepare(c, r);
    c->db = NULL;
    if (e)
        post_done(r, e);
    else if (!submit_post(r))
        http_finish(r->call);
}

static enum err check_post(struct req *r)
{
    TRY(know_visitor(r->app, r));
    TRY(may_come(r));
    enum err form = read_form(r);
    if (form && form != E_BAD_INPUT)
        return form;
    TRY(check_csrf(r));
    return form;
}

/* Reads who and what on the loop; true when the answer (a refusal) is there already. */
static bool start_post(struct req *r)
{
    struct ctx *c = &r->state->c;
    bool only_reads = r->route->flags & R_READ;
    c->db = r->app->loop_db[r->call->loop];
    enum err e = tx_read_begin(c);
    if (!e) {
        e = check_post(r);
        if (!e && only_reads)
            e = call_handler(c, r);
        tx_read_end(c);
    }
    c->db = NULL;
    r->state->result = e;
    if (worth_noting(e)) {
        post_done(r, e);
        return false;
    }
    if (!e && only_reads && r->looks) {
        if (queue_looks(r))
            return false;
        r->state->result = E_UNAVAILABLE;
    }
    if (e || only_reads)
        return gate_resume(r->app, r->call);
    if (r->route->prepare) {
        r->state->pool = (struct pool_job){ .run = pool_post, .arg = r };
        if (pool_submit(c, r->app->pool, &r->state->pool) == OK)
            return false;
        r->state->result = E_UNAVAILABLE;
    } else if (submit_post(r)) {
        return false;
    }
    return gate_resume(r->app, r->call);
}

bool gate_request(void *arg, struct http_call *call)
{
    (void)arg;
    struct req *r = call->user;
    return call->method == HTTP_POST ? start_post(r) : start_get(r);
}

/* The form's page again, with what was typed and what is wrong. */
static enum err show_again(struct req *r, enum err e)
{
    struct ctx *c = &r->state->c;
    c->db = r->app->loop_db[r->call->loop];
    r->error = e;
    r->location = NULL;
    r->html = NULL;
    r->json = NULL;
    r->looks = NULL;
    enum err shown = tx_read_begin(c);
    if (!shown) {
        shown = r->route->again(c, r);
        tx_read_end(c);
    }
    c->db = NULL;
    return shown;
}

static bool has_again(const struct req *r, enum err e)
{
    return r->route->again && !r->api && r->form && e != E_CSRF && e != E_SIGN_IN &&
           e != E_FORBIDDEN && e != E_NOT_FOUND;
}

/* The page of a refused form; whom it shows is recorded before it leaves. True: it is the answer.
 */
static bool answer_again(struct req *r, enum err e)
{
    struct ctx *c = &r->state->c;
    r->state->shown = e;
    if (r->looks && queue_looks(r))
        return false;
    if (r->looks)
        answer_error(c, r, E_UNAVAILABLE);
    else
        answer_fill(c, r, e);
    return true;
}

bool gate_resume(void *arg, struct http_call *call)
{
    (void)arg;
    struct req *r = call->user;
    struct ctx *c = &r->state->c;
    enum err e = r->state->result;
    if (r->state->shown) { /* its look is recorded, or could not be */
        if (e)
            answer_error(c, r, e);
        else
            answer_fill(c, r, r->state->shown);
        return true;
    }
    if (call->method != HTTP_POST) {
        if (e && call->status == 0)
            answer_error(c, r, e);
        else if (e && r->state->written) /* the look could not be recorded */
            answer_error(c, r, e);
        else if (!e)
            answer_fill(c, r, OK);
        return true;
    }
    if (e && has_again(r, e) && show_again(r, e) == OK)
        return answer_again(r, e);
    if (e)
        answer_error(c, r, e);
    else
        answer_fill(c, r, OK);
    return true;
}
