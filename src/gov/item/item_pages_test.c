/* SPDX-License-Identifier: Apache-2.0
 * item_pages_test.c - finding an item and reading its guide, as a resident and at the desk. */
#include "gov/item/item.h"
#include "test_app.h"

TEST(a_resident_finds_an_item_by_everyday_words_and_reads_its_guide)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    client_get(cl, "/items");
    EXPECT_PAGE(cl, 200, "常办的事");
    client_get(cl, "/items?q=吃低保");
    EXPECT_PAGE(cl, 200, "/items/aid.subsistence");
    client_get(cl, "/items?q=zdshbz"); /* 最低生活保障 */
    EXPECT_PAGE(cl, 200, "/items/aid.subsistence");
    client_get(cl, "/items?event=养老");
    EXPECT_HAS(cl, "aria-current=\"page\">养老");
    client_get(cl, "/items/aid.subsistence");
    EXPECT_PAGE(cl, 200, "我要办这件事");
    EXPECT_HAS(cl, "/start/aid.subsistence");
    EXPECT_HAS(cl, "本处已有就不用再交");
    EXPECT_HAS(cl, "可后补，10 天内");
    EXPECT_HAS(cl, "25 个工作日");
    EXPECT_HAS(cl, "民政局");
    EXPECT_HAS(cl, "（待核）");
    EXPECT_HAS(cl, "class=\"qr\"");
    EXPECT_HAS_NOT(cl, "替居民办");
    test_app_stop(t);
}

TEST(what_is_not_there_has_a_way_on)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    client_get(cl, "/items?q=造飞船上火星");
    EXPECT_PAGE(cl, 200, "没有找到");
    EXPECT_HAS(cl, "/help");
    client_get(cl, "/items?q=<script>");
    EXPECT_STATUS(cl, 200);
    EXPECT_HAS_NOT(cl, "<script>\"");
    client_get(cl, "/items/no.such");
    EXPECT_STATUS(cl, 404);
    test_app_stop(t);
}

TEST(a_search_for_a_certificate_says_where_to_go)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    client_get(cl, "/items?q=健在证明");
    EXPECT_PAGE(cl, 200, "不用村里开。去");
    test_app_stop(t);
}

TEST(the_guide_offers_staff_to_take_it_and_is_json_too)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    client_sign_in(cl, "agent", TEST_VILLAGE);
    client_get(cl, "/items/aid.subsistence");
    EXPECT_PAGE(cl, 200, "/errand/new?item=aid.subsistence");
    EXPECT_HAS_NOT(cl, "我要办这件事");
    client_get(cl, "/api/v1/items/aid.subsistence");
    EXPECT_PAGE(cl, 200, "\"promised_days\":25");
    EXPECT_STR(cl->type, "application/json");
    client_get(cl, "/api/v1/items?q=低保");
    EXPECT_PAGE(cl, 200, "\"code\":\"aid.subsistence\"");
    test_app_stop(t);
}

static enum err withdraw(struct ctx *c, void *arg)
{
    struct item it;
    TRY(item_current(c, arg, &it));
    return item_withdraw(c, it.item, "从明年起由医院直接办，不用跑了");
}

static char subsistence[] = "aid.subsistence";

TEST(a_withdrawn_item_says_why)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    test_app_write(t, withdraw, subsistence);
    client_get(cl, "/items/aid.subsistence");
    EXPECT_PAGE(cl, 410, "不用跑了");
    client_get(cl, "/items?q=最低生活保障");
    EXPECT_HAS_NOT(cl, "/items/aid.subsistence");
    test_app_stop(t);
}
