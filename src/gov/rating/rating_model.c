/* SPDX-License-Identifier: Apache-2.0
 * rating_model.c - see rating.h. */
#include "core/day.h"
#include "gov/rating/rating.h"
#include "kernel/calendar/calendar.h"
#include "kernel/flow/flow.h"
#include "kernel/place/place.h"
#include "kernel/rule/rule.h"
#include "kernel/todo/todo.h"

/* clang-format off */
static const struct sm_state states[RATING_STATES] = {
    [RATING_DONE]     = { "done",     "已评",   SM_NOBODY, false, true },
    [RATING_CALLBACK] = { "callback", "待回访", SM_LEADER, false, false },
    [RATING_RECTIFY]  = { "rectify",  "整改中", SM_LEADER, false, false },
    [RATING_RERATE]   = { "rerate",   "待再评", SM_LEADER, false, false },
    [RATING_CLOSED]   = { "closed",   "已了结", SM_NOBODY, false, true },
};
static const struct sm_event events[RATING_EVENTS] = {
    [RV_NOT_TRUE] = { "not-true", "回访：不属实", SM_SIDE },
    [RV_TRUE]     = { "true",     "回访：属实",   SM_NEXT },
    [RV_RIGHTED]  = { "righted",  "整改好了",     SM_NEXT },
    [RV_RERATE]   = { "rerate",   "再评一次",     SM_NEXT },
    [RV_GOOD]     = { "good",     "不是差评",     SM_AUTO },
};
static const struct sm_row rows[] = {
    { RATING_CALLBACK, RV_GOOD,     RATING_DONE,    CAP_PUBLIC,        NULL, NULL,                  NULL },
    { RATING_CALLBACK, RV_NOT_TRUE, RATING_CLOSED,  CAP_RATING_HANDLE, NULL, NULL,                  NULL },
    { RATING_CALLBACK, RV_TRUE,     RATING_RECTIFY, CAP_RATING_HANDLE, NULL, "rating.rectify_days", "rating" },
    { RATING_RECTIFY,  RV_RIGHTED,  RATING_RERATE,  CAP_RATING_HANDLE, NULL, "rating.callback_days", "rating" },
    { RATING_RERATE,   RV_RERATE,   RATING_CLOSED,  CAP_RATING_HANDLE, NULL, NULL,                  "rating" },
};
const struct sm rating_sm = { "rating", "评价", states, COUNT(states), events, COUNT(events), rows, COUNT(rows), RATING_CALLBACK };
/* clang-format on */

#define RATING_COLS                                                                                \
    "county, errand, place, body, reasons, words, how, state, found, righted, item, score, "       \
    "at_ms, "                                                                                      \
    "true_bad, second, due_ms"
static const struct sql SQL_LOAD = { "SELECT " RATING_COLS
                                     " FROM rating WHERE county = $1 AND errand = $2",
                                     NULL };
static const struct sql SQL_HAS = { "SELECT count(*) FROM rating WHERE county = $1 AND errand = $2",
                                    NULL };
static const struct sql SQL_ADD = { "INSERT INTO rating (" RATING_COLS
                                    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', '', $9, $10, "
                                    "$11, 0, 0, $12)",
                                    NULL };
static const struct sql SQL_UPDATE = {
    "UPDATE rating SET state = $4, found = $5, righted = $6, true_bad = $7, second = $8, "
    "due_ms = $9 WHERE county = $1 AND errand = $2 AND state = $3",
    NULL
};
static const struct sql SQL_LIST = {
    "SELECT " RATING_COLS " FROM rating WHERE place >= $1 AND place < $2 AND "
    "($3 = 0 OR state NOT IN ('done', 'closed')) ORDER BY at_ms DESC",
    NULL
};
static const struct col rating_cols[] = {
    COL_INT(struct rating, key.county), COL_INT(struct rating, key.id),
    COL_TEXT(struct rating, place),     COL_TEXT(struct rating, body),
    COL_TEXT(struct rating, reasons),   COL_TEXT(struct rating, words),
    COL_TEXT(struct rating, how),       COL_TEXT(struct rating, state),
    COL_TEXT(struct rating, found),     COL_TEXT(struct rating, righted),
    COL_INT(struct rating, item),       COL_INT(struct rating, score),
    COL_INT(struct rating, at_ms),      COL_INT(struct rating, true_bad),
    COL_INT(struct rating, second),     COL_INT(struct rating, due_ms),
};

enum err rating_load(struct ctx *c, struct key k, struct rating *out)
{
    return db_row(c, &SQL_LOAD, IN(v_int(k.county), v_int(k.id)), COLS(rating_cols), out);
}

const char *rating_zh(int64_t score)
{
    static const char *const words[] = {
        "", "非常不满意", "不满意", "基本满意", "满意", "非常满意"
    };
    return score >= 1 && score <= 5 ? words[score] : "";
}

const char *rating_how_zh(const char *how)
{
    static const char *const words[][2] = { { "device", "自己在网上评的" },
                                            { "qr", "自己扫码评的" },
                                            { "paper", "代记：写在纸上的" },
                                            { "mouth", "代记：当面或电话说的" } };
    for (size_t i = 0; i < COUNT(words); i++)
        if (str_eq(words[i][0], how))
            return words[i][1];
    return how;
}

/* "讲得清楚、办得快" -> its parts, after the n that are there. */
static size_t add_parts(struct ctx *c, const char *list, const char **out, size_t n)
{
    static const char mark[] = "、";
    while (*list && n < RATING_REASONS_MAX) {
        const char *end = strstr(list, mark);
        size_t len = end ? (size_t)(end - list) : strlen(list);
        if (len)
            out[n++] = arena_copy_n(c->arena, list, len);
        list += end ? len + sizeof mark - 1 : len;
    }
    return n;
}

enum err rating_terms(struct ctx *c, const char *place, struct rating_terms *t)
{
    struct rule good, bad;
    int32_t day = day_of_ms(c->now_ms);
    *t = (struct rating_terms){ 0 };
    TRY(rule_int(c, "rating.bad_max", place, day, &t->bad_max));
    TRY(rule_int(c, "rating.callback_days", place, day, &t->callback_days));
    TRY(rule_int(c, "rating.rectify_days", place, day, &t->rectify_days));
    TRY(rule_int(c, "rating.rectify_days_complex", place, day, &t->complex_days));
    TRY(rule_row(c, "rating.reasons_good", place, day, &good));
    TRY(rule_row(c, "rating.reasons_bad", place, day, &bad));
    t->n_good = add_parts(c, good.value, t->reasons, 0);
    add_parts(c, bad.value, t->reasons, t->n_good);
    return OK;
}

static enum err due_after(struct ctx *c, const struct rating *r, const char *rule, int64_t *due)
{
    int64_t days;
    TRY(rule_int(c, rule, r->place, day_of_ms(c->now_ms), &days));
    return calendar_due(c, c->now_ms, days, due);
}

/* The worker's desk never sees the row: it lies with the township's handler of ratings. */
static enum err to_list(struct ctx *c, const struct rating *r, const char *title, const char *verb)
{
    const char *k = arena_printf(c->arena, "%06" PRId64 "-%" PRId64, r->key.county, r->key.id);
    struct todo t = {
        .key = r->key,
        .flow = "rating",
        .place = r->place,
        .title = title,
        .verb = verb,
        .desk = desk_text(c, place_at(c, r->place, PLACE_TOWNSHIP), CAP_NO_RATING_HANDLE, 0),
        .line =
            arena_printf(c->arena, "%s · %s", place_short_name(c, r->place), rating_zh(r->score)),
        .link = arena_printf(c->arena, "/ratings/%s", k),
        .waits = SM_LEADER,
        .due_ms = r->due_ms,
        .amber_ms = c->now_ms,
    };
    return todo_set(c, &t);
}

enum err rating_give(struct ctx *c, const struct errand *e, int64_t score, const char *reasons,
                     const char *words, const char *how)
{
    int64_t there, bad_max;
    enum errand_state s = errand_state_of(e);
    if (s < ERRAND_DELIVERED || s > ERRAND_ARCHIVED)
        return fail(c, E_WRONG_STATE, "not delivered yet");
    TRY(db_one(c, &SQL_HAS, IN(v_int(e->key.county), v_int(e->key.id)), OUT(s_int(&there))));
    if (there)
        return fail(c, E_RATED, "rated before");
    TRY(rule_int(c, "rating.bad_max", e->place, day_of_ms(c->now_ms), &bad_max));
    bool bad = score <= bad_max;
    struct rating r = { .key = e->key,
                        .place = e->place,
                        .body = e->body,
                        .reasons = reasons,
                        .words = words,
                        .how = how,
                        .item = e->item,
                        .score = score,
                        .state = bad ? "callback" : "done" };
    if (bad)
        TRY(due_after(c, &r, "rating.callback_days", &r.due_ms));
    TRY(db_run(c, &SQL_ADD,
               IN(v_int(r.key.county), v_int(r.key.id), v_text(r.place), v_text(r.body),
                  v_text(r.reasons), v_text(r.words), v_text(r.how), v_text(r.state), v_int(r.item),
                  v_int(score), v_int(c->now_ms), v_int(r.due_ms))));
    TRY(errand_count(c, e, c->now_ms, COUNT_RATED, 1));
    TRY(errand_count(c, e, c->now_ms, COUNT_SCORE, score));
    return bad ? to_list(c, &r, "差评回访", "打电话") : OK;
}

static enum err move(struct ctx *c, struct rating *r, enum rating_event ev, const char *words)
{
    const char *from = r->state, *to;
    TRY(flow_fire(c, &rating_sm, r->key, from, ev, r->place, r, words, &to));
    r->state = to;
    return db_change_one(c, &SQL_UPDATE,
                         IN(v_int(r->key.county), v_int(r->key.id), v_text(from), v_text(to),
                            v_text(r->found), v_text(r->righted), v_int(r->true_bad),
                            v_int(r->second), v_int(r->due_ms)));
}

enum err rating_called(struct ctx *c, struct rating *r, enum finding finding, bool complex,
                       const char *found)
{
    struct errand e;
    r->found = found;
    r->true_bad = finding != FINDING_UNTRUE;
    if (finding == FINDING_UNTRUE) {
        TRY(move(c, r, RV_NOT_TRUE, found));
        return todo_clear(c, r->key, "rating");
    }
    TRY(due_after(c, r, complex ? "rating.rectify_days_complex" : "rating.rectify_days",
                  &r->due_ms));
    TRY(move(c, r, RV_TRUE, found));
    TRY(errand_load_any(c, r->key, &e));
    if (finding == FINDING_RESULT)
        TRY(errand_step(c, &e, EV_REOPEN, found, complex ? "complex" : ""));
    return to_list(c, r, "差评整改", "看整改");
}

enum err rating_righted(struct ctx *c, struct rating *r, const char *words)
{
    struct errand e;
    TRY(errand_load_any(c, r->key, &e));
    if (errand_state_of(&e) < ERRAND_DELIVERED)
        return fail(c, E_NOT_DELIVERED, "opened again, not delivered again");
    r->righted = words;
    TRY(due_after(c, r, "rating.callback_days", &r->due_ms));
    TRY(move(c, r, RV_RIGHTED, words));
    return to_list(c, r, "请居民再评", "再评");
}

enum err rating_again(struct ctx *c, struct rating *r, int64_t score)
{
    r->second = score;
    TRY(move(c, r, RV_RERATE, rating_zh(score)));
    return todo_clear(c, r->key, "rating");
}

enum err rating_list(struct ctx *c, const char *place, bool open, struct rating **out, size_t *n)
{
    return DB_ROWS(c, &SQL_LIST,
                   IN(v_text(place), v_text(arena_printf(c->arena, "%s:", place)), v_int(open)),
                   rating_cols, RATING_LIST_MAX, out, n);
}
