/* SPDX-License-Identifier: Apache-2.0
 * day.h - days and times. A day is a number: days since 1970-01-01 in the proleptic Gregorian
 * calendar. A time is milliseconds since 1970-01-01 00:00 UTC. People read both in Asia/Shanghai,
 * which is UTC+8 without summer time. */
#pragma once
#include "core/core.h"

enum { DAY_MS = 86400000, SHANGHAI_MS = 8 * 3600 * 1000, YEAR_MIN = 1900, YEAR_MAX = 2199 };

/* Year, month (1-12) and day of month (1-31) of a day. */
void day_ymd(int32_t day, int *y, int *m, int *d);
/* The day of a date; false, leaving *day alone, when there is no such date or the year is not
 * within YEAR_MIN..YEAR_MAX. */
bool day_from_ymd(int y, int m, int d, int32_t *day);
/* Reads exactly YYYY-MM-DD (ISO 8601), years as above; false, leaving *day alone, for all else. */
bool day_parse(const char *s, int32_t *day);
/* 0 Sunday .. 6 Saturday. */
int day_weekday(int32_t day);
/* The day it is in Asia/Shanghai at ms, and the first instant of that day there. */
int32_t day_of_ms(int64_t ms);
int64_t ms_of_day(int32_t day);
/* Completed years of life on today; negative when birth lies ahead. Who was born on 29 February
 * turns a year older on 1 March of other years. */
int day_age(int32_t birth, int32_t today);

/* Texts from the arena: "2026-11-26", "11月26日（周四）", "2026年11月26日（周四）". */
char *day_iso(struct arena *a, int32_t day);
char *day_zh(struct arena *a, int32_t day);
char *day_zh_full(struct arena *a, int32_t day);
/* A time as read in Asia/Shanghai: "11月26日 09:12", "2026年11月26日 09:12"; and RFC 3339 in UTC to
 * the second: "2026-11-26T01:12:00Z". */
char *ms_zh(struct arena *a, int64_t ms);
char *ms_zh_full(struct arena *a, int64_t ms);
char *ms_iso(struct arena *a, int64_t ms);
