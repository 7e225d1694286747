/* SPDX-License-Identifier: Apache-2.0
 * backup.c - see backup.h. Connections of its own, with neither the authorizer nor the cache of
 * db_sqlite.c: it reads whatever file it is given. */
#include "store/backup.h"
#include "core/fault.h"
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

enum { BUSY_TRIES_MAX = 100, BUSY_MS = 50, FINDINGS_MAX = 100 };

static enum err sqlite_failed(struct ctx *c, sqlite3 *h, int rc, const char *what)
{
    int why = rc & 0xff;
    enum err e = why == SQLITE_FULL                              ? E_DISK_FULL
                 : why == SQLITE_BUSY || why == SQLITE_LOCKED    ? E_DB_BUSY
                 : why == SQLITE_CORRUPT || why == SQLITE_NOTADB ? E_FORMAT
                                                                 : E_IO;
    return fail(c, e, "%s: %s", what, h ? sqlite3_errmsg(h) : sqlite3_errstr(rc));
}

static enum err open_file(struct ctx *c, const char *path, int flags, sqlite3 **out)
{
    int rc = FAULT("backup.open") ? SQLITE_CANTOPEN
                                  : sqlite3_open_v2(path, out, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc == SQLITE_OK) {
        sqlite3_busy_timeout(*out, BUSY_TRIES_MAX * BUSY_MS);
        sqlite3_db_config(*out, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        sqlite3_db_config(*out, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
        return OK;
    }
    enum err e = sqlite_failed(c, *out, rc, path);
    sqlite3_close(*out);
    *out = NULL;
    return e;
}

/* ---- copying ---- */
static int copy_pages(sqlite3 *from, sqlite3 *to)
{
    sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
    if (!b)
        return sqlite3_errcode(to);
    int rc = SQLITE_OK;
    for (int tries = 0; tries < BUSY_TRIES_MAX; tries++) {
        rc = FAULT("backup.step") ? SQLITE_IOERR : sqlite3_backup_step(b, -1);
        if (rc != SQLITE_BUSY && rc != SQLITE_LOCKED)
            break;
        sqlite3_sleep(BUSY_MS);
    }
    int end = sqlite3_backup_finish(b);
    return rc == SQLITE_DONE ? end : rc;
}

static bool sync_file(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return ok;
}

/* In the file first: nobody else may ever read it. */
static enum err make_empty(struct ctx *c, const char *path)
{
    int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(c, errno == EEXIST ? E_EXISTS : E_IO, "%s: %s", path, strerrordesc_np(errno));
    close(fd);
    return OK;
}

enum err snapshot_make(struct ctx *c, const char *from, const char *to)
{
    sqlite3 *source = NULL, *copy = NULL;
    TRY(make_empty(c, to));
    enum err e = open_file(c, from, SQLITE_OPEN_READWRITE, &source);
    if (!e)
        e = open_file(c, to, SQLITE_OPEN_READWRITE, &copy);
    int rc = e ? SQLITE_OK : copy_pages(source, copy);
    if (!e && rc == SQLITE_OK) /* one file, not three */
        rc = sqlite3_exec(copy, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL);
    if (!e && rc != SQLITE_OK)
        e = sqlite_failed(c, copy, rc, to);
    sqlite3_close(source);
    sqlite3_close(copy);
    if (!e && !sync_file(to))
        e = fail(c, E_IO, "cannot sync %s", to);
    if (e)
        unlink(to);
    return e;
}

/* ---- looking ---- */
struct names {
    struct ctx *c;
    struct table_count *all;
    size_t n;
};

static int add_name(void *arg, int n, char **cells, char **heads)
{
    struct names *names = arg;
    (void)n, (void)heads;
    if (names->n == SNAPSHOT_TABLES_MAX)
        return 1;
    names->all[names->n++] = (struct table_count){ arena_copy(names->c->arena, cells[0]), 0 };
    return 0;
}

static int count_rows(sqlite3 *h, struct table_count *t)
{
    sqlite3_stmt *stmt = NULL;
    char *text = sqlite3_mprintf("SELECT count(*) FROM \"%w\"", t->name);
    int rc = text ? sqlite3_prepare_v2(h, text, -1, &stmt, NULL) : SQLITE_NOMEM;
    if (rc == SQLITE_OK && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        t->rows = sqlite3_column_int64(stmt, 0);
        rc = SQLITE_OK;
    }
    sqlite3_finalize(stmt);
    sqlite3_free(text);
    return rc;
}

enum err snapshot_counts(struct ctx *c, const char *path, struct table_count **out, size_t *n)
{
    sqlite3 *h = NULL;
    struct names names = { .c = c };
    names.all = ARENA_ARRAY(c->arena, struct table_count, SNAPSHOT_TABLES_MAX);
    TRY(open_file(c, path, SQLITE_OPEN_READWRITE, &h));
    int rc = sqlite3_exec(h,
                          "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE "
                          "'sqlite%' ORDER BY name",
                          add_name, &names, NULL);
    for (size_t i = 0; i < names.n && rc == SQLITE_OK; i++)
        rc = count_rows(h, &names.all[i]);
    enum err e = rc == SQLITE_OK ? OK : sqlite_failed(c, h, rc, path);
    sqlite3_close(h);
    *out = names.all;
    *n = names.n;
    return e;
}

struct findings {
    void (*each)(void *arg, const char *line);
    void *arg;
    int n;
};

static int integrity_line(void *arg, int n, char **cells, char **heads)
{
    struct findings *f = arg;
    (void)n, (void)heads;
    if (strcmp(cells[0], "ok") != 0 && f->n++ < FINDINGS_MAX)
        f->each(f->arg, cells[0]);
    return 0;
}

static int foreign_line(void *arg, int n, char **cells, char **heads)
{
    struct findings *f = arg;
    char line[200];
    (void)n, (void)heads;
    snprintf(line, sizeof line, "table %s row %s refers to a missing row of %s", cells[0],
             cells[1] ? cells[1] : "?", cells[2]);
    if (f->n++ < FINDINGS_MAX)
        f->each(f->arg, line);
    return 0;
}

enum err snapshot_check(struct ctx *c, const char *path, void (*each)(void *arg, const char *line),
                        void *arg)
{
    sqlite3 *h = NULL;
    struct findings f = { each, arg, 0 };
    TRY(open_file(c, path, SQLITE_OPEN_READWRITE, &h));
    int rc = sqlite3_exec(h, "PRAGMA integrity_check(100)", integrity_line, &f, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(h, "PRAGMA foreign_key_check", foreign_line, &f, NULL);
    enum err e = rc == SQLITE_OK ? OK : sqlite_failed(c, h, rc, path);
    sqlite3_close(h);
    return e;
}
