/* SPDX-License-Identifier: Apache-2.0
 * outbox.c - messages in the database; see outbox.h. */
#include "kernel/notice/outbox.h"
#include "core/day.h"
#include "core/text.h"
#include "crypto/signer.h"
#include "kernel/rule/rule.h"
#include "kernel/ticker/ticker.h"
#include "store/setting.h"

enum { TROUBLED_MAX = 50, HOUR_MS = 3600 * 1000 };
static const struct sql SQL_ADD = {
    "INSERT INTO outbox (id, channel, target, words, state, tries, next_ms, error, place, county, "
    "person, about, subject, title, at_ms) "
    "VALUES ($1, $2, $3, $4, 'waiting', 0, $5, '', $6, $7, $8, $9, $10, $11, $12)",
    NULL
};
#define ROW_COLS                                                                                   \
    "id, tries, next_ms, person, county, subject, channel, words, state, error, place, about, "    \
    "title, target"
static const struct sql SQL_DUE = { "SELECT " ROW_COLS " FROM outbox WHERE state = 'waiting' AND "
                                    "next_ms <= $1 AND channel <> 'print' ORDER BY next_ms, id",
                                    NULL };
static const struct sql SQL_ONE = { "SELECT " ROW_COLS " FROM outbox WHERE id = $1", NULL };
static const struct sql SQL_OF_PERSON = {
    "SELECT " ROW_COLS " FROM outbox WHERE county = $1 AND person = $2 AND state = 'waiting' AND "
    "channel IN ('sms', 'wechat') ORDER BY id",
    NULL
};
static const struct sql SQL_RESULT = {
    "UPDATE outbox SET state = $2, tries = $3, next_ms = $4, error = $5 WHERE id = $1 AND "
    "state = 'waiting'",
    NULL
};
static const struct sql SQL_AGAIN = {
    "UPDATE outbox SET state = 'waiting', tries = 0, next_ms = $2 WHERE id = $1 AND "
    "state = 'failed'",
    NULL
};
static const struct sql SQL_DROP = { "DELETE FROM outbox WHERE id = $1 AND state = 'waiting'",
                                     NULL };
static const struct sql SQL_COUNT = { "SELECT count(*) FROM outbox WHERE state = $1", NULL };
static const struct sql SQL_TROUBLED = {
    "SELECT id, tries, next_ms, channel, state, error FROM outbox WHERE error <> '' AND "
    "state <> 'sent' ORDER BY id DESC",
    NULL
};
static const struct sql SQL_FORGET = { "DELETE FROM outbox WHERE state = 'sent' AND next_ms < $1",
                                       NULL };
static const struct sql SQL_MOVE = { "UPDATE outbox SET place = $2 WHERE place = $1", NULL };
/* A desk's text begins with its place: "421281101202/4/0". */
static const struct sql SQL_MOVE_NOTICES = {
    "UPDATE notice SET place = $2, desk = $2 || substr(desk, length($1) + 1) WHERE place = $1", NULL
};
static const struct sql SQL_MOVE_ANNOUNCEMENTS = {
    "UPDATE announcement SET place = $2 WHERE place = $1", NULL
};
static const struct col row_cols[] = {
    COL_INT(struct outbox_row, id),
    COL_INT(struct outbox_row, tries),
    COL_INT(struct outbox_row, next_ms),
    COL_INT(struct outbox_row, person),
    COL_INT(struct outbox_row, subject.county),
    COL_INT(struct outbox_row, subject.id),
    COL_TEXT(struct outbox_row, channel),
    COL_TEXT(struct outbox_row, words),
    COL_TEXT(struct outbox_row, state),
    COL_TEXT(struct outbox_row, error),
    COL_TEXT(struct outbox_row, place),
    COL_TEXT(struct outbox_row, about),
    COL_TEXT(struct outbox_row, title),
    COL_BLOB(struct outbox_row, target_sealed),
};
static const struct col troubled_cols[] = {
    COL_INT(struct outbox_row, id),      COL_INT(struct outbox_row, tries),
    COL_INT(struct outbox_row, next_ms), COL_TEXT(struct outbox_row, channel),
    COL_TEXT(struct outbox_row, state),  COL_TEXT(struct outbox_row, error),
};
static const char *const channels[] = { "sms", "wechat", "mail", "speaker", "print" };
static struct outbox_listener *listeners;

void outbox_listen(struct outbox_listener *l)
{
    l->next = listeners;
    listeners = l;
}

enum err outbox_tell_listener(struct ctx *c, const struct outbox_row *row)
{
    for (struct outbox_listener *l = listeners; l; l = l->next)
        if (str_eq(l->about, row->about))
            return l->heard(c, row);
    return OK;
}

/* ---- when ---- */
int64_t outbox_awake(int64_t ms, int64_t from_hour, int64_t to_hour)
{
    int64_t midnight = ms_of_day(day_of_ms(ms)), since = ms - midnight;
    int64_t from = from_hour * HOUR_MS, to = to_hour * HOUR_MS;
    if (from < to)
        return since >= from && since < to ? midnight + to : ms;
    if (from == to || (since >= to && since < from))
        return ms;
    return since < to ? midnight + to : midnight + DAY_MS + to;
}

enum err outbox_when(struct ctx *c, enum outbox_channel channel, const char *place, int64_t ms,
                     int64_t *out)
{
    int64_t from, to;
    *out = ms;
    if (channel == OUTBOX_MAIL || channel == OUTBOX_PRINT)
        return OK;
    TRY(rule_int(c, "notice.quiet_from_hour", place, day_of_ms(ms), &from));
    TRY(rule_int(c, "notice.quiet_to_hour", place, day_of_ms(ms), &to));
    *out = outbox_awake(ms, from, to);
    return OK;
}

int64_t outbox_pause_ms(int64_t n)
{
    int64_t pause = 60 * 1000, most = 6 * HOUR_MS;
    for (int64_t i = 1; i < n && pause < most; i++)
        pause *= 4;
    return pause < most ? pause : most;
}

static enum outbox_channel channel_named(const char *name)
{
    size_t i = 0;
    while (i < OUTBOX_PRINT && !str_eq(channels[i], name))
        i++;
    return (enum outbox_channel)i;
}

enum err outbox_has_gateway(struct ctx *c, bool *yes)
{
    const char *url;
    TRY(setting_get(c, "gateway_url", "", &url));
    *yes = *url != '\0';
    return OK;
}

/* ---- rows ---- */
enum err outbox_add(struct ctx *c, const struct outbox_message *m, int64_t *id)
{
    struct bytes sealed;
    int64_t when;
    const char *place = str_or(m->place, "");
    if (text_length(m->words) > OUTBOX_WORDS_MAX)
        return fail(c, E_TOO_LONG, "a message of %zu characters", text_length(m->words));
    TRY(field_seal(c, "outbox.target", m->target, &sealed));
    TRY(outbox_when(c, m->channel, place, c->now_ms, &when));
    *id = id_new(c);
    return db_run(c, &SQL_ADD,
                  IN(v_int(*id), v_text(channels[m->channel]), v_blob(sealed), v_text(m->words),
                     v_int(when), v_text(place), v_int(m->subject.county), v_int(m->person),
                     v_text(str_or(m->about, "")), v_int(m->subject.id),
                     v_text(str_or(m->title, "")), v_int(c->now_ms)));
}

enum err outbox_due(struct ctx *c, struct outbox_row **out, size_t *n)
{
    struct outbox_row *all;
    size_t n_all;
    *n = 0;
    TRY(DB_ROWS(c, &SQL_DUE, IN(v_int(c->now_ms)), row_cols, OUTBOX_BATCH, &all, &n_all));
    *out = all;
    for (size_t i = 0; i < n_all; i++) { /* it may have become night since */
        int64_t when;
        TRY(outbox_when(c, channel_named(all[i].channel), all[i].place, c->now_ms, &when));
        if (when <= c->now_ms)
            all[(*n)++] = all[i];
    }
    return OK;
}

enum err outbox_result(struct ctx *c, const struct outbox_row *row, const char *error, bool final)
{
    int64_t tries = row->tries + 1, next = c->now_ms, changed;
    struct outbox_row after = *row;
    final = final || tries >= OUTBOX_TRIES_MAX;
    after.state = !*error ? "sent" : final ? "failed" : "waiting";
    after.error = error;
    if (str_eq(after.state, "waiting"))
        TRY(outbox_when(c, channel_named(row->channel), row->place,
                        c->now_ms + outbox_pause_ms(tries), &next));
    TRY(db_change(c, &SQL_RESULT,
                  IN(v_int(row->id), v_text(after.state), v_int(tries), v_int(next), v_text(error)),
                  &changed));
    if (str_eq(after.state, "waiting") || (changed == 0 && *error))
        return OK;
    return outbox_tell_listener(c, &after); /* also of one dropped while it was under way */
}

enum err outbox_again(struct ctx *c, int64_t id)
{
    struct outbox_row row;
    TRY(db_change_one(c, &SQL_AGAIN, IN(v_int(id), v_int(c->now_ms))));
    TRY(db_row(c, &SQL_ONE, IN(v_int(id)), COLS(row_cols), &row));
    return outbox_tell_listener(c, &row);
}

enum err outbox_drop(struct ctx *c, int64_t id)
{
    return db_run(c, &SQL_DROP, IN(v_int(id)));
}

enum err outbox_recall(struct ctx *c, struct key person, const char *why)
{
    struct outbox_row *rows;
    size_t n;
    TRY(DB_ROWS(c, &SQL_OF_PERSON, IN(v_int(person.county), v_int(person.id)), row_cols,
                OUTBOX_RECALL_MAX, &rows, &n));
    for (size_t i = 0; i < n; i++)
        TRY(outbox_result(c, &rows[i], why, true));
    return OK;
}

enum err outbox_move_place(struct ctx *c, const char *from, const char *to)
{
    TRY(db_run(c, &SQL_MOVE, IN(v_text(from), v_text(to))));
    TRY(db_run(c, &SQL_MOVE_NOTICES, IN(v_text(from), v_text(to))));
    return db_run(c, &SQL_MOVE_ANNOUNCEMENTS, IN(v_text(from), v_text(to)));
}

/* ---- for the administrator ---- */
enum err outbox_state(struct ctx *c, struct outbox_state *out)
{
    *out = (struct outbox_state){ 0 };
    TRY(db_one(c, &SQL_COUNT, IN(v_text("waiting")), OUT(s_int(&out->waiting))));
    TRY(db_one(c, &SQL_COUNT, IN(v_text("failed")), OUT(s_int(&out->failed))));
    TRY(db_one(c, &SQL_COUNT, IN(v_text("sent")), OUT(s_int(&out->sent))));
    return DB_ROWS(c, &SQL_TROUBLED, IN_NONE, troubled_cols, TROUBLED_MAX, &out->troubled,
                   &out->n_troubled);
}

static enum err forget(struct ctx *c, void *unused)
{
    (void)unused;
    return db_run(c, &SQL_FORGET, IN(v_int(c->now_ms - (int64_t)OUTBOX_KEEP_DAYS * DAY_MS)));
}
static struct tick_job outbox_forget = { .name = "发过的消息", .seconds = 3600, .run = forget };
TICK(outbox_forget)
