/* SPDX-License-Identifier: Apache-2.0
 * pool.h - a few threads for slow pure work (password hashing, PDF), each with a read connection, so
 * that no loop ever waits for it. */
#pragma once
#include "store/db.h"

enum { POOL_QUEUE_MAX = 256 };
struct pool_job {
    void (*run)(void *arg, struct db *db);
    void *arg;
    struct pool_job *next; /* the pool's own */
};
struct pool;
/* Opens a connection per thread and starts them; fails as db_open does. url must outlive it. */
enum err pool_start(struct ctx *c, const char *url, unsigned threads, struct pool **out) MUST_USE;
/* E_UNAVAILABLE when POOL_QUEUE_MAX jobs wait. */
enum err pool_submit(struct ctx *c, struct pool *p, struct pool_job *job) MUST_USE;
/* Finishes what was accepted, then stops. */
void pool_stop(struct pool *p);
