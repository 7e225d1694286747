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
    "SELECT a.id, p.id, p.body, a.name, p.kind, p.place FROM post p JOIN account a "
    "ON a.id = p.account WHERE p.place = $1 AND p.from_day <= $2 AND (p.to_day IS NULL OR "
    "p.to_day >= $2) AND a.closed_ms IS NULL ORDER BY p.id",
    NULL
};
static const struct col post_cols[] = {
    COL_INT(struct post, id),       COL_INT(struct post, account),  COL_INT(struct post, body),
    COL_INT(struct post, from_day), COL_INT(struct post, to_day),   COL_TEXT(struct post, kind),
    COL_TEXT(struct post, place),   COL_TEXT(struct post, decision),
};
static const struct col holder_cols[] = {
    COL_INT(struct post_holder, account), COL_INT(struct post_holder, post),
    COL_INT(struct post_holder, body),    COL_TEXT(struct post_holder, name),
    COL_TEXT(struct post_holder, kind),   COL_TEXT(struct post_holder, place),
};

enum err post_list(struct ctx *c, int64_t account, int32_t day, struct post **out, size_t *n)
{
    return DB_ROWS(c, &SQL_LIST, IN(v_int(account), v_int(day)), post_cols, POSTS_MAX, out, n);
}

/* Whether the account's other posts allow a further one of this kind. */
static enum err check_clash(struct ctx *c, int64_t account, int kind, int32_t day)
{
    struct post *own;
    size_t n;
    TRY(DB_ROWS(c, &SQL_OWN, IN(v_int(account), v_int(day)), post_cols, POSTS_MAX, &own, &n));
    for (size_t i = 0; i < n; i++) {
        int other = post_kind_named(own[i].kind);
        CHECK(other >= 0);
        if (post_kind((enum post_kind_no)kind)->clashes & (1u << other))
            return fail(c, E_POSTS_CLASH, "%s with %s", post_kind((enum post_kind_no)kind)->name,
                        own[i].kind);
    }
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
    TRY(check_clash(c, p->account, kind, (int32_t)p->from_day));
    p->id = id_new(c);
    return db_run(c, &SQL_ADD,
                  IN(v_int(p->id), v_int(p->account), v_text(p->kind), v_text(p->place),
                     v_int(p->body), v_int(p->from_day),
                     p->to_day ? v_int(p->to_day) : v_null(), v_text(p->decision)));
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
