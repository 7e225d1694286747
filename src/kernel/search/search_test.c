/* SPDX-License-Identifier: Apache-2.0
 * search_test.c - words, parts of words and initials find their subject; on both engines. */
#include "kernel/search/search.h"
#include "store/migrate.h"
#include "test_db.h"

TEST_DB(everyday_words_and_initials_find_and_what_is_dropped_is_gone)
{
    static const char *const old[] = { "老年人优待证办理", "老人证" };
    static const char *const aid[] = { "最低生活保障申请", "吃低保" };
    struct search_hit *hits;
    size_t n;
    EXPECT_EQ(migrate(c), OK);
    EXPECT_EQ(search_put(c, "item", 1, old, COUNT(old)), OK);
    EXPECT_EQ(search_put(c, "item", 2, aid, COUNT(aid)), OK);
    static const struct {
        const char *query;
        int64_t first;
    } cases[] = { { "老人证", 1 }, { "优待证", 1 }, { "低保", 2 }, { "cdb", 2 }, { "lrz", 1 } };
    for (size_t i = 0; i < COUNT(cases); i++) {
        EXPECT_EQ(search_find(c, "item", cases[i].query, &hits, &n), OK);
        EXPECT(n >= 1);
        EXPECT_EQ(hits[0].subject, cases[i].first);
    }
    EXPECT_EQ(search_find(c, "item", "渔船", &hits, &n), OK);
    EXPECT_EQ(n, 0);
    EXPECT_EQ(search_find(c, "item", "", &hits, &n), OK);
    EXPECT_EQ(n, 0);
    EXPECT_EQ(search_drop(c, "item", 1), OK);
    EXPECT_EQ(search_find(c, "item", "老人证", &hits, &n), OK);
    EXPECT_EQ(n, 0);
}
