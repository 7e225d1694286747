/* SPDX-License-Identifier: Apache-2.0
 * post_model.c - appointments in the database; see post.h. */
#include "kernel/place/place.h"
#include "kernel/post/post.h"

#define POST_COLS "id, account, body, from_day, to_day, kind, place, decision"
static const struct sql SQL_LIST = {
    "SELECT " POST_COLS " FROM post WHERE (account = $1 OR account IN (SELECT from_account FROM "
    "delegation WHERE to_account = $1 AND from_day <= $2 AND to_day >= $2 AND ended_ms IS NULL)) "
    "AND from_day <= $2 AND (to_day IS NULL OR to_day >= $2) ORDER BY account <> $1, id",
    NULL
};
static const struct sql SQL_OWN = {
    "SELECT " POST_COLS " FROM post WHERE account = $1 AND (to_day IS NULL OR to_day >= $2)", NULL
};
static const struct sql SQL_ADD = {
    "INSERT INTO post (id, account, kind, place, body, from_day, to_day, decision) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    NULL
};
static const struct sql SQL_END = { "UPDATE post SET to_day = $2 WHERE id = $1", NULL };
static const struct sql SQL_HOLDERS = {
    "SELECT a.id, p.id, p.body, a.name, p.kind, p.place, a.phone FROM post p JOIN account a "
    "ON a.id = p.account WHERE p.place = $1 AND p.from_day <= $2 AND (p.to_day IS NULL OR "
    "p.to_day >= $2) AND a.closed_ms IS NULL ORDER BY p.id",
    NULL
};
static const struct col post_cols[] = {
    COL_INT(struct post, id),       COL_INT(struct post, account),   COL_INT(struct post, body),
    COL_INT(struct post, from_day), COL_INT(struct post, to_day),    COL_TEXT(struct post, kind),
    COL_TEXT(struct post, place),   COL_TEXT(struct post, decision),
};
static const struct col holder_cols[] = {
    COL_INT(struct post_holder, account),       COL_INT(struct post_holder, post),
    COL_INT(struct post_holder, body),          COL_TEXT(struct post_holder, name),
    COL_TEXT(struct post_holder, kind),         COL_TEXT(struct post_holder, place),
    COL_BLOB(struct post_holder, phone_sealed),
};

enum err post_list(struct ctx *c, int64_t account, int32_t day, struct post **out, size_t *n)
{
    return DB_ROWS(c, &SQL_LIST, IN(v_int(account), v_int(day)), post_cols, POSTS_MAX, out, n);
}

static bool clashes(enum post_kind_no kind, const struct post *p, bool lent)
{
    int other = post_kind_named(p->kind);
    CHECK(other >= 0);
    if (lent && !post_kind_lends(post_kind((enum post_kind_no)other)))
        return false;
    return post_kind(kind)->clashes & (1u << other);
}

enum err post_clash(struct ctx *c, int64_t account, enum post_kind_no kind, int32_t day,
                    const struct post **out)
{
    struct post *own, *now;
    size_t n, n_now;
    *out = NULL;
    TRY(DB_ROWS(c, &SQL_OWN, IN(v_int(account), v_int(day)), post_cols, POSTS_MAX, &own, &n));
    TRY(post_list(c, account, day, &now, &n_now));
    for (size_t i = 0; i < n && !*out; i++)
        if (clashes(kind, &own[i], false))
            *out = &own[i];
    for (size_t i = 0; i < n_now && !*out; i++)
        if (now[i].account != account && clashes(kind, &now[i], true))
            *out = &now[i];
    return OK;
}

enum err post_appoint(struct ctx *c, struct post *p)
{
    int kind = post_kind_named(p->kind);
    if (kind < 0)
        return fail_field(c, "kind", E_NOT_CHOICE);
    const struct post_kind *k = post_kind((enum post_kind_no)kind);
    if (!(k->levels & (1u << place_level_of(p->place))))
        return fail_field(c, "place", E_PLACE);
    if (k->needs_body && p->body == 0)
        return fail_field(c, "body", E_REQUIRED);
    const struct post *other;
    TRY(post_clash(c, p->account, (enum post_kind_no)kind, (int32_t)p->from_day, &other));
    if (other)
        return fail(c, E_POSTS_CLASH, "%s with %s", k->name, other->kind);
    p->id = id_new(c);
    return db_run(c, &SQL_ADD,
                  IN(v_int(p->id), v_int(p->account), v_text(p->kind), v_text(p->place),
                     v_int(p->body), v_int(p->from_day), p->to_day ? v_int(p->to_day) : v_null(),
                     v_text(p->decision)));
}

enum err post_end(struct ctx *c, int64_t id, int32_t day)
{
    return db_change_one(c, &SQL_END, IN(v_int(id), v_int(day - 1)));
}

enum err post_holders(struct ctx *c, const char *place, int32_t day, struct post_holder **out,
                      size_t *n)
{
    return DB_ROWS(c, &SQL_HOLDERS, IN(v_text(place), v_int(day)), holder_cols, POST_PEOPLE_MAX,
                   out, n);
}
