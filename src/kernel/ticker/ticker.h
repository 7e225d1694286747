/* SPDX-License-Identifier: Apache-2.0
 * ticker.h - work that nobody asks for: late rows rise, the audit chain is sealed, old request ids
 * go, the outbox is sent. Each job is a small transaction of the system's own. */
#pragma once
#include "web/app.h"

struct tick_job {
    const char *name;
    unsigned seconds;                             /* between two runs */
    enum err (*run)(struct ctx *c, void *unused); /* in a transaction; or: */
    enum err (*run_free)(struct app *a); /* outside of any: for what reaches beyond the database */
    struct tick_job *next;               /* the list's own */
    int64_t due_ms;
    _Atomic int64_t ran_ms; /* when it last ran; 0: not yet */
    _Atomic int failed;     /* enum err of that run */
};
/* Every slice may say TICK(job) once. */
void tick_add(struct tick_job *job);
#define TICK(job)                                                                                  \
    __attribute__((constructor)) static void job##_register(void)                                  \
    {                                                                                              \
        tick_add(&job);                                                                            \
    }

/* All jobs, for the page that shows their state. */
const struct tick_job *tick_jobs(void);

struct ticker;
/* Starts the thread that runs each job when it is due, and stops it. */
struct ticker *ticker_start(struct app *a);
void ticker_stop(struct ticker *t);
/* Runs every job that is a transaction once, now, on c (tests and the demonstration). */
enum err ticker_run_all(struct ctx *c) MUST_USE;
