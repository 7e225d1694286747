/* SPDX-License-Identifier: Apache-2.0
 * post_follow.c - posts go with their body or their village: the old appointment ends on the day
 * before, and the same person is appointed anew, so that history says who sat where and when. */
#include "core/day.h"
#include "kernel/body/body.h"
#include "kernel/notice/notice.h"
#include "kernel/place/place.h"
#include "kernel/post/post.h"
#include "kernel/todo/todo.h"

#define OPEN "(to_day IS NULL OR to_day >= $2)"
static const struct sql SQL_OF_BODY_COUNT = { "SELECT count(*) FROM post WHERE body = $1 AND " OPEN,
                                              NULL };
static const struct sql SQL_OF_BODY = {
    "SELECT id, account, body, from_day, to_day, kind, place, decision FROM post "
    "WHERE body = $1 AND " OPEN " ORDER BY id",
    NULL
};
static const struct sql SQL_OF_PLACE_COUNT = {
    "SELECT count(*) FROM post WHERE place = $1 AND " OPEN, NULL
};
static const struct sql SQL_OF_PLACE = {
    "SELECT id, account, body, from_day, to_day, kind, place, decision FROM post "
    "WHERE place = $1 AND " OPEN " ORDER BY id",
    NULL
};
static const struct sql SQL_HAS = { "SELECT count(*) FROM post WHERE account = $1 AND " OPEN
                                    " AND kind = $3 AND place = $4 AND body = $5",
                                    NULL };
static const struct sql SQL_MOVE = { "UPDATE post SET body = $2, place = $3 WHERE id = $1", NULL };
static const struct sql SQL_AGAIN = {
    "INSERT INTO post (id, account, kind, place, body, from_day, to_day, decision) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    NULL
};
static const struct col post_cols[] = {
    COL_INT(struct post, id),       COL_INT(struct post, account),   COL_INT(struct post, body),
    COL_INT(struct post, from_day), COL_INT(struct post, to_day),    COL_TEXT(struct post, kind),
    COL_TEXT(struct post, place),   COL_TEXT(struct post, decision),
};

/* The post goes on at place and body from day on. One that has not begun yet is only moved. */
static enum err go_on(struct ctx *c, const struct post *p, const char *place, int64_t body,
                      int32_t day)
{
    if (p->from_day >= day)
        return db_change_one(c, &SQL_MOVE, IN(v_int(p->id), v_int(body), v_text(place)));
    TRY(post_end(c, p->id, day));
    return db_run(c, &SQL_AGAIN,
                  IN(v_int(id_new(c)), v_int(p->account), v_text(p->kind), v_text(place),
                     v_int(body), v_int(day), p->to_day ? v_int(p->to_day) : v_null(),
                     v_text(p->decision)));
}

/* Posts carry rights, and who keeps those did not move them: they are told. */
static enum err tell_security(struct ctx *c, const char *place, const char *from, const char *to,
                              size_t n)
{
    struct notice say = {
        .key = { place_county(place), 0 },
        .desk = desk_text(c, place_at(c, place, PLACE_COUNTY), CAP_NO_SECURITY_ADMIN, 0),
        .title = arena_printf(c->arena, "%s并入%s", from, to),
        .words = arena_printf(c->arena, "%zu 个岗位转到%s，请看有没有重的。", n, to),
        .link = "/admin/people"
    };
    return n && place_county(place) ? notice_add(c, &say) : OK;
}

/* Posts that an account holds go on at once, also when the day lies back: rights count from now. */
static enum err count_of_body(struct ctx *c, const struct body *b, int64_t *n)
{
    return db_one(c, &SQL_OF_BODY_COUNT, IN(v_int(b->id), v_int(day_of_ms(c->now_ms))),
                  OUT(s_int(n)));
}

static enum err move_of_body(struct ctx *c, const struct body *from, const struct body *to,
                             int32_t day)
{
    struct post *all;
    size_t n;
    (void)day;
    int32_t today = day_of_ms(c->now_ms);
    TRY(DB_ROWS(c, &SQL_OF_BODY, IN(v_int(from->id), v_int(today)), post_cols, POST_PEOPLE_MAX,
                &all, &n));
    for (size_t i = 0; i < n; i++)
        TRY(go_on(c, &all[i], all[i].place, to->id, today));
    return tell_security(c, to->place, from->name, to->name, n);
}
static struct body_follower posts = {
    .order = 10, .zh = "在任和将任的岗位", .count = count_of_body, .move = move_of_body
};
BODY_FOLLOWER(posts)

static enum err count_of_place(struct ctx *c, const char *place, int64_t *n)
{
    return db_one(c, &SQL_OF_PLACE_COUNT, IN(v_text(place), v_int(day_of_ms(c->now_ms))),
                  OUT(s_int(n)));
}

/* Whoever holds the same post in the other village already holds it once. */
static enum err move_of_place(struct ctx *c, const struct place_merge *m)
{
    struct post *all;
    size_t n;
    int32_t today = day_of_ms(c->now_ms);
    TRY(DB_ROWS(c, &SQL_OF_PLACE, IN(v_text(m->from.code), v_int(today)), post_cols,
                POST_PEOPLE_MAX, &all, &n));
    for (size_t i = 0; i < n; i++) {
        int64_t has;
        TRY(db_one(c, &SQL_HAS,
                   IN(v_int(all[i].account), v_int(today), v_text(all[i].kind),
                      v_text(m->into.code), v_int(all[i].body)),
                   OUT(s_int(&has))));
        if (has)
            TRY(post_end(c, all[i].id, today));
        else
            TRY(go_on(c, &all[i], m->into.code, all[i].body, today));
    }
    return tell_security(c, m->into.code, m->from.short_name, m->into.short_name, n);
}
static struct place_follower village_posts = { .order = 10,
                                               .zh = "在任和将任的岗位",
                                               .unit = "个",
                                               .count = count_of_place,
                                               .move = move_of_place };
PLACE_FOLLOWER(village_posts)
