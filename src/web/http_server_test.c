/* SPDX-License-Identifier: Apache-2.0
 * http_server_test.c - the server and the client of http_test.h. */
#include "web/http_test.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

static struct bytes text_bytes(const char *s)
{
    return (struct bytes){ (const uint8_t *)s, strlen(s) };
}

static bool on_head(void *arg, struct http_call *call, size_t *body_max)
{
    struct server *s = arg;
    s->heads++;
    *body_max = BODY_MAX;
    if (!str_eq(call->path, "/no"))
        return true;
    call->status = 403;
    call->answer = text_bytes("no");
    return false;
}

static void answer_file(struct server *s, struct http_call *call)
{
    char name[] = "/tmp/http_test_XXXXXX";
    int fd = mkstemp(name);
    EXPECT(fd >= 0);
    unlink(name);
    size_t size = (size_t)s->file_fd_size;
    call->answer_fd = fd;
    call->answer_fd_size = size;
    if (size > 1024 * 1024) { /* only its size matters */
        EXPECT_EQ(ftruncate(fd, (off_t)size), 0);
        return;
    }
    char *text = arena_alloc(call->arena, size + 1);
    memset(text, 'f', size);
    EXPECT_EQ(write(fd, text, size), (ssize_t)size);
}

static void fill(struct server *s, struct http_call *call)
{
    call->status = 200;
    http_set(call, "Content-Type", "text/plain");
    if (call->method == HTTP_POST || call->method == HTTP_OTHER)
        call->answer = call->body;
    else
        call->answer = text_bytes(
            arena_printf(call->arena, "%s|%s|%s", call->path, call->query, call->remote));
    if (str_eq(call->path, "/204"))
        call->status = 204;
    if (str_eq(call->path, "/304"))
        call->status = 304;
    if (str_eq(call->path, "/file"))
        answer_file(s, call);
    if (str_eq(call->path, "/origin"))
        call->answer = text_bytes(arena_printf(call->arena, "%s %d", call->remote, call->https));
    if (str_eq(call->path, "/headers"))
        call->answer = text_bytes(arena_printf(
            call->arena, "%s|%s|%s", str_or(http_header(call, "x-name"), "-"),
            str_or(http_cookie(call, "sid"), "-"), str_or(http_cookie(call, "b"), "-")));
}

static bool on_call(void *arg, struct http_call *call)
{
    struct server *s = arg;
    bool later = str_eq(call->path, "/later");
    if (!later && !str_eq(call->path, "/never")) {
        fill(s, call);
        return true;
    }
    pthread_mutex_lock(&s->lock);
    if (later)
        s->later[s->n_later++] = call;
    else
        s->never = call;
    pthread_cond_signal(&s->more);
    pthread_mutex_unlock(&s->lock);
    return false;
}

static void *finish_main(void *arg)
{
    struct server *s = arg;
    struct http_call *taken[LATER_MAX];
    pthread_mutex_lock(&s->lock);
    while (!s->stop || s->n_later > 0) {
        if (s->n_later == 0) {
            pthread_cond_wait(&s->more, &s->lock);
            continue;
        }
        size_t n = s->n_later;
        memcpy(taken, s->later, n * sizeof taken[0]);
        s->n_later = 0;
        pthread_mutex_unlock(&s->lock);
        for (size_t i = 0; i < n; i++) {
            fill(s, taken[i]);
            http_finish(taken[i]);
        }
        pthread_mutex_lock(&s->lock);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

static bool on_resume(void *arg, struct http_call *call)
{
    (void)arg;
    http_set(call, "X-Resumed", "yes");
    return true;
}

static void on_done(void *arg, struct http_call *call)
{
    struct server *s = arg;
    (void)call;
    s->dones++;
}

static void on_refused(void *arg, struct http_call *call)
{
    struct server *s = arg;
    s->refusals++;
    call->answer = text_bytes("refused");
}

static enum err on_start(void *arg, unsigned loop)
{
    struct server *s = arg;
    if (s->fail_loop == loop + 1)
        return E_DB;
    s->starts++;
    return OK;
}

static void on_stop(void *arg, unsigned loop)
{
    struct server *s = arg;
    (void)loop;
    s->stops++;
}

void server_init(struct server *s)
{
    memset(s, 0, sizeof *s);
    s->limits = http_limits_default;
    s->file_fd_size = 5000;
    s->conf = (struct http_conf){
        .address = "127.0.0.1",
        .listen_fd = -1,
        .loops = 1,
        .hooks = { on_head, on_call, on_resume, on_done, on_start, on_stop, on_refused, s },
    };
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->more, NULL);
}

enum err server_start(struct server *s)
{
    TRY(http_start_limited(&s->ctx, &s->conf, &s->limits, &s->h));
    EXPECT_EQ(pthread_create(&s->finisher, NULL, finish_main, s), 0);
    return OK;
}

void server_stop(struct server *s)
{
    http_stop(s->h);
    pthread_mutex_lock(&s->lock);
    s->stop = true;
    pthread_cond_signal(&s->more);
    pthread_mutex_unlock(&s->lock);
    EXPECT_EQ(pthread_join(s->finisher, NULL), 0);
    EXPECT_EQ(s->starts, s->stops);
}

/* ---- client ---- */

int client_from(const char *address, uint16_t port)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
    struct sockaddr_in from = { .sin_family = AF_INET };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
    EXPECT(fd >= 0);
    EXPECT(inet_pton(AF_INET, "127.0.0.1", &to.sin_addr) == 1);
    EXPECT(inet_pton(AF_INET, address, &from.sin_addr) == 1);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    EXPECT(bind(fd, (struct sockaddr *)&from, sizeof from) == 0);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
        return fd;
    close(fd);
    return -1;
}

int client(uint16_t port)
{
    return client_from("127.0.0.1", port);
}

void client_send_n(int fd, const void *bytes, size_t n)
{
    const char *p = bytes;
    while (n > 0) {
        ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);
        if (sent < 0)
            return; /* the server hung up: the answer tells */
        p += sent;
        n -= (size_t)sent;
    }
}

void client_send(int fd, const char *text)
{
    client_send_n(fd, text, strlen(text));
}

/* At most n bytes; 0: closed, reset or silent. */
static size_t take(int fd, char *to, size_t n)
{
    struct pollfd p = { fd, POLLIN, 0 };
    if (poll(&p, 1, 5000) != 1)
        return 0;
    ssize_t got = recv(fd, to, n, 0);
    return got > 0 ? (size_t)got : 0;
}

static void read_reply(int fd, struct reply *r, bool body)
{
    size_t n = 0;
    memset(r, 0, sizeof *r);
    while (n < 4 || memcmp(r->head + n - 4, "\r\n\r\n", 4) != 0) {
        if (n + 1 == sizeof r->head || take(fd, r->head + n, 1) == 0)
            return;
        n++;
    }
    long status = 0;
    if (strncmp(r->head, "HTTP/1.1 ", 9) == 0)
        status = strtol(r->head + 9, NULL, 10);
    const char *length = strcasestr(r->head, "\r\nContent-Length: ");
    size_t want = length && body && status != 304 ? (size_t)strtol(length + 18, NULL, 10) : 0;
    EXPECT(want < REPLY_MAX);
    while (r->n_body < want) {
        size_t got = take(fd, r->body + r->n_body, want - r->n_body);
        if (got == 0)
            return;
        r->n_body += got;
    }
    r->status = (int)status;
}

void client_read(int fd, struct reply *r)
{
    read_reply(fd, r, true);
}

void client_read_head(int fd, struct reply *r)
{
    read_reply(fd, r, false);
}

bool client_closed(int fd, int ms)
{
    char some[4096];
    int64_t until = http_now_ns() + (int64_t)ms * 1000000;
    for (;;) {
        int left = (int)((until - http_now_ns()) / 1000000);
        struct pollfd p = { fd, POLLIN, 0 };
        if (left < 0 || poll(&p, 1, left) != 1)
            return false;
        if (recv(fd, some, sizeof some, 0) <= 0)
            return true;
    }
}

void ask_n(uint16_t port, const void *bytes, size_t n, struct reply *r)
{
    int fd = client(port);
    EXPECT(fd >= 0);
    client_send_n(fd, bytes, n);
    client_read(fd, r);
    bool soon = r->status == 0 || strcasestr(r->head, "\r\nConnection: close\r\n");
    r->closed = client_closed(fd, soon ? 2000 : 20);
    close(fd);
}

void ask(uint16_t port, const char *text, struct reply *r)
{
    ask_n(port, text, strlen(text), r);
}

void many_files(void)
{
    struct rlimit limit;
    EXPECT(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    limit.rlim_cur = limit.rlim_max < 65536 ? limit.rlim_max : 65536;
    EXPECT(setrlimit(RLIMIT_NOFILE, &limit) == 0);
}
