/* SPDX-License-Identifier: Apache-2.0
 * db_pg.c - the PostgreSQL driver (libpq). A statement is prepared once per connection, keyed by
 * its address; values travel in binary. Inside a transaction a lost connection is never replaced:
 * what was begun cannot go on elsewhere. */
#include "core/fault.h"
#include "store/pg_value.h"
#include <sys/socket.h>

enum {
    CACHE_SLOTS = 1024, /* a power of two, above the number of statements in the program */
    FETCH_ROWS = 1000,  /* at a time, when a long list is walked */
    ERROR_TEXT_MAX = 160,
};

struct cached {
    const struct sql *key;
    bool ready;
    unsigned version; /* part of the statement's name: one that went stale is prepared anew */
    Oid types[DB_PARAMS_MAX];    /* seen in values; 0: only NULLs so far */
    Oid declared[DB_PARAMS_MAX]; /* the same with the guesses; 0: left to the server */
};
struct pg {
    struct db db;
    PGconn *h;
    char *url;
    enum db_mode mode;
    bool must_retry; /* the running transaction has met another one; it can only be run again */
    unsigned walks;  /* open cursors */
    size_t n_cached;
    struct cached cache[CACHE_SLOTS];
};

static struct pg *of(const struct ctx *c)
{
    return (struct pg *)c->db;
}

static const char *pg_text(const struct sql *q)
{
    return q->pg ? q->pg : q->text;
}

/* ---- errors ---- */
static const struct {
    const char *state; /* a whole SQLSTATE or its class */
    enum err err;
} states[] = {
    { "40001", E_DB_BUSY },     { "40P01", E_DB_BUSY },     { "55P03", E_DB_BUSY },
    { "23505", E_EXISTS },      { "53100", E_DISK_FULL },   { "53", E_UNAVAILABLE },
    { "25006", E_READ_ONLY },   { "57014", E_UNAVAILABLE }, /* statement_timeout */
    { "57P", E_UNAVAILABLE },   { "22003", E_OVERFLOW },    { "22021", E_NOT_TEXT },
    { "08006", E_UNAVAILABLE },
};

static enum err map_state(const char *state)
{
    for (size_t i = 0; state && i < COUNT(states); i++)
        if (str_starts(state, states[i].state))
            return states[i].err;
    return E_DB;
}

static const char *state_of(const PGresult *r)
{
    return str_or(r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL, "");
}

static bool lost(const struct pg *p)
{
    return PQstatus(p->h) == CONNECTION_BAD;
}

/* Notes only the message proper: its detail may hold a person's data. */
static enum err failed(struct ctx *c, const PGresult *r, const char *text)
{
    struct pg *p = of(c);
    const char *state = state_of(r);
    const char *said = r ? PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    enum err e = lost(p) ? E_UNAVAILABLE : map_state(state);
    if (str_eq(state, "25P02") && p->must_retry)
        e = E_DB_BUSY;
    if (e == E_DB_BUSY)
        p->must_retry = true;
    return fail(c, e, "pg %s (%.80s): %.100s", state, str_or(said, PQerrorMessage(p->h)), text);
}

static bool worked(const PGresult *r)
{
    ExecStatusType s = PQresultStatus(r);
    return s == PGRES_COMMAND_OK || s == PGRES_TUPLES_OK || s == PGRES_EMPTY_QUERY;
}

static bool quietly(struct pg *p, const char *text)
{
    PGresult *r = PQexec(p->h, text);
    bool ok = worked(r);
    PQclear(r);
    return ok;
}

/* ---- connecting ---- */
static void no_notice(void *arg, const char *message)
{
    (void)arg, (void)message;
}

#define SESSION                                                                                    \
    "SET client_min_messages = error; SET timezone = 'UTC'; SET lock_timeout = '5s';"              \
    "SET idle_in_transaction_session_timeout = '60s'; SET bytea_output = hex;" PG_TIMEOUT
#define PG_TIMEOUT "SET statement_timeout = '30s';"
static const char *const session[] = {
    [DB_READ] = SESSION "SET default_transaction_read_only = on",
    [DB_WRITE] = SESSION "SET default_transaction_isolation = 'serializable'",
};

/* Order by text, ranges and prefixes must mean the same on both engines: bytes, UTF-8. */
static enum err check_locale(struct ctx *c)
{
    struct pg *p = of(c);
    PGresult *r = PQexec(p->h, "SELECT pg_encoding_to_char(encoding) || ' ' || datcollate "
                               "FROM pg_database WHERE datname = current_database()");
    enum err e = OK;
    if (!worked(r) || PQntuples(r) != 1)
        e = failed(c, r, "check of encoding and collation");
    else if (!str_eq(PQgetvalue(r, 0, 0), "UTF8 C") && !str_eq(PQgetvalue(r, 0, 0), "UTF8 POSIX"))
        e = fail(c, E_FORMAT,
                 "the PostgreSQL database is %.40s; create it with ENCODING 'UTF8' LOCALE 'C' "
                 "TEMPLATE template0",
                 PQgetvalue(r, 0, 0));
    PQclear(r);
    return e;
}

static void forget_statements(struct pg *p)
{
    for (size_t i = 0; i < CACHE_SLOTS; i++)
        p->cache[i].ready = false;
}

static enum err reconnect(struct ctx *c)
{
    struct pg *p = of(c);
    /* What the address itself says comes last and wins. */
    const char *keys[] = { "connect_timeout",  "tcp_user_timeout", "client_encoding",
                           "application_name", "dbname",           NULL };
    const char *values[] = { "5", "30000", "UTF8", "xiangyue", p->url, NULL };
    PQfinish(p->h);
    p->h = NULL;
    forget_statements(p);
    if (FAULT("pg.connect"))
        return fail(c, E_UNAVAILABLE, "pg: no connection");
    p->h = PQconnectdbParams(keys, values, 1);
    CHECK(p->h != NULL);
    PQsetNoticeProcessor(p->h, no_notice, NULL);
    if (lost(p))
        return fail(c, E_UNAVAILABLE, "pg: %.*s", ERROR_TEXT_MAX, PQerrorMessage(p->h));
    if (!quietly(p, session[p->mode]))
        return fail(c, E_UNAVAILABLE, "pg: session: %.*s", ERROR_TEXT_MAX, PQerrorMessage(p->h));
    return check_locale(c);
}

/* A connection that works and, outside a transaction of ours, has none open. */
static enum err connected(struct ctx *c)
{
    struct pg *p = of(c);
    bool idle = p->h && PQtransactionStatus(p->h) == PQTRANS_IDLE;
    if (p->h && !lost(p) && (c->db->in_tx || idle || quietly(p, "ROLLBACK")))
        return OK;
    if (c->db->in_tx)
        return fail(c, E_UNAVAILABLE, "pg: the connection was lost in a transaction");
    return reconnect(c);
}

/* ---- statements ---- */
static struct cached *slot_of(struct pg *p, const struct sql *q)
{
    size_t i = ((uintptr_t)q >> 4) * UINT64_C(0x9E3779B97F4A7C15) >> 54;
    while (p->cache[i].key && p->cache[i].key != q)
        i = (i + 1) % CACHE_SLOTS;
    struct cached *e = &p->cache[i];
    if (!e->key) {
        CHECK(p->n_cached++ < CACHE_SLOTS * 3 / 4);
        e->key = q;
    }
    return e;
}

struct name {
    char text[48];
};
static struct name name_of(const struct pg *p, const struct cached *e)
{
    struct name n;
    snprintf(n.text, sizeof n.text, "s%zu_%u", (size_t)(e - p->cache), e->version);
    return n;
}

/* Learns the types of values not seen before; of a NULL there is nothing to learn. */
static bool learn_types(struct cached *e, const struct val *in, size_t n_in)
{
    bool learnt = false;
    for (size_t i = 0; i < n_in; i++) {
        Oid t = pg_type_of(&in[i]);
        CHECK(!t || !e->types[i] || e->types[i] == t);
        if (t && !e->types[i]) {
            e->types[i] = t;
            learnt = true;
        }
    }
    return learnt;
}

/* The number in "could not determine data type of parameter $3", or 0. */
static size_t undetermined(const PGresult *r)
{
    const char *said = r ? PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    const char *at = said ? strchr(said, '$') : NULL;
    bool open = str_eq(state_of(r), "42P18") || str_eq(state_of(r), "42P08");
    return open && at ? (size_t)strtoul(at + 1, NULL, 10) : 0;
}

/* The server finds a NULL's type from where it stands. Where it cannot ("$1 IS NULL OR x = $1")
 * each type is tried in turn, once per statement and connection. */
static enum err prepare_guessing(struct ctx *c, struct cached *e, size_t n)
{
    struct pg *p = of(c);
    Oid *types = e->declared;
    size_t last = 0;
    for (;;) {
        PGresult *r =
            PQprepare(p->h, name_of(p, e).text, pg_text(e->key), (int)n, n ? types : NULL);
        enum err err = worked(r) ? OK : failed(c, r, pg_text(e->key));
        size_t open = undetermined(r);
        PQclear(r);
        if (!err)
            return OK;
        if (open > 0 && open <= n && !types[open - 1]) {
            last = open;
            types[last - 1] = PG_BIGINT;
        } else if (last > 0 && types[last - 1] != PG_BYTEA) {
            types[last - 1] = types[last - 1] == PG_BIGINT ? PG_TEXT : PG_BYTEA;
        } else {
            return err;
        }
        c->why[0] = '\0';
        if (c->db->in_tx && !quietly(p, "ROLLBACK TO prepare_"))
            return fail(c, err, "pg: cannot prepare: %.100s", pg_text(e->key));
    }
}

static enum err prepare(struct ctx *c, struct cached *e, size_t n)
{
    struct pg *p = of(c);
    bool whole = true;
    for (size_t i = 0; i < n; i++) {
        e->declared[i] = e->types[i];
        whole = whole && e->types[i];
    }
    bool save = !whole && c->db->in_tx;
    if (save && !quietly(p, "SAVEPOINT prepare_"))
        return fail(c, E_DB, "pg: %.100s", PQerrorMessage(p->h));
    e->version++;
    TRY(prepare_guessing(c, e, n));
    if (save && !quietly(p, "RELEASE prepare_"))
        return fail(c, E_DB, "pg: %.100s", PQerrorMessage(p->h));
    e->ready = true;
    return OK;
}

/* ---- running ---- */
/* A chance to fail for the tests: an error, or a connection that dies under our hands. */
static bool injected(struct ctx *c, const char *where, enum err *e)
{
    if (FAULT(where)) {
        *e = fail(c, E_DB, "pg: injected at %.100s", where);
        return true;
    }
    if (FAULT(where))
        shutdown(PQsocket(of(c)->h), SHUT_RDWR);
    return false;
}

static enum err give_rows(struct ctx *c, const PGresult *r, const enum val_type *want,
                          size_t n_want, struct db_sink *sink, size_t max)
{
    struct val vals[DB_COLS_MAX];
    if (!sink)
        return OK;
    CHECK(PQntuples(r) == 0 || (size_t)PQnfields(r) == n_want);
    for (int row = 0; row < PQntuples(r) && (max == 0 || sink->rows < max); row++) {
        for (size_t i = 0; i < n_want; i++)
            TRY(pg_read(c, r, row, (int)i, want[i], &vals[i]));
        TRY(sink->row(c, sink, vals));
        sink->rows++;
    }
    return OK;
}

/* The plan or the statement is gone (another program migrated, a pooler swept). */
static bool stale(const PGresult *r)
{
    return str_eq(state_of(r), "0A000") || str_eq(state_of(r), "26000");
}

static enum err run_prepared(struct ctx *c, struct cached *e, const struct val *in, size_t n_in,
                             PGresult **out)
{
    struct pg *p = of(c);
    struct pg_params v;
    pg_params_set(&v, in, n_in);
    for (bool again = false;; again = true) {
        if (!e->ready)
            TRY(prepare(c, e, n_in));
        PGresult *r =
            PQexecPrepared(p->h, name_of(p, e).text, (int)n_in, v.ptr, v.len, v.binary, PG_BINARY);
        *out = r;
        if (worked(r))
            return OK;
        bool renew = stale(r);
        enum err err = failed(c, r, pg_text(e->key));
        PQclear(r);
        *out = NULL;
        if (!renew || again)
            return err;
        e->ready = false;
        if (c->db->in_tx) {
            p->must_retry = true;
            return E_DB_BUSY;
        }
        c->why[0] = '\0';
    }
}

/* A long list inside a transaction comes in pieces, so that it need not fit into memory. */
static enum err walk(struct ctx *c, struct cached *e, const struct val *in, size_t n_in,
                     const enum val_type *want, size_t n_want, struct db_sink *sink, size_t max)
{
    struct pg *p = of(c);
    struct pg_params v;
    char fetch[64], shut[48];
    if (!e->ready) /* finds the parameters' types */
        TRY(prepare(c, e, n_in));
    pg_params_set(&v, in, n_in);
    unsigned no = ++p->walks;
    snprintf(fetch, sizeof fetch, "FETCH %d FROM walk%u", FETCH_ROWS, no);
    snprintf(shut, sizeof shut, "CLOSE walk%u", no);
    const char *text =
        arena_printf(c->arena, "DECLARE walk%u NO SCROLL CURSOR FOR %s", no, pg_text(e->key));
    PGresult *r =
        PQexecParams(p->h, text, (int)n_in, e->declared, v.ptr, v.len, v.binary, PG_BINARY);
    enum err err = worked(r) ? OK : failed(c, r, text);
    PQclear(r);
    for (int rows = FETCH_ROWS; !err && rows == FETCH_ROWS && (max == 0 || sink->rows < max);) {
        r = PQexecParams(p->h, fetch, 0, NULL, NULL, NULL, NULL, PG_BINARY);
        err = worked(r) ? give_rows(c, r, want, n_want, sink, max) : failed(c, r, text);
        rows = PQntuples(r);
        PQclear(r);
    }
    p->walks--;
    if (PQtransactionStatus(p->h) == PQTRANS_INTRANS)
        quietly(p, shut);
    return err;
}

static enum err query(struct ctx *c, const struct sql *q, const struct val *in, size_t n_in,
                      const enum val_type *want, size_t n_want, struct db_sink *sink, size_t max,
                      int64_t *changed)
{
    enum err err;
    *changed = 0;
    TRY(connected(c));
    if (injected(c, "pg.query", &err))
        return err;
    struct cached *e = slot_of(of(c), q);
    if (learn_types(e, in, n_in))
        e->ready = false;
    if (sink && c->db->in_tx && (max == 0 || max > FETCH_ROWS) && str_starts(pg_text(q), "SELECT"))
        return walk(c, e, in, n_in, want, n_want, sink, max);
    PGresult *r;
    TRY(run_prepared(c, e, in, n_in, &r));
    *changed = (int64_t)strtoll(PQcmdTuples(r), NULL, 10);
    err = give_rows(c, r, want, n_want, sink, max);
    PQclear(r);
    return err;
}

static enum err exec_once(struct ctx *c, const char *text)
{
    struct pg *p = of(c);
    PGresult *r = PQexec(p->h, text);
    enum err e = worked(r) ? OK : failed(c, r, text);
    /* COMMIT of a transaction in which a statement failed is answered by ROLLBACK, not by an error.
     */
    if (!e && str_eq(text, "COMMIT") && str_eq(PQcmdStatus(r), "ROLLBACK"))
        e = fail(c, p->must_retry ? E_DB_BUSY : E_DB, "pg: rolled back at commit");
    PQclear(r);
    return e;
}

static enum err exec(struct ctx *c, const char *text)
{
    enum err e;
    TRY(connected(c));
    bool begins = str_starts(text, "BEGIN");
    if (begins) {
        of(c)->must_retry = false;
        if (FAULT(text))
            return fail(c, E_DB, "pg: injected at %s", text);
    } else if (injected(c, text, &e)) {
        return e;
    }
    e = exec_once(c, text);
    if (!e || !begins || !lost(of(c)))
        return e;
    c->why[0] = '\0'; /* nothing was begun: a server that was restarted meanwhile costs nothing */
    TRY(reconnect(c));
    return exec_once(c, text);
}

/* ---- migrations ---- */
/* One program at a time, however long it takes. */
enum { MIGRATE_LOCK = 421281 };

static enum err migrate_lock(struct ctx *c, bool on)
{
    return exec(c, arena_printf(c->arena,
                                on ? "SET statement_timeout = 0; SELECT pg_advisory_lock(%d)"
                                   : "SELECT pg_advisory_unlock(%d);" PG_TIMEOUT,
                                MIGRATE_LOCK));
}

static enum err guard(struct ctx *c)
{
    TRY(exec(c, "CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
                "BEGIN RAISE EXCEPTION '% only grows', TG_TABLE_NAME USING ERRCODE = '42501'; "
                "END $$"));
    for (const char *const *t = db_append_only; *t; t++)
        TRY(exec(c,
                 arena_printf(c->arena,
                              "DO $$ BEGIN IF to_regclass('%s') IS NOT NULL AND NOT EXISTS "
                              "(SELECT FROM pg_trigger WHERE tgname = 'append_only' "
                              "AND tgrelid = to_regclass('%s')) THEN "
                              "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "
                              "%s FOR EACH STATEMENT EXECUTE FUNCTION append_only(); "
                              "END IF; END $$",
                              *t, *t, *t)));
    return OK;
}

/* ---- opening and closing ---- */
static void close_pg(struct db *db)
{
    struct pg *p = (struct pg *)db;
    PQfinish(p->h);
    explicit_bzero(p->url, strlen(p->url)); /* it may hold a password */
    free(p->url);
    free(p);
}

static const struct db_driver pg_driver = {
    .kind = DB_PG,
    .query = query,
    .exec = exec,
    .begin_write = "BEGIN ISOLATION LEVEL SERIALIZABLE",
    .begin_read = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    .migrate_lock = migrate_lock,
    .guard = guard,
    .close = close_pg,
};

enum err db_pg_open(struct ctx *c, const char *url, enum db_mode mode, struct db **out)
{
    struct pg *p = calloc(1, sizeof *p);
    CHECK(p != NULL);
    p->db.driver = &pg_driver;
    p->mode = mode;
    p->url = strdup(url);
    CHECK(p->url != NULL);
    struct db *before = c->db;
    c->db = &p->db;
    enum err e = reconnect(c);
    c->db = before;
    if (e) {
        close_pg(&p->db);
        return e;
    }
    *out = &p->db;
    return OK;
}
