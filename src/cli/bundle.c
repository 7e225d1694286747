/* SPDX-License-Identifier: Apache-2.0
 * bundle.c - writing a backup; see bundle.h. */
#include "cli/bundle.h"
#include "cli/tar.h"
#include "crypto/digest.h"
#include "kernel/file/file.h"
#include "store/backup.h"
#include "web/json.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <unistd.h>

static const char *const key_names[BUNDLE_KEYS_MAX] = { "keys", "keys-log" };

/* A context on the snapshot, beside the instance's own database. */
static enum err snapshot_ctx(struct instance *in, const char *snapshot, struct ctx *c)
{
    *c = in->c;
    return db_open(c, snapshot, DB_READ, &c->db);
}

struct copying {
    struct tar *tar; /* NULL: only count */
    const char *dir;
    struct bundle_report *r;
};

static enum err take_file(struct ctx *c, const struct file *f, void *arg)
{
    struct copying *k = arg;
    k->r->files++;
    k->r->bytes += f->size;
    if (!k->tar)
        return OK;
    struct ctx own = *c; /* names of a hundred thousand files need not stay in memory */
    own.arena = arena_new(ARENA_LIMIT);
    own.why[0] = '\0';
    enum err e = tar_add_file(&own, k->tar, file_path(own.arena, "data/files", f->sha256),
                              file_path(own.arena, k->dir, f->sha256));
    if (e)
        fail(c, e, "%s", own.why);
    arena_free(own.arena);
    return e;
}

static enum err each_file(struct instance *in, const char *snapshot, struct copying *k)
{
    struct ctx c;
    TRY(snapshot_ctx(in, snapshot, &c));
    k->r->files = k->r->bytes = 0;
    enum err e = file_each(&c, take_file, k);
    db_close(c.db);
    return e ? fail(&in->c, e, "%s", c.why) : OK;
}

/* ---- the manifest ---- */
static enum err manifest_keys(struct instance *in, struct json *j)
{
    struct ctx *c = &in->c;
    json_object_begin(j, "keys");
    for (size_t i = 0; i < BUNDLE_KEYS_MAX; i++) {
        const char *path = arena_printf(c->arena, "%s/%s", in->dir, key_names[i]);
        char *sha256;
        int64_t size;
        if (access(path, F_OK) != 0)
            continue;
        TRY(digest_file(c, DIGEST_SHA256, path, &sha256, &size));
        json_text(j, key_names[i], sha256);
    }
    json_object_end(j);
    return OK;
}

static enum err manifest(struct instance *in, const char *snapshot, struct bundle_report *r,
                         struct bytes *out)
{
    struct ctx *c = &in->c;
    struct json *j = json_new(c->arena);
    struct table_count *tables;
    struct copying counting = { .r = r };
    char *sha256;
    int64_t size;
    size_t n;
    TRY(digest_file(c, DIGEST_SHA256, snapshot, &sha256, &size));
    TRY(snapshot_counts(c, snapshot, &tables, &n));
    TRY(each_file(in, snapshot, &counting));
    json_object_begin(j, NULL);
    json_int(j, "format", BUNDLE_FORMAT);
    json_text(j, "program", "xiangyue " XY_VERSION);
    json_int(j, "made_ms", c->now_ms);
    json_ms(j, "made", c->now_ms);
    json_text(j, "database", sha256);
    json_int(j, "files", r->files);
    TRY(manifest_keys(in, j));
    json_object_begin(j, "tables");
    for (size_t i = 0; i < n; i++) {
        json_int(j, tables[i].name, tables[i].rows);
        r->rows += tables[i].rows;
    }
    r->tables = (int64_t)n;
    json_object_end(j);
    json_object_end(j);
    *out = json_done(j);
    return OK;
}

static enum err write_parts(struct instance *in, const char *snapshot, struct tar *t,
                            struct bundle_report *r)
{
    struct ctx *c = &in->c;
    struct bytes text;
    TRY(manifest(in, snapshot, r, &text));
    TRY(tar_add(c, t, "manifest.json", text));
    TRY(tar_add_file(c, t, "data/xiangyue.db", snapshot));
    for (size_t i = 0; i < BUNDLE_KEYS_MAX; i++) {
        const char *path = arena_printf(c->arena, "%s/%s", in->dir, key_names[i]);
        if (access(path, F_OK) == 0)
            TRY(tar_add_file(c, t, key_names[i], path));
    }
    struct copying copying = { t, in->files, r };
    return each_file(in, snapshot, &copying);
}

enum err bundle_write(struct instance *in, const char *snapshot, const char *to,
                      struct bundle_report *r)
{
    struct ctx *c = &in->c;
    struct tar *t;
    *r = (struct bundle_report){ .made_ms = c->now_ms };
    TRY(tar_create(c, to, &t));
    enum err e = write_parts(in, snapshot, t, r);
    if (e) {
        tar_drop(t);
        return e;
    }
    return tar_finish(c, t);
}

/* ---- folders ---- */
static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

enum err bundle_remove(struct ctx *c, const char *dir)
{
    enum { OPEN_MAX_ = 16 };
    if (nftw(dir, remove_one, OPEN_MAX_, FTW_DEPTH | FTW_PHYS) == 0 || errno == ENOENT)
        return OK;
    return fail(c, E_IO, "cannot remove %s: %s", dir, strerrordesc_np(errno));
}

enum err bundle_sync_folder(struct ctx *c, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *dir = !slash ? "." : arena_copy_n(c->arena, path, (size_t)(slash - path) + 1);
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return ok ? OK : fail(c, E_IO, "cannot sync %s", dir);
}
