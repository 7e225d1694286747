/* SPDX-License-Identifier: Apache-2.0
 * tar.c - see tar.h. */
#include "cli/tar.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 512, OCTAL_MAX_BITS = 33 };
struct header {
    char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], sum[8], type, link[100], magic[6],
        version[2], user[32], group[32], major[8], minor[8], prefix[155], pad[12];
};
_Static_assert(sizeof(struct header) == BLOCK, "one block");

struct tar {
    FILE *f;
    const char *path;
};

static unsigned check_sum(const struct header *h)
{
    const uint8_t *p = (const uint8_t *)h;
    unsigned sum = 0;
    for (size_t i = 0; i < BLOCK; i++)
        sum += i >= offsetof(struct header, sum) && i < offsetof(struct header, type) ? ' ' : p[i];
    return sum;
}

/* ---- writing ---- */
static enum err write_failed(struct ctx *c, const struct tar *t)
{
    return fail(c, errno == ENOSPC ? E_DISK_FULL : E_IO, "%s: %s", t->path, strerrordesc_np(errno));
}

enum err tar_create(struct ctx *c, const char *path, struct tar **out)
{
    int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(c, errno == EEXIST ? E_EXISTS : E_IO, "%s: %s", path, strerrordesc_np(errno));
    struct tar *t = calloc(1, sizeof *t);
    CHECK(t != NULL);
    *t = (struct tar){ fdopen(fd, "wb"), arena_copy(c->arena, path) };
    CHECK(t->f != NULL);
    *out = t;
    return OK;
}

static void put_size(struct header *h, int64_t size)
{
    if (size < INT64_C(1) << OCTAL_MAX_BITS) {
        snprintf(h->size, sizeof h->size, "%011llo", (unsigned long long)size);
        return;
    }
    memset(h->size, 0, sizeof h->size);
    h->size[0] = (char)0x80;
    for (size_t i = 0; i < 8; i++)
        h->size[11 - i] = (char)((uint64_t)size >> (8 * i));
}

static enum err put_header(struct ctx *c, struct tar *t, const char *name, int64_t size)
{
    struct header h = { .type = '0', .magic = "ustar", .version = { '0', '0' } };
    if (strlen(name) > TAR_NAME_MAX)
        return fail(c, E_TOO_LONG, "name too long for the archive: %s", name);
    memcpy(h.name, name, strlen(name));
    snprintf(h.mode, sizeof h.mode, "%07o", 0600);
    snprintf(h.uid, sizeof h.uid, "%07o", 0);
    snprintf(h.gid, sizeof h.gid, "%07o", 0);
    snprintf(h.mtime, sizeof h.mtime, "%011llo", (unsigned long long)(c->now_ms / 1000));
    put_size(&h, size);
    snprintf(h.sum, sizeof h.sum, "%06o", check_sum(&h));
    h.sum[7] = ' ';
    return fwrite(&h, sizeof h, 1, t->f) == 1 ? OK : write_failed(c, t);
}

static enum err put_padding(struct ctx *c, struct tar *t, int64_t size)
{
    static const char zeros[BLOCK];
    size_t n = (size_t)(-size & (BLOCK - 1));
    return fwrite(zeros, 1, n, t->f) == n ? OK : write_failed(c, t);
}

enum err tar_add(struct ctx *c, struct tar *t, const char *name, struct bytes body)
{
    TRY(put_header(c, t, name, (int64_t)body.len));
    if (body.len && fwrite(body.ptr, 1, body.len, t->f) != body.len)
        return write_failed(c, t);
    return put_padding(c, t, (int64_t)body.len);
}

static enum err copy_in(struct ctx *c, struct tar *t, FILE *from, const char *path, int64_t size)
{
    char piece[32 * 1024];
    int64_t done = 0;
    for (size_t n; (n = fread(piece, 1, sizeof piece, from)) > 0; done += (int64_t)n)
        if (fwrite(piece, 1, n, t->f) != n)
            return write_failed(c, t);
    if (ferror(from) || done != size)
        return fail(c, E_IO, "%s changed or could not be read", path);
    return put_padding(c, t, size);
}

enum err tar_add_file(struct ctx *c, struct tar *t, const char *name, const char *path)
{
    struct stat st;
    FILE *from = fopen(path, "rb");
    if (!from || fstat(fileno(from), &st) != 0 || !S_ISREG(st.st_mode)) {
        if (from)
            fclose(from);
        return fail(c, E_IO, "cannot read %s", path);
    }
    enum err e = put_header(c, t, name, st.st_size);
    if (!e)
        e = copy_in(c, t, from, path, st.st_size);
    fclose(from);
    return e;
}

enum err tar_finish(struct ctx *c, struct tar *t)
{
    static const char zeros[2 * BLOCK];
    bool ok =
        fwrite(zeros, sizeof zeros, 1, t->f) == 1 && fflush(t->f) == 0 && fsync(fileno(t->f)) == 0;
    enum err e = ok ? OK : write_failed(c, t);
    tar_drop(t);
    return e;
}

void tar_drop(struct tar *t)
{
    fclose(t->f);
    free(t);
}

/* ---- reading ---- */
static bool get_size(const struct header *h, int64_t *size)
{
    *size = 0;
    if ((uint8_t)h->size[0] == 0x80) {
        for (size_t i = 4; i < sizeof h->size; i++)
            *size = (int64_t)((uint64_t)*size << 8 | (uint8_t)h->size[i]);
        return *size >= 0 && *size <= INT64_C(1) << 50;
    }
    for (size_t i = 0; i < sizeof h->size - 1; i++) {
        if (h->size[i] < '0' || h->size[i] > '7')
            return false;
        *size = *size * 8 + (h->size[i] - '0');
    }
    return true;
}

static bool header_ok(const struct header *h)
{
    char sum[8];
    memcpy(sum, h->sum, sizeof sum);
    sum[7] = '\0';
    return memchr(h->name, 0, sizeof h->name) && h->name[0] && memcmp(h->magic, "ustar", 5) == 0 &&
           (h->type == '0' || h->type == '\0') && h->prefix[0] == '\0' &&
           strtoul(sum, NULL, 8) == check_sum(h);
}

size_t tar_read(struct tar_entry *e, void *to, size_t n)
{
    if ((int64_t)n > e->left)
        n = (size_t)e->left;
    size_t got = n ? fread(to, 1, n, e->from) : 0;
    e->left -= (int64_t)got;
    return got;
}

static bool skip_rest(struct tar_entry *e)
{
    char piece[16 * 1024];
    while (e->left > 0)
        if (tar_read(e, piece, sizeof piece) == 0)
            return false;
    size_t pad = (size_t)(-e->size & (BLOCK - 1));
    return fread(piece, 1, pad, e->from) == pad;
}

static bool all_zero(const struct header *h)
{
    const char *p = (const char *)h;
    for (size_t i = 0; i < BLOCK; i++)
        if (p[i])
            return false;
    return true;
}

static enum err read_entries(struct ctx *c, FILE *f, const char *path,
                             enum err (*each)(struct ctx *, struct tar_entry *, void *), void *arg)
{
    struct header h;
    while (fread(&h, sizeof h, 1, f) == 1) {
        struct tar_entry e = { .from = f };
        if (all_zero(&h))
            return OK;
        if (!header_ok(&h) || !get_size(&h, &e.size))
            return fail(c, E_FORMAT, "%s is not a backup, or was changed", path);
        e.name = arena_copy(c->arena, h.name);
        e.left = e.size;
        TRY(each(c, &e, arg));
        if (!skip_rest(&e))
            break;
    }
    return fail(c, E_FORMAT, "%s is cut short", path);
}

enum err tar_each(struct ctx *c, const char *path,
                  enum err (*each)(struct ctx *c, struct tar_entry *e, void *arg), void *arg)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return fail(c, E_IO, "%s: %s", path, strerrordesc_np(errno));
    enum err e = read_entries(c, f, path, each, arg);
    fclose(f);
    return e;
}
