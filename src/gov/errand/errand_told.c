/* SPDX-License-Identifier: Apache-2.0
 * errand_told.c - what a resident was told: its rows, what became of messages and letters, the
 * to-do for what is said by mouth, and how pages show it. */
#include "gov/errand/errand_told.h"
#include "core/day.h"
#include "core/idno.h"
#include "kernel/calendar/calendar.h"
#include "kernel/notice/outbox.h"
#include "kernel/rule/rule.h"
#include "kernel/todo/todo.h"

#define TOLD_COLS "event, turn, channel, failed, words, state, tries, outbox, actor, at_ms, done_ms"
static const struct sql SQL_LIST = { "SELECT " TOLD_COLS
                                     " FROM errand_told WHERE county = $1 AND errand = $2 "
                                     "ORDER BY at_ms, event",
                                     NULL };
static const struct sql SQL_ADD = { "INSERT INTO errand_told (county, errand, " TOLD_COLS
                                    ") VALUES ($1, $2, $3, $4, $5, $6, $7, "
                                    "$8, $9, $10, $11, $12, $13)",
                                    NULL };
static const struct sql SQL_SAVE = {
    "UPDATE errand_told SET channel = $5, failed = $6, state = $7, tries = $8, outbox = $9, "
    "actor = $10, done_ms = $11 WHERE county = $1 AND errand = $2 AND event = $3 AND turn = $4",
    NULL
};
static const struct sql SQL_TURN = {
    "SELECT count(*) FROM flow_event WHERE county = $1 AND subject = $2 AND flow = 'errand' AND "
    "event IN ($3, $4)",
    NULL
};
static const struct sql SQL_THERE = {
    "SELECT count(*) FROM errand_told WHERE county = $1 AND errand = $2 AND event = $3 AND "
    "turn = $4",
    NULL
};
static const struct sql SQL_LETTERS = {
    "SELECT DISTINCT e.county, e.id FROM errand e JOIN errand_told t ON t.county = e.county AND "
    "t.errand = e.id WHERE e.county = $1 AND e.person = $2 AND t.channel = 'print' AND "
    "t.state = 'waiting' ORDER BY e.id",
    NULL
};
static const struct col told_cols[] = {
    COL_TEXT(struct told, event),  COL_INT(struct told, turn),    COL_TEXT(struct told, channel),
    COL_TEXT(struct told, failed), COL_TEXT(struct told, words),  COL_TEXT(struct told, state),
    COL_INT(struct told, tries),   COL_INT(struct told, outbox),  COL_TEXT(struct told, actor),
    COL_INT(struct told, at_ms),   COL_INT(struct told, done_ms),
};

enum err errand_told_list(struct ctx *c, const struct errand *e, struct told **out, size_t *n)
{
    return DB_ROWS(c, &SQL_LIST, IN(v_int(e->key.county), v_int(e->key.id)), told_cols, TOLD_MAX,
                   out, n);
}

enum err told_turn(struct ctx *c, const struct errand *e, const struct tell_row *row, int64_t *turn,
                   bool *open)
{
    int64_t there;
    struct val county = v_int(e->key.county), id = v_int(e->key.id);
    TRY(db_one(c, &SQL_TURN,
               IN(county, id, v_text(str_or(row->turns[0], "")), v_text(str_or(row->turns[1], ""))),
               OUT(s_int(turn))));
    TRY(db_one(c, &SQL_THERE, IN(county, id, v_text(row->event), v_int(*turn)),
               OUT(s_int(&there))));
    *open = there == 0;
    return OK;
}

enum err told_add(struct ctx *c, const struct errand *e, struct told *t)
{
    t->at_ms = c->now_ms;
    return db_run(c, &SQL_ADD,
                  IN(v_int(e->key.county), v_int(e->key.id), v_text(t->event), v_int(t->turn),
                     v_text(t->channel), v_text(t->failed), v_text(t->words), v_text(t->state),
                     v_int(t->tries), v_int(t->outbox), v_text(t->actor), v_int(t->at_ms),
                     v_int(t->done_ms)));
}

enum err told_save(struct ctx *c, const struct errand *e, const struct told *t)
{
    return db_change_one(c, &SQL_SAVE,
                         IN(v_int(e->key.county), v_int(e->key.id), v_text(t->event),
                            v_int(t->turn), v_text(t->channel), v_text(t->failed), v_text(t->state),
                            v_int(t->tries), v_int(t->outbox), v_text(t->actor),
                            v_int(t->done_ms)));
}

enum err told_drop(struct ctx *c, const struct errand *e)
{
    struct told *all;
    size_t n;
    TRY(errand_told_list(c, e, &all, &n));
    for (size_t i = 0; i < n; i++) {
        if (!str_eq(all[i].state, "open") && !str_eq(all[i].state, "waiting"))
            continue;
        if (all[i].outbox)
            TRY(outbox_drop(c, all[i].outbox));
        all[i].state = "dropped";
        all[i].done_ms = c->now_ms;
        TRY(told_save(c, e, &all[i]));
    }
    return told_todo(c, e);
}

/* ---- by mouth ---- */
enum err told_todo(struct ctx *c, const struct errand *e)
{
    struct told *all;
    size_t n;
    int64_t since = 0, tries = 0, tries_max, days, due;
    const char *what = "";
    TRY(errand_told_list(c, e, &all, &n));
    for (size_t i = 0; i < n; i++) {
        if (!str_eq(all[i].state, "open"))
            continue;
        since = since ? since : all[i].at_ms;
        tries = all[i].tries > tries ? all[i].tries : tries;
        what = arena_printf(c->arena, "%s%s%s", what, *what ? "；" : "",
                            tell_row_named(all[i].event)->zh);
    }
    if (since == 0)
        return todo_clear(c, e->key, "errand-tell");
    TRY(errand_tell_tries(c, e, &tries_max));
    TRY(rule_int(c, "tell.mouth_days", e->place, day_of_ms(c->now_ms), &days));
    TRY(calendar_due(c, since, days, &due));
    bool visit = tries >= tries_max;
    struct todo t = {
        .key = e->key,
        .flow = "errand-tell",
        .desk = desk_text(c, e->home, (enum cap_no)e->home_cap, 0),
        .place = e->place,
        .title =
            arena_printf(c->arena, visit ? "上门告诉，或寄信：%s" : "打电话告诉：%s", e->title),
        .line = arena_printf(c->arena, "%s · %s", e->who, what),
        .link = arena_printf(c->arena, "/errand/%06" PRId64 "-%" PRId64 "/tell", e->key.county,
                             e->key.id),
        .verb = visit ? "上门" : "去告诉",
        .waits = SM_HOLDER,
        .due_ms = due,
        .amber_ms = since + (due - since) * 2 / 3,
    };
    return todo_set(c, &t);
}

enum err errand_told_mouth(struct ctx *c, const struct errand *e, bool reached)
{
    struct told *all;
    size_t n, open = 0;
    TRY(errand_told_list(c, e, &all, &n));
    for (size_t i = 0; i < n; i++) {
        if (!str_eq(all[i].state, "open"))
            continue;
        open++;
        all[i].tries++;
        all[i].actor = flow_actor(c);
        if (reached) {
            all[i].state = "told";
            all[i].done_ms = c->now_ms;
        }
        TRY(told_save(c, e, &all[i]));
    }
    return open ? told_todo(c, e) : fail(c, E_CONFLICT, "nothing open to be told");
}

/* ---- what became of a message or a letter ---- */
static void hear(struct ctx *c, const struct outbox_row *row, struct told *t)
{
    bool print = str_eq(row->channel, "print");
    if (str_eq(row->state, "sent")) {
        t->channel = row->channel;
        t->state = "sent";
        t->actor = print ? row->done_by : "";
        t->done_ms = c->now_ms;
    } else if (str_eq(row->state, "failed") && !print) {
        t->failed = row->channel;
        t->channel = "mouth";
        t->state = "open";
    } else if (str_eq(row->state, "waiting") && print) {
        t->state = "waiting";
        t->done_ms = 0;
    }
}

/* Only sms and wechat become a call when they fail: whoever waits for a letter gets the letter. A
 * failed message that is sent once more stays a to-do until it has gone out. */
static enum err heard(struct ctx *c, const struct outbox_row *row)
{
    struct errand e;
    struct told *all;
    size_t n;
    TRY(errand_load_any(c, row->subject, &e));
    TRY(errand_told_list(c, &e, &all, &n));
    for (size_t i = 0; i < n; i++) {
        if (all[i].outbox != row->id || str_eq(all[i].state, "told"))
            continue;
        hear(c, row, &all[i]);
        TRY(told_save(c, &e, &all[i]));
    }
    return told_todo(c, &e);
}
static struct outbox_listener errand_listener = { .about = "errand", .heard = heard };
OUTBOX_LISTEN(errand_listener)

/* Letters of an errand that nobody has sent yet are to be told by mouth instead. */
static enum err take_letters_back(struct ctx *c, const struct errand *e)
{
    struct told *all;
    size_t n;
    TRY(errand_told_list(c, e, &all, &n));
    for (size_t i = 0; i < n; i++) {
        if (!str_eq(all[i].channel, "print") || !str_eq(all[i].state, "waiting"))
            continue;
        TRY(outbox_drop(c, all[i].outbox));
        all[i].channel = "mouth";
        all[i].state = "open";
        all[i].outbox = 0;
        TRY(told_save(c, e, &all[i]));
    }
    return told_todo(c, e);
}

/* A letter that still waits for the dead becomes a word to their family; that for somebody who has
 * moved is written anew, to where they live now. */
static enum err letters_follow(struct ctx *c, const struct person *p, bool moved)
{
    static const struct col cols[] = { COL_INT(struct key, county), COL_INT(struct key, id) };
    struct key *keys;
    size_t n;
    TRY(DB_ROWS(c, &SQL_LETTERS, IN(v_int(p->key.county), v_int(p->key.id)), cols,
                OUTBOX_RECALL_MAX, &keys, &n));
    for (size_t i = 0; i < n; i++) {
        struct errand e;
        TRY(errand_load_any(c, keys[i], &e));
        TRY(take_letters_back(c, &e));
        if (moved)
            TRY(errand_told_letter(c, &e));
    }
    return OK;
}

/* Whoever died, or wants no messages any more, gets none that still wait. */
static enum err person_heard(struct ctx *c, const struct person *p, enum person_news news,
                             const char *what)
{
    if (news == PERSON_NEWS_DIED)
        TRY(outbox_recall(c, p->key, "本人已去世"));
    if (news == PERSON_NEWS_DIED || news == PERSON_NEWS_MOVED)
        return letters_follow(c, p, news == PERSON_NEWS_MOVED);
    if (news == PERSON_NEWS_CONSENT && str_eq(what, "tell"))
        return outbox_recall(c, p->key, "本人不要短信了");
    return OK;
}
static struct person_listener tell_listener = { .heard = person_heard };
PERSON_LISTEN(tell_listener)

/* ---- for pages ---- */
const char *told_zh(struct ctx *c, const struct told *t)
{
    static const char *const words[][3] = {
        { "sms", "waiting", "短信，等着发" },    { "sms", "sent", "短信发出了" },
        { "wechat", "waiting", "微信，等着发" }, { "wechat", "sent", "微信发出了" },
        { "print", "waiting", "信，等着送" },    { "print", "sent", "信送出去了" },
        { "mouth", "told", "电话或当面告诉了" }, { "face", "told", "当面讲了" },
    };
    if (str_eq(t->state, "dropped"))
        return "情况变了，没有再告诉";
    const char *before = str_eq(t->failed, "sms")      ? "短信没发出去，"
                         : str_eq(t->failed, "wechat") ? "微信没发出去，"
                                                       : "";
    if (str_eq(t->state, "open"))
        return t->tries ? arena_printf(c->arena, "%s没联系上 %" PRId64 " 次", before, t->tries)
                        : arena_printf(c->arena, "%s要打电话或当面告诉", before);
    for (size_t i = 0; i < COUNT(words); i++)
        if (str_eq(words[i][0], t->channel) && str_eq(words[i][1], t->state))
            return arena_printf(c->arena, "%s%s", before, words[i][2]);
    return t->channel;
}

enum err errand_told_steps(struct ctx *c, const struct errand *e, struct flow_step **steps,
                           size_t *n)
{
    struct told *told;
    size_t n_told, i = 0, k = 0, at = 0;
    TRY(errand_told_list(c, e, &told, &n_told));
    struct flow_step *all = ARENA_ARRAY(c->arena, struct flow_step, *n + n_told + 1);
    while (i < *n || k < n_told) {
        if (k == n_told || (i < *n && (*steps)[i].at_ms <= told[k].at_ms)) {
            all[at++] = (*steps)[i++];
            continue;
        }
        const struct told *t = &told[k++];
        all[at++] = (struct flow_step){
            .at_ms = t->at_ms,
            .event = "told",
            .from = e->state,
            .to = e->state,
            .actor = t->actor,
            .words = arena_printf(c->arena, "%s（%s%s）", t->words, told_zh(c, t),
                                  t->done_ms && t->done_ms != t->at_ms
                                      ? arena_printf(c->arena, "，%s", ms_zh(c->arena, t->done_ms))
                                      : ""),
        };
    }
    *steps = all;
    *n = at;
    return OK;
}

enum err errand_tell_line(struct ctx *c, const struct errand *e, const char **line)
{
    char masked[PHONE_MAX + 1] = "";
    const char *phone;
    bool gateway = false;
    if (str_eq(e->tell, "none") || str_eq(e->tell, "letter")) {
        *line = str_eq(e->tell, "none") ? "不用告诉，凭回执查" : "寄信或带信";
        return OK;
    }
    TRY(errand_phone(c, e, NULL, &phone));
    if (str_eq(e->tell, "sms"))
        TRY(outbox_has_gateway(c, &gateway)); /* nothing is promised that cannot be kept */
    phone_mask(phone, masked);
    *line = !*phone   ? "当面告诉"
            : gateway ? arena_printf(c->arena, "发短信到 %s", masked)
                      : arena_printf(c->arena, "打电话 %s", masked);
    return OK;
}
