/* SPDX-License-Identifier: Apache-2.0
 * intake_test.c - the three taps: what was typed goes along, the right one of several is chosen,
 * and nothing of it stands in an address. */
#include "flows.h"
#include "gov/errand/errand.h"
#include "kernel/person/person.h"

static struct client *agent(struct test_app *t)
{
    struct client *cl = client_new(t);
    client_sign_in(cl, "agent", TEST_VILLAGE);
    return cl;
}

static const char *key_of(struct test_app *t, struct key k)
{
    return arena_copy(t->c.arena, key_text(&t->c, k));
}

TEST(what_was_typed_is_kept_when_the_person_or_the_item_is_changed)
{
    struct test_app *t = test_app_start();
    struct client *cl = agent(t);
    const char *one = key_of(t, test_app_person(t, TEST_VILLAGE, "王某某", NULL, NULL));
    const char *two = key_of(t, test_app_person(t, TEST_VILLAGE, "李某某", NULL, NULL));
    client_get(cl, flow_path(cl, "/errand/new?person=%s&item=elder.allowance", one));
    EXPECT_PAGE(cl, 200, "formaction=\"/errand/new/step\"");
    EXPECT_STR(client_value(cl, "channel"), "visit");
    client_post(cl, "/errand/new/step", "step", "who", "person", one, "item", "elder.allowance",
                "words", "腿脚不便，麻烦帮办", "behalf", "老伴", "channel", "phone", "manner",
                "written", "tell", "call", "phone", "1391", "m1", "missing", "a0", "另一张卡",
                NULL);
    EXPECT_PAGE(cl, 200, "谁来办");
    client_submit(cl, "/errand/new/step", "q", "李某某", "step", "who", NULL);
    EXPECT_PAGE(cl, 200, "选");
    client_submit(cl, "/errand/new/step", "person", two, NULL);
    EXPECT_PAGE(cl, 200, "受理并打印回执");
    EXPECT_STR(client_value(cl, "person"), two);
    EXPECT_STR(client_value(cl, "words"), "腿脚不便，麻烦帮办");
    EXPECT_STR(client_value(cl, "behalf"), "老伴");
    EXPECT_STR(client_value(cl, "channel"), "phone");
    EXPECT_STR(client_value(cl, "manner"), "written");
    EXPECT_STR(client_value(cl, "tell"), "call");
    EXPECT_STR(client_value(cl, "phone"), "1391");
    EXPECT_STR(client_value(cl, "m1"), "missing");
    EXPECT_STR(client_value(cl, "a0"), "另一张卡");

    client_post(cl, "/errand/new/step", "step", "what", "person", two, "item", "elder.allowance",
                "words", "腿脚不便", "m1", "missing", "a0", "另一张卡", NULL);
    EXPECT_PAGE(cl, 200, "办什么");
    client_submit(cl, "/errand/new/step", "w", "老人证", "step", "what", NULL);
    EXPECT_PAGE(cl, 200, "value=\"elder.card\"");
    client_submit(cl, "/errand/new/step", "item", "elder.card", NULL);
    EXPECT_PAGE(cl, 200, "受理并打印回执");
    EXPECT_STR(client_value(cl, "words"), "腿脚不便");
    EXPECT_STR(client_value(cl, "m1"), "here"); /* another item: its own papers and questions */
    EXPECT(client_value(cl, "a0") == NULL);
    client_get(cl, "/errand/new?words=x");
    EXPECT_STATUS(cl, 422); /* no address takes them */
    test_app_stop(t);
}

TEST(a_draft_keeps_what_was_typed_and_learns_who_it_is_of)
{
    struct test_app *t = test_app_start();
    struct client *cl = agent(t);
    const char *one = key_of(t, test_app_person(t, TEST_VILLAGE, "王某某", NULL, NULL));
    flow_intake(cl, "穿蓝衣的婆婆", "none", "想办个证", NULL);
    EXPECT_PAGE(cl, 200, "先记下");
    client_submit(cl, "/errand/new", "act", "draft", NULL);
    EXPECT_GOES(cl, "/errand/");
    const char *take = arena_printf(t->c.arena, "%s/take", cl->location);
    const char *step = arena_printf(t->c.arena, "%s/step", take);
    client_get(cl, take);
    EXPECT_PAGE(cl, 200, "办什么");
    client_submit(cl, step, "item", "elder.card", NULL);
    EXPECT_PAGE(cl, 200, "选人");
    client_post(cl, step, "step", "who", "item", "elder.card", "behalf", "婆婆", "a0", "坐车",
                NULL);
    EXPECT_PAGE(cl, 200, "谁来办");
    client_submit(cl, step, "q", "王某某", "step", "who", NULL);
    client_submit(cl, step, "person", one, NULL);
    EXPECT_PAGE(cl, 200, "王某某");
    EXPECT_STR(client_value(cl, "behalf"), "婆婆");
    EXPECT_STR(client_value(cl, "a0"), "坐车");
    client_submit(cl, take, "act", "go", NULL);
    EXPECT_GOES(cl, "/errand/");
    client_get(cl, arena_printf(t->c.arena, "/person/%s", one));
    EXPECT_PAGE(cl, 200, "最近办的事");
    test_app_stop(t);
}

struct who {
    const char *grp;
    int32_t birth;
    struct key k;
};

static enum err add_resident(struct ctx *c, void *arg)
{
    struct who *w = arg;
    struct person p = {
        .place = TEST_VILLAGE, .grp = w->grp, .name = "王某某", .sex = 2, .birth = w->birth
    };
    TRY(person_save(c, &p));
    w->k = p.key;
    return OK;
}

TEST(two_residents_of_one_name_are_told_apart)
{
    struct test_app *t = test_app_start();
    struct client *cl = agent(t);
    struct who old = { "三组", -9000, { 0, 0 } }, young = { "五组", 9000, { 0, 0 } };
    test_app_write(t, add_resident, &old);
    test_app_write(t, add_resident, &young);
    client_get(cl, "/errand/new");
    client_submit(cl, "/errand/new/step", "q", "王某某", "step", "who", NULL);
    EXPECT_PAGE(cl, 200, "三组");
    EXPECT_HAS(cl, "五组");
    EXPECT_HAS(cl, "81 岁");
    EXPECT_HAS(cl, "32 岁");
    EXPECT_HAS(cl, "柳林村");
    EXPECT_HAS(cl, "1945-05-12 生");
    test_app_stop(t);
}

static enum err bury(struct ctx *c, void *arg)
{
    const struct key *k = arg;
    struct person p;
    TRY(person_load(c, *k, &p));
    return person_died(c, &p, (int32_t)(c->now_ms / 86400000) - 3);
}

static enum err leave(struct ctx *c, void *arg)
{
    const struct key *k = arg;
    struct person p;
    TRY(person_load(c, *k, &p));
    return person_moved(c, &p, (int32_t)(c->now_ms / 86400000) - 3, "武汉市洪山区");
}

TEST(one_who_died_is_whom_it_is_for_and_one_who_moved_is_sent_on)
{
    struct test_app *t = test_app_start();
    struct client *cl = agent(t);
    struct key dead = test_app_person(t, TEST_VILLAGE, "王某某", NULL, NULL),
               gone = test_app_person(t, TEST_VILLAGE, "周某某", NULL, NULL),
               son = test_app_person(t, TEST_VILLAGE, "陈某某", NULL, NULL);
    const char *key = key_of(t, dead);
    test_app_write(t, bury, &dead);
    test_app_write(t, leave, &gone);
    client_get(cl, "/errand/new");
    client_submit(cl, "/errand/new/step", "q", "周某某", "step", "who", NULL);
    EXPECT_PAGE(cl, 200, "已登记迁出");
    EXPECT_HAS_NOT(cl, "name=\"person\"");
    client_submit(cl, "/errand/new/step", "q", "王某某", "step", "who", NULL);
    EXPECT_PAGE(cl, 200, "由家人来申请");
    EXPECT_HAS_NOT(cl, "name=\"person\"");
    client_submit(cl, "/errand/new/step", "for", key, NULL);
    EXPECT_PAGE(cl, 200, "替王某某（已去世）办");
    EXPECT_HAS_NOT(cl, "由家人来申请"); /* the next search is for the family */
    client_submit(cl, "/errand/new/step", "q", "陈某某", "step", "who", NULL);
    client_submit(cl, "/errand/new/step", "person", key_of(t, son), "item", "elder.card", NULL);
    EXPECT_PAGE(cl, 200, "受理并打印回执");
    EXPECT_STR(client_value(cl, "behalf"), "王某某（已去世）");
    client_get(cl, flow_path(cl, "/errand/new?person=%s&item=elder.card", key)); /* an old link */
    EXPECT_PAGE(cl, 200, "由家人来申请");
    EXPECT_HAS_NOT(cl, "受理并打印回执");
    test_app_stop(t);
}

TEST(every_open_question_of_the_guide_is_named)
{
    struct test_app *t = test_app_start();
    struct client *cl = agent(t);
    flow_intake(cl, "王婆婆", "aid.subsistence", "想办低保", TEST_VILLAGE);
    client_submit(cl, "/errand/new", "a1", "两个人", "act", "go", NULL);
    EXPECT_PAGE(cl, 422, "<a href=\"#f-a0\">钱打到哪张卡：");
    EXPECT_HAS(cl, "<a href=\"#f-a2\">困难主要因为什么：");
    EXPECT_HAS_NOT(cl, "#f-a1");
    EXPECT_STR(client_value(cl, "a1"), "两个人");
    client_submit(cl, "/errand/new", "act", "draft", NULL); /* to be gone on with later */
    EXPECT_GOES(cl, "/errand/");
    flow_intake(cl, "王婆婆", "aid.subsistence", "想办低保", TEST_VILLAGE);
    client_submit(cl, "/errand/new", "a0", "社保卡", "a1", "两个人", "a2", "说不清", "act", "go",
                  NULL);
    EXPECT_GOES(cl, "/errand/");
    test_app_stop(t);
}

TEST(a_paper_that_this_case_does_not_need_is_not_missing_and_everybody_sees_it)
{
    struct test_app *t = test_app_start();
    struct client *cl = agent(t), *guest = client_new(t);
    client_json(cl, "/api/v1/errand/new",
                "{\"place\":\"" TEST_VILLAGE "\",\"item\":\"elder.allowance\",\"who\":\"王婆婆\","
                "\"channel\":\"window\",\"manner\":\"spoken\",\"m0\":\"here\",\"m1\":\"here\","
                "\"m2\":\"waived\"}");
    EXPECT_STATUS(cl, 201);
    EXPECT_HAS(cl, "\"state\":\"in_hand\"");
    const char *key = client_between(cl, "\"errand\":\"", "\"");
    const char *number = client_between(cl, "\"number\":\"", "\"");
    const char *code = client_between(cl, "\"code\":\"", "\"");
    client_get(cl, flow_path(cl, "/errand/%s", key));
    EXPECT_PAGE(cl, 200, "这次用不上，不用交");
    client_get(cl, flow_path(cl, "/errand/%s/receipt", key));
    EXPECT_PAGE(cl, 200, "这次用不上");
    client_get(guest, "/progress");
    client_post(guest, "/progress", "number", number, "code", code, NULL);
    EXPECT_PAGE(guest, 200, "不用带的：<b>社保卡或银行卡");
    test_app_stop(t);
}

TEST(a_paper_that_has_grown_too_old_is_named_and_not_offered_again)
{
    struct test_app *t = test_app_start();
    struct client *cl = agent(t);
    const char *who = key_of(t, test_app_person(t, TEST_VILLAGE, "王某某", NULL, NULL));
    struct asked ask = { .item = "aid.subsistence", .person = who };
    flow_take_asked(cl, &ask);
    const char *page = flow_path(cl, "/errand/new?person=%s&item=aid.subsistence", who);
    client_get(cl, page);
    EXPECT_PAGE(cl, 200, "本处已有");
    EXPECT_HAS_NOT(cl, "过期了，要新的");
    test_app_clock(t, t->c.now_ms + INT64_C(181) * 86400000);
    client_renew(cl);
    client_get(cl, page);
    EXPECT_PAGE(cl, 200, "超过 180 天，过期了，要新的");
    struct taken again = flow_take_asked(cl, &ask);
    EXPECT(*again.number);
    test_app_stop(t);
}
