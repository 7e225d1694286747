/* SPDX-License-Identifier: Apache-2.0
 * file_scan.c - asks a virus scanner, when the instance names one (setting file.scanner, host:port
 * of clamd): one INSTREAM over TCP. What could not be scanned is not stored. */
#include "kernel/file/file.h"
#include "store/setting.h"
#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { SCAN_SECONDS_MAX = 20, SCAN_PIECE = 64 * 1024, SCAN_ANSWER_MAX = 200 };

static int connect_to(const char *host, const char *port)
{
    struct addrinfo want = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV }, *all;
    struct timeval limit = { SCAN_SECONDS_MAX, 0 };
    int fd = -1;
    if (getaddrinfo(host, port, &want, &all) != 0)
        return -1;
    for (const struct addrinfo *a = all; a && fd < 0; a = a->ai_next) {
        fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0)
            continue;
        if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) != 0 ||
            setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) != 0 ||
            connect(fd, a->ai_addr, a->ai_addrlen) != 0) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(all);
    return fd;
}

static bool send_all(int fd, const void *bytes, size_t n)
{
    for (size_t done = 0; done < n;) {
        ssize_t sent = send(fd, (const char *)bytes + done, n - done, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        done += (size_t)sent;
    }
    return true;
}

/* "zINSTREAM", then pieces with their length before them, then an empty one; the answer ends with
 * a NUL. */
static bool ask(int fd, struct bytes b, char answer[SCAN_ANSWER_MAX])
{
    bool ok = send_all(fd, "zINSTREAM", sizeof "zINSTREAM");
    for (size_t at = 0, n; ok && at < b.len; at += n) {
        n = b.len - at < SCAN_PIECE ? b.len - at : SCAN_PIECE;
        uint32_t length = htonl((uint32_t)n);
        ok = send_all(fd, &length, sizeof length) && send_all(fd, b.ptr + at, n);
    }
    ok = ok && send_all(fd, &(uint32_t){ 0 }, sizeof(uint32_t));
    size_t n = 0;
    while (ok && n < SCAN_ANSWER_MAX - 1) {
        ssize_t got = recv(fd, answer + n, SCAN_ANSWER_MAX - 1 - n, 0);
        if (got <= 0)
            break;
        n += (size_t)got;
        if (memchr(answer, '\0', n))
            return true;
    }
    return false;
}

enum err file_scan(struct ctx *c, struct bytes b)
{
    const char *where;
    char answer[SCAN_ANSWER_MAX] = "";
    TRY(setting_get(c, "file.scanner", "", &where));
    if (!*where)
        return OK;
    const char *colon = strrchr(where, ':');
    if (!colon)
        return fail(c, E_FILE_SCANNER, "setting file.scanner is not host:port");
    int fd = connect_to(arena_copy_n(c->arena, where, (size_t)(colon - where)), colon + 1);
    if (fd < 0)
        return fail(c, E_FILE_SCANNER, "no scanner at %s", where);
    bool ok = ask(fd, b, answer);
    close(fd);
    if (!ok)
        return fail(c, E_FILE_SCANNER, "the scanner at %s did not answer", where);
    if (str_eq(answer, "stream: OK"))
        return OK;
    return strstr(answer, " FOUND") ? fail(c, E_FILE_VIRUS, "%s", answer)
                                    : fail(c, E_FILE_SCANNER, "scanner: %s", answer);
}
