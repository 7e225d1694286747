/* SPDX-License-Identifier: Apache-2.0
 * wire.c - bytes from the other side of a border: the head of a request, a question to the signer,
 * a backup that somebody hands over. */
#include "cli/tar.h"
#include "crypto/signer_msg.h"
#include "fuzz.h"
#include "web/http_internal.h"
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

/* The HTTP library's cutting of a head, as simply as can be: separators become NUL in place. False
 * when there are not even the parts of one. */
static bool cut(char *at, struct http_head *h)
{
    char *end = strstr(at, "\r\n\r\n"), *uri = strchr(at, ' ');
    char *version = uri ? strchr(uri + 1, ' ') : NULL, *line = strstr(at, "\r\n");
    if (!end || !version || version > line)
        return false;
    h->method = at;
    h->uri = uri + 1;
    h->version = version + 1;
    h->size = (size_t)(end + 4 - at);
    *uri = *version = '\0';
    h->uri_len = strlen(h->uri);
    h->path_len = strcspn(h->uri, "?");
    h->query = h->uri[h->path_len] ? h->uri + h->path_len + 1 : "";
    end[2] = end[3] = '\0';
    while (line < end && h->n_lines < HTTP_HEADERS_MAX) {
        line[0] = line[1] = '\0';
        char *name = line + 2, *next = strstr(name, "\r\n");
        next = next ? next : end;
        char *colon = memchr(name, ':', (size_t)(next - name));
        if (!colon)
            return false;
        char *value = colon + 1 + strspn(colon + 1, " \t");
        value = value > next ? next : value;
        h->lines[h->n_lines++] =
            (struct http_line){ name, value, (size_t)(colon - name), (size_t)(next - value) };
        *colon = '\0';
        line = next;
    }
    end[0] = end[1] = '\0';
    return true;
}

static size_t count(const struct http_head *h, const char *name)
{
    size_t n = 0;
    for (size_t i = 0; i < h->n_lines; i++)
        n += strcasecmp(h->lines[i].name, name) == 0;
    return n;
}

FUZZ(head)
{
    struct http_head *h = ARENA_NEW(c->arena, struct http_head);
    UNUSED(in);
    if (!cut(arena_copy_n(c->arena, text, strlen(text)), h) || http_guard_head(h) != 0)
        return;
    size_t lengths = count(h, "Content-Length"), codings = count(h, "Transfer-Encoding");
    CHECK(count(h, "Host") == 1 && lengths + codings <= 1 && h->chunked == (codings == 1));
    CHECK(!h->content_length || lengths == 1);
    for (size_t i = 0; i < h->n_lines; i++)
        CHECK(strcspn(h->lines[i].value, "\r\n") >= h->lines[i].value_len);
    const char *path = http_url_decode(c->arena, h->uri, h->path_len, false);
    if (http_guard_path(path) == 0)
        CHECK(!strstr(path, "/../") && !strstr(path, "/./") && path[1] != '/');
}

FUZZ(signer)
{
    static struct signer_keys *keys;
    static const uint8_t master[SIGNER_KEY_BYTES];
    struct signer_msg ask = { 0 }, answer;
    UNUSED(c), UNUSED(text);
    keys = keys ? keys : signer_keys_new(master);
    size_t n = in.len < sizeof ask ? in.len : sizeof ask;
    memcpy(&ask, in.ptr, n);
    if (!signer_msg_ok(&ask, n))
        return;
    signer_handle(keys, &ask, &answer);
    CHECK(answer.id == ask.id && signer_msg_size(&answer) > 0);
    CHECK(answer.result != SIGNER_DONE || answer.n == ask.n);
}

static enum err entry(struct ctx *c, struct tar_entry *e, void *arg)
{
    int64_t *sum = arg, got = 0;
    uint8_t part[512];
    (void)c;
    CHECK(*e->name && strlen(e->name) <= TAR_NAME_MAX && e->size >= 0);
    for (size_t n; (n = tar_read(e, part, sizeof part)) > 0;)
        got += (int64_t)n;
    CHECK(got <= e->size);
    *sum += got;
    return OK;
}

FUZZ(tar)
{
    int64_t sum = 0;
    char path[32];
    UNUSED(text);
    int fd = memfd_create("tar", MFD_CLOEXEC);
    CHECK(fd >= 0 && write(fd, in.ptr, in.len) == (ssize_t)in.len);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    enum err e = tar_each(c, path, entry, &sum);
    CHECK(e == OK || e == E_FORMAT);
    CHECK(sum <= (int64_t)in.len);
    close(fd);
}
