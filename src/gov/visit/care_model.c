/* SPDX-License-Identifier: Apache-2.0
 * care_model.c - the care list in the database; see visit.h. */
#include "gov/visit/care_model.h"
#include "core/day.h"
#include "crypto/signer.h"
#include "gov/visit/visit_rules.h"
#include "kernel/place/place.h"
#include "kernel/rule/rule.h"
#include "kernel/ticker/ticker.h"
#include "kernel/todo/todo.h"

enum { TICK_ROWS_MAX = 500 };

#define CARE_COLS                                                                                  \
    "k.county, k.person, k.place, k.reasons, k.risk, k.wish_who, k.wish_way, k.wish_time, "        \
    "k.consent, k.heard, k.due_why, k.due_words, k.ended_why, k.contact, k.account, k.last_ms, "   \
    "k.due_ms, k.missed_ms, k.risen, k.listed, k.changed_ms, k.ended_ms"
#define LINE_COLS CARE_COLS ", p.name, p.grp, coalesce(h.door, ''), p.sex, p.birth"
#define LINE_FROM                                                                                  \
    " FROM care k JOIN person p ON p.county = k.county AND p.id = k.person LEFT JOIN household h " \
    "ON h.county = p.county AND h.id = p.household WHERE k.ended_ms IS NULL AND p.died_day IS "    \
    "NULL AND p.moved_day IS NULL AND "
static const struct sql SQL_LOAD = { "SELECT " CARE_COLS
                                     " FROM care k WHERE k.county = $1 AND k.person = $2",
                                     NULL };
static const struct sql SQL_PUT = {
    "INSERT INTO care (county, person, place, reasons, risk, wish_who, wish_way, wish_time, "
    "consent, heard, due_why, due_words, ended_why, contact, account, last_ms, due_ms, missed_ms, "
    "risen, listed, changed_ms, ended_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
    "$12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22) ON CONFLICT (county, person) DO "
    "UPDATE SET place = $3, reasons = $4, risk = $5, wish_who = $6, wish_way = $7, wish_time = $8, "
    "consent = $9, heard = $10, due_why = $11, due_words = $12, ended_why = $13, contact = $14, "
    "account = $15, last_ms = $16, due_ms = $17, missed_ms = $18, risen = $19, listed = $20, "
    "changed_ms = $21, ended_ms = $22",
    NULL
};
static const struct sql SQL_LIST = { "SELECT " LINE_COLS LINE_FROM
                                     "k.place = $1 ORDER BY k.due_ms, k.person",
                                     NULL };
static const struct sql SQL_ROUND = { "SELECT " LINE_COLS LINE_FROM
                                      "k.place >= $1 AND k.place < $2 AND k.risk <> 'ordinary' AND "
                                      "k.due_ms > $3 ORDER BY k.due_ms",
                                      NULL };
static const struct sql SQL_NEAR = { "SELECT " LINE_COLS LINE_FROM
                                     "k.listed = 0 AND k.due_ms <= $1 ORDER BY k.due_ms",
                                     NULL };
static const struct sql SQL_MISSED = { "SELECT " LINE_COLS LINE_FROM
                                       "k.missed_ms > 0 AND k.risen < $1 ORDER BY k.missed_ms",
                                       NULL };
static const struct sql SQL_COUNTS = {
    "SELECT k.place, count(*), sum(CASE k.risk WHEN 'high' THEN 1 ELSE 0 END), "
    "sum(CASE WHEN k.due_ms < $3 THEN 1 ELSE 0 END) FROM care k JOIN person p ON "
    "p.county = k.county AND p.id = k.person WHERE k.place >= $1 AND k.place < $2 AND "
    "k.ended_ms IS NULL AND p.died_day IS NULL AND p.moved_day IS NULL GROUP BY k.place "
    "ORDER BY k.place",
    NULL
};
#define CARE_FIELDS(type, at)                                                                      \
    COL_INT(type, at person.county), COL_INT(type, at person.id), COL_TEXT(type, at place),        \
        COL_TEXT(type, at reasons), COL_TEXT(type, at risk), COL_TEXT(type, at wish_who),          \
        COL_TEXT(type, at wish_way), COL_TEXT(type, at wish_time), COL_TEXT(type, at consent),     \
        COL_TEXT(type, at heard), COL_TEXT(type, at due_why), COL_TEXT(type, at due_words),        \
        COL_TEXT(type, at ended_why), COL_BLOB(type, at contact_sealed),                           \
        COL_INT(type, at account), COL_INT(type, at last_ms), COL_INT(type, at due_ms),            \
        COL_INT(type, at missed_ms), COL_INT(type, at risen), COL_INT(type, at listed),            \
        COL_INT(type, at changed_ms), COL_INT(type, at ended_ms)
static const struct col care_cols[] = { CARE_FIELDS(struct care, ) };
static const struct col line_cols[] = {
    CARE_FIELDS(struct care_line, care.), COL_TEXT(struct care_line, name),
    COL_TEXT(struct care_line, grp),      COL_TEXT(struct care_line, door),
    COL_INT(struct care_line, sex),       COL_INT(struct care_line, birth),
};

enum err care_load(struct ctx *c, struct key person, struct care *out)
{
    *out = (struct care){ 0 };
    return db_row(c, &SQL_LOAD, IN(v_int(person.county), v_int(person.id)), COLS(care_cols), out);
}

enum err care_open(struct ctx *c, struct care *k)
{
    char *text;
    if (!k->contact_sealed.len || k->contact)
        return OK;
    TRY(field_open(c, "care.contact", k->contact_sealed, &text));
    k->contact = text;
    return OK;
}

static enum err put(struct ctx *c, const struct care *k)
{
    const struct val in[] = {
        v_int(k->person.county), v_int(k->person.id),
        v_text(k->place),        v_text(k->reasons),
        v_text(k->risk),         v_text(k->wish_who),
        v_text(k->wish_way),     v_text(k->wish_time),
        v_text(k->consent),      v_text(k->heard),
        v_text(k->due_why),      v_text(k->due_words),
        v_text(k->ended_why),    k->contact_sealed.len ? v_blob(k->contact_sealed) : v_null(),
        v_int(k->account),       v_int(k->last_ms),
        v_int(k->due_ms),        v_int(k->missed_ms),
        v_int(k->risen),         v_int(k->listed),
        v_int(k->changed_ms),    k->ended_ms ? v_int(k->ended_ms) : v_null(),
    };
    return db_run(c, &SQL_PUT, in, COUNT(in));
}

/* ---- the to-do list ---- */
static const char *const missed_flow[CARE_RISEN_MAX] = { "visit-no-answer", "visit-no-answer-2" };

static enum err clear(struct ctx *c, struct key person, bool regular)
{
    if (regular)
        TRY(todo_clear(c, person, "visit"));
    for (size_t i = 0; i < CARE_RISEN_MAX; i++)
        TRY(todo_clear(c, person, missed_flow[i]));
    return OK;
}

static const char *todo_line(struct ctx *c, const struct care *k, const struct person *p)
{
    const char *why = str_eq(k->due_why, "change") ? "有大变故：" : "";
    if (k->missed_ms)
        return arena_printf(c->arena, "%s，上次没人应，再去看看", str_or(p->grp, "小组没登记"));
    return arena_printf(c->arena, "%s，%s　%s%s", care_reasons_zh(c, k->reasons),
                        str_or(p->grp, "小组没登记"), why, k->due_words);
}

enum err care_keep(struct ctx *c, struct care *k, const struct person *p)
{
    int64_t near = c->now_ms + (int64_t)CARE_NEAR_DAYS * DAY_MS;
    k->listed = !k->ended_ms && k->due_ms <= near;
    k->changed_ms = c->now_ms;
    TRY(put(c, k));
    if (!k->missed_ms || k->ended_ms)
        TRY(clear(c, k->person, false));
    if (!k->listed)
        return todo_clear(c, k->person, "visit");
    struct todo t = {
        .key = k->person,
        .flow = "visit",
        .desk = desk_text(c, k->place, CAP_NO_VISIT, 0),
        .place = k->place,
        .title = arena_printf(c->arena, "看望%s", p->name),
        .line = todo_line(c, k, p),
        .link = arena_printf(c->arena, "/visits/%06" PRId64 "-%" PRId64, k->person.county,
                             k->person.id),
        .verb = "去看望",
        .waits = SM_HOLDER,
        .due_ms = k->due_ms,
        .amber_ms = k->due_ms - DAY_MS,
    };
    return todo_set(c, &t);
}

/* ---- changes ---- */
static enum err interval_of(struct ctx *c, const struct care *k, int64_t *days)
{
    return rule_int(c, care_rule(k->risk), k->place, day_of_ms(c->now_ms), days);
}

enum err care_rules(struct ctx *c, const struct care *k, struct visit_rule *out)
{
    int32_t today = day_of_ms(c->now_ms);
    TRY(interval_of(c, k, &out->interval_days));
    TRY(rule_int(c, "visit.noanswer_hours", k->place, today, &out->no_answer_hours));
    return rule_int(c, "visit.change_hours", k->place, today, &out->change_hours);
}

enum err care_put(struct ctx *c, const struct person *p, struct care *k)
{
    struct ctx probe = *c;
    struct care old;
    int64_t days;
    TRY(person_may_apply(c, p));
    enum err e = care_load(&probe, p->key, &old);
    if (e && e != E_NOT_FOUND)
        return fail(c, e, "%s", probe.why);
    bool known = !e && !old.ended_ms;
    k->person = p->key;
    k->place = p->place;
    k->account = c->account_id;
    k->last_ms = e ? 0 : old.last_ms;
    k->due_ms = known ? old.due_ms : 0;
    k->due_why = known ? old.due_why : "regular";
    k->due_words = known ? old.due_words : "";
    k->missed_ms = known ? old.missed_ms : 0;
    k->risen = known ? old.risen : 0;
    k->ended_ms = 0;
    k->ended_why = "";
    k->contact_sealed = e ? (struct bytes){ 0 } : old.contact_sealed;
    if (k->contact && !*k->contact)
        k->contact_sealed = (struct bytes){ 0 };
    else if (k->contact)
        TRY(field_seal(c, "care.contact", k->contact, &k->contact_sealed));
    TRY(interval_of(c, k, &days));
    k->due_ms = care_due(k, c->now_ms, days);
    TRY(consent_give(c, p->key, "visit", k->consent));
    return care_keep(c, k, p);
}

enum err care_end(struct ctx *c, struct key person, const char *why)
{
    struct ctx probe = *c;
    struct care k;
    enum err e = care_load(&probe, person, &k);
    if (e == E_NOT_FOUND || (!e && k.ended_ms))
        return OK;
    if (e)
        return fail(c, e, "%s", probe.why);
    k.ended_ms = k.changed_ms = c->now_ms;
    k.ended_why = why;
    k.listed = k.missed_ms = k.risen = 0;
    TRY(put(c, &k));
    return clear(c, person, true);
}

enum err care_changed(struct ctx *c, const struct person *p, const char *words)
{
    struct care k;
    struct visit_rule rule;
    TRY(person_may_apply(c, p));
    TRY(care_load(c, p->key, &k));
    if (k.ended_ms)
        return fail(c, E_WRONG_STATE, "not on the care list");
    TRY(care_rules(c, &k, &rule));
    care_after_change(&k, c->now_ms, rule.change_hours, words);
    return care_keep(c, &k, p);
}

static struct person person_of(const struct care_line *l)
{
    return (struct person){
        .key = l->care.person, .place = l->care.place, .name = l->name, .grp = l->grp
    };
}

enum err care_round(struct ctx *c, const char *place, int32_t day, const char *words, int64_t *n)
{
    struct care_line *all;
    size_t found;
    int64_t due = visit_day_end(day);
    *n = 0;
    TRY(DB_ROWS(c, &SQL_ROUND,
                IN(v_text(place), v_text(arena_printf(c->arena, "%s:", place)), v_int(due)),
                line_cols, DB_ROWS_MAX, &all, &found));
    for (size_t i = 0; i < found; i++) {
        struct person p = person_of(&all[i]);
        all[i].care.due_ms = due;
        all[i].care.due_why = "round";
        all[i].care.due_words = words;
        TRY(care_keep(c, &all[i].care, &p));
        ++*n;
    }
    return OK;
}

/* ---- lists ---- */
enum err care_list(struct ctx *c, const char *village, struct care_line **out, size_t *n)
{
    return DB_ROWS(c, &SQL_LIST, IN(v_text(village)), line_cols, CARE_LIST_MAX, out, n);
}

enum err care_counts(struct ctx *c, const char *place, struct care_count **out, size_t *n)
{
    static const struct col cols[] = {
        COL_TEXT(struct care_count, place),
        COL_INT(struct care_count, all),
        COL_INT(struct care_count, high),
        COL_INT(struct care_count, late),
    };
    return DB_ROWS(
        c, &SQL_COUNTS,
        IN(v_text(place), v_text(arena_printf(c->arena, "%s:", place)), v_int(c->now_ms)), cols,
        CARE_LIST_MAX, out, n);
}

/* ---- ticker ---- */
static enum err rise(struct ctx *c, struct care_line *l, int64_t hours)
{
    struct care *k = &l->care;
    const char *place = k->risen == 0 ? k->place : place_at(c, k->place, PLACE_TOWNSHIP);
    struct todo t = {
        .key = k->person,
        .flow = missed_flow[k->risen],
        .desk = desk_text(c, place, CAP_NO_ERRAND_LEAD, 0),
        .place = k->place,
        .title = arena_printf(c->arena, "%s没人应，请派人去找", l->name),
        .line = arena_printf(c->arena, "%s%s %s，从%s起没人应", place_short_name(c, k->place),
                             l->grp, l->door, ms_zh(c->arena, k->missed_ms)),
        .link = arena_printf(c->arena, "/visits/%06" PRId64 "-%" PRId64, k->person.county,
                             k->person.id),
        .verb = "去找人",
        .waits = SM_LEADER,
        .due_ms = c->now_ms + hours * 3600000,
        .amber_ms = c->now_ms,
    };
    TRY(todo_set(c, &t));
    k->risen++;
    k->changed_ms = c->now_ms;
    return put(c, k);
}

enum err care_tick(struct ctx *c, void *unused)
{
    struct care_line *near, *missed;
    size_t n_near, n_missed;
    (void)unused;
    TRY(DB_ROWS(c, &SQL_NEAR, IN(v_int(c->now_ms + (int64_t)CARE_NEAR_DAYS * DAY_MS)), line_cols,
                TICK_ROWS_MAX, &near, &n_near));
    for (size_t i = 0; i < n_near; i++) {
        struct person p = person_of(&near[i]);
        TRY(care_keep(c, &near[i].care, &p));
    }
    TRY(DB_ROWS(c, &SQL_MISSED, IN(v_int(CARE_RISEN_MAX)), line_cols, TICK_ROWS_MAX, &missed,
                &n_missed));
    for (size_t i = 0; i < n_missed; i++) {
        int64_t hours;
        TRY(rule_int(c, "visit.noanswer_hours", missed[i].care.place, day_of_ms(c->now_ms),
                     &hours));
        if (care_must_rise(&missed[i].care, c->now_ms, hours))
            TRY(rise(c, &missed[i], hours));
    }
    return OK;
}
static struct tick_job care_job = { .name = "care", .seconds = 120, .run = care_tick };
TICK(care_job)

/* Whoever died, moved away or withdrew consent is not visited. */
static enum err heard(struct ctx *c, const struct person *p, enum person_news news,
                      const char *what)
{
    bool ends = news == PERSON_NEWS_DIED || news == PERSON_NEWS_MOVED ||
                (news == PERSON_NEWS_CONSENT && str_eq(what, "visit"));
    if (!ends)
        return OK;
    return care_end(c, p->key,
                    news == PERSON_NEWS_DIED    ? "去世"
                    : news == PERSON_NEWS_MOVED ? "迁出"
                                                : "本人收回同意");
}
static struct person_listener care_listener = { .heard = heard };
PERSON_LISTEN(care_listener)
