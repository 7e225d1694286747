/* SPDX-License-Identifier: Apache-2.0
 * body.c - see body.h. The row holds the newest name; body_called holds those before it. */
#include "kernel/body/body.h"
#include "core/day.h"
#include "kernel/place/place.h"

/* $1: the day on which the name is asked for. */
#define NAME_ON(column)                                                                            \
    "coalesce((SELECT n." column                                                                   \
    " FROM body_called n WHERE n.county = b.county AND n.body = b.id "                             \
    "AND n.until_day > $1 ORDER BY n.until_day LIMIT 1), b." column ")"
#define BODY_SELECT                                                                                \
    "SELECT b.county, b.id, b.code, b.place, b.kind, " NAME_ON("name") ", " NAME_ON(               \
        "short_name") ", b.phone, b.address, b.hours, b.was, b.valid_from, b.valid_to, "           \
                      "b.successor FROM body b "
static const struct sql SQL_LOAD = { BODY_SELECT "WHERE b.county = $2 AND b.id = $3", NULL };
static const struct sql SQL_CODE = { BODY_SELECT "WHERE b.place = $2 AND b.code = $3", NULL };
static const struct sql SQL_LIST = {
    BODY_SELECT "WHERE b.place = $2 AND (b.valid_to IS NULL OR b.valid_to >= $1) ORDER BY b.code",
    NULL
};
static const struct sql SQL_LIST_ALL = {
    BODY_SELECT "WHERE b.place = $2 ORDER BY b.valid_to IS NOT NULL, b.kind, b.code", NULL
};
static const struct sql SQL_ADD = {
    "INSERT INTO body (county, id, code, place, kind, name, short_name, phone, address, hours, "
    "was, valid_from) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) "
    "ON CONFLICT DO NOTHING",
    NULL
};
static const struct sql SQL_CHANGE = {
    "UPDATE body SET phone = $3, address = $4, hours = $5 WHERE county = $1 AND id = $2", NULL
};
static const struct col body_cols[] = {
    COL_INT(struct body, county),      COL_INT(struct body, id),
    COL_TEXT(struct body, code),       COL_TEXT(struct body, place),
    COL_TEXT(struct body, kind),       COL_TEXT(struct body, name),
    COL_TEXT(struct body, short_name), COL_TEXT(struct body, phone),
    COL_TEXT(struct body, address),    COL_TEXT(struct body, hours),
    COL_TEXT(struct body, was),        COL_INT(struct body, valid_from),
    COL_INT(struct body, valid_to),    COL_INT(struct body, successor),
};

static enum err load_on(struct ctx *c, struct key k, int32_t day, struct body *out)
{
    return db_row(c, &SQL_LOAD, IN(v_int(day), v_int(k.county), v_int(k.id)), COLS(body_cols), out);
}

enum err body_load(struct ctx *c, struct key k, struct body *out)
{
    return load_on(c, k, day_of_ms(c->now_ms), out);
}

bool body_ended(const struct body *b, int32_t day)
{
    return b->valid_to && day > b->valid_to;
}

/* Whoever answers for *b on day; E_NOT_FOUND when that is nobody. */
static enum err heir(struct ctx *c, int32_t day, struct body *b)
{
    for (int i = 0; i < BODY_HEIRS_MAX && body_ended(b, day); i++) {
        if (!b->successor)
            return E_NOT_FOUND;
        TRY(load_on(c, (struct key){ b->county, b->successor }, day, b));
    }
    return body_ended(b, day) ? E_NOT_FOUND : OK;
}

enum err body_serving_on(struct ctx *c, const char *code, const char *place, int32_t day,
                         struct body *out)
{
    for (int level = (int)place_level_of(place); level >= PLACE_CITY; level--) {
        const char *at = place_at(c, place, (enum place_level)level);
        struct ctx probe = *c;
        enum err e = db_row(&probe, &SQL_CODE, IN(v_int(day), v_text(at), v_text(code)),
                            COLS(body_cols), out);
        if (!e)
            e = heir(&probe, day, out);
        if (e != E_NOT_FOUND)
            return e;
    }
    return fail(c, E_NOT_FOUND, "no body %s", code);
}

enum err body_serving(struct ctx *c, const char *code, const char *place, struct body *out)
{
    return body_serving_on(c, code, place, day_of_ms(c->now_ms), out);
}

enum err body_list(struct ctx *c, const char *place, struct body **out, size_t *n)
{
    return DB_ROWS(c, &SQL_LIST, IN(v_int(day_of_ms(c->now_ms)), v_text(place)), body_cols,
                   BODY_LIST_MAX, out, n);
}

enum err body_list_all(struct ctx *c, const char *place, struct body **out, size_t *n)
{
    return DB_ROWS(c, &SQL_LIST_ALL, IN(v_int(day_of_ms(c->now_ms)), v_text(place)), body_cols,
                   BODY_LIST_MAX, out, n);
}

enum err body_save(struct ctx *c, struct body *b)
{
    int64_t added;
    if (b->id)
        return db_change_one(c, &SQL_CHANGE,
                             IN(v_int(b->county), v_int(b->id), v_text(b->phone),
                                v_text(b->address), v_text(b->hours)));
    b->id = id_new(c);
    b->county = place_county(b->place);
    TRY(db_change(c, &SQL_ADD,
                  IN(v_int(b->county), v_int(b->id), v_text(b->code), v_text(b->place),
                     v_text(b->kind), v_text(b->name), v_text(b->short_name), v_text(b->phone),
                     v_text(b->address), v_text(b->hours), v_text(b->was),
                     b->valid_from ? v_int(b->valid_from) : v_null()),
                  &added));
    return added ? OK : fail(c, E_EXISTS, "the place has a body %s", b->code);
}

const char *body_name(struct ctx *c, const char *code, const char *place)
{
    struct body b;
    return body_serving(c, code, place, &b) == OK ? b.name : "";
}

enum err body_name_on(struct ctx *c, const struct body *b, int32_t day, const char **name)
{
    struct body then;
    TRY(load_on(c, (struct key){ b->county, b->id }, day, &then));
    *name = then.name;
    return OK;
}

const char *const body_kinds[] = { "department",  "office",  "committee",  "branch", "group",
                                   "cooperative", "society", "contractor", NULL };
const char *const body_kind_words[] = { "部门",   "办事机构", "委员会",   "党组织", "领导小组",
                                        "合作社", "社会组织", "承接单位", NULL };

const char *body_kind_zh(const char *kind)
{
    for (size_t i = 0; body_kinds[i]; i++)
        if (str_eq(body_kinds[i], kind))
            return body_kind_words[i];
    return kind;
}
