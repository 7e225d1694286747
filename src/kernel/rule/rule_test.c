/* SPDX-License-Identifier: Apache-2.0
 * rule_test.c - which row of a rule is in force: the nearest area first, then the latest day; what
 * is over or not yet begun does not count. */
#include "core/day.h"
#include "kernel/rule/rule.h"
#include "store/migrate.h"
#include "test_db.h"

enum { DAY = 20000 };

static struct rule row(const char *value, const char *level, const char *area, int64_t from)
{
    return (struct rule){ .name = "visit.days",
                          .value = value,
                          .unit = "day",
                          .level = level,
                          .document = "",
                          .article = "",
                          .area = area,
                          .valid_from = from,
                          .source = "",
                          .note = "" };
}

static void put(struct ctx *c, struct rule r)
{
    EXPECT_EQ(rule_add(c, &r), OK);
}

static int64_t at(struct ctx *c, const char *place, int32_t day)
{
    int64_t n = -1;
    struct ctx probe = *c;
    enum err e = rule_int(&probe, "visit.days", place, day, &n);
    EXPECT(e == OK || e == E_NOT_FOUND);
    return e ? -1 : n;
}

TEST_DB(the_nearest_area_decides_whatever_its_level)
{
    EXPECT_EQ(migrate(c), OK);
    put(c, row("30", "national", "", DAY));
    put(c, row("20", "province", "42", DAY));
    put(c, row("14", "county", "421281", DAY));
    put(c, row("7", "charter", "421281101202", DAY));
    put(c, row("25", "national", "", DAY + 5)); /* newer, but farther away */
    EXPECT_EQ(at(c, "421281101202", DAY + 9), 7);
    EXPECT_EQ(at(c, "421281101203", DAY + 9), 14);
    EXPECT_EQ(at(c, "421222100200", DAY + 9), 20);
    EXPECT_EQ(at(c, "110101001001", DAY + 9), 25);
    EXPECT_EQ(at(c, "42128", DAY + 9), 20); /* a prefix of an area is not in it */
}

TEST_DB(a_rule_holds_from_its_day_until_the_day_before_the_next)
{
    struct rule *all;
    size_t n;
    EXPECT_EQ(migrate(c), OK);
    put(c, row("30", "county", "421281", DAY));
    put(c, row("20", "county", "421281", DAY + 10));
    EXPECT_EQ(at(c, "421281", DAY - 1), -1); /* before the first: reference data is missing */
    EXPECT_EQ(at(c, "421281", DAY), 30);
    EXPECT_EQ(at(c, "421281", DAY + 9), 30);
    EXPECT_EQ(at(c, "421281", DAY + 10), 20);
    EXPECT_EQ(rule_list(c, "visit.days", &all, &n), OK);
    EXPECT_EQ(n, 2); /* the old one is still there to be read */
    EXPECT_EQ(rule_in_force(c, DAY + 10, &all, &n), OK);
    EXPECT(n == 1 && str_eq(all[0].value, "20"));
    struct rule limited = row("5", "county", "421281101", DAY);
    limited.valid_to = DAY + 2;
    put(c, limited);
    EXPECT_EQ(at(c, "421281101202", DAY + 2), 5);
    EXPECT_EQ(at(c, "421281101202", DAY + 3), 30); /* over: the wider area again */
}

TEST_DB(of_two_rows_of_one_day_the_one_written_last_holds)
{
    EXPECT_EQ(migrate(c), OK);
    put(c, row("30", "county", "421281", DAY));
    put(c, row("31", "county", "421281", DAY)); /* a mistake put right on the same day */
    EXPECT_EQ(at(c, "421281", DAY), 31);
}

TEST_DB(a_rule_that_is_no_number_is_not_read_as_one)
{
    int64_t n;
    static const char *const bad[] = { "", "x", "3 天", "3x" };
    EXPECT_EQ(migrate(c), OK);
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct ctx probe = *c;
        put(c, row(bad[i], "county", "421281", DAY + (int64_t)i));
        EXPECT_EQ(rule_int(&probe, "visit.days", "421281", DAY + (int32_t)i, &n), E_FORMAT);
    }
}
