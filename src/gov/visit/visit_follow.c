/* SPDX-License-Identifier: Apache-2.0
 * visit_follow.c - the care list and the visits go with what changes in the register: the village,
 * or two records that are one person. Their to-dos are moved with the desk. */
#include "gov/visit/care_model.h"
#include "kernel/place/place.h"

static const struct sql SQL_COUNT = {
    "SELECT count(*) FROM care WHERE place = $1 AND ended_ms IS NULL", NULL
};
static const struct sql SQL_CARE = { "UPDATE care SET place = $2 WHERE place = $1", NULL };
static const struct sql SQL_VISITS = { "UPDATE visit SET place = $2 WHERE place = $1", NULL };

static enum err count(struct ctx *c, const char *place, int64_t *n)
{
    return db_one(c, &SQL_COUNT, IN(v_text(place)), OUT(s_int(n)));
}

static enum err move(struct ctx *c, const struct place_merge *m)
{
    const struct val in[] = { v_text(m->from.code), v_text(m->into.code) };
    TRY(db_run(c, &SQL_CARE, in, COUNT(in)));
    return db_run(c, &SQL_VISITS, in, COUNT(in));
}
static struct place_follower care = {
    .order = 50, .zh = "关爱对象", .unit = "人", .count = count, .move = move
};
PLACE_FOLLOWER(care)

/* ---- the person ---- */
static const struct sql SQL_VISITS_OF = {
    "UPDATE visit SET person = $3 WHERE county = $1 AND person = $2", NULL
};

/* The care entry of a person, when they are on the list. */
static enum err on_list(struct ctx *c, struct key person, struct care *out, bool *yes)
{
    struct ctx probe = *c;
    enum err e = care_load(&probe, person, out);
    if (e && e != E_NOT_FOUND)
        return fail(c, e, "%s", probe.why);
    *yes = !e && !out->ended_ms;
    return OK;
}

/* The visit stands at the desk of the village where they live, under their name. That nobody
 * answered at the old door says nothing about the new one. */
static enum err heard(struct ctx *c, const struct person *p, enum person_news news,
                      const char *what)
{
    struct care k;
    bool yes;
    (void)what;
    if (news != PERSON_NEWS_PLACE && news != PERSON_NEWS_CORRECTED)
        return OK;
    TRY(on_list(c, p->key, &k, &yes));
    if (!yes)
        return OK;
    if (news == PERSON_NEWS_PLACE) {
        k.place = p->place;
        k.missed_ms = k.risen = 0;
    }
    return care_keep(c, &k, p);
}

static int weight(const char *risk)
{
    return str_eq(risk, "high") ? 2 : str_eq(risk, "key") ? 1 : 0;
}

/* Both were on the list: every reason, the higher risk, the earlier visit. */
static void unite(struct ctx *c, struct care *k, const struct care *other)
{
    k->reasons = care_reasons_united(c, k->reasons, other->reasons);
    if (weight(other->risk) > weight(k->risk))
        k->risk = other->risk;
    if (other->due_ms < k->due_ms) {
        k->due_ms = other->due_ms;
        k->due_why = other->due_why;
        k->due_words = other->due_words;
    }
    if (other->last_ms > k->last_ms)
        k->last_ms = other->last_ms;
    k->wish_who = str_or(k->wish_who, other->wish_who);
    k->wish_way = str_or(k->wish_way, other->wish_way);
    k->wish_time = str_or(k->wish_time, other->wish_time);
    if (!k->contact_sealed.len)
        k->contact_sealed = other->contact_sealed;
}

static enum err joined(struct ctx *c, struct key from, const struct person *into)
{
    struct care old, k;
    bool was, is;
    TRY(db_run(c, &SQL_VISITS_OF, IN(v_int(from.county), v_int(from.id), v_int(into->key.id))));
    TRY(on_list(c, from, &old, &was));
    TRY(on_list(c, into->key, &k, &is));
    if (!was)
        return OK;
    TRY(care_end(c, from, "两条记录是同一个人，并到另一条"));
    if (is) {
        unite(c, &k, &old);
    } else {
        k = old;
        k.person = into->key;
        k.place = into->place;
    }
    return care_keep(c, &k, into);
}
static struct person_listener care_follows = { .heard = heard, .joined = joined };
PERSON_LISTEN(care_follows)
