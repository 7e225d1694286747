/* SPDX-License-Identifier: Apache-2.0
 * outbox.c - messages in the database; see outbox.h. */
#include "kernel/notice/outbox.h"
#include "core/day.h"
#include "crypto/signer.h"
#include "kernel/ticker/ticker.h"

enum { TROUBLED_MAX = 50 };
static const struct sql SQL_ADD = {
    "INSERT INTO outbox (id, channel, target, words, state, tries, next_ms, error) "
    "VALUES ($1, $2, $3, $4, 'waiting', 0, $5, '')",
    NULL
};
static const struct sql SQL_DUE = {
    "SELECT id, tries, next_ms, channel, words, target FROM outbox WHERE state = 'waiting' AND "
    "next_ms <= $1 AND channel <> 'print' ORDER BY next_ms, id",
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
static const struct sql SQL_COUNT = { "SELECT count(*) FROM outbox WHERE state = $1", NULL };
static const struct sql SQL_TROUBLED = {
    "SELECT id, tries, next_ms, channel, state, error FROM outbox WHERE error <> '' AND "
    "state <> 'sent' ORDER BY id DESC",
    NULL
};
static const struct sql SQL_FORGET = { "DELETE FROM outbox WHERE state = 'sent' AND next_ms < $1",
                                       NULL };
static const struct col due_cols[] = {
    COL_INT(struct outbox_row, id),      COL_INT(struct outbox_row, tries),
    COL_INT(struct outbox_row, next_ms), COL_TEXT(struct outbox_row, channel),
    COL_TEXT(struct outbox_row, words),  COL_BLOB(struct outbox_row, target_sealed),
};
static const struct col troubled_cols[] = {
    COL_INT(struct outbox_row, id),      COL_INT(struct outbox_row, tries),
    COL_INT(struct outbox_row, next_ms), COL_TEXT(struct outbox_row, channel),
    COL_TEXT(struct outbox_row, state),  COL_TEXT(struct outbox_row, error),
};
static const char *const channels[] = { "sms", "wechat", "mail", "speaker", "print" };

int64_t outbox_when(enum outbox_channel channel, int64_t ms)
{
    if (channel == OUTBOX_MAIL || channel == OUTBOX_PRINT)
        return ms;
    int64_t midnight = ms_of_day(day_of_ms(ms)), hour = 3600 * 1000;
    if (ms < midnight + QUIET_TO_HOUR * hour)
        return midnight + QUIET_TO_HOUR * hour;
    if (ms >= midnight + QUIET_FROM_HOUR * hour)
        return midnight + DAY_MS + QUIET_TO_HOUR * hour;
    return ms;
}

int64_t outbox_pause_ms(int64_t n)
{
    int64_t pause = 60 * 1000, most = 6 * 3600 * 1000;
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

enum err outbox_add(struct ctx *c, enum outbox_channel channel, const char *target,
                    const char *words)
{
    struct bytes sealed;
    TRY(field_seal(c, "outbox.target", target, &sealed));
    return db_run(c, &SQL_ADD,
                  IN(v_int(id_new(c)), v_text(channels[channel]), v_blob(sealed), v_text(words),
                     v_int(outbox_when(channel, c->now_ms))));
}

enum err outbox_due(struct ctx *c, struct outbox_row **out, size_t *n)
{
    struct outbox_row *all;
    size_t n_all;
    *n = 0;
    TRY(DB_ROWS(c, &SQL_DUE, IN(v_int(c->now_ms)), due_cols, OUTBOX_BATCH, &all, &n_all));
    *out = all;
    for (size_t i = 0; i < n_all; i++) /* it may have become night since */
        if (outbox_when(channel_named(all[i].channel), c->now_ms) <= c->now_ms)
            all[(*n)++] = all[i];
    return OK;
}

enum err outbox_result(struct ctx *c, const struct outbox_row *row, const char *error, bool final)
{
    int64_t tries = row->tries + 1;
    final = final || tries >= OUTBOX_TRIES_MAX;
    const char *state = !*error ? "sent" : final ? "failed" : "waiting";
    int64_t next = outbox_when(channel_named(row->channel), c->now_ms + outbox_pause_ms(tries));
    return db_run(c, &SQL_RESULT,
                  IN(v_int(row->id), v_text(state), v_int(tries),
                     v_int(str_eq(state, "waiting") ? next : c->now_ms), v_text(error)));
}

enum err outbox_again(struct ctx *c, int64_t id)
{
    return db_change_one(c, &SQL_AGAIN, IN(v_int(id), v_int(c->now_ms)));
}

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
