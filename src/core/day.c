/* SPDX-License-Identifier: Apache-2.0
 * day.c - see day.h. The calendar counts years from 1 March, which puts the leap day last, in eras
 * of 400 years (146097 days). */
#include "core/day.h"

enum { ERA_DAYS = 146097, MARCH_0000 = -719468 };

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

void day_ymd(int32_t day, int *y, int *m, int *d)
{
    int64_t n = (int64_t)day - MARCH_0000;
    int64_t era = floor_div(n, ERA_DAYS), doe = n - era * ERA_DAYS;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100); /* 0 is 1 March */
    int64_t month = (5 * doy + 2) / 153;                   /* 0 is March */
    *d = (int)(doy - (153 * month + 2) / 5 + 1);
    *m = (int)(month < 10 ? month + 3 : month - 9);
    *y = (int)(era * 400 + yoe + (*m <= 2));
}

static int32_t days_from(int y, int m, int d)
{
    int64_t year = (int64_t)y - (m <= 2), era = floor_div(year, 400), yoe = year - era * 400;
    int64_t doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
    return (int32_t)(era * ERA_DAYS + yoe * 365 + yoe / 4 - yoe / 100 + doy + MARCH_0000);
}

bool day_from_ymd(int y, int m, int d, int32_t *day)
{
    if (y < YEAR_MIN || y > YEAR_MAX || m < 1 || m > 12 || d < 1 || d > 31)
        return false;
    int32_t found = days_from(y, m, d);
    int y2, m2, d2;
    day_ymd(found, &y2, &m2, &d2);
    if (d2 != d)
        return false;
    *day = found;
    return true;
}

/* n digits at s as a number; -1 when one of them is none. */
static int digits(const char *s, int n)
{
    int v = 0;
    for (int i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9')
            return -1;
        v = v * 10 + s[i] - '0';
    }
    return v;
}

bool day_parse(const char *s, int32_t *day)
{
    if (strlen(s) != 10 || s[4] != '-' || s[7] != '-')
        return false;
    return day_from_ymd(digits(s, 4), digits(s + 5, 2), digits(s + 8, 2), day);
}

int day_weekday(int32_t day)
{
    int64_t n = (int64_t)day + 4; /* 1970-01-01 was a Thursday */
    return (int)(n - floor_div(n, 7) * 7);
}

int32_t day_of_ms(int64_t ms)
{
    return (int32_t)floor_div(ms + SHANGHAI_MS, DAY_MS);
}

int64_t ms_of_day(int32_t day)
{
    return (int64_t)day * DAY_MS - SHANGHAI_MS;
}

int day_age(int32_t birth, int32_t today)
{
    int y, m, d, y2, m2, d2;
    day_ymd(birth, &y, &m, &d);
    day_ymd(today, &y2, &m2, &d2);
    return y2 - y - (m2 < m || (m2 == m && d2 < d));
}

static const char *const weekdays[] = { "日", "一", "二", "三", "四", "五", "六" };

char *day_iso(struct arena *a, int32_t day)
{
    int y, m, d;
    day_ymd(day, &y, &m, &d);
    return arena_printf(a, "%04d-%02d-%02d", y, m, d);
}

char *day_zh(struct arena *a, int32_t day)
{
    int y, m, d;
    day_ymd(day, &y, &m, &d);
    return arena_printf(a, "%d月%d日（周%s）", m, d, weekdays[day_weekday(day)]);
}

char *day_zh_full(struct arena *a, int32_t day)
{
    int y, m, d;
    day_ymd(day, &y, &m, &d);
    return arena_printf(a, "%d年%d月%d日（周%s）", y, m, d, weekdays[day_weekday(day)]);
}

/* Minutes since midnight in Asia/Shanghai. */
static int minutes(int64_t ms)
{
    return (int)((ms - ms_of_day(day_of_ms(ms))) / 60000);
}

char *ms_zh(struct arena *a, int64_t ms)
{
    int y, m, d, min = minutes(ms);
    day_ymd(day_of_ms(ms), &y, &m, &d);
    return arena_printf(a, "%d月%d日 %02d:%02d", m, d, min / 60, min % 60);
}

char *ms_zh_full(struct arena *a, int64_t ms)
{
    int y, m, d, min = minutes(ms);
    day_ymd(day_of_ms(ms), &y, &m, &d);
    return arena_printf(a, "%d年%d月%d日 %02d:%02d", y, m, d, min / 60, min % 60);
}

char *ms_iso(struct arena *a, int64_t ms)
{
    int64_t day = floor_div(ms, DAY_MS);
    int s = (int)((ms - day * DAY_MS) / 1000), y, m, d;
    day_ymd((int32_t)day, &y, &m, &d);
    return arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02dZ", y, m, d, s / 3600, s / 60 % 60,
                        s % 60);
}
