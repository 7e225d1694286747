/* SPDX-License-Identifier: Apache-2.0
 * writer.c - see writer.h. */
#include "store/writer.h"
#include <pthread.h>

struct hand {
    struct writer *w;
    struct db *db;
    pthread_t thread;
};
struct writer {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_rwlock_t turn; /* shared by jobs, exclusive for one that lost too often */
    struct write_job *first, **last;
    size_t waiting, group_max;
    bool stopping;
    enum db_kind kind;
    struct writer_counters counters;
    size_t n_hands;
    struct hand hands[16];
};

/* Takes at most max waiting jobs, in order; NULL when the writer stops and nothing is left. */
static struct write_job *take(struct writer *w, size_t max, size_t *n)
{
    pthread_mutex_lock(&w->lock);
    while (!w->first && !w->stopping)
        pthread_cond_wait(&w->wake, &w->lock);
    struct write_job *head = w->first, **end = &w->first;
    for (*n = 0; *end && *n < max; (*n)++)
        end = &(*end)->next;
    w->first = *end;
    if (!w->first)
        w->last = &w->first;
    if (head)
        *end = NULL;
    w->waiting -= *n;
    pthread_mutex_unlock(&w->lock);
    return head;
}

static void count(struct writer *w, uint64_t jobs, uint64_t commits, uint64_t failed,
                  uint64_t retries)
{
    pthread_mutex_lock(&w->lock);
    w->counters.jobs += jobs;
    w->counters.commits += commits;
    w->counters.failed += failed;
    w->counters.retries += retries;
    pthread_mutex_unlock(&w->lock);
}

static void answer(struct writer *w, struct write_job *jobs)
{
    uint64_t n = 0, failed = 0;
    for (struct write_job *j = jobs, *next; j; j = next) {
        next = j->next; /* done may free the job */
        n++;
        failed += j->result != OK;
        j->c->db = NULL;
        j->done(j->arg, j->result);
    }
    count(w, n, 0, failed, 0);
}

/* One transaction for the whole group. When it cannot begin or commit, no job of it is done. */
static void run_group(struct hand *h, struct write_job *jobs)
{
    struct ctx own = { .arena = jobs->c->arena, .db = h->db, .now_ms = jobs->c->now_ms };
    enum err whole = tx_begin(&own, "group");
    for (struct write_job *j = jobs; j && !whole; j = j->next) {
        j->c->db = h->db;
        j->result = tx_nested(j->c, j->run, j->arg);
    }
    if (!whole) {
        whole = tx_commit(&own);
        count(h->w, 0, 1, 0, 0);
    }
    for (struct write_job *j = jobs; j && whole; j = j->next)
        j->result = fail(j->c, whole, "group: %s", own.why);
    answer(h->w, jobs);
}

static void *sqlite_hand(void *arg)
{
    struct hand *h = arg;
    size_t n;
    for (struct write_job *jobs; (jobs = take(h->w, h->w->group_max, &n));)
        run_group(h, jobs);
    return NULL;
}

/* Jobs meet and are tried again; under load one can lose every time, so it then gets the database
 * to itself. */
static void run_one(struct hand *h, struct write_job *j)
{
    j->c->db = h->db;
    pthread_rwlock_rdlock(&h->w->turn);
    j->result = tx_run(j->c, "job", j->run, j->arg);
    pthread_rwlock_unlock(&h->w->turn);
    if (j->result != E_DB_BUSY)
        return;
    pthread_rwlock_wrlock(&h->w->turn);
    j->result = tx_run(j->c, "job alone", j->run, j->arg);
    pthread_rwlock_unlock(&h->w->turn);
}

/* A queue of readers must not keep the one out who waits to be alone: glibc prefers them unless
 * told. */
static void make_turn(pthread_rwlock_t *turn)
{
    pthread_rwlockattr_t a;
    CHECK(pthread_rwlockattr_init(&a) == 0);
    CHECK(pthread_rwlockattr_setkind_np(&a, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP) == 0);
    CHECK(pthread_rwlock_init(turn, &a) == 0);
    pthread_rwlockattr_destroy(&a);
}

static void *pg_hand(void *arg)
{
    struct hand *h = arg;
    size_t n;
    for (struct write_job *j; (j = take(h->w, 1, &n));) {
        run_one(h, j);
        count(h->w, 0, 1, 0, 0);
        answer(h->w, j);
    }
    return NULL;
}

enum err writer_start(struct ctx *c, const struct writer_conf *conf, struct writer **out)
{
    struct writer *w = calloc(1, sizeof *w);
    CHECK(w != NULL);
    w->kind = db_kind_of_url(conf->url);
    w->group_max = conf->group_max ? conf->group_max : WRITER_GROUP_MAX;
    w->last = &w->first;
    size_t n = w->kind == DB_SQLITE ? 1 : conf->threads ? conf->threads : WRITER_PG_THREADS;
    CHECK(n <= COUNT(w->hands));
    CHECK(pthread_mutex_init(&w->lock, NULL) == 0 && pthread_cond_init(&w->wake, NULL) == 0);
    make_turn(&w->turn);
    for (; w->n_hands < n; w->n_hands++) {
        struct hand *h = &w->hands[w->n_hands];
        h->w = w;
        enum err e = db_open(c, conf->url, DB_WRITE, &h->db);
        if (e) {
            writer_stop(w);
            return e;
        }
        CHECK(pthread_create(&h->thread, NULL, w->kind == DB_SQLITE ? sqlite_hand : pg_hand, h) ==
              0);
    }
    *out = w;
    return OK;
}

enum err writer_submit(struct writer *w, struct write_job *job)
{
    job->next = NULL;
    job->result = OK;
    pthread_mutex_lock(&w->lock);
    bool full = w->waiting >= WRITER_QUEUE_MAX || w->stopping;
    if (!full) {
        *w->last = job;
        w->last = &job->next;
        w->waiting++;
        pthread_cond_signal(&w->wake);
    }
    pthread_mutex_unlock(&w->lock);
    return full ? fail(job->c, E_UNAVAILABLE, "the writer's queue is full") : OK;
}

void writer_stop(struct writer *w)
{
    pthread_mutex_lock(&w->lock);
    w->stopping = true;
    pthread_cond_broadcast(&w->wake);
    pthread_mutex_unlock(&w->lock);
    for (size_t i = 0; i < w->n_hands; i++) {
        pthread_join(w->hands[i].thread, NULL);
        db_close(w->hands[i].db);
    }
    pthread_rwlock_destroy(&w->turn);
    pthread_cond_destroy(&w->wake);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

void writer_counters(struct writer *w, struct writer_counters *out)
{
    pthread_mutex_lock(&w->lock);
    *out = w->counters;
    out->waiting_now = w->waiting;
    pthread_mutex_unlock(&w->lock);
}
