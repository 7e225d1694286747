/* SPDX-License-Identifier: Apache-2.0
 * visit_model.c - visits in the database; see visit.h. */
#include "gov/visit/care_model.h"

#define VISIT_COLS                                                                                 \
    "v.county, v.id, v.county, v.person, v.place, v.way, v.living, v.safety, v.health, v.family, " \
    "v.words, v.follow_up, p.name, v.account, v.met, v.at_ms"
#define VISIT_FROM " FROM visit v JOIN person p ON p.county = v.county AND p.id = v.person "
static const struct sql SQL_ADD = {
    "INSERT INTO visit (county, id, place, person, account, way, met, living, safety, health, "
    "family, words, follow_up, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, "
    "$13, $14)",
    NULL
};
static const struct sql SQL_LOAD = { "SELECT " VISIT_COLS VISIT_FROM
                                     "WHERE v.county = $1 AND v.id = $2",
                                     NULL };
static const struct sql SQL_PERSON = {
    "SELECT " VISIT_COLS VISIT_FROM "WHERE v.county = $1 AND v.person = $2 ORDER BY v.at_ms DESC, "
    "v.id DESC",
    NULL
};
static const struct sql SQL_SINCE = { "SELECT " VISIT_COLS VISIT_FROM
                                      "WHERE v.place = $1 AND v.at_ms >= $2 ORDER BY v.at_ms DESC, "
                                      "v.id DESC",
                                      NULL };
static const struct col visit_cols[] = {
    COL_INT(struct visit, key.county),    COL_INT(struct visit, key.id),
    COL_INT(struct visit, person.county), COL_INT(struct visit, person.id),
    COL_TEXT(struct visit, place),        COL_TEXT(struct visit, way),
    COL_TEXT(struct visit, living),       COL_TEXT(struct visit, safety),
    COL_TEXT(struct visit, health),       COL_TEXT(struct visit, family),
    COL_TEXT(struct visit, words),        COL_TEXT(struct visit, follow_up),
    COL_TEXT(struct visit, name),         COL_INT(struct visit, account),
    COL_INT(struct visit, met),           COL_INT(struct visit, at_ms),
};

static enum err add(struct ctx *c, const struct visit *v)
{
    return db_run(c, &SQL_ADD,
                  IN(v_int(v->key.county), v_int(v->key.id), v_text(v->place), v_int(v->person.id),
                     v_int(v->account), v_text(v->way), v_int(v->met), v_text(v->living),
                     v_text(v->safety), v_text(v->health), v_text(v->family), v_text(v->words),
                     v_text(v->follow_up), v_int(v->at_ms)));
}

enum err visit_record(struct ctx *c, const struct person *p, struct visit *v, const char *change)
{
    struct ctx probe = *c;
    struct care k;
    struct visit_rule rule;
    TRY(person_may_apply(c, p));
    v->key = (struct key){ p->key.county, id_new(c) };
    v->person = p->key;
    v->place = p->place;
    v->name = p->name;
    v->account = c->account_id;
    v->at_ms = c->now_ms;
    TRY(add(c, v));
    enum err e = care_load(&probe, p->key, &k);
    if (e == E_NOT_FOUND || (!e && k.ended_ms))
        return OK; /* not on the care list: no next visit */
    if (e)
        return fail(c, e, "%s", probe.why);
    TRY(care_rules(c, &k, &rule));
    care_after_visit(&k, v, c->now_ms, &rule, change);
    return care_keep(c, &k, p);
}

enum err visit_load(struct ctx *c, struct key k, struct visit *out)
{
    *out = (struct visit){ 0 };
    return db_row(c, &SQL_LOAD, IN(v_int(k.county), v_int(k.id)), COLS(visit_cols), out);
}

enum err visit_of_person(struct ctx *c, struct key person, struct visit **out, size_t *n)
{
    return DB_ROWS(c, &SQL_PERSON, IN(v_int(person.county), v_int(person.id)), visit_cols,
                   VISIT_LIST_MAX, out, n);
}

enum err visit_since(struct ctx *c, const char *village, int64_t since_ms, struct visit **out,
                     size_t *n)
{
    return DB_ROWS(c, &SQL_SINCE, IN(v_text(village), v_int(since_ms)), visit_cols, VISIT_LIST_MAX,
                   out, n);
}
