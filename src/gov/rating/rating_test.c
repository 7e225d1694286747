/* SPDX-License-Identifier: Apache-2.0
 * rating_test.c - a rating from the first word to the second one: called back in time, put right,
 * rated again, counted once, and never with a name for the one who was rated. */
#include "core/day.h"
#include "flows.h"
#include "gov/rating/rating.h"
#include "gov/village/village.h"

static struct client *worker(struct test_app *t, const char *kind, const char *place)
{
    struct client *cl = client_new(t);
    client_sign_in(cl, kind, place);
    return cl;
}

/* Taken, done and delivered at once. */
static struct taken delivered(struct client *agent, const char *who)
{
    struct taken x = flow_take_asked(agent, &(struct asked){ .item = "utility.pay", .who = who });
    client_get(agent, flow_path(agent, "/errand/%s", x.key));
    client_submit(agent, flow_path(agent, "/errand/%s/done-now", x.key), "words", "交好了", NULL);
    EXPECT_STATUS(agent, 303);
    return x;
}

static void rate(struct client *who, const struct taken *x, const char *score, const char *words)
{
    client_get(who, "/rate");
    client_submit(who, "/rate", "number", x->number, "code", x->code, "score", score, "words",
                  words, NULL);
    EXPECT_PAGE(who, 200, "评价收到了");
}

static struct rating load(struct test_app *t, const struct taken *x)
{
    struct rating r;
    EXPECT_EQ(rating_load(&t->c, x->k, &r), OK);
    return r;
}

static struct total totals(struct test_app *t)
{
    struct total all;
    EXPECT_EQ(totals_all(&t->c, TEST_VILLAGE, 200001, 209912, &all), OK);
    return all;
}

TEST(a_bad_rating_is_called_back_put_right_and_rated_again)
{
    struct test_app *t = test_app_start();
    struct client *agent = worker(t, "agent", TEST_VILLAGE), *nobody = client_new(t);
    struct client *centre = worker(t, "centre", TEST_TOWNSHIP);
    struct taken x = delivered(agent, "王某某");
    rate(nobody, &x, "2", "跑了两趟");
    EXPECT_STR(load(t, &x).state, "callback");
    client_get(centre, "/ratings");
    EXPECT_PAGE(centre, 200, flow_path(centre, "/ratings/%s", x.key));
    client_get(centre, flow_path(centre, "/ratings/%s", x.key));
    client_submit(centre, flow_path(centre, "/ratings/%s/called", x.key), "found", "service", NULL);
    EXPECT_PAGE(centre, 422, "这一项要填"); /* what was found is said in words */
    client_submit(centre, flow_path(centre, "/ratings/%s/called", x.key), "words", "确实跑了两趟",
                  NULL);
    EXPECT_STATUS(centre, 303);
    struct rating r = load(t, &x);
    EXPECT_STR(r.state, "rectify");
    EXPECT(r.due_ms > t->c.now_ms);
    client_get(centre, flow_path(centre, "/ratings/%s", x.key));
    client_submit(centre, flow_path(centre, "/ratings/%s/righted", x.key), "words", "上门道歉",
                  NULL);
    EXPECT_STATUS(centre, 303);
    client_get(centre, flow_path(centre, "/ratings/%s", x.key));
    client_submit(centre, flow_path(centre, "/ratings/%s/again", x.key), "score", "4", NULL);
    EXPECT_STATUS(centre, 303);
    EXPECT_STR(load(t, &x).state, "closed");
    EXPECT_EQ(load(t, &x).second, 4);
    EXPECT_EQ(totals(t).rated, 1); /* the second word does not hide the first */
    EXPECT_EQ(totals(t).score, 2);
    client_get(centre, "/todo");
    EXPECT_HAS_NOT(centre, "差评回访");
    test_app_stop(t);
}

TEST(a_rating_that_proves_untrue_is_closed_with_what_was_found)
{
    struct test_app *t = test_app_start();
    struct client *agent = worker(t, "agent", TEST_VILLAGE), *nobody = client_new(t);
    struct client *centre = worker(t, "centre", TEST_TOWNSHIP);
    struct taken x = delivered(agent, "王某某");
    rate(nobody, &x, "1", "");
    client_get(centre, flow_path(centre, "/ratings/%s", x.key));
    client_submit(centre, flow_path(centre, "/ratings/%s/called", x.key), "found", "untrue",
                  "words", "居民说按错了，本来要评五分", NULL);
    EXPECT_STATUS(centre, 303);
    EXPECT_STR(load(t, &x).state, "closed");
    client_json(centre, flow_path(centre, "/api/v1/ratings/%s/righted", x.key),
                "{\"words\":\"改了\"}");
    EXPECT_PAGE(centre, 409, "WRONG_STATE");
    test_app_stop(t);
}

TEST(who_was_rated_sees_no_rater_and_another_township_sees_nothing)
{
    struct test_app *t = test_app_start();
    struct client *agent = worker(t, "agent", TEST_VILLAGE), *nobody = client_new(t);
    struct client *far = worker(t, "centre", "421281102");
    struct taken x = delivered(agent, "王某某");
    rate(nobody, &x, "1", "态度不好");
    client_get(agent, "/ratings");
    EXPECT_STATUS(agent, 403);
    client_get(agent, flow_path(agent, "/ratings/%s", x.key));
    EXPECT_STATUS(agent, 403);
    client_get(agent, "/notices");
    EXPECT_HAS_NOT(agent, "王某某");
    client_get(far, flow_path(far, "/ratings/%s", x.key));
    EXPECT_STATUS(far, 404);
    client_get(far, "/ratings");
    EXPECT_HAS_NOT(far, x.key);
    test_app_stop(t);
}

TEST(a_rating_said_aloud_is_written_down_as_such)
{
    struct test_app *t = test_app_start();
    struct client *agent = worker(t, "agent", TEST_VILLAGE);
    struct client *centre = worker(t, "centre", TEST_TOWNSHIP);
    struct taken x = delivered(agent, "王某某");
    client_get(centre, flow_path(centre, "/errand/%s/rate", x.key));
    client_submit(centre, flow_path(centre, "/errand/%s/rate", x.key), "score", "5", "how", "mouth",
                  NULL);
    EXPECT_STATUS(centre, 303);
    EXPECT_STR(load(t, &x).how, "mouth");
    EXPECT_STR(load(t, &x).state, "done");
    client_get(centre, flow_path(centre, "/errand/%s/rate", x.key));
    client_submit(centre, flow_path(centre, "/errand/%s/rate", x.key), "score", "1", "how", "paper",
                  NULL);
    EXPECT_PAGE(centre, 409, "一件事评一次");
    EXPECT_EQ(totals(t).score, 5);
    test_app_stop(t);
}
