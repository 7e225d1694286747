/* SPDX-License-Identifier: Apache-2.0
 * catalog_pages_test.c - the office changes the catalogue: draft, preview, publishing, withdrawal.
 */
#include "gov/item/item.h"
#include "test_app.h"

static struct client *office(struct test_app *t)
{
    struct client *cl = client_new(t);
    client_sign_in(cl, "office", TEST_COUNTY);
    return cl;
}

TEST(an_edit_is_a_draft_until_it_is_published)
{
    struct test_app *t = test_app_start();
    struct client *cl = office(t), *resident = client_new(t);
    client_get(cl, "/catalog");
    EXPECT_PAGE(cl, 200, "/catalog/aid.subsistence");
    client_get(cl, "/catalog/aid.subsistence");
    EXPECT_PAGE(cl, 200, "最低生活保障申请");
    EXPECT_STR(client_value(cl, "promised_days"), "25");
    EXPECT_STR(client_value(cl, "m_code0"), "id_card");
    EXPECT_STR(client_value(cl, "m_later4"), "1");
    client_submit(cl, "/catalog/aid.subsistence", "promised_days", "20", "m_name6", "住房证明",
                  "m_code6", "house_paper", "m_count6", "1", NULL);
    EXPECT_GOES(cl, "/catalog/aid.subsistence/preview");
    client_follow(cl);
    EXPECT_PAGE(cl, 200, "20 个工作日");
    EXPECT_HAS(cl, "2 处");
    EXPECT_HAS(cl, "住房证明");
    EXPECT_HAS(cl, "没有在办的件用着原来的版本");
    client_get(resident, "/items/aid.subsistence");
    EXPECT_HAS_NOT(resident, "住房证明");
    client_submit(cl, "/catalog/aid.subsistence/publish", NULL);
    EXPECT_GOES(cl, "/items/aid.subsistence");
    client_get(resident, "/items/aid.subsistence");
    EXPECT_PAGE(resident, 200, "住房证明");
    EXPECT_HAS(resident, "第 2 版");
    client_submit(cl, "/catalog/aid.subsistence/publish", NULL); /* pressed twice: once done */
    EXPECT_GOES(cl, "/items/aid.subsistence");
    test_app_stop(t);
}

TEST(a_form_saved_unchanged_changes_nothing)
{
    struct test_app *t = test_app_start();
    struct client *cl = office(t);
    struct catalog_row *rows;
    size_t n;
    EXPECT_EQ(item_catalog(&t->c, &rows, &n), OK);
    EXPECT(n > 100);
    for (size_t i = 0; i < n; i += 12) {
        const char *path = arena_printf(t->c.arena, "/catalog/%s", rows[i].code);
        client_get(cl, path);
        EXPECT_STATUS(cl, 200);
        client_submit(cl, path, NULL);
        EXPECT_GOES(cl, path);
        client_follow(cl);
        EXPECT_PAGE(cl, 200, "没有改动");
    }
    test_app_stop(t);
}

TEST(what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost)
{
    struct test_app *t = test_app_start();
    struct client *cl = office(t);
    client_get(cl, "/catalog/aid.subsistence");
    client_submit(cl, "/catalog/aid.subsistence", "promised_days", "400", "m_code1", "id_card",
                  "fee", "二十", "who", "这一句话刚改过", NULL);
    EXPECT_PAGE(cl, 422, "这个数超出了范围");
    EXPECT_STR(client_value(cl, "who"), "这一句话刚改过");
    client_submit(cl, "/catalog/aid.subsistence", "promised_days", "40", NULL);
    EXPECT_PAGE(cl, 422, "承诺的天数不能比法定的长");
    EXPECT_HAS(cl, "这个代码前面已经用过");
    EXPECT_HAS(cl, "金额请写成");
    EXPECT_STR(client_value(cl, "m_code1"), "id_card");
    client_submit(cl, "/catalog/aid.subsistence", "promised_days", "20", "m_code1",
                  "household_book", "fee", "", NULL);
    EXPECT_GOES(cl, "/catalog/aid.subsistence/preview");
    test_app_stop(t);
}

TEST(two_editors_do_not_overwrite_each_other)
{
    struct test_app *t = test_app_start();
    struct client *one = office(t), *two = office(t);
    client_get(one, "/catalog/aid.subsistence");
    client_get(two, "/catalog/aid.subsistence");
    client_submit(one, "/catalog/aid.subsistence", "promised_days", "21", NULL);
    EXPECT_GOES(one, "/catalog/");
    client_follow(one);
    client_submit(two, "/catalog/aid.subsistence", "promised_days", "22", NULL);
    EXPECT_PAGE(two, 409, "刚才有人同时改了");
    EXPECT_STR(client_value(two, "promised_days"), "22");
    client_submit(two, "/catalog/aid.subsistence", NULL); /* having seen it */
    EXPECT_GOES(two, "/catalog/");
    client_submit(one, "/catalog/aid.subsistence/publish", NULL); /* no longer what was seen */
    EXPECT_STATUS(one, 409);
    test_app_stop(t);
}

TEST(a_new_item_is_made_published_and_withdrawn_with_a_reason)
{
    struct test_app *t = test_app_start();
    struct client *cl = office(t);
    client_get(cl, "/catalog/new");
    EXPECT_PAGE(cl, 200, "加一个事项");
    client_submit(cl, "/catalog/new", "code", "Elder", "name", "送餐上门", "event", "养老", "who",
                  "独居的老人", "body", "civil_affairs", "basis", "《办法》（待核）", NULL);
    EXPECT_PAGE(cl, 422, "代码用小写字母开头");
    client_submit(cl, "/catalog/new", "code", "aid.subsistence", NULL);
    EXPECT_PAGE(cl, 422, "已经有一条一样的了");
    client_submit(cl, "/catalog/new", "code", "elder.meals", NULL);
    EXPECT_GOES(cl, "/catalog/elder.meals/preview");
    client_get(cl, "/items/elder.meals");
    EXPECT_STATUS(cl, 404);
    client_get(cl, "/catalog/elder.meals/preview");
    EXPECT_PAGE(cl, 200, "居民会看到这个新事项");
    client_submit(cl, "/catalog/elder.meals/publish", NULL);
    client_follow(cl);
    EXPECT_PAGE(cl, 200, "送餐上门");
    client_get(cl, "/catalog/elder.meals");
    client_submit(cl, "/catalog/elder.meals/withdraw", NULL);
    EXPECT_PAGE(cl, 422, "请写明理由");
    EXPECT_STR(client_value(cl, "name"), "送餐上门");
    client_submit(cl, "/catalog/elder.meals/withdraw", "why", "由养老院直接送了", NULL);
    EXPECT_GOES(cl, "/catalog/elder.meals");
    client_get(cl, "/items/elder.meals");
    EXPECT_PAGE(cl, 410, "由养老院直接送了");
    test_app_stop(t);
}

TEST(the_catalogue_is_searched_by_name_code_and_everyday_name_and_by_state)
{
    struct test_app *t = test_app_start();
    struct client *cl = office(t);
    client_get(cl, "/catalog?q=%E4%BD%8E%E7%94%9F%E6%B4%BB%E4%BF%9D%E9%9A%9C"); /* 低生活保障 */
    EXPECT_PAGE(cl, 200, "/catalog/aid.subsistence");
    EXPECT_HAS_NOT(cl, "/catalog/elder.card\"");
    EXPECT_HAS(cl, "个事项里找到 ");
    client_get(cl, "/catalog?q=ELDER.Card");
    EXPECT_PAGE(cl, 200, "/catalog/elder.card");
    EXPECT_HAS_NOT(cl, "/catalog/aid.subsistence");
    client_get(cl, "/catalog?q=%E8%80%81%E4%BA%BA%E8%AF%81"); /* 老人证, what people call it */
    EXPECT_PAGE(cl, 200, "/catalog/elder.card");
    client_get(cl, "/catalog?q=xyz");
    EXPECT_PAGE(cl, 200, "没有这样的事项");
    EXPECT_STR(client_value(cl, "q"), "xyz");

    client_get(cl, "/catalog/elder.card");
    client_submit(cl, "/catalog/elder.card", "fee_text", "一分钱不收", NULL);
    client_get(cl, "/catalog/aid.subsistence");
    client_submit(cl, "/catalog/aid.subsistence/withdraw", "why", "并进了别的事项", NULL);
    client_get(cl, "/catalog?state=draft");
    EXPECT_PAGE(cl, 200, "/catalog/elder.card");
    EXPECT_HAS_NOT(cl, "/catalog/aid.subsistence");
    client_get(cl, "/catalog?state=withdrawn");
    EXPECT_PAGE(cl, 200, "/catalog/aid.subsistence");
    EXPECT_HAS_NOT(cl, "/catalog/elder.card");
    client_get(cl, "/catalog?state=current&q=elder");
    EXPECT_PAGE(cl, 200, "/catalog/elder.card");
    EXPECT_STR(client_value(cl, "state"), "current"); /* searching on keeps the state */
    client_get(cl, "/catalog?state=lost");
    EXPECT_STATUS(cl, 422);
    test_app_stop(t);
}

TEST(only_the_office_edits_the_catalogue)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    client_get(cl, "/catalog");
    EXPECT_GOES(cl, "/sign-in");
    client_sign_in(cl, "agent", TEST_VILLAGE);
    client_get(cl, "/catalog/aid.subsistence");
    EXPECT_STATUS(cl, 403);
    client_post(cl, "/catalog/aid.subsistence/withdraw", "why", "不想办了", NULL);
    EXPECT_STATUS(cl, 403);
    test_app_stop(t);
}
