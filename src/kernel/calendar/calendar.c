/* SPDX-License-Identifier: Apache-2.0
 * calendar.c - see calendar.h. */
#include "kernel/calendar/calendar.h"
#include "core/day.h"

static const struct sql SQL_SPAN = {
    "SELECT day, working FROM calendar_day WHERE day >= $1 AND day <= $2 ORDER BY day", NULL
};
static const struct sql SQL_YEAR = {
    "SELECT count(*) FROM calendar_day WHERE day >= $1 AND day <= $2", NULL
};
static const struct sql SQL_PUT = {
    "INSERT INTO calendar_day (day, working, name) VALUES ($1, $2, $3) "
    "ON CONFLICT (day) DO UPDATE SET working = $2, name = $3",
    NULL
};

struct exception {
    int64_t day;
    bool working;
};
static const struct col exception_cols[] = { COL_INT(struct exception, day),
                                             COL_BOOL(struct exception, working) };

/* Days that differ from their weekday's habit, within a span. */
struct span {
    struct exception *rows;
    size_t n;
};

static enum err span_load(struct ctx *c, int32_t from, int32_t to, struct span *s)
{
    return DB_ROWS(c, &SQL_SPAN, IN(v_int(from), v_int(to)), exception_cols,
                   CALENDAR_SPAN_MAX, &s->rows, &s->n);
}

static bool works(const struct span *s, int32_t day)
{
    for (size_t lo = 0, hi = s->n; lo < hi;) {
        size_t mid = (lo + hi) / 2;
        if (s->rows[mid].day == day)
            return s->rows[mid].working;
        if (s->rows[mid].day < day)
            lo = mid + 1;
        else
            hi = mid;
    }
    int weekday = day_weekday(day);
    return weekday != 0 && weekday != 6;
}

enum err calendar_working(struct ctx *c, int32_t day, bool *working, bool *provisional)
{
    struct span s;
    int y, m, d;
    int64_t known;
    int32_t first, last;
    TRY(span_load(c, day, day, &s));
    *working = works(&s, day);
    day_ymd(day, &y, &m, &d);
    CHECK(day_from_ymd(y, 1, 1, &first) && day_from_ymd(y, 12, 31, &last));
    TRY(db_one(c, &SQL_YEAR, IN(v_int(first), v_int(last)),
               OUT(s_int(&known))));
    *provisional = known == 0;
    return OK;
}

enum err calendar_add(struct ctx *c, int32_t day, int64_t n, int32_t *out)
{
    CHECK(n >= 0 && n <= CALENDAR_SPAN_MAX / 2);
    struct span s;
    TRY(span_load(c, day, day + (int32_t)n * 2 + 60, &s));
    int32_t d = day;
    for (int64_t left = n; left > 0;)
        if (works(&s, ++d))
            left--;
    while (!works(&s, d))
        d++;
    *out = d;
    return OK;
}

enum err calendar_between(struct ctx *c, int32_t from, int32_t to, int64_t *n)
{
    struct span s;
    *n = 0;
    if (to <= from)
        return OK;
    if (to - from > CALENDAR_SPAN_MAX)
        from = to - CALENDAR_SPAN_MAX;
    TRY(span_load(c, from, to, &s));
    for (int32_t d = from + 1; d <= to; d++)
        *n += works(&s, d);
    return OK;
}

enum err calendar_due(struct ctx *c, int64_t ms, int64_t n, int64_t *due_ms)
{
    int32_t day;
    TRY(calendar_add(c, day_of_ms(ms), n, &day));
    *due_ms = ms_of_day(day) + (int64_t)DAY_END_MINUTES * 60000;
    return OK;
}

static enum err import_line(struct ctx *c, char *line, int64_t number)
{
    char *at = line, *day_text = strsep(&at, ","), *kind = strsep(&at, ","),
         *name = strsep(&at, ",\r\n");
    int32_t day;
    if (!kind || !name || !day_parse(day_text, &day) ||
        !(str_eq(kind, "holiday") || str_eq(kind, "workday")))
        return fail(c, E_FORMAT, "line %" PRId64 ": not day,kind,name", number);
    return db_run(c, &SQL_PUT, IN(v_int(day), v_int(str_eq(kind, "workday")), v_text(name)));
}

enum err calendar_import(struct ctx *c, const char *path, int64_t *rows)
{
    FILE *f = fopen(path, "r");
    if (!f)
        return fail(c, E_IO, "cannot open %s", path);
    char line[256];
    enum err e = tx_begin(c, "calendar_import");
    *rows = 0;
    for (int64_t number = 1; !e && fgets(line, sizeof line, f); number++) {
        if (number == 1 && str_starts(line, "day,"))
            continue;
        e = import_line(c, line, number);
        ++*rows;
    }
    fclose(f);
    if (e)
        tx_rollback(c);
    return e ? e : tx_commit(c);
}
