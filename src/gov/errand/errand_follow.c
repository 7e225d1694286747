/* SPDX-License-Identifier: Apache-2.0
 * errand_follow.c - errands go with what changes in the register: the body that holds them, the
 * village they belong to, the person they are for. Numbers stay; nothing is silently lost. */
#include "gov/errand/errand_step.h"
#include "kernel/flow/flow.h"
#include "kernel/notice/notice.h"
#include "kernel/person/person.h"
#include "kernel/place/place.h"
#include "kernel/todo/todo.h"

static const struct sql SQL_HELD_COUNT = {
    "SELECT count(*) FROM errand WHERE county = $1 AND holder_body = $2 AND closed_ms = 0", NULL
};
static const struct sql SQL_HELD = {
    "SELECT county, id FROM errand WHERE county = $1 AND holder_body = $2 AND closed_ms = 0 "
    "ORDER BY id",
    NULL
};
static const struct col key_cols[] = { COL_INT(struct key, county), COL_INT(struct key, id) };

/* ---- the body that holds it; its to-do row is moved with the desk ---- */
static enum err count_held(struct ctx *c, const struct body *b, int64_t *n)
{
    return db_one(c, &SQL_HELD_COUNT, IN(v_int(b->county), v_int(b->id)), OUT(s_int(n)));
}

static enum err move_held(struct ctx *c, const struct body *from, const struct body *to,
                          int32_t day)
{
    struct key *all;
    size_t n;
    (void)day;
    TRY(DB_ROWS(c, &SQL_HELD, IN(v_int(from->county), v_int(from->id)), key_cols, DB_ROWS_MAX, &all,
                &n));
    for (size_t i = 0; i < n; i++) {
        struct errand e;
        TRY(errand_load_any(c, all[i], &e));
        e.holder_body = to->id;
        e.holder = to->place;
        TRY(errand_update(c, &e));
        TRY(flow_note(c, &errand_sm, e.key, e.state, "note",
                      arena_printf(c->arena, "%s撤销，由%s接着办", from->name, to->name)));
    }
    return OK;
}
static struct body_follower held = {
    .order = 40, .zh = "没办完的办件", .count = count_held, .move = move_held
};
BODY_FOLLOWER(held)

/* ---- the village; its totals stay under the old code, where that work was done ---- */
static const struct sql SQL_OPEN_COUNT = {
    "SELECT count(*) FROM errand WHERE place = $1 AND closed_ms = 0", NULL
};
static const struct sql SQL_DONE_COUNT = {
    "SELECT count(*) FROM errand WHERE place = $1 AND closed_ms <> 0", NULL
};
static const struct sql SQL_OPEN = {
    "SELECT county, id FROM errand WHERE place = $1 AND closed_ms = 0 ORDER BY id", NULL
};
static const struct sql SQL_PLACE = {
    "UPDATE errand SET place = $2, holder = CASE WHEN holder = $1 THEN $2 ELSE holder END, "
    "home = CASE WHEN home = $1 THEN $2 ELSE home END WHERE place = $1",
    NULL
};

static enum err count_open(struct ctx *c, const char *place, int64_t *n)
{
    return db_one(c, &SQL_OPEN_COUNT, IN(v_text(place)), OUT(s_int(n)));
}

static enum err count_done(struct ctx *c, const char *place, int64_t *n)
{
    return db_one(c, &SQL_DONE_COUNT, IN(v_text(place)), OUT(s_int(n)));
}

/* Those in hand keep a line of it in their history; then all go, the finished ones too. */
static enum err move_open(struct ctx *c, const struct place_merge *m)
{
    struct key *all;
    size_t n;
    TRY(DB_ROWS(c, &SQL_OPEN, IN(v_text(m->from.code)), key_cols, DB_ROWS_MAX, &all, &n));
    for (size_t i = 0; i < n; i++) {
        struct errand e;
        TRY(errand_load_any(c, all[i], &e));
        TRY(flow_note(c, &errand_sm, e.key, e.state, "note",
                      arena_printf(c->arena, "%s并入%s，编号不变，由%s接着办", m->from.short_name,
                                   m->into.short_name, m->into.short_name)));
    }
    return db_run(c, &SQL_PLACE, IN(v_text(m->from.code), v_text(m->into.code)));
}

static enum err gone_already(struct ctx *c, const struct place_merge *m)
{
    (void)c, (void)m;
    return OK;
}
static struct place_follower in_hand = {
    .order = 40, .zh = "没办完的办件", .unit = "件", .count = count_open, .move = move_open
};
static struct place_follower finished = {
    .order = 41, .zh = "办完的办件", .unit = "件", .count = count_done, .move = gone_already
};
PLACE_FOLLOWER(in_hand)
PLACE_FOLLOWER(finished)

/* ---- the person ---- */
static const struct sql SQL_OF_PERSON = {
    "SELECT county, id FROM errand WHERE county = $1 AND person = $2 AND closed_ms = 0 ORDER BY id",
    NULL
};
static const struct sql SQL_PERSON = {
    "UPDATE errand SET person = $3 WHERE county = $1 AND person = $2", NULL
};
static const struct sql SQL_PAPERS = {
    "UPDATE errand_paper SET person = $3 WHERE county = $1 AND person = $2", NULL
};

/* Whoever holds it must decide: it is told at the desk, stands in the history, and the to-do row
 * says so until they have. */
static enum err told(struct ctx *c, struct errand *e, const char *words)
{
    struct notice n = { .key = { e->key.county, 0 },
                        .desk = desk_text(c, e->holder, (enum cap_no)e->holder_cap, e->holder_body),
                        .subject = e->key.id,
                        .title = arena_printf(c->arena, "要定一下：%s", e->title),
                        .words = words,
                        .link = arena_printf(c->arena, "/errand/%06" PRId64 "-%" PRId64,
                                             e->key.county, e->key.id) };
    TRY(flow_note(c, &errand_sm, e->key, e->state, "note", words));
    return notice_add(c, &n);
}

static enum err heard_one(struct ctx *c, const struct person *p, struct errand *e,
                          enum person_news news)
{
    const char *words = errand_person_words(c, e, p);
    if (news == PERSON_NEWS_CORRECTED) {
        e->who = person_line(c, p);
        TRY(errand_update(c, e));
    } else if (news != PERSON_NEWS_BACK && *words) {
        TRY(told(c, e, words));
    }
    return errand_relabel(c, e);
}

static enum err heard(struct ctx *c, const struct person *p, enum person_news news,
                      const char *what)
{
    struct key *all;
    size_t n;
    (void)what;
    if (news == PERSON_NEWS_CONSENT)
        return OK;
    TRY(DB_ROWS(c, &SQL_OF_PERSON, IN(v_int(p->key.county), v_int(p->key.id)), key_cols,
                DB_ROWS_MAX, &all, &n));
    for (size_t i = 0; i < n; i++) {
        struct errand e;
        TRY(errand_load_any(c, all[i], &e));
        if (errand_state_of(&e) < ERRAND_REVISITED)
            TRY(heard_one(c, p, &e, news));
    }
    return OK;
}

static enum err joined(struct ctx *c, struct key from, const struct person *into)
{
    const struct val in[] = { v_int(from.county), v_int(from.id), v_int(into->key.id) };
    TRY(db_run(c, &SQL_PERSON, in, COUNT(in)));
    return db_run(c, &SQL_PAPERS, in, COUNT(in));
}
static struct person_listener errands = { .heard = heard, .joined = joined };
PERSON_LISTEN(errands)
