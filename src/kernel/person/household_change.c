/* SPDX-License-Identifier: Apache-2.0
 * household_change.c - who lives where, and who speaks for the household; see person.h. A door has
 * one living household. */
#include "kernel/person/person.h"
#include "kernel/place/place.h"
#include "kernel/register/register.h"

static const struct sql SQL_DOOR = {
    "UPDATE household SET grp = $3, door = $4 WHERE county = $1 AND id = $2 AND joined = 0", NULL
};
static const struct sql SQL_HEAD = {
    "UPDATE household SET head = $3 WHERE county = $1 AND id = $2 AND joined = 0", NULL
};
static const struct sql SQL_CLOSE = {
    "UPDATE household SET joined = $3, head = 0 WHERE county = $1 AND id = $2 AND joined = 0", NULL
};
static const struct sql SQL_AT = {
    "SELECT id FROM household WHERE place = $1 AND grp = $2 AND door = $3 AND joined = 0", NULL
};
static const struct sql SQL_LIVES = {
    "UPDATE person SET household = $3, grp = $4, changed_ms = $5 WHERE county = $1 AND id = $2",
    NULL
};
static const struct sql SQL_HEAD_GONE = {
    "UPDATE household SET head = 0 WHERE county = $1 AND id = $2 AND head = $3", NULL
};

static enum err note(struct ctx *c, const struct household *h, const char *what, const char *before,
                     const char *after)
{
    struct register_change ch = { .what = what, .before = before, .after = after };
    return register_note(c, h->county, "household", register_subject(c, h->id), &ch);
}

static const char *door_zh(struct ctx *c, const char *grp, const char *door)
{
    return arena_printf(c->arena, "%s %s", grp, door);
}

/* The living household at a door of h's village; *id 0: none. */
static enum err at_door(struct ctx *c, const struct household *h, const char *grp, const char *door,
                        int64_t *id)
{
    bool found;
    *id = 0;
    return db_find(c, &SQL_AT, IN(v_text(h->place), v_text(grp), v_text(door)), OUT(s_int(id)),
                   &found);
}

static enum err lives(struct ctx *c, struct key person, int64_t household, const char *grp)
{
    return db_change_one(c, &SQL_LIVES,
                         IN(v_int(person.county), v_int(person.id),
                            household ? v_int(household) : v_null(), v_text(grp),
                            v_int(c->now_ms)));
}

enum err household_head_gone(struct ctx *c, struct key person, int64_t household)
{
    return db_run(c, &SQL_HEAD_GONE, IN(v_int(person.county), v_int(household), v_int(person.id)));
}

enum err household_move_door(struct ctx *c, struct household *h, const char *grp, const char *door)
{
    int64_t other;
    struct person *all;
    size_t n;
    TRY(at_door(c, h, grp, door, &other));
    if (other && other != h->id)
        return fail(c, E_DOOR_TAKEN, "another household lives there");
    TRY(household_members(c, h, &all, &n));
    TRY(db_change_one(c, &SQL_DOOR, IN(v_int(h->county), v_int(h->id), v_text(grp), v_text(door))));
    for (size_t i = 0; i < n; i++)
        TRY(lives(c, all[i].key, h->id, grp));
    TRY(note(c, h, "换门牌", door_zh(c, h->grp, h->door), door_zh(c, grp, door)));
    h->grp = grp;
    h->door = door;
    return OK;
}

static bool is_member(const struct person *all, size_t n, struct key k)
{
    for (size_t i = 0; i < n; i++)
        if (key_eq(all[i].key, k))
            return true;
    return false;
}

static const char *name_of(const struct person *all, size_t n, int64_t id)
{
    for (size_t i = 0; i < n; i++)
        if (all[i].key.id == id)
            return all[i].name;
    return "";
}

enum err household_set_head(struct ctx *c, struct household *h, struct key person)
{
    struct person *all;
    size_t n;
    TRY(household_members(c, h, &all, &n));
    if (!is_member(all, n, person))
        return fail_field(c, "person", E_NOT_CHOICE);
    TRY(db_change_one(c, &SQL_HEAD, IN(v_int(h->county), v_int(h->id), v_int(person.id))));
    TRY(note(c, h, "定户主", name_of(all, n, h->head), name_of(all, n, person.id)));
    h->head = person.id;
    return OK;
}

enum err household_let_out(struct ctx *c, struct household *h, struct person *p)
{
    if (p->household != h->id || p->key.county != h->county)
        return fail_field(c, "person", E_NOT_CHOICE);
    TRY(lives(c, p->key, 0, p->grp));
    TRY(household_head_gone(c, p->key, h->id));
    p->household = 0;
    return note(c, h, "迁出这一户", p->name, "");
}

enum err household_take_in(struct ctx *c, struct household *h, struct person *p)
{
    struct household before;
    TRY(person_may_apply(c, p));
    if (!str_eq(p->place, h->place) || p->household == h->id)
        return fail_field(c, "person", E_NOT_CHOICE);
    if (p->household) {
        TRY(household_load(c, (struct key){ p->key.county, p->household }, &before));
        TRY(household_let_out(c, &before, p));
    }
    TRY(lives(c, p->key, h->id, h->grp));
    p->household = h->id;
    p->grp = h->grp;
    return note(c, h, "迁入这一户", "", p->name);
}

enum err household_split(struct ctx *c, struct household *h, const struct key *who, size_t n,
                         const char *grp, const char *door, struct household *out)
{
    struct person *all;
    size_t n_all;
    int64_t other, id;
    const char *names = "";
    TRY(household_members(c, h, &all, &n_all));
    if (n == 0 || n >= n_all)
        return fail_field(c, "m", E_NOT_CHOICE);
    TRY(at_door(c, h, grp, door, &other));
    if (other)
        return fail(c, E_DOOR_TAKEN, "another household lives there");
    TRY(household_take(c, h->place, grp, door, &id));
    for (size_t i = 0; i < n; i++) {
        if (!is_member(all, n_all, who[i]))
            return fail_field(c, "m", E_NOT_CHOICE);
        TRY(lives(c, who[i], id, grp));
        TRY(household_head_gone(c, who[i], h->id));
        names = arena_printf(c->arena, "%s%s%s", names, *names ? "、" : "",
                             name_of(all, n_all, who[i].id));
    }
    TRY(household_load(c, (struct key){ h->county, id }, out));
    TRY(note(c, h, "分户", names, door_zh(c, grp, door)));
    return note(c, out, "分户", door_zh(c, h->grp, h->door), names);
}

enum err household_join(struct ctx *c, struct household *h, const char *grp, const char *door,
                        struct household *out)
{
    struct person *all;
    size_t n;
    int64_t into;
    TRY(at_door(c, h, grp, door, &into));
    if (!into || into == h->id)
        return fail_field(c, "door", E_NOT_FOUND);
    TRY(household_members(c, h, &all, &n));
    for (size_t i = 0; i < n; i++)
        TRY(lives(c, all[i].key, into, grp));
    TRY(db_change_one(c, &SQL_CLOSE, IN(v_int(h->county), v_int(h->id), v_int(into))));
    TRY(household_load(c, (struct key){ h->county, into }, out));
    TRY(note(c, h, "并户", door_zh(c, h->grp, h->door), door_zh(c, grp, door)));
    return note(c, out, "并户", "", door_zh(c, h->grp, h->door));
}

/* Who died or moved away heads no household. */
static enum err heard(struct ctx *c, const struct person *p, enum person_news news,
                      const char *what)
{
    (void)what;
    if ((news != PERSON_NEWS_DIED && news != PERSON_NEWS_MOVED) || !p->household)
        return OK;
    return household_head_gone(c, p->key, p->household);
}
static struct person_listener households = { .heard = heard };
PERSON_LISTEN(households)
