/* SPDX-License-Identifier: Apache-2.0
 * errand_list_test.c - a list is the same whichever way it is gathered: of a village, of a township
 * from its villages, of a county, of what lies above. And a look-up writes nothing. */
#include "flows.h"
#include "gov/errand/errand.h"
#include "kernel/place/place.h"

enum { EACH = 15 };

static enum err take_some(struct ctx *c, void *unused)
{
    static const char *const places[] = { TEST_VILLAGE, TEST_VILLAGE_OTHER, TEST_VILLAGE_FAR };
    (void)unused;
    for (int i = 0; i < EACH; i++)
        for (size_t p = 0; p < COUNT(places); p++) {
            struct errand e;
            const char *code;
            struct intake in = { .place = places[p],
                                 .who = "王某某",
                                 .channel = "window",
                                 .manner = "spoken",
                                 .words = "问一下",
                                 .desk = { places[p], CAP_NO_ERRAND_TAKE, 0 },
                                 .draft = true };
            TRY(errand_take(c, &in, &e, &code));
            if (i % 5 == 0 && p == 1)
                TRY(errand_step(c, &e, EV_WITHDRAW, "不办了", ""));
        }
    return OK;
}

/* Reads a whole list page by page; each page's rows are older than those before. */
static size_t count_all(struct ctx *c, const char *place, const char *state)
{
    struct errand_line *rows;
    size_t n, all = 0;
    int64_t before = 0;
    do {
        struct errand_query q = { place, state, before, ERRAND_LIST_MAX };
        EXPECT_EQ(errand_list(c, &q, &rows, &n), OK);
        for (size_t i = 0; i < n; i++) {
            EXPECT(before == 0 || rows[i].key.id < before);
            EXPECT_EQ(rows[i].key.county, place_county(TEST_COUNTY));
            EXPECT(rows[i].created_ms > 0 && *rows[i].title && *rows[i].number);
            EXPECT(!*state || str_eq(rows[i].state, state));
            before = rows[i].key.id;
        }
        all += n;
    } while (n == ERRAND_LIST_MAX);
    return all;
}

TEST(an_errand_list_is_complete_and_newest_first_at_every_level)
{
    struct test_app *t = test_app_start();
    test_app_write(t, take_some, NULL);
    struct ctx *c = &t->c;
    EXPECT_EQ(count_all(c, TEST_VILLAGE, ""), (size_t)EACH);
    EXPECT_EQ(count_all(c, TEST_TOWNSHIP, ""), (size_t)2 * EACH);
    EXPECT_EQ(count_all(c, TEST_COUNTY, ""), (size_t)3 * EACH);
    EXPECT_EQ(count_all(c, "4212", ""), (size_t)3 * EACH);
    EXPECT_EQ(count_all(c, "42", ""), (size_t)3 * EACH);
    EXPECT_EQ(count_all(c, "", "drafted"), (size_t)3 * EACH - 3);
    EXPECT_EQ(count_all(c, TEST_COUNTY, "withdrawn"), (size_t)3);
    EXPECT_EQ(count_all(c, TEST_TOWNSHIP, "withdrawn"), (size_t)3);
    EXPECT_EQ(count_all(c, TEST_VILLAGE, "withdrawn"), (size_t)0);
    EXPECT_EQ(count_all(c, TEST_VILLAGE_OTHER, "withdrawn"), (size_t)3);
    test_app_stop(t);
}

static int64_t count(struct ctx *c, const struct sql *q)
{
    int64_t n;
    EXPECT_EQ(db_one(c, q, IN_NONE, OUT(s_int(&n))), OK);
    return n;
}

TEST(a_look_up_of_progress_writes_nothing_but_its_refusals)
{
    static const struct sql REQUESTS = { "SELECT count(*) FROM request", NULL },
                            AUDITS = { "SELECT count(*) FROM audit", NULL };
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    client_sign_in(cl, "agent", TEST_VILLAGE);
    client_json(cl, "/api/v1/errand/new",
                "{\"place\":\"" TEST_VILLAGE "\",\"who\":\"王某某\",\"channel\":\"window\","
                "\"manner\":\"spoken\",\"words\":\"问一下\",\"act\":\"draft\"}");
    EXPECT_STATUS(cl, 201);
    const char *number = client_between(cl, "\"number\":\"", "\""),
               *code = client_between(cl, "\"code\":\"", "\"");
    int64_t requests = count(&t->c, &REQUESTS), audits = count(&t->c, &AUDITS);
    struct client *visitor = client_new(t);
    client_get(visitor, "/progress");
    client_post(visitor, "/progress", "number", number, "code", code, NULL);
    EXPECT_PAGE(visitor, 200, "您说了要办的事");
    EXPECT_EQ(count(&t->c, &AUDITS), audits);
    client_post(visitor, "/progress", "number", number, "code", "AAAAAA", NULL);
    EXPECT(visitor->status / 100 == 4);
    EXPECT_EQ(count(&t->c, &AUDITS), audits + 1);
    EXPECT_EQ(count(&t->c, &REQUESTS), requests);
    test_app_stop(t);
}

/* The path of a POST that only reads goes by the form on /errand/find. */
TEST(an_errand_is_found_by_number_name_or_telephone_within_reach_only)
{
    struct test_app *t = test_app_start();
    struct client *agent = client_new(t), *other = client_new(t);
    client_sign_in(agent, "agent", TEST_VILLAGE);
    client_sign_in(other, "agent", TEST_VILLAGE_OTHER);
    struct key who = test_app_person(t, TEST_VILLAGE, "王某某", NULL, "13912345678");
    struct taken x = flow_take(agent, key_text(&t->c, who), NULL, "办证", NULL);
    client_get(agent, "/errand/find");
    client_submit(agent, "/errand/find", "q", x.number, NULL);
    EXPECT_GOES(agent, flow_path(agent, "/errand/%s", x.key));
    client_get(agent, "/errand/find");
    client_submit(agent, "/errand/find", "q", "13912345678", NULL);
    EXPECT_PAGE(agent, 200, x.key);
    client_submit(agent, "/errand/find", "q", "没有这个人", NULL);
    EXPECT_PAGE(agent, 200, "没有找到");
    client_get(other, "/errand/find");
    client_submit(other, "/errand/find", "q", x.number, NULL);
    EXPECT_PAGE(other, 422, "没有找到这条记录");
    EXPECT_HAS(other, x.number);
    client_get(other, "/errand/find");
    client_submit(other, "/errand/find", "q", "王某某", NULL);
    EXPECT_PAGE(other, 200, "没有找到");
    EXPECT_HAS_NOT(other, x.key);
    test_app_stop(t);
}

TEST(the_list_as_a_file_holds_no_names_and_nothing_of_another_village)
{
    struct test_app *t = test_app_start();
    struct client *agent = client_new(t);
    client_sign_in(agent, "agent", TEST_VILLAGE);
    flow_take(agent, NULL, "穿蓝衣的婆婆", "办证", NULL);
    client_get(agent, "/errand/export?format=csv");
    EXPECT_PAGE(agent, 200, "办理中");
    EXPECT_HAS_NOT(agent, "婆婆");
    client_get(agent, "/errand/export?format=xlsx");
    EXPECT_STATUS(agent, 200);
    EXPECT(memcmp(agent->body, "PK", 2) == 0);
    client_get(agent, "/errand/export?format=csv&place=" TEST_VILLAGE_OTHER);
    EXPECT_STATUS(agent, 403);
    test_app_stop(t);
}
