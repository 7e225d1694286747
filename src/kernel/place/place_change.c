/* SPDX-License-Identifier: Apache-2.0
 * place_change.c - a place gets another name, or a village becomes part of its neighbour and all
 * that belongs to it goes along; see place.h. */
#include "core/day.h"
#include "core/text.h"
#include "kernel/place/place.h"
#include "kernel/register/register.h"

static const struct sql SQL_NAMES = {
    "SELECT until_day, name FROM place_called WHERE code = $1 ORDER BY until_day DESC", NULL
};
static const struct sql SQL_KEEP = {
    "INSERT INTO place_called (code, until_day, name, short_name, imported) "
    "SELECT code, $2, name, short_name, 0 FROM place WHERE code = $1",
    NULL
};
static const struct sql SQL_NAME = {
    "UPDATE place SET name = $2, short_name = $3, initials = $4, kind = $5 WHERE code = $1", NULL
};
static const struct sql SQL_NEWEST = { "SELECT name FROM place WHERE code = $1", NULL };
static const struct sql SQL_MERGE = {
    "UPDATE place SET merged_into = $2, valid_to = $3 WHERE code = $1 AND merged_into IS NULL", NULL
};
static const struct col name_cols[] = { COL_INT(struct place_name, until_day),
                                        COL_TEXT(struct place_name, name) };

static struct place_follower *followers;

void place_follow(struct place_follower *f)
{
    struct place_follower **at = &followers;
    while (*at && (*at)->order <= f->order)
        at = &(*at)->next;
    f->next = *at;
    *at = f;
}

const struct place_follower *place_followers(void)
{
    return followers;
}

enum err place_names(struct ctx *c, const char *code, struct place_name **out, size_t *n)
{
    return DB_ROWS(c, &SQL_NAMES, IN(v_text(code)), name_cols, PLACE_NAMES_MAX, out, n);
}

static enum err note(struct ctx *c, const char *code, const char *what, const char *before,
                     const char *after, const char *decision)
{
    struct register_change ch = {
        .what = what, .before = before, .after = after, .decision = decision
    };
    return register_note(c, place_county(code), "place", code, &ch);
}

/* The first day of its newest name, or of the place itself; 0: since ever. */
static enum err newest_from(struct ctx *c, const struct place *p, int64_t *day)
{
    struct place_name *names;
    size_t n;
    TRY(place_names(c, p->code, &names, &n));
    *day = n ? names[0].until_day : p->valid_from;
    return OK;
}

enum err place_rename(struct ctx *c, const struct place *p, int32_t from, const char *name,
                      const char *decision)
{
    int64_t last;
    const char *newest;
    enum place_level level = (enum place_level)p->level;
    if (p->merged_into)
        return fail(c, E_PLACE_MERGED, "a merged place keeps its name");
    TRY(newest_from(c, p, &last));
    if (from <= last)
        return fail_field(c, "from", E_RENAMED_LATER);
    TRY(db_one(c, &SQL_NEWEST, IN(v_text(p->code)), OUT(s_text(&newest))));
    if (str_eq(newest, name))
        return fail_field(c, "name", E_SAME_NAME);
    const char *say = place_say(c, name, level);
    TRY(db_run(c, &SQL_KEEP, IN(v_text(p->code), v_int(from))));
    TRY(db_change_one(c, &SQL_NAME,
                      IN(v_text(p->code), v_text(name), v_text(say),
                         v_text(text_initials(c->arena, say)),
                         v_text(place_kind_of(c, name, level)))));
    return note(c, p->code, arena_printf(c->arena, "改名，%s起", day_iso(c->arena, from)), newest,
                name, decision);
}

enum err place_merge_check(struct ctx *c, const struct place_merge *m)
{
    int64_t last;
    const struct place *from = &m->from, *into = &m->into;
    if (from->merged_into || into->merged_into)
        return fail(c, E_PLACE_MERGED, "merged before");
    if (from->level != PLACE_VILLAGE || into->level != PLACE_VILLAGE ||
        str_eq(from->code, into->code))
        return fail_field(c, "into", E_PLACE);
    if (!str_eq(place_at(c, from->code, PLACE_TOWNSHIP), place_at(c, into->code, PLACE_TOWNSHIP)))
        return fail_field(c, "into", E_MERGE_TOWNSHIP);
    TRY(newest_from(c, from, &last));
    if (m->day <= last)
        return fail_field(c, "from", E_RENAMED_LATER);
    return m->day > day_of_ms(c->now_ms) ? fail_field(c, "from", E_OUT_OF_RANGE) : OK;
}

enum err place_merge(struct ctx *c, const struct place_merge *m)
{
    TRY(place_merge_check(c, m));
    TRY(db_change_one(c, &SQL_MERGE,
                      IN(v_text(m->from.code), v_text(m->into.code), v_int(m->day - 1))));
    for (const struct place_follower *f = followers; f; f = f->next)
        TRY(f->move(c, m));
    const char *day = day_iso(c->arena, m->day);
    TRY(note(c, m->from.code, arena_printf(c->arena, "并入%s，%s起", m->into.short_name, day),
             m->from.name, m->into.name, m->decision));
    return note(c, m->into.code, arena_printf(c->arena, "%s并进来，%s起", m->from.short_name, day),
                "", "", m->decision);
}

const char *place_group_moved(struct ctx *c, const struct place_merge *m, const char *grp)
{
    const char *village = m->from.short_name;
    return str_starts(grp, village) ? grp : arena_printf(c->arena, "%s%s", village, grp);
}
