/* SPDX-License-Identifier: Apache-2.0
 * village_test.c - a village's page and its poster, townships and counties, a code that is unknown
 * or merged, and the public totals with their choices. */
#include "gov/village/village.h"
#include "store/migrate.h"
#include "test_app.h"
#include "test_db.h"

static enum err merge(struct ctx *c, void *unused)
{
    static const struct sql MERGE = {
        "UPDATE place SET merged_into = $2, valid_to = $3 WHERE code = $1", NULL
    };
    (void)unused;
    return db_change_one(c, &MERGE,
                         IN(v_text(TEST_VILLAGE_OTHER), v_text(TEST_VILLAGE), v_int(20000)));
}

TEST(a_village_page_has_telephones_and_a_poster_with_a_code)
{
    struct test_app *t = test_app_start();
    struct client *agent = client_new(t), *cl = client_new(t);
    client_sign_in(agent, "agent", TEST_VILLAGE);
    client_get(cl, "/village/" TEST_VILLAGE);
    EXPECT_PAGE(cl, 200, "href=\"tel:1");
    EXPECT_HAS(cl, "替您跑完全程");
    client_get(cl, "/village/" TEST_VILLAGE "/poster");
    EXPECT_PAGE(cl, 200, "有事打电话");
    EXPECT_HAS(cl, "<svg");
    EXPECT_HAS(cl, "12345");
    client_get(cl, "/village/" TEST_TOWNSHIP "/poster");
    EXPECT_STATUS(cl, 404);
    test_app_stop(t);
}

TEST(townships_and_counties_have_pages_with_what_is_below)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    client_get(cl, "/village/" TEST_TOWNSHIP);
    EXPECT_PAGE(cl, 200, "/village/" TEST_VILLAGE);
    client_get(cl, "/village/" TEST_COUNTY);
    EXPECT_PAGE(cl, 200, "/village/" TEST_TOWNSHIP);
    test_app_stop(t);
}

TEST(a_code_that_is_unknown_or_merged_gets_a_way_on)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    client_get(cl, "/village/421281101999");
    EXPECT_PAGE(cl, 404, "没有这个村的代码");
    EXPECT_HAS(cl, "/village/" TEST_VILLAGE); /* of the same township */
    client_get(cl, "/village/9");
    EXPECT_PAGE(cl, 404, "没有这个村的代码");
    client_get(cl, "/village/nonsense");
    EXPECT_PAGE(cl, 404, "找村");
    test_app_write(t, merge, NULL);
    client_get(cl, "/village/" TEST_VILLAGE_OTHER);
    EXPECT_GOES(cl, "/village/" TEST_VILLAGE "?from=" TEST_VILLAGE_OTHER);
    client_follow(cl);
    EXPECT_PAGE(cl, 200, "已并入");
    test_app_stop(t);
}

TEST(totals_are_chosen_from_lists_and_come_as_files)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    client_sign_in(cl, "agent", TEST_VILLAGE);
    client_json(cl, "/api/v1/errand/new",
                "{\"place\":\"" TEST_VILLAGE "\",\"who\":\"王某某\",\"channel\":\"window\","
                "\"manner\":\"spoken\",\"words\":\"问一下\",\"item\":\"utility.pay\","
                "\"m0\":\"here\",\"m1\":\"here\",\"m2\":\"here\"}");
    EXPECT_STATUS(cl, 201);
    struct client *who = client_new(t);
    client_get(who, "/totals?place=" TEST_TOWNSHIP "&from=202601&to=202611");
    EXPECT_PAGE(who, 200, "<option value=\"" TEST_VILLAGE "\">");
    EXPECT_HAS(who, "<option value=\"202611\" selected");
    EXPECT_HAS(who, "一个月一个月看");
    EXPECT_HAS(who, "水电费代缴");
    EXPECT_HAS_NOT(who, "utility.pay");
    client_get(who, "/totals?place=" TEST_TOWNSHIP "&from=202601&to=202611&by=body&format=csv");
    EXPECT_PAGE(who, 200, "单位,收到");
    client_get(who, "/totals?place=" TEST_TOWNSHIP "&from=202601&to=202611&format=csv");
    EXPECT_PAGE(who, 200, "水电费代缴,1");
    test_app_stop(t);
}

TEST_DB(totals_are_summed_by_month_by_item_and_by_body)
{
    static const struct sql ADD = {
        "INSERT INTO errand_total (place, month, item, body, taken, done, late, refused, "
        "told_again, days, rated, score) VALUES ($1, $2, 0, $3, $4, $5, 0, 0, 0, 0, 0, 0)",
        NULL
    };
    static const struct {
        const char *place, *body;
        int64_t month, taken, done;
    } rows[] = { { TEST_VILLAGE, "civil_affairs", 202610, 3, 2 },
                 { TEST_VILLAGE, "tax", 202611, 4, 4 },
                 { TEST_VILLAGE_OTHER, "tax", 202611, 5, 1 },
                 { TEST_VILLAGE_FAR, "tax", 202611, 7, 7 } };
    struct total *out;
    size_t n;
    EXPECT_EQ(migrate(c), OK);
    for (size_t i = 0; i < COUNT(rows); i++)
        EXPECT_EQ(db_run(c, &ADD,
                         IN(v_text(rows[i].place), v_int(rows[i].month), v_text(rows[i].body),
                            v_int(rows[i].taken), v_int(rows[i].done))),
                  OK);
    EXPECT_EQ(totals_by_month(c, TEST_TOWNSHIP, 202601, 202612, &out, &n), OK);
    EXPECT_EQ(n, (size_t)2);
    ck_assert_str_eq(out[0].name, "202610");
    EXPECT_EQ(out[1].taken, 9);
    EXPECT_EQ(out[1].done, 5);
    EXPECT_EQ(totals_by_body(c, TEST_TOWNSHIP, 202611, 202611, &out, &n), OK);
    EXPECT_EQ(n, (size_t)1);
    EXPECT_EQ(out[0].taken, 9);
    EXPECT_EQ(totals_by_item(c, TEST_COUNTY, 202601, 202612, &out, &n), OK);
    EXPECT_EQ(out[0].taken, 19);
}
