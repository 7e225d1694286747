/* SPDX-License-Identifier: Apache-2.0
 * pg_value.c - see pg_value.h. */
#include "store/pg_value.h"
#include <endian.h>

enum { /* further types a result may have (pg_type.dat) */
       T_BOOL = 16,
       T_NAME = 19,
       T_SMALLINT = 21,
       T_INT = 23,
       T_OID = 26,
       T_BPCHAR = 1042,
       T_VARCHAR = 1043,
       T_NUMERIC = 1700,
};

Oid pg_type_of(const struct val *v)
{
    static const Oid types[] = {
        [V_NULL] = 0, [V_INT] = PG_BIGINT, [V_TEXT] = PG_TEXT, [V_BLOB] = PG_BYTEA
    };
    return types[v->type];
}

void pg_params_set(struct pg_params *p, const struct val *in, size_t n_in)
{
    for (size_t i = 0; i < n_in; i++) {
        p->binary[i] = PG_BINARY;
        p->ptr[i] = in[i].s;
        p->len[i] = (int)in[i].len;
        if (in[i].type == V_INT) {
            p->ints[i] = htobe64((uint64_t)in[i].i);
            p->ptr[i] = (const char *)&p->ints[i];
            p->len[i] = (int)sizeof p->ints[i];
        } else if (in[i].type != V_NULL && !p->ptr[i]) {
            p->ptr[i] = ""; /* no bytes are not NULL */
        }
    }
}

static int64_t be_int(const char *p, int len)
{
    uint64_t v = (unsigned char)p[0] & 0x80 ? UINT64_MAX : 0;
    for (int i = 0; i < len; i++)
        v = v << 8 | (unsigned char)p[i];
    return (int64_t)v;
}

/* Digits in base 10000: count, power of the first, sign, scale, digits. The fraction is cut off. */
static enum err numeric(struct ctx *c, const char *p, int len, int64_t *out)
{
    enum { HEAD = 8, NEGATIVE = 0x4000, POSITIVE = 0 };
    CHECK(len >= HEAD);
    int64_t digits = be_int(p, 2), weight = be_int(p + 2, 2), sign = be_int(p + 4, 2) & 0xffff;
    if (sign != NEGATIVE && sign != POSITIVE)
        return fail(c, E_OVERFLOW, "pg: not a number");
    int64_t v = 0;
    for (int64_t i = 0; i <= weight; i++) {
        int64_t digit = i < digits ? be_int(p + HEAD + 2 * i, 2) : 0;
        if (__builtin_mul_overflow(v, 10000, &v) ||
            __builtin_add_overflow(v, sign == NEGATIVE ? -digit : digit, &v))
            return fail(c, E_OVERFLOW, "pg: a sum does not fit");
    }
    *out = v;
    return OK;
}

static bool is_text(Oid type)
{
    return type == PG_TEXT || type == T_VARCHAR || type == T_BPCHAR || type == T_NAME;
}

static bool is_int(Oid type)
{
    return type == PG_BIGINT || type == T_INT || type == T_SMALLINT || type == T_BOOL;
}

enum err pg_read(struct ctx *c, const PGresult *r, int row, int col, enum val_type want,
                 struct val *out)
{
    *out = (struct val){ V_NULL, 0, NULL, 0 };
    if (PQgetisnull(r, row, col))
        return OK;
    Oid type = PQftype(r, col);
    out->type = want;
    out->s = PQgetvalue(r, row, col);
    out->len = (size_t)PQgetlength(r, row, col);
    if (want == V_INT && type == T_NUMERIC)
        return numeric(c, out->s, (int)out->len, &out->i);
    if (want == V_INT && type == T_OID)
        out->i = be_int(out->s, 4) & UINT32_MAX;
    else if (want == V_INT && is_int(type))
        out->i = be_int(out->s, (int)out->len);
    else if (want == V_INT || !(is_text(type) || (want == V_BLOB && type == PG_BYTEA)))
        return fail(c, E_DB, "pg: column %d (%s) has type %u", col, PQfname(r, col), type);
    return OK;
}
