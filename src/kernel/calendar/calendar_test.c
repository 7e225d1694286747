/* SPDX-License-Identifier: Apache-2.0
 * calendar_test.c - working days of 2026 by the State Council's arrangement, on both engines. */
#include "core/day.h"
#include "kernel/calendar/calendar.h"
#include "store/migrate.h"
#include "test_db.h"

static int32_t day(const char *iso)
{
    int32_t d;
    EXPECT(day_parse(iso, &d));
    return d;
}

TEST_DB(working_days_leave_out_holidays_and_keep_swapped_weekends)
{
    int64_t rows, n;
    int32_t d;
    bool working, provisional;
    EXPECT_EQ(migrate(c), OK);
    EXPECT_EQ(calendar_import(c, "data/calendar.csv", &rows), OK);
    EXPECT(rows > 300);
    EXPECT_EQ(calendar_working(c, day("2026-02-14"), &working, &provisional), OK);
    EXPECT(working && !provisional); /* a Saturday worked before the Spring Festival */
    EXPECT_EQ(calendar_working(c, day("2026-02-17"), &working, &provisional), OK);
    EXPECT(!working);
    EXPECT_EQ(calendar_working(c, day("2031-06-02"), &working, &provisional), OK);
    EXPECT(working && provisional); /* nobody has published 2031 */
    EXPECT_EQ(calendar_add(c, day("2026-02-13"), 3, &d), OK);
    EXPECT_EQ(d, day("2026-02-25"));
    /* adding n and counting between agree, from every day of the year */
    for (int32_t from = day("2026-01-01"); from <= day("2026-12-31"); from += 5)
        for (int64_t k = 1; k <= 20; k += 6) {
            EXPECT_EQ(calendar_add(c, from, k, &d), OK);
            EXPECT_EQ(calendar_between(c, from, d, &n), OK);
            EXPECT_EQ(n, k);
        }
    EXPECT_EQ(calendar_between(c, d, d, &n), OK);
    EXPECT_EQ(n, 0);
}
