/* SPDX-License-Identifier: Apache-2.0
 * app.h - the running server: loops, writer, pool, cache and the gate before every handler. The
 * kernel gives it what only the kernel knows through hooks. */
#pragma once
#include "store/writer.h"
#include "web/assets.h"
#include "web/route.h"

struct app_hooks {
    /* The live session with this token hash, its posts and rights; E_SIGN_IN when there is none. */
    enum err (*session_load)(struct ctx *c, const uint8_t hash[32], struct session *out);
    /* In a transaction: the session was used. */
    enum err (*session_seen)(struct ctx *c, const struct session *s);
    /* In a transaction: who looked at whom. */
    enum err (*look_save)(struct ctx *c, struct req *r);
    /* In the POST's transaction (e OK), or in one of its own after a refusal worth keeping. */
    enum err (*audit_save)(struct ctx *c, struct req *r, enum err e);
    /* In the POST's transaction of an R_RECENT route: OK, a refusal, or r->refuse set. */
    enum err (*second_recent)(struct ctx *c, struct req *r);
    /* The page that says why not and what to do. */
    void (*error_page)(struct ctx *c, struct req *r, enum err e);
};

struct app_conf {
    const char *url;       /* database */
    const char *files_dir; /* uploaded files */
    struct assets *assets; /* loaded before the process confines itself; the app frees it */
    const char *address;
    uint16_t port;
    int listen_fd;  /* -1: bind address:port */
    unsigned loops; /* 0: one per core */
    bool behind_proxy;
    bool demo;
    bool no_rates;      /* measurements only */
    bool log_all;       /* a line for each request, not only for failures */
    unsigned group_max; /* writer group; 0: default */
    struct signer *signer;
    struct app_hooks hooks;
    int64_t (*now_ms)(void); /* NULL: the clock */
};

/* Starts everything; the port answers when it returns. conf must outlive the app. */
enum err app_start(struct ctx *c, const struct app_conf *conf, struct app **out) MUST_USE;
uint16_t app_port(const struct app *a);
/* Finishes what was accepted, then stops everything. */
void app_stop(struct app *a);
const struct app_conf *app_conf(const struct app *a);
const char *app_asset(const struct app *a, const char *name);
struct session_cache *app_sessions(struct app *a);
bool app_rate(struct app *a, const char *what, const char *who, int64_t now_ms, unsigned per_minute,
              unsigned burst);
/* A context for work of the system itself (tickers): account -1, fresh arena, no database. */
void app_system_ctx(struct app *a, struct ctx *c);
/* Runs body in a write transaction as the system and waits. */
enum err app_write(struct app *a, enum err (*body)(struct ctx *, void *), void *arg) MUST_USE;
/* Whether the writer commits an empty job within ms: E_UNAVAILABLE when not. At most one probe is
 * under way at a time; while one hangs, the next fails at once. */
enum err app_probe(struct app *a, int64_t ms) MUST_USE;
/* Prometheus text (version 0.0.4). */
struct bytes app_metrics(struct ctx *c, struct app *a);
