/* SPDX-License-Identifier: Apache-2.0
 * ticker.c - see ticker.h. */
#include "kernel/ticker/ticker.h"
#include "kernel/audit/audit.h"
#include <pthread.h>
#include <time.h>

struct ticker {
    struct app *app;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping;
};
static struct tick_job *jobs;

void tick_add(struct tick_job *job)
{
    job->next = jobs;
    jobs = job;
}

const struct tick_job *tick_jobs(void)
{
    return jobs;
}

/* Request ids are kept for two days: nobody sends a form again after that. */
enum { REQUEST_DAYS = 2 };
static const struct sql SQL_FORGET = { "DELETE FROM request WHERE at_ms < $1", NULL };

static enum err forget_requests(struct ctx *c, void *unused)
{
    (void)unused;
    return db_run(c, &SQL_FORGET, IN(v_int(c->now_ms - (int64_t)REQUEST_DAYS * 86400000)));
}
static struct tick_job forget_job = { .name = "forget", .seconds = 600, .run = forget_requests };
TICK(forget_job)
static struct tick_job seal_job = { .name = "seal", .seconds = 30, .run = audit_seal };
TICK(seal_job)

static int64_t monotonic_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t wall_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool pause_a_second(struct ticker *t)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec++;
    pthread_mutex_lock(&t->lock);
    if (!t->stopping)
        pthread_cond_timedwait(&t->wake, &t->lock, &until);
    bool go_on = !t->stopping;
    pthread_mutex_unlock(&t->lock);
    return go_on;
}

static void *tick(void *arg)
{
    struct ticker *t = arg;
    while (pause_a_second(t))
        for (struct tick_job *j = jobs; j; j = j->next) {
            if (monotonic_ms() < j->due_ms)
                continue;
            j->due_ms = monotonic_ms() + (int64_t)j->seconds * 1000;
            enum err e = j->run_free ? j->run_free(t->app) : app_write(t->app, j->run, NULL);
            j->failed = (int)e;
            j->ran_ms = wall_ms();
            if (e)
                fprintf(stderr, "ticker: %s failed, will be tried again\n", j->name);
        }
    return NULL;
}

struct ticker *ticker_start(struct app *a)
{
    struct ticker *t = calloc(1, sizeof *t);
    CHECK(t != NULL && pthread_mutex_init(&t->lock, NULL) == 0 &&
          pthread_cond_init(&t->wake, NULL) == 0);
    t->app = a;
    CHECK(pthread_create(&t->thread, NULL, tick, t) == 0);
    return t;
}

void ticker_stop(struct ticker *t)
{
    pthread_mutex_lock(&t->lock);
    t->stopping = true;
    pthread_cond_signal(&t->wake);
    pthread_mutex_unlock(&t->lock);
    pthread_join(t->thread, NULL);
    pthread_cond_destroy(&t->wake);
    pthread_mutex_destroy(&t->lock);
    free(t);
}

enum err ticker_run_all(struct ctx *c)
{
    for (struct tick_job *j = jobs; j; j = j->next)
        if (j->run)
            TRY(j->run(c, NULL));
    return OK;
}
