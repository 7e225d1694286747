/* SPDX-License-Identifier: Apache-2.0
 * calendar_plan.c - a year's arrangement from a text: what it would change, and the change itself;
 * see calendar.h. */
#include "core/day.h"
#include "core/text.h"
#include "kernel/calendar/calendar.h"

static const struct sql SQL_ROWS = {
    "SELECT day, working, name FROM calendar_day WHERE day >= $1 AND day <= $2 ORDER BY day", NULL
};
static const struct sql SQL_DROP = { "DELETE FROM calendar_day WHERE day >= $1 AND day <= $2",
                                     NULL };
static const struct sql SQL_ADD = {
    "INSERT INTO calendar_day (day, working, name) VALUES ($1, $2, $3)", NULL
};
static const struct sql SQL_DAYS = { "SELECT day FROM calendar_day ORDER BY day", NULL };
static const struct col day_cols[] = { COL_INT(struct calendar_day, day),
                                       COL_BOOL(struct calendar_day, working),
                                       COL_TEXT(struct calendar_day, name) };

static int year_of(int64_t day)
{
    int y, m, d;
    day_ymd((int32_t)day, &y, &m, &d);
    return y;
}

static bool parse_line(struct ctx *c, char *line, struct calendar_day *out)
{
    char *at = line, *day_text = strsep(&at, ","), *kind = strsep(&at, ","),
         *name = strsep(&at, ",");
    int32_t day;
    if (!kind || !name || at || !day_parse(day_text, &day))
        return false;
    out->day = day;
    out->working = str_eq(kind, "workday");
    out->name = text_clean(c->arena, name, false);
    return (out->working || str_eq(kind, "holiday")) && out->name && text_length(out->name) <= 30;
}

/* Puts d in order of days; false when the day is there already. */
static bool insert(struct calendar_day *rows, size_t *n, const struct calendar_day *d)
{
    size_t at = *n;
    while (at > 0 && rows[at - 1].day > d->day)
        at--;
    if (at > 0 && rows[at - 1].day == d->day)
        return false;
    memmove(rows + at + 1, rows + at, (*n - at) * sizeof *rows);
    rows[at] = *d;
    ++*n;
    return true;
}

enum err calendar_parse(struct ctx *c, const char *text, struct calendar_day **out, size_t *n)
{
    struct calendar_day *rows = ARENA_ARRAY(c->arena, struct calendar_day, CALENDAR_ROWS_MAX);
    if (str_starts(text, "\xef\xbb\xbf"))
        text += 3; /* a byte order mark, as office programs write it */
    char *rest = arena_copy(c->arena, text), *line;
    *n = 0;
    *out = rows;
    for (int number = 1; (line = strsep(&rest, "\n")); number++) {
        struct calendar_day d;
        line[strcspn(line, "\r")] = '\0';
        if (*line == '\0' || (number == 1 && str_starts(line, "day,")))
            continue;
        if (*n == CALENDAR_ROWS_MAX || !parse_line(c, line, &d) || !insert(rows, n, &d))
            return fail(c, E_FORMAT, "line %d: not day,kind,name of a new day", number);
    }
    return *n ? OK : fail(c, E_FORMAT, "no line with a day");
}

/* First and last day of the year that rows[*at] lies in; steps over all its rows. */
static void next_year(const struct calendar_day *rows, size_t n, size_t *at, int32_t *first,
                      int32_t *last)
{
    int year = year_of(rows[*at].day);
    CHECK(day_from_ymd(year, 1, 1, first) && day_from_ymd(year, 12, 31, last));
    while (*at < n && rows[*at].day <= *last)
        ++*at;
}

struct plan {
    struct calendar_change *all;
    size_t n;
};

static void note(struct plan *p, const struct calendar_day *to, const struct calendar_day *was)
{
    const struct calendar_day *row = to ? to : was;
    CHECK(row);
    if (to && was && to->working == was->working && str_eq(to->name, was->name))
        return;
    struct calendar_change *ch = &p->all[p->n++];
    ch->to = *row;
    ch->was = !was ? "" : was->working ? "workday" : "holiday";
    ch->gone = !to;
}

/* Two lists in order of days, walked side by side. */
static void compare(struct plan *p, const struct calendar_day *to, size_t n,
                    const struct calendar_day *was, size_t n_was)
{
    size_t i = 0, j = 0;
    while (i < n || j < n_was) {
        if (j == n_was || (i < n && to[i].day < was[j].day))
            note(p, &to[i++], NULL);
        else if (i == n || was[j].day < to[i].day)
            note(p, NULL, &was[j++]);
        else
            note(p, &to[i++], &was[j++]);
    }
}

enum err calendar_plan(struct ctx *c, const struct calendar_day *rows, size_t n,
                       struct calendar_change **out, size_t *n_out)
{
    struct plan p = { .n = 0 };
    p.all = ARENA_ARRAY(c->arena, struct calendar_change, n + (size_t)CALENDAR_SPAN_MAX * 4);
    for (size_t at = 0; at < n;) {
        int32_t first, last;
        struct calendar_day *was;
        size_t from = at, n_was;
        next_year(rows, n, &at, &first, &last);
        TRY(DB_ROWS(c, &SQL_ROWS, IN(v_int(first), v_int(last)), day_cols, 366, &was, &n_was));
        CHECK(p.n + at - from + n_was <= n + (size_t)CALENDAR_SPAN_MAX * 4);
        compare(&p, rows + from, at - from, was, n_was);
    }
    *out = p.all;
    *n_out = p.n;
    return OK;
}

enum err calendar_replace(struct ctx *c, const struct calendar_day *rows, size_t n)
{
    for (size_t at = 0; at < n;) {
        int32_t first, last;
        next_year(rows, n, &at, &first, &last);
        TRY(db_run(c, &SQL_DROP, IN(v_int(first), v_int(last))));
    }
    for (size_t i = 0; i < n; i++)
        TRY(db_run(c, &SQL_ADD,
                   IN(v_int(rows[i].day), v_int(rows[i].working), v_text(rows[i].name))));
    return OK;
}

struct years {
    struct calendar_year *all;
    size_t n;
    int64_t day;
};

static void count(struct years *y, int64_t year, int64_t days)
{
    for (size_t i = 0; i < y->n; i++)
        if (y->all[i].year == year) {
            y->all[i].days += days;
            return;
        }
    if (y->n < YEAR_MAX - YEAR_MIN + 1)
        y->all[y->n++] = (struct calendar_year){ year, days };
}

static enum err count_row(struct ctx *c, void *arg)
{
    struct years *y = arg;
    (void)c;
    count(y, year_of(y->day), 1);
    return OK;
}

enum err calendar_years(struct ctx *c, struct calendar_year **out, size_t *n)
{
    struct years y = { .n = 0 };
    int this_year = year_of(day_of_ms(c->now_ms));
    y.all = ARENA_ARRAY(c->arena, struct calendar_year, YEAR_MAX - YEAR_MIN + 1);
    TRY(db_each(c, &SQL_DAYS, IN_NONE, OUT(s_int(&y.day)), 0, count_row, &y));
    count(&y, this_year, 0);
    count(&y, this_year + 1, 0);
    for (size_t i = 1; i < y.n; i++)
        for (size_t j = i; j > 0 && y.all[j - 1].year > y.all[j].year; j--) {
            struct calendar_year swap = y.all[j];
            y.all[j] = y.all[j - 1];
            y.all[j - 1] = swap;
        }
    *out = y.all;
    *n = y.n;
    return OK;
}
