/* SPDX-License-Identifier: Apache-2.0
 * day_test.c - every day of three centuries, and the words for it. */
#include "core/day.h"
#include "test.h"

TEST(every_day_from_1900_to_2199_is_its_date_and_back)
{
    static const int length[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int32_t expect = -25567; /* 1900-01-01, a Monday */
    int weekday = 1;
    for (int y = YEAR_MIN; y <= YEAR_MAX; y++) {
        bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
        for (int m = 1; m <= 12; m++) {
            int days = length[m - 1] + (m == 2 && leap);
            for (int d = 1; d <= days; d++, expect++) {
                int32_t day = 0;
                int y2, m2, d2;
                EXPECT(day_from_ymd(y, m, d, &day) && day == expect);
                day_ymd(day, &y2, &m2, &d2);
                EXPECT(y2 == y && m2 == m && d2 == d);
                EXPECT_EQ(day_weekday(day), weekday++ % 7);
            }
            int32_t none = 7;
            EXPECT(!day_from_ymd(y, m, days + 1, &none) && none == 7);
        }
    }
}

TEST(a_date_is_read_strictly)
{
    int32_t day = 1;
    EXPECT(day_parse("1970-01-01", &day) && day == 0);
    EXPECT(day_parse("2024-02-29", &day) && day == 19782);
    static const char *bad[] = { "",           "2026-2-29",   "2026-02-29",  "1899-12-31",
                                 "2200-01-01", "2026-13-01",  "2026-00-01",  "2026-01-00",
                                 "2026/01/01", " 2026-01-01", "2026-01-01 ", "２026-01-01",
                                 "-026-01-01", "2026-01-+1",  "20260101" };
    for (size_t i = 0; i < COUNT(bad); i++)
        EXPECT(!day_parse(bad[i], &day) && day == 19782);
}

TEST(a_day_begins_at_midnight_in_shanghai)
{
    EXPECT_EQ(day_of_ms(0), 0);
    EXPECT_EQ(ms_of_day(0), -28800000);
    for (int32_t day = -40000; day < 90000; day += 13) {
        EXPECT_EQ(day_of_ms(ms_of_day(day)), day);
        EXPECT_EQ(day_of_ms(ms_of_day(day) - 1), day - 1);
        EXPECT_EQ(day_of_ms(ms_of_day(day) + DAY_MS - 1), day);
    }
}

TEST(days_and_times_have_their_chinese_words)
{
    struct arena *a = arena_new(ARENA_LIMIT);
    int32_t day = 0;
    EXPECT(day_parse("2026-11-26", &day));
    EXPECT_STR(day_iso(a, day), "2026-11-26");
    EXPECT_STR(day_zh(a, day), "11月26日（周四）");
    EXPECT_STR(day_zh_full(a, day), "2026年11月26日（周四）");
    int64_t ms = ms_of_day(day) + ((9 * 60 + 12) * 60 + 59) * INT64_C(1000) + 999;
    EXPECT_STR(ms_zh(a, ms), "11月26日 09:12");
    EXPECT_STR(ms_zh_full(a, ms), "2026年11月26日 09:12");
    EXPECT_STR(ms_iso(a, ms), "2026-11-26T01:12:59Z");
    EXPECT_STR(ms_iso(a, -1), "1969-12-31T23:59:59Z");
    arena_free(a);
}

TEST(age_grows_on_the_birthday)
{
    int32_t birth = 0, today = 0;
    static const struct {
        const char *birth, *today;
        int age;
    } t[] = { { "1960-11-26", "2026-11-25", 65 }, { "1960-11-26", "2026-11-26", 66 },
              { "2004-02-29", "2026-02-28", 21 }, { "2004-02-29", "2026-03-01", 22 },
              { "2026-01-01", "2026-12-31", 0 },  { "2027-01-01", "2026-12-31", -1 } };
    for (size_t i = 0; i < COUNT(t); i++) {
        EXPECT(day_parse(t[i].birth, &birth) && day_parse(t[i].today, &today));
        EXPECT_EQ(day_age(birth, today), t[i].age);
    }
}
