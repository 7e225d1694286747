/* SPDX-License-Identifier: Apache-2.0
 * confine_reach_test.c - a confined server still stores files, knows their types, and reaches the
 * gateway for messages. */
#include "cli/confine.h"
#include "kernel/file/file.h"
#include "test.h"
#include <arpa/inet.h>
#include <curl/curl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char pdf[] = "%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n";
static uint16_t port;

/* In a process of its own: answers one request. */
static pid_t gateway_start(void)
{
    struct sockaddr_in sa = { .sin_family = AF_INET };
    socklen_t len = sizeof sa;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(fd, (struct sockaddr *)&sa, sizeof sa) == 0 && listen(fd, 1) == 0);
    CHECK(getsockname(fd, (struct sockaddr *)&sa, &len) == 0);
    port = ntohs(sa.sin_port);
    pid_t pid = fork();
    if (pid == 0) {
        static const char text[] = "HTTP/1.1 204 X\r\n\r\n";
        char in[2000];
        int one = accept(fd, NULL, NULL);
        ssize_t n = recv(one, in, sizeof in, 0);
        _exit(n > 0 && send(one, text, sizeof text - 1, 0) > 0 ? 0 : 1);
    }
    close(fd);
    return pid;
}

static int reach(struct ctx *c, const char *dir)
{
    struct file f;
    long status = 0;
    struct bytes bytes = { (const uint8_t *)pdf, sizeof pdf - 1 };
    if (confine_server(c, dir) != OK ||
        file_put(c, arena_printf(c->arena, "%s/files", dir), bytes, &f) != OK)
        return 1;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    CURL *curl = curl_easy_init();
    curl_easy_setopt(curl, CURLOPT_URL,
                     arena_printf(c->arena, "http://localhost:%u/", (unsigned)port));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, "{}");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    CURLcode rc = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (rc != CURLE_OK)
        fprintf(stderr, "%s\n", curl_easy_strerror(rc));
    return rc == CURLE_OK && status == 204 ? 0 : 2;
}

TEST(a_confined_server_stores_files_and_reaches_the_gateway)
{
    struct ctx c = { .arena = arena_new(ARENA_LIMIT) };
    const char *dir = arena_printf(c.arena, "%s/reach-%d", getenv("XY_TEST_DIR"), (int)getpid());
    int status;
    EXPECT_EQ(mkdir(dir, 0700), 0);
    pid_t gateway = gateway_start(), pid = fork();
    if (pid == 0) {
        int got = reach(&c, dir);
        if (got)
            fprintf(stderr, "reach: %d %s\n", got, c.why);
        _exit(got);
    }
    EXPECT_EQ(waitpid(pid, &status, 0), pid);
    EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    EXPECT_EQ(waitpid(gateway, &status, 0), gateway);
    arena_free(c.arena);
}
