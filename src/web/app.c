/* SPDX-License-Identifier: Apache-2.0
 * app.c - starts and stops the parts of the server in the right order; see app.h. */
#include "web/gate.h"
#include <pthread.h>
#include <stdarg.h>
#include <time.h>

enum { POOL_THREADS = 2 };

int64_t app_now(const struct app *a)
{
    if (a->conf.now_ms)
        return a->conf.now_ms();
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static enum err loop_start(void *arg, unsigned loop)
{
    struct app *a = arg;
    struct ctx c = { .arena = arena_new(ARENA_LIMIT) };
    enum err e = db_open(&c, a->conf.url, DB_READ, &a->loop_db[loop]);
    if (e)
        fprintf(stderr, "loop %u: %s\n", loop, c.why);
    arena_free(c.arena);
    return e;
}

static void loop_stop(void *arg, unsigned loop)
{
    struct app *a = arg;
    db_close(a->loop_db[loop]);
    a->loop_db[loop] = NULL;
    gzip_free(a->loop_gzip[loop]);
    a->loop_gzip[loop] = NULL;
}

static enum err start_parts(struct ctx *c, struct app *a)
{
    struct writer_conf w = { .url = a->conf.url, .group_max = a->conf.group_max };
    TRY(writer_start(c, &w, &a->writer));
    TRY(pool_start(c, a->conf.url, POOL_THREADS, &a->pool));
    struct http_conf h = {
        .address = a->conf.address,
        .port = a->conf.port,
        .listen_fd = a->conf.listen_fd,
        .loops = a->conf.loops,
        .behind_proxy = a->conf.behind_proxy,
        .hooks = { gate_head, gate_request, gate_resume, gate_done, loop_start, loop_stop,
                   gate_refused, a },
    };
    return http_start(c, &h, &a->http);
}

enum err app_start(struct ctx *c, const struct app_conf *conf, struct app **out)
{
    route_check();
    struct app *a = calloc(1, sizeof *a);
    CHECK(a != NULL);
    a->conf = *conf;
    a->assets = conf->assets;
    a->sessions = session_cache_new();
    a->rates = rates_new();
    enum err e = start_parts(c, a);
    if (e) {
        app_stop(a);
        return e;
    }
    *out = a;
    return OK;
}

uint16_t app_port(const struct app *a)
{
    return http_port(a->http);
}

void app_stop(struct app *a)
{
    if (a->http)
        http_stop(a->http);
    if (a->pool)
        pool_stop(a->pool);
    if (a->writer)
        writer_stop(a->writer);
    assets_free(a->assets);
    session_cache_free(a->sessions);
    rates_free(a->rates);
    free(a);
}

const struct app_conf *app_conf(const struct app *a)
{
    return &a->conf;
}

const char *app_asset(const struct app *a, const char *name)
{
    return asset_url(a->assets, name);
}

struct session_cache *app_sessions(struct app *a)
{
    return a->sessions;
}

bool app_rate(struct app *a, const char *what, const char *who, int64_t now_ms, unsigned per_minute,
              unsigned burst)
{
    return a->conf.no_rates || rates_take(a->rates, what, who, now_ms, per_minute, burst);
}

void app_system_ctx(struct app *a, struct ctx *c)
{
    static const struct right all = { .caps = 0x7fffffff, .place = "" };
    *c = (struct ctx){ .arena = arena_new(ARENA_LIMIT),
                       .now_ms = app_now(a),
                       .account_id = -1,
                       .rights = &all,
                       .n_rights = 1,
                       .signer = a->conf.signer };
}

struct waited {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool done;
    enum err e;
};

static void wake(void *arg, enum err e)
{
    struct waited *w = arg;
    pthread_mutex_lock(&w->lock);
    w->done = true;
    w->e = e;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
}

struct body_arg {
    enum err (*body)(struct ctx *, void *);
    void *arg;
    struct waited w;
};

static enum err run_body(struct ctx *c, void *arg)
{
    struct body_arg *b = arg;
    return b->body(c, b->arg);
}

static void body_done(void *arg, enum err e)
{
    wake(&((struct body_arg *)arg)->w, e);
}

enum err app_write(struct app *a, enum err (*body)(struct ctx *, void *), void *arg)
{
    struct ctx c;
    app_system_ctx(a, &c);
    struct body_arg b = { body,
                          arg,
                          { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, OK } };
    struct write_job job = { .c = &c, .run = run_body, .done = body_done, .arg = &b };
    enum err e = writer_submit(a->writer, &job);
    if (!e) {
        pthread_mutex_lock(&b.w.lock);
        while (!b.w.done)
            pthread_cond_wait(&b.w.wake, &b.w.lock);
        pthread_mutex_unlock(&b.w.lock);
        e = b.w.e;
    }
    if (e)
        fprintf(stderr, "system job: %s: %s\n", err_name(e), c.why);
    arena_free(c.arena);
    return e;
}

/* Lives on when its asker has given up, until the writer comes to it: freed by whoever is last. */
struct probe {
    struct app *app;
    struct ctx c;
    struct write_job job;
    struct waited w;
    bool given_up;
};

static enum err probe_body(struct ctx *c, void *arg)
{
    static const struct sql SQL_ALIVE = { "SELECT 1", NULL };
    int64_t one;
    (void)arg;
    return db_one(c, &SQL_ALIVE, IN_NONE, OUT(s_int(&one)));
}

static void probe_free(struct probe *p)
{
    atomic_store(&p->app->probing, false);
    arena_free(p->c.arena);
    pthread_mutex_destroy(&p->w.lock);
    pthread_cond_destroy(&p->w.wake);
    free(p);
}

static void probe_done(void *arg, enum err e)
{
    struct probe *p = arg;
    pthread_mutex_lock(&p->w.lock);
    bool last = p->given_up;
    p->w.done = true;
    p->w.e = e;
    pthread_cond_signal(&p->w.wake);
    pthread_mutex_unlock(&p->w.lock);
    if (last)
        probe_free(p);
}

static enum err probe_wait(struct probe *p, int64_t ms)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += ms / 1000 + 1;
    pthread_mutex_lock(&p->w.lock);
    while (!p->w.done && pthread_cond_timedwait(&p->w.wake, &p->w.lock, &until) == 0)
        ;
    enum err e = p->w.done ? p->w.e : E_UNAVAILABLE;
    bool last = p->w.done;
    p->given_up = !last;
    pthread_mutex_unlock(&p->w.lock);
    if (last)
        probe_free(p);
    return e;
}

enum err app_probe(struct app *a, int64_t ms)
{
    bool idle = false;
    if (!atomic_compare_exchange_strong(&a->probing, &idle, true))
        return E_UNAVAILABLE;
    struct probe *p = calloc(1, sizeof *p);
    CHECK(p != NULL && pthread_mutex_init(&p->w.lock, NULL) == 0 &&
          pthread_cond_init(&p->w.wake, NULL) == 0);
    p->app = a;
    app_system_ctx(a, &p->c);
    p->job = (struct write_job){ .c = &p->c, .run = probe_body, .done = probe_done, .arg = p };
    enum err e = writer_submit(a->writer, &p->job);
    if (!e)
        return probe_wait(p, ms);
    probe_free(p);
    return e;
}

static char *line(struct ctx *c, const char *before, const char *fmt, ...) PRINTF(3, 4);
static char *line(struct ctx *c, const char *before, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    const char *more = arena_vprintf(c->arena, fmt, ap);
    va_end(ap);
    return arena_printf(c->arena, "%s%s", before, more);
}

struct bytes app_metrics(struct ctx *c, struct app *a)
{
    struct writer_counters w;
    struct http_counters h;
    writer_counters(a->writer, &w);
    http_counters(a->http, &h);
    char *s = arena_copy(c->arena, "# TYPE xiangyue_answers_total counter\n");
    for (int i = 1; i < 6; i++)
        s = line(c, s, "xiangyue_answers_total{class=\"%dxx\"} %" PRIu64 "\n", i,
                 atomic_load(&a->by_class[i]));
    s = line(c, s, "# TYPE xiangyue_faults_total counter\nxiangyue_faults_total %" PRIu64 "\n",
             atomic_load(&a->faults));
    s = line(c, s,
             "# TYPE xiangyue_connections gauge\nxiangyue_connections %" PRIu64 "\n"
             "# TYPE xiangyue_guard_refused_total counter\nxiangyue_guard_refused_total %" PRIu64
             "\n",
             h.connections_now, h.refused);
    s = line(c, s,
             "# TYPE xiangyue_writer_jobs_total counter\nxiangyue_writer_jobs_total %" PRIu64 "\n"
             "# TYPE xiangyue_writer_commits_total counter\nxiangyue_writer_commits_total %" PRIu64
             "\n# TYPE xiangyue_writer_failed_total counter\nxiangyue_writer_failed_total %" PRIu64
             "\n# TYPE xiangyue_writer_waiting gauge\nxiangyue_writer_waiting %" PRIu64 "\n",
             w.jobs, w.commits, w.failed, w.waiting_now);
    s = line(c, s,
             "# TYPE xiangyue_answer_seconds_total counter\n"
             "xiangyue_answer_seconds_total %.6f\n",
             (double)atomic_load(&a->latency_ns) / 1e9);
    return (struct bytes){ (const uint8_t *)s, strlen(s) };
}
