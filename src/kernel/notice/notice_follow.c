/* SPDX-License-Identifier: Apache-2.0
 * notice_follow.c - notices that nobody has read yet go to the desk of whoever takes over; letters,
 * messages and announcements of a village go with it. */
#include "kernel/body/body.h"
#include "kernel/notice/notice.h"
#include "kernel/notice/outbox.h"
#include "kernel/place/place.h"
#include "kernel/todo/todo.h"

static const struct sql SQL_COUNT = {
    "SELECT count(*) FROM notice WHERE desk = $1 AND read_ms IS NULL", NULL
};
static const struct sql SQL_MOVE = {
    "UPDATE notice SET desk = $2 WHERE desk = $1 AND read_ms IS NULL", NULL
};

static const struct sql SQL_AT_COUNT = {
    "SELECT count(*) FROM notice WHERE desk >= $1 || '/' AND desk < $1 || '0' AND read_ms IS NULL",
    NULL
};
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
static struct body_follower notices = {
    .order = 30, .zh = "没看的通知", .count = count_of_body, .move = move_of_body
};
BODY_FOLLOWER(notices)

static enum err count_of_place(struct ctx *c, const char *place, int64_t *n)
{
    return db_one(c, &SQL_AT_COUNT, IN(v_text(place)), OUT(s_int(n)));
}

static enum err move_of_place(struct ctx *c, const struct place_merge *m)
{
    return outbox_move_place(c, m->from.code, m->into.code);
}
static struct place_follower village_notices = {
    .order = 30, .zh = "没看的通知", .unit = "条", .count = count_of_place, .move = move_of_place
};
PLACE_FOLLOWER(village_notices)
