/* SPDX-License-Identifier: Apache-2.0
 * body_change.c - a body gets another name, or ends and leaves what it holds to a successor; see
 * body.h. Nothing a body holds is ever left to nobody. */
#include "core/day.h"
#include "kernel/body/body.h"
#include "kernel/place/place.h"
#include "kernel/register/register.h"

static const struct sql SQL_NAMES = { "SELECT until_day, name FROM body_called WHERE county = $1 "
                                      "AND body = $2 ORDER BY until_day DESC",
                                      NULL };
static const struct sql SQL_NAME_KEEP = {
    "INSERT INTO body_called (county, body, until_day, name, short_name) "
    "SELECT county, id, $3, name, short_name FROM body WHERE county = $1 AND id = $2",
    NULL
};
static const struct sql SQL_NAME_SET = {
    "UPDATE body SET name = $3, short_name = $4 WHERE county = $1 AND id = $2", NULL
};
static const struct sql SQL_NEWEST = { "SELECT name FROM body WHERE county = $1 AND id = $2",
                                       NULL };
static const struct sql SQL_END = {
    "UPDATE body SET valid_to = $3, successor = $4 WHERE county = $1 AND id = $2 AND "
    "valid_to IS NULL",
    NULL
};
static const struct sql SQL_PLACE = { "UPDATE body SET place = $3 WHERE county = $1 AND id = $2",
                                      NULL };
static const struct col name_cols[] = { COL_INT(struct body_name, until_day),
                                        COL_TEXT(struct body_name, name) };

static struct body_follower *followers;

void body_follow(struct body_follower *f)
{
    struct body_follower **at = &followers;
    while (*at && (*at)->order <= f->order)
        at = &(*at)->next;
    f->next = *at;
    *at = f;
}

enum err body_holds(struct ctx *c, const struct body *b, struct body_held out[BODY_FOLLOWERS_MAX],
                    size_t *n, int64_t *all)
{
    *n = 0;
    *all = 0;
    for (const struct body_follower *f = followers; f; f = f->next) {
        CHECK(*n < BODY_FOLLOWERS_MAX);
        out[*n].zh = f->zh;
        TRY(f->count(c, b, &out[*n].n));
        *all += out[(*n)++].n;
    }
    return OK;
}

enum err body_names(struct ctx *c, const struct body *b, struct body_name **out, size_t *n)
{
    return DB_ROWS(c, &SQL_NAMES, IN(v_int(b->county), v_int(b->id)), name_cols, BODY_NAMES_MAX,
                   out, n);
}

static enum err note(struct ctx *c, const struct body *b, const char *what, const char *before,
                     const char *after, const char *decision)
{
    struct register_change ch = {
        .what = what, .before = before, .after = after, .decision = decision
    };
    return register_note(c, b->county, "body", register_subject(c, b->id), &ch);
}

/* The first day on which its present name, or the one already decided, holds; 0: since ever. */
static enum err last_renamed(struct ctx *c, const struct body *b, int64_t *day)
{
    struct body_name *names;
    size_t n;
    TRY(body_names(c, b, &names, &n));
    *day = n ? names[0].until_day : b->valid_from;
    return OK;
}

enum err body_rename(struct ctx *c, const struct body *b, int32_t from, const char *name,
                     const char *short_name, const char *decision)
{
    int64_t last;
    const char *newest;
    if (b->valid_to)
        return fail(c, E_BODY_ENDED, "an ended body keeps its name");
    TRY(last_renamed(c, b, &last));
    if (from <= last)
        return fail_field(c, "from", E_RENAMED_LATER);
    TRY(db_one(c, &SQL_NEWEST, IN(v_int(b->county), v_int(b->id)), OUT(s_text(&newest))));
    if (str_eq(newest, name))
        return fail_field(c, "name", E_SAME_NAME);
    TRY(db_run(c, &SQL_NAME_KEEP, IN(v_int(b->county), v_int(b->id), v_int(from))));
    TRY(db_change_one(c, &SQL_NAME_SET,
                      IN(v_int(b->county), v_int(b->id), v_text(name), v_text(short_name))));
    return note(c, b, arena_printf(c->arena, "改名，%s起", day_iso(c->arena, from)), newest, name,
                decision);
}

static enum err check_successor(struct ctx *c, const struct body *b, int64_t id, int32_t day,
                                struct body *to)
{
    struct ctx probe = *c;
    enum err e = body_load(&probe, (struct key){ b->county, id }, to);
    if (e && e != E_NOT_FOUND)
        return fail(c, e, "%s", probe.why);
    bool fits = !e && to->id != b->id && str_eq(to->place, b->place) && !to->valid_to &&
                to->valid_from <= day;
    return fits ? OK : fail_field(c, "successor", E_NOT_CHOICE);
}

/* All that *b holds goes to *to (NULL: it holds nothing), and *b is no more from day on. */
static enum err end_with(struct ctx *c, const struct body *b, int32_t day, const struct body *to,
                         const char *decision)
{
    TRY(db_change_one(
        c, &SQL_END,
        IN(v_int(b->county), v_int(b->id), v_int(day - 1), to ? v_int(to->id) : v_null())));
    for (const struct body_follower *f = followers; f && to; f = f->next)
        TRY(f->move(c, b, to, day));
    if (to)
        TRY(note(c, to, arena_printf(c->arena, "接过%s的事", b->name), "", "", decision));
    return note(c, b, arena_printf(c->arena, "撤销，%s起", day_iso(c->arena, day)), b->name,
                to ? to->name : "", decision);
}

enum err body_end(struct ctx *c, const struct body *b, int32_t day, int64_t successor,
                  const char *decision)
{
    struct body to = { .name = "" };
    struct body_held held[BODY_FOLLOWERS_MAX];
    size_t n;
    int64_t all;
    if (b->valid_to)
        return fail(c, E_BODY_ENDED, "ended already");
    if (day > day_of_ms(c->now_ms) || day <= b->valid_from)
        return fail_field(c, "from", E_OUT_OF_RANGE);
    TRY(body_holds(c, b, held, &n, &all));
    if (all && !successor)
        return fail(c, E_BODY_HOLDS, "%" PRId64 " posts or pieces of work", all);
    if (successor)
        TRY(check_successor(c, b, successor, day, &to));
    return end_with(c, b, day, successor ? &to : NULL, decision);
}

/* ---- bodies of a village that becomes part of another ---- */
static enum err count_of_place(struct ctx *c, const char *place, int64_t *n)
{
    struct body *all;
    size_t found;
    TRY(body_list(c, place, &all, &found));
    *n = (int64_t)found;
    return OK;
}

/* Where the other village has a body with the same code, that one takes over; else it moves. */
static enum err move_of_place(struct ctx *c, const struct place_merge *m)
{
    struct body *all, *there;
    size_t n, n_there;
    TRY(body_list(c, m->from.code, &all, &n));
    TRY(body_list_all(c, m->into.code, &there, &n_there));
    for (size_t i = 0; i < n; i++) {
        const struct body *same = NULL;
        for (size_t k = 0; k < n_there && !same; k++)
            if (str_eq(there[k].code, all[i].code))
                same = &there[k];
        if (same)
            TRY(end_with(c, &all[i], m->day, same, m->decision));
        else
            TRY(db_change_one(c, &SQL_PLACE,
                              IN(v_int(all[i].county), v_int(all[i].id), v_text(m->into.code))));
    }
    return OK;
}
static struct place_follower bodies = {
    .order = 5, .zh = "单位", .unit = "个", .count = count_of_place, .move = move_of_place
};
PLACE_FOLLOWER(bodies)
