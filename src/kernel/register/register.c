/* SPDX-License-Identifier: Apache-2.0
 * register.c - see register.h. */
#include "kernel/register/register.h"
#include "kernel/flow/flow.h"

static const struct sql SQL_ADD = {
    "INSERT INTO register_change (county, kind, subject, id, what, before, sealed, after, "
    "decision, account, actor, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    NULL
};
static const struct sql SQL_LIST = {
    "SELECT what, before, sealed, after, decision, actor, at_ms FROM register_change "
    "WHERE county = $1 AND kind = $2 AND subject = $3 ORDER BY id DESC",
    NULL
};
static const struct col change_cols[] = {
    COL_TEXT(struct register_change, what),     COL_TEXT(struct register_change, before),
    COL_BLOB(struct register_change, sealed),   COL_TEXT(struct register_change, after),
    COL_TEXT(struct register_change, decision), COL_TEXT(struct register_change, actor),
    COL_INT(struct register_change, at_ms),
};

const char *register_subject(struct ctx *c, int64_t id)
{
    return arena_printf(c->arena, "%" PRId64, id);
}

enum err register_note(struct ctx *c, int64_t county, const char *kind, const char *subject,
                       const struct register_change *ch)
{
    return db_run(c, &SQL_ADD,
                  IN(v_int(county), v_text(kind), v_text(subject), v_int(id_new(c)),
                     v_text(ch->what), v_text(str_or(ch->before, "")),
                     ch->sealed.len ? v_blob(ch->sealed) : v_null(), v_text(str_or(ch->after, "")),
                     v_text(str_or(ch->decision, "")), v_int(c->account_id), v_text(flow_actor(c)),
                     v_int(c->now_ms)));
}

enum err register_list(struct ctx *c, int64_t county, const char *kind, const char *subject,
                       struct register_change **out, size_t *n)
{
    return DB_ROWS(c, &SQL_LIST, IN(v_int(county), v_text(kind), v_text(subject)), change_cols,
                   REGISTER_SHOWN_MAX, out, n);
}
