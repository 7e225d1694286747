/* SPDX-License-Identifier: Apache-2.0
 * writer.h - where every change is made. On SQLite one thread takes all jobs that wait, runs each
 * in a savepoint, commits once, and only then says "done" to each: group commit. On PostgreSQL
 * several threads each run one job in a serializable transaction of its own, again when asked to.
 *
 * A job may run twice: no output, no message, no use of a key inside it (the outbox is for those).
 */
#pragma once
#include "store/db.h"

enum { WRITER_QUEUE_MAX = 8192, WRITER_GROUP_MAX = 512, WRITER_PG_THREADS = 4 };

struct write_job {
    struct ctx *c; /* its db is set to the writer's while run is called, and to NULL afterwards */
    enum err (*run)(struct ctx *c, void *arg);
    /* Called once, on the writer's thread, after the commit or the failure. */
    void (*done)(void *arg, enum err e);
    void *arg;
    struct write_job *next; /* the writer's own */
    enum err result;        /* the writer's own */
};

struct writer_conf {
    const char *url;
    unsigned threads;   /* PostgreSQL only; 0: WRITER_PG_THREADS */
    unsigned group_max; /* 1: a commit per job, for measurements; 0: WRITER_GROUP_MAX */
};
struct writer_counters {
    uint64_t jobs, commits, failed, retries, waiting_now;
};

struct writer;
/* Opens its connections and starts its threads; fails as db_open does. url must outlive it. */
enum err writer_start(struct ctx *c, const struct writer_conf *conf, struct writer **out) MUST_USE;
/* Queues a job from any thread. E_UNAVAILABLE when WRITER_QUEUE_MAX jobs wait: done is not called.
 */
enum err writer_submit(struct writer *w, struct write_job *job) MUST_USE;
/* Finishes every job that was accepted, then stops. */
void writer_stop(struct writer *w);
void writer_counters(struct writer *w, struct writer_counters *out);
