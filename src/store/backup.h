/* SPDX-License-Identifier: Apache-2.0
 * backup.h - a consistent copy of a database that is in use, and what can be said about a copy
 * without trusting it. SQLite only: for PostgreSQL there is pg_dump. */
#pragma once
#include "store/db.h"

enum { SNAPSHOT_TABLES_MAX = 500 };
/* Copies the SQLite database `from`, which others may be using, into the new file `to` (0600,
 * synced, one file without a WAL). E_EXISTS, E_IO, E_DISK_FULL, E_DB_BUSY. */
enum err snapshot_make(struct ctx *c, const char *from, const char *to) MUST_USE;

struct table_count {
    const char *name;
    int64_t rows;
};
/* Tables of the database file in order of name, and how many rows each has. */
enum err snapshot_counts(struct ctx *c, const char *path, struct table_count **out,
                         size_t *n) MUST_USE;
/* Reads every page of the database file: SQLite's integrity_check and foreign_key_check. Calls each
 * with a line for every finding, at most 100. */
enum err snapshot_check(struct ctx *c, const char *path, void (*each)(void *arg, const char *line),
                        void *arg) MUST_USE;
