/* SPDX-License-Identifier: Apache-2.0
 * delegation.c - see delegation.h. */
#include "kernel/post/delegation.h"
#include "core/day.h"
#include "kernel/post/post.h"

#define DELEGATION_FROM                                                                            \
    "SELECT d.id, d.from_account, d.to_account, d.from_day, d.to_day, a.name, b.name, d.reason "   \
    "FROM delegation d JOIN account a ON a.id = d.from_account "                                   \
    "JOIN account b ON b.id = d.to_account WHERE d.ended_ms IS NULL "
static const struct sql SQL_LIST = { DELEGATION_FROM "AND d.to_day >= $1 ORDER BY d.from_day, d.id",
                                     NULL };
static const struct sql SQL_LOAD = { DELEGATION_FROM "AND d.id = $1", NULL };
static const struct sql SQL_ADD = {
    "INSERT INTO delegation (id, from_account, to_account, from_day, to_day, reason) "
    "VALUES ($1, $2, $3, $4, $5, $6)",
    NULL
};
static const struct sql SQL_END = {
    "UPDATE delegation SET ended_ms = $2 WHERE id = $1 AND ended_ms IS NULL", NULL
};
static const struct col delegation_cols[] = {
    COL_INT(struct delegation, id),       COL_INT(struct delegation, from),
    COL_INT(struct delegation, to),       COL_INT(struct delegation, from_day),
    COL_INT(struct delegation, to_day),   COL_TEXT(struct delegation, from_name),
    COL_TEXT(struct delegation, to_name), COL_TEXT(struct delegation, reason),
};

static const struct post_kind *kind_of(const struct post *p)
{
    int no = post_kind_named(p->kind);
    return no < 0 ? NULL : post_kind((enum post_kind_no)no);
}

/* Every lent post against every post the borrower holds then. */
static enum err check_posts(struct ctx *c, const struct delegation *d)
{
    struct post *lent, *own;
    size_t n_lent, n_own, may = 0;
    TRY(post_list(c, d->from, (int32_t)d->from_day, &lent, &n_lent));
    TRY(post_list(c, d->to, (int32_t)d->from_day, &own, &n_own));
    for (size_t i = 0; i < n_lent; i++) {
        const struct post_kind *k = kind_of(&lent[i]);
        if (lent[i].account != d->from || !k || !post_kind_lends(k))
            continue;
        may++;
        for (size_t j = 0; j < n_own; j++) {
            int other = post_kind_named(own[j].kind);
            if (other >= 0 && (k->clashes & (1u << other)))
                return fail_field(c, "to", E_POSTS_CLASH);
        }
    }
    return may ? OK : fail_field(c, "from", E_FORBIDDEN);
}

enum err delegation_add(struct ctx *c, struct delegation *d)
{
    if (d->from == d->to)
        return fail_field(c, "to", E_SAME_PERSON);
    if (d->to_day < d->from_day || d->to_day < day_of_ms(c->now_ms) ||
        d->to_day - d->from_day >= DELEGATION_DAYS_MAX)
        return fail_field(c, "to_day", E_OUT_OF_RANGE);
    TRY(check_posts(c, d));
    d->id = id_new(c);
    return db_run(c, &SQL_ADD,
                  IN(v_int(d->id), v_int(d->from), v_int(d->to), v_int(d->from_day),
                     v_int(d->to_day), v_text(d->reason)));
}

enum err delegation_list(struct ctx *c, int32_t day, struct delegation **out, size_t *n)
{
    return DB_ROWS(c, &SQL_LIST, IN(v_int(day)), delegation_cols, DELEGATIONS_MAX, out, n);
}

enum err delegation_load(struct ctx *c, int64_t id, struct delegation *out)
{
    return db_row(c, &SQL_LOAD, IN(v_int(id)), COLS(delegation_cols), out);
}

enum err delegation_end(struct ctx *c, int64_t id)
{
    return db_change_one(c, &SQL_END, IN(v_int(id), v_int(c->now_ms)));
}
