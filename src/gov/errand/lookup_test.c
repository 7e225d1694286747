/* SPDX-License-Identifier: Apache-2.0
 * lookup_test.c - what the holder of a receipt reads and may do: every state says what happens now,
 * who has it and what to do; a no says why and where to object; few statements. */
#include "core/day.h"
#include "flows.h"
#include "gov/errand/lookup.h"

static void look(struct client *cl, const struct taken *e)
{
    client_get(cl, "/progress");
    client_post(cl, "/progress", "number", e->number, "code", e->code, NULL);
}

static struct taken take(struct client *agent)
{
    return flow_take(agent, NULL, "王婆婆", "要办老人证", NULL);
}

TEST(a_look_up_says_what_happens_now_who_has_it_until_when_and_what_to_do)
{
    struct test_app *t = test_app_start();
    struct client *agent = client_new(t), *who = client_new(t);
    client_sign_in(agent, "agent", TEST_VILLAGE);
    struct taken e = take(agent);
    look(who, &e);
    EXPECT_PAGE(who, 200, "现在在柳林村代理员手上");
    EXPECT_HAS(who, "个工作日。");
    EXPECT_HAS(who, "您不用跑，等着就行。");
    EXPECT_HAS(who, "href=\"tel:1");
    EXPECT_HAS(who, "收下了，开始办");
    EXPECT_HAS(who, "用完了，清掉这一页");
    EXPECT_HAS_NOT(who, "王婆婆");
    EXPECT(strstr(client_header(who, "Cache-Control"), "no-store") != NULL);
    ck_assert_str_eq(client_header(who, "Set-Cookie"), "");
    test_app_stop(t);
}

TEST(a_look_up_asks_few_statements)
{
    enum { STATEMENTS_MAX = 16 };
    struct test_app *t = test_app_start();
    struct client *agent = client_new(t);
    client_sign_in(agent, "agent", TEST_VILLAGE);
    struct taken e = take(agent);
    struct lookup l;
    int64_t before = db_asked(t->c.db);
    EXPECT_EQ(lookup_load(&t->c, e.number, e.code, &l), OK);
    int64_t asked = db_asked(t->c.db) - before;
    printf("look-up: %" PRId64 " statements\n", asked);
    EXPECT(asked <= STATEMENTS_MAX);
    before = db_asked(t->c.db);
    EXPECT_EQ(lookup_load(&t->c, e.number, "AAAAAA", &l), E_QUERY_CODE);
    EXPECT(db_asked(t->c.db) - before <= 1);
    test_app_stop(t);
}

TEST(a_refused_errand_says_so_why_and_where_to_object_until_when)
{
    struct test_app *t = test_app_start();
    struct client *agent = client_new(t), *who = client_new(t);
    client_sign_in(agent, "agent", TEST_VILLAGE);
    client_json(agent, "/api/v1/errand/new",
                "{\"place\":\"" TEST_VILLAGE "\",\"who\":\"王某某\",\"channel\":\"window\","
                "\"manner\":\"spoken\",\"words\":\"问一下\",\"act\":\"draft\"}");
    EXPECT_STATUS(agent, 201);
    const char *key = client_between(agent, "\"errand\":\"", "\"");
    struct taken e = { .number = client_between(agent, "\"number\":\"", "\""),
                       .code = client_between(agent, "\"code\":\"", "\"") };
    client_get(agent, flow_path(agent, "/errand/%s", key));
    client_post(agent, flow_path(agent, "/errand/%s/refuse", key), "words", "年龄没到六十", NULL);
    EXPECT_GOES(agent, "/errand/");
    look(who, &e);
    EXPECT_PAGE(who, 200, "没有受理");
    EXPECT_HAS(who, "年龄没到六十");
    EXPECT_HAS(who, "2027年1月22日（周五）"); /* 60 days after 23 November 2026 */
    EXPECT_HAS(who, "2027年5月23日（周日）"); /* six months */
    EXPECT_HAS(who, "/rules#r-remedy.review_days");
    EXPECT_HAS_NOT(who, "办结");
    test_app_stop(t);
}

TEST(withdrawing_asks_once_and_then_can_be_printed)
{
    struct test_app *t = test_app_start();
    struct client *agent = client_new(t), *who = client_new(t);
    client_sign_in(agent, "agent", TEST_VILLAGE);
    struct taken e = take(agent);
    look(who, &e);
    client_submit(who, "/progress/leave", NULL);
    EXPECT_PAGE(who, 200, "真的不办了吗");
    client_submit(who, "/progress/withdraw", NULL);
    EXPECT_PAGE(who, 200, "已经撤回");
    EXPECT_HAS(who, "打印撤回单");
    look(who, &e);
    EXPECT_PAGE(who, 200, "您在 11月23日（周一）说不办了");
    client_post(who, "/progress/leave", "number", e.number, "code", e.code, NULL);
    EXPECT_STATUS(who, 409);
    test_app_stop(t);
}

TEST(a_word_left_reaches_the_desk_and_is_kept_when_it_is_refused)
{
    struct test_app *t = test_app_start();
    struct client *agent = client_new(t), *who = client_new(t);
    client_sign_in(agent, "agent", TEST_VILLAGE);
    struct taken e = take(agent);
    look(who, &e);
    client_submit(who, "/progress/ask", "words", "", NULL);
    EXPECT_PAGE(who, 422, "老年人优待证办理");
    for (int i = 0; i < ERRAND_ASKED_MAX; i++) {
        look(who, &e);
        client_submit(who, "/progress/ask", "words", "照片可以用旧的吗", NULL);
        EXPECT_PAGE(who, 200, "话带到了");
    }
    EXPECT_HAS(who, "您留了话");
    look(who, &e);
    client_submit(who, "/progress/ask", "words", "还是想问照片", NULL);
    EXPECT_PAGE(who, 409, "请直接打电话问");
    ck_assert_str_eq(client_value(who, "words"), "还是想问照片");
    client_get(agent, "/notices");
    EXPECT_PAGE(agent, 200, "居民留了话");
    EXPECT_HAS(agent, "照片可以用旧的吗");
    client_post(who, "/progress/ask", "number", e.number, "code", "AAAAAA", "words", "看看", NULL);
    EXPECT_STATUS(who, 404);
    test_app_stop(t);
}

TEST(a_rating_is_opened_from_the_look_up_without_the_code_in_an_address)
{
    struct test_app *t = test_app_start();
    struct client *agent = client_new(t), *who = client_new(t);
    client_sign_in(agent, "agent", TEST_VILLAGE);
    struct taken e = take(agent);
    look(who, &e);
    EXPECT_HAS_NOT(who, "评一评办得怎么样");
    client_post(who, "/rate/open", "number", e.number, "code", "AAAAAA", NULL);
    EXPECT_PAGE(who, 404, "编号和查询码对不上");
    client_post(who, "/rate/open", "number", e.number, "code", e.code, NULL);
    EXPECT_PAGE(who, 200, "老年人优待证办理");
    EXPECT_HAS(who, "非常不满意");
    EXPECT_HAS(who, "推来推去");   /* rating.reasons_bad */
    EXPECT_HAS(who, "2 个工作日"); /* rating.callback_days */
    client_submit(who, "/rate", NULL);
    EXPECT_STATUS(who, 422); /* no score yet; the errand is still named */
    EXPECT_HAS(who, "老年人优待证办理");
    test_app_stop(t);
}

static enum err merge(struct ctx *c, void *unused)
{
    static const struct sql MERGE = {
        "UPDATE place SET merged_into = $2, valid_to = $3 WHERE code = $1", NULL
    };
    (void)unused;
    return db_change_one(c, &MERGE,
                         IN(v_text(TEST_VILLAGE_OTHER), v_text(TEST_VILLAGE), v_int(20000)));
}

static enum err withdraw_card(struct ctx *c, void *unused)
{
    struct item it;
    (void)unused;
    TRY(item_current(c, "elder.card", &it));
    return item_withdraw(c, it.item, "改由社保卡代替");
}

TEST(nothing_typed_is_lost_when_the_village_or_the_item_goes_meanwhile)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    client_get(cl, "/start/elder.card?place=" TEST_VILLAGE_OTHER);
    EXPECT_PAGE(cl, 200, "说说要办的事");
    test_app_write(t, merge, NULL);
    test_app_write(t, withdraw_card, NULL);
    client_submit(cl, "/start/elder.card", "who", "王某某", "phone", "13912345678", "words",
                  "要办老人证", NULL);
    EXPECT_PAGE(cl, 409, "停办了");
    EXPECT_HAS(cl, "改由社保卡代替");
    EXPECT_HAS(cl, "已经替您换好");
    ck_assert_str_eq(client_value(cl, "words"), "要办老人证");
    ck_assert_str_eq(client_value(cl, "phone"), "13912345678");
    ck_assert_str_eq(client_value(cl, "place"), TEST_VILLAGE);
    client_submit(cl, "/start/elder.card", NULL);
    EXPECT_PAGE(cl, 200, "收到了");
    client_get(cl, "/start/no.such");
    EXPECT_STATUS(cl, 404);
    test_app_stop(t);
}

TEST(a_wrong_number_or_code_says_which_and_how)
{
    struct test_app *t = test_app_start();
    struct client *agent = client_new(t), *who = client_new(t);
    client_sign_in(agent, "agent", TEST_VILLAGE);
    struct taken e = take(agent);
    client_get(who, "/progress");
    client_post(who, "/progress", "number", e.number, "code", "K7M3P", NULL);
    EXPECT_PAGE(who, 404, "只有 5 位，还差 1 位");
    ck_assert_str_eq(client_value(who, "number"), e.number);
    client_post(who, "/progress", "number", "42128110120220260001", "code", e.code, NULL);
    EXPECT_PAGE(who, 404, "只有 20 位，还差 2 位");
    client_post(who, "/progress", "number", e.number, "code", "K0M3PX", NULL);
    EXPECT_PAGE(who, 404, "查询码里没有 0、1、O、I，请再看一眼");
    char other[ERRAND_NUMBER_LEN + 1], *wide = arena_alloc(t->c.arena, ERRAND_NUMBER_LEN * 3 + 1);
    EXPECT(errand_number_parse(e.number, other));
    for (size_t i = 0; i < ERRAND_NUMBER_LEN; i++) /* U+FF10 and on: fullwidth digits */
        snprintf(wide + i * 3, 4, "\xef\xbc%c", (char)(0x90 + other[i] - '0'));
    client_post(who, "/progress", "number", wide, "code", e.code, NULL);
    EXPECT_PAGE(who, 200, "现在怎么样了");
    other[3] = other[3] == '1' ? '2' : '1';
    client_post(who, "/progress", "number", other, "code", e.code, NULL);
    EXPECT_PAGE(who, 404, "有一位抄错了");
    test_app_stop(t);
}

TEST(months_are_counted_to_the_same_day_or_the_months_last)
{
    static const struct {
        const char *from, *to;
        int64_t n;
    } cases[] = { { "2026-11-23", "2027-05-23", 6 },
                  { "2026-08-31", "2027-02-28", 6 },
                  { "2027-08-31", "2028-02-29", 6 },
                  { "2026-01-31", "2026-01-31", 0 } };
    for (size_t i = 0; i < COUNT(cases); i++) {
        int32_t from, to;
        EXPECT(day_parse(cases[i].from, &from) && day_parse(cases[i].to, &to));
        EXPECT_EQ(day_after_months(from, cases[i].n), to);
    }
}
