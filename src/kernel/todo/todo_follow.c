/* SPDX-License-Identifier: Apache-2.0
 * todo_follow.c - to-dos go to the desk of whoever takes over. A desk is place/capability/body. */
#include "kernel/body/body.h"
#include "kernel/place/place.h"
#include "kernel/todo/todo.h"

static const struct sql SQL_COUNT = { "SELECT count(*) FROM todo WHERE desk = $1", NULL };
static const struct sql SQL_MOVE = { "UPDATE todo SET desk = $2 WHERE desk = $1", NULL };

/* $1: the place; a desk of it begins with its code and a slash, and "0" comes after "/". */
static const struct sql SQL_AT_COUNT = {
    "SELECT count(*) FROM todo WHERE desk >= $1 || '/' AND desk < $1 || '0'", NULL
};
static const struct sql SQL_AT_MOVE = {
    "UPDATE todo SET desk = $2 || substr(desk, length($1) + 1) "
    "WHERE desk >= $1 || '/' AND desk < $1 || '0'",
    "UPDATE todo SET desk = $2::text || substr(desk, length($1::text) + 1) "
    "WHERE desk >= $1 || '/' AND desk < $1 || '0'"
};
static const struct sql SQL_PLACE = { "UPDATE todo SET place = $2 WHERE place = $1", NULL };

/* Each desk a body can have, one per kind of work. */
enum err desk_count_of(struct ctx *c, const struct sql *count, const struct body *b, int64_t *n)
{
    *n = 0;
    for (int cap = CAP_NO_MEMBER + 1; cap < CAP_COUNT; cap++) {
        int64_t more;
        TRY(db_one(c, count, IN(v_text(desk_text(c, b->place, (enum cap_no)cap, b->id))),
                   OUT(s_int(&more))));
        *n += more;
    }
    return OK;
}

enum err desk_move_of(struct ctx *c, const struct sql *move, const struct body *from,
                      const struct body *to)
{
    for (int cap = CAP_NO_MEMBER + 1; cap < CAP_COUNT; cap++)
        TRY(db_run(c, move,
                   IN(v_text(desk_text(c, from->place, (enum cap_no)cap, from->id)),
                      v_text(desk_text(c, to->place, (enum cap_no)cap, to->id)))));
    return OK;
}

static enum err count_of_body(struct ctx *c, const struct body *b, int64_t *n)
{
    return desk_count_of(c, &SQL_COUNT, b, n);
}

static enum err move_of_body(struct ctx *c, const struct body *from, const struct body *to,
                             int32_t day)
{
    (void)day;
    return desk_move_of(c, &SQL_MOVE, from, to);
}
static struct body_follower todos = {
    .order = 20, .zh = "待办", .count = count_of_body, .move = move_of_body
};
BODY_FOLLOWER(todos)

static enum err count_of_place(struct ctx *c, const char *place, int64_t *n)
{
    return db_one(c, &SQL_AT_COUNT, IN(v_text(place)), OUT(s_int(n)));
}

static enum err move_of_place(struct ctx *c, const struct place_merge *m)
{
    const struct val in[] = { v_text(m->from.code), v_text(m->into.code) };
    TRY(db_run(c, &SQL_AT_MOVE, in, COUNT(in)));
    return db_run(c, &SQL_PLACE, in, COUNT(in));
}
static struct place_follower village_todos = {
    .order = 20, .zh = "待办", .unit = "件", .count = count_of_place, .move = move_of_place
};
PLACE_FOLLOWER(village_todos)
