/* SPDX-License-Identifier: Apache-2.0
 * village_model.c - public totals; see village.h. */
#include "core/day.h"
#include "gov/village/village.h"

#define SUMS                                                                                       \
    "sum(t.taken), sum(t.done), sum(t.late), sum(t.refused), sum(t.told_again), sum(t.days), "     \
    "sum(t.rated), sum(t.score)"
#define UNDER "t.place >= $1 AND t.place < $2 AND t.month >= $3 AND t.month <= $4"
static const struct sql SQL_ITEM = {
    "SELECT coalesce(max(v.name), '还没分清的事'), " SUMS
    " FROM errand_total t LEFT JOIN item i ON "
    "i.id = t.item LEFT JOIN item_version v ON v.id = i.current WHERE " UNDER
    " GROUP BY t.item ORDER BY 2 DESC, 1",
    NULL
};
/* By the body's code; its name is that of the last day. */
static const struct sql SQL_BODY = { "SELECT t.body, " SUMS " FROM errand_total t WHERE " UNDER
                                     " GROUP BY t.body ORDER BY 2 DESC, 1",
                                     NULL };
static const struct sql SQL_MONTH = { "SELECT CAST(t.month AS TEXT), " SUMS
                                      " FROM errand_total t WHERE " UNDER
                                      " GROUP BY t.month ORDER BY t.month",
                                      NULL };
static const struct sql SQL_ALL = { "SELECT '', " SUMS " FROM errand_total t WHERE " UNDER, NULL };
static const struct col total_cols[] = {
    COL_TEXT(struct total, name), COL_INT(struct total, taken),   COL_INT(struct total, done),
    COL_INT(struct total, late),  COL_INT(struct total, refused), COL_INT(struct total, told_again),
    COL_INT(struct total, days),  COL_INT(struct total, rated),   COL_INT(struct total, score),
};

static const char *last(struct ctx *c, const char *place)
{
    return arena_printf(c->arena, "%s:", place);
}

enum err totals_by_item(struct ctx *c, const char *place, int64_t from, int64_t to,
                        struct total **out, size_t *n)
{
    return DB_ROWS(c, &SQL_ITEM, IN(v_text(place), v_text(last(c, place)), v_int(from), v_int(to)),
                   total_cols, TOTALS_MAX, out, n);
}

/* What the body was called when the month ended, there or, for bodies further down, anywhere. */
static const char *name_on(struct ctx *c, const char *code, const char *place, int64_t month)
{
    struct body b;
    struct ctx probe = *c;
    int32_t day = day_of_ms(c->now_ms), first = 0;
    if (!*code)
        return "还没分清";
    if (day_from_ymd((int)(month / 100 + (month % 100 == 12)), (int)(month % 100 % 12 + 1), 1,
                     &first) &&
        first - 1 < day)
        day = first - 1;
    return body_serving_on(&probe, code, place, day, &b) == OK ? b.name : item_body_zh(c, code, "");
}

enum err totals_by_body(struct ctx *c, const char *place, int64_t from, int64_t to,
                        struct total **out, size_t *n)
{
    TRY(DB_ROWS(c, &SQL_BODY, IN(v_text(place), v_text(last(c, place)), v_int(from), v_int(to)),
                total_cols, TOTALS_MAX, out, n));
    for (size_t i = 0; i < *n; i++)
        (*out)[i].name = name_on(c, (*out)[i].name, place, to);
    return OK;
}

enum err totals_by_month(struct ctx *c, const char *place, int64_t from, int64_t to,
                         struct total **out, size_t *n)
{
    return DB_ROWS(c, &SQL_MONTH, IN(v_text(place), v_text(last(c, place)), v_int(from), v_int(to)),
                   total_cols, TOTALS_MAX, out, n);
}

enum err totals_all(struct ctx *c, const char *place, int64_t from, int64_t to, struct total *out)
{
    return db_row(c, &SQL_ALL, IN(v_text(place), v_text(last(c, place)), v_int(from), v_int(to)),
                  COLS(total_cols), out);
}

const char *average_text(struct ctx *c, int64_t sum, int64_t n)
{
    if (n == 0)
        return "—";
    int64_t tenths = (sum * 10 + n / 2) / n;
    return arena_printf(c->arena, "%" PRId64 ".%" PRId64, tenths / 10, tenths % 10);
}

const char *month_text(struct ctx *c, int64_t month)
{
    return arena_printf(c->arena, "%" PRId64 " 年 %" PRId64 " 月", month / 100, month % 100);
}
