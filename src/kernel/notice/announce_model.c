/* SPDX-License-Identifier: Apache-2.0
 * announce_model.c - announcements in the database; see announce.h. */
#include "core/day.h"
#include "kernel/flow/flow.h"
#include "kernel/notice/announce.h"
#include "kernel/notice/words.h"
#include "kernel/place/place.h"

#define ANNOUNCE_COLS                                                                              \
    "county, id, place, title, words, actor, until_day, account, at_ms, taken_ms, read_times, "    \
    "read_ms"
static const struct sql SQL_LIST = {
    "SELECT " ANNOUNCE_COLS " FROM announcement WHERE place = $1 AND id < $2 ORDER BY id DESC", NULL
};
static const struct sql SQL_NOW = { "SELECT " ANNOUNCE_COLS
                                    " FROM announcement WHERE place = $1 AND "
                                    "taken_ms = 0 AND until_day >= $2 ORDER BY id DESC",
                                    NULL };
static const struct sql SQL_LOAD = { "SELECT " ANNOUNCE_COLS
                                     " FROM announcement WHERE county = $1 AND id = $2",
                                     NULL };
static const struct sql SQL_ADD = {
    "INSERT INTO announcement (county, id, place, title, words, actor, until_day, account, at_ms, "
    "taken_ms, read_times, read_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, 0)",
    NULL
};
static const struct sql SQL_READ_ADD = {
    "INSERT INTO announcement_read (county, announcement, at_ms, actor) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (county, announcement, at_ms) DO NOTHING",
    NULL
};
static const struct sql SQL_READS = {
    "SELECT at_ms FROM announcement_read WHERE county = $1 AND announcement = $2 "
    "ORDER BY at_ms DESC",
    NULL
};
static const struct sql SQL_READ = {
    "UPDATE announcement SET read_times = read_times + 1, read_ms = $3 WHERE county = $1 AND "
    "id = $2",
    NULL
};
static const struct sql SQL_TAKE = {
    "UPDATE announcement SET taken_ms = $3 WHERE county = $1 AND id = $2 AND taken_ms = 0", NULL
};
static const struct col announce_cols[] = {
    COL_INT(struct announcement, key.county), COL_INT(struct announcement, key.id),
    COL_TEXT(struct announcement, place),     COL_TEXT(struct announcement, title),
    COL_TEXT(struct announcement, words),     COL_TEXT(struct announcement, actor),
    COL_INT(struct announcement, until_day),  COL_INT(struct announcement, account),
    COL_INT(struct announcement, at_ms),      COL_INT(struct announcement, taken_ms),
    COL_INT(struct announcement, read_times), COL_INT(struct announcement, read_ms),
};

static enum err reads_of(struct ctx *c, struct announcement *a)
{
    struct read {
        int64_t at_ms;
    } * reads;
    static const struct col cols[] = { COL_INT(struct read, at_ms) };
    size_t n = 0;
    a->read_at = "";
    if (a->read_times)
        TRY(DB_ROWS(c, &SQL_READS, IN(v_int(a->key.county), v_int(a->key.id)), cols,
                    ANNOUNCE_READS_SHOWN, &reads, &n));
    for (size_t i = 0; i < n; i++)
        a->read_at = arena_printf(c->arena, "%s%s%s", a->read_at, i ? "、" : "",
                                  ms_zh(c->arena, reads[i].at_ms));
    return OK;
}

enum err announce_list(struct ctx *c, const char *place, int64_t before, struct announcement **out,
                       size_t *n)
{
    TRY(DB_ROWS(c, &SQL_LIST, IN(v_text(place), v_int(before ? before : INT64_MAX)), announce_cols,
                ANNOUNCE_LIST_MAX, out, n));
    for (size_t i = 0; i < *n; i++) {
        TRY(words_seconds(c, (*out)[i].words, place, &(*out)[i].seconds));
        TRY(reads_of(c, &(*out)[i]));
    }
    return OK;
}

enum err announce_now(struct ctx *c, const char *place, struct announcement **out, size_t *n)
{
    return DB_ROWS(c, &SQL_NOW, IN(v_text(place), v_int(day_of_ms(c->now_ms))), announce_cols,
                   ANNOUNCE_SHOWN_MAX, out, n);
}

enum err announce_load(struct ctx *c, struct key k, struct announcement *out)
{
    *out = (struct announcement){ 0 };
    TRY(db_row(c, &SQL_LOAD, IN(v_int(k.county), v_int(k.id)), COLS(announce_cols), out));
    if (!ctx_may(c, CAP_ANNOUNCE, out->place))
        return fail(c, E_NOT_FOUND, "announcement out of reach");
    return words_seconds(c, out->words, out->place, &out->seconds);
}

enum err announce_add(struct ctx *c, struct announcement *a)
{
    a->key = (struct key){ place_county(a->place), id_new(c) };
    a->actor = flow_actor(c);
    a->at_ms = c->now_ms;
    return db_run(c, &SQL_ADD,
                  IN(v_int(a->key.county), v_int(a->key.id), v_text(a->place), v_text(a->title),
                     v_text(a->words), v_text(a->actor), v_int(a->until_day), v_int(c->account_id),
                     v_int(a->at_ms)));
}

enum err announce_read(struct ctx *c, struct announcement *a)
{
    int64_t added;
    struct val county = v_int(a->key.county), id = v_int(a->key.id), now = v_int(c->now_ms);
    TRY(db_change(c, &SQL_READ_ADD, IN(county, id, now, v_text(flow_actor(c))), &added));
    return added ? db_change_one(c, &SQL_READ, IN(county, id, now)) : OK;
}

enum err announce_take_down(struct ctx *c, struct announcement *a)
{
    return db_change_one(c, &SQL_TAKE,
                         IN(v_int(a->key.county), v_int(a->key.id), v_int(c->now_ms)));
}

const char *announce_seconds_zh(struct ctx *c, int64_t seconds)
{
    if (seconds < 60)
        return arena_printf(c->arena, "约 %" PRId64 " 秒", seconds);
    return arena_printf(c->arena, "约 %" PRId64 " 分 %" PRId64 " 秒", seconds / 60, seconds % 60);
}
