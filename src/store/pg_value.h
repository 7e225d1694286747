/* SPDX-License-Identifier: Apache-2.0
 * pg_value.h - our values in PostgreSQL's binary form, and back. Only db_pg.c includes this. */
#pragma once
#include "store/driver.h"
#include <libpq-fe.h>

/* Object ids of the types we send (pg_type.dat; they never change). */
#define PG_BIGINT ((Oid)20)
#define PG_TEXT   ((Oid)25)
#define PG_BYTEA  ((Oid)17)
enum { PG_BINARY = 1 };

/* The type a value is sent as; 0 for NULL. */
Oid pg_type_of(const struct val *v);

/* A statement's parameters as libpq takes them; points into the values and into itself. */
struct pg_params {
    const char *ptr[DB_PARAMS_MAX];
    int len[DB_PARAMS_MAX], binary[DB_PARAMS_MAX];
    uint64_t ints[DB_PARAMS_MAX];
};
void pg_params_set(struct pg_params *p, const struct val *in, size_t n_in);

/* One field of a binary result, borrowed from it. A sum (NUMERIC) or a truth reads as an integer;
 * E_OVERFLOW when it does not fit, E_DB when the column's type is another than want. */
enum err pg_read(struct ctx *c, const PGresult *r, int row, int col, enum val_type want,
                 struct val *out) MUST_USE;
