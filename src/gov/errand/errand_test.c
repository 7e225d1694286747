/* SPDX-License-Identifier: Apache-2.0
 * errand_test.c - the life cycle as a table, the number, the way to the decision, and whole stories
 * on both engines. */
#include "core/day.h"
#include "gov/errand/errand.h"
#include "gov/rating/rating.h"
#include "kernel/todo/todo.h"
#include "test_app.h"

TEST(the_errands_and_ratings_tables_are_sound)
{
    sm_check(&errand_sm);
    sm_check(&rating_sm);
}

/* Every event in every state, as the system at the holder's desk: what the table does not say
 * cannot happen, and what it says leads where it says. */
TEST(every_event_in_every_state_does_what_the_table_says)
{
    static const struct right all = { .caps = 0x7fffffff, .place = "" };
    struct ctx c = {
        .arena = arena_new(ARENA_LIMIT), .account_id = -1, .rights = &all, .n_rights = 1
    };
    struct errand e = {
        .place = TEST_VILLAGE, .holder = TEST_VILLAGE, .home = TEST_VILLAGE, .item = 1, .version = 1
    };
    size_t allowed = 0;
    for (int s = 0; s < ERRAND_STATES; s++)
        for (int ev = 0; ev < ERRAND_EVENTS; ev++) {
            const struct sm_row *row, *want = NULL;
            for (size_t i = 0; i < errand_sm.n_rows; i++)
                if (errand_sm.rows[i].from == s && errand_sm.rows[i].event == ev)
                    want = &errand_sm.rows[i];
            c.why[0] = '\0';
            enum err got = sm_fire(&c, &errand_sm, s, ev, TEST_VILLAGE, &e, &row);
            EXPECT_EQ(got, want ? OK : E_WRONG_STATE);
            EXPECT(IMPLIES(want != NULL, row == want));
            allowed += want != NULL;
        }
    EXPECT_EQ(allowed, errand_sm.n_rows);
    arena_free(c.arena);
}

TEST(a_number_finds_every_single_wrong_digit)
{
    char number[ERRAND_NUMBER_LEN + 1], back[ERRAND_NUMBER_LEN + 1];
    for (int serial = 1; serial < 2000; serial += 97) {
        errand_number(TEST_VILLAGE, 2026, serial, number);
        EXPECT(errand_number_parse(number, back));
        EXPECT_STR(number, back);
        for (size_t i = 0; i < ERRAND_NUMBER_LEN; i++)
            for (char digit = '0'; digit <= '9'; digit++) {
                char wrong[ERRAND_NUMBER_LEN + 1];
                memcpy(wrong, number, sizeof wrong);
                wrong[i] = digit;
                EXPECT_EQ(errand_number_parse(wrong, back), digit == number[i]);
            }
    }
    EXPECT(errand_number_parse("421281101202-2026-00001-", back) == false);
    EXPECT(errand_number_parse("", back) == false);
    EXPECT(errand_code_parse(" k7m 3px", back));
    EXPECT_STR(back, "K7M3PX");
    EXPECT(!errand_code_parse("K7M3P0", back)); /* no zero in a code */
    EXPECT(!errand_code_parse("K7M3P", back));
    EXPECT(!errand_code_parse("K7M3PXX", back));
}

TEST(the_way_to_the_decision_ends_at_the_one_who_decides)
{
    static const char *const decides[] = { "village", "township", "county" };
    static const struct desk starts[] = { { TEST_VILLAGE, CAP_NO_ERRAND_TAKE, 0 },
                                          { TEST_TOWNSHIP, CAP_NO_ERRAND_WINDOW, 0 } };
    struct ctx c = { .arena = arena_new(ARENA_LIMIT) };
    struct errand e = { .place = TEST_VILLAGE };
    for (size_t s = 0; s < COUNT(starts); s++)
        for (size_t d = 0; d < COUNT(decides); d++) {
            struct desk at = starts[s], next;
            int hops = 0;
            while (errand_next_desk(&c, &e, &at, decides[d], 7, &next)) {
                at = next;
                EXPECT(++hops <= 3);
            }
            EXPECT_EQ(at.cap, CAP_NO_ERRAND_DECIDE);
            EXPECT_STR(at.place, d == 0 ? TEST_VILLAGE : d == 1 ? TEST_TOWNSHIP : TEST_COUNTY);
            EXPECT_EQ(at.body, d == 2 ? 7 : 0);
        }
    arena_free(c.arena);
}

/* ---- through the pages ---- */
static const char *key_in(struct client *cl)
{
    return client_between(cl, "/errand/", "/");
}

static struct client *agent_with_errand(struct test_app *t, const char *item, const char *papers,
                                        char path[64])
{
    struct client *cl = client_new(t);
    struct key who = test_app_person(t, TEST_VILLAGE, "王某某", NULL, "13912345678");
    client_sign_in(cl, "agent", TEST_VILLAGE);
    char url[160], person[48];
    snprintf(person, sizeof person, "%06ld-%ld", (long)who.county, (long)who.id);
    snprintf(url, sizeof url, "/errand/new?person=%s&item=%s", person, item);
    client_get(cl, url);
    EXPECT_PAGE(cl, 200, "受理并打印回执");
    client_submit(cl, "/errand/new", "words", "帮我办一下", "m0", papers, "a0", "社保卡", "a1",
                  "不是", "act", "go", NULL);
    EXPECT_EQ(cl->status, 303);
    snprintf(path, 64, "/errand/%s", key_in(cl) ? key_in(cl) : "");
    size_t n = strcspn(cl->location + 8, "/");
    snprintf(path, 64, "/errand/%.*s", (int)n, cl->location + 8);
    return cl;
}

TEST(an_errand_goes_from_the_door_to_the_department_and_back)
{
    struct test_app *t = test_app_start();
    char path[64], step[96];
    struct client *agent = agent_with_errand(t, "elder.allowance", "here", path);
    client_follow(agent);
    EXPECT_PAGE(agent, 200, "受理回执");
    client_get(agent, path);
    EXPECT_PAGE(agent, 200, "赵李桥镇综合窗口");
    EXPECT_HAS(agent, "第 0 天，共 10 天");
    snprintf(step, sizeof step, "%s/hand", path);
    client_submit(agent, step, "where", "next", NULL);
    EXPECT_EQ(agent->status, 303);

    struct client *window = client_new(t);
    client_sign_in(window, "window", TEST_TOWNSHIP);
    client_get(window, "/todo");
    EXPECT_PAGE(window, 200, "高龄津贴申请");
    client_get(window, path);
    client_submit(window, step, "where", "next", NULL);
    EXPECT_EQ(window->status, 303);

    struct client *office = client_new(t);
    client_sign_in(office, "department", TEST_COUNTY);
    client_get(office, path);
    EXPECT_PAGE(office, 200, "作出决定");
    snprintf(step, sizeof step, "%s/decide", path);
    client_submit(office, step, "decision", "refused", "words", "", NULL);
    EXPECT_EQ(office->status, 422); /* a refusal needs its reason */
    EXPECT_HAS(office, "这一项要填");
    client_submit(office, step, "decision", "granted", "words", "次月起发放", NULL);
    EXPECT_EQ(office->status, 303);
    client_get(office, path);
    EXPECT_EQ(office->status, 404); /* what a department no longer holds is out of its reach */

    client_get(agent, path);
    EXPECT_PAGE(agent, 200, "送到居民手上了");
    snprintf(step, sizeof step, "%s/deliver", path);
    client_submit(agent, step, "how", "送到家，本人签收", NULL);
    EXPECT_EQ(agent->status, 303);
    client_get(agent, path);
    snprintf(step, sizeof step, "%s/revisit", path);
    client_submit(agent, step, "words", "说办得快", NULL);
    client_get(agent, path);
    EXPECT_PAGE(agent, 200, "已回访");
    test_app_stop(t);
}

TEST(what_is_missing_is_told_once_and_a_second_time_needs_the_leader)
{
    struct test_app *t = test_app_start();
    char path[64], step[96];
    struct client *agent = agent_with_errand(t, "elder.allowance", "missing", path);
    client_follow(agent);
    EXPECT_PAGE(agent, 200, "缺件清单");
    client_get(agent, path);
    EXPECT_PAGE(agent, 200, "等材料");
    snprintf(step, sizeof step, "%s/complete", path);
    client_submit(agent, step, NULL);
    EXPECT_EQ(agent->status, 303);
    client_get(agent, path);
    EXPECT_PAGE(agent, 200, "办理中");
    EXPECT_HAS_NOT(agent, "再要材料（负责人写理由）");
    snprintf(step, sizeof step, "%s/ask-more", path);
    client_post(agent, step, "words", "忘了", "papers", "照片", NULL);
    EXPECT_EQ(agent->status, 403);
    struct client *chief = client_new(t);
    client_sign_in(chief, "chief", TEST_VILLAGE);
    client_get(chief, path);
    EXPECT_PAGE(chief, 200, "再要材料（负责人写理由）");
    client_submit(chief, step, "words", "第一次漏讲了照片", "papers", "一寸照片", NULL);
    EXPECT_EQ(chief->status, 303);
    client_get(chief, path);
    EXPECT_PAGE(chief, 200, "一寸照片");
    test_app_stop(t);
}

TEST(an_agent_of_another_village_finds_nothing)
{
    struct test_app *t = test_app_start();
    char path[64], step[96];
    agent_with_errand(t, "elder.allowance", "here", path);
    struct client *other = client_new(t);
    client_sign_in(other, "agent", TEST_VILLAGE_OTHER);
    client_get(other, path);
    EXPECT_EQ(other->status, 404);
    snprintf(step, sizeof step, "%s/receipt", path);
    client_get(other, step);
    EXPECT_EQ(other->status, 404);
    snprintf(step, sizeof step, "%s/receipt.pdf", path);
    client_get(other, step);
    EXPECT_EQ(other->status, 404);
    client_get(other, "/errand");
    EXPECT_HAS_NOT(other, "王某某");
    test_app_stop(t);
}

TEST(two_clerks_cannot_both_take_one_step)
{
    struct test_app *t = test_app_start();
    char path[64], step[96];
    struct client *agent = agent_with_errand(t, "elder.allowance", "here", path);
    client_get(agent, path);
    struct client *second = client_new(t);
    client_sign_in(second, "agent", TEST_VILLAGE);
    client_get(second, path);
    snprintf(step, sizeof step, "%s/note", path);
    client_submit(agent, step, "words", "打过电话了", NULL);
    EXPECT_EQ(agent->status, 303);
    client_submit(second, step, "words", "我也打了", NULL);
    EXPECT_EQ(second->status, 303); /* notes do not collide */
    snprintf(step, sizeof step, "%s/suspend", path);
    client_submit(second, step, "words", "等现场核查", NULL);
    EXPECT_EQ(second->status, 409);
    EXPECT_HAS(second, "刚才有人同时改了这条记录");
    test_app_stop(t);
}

/* Deadlines leave out the Spring Festival of 2026 (15 to 23 February) and its swapped weekends. */
TEST(a_deadline_across_the_spring_festival_counts_working_days)
{
    struct test_app *t = test_app_start();
    int32_t day;
    EXPECT(day_parse("2026-02-13", &day));
    test_app_clock(t, ms_of_day(day) + 10 * 3600000);
    char path[64];
    struct client *agent = agent_with_errand(t, "elder.allowance", "here", path);
    client_get(agent, path);
    /* 3 working days after Friday 13: Saturday 14 is worked, then 24 and 25 */
    EXPECT_PAGE(agent, 200, "2月25日（周三）前");
    test_app_stop(t);
}

TEST(a_late_errand_rises_one_level_and_says_who_waits_for_whom)
{
    struct test_app *t = test_app_start();
    char path[64];
    struct client *agent = agent_with_errand(t, "elder.allowance", "here", path);
    test_app_clock(t, t->c.now_ms + (int64_t)10 * 86400000);
    test_app_write(t, errand_tick, NULL);
    test_app_write(t, errand_tick, NULL); /* once more changes nothing */
    struct client *centre = client_new(t);
    client_sign_in(centre, "centre", TEST_TOWNSHIP);
    client_get(centre, "/todo");
    EXPECT_PAGE(centre, 200, "督办");
    EXPECT_HAS(centre, "在等 柳林村代理员");
    client_get(centre, "/late");
    EXPECT_PAGE(centre, 200, "超期 1 件");
    client_get(centre, "/notices");
    EXPECT_PAGE(centre, 200, "超期：高龄津贴申请");
    client_get(agent, "/totals");
    EXPECT_EQ(agent->status, 200);
    test_app_stop(t);
}

TEST(a_resident_rates_once_and_a_bad_rating_is_called_back)
{
    struct test_app *t = test_app_start();
    char path[64], step[96];
    struct client *agent = agent_with_errand(t, "utility.pay", "here", path);
    client_get(agent, path);
    snprintf(step, sizeof step, "%s/receipt", path);
    client_get(agent, step);
    const char *number = arena_copy(t->c.arena, client_between(agent, "class=\"x-code\"><b>", "<"));
    const char *code = arena_copy(t->c.arena, client_between(agent, "a4-big\"><b>", "<"));
    struct client *who = client_new(t);
    client_get(who, "/rate");
    client_submit(who, "/rate", "number", number, "code", code, "score", "1", NULL);
    EXPECT_EQ(who->status, 409); /* nothing is rated before it is delivered */
    client_get(agent, path);
    snprintf(step, sizeof step, "%s/done-now", path);
    client_submit(agent, step, "words", "交好了", NULL);
    EXPECT_EQ(agent->status, 303);
    client_get(who, "/rate");
    client_submit(who, "/rate", "number", number, "code", "AAAAAA", "score", "1", NULL);
    EXPECT_EQ(who->status, 404);
    EXPECT_HAS(who, "编号和查询码对不上");
    client_get(who, "/rate");
    client_submit(who, "/rate", "number", number, "code", code, "score", "1", "words", "跑了两趟",
                  NULL);
    EXPECT_PAGE(who, 200, "评价收到了：非常不满意");
    EXPECT_HAS(who, "11月25日（周三）前"); /* rating.callback_days: 2 working days */
    EXPECT_HAS(who, "查实以后 5 个工作日内（复杂的 15 个）");
    client_get(who, "/rate");
    client_submit(who, "/rate", "number", number, "code", code, "score", "5", NULL);
    EXPECT_EQ(who->status, 409);
    EXPECT_HAS(who, "一件事评一次");
    client_get(agent, "/todo");
    EXPECT_HAS_NOT(agent, "差评回访"); /* not the worker's own list */
    struct client *centre = client_new(t);
    client_sign_in(centre, "centre", TEST_TOWNSHIP);
    client_get(centre, "/todo");
    EXPECT_PAGE(centre, 200, "差评回访");
    test_app_stop(t);
}
