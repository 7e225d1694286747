/* SPDX-License-Identifier: Apache-2.0
 * supervise_test.c - children die, the port stays. The server here answers every connection with
 * one line: its own process id, its signer's socket's answer. */
#include "cli/supervise.h"
#include "crypto/signer.h"
#include "test.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

struct trial {
    char dir[64], path[96];
    int to_test, port_fd; /* the parent tells the port through this pipe */
    pid_t parent;
    uint16_t port;
    enum { SERVE, CRASH, WANTED_END, BAD_CONFIG, DEAF } mode;
};

static volatile sig_atomic_t ended;
static void on_term(int sig)
{
    (void)sig;
    ended = 1;
}

static void answer(struct ctx *c, int fd)
{
    char line[64];
    struct bytes sealed;
    enum err e = field_seal(c, "t", "text", &sealed);
    int n = snprintf(line, sizeof line, "%d %s\n", (int)getpid(), err_name(e));
    if (write(fd, line, (size_t)n) != n)
        _exit(3);
    close(fd);
}

static int serve(void *arg, int listen_fd, int signer_fd)
{
    const struct trial *t = arg;
    if (t->mode == CRASH)
        raise(SIGKILL);
    if (t->mode == BAD_CONFIG || t->mode == WANTED_END)
        return t->mode == WANTED_END ? 0 : EX_CONFIG;
    struct sigaction term = { .sa_handler = t->mode == DEAF ? SIG_IGN : on_term };
    sigaction(SIGTERM, &term, NULL);
    struct ctx c = { .arena = arena_new(ARENA_LIMIT), .signer = signer_remote(signer_fd) };
    while (!ended) {
        struct pollfd p = { .fd = listen_fd, .events = POLLIN };
        if (poll(&p, 1, 100) <= 0)
            continue;
        int fd = accept(listen_fd, NULL, NULL);
        if (fd >= 0)
            answer(&c, fd);
    }
    signer_free(c.signer);
    arena_free(c.arena);
    return 0;
}

static void bound(void *arg, uint16_t port)
{
    const struct trial *t = arg;
    if (write(t->to_test, &port, sizeof port) != sizeof port)
        _exit(3);
}

static void begin(struct trial *t, int mode, bool with_keys)
{
    int pipes[2];
    struct ctx c = { 0 };
    *t = (struct trial){ .mode = mode };
    snprintf(t->dir, sizeof t->dir, "/tmp/supervise_test_XXXXXX");
    EXPECT(mkdtemp(t->dir) != NULL);
    snprintf(t->path, sizeof t->path, "%s/keys", t->dir);
    if (with_keys)
        EXPECT_EQ(signer_key_make(&c, t->path), OK);
    EXPECT(pipe(pipes) == 0);
    t->port_fd = pipes[0];
    t->to_test = pipes[1];
    t->parent = fork();
    if (t->parent == 0) {
        int null = open("/dev/null", O_WRONLY);
        dup2(null, 2); /* its reports are not this test's output */
        close(pipes[0]);
        struct supervise_conf conf = { .key_path = t->path,
                                       .allow_root = true,
                                       .pause_ms = 2,
                                       .stop_ms = 1000,
                                       .serve = serve,
                                       .bound = bound,
                                       .arg = t };
        _exit(supervise(&conf));
    }
    close(pipes[1]);
    EXPECT(read(t->port_fd, &t->port, sizeof t->port) == sizeof t->port);
}

static int end(struct trial *t)
{
    int status;
    EXPECT(waitpid(t->parent, &status, 0) == t->parent);
    close(t->port_fd);
    unlink(t->path);
    EXPECT(rmdir(t->dir) == 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

/* Asks the server; its process id, 0 when it hung up. `word` becomes what its signer said. */
static pid_t ask(const struct trial *t, char word[32])
{
    struct sockaddr_in sa = { .sin_family = AF_INET, .sin_port = htons(t->port) };
    struct timeval limit = { 10, 0 };
    char line[64] = "";
    size_t used = 0;
    ssize_t n = 0;
    sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ck_assert_msg(connect(fd, (struct sockaddr *)&sa, sizeof sa) == 0, "connect: %s",
                  strerrordesc_np(errno));
    while (used < sizeof line - 1 && (n = read(fd, line + used, sizeof line - 1 - used)) > 0)
        used += (size_t)n;
    close(fd);
    char *rest;
    long pid = strtol(line, &rest, 10);
    snprintf(word, 32, "%.*s", (int)strcspn(rest + (*rest == ' '), "\n"), rest + (*rest == ' '));
    return (pid_t)pid;
}

/* The only other child of the parent: the signer. */
static pid_t signer_of(const struct trial *t, pid_t server)
{
    char path[64], text[128] = "";
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)t->parent, (int)t->parent);
    FILE *f = fopen(path, "r");
    if (!f)
        return 0;
    size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = '\0';
    for (char *s = text, *next; *s; s = next) {
        long pid = strtol(s, &next, 10);
        if (next == s)
            break;
        if (pid != server)
            return (pid_t)pid;
    }
    return 0;
}

/* A server whose signer has just died may still answer until the parent has noticed. */
static pid_t ask_well(const struct trial *t)
{
    char word[32];
    pid_t pid = 0;
    for (int tries = 0; tries < 200; tries++) {
        pid = ask(t, word);
        EXPECT(pid > 0);
        if (str_eq(word, "OK"))
            return pid;
        usleep(50000);
    }
    EXPECT_STR(word, "OK");
    return pid;
}

TEST(a_killed_server_is_started_again_and_the_port_never_closes)
{
    struct trial t;
    begin(&t, SERVE, true);
    pid_t one = ask_well(&t), again = ask_well(&t);
    EXPECT_EQ(one, again);
    for (int i = 0; i < 3; i++) {
        struct timespec t0, t1;
        EXPECT_EQ(kill(one, SIGKILL), 0);
        clock_gettime(CLOCK_MONOTONIC, &t0);
        pid_t two = ask_well(&t);
        clock_gettime(CLOCK_MONOTONIC, &t1);
        EXPECT(two != one);
        EXPECT(t1.tv_sec - t0.tv_sec <= 2);
        one = two;
    }
    EXPECT_EQ(kill(t.parent, SIGTERM), 0);
    EXPECT_EQ(end(&t), 0);
    EXPECT(kill(one, 0) != 0);
}

TEST(when_the_signer_dies_both_are_started_again)
{
    struct trial t;
    begin(&t, SERVE, true);
    pid_t server = ask_well(&t), signer = signer_of(&t, server);
    if (signer) { /* the kernel may not list children */
        EXPECT_EQ(kill(signer, SIGKILL), 0);
        pid_t next = server;
        char word[32] = "";
        for (int i = 0; i < 50 && (next == server || next == 0); i++) {
            nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
            next = ask(&t, word);
        }
        EXPECT(next != server && next != 0);
        EXPECT_STR(word, "OK");
    }
    EXPECT_EQ(kill(t.parent, SIGINT), 0);
    EXPECT_EQ(end(&t), 0);
}

TEST(when_the_parent_is_killed_its_children_die)
{
    struct trial t;
    begin(&t, SERVE, true);
    pid_t server = ask_well(&t), signer = signer_of(&t, server);
    EXPECT_EQ(kill(t.parent, SIGKILL), 0);
    EXPECT_EQ(end(&t), 256 + SIGKILL);
    struct timespec nap = { .tv_nsec = 20000000 };
    struct sockaddr_in sa = { .sin_family = AF_INET, .sin_port = htons(t.port) };
    sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bool free_again = false;
    for (int i = 0; i < 100 && !free_again; i++) {
        nanosleep(&nap, NULL);
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        free_again = connect(fd, (struct sockaddr *)&sa, sizeof sa) != 0;
        close(fd);
    }
    EXPECT(free_again);
    (void)signer;
}

TEST(a_server_that_dies_at_once_every_time_is_given_up)
{
    struct trial t;
    begin(&t, CRASH, true);
    EXPECT_EQ(end(&t), EX_SOFTWARE);
}

TEST(a_wanted_end_and_a_wrong_configuration_are_not_started_again)
{
    struct trial t;
    begin(&t, WANTED_END, true);
    EXPECT_EQ(end(&t), 0);
    begin(&t, BAD_CONFIG, true);
    EXPECT_EQ(end(&t), EX_CONFIG);
    begin(&t, SERVE, false); /* no key file */
    EXPECT_EQ(end(&t), EX_CONFIG);
}

TEST(a_server_deaf_to_sigterm_is_killed_when_its_time_is_over)
{
    struct trial t;
    begin(&t, DEAF, true);
    ask_well(&t);
    EXPECT_EQ(kill(t.parent, SIGTERM), 0);
    EXPECT_EQ(end(&t), 1);
}

TEST(root_and_a_taken_port_are_refused)
{
    struct trial t;
    struct supervise_conf conf = { .serve = serve, .arg = &t, .allow_root = true };
    int err = dup(2), null = open("/dev/null", O_WRONLY);
    begin(&t, SERVE, true);
    dup2(null, 2);
    conf.port = t.port;
    int taken = supervise(&conf);
    conf.address = "not an address";
    int nonsense = supervise(&conf);
    conf.allow_root = false;
    int root = supervise(&conf);
    dup2(err, 2);
    close(err);
    close(null);
    EXPECT_EQ(taken, EX_UNAVAILABLE);
    EXPECT_EQ(nonsense, EX_UNAVAILABLE);
    EXPECT_EQ(root, geteuid() == 0 ? EX_NOPERM : EX_UNAVAILABLE);
    EXPECT_EQ(kill(t.parent, SIGHUP), 0);
    EXPECT_EQ(end(&t), 0);
}
