/* SPDX-License-Identifier: Apache-2.0
 * person_change.c - what was wrong about a person is put right, and what was before is kept; they
 * live in another village; two records turn out to be one person. See person.h. */
#include "core/day.h"
#include "kernel/notice/notice.h"
#include "kernel/person/person.h"
#include "kernel/place/place.h"
#include "kernel/register/register.h"
#include "kernel/todo/todo.h"

static const struct sql SQL_GONE = {
    "UPDATE person SET merged_into = $3, household = NULL, changed_ms = $4 WHERE county = $1 AND "
    "id = $2 AND merged_into = 0",
    NULL
};
static const struct sql SQL_CONSENTS = {
    "UPDATE consent SET person = $3 WHERE county = $1 AND person = $2", NULL
};
static const struct sql SQL_HEADS = {
    "UPDATE household SET head = $3 WHERE county = $1 AND head = $2", NULL
};

static enum err note(struct ctx *c, const struct person *p, const struct register_change *ch)
{
    return register_note(c, p->key.county, "person", register_subject(c, p->key.id), ch);
}

/* ---- corrections ---- */
static const char *birth_text(struct ctx *c, int64_t birth)
{
    return birth ? day_iso(c->arena, (int32_t)birth) : "";
}

static bool id_differs(const struct person *old, const struct person *p)
{
    return old->id_no && *old->id_no && !str_eq(old->id_no, str_or(p->id_no, ""));
}

/* What was known before and reads otherwise now; the number itself stays sealed. */
static size_t differences(struct ctx *c, const struct person *old, const struct person *p,
                          struct register_change out[4])
{
    size_t n = 0;
    if (!str_eq(old->name, p->name))
        out[n++] =
            (struct register_change){ .what = "姓名", .before = old->name, .after = p->name };
    if (id_differs(old, p))
        out[n++] = (struct register_change){ .what = "身份证号", .sealed = old->id_no_sealed };
    if (old->sex && old->sex != p->sex)
        out[n++] = (struct register_change){ .what = "性别",
                                             .before = sex_zh(old->sex),
                                             .after = sex_zh(p->sex) };
    if (old->birth && old->birth != p->birth)
        out[n++] = (struct register_change){ .what = "出生日期",
                                             .before = birth_text(c, old->birth),
                                             .after = birth_text(c, p->birth) };
    return n;
}

enum err person_correct(struct ctx *c, const struct person *old, struct person *p,
                        const char *decision)
{
    struct register_change all[4];
    size_t n = differences(c, old, p, all);
    if (n && !*decision)
        return fail_field(c, "decision", E_CHANGE_REASON);
    TRY(person_save(c, p));
    if (old->household != p->household)
        TRY(household_head_gone(c, p->key, old->household));
    for (size_t i = 0; i < n; i++) {
        all[i].decision = decision;
        TRY(note(c, p, &all[i]));
    }
    return n ? person_tell(c, p, PERSON_NEWS_CORRECTED, "") : OK;
}

/* ---- another village of the county ---- */
static const char *address(struct ctx *c, const struct person *p, const char *door)
{
    return arena_printf(c->arena, "%s%s %s", place_full_name(c, p->place), str_or(p->grp, ""),
                        door);
}

static enum err tell_village(struct ctx *c, const struct person *p, const char *from)
{
    struct notice n = {
        .key = { p->key.county, 0 },
        .desk = desk_text(c, p->place, CAP_NO_ERRAND_TAKE, 0),
        .subject = p->key.id,
        .title = arena_printf(c->arena, "%s从%s搬来", p->name, place_short_name(c, from)),
        .words = "资料、同意和关爱记录都跟来了，请去认个门，核对门牌。",
        .link = arena_printf(c->arena, "/person/%06" PRId64 "-%" PRId64, p->key.county, p->key.id)
    };
    return notice_add(c, &n);
}

enum err person_relocate(struct ctx *c, struct person *p, const char *place, const char *grp,
                         const char *door, int32_t day)
{
    struct place to;
    struct household before;
    const char *old = p->place, *old_door;
    TRY(person_may_apply(c, p));
    TRY(place_require(c, place, &to));
    if (to.level != PLACE_VILLAGE || str_eq(place, old) || place_county(place) != p->key.county)
        return fail_field(c, "to", E_PLACE);
    TRY(person_open(c, p));
    TRY(person_door(c, p, &old_door));
    struct register_change ch = { .what = "搬家", .before = address(c, p, old_door) };
    if (p->household) {
        TRY(household_load(c, (struct key){ p->key.county, p->household }, &before));
        TRY(household_let_out(c, &before, p));
    }
    p->place = to.code;
    p->grp = grp;
    TRY(household_take(c, p->place, grp, door, &p->household));
    TRY(person_save(c, p));
    ch.after = address(c, p, door);
    ch.decision = arena_printf(c->arena, "%s起", day_iso(c->arena, day));
    TRY(note(c, p, &ch));
    TRY(tell_village(c, p, old));
    return person_tell(c, p, PERSON_NEWS_PLACE, old);
}

/* ---- two records, one person ---- */
/* What only the other record knew. */
static void fill_from(struct person *into, const struct person *from)
{
    if (!into->id_no || !*into->id_no)
        into->id_no = from->id_no;
    if (!into->phone || !*into->phone)
        into->phone = from->phone;
    if (!into->sex)
        into->sex = from->sex;
    if (!into->birth)
        into->birth = from->birth;
    if (!into->household && str_eq(into->place, from->place)) {
        into->household = from->household;
        into->grp = str_or(into->grp, from->grp);
    }
}

static enum err check_merge(struct ctx *c, struct key from, const struct person *old,
                            const struct person *into)
{
    if (!key_eq(old->key, from))
        return fail(c, E_PERSON_MERGED, "merged before");
    if (key_eq(old->key, into->key) || old->key.county != into->key.county)
        return fail_field(c, "other", E_NOT_CHOICE);
    TRY(person_may_apply(c, old));
    TRY(person_may_apply(c, into));
    bool two = old->id_no && *old->id_no && into->id_no && *into->id_no &&
               !str_eq(old->id_no, into->id_no);
    return two ? fail(c, E_PERSON_TWO_IDS, "two identity numbers") : OK;
}

enum err person_merge(struct ctx *c, struct key from, struct person *into, const char *decision)
{
    struct person old;
    TRY(person_load(c, from, &old));
    TRY(person_open(c, &old));
    TRY(person_open(c, into));
    TRY(check_merge(c, from, &old, into));
    const struct val keys[] = { v_int(from.county), v_int(from.id), v_int(into->key.id) };
    TRY(db_change_one(c, &SQL_GONE, IN(keys[0], keys[1], keys[2], v_int(c->now_ms))));
    TRY(db_run(c, &SQL_CONSENTS, keys, COUNT(keys)));
    TRY(db_run(c, &SQL_HEADS, keys, COUNT(keys)));
    fill_from(into, &old);
    TRY(person_save(c, into));
    TRY(person_tell_joined(c, from, into));
    struct register_change ch = { .what = "并入一条记录",
                                  .before =
                                      arena_printf(c->arena, "%s（%06" PRId64 "-%" PRId64 "）",
                                                   old.name, from.county, from.id),
                                  .decision = decision };
    TRY(note(c, into, &ch));
    ch = (struct register_change){ .what = "并到另一条记录",
                                   .after = register_subject(c, into->key.id),
                                   .decision = decision };
    return note(c, &old, &ch);
}

/* ---- accounts and notices of the person ---- */
static const struct sql SQL_ACCOUNT = {
    "UPDATE account SET person = $3 WHERE county = $1 AND person = $2", NULL
};
static const struct sql SQL_NOTICES = {
    "UPDATE notice SET person = $3, desk = $4 WHERE county = $1 AND person = $2", NULL
};

static enum err joined(struct ctx *c, struct key from, const struct person *into)
{
    const struct val in[] = { v_int(from.county), v_int(from.id), v_int(into->key.id),
                              v_text(arena_printf(c->arena, "person/%" PRId64 "/%" PRId64,
                                                  from.county, into->key.id)) };
    TRY(db_run(c, &SQL_ACCOUNT, in, 3));
    return db_run(c, &SQL_NOTICES, in, 4);
}
static struct person_listener own_names = { .joined = joined };
PERSON_LISTEN(own_names)
