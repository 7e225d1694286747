/* SPDX-License-Identifier: Apache-2.0
 * db.h - one small door to SQLite and PostgreSQL. SQL is written once, in what both understand,
 * with $1, $2 ...; values go in and out through typed arrays, never through text.
 *
 * What both engines promise: a parameter is BIGINT, TEXT or bytes as its value is (write
 * CAST($1 AS INTEGER) where a function wants less), text is ordered by its UTF-8 bytes, LIKE heeds
 * case, a sum or a truth reads as an integer. What both demand: after a statement failed inside a
 * transaction, nothing else may be done in it (PostgreSQL). What may fail and go on belongs into
 * tx_nested, or says ON CONFLICT DO NOTHING. A column's type is its slot's type. */
#pragma once
#include "core/core.h"

enum val_type { V_NULL, V_INT, V_TEXT, V_BLOB };
struct val {
    enum val_type type;
    int64_t i;
    const char *s; /* V_TEXT: NUL-terminated too; V_BLOB: any bytes */
    size_t len;
};
/* Values for parameters. Text and bytes are not copied: they must live until the call returns. */
struct val v_int(int64_t i);
struct val v_text(const char *s); /* NULL becomes NULL */
struct val v_blob(struct bytes b);
struct val v_null(void);

/* Where one column of a single row goes. NULL reads as 0, as a NULL text and as empty bytes. */
enum slot_type { S_INT, S_TEXT, S_BLOB, S_BOOL };
struct slot {
    enum slot_type type;
    void *to;
};
struct slot s_int(int64_t *to);
struct slot s_text(const char **to);
struct slot s_blob(struct bytes *to);
struct slot s_bool(bool *to);

/* Where a column goes inside a struct: one table per struct serves a row and a list alike. */
struct col {
    enum slot_type type;
    size_t at;
};
/* clang-format off */
#define COL_INT(type, field)  { S_INT,  COL_AT_(type, field, int64_t *) }
#define COL_TEXT(type, field) { S_TEXT, COL_AT_(type, field, const char **) }
#define COL_BLOB(type, field) { S_BLOB, COL_AT_(type, field, struct bytes *) }
#define COL_BOOL(type, field) { S_BOOL, COL_AT_(type, field, bool *) }
/* clang-format on */
#define COL_AT_(type, field, ptr)                                                                  \
    (offsetof(type, field) +                                                                       \
     0 * sizeof(char[_Generic(&((type *)0)->field, ptr : 1)])) /* the field has this type */
#define COLS(a) (a), COUNT(a)

/* A statement. Static storage only: its address is the key of the connection's statement cache. */
struct sql {
    const char *text;
    const char *pg; /* PostgreSQL's words where they must differ; NULL: the same */
};

enum { DB_PARAMS_MAX = 40, DB_COLS_MAX = 48, DB_ROWS_MAX = 100000 };
#define IN(...)  (const struct val[]){ __VA_ARGS__ }, COUNT(((const struct val[]){ __VA_ARGS__ }))
#define IN_NONE  NULL, (size_t)0
#define OUT(...) (const struct slot[]){ __VA_ARGS__ }, COUNT(((const struct slot[]){ __VA_ARGS__ }))

/* ---- one row ---- */
/* Exactly one row into the slots, or E_NOT_FOUND; a second row is our bug. Text lands in c->arena.
 */
enum err db_one(struct ctx *c, const struct sql *q, const struct val *in, size_t n_in,
                const struct slot *out, size_t n_out) MUST_USE;
/* One row or none; the slots keep their values when there is none. */
enum err db_find(struct ctx *c, const struct sql *q, const struct val *in, size_t n_in,
                 const struct slot *out, size_t n_out, bool *found) MUST_USE;
/* Exactly one row into the struct at `to`, or E_NOT_FOUND. */
enum err db_row(struct ctx *c, const struct sql *q, const struct val *in, size_t n_in,
                const struct col *cols, size_t n_cols, void *to) MUST_USE;

/* ---- many rows ---- */
/* At most max rows as an array in the arena, each `size` bytes (zeroed beyond its columns). */
enum err db_rows(struct ctx *c, const struct sql *q, const struct val *in, size_t n_in,
                 const struct col *cols, size_t n_cols, size_t size, size_t max, void *rows_out,
                 size_t *n_rows) MUST_USE;
#define DB_ROWS(c, q, in, cols, max, rows, n)                                                      \
    db_rows((c), (q), in, COLS(cols), sizeof **(rows), (max), (rows), (n))
/* Calls `each` after every row has been put into the slots; stops at its first error. Text of a
 * row lives only until the next one: copy what must stay. At most max rows (0: no limit). */
enum err db_each(struct ctx *c, const struct sql *q, const struct val *in, size_t n_in,
                 const struct slot *out, size_t n_out, size_t max,
                 enum err (*each)(struct ctx *, void *), void *arg) MUST_USE;

/* ---- changes ---- */
enum err db_run(struct ctx *c, const struct sql *q, const struct val *in, size_t n_in) MUST_USE;
/* The same, telling how many rows changed. */
enum err db_change(struct ctx *c, const struct sql *q, const struct val *in, size_t n_in,
                   int64_t *changed) MUST_USE;
/* Must change exactly one row: none is E_CONFLICT (somebody was first), more is our bug. */
enum err db_change_one(struct ctx *c, const struct sql *q, const struct val *in,
                       size_t n_in) MUST_USE;

/* ---- connections ---- */
enum db_mode { DB_READ, DB_WRITE };
enum db_kind { DB_SQLITE, DB_PG };
/* url: a file's path (SQLite), ":memory:", or postgresql://... One connection per thread.
 * A PostgreSQL database must have ENCODING 'UTF8' LOCALE 'C' (E_FORMAT otherwise). Its connection,
 * once lost, is made anew by the next use outside a transaction; until then E_UNAVAILABLE. */
enum err db_open(struct ctx *c, const char *url, enum db_mode mode, struct db **out) MUST_USE;
void db_close(struct db *db);
enum db_kind db_kind(const struct db *db);
/* How many statements this connection has run: for tests that hold a hot page to its number. */
int64_t db_asked(const struct db *db);
enum db_kind db_kind_of_url(const char *url);

/* ---- transactions ---- */
enum { TX_TRIES_MAX = 12 };
/* Runs body in a write transaction, again from a clean start when the database asks for it (at most
 * TX_TRIES_MAX times). body must have no effect outside the database. */
enum err tx_run(struct ctx *c, const char *name, enum err (*body)(struct ctx *, void *),
                void *arg) MUST_USE;
/* One snapshot for all reads until tx_read_end. */
enum err tx_read_begin(struct ctx *c) MUST_USE;
void tx_read_end(struct ctx *c);
/* For the writer's groups: one job inside an open transaction; its own changes vanish on error.
 * When the engine undid the whole transaction (disk full), every later job and tx_commit fail too.
 */
enum err tx_nested(struct ctx *c, enum err (*body)(struct ctx *, void *), void *arg) MUST_USE;
enum err tx_begin(struct ctx *c, const char *name) MUST_USE;
enum err tx_commit(struct ctx *c) MUST_USE;
void tx_rollback(struct ctx *c);
