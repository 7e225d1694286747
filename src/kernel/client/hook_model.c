/* SPDX-License-Identifier: Apache-2.0
 * hook_model.c - messages to programs, one row a message; see hook.h. */
#include "core/day.h"
#include "crypto/random.h"
#include "crypto/signer.h"
#include "kernel/audit/audit.h"
#include "kernel/client/hook.h"
#include "kernel/notice/notice.h"
#include "kernel/notice/outbox.h"
#include "kernel/place/place.h"
#include "kernel/ticker/ticker.h"
#include "kernel/todo/todo.h"

enum { HEARERS_MAX = 500 };
static const struct sql SQL_HEARERS = {
    "SELECT id, hook_events FROM client WHERE hook_url <> '' AND stopped_ms = 0 AND "
    "until_ms > $1 AND substr(CAST($2 AS TEXT), 1, length(place)) = place",
    NULL
};
static const struct sql SQL_PUT = {
    "INSERT INTO hook_message (id, client, words, state, tries, next_ms, error) "
    "VALUES ($1, $2, $3, 'waiting', 0, $4, '')",
    NULL
};
static const struct sql SQL_SET = {
    "UPDATE client SET hook_url = $2, hook_events = $3, hook_next_ms = 0, hook_fails = 0, "
    "hook_failed_ms = 0, hook_error = '' WHERE id = $1 AND stopped_ms = 0",
    NULL
};
static const struct sql SQL_SECRET = { "UPDATE client SET hook_secret = $2 WHERE id = $1", NULL };
static const struct sql SQL_DROP = {
    "DELETE FROM hook_message WHERE client = $1 AND state = 'waiting'", NULL
};
static const struct sql SQL_DROP_DEAD = {
    "DELETE FROM hook_message WHERE state = 'waiting' AND client IN "
    "(SELECT id FROM client WHERE stopped_ms <> 0 OR until_ms <= $1 OR hook_url = '')",
    NULL
};
static const struct sql SQL_FORGET = {
    "DELETE FROM hook_message WHERE state <> 'waiting' AND next_ms < $1", NULL
};
static const struct sql SQL_COUNT = {
    "SELECT count(*) FROM hook_message WHERE client = $1 AND state = $2", NULL
};
static const struct sql SQL_DUE = {
    "SELECT o.id, o.tries, c.id, c.hook_fails, o.words, c.hook_url, c.hook_secret FROM client c "
    "JOIN hook_message o ON o.id = (SELECT min(p.id) FROM hook_message p WHERE p.client = c.id AND "
    "p.state = 'waiting' AND p.next_ms <= $1) "
    "WHERE c.hook_url <> '' AND c.stopped_ms = 0 AND c.until_ms > $1 AND c.hook_next_ms <= $1 "
    "ORDER BY c.hook_next_ms, o.id",
    NULL
};
static const struct sql SQL_ROW = {
    "UPDATE hook_message SET state = $2, tries = $3, next_ms = $4, error = $5 WHERE id = $1 AND "
    "state = 'waiting'",
    NULL
};
static const struct sql SQL_TOOK = {
    "UPDATE client SET hook_next_ms = $2, hook_fails = 0, hook_failed_ms = 0, hook_error = '' "
    "WHERE id = $1",
    NULL
};
static const struct sql SQL_FAILED = {
    "UPDATE client SET hook_next_ms = $2, hook_fails = hook_fails + 1, hook_error = $3 "
    "WHERE id = $1",
    NULL
};
static const struct sql SQL_GAVE_UP = {
    "UPDATE client SET hook_failed_ms = $2 WHERE id = $1 AND hook_failed_ms = 0", NULL
};
static const struct sql SQL_WHOSE = { "SELECT name, place FROM client WHERE id = $1", NULL };

struct hearer {
    int64_t id;
    const char *events;
};
static const struct col hearer_cols[] = { COL_INT(struct hearer, id),
                                          COL_TEXT(struct hearer, events) };
static const struct col row_cols[] = {
    COL_INT(struct hook_row, id),
    COL_INT(struct hook_row, tries),
    COL_INT(struct hook_row, client),
    COL_INT(struct hook_row, fails),
    COL_TEXT(struct hook_row, words),
    COL_TEXT(struct hook_row, url),
    COL_BLOB(struct hook_row, secret_sealed),
};

static const char *message(struct ctx *c, const struct hook_event *e)
{
    struct json *j = json_new(c->arena);
    json_object_begin(j, NULL);
    json_text(j, "type", e->type);
    json_ms(j, "timestamp", c->now_ms);
    json_object_begin(j, "data");
    json_key(j, "key", e->key);
    json_text(j, "number", e->number);
    json_text(j, "state", e->state);
    json_text(j, "item", e->item);
    json_text(j, "place", e->place);
    json_ms(j, "due", e->due_ms);
    json_object_end(j);
    json_object_end(j);
    struct bytes b = json_done(j);
    return arena_copy_n(c->arena, (const char *)b.ptr, b.len);
}

enum err hook_tell(struct ctx *c, const struct hook_event *e)
{
    struct hearer *all;
    size_t n;
    const char *words = NULL;
    TRY(DB_ROWS(c, &SQL_HEARERS, IN(v_int(c->now_ms), v_text(e->place)), hearer_cols, HEARERS_MAX,
                &all, &n));
    for (size_t i = 0; i < n; i++) {
        if (!hook_word_in(all[i].events, e->type))
            continue;
        words = words ? words : message(c, e);
        TRY(db_run(c, &SQL_PUT,
                   IN(v_int(id_new(c)), v_int(all[i].id), v_text(words), v_int(c->now_ms))));
    }
    return OK;
}

enum err hook_drop(struct ctx *c, int64_t client)
{
    return db_run(c, &SQL_DROP, IN(v_int(client)));
}

static enum err new_secret(struct ctx *c, int64_t client, const char **secret)
{
    uint8_t raw[HOOK_SECRET_BYTES];
    struct bytes sealed;
    random_bytes(raw, sizeof raw);
    *secret =
        arena_printf(c->arena, "whsec_%s", base64(c->arena, (struct bytes){ raw, sizeof raw }));
    TRY(field_seal(c, "client.hook_secret", *secret, &sealed));
    return db_change_one(c, &SQL_SECRET, IN(v_int(client), v_blob(sealed)));
}

enum err hook_set(struct ctx *c, const struct client_row *cl, const struct hook_want *want,
                  const char **secret)
{
    *secret = NULL;
    if (*want->url && !hook_url_ok(want->url, want->local))
        return fail_field(c, "url", E_HOOK_URL);
    if (*want->url && !*want->events)
        return fail_field(c, "event", E_REQUIRED);
    if (cl->stopped_ms)
        return fail(c, E_WRONG_STATE, "client is stopped");
    TRY(db_change_one(c, &SQL_SET, IN(v_int(cl->id), v_text(want->url), v_text(want->events))));
    if (!*want->url)
        TRY(hook_drop(c, cl->id));
    else if (want->fresh || !cl->hook_secret.len)
        TRY(new_secret(c, cl->id, secret));
    return audit_add(
        c, "security", cl->place, "client.hook", arena_printf(c->arena, "%" PRId64, cl->id),
        arena_printf(c->arena, "%s：%s %s", cl->name, str_or(want->url, "不再推送"), want->events),
        OK);
}

enum err hook_count(struct ctx *c, int64_t client, struct hook_counts *out)
{
    TRY(db_one(c, &SQL_COUNT, IN(v_int(client), v_text("waiting")), OUT(s_int(&out->waiting))));
    return db_one(c, &SQL_COUNT, IN(v_int(client), v_text("failed")), OUT(s_int(&out->failed)));
}

enum err hook_due(struct ctx *c, struct hook_row **out, size_t *n)
{
    return DB_ROWS(c, &SQL_DUE, IN(v_int(c->now_ms)), row_cols, HOOK_BATCH, out, n);
}

static enum err gave_up(struct ctx *c, int64_t client)
{
    int64_t first;
    const char *name, *place;
    TRY(db_change(c, &SQL_GAVE_UP, IN(v_int(client), v_int(c->now_ms)), &first));
    if (!first)
        return OK;
    TRY(db_one(c, &SQL_WHOSE, IN(v_int(client)), OUT(s_text(&name), s_text(&place))));
    struct notice n = {
        .key = { place_county(place), 0 },
        .desk = desk_text(c, place_at(c, place, PLACE_COUNTY), CAP_NO_SECURITY_ADMIN, 0),
        .title = "接口推送没送到",
        .words = arena_printf(c->arena, "程序“%s”的推送地址一直收不下，请联系对方。", name),
        .link = arena_printf(c->arena, "/admin/clients/%" PRId64, client),
    };
    return notice_add(c, &n);
}

enum err hook_result(struct ctx *c, const struct hook_row *row, const char *error, bool slow)
{
    int64_t tries = row->tries + 1;
    if (!*error) {
        TRY(db_run(c, &SQL_ROW,
                   IN(v_int(row->id), v_text("sent"), v_int(tries), v_int(c->now_ms), v_text(""))));
        return db_run(c, &SQL_TOOK,
                      IN(v_int(row->client), v_int(slow ? c->now_ms + HOOK_REST_MS : c->now_ms)));
    }
    bool final = tries >= HOOK_TRIES_MAX;
    TRY(db_run(c, &SQL_ROW,
               IN(v_int(row->id), v_text(final ? "failed" : "waiting"), v_int(tries),
                  v_int(final ? c->now_ms : c->now_ms + outbox_pause_ms(tries)), v_text(error))));
    TRY(db_run(
        c, &SQL_FAILED,
        IN(v_int(row->client), v_int(c->now_ms + outbox_pause_ms(row->fails + 1)), v_text(error))));
    return final ? gave_up(c, row->client) : OK;
}

static enum err tidy(struct ctx *c, void *unused)
{
    (void)unused;
    TRY(db_run(c, &SQL_DROP_DEAD, IN(v_int(c->now_ms))));
    return db_run(c, &SQL_FORGET, IN(v_int(c->now_ms - (int64_t)HOOK_KEEP_DAYS * DAY_MS)));
}
static struct tick_job hook_tidy = { .name = "到期的接口推送", .seconds = 60, .run = tidy };
TICK(hook_tidy)
