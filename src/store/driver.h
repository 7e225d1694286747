/* SPDX-License-Identifier: Apache-2.0
 * driver.h - what a database engine must do for db.c. Only src/store includes this. */
#pragma once
#include "store/db.h"

/* Gets one row's values, valid during the call only. */
struct db_sink {
    enum err (*row)(struct ctx *c, struct db_sink *sink, const struct val *vals);
    void *arg;
    size_t rows;
};

struct db_driver {
    enum db_kind kind;
    /* Runs q; calls sink for at most max rows (0: all), reading column i as want[i]; tells how many
     * rows were changed. sink may be NULL when n_want is 0. */
    enum err (*query)(struct ctx *c, const struct sql *q, const struct val *in, size_t n_in,
                      const enum val_type *want, size_t n_want, struct db_sink *sink, size_t max,
                      int64_t *changed);
    /* A fixed text of ours, one or many statements (BEGIN, COMMIT, migrations). */
    enum err (*exec)(struct ctx *c, const char *text);
    const char *begin_write, *begin_read;
    /* Keeps other programs from migrating at the same time; NULL: the engine needs none. */
    enum err (*migrate_lock)(struct ctx *c, bool on);
    /* Makes the tables of db_append_only refuse changes; NULL: the engine does so by itself. */
    enum err (*guard)(struct ctx *c);
    void (*close)(struct db *db);
};

/* The head of each driver's connection. */
struct db {
    const struct db_driver *driver;
    bool in_tx;
    enum err lost;  /* why the engine itself undid the running transaction; OK: it has not */
    const char *tx; /* name of the running transaction, for the log */
    int64_t asked;  /* statements so far */
};

/* Each engine's db_open (db.h), which chooses between them by the address. */
enum err db_sqlite_open(struct ctx *c, const char *path, enum db_mode mode, struct db **out);
enum err db_pg_open(struct ctx *c, const char *url, enum db_mode mode, struct db **out);

/* Tables that only ever grow: no UPDATE, no DELETE, by any statement of ours. Ends with NULL. */
extern const char *const db_append_only[];
