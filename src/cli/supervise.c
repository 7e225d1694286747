/* SPDX-License-Identifier: Apache-2.0
 * supervise.c - see supervise.h. Signer and server always start and end together: one pair of
 * sockets for one life of both, so that no answer of an earlier life is read by a later one. */
#include "cli/supervise.h"
#include "crypto/signer.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

enum {
    BACKLOG = 1024,
    DEATHS_MAX = 5, /* within: */
    DEATHS_WINDOW_MS = 30 * 1000,
    PAUSE_MS = 100,
    PAUSE_MAX_MS = 5000,
    STOP_SERVER_MS = 10 * 1000,
    STOP_LAME_MS = 2000, /* a server whose signer died */
    STOP_SIGNER_MS = 2000,
};
_Static_assert((int)SIGNER_EXIT_KEYS == EX_CONFIG, "the signer's refusal ends the parent");

struct family {
    const struct supervise_conf *conf;
    int listen_fd;
    pid_t server, signer; /* 0: not running */
    int64_t deaths_ms[DEATHS_MAX];
    size_t n_deaths;
    sigset_t waited, before; /* the signals we wait for; the mask our children get */
};

static int64_t monotonic_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static struct timespec span(int64_t ms)
{
    return (struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
}

/* ---- the port ---- */

static socklen_t parse_address(const char *text, uint16_t port, struct sockaddr_storage *out)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(port) };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
        memcpy(out, &v4, sizeof v4);
        return sizeof v4;
    }
    if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1) {
        memcpy(out, &v6, sizeof v6);
        return sizeof v6;
    }
    return 0;
}

/* The listening socket, or -1 after a line on stderr. *port becomes the one in use. */
static int bind_port(const char *address, uint16_t *port)
{
    struct sockaddr_storage sa = { 0 };
    address = address ? address : "127.0.0.1";
    socklen_t n = parse_address(address, *port, &sa);
    int one = 1, fd = -1;
    if (n)
        fd = socket(sa.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    else
        errno = EINVAL;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
        bind(fd, (struct sockaddr *)&sa, n) != 0 || listen(fd, BACKLOG) != 0 ||
        getsockname(fd, (struct sockaddr *)&sa, &n) != 0) {
        fprintf(stderr, "supervise: cannot listen on %s port %u: %s\n", address, *port,
                strerrordesc_np(errno));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    in_port_t used;
    if (sa.ss_family == AF_INET)
        memcpy(&used, (char *)&sa + offsetof(struct sockaddr_in, sin_port), sizeof used);
    else
        memcpy(&used, (char *)&sa + offsetof(struct sockaddr_in6, sin6_port), sizeof used);
    *port = ntohs(used);
    return fd;
}

/* ---- children ---- */

static const int signals[] = { SIGCHLD, SIGTERM, SIGINT, SIGHUP };

/* First thing in a child: dies with its parent, and hears signals again, in the usual way: a
 * handler of whoever called us knows nothing of being copied. */
static void child_init(const struct family *f, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() != parent)
        _exit(EX_SOFTWARE);
    for (size_t i = 0; i < COUNT(signals); i++)
        signal(signals[i], SIG_DFL);
    sigprocmask(SIG_SETMASK, &f->before, NULL);
}

static _Noreturn void server_child(const struct family *f, int signer_fd)
{
    int status = f->conf->serve(f->conf->arg, f->listen_fd, signer_fd);
    fflush(NULL);
    _exit(status);
}

static bool start(struct family *f)
{
    int sv[2];
    pid_t parent = getpid();
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) != 0)
        return false;
    fflush(NULL);
    f->signer = fork();
    if (f->signer == 0) {
        child_init(f, parent);
        close(f->listen_fd);
        close(sv[0]);
        signer_serve(sv[1], f->conf->key_path);
    }
    f->server = f->signer > 0 ? fork() : -1;
    if (f->server == 0) {
        child_init(f, parent);
        close(sv[1]);
        server_child(f, sv[0]);
    }
    close(sv[0]); /* the signer ends when the server's end is the last one and closes */
    close(sv[1]);
    bool ok = f->signer > 0 && f->server > 0;
    f->signer = f->signer > 0 ? f->signer : 0;
    f->server = f->server > 0 ? f->server : 0;
    return ok;
}

/* Waits for *pid to end, at most ms, then kills it. Returns its wait status. */
static int finish(pid_t *pid, int64_t ms)
{
    const struct timespec nap = span(10);
    int64_t end_ms = monotonic_ms() + ms;
    int status = 0;
    pid_t got;
    if (*pid == 0)
        return 0;
    while ((got = waitpid(*pid, &status, WNOHANG)) == 0 && monotonic_ms() < end_ms)
        nanosleep(&nap, NULL);
    if (got == 0) {
        kill(*pid, SIGKILL);
        while (waitpid(*pid, &status, 0) < 0 && errno == EINTR)
            ;
    }
    *pid = 0;
    return status;
}

static int stop(struct family *f)
{
    int status = 0;
    if (f->server) {
        kill(f->server, SIGTERM);
        status = finish(&f->server, f->conf->stop_ms ? f->conf->stop_ms : STOP_SERVER_MS);
    }
    finish(&f->signer, STOP_SIGNER_MS);
    if (WIFEXITED(status) || WTERMSIG(status) == SIGTERM || WTERMSIG(status) == SIGINT)
        return WEXITSTATUS(status);
    fprintf(stderr, "supervise: the server did not stop, signal %d\n", WTERMSIG(status));
    return 1;
}

static void report(const char *who, int status)
{
    if (WIFSIGNALED(status))
        fprintf(stderr, "supervise: the %s died by signal %d (%s)\n", who, WTERMSIG(status),
                sigdescr_np(WTERMSIG(status)));
    else
        fprintf(stderr, "supervise: the %s ended with status %d\n", who, WEXITSTATUS(status));
}

enum { AGAIN = -1 };

static bool refused_keys(int status)
{
    return WIFEXITED(status) && WEXITSTATUS(status) == EX_CONFIG;
}

/* What follows from the server's end: AGAIN, or the parent's exit status. */
static int after_server(int status)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    report("server", status);
    return refused_keys(status) ? EX_CONFIG : AGAIN;
}

/* Ends what is left of the two when one of them has ended. AGAIN, or the parent's exit status. */
static int reap(struct family *f)
{
    int status;
    if (waitpid(f->server, &status, WNOHANG) == f->server) {
        f->server = 0;
        bool no_keys = refused_keys(finish(&f->signer, STOP_SIGNER_MS));
        int result = after_server(status);
        return no_keys ? EX_CONFIG : result;
    }
    if (waitpid(f->signer, &status, WNOHANG) != f->signer)
        return AGAIN;
    f->signer = 0;
    if (WIFEXITED(status) &&
        WEXITSTATUS(status) == 0) /* it lost its client: the server is ending */
        return after_server(finish(&f->server, STOP_LAME_MS));
    report("signer", status);
    kill(f->server, SIGTERM);
    finish(&f->server, STOP_LAME_MS);
    return refused_keys(status) ? EX_CONFIG : AGAIN;
}

/* Until a child has ended (AGAIN: start both again) or we are told to stop. */
static int watch(struct family *f)
{
    for (;;) {
        int sig = sigwaitinfo(&f->waited, NULL);
        if (sig < 0)
            continue;
        if (sig != SIGCHLD)
            return stop(f);
        int result = reap(f);
        if (result != AGAIN || f->server == 0 || f->signer == 0)
            return result;
    }
}

/* How long to wait before the next start, or -1: too many deaths. */
static int64_t next_pause_ms(struct family *f)
{
    int64_t now = monotonic_ms(), pause = f->conf->pause_ms ? f->conf->pause_ms : PAUSE_MS;
    size_t recent = 0;
    if (f->conf->always)
        return pause;
    f->deaths_ms[f->n_deaths++ % DEATHS_MAX] = now;
    for (size_t i = 0; i < DEATHS_MAX && i < f->n_deaths; i++)
        recent += now - f->deaths_ms[i] < DEATHS_WINDOW_MS;
    if (recent >= DEATHS_MAX)
        return -1;
    for (size_t i = 1; i < recent; i++)
        pause *= 4;
    return pause < PAUSE_MAX_MS ? pause : PAUSE_MAX_MS;
}

/* Sleeps; true when told to stop meanwhile. */
static bool told_to_stop(struct family *f, int64_t ms)
{
    sigset_t ends = f->waited;
    sigdelset(&ends, SIGCHLD);
    const struct timespec t = span(ms);
    return sigtimedwait(&ends, NULL, &t) > 0;
}

static int run(struct family *f)
{
    for (;;) {
        int result = AGAIN;
        if (start(f)) {
            result = watch(f);
        } else {
            fprintf(stderr, "supervise: cannot start: %s\n", strerrordesc_np(errno));
            stop(f);
        }
        if (result != AGAIN)
            return result;
        int64_t pause = next_pause_ms(f);
        if (pause < 0) {
            fprintf(stderr, "supervise: %d deaths within %d s, giving up\n", DEATHS_MAX,
                    DEATHS_WINDOW_MS / 1000);
            return EX_SOFTWARE;
        }
        fprintf(stderr, "supervise: starting again in %" PRId64 " ms\n", pause);
        if (told_to_stop(f, pause))
            return 0;
    }
}

int supervise(const struct supervise_conf *conf)
{
    struct family f = { .conf = conf };
    uint16_t port = conf->port;
    if (geteuid() == 0 && !conf->allow_root) {
        fprintf(stderr, "supervise: will not run as root; use an account of its own, or "
                        "--allow-root\n");
        return EX_NOPERM;
    }
    f.listen_fd = bind_port(conf->address, &port);
    if (f.listen_fd < 0)
        return EX_UNAVAILABLE;
    sigemptyset(&f.waited);
    for (size_t i = 0; i < COUNT(signals); i++)
        sigaddset(&f.waited, signals[i]);
    signal(SIGCHLD, SIG_DFL); /* whoever ignores it gets no status of a child */
    sigprocmask(SIG_BLOCK, &f.waited, &f.before);
    if (conf->bound)
        conf->bound(conf->arg, port);
    int result = run(&f);
    close(f.listen_fd);
    sigprocmask(SIG_SETMASK, &f.before, NULL);
    return result;
}
