/* SPDX-License-Identifier: Apache-2.0
 * household_model.c - doors and who lives behind them; see person.h. */
#include "core/text.h"
#include "kernel/person/person.h"
#include "kernel/place/place.h"

#define HOUSE_COLS "h.county, h.id, h.place, h.grp, h.door, h.head, h.joined"
#define HERE       "died_day IS NULL AND moved_day IS NULL AND merged_into = 0"
#define PEOPLE                                                                                     \
    "(SELECT count(*) FROM person p WHERE p.county = h.county AND p.household = h.id AND " HERE ")"
#define LINE                                                                                       \
    "SELECT " HOUSE_COLS ", coalesce((SELECT p.name FROM person p WHERE p.county = h.county AND "  \
    "p.id = h.head), ''), " PEOPLE " FROM household h "
static const struct sql SQL_AT = {
    "SELECT id FROM household WHERE place = $1 AND grp = $2 AND door = $3 AND joined = 0 "
    "ORDER BY id LIMIT 1",
    NULL
};
static const struct sql SQL_ADD = {
    "INSERT INTO household (county, id, place, grp, door) VALUES ($1, $2, $3, $4, $5)", NULL
};
static const struct sql SQL_LOAD = { "SELECT " HOUSE_COLS
                                     " FROM household h WHERE h.county = $1 AND h.id = $2",
                                     NULL };
static const struct sql SQL_PEOPLE = {
    "SELECT county, id, place, grp, name, sex, birth, household FROM person WHERE county = $1 AND "
    "household = $2 AND id <> $3 AND " HERE " ORDER BY birth, id",
    NULL
};
static const struct sql SQL_GROUPS = { "SELECT h.grp, count(*), sum(" PEOPLE
                                       ") FROM household h WHERE h.place = $1 AND h.joined = 0 "
                                       "GROUP BY h.grp",
                                       NULL };
/* 9 号 comes before 10 号: shorter doors first. */
#define SHORTER "length(CAST($3 AS TEXT))"
static const struct sql SQL_LIST = {
    LINE "WHERE h.place = $1 AND h.grp = $2 AND h.joined = 0 AND (length(h.door) > " SHORTER
         " OR (length(h.door) = " SHORTER
         " AND h.door > $3)) ORDER BY length(h.door), h.door, h.id",
    NULL
};
static const struct sql SQL_FIND = {
    LINE "WHERE h.place >= $1 AND h.place < $2 AND h.joined = 0 AND (replace(h.door, ' ', '') = $3 "
         "OR replace(h.grp || h.door, ' ', '') = $3) ORDER BY h.place, h.grp, h.door",
    NULL
};
#define HOUSE_FIELDS(type, at)                                                                     \
    COL_INT(type, at county), COL_INT(type, at id), COL_TEXT(type, at place),                      \
        COL_TEXT(type, at grp), COL_TEXT(type, at door), COL_INT(type, at head),                   \
        COL_INT(type, at joined)
static const struct col house_cols[] = { HOUSE_FIELDS(struct household, ) };
static const struct col line_cols[] = { HOUSE_FIELDS(struct household_line, h.),
                                        COL_TEXT(struct household_line, head_name),
                                        COL_INT(struct household_line, people) };
static const struct col group_cols[] = { COL_TEXT(struct household_group, grp),
                                         COL_INT(struct household_group, households),
                                         COL_INT(struct household_group, people) };
static const struct col people_cols[] = {
    COL_INT(struct person, key.county), COL_INT(struct person, key.id),
    COL_TEXT(struct person, place),     COL_TEXT(struct person, grp),
    COL_TEXT(struct person, name),      COL_INT(struct person, sex),
    COL_INT(struct person, birth),      COL_INT(struct person, household),
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
    *out = (struct household){ 0 };
    return db_row(c, &SQL_LOAD, IN(v_int(k.county), v_int(k.id)), COLS(house_cols), out);
}

enum err household_reach(struct ctx *c, struct key k, uint32_t caps, struct household *out)
{
    TRY(household_load(c, k, out));
    for (int i = 0; out->joined && i < PLACE_MERGES_MAX; i++)
        TRY(household_load(c, (struct key){ k.county, out->joined }, out));
    return ctx_may(c, caps, out->place) ? OK : fail(c, E_NOT_FOUND, "household out of reach");
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
    *n = 0;
    *out = NULL;
    if (!p->household)
        return OK;
    return DB_ROWS(c, &SQL_PEOPLE, IN(v_int(p->key.county), v_int(p->household), v_int(p->key.id)),
                   people_cols, HOUSEHOLD_PEOPLE_MAX, out, n);
}

enum err household_members(struct ctx *c, const struct household *h, struct person **out, size_t *n)
{
    return DB_ROWS(c, &SQL_PEOPLE, IN(v_int(h->county), v_int(h->id), v_int(0)), people_cols,
                   HOUSEHOLD_PEOPLE_MAX, out, n);
}

static int by_number(const void *left, const void *right)
{
    const struct household_group *a = left, *b = right;
    int32_t x = text_number(a->grp), y = text_number(b->grp);
    return x != y ? (x < y ? -1 : 1) : strcmp(a->grp, b->grp);
}

enum err household_groups(struct ctx *c, const char *place, struct household_group **out, size_t *n)
{
    TRY(DB_ROWS(c, &SQL_GROUPS, IN(v_text(place)), group_cols, HOUSEHOLD_GROUPS_MAX, out, n));
    if (*n)
        qsort(*out, *n, sizeof **out, by_number);
    return OK;
}

enum err household_list(struct ctx *c, const char *place, const char *grp, const char *after,
                        struct household_line **out, size_t *n)
{
    return DB_ROWS(c, &SQL_LIST, IN(v_text(place), v_text(grp), v_text(after)), line_cols,
                   HOUSEHOLD_PAGE, out, n);
}

static const char *without_blanks(struct ctx *c, const char *s)
{
    char *out = arena_copy(c->arena, s), *to = out;
    for (; *s; s++)
        if (*s != ' ')
            *to++ = *s;
    *to = '\0';
    return out;
}

static bool among(const struct household_line *all, size_t n, int64_t id)
{
    for (size_t i = 0; i < n; i++)
        if (all[i].h.id == id)
            return true;
    return false;
}

enum err household_find_mine(struct ctx *c, const char *q, struct household_line **out, size_t *n)
{
    const char *text = text_clean(c->arena, q, false);
    *out = ARENA_ARRAY(c->arena, struct household_line, HOUSEHOLD_FIND_MAX);
    *n = 0;
    if (!text || text_length(text) < 2)
        return OK;
    for (size_t i = 0; i < c->n_rights; i++) {
        struct household_line *some;
        size_t n_some;
        const char *at = c->rights[i].place;
        if (!(c->rights[i].caps & CAP_PERSON_READ))
            continue;
        TRY(DB_ROWS(c, &SQL_FIND,
                    IN(v_text(at), v_text(arena_printf(c->arena, "%s:", at)),
                       v_text(without_blanks(c, text))),
                    line_cols, HOUSEHOLD_FIND_MAX, &some, &n_some));
        for (size_t k = 0; k < n_some && *n < HOUSEHOLD_FIND_MAX; k++)
            if (!among(*out, *n, some[k].h.id))
                (*out)[(*n)++] = some[k];
    }
    return OK;
}
