/* SPDX-License-Identifier: Apache-2.0
 * people_model.c - accounts with their posts, for the security administrator; see admin.h. */
#include "core/day.h"
#include "kernel/admin/admin.h"

static const struct sql SQL_LINE = {
    "SELECT id, locked_ms, closed_ms, name, totp IS NOT NULL FROM account WHERE id = $1",
    "SELECT id, locked_ms, closed_ms, name, (totp IS NOT NULL)::int::bigint FROM account "
    "WHERE id = $1"
};
static const struct sql SQL_POSTS = {
    "SELECT id, account, body, from_day, to_day, kind, place, decision FROM post "
    "WHERE account = $1 AND (to_day IS NULL OR to_day >= $2) ORDER BY from_day, id",
    NULL
};
static const struct col line_cols[] = {
    COL_INT(struct account_line, id),        COL_INT(struct account_line, locked_ms),
    COL_INT(struct account_line, closed_ms), COL_TEXT(struct account_line, name),
    COL_BOOL(struct account_line, has_totp),
};
static const struct col post_cols[] = {
    COL_INT(struct post, id),       COL_INT(struct post, account),   COL_INT(struct post, body),
    COL_INT(struct post, from_day), COL_INT(struct post, to_day),    COL_TEXT(struct post, kind),
    COL_TEXT(struct post, place),   COL_TEXT(struct post, decision),
};

const char *post_kind_zh(const char *kind)
{
    int no = post_kind_named(kind);
    return no < 0 ? kind : post_kind((enum post_kind_no)no)->zh;
}

bool post_kind_at(const struct post_kind *k, const char *place)
{
    return k->levels & (1u << place_level_of(place));
}

enum err staff_load(struct ctx *c, int64_t id, int32_t day, struct staff *out)
{
    struct post *posts;
    struct session_row *sessions;
    *out = (struct staff){ .mine = id != c->account_id };
    TRY(db_row(c, &SQL_LINE, IN(v_int(id)), COLS(line_cols), &out->a));
    TRY(DB_ROWS(c, &SQL_POSTS, IN(v_int(id), v_int(day)), post_cols, POSTS_MAX, &posts,
                &out->n_posts));
    TRY(session_list(c, id, &sessions, &out->n_sessions));
    out->posts = posts;
    out->sessions = sessions;
    for (size_t i = 0; i < out->n_posts; i++)
        out->mine = out->mine && ctx_may(c, CAP_SECURITY_ADMIN, posts[i].place);
    return OK;
}

static enum err posts_text(struct ctx *c, int64_t account, int32_t day, const char **out)
{
    struct post *posts;
    size_t n;
    TRY(DB_ROWS(c, &SQL_POSTS, IN(v_int(account), v_int(day)), post_cols, POSTS_MAX, &posts, &n));
    *out = n ? "" : "没有岗位";
    for (size_t i = 0; i < n; i++)
        *out = arena_printf(c->arena, "%s%s%s%s", *out, i ? "、" : "",
                            place_short_name(c, posts[i].place), post_kind_zh(posts[i].kind));
    return OK;
}

enum err people_find(struct ctx *c, const char *q, int32_t day, struct people *out)
{
    struct account_line *lines;
    TRY(account_list(c, q, &lines, &out->n));
    struct people_line *all = ARENA_ARRAY(c->arena, struct people_line, out->n + 1);
    for (size_t i = 0; i < out->n; i++) {
        all[i].a = lines[i];
        TRY(posts_text(c, lines[i].id, day, &all[i].posts));
    }
    out->q = q;
    out->lines = all;
    return OK;
}
