/* SPDX-License-Identifier: Apache-2.0
 * db_sqlite.c - the SQLite driver. WAL with synchronous=FULL: what was committed survives a power
 * cut. An authorizer keeps append-only tables append-only even if a statement of ours is wrong. */
#include "core/fault.h"
#include "store/driver.h"
#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>

enum {
    CACHE_SLOTS = 1024, /* a power of two, above the number of statements in the program */
    BUSY_MS_MAX = 5000,
    WAL_PAGES = 4000, /* between checkpoints */
};

struct cached {
    const struct sql *key;
    sqlite3_stmt *stmt;
    int param_at[DB_PARAMS_MAX];
    int n_params;
    bool busy; /* being stepped: a nested use of the same statement is our bug */
};
struct sqlite {
    struct db db;
    sqlite3 *h;
    size_t n_cached;
    struct cached cache[CACHE_SLOTS];
};

static struct sqlite *of(const struct ctx *c)
{
    return (struct sqlite *)c->db;
}

/* SQLite calls only ENOSPC "full"; a quota and a limit on file sizes are that, too. */
static enum err map_io_error(int system)
{
    if (system == ENOSPC || system == EDQUOT || system == EFBIG)
        return E_DISK_FULL;
    return system == EROFS || system == EACCES || system == EPERM ? E_READ_ONLY : E_DB;
}

/* What the write-ahead log's last failure was. sqlite3_system_errno() may have been overwritten by
 * what SQLite did to clean up. */
static int last_errno(sqlite3 *h)
{
    sqlite3_file *wal = NULL;
    int last = 0;
    if (!h) /* it was never opened */
        return 0;
    if (sqlite3_file_control(h, "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal) == SQLITE_OK && wal &&
        wal->pMethods && wal->pMethods->xFileControl /* a journal in memory has none */ &&
        wal->pMethods->xFileControl(wal, SQLITE_FCNTL_LAST_ERRNO, &last) == 0 && last != 0)
        return last;
    return sqlite3_system_errno(h);
}

static enum err map_error(sqlite3 *h, int rc)
{
    switch (rc & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return E_DB_BUSY;
    case SQLITE_FULL:
        return E_DISK_FULL;
    case SQLITE_READONLY:
        return E_READ_ONLY;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
        return map_io_error(last_errno(h));
    case SQLITE_CONSTRAINT:
        return rc == SQLITE_CONSTRAINT_UNIQUE || rc == SQLITE_CONSTRAINT_PRIMARYKEY ? E_EXISTS
                                                                                    : E_DB;
    default:
        return E_DB;
    }
}

static enum err failed(struct ctx *c, int rc, const char *text)
{
    return fail(c, map_error(of(c)->h, rc), "sqlite %d (%s): %.100s", rc, sqlite3_errmsg(of(c)->h),
                text);
}

/* SQLite numbers a $N by its first appearance, not by N: look the place of each one up once. */
static void map_params(struct cached *e)
{
    e->n_params = sqlite3_bind_parameter_count(e->stmt);
    CHECK(e->n_params <= DB_PARAMS_MAX);
    for (int n = 1; n <= e->n_params; n++) {
        char name[16];
        snprintf(name, sizeof name, "$%d", n);
        e->param_at[n - 1] = sqlite3_bind_parameter_index(e->stmt, name);
        CHECK(e->param_at[n - 1] > 0);
    }
}

static enum err prepared(struct ctx *c, const struct sql *q, struct cached **out)
{
    struct sqlite *s = of(c);
    size_t i = ((uintptr_t)q >> 4) * UINT64_C(0x9E3779B97F4A7C15) >> 54;
    while (s->cache[i].key && s->cache[i].key != q)
        i = (i + 1) % CACHE_SLOTS;
    struct cached *e = &s->cache[i];
    *out = e;
    if (e->key)
        return OK;
    CHECK(s->n_cached < CACHE_SLOTS * 3 / 4);
    int rc = sqlite3_prepare_v3(s->h, q->text, -1, SQLITE_PREPARE_PERSISTENT, &e->stmt, NULL);
    if (rc != SQLITE_OK)
        return failed(c, rc, q->text);
    e->key = q;
    s->n_cached++;
    map_params(e);
    return OK;
}

static int bind(sqlite3_stmt *stmt, int at, const struct val *v)
{
    switch (v->type) {
    case V_NULL:
        return sqlite3_bind_null(stmt, at);
    case V_INT:
        return sqlite3_bind_int64(stmt, at, v->i);
    case V_TEXT:
        return sqlite3_bind_text(stmt, at, v->s, (int)v->len, SQLITE_STATIC);
    case V_BLOB:
        return v->len ? sqlite3_bind_blob(stmt, at, v->s, (int)v->len, SQLITE_STATIC)
                      : sqlite3_bind_zeroblob(stmt, at, 0);
    }
    return SQLITE_MISUSE;
}

static void read_row(sqlite3_stmt *stmt, const enum val_type *want, size_t n, struct val *vals)
{
    for (size_t i = 0; i < n; i++) {
        int col = (int)i;
        vals[i] = (struct val){ V_NULL, 0, NULL, 0 };
        if (sqlite3_column_type(stmt, col) == SQLITE_NULL)
            continue;
        vals[i].type = want[i];
        if (want[i] == V_INT) {
            vals[i].i = sqlite3_column_int64(stmt, col);
        } else {
            vals[i].s = want[i] == V_TEXT ? (const char *)sqlite3_column_text(stmt, col)
                                          : sqlite3_column_blob(stmt, col);
            vals[i].len = (size_t)sqlite3_column_bytes(stmt, col);
        }
    }
}

static enum err step_rows(struct ctx *c, struct cached *e, const enum val_type *want, size_t n_want,
                          struct db_sink *sink, size_t max)
{
    struct val vals[DB_COLS_MAX];
    for (;;) {
        int rc = FAULT("sqlite.step") ? SQLITE_IOERR : sqlite3_step(e->stmt);
        if (rc == SQLITE_DONE)
            return OK;
        if (rc != SQLITE_ROW)
            return failed(c, rc, e->key->text);
        if (!sink)
            continue;
        CHECK((size_t)sqlite3_column_count(e->stmt) == n_want);
        read_row(e->stmt, want, n_want, vals);
        TRY(sink->row(c, sink, vals));
        if (++sink->rows == max)
            return OK;
    }
}

static enum err query(struct ctx *c, const struct sql *q, const struct val *in, size_t n_in,
                      const enum val_type *want, size_t n_want, struct db_sink *sink, size_t max,
                      int64_t *changed)
{
    struct cached *e;
    TRY(prepared(c, q, &e));
    CHECK(!e->busy && (size_t)e->n_params == n_in);
    for (size_t i = 0; i < n_in; i++)
        CHECK(bind(e->stmt, e->param_at[i], &in[i]) == SQLITE_OK);
    e->busy = true;
    enum err err = step_rows(c, e, want, n_want, sink, max);
    *changed = sqlite3_changes64(of(c)->h);
    sqlite3_reset(e->stmt);
    sqlite3_clear_bindings(e->stmt);
    e->busy = false;
    return err;
}

/* Each page begins and ends with one of these: prepared once, like any statement. */
static const struct sql tx_steps[] = {
    { "BEGIN", NULL },           { "BEGIN IMMEDIATE", NULL }, { "COMMIT", NULL },
    { "ROLLBACK", NULL },        { "SAVEPOINT job", NULL },   { "RELEASE job", NULL },
    { "ROLLBACK TO job", NULL },
};

static enum err exec(struct ctx *c, const char *text)
{
    struct cached *e = NULL;
    for (size_t i = 0; i < COUNT(tx_steps) && !e; i++)
        if (str_eq(tx_steps[i].text, text))
            TRY(prepared(c, &tx_steps[i], &e));
    int rc = FAULT(text) ? SQLITE_IOERR
             : e         ? sqlite3_step(e->stmt)
                         : sqlite3_exec(of(c)->h, text, NULL, NULL, NULL);
    enum err err = rc == SQLITE_OK || rc == SQLITE_DONE ? OK : failed(c, rc, text);
    if (e)
        sqlite3_reset(e->stmt);
    return err;
}

static void close_sqlite(struct db *db)
{
    struct sqlite *s = (struct sqlite *)db;
    for (size_t i = 0; i < CACHE_SLOTS; i++)
        sqlite3_finalize(s->cache[i].stmt);
    CHECK(sqlite3_close(s->h) == SQLITE_OK);
    free(s);
}

static int authorize(void *arg, int action, const char *a, const char *b, const char *dbname,
                     const char *trigger)
{
    (void)arg, (void)b, (void)dbname, (void)trigger;
    if (action == SQLITE_ATTACH || action == SQLITE_DETACH)
        return SQLITE_DENY;
    if (action == SQLITE_UPDATE || action == SQLITE_DELETE)
        for (const char *const *t = db_append_only; *t; t++)
            if (strcmp(a, *t) == 0)
                return SQLITE_DENY;
    return SQLITE_OK;
}

static const struct db_driver sqlite_driver = {
    .kind = DB_SQLITE,
    .query = query,
    .exec = exec,
    .begin_write = "BEGIN IMMEDIATE",
    .begin_read = "BEGIN",
    .close = close_sqlite,
};

static enum err configure(struct ctx *c, enum db_mode mode)
{
    sqlite3 *h = of(c)->h;
    sqlite3_extended_result_codes(h, 1);
    sqlite3_busy_timeout(h, BUSY_MS_MAX);
    sqlite3_db_config(h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(h, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    TRY(exec(c, "PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-8192;"
                "PRAGMA mmap_size=33554432; PRAGMA case_sensitive_like=ON"));
    if (mode == DB_READ)
        return exec(c, "PRAGMA query_only=ON");
    TRY(exec(c, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL"));
    sqlite3_wal_autocheckpoint(h, WAL_PAGES);
    return OK;
}

/* Nobody asks how much memory SQLite uses; counting it takes a lock of all threads at every malloc.
 */
static void no_memory_statistics(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

enum err db_sqlite_open(struct ctx *c, const char *path, enum db_mode mode, struct db **out)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, no_memory_statistics);
    struct sqlite *s = calloc(1, sizeof *s);
    CHECK(s != NULL);
    s->db.driver = &sqlite_driver;
    int flags =
        SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE | (mode == DB_WRITE ? SQLITE_OPEN_CREATE : 0);
    int rc = FAULT("sqlite.open") ? SQLITE_CANTOPEN : sqlite3_open_v2(path, &s->h, flags, NULL);
    struct db *before = c->db;
    c->db = &s->db;
    enum err e = rc == SQLITE_OK ? configure(c, mode) : failed(c, rc, path);
    c->db = before;
    if (e) {
        close_sqlite(&s->db);
        return e;
    }
    sqlite3_set_authorizer(s->h, authorize, NULL);
    *out = &s->db;
    return OK;
}
