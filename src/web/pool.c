/* SPDX-License-Identifier: Apache-2.0
 * pool.c - see pool.h. */
#include "web/pool.h"
#include <pthread.h>

enum { POOL_THREADS_MAX = 16 };
struct worker {
    struct pool *pool;
    struct db *db;
    pthread_t thread;
};
struct pool {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct pool_job *first, **last;
    size_t waiting;
    bool stopping;
    size_t n;
    struct worker workers[POOL_THREADS_MAX];
};

static struct pool_job *take(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    while (!p->first && !p->stopping)
        pthread_cond_wait(&p->wake, &p->lock);
    struct pool_job *job = p->first;
    if (job) {
        p->first = job->next;
        p->waiting--;
        if (!p->first)
            p->last = &p->first;
    }
    pthread_mutex_unlock(&p->lock);
    return job;
}

static void *work(void *arg)
{
    struct worker *w = arg;
    for (struct pool_job *job; (job = take(w->pool));)
        job->run(job->arg, w->db);
    return NULL;
}

enum err pool_start(struct ctx *c, const char *url, unsigned threads, struct pool **out)
{
    CHECK(threads > 0 && threads <= POOL_THREADS_MAX);
    struct pool *p = calloc(1, sizeof *p);
    CHECK(p != NULL && pthread_mutex_init(&p->lock, NULL) == 0 &&
          pthread_cond_init(&p->wake, NULL) == 0);
    p->last = &p->first;
    for (; p->n < threads; p->n++) {
        struct worker *w = &p->workers[p->n];
        w->pool = p;
        enum err e = db_open(c, url, DB_READ, &w->db);
        if (e) {
            pool_stop(p);
            return e;
        }
        CHECK(pthread_create(&w->thread, NULL, work, w) == 0);
    }
    *out = p;
    return OK;
}

enum err pool_submit(struct ctx *c, struct pool *p, struct pool_job *job)
{
    job->next = NULL;
    pthread_mutex_lock(&p->lock);
    bool full = p->waiting >= POOL_QUEUE_MAX || p->stopping;
    if (!full) {
        *p->last = job;
        p->last = &job->next;
        p->waiting++;
        pthread_cond_signal(&p->wake);
    }
    pthread_mutex_unlock(&p->lock);
    return full ? fail(c, E_UNAVAILABLE, "the pool's queue is full") : OK;
}

void pool_stop(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    p->stopping = true;
    pthread_cond_broadcast(&p->wake);
    pthread_mutex_unlock(&p->lock);
    for (size_t i = 0; i < p->n; i++) {
        pthread_join(p->workers[i].thread, NULL);
        db_close(p->workers[i].db);
    }
    pthread_cond_destroy(&p->wake);
    pthread_mutex_destroy(&p->lock);
    free(p);
}
