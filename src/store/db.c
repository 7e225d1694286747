/* SPDX-License-Identifier: Apache-2.0
 * db.c - what is common to both engines: values, rows, lists, transactions. */
#include "store/db.h"
#include "core/fault.h"
#include "store/driver.h"

const char *const db_append_only[] = { "audit", "audit_chain", "flow_event", "look",
                                       "register_change", NULL };

struct val v_int(int64_t i)
{
    return (struct val){ V_INT, i, NULL, 0 };
}

struct val v_text(const char *s)
{
    return s ? (struct val){ V_TEXT, 0, s, strlen(s) } : v_null();
}

struct val v_blob(struct bytes b)
{
    return (struct val){ V_BLOB, 0, (const char *)b.ptr, b.len };
}

struct val v_null(void)
{
    return (struct val){ V_NULL, 0, NULL, 0 };
}

struct slot s_int(int64_t *to)
{
    return (struct slot){ S_INT, to };
}

struct slot s_text(const char **to)
{
    return (struct slot){ S_TEXT, (void *)to };
}

struct slot s_blob(struct bytes *to)
{
    return (struct slot){ S_BLOB, to };
}

struct slot s_bool(bool *to)
{
    return (struct slot){ S_BOOL, to };
}

static const enum val_type reads_as[] = {
    [S_INT] = V_INT, [S_TEXT] = V_TEXT, [S_BLOB] = V_BLOB, [S_BOOL] = V_INT
};

/* A NULL arena borrows the row's own memory instead of copying. */
static void put(struct arena *a, enum slot_type type, void *to, const struct val *v)
{
    switch (type) {
    case S_INT:
        *(int64_t *)to = v->type == V_NULL ? 0 : v->i;
        return;
    case S_BOOL:
        *(bool *)to = v->type != V_NULL && v->i != 0;
        return;
    case S_TEXT:
        *(const char **)to = v->type == V_NULL ? NULL : a ? arena_copy_n(a, v->s, v->len) : v->s;
        return;
    case S_BLOB:
        *(struct bytes *)to = (struct bytes){ 0 };
        if (v->type != V_NULL)
            *(struct bytes *)to =
                (struct bytes){ (const uint8_t *)(a ? arena_copy_n(a, v->s, v->len) : v->s),
                                v->len };
        return;
    }
}

/* ---- sinks ---- */
struct into_slots {
    const struct slot *out;
    size_t n;
    enum err (*each)(struct ctx *, void *);
    void *arg;
};

static enum err row_to_slots(struct ctx *c, struct db_sink *sink, const struct val *vals)
{
    const struct into_slots *s = sink->arg;
    for (size_t i = 0; i < s->n; i++)
        put(s->each ? NULL : c->arena, s->out[i].type, s->out[i].to, &vals[i]);
    return s->each ? s->each(c, s->arg) : OK;
}

static enum err query_slots(struct ctx *c, const struct sql *q, const struct val *in, size_t n_in,
                            struct into_slots *s, size_t max, size_t *rows)
{
    enum val_type want[DB_COLS_MAX];
    CHECK(s->n <= DB_COLS_MAX && n_in <= DB_PARAMS_MAX);
    for (size_t i = 0; i < s->n; i++)
        want[i] = reads_as[s->out[i].type];
    struct db_sink sink = { row_to_slots, s, 0 };
    int64_t changed;
    c->db->asked++;
    enum err e = c->db->driver->query(c, q, in, n_in, want, s->n, &sink, max, &changed);
    *rows = sink.rows;
    return e;
}

enum err db_find(struct ctx *c, const struct sql *q, const struct val *in, size_t n_in,
                 const struct slot *out, size_t n_out, bool *found)
{
    size_t rows;
    struct into_slots s = { out, n_out, NULL, NULL };
    TRY(query_slots(c, q, in, n_in, &s, 2, &rows));
    CHECK(rows <= 1);
    *found = rows == 1;
    return OK;
}

enum err db_one(struct ctx *c, const struct sql *q, const struct val *in, size_t n_in,
                const struct slot *out, size_t n_out)
{
    bool found;
    TRY(db_find(c, q, in, n_in, out, n_out, &found));
    return found ? OK : fail(c, E_NOT_FOUND, "no row: %.120s", q->text);
}

enum err db_each(struct ctx *c, const struct sql *q, const struct val *in, size_t n_in,
                 const struct slot *out, size_t n_out, size_t max,
                 enum err (*each)(struct ctx *, void *), void *arg)
{
    size_t rows;
    struct into_slots s = { out, n_out, each, arg };
    return query_slots(c, q, in, n_in, &s, max, &rows);
}

struct into_array {
    const struct col *cols;
    size_t n_cols, size, room;
    char *rows;
};

static enum err row_to_array(struct ctx *c, struct db_sink *sink, const struct val *vals)
{
    struct into_array *a = sink->arg;
    size_t n = sink->rows;
    if (n == a->room) {
        size_t room = a->room ? a->room * 2 : 32;
        char *rows = arena_array(c->arena, a->size, room);
        if (n > 0)
            memcpy(rows, a->rows, n * a->size);
        a->rows = rows;
        a->room = room;
    }
    char *row = a->rows + n * a->size;
    for (size_t i = 0; i < a->n_cols; i++)
        put(c->arena, a->cols[i].type, row + a->cols[i].at, &vals[i]);
    return OK;
}

enum err db_rows(struct ctx *c, const struct sql *q, const struct val *in, size_t n_in,
                 const struct col *cols, size_t n_cols, size_t size, size_t max, void *rows_out,
                 size_t *n_rows)
{
    enum val_type want[DB_COLS_MAX];
    CHECK(n_cols <= DB_COLS_MAX && n_in <= DB_PARAMS_MAX && max > 0 && max <= DB_ROWS_MAX);
    for (size_t i = 0; i < n_cols; i++)
        want[i] = reads_as[cols[i].type];
    struct into_array a = { cols, n_cols, size, 0, NULL };
    struct db_sink sink = { row_to_array, &a, 0 };
    int64_t changed;
    c->db->asked++;
    TRY(c->db->driver->query(c, q, in, n_in, want, n_cols, &sink, max, &changed));
    memcpy(rows_out, &a.rows, sizeof a.rows);
    *n_rows = sink.rows;
    return OK;
}

enum err db_row(struct ctx *c, const struct sql *q, const struct val *in, size_t n_in,
                const struct col *cols, size_t n_cols, void *to)
{
    struct slot slots[DB_COLS_MAX];
    CHECK(n_cols <= DB_COLS_MAX);
    for (size_t i = 0; i < n_cols; i++)
        slots[i] = (struct slot){ cols[i].type, (char *)to + cols[i].at };
    return db_one(c, q, in, n_in, slots, n_cols);
}

enum err db_change(struct ctx *c, const struct sql *q, const struct val *in, size_t n_in,
                   int64_t *changed)
{
    CHECK(n_in <= DB_PARAMS_MAX);
    c->db->asked++;
    return c->db->driver->query(c, q, in, n_in, NULL, 0, NULL, 0, changed);
}

enum err db_run(struct ctx *c, const struct sql *q, const struct val *in, size_t n_in)
{
    int64_t changed;
    return db_change(c, q, in, n_in, &changed);
}

enum err db_change_one(struct ctx *c, const struct sql *q, const struct val *in, size_t n_in)
{
    int64_t changed;
    TRY(db_change(c, q, in, n_in, &changed));
    CHECK(changed <= 1);
    return changed == 1 ? OK : fail(c, E_CONFLICT, "no row changed: %.120s", q->text);
}

/* ---- connections ---- */
enum db_kind db_kind_of_url(const char *url)
{
    return str_starts(url, "postgresql:") || str_starts(url, "postgres:") ? DB_PG : DB_SQLITE;
}

enum err db_open(struct ctx *c, const char *url, enum db_mode mode, struct db **out)
{
    return db_kind_of_url(url) == DB_PG ? db_pg_open(c, url, mode, out)
                                        : db_sqlite_open(c, url, mode, out);
}

void db_close(struct db *db)
{
    if (db)
        db->driver->close(db);
}

enum db_kind db_kind(const struct db *db)
{
    return db->driver->kind;
}

int64_t db_asked(const struct db *db)
{
    return db->asked;
}

/* ---- transactions ---- */
static enum err exec(struct ctx *c, const char *text)
{
    return c->db->driver->exec(c, text);
}

enum err tx_begin(struct ctx *c, const char *name)
{
    CHECK(!c->db->in_tx);
    TRY(exec(c, c->db->driver->begin_write));
    c->db->in_tx = true;
    c->db->lost = OK;
    c->db->tx = name;
    return OK;
}

/* A rollback that fails leaves nothing open: the engine has rolled back already. */
void tx_rollback(struct ctx *c)
{
    int saved = fault_countdown;
    fault_countdown = -1;
    struct ctx quiet = *c;
    if (exec(&quiet, "ROLLBACK") != OK)
        CHECK(quiet.why[0] != '\0');
    fault_countdown = saved;
    c->db->in_tx = false;
    c->db->tx = NULL;
}

enum err tx_commit(struct ctx *c)
{
    CHECK(c->db->in_tx);
    enum err e =
        c->db->lost ? fail(c, c->db->lost, "the engine undid the transaction") : exec(c, "COMMIT");
    if (e) {
        tx_rollback(c);
        return e;
    }
    c->db->in_tx = false;
    c->db->tx = NULL;
    return OK;
}

enum err tx_nested(struct ctx *c, enum err (*body)(struct ctx *, void *), void *arg)
{
    CHECK(c->db->in_tx);
    if (c->db->lost) /* a savepoint would now begin a transaction of its own */
        return fail(c, c->db->lost, "the engine undid the transaction");
    TRY(exec(c, "SAVEPOINT job"));
    enum err e = body(c, arg);
    if (!e)
        e = exec(c, "RELEASE job");
    if (!e)
        return OK;
    struct ctx quiet = *c; /* the reason in c->why stays that of the body */
    quiet.why[0] = '\0';
    int saved = fault_countdown;
    fault_countdown = -1;
    enum err back = exec(&quiet, "ROLLBACK TO job");
    if (!back)
        back = exec(&quiet, "RELEASE job");
    fault_countdown = saved;
    if (back)
        c->db->lost = e; /* the engine has rolled back already: disk full, I/O error, connection */
    return e;
}

static enum err try_once(struct ctx *c, const char *name, enum err (*body)(struct ctx *, void *),
                         void *arg)
{
    TRY(tx_begin(c, name));
    enum err e = body(c, arg);
    if (!e)
        return tx_commit(c);
    tx_rollback(c);
    return e;
}

/* Two that met would meet again: each waits a little longer every time, not equally long. */
static void wait_before(const struct ctx *c, int attempt)
{
    enum { STEP_US = 200, US_MAX = 50000 };
    static _Thread_local unsigned seed;
    seed = seed * 1664525u + 1013904223u + (unsigned)((uintptr_t)c >> 4);
    long most = STEP_US << attempt;
    long us = 1 + (long)(seed >> 8) % (most < US_MAX ? most : US_MAX);
    nanosleep(&(struct timespec){ 0, us * 1000 }, NULL);
}

enum err tx_run(struct ctx *c, const char *name, enum err (*body)(struct ctx *, void *), void *arg)
{
    enum err e = OK;
    for (int i = 0; i < TX_TRIES_MAX; i++) {
        c->why[0] = '\0';
        c->bads = NULL;
        e = try_once(c, name, body, arg);
        if (e != E_DB_BUSY)
            return e;
        wait_before(c, i);
    }
    return e;
}

enum err tx_read_begin(struct ctx *c)
{
    CHECK(!c->db->in_tx);
    TRY(exec(c, c->db->driver->begin_read));
    c->db->in_tx = true;
    return OK;
}

void tx_read_end(struct ctx *c)
{
    if (c->db->in_tx)
        tx_rollback(c);
}
