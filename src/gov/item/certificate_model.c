/* SPDX-License-Identifier: Apache-2.0
 * certificate_model.c - certificates that may and must not be issued; see item.h. */
#include "gov/item/item.h"
#include "kernel/search/search.h"

#define CERT_COLS                                                                                  \
    "id, code, name, list, document, article, authority, how, asks, why, template, fields, may"
static const struct sql SQL_LOAD = { "SELECT " CERT_COLS " FROM certificate WHERE code = $1",
                                     NULL };
static const struct sql SQL_ID = { "SELECT " CERT_COLS " FROM certificate WHERE id = $1", NULL };
static const struct sql SQL_LIST = { "SELECT " CERT_COLS " FROM certificate ORDER BY may DESC, id",
                                     NULL };
static const struct col cert_cols[] = {
    COL_INT(struct certificate, id),         COL_TEXT(struct certificate, code),
    COL_TEXT(struct certificate, name),      COL_TEXT(struct certificate, list),
    COL_TEXT(struct certificate, document),  COL_TEXT(struct certificate, article),
    COL_TEXT(struct certificate, authority), COL_TEXT(struct certificate, how),
    COL_TEXT(struct certificate, asks),      COL_TEXT(struct certificate, why),
    COL_TEXT(struct certificate, template),  COL_TEXT(struct certificate, fields),
    COL_BOOL(struct certificate, may),
};

enum err certificate_load(struct ctx *c, const char *code, struct certificate *out)
{
    return db_row(c, &SQL_LOAD, IN(v_text(code)), COLS(cert_cols), out);
}

enum err certificate_by_id(struct ctx *c, int64_t id, struct certificate *out)
{
    return db_row(c, &SQL_ID, IN(v_int(id)), COLS(cert_cols), out);
}

enum err certificate_list(struct ctx *c, struct certificate **out, size_t *n)
{
    return DB_ROWS(c, &SQL_LIST, IN_NONE, cert_cols, CERTIFICATES_MAX, out, n);
}

enum err certificate_search(struct ctx *c, const char *q, struct certificate **out, size_t *n)
{
    struct search_hit *hits;
    size_t n_hits;
    TRY(search_find(c, "certificate", q, &hits, &n_hits));
    *out = ARENA_ARRAY(c->arena, struct certificate, n_hits + 1);
    for (*n = 0; *n < n_hits; ++*n)
        TRY(db_row(c, &SQL_ID, IN(v_int(hits[*n].subject)), COLS(cert_cols), &(*out)[*n]));
    return OK;
}

static const struct sql SQL_MUST_NOT = { "SELECT count(*) FROM certificate WHERE may = 0", NULL };

enum err certificate_must_not(struct ctx *c, int64_t *n)
{
    return db_one(c, &SQL_MUST_NOT, IN_NONE, OUT(s_int(n)));
}
