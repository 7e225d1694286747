/* SPDX-License-Identifier: Apache-2.0
 * body.c - see body.h. */
#include "kernel/body/body.h"
#include "kernel/place/place.h"

#define BODY_COLS "county, id, code, place, kind, name, short_name, phone, address, hours, was"
static const struct sql SQL_LOAD = {
    "SELECT " BODY_COLS " FROM body WHERE county = $1 AND id = $2", NULL
};
static const struct sql SQL_CODE = {
    "SELECT " BODY_COLS " FROM body WHERE place = $1 AND code = $2", NULL
};
static const struct sql SQL_LIST = {
    "SELECT " BODY_COLS " FROM body WHERE place = $1 ORDER BY code", NULL
};
static const struct sql SQL_ADD = {
    "INSERT INTO body (" BODY_COLS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)", NULL
};
static const struct sql SQL_CHANGE = {
    "UPDATE body SET name = $3, short_name = $4, phone = $5, address = $6, hours = $7, was = $8 "
    "WHERE county = $1 AND id = $2",
    NULL
};
static const struct col body_cols[] = {
    COL_INT(struct body, county),      COL_INT(struct body, id),
    COL_TEXT(struct body, code),       COL_TEXT(struct body, place),
    COL_TEXT(struct body, kind),       COL_TEXT(struct body, name),
    COL_TEXT(struct body, short_name), COL_TEXT(struct body, phone),
    COL_TEXT(struct body, address),    COL_TEXT(struct body, hours),
    COL_TEXT(struct body, was),
};

enum err body_load(struct ctx *c, struct key k, struct body *out)
{
    return db_row(c, &SQL_LOAD, IN(v_int(k.county), v_int(k.id)), COLS(body_cols), out);
}

enum err body_serving(struct ctx *c, const char *code, const char *place, struct body *out)
{
    for (int level = (int)place_level_of(place); level >= PLACE_CITY; level--) {
        const char *at = place_at(c, place, (enum place_level)level);
        struct ctx probe = *c;
        enum err e = db_row(&probe, &SQL_CODE, IN(v_text(at), v_text(code)), COLS(body_cols), out);
        if (e != E_NOT_FOUND)
            return e;
    }
    return fail(c, E_NOT_FOUND, "no body %s", code);
}

enum err body_list(struct ctx *c, const char *place, struct body **out, size_t *n)
{
    return DB_ROWS(c, &SQL_LIST, IN(v_text(place)), body_cols, BODY_LIST_MAX, out, n);
}

enum err body_save(struct ctx *c, struct body *b)
{
    if (b->id)
        return db_change_one(c, &SQL_CHANGE,
                             IN(v_int(b->county), v_int(b->id), v_text(b->name),
                                v_text(b->short_name), v_text(b->phone), v_text(b->address),
                                v_text(b->hours), v_text(b->was)));
    b->id = id_new(c);
    b->county = place_county(b->place);
    return db_run(c, &SQL_ADD,
                  IN(v_int(b->county), v_int(b->id), v_text(b->code), v_text(b->place),
                     v_text(b->kind), v_text(b->name), v_text(b->short_name), v_text(b->phone),
                     v_text(b->address), v_text(b->hours), v_text(b->was)));
}

const char *body_name(struct ctx *c, const char *code, const char *place)
{
    struct body b;
    return body_serving(c, code, place, &b) == OK ? b.name : "";
}
