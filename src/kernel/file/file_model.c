/* SPDX-License-Identifier: Apache-2.0
 * file_model.c - which files there are; see file.h. */
#include "crypto/digest.h"
#include "kernel/file/file.h"

#define FILE_COLS "sha256, sm3, mime, size, public, at_ms, deleted_ms"
static const struct sql SQL_LOAD = { "SELECT " FILE_COLS " FROM file WHERE sha256 = $1", NULL };
static const struct sql SQL_RECORD = {
    "INSERT INTO file (sha256, sm3, mime, size, public, at_ms) VALUES ($1, $2, $3, $4, $5, $6) "
    "ON CONFLICT (sha256) DO UPDATE SET deleted_ms = NULL, "
    "public = CASE WHEN file.deleted_ms IS NULL AND file.public = 1 THEN 1 ELSE $5 END",
    NULL
};
static const struct sql SQL_DELETE = {
    "UPDATE file SET deleted_ms = $2 WHERE sha256 = $1 AND deleted_ms IS NULL", NULL
};
static const struct sql SQL_EACH = { "SELECT " FILE_COLS
                                     " FROM file WHERE deleted_ms IS NULL ORDER BY sha256",
                                     NULL };
static const struct sql SQL_DELETED = {
    "SELECT sha256 FROM file WHERE deleted_ms IS NOT NULL ORDER BY sha256", NULL
};
static const struct col file_cols[] = {
    COL_TEXT(struct file, sha256),    COL_TEXT(struct file, sm3),    COL_TEXT(struct file, mime),
    COL_INT(struct file, size),       COL_BOOL(struct file, public), COL_INT(struct file, at_ms),
    COL_INT(struct file, deleted_ms),
};

enum err file_load(struct ctx *c, const char *sha256, struct file *out)
{
    if (!digest_is_hex(sha256))
        return fail(c, E_NOT_FOUND, "no file's name");
    return db_row(c, &SQL_LOAD, IN(v_text(sha256)), COLS(file_cols), out);
}

enum err file_record(struct ctx *c, const struct file *f)
{
    return db_run(c, &SQL_RECORD,
                  IN(v_text(f->sha256), v_text(f->sm3), v_text(f->mime), v_int(f->size),
                     v_int(f->public), v_int(f->at_ms)));
}

enum err file_delete(struct ctx *c, const char *sha256)
{
    return db_change_one(c, &SQL_DELETE, IN(v_text(sha256), v_int(c->now_ms)));
}

struct each {
    enum err (*call)(struct ctx *, const struct file *, void *);
    void *arg;
    struct file f;
};

static enum err each_row(struct ctx *c, void *arg)
{
    struct each *e = arg;
    return e->call(c, &e->f, e->arg);
}

enum err file_each(struct ctx *c, enum err (*each)(struct ctx *, const struct file *, void *),
                   void *arg)
{
    struct each e = { each, arg, { 0 } };
    return db_each(c, &SQL_EACH, IN_NONE,
                   OUT(s_text(&e.f.sha256), s_text(&e.f.sm3), s_text(&e.f.mime), s_int(&e.f.size),
                       s_bool(&e.f.public), s_int(&e.f.at_ms), s_int(&e.f.deleted_ms)),
                   0, each_row, &e);
}

struct sweeping {
    const char *sha256, *dir;
};

static enum err sweep_row(struct ctx *c, void *arg)
{
    const struct sweeping *s = arg;
    return file_remove(c, s->dir, s->sha256);
}

enum err file_sweep(struct ctx *c, const char *dir)
{
    struct sweeping s = { "", dir };
    return db_each(c, &SQL_DELETED, IN_NONE, OUT(s_text(&s.sha256)), 0, sweep_row, &s);
}
