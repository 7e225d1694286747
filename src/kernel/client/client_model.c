/* SPDX-License-Identifier: Apache-2.0
 * client_model.c - see client.h. */
#include "core/day.h"
#include "kernel/client/hook.h"
#include "kernel/place/place.h"
#include "kernel/rule/rule.h"

#define CLIENT_COLS                                                                                \
    "id, body, caps, made_ms, made_by, until_ms, wrote_ms, stopped_ms, name, place, why"
#define CLIENT_ALL CLIENT_COLS ", hook_failed_ms, hook_url, hook_events, hook_error, hook_secret"
static const struct sql SQL_ADD = { "INSERT INTO client (" CLIENT_COLS ", token_hash) "
                                    "VALUES ($1, $2, $3, $4, $5, $6, 0, 0, $7, $8, $9, $10)",
                                    NULL };
static const struct sql SQL_RENEW = {
    "UPDATE client SET token_hash = $2, until_ms = $3, stopped_ms = 0 WHERE id = $1", NULL
};
static const struct sql SQL_STOP = {
    "UPDATE client SET stopped_ms = $2 WHERE id = $1 AND stopped_ms = 0", NULL
};
static const struct sql SQL_WROTE = { "UPDATE client SET wrote_ms = $2 WHERE id = $1", NULL };
static const struct sql SQL_LOAD = { "SELECT " CLIENT_ALL " FROM client WHERE id = $1", NULL };
static const struct sql SQL_LIST = {
    "SELECT " CLIENT_ALL " FROM client WHERE place >= $1 AND place < $2 ORDER BY name, id", NULL
};
static const struct sql SQL_TOKEN = {
    "SELECT " CLIENT_ALL " FROM client WHERE token_hash = $1 AND stopped_ms = 0 AND until_ms > $2",
    NULL
};
static const struct col client_cols[] = {
    COL_INT(struct client_row, id),          COL_INT(struct client_row, body),
    COL_INT(struct client_row, caps),        COL_INT(struct client_row, made_ms),
    COL_INT(struct client_row, made_by),     COL_INT(struct client_row, until_ms),
    COL_INT(struct client_row, wrote_ms),    COL_INT(struct client_row, stopped_ms),
    COL_TEXT(struct client_row, name),       COL_TEXT(struct client_row, place),
    COL_TEXT(struct client_row, why),        COL_INT(struct client_row, hook_failed_ms),
    COL_TEXT(struct client_row, hook_url),   COL_TEXT(struct client_row, hook_events),
    COL_TEXT(struct client_row, hook_error), COL_BLOB(struct client_row, hook_secret),
};

static void new_token(char token[CLIENT_TOKEN_LEN + 1], uint8_t hash[32])
{
    char rest[44];
    session_token(rest, hash);
    snprintf(token, CLIENT_TOKEN_LEN + 1, "%s%s", CLIENT_TOKEN_HEAD, rest);
    CHECK(session_token_hash(token, hash));
}

static enum err valid_until(struct ctx *c, const char *place, int64_t *until_ms)
{
    int64_t days;
    TRY(rule_int(c, "client.valid_days", place, day_of_ms(c->now_ms), &days));
    *until_ms = c->now_ms + days * DAY_MS;
    return OK;
}

static enum err check_scopes(struct ctx *c, int64_t caps)
{
    uint32_t allowed = 0;
    for (size_t i = 0; client_scopes[i] != CAP_COUNT; i++)
        allowed |= 1u << client_scopes[i];
    return caps && !((uint64_t)caps & ~(uint64_t)allowed) ? OK
                                                          : fail_field(c, "scope", E_NOT_CHOICE);
}

enum err client_add(struct ctx *c, struct client_row *k, char token[CLIENT_TOKEN_LEN + 1])
{
    uint8_t hash[32];
    TRY(check_scopes(c, k->caps));
    TRY(valid_until(c, k->place, &k->until_ms));
    new_token(token, hash);
    k->id = id_new(c);
    k->made_ms = c->now_ms;
    k->made_by = c->account_id;
    return db_run(c, &SQL_ADD,
                  IN(v_int(k->id), v_int(k->body), v_int(k->caps), v_int(k->made_ms),
                     v_int(k->made_by), v_int(k->until_ms), v_text(k->name), v_text(k->place),
                     v_text(k->why), v_blob((struct bytes){ hash, sizeof hash })));
}

enum err client_retoken(struct ctx *c, int64_t id, char token[CLIENT_TOKEN_LEN + 1])
{
    struct client_row k;
    uint8_t hash[32];
    TRY(client_load(c, id, &k));
    TRY(valid_until(c, k.place, &k.until_ms));
    new_token(token, hash);
    return db_change_one(
        c, &SQL_RENEW,
        IN(v_int(id), v_blob((struct bytes){ hash, sizeof hash }), v_int(k.until_ms)));
}

enum err client_stop(struct ctx *c, int64_t id)
{
    TRY(db_change_one(c, &SQL_STOP, IN(v_int(id), v_int(c->now_ms))));
    return hook_drop(c, id);
}

enum err client_load(struct ctx *c, int64_t id, struct client_row *out)
{
    return db_row(c, &SQL_LOAD, IN(v_int(id)), COLS(client_cols), out);
}

enum err client_list(struct ctx *c, const char *place, struct client_row **out, size_t *n)
{
    return DB_ROWS(c, &SQL_LIST, IN(v_text(place), v_text(arena_printf(c->arena, "%s:", place))),
                   client_cols, CLIENT_LIST_MAX, out, n);
}

enum err client_session(struct ctx *c, const uint8_t hash[32], struct session *out)
{
    struct client_row *k;
    size_t n;
    TRY(DB_ROWS(c, &SQL_TOKEN, IN(v_blob((struct bytes){ hash, 32 }), v_int(c->now_ms)),
                client_cols, 1, &k, &n));
    if (n == 0)
        return fail(c, E_SIGN_IN, "no client with this token");
    *out = (struct session){ .account = k->id,
                             .id = k->id,
                             .client = true,
                             .created_ms = k->made_ms,
                             .seen_ms = k->wrote_ms,
                             .n_rights = 1 };
    memcpy(out->token_hash, hash, 32);
    out->rights[0] = (struct right){ .caps = (uint32_t)k->caps, .body_id = k->body };
    snprintf(out->rights[0].place, sizeof out->rights[0].place, "%s", k->place);
    snprintf(out->home, sizeof out->home, "%s", k->place);
    snprintf(out->actor, sizeof out->actor, "程序 %s", k->name);
    snprintf(out->desk, sizeof out->desk, "%s · 程序", k->name);
    return OK;
}

enum err client_wrote(struct ctx *c, int64_t id)
{
    return db_change_one(c, &SQL_WROTE, IN(v_int(id), v_int(c->now_ms)));
}
