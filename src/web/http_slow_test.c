/* SPDX-License-Identifier: Apache-2.0
 * http_slow_test.c - slow and idle clients, limits per address, start and stop. */
#include "web/http_test.h"
#include <netinet/in.h>
#include <unistd.h>

#define HOST "Host: a\r\n"

static void short_limits(struct server *s)
{
    server_init(s);
    s->limits.head_ms = 300;
    s->limits.body_grace_ms = 300;
    s->limits.body_rate_min = 1000;
    s->limits.reap_ms = 50;
    s->limits.linger_ms = 200;
    s->limits.stop_ms = 300;
}

/* Sends one byte each 40 ms; how long the server bore it, in ms; -1: longer than max. */
static int dribble(int fd, int max)
{
    int64_t start = http_now_ns();
    for (;;) {
        int ms = (int)((http_now_ns() - start) / 1000000);
        if (ms > max)
            return -1;
        client_send(fd, "x");
        if (client_closed(fd, 40))
            return ms;
    }
}

TEST(a_slow_head_is_reaped_by_total_time)
{
    static const char *const starts[] = { "", "GET /", "GET / HTTP/1.1\r\n",
                                          "GET / HTTP/1.1\r\nHost: a\r\nX: " };
    struct server s;
    short_limits(&s);
    EXPECT_EQ(server_start(&s), OK);
    for (size_t i = 0; i < COUNT(starts); i++) {
        int fd = client(http_port(s.h));
        client_send(fd, starts[i]);
        int ms = dribble(fd, 1500);
        EXPECT(ms >= 200 && ms < 1500);
        close(fd);
    }
    EXPECT_EQ(s.heads, 0);
    server_stop(&s);
}

TEST(a_silent_connection_is_closed)
{
    struct server s;
    struct reply r;
    short_limits(&s);
    s.limits.idle_seconds = 1;
    EXPECT_EQ(server_start(&s), OK);
    int fresh = client(http_port(s.h)), used = client(http_port(s.h));
    client_send(used, "GET /echo HTTP/1.1\r\n" HOST "\r\n");
    client_read(used, &r);
    EXPECT_EQ(r.status, 200);
    EXPECT(client_closed(fresh, 800));
    EXPECT(client_closed(used, 2500));
    close(fresh);
    close(used);
    server_stop(&s);
}

TEST(a_slow_second_head_is_reaped_too)
{
    struct server s;
    struct reply r;
    short_limits(&s);
    EXPECT_EQ(server_start(&s), OK);
    int fd = client(http_port(s.h));
    client_send(fd, "GET /echo HTTP/1.1\r\n" HOST "\r\n");
    client_read(fd, &r);
    EXPECT_EQ(r.status, 200);
    client_send(fd, "GET /echo HTTP/1.1\r\nX: ");
    int ms = dribble(fd, 1500);
    EXPECT(ms >= 200 && ms < 1500);
    close(fd);
    server_stop(&s);
}

TEST(a_slow_body_is_reaped_by_its_rate)
{
    static const char *const framing[] = { "Content-Length: 5000\r\n\r\n",
                                           "Transfer-Encoding: chunked\r\n\r\n5000\r\n" };
    struct server s;
    short_limits(&s);
    EXPECT_EQ(server_start(&s), OK);
    for (size_t i = 0; i < COUNT(framing); i++) {
        int fd = client(http_port(s.h));
        client_send(fd, "POST /echo HTTP/1.1\r\n" HOST);
        client_send(fd, framing[i]);
        int ms = dribble(fd, 1500);
        EXPECT(ms >= 200 && ms < 1500);
        close(fd);
    }
    server_stop(&s);
    EXPECT_EQ(s.heads, s.dones);
}

TEST(a_body_that_keeps_the_rate_may_take_longer)
{
    struct server s;
    struct reply r;
    char piece[101];
    short_limits(&s);
    EXPECT_EQ(server_start(&s), OK);
    memset(piece, 'a', 100);
    piece[100] = '\0';
    int fd = client(http_port(s.h));
    client_send(fd, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 4000\r\n\r\n");
    for (int i = 0; i < 40; i++) {
        client_send(fd, piece);
        usleep(20000);
    }
    client_read(fd, &r);
    EXPECT_EQ(r.status, 200);
    EXPECT_EQ((int)r.n_body, 4000);
    close(fd);
    server_stop(&s);
}

TEST(a_client_that_takes_its_answer_too_slowly_is_reaped)
{
    enum { SIZE = 40 * 1024 * 1024, PIECE = 32 * 1024 };
    static char piece[PIECE];
    struct server s;
    struct http_counters n;
    short_limits(&s);
    s.file_fd_size = SIZE;
    s.limits.idle_seconds = 1;
    s.limits.body_rate_min = SIZE;
    EXPECT_EQ(server_start(&s), OK);
    int fd = client(http_port(s.h));
    client_send(fd, "GET /file HTTP/1.1\r\n" HOST "\r\n");
    int64_t start = http_now_ns();
    do {
        EXPECT(recv(fd, piece, sizeof piece, 0) >= 0);
        usleep(20000);
        http_counters(s.h, &n);
    } while (n.connections_now > 0 && http_now_ns() - start < INT64_C(8000000000));
    EXPECT_EQ((int)n.connections_now, 0);
    close(fd);
    server_stop(&s);
    EXPECT_EQ(s.dones, 1);
}

TEST(a_suspended_request_is_not_reaped)
{
    struct server s;
    struct reply r;
    short_limits(&s);
    s.limits.idle_seconds = 1;
    EXPECT_EQ(server_start(&s), OK);
    int fd = client(http_port(s.h));
    client_send(fd, "POST /never HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\na");
    EXPECT(!client_closed(fd, 1500));
    pthread_mutex_lock(&s.lock);
    s.later[s.n_later++] = s.never;
    pthread_cond_signal(&s.more);
    pthread_mutex_unlock(&s.lock);
    client_read(fd, &r);
    EXPECT_EQ(r.status, 200);
    EXPECT_STR(r.body, "a");
    close(fd);
    server_stop(&s);
}

TEST(two_thousand_idle_connections_do_not_hinder_others)
{
    enum { IDLE = 2000 };
    static int fds[IDLE];
    struct server s;
    struct reply r;
    many_files();
    server_init(&s);
    EXPECT_EQ(server_start(&s), OK);
    for (size_t i = 0; i < IDLE; i++) {
        EXPECT((fds[i] = client(http_port(s.h))) >= 0);
        if (i % 2 == 0) {
            client_send(fds[i], "GET /echo HTTP/1.1\r\n" HOST "\r\n");
            client_read(fds[i], &r);
            EXPECT_EQ(r.status, 200);
        }
    }
    int fd = client(http_port(s.h));
    int64_t start = http_now_ns();
    for (int i = 0; i < 500; i++) {
        client_send(fd, "GET /echo HTTP/1.1\r\n" HOST "\r\n");
        client_read(fd, &r);
        EXPECT_EQ(r.status, 200);
    }
    EXPECT((http_now_ns() - start) / 1000000 < 2000);
    struct http_counters n;
    http_counters(s.h, &n);
    EXPECT_EQ((int)n.connections_now, IDLE + 1);
    EXPECT_EQ((int)n.requests, IDLE / 2 + 500);
    for (size_t i = 0; i < IDLE; i++)
        close(fds[i]);
    client_send(fd, "GET /echo HTTP/1.1\r\n" HOST "\r\n");
    client_read(fd, &r);
    EXPECT_EQ(r.status, 200);
    close(fd);
    server_stop(&s);
}

TEST(one_address_may_have_only_so_many_connections)
{
    struct server s;
    struct reply r;
    int fds[4];
    server_init(&s);
    s.conf.loops = 2; /* counted over all loops */
    s.limits.per_address = 3;
    s.limits.loopback_counts = true;
    EXPECT_EQ(server_start(&s), OK);
    for (size_t i = 0; i < 4; i++) {
        fds[i] = client_from("127.0.0.2", http_port(s.h));
        client_send(fds[i], "GET /echo HTTP/1.1\r\n" HOST "\r\n");
        client_read(fds[i], &r);
        EXPECT_EQ(r.status, i < 3 ? 200 : 0);
    }
    ask(http_port(s.h), "GET /echo HTTP/1.1\r\n" HOST "\r\n", &r); /* another address */
    EXPECT_EQ(r.status, 200);
    close(fds[3]);
    close(fds[0]);
    usleep(100000);
    int fd = client_from("127.0.0.2", http_port(s.h));
    client_send(fd, "GET /echo HTTP/1.1\r\n" HOST "\r\n");
    client_read(fd, &r);
    EXPECT_EQ(r.status, 200);
    close(fd);
    close(fds[1]);
    close(fds[2]);
    server_stop(&s);
}

TEST(an_ipv6_network_counts_as_one_and_loopback_not_at_all)
{
    struct sockaddr_in6 a = { .sin6_family = AF_INET6 };
    struct http_peers p;
    struct http_net net, other;
    http_peers_init(&p, 1, false);
    a.sin6_addr.s6_addr[0] = 0x20;
    EXPECT(http_peers_enter(&p, (struct sockaddr *)&a, &net));
    a.sin6_addr.s6_addr[15] = 9;
    EXPECT(!http_peers_enter(&p, (struct sockaddr *)&a, &other));
    http_peers_leave(&p, &other);
    a.sin6_addr.s6_addr[7] = 1;
    EXPECT(http_peers_enter(&p, (struct sockaddr *)&a, &other));
    http_peers_leave(&p, &net);
    http_peers_leave(&p, &other);
    a.sin6_addr = (struct in6_addr)IN6ADDR_LOOPBACK_INIT;
    for (int i = 0; i < 3; i++)
        EXPECT(http_peers_enter(&p, (struct sockaddr *)&a, &other));
    http_peers_clear(&p);
    char text[HTTP_REMOTE_MAX];
    http_remote_text((struct sockaddr *)&a, text);
    EXPECT_STR(text, "::1");
}

/* ---- start and stop ---- */

TEST(a_loop_that_cannot_start_stops_the_others)
{
    struct server s;
    server_init(&s);
    s.conf.loops = 3;
    s.fail_loop = 2;
    EXPECT_EQ(server_start(&s), E_DB);
    EXPECT_EQ(s.starts, 2);
    EXPECT_EQ(s.stops, 2);
}

TEST(a_taken_port_and_a_wrong_address_are_errors)
{
    struct server s, again;
    server_init(&s);
    s.conf.loops = 2;
    EXPECT_EQ(server_start(&s), OK);
    server_init(&again);
    again.conf.port = http_port(s.h);
    EXPECT_EQ(server_start(&again), E_IO);
    EXPECT(strstr(again.ctx.why, "in use") != NULL);
    again.conf.port = 0;
    again.conf.address = "nowhere";
    EXPECT_EQ(server_start(&again), E_IO);
    uint16_t port = http_port(s.h);
    server_stop(&s);
    server_init(&again); /* and it is free again at once */
    again.conf.port = port;
    EXPECT_EQ(server_start(&again), OK);
    server_stop(&again);
}

TEST(a_listening_socket_may_be_given)
{
    struct server s;
    struct reply r;
    uint16_t port = 0;
    server_init(&s);
    s.conf.listen_fd = http_listen("127.0.0.1", &port, false);
    s.conf.address = NULL;
    s.conf.loops = 2;
    EXPECT(s.conf.listen_fd >= 0);
    EXPECT_EQ(server_start(&s), OK);
    EXPECT_EQ(http_port(s.h), port);
    for (int i = 0; i < 10; i++) {
        ask(port, "GET /echo HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n", &r);
        EXPECT_EQ(r.status, 200);
        EXPECT(r.closed);
    }
    server_stop(&s);
    EXPECT(client(port) >= 0); /* still listening: it is the caller's */
    close(s.conf.listen_fd);
}

static void *stop_main(void *arg)
{
    struct server *s = arg;
    http_stop(s->h);
    return NULL;
}

static void join_finisher(struct server *s)
{
    pthread_mutex_lock(&s->lock);
    s->stop = true;
    pthread_cond_signal(&s->more);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->finisher, NULL);
}

TEST(stopping_lets_requests_in_progress_finish)
{
    struct server s;
    struct reply r;
    pthread_t stopper;
    server_init(&s);
    EXPECT_EQ(server_start(&s), OK);
    uint16_t port = http_port(s.h);
    int fd = client(port), idle = client(port), upload = client(port);
    client_send(fd, "POST /never HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\na");
    client_send(upload, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 4\r\n\r\nab");
    while (s.heads < 2)
        usleep(1000);
    EXPECT_EQ(pthread_create(&stopper, NULL, stop_main, &s), 0);
    usleep(100000);
    EXPECT_EQ(client(port), -1); /* nobody new */
    client_send(upload, "cd");
    client_read(upload, &r);
    EXPECT_EQ(r.status, 200);
    EXPECT_STR(r.body, "abcd");
    EXPECT(strstr(r.head, "Connection: close\r\n") != NULL);
    pthread_mutex_lock(&s.lock);
    s.later[s.n_later++] = s.never;
    pthread_cond_signal(&s.more);
    pthread_mutex_unlock(&s.lock);
    client_read(fd, &r);
    EXPECT_EQ(r.status, 200);
    EXPECT_STR(r.body, "a");
    pthread_join(stopper, NULL);
    EXPECT(client_closed(idle, 0));
    join_finisher(&s);
    EXPECT_EQ(s.dones, 2);
    close(fd);
    close(idle);
    close(upload);
}

TEST(stopping_gives_up_what_nobody_answers)
{
    struct server s;
    struct reply r;
    short_limits(&s);
    EXPECT_EQ(server_start(&s), OK);
    int fd = client(http_port(s.h));
    client_send(fd, "POST /never HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\na");
    client_send(fd, "GET /echo HTTP/1.1\r\n" HOST "\r\n");
    while (s.heads < 1)
        usleep(1000);
    int64_t start = http_now_ns();
    http_stop(s.h);
    int ms = (int)((http_now_ns() - start) / 1000000);
    EXPECT(ms >= 250 && ms < 1500);
    client_read(fd, &r);
    EXPECT_EQ(r.status, 0);
    http_finish(s.never); /* too late, but not an error */
    join_finisher(&s);
    EXPECT_EQ(s.dones, 0);
    /* What was given up is kept for whoever still holds it; the test does it no harm. */
    arena_free(s.never->arena);
    free(s.never);
    close(fd);
}

struct hammer {
    uint16_t port;
    atomic_bool stop;
    atomic_int answered, broken;
};

static void *hammer_main(void *arg)
{
    struct hammer *h = arg;
    struct reply *r = malloc(sizeof *r);
    while (!h->stop) {
        int fd = client(h->port);
        if (fd < 0)
            break;
        for (bool open = true; open && !h->stop;) {
            client_send(fd, "POST /later HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nab");
            client_read(fd, r);
            h->answered += r->status == 200;
            h->broken += r->status != 200 && r->status != 0;
            open = r->status == 200 && !strstr(r->head, "Connection: close");
        }
        close(fd);
    }
    free(r);
    return NULL;
}

TEST(stopping_under_load_ends_cleanly)
{
    enum { CLIENTS = 8 };
    for (int round = 0; round < 3; round++) {
        struct server s;
        pthread_t threads[CLIENTS];
        server_init(&s);
        s.conf.loops = 2;
        EXPECT_EQ(server_start(&s), OK);
        struct hammer h = { .port = http_port(s.h) };
        for (size_t i = 0; i < CLIENTS; i++)
            EXPECT_EQ(pthread_create(&threads[i], NULL, hammer_main, &h), 0);
        usleep(150000);
        server_stop(&s);
        h.stop = true;
        for (size_t i = 0; i < CLIENTS; i++)
            pthread_join(threads[i], NULL);
        EXPECT(h.answered > 50);
        EXPECT_EQ(h.broken, 0);
        EXPECT_EQ(s.heads, s.dones);
        EXPECT(s.dones - h.answered <= CLIENTS);
    }
}

/* ---- decoding ---- */

TEST(percent_decoding_yields_utf8_or_nothing)
{
    static const struct {
        const char *in, *out;
    } rows[] = {
        { "", "" },
        { "a%20b+c", "a b+c" },
        { "%E4%b9%a1", "乡" },
        { "%f0%9f%98%80", "😀" },
        { "%", NULL },
        { "%4", NULL },
        { "%4g", NULL },
        { "%00", NULL },
        { "%c1%bf", NULL },
        { "%ed%a0%80", NULL },
        { "%f5%80%80%80", NULL },
        { "%80", NULL },
        { "%e4%b9", NULL },
        { "%f4%90%80%80", NULL },
        { "%e0%9f%bf", NULL },
    };
    struct arena *a = arena_new(ARENA_LIMIT);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *got = http_url_decode(a, rows[i].in, strlen(rows[i].in), false);
        EXPECT((got == NULL) == (rows[i].out == NULL));
        if (got)
            EXPECT_STR(got, rows[i].out);
    }
    EXPECT_STR(http_url_decode(a, "a+b", 3, true), "a b");
    EXPECT(http_url_decode(a, "a\0b", 3, true) == NULL);
    arena_free(a);
}
