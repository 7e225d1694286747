/* SPDX-License-Identifier: Apache-2.0
 * session_model.c - sessions: only the hash of a token is stored; see account.h. */
#include "core/day.h"
#include "kernel/account/account.h"
#include "kernel/client/client.h"
#include "kernel/person/person.h"
#include "kernel/place/place.h"
#include "kernel/post/post.h"
#include "kernel/rule/rule.h"

static const struct sql SQL_ADD = {
    "INSERT INTO session (token_hash, id, account, csrf, device, created_ms, seen_ms, second_ms) "
    "VALUES ($1, $2, $3, $4, $5, $6, $6, $7)",
    NULL
};
static const struct sql SQL_LOAD = {
    "SELECT s.id, s.account, s.csrf, s.created_ms, s.seen_ms, s.second_ms, a.name, a.county, "
    "a.person FROM session s JOIN account a ON a.id = s.account WHERE s.token_hash = $1 AND "
    "a.closed_ms IS NULL",
    NULL
};
static const struct sql SQL_SEEN = { "UPDATE session SET seen_ms = $2 WHERE token_hash = $1",
                                     NULL };
static const struct sql SQL_SECOND = {
    "UPDATE session SET second_ms = $3 WHERE id = $1 AND account = $2", NULL
};
static const struct sql SQL_LIST = {
    "SELECT id, created_ms, seen_ms, device FROM session WHERE account = $1 ORDER BY id DESC", NULL
};
static const struct sql SQL_END = {
    "DELETE FROM session WHERE account = $1 AND ($2 = 0 OR id = $2)", NULL
};
static const struct col row_cols[] = {
    COL_INT(struct session_row, id),
    COL_INT(struct session_row, created_ms),
    COL_INT(struct session_row, seen_ms),
    COL_TEXT(struct session_row, device),
};

enum err session_start(struct ctx *c, int64_t account, const char *device, bool second,
                       char token[44])
{
    uint8_t hash[32], unused[32];
    char csrf[44];
    session_token(token, hash);
    session_token(csrf, unused);
    return db_run(c, &SQL_ADD,
                  IN(v_blob((struct bytes){ hash, sizeof hash }), v_int(id_new(c)), v_int(account),
                     v_text(csrf), v_text(device), v_int(c->now_ms),
                     v_int(second ? c->now_ms : 0)));
}

static enum err load_rights(struct ctx *c, struct session *s)
{
    struct post *posts;
    size_t n;
    TRY(post_list(c, s->account, day_of_ms(c->now_ms), &posts, &n));
    s->n_rights = 0;
    for (size_t i = 0; i < n && s->n_rights < SESSION_RIGHTS_MAX; i++) {
        int no = post_kind_named(posts[i].kind);
        const struct post_kind *k = no < 0 ? NULL : post_kind((enum post_kind_no)no);
        if (!k || (posts[i].account != s->account && !post_kind_lends(k)))
            continue;
        struct right *r = &s->rights[s->n_rights++];
        *r = (struct right){ .caps = k->caps, .post_id = posts[i].id, .body_id = posts[i].body };
        snprintf(r->place, sizeof r->place, "%s", posts[i].place);
        if (s->n_rights > 1)
            continue;
        snprintf(s->actor, sizeof s->actor, "%s%s", place_short_name(c, r->place), k->zh);
        snprintf(s->desk, sizeof s->desk, "%s · %s", place_short_name(c, r->place), k->zh);
        snprintf(s->home, sizeof s->home, "%s", r->place);
    }
    return OK;
}

static enum err check_age(struct ctx *c, const struct session *s)
{
    int64_t idle, hours;
    int32_t day = day_of_ms(c->now_ms);
    TRY(rule_int(c, "account.idle_minutes_staff", s->home, day, &idle));
    TRY(rule_int(c, "account.session_hours", s->home, day, &hours));
    bool old = c->now_ms - s->created_ms > hours * 3600000 ||
               c->now_ms - s->seen_ms > idle * 60000 + SESSION_SEEN_MS;
    return old ? fail(c, E_SIGN_IN, "session ended") : OK;
}

enum err session_load(struct ctx *c, const uint8_t hash[32], struct session *out)
{
    bool found;
    const char *csrf = "", *name = "";
    *out = (struct session){ 0 };
    memcpy(out->token_hash, hash, 32);
    TRY(db_find(c, &SQL_LOAD, IN(v_blob((struct bytes){ hash, 32 })),
                OUT(s_int(&out->id), s_int(&out->account), s_text(&csrf), s_int(&out->created_ms),
                    s_int(&out->seen_ms), s_int(&out->second_ms), s_text(&name),
                    s_int(&out->person.county), s_int(&out->person.id)),
                &found));
    if (!found)
        return client_session(c, hash, out);
    snprintf(out->csrf, sizeof out->csrf, "%s", csrf);
    snprintf(out->actor, sizeof out->actor, "%s", "工作人员");
    snprintf(out->desk, sizeof out->desk, "%s", name);
    TRY(load_rights(c, out));
    size_t n = strlen(out->actor);
    snprintf(out->actor + n, sizeof out->actor - n, " %s", name);
    return check_age(c, out);
}

enum err session_seen(struct ctx *c, const struct session *s)
{
    if (s->client)
        return client_wrote(c, s->id);
    return db_run(c, &SQL_SEEN, IN(v_blob((struct bytes){ s->token_hash, 32 }), v_int(c->now_ms)));
}

enum err session_second(struct ctx *c, int64_t id, int64_t account)
{
    return db_change_one(c, &SQL_SECOND, IN(v_int(id), v_int(account), v_int(c->now_ms)));
}

enum err session_list(struct ctx *c, int64_t account, struct session_row **out, size_t *n)
{
    return DB_ROWS(c, &SQL_LIST, IN(v_int(account)), row_cols, ACCOUNT_SESSIONS_MAX, out, n);
}

enum err session_end(struct ctx *c, int64_t account, int64_t id)
{
    return db_run(c, &SQL_END, IN(v_int(account), v_int(id)));
}

const char *session_device(const char *ua)
{
    static const struct {
        const char *mark, *name;
    } known[] = { { "MicroMessenger", "微信" }, { "Edg", "Edge" },      { "Firefox", "Firefox" },
                  { "Chrome", "Chrome" },       { "Safari", "Safari" }, { "curl", "curl" } };
    for (size_t i = 0; ua && i < COUNT(known); i++)
        if (strstr(ua, known[i].mark))
            return strstr(ua, "Android") || strstr(ua, "iPhone") || strstr(ua, "Mobile")
                       ? (str_eq(known[i].name, "微信") ? "手机微信" : "手机浏览器")
                       : known[i].name;
    return "其他设备";
}
