/* SPDX-License-Identifier: Apache-2.0
 * account_pages_test.c - signing in as a visitor does it, and what the gate refuses. */
#include "kernel/account/account.h"
#include "test_app.h"

static const char *code;

static enum err add_account(struct ctx *c, void *arg)
{
    static char kept[ONCE_CODE_LEN + 1];
    int64_t id;
    TRY(account_add(c, "李某某", arg, &id, &code));
    snprintf(kept, sizeof kept, "%s", code);
    code = kept;
    return OK;
}

TEST(the_first_time_sets_a_password_that_then_signs_in)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    char phone[] = "13800000009";
    test_app_write(t, add_account, phone);
    client_get(cl, "/sign-in/first");
    EXPECT_PAGE(cl, 200, "一次性口令");
    client_post(cl, "/sign-in/first", "phone", phone, "code", code, "password", "short", "again",
                "short", NULL);
    EXPECT_PAGE(cl, 422, "密码至少 10 个字");
    EXPECT_STR(client_value(cl, "phone"), phone); /* nothing typed is lost */
    client_submit(cl, "/sign-in/first", "code", code, "password", "green hills 2026", "again",
                  "green hills 2026", NULL);
    EXPECT_GOES(cl, "/sign-in");
    client_follow(cl);
    EXPECT_PAGE(cl, 200, "密码设好了");
    client_post(cl, "/sign-in", "phone", phone, "password", "wrong", NULL);
    EXPECT_PAGE(cl, 401, "手机号或密码不对");
    client_post(cl, "/sign-in", "phone", phone, "password", "green hills 2026", NULL);
    EXPECT_GOES(cl, "/todo");
    client_get(cl, "/account");
    EXPECT_PAGE(cl, 200, "李某某");
    test_app_stop(t);
}

TEST(a_page_for_staff_sends_others_to_sign_in_and_a_post_needs_its_token)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t), *clerk = client_new(t);
    client_get(cl, "/account");
    EXPECT_GOES(cl, "/sign-in?next=%2Faccount");
    client_sign_in(clerk, "agent", TEST_VILLAGE);
    client_get(clerk, "/account");
    EXPECT_PAGE(clerk, 200, "代理员");
    client_post_raw(clerk, "/sign-out", "");
    EXPECT_STATUS(clerk, 403);
    client_get(clerk, "/account");
    client_post(clerk, "/sign-out", NULL);
    EXPECT_GOES(clerk, "/");
    client_get(clerk, "/account");
    EXPECT_GOES(clerk, "/sign-in");
    test_app_stop(t);
}

TEST(large_text_is_a_cookie_and_needs_no_account)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    client_get(cl, "/elder?next=/sign-in");
    EXPECT_GOES(cl, "/sign-in");
    client_follow(cl);
    EXPECT_PAGE(cl, 200, "<html lang=\"zh-CN\" class=\"elder\">");
    test_app_stop(t);
}
