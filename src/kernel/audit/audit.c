/* SPDX-License-Identifier: Apache-2.0
 * audit.c - see audit.h. A link is SHA-256 over the link before and every field of the rows since,
 * each with its length in front. */
#include "kernel/audit/audit.h"
#include "crypto/random.h"
#include "kernel/flow/flow.h"

static const struct sql SQL_ADD = {
    "INSERT INTO audit (id, at_ms, kind, account, place, what, subject, words, result) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    NULL
};
static const struct sql SQL_LOOK = {
    "INSERT INTO look (county, person, id, account, actor, reason, at_ms) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7)",
    NULL
};
static const struct sql SQL_LIST = {
    "SELECT id, at_ms, account, kind, place, what, subject, words, result FROM audit "
    "WHERE kind = $1 AND id < $2 AND what >= $3 AND what < $4 ORDER BY id DESC",
    NULL
};
static const struct sql SQL_FIND = {
    "SELECT u.id, u.at_ms, u.account, u.kind, u.place, u.what, u.subject, u.words, u.result, "
    "COALESCE(a.name, k.name) FROM audit u LEFT JOIN account a ON a.id = u.account "
    "LEFT JOIN client k ON k.id = u.account "
    "WHERE u.id < $1 AND ($2 = '' OR u.kind = $2) AND u.what >= $3 AND u.what < $4 "
    "AND u.at_ms >= $5 AND u.at_ms < $6 AND ($7 = 0 OR u.result <> 'OK') "
    "AND ($8 = '' OR (a.name >= $8 AND a.name < $9)) ORDER BY u.id DESC",
    NULL
};
static const struct sql SQL_LOOKS_ALL = {
    "SELECT id, at_ms, account, county, person, actor, reason FROM look "
    "WHERE id < $1 AND ($2 = '' OR actor LIKE $3) ORDER BY id DESC",
    NULL
};
static const struct sql SQL_LAST = {
    "SELECT seq, last_id, hash FROM audit_chain ORDER BY seq DESC LIMIT 1", NULL
};
static const struct sql SQL_SINCE = {
    "SELECT id, at_ms, account, kind, place, what, subject, words, result FROM audit "
    "WHERE id > $1 AND id <= $2 ORDER BY id",
    NULL
};
static const struct sql SQL_LINK = {
    "INSERT INTO audit_chain (seq, last_id, count, hash) VALUES ($1, $2, $3, $4)", NULL
};
static const struct sql SQL_LINKS = {
    "SELECT seq, last_id, count, hash FROM audit_chain WHERE seq > $1 ORDER BY seq", NULL
};
static const struct sql SQL_LOOKS = {
    "SELECT id, at_ms, account, actor, reason FROM look WHERE county = $1 AND (person = $2 OR "
    "person IN (SELECT p.id FROM person p WHERE p.county = $1 AND p.merged_into = $2)) "
    "ORDER BY id DESC",
    NULL
};
static const struct col audit_cols[] = {
    COL_INT(struct audit_row, id),       COL_INT(struct audit_row, at_ms),
    COL_INT(struct audit_row, account),  COL_TEXT(struct audit_row, kind),
    COL_TEXT(struct audit_row, place),   COL_TEXT(struct audit_row, what),
    COL_TEXT(struct audit_row, subject), COL_TEXT(struct audit_row, words),
    COL_TEXT(struct audit_row, result),
};
static const struct col look_cols[] = {
    COL_INT(struct look_row, id),      COL_INT(struct look_row, at_ms),
    COL_INT(struct look_row, account), COL_TEXT(struct look_row, actor),
    COL_TEXT(struct look_row, reason),
};

static const struct col find_cols[] = {
    COL_INT(struct audit_line, row.id),       COL_INT(struct audit_line, row.at_ms),
    COL_INT(struct audit_line, row.account),  COL_TEXT(struct audit_line, row.kind),
    COL_TEXT(struct audit_line, row.place),   COL_TEXT(struct audit_line, row.what),
    COL_TEXT(struct audit_line, row.subject), COL_TEXT(struct audit_line, row.words),
    COL_TEXT(struct audit_line, row.result),  COL_TEXT(struct audit_line, name),
};
static const struct col look_line_cols[] = {
    COL_INT(struct look_line, id),      COL_INT(struct look_line, at_ms),
    COL_INT(struct look_line, account), COL_INT(struct look_line, county),
    COL_INT(struct look_line, person),  COL_TEXT(struct look_line, actor),
    COL_TEXT(struct look_line, reason),
};

enum err audit_add(struct ctx *c, const char *kind, const char *place, const char *what,
                   const char *subject, const char *words, enum err result)
{
    return db_run(c, &SQL_ADD,
                  IN(v_int(id_new(c)), v_int(c->now_ms), v_text(kind), v_int(c->account_id),
                     v_text(place), v_text(what), v_text(subject), v_text(words),
                     v_text(err_name(result))));
}

enum err audit_request(struct ctx *c, struct req *r, enum err e)
{
    bool security = e != OK || str_starts(r->route->path, "/sign-") ||
                    str_starts(r->route->path, "/account") || str_starts(r->route->path, "/admin");
    const char *place = r->session ? r->session->home : "";
    const char *subject = r->key.county ? key_text(c, r->key) : r->word;
    return audit_add(c, security ? "security" : "business", place,
                     arena_printf(c->arena, "%s%s", r->api ? "/api/v1" : "", r->route->path),
                     subject, r->route->zh, e);
}

enum err audit_looks(struct ctx *c, struct req *r)
{
    for (const struct look_note *l = r->looks; l; l = l->next)
        TRY(db_run(c, &SQL_LOOK,
                   IN(v_int(l->person.county), v_int(l->person.id), v_int(id_new(c)),
                      v_int(c->account_id), v_text(flow_actor(c)), v_text(l->reason),
                      v_int(c->now_ms))));
    return OK;
}

/* The text after every text that begins with s. */
static const char *after_all(struct ctx *c, const char *s)
{
    return arena_printf(c->arena, "%s\xf4\x8f\xbf\xbf", s);
}

enum err audit_list(struct ctx *c, const char *kind, const char *what, int64_t before,
                    struct audit_row **out, size_t *n)
{
    return DB_ROWS(c, &SQL_LIST,
                   IN(v_text(kind), v_int(before ? before : INT64_MAX), v_text(what),
                      v_text(after_all(c, what))),
                   audit_cols, AUDIT_PAGE, out, n);
}

enum err audit_find(struct ctx *c, const struct audit_query *q, size_t max, struct audit_line **out,
                    size_t *n)
{
    return DB_ROWS(c, &SQL_FIND,
                   IN(v_int(q->before ? q->before : INT64_MAX), v_text(q->kind), v_text(q->what),
                      v_text(after_all(c, q->what)), v_int(q->from_ms),
                      v_int(q->to_ms ? q->to_ms : INT64_MAX), v_int(q->refused), v_text(q->who),
                      v_text(after_all(c, q->who))),
                   find_cols, max, out, n);
}

enum err look_find(struct ctx *c, const char *who, int64_t before, struct look_line **out,
                   size_t *n)
{
    char *like = arena_printf(c->arena, "%%%s%%", who);
    for (char *p = like + 1; *p && p[1]; p++)
        if (*p == '%' || *p == '_' || *p == '\\')
            *p = ' ';
    return DB_ROWS(c, &SQL_LOOKS_ALL,
                   IN(v_int(before ? before : INT64_MAX), v_text(who), v_text(like)),
                   look_line_cols, AUDIT_PAGE, out, n);
}

/* ---- the chain ---- */
static void absorb(uint8_t link[AUDIT_HASH], const void *piece, size_t n)
{
    uint8_t both[2 * AUDIT_HASH];
    memcpy(both, link, AUDIT_HASH);
    sha256((struct bytes){ piece, n }, both + AUDIT_HASH);
    sha256((struct bytes){ both, sizeof both }, link);
}

static void absorb_row(struct ctx *c, uint8_t link[AUDIT_HASH], const struct audit_row *r)
{
    const char *parts[] = { r->kind, r->place, r->what, r->subject, r->words, r->result };
    const char *text =
        arena_printf(c->arena, "%" PRId64 " %" PRId64 " %" PRId64, r->id, r->at_ms, r->account);
    absorb(link, text, strlen(text));
    for (size_t i = 0; i < COUNT(parts); i++)
        absorb(link, parts[i], strlen(parts[i]));
}

enum err audit_seal(struct ctx *c, void *unused)
{
    (void)unused;
    bool found;
    int64_t seq = 0, last_id = 0;
    struct bytes hash = { 0 };
    struct audit_row *rows;
    size_t n;
    uint8_t link[AUDIT_HASH] = { 0 };
    TRY(db_find(c, &SQL_LAST, IN_NONE, OUT(s_int(&seq), s_int(&last_id), s_blob(&hash)), &found));
    if (hash.len == AUDIT_HASH)
        memcpy(link, hash.ptr, AUDIT_HASH);
    TRY(DB_ROWS(c, &SQL_SINCE, IN(v_int(last_id), v_int(INT64_MAX)), audit_cols, AUDIT_GROUP_MAX,
                &rows, &n));
    if (n == 0)
        return OK;
    for (size_t i = 0; i < n; i++)
        absorb_row(c, link, &rows[i]);
    return db_run(c, &SQL_LINK,
                  IN(v_int(seq + 1), v_int(rows[n - 1].id), v_int((int64_t)n),
                     v_blob((struct bytes){ link, AUDIT_HASH })));
}

struct link {
    int64_t seq, last_id, count;
    struct bytes hash;
};
static const struct col link_cols[] = { COL_INT(struct link, seq), COL_INT(struct link, last_id),
                                        COL_INT(struct link, count), COL_BLOB(struct link, hash) };

static enum err verify_link(struct ctx *c, const struct link *l, int64_t *last_id,
                            uint8_t link[AUDIT_HASH])
{
    struct audit_row *rows;
    size_t n;
    TRY(DB_ROWS(c, &SQL_SINCE, IN(v_int(*last_id), v_int(l->last_id)), audit_cols,
                AUDIT_GROUP_MAX + 1, &rows, &n));
    for (size_t i = 0; i < n; i++)
        absorb_row(c, link, &rows[i]);
    if ((int64_t)n != l->count || l->hash.len != AUDIT_HASH ||
        memcmp(l->hash.ptr, link, AUDIT_HASH) != 0)
        return fail(c, E_FORMAT, "audit chain broken at link %" PRId64, l->seq);
    *last_id = l->last_id;
    return OK;
}

enum err audit_verify(struct ctx *c, int64_t *links, int64_t *rows)
{
    uint8_t link[AUDIT_HASH] = { 0 };
    int64_t last_id = 0, seq = 0;
    *links = *rows = 0;
    for (;;) {
        struct ctx own = *c;
        own.arena = arena_new(ARENA_LIMIT);
        struct link *some;
        size_t n;
        enum err e = DB_ROWS(&own, &SQL_LINKS, IN(v_int(seq)), link_cols, 4, &some, &n);
        for (size_t i = 0; i < n && !e; i++) {
            e = verify_link(&own, &some[i], &last_id, link);
            seq = some[i].seq;
            ++*links;
            *rows += some[i].count;
        }
        arena_free(own.arena);
        if (e)
            return fail(c, e, "%s", own.why);
        if (n == 0)
            return OK;
    }
}

enum err look_list(struct ctx *c, struct key person, struct look_row **out, size_t *n)
{
    return DB_ROWS(c, &SQL_LOOKS, IN(v_int(person.county), v_int(person.id)), look_cols, 100, out,
                   n);
}
