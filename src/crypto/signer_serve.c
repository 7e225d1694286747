/* SPDX-License-Identifier: Apache-2.0
 * signer_serve.c - the signer process. After its start it can only receive, compute, send and exit:
 * a fault in it opens no file and reaches no network. */
#include "crypto/signer_msg.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <seccomp.h>
#include <signal.h>
#include <sodium.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static _Noreturn void refuse(const char *why)
{
    fprintf(stderr, "signer: %s\n", why);
    _exit(SIGNER_EXIT_KEYS);
}

/* No core file, no debugger, no /proc/<pid>/mem for others of the same user. Signals that stop the
 * whole process group must not stop the signer before the server has finished. */
static void hide(int fd)
{
    struct rlimit none = { 0, 0 };
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 || setrlimit(RLIMIT_CORE, &none) != 0)
        refuse("cannot forbid core dumps");
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    if (fd > 3)
        close_range(3, (unsigned)fd - 1, 0);
    close_range((unsigned)fd + 1, UINT_MAX, 0);
}

/* The allocator may need memory at any time, even to free some; but none that can be executed, and
 * none of a file. */
static bool allow_memory(scmp_filter_ctx f)
{
    struct scmp_arg_cmp data = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    struct scmp_arg_cmp no_file = SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS);
    return seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, data, no_file) == 0 &&
           seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, data) == 0;
}

static void confine(void)
{
    static const int allowed[] = {
        SCMP_SYS(read),         SCMP_SYS(write),
        SCMP_SYS(recvmsg),      SCMP_SYS(recvfrom),
        SCMP_SYS(sendmsg),      SCMP_SYS(sendto),
        SCMP_SYS(poll),         SCMP_SYS(ppoll),
        SCMP_SYS(close),        SCMP_SYS(exit),
        SCMP_SYS(exit_group),   SCMP_SYS(futex),
        SCMP_SYS(getrandom),    SCMP_SYS(brk),
        SCMP_SYS(munmap),       SCMP_SYS(madvise),
        SCMP_SYS(munlock),      SCMP_SYS(clock_gettime),
        SCMP_SYS(rt_sigreturn), SCMP_SYS(restart_syscall),
        SCMP_SYS(sched_yield),  SCMP_SYS(getpid),
        SCMP_SYS(sigaltstack),
    };
    scmp_filter_ctx f = seccomp_init(SCMP_ACT_KILL_PROCESS);
    bool ok = f != NULL;
    for (size_t i = 0; ok && i < COUNT(allowed); i++)
        ok = seccomp_rule_add(f, SCMP_ACT_ALLOW, allowed[i], 0) == 0;
    ok = ok && allow_memory(f) && seccomp_load(f) == 0;
    if (!ok)
        refuse("cannot limit its own system calls");
    seccomp_release(f);
}

static void answer_all(int fd, const struct signer_keys *k)
{
    static struct signer_msg ask, answer; /* the only thread of its process */
    for (;;) {
        ssize_t n = recv(fd, &ask, sizeof ask, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        if (signer_msg_ok(&ask, (size_t)n)) {
            signer_handle(k, &ask, &answer);
        } else {
            memset(&answer, 0, SIGNER_HEAD);
            answer.id = (size_t)n >= sizeof ask.id ? ask.id : 0;
            answer.result = SIGNER_MALFORMED;
        }
        size_t size = signer_msg_size(&answer);
        ssize_t sent;
        do {
            sent = send(fd, &answer, size, MSG_NOSIGNAL);
        } while (sent < 0 && errno == EINTR);
        if (sent < 0)
            return;
        sodium_memzero(answer.data, size - SIGNER_HEAD);
        sodium_memzero(ask.data, (size_t)n > SIGNER_HEAD ? (size_t)n - SIGNER_HEAD : 0);
    }
}

_Noreturn void signer_serve(int fd, const char *key_path)
{
    struct ctx c = { 0 };
    struct signer_keys *k;
    hide(fd);
    if (signer_keys_load(&c, key_path, &k) != OK)
        refuse(c.why);
    uint8_t first[1];
    randombytes_buf(first, sizeof first); /* opens whatever source it needs before the door shuts */
    confine();
    answer_all(fd, k);
    _exit(0); /* the keys go with the address space */
}
