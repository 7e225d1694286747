/* SPDX-License-Identifier: Apache-2.0
 * item_lists.c - the catalogue as a whole: life events, every item for its editor, bodies, and the
 * errands that keep a version; see item.h. */
#include "gov/item/item.h"

static const struct sql SQL_EVENTS = {
    "SELECT event, count(*) FROM item WHERE current <> 0 GROUP BY event ORDER BY min(code)", NULL
};
static const struct sql SQL_CATALOG = {
    "SELECT i.code, i.event, v.name, v.also, v.state, v.number, coalesce((SELECT max(d.id) FROM "
    "item_version d WHERE d.item = i.id AND d.state = 'draft'), 0), i.uses FROM item i JOIN "
    "item_version v ON v.id = CASE WHEN i.current <> 0 THEN i.current ELSE (SELECT max(x.id) FROM "
    "item_version x WHERE x.item = i.id) END ORDER BY i.event, i.code",
    NULL
};
static const struct sql SQL_OPEN = {
    "SELECT count(*) FROM errand WHERE version = $1 AND closed_ms = 0", NULL
};
static const struct sql SQL_ANY_BODY = { "SELECT min(name) FROM body WHERE code = $1", NULL };
static const struct sql SQL_BODIES = {
    "SELECT code, min(name) FROM body GROUP BY code ORDER BY code", NULL
};
static const struct col event_cols[] = { COL_TEXT(struct life_event, event),
                                         COL_INT(struct life_event, items) };
static const struct col catalog_cols[] = {
    COL_TEXT(struct catalog_row, code),  COL_TEXT(struct catalog_row, event),
    COL_TEXT(struct catalog_row, name),  COL_TEXT(struct catalog_row, also),
    COL_TEXT(struct catalog_row, state), COL_INT(struct catalog_row, number),
    COL_INT(struct catalog_row, draft),  COL_INT(struct catalog_row, uses),
};
static const struct col body_cols[] = { COL_TEXT(struct body_choice, code),
                                        COL_TEXT(struct body_choice, name) };
/* Bodies of villages are not kept one by one. */
static const struct body_choice village_bodies[] = {
    { "village_committee", "村民委员会" },
    { "party_branch", "村党组织" },
    { "supervision_committee", "村务监督委员会" },
    { "village_collective", "农村集体经济组织" },
    { "village_station", "便民服务站" },
    { "mediation_committee", "人民调解委员会" },
    { "village_clinic", "村卫生室" },
};

enum err item_events(struct ctx *c, struct life_event **out, size_t *n)
{
    return DB_ROWS(c, &SQL_EVENTS, IN_NONE, event_cols, EVENTS_MAX, out, n);
}

enum err item_catalog(struct ctx *c, struct catalog_row **out, size_t *n)
{
    return DB_ROWS(c, &SQL_CATALOG, IN_NONE, catalog_cols, ITEMS_MAX, out, n);
}

enum err item_open_errands(struct ctx *c, int64_t version, int64_t *n)
{
    return db_one(c, &SQL_OPEN, IN(v_int(version)), OUT(s_int(n)));
}

enum err item_bodies(struct ctx *c, struct body_choice **out, size_t *n)
{
    struct body_choice *rows;
    TRY(DB_ROWS(c, &SQL_BODIES, IN_NONE, body_cols, BODY_LIST_MAX, &rows, n));
    *out = ARENA_ARRAY(c->arena, struct body_choice, *n + COUNT(village_bodies));
    for (size_t i = 0; i < *n; i++)
        (*out)[i] = rows[i];
    for (size_t i = 0; i < COUNT(village_bodies); i++)
        (*out)[(*n)++] = village_bodies[i];
    return OK;
}

const char *item_body_zh(struct ctx *c, const char *code, const char *place)
{
    struct ctx probe = *c;
    const char *name = *place ? body_name(&probe, code, place) : "";
    if (!*name && db_one(&probe, &SQL_ANY_BODY, IN(v_text(code)), OUT(s_text(&name))) != OK)
        name = "";
    for (size_t i = 0; !(name && *name) && i < COUNT(village_bodies); i++)
        if (str_eq(village_bodies[i].code, code))
            name = village_bodies[i].name;
    return str_or(name, code);
}
