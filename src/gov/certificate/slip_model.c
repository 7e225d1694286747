/* SPDX-License-Identifier: Apache-2.0
 * slip_model.c - slips and written certificates in the database; see certificate.h. */
#include "core/day.h"
#include "gov/certificate/certificate.h"
#include "kernel/place/place.h"

#define SLIP_COLS "county, id, certificate, person, account, at_ms, place, number, words, refused"
static const struct sql SQL_LOAD = { "SELECT " SLIP_COLS
                                     " FROM certificate_slip WHERE county = $1 AND id = $2",
                                     NULL };
static const struct sql SQL_ADD = { "INSERT INTO certificate_slip (" SLIP_COLS
                                    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                                    NULL };
static const struct sql SQL_CHANGE = {
    "UPDATE certificate_slip SET words = $3, person = $4, place = $5 WHERE county = $1 AND id = $2 "
    "AND number = ''",
    NULL
};
static const struct sql SQL_ISSUE = {
    "UPDATE certificate_slip SET words = $3, number = $4, at_ms = $5, account = $6 "
    "WHERE county = $1 AND id = $2 AND number = ''",
    NULL
};
static const struct sql SQL_COUNT = {
    "SELECT count(*) FROM certificate_slip WHERE place = $1 AND at_ms >= $2 AND refused = $3 AND "
    "number <> ''",
    NULL
};
static const struct sql SQL_RECENT = { "SELECT " SLIP_COLS
                                       " FROM certificate_slip WHERE place = $1 AND number <> '' "
                                       "ORDER BY at_ms DESC LIMIT 10",
                                       NULL };
static const struct col slip_cols[] = {
    COL_INT(struct slip, key.county),  COL_INT(struct slip, key.id),
    COL_INT(struct slip, certificate), COL_INT(struct slip, person),
    COL_INT(struct slip, account),     COL_INT(struct slip, at_ms),
    COL_TEXT(struct slip, place),      COL_TEXT(struct slip, number),
    COL_TEXT(struct slip, words),      COL_BOOL(struct slip, refused),
};

enum err slip_load(struct ctx *c, struct key k, struct slip *out)
{
    return db_row(c, &SQL_LOAD, IN(v_int(k.county), v_int(k.id)), COLS(slip_cols), out);
}

/* "柳林村告〔2026〕3 号": counted per place and year; transactions follow each other, so that no
 * number is given twice. */
static enum err next_number(struct ctx *c, const struct slip *s, const char **out)
{
    int year, month, day;
    int32_t first = 0;
    int64_t used;
    day_ymd(day_of_ms(c->now_ms), &year, &month, &day);
    CHECK(day_from_ymd(year, 1, 1, &first));
    TRY(db_one(c, &SQL_COUNT, IN(v_text(s->place), v_int(ms_of_day(first)), v_int(s->refused)),
               OUT(s_int(&used))));
    *out = arena_printf(c->arena, "%s%s〔%d〕%" PRId64 " 号", place_short_name(c, s->place),
                        s->refused ? "告" : "证", year, used + 1);
    return OK;
}

enum err slip_add(struct ctx *c, struct slip *s)
{
    s->key = (struct key){ place_county(s->place), id_new(c) };
    s->at_ms = c->now_ms;
    s->account = c->account_id;
    s->number = "";
    if (s->refused)
        TRY(next_number(c, s, &s->number));
    return db_run(c, &SQL_ADD,
                  IN(v_int(s->key.county), v_int(s->key.id), v_int(s->certificate),
                     v_int(s->person), v_int(s->account), v_int(s->at_ms), v_text(s->place),
                     v_text(s->number), v_text(s->words), v_int(s->refused)));
}

enum err slip_change(struct ctx *c, const struct slip *s)
{
    return db_change_one(c, &SQL_CHANGE,
                         IN(v_int(s->key.county), v_int(s->key.id), v_text(s->words),
                            v_int(s->person), v_text(s->place)));
}

enum err slip_issue(struct ctx *c, struct slip *s, const char *text)
{
    TRY(next_number(c, s, &s->number));
    s->words = text;
    s->at_ms = c->now_ms;
    return db_change_one(c, &SQL_ISSUE,
                         IN(v_int(s->key.county), v_int(s->key.id), v_text(text), v_text(s->number),
                            v_int(s->at_ms), v_int(c->account_id)));
}

enum err slip_recent(struct ctx *c, const char *place, struct slip **out, size_t *n)
{
    return DB_ROWS(c, &SQL_RECENT, IN(v_text(place)), slip_cols, SLIPS_RECENT, out, n);
}
