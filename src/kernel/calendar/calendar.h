/* SPDX-License-Identifier: Apache-2.0
 * calendar.h - working days by the State Council's yearly arrangements; a year without data is
 * computed from weekdays and marked provisional. */
#pragma once
#include "store/db.h"

enum { CALENDAR_SPAN_MAX = 2000, DAY_END_MINUTES = 17 * 60 + 30 };

/* Whether day is a working day; *provisional: its year has not been published yet. */
enum err calendar_working(struct ctx *c, int32_t day, bool *working, bool *provisional) MUST_USE;
/* The n-th working day after day (n = 0: day itself, or the next working day when it is none). */
enum err calendar_add(struct ctx *c, int32_t day, int64_t n, int32_t *out) MUST_USE;
/* How many working days lie in (from, to]; 0 when to <= from. */
enum err calendar_between(struct ctx *c, int32_t from, int32_t to, int64_t *n) MUST_USE;
/* End of the n-th working day after the instant ms, 17:30 in Shanghai, as an instant. */
enum err calendar_due(struct ctx *c, int64_t ms, int64_t n, int64_t *due_ms) MUST_USE;
/* Reads day,kind,name (kind: holiday or workday); a year's rows replace what was there. E_FORMAT.
 */
enum err calendar_import(struct ctx *c, const char *path, int64_t *rows) MUST_USE;

enum { CALENDAR_ROWS_MAX = 800, CALENDAR_TEXT_MAX = 64 * 1024 };
struct calendar_day {
    int64_t day;
    const char *name;
    bool working;
};
/* Reads the same lines from text; at most CALENDAR_ROWS_MAX of them. E_FORMAT with the line in
 * c->why. */
enum err calendar_parse(struct ctx *c, const char *text, struct calendar_day **out,
                        size_t *n) MUST_USE;
struct calendar_change {
    struct calendar_day to;
    const char *was; /* "", "holiday", "workday": what the calendar says now */
    bool gone;       /* the day has a row now and will have none */
};
/* What calendar_replace(rows) would change, in order of days. */
enum err calendar_plan(struct ctx *c, const struct calendar_day *rows, size_t n,
                       struct calendar_change **out, size_t *n_out) MUST_USE;
/* The years that rows speak of hold exactly these rows afterwards. */
enum err calendar_replace(struct ctx *c, const struct calendar_day *rows, size_t n) MUST_USE;
struct calendar_year {
    int64_t year, days; /* days 0: provisional, computed from weekdays */
};
/* This year, the next, and every one with data, oldest first. */
enum err calendar_years(struct ctx *c, struct calendar_year **out, size_t *n) MUST_USE;
