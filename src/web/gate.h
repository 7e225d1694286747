/* SPDX-License-Identifier: Apache-2.0
 * gate.h - what app.c, gate.c and answer.c share; nobody else includes this. */
#pragma once
#include "web/app.h"
#include "web/gzip.h"
#include "web/pool.h"
#include <stdatomic.h>

enum { LATENCY_BUCKETS = 12, HASH_BYTES = 32 };

struct app {
    struct app_conf conf;
    struct http *http;
    struct writer *writer;
    struct pool *pool;
    struct assets *assets;
    struct session_cache *sessions;
    struct rates *rates;
    struct db *loop_db[HTTP_LOOPS_MAX];
    struct gzip *loop_gzip[HTTP_LOOPS_MAX];
    _Atomic uint64_t by_class[6];              /* answers by status / 100 */
    _Atomic uint64_t latency[LATENCY_BUCKETS]; /* answers by time */
    _Atomic uint64_t latency_ns;
    _Atomic uint64_t faults;                   /* our own failures, 5xx */
    atomic_bool probing;                       /* an app_probe waits for the writer */
};

/* Where a request stands between the gate's steps. */
struct req_state {
    struct ctx c;
    struct write_job write;
    struct pool_job pool;
    struct session session;
    uint8_t hash[HASH_BYTES]; /* of the body: the same request id with another body is refused */
    const char *rid;
    bool replayed, written;
    enum err result, shown; /* shown: the refusal whose page waits for its look to be recorded */
};

/* In a POST's transaction: when this request id was answered before, r becomes that answer
 * (state->replayed). E_REPLAY_DIFFERS: it came with another body. */
enum err gate_replay(struct ctx *c, struct req *r) MUST_USE;
/* Keeps the answer for the next time. */
enum err gate_remember(struct ctx *c, struct req *r) MUST_USE;

/* http_hooks */
bool gate_head(void *arg, struct http_call *call, size_t *body_max);
bool gate_request(void *arg, struct http_call *call);
bool gate_resume(void *arg, struct http_call *call);
void gate_done(void *arg, struct http_call *call);
void gate_refused(void *arg, struct http_call *call);

/* Turns what a handler filled, or an error, into status, headers and bytes. */
void answer_fill(struct ctx *c, struct req *r, enum err e);
void answer_error(struct ctx *c, struct req *r, enum err e);
/* What a handler that wrote no JSON of its own answers a program: where the result is, and the words
 * a person would read. */
void answer_json(struct ctx *c, struct req *r);
int64_t app_now(const struct app *a);
