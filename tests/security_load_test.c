/* SPDX-License-Identifier: Apache-2.0
 * security_load_test.c - those who come too often, those who hold a connection and say nothing,
 * and those who speak very slowly: the others are served meanwhile. */
#include "flows.h"
#include <arpa/inet.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { IDLE = 10000, SLOW = 300 };

static void count_rates(struct app_conf *conf)
{
    conf->no_rates = false;
}

TEST(whoever_comes_too_often_is_asked_to_wait)
{
    struct test_app *t = test_app_start_with(count_rates);
    struct client *cl = client_new(t);
    cl->no_tidy = true;
    client_get(cl, "/progress");
    for (int i = 0; i < 20; i++) {
        client_post(cl, "/progress", "number", "1", "code", "AAAAAA", NULL);
        EXPECT_STATUS(cl, 404);
    }
    client_post(cl, "/progress", "number", "1", "code", "AAAAAA", NULL);
    EXPECT_PAGE(cl, 429, "太快了");
    EXPECT_STR(client_header(cl, "Retry-After"), "5");
    client_get(cl, "/progress"); /* reading goes on */
    EXPECT_STATUS(cl, 200);
    test_app_clock(t, t->c.now_ms + 60000);
    client_post(cl, "/progress", "number", "1", "code", "AAAAAA", NULL);
    EXPECT_STATUS(cl, 404);
    int refused = 0;
    for (int i = 0; i < 700 && !refused; i++) {
        client_get(cl, "/healthz");
        refused += cl->status == 429;
    }
    EXPECT_EQ(refused, 1);
    test_app_stop(t);
}

TEST(a_number_is_guessed_at_from_few_tries_only)
{
    struct test_app *t = test_app_start_with(count_rates);
    struct client *cl = client_new(t);
    cl->no_tidy = true;
    int tries = 0;
    do
        client_post(cl, "/sign-in", "phone", "13900008888", "password", "guess", NULL);
    while (cl->status == 401 && ++tries < 30);
    EXPECT_STATUS(cl, 429);
    EXPECT(tries <= 10);
    test_app_stop(t);
}

/* ---- connections, held by a process of their own ---- */
static void raise_files(void)
{
    struct rlimit limit;
    CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    limit.rlim_cur = limit.rlim_max;
    CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

static int connected(uint16_t port)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons(port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return fd >= 0 && connect(fd, (const struct sockaddr *)&to, sizeof to) == 0 ? fd : -1;
}

/* In the child: opens n connections to the port it is told, sends each this text, says how many it
 * has, and holds them until it is killed. */
static _Noreturn void hold(int in, int out, int n, const char *text)
{
    uint16_t port;
    int have = 0;
    raise_files();
    if (read(in, &port, sizeof port) != sizeof port)
        _exit(1);
    for (; have < n; have++) {
        int fd = connected(port);
        if (fd < 0 || (*text && send(fd, text, strlen(text), MSG_NOSIGNAL) < 0))
            break;
    }
    if (write(out, &have, sizeof have) != sizeof have)
        _exit(1);
    for (;;)
        pause();
}

struct holder {
    pid_t pid;
    int to, from;
};

static struct holder holder_new(int n, const char *text)
{
    int a[2], b[2];
    CHECK(pipe(a) == 0 && pipe(b) == 0);
    struct holder h = { fork(), a[1], b[0] };
    CHECK(h.pid >= 0);
    if (h.pid == 0)
        hold(a[0], b[1], n, text);
    return h;
}

static int holder_start(struct holder *h, uint16_t port)
{
    int have = 0;
    CHECK(write(h->to, &port, sizeof port) == sizeof port);
    CHECK(read(h->from, &have, sizeof have) == sizeof have);
    return have;
}

static void holder_end(struct holder *h)
{
    kill(h->pid, SIGKILL);
    CHECK(waitpid(h->pid, NULL, 0) == h->pid);
}

static void expect_served(struct test_app *t)
{
    struct client *cl = client_new(t);
    cl->no_tidy = true;
    client_sign_in(cl, "agent", TEST_VILLAGE);
    for (int i = 0; i < 20; i++) {
        struct timespec a, b;
        clock_gettime(CLOCK_MONOTONIC, &a);
        client_get(cl, "/todo");
        EXPECT_STATUS(cl, 200);
        flow_take(cl, NULL, "王婆婆", "要办老人证", NULL);
        clock_gettime(CLOCK_MONOTONIC, &b);
        EXPECT(b.tv_sec - a.tv_sec < 3);
    }
}

TEST(ten_thousand_who_say_nothing_do_not_keep_others_waiting)
{
    raise_files();
    struct holder h = holder_new(IDLE, "");
    struct test_app *t = test_app_start();
    EXPECT_EQ(holder_start(&h, t->port), IDLE);
    expect_served(t);
    holder_end(&h);
    expect_served(t);
    test_app_stop(t);
}

TEST(those_who_speak_slowly_do_not_keep_others_waiting)
{
    static const char *const halves[] = { "GE", "GET /todo HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ",
                                          "POST /progress HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                                          "Content-Type: application/x-www-form-urlencoded\r\n"
                                          "Content-Length: 100000\r\n\r\nnumber=1" };
    struct holder h[COUNT(halves)];
    for (size_t i = 0; i < COUNT(halves); i++)
        h[i] = holder_new(SLOW, halves[i]);
    struct test_app *t = test_app_start();
    for (size_t i = 0; i < COUNT(halves); i++)
        EXPECT_EQ(holder_start(&h[i], t->port), SLOW);
    expect_served(t);
    for (size_t i = 0; i < COUNT(halves); i++)
        holder_end(&h[i]);
    test_app_stop(t);
}
