/* SPDX-License-Identifier: Apache-2.0
 * errand_step_test.c - what a step does beside moving on: the desk it comes to, the totals, what is
 * shown of a decision that does not stand. */
#include "core/day.h"
#include "crypto/signer.h"
#include "flows.h"
#include "gov/errand/errand.h"
#include "gov/rating/rating.h"
#include "gov/village/village.h"
#include "kernel/account/account.h"
#include "kernel/body/body.h"
#include <liboath/oath.h>

/* The village's totals of all months. */
static struct total totals(struct test_app *t)
{
    struct total all;
    EXPECT_EQ(totals_all(&t->c, TEST_VILLAGE, 200001, 209912, &all), OK);
    return all;
}

static struct errand load(struct test_app *t, const struct taken *x)
{
    struct errand e;
    EXPECT_EQ(errand_load_any(&t->c, x->k, &e), OK);
    return e;
}

static struct client *worker(struct test_app *t, const char *kind, const char *place)
{
    struct client *cl = client_new(t);
    client_sign_in(cl, kind, place);
    return cl;
}

static void hand_on(struct client *cl, const struct taken *x)
{
    client_get(cl, flow_path(cl, "/errand/%s", x->key));
    client_submit(cl, flow_path(cl, "/errand/%s/hand", x->key), "where", "next", NULL);
    EXPECT_STATUS(cl, 303);
}

static void decide(struct client *cl, const struct taken *x, const char *how, const char *words)
{
    client_get(cl, flow_path(cl, "/errand/%s", x->key));
    client_submit(cl, flow_path(cl, "/errand/%s/decide", x->key), "decision", how, "words", words,
                  NULL);
    EXPECT_STATUS(cl, 303);
}

/* One of the village that a department decides, with the department. */
static struct taken at_department(struct test_app *t, struct client *agent)
{
    struct taken x = flow_take_asked(agent, &(struct asked){ .item = "elder.allowance" });
    hand_on(agent, &x);
    hand_on(worker(t, "window", TEST_TOWNSHIP), &x);
    return x;
}

static enum err rename_office(struct ctx *c, void *unused)
{
    struct body b;
    (void)unused;
    TRY(body_serving(c, "civil_affairs", TEST_COUNTY, &b));
    return body_rename(c, &b, day_of_ms(c->now_ms), "社会事务局", "社会", "赤编发〔2026〕8 号");
}

TEST(a_corrected_decision_goes_back_to_who_decided_and_out_of_the_totals)
{
    struct test_app *t = test_app_start();
    struct client *agent = worker(t, "agent", TEST_VILLAGE);
    struct client *office = worker(t, "department", TEST_COUNTY);
    struct client *chief = worker(t, "chief", TEST_VILLAGE);
    struct taken x = at_department(t, agent);
    struct errand before = load(t, &x);
    decide(office, &x, "refused", "年龄不够，第三条");
    EXPECT_EQ(totals(t).done, 1);
    EXPECT_EQ(totals(t).refused, 1);
    client_get(agent, "/errand");
    EXPECT_PAGE(agent, 200, "没有批准");
    client_get(agent, flow_path(agent, "/errand/%s", x.key));
    EXPECT_PAGE(agent, 200, "作出决定</b>：不同意。年龄不够");

    client_get(chief, flow_path(chief, "/errand/%s", x.key));
    client_submit(chief, flow_path(chief, "/errand/%s/correct", x.key), "words", "出生日期看错了",
                  NULL);
    EXPECT_STATUS(chief, 303);
    struct errand e = load(t, &x);
    EXPECT_STR(e.holder, before.holder);
    EXPECT_EQ(e.holder_body, before.holder_body);
    EXPECT_STR(e.result, "");
    EXPECT_EQ(e.decided_ms, 0);
    EXPECT_EQ(totals(t).done, 0);
    EXPECT_EQ(totals(t).refused, 0);
    EXPECT_EQ(totals(t).days, 0);
    decide(office, &x, "granted", "次月起发放");
    EXPECT_EQ(totals(t).done, 1);
    EXPECT_EQ(totals(t).refused, 0);
    test_app_stop(t);
}

/* ---- the second factor before a decision ---- */
static const char secret[] = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

static enum err give_totp(struct ctx *c, void *arg)
{
    return account_set_totp(c, *(const int64_t *)arg, secret);
}

static const char *code_now(struct test_app *t)
{
    char *raw, digits[7];
    size_t n;
    EXPECT_EQ(oath_base32_decode(secret, strlen(secret), &raw, &n), OATH_OK);
    EXPECT_EQ(oath_totp_generate(raw, n, t->c.now_ms / 1000, 30, 0, 6, digits), OATH_OK);
    free(raw);
    return arena_copy(t->c.arena, digits);
}

static void later(struct test_app *t, int minutes)
{
    test_app_clock(t, t->c.now_ms + minutes * 60000);
}

TEST(who_has_a_second_factor_shows_it_anew_before_deciding_and_loses_nothing)
{
    struct test_app *t = test_app_start();
    struct client *agent = worker(t, "agent", TEST_VILLAGE);
    struct client *office = worker(t, "department", TEST_COUNTY);
    struct taken x = at_department(t, agent);
    const char *path = flow_path(office, "/errand/%s", x.key);
    const char *act = flow_path(office, "/errand/%s/decide", x.key);
    test_app_write(t, give_totp, &office->account);
    later(t, 20); /* in use all the time: signed in, but the code is half an hour old */
    client_get(office, path);
    client_submit(office, flow_path(office, "/errand/%s/note", x.key), "words", "在看", NULL);
    later(t, 20);
    client_get(office, path);
    EXPECT_PAGE(office, 200, "作出决定");
    EXPECT_HAS_NOT(office, "动态码");
    client_submit(office, act, "decision", "refused", "words", "年龄不够，第三条", NULL);
    EXPECT_PAGE(office, 403, "这一步要再输一次动态码");
    EXPECT_STR(client_value(office, "words"), "年龄不够，第三条");
    EXPECT_STR(client_value(office, "decision"), "refused");
    EXPECT_STR(load(t, &x).decision, "");
    client_submit(office, act, "second", "000000", NULL);
    EXPECT_STATUS(office, 401); /* a wrong code is counted and decides nothing */
    EXPECT_STR(client_value(office, "words"), "年龄不够，第三条");
    EXPECT_STR(load(t, &x).decision, "");
    client_submit(office, act, "second", code_now(t), NULL);
    EXPECT_STATUS(office, 303);
    EXPECT_STR(load(t, &x).decision, "refused");
    EXPECT_STR(load(t, &x).result, "年龄不够，第三条");

    client_renew(agent);
    struct taken next = at_department(t, agent); /* soon after, nothing is asked */
    decide(office, &next, "granted", "次月起发放");
    EXPECT_STR(load(t, &next).decision, "granted");
    test_app_stop(t);
}

TEST(a_step_that_was_refused_keeps_all_its_fields_and_fills_no_other_form)
{
    struct test_app *t = test_app_start();
    struct client *agent = worker(t, "agent", TEST_VILLAGE);
    struct taken x = flow_take(agent, NULL, "王某某", "高龄津贴", NULL);
    client_get(agent, flow_path(agent, "/errand/%s", x.key));
    client_submit(agent, flow_path(agent, "/errand/%s/redirect", x.key), "to",
                  "赤壁市民政局 0715-0000000", NULL);
    EXPECT_PAGE(agent, 422, "这一项要填");
    EXPECT_STR(client_value(agent, "to"), "赤壁市民政局 0715-0000000");
    EXPECT_STR(load(t, &x).state, "in_hand");
    client_submit(agent, flow_path(agent, "/errand/%s/redirect", x.key), "words", "归民政局",
                  NULL);
    EXPECT_STATUS(agent, 303);
    test_app_stop(t);
}

TEST(who_decides_may_give_it_back)
{
    struct test_app *t = test_app_start();
    struct client *agent = worker(t, "agent", TEST_VILLAGE);
    struct client *office = worker(t, "department", TEST_COUNTY);
    struct taken x = at_department(t, agent);
    client_get(office, flow_path(office, "/errand/%s", x.key));
    EXPECT_PAGE(office, 200, "退回柳林村代理员");
    client_submit(office, flow_path(office, "/errand/%s/hand", x.key), "where", "back", NULL);
    EXPECT_STATUS(office, 303);
    EXPECT_STR(load(t, &x).holder, TEST_VILLAGE);
    test_app_stop(t);
}

TEST(the_history_keeps_to_whom_it_was_handed_by_the_name_of_that_day)
{
    struct test_app *t = test_app_start();
    struct client *agent = worker(t, "agent", TEST_VILLAGE), *guest = client_new(t);
    struct client *office = worker(t, "department", TEST_COUNTY);
    struct taken x = at_department(t, agent);
    client_get(agent, flow_path(agent, "/errand/%s", x.key));
    EXPECT_PAGE(agent, 200, "转交</b>：赵李桥镇综合窗口");
    EXPECT_HAS(agent, "转交</b>：赤壁市民政局");
    test_app_write(t, rename_office, NULL);
    client_get(agent, flow_path(agent, "/errand/%s", x.key));
    EXPECT_PAGE(agent, 200, "赤壁市社会事务局");
    EXPECT_HAS(agent, "转交</b>：赤壁市民政局");
    client_get(office, flow_path(office, "/errand/%s", x.key));
    client_submit(office, flow_path(office, "/errand/%s/hand", x.key), "where", "back", NULL);
    EXPECT_STATUS(office, 303);
    client_get(guest, "/progress");
    client_submit(guest, "/progress", "number", x.number, "code", x.code, NULL);
    EXPECT_PAGE(guest, 200, "交到下一家</b>：柳林村代理员");
    test_app_stop(t);
}

/* Delivers x and rates it badly; the rating's handler. */
static struct client *rated_badly(struct test_app *t, struct client *agent, const struct taken *x)
{
    client_get(agent, flow_path(agent, "/errand/%s", x->key));
    client_submit(agent, flow_path(agent, "/errand/%s/deliver", x->key), NULL);
    EXPECT_STATUS(agent, 303);
    struct client *who = client_new(t);
    client_get(who, "/rate");
    client_submit(who, "/rate", "number", x->number, "code", x->code, "score", "1", NULL);
    EXPECT_PAGE(who, 200, "评价收到了");
    struct client *centre = worker(t, "centre", TEST_TOWNSHIP);
    client_get(centre, flow_path(centre, "/ratings/%s", x->key));
    return centre;
}

TEST(a_bad_rating_of_the_service_leaves_the_decision_one_of_the_result_opens_the_errand_again)
{
    struct test_app *t = test_app_start();
    struct client *agent = worker(t, "agent", TEST_VILLAGE);
    struct client *office = worker(t, "department", TEST_COUNTY);
    struct taken x = at_department(t, agent), y = at_department(t, agent);
    decide(office, &x, "granted", "办好了");
    decide(office, &y, "granted", "办好了");
    struct client *centre = rated_badly(t, agent, &x);
    client_submit(centre, flow_path(centre, "/ratings/%s/called", x.key), "found", "service",
                  "words", "让老人跑了两趟", NULL);
    EXPECT_STATUS(centre, 303);
    EXPECT_STR(load(t, &x).decision, "granted");
    EXPECT_EQ(totals(t).done, 2);

    centre = rated_badly(t, agent, &y);
    client_submit(centre, flow_path(centre, "/ratings/%s/called", y.key), "found", "result",
                  "words", "名字印错了", NULL);
    EXPECT_STATUS(centre, 303);
    EXPECT_STR(load(t, &y).decision, "");
    EXPECT_EQ(totals(t).done, 1);
    client_follow(centre);
    EXPECT_PAGE(centre, 200, "送到居民手上以后再记整改");
    client_submit(centre, flow_path(centre, "/ratings/%s/righted", y.key), "words", "重印了", NULL);
    EXPECT_PAGE(centre, 409, "还没有办好送到居民手上");
    EXPECT_HAS(centre, "重印了");
    test_app_stop(t);
}

TEST(who_is_late_is_named_urged_and_asked_until_it_moves_or_answers)
{
    struct test_app *t = test_app_start();
    struct client *agent = worker(t, "agent", TEST_VILLAGE);
    struct client *office = worker(t, "department", TEST_COUNTY);
    struct client *lead = worker(t, "office", TEST_COUNTY);
    struct taken x = at_department(t, agent);
    client_get(office, "/todo");
    EXPECT_PAGE(office, 200, "柳林村 穿蓝衣的婆婆");
    client_get(office, flow_path(office, "/errand/%s", x.key));
    EXPECT_STATUS(office, 200);
    client_json(agent, flow_path(agent, "/api/v1/late/%s/urge", x.key), "{\"words\":\"快一点\"}");
    EXPECT_STATUS(agent, 403);
    test_app_clock(t, t->c.now_ms + (int64_t)60 * 86400000);
    test_app_write(t, errand_tick, NULL);
    client_renew(lead);
    client_get(lead, "/late");
    EXPECT_PAGE(lead, 200, "在<b>赤壁市民政局</b>手上");
    client_submit(lead, flow_path(lead, "/late/%s/urge", x.key), "words", "", NULL);
    EXPECT_PAGE(lead, 422, "这一项要填");
    client_submit(lead, flow_path(lead, "/late/%s/urge", x.key), "words", "周五前要结果", NULL);
    EXPECT_STATUS(lead, 303);
    client_renew(office);
    client_get(office, "/todo");
    EXPECT_PAGE(office, 200, "周五前要结果");
    client_get(office, "/notices");
    EXPECT_PAGE(office, 200, "督办：高龄津贴申请");
    client_get(office, flow_path(office, "/errand/%s", x.key));
    EXPECT_PAGE(office, 200, "督办</b>：周五前要结果");
    client_submit(office, flow_path(office, "/errand/%s/note", x.key), "words", "在等财政", NULL);
    client_get(office, "/todo");
    EXPECT_HAS_NOT(office, "周五前要结果");
    test_app_stop(t);
}

/* A resident's own words from the web, sorted by the agent in two sittings. */
TEST(a_draft_is_saved_half_done_and_taken_with_all_that_was_typed)
{
    struct test_app *t = test_app_start();
    struct client *agent = worker(t, "agent", TEST_VILLAGE);
    client_json(agent, "/api/v1/errand/new",
                "{\"place\":\"" TEST_VILLAGE "\",\"item\":\"none\",\"channel\":\"phone\","
                "\"manner\":\"spoken\",\"who\":\"王家媳妇\",\"words\":\"老人补贴\"}");
    EXPECT_STATUS(agent, 201);
    struct taken x = { client_between(agent, "\"errand\":\"", "\""), NULL, NULL, { 0, 0 } };
    EXPECT(key_parse(x.key, &x.k));
    const char *take = flow_path(agent, "/errand/%s/take", x.key);
    client_get(agent, arena_printf(t->c.arena, "%s?item=elder.allowance", take));
    client_submit(agent, take, "who", "王家大媳妇", "phone", "13912345678", "behalf", "替婆婆",
                  "m0", "missing", "act", "draft", NULL);
    EXPECT_GOES(agent, "/errand/");
    client_get(agent, take);
    EXPECT_PAGE(agent, 200, "王家大媳妇");
    EXPECT_HAS(agent, "不填就用已经留下的号码");
    EXPECT_STR(client_value(agent, "behalf"), "替婆婆");
    EXPECT_STR(client_value(agent, "m0"), "missing");
    client_submit(agent, take, "m0", "here", "m1", "here", "a0", "社保卡", "a1", "不是", "act",
                  "go", NULL);
    EXPECT_GOES(agent, "/errand/");
    struct errand e = load(t, &x);
    char *phone;
    EXPECT_EQ(field_open(&t->c, "errand.contact", e.contact_sealed, &phone), OK);
    EXPECT_STR(phone, "13912345678");
    EXPECT_STR(e.who, "王家大媳妇");
    EXPECT_STR(e.behalf, "替婆婆");
    EXPECT_STR(e.channel, "phone");
    test_app_stop(t);
}

TEST(a_return_visit_in_vain_is_tried_again_and_ends_after_the_countys_tries)
{
    struct test_app *t = test_app_start();
    struct client *agent = worker(t, "agent", TEST_VILLAGE);
    struct taken x = flow_take_asked(agent, &(struct asked){ .item = "utility.pay" });
    client_get(agent, flow_path(agent, "/errand/%s", x.key));
    client_submit(agent, flow_path(agent, "/errand/%s/done-now", x.key), NULL);
    for (int i = 1; i <= 3; i++) {
        client_get(agent, flow_path(agent, "/errand/%s", x.key));
        EXPECT_PAGE(agent, 200, arena_printf(t->c.arena, "没有联系上（第 %d 次）", i));
        client_submit(agent, flow_path(agent, "/errand/%s/revisit", x.key), "met", "no", NULL);
        EXPECT_STATUS(agent, 303);
    }
    client_get(agent, flow_path(agent, "/errand/%s", x.key));
    EXPECT_PAGE(agent, 200, "联系了 3 次，都没有联系上");
    EXPECT_STR(load(t, &x).state, "revisited");
    test_app_stop(t);
}

TEST(who_comes_second_sees_what_happened_and_keeps_the_words)
{
    struct test_app *t = test_app_start();
    struct client *agent = worker(t, "agent", TEST_VILLAGE);
    struct client *office = worker(t, "department", TEST_COUNTY);
    struct client *second = worker(t, "department", TEST_COUNTY);
    struct taken x = at_department(t, agent);
    client_get(second, flow_path(second, "/errand/%s", x.key));
    client_get(office, flow_path(office, "/errand/%s", x.key));
    client_submit(office, flow_path(office, "/errand/%s/suspend", x.key), "words", "等核查", NULL);
    EXPECT_STATUS(office, 303);
    client_submit(second, flow_path(second, "/errand/%s/decide", x.key), "decision", "refused",
                  "words", "年龄不够，第三条", NULL);
    EXPECT_PAGE(second, 409, "刚才有人同时改了这条记录");
    EXPECT_HAS(second, "年龄不够，第三条");
    EXPECT_HAS(second, "等核查");
    test_app_stop(t);
}

TEST(what_was_only_written_down_is_due_the_next_working_day_and_rises)
{
    struct test_app *t = test_app_start();
    struct client *agent = worker(t, "agent", TEST_VILLAGE);
    struct client *who = client_new(t), *centre = worker(t, "centre", TEST_TOWNSHIP);
    client_json(who, "/api/v1/start/elder.allowance",
                "{\"place\":\"" TEST_VILLAGE "\",\"who\":\"王某某\",\"phone\":\"13912345678\","
                "\"words\":\"八十岁补贴\"}");
    EXPECT_STATUS(who, 201);
    client_get(agent, "/todo");
    EXPECT_PAGE(agent, 200, "还有 1 天");
    test_app_clock(t, t->c.now_ms + (int64_t)3 * 86400000);
    test_app_write(t, errand_tick, NULL);
    client_renew(centre);
    client_get(centre, "/notices");
    EXPECT_PAGE(centre, 200, "超期：高龄津贴申请");
    test_app_stop(t);
}

TEST(an_agent_sees_what_others_have_in_hand_for_the_village)
{
    struct test_app *t = test_app_start();
    struct client *agent = worker(t, "agent", TEST_VILLAGE);
    struct client *other = worker(t, "agent", TEST_VILLAGE_OTHER);
    at_department(t, agent);
    client_get(agent, "/todo");
    EXPECT_PAGE(agent, 200, "别人在办，我在等");
    EXPECT_HAS(agent, "审核，作出决定");
    client_get(other, "/todo");
    EXPECT_HAS_NOT(other, "别人在办");
    test_app_stop(t);
}
