/* SPDX-License-Identifier: Apache-2.0
 * site_test.c - whom to phone, health, counters, small files; rules with their sources and editor.
 */
#include "core/day.h"
#include "kernel/body/body.h"
#include "kernel/rule/rule.h"
#include "store/setting.h"
#include "test_app.h"

static enum err give_phone(struct ctx *c, void *unused)
{
    struct body b;
    (void)unused;
    TRY(setting_set(c, "county", TEST_COUNTY));
    TRY(body_serving(c, "service_center", TEST_TOWNSHIP, &b));
    b.phone = "0715-5351234";
    b.address = "赵李桥镇一路 1 号";
    b.hours = "8:30 到 17:30";
    return body_save(c, &b);
}

TEST(the_help_page_always_has_a_number_and_the_windows_that_are_known)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    client_get(cl, "/help");
    EXPECT_PAGE(cl, 200, "tel:12345");
    test_app_write(t, give_phone, NULL);
    client_get(cl, "/help");
    EXPECT_PAGE(cl, 200, "/help?at=" TEST_TOWNSHIP);
    client_get(cl, "/help?at=" TEST_VILLAGE);
    EXPECT_PAGE(cl, 200, "tel:0715-5351234");
    EXPECT_HAS(cl, "赵李桥镇一路 1 号");
    client_get(cl, "/help?at=999999");
    EXPECT_PAGE(cl, 200, "tel:12345");
    test_app_stop(t);
}

TEST(health_and_counters_answer_here_and_counters_nowhere_else)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    client_get(cl, "/healthz");
    EXPECT_PAGE(cl, 200, "ok\n");
    EXPECT(str_starts(cl->type, "text/plain"));
    client_get(cl, "/metrics");
    EXPECT_PAGE(cl, 200, "xiangyue_writer_commits_total");
    test_app_stop(t);
}

static void behind_proxy(struct app_conf *conf)
{
    conf->behind_proxy = true;
}

TEST(small_files_are_there)
{
    struct test_app *t = test_app_start_with(behind_proxy);
    struct client *cl = client_new(t);
    client_get(cl, "/robots.txt");
    EXPECT_PAGE(cl, 200, "Disallow: /admin");
    client_get(cl, "/favicon.ico");
    EXPECT_STATUS(cl, 303);
    client_get(cl, "/.well-known/security.txt");
    EXPECT_PAGE(cl, 200, "Contact: http");
    EXPECT_HAS(cl, "Expires: 2027-05-2");
    test_app_stop(t);
}

TEST(every_rule_in_force_is_public_with_its_source)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    client_get(cl, "/rules");
    EXPECT_PAGE(cl, 200, "errand.handin_days");
    EXPECT_HAS(cl, "中华人民共和国行政许可法");
    EXPECT_HAS(cl, "id=\"r-remedy.review_days\""); /* where pages with a deadline point to */
    EXPECT_HAS(cl, "4/5");
    EXPECT_HAS_NOT(cl, "_den");
    EXPECT_HAS_NOT(cl, "改县里的数");
    EXPECT_HAS_NOT(cl, "2018年修正"); /* no longer in force */
    client_get(cl, "/rules/errand.handin_days/edit");
    EXPECT_GOES(cl, "/sign-in");
    test_app_stop(t);
}

TEST(a_county_adds_its_own_value_and_nobody_changes_the_law)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    int64_t days;
    client_sign_in(cl, "office", TEST_COUNTY);
    client_get(cl, "/rules");
    EXPECT_PAGE(cl, 200, "改县里的数");
    static const char edit[] = "/rules/errand.decide_days_default/edit",
                      preview[] = "/rules/errand.decide_days_default/preview";
    client_get(cl, edit);
    EXPECT_PAGE(cl, 200, "法律");
    client_submit(cl, preview, "value", "十", "document", "县政府办〔2026〕9 号", NULL);
    EXPECT_PAGE(cl, 422, "这一项要填数字");
    client_submit(cl, preview, "value", "10", "from", "2026-11-22", NULL);
    EXPECT_PAGE(cl, 422, "不能早于现在");
    client_submit(cl, preview, "from", "2026-11-24", "area", "421222", NULL);
    EXPECT_STATUS(cl, 422);
    client_submit(cl, preview, "area", TEST_COUNTY, NULL);
    EXPECT_PAGE(cl, 200, "会这样变");
    EXPECT_HAS(cl, "现在这个数是国家定的");
    client_submit(cl, edit, NULL);
    EXPECT_GOES(cl, edit);
    int32_t today = day_of_ms(t->c.now_ms);
    EXPECT_EQ(rule_int(&t->c, "errand.decide_days_default", TEST_VILLAGE, today, &days), OK);
    EXPECT_EQ(days, 20);
    EXPECT_EQ(rule_int(&t->c, "errand.decide_days_default", TEST_VILLAGE, today + 1, &days), OK);
    EXPECT_EQ(days, 10);
    EXPECT_EQ(rule_int(&t->c, "errand.decide_days_default", "421222100200", today + 1, &days), OK);
    EXPECT_EQ(days, 20);
    client_get(cl, "/rules/no.such/edit");
    EXPECT_STATUS(cl, 404);
    test_app_stop(t);
}
