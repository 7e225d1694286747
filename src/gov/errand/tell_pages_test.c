/* SPDX-License-Identifier: Apache-2.0
 * tell_pages_test.c - the same through the pages: choosing the way at intake, the call with its
 * words and number, the letters of a village in one print, and what is refused. */
#include "gov/errand/errand_tell.h"
#include "store/setting.h"
#include "test_app.h"

static const char *text(struct test_app *t, const char *fmt, const char *key)
{
    const char *at = strstr(fmt, "%s");
    return arena_printf(t->c.arena, "%.*s%s%s", (int)(at - fmt), fmt, key, at + 2);
}

static enum err set_gateway(struct ctx *c, void *url)
{
    return setting_set(c, "gateway_url", url);
}

static void gateway(struct test_app *t)
{
    char url[] = "http://127.0.0.1:9/";
    test_app_write(t, set_gateway, url);
}

/* Takes one of elder.allowance for a resident with this telephone, told in this way. */
static const char *taken(struct client *cl, const char *phone, const char *way, const char *other)
{
    struct test_app *t = cl->t;
    struct key who = test_app_person(t, TEST_VILLAGE, "王某某", NULL, phone);
    client_get(cl, arena_printf(t->c.arena,
                                "/errand/new?person=%06" PRId64 "-%" PRId64 "&item=elder.allowance",
                                who.county, who.id));
    EXPECT_PAGE(cl, 200, "怎么告诉居民");
    client_submit(cl, "/errand/new", "a0", "社保卡", "a1", "不是", "act", "go",
                  way ? "tell" : "words", way ? way : "帮我办一下", other ? "phone" : "words",
                  other ? other : "帮我办一下", NULL);
    if (cl->status != 303)
        return NULL;
    return arena_printf(t->c.arena, "%.*s", (int)strcspn(cl->location + 8, "/"), cl->location + 8);
}

TEST(the_way_is_offered_by_what_is_known_and_stands_on_receipt_and_progress)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t), *who = client_new(t);
    client_sign_in(cl, "agent", TEST_VILLAGE);
    const char *key = taken(cl, "13912345678", NULL, NULL);
    EXPECT(key != NULL);
    client_follow(cl);
    EXPECT_PAGE(cl, 200, "打电话 139****5678"); /* no gateway: nothing else is promised */
    gateway(t);
    client_get(cl, text(t, "/errand/%s/receipt", key));
    EXPECT_PAGE(cl, 200, "发短信到 139****5678");
    const char *number = arena_copy(t->c.arena, client_between(cl, "class=\"x-code\"><b>", "<"));
    const char *code = arena_copy(t->c.arena, client_between(cl, "a4-big\"><b>", "<"));
    client_get(who, "/progress");
    client_submit(who, "/progress", "number", number, "code", code, NULL);
    EXPECT_PAGE(who, 200, "有进展怎么告诉您：发短信到 139****5678");
    EXPECT_HAS(who, "告诉居民");
    EXPECT_HAS_NOT(who, "13912345678");
    EXPECT(taken(cl, NULL, NULL, NULL) != NULL);
    client_follow(cl);
    EXPECT_PAGE(cl, 200, "当面告诉");             /* nothing is known of them: by mouth */
    EXPECT(taken(cl, NULL, "sms", NULL) == NULL); /* a message to no number */
    EXPECT_STATUS(cl, 422);
    EXPECT_HAS(cl, "id=\"e-phone\"");
    EXPECT_STR(client_value(cl, "tell"), "sms");
    EXPECT_STR(client_value(cl, "words"), "帮我办一下");
    EXPECT(taken(cl, NULL, "pigeon", NULL) == NULL);
    EXPECT_STATUS(cl, 422);
    EXPECT(taken(cl, "13912345678", "call", "0715-5501234") != NULL);
    client_follow(cl);
    EXPECT_PAGE(cl, 200, "打电话 0715-****234");
    test_app_stop(t);
}

TEST(a_resident_alone_chooses_too)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t), *agent = client_new(t);
    client_get(cl, "/start/elder.allowance?place=" TEST_VILLAGE);
    EXPECT_PAGE(cl, 200, "怎么告诉您");
    client_submit(cl, "/start/elder.allowance", "who", "王某某", "phone", "13912345678", "words",
                  "想办补贴", "tell", "letter", NULL);
    EXPECT_PAGE(cl, 200, "收到了");
    client_sign_in(agent, "agent", TEST_VILLAGE);
    client_get(agent, "/todo");
    client_get(agent,
               text(t, "/errand/421281-%s/take", client_between(agent, "/errand/421281-", "\"")));
    EXPECT_PAGE(agent, 200, "怎么告诉居民");
    EXPECT_STR(client_value(agent, "tell"), "letter"); /* what they said stays */
    test_app_stop(t);
}

TEST(a_call_has_its_words_its_number_and_three_tries)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t), *chief = client_new(t), *other = client_new(t);
    client_sign_in(cl, "agent", TEST_VILLAGE);
    client_sign_in(chief, "chief", TEST_VILLAGE);
    gateway(t);
    const char *key = taken(cl, "13912345678", "call", NULL);
    const char *tell = text(t, "/errand/%s/tell", key), *mouth = text(t, "%s/mouth", tell);
    client_get(chief, text(t, "/errand/%s", key));
    client_submit(chief, text(t, "/errand/%s/ask-more", key), "words", "漏讲了照片", "papers",
                  "一寸照片", NULL);
    EXPECT_STATUS(chief, 303);
    client_get(chief, tell);
    EXPECT_STATUS(chief, 403); /* the desk that took it tells */
    client_get(cl, "/todo");
    EXPECT_PAGE(cl, 200, "打电话告诉：高龄津贴申请");
    client_get(cl, tell);
    EXPECT_PAGE(cl, 200, "href=\"tel:13912345678\"");
    EXPECT_HAS(cl, "还缺：一寸照片");
    for (int i = 0; i < 3; i++) {
        client_submit(cl, mouth, "how", "missed", NULL);
        EXPECT_GOES(cl, tell);
        client_follow(cl);
        EXPECT_STATUS(cl, 200);
    }
    EXPECT_HAS(cl, "上门讲，或者寄信");
    client_submit(cl, mouth, "how", "told", NULL);
    EXPECT_GOES(cl, text(t, "/errand/%s", key));
    client_follow(cl);
    EXPECT_PAGE(cl, 200, "电话或当面告诉了");
    client_get(cl, "/todo");
    EXPECT_HAS_NOT(cl, "打电话告诉");
    client_get(cl, tell);
    client_post(cl, mouth, "how", "told", NULL);
    EXPECT_STATUS(cl, 409); /* somebody told it already */
    client_post(cl, mouth, "how", "shouted", NULL);
    EXPECT_STATUS(cl, 422);
    client_post(cl, text(t, "%s/ready", tell), NULL);
    EXPECT_STATUS(cl, 409); /* nothing to be fetched yet */
    client_get(cl, tell);
    client_submit(cl, text(t, "%s/way", tell), "tell", "sms", "phone", "123", NULL);
    EXPECT_STATUS(cl, 422);
    client_submit(cl, text(t, "%s/way", tell), "tell", "sms", "phone", "13812340000", NULL);
    EXPECT_GOES(cl, tell);
    client_follow(cl);
    EXPECT_PAGE(cl, 200, "发短信到 138****0000");
    client_sign_in(other, "agent", TEST_VILLAGE_OTHER);
    client_get(other, tell);
    EXPECT_STATUS(other, 404);
    test_app_stop(t);
}

TEST(the_letters_of_a_village_are_printed_together_and_marked)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t), *chief = client_new(t), *other = client_new(t);
    client_sign_in(cl, "agent", TEST_VILLAGE);
    client_sign_in(chief, "chief", TEST_VILLAGE);
    client_get(cl, "/letters");
    EXPECT_PAGE(cl, 200, "没有要送的信");
    client_get(cl, "/letters.pdf");
    EXPECT_STATUS(cl, 404);
    for (int i = 0; i < 3; i++) {
        const char *key = taken(cl, NULL, "letter", NULL);
        client_get(chief, text(t, "/errand/%s", key));
        client_submit(chief, text(t, "/errand/%s/ask-more", key), "words", "漏讲了照片", "papers",
                      "一寸照片", NULL);
        EXPECT_STATUS(chief, 303);
    }
    client_get(cl, "/letters");
    EXPECT_PAGE(cl, 200, "打印这 3 封");
    EXPECT_HAS(cl, "高龄津贴申请：还缺材料");
    client_get(cl, "/letters.pdf?place=" TEST_VILLAGE);
    EXPECT_STATUS(cl, 200);
    EXPECT(str_starts(cl->body, "%PDF"));
    client_get(cl, "/letters");
    const char *first = arena_copy(t->c.arena, client_value(cl, "id0"));
    client_submit(cl, "/letters/sent", "id1", "", "id2", "", NULL); /* one of three was carried */
    EXPECT_GOES(cl, "/letters?place=");
    client_follow(cl);
    EXPECT_PAGE(cl, 200, "打印这 2 封");
    EXPECT_HAS(cl, "送出去的");
    client_post(cl, "/letters/sent", "place", TEST_VILLAGE, "id0", first, NULL);
    EXPECT_STATUS(cl, 409);
    client_get(cl, "/letters");
    client_post(cl, "/letters/sent", "place", TEST_VILLAGE, NULL);
    EXPECT_STATUS(cl, 422);
    client_get(cl, "/letters");
    client_submit(cl, "/letters/again", "id", first, NULL);
    client_follow(cl);
    EXPECT_PAGE(cl, 200, "打印这 3 封");
    client_sign_in(other, "agent", TEST_VILLAGE_OTHER);
    client_get(other, "/letters?place=" TEST_VILLAGE);
    EXPECT_STATUS(other, 404);
    client_get(other, text(t, "/letters.pdf?id=%s", first));
    EXPECT_STATUS(other, 404);
    client_get(other, "/letters");
    client_post(other, "/letters/sent", "place", TEST_VILLAGE_OTHER, "id0", first, NULL);
    EXPECT_STATUS(other, 404);
    struct client *window = client_new(t);
    client_sign_in(window, "window", TEST_TOWNSHIP);
    client_get(window, "/letters");
    EXPECT_PAGE(window, 200, "3 封");
    test_app_stop(t);
}
