/* SPDX-License-Identifier: Apache-2.0
 * clock_test.c - the server's clock is set back, or jumps ahead: nothing is lost or overwritten,
 * and work goes on. */
#include "flows.h"
#include "store/db.h"

#define HOUR_MS INT64_C(3600000)

static void expect_there(struct client *cl, const struct taken *e)
{
    client_get(cl, flow_path(cl, "/errand/%s", e->key));
    EXPECT_PAGE(cl, 200, "老年人优待证办理");
    client_json(
        cl, "/api/v1/progress",
        arena_printf(cl->t->c.arena, "{\"number\":\"%s\",\"code\":\"%s\"}", e->number, e->code));
    EXPECT_STATUS(cl, 200);
}

TEST(a_clock_that_is_set_back_gives_no_number_twice)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    struct taken e[6];
    client_sign_in(cl, "agent", TEST_VILLAGE);
    int64_t now = t->c.now_ms;
    /* three minutes, seven hours: within the session and its day */
    static const int64_t steps[] = { 0, -180000, -7 * HOUR_MS, 60000, -60000, 0 };
    for (size_t i = 0; i < COUNT(e); i++) {
        test_app_clock(t, now + steps[i]);
        e[i] = flow_take(cl, NULL, "王婆婆", "要办老人证", NULL);
        for (size_t k = 0; k < i; k++)
            EXPECT(!key_eq(e[i].k, e[k].k) && !str_eq(e[i].number, e[k].number));
        client_get(cl, flow_path(cl, "/errand/%s", e[i].key));
        client_post(cl, flow_path(cl, "/errand/%s/suspend", e[i].key), "words", "等天晴", NULL);
        EXPECT_GOES(cl, "/errand/");
    }
    test_app_clock(t, now);
    for (size_t i = 0; i < COUNT(e); i++) {
        client_get(cl, flow_path(cl, "/errand/%s", e[i].key));
        client_post(cl, flow_path(cl, "/errand/%s/resume", e[i].key), NULL);
        EXPECT_GOES(cl, "/errand/"); /* paused later than now: counts as nothing, not below it */
        expect_there(cl, &e[i]);
    }
    test_app_stop(t);
}

TEST(a_clock_that_jumps_ahead_asks_to_sign_in_and_loses_nothing)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    client_sign_in(cl, "agent", TEST_VILLAGE);
    struct taken before = flow_take(cl, NULL, "王婆婆", "要办老人证", NULL);
    int64_t now = t->c.now_ms;
    test_app_clock(t, now + INT64_C(400) * 24 * HOUR_MS);
    client_get(cl, "/todo");
    EXPECT_GOES(cl, "/sign-in");
    client_renew(cl);
    client_get(cl, "/todo");
    EXPECT_PAGE(cl, 200, "超");
    struct taken ahead = flow_take(cl, NULL, "李爷爷", "要办老人证", NULL);
    test_app_clock(t, now + HOUR_MS); /* and is put right again */
    client_renew(cl);
    struct taken after = flow_take(cl, NULL, "张奶奶", "要办老人证", NULL);
    EXPECT(!str_eq(ahead.number, after.number) && !key_eq(ahead.k, after.k));
    expect_there(cl, &before);
    expect_there(cl, &ahead);
    expect_there(cl, &after);
    test_app_stop(t);
}
