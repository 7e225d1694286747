/* SPDX-License-Identifier: Apache-2.0
 * household_model.c - doors and who lives behind them; see person.h. */
#include "kernel/person/person.h"
#include "kernel/place/place.h"

static const struct sql SQL_AT = {
    "SELECT id FROM household WHERE place = $1 AND grp = $2 AND door = $3 ORDER BY id LIMIT 1", NULL
};
static const struct sql SQL_ADD = {
    "INSERT INTO household (county, id, place, grp, door) VALUES ($1, $2, $3, $4, $5)", NULL
};
static const struct sql SQL_LOAD = {
    "SELECT id, place, grp, door FROM household WHERE county = $1 AND id = $2", NULL
};
static const struct sql SQL_PEOPLE = {
    "SELECT county, id, place, grp, name, sex, birth FROM person WHERE county = $1 AND "
    "household = $2 AND id <> $3 AND died_day IS NULL AND moved_day IS NULL ORDER BY birth, id",
    NULL
};

enum err household_take(struct ctx *c, const char *place, const char *grp, const char *door,
                        int64_t *id)
{
    bool found;
    *id = 0;
    if (!*door)
        return OK;
    TRY(db_find(c, &SQL_AT, IN(v_text(place), v_text(grp), v_text(door)), OUT(s_int(id)), &found));
    if (found)
        return OK;
    *id = id_new(c);
    return db_run(
        c, &SQL_ADD,
        IN(v_int(place_county(place)), v_int(*id), v_text(place), v_text(grp), v_text(door)));
}

enum err household_load(struct ctx *c, struct key k, struct household *out)
{
    static const struct col cols[] = {
        COL_INT(struct household, id),
        COL_TEXT(struct household, place),
        COL_TEXT(struct household, grp),
        COL_TEXT(struct household, door),
    };
    *out = (struct household){ 0 };
    return db_row(c, &SQL_LOAD, IN(v_int(k.county), v_int(k.id)), COLS(cols), out);
}

enum err person_door(struct ctx *c, const struct person *p, const char **door)
{
    struct household h;
    *door = "";
    if (!p->household)
        return OK;
    TRY(household_load(c, (struct key){ p->key.county, p->household }, &h));
    *door = h.door;
    return OK;
}

enum err household_people(struct ctx *c, const struct person *p, struct person **out, size_t *n)
{
    static const struct col cols[] = {
        COL_INT(struct person, key.county), COL_INT(struct person, key.id),
        COL_TEXT(struct person, place),     COL_TEXT(struct person, grp),
        COL_TEXT(struct person, name),      COL_INT(struct person, sex),
        COL_INT(struct person, birth),
    };
    *n = 0;
    *out = NULL;
    if (!p->household)
        return OK;
    return DB_ROWS(c, &SQL_PEOPLE, IN(v_int(p->key.county), v_int(p->household), v_int(p->key.id)),
                   cols, HOUSEHOLD_PEOPLE_MAX, out, n);
}
