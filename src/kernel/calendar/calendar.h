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
/* Reads day,kind,name (kind: holiday or workday); a year's rows replace what was there. E_FORMAT. */
enum err calendar_import(struct ctx *c, const char *path, int64_t *rows) MUST_USE;
