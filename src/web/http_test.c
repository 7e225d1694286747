/* SPDX-License-Identifier: Apache-2.0
 * http_test.c - requests and answers over real sockets; many clients; slow clients; start and stop.
 * What the guard refuses is in http_guard_test.c. */
#include "web/http_test.h"
#include <poll.h>
#include <unistd.h>

#define HOST "Host: a\r\n"

TEST(a_get_is_answered_with_path_and_query)
{
    struct server s;
    struct reply r;
    server_init(&s);
    EXPECT_EQ(server_start(&s), OK);
    ask(http_port(s.h), "GET /echo%E4%B9%A1?a=1&b=%20 HTTP/1.1\r\n" HOST "\r\n", &r);
    EXPECT_EQ(r.status, 200);
    EXPECT_STR(r.body, "/echo乡|a=1&b=%20|127.0.0.1");
    EXPECT(!r.closed);
    EXPECT(strstr(r.head, "Content-Type: text/plain\r\n") != NULL);
    server_stop(&s);
    EXPECT_EQ(s.heads, 1);
    EXPECT_EQ(s.dones, 1);
}

TEST(a_post_gives_its_body_in_one_piece_or_in_chunks)
{
    struct server s;
    struct reply r;
    server_init(&s);
    EXPECT_EQ(server_start(&s), OK);
    ask(http_port(s.h), "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhello", &r);
    EXPECT_EQ(r.status, 200);
    EXPECT_STR(r.body, "hello");
    ask(http_port(s.h),
        "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"
        "3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nTrailer: 1\r\n\r\n",
        &r);
    EXPECT_EQ(r.status, 200);
    EXPECT_STR(r.body, "hello");
    EXPECT(!r.closed);
    ask(http_port(s.h), "PUT /echo HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", &r);
    EXPECT_EQ(r.status, 200);
    EXPECT_EQ((int)r.n_body, 0);
    server_stop(&s);
}

TEST(large_bodies_arrive_whole)
{
    enum { SIZE = 60000 };
    struct server s;
    struct reply r;
    static char text[SIZE];
    for (size_t i = 0; i < SIZE; i++)
        text[i] = (char)('a' + i * 7 % 26);
    server_init(&s);
    EXPECT_EQ(server_start(&s), OK);
    int fd = client(http_port(s.h));
    client_send(fd, "POST /later HTTP/1.1\r\n" HOST "Content-Length: 60000\r\n\r\n");
    client_send_n(fd, text, SIZE);
    client_read(fd, &r);
    EXPECT_EQ((int)r.n_body, SIZE);
    EXPECT(memcmp(r.body, text, SIZE) == 0);
    client_send(fd, "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n");
    for (size_t i = 0; i < SIZE; i += 1000) {
        client_send(fd, "3e8\r\n");
        client_send_n(fd, text + i, 1000);
        client_send(fd, "\r\n");
    }
    client_send(fd, "0\r\n\r\n");
    client_read(fd, &r);
    EXPECT_EQ((int)r.n_body, SIZE);
    EXPECT(memcmp(r.body, text, SIZE) == 0);
    close(fd);
    server_stop(&s);
}

TEST(an_answer_may_come_later_from_another_thread)
{
    struct server s;
    struct reply r;
    server_init(&s);
    EXPECT_EQ(server_start(&s), OK);
    int fd = client(http_port(s.h));
    for (int i = 0; i < 20; i++) {
        client_send(fd, "POST /later HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc");
        client_read(fd, &r);
        EXPECT_EQ(r.status, 200);
        EXPECT_STR(r.body, "abc");
        EXPECT(strstr(r.head, "X-Resumed: yes\r\n") != NULL);
        client_send(fd, "GET /later HTTP/1.1\r\n" HOST "\r\n");
        client_read(fd, &r);
        EXPECT_STR(r.body, "/later||127.0.0.1");
    }
    close(fd);
    server_stop(&s);
    EXPECT_EQ(s.dones, 40);
}

TEST(pipelined_requests_are_answered_in_order)
{
    struct server s;
    struct reply r;
    char text[256], want[64];
    server_init(&s);
    EXPECT_EQ(server_start(&s), OK);
    int fd = client(http_port(s.h));
    for (int i = 0; i < 50; i++) {
        snprintf(text, sizeof text, "%s /%s?%d HTTP/1.1\r\n" HOST "\r\n", "GET",
                 i % 3 == 0 ? "later" : "echo", i);
        client_send(fd, text);
    }
    for (int i = 0; i < 50; i++) {
        client_read(fd, &r);
        snprintf(want, sizeof want, "/%s|%d|127.0.0.1", i % 3 == 0 ? "later" : "echo", i);
        EXPECT_EQ(r.status, 200);
        EXPECT_STR(r.body, want);
    }
    close(fd);
    server_stop(&s);
}

TEST(head_304_and_204_have_no_body)
{
    struct server s;
    struct reply r;
    server_init(&s);
    EXPECT_EQ(server_start(&s), OK);
    int fd = client(http_port(s.h));
    static const char *const requests[] = { "HEAD /echo", "HEAD /file", "GET /304", "GET /204" };
    static const int statuses[] = { 200, 200, 304, 204 };
    for (size_t i = 0; i < COUNT(requests); i++) {
        char text[128];
        snprintf(text, sizeof text, "%s HTTP/1.1\r\n" HOST "\r\n", requests[i]);
        client_send(fd, text);
        client_read_head(fd, &r);
        EXPECT_EQ(r.status, statuses[i]);
        bool sized = strstr(r.head, "Content-Length: ") != NULL;
        EXPECT_EQ(sized, statuses[i] != 204);
    }
    client_send(fd, "GET /echo HTTP/1.1\r\n" HOST "\r\n"); /* nothing of a body came in between */
    client_read(fd, &r);
    EXPECT_STR(r.body, "/echo||127.0.0.1");
    close(fd);
    server_stop(&s);
}

TEST(a_file_is_sent_from_its_descriptor)
{
    struct server s;
    struct reply r;
    server_init(&s);
    s.file_fd_size = 50000;
    EXPECT_EQ(server_start(&s), OK);
    ask(http_port(s.h), "GET /file HTTP/1.1\r\n" HOST "\r\n", &r);
    EXPECT_EQ(r.status, 200);
    EXPECT_EQ((int)r.n_body, 50000);
    EXPECT(r.body[0] == 'f' && r.body[49999] == 'f');
    server_stop(&s);
}

TEST(headers_and_cookies_are_found)
{
    struct server s;
    struct reply r;
    server_init(&s);
    EXPECT_EQ(server_start(&s), OK);
    ask(http_port(s.h),
        "GET /headers HTTP/1.1\r\n" HOST "X-NAME:  some value \t\r\n"
        "Cookie: xsid=1; sid=abc; a=2\r\nCookie: b=\"q\"\r\n\r\n",
        &r);
    EXPECT_STR(r.body, "some value|abc|q");
    ask(http_port(s.h), "GET /headers HTTP/1.1\r\n" HOST "Cookie: sid=; bb=1; b\r\n\r\n", &r);
    EXPECT_STR(r.body, "-|-|-");
    server_stop(&s);
}

TEST(forwarded_headers_are_believed_only_behind_a_proxy)
{
    static const char text[] = "GET /origin HTTP/1.1\r\n" HOST "X-Forwarded-For: 6.6.6.6\r\n"
                               "X-Forwarded-For: 9.9.9.9, 1.2.3.4\r\n"
                               "X-Forwarded-Proto: https\r\n\r\n";
    for (int proxy = 0; proxy < 2; proxy++) {
        struct server s;
        struct reply r;
        server_init(&s);
        s.conf.behind_proxy = proxy;
        EXPECT_EQ(server_start(&s), OK);
        ask(http_port(s.h), text, &r);
        EXPECT_STR(r.body, proxy ? "1.2.3.4 1" : "127.0.0.1 0");
        ask(http_port(s.h), "GET /origin HTTP/1.1\r\n" HOST "X-Forwarded-For: <script>\r\n\r\n",
            &r);
        EXPECT_STR(r.body, "127.0.0.1 0");
        server_stop(&s);
    }
}

TEST(an_early_answer_closes_instead_of_reading_the_body)
{
    struct server s;
    struct reply r;
    server_init(&s);
    EXPECT_EQ(server_start(&s), OK);
    ask(http_port(s.h), "POST /no HTTP/1.1\r\n" HOST "Content-Length: 50000\r\n\r\nsome", &r);
    EXPECT_EQ(r.status, 403);
    EXPECT_STR(r.body, "no");
    EXPECT(r.closed);
    ask(http_port(s.h), "GET /no HTTP/1.1\r\n" HOST "\r\n", &r);
    EXPECT_EQ(r.status, 403);
    EXPECT(!r.closed);
    server_stop(&s);
    EXPECT_EQ(s.dones, 2);
}

/* All send, then all are read: what the library's own threads do not survive. */
static void lock_step(unsigned loops, const char *request, size_t n, int rounds)
{
    struct server s;
    struct reply r;
    static int fds[LATER_MAX];
    many_files();
    server_init(&s);
    s.conf.loops = loops;
    EXPECT_EQ(server_start(&s), OK);
    for (size_t i = 0; i < n; i++)
        EXPECT((fds[i] = client(http_port(s.h))) >= 0);
    for (int round = 0; round < rounds; round++) {
        for (size_t i = 0; i < n; i++)
            client_send(fds[i], request);
        for (size_t i = 0; i < n; i++) {
            client_read(fds[i], &r);
            EXPECT_EQ(r.status, 200);
        }
    }
    for (size_t i = 0; i < n; i++)
        close(fds[i]);
    server_stop(&s);
    EXPECT_EQ(s.dones, (int)n * rounds);
}

static const char step_get[] = "GET /echo HTTP/1.1\r\n" HOST "\r\n";
static const char step_post[] = "POST /later HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc";

TEST(clients_in_lock_step_64_get)
{
    lock_step(1, step_get, 64, 20);
}

TEST(clients_in_lock_step_512_get)
{
    lock_step(1, step_get, 512, 6);
    lock_step(2, step_get, 512, 6);
}

TEST(clients_in_lock_step_64_suspended_post)
{
    lock_step(1, step_post, 64, 20);
}

TEST(clients_in_lock_step_512_suspended_post)
{
    lock_step(1, step_post, 512, 6);
    lock_step(2, step_post, 512, 6);
}
