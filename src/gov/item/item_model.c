/* SPDX-License-Identifier: Apache-2.0
 * item_model.c - see item.h. */
#include "core/day.h"
#include "gov/item/item.h"
#include "kernel/place/place.h"
#include "kernel/search/search.h"

#define ITEM_COLS                                                                                  \
    "v.id, v.item, v.number, i.code, i.event, v.state, v.name, v.also, v.kind, v.body, v.basis, "  \
    "v.who, v.conditions, v.steps, v.fee_text, v.fee_basis, v.result, v.delivery, v.levels, "      \
    "v.decides, i.why, v.statutory_days, v.promised_days, v.fee_fen, v.from_day, i.uses, "         \
    "v.checked, v.instant"
#define ITEM_FROM " FROM item_version v JOIN item i ON i.id = v.item "
static const struct sql SQL_VERSION = { "SELECT " ITEM_COLS ITEM_FROM "WHERE v.id = $1", NULL };
static const struct sql SQL_CURRENT = { "SELECT " ITEM_COLS ITEM_FROM
                                        "WHERE i.code = $1 AND v.id = i.current",
                                        NULL };
static const struct sql SQL_BY_ITEM = { "SELECT " ITEM_COLS ITEM_FROM
                                        "WHERE i.id = $1 AND v.id = i.current",
                                        NULL };
static const struct sql SQL_VERSIONS = { "SELECT " ITEM_COLS ITEM_FROM
                                         "WHERE v.item = $1 ORDER BY v.number DESC",
                                         NULL };
static const struct sql SQL_LIST = { "SELECT " ITEM_COLS ITEM_FROM
                                     "WHERE v.id = i.current AND ($1 = '' OR i.event = $1) "
                                     "ORDER BY i.uses DESC, i.code",
                                     "SELECT " ITEM_COLS ITEM_FROM
                                     "WHERE v.id = i.current AND ($1::text = '' OR i.event = $1) "
                                     "ORDER BY i.uses DESC, i.code" };
/* In the order of item_uses, stopping after the few: a join would read and sort all. */
static const struct sql SQL_MOST_USED = {
    "SELECT i.code, (SELECT v.name FROM item_version v WHERE v.id = i.current), (SELECT v.also "
    "FROM "
    "item_version v WHERE v.id = i.current) FROM item i WHERE i.current <> 0 ORDER BY i.uses DESC, "
    "i.code LIMIT $1",
    NULL
};
static const struct sql SQL_HOW_MANY = { "SELECT count(*) FROM item WHERE current <> 0", NULL };
static const struct sql SQL_MATERIALS = {
    "SELECT seq, count, later_days, code, name, form, note, later, reusable, held_days "
    "FROM item_material "
    "WHERE version = $1 ORDER BY seq",
    NULL
};
static const struct sql SQL_QUESTIONS = {
    "SELECT seq, code, ask, type, choices FROM item_question WHERE version = $1 ORDER BY seq", NULL
};
static const struct sql SQL_IN_FORCE = { "SELECT count(*) FROM item WHERE current = $1", NULL };
static const struct sql SQL_USED = { "UPDATE item SET uses = uses + 1 WHERE id = $1", NULL };
static const struct sql SQL_ADD_ITEM = {
    "INSERT INTO item (id, code, event, current, uses, why) VALUES ($1, $2, $3, 0, 0, '')", NULL
};
static const struct sql SQL_LAST = {
    "SELECT coalesce(max(number), 0) FROM item_version WHERE item = $1", NULL
};
static const struct sql SQL_ADD_VERSION = {
    "INSERT INTO item_version (id, item, number, state, name, also, kind, body, basis, checked, "
    "who, conditions, steps, statutory_days, promised_days, instant, fee_fen, fee_text, fee_basis, "
    "result, delivery, levels, decides, from_day, account) VALUES ($1, $2, $3, 'draft', $4, $5, "
    "$6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)",
    NULL
};
static const struct sql SQL_ADD_MATERIAL = {
    "INSERT INTO item_material (version, seq, code, name, form, count, later, later_days, "
    "reusable, note, held_days) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    NULL
};
static const struct sql SQL_ADD_QUESTION = {
    "INSERT INTO item_question (version, seq, code, ask, type, choices) "
    "VALUES ($1, $2, $3, $4, $5, $6)",
    NULL
};
static const struct sql SQL_PAST = {
    "UPDATE item_version SET state = 'past' WHERE item = $1 AND state = 'current'", NULL
};
static const struct sql SQL_NOW = {
    "UPDATE item_version SET state = 'current' WHERE id = $1 AND state = 'draft'", NULL
};
static const struct sql SQL_POINT = { "UPDATE item SET current = $2, why = $3 WHERE id = $1",
                                      NULL };
static const struct sql SQL_WITHDRAWN = {
    "UPDATE item_version SET state = 'withdrawn' WHERE item = $1 AND state = 'current'", NULL
};

static const struct sql SQL_NO_MATERIALS = { "DELETE FROM item_material WHERE version = $1", NULL };
static const struct sql SQL_NO_QUESTIONS = { "DELETE FROM item_question WHERE version = $1", NULL };
static const struct sql SQL_NO_DRAFT = {
    "DELETE FROM item_version WHERE id = $1 AND state = 'draft'", NULL
};
static const struct sql SQL_EVENT = { "UPDATE item SET event = $2 WHERE id = $1", NULL };
static const struct sql SQL_DRAFT = { "SELECT " ITEM_COLS ITEM_FROM
                                      "WHERE v.item = $1 AND v.state = 'draft'",
                                      NULL };
static const struct sql SQL_KNOWN = {
    "SELECT " ITEM_COLS ITEM_FROM "WHERE i.code = $1 AND v.id = CASE WHEN i.current <> 0 THEN "
    "i.current ELSE (SELECT max(x.id) FROM item_version x WHERE x.item = i.id) END",
    NULL
};

static const struct col item_cols[] = {
    COL_INT(struct item, id),
    COL_INT(struct item, item),
    COL_INT(struct item, number),
    COL_TEXT(struct item, code),
    COL_TEXT(struct item, event),
    COL_TEXT(struct item, state),
    COL_TEXT(struct item, name),
    COL_TEXT(struct item, also),
    COL_TEXT(struct item, kind),
    COL_TEXT(struct item, body),
    COL_TEXT(struct item, basis),
    COL_TEXT(struct item, who),
    COL_TEXT(struct item, conditions),
    COL_TEXT(struct item, steps),
    COL_TEXT(struct item, fee_text),
    COL_TEXT(struct item, fee_basis),
    COL_TEXT(struct item, result),
    COL_TEXT(struct item, delivery),
    COL_TEXT(struct item, levels),
    COL_TEXT(struct item, decides),
    COL_TEXT(struct item, why),
    COL_INT(struct item, statutory_days),
    COL_INT(struct item, promised_days),
    COL_INT(struct item, fee_fen),
    COL_INT(struct item, from_day),
    COL_INT(struct item, uses),
    COL_BOOL(struct item, checked),
    COL_BOOL(struct item, instant),
};
static const struct col name_cols[] = { COL_TEXT(struct item_name, code),
                                        COL_TEXT(struct item_name, name),
                                        COL_TEXT(struct item_name, say) };
static const struct col material_cols[] = {
    COL_INT(struct material, seq),        COL_INT(struct material, count),
    COL_INT(struct material, later_days), COL_TEXT(struct material, code),
    COL_TEXT(struct material, name),      COL_TEXT(struct material, form),
    COL_TEXT(struct material, note),      COL_BOOL(struct material, later),
    COL_BOOL(struct material, reusable),  COL_INT(struct material, held_days),
};
static const struct col question_cols[] = {
    COL_INT(struct question, seq),      COL_TEXT(struct question, code),
    COL_TEXT(struct question, ask),     COL_TEXT(struct question, type),
    COL_TEXT(struct question, choices),
};

enum err item_version(struct ctx *c, int64_t version, struct item *out)
{
    return db_row(c, &SQL_VERSION, IN(v_int(version)), COLS(item_cols), out);
}

enum err item_current(struct ctx *c, const char *code, struct item *out)
{
    return db_row(c, &SQL_CURRENT, IN(v_text(code)), COLS(item_cols), out);
}

enum err item_known(struct ctx *c, const char *code, struct item *out)
{
    return db_row(c, &SQL_KNOWN, IN(v_text(code)), COLS(item_cols), out);
}

enum err item_draft_of(struct ctx *c, int64_t item, struct item *out, bool *found)
{
    struct item *rows;
    size_t n;
    TRY(DB_ROWS(c, &SQL_DRAFT, IN(v_int(item)), item_cols, 2, &rows, &n));
    CHECK(n < 2);
    *found = n == 1;
    if (n == 1)
        *out = rows[0];
    return OK;
}

enum err item_versions(struct ctx *c, int64_t item, struct item **out, size_t *n)
{
    return DB_ROWS(c, &SQL_VERSIONS, IN(v_int(item)), item_cols, VERSIONS_MAX, out, n);
}

enum err item_materials(struct ctx *c, int64_t version, struct material **out, size_t *n)
{
    return DB_ROWS(c, &SQL_MATERIALS, IN(v_int(version)), material_cols, MATERIALS_MAX, out, n);
}

enum err item_questions(struct ctx *c, int64_t version, struct question **out, size_t *n)
{
    return DB_ROWS(c, &SQL_QUESTIONS, IN(v_int(version)), question_cols, QUESTIONS_MAX, out, n);
}

enum err item_list(struct ctx *c, const char *event, struct item **out, size_t *n)
{
    return DB_ROWS(c, &SQL_LIST, IN(v_text(event)), item_cols, ITEMS_MAX, out, n);
}

enum err item_most_used(struct ctx *c, size_t max, struct item_name **out, size_t *n, int64_t *all)
{
    TRY(db_one(c, &SQL_HOW_MANY, IN_NONE, OUT(s_int(all))));
    TRY(DB_ROWS(c, &SQL_MOST_USED, IN(v_int((int64_t)max)), name_cols, max, out, n));
    for (size_t i = 0; i < *n; i++) {
        const char *also = (*out)[i].say;
        size_t first = strcspn(also, "\n");
        (*out)[i].say = first ? arena_copy_n(c->arena, also, first) : (*out)[i].name;
    }
    return OK;
}

enum err item_search(struct ctx *c, const char *q, struct item **out, size_t *n)
{
    struct search_hit *hits;
    size_t n_hits;
    *n = 0;
    TRY(search_find(c, "item", q, &hits, &n_hits));
    struct item *all = ARENA_ARRAY(c->arena, struct item, n_hits + 1);
    for (size_t i = 0; i < n_hits; i++) {
        struct ctx probe = *c;
        enum err e =
            db_row(&probe, &SQL_BY_ITEM, IN(v_int(hits[i].subject)), COLS(item_cols), &all[*n]);
        if (e && e != E_NOT_FOUND)
            return fail(c, e, "%s", probe.why);
        *n += e == OK;
    }
    *out = all;
    return OK;
}

enum err item_in_force(struct ctx *c, int64_t version, bool *yes)
{
    int64_t n;
    TRY(db_one(c, &SQL_IN_FORCE, IN(v_int(version)), OUT(s_int(&n))));
    *yes = n > 0;
    return OK;
}

bool item_accepted_at(const struct item *it, const char *place)
{
    static const char *const names[] = { "", "province", "city", "county", "township", "village" };
    return strstr(it->levels, names[place_level_of(place)]) != NULL;
}

enum err item_used(struct ctx *c, int64_t item)
{
    return db_change_one(c, &SQL_USED, IN(v_int(item)));
}

static enum err add_parts(struct ctx *c, int64_t version, const struct material *m, size_t n_m,
                          const struct question *q, size_t n_q)
{
    for (size_t i = 0; i < n_m; i++)
        TRY(db_run(c, &SQL_ADD_MATERIAL,
                   IN(v_int(version), v_int((int64_t)i + 1), v_text(m[i].code), v_text(m[i].name),
                      v_text(m[i].form), v_int(m[i].count), v_int(m[i].later),
                      v_int(m[i].later_days), v_int(m[i].reusable), v_text(m[i].note),
                      v_int(m[i].held_days))));
    for (size_t i = 0; i < n_q; i++)
        TRY(db_run(c, &SQL_ADD_QUESTION,
                   IN(v_int(version), v_int((int64_t)i + 1), v_text(q[i].code), v_text(q[i].ask),
                      v_text(q[i].type), v_text(q[i].choices))));
    return OK;
}

enum err item_draft(struct ctx *c, struct item *it, const struct material *m, size_t n_m,
                    const struct question *q, size_t n_q)
{
    if (it->item == 0) {
        it->item = id_new(c);
        TRY(db_run(c, &SQL_ADD_ITEM, IN(v_int(it->item), v_text(it->code), v_text(it->event))));
    }
    TRY(db_one(c, &SQL_LAST, IN(v_int(it->item)), OUT(s_int(&it->number))));
    it->number++;
    it->id = id_new(c);
    TRY(db_run(c, &SQL_ADD_VERSION,
               IN(v_int(it->id), v_int(it->item), v_int(it->number), v_text(it->name),
                  v_text(it->also), v_text(it->kind), v_text(it->body), v_text(it->basis),
                  v_int(it->checked), v_text(it->who), v_text(it->conditions), v_text(it->steps),
                  v_int(it->statutory_days), v_int(it->promised_days), v_int(it->instant),
                  v_int(it->fee_fen), v_text(it->fee_text), v_text(it->fee_basis),
                  v_text(it->result), v_text(it->delivery), v_text(it->levels), v_text(it->decides),
                  v_int(it->from_day), v_int(c->account_id))));
    return add_parts(c, it->id, m, n_m, q, n_q);
}

static enum err index_item(struct ctx *c, const struct item *it)
{
    const char *texts[64];
    size_t n = 0;
    texts[n++] = it->name;
    char *rest = arena_copy(c->arena, it->also), *line;
    while ((line = strsep(&rest, "\n")) && n < COUNT(texts) - 1)
        if (*line)
            texts[n++] = line;
    texts[n++] = it->event;
    return search_put(c, "item", it->item, texts, n);
}

enum err item_publish(struct ctx *c, int64_t version)
{
    struct item it;
    struct ctx probe = *c;
    enum err e = item_version(&probe, version, &it);
    if (e)
        return fail(c, e == E_NOT_FOUND ? E_CONFLICT : e, "no draft: %s", probe.why);
    TRY(db_run(c, &SQL_PAST, IN(v_int(it.item))));
    TRY(db_change_one(c, &SQL_NOW, IN(v_int(version))));
    TRY(db_change_one(c, &SQL_POINT, IN(v_int(it.item), v_int(version), v_text(""))));
    return index_item(c, &it);
}

enum err item_withdraw(struct ctx *c, int64_t item, const char *why)
{
    TRY(db_change_one(c, &SQL_WITHDRAWN, IN(v_int(item))));
    TRY(db_change_one(c, &SQL_POINT, IN(v_int(item), v_int(0), v_text(why))));
    return search_drop(c, "item", item);
}

enum err item_discard(struct ctx *c, int64_t item)
{
    struct item draft;
    bool found;
    TRY(item_draft_of(c, item, &draft, &found));
    if (!found)
        return OK;
    TRY(db_run(c, &SQL_NO_MATERIALS, IN(v_int(draft.id))));
    TRY(db_run(c, &SQL_NO_QUESTIONS, IN(v_int(draft.id))));
    return db_change_one(c, &SQL_NO_DRAFT, IN(v_int(draft.id)));
}

enum err item_set_event(struct ctx *c, int64_t item, const char *event)
{
    return db_change_one(c, &SQL_EVENT, IN(v_int(item), v_text(event)));
}
