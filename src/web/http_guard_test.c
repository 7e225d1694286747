/* SPDX-License-Identifier: Apache-2.0
 * http_guard_test.c - what must be refused, sent over real sockets to our server and to nginx: what
 * nginx refuses, ours refuses. */
#include "web/http_test.h"
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define HOST    "Host: a\r\n"
#define R(text) text, sizeof(text) - 1
#define POST    "POST /echo HTTP/1.1\r\n" HOST

/* status 0: any refusal (400 to 599, or closed without an answer). */
static const struct {
    const char *what, *bytes;
    size_t n;
    int status;
} cases[] = {
    { "plain get", R("GET /echo HTTP/1.1\r\n" HOST "\r\n"), 200 },
    { "post", R(POST "Content-Length: 14\r\n\r\n0123456789abcd"), 200 },
    { "chunked", R(POST "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"), 200 },
    { "chunked, capitals", R(POST "Transfer-Encoding: Chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"), 200 },
    { "host with port", R("GET / HTTP/1.1\r\nHost: [::1]:8080 \r\n\r\n"), 200 },
    { "HTTP/1.0", R("GET / HTTP/1.0\r\n" HOST "\r\n"), 200 },
    { "dots in a name", R("GET /a..b/.c/d. HTTP/1.1\r\n" HOST "\r\n"), 200 },
    { "tab in a value", R("GET / HTTP/1.1\r\n" HOST "X: a\tb\r\n\r\n"), 200 },
    { "empty value", R("GET / HTTP/1.1\r\n" HOST "X:\r\n\r\n"), 200 },

    { "two lengths", R(POST "Content-Length: 14\r\nContent-Length: 2\r\n\r\n01"), 400 },
    { "two lengths, reversed", R(POST "Content-Length: 2\r\nContent-Length: 14\r\n\r\n01"), 400 },
    { "two equal lengths", R(POST "Content-Length: 2\r\nContent-Length: 2\r\n\r\n01"), 400 },
    { "length list", R(POST "Content-Length: 2, 2\r\n\r\n01"), 400 },
    { "length and chunked",
      R(POST "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400 },
    { "chunked and length",
      R(POST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n"
             "Host: a\r\n\r\n"),
      400 },
    { "xchunked", R(POST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"), 400 },
    { "gzip, chunked", R(POST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), 400 },
    { "two codings",
      R(POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400 },
    { "identity", R(POST "Transfer-Encoding: identity\r\n\r\n"), 400 },
    { "chunked with a vertical tab",
      R(POST "Transfer-Encoding: \x0b"
             "chunked\r\n\r\n0\r\n\r\n"),
      400 },
    { "chunked in HTTP/1.0",
      R("POST /echo HTTP/1.0\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400 },
    { "length +14", R(POST "Content-Length: +14\r\n\r\n0123456789abcd"), 400 },
    { "length 14abc", R(POST "Content-Length: 14abc\r\n\r\n0123456789abcd"), 400 },
    { "length -1", R(POST "Content-Length: -1\r\n\r\n"), 400 },
    { "length empty", R(POST "Content-Length:\r\n\r\n"), 400 },
    { "length 0x2", R(POST "Content-Length: 0x2\r\n\r\n01"), 400 },
    { "length 1 000", R(POST "Content-Length: 1 000\r\n\r\n01"), 400 },
    { "length above 2^64", R(POST "Content-Length: 18446744073709551617\r\n\r\n0"), 0 },
    { "chunk size 0xe", R(POST "Transfer-Encoding: chunked\r\n\r\n0xe\r\n0\r\n\r\n"), 400 },
    { "chunk size negative", R(POST "Transfer-Encoding: chunked\r\n\r\n-1\r\n0\r\n\r\n"), 400 },
    { "chunk size above 2^64",
      R(POST "Transfer-Encoding: chunked\r\n\r\n10000000000000002\r\n0\r\n\r\n"), 0 },
    { "chunk without its end", R(POST "Transfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n0\r\n\r\n"),
      400 },

    { "no host", R("GET / HTTP/1.1\r\n\r\n"), 400 },
    { "no host, other header", R("GET / HTTP/1.1\r\nX: 1\r\n\r\n"), 400 },
    { "two hosts", R("GET / HTTP/1.1\r\n" HOST "Host: b\r\n\r\n"), 400 },
    { "empty host", R("GET / HTTP/1.1\r\nHost: \r\n\r\n"), 400 },
    { "host with a slash", R("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"), 400 },
    { "host with a space", R("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), 400 },

    { "space before the colon", R(POST "Content-Length : 2\r\n\r\n01"), 400 },
    { "no colon", R("GET / HTTP/1.1\r\n" HOST "nonsense\r\n\r\n"), 400 },
    { "empty name", R("GET / HTTP/1.1\r\n" HOST ": x\r\n\r\n"), 400 },
    { "control character in a name", R("GET / HTTP/1.1\r\n" HOST "X\x01: x\r\n\r\n"), 400 },
    { "CR in a value", R("GET / HTTP/1.1\r\n" HOST "X: a\rb\r\n\r\n"), 400 },
    { "CR at the end of a value", R("GET / HTTP/1.1\r\n" HOST "X: a\r\r\n\r\n"), 400 },
    { "NUL in a value", R("GET / HTTP/1.1\r\n" HOST "X: a\0b\r\n\r\n"), 400 },
    { "NUL at the end of a value", R("GET / HTTP/1.1\r\n" HOST "X: a\0\r\n\r\n"), 400 },
    { "NUL in the last value", R("GET / HTTP/1.1\r\nX: 1\r\nHost: a\0\0\r\n\r\n"), 400 },
    { "NUL in a name", R("GET / HTTP/1.1\r\n" HOST "X\0Y: a\r\n\r\n"), 400 },
    { "NUL before a name", R("GET / HTTP/1.1\r\n" HOST "\0X: a\r\nContent-Length: 5\r\n\r\n"),
      400 },
    { "escape character in a value", R("GET / HTTP/1.1\r\n" HOST "X: a\x1b[1m\r\n\r\n"), 400 },
    { "DEL in a value", R("GET / HTTP/1.1\r\n" HOST "X: a\x7f\r\n\r\n"), 400 },
    { "folded line", R("GET / HTTP/1.1\r\n" HOST "X: a\r\n b\r\n\r\n"), 400 },
    { "folded first line", R("GET / HTTP/1.1\r\n " HOST "\r\n"), 400 },
    { "folded length", R(POST "Content-Length: 2\r\n 0\r\n\r\n01"), 400 },
    { "bare LF", R("GET / HTTP/1.1\n" HOST "\r\n"), 400 },
    { "bare LF after a header", R("GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n"), 400 },

    { "method in small letters", R("get / HTTP/1.1\r\n" HOST "\r\n"), 400 },
    { "method junk", R("G@T / HTTP/1.1\r\n" HOST "\r\n"), 400 },
    { "method unknown", R("BREW / HTTP/1.1\r\n" HOST "\r\n"), 400 },
    { "TRACE", R("TRACE / HTTP/1.1\r\n" HOST "\r\n"), 400 },
    { "CONNECT", R("CONNECT a:80 HTTP/1.1\r\n" HOST "\r\n"), 400 },
    { "method with NUL", R("GET\0 / HTTP/1.1\r\n" HOST "\r\n"), 400 },
    { "HTTP/9.9", R("GET / HTTP/9.9\r\n" HOST "\r\n"), 505 },
    { "HTTP/0.9", R("GET /\r\n\r\n"), 0 },
    { "http/1.1", R("GET / http/1.1\r\n" HOST "\r\n"), 400 },
    { "HTTP/1.1 and more", R("GET / HTTP/1.1x\r\n" HOST "\r\n"), 400 },
    { "two spaces", R("GET  / HTTP/1.1\r\n" HOST "\r\n"), 400 },
    { "tab for a space", R("GET\t/ HTTP/1.1\r\n" HOST "\r\n"), 0 },

    { "path without slash", R("GET echo HTTP/1.1\r\n" HOST "\r\n"), 400 },
    { "star", R("OPTIONS * HTTP/1.1\r\n" HOST "\r\n"), 400 },
    { "absolute form", R("GET http://a/ HTTP/1.1\r\n" HOST "\r\n"), 400 },
    { "space in the path", R("GET /a b HTTP/1.1\r\n" HOST "\r\n"), 400 },
    { "CR in the path", R("GET /a\rb HTTP/1.1\r\n" HOST "\r\n"), 400 },
    { "NUL in the path", R("GET /a\0b HTTP/1.1\r\n" HOST "\r\n"), 400 },
    { "NUL in the query", R("GET /a?b\0c HTTP/1.1\r\n" HOST "\r\n"), 400 },
    { "control character in the query", R("GET /a?b\x02 HTTP/1.1\r\n" HOST "\r\n"), 400 },
    { "fragment", R("GET /a#b HTTP/1.1\r\n" HOST "\r\n"), 400 },
    { "%00 in the path", R("GET /a%00b HTTP/1.1\r\n" HOST "\r\n"), 400 },
    { "%0a in the path", R("GET /a%0ab HTTP/1.1\r\n" HOST "\r\n"), 400 },
    { "broken escape", R("GET /a%4 HTTP/1.1\r\n" HOST "\r\n"), 400 },
    { "broken escape 2", R("GET /a%zz HTTP/1.1\r\n" HOST "\r\n"), 400 },
    { "not UTF-8", R("GET /%ff HTTP/1.1\r\n" HOST "\r\n"), 400 },
    { "overlong UTF-8", R("GET /%c0%af HTTP/1.1\r\n" HOST "\r\n"), 400 },
    { "half a UTF-8 character", R("GET /%e4%b9 HTTP/1.1\r\n" HOST "\r\n"), 400 },
    { "raw bytes that are not UTF-8", R("GET /\xff HTTP/1.1\r\n" HOST "\r\n"), 400 },
    { "dot segments", R("GET /a/../b HTTP/1.1\r\n" HOST "\r\n"), 400 },
    { "dot segments above the root", R("GET /../b HTTP/1.1\r\n" HOST "\r\n"), 400 },
    { "dot segment at the end", R("GET /a/.. HTTP/1.1\r\n" HOST "\r\n"), 400 },
    { "one dot", R("GET /./a HTTP/1.1\r\n" HOST "\r\n"), 400 },
    { "escaped dot segments", R("GET /a/%2e%2e/b HTTP/1.1\r\n" HOST "\r\n"), 400 },
    { "escaped slash and dots", R("GET /a%2f..%2fb HTTP/1.1\r\n" HOST "\r\n"), 400 },
    { "two slashes", R("GET //evil.example/ HTTP/1.1\r\n" HOST "\r\n"), 400 },
};

static bool refused(const struct reply *r)
{
    return r->closed && (r->status == 0 || r->status >= 400);
}

TEST(the_guard_refuses_what_is_ambiguous_and_lets_the_rest_through)
{
    struct server s;
    static struct reply r;
    server_init(&s);
    EXPECT_EQ(server_start(&s), OK);
    int bad = 0;
    for (size_t i = 0; i < COUNT(cases); i++) {
        ask_n(http_port(s.h), cases[i].bytes, cases[i].n, &r);
        bool right = cases[i].status == 0 ? refused(&r) : r.status == cases[i].status;
        if (cases[i].status >= 400)
            right = right && r.closed;
        if (!right)
            printf("%s: status %d%s\n", cases[i].what, r.status, r.closed ? " closed" : "");
        bad += !right;
    }
    EXPECT_EQ(bad, 0);
    struct http_counters n;
    http_counters(s.h, &n);
    EXPECT_EQ((int)n.refused, s.refusals);
    EXPECT(s.refusals > 40);
    server_stop(&s);
    EXPECT_EQ(s.heads, s.dones);
}

/* Whatever stands behind a refused request must not be taken for a second one. */
TEST(nothing_after_a_refused_request_is_served)
{
    struct server s;
    static struct reply r;
    server_init(&s);
    EXPECT_EQ(server_start(&s), OK);
    int served = 0;
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (cases[i].status < 400 && cases[i].status != 0)
            continue;
        static char text[2048];
        int n = snprintf(text + cases[i].n, sizeof text - cases[i].n, "%s",
                         "GET /second HTTP/1.1\r\n" HOST "\r\n");
        memcpy(text, cases[i].bytes, cases[i].n);
        int before = s.heads;
        ask_n(http_port(s.h), text, cases[i].n + (size_t)n, &r);
        if (r.status == 200 || strstr(r.body, "/second"))
            printf("%s: a second request was served\n", cases[i].what);
        served += r.status == 200;
        EXPECT(s.heads - before <= 1);
    }
    EXPECT_EQ(served, 0);
    server_stop(&s);
}

static int status_of(uint16_t port, const char *text, struct reply *r)
{
    ask(port, text, r);
    return r->status;
}

TEST(too_long_and_too_many_are_told_apart)
{
    struct server s;
    static struct reply r;
    static char fill[128 * 1024], text[256 * 1024];
    server_init(&s);
    EXPECT_EQ(server_start(&s), OK);
    uint16_t port = http_port(s.h);
    memset(fill, 'a', sizeof fill - 1);
    snprintf(text, sizeof text, "GET /%.1023s HTTP/1.1\r\n" HOST "\r\n", fill);
    EXPECT_EQ(status_of(port, text, &r), 200);
    snprintf(text, sizeof text, "GET /%.1024s HTTP/1.1\r\n" HOST "\r\n", fill);
    EXPECT_EQ(status_of(port, text, &r), 414);
    snprintf(text, sizeof text, "GET /?%.4096s HTTP/1.1\r\n" HOST "\r\n", fill);
    EXPECT_EQ(status_of(port, text, &r), 200);
    snprintf(text, sizeof text, "GET /?%.4097s HTTP/1.1\r\n" HOST "\r\n", fill);
    EXPECT_EQ(status_of(port, text, &r), 414);
    EXPECT(r.closed);
    snprintf(text, sizeof text, "GET /%.100000s HTTP/1.1\r\n" HOST "\r\n", fill);
    EXPECT_EQ(status_of(port, text, &r), 414);
    snprintf(text, sizeof text, "GET / HTTP/1.1\r\n" HOST "X: %.16000s\r\n\r\n", fill);
    EXPECT_EQ(status_of(port, text, &r), 200);
    snprintf(text, sizeof text, "GET / HTTP/1.1\r\n" HOST "X: %.17000s\r\n\r\n", fill);
    EXPECT_EQ(status_of(port, text, &r), 431);
    snprintf(text, sizeof text, "GET / HTTP/1.1\r\n" HOST "X: %s\r\n\r\n", fill);
    EXPECT_EQ(status_of(port, text, &r), 431);
    for (int lines = 63; lines <= 64; lines++) {
        int n = snprintf(text, sizeof text, "GET / HTTP/1.1\r\n" HOST);
        for (int i = 0; i < lines; i++)
            n += snprintf(text + n, sizeof text - (size_t)n, "X%d: y\r\n", i);
        snprintf(text + n, sizeof text - (size_t)n, "\r\n");
        EXPECT_EQ(status_of(port, text, &r), lines == 63 ? 200 : 431);
    }
    server_stop(&s);
}

TEST(a_query_of_many_arguments_costs_no_more)
{
    struct server s;
    static struct reply r;
    static char text[8192];
    server_init(&s);
    EXPECT_EQ(server_start(&s), OK);
    int n = snprintf(text, sizeof text, "GET /echo?");
    for (int i = 0; i < 2000; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, "a&");
    snprintf(text + n, sizeof text - (size_t)n, " HTTP/1.1\r\n" HOST "\r\n");
    ask(http_port(s.h), text, &r);
    EXPECT_EQ(r.status, 200);
    EXPECT_EQ((int)r.n_body, 6 + 4000 + 10);
    server_stop(&s);
}

TEST(a_body_above_the_limit_is_refused_with_413)
{
    struct server s;
    static struct reply r;
    static char fill[BODY_MAX + 1000], text[256 * 1024];
    server_init(&s);
    EXPECT_EQ(server_start(&s), OK);
    memset(fill, 'a', sizeof fill);
    snprintf(text, sizeof text, POST "Content-Length: %d\r\n\r\n", BODY_MAX + 1);
    EXPECT_EQ(status_of(http_port(s.h), text, &r), 413); /* without waiting for the body */
    EXPECT_STR(r.body, "refused");
    EXPECT(r.closed);
    snprintf(text, sizeof text, POST "Content-Length: %d\r\nExpect: 100-continue\r\n\r\n",
             BODY_MAX + 1);
    EXPECT_EQ(status_of(http_port(s.h), text, &r), 413);
    int fd = client(http_port(s.h)); /* a client that sends all before it reads still sees why */
    client_send(fd, text);
    for (int i = 0; i < 50; i++)
        client_send_n(fd, fill, sizeof fill);
    client_read(fd, &r);
    EXPECT_EQ(r.status, 413);
    close(fd);
    int n =
        snprintf(text, sizeof text, POST "Transfer-Encoding: chunked\r\n\r\n%x\r\n", BODY_MAX + 1);
    memcpy(text + n, fill, BODY_MAX + 1);
    ask_n(http_port(s.h), text, (size_t)n + BODY_MAX + 1, &r);
    EXPECT_EQ(r.status, 413);
    EXPECT(r.closed);
    server_stop(&s);
    EXPECT_EQ(s.heads, s.dones);
}

/* ---- the same cases against nginx ---- */

static bool write_file(const char *dir, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    return f && fputs(text, f) >= 0 && fclose(f) == 0;
}

/* The configuration of a strict proxy before nothing: answers 200 to what it accepts. */
static pid_t nginx_start(const char *dir, uint16_t port)
{
    char conf[2048], prefix[256], file[256];
    snprintf(conf, sizeof conf,
             "daemon off;\nmaster_process off;\npid %s/pid;\nerror_log %s/error.log;\n"
             "events { worker_connections 64; }\nhttp {\n access_log off;\n"
             " client_body_temp_path %s/body;\n proxy_temp_path %s/proxy;\n"
             " fastcgi_temp_path %s/f;\n uwsgi_temp_path %s/u;\n scgi_temp_path %s/s;\n"
             " server { listen 127.0.0.1:%u; location / { return 200 ok; } }\n}\n",
             dir, dir, dir, dir, dir, dir, dir, (unsigned)port);
    EXPECT(write_file(dir, "nginx.conf", conf));
    snprintf(prefix, sizeof prefix, "%s/", dir);
    snprintf(file, sizeof file, "%s/nginx.conf", dir);
    pid_t pid = fork();
    if (pid == 0) {
        execl("/usr/sbin/nginx", "nginx", "-p", prefix, "-c", file, "-e", "stderr", (char *)NULL);
        _exit(127);
    }
    for (int i = 0; i < 100; i++) {
        int fd = client(port);
        if (fd >= 0) {
            close(fd);
            return pid;
        }
        usleep(50000);
    }
    return pid;
}

static void remove_dir(const char *dir)
{
    static const char *const names[] = { "nginx.conf", "pid", "error.log" };
    static const char *const dirs[] = { "body", "proxy", "f", "u", "s" };
    char path[256];
    for (size_t i = 0; i < COUNT(names); i++) {
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        unlink(path);
    }
    for (size_t i = 0; i < COUNT(dirs); i++) {
        snprintf(path, sizeof path, "%s/%s", dir, dirs[i]);
        rmdir(path);
    }
    rmdir(dir);
}

TEST(what_nginx_refuses_is_refused_here)
{
    if (access("/usr/sbin/nginx", X_OK) != 0) {
        printf("skipped: nginx is not installed\n");
        return;
    }
    struct server s;
    static struct reply r;
    char dir[] = "/tmp/http_nginx_XXXXXX";
    uint16_t port = 0;
    EXPECT(mkdtemp(dir) != NULL);
    int fd = http_listen("127.0.0.1", &port, false);
    close(fd);
    pid_t pid = nginx_start(dir, port);
    server_init(&s);
    EXPECT_EQ(server_start(&s), OK);
    int both = 0, only_nginx = 0;
    for (size_t i = 0; i < COUNT(cases); i++) {
        ask_n(port, cases[i].bytes, cases[i].n, &r);
        if (!refused(&r))
            continue;
        int theirs = r.status;
        ask_n(http_port(s.h), cases[i].bytes, cases[i].n, &r);
        if (!refused(&r)) {
            printf("%s: nginx %d, here %d\n", cases[i].what, theirs, r.status);
            only_nginx++;
        }
        both++;
    }
    kill(pid, SIGTERM);
    EXPECT_EQ(waitpid(pid, NULL, 0), pid);
    remove_dir(dir);
    EXPECT_EQ(only_nginx, 0);
    EXPECT(both >= 30);
    server_stop(&s);
}
