/* SPDX-License-Identifier: Apache-2.0
 * file_store.c - bytes on the disk: a temporary file, synced, renamed to its hash, the folder
 * synced. A file is either whole or not there. See file.h. */
#include "core/fault.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "kernel/file/file.h"
#include "kernel/ticker/ticker.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

const char *file_path(struct arena *a, const char *dir, const char *sha256)
{
    return arena_printf(a, "%s/%.2s/%s", dir, sha256, sha256);
}

static enum err io_failed(struct ctx *c, const char *path)
{
    return fail(c, errno == ENOSPC || errno == EDQUOT ? E_DISK_FULL : E_IO, "%s: %s", path,
                strerrordesc_np(errno));
}

static enum err sync_dir(struct ctx *c, const char *dir)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && !FAULT("file.syncdir") && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return ok ? OK : io_failed(c, dir);
}

static bool write_all(int fd, struct bytes b)
{
    for (size_t done = 0; done < b.len;) {
        ssize_t n = FAULT("file.write") ? -1 : write(fd, b.ptr + done, b.len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return true;
}

static enum err write_new(struct ctx *c, const char *dir, const char *path, struct bytes b)
{
    const char *making = arena_printf(c->arena, "%s/new-%s", dir, random_code(c->arena, 20));
    int fd = open(making, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0)
        return io_failed(c, making);
    bool ok = write_all(fd, b) && !FAULT("file.fsync") && fsync(fd) == 0;
    enum err e = ok ? OK : io_failed(c, making);
    close(fd);
    if (!e && (FAULT("file.rename") || rename(making, path) != 0))
        e = io_failed(c, path);
    if (e)
        unlink(making);
    return e;
}

/* dir and dir/ab. */
static enum err make_dirs(struct ctx *c, const char *dir, const char *sub)
{
    if (mkdir(dir, 0700) != 0 && errno != EEXIST)
        return io_failed(c, dir);
    if (mkdir(sub, 0700) == 0)
        return sync_dir(c, dir);
    return errno == EEXIST ? OK : io_failed(c, sub);
}

enum err file_put(struct ctx *c, const char *dir, struct bytes bytes, struct file *f)
{
    struct bytes kept;
    struct stat st;
    *f = (struct file){ .at_ms = c->now_ms };
    TRY(file_clean(c, bytes, &f->mime, &kept));
    if (c->db)
        TRY(file_scan(c, kept));
    f->sha256 = digest_hex(c->arena, DIGEST_SHA256, kept);
    f->sm3 = digest_hex(c->arena, DIGEST_SM3, kept);
    f->size = (int64_t)kept.len;
    const char *path = file_path(c->arena, dir, f->sha256);
    const char *sub = arena_printf(c->arena, "%s/%.2s", dir, f->sha256);
    if (stat(path, &st) == 0 && st.st_size == f->size)
        return utimensat(AT_FDCWD, path, NULL, 0) == 0 ? OK : io_failed(c, path);
    TRY(make_dirs(c, dir, sub));
    TRY(write_new(c, dir, path, kept));
    return sync_dir(c, sub);
}

static enum err read_whole(struct ctx *c, const char *path, int64_t size, struct bytes *out)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return io_failed(c, path);
    uint8_t *buf = arena_alloc(c->arena, (size_t)size + 1);
    size_t n = fread(buf, 1, (size_t)size + 1, f);
    fclose(f);
    *out = (struct bytes){ buf, n };
    return n == (size_t)size ? OK : fail(c, E_IO, "%s is not %" PRId64 " bytes long", path, size);
}

enum err file_serve(struct ctx *c, struct req *r, const char *sha256, const char *name,
                    bool download)
{
    struct file f;
    struct bytes body;
    TRY(file_load(c, sha256, &f));
    if (f.deleted_ms)
        return fail(c, E_GONE, "deleted");
    TRY(read_whole(c, file_path(c->arena, app_conf(r->app)->files_dir, sha256), f.size, &body));
    if (!str_eq(digest_hex(c->arena, DIGEST_SHA256, body), sha256))
        return fail(c, E_IO, "file %s was changed on the disk", sha256);
    return req_file(r, body, f.mime, name, download);
}

/* ---- deletion ---- */
/* What was put a moment ago may be recorded in the next: it stays until a later sweep. */
enum err file_remove(struct ctx *c, const char *dir, const char *sha256)
{
    const char *path = file_path(c->arena, dir, sha256);
    struct stat st;
    if (stat(path, &st) == 0 && c->now_ms - (int64_t)st.st_mtime * 1000 < FILE_SETTLE_MS)
        return OK;
    return unlink(path) == 0 || errno == ENOENT ? OK : io_failed(c, path);
}

static enum err sweep_lost_in(struct ctx *c, const char *dir, const char *sub)
{
    DIR *d = opendir(sub);
    struct file f;
    enum err e = OK;
    if (!d)
        return errno == ENOENT || errno == ENOTDIR ? OK : io_failed(c, sub);
    for (const struct dirent *x; !e && (x = readdir(d));) {
        struct ctx probe = *c;
        if (digest_is_hex(x->d_name) && file_load(&probe, x->d_name, &f) == E_NOT_FOUND)
            e = file_remove(c, dir, x->d_name);
    }
    closedir(d);
    return e;
}

enum err file_sweep_lost(struct ctx *c, const char *dir)
{
    char sub[PATH_MAX];
    for (int i = 0; i < 256; i++) {
        CHECK(snprintf(sub, sizeof sub, "%s/%02x", dir, (unsigned)i) < (int)sizeof sub);
        TRY(sweep_lost_in(c, dir, sub));
    }
    return OK;
}

static enum err sweep(struct app *a)
{
    const struct app_conf *conf = app_conf(a);
    struct ctx c;
    if (!conf->files_dir)
        return OK;
    app_system_ctx(a, &c);
    enum err e = db_open(&c, conf->url, DB_READ, &c.db);
    if (!e) {
        e = file_sweep(&c, conf->files_dir);
        if (!e)
            e = file_sweep_lost(&c, conf->files_dir);
        db_close(c.db);
    }
    if (e)
        fprintf(stderr, "sweep of deleted files: %s: %s\n", err_name(e), c.why);
    arena_free(c.arena);
    return e;
}
static struct tick_job sweep_job = { .name = "删除的文件", .seconds = 86400, .run_free = sweep };
TICK(sweep_job)
