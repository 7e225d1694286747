/* SPDX-License-Identifier: Apache-2.0
 * letter_model.c - letters in the outbox and on paper; see letter.h. */
#include "core/day.h"
#include "crypto/signer.h"
#include "kernel/flow/flow.h"
#include "kernel/notice/letter.h"
#include "kernel/place/place.h"

#define LETTER_COLS                                                                                \
    "id, person, at_ms, done_ms, county, subject, channel, words, state, place, about, title, "    \
    "done_by, target"
static const struct sql SQL_WAITING = {
    "SELECT " LETTER_COLS " FROM outbox WHERE channel = 'print' AND place = $1 AND id < $2 AND "
    "state = 'waiting' ORDER BY id DESC",
    NULL
};
static const struct sql SQL_SENT = {
    "SELECT " LETTER_COLS " FROM outbox WHERE channel = 'print' AND place = $1 AND id < $2 AND "
    "state = 'sent' ORDER BY id DESC",
    NULL
};
static const struct sql SQL_ONE = { "SELECT " LETTER_COLS
                                    " FROM outbox WHERE id = $1 AND channel = 'print'",
                                    NULL };
static const struct sql SQL_PLACES = {
    "SELECT place, count(*) FROM outbox WHERE channel = 'print' AND place >= $1 AND place < $2 AND "
    "state = 'waiting' GROUP BY place ORDER BY place",
    NULL
};
/* next_ms is when a sent one may be forgotten from. */
static const struct sql SQL_MARK = {
    "UPDATE outbox SET state = 'sent', done_ms = $2, done_by = $3, next_ms = $2, "
    "tries = tries + 1 WHERE id = $1 AND state = 'waiting'",
    NULL
};
static const struct sql SQL_AGAIN = {
    "UPDATE outbox SET state = 'waiting', done_ms = 0, done_by = '', next_ms = $2 WHERE id = $1 "
    "AND state = 'sent'",
    NULL
};
static const struct col letter_cols[] = {
    COL_INT(struct outbox_row, id),
    COL_INT(struct outbox_row, person),
    COL_INT(struct outbox_row, at_ms),
    COL_INT(struct outbox_row, done_ms),
    COL_INT(struct outbox_row, subject.county),
    COL_INT(struct outbox_row, subject.id),
    COL_TEXT(struct outbox_row, channel),
    COL_TEXT(struct outbox_row, words),
    COL_TEXT(struct outbox_row, state),
    COL_TEXT(struct outbox_row, place),
    COL_TEXT(struct outbox_row, about),
    COL_TEXT(struct outbox_row, title),
    COL_TEXT(struct outbox_row, done_by),
    COL_BLOB(struct outbox_row, target_sealed),
};

enum err letters_of(struct ctx *c, const char *place, bool waiting, int64_t before,
                    struct outbox_row **out, size_t *n)
{
    return DB_ROWS(c, waiting ? &SQL_WAITING : &SQL_SENT,
                   IN(v_text(place), v_int(before ? before : INT64_MAX)), letter_cols, LETTERS_MAX,
                   out, n);
}

enum err letter_load(struct ctx *c, int64_t id, struct outbox_row *out)
{
    *out = (struct outbox_row){ 0 };
    TRY(db_row(c, &SQL_ONE, IN(v_int(id)), COLS(letter_cols), out));
    return ctx_may(c, CAP_ERRAND_TAKE, out->place) ? OK : fail(c, E_NOT_FOUND, "letter elsewhere");
}

enum err letter_places(struct ctx *c, const char *area, struct letter_place **out, size_t *n)
{
    static const struct col cols[] = { COL_TEXT(struct letter_place, place),
                                       COL_INT(struct letter_place, waiting) };
    return DB_ROWS(c, &SQL_PLACES, IN(v_text(area), v_text(arena_printf(c->arena, "%s:", area))),
                   cols, LETTER_PLACES_MAX, out, n);
}

enum err letter_sent(struct ctx *c, const struct outbox_row *l)
{
    struct outbox_row after = *l;
    after.state = "sent";
    after.done_by = flow_actor(c);
    after.done_ms = c->now_ms;
    TRY(db_change_one(c, &SQL_MARK, IN(v_int(l->id), v_int(c->now_ms), v_text(after.done_by))));
    return outbox_tell_listener(c, &after);
}

enum err letter_again(struct ctx *c, const struct outbox_row *l)
{
    struct outbox_row after = *l;
    after.state = "waiting";
    TRY(db_change_one(c, &SQL_AGAIN, IN(v_int(l->id), v_int(c->now_ms))));
    return outbox_tell_listener(c, &after);
}

/* ---- on paper ---- */
static void one_letter(struct ctx *c, struct paper *p, const struct outbox_row *l,
                       const char *address, const char *url)
{
    char *rest = arena_copy(c->arena, l->words), *line = strsep(&rest, "\n");
    paper_line(p, arena_printf(c->arena, "寄自：%s全程代理服务点", place_full_name(c, l->place)), 9,
               false, PAPER_LEFT);
    paper_address(p, address);
    paper_line(p, line, 17, true, PAPER_CENTER);
    paper_gap(p, 3);
    while ((line = strsep(&rest, "\n")))
        paper_line(p, line, 14, false, PAPER_LEFT);
    paper_gap(p, 3);
    paper_line(p, place_full_name(c, l->place), 12, false, PAPER_RIGHT);
    paper_line(p, day_zh_full(c->arena, day_of_ms(l->at_ms)), 12, false, PAPER_RIGHT);
    paper_gap(p, 4);
    paper_qr(p, url, 28, "扫一扫查进度，填回执上的编号和查询码，不用登录");
}

enum err letters_paper(struct ctx *c, const struct outbox_row *l, size_t n, const char *url,
                       struct paper **out)
{
    char *addresses[LETTERS_MAX];
    struct bytes sealed[LETTERS_MAX] = { { 0 } };
    CHECK(n <= LETTERS_MAX);
    for (size_t i = 0; i < n; i++)
        sealed[i] = l[i].target_sealed;
    TRY(field_open_many(c, "outbox.target", sealed, n, addresses));
    *out = paper_new(c->arena, PAPER_A4);
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            paper_break(*out);
        one_letter(c, *out, &l[i], str_or(addresses[i], ""), url);
    }
    paper_foot(*out, "沿左边短线折成三折，地址对着信封的窗口");
    return OK;
}
