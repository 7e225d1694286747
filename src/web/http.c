/* SPDX-License-Identifier: Apache-2.0
 * http.c - the loops: one thread, one listening socket, one daemon of the library each. Finished
 * requests come back through a queue and an eventfd, because only the loop that owns a connection
 * may resume it. The reaper closes what takes too long: the library's own timeout counts only
 * silence, so a client that sends a byte now and then would hold its connection for ever. */
#include "web/http_internal.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

static const int64_t MS = 1000000;

const struct http_limits http_limits_default = {
    .idle_seconds = HTTP_IDLE_SECONDS,
    .head_ms = HTTP_HEAD_SECONDS * 1000,
    .body_grace_ms = HTTP_BODY_GRACE_SECONDS * 1000,
    .body_rate_min = HTTP_BODY_RATE_MIN,
    .stop_ms = 5000,
    .linger_ms = 3000,
    .reap_ms = 1000,
    .per_address = HTTP_PER_ADDRESS_MAX,
};

int64_t http_now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void wake(struct http_loop *l)
{
    uint64_t one = 1;
    CHECK(write(l->wake_fd, &one, sizeof one) == (ssize_t)sizeof one || errno == EAGAIN);
}

/* ---- finished requests ---- */

void http_finish(struct http_call *call)
{
    struct http_request *r = (struct http_request *)call;
    int was = WAIT_ASKED;
    if (!atomic_compare_exchange_strong(&r->wait, &was, WAIT_FINISHED)) {
        CHECK(was == WAIT_ABANDONED); /* else: finished twice */
        return;
    }
    /* The loop may go away as soon as it has seen the request, hence all of it under the lock. */
    struct http_loop *l = r->of;
    pthread_mutex_lock(&l->lock);
    bool first = l->queue == NULL;
    r->next = NULL;
    *l->queue_end = r;
    l->queue_end = &r->next;
    if (first)
        wake(l);
    pthread_mutex_unlock(&l->lock);
}

static void resume_finished(struct http_loop *l)
{
    const struct http_hooks *hooks = &l->h->conf.hooks;
    pthread_mutex_lock(&l->lock);
    struct http_request *r = l->queue;
    l->queue = NULL;
    l->queue_end = &l->queue;
    pthread_mutex_unlock(&l->lock);
    for (struct http_request *next; r; r = next) {
        next = r->next;
        atomic_store(&r->wait, WAIT_ASKED); /* before the hook: it may be finished at once again */
        if (hooks->resume && !hooks->resume(hooks->arg, &r->call))
            continue;
        atomic_store(&r->wait, WAIT_FINISHED);
        http_mhd_resume(r);
    }
}

/* ---- connections ---- */

void http_conn_open(struct http_loop *l, struct http_conn *conn, const struct sockaddr *sa)
{
    http_remote_text(sa, conn->remote);
    conn->deadline_ns = l->now_ns + l->h->limits.head_ms * MS;
    conn->next = l->conns;
    if (l->conns)
        l->conns->prev = conn;
    l->conns = conn;
    l->connections_now++;
    l->connections_total++;
    if (!http_peers_enter(&l->h->peers, sa, &conn->net)) {
        l->refused++;
        shutdown(conn->fd, SHUT_RDWR);
    }
}

void http_conn_close(struct http_loop *l, struct http_conn *conn)
{
    http_peers_leave(&l->h->peers, &conn->net);
    if (conn->prev)
        conn->prev->next = conn->next;
    else
        l->conns = conn->next;
    if (conn->next)
        conn->next->prev = conn->prev;
    l->connections_now--;
    if (!conn->linger || l->n_linger == HTTP_LINGER_MAX)
        return;
    /* Closing with unread bytes resets the connection, and the client may never see why it was
     * refused. A second descriptor keeps the socket, already shut for writing, until they came. */
    int fd = fcntl(conn->fd, F_DUPFD_CLOEXEC, 0);
    if (fd >= 0) {
        l->linger[l->n_linger].fd = fd;
        l->linger[l->n_linger++].until_ns = l->now_ns + l->h->limits.linger_ms * MS;
    }
}

/* True when it has come to its end. */
static bool drained(int fd)
{
    static const size_t some = 1 << 20;
    ssize_t n = recv(fd, NULL, some, MSG_TRUNC | MSG_DONTWAIT); /* TCP: throws them away */
    return n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
}

static void drain(struct http_loop *l, bool all)
{
    for (size_t i = l->n_linger; i-- > 0;) {
        if (!all && l->now_ns < l->linger[i].until_ns && !drained(l->linger[i].fd))
            continue;
        close(l->linger[i].fd);
        l->linger[i] = l->linger[--l->n_linger];
    }
}

static bool too_slow(const struct http_loop *l, const struct http_conn *conn)
{
    if (conn->deadline_ns != 0 && l->now_ns > conn->deadline_ns)
        return true;
    int64_t ms = (l->now_ns - conn->body_ns) / MS;
    return conn->body_ns != 0 && ms > l->h->limits.body_grace_ms &&
           (int64_t)conn->body_bytes < ms * l->h->limits.body_rate_min / 1000;
}

/* The library notices the end of the connection by itself. */
static void reap(struct http_loop *l)
{
    if (l->now_ns < l->reap_ns)
        return;
    l->reap_ns = l->now_ns + l->h->limits.reap_ms * MS;
    for (struct http_conn *conn = l->conns; conn; conn = conn->next)
        if (too_slow(l, conn))
            shutdown(conn->fd, SHUT_RDWR);
}

/* ---- loop ---- */

static void wait_for_work(struct http_loop *l)
{
    struct pollfd fds[2 + HTTP_LINGER_MAX] = { { l->epoll_fd, POLLIN, 0 },
                                               { l->wake_fd, POLLIN, 0 } };
    int ms = http_mhd_timeout_ms(l), reap_ms = (int)l->h->limits.reap_ms;
    if (ms == 0)
        return;
    if (ms < 0 || ms > reap_ms)
        ms = reap_ms;
    for (size_t i = 0; i < l->n_linger; i++)
        fds[2 + i] = (struct pollfd){ l->linger[i].fd, POLLIN, 0 };
    if (poll(fds, 2 + l->n_linger, ms) <= 0)
        return;
    uint64_t n;
    if (fds[1].revents && read(l->wake_fd, &n, sizeof n) < 0)
        CHECK(errno == EAGAIN || errno == EINTR);
}

/* Requests that nobody has finished by now are given up: their connections die, they themselves
 * stay where they are, because somebody may still be writing to them. */
static void abandon(struct http_loop *l)
{
    for (struct http_conn *conn = l->conns; conn; conn = conn->next) {
        int was = WAIT_ASKED;
        struct http_request *r = conn->request;
        if (r && r->step == STEP_RUN &&
            atomic_compare_exchange_strong(&r->wait, &was, WAIT_ABANDONED))
            http_mhd_resume(r);
    }
}

static void serve(struct http_loop *l)
{
    int64_t stop_ns = 0;
    for (;;) {
        l->now_ns = http_now_ns();
        resume_finished(l);
        http_mhd_run(l);
        reap(l);
        drain(l, false);
        if (atomic_load_explicit(&l->h->stopping, memory_order_relaxed)) {
            if (stop_ns == 0) {
                stop_ns = l->now_ns + l->h->limits.stop_ms * MS;
                http_mhd_quiesce(l);
            }
            if (l->in_progress == 0)
                break;
            if (l->now_ns > stop_ns) {
                abandon(l);
                if (l->n_waiting == 0)
                    break;
            }
        }
        wait_for_work(l);
    }
    /* What was given up is in the library's hands again only after it has run; nothing new may
     * begin meanwhile, because the library does not stop while a connection is suspended. */
    l->closing = true;
    http_mhd_run(l);
}

static void report(struct http *h, enum err e)
{
    pthread_mutex_lock(&h->lock);
    h->n_ready++;
    if (h->start_err == OK)
        h->start_err = e;
    pthread_cond_signal(&h->ready);
    pthread_mutex_unlock(&h->lock);
}

static void free_requests(struct http_loop *l)
{
    for (struct http_request *r = l->free, *next; r; r = next) {
        next = r->next;
        arena_free(r->call.arena);
        free(r);
    }
    l->free = NULL;
}

static void *loop_main(void *arg)
{
    struct http_loop *l = arg;
    const struct http_hooks *hooks = &l->h->conf.hooks;
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE); /* sendfile to a dead connection; the library is told so */
    pthread_sigmask(SIG_BLOCK, &pipe, NULL);
    enum err e = hooks->loop_start ? hooks->loop_start(hooks->arg, l->no) : OK;
    report(l->h, e);
    if (e != OK)
        return NULL;
    l->now_ns = http_now_ns();
    serve(l);
    http_mhd_free(l);
    drain(l, true);
    free_requests(l);
    if (hooks->loop_stop)
        hooks->loop_stop(hooks->arg, l->no);
    return NULL;
}

/* ---- start and stop ---- */

static unsigned cores(void)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return n > HTTP_LOOPS_MAX ? HTTP_LOOPS_MAX : (unsigned)n;
}

static int listen_for(struct http *h, bool reuseport)
{
    const struct http_conf *conf = &h->conf;
    if (conf->listen_fd < 0)
        return http_listen(conf->address, &h->port, reuseport);
    struct sockaddr_storage at;
    socklen_t len = sizeof at;
    int fd = fcntl(conf->listen_fd, F_DUPFD_CLOEXEC, 0);
    if (fd < 0 || fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &len) != 0) {
        if (fd >= 0)
            close(fd);
        return -1;
    }
    const uint8_t *bytes = (const uint8_t *)&at; /* the port is at the same place in both */
    h->port = (uint16_t)(bytes[2] << 8 | bytes[3]);
    return fd;
}

static void loop_clear(struct http_loop *l)
{
    if (l->mhd)
        http_mhd_free(l);
    else if (l->listen_fd >= 0)
        close(l->listen_fd);
    if (l->wake_fd >= 0)
        close(l->wake_fd);
    pthread_mutex_destroy(&l->lock);
}

static enum err loop_init(struct ctx *c, struct http *h, struct http_loop *l, unsigned wanted)
{
    l->h = h;
    l->queue_end = &l->queue;
    pthread_mutex_init(&l->lock, NULL);
    l->listen_fd = listen_for(h, wanted > 1);
    int why = errno;
    l->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (l->listen_fd >= 0 && l->wake_fd >= 0 && http_mhd_new(l)) {
        /* The library has taken the socket and closes it. */
        return OK;
    }
    loop_clear(l);
    return fail(c, E_IO, "listen on %s port %u: %s", str_or(h->conf.address, "?"),
                (unsigned)h->conf.port, strerror(why));
}

static enum err start_loops(struct ctx *c, struct http *h, unsigned wanted)
{
    for (unsigned i = 0; i < wanted; i++) {
        h->loops[i].no = i;
        TRY(loop_init(c, h, &h->loops[i], wanted));
        h->n_loops++;
    }
    for (unsigned i = 0; i < wanted; i++)
        CHECK(pthread_create(&h->loops[i].thread, NULL, loop_main, &h->loops[i]) == 0);
    pthread_mutex_lock(&h->lock);
    while (h->n_ready < wanted)
        pthread_cond_wait(&h->ready, &h->lock);
    pthread_mutex_unlock(&h->lock);
    return h->start_err == OK ? OK : fail(c, h->start_err, "a loop could not start");
}

enum err http_start_limited(struct ctx *c, const struct http_conf *conf,
                            const struct http_limits *limits, struct http **out)
{
    CHECK(conf->hooks.head && conf->hooks.request && conf->loops <= HTTP_LOOPS_MAX);
    unsigned wanted = conf->loops ? conf->loops : cores();
    if (conf->listen_fd < 0 && conf->port != 0 && http_port_taken(conf->address, conf->port))
        return fail(c, E_IO, "%s port %u: %s", conf->address, (unsigned)conf->port,
                    strerror(errno));
    struct http *h = calloc(1, sizeof *h);
    CHECK(h != NULL);
    h->conf = *conf;
    h->limits = *limits;
    h->port = conf->port;
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->ready, NULL);
    http_peers_init(&h->peers, limits->per_address, limits->loopback_counts);
    enum err e = start_loops(c, h, wanted);
    if (e != OK) {
        http_stop(h);
        return e;
    }
    *out = h;
    return OK;
}

enum err http_start(struct ctx *c, const struct http_conf *conf, struct http **out)
{
    return http_start_limited(c, conf, &http_limits_default, out);
}

uint16_t http_port(const struct http *h)
{
    return h->port;
}

void http_stop(struct http *h)
{
    atomic_store(&h->stopping, true);
    bool threads = h->n_ready > 0;
    for (unsigned i = 0; i < h->n_loops && threads; i++)
        wake(&h->loops[i]);
    for (unsigned i = 0; i < h->n_loops && threads; i++)
        CHECK(pthread_join(h->loops[i].thread, NULL) == 0);
    for (unsigned i = 0; i < h->n_loops; i++)
        loop_clear(&h->loops[i]);
    http_peers_clear(&h->peers);
    pthread_cond_destroy(&h->ready);
    pthread_mutex_destroy(&h->lock);
    free(h);
}

void http_counters(struct http *h, struct http_counters *out)
{
    memset(out, 0, sizeof *out);
    for (unsigned i = 0; i < h->n_loops; i++) {
        const struct http_loop *l = &h->loops[i];
        out->requests += l->requests;
        out->refused += l->refused;
        out->connections_now += l->connections_now;
        out->connections_total += l->connections_total;
        out->bytes_out += l->bytes_out;
    }
}
