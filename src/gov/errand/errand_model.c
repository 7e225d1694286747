/* SPDX-License-Identifier: Apache-2.0
 * errand_model.c - errands in the database; see errand.h. */
#include "core/day.h"
#include "core/text.h"
#include "crypto/signer.h"
#include "gov/errand/errand.h"
#include "kernel/place/place.h"

#define ERRAND_COLS                                                                                \
    "county, id, place, number, title, body, who, behalf, channel, manner, words, answers, "       \
    "state, holder, home, decision, result, delivered_how, code, contact, item, version, person, " \
    "holder_cap, holder_body, home_cap, taken_by, created_ms, accepted_ms, step_ms, step_days, "   \
    "step_due, promised_due, statutory_due, paused_ms, paused_days, tellings, late, decided_ms, "  \
    "delivered_ms, visited_ms, closed_ms, from_visit, changed, tell"
static const struct sql SQL_LOAD = { "SELECT " ERRAND_COLS
                                     " FROM errand WHERE county = $1 AND id = $2",
                                     NULL };
static const struct sql SQL_NUMBER = { "SELECT county, id, code_hash FROM errand WHERE number = $1",
                                       NULL };
static const struct sql SQL_SERIAL = {
    "INSERT INTO errand_serial (place, year, last) VALUES ($1, $2, 1) "
    "ON CONFLICT (place, year) DO UPDATE SET last = errand_serial.last + 1",
    NULL
};
static const struct sql SQL_LAST = {
    "SELECT last FROM errand_serial WHERE place = $1 AND year = $2", NULL
};
static const struct sql SQL_ADD = {
    "INSERT INTO errand (county, id, place, number, code_hash, code, item, version, title, body, "
    "person, who, behalf, contact, channel, manner, words, answers, state, holder, holder_cap, "
    "holder_body, home, home_cap, taken_by, created_ms, accepted_ms, step_ms, step_days, step_due, "
    "promised_due, statutory_due, paused_ms, paused_days, tellings, late, decision, result, "
    "decided_ms, delivered_ms, delivered_how, visited_ms, closed_ms, from_visit, changed, tell) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, "
    "$19, $20, $21, $22, $23, $24, $25, $26, 0, $26, 0, 0, 0, 0, 0, 0, 0, 0, '', '', 0, 0, '', 0, "
    "0, $27, 0, $28)",
    NULL
};
static const struct sql SQL_UPDATE = {
    "UPDATE errand SET item = $4, version = $5, title = $6, body = $7, person = $8, who = $9, "
    "state = $10, holder = $11, holder_cap = $12, holder_body = $13, accepted_ms = $14, "
    "step_ms = $15, step_days = $16, step_due = $17, promised_due = $18, statutory_due = $19, "
    "paused_ms = $20, paused_days = $21, tellings = $22, late = $23, decision = $24, "
    "result = $25, decided_ms = $26, delivered_ms = $27, delivered_how = $28, visited_ms = $29, "
    "closed_ms = $30, answers = $31, behalf = $32, contact = $33, tell = $34, "
    "changed = changed + 1 "
    "WHERE county = $1 AND id = $2 AND changed = $3",
    NULL
};
#define LINE_COLS "county, id, number, title, who, state, decision, step_due, created_ms"
static const struct sql SQL_VILLAGE = {
    "SELECT " LINE_COLS " FROM errand WHERE place = $1 AND id < $2 ORDER BY id DESC", NULL
};
static const struct sql SQL_VILLAGE_STATE = {
    "SELECT " LINE_COLS " FROM errand WHERE place = $1 AND id < $2 AND state = $3 "
    "ORDER BY id DESC",
    NULL
};
static const struct sql SQL_COUNTY = {
    "SELECT " LINE_COLS " FROM errand WHERE county = $1 AND id < $2 ORDER BY id DESC", NULL
};
static const struct sql SQL_COUNTY_STATE = {
    "SELECT " LINE_COLS " FROM errand WHERE county = $1 AND id < $2 AND state = $3 "
    "ORDER BY id DESC",
    NULL
};
static const struct sql SQL_PERSON = {
    "SELECT " LINE_COLS " FROM errand WHERE county = $1 AND person = $2 ORDER BY id DESC", NULL
};
static const struct sql SQL_VISIT = {
    "SELECT " LINE_COLS " FROM errand WHERE county = $1 AND person = $2 AND from_visit = $3 "
    "ORDER BY id DESC",
    NULL
};
static const struct sql SQL_PAPERS = {
    "SELECT seq, count, due_ms, got_ms, from_errand, code, name, form, state, file, note "
    "FROM errand_paper WHERE county = $1 AND errand = $2 ORDER BY seq",
    NULL
};
static const struct sql SQL_PAPER_SAVE = {
    "INSERT INTO errand_paper (county, errand, seq, person, code, name, form, count, state, "
    "due_ms, got_ms, from_errand, file, note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, "
    "$11, $12, $13, $14) ON CONFLICT (county, errand, seq) DO UPDATE SET state = $9, due_ms = $10, "
    "got_ms = $11, from_errand = $12, file = $13, note = $14",
    NULL
};
static const struct sql SQL_PAPERS_DROP = {
    "DELETE FROM errand_paper WHERE county = $1 AND errand = $2", NULL
};
static const struct sql SQL_HELD = {
    "SELECT errand, got_ms FROM errand_paper WHERE county = $1 AND person = $2 AND code = $3 AND "
    "state = 'here' ORDER BY got_ms DESC LIMIT 1",
    NULL
};
static const struct sql SQL_PAUSES = {
    "SELECT from_ms, to_ms, resident, reason FROM errand_pause WHERE county = $1 AND errand = $2 "
    "ORDER BY from_ms",
    NULL
};
static const struct sql SQL_PAUSE_ADD = {
    "INSERT INTO errand_pause (county, errand, from_ms, to_ms, resident, reason) "
    "VALUES ($1, $2, $3, 0, $4, $5) ON CONFLICT (county, errand, from_ms) DO UPDATE SET "
    "to_ms = 0, resident = $4, reason = $5",
    NULL
};
static const struct sql SQL_PAUSE_END = {
    "UPDATE errand_pause SET to_ms = $3 WHERE county = $1 AND errand = $2 AND to_ms = 0", NULL
};

static const struct col errand_cols[] = {
    COL_INT(struct errand, key.county),   COL_INT(struct errand, key.id),
    COL_TEXT(struct errand, place),       COL_TEXT(struct errand, number),
    COL_TEXT(struct errand, title),       COL_TEXT(struct errand, body),
    COL_TEXT(struct errand, who),         COL_TEXT(struct errand, behalf),
    COL_TEXT(struct errand, channel),     COL_TEXT(struct errand, manner),
    COL_TEXT(struct errand, words),       COL_TEXT(struct errand, answers),
    COL_TEXT(struct errand, state),       COL_TEXT(struct errand, holder),
    COL_TEXT(struct errand, home),        COL_TEXT(struct errand, decision),
    COL_TEXT(struct errand, result),      COL_TEXT(struct errand, delivered_how),
    COL_BLOB(struct errand, code_sealed), COL_BLOB(struct errand, contact_sealed),
    COL_INT(struct errand, item),         COL_INT(struct errand, version),
    COL_INT(struct errand, person),       COL_INT(struct errand, holder_cap),
    COL_INT(struct errand, holder_body),  COL_INT(struct errand, home_cap),
    COL_INT(struct errand, taken_by),     COL_INT(struct errand, created_ms),
    COL_INT(struct errand, accepted_ms),  COL_INT(struct errand, step_ms),
    COL_INT(struct errand, step_days),    COL_INT(struct errand, step_due),
    COL_INT(struct errand, promised_due), COL_INT(struct errand, statutory_due),
    COL_INT(struct errand, paused_ms),    COL_INT(struct errand, paused_days),
    COL_INT(struct errand, tellings),     COL_INT(struct errand, late),
    COL_INT(struct errand, decided_ms),   COL_INT(struct errand, delivered_ms),
    COL_INT(struct errand, visited_ms),   COL_INT(struct errand, closed_ms),
    COL_INT(struct errand, from_visit),   COL_INT(struct errand, changed),
    COL_TEXT(struct errand, tell),
};
static const struct col line_cols[] = {
    COL_INT(struct errand_line, key.county), COL_INT(struct errand_line, key.id),
    COL_TEXT(struct errand_line, number),    COL_TEXT(struct errand_line, title),
    COL_TEXT(struct errand_line, who),       COL_TEXT(struct errand_line, state),
    COL_TEXT(struct errand_line, decision),  COL_INT(struct errand_line, step_due),
    COL_INT(struct errand_line, created_ms),
};
static const struct col paper_cols[] = {
    COL_INT(struct errand_paper, seq),         COL_INT(struct errand_paper, count),
    COL_INT(struct errand_paper, due_ms),      COL_INT(struct errand_paper, got_ms),
    COL_INT(struct errand_paper, from_errand), COL_TEXT(struct errand_paper, code),
    COL_TEXT(struct errand_paper, name),       COL_TEXT(struct errand_paper, form),
    COL_TEXT(struct errand_paper, state),      COL_TEXT(struct errand_paper, file),
    COL_TEXT(struct errand_paper, note),
};
static const struct col pause_cols[] = {
    COL_INT(struct pause, from_ms),
    COL_INT(struct pause, to_ms),
    COL_BOOL(struct pause, resident),
    COL_TEXT(struct pause, reason),
};

enum err errand_load_any(struct ctx *c, struct key k, struct errand *out)
{
    *out = (struct errand){ 0 };
    return db_row(c, &SQL_LOAD, IN(v_int(k.county), v_int(k.id)), COLS(errand_cols), out);
}

/* Seen by those who work on errands of its village, and by the department that holds it. */
static bool may_see(struct ctx *c, const struct errand *e)
{
    if (c->account_id == -1)
        return true;
    for (size_t i = 0; i < c->n_rights; i++) {
        const struct right *r = &c->rights[i];
        if (!(r->caps & CAP_ERRAND_READ) || !str_starts(e->place, r->place))
            continue;
        if (r->body_id == 0 || r->body_id == e->holder_body)
            return true;
    }
    return false;
}

enum err errand_load(struct ctx *c, struct key k, struct errand *out)
{
    TRY(errand_load_any(c, k, out));
    return may_see(c, out) ? OK : fail(c, E_NOT_FOUND, "errand out of reach");
}

enum err errand_key_of(struct ctx *c, const char *number, struct key *out)
{
    struct bytes hash;
    return db_one(c, &SQL_NUMBER, IN(v_text(number)),
                  OUT(s_int(&out->county), s_int(&out->id), s_blob(&hash)));
}

static enum err code_hash(struct ctx *c, const char *number, const char *code, uint8_t out[32])
{
    const char *text = arena_printf(c->arena, "%s %s", number, code);
    return signer_mac(c, "errand.code", (struct bytes){ (const uint8_t *)text, strlen(text) }, out);
}

enum err errand_by_code(struct ctx *c, const char *number, const char *code, struct errand *out)
{
    char n[ERRAND_NUMBER_LEN + 1], q[ERRAND_CODE_LEN + 1];
    struct key k = { 0, 0 };
    struct bytes kept = { 0 };
    uint8_t hash[SIGNER_MAC_BYTES], differs = 0;
    bool found = false;
    number = text_fold(c->arena, number); /* fullwidth digits, blanks and dashes of every kind */
    if (!errand_number_parse(number, n) || !errand_code_parse(text_fold(c->arena, code), q))
        return fail(c, E_QUERY_CODE, "malformed number or code");
    TRY(db_find(c, &SQL_NUMBER, IN(v_text(n)), OUT(s_int(&k.county), s_int(&k.id), s_blob(&kept)),
                &found));
    TRY(code_hash(c, n, q, hash));
    for (size_t i = 0; i < sizeof hash; i++)
        differs |= (uint8_t)(hash[i] ^ (kept.len == sizeof hash ? kept.ptr[i] : 0xff));
    if (!found || differs)
        return fail(c, E_QUERY_CODE, "number and code do not match");
    TRY(errand_load_any(c, k, out));
    out->by_code = true;
    return OK;
}

enum err errand_code(struct ctx *c, const struct errand *e, char **code)
{
    return field_open(c, "errand.code", e->code_sealed, code);
}

static enum err new_number(struct ctx *c, struct errand *e)
{
    int y, m, d;
    int64_t serial;
    char number[ERRAND_NUMBER_LEN + 1];
    day_ymd(day_of_ms(c->now_ms), &y, &m, &d);
    TRY(db_run(c, &SQL_SERIAL, IN(v_text(e->place), v_int(y))));
    TRY(db_one(c, &SQL_LAST, IN(v_text(e->place), v_int(y)), OUT(s_int(&serial))));
    if (serial > 99999)
        return fail(c, E_OVERFLOW, "more than 99,999 errands in one place and year");
    errand_number(e->place, y, (int)serial, number);
    e->number = arena_copy(c->arena, number);
    return OK;
}

enum err errand_insert(struct ctx *c, struct errand *e)
{
    char *code;
    uint8_t hash[SIGNER_MAC_BYTES];
    TRY(new_number(c, e));
    TRY(errand_code(c, e, &code));
    TRY(code_hash(c, e->number, code, hash));
    e->key.id = id_new(c);
    e->created_ms = e->step_ms = c->now_ms;
    return db_run(c, &SQL_ADD,
                  IN(v_int(e->key.county), v_int(e->key.id), v_text(e->place), v_text(e->number),
                     v_blob((struct bytes){ hash, sizeof hash }), v_blob(e->code_sealed),
                     v_int(e->item), v_int(e->version), v_text(e->title), v_text(e->body),
                     v_int(e->person), v_text(e->who), v_text(e->behalf),
                     e->contact_sealed.len ? v_blob(e->contact_sealed) : v_null(),
                     v_text(e->channel), v_text(e->manner), v_text(e->words), v_text(e->answers),
                     v_text(e->state), v_text(e->holder), v_int(e->holder_cap),
                     v_int(e->holder_body), v_text(e->home), v_int(e->home_cap), v_int(e->taken_by),
                     v_int(c->now_ms), v_int(e->from_visit), v_text(e->tell)));
}

enum err errand_update(struct ctx *c, struct errand *e)
{
    TRY(db_change_one(
        c, &SQL_UPDATE,
        IN(v_int(e->key.county), v_int(e->key.id), v_int(e->changed), v_int(e->item),
           v_int(e->version), v_text(e->title), v_text(e->body), v_int(e->person), v_text(e->who),
           v_text(e->state), v_text(e->holder), v_int(e->holder_cap), v_int(e->holder_body),
           v_int(e->accepted_ms), v_int(e->step_ms), v_int(e->step_days), v_int(e->step_due),
           v_int(e->promised_due), v_int(e->statutory_due), v_int(e->paused_ms),
           v_int(e->paused_days), v_int(e->tellings), v_int(e->late), v_text(e->decision),
           v_text(e->result), v_int(e->decided_ms), v_int(e->delivered_ms),
           v_text(e->delivered_how), v_int(e->visited_ms), v_int(e->closed_ms), v_text(e->answers),
           v_text(e->behalf), e->contact_sealed.len ? v_blob(e->contact_sealed) : v_null(),
           v_text(e->tell))));
    e->changed++;
    return OK;
}

/* The newest of two lists, both newest first, into a, which has room for max. */
static void merge(struct ctx *c, struct errand_line *a, size_t *n, const struct errand_line *b,
                  size_t n_b, size_t max)
{
    struct errand_line *both = ARENA_ARRAY(c->arena, struct errand_line, max);
    size_t i = 0, j = 0, k = 0;
    for (; k < max && (i < *n || j < n_b); k++)
        both[k] = j == n_b || (i < *n && a[i].key.id > b[j].key.id) ? a[i++] : b[j++];
    memcpy(a, both, k * sizeof *a);
    *n = k;
}

/* The places below one after the other, each from its index: a range of places in one statement
 * would have all their errands sorted for every page. */
static enum err list_below(struct ctx *c, const struct errand_query *q, struct errand_line **out,
                           size_t *n)
{
    struct place *below;
    size_t n_below;
    *out = ARENA_ARRAY(c->arena, struct errand_line, q->max);
    *n = 0;
    TRY(place_children(c, q->place, &below, &n_below));
    for (size_t i = 0; i < n_below; i++) {
        struct errand_line *more;
        size_t n_more;
        struct errand_query one = *q;
        one.place = below[i].code;
        TRY(errand_list(c, &one, &more, &n_more));
        if (n_more)
            merge(c, *out, n, more, n_more, q->max);
    }
    return OK;
}

enum err errand_list(struct ctx *c, const struct errand_query *q, struct errand_line **out,
                     size_t *n)
{
    enum place_level level = place_level_of(q->place);
    bool county = level == PLACE_COUNTY;
    struct val from = v_int(q->before ? q->before : INT64_MAX),
               at = county ? v_int(place_county(q->place)) : v_text(q->place);
    if (level != PLACE_VILLAGE && !county)
        return list_below(c, q, out, n);
    if (*q->state)
        return DB_ROWS(c, county ? &SQL_COUNTY_STATE : &SQL_VILLAGE_STATE,
                       IN(at, from, v_text(q->state)), line_cols, q->max, out, n);
    return DB_ROWS(c, county ? &SQL_COUNTY : &SQL_VILLAGE, IN(at, from), line_cols, q->max, out, n);
}

enum err errand_of_person(struct ctx *c, struct key person, struct errand_line **out, size_t *n)
{
    return DB_ROWS(c, &SQL_PERSON, IN(v_int(person.county), v_int(person.id)), line_cols,
                   ERRAND_LIST_MAX, out, n);
}

enum err errand_of_visit(struct ctx *c, struct key person, int64_t visit, struct errand_line **out,
                         size_t *n)
{
    return DB_ROWS(c, &SQL_VISIT, IN(v_int(person.county), v_int(person.id), v_int(visit)),
                   line_cols, ERRAND_LIST_MAX, out, n);
}

enum err errand_papers(struct ctx *c, const struct errand *e, struct errand_paper **out, size_t *n)
{
    return DB_ROWS(c, &SQL_PAPERS, IN(v_int(e->key.county), v_int(e->key.id)), paper_cols,
                   ERRAND_PAPERS_MAX, out, n);
}

enum err errand_paper_save(struct ctx *c, const struct errand *e, const struct errand_paper *p)
{
    return db_run(c, &SQL_PAPER_SAVE,
                  IN(v_int(e->key.county), v_int(e->key.id), v_int(p->seq), v_int(e->person),
                     v_text(p->code), v_text(p->name), v_text(p->form), v_int(p->count),
                     v_text(p->state), v_int(p->due_ms), v_int(p->got_ms), v_int(p->from_errand),
                     v_text(str_or(p->file, "")), v_text(str_or(p->note, ""))));
}

enum err errand_papers_drop(struct ctx *c, const struct errand *e)
{
    return db_run(c, &SQL_PAPERS_DROP, IN(v_int(e->key.county), v_int(e->key.id)));
}

enum err errand_held_paper(struct ctx *c, struct key person, const char *code, int64_t *errand,
                           int64_t *got_ms)
{
    bool found;
    *errand = *got_ms = 0;
    if (person.id == 0)
        return OK;
    return db_find(c, &SQL_HELD, IN(v_int(person.county), v_int(person.id), v_text(code)),
                   OUT(s_int(errand), s_int(got_ms)), &found);
}

enum err errand_pauses(struct ctx *c, const struct errand *e, struct pause **out, size_t *n)
{
    return DB_ROWS(c, &SQL_PAUSES, IN(v_int(e->key.county), v_int(e->key.id)), pause_cols,
                   ERRAND_PAUSES_MAX, out, n);
}

enum err errand_pause_begin(struct ctx *c, const struct errand *e, bool resident,
                            const char *reason)
{
    return db_run(c, &SQL_PAUSE_ADD,
                  IN(v_int(e->key.county), v_int(e->key.id), v_int(c->now_ms), v_int(resident),
                     v_text(reason)));
}

enum err errand_pause_end(struct ctx *c, const struct errand *e)
{
    return db_run(c, &SQL_PAUSE_END, IN(v_int(e->key.county), v_int(e->key.id), v_int(c->now_ms)));
}

/* ---- public totals ---- */
#define TOTAL_SQL(column)                                                                          \
    {                                                                                              \
        "INSERT INTO errand_total (place, month, item, body, taken, done, late, refused, "         \
        "told_again, days, rated, score) VALUES ($1, $2, $3, $4, 0, 0, 0, 0, 0, 0, 0, 0) "         \
        "ON CONFLICT (place, month, item, body) DO UPDATE SET " column " = errand_total." column,  \
            NULL                                                                                   \
    }
static const struct sql SQL_TOTAL_ROW = TOTAL_SQL("taken");
static const struct sql SQL_TOTAL[] = {
#define ADD_TO(column)                                                                             \
    {                                                                                              \
        "UPDATE errand_total SET " column " = " column                                             \
        " + $5 WHERE place = $1 AND month = $2 AND item = $3 AND body = $4",                       \
            NULL                                                                                   \
    }
    [COUNT_TAKEN] = ADD_TO("taken"),
    [COUNT_DONE] = ADD_TO("done"),
    [COUNT_LATE] = ADD_TO("late"),
    [COUNT_REFUSED] = ADD_TO("refused"),
    [COUNT_TOLD_AGAIN] = ADD_TO("told_again"),
    [COUNT_DAYS] = ADD_TO("days"),
    [COUNT_RATED] = ADD_TO("rated"),
    [COUNT_SCORE] = ADD_TO("score"),
};

enum err errand_count(struct ctx *c, const struct errand *e, int64_t at_ms, enum errand_count what,
                      int64_t n)
{
    int y, m, d;
    day_ymd(day_of_ms(at_ms), &y, &m, &d);
    struct val place = v_text(e->place), month = v_int(y * 100 + m), item = v_int(e->item),
               body = v_text(e->body);
    TRY(db_run(c, &SQL_TOTAL_ROW, IN(place, month, item, body)));
    return db_change_one(c, &SQL_TOTAL[what], IN(place, month, item, body, v_int(n)));
}
