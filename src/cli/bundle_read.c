/* SPDX-License-Identifier: Apache-2.0
 * bundle_read.c - reading and proving a backup; see bundle.h. Only names that a backup of ours has
 * are taken: nothing lands outside of the folder. */
#include "cli/bundle.h"
#include "cli/tar.h"
#include "core/day.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "kernel/file/file.h"
#include "store/backup.h"
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MANIFEST_MAX = 1024 * 1024 };
struct reading {
    const char *dir;
    bool all;
    json_t *manifest;
    const char *database;              /* hash of what was unpacked */
    const char *keys[BUNDLE_KEYS_MAX]; /* the same */
    struct bundle_report *r;
};

static enum err make_dir(struct ctx *c, const char *path)
{
    if (mkdir(path, 0700) == 0 || errno == EEXIST)
        return OK;
    return fail(c, E_IO, "cannot make %s: %s", path, strerrordesc_np(errno));
}

/* Copies an entry to path (NULL: nowhere) and tells its hash. */
static enum err unpack(struct ctx *c, struct tar_entry *e, const char *path, char **hash)
{
    uint8_t piece[32 * 1024], sum[DIGEST_BYTES];
    int fd = path ? open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600) : -1;
    if (path && fd < 0)
        return fail(c, E_IO, "%s: %s", path, strerrordesc_np(errno));
    struct digest *d = digest_new(DIGEST_SHA256);
    bool ok = true;
    for (size_t n; ok && (n = tar_read(e, piece, sizeof piece)) > 0;) {
        digest_add(d, piece, n);
        ok = fd < 0 || write(fd, piece, n) == (ssize_t)n;
    }
    int why = errno;
    ok = ok && (fd < 0 || fsync(fd) == 0);
    if (fd >= 0)
        close(fd);
    digest_done(d, sum);
    *hash = hex(c->arena, (struct bytes){ sum, sizeof sum });
    if (!ok)
        return fail(c, why == ENOSPC ? E_DISK_FULL : E_IO, "%s: %s", path, strerrordesc_np(why));
    return e->left == 0 ? OK : fail(c, E_FORMAT, "%s is cut short", e->name);
}

static enum err read_manifest(struct ctx *c, struct tar_entry *e, struct reading *g)
{
    if (g->manifest || e->size > MANIFEST_MAX)
        return fail(c, E_FORMAT, "a second or oversized manifest");
    char *text = arena_alloc(c->arena, (size_t)e->size + 1);
    size_t n = tar_read(e, text, (size_t)e->size);
    g->manifest = json_loadb(text, n, JSON_REJECT_DUPLICATES, NULL);
    json_int_t format = json_integer_value(json_object_get(g->manifest, "format"));
    return format == BUNDLE_FORMAT ? OK : fail(c, E_FORMAT, "not a backup this program can read");
}

static enum err read_upload(struct ctx *c, struct tar_entry *e, struct reading *g)
{
    const char *sha256 = e->name + strlen("data/files/ab/"), *path = NULL;
    char *hash;
    if (g->all) {
        const char *files = arena_printf(c->arena, "%s/data/files", g->dir);
        path = file_path(c->arena, files, sha256);
        TRY(make_dir(c, arena_printf(c->arena, "%s/%.2s", files, sha256)));
    }
    TRY(unpack(c, e, path, &hash));
    g->r->files++;
    g->r->bytes += e->size;
    return str_eq(hash, sha256) ? OK : fail(c, E_FORMAT, "file %s was changed", sha256);
}

static bool upload_name(struct arena *a, const char *name)
{
    static const char under[] = "data/files/";
    if (!str_starts(name, under) || strlen(name) != strlen(under) + 3 + DIGEST_HEX)
        return false;
    const char *sha256 = name + strlen(under) + 3;
    return digest_is_hex(sha256) && str_eq(name, file_path(a, "data/files", sha256));
}

static enum err read_known(struct ctx *c, struct tar_entry *e, struct reading *g)
{
    char *hash;
    if (str_eq(e->name, "manifest.json"))
        return read_manifest(c, e, g);
    if (str_eq(e->name, "data/xiangyue.db")) {
        TRY(unpack(c, e, arena_printf(c->arena, "%s/data/xiangyue.db", g->dir), &hash));
        g->database = hash;
        return OK;
    }
    bool log = str_eq(e->name, "keys-log");
    if (!log && !str_eq(e->name, "keys"))
        return fail(c, E_FORMAT, "%s does not belong into a backup", e->name);
    const char *path = g->all ? arena_printf(c->arena, "%s/%s", g->dir, e->name) : NULL;
    TRY(unpack(c, e, path, &hash));
    g->keys[log] = hash;
    return OK;
}

static enum err read_entry(struct ctx *c, struct tar_entry *e, void *arg)
{
    struct reading *g = arg;
    if (!upload_name(c->arena, e->name))
        return read_known(c, e, g);
    struct ctx own = *c; /* there may be very many */
    own.arena = arena_new(ARENA_LIMIT);
    own.why[0] = '\0';
    enum err err = read_upload(&own, e, g);
    if (err)
        fail(c, err, "%s", own.why);
    arena_free(own.arena);
    return err;
}

/* ---- proving ---- */
static enum err check_hash(struct ctx *c, const json_t *in, const char *name, const char *is)
{
    const char *should = json_string_value(json_object_get(in, name));
    if (!should && !is)
        return OK;
    return should && is && str_eq(should, is)
               ? OK
               : fail(c, E_FORMAT, "%s is missing or was changed", name);
}

static enum err check_tables(struct ctx *c, const char *path, struct reading *g)
{
    struct table_count *t;
    size_t n;
    json_t *tables = json_object_get(g->manifest, "tables");
    TRY(snapshot_counts(c, path, &t, &n));
    if (n != json_object_size(tables))
        return fail(c, E_FORMAT, "%zu tables, %zu expected", n, json_object_size(tables));
    for (size_t i = 0; i < n; i++) {
        json_t *rows = json_object_get(tables, t[i].name);
        if (!json_is_integer(rows) || json_integer_value(rows) != t[i].rows)
            return fail(c, E_FORMAT, "table %s has %" PRId64 " rows, which is not what was copied",
                        t[i].name, t[i].rows);
        g->r->rows += t[i].rows;
    }
    g->r->tables = (int64_t)n;
    return OK;
}

static void first_finding(void *arg, const char *line)
{
    struct ctx *c = arg;
    fail(c, E_FORMAT, "database: %s", line);
}

static enum err check_all(struct ctx *c, struct reading *g)
{
    const char *path = arena_printf(c->arena, "%s/data/xiangyue.db", g->dir);
    const json_t *keys = json_object_get(g->manifest, "keys");
    json_int_t files = json_integer_value(json_object_get(g->manifest, "files"));
    if (!g->manifest || !g->database || !g->keys[0])
        return fail(c, E_FORMAT, "manifest, database or keys are missing");
    TRY(check_hash(c, g->manifest, "database", g->database));
    TRY(check_hash(c, keys, "keys", g->keys[0]));
    TRY(check_hash(c, keys, "keys-log", g->keys[1]));
    if (files != g->r->files)
        return fail(c, E_FORMAT, "%" PRId64 " files, %" PRId64 " expected", g->r->files,
                    (int64_t)files);
    struct ctx own = *c;
    own.why[0] = '\0';
    TRY(snapshot_check(&own, path, first_finding, &own));
    if (own.why[0])
        return fail(c, E_FORMAT, "%s", own.why);
    g->r->made_ms = json_integer_value(json_object_get(g->manifest, "made_ms"));
    return check_tables(c, path, g);
}

enum err bundle_read(struct ctx *c, const char *from, const char *dir, bool all,
                     struct bundle_report *r)
{
    struct reading g = { .dir = dir, .all = all, .r = r };
    *r = (struct bundle_report){ 0 };
    TRY(make_dir(c, dir));
    TRY(make_dir(c, arena_printf(c->arena, "%s/data", dir)));
    if (all)
        TRY(make_dir(c, arena_printf(c->arena, "%s/data/files", dir)));
    enum err e = tar_each(c, from, read_entry, &g);
    if (!e)
        e = check_all(c, &g);
    json_decref(g.manifest);
    return e;
}
