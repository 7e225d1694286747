/* SPDX-License-Identifier: Apache-2.0
 * admin_test.c - the three administrators: what each may do, what each is refused. */
#include "core/day.h"
#include "kernel/admin/admin.h"
#include "store/migrate.h"
#include "test_app.h"
#include "test_db.h"

TEST(the_security_administrator_adds_an_account_whose_code_is_shown_once)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    client_sign_in(cl, "secadmin", TEST_COUNTY);
    client_get(cl, "/admin/people");
    EXPECT_PAGE(cl, 200, "安全管理员");
    client_get(cl, "/admin/people/add");
    client_post(cl, "/admin/people/add", "name", "周小满", "phone", "13871500001", "rid",
                "11112222333344445555666677778888", NULL);
    EXPECT_PAGE(cl, 200, "周小满 的一次性口令");
    const char *code = client_between(cl, "x-code mb-0\">", "<");
    EXPECT(code && strlen(code) == ONCE_CODE_LEN);
    code = arena_copy(t->c.arena, code);
    client_get(cl, "/admin/people/add");
    client_post(cl, "/admin/people/add", "name", "周小满", "phone", "13871500001", "rid",
                "11112222333344445555666677778888", NULL);
    EXPECT_GOES(cl, "/todo"); /* the same form again shows nothing */
    client_get(cl, "/admin/people/add");
    client_post(cl, "/admin/people/add", "name", "周小满", "phone", "13871500001", NULL);
    EXPECT_PAGE(cl, 409, "已经有一条一样的了");
    struct client *who = client_new(t);
    client_get(who, "/sign-in/first");
    client_post(who, "/sign-in/first", "phone", "13871500001", "code", code, "password",
                "柳林村口有一棵老樟树的", "again", "柳林村口有一棵老樟树的", NULL);
    EXPECT_GOES(who, "/sign-in");
    test_app_stop(t);
}

static const char *path_of(struct client *cl, int64_t id, const char *what)
{
    return arena_printf(cl->t->c.arena, "/admin/people/%" PRId64 "%s", id, what);
}

TEST(posts_that_clash_are_explained_and_refused)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t), *agent = client_new(t);
    client_sign_in(cl, "secadmin", TEST_COUNTY);
    client_sign_in(agent, "agent", TEST_VILLAGE);
    const char *appoint = path_of(cl, agent->account, "/appoint");
    client_get(cl, arena_printf(t->c.arena, "%s?kind=supervisor&q=" TEST_VILLAGE, appoint));
    EXPECT_PAGE(cl, 200, "选这里");
    client_get(cl, arena_printf(t->c.arena, "%s?kind=supervisor&place=" TEST_VILLAGE, appoint));
    EXPECT_PAGE(cl, 200, "这两个岗位不能由同一个人担任");
    client_submit(cl, appoint, "decision", "村民代表会议", NULL);
    EXPECT_PAGE(cl, 409, "办事的和监督的");
    client_get(cl, arena_printf(t->c.arena, "%s?kind=window&place=" TEST_VILLAGE, appoint));
    client_submit(cl, appoint, "decision", "", NULL);
    EXPECT_PAGE(cl, 422, "这一项要填");
    client_submit(cl, appoint, "decision", "赵李桥镇 2026年第 3 号", NULL);
    EXPECT_GOES(cl, path_of(cl, agent->account, ""));
    client_follow(cl);
    EXPECT_PAGE(cl, 200, "综合窗口");
    client_get(cl, arena_printf(t->c.arena, "%s?kind=department&place=" TEST_COUNTY, appoint));
    EXPECT_PAGE(cl, 200, "民政局");
    client_submit(cl, appoint, "decision", "县里的决定", NULL);
    EXPECT_PAGE(cl, 422, "这一项要填"); /* no body chosen */
    test_app_stop(t);
}

TEST(an_administrator_acts_on_others_within_the_own_area_only)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t), *far = client_new(t), *near = client_new(t);
    client_sign_in(cl, "secadmin", TEST_COUNTY);
    client_sign_in(far, "agent", "421222100200");
    client_sign_in(near, "agent", TEST_VILLAGE);
    client_get(cl, path_of(cl, cl->account, ""));
    EXPECT_PAGE(cl, 200, "这是您自己的账号");
    client_post(cl, path_of(cl, cl->account, "/reset"), NULL);
    EXPECT_STATUS(cl, 409);
    client_post(cl, path_of(cl, far->account, "/close"), NULL);
    EXPECT_STATUS(cl, 403);
    client_get(cl, path_of(cl, near->account, ""));
    client_post(cl, path_of(cl, near->account, "/sessions"), "id", "0", NULL);
    EXPECT_GOES(cl, path_of(cl, near->account, ""));
    client_get(near, "/account");
    EXPECT_GOES(near, "/sign-in");
    client_get(cl, path_of(cl, near->account, ""));
    client_post(cl, path_of(cl, near->account, "/close"), NULL);
    EXPECT_GOES(cl, path_of(cl, near->account, ""));
    client_follow(cl);
    EXPECT_PAGE(cl, 200, "没有岗位");
    client_get(cl, "/admin/people/nobody");
    EXPECT_STATUS(cl, 404);
    test_app_stop(t);
}

TEST(leave_lends_posts_for_days_but_never_those_of_administrators)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t), *agent = client_new(t), *other = client_new(t),
                  *sys = client_new(t);
    client_sign_in(cl, "secadmin", TEST_COUNTY);
    client_sign_in(agent, "agent", TEST_VILLAGE);
    client_sign_in_plain(other, "代办人甲");
    client_sign_in(sys, "sysadmin", TEST_COUNTY);
    const char *lend = path_of(cl, agent->account, "/lend");
    client_get(cl, arena_printf(t->c.arena, "%s?q=%s", lend, "%E4%BB%A3%E5%8A%9E"));
    EXPECT_PAGE(cl, 200, "代办人甲");
    const char *to = arena_printf(t->c.arena, "%" PRId64, other->account);
    client_post(cl, lend, "to", to, "from_day", "2026-11-23", "to_day", "2026-11-30", "reason",
                "探亲", NULL);
    EXPECT_GOES(cl, "/admin/delegations");
    client_follow(cl);
    EXPECT_PAGE(cl, 200, "代办人甲 代");
    struct post *posts;
    size_t n;
    EXPECT_EQ(post_list(&t->c, other->account, day_of_ms(t->c.now_ms), &posts, &n), OK);
    EXPECT_EQ(n, 1);
    client_get(cl, "/admin/delegations");
    const char *id = client_between(cl, "name=\"id\" value=\"", "\"");
    client_post(cl, "/admin/delegations/end", "id", id, NULL);
    EXPECT_GOES(cl, "/admin/delegations");
    client_get(cl, path_of(cl, sys->account, "/lend"));
    client_post(cl, path_of(cl, sys->account, "/lend"), "to", to, "from_day", "2026-11-23",
                "to_day", "2026-11-30", "reason", "探亲", NULL);
    EXPECT_STATUS(cl, 422);
    const char *to_sys = arena_printf(t->c.arena, "%" PRId64, sys->account);
    client_post(cl, lend, "to", to_sys, "from_day", "2026-11-23", "to_day", "2026-11-30", "reason",
                "探亲", NULL);
    EXPECT_STATUS(cl, 422); /* an administrator may not borrow business posts */
    test_app_stop(t);
}

TEST(each_administrator_comes_to_the_own_pages_only)
{
    struct test_app *t = test_app_start();
    static const char *const kinds[] = { "secadmin", "sysadmin", "auditadmin", "agent" };
    static const char *const pages[] = { "/admin/people", "/admin", "/admin/audit" };
    for (size_t k = 0; k < COUNT(kinds); k++) {
        struct client *cl = client_new(t);
        client_sign_in(cl, kinds[k], str_eq(kinds[k], "agent") ? TEST_VILLAGE : TEST_COUNTY);
        for (size_t i = 0; i < COUNT(pages); i++) {
            client_get(cl, pages[i]);
            EXPECT_STATUS(cl, i == k ? 200 : 403);
        }
    }
    test_app_stop(t);
}

TEST(the_system_administrator_sees_the_state_and_changes_settings)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    client_sign_in(cl, "sysadmin", TEST_COUNTY);
    client_get(cl, "/admin");
    EXPECT_PAGE(cl, 200, "还没有备份过");
    EXPECT_HAS(cl, "次更新");
    EXPECT_HAS(cl, "存盘次数");
    client_get(cl, "/admin/settings");
    client_post(cl, "/admin/settings", "gateway_url", "ftp://x", NULL);
    EXPECT_STATUS(cl, 422);
    client_post(cl, "/admin/settings", "gateway_url", "https://sms.example/", "gateway_secret",
                "密钥密钥", "help_phone", "0715-5353535", NULL);
    EXPECT_GOES(cl, "/admin/settings");
    client_follow(cl);
    EXPECT_PAGE(cl, 200, "https://sms.example/");
    EXPECT_HAS(cl, "已经设过");
    EXPECT_HAS_NOT(cl, "密钥密钥");
    test_app_stop(t);
}

TEST(a_new_year_of_the_calendar_is_previewed_and_then_taken)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    client_sign_in(cl, "sysadmin", TEST_COUNTY);
    client_get(cl, "/admin/calendar");
    EXPECT_PAGE(cl, 200, "暂按星期算");
    client_post(cl, "/admin/calendar", "text", "2027-01-01,holiday,元旦\n2027-01-02,free,?", NULL);
    EXPECT_PAGE(cl, 422, "文件的格式不对");
    client_post(cl, "/admin/calendar", "text",
                "day,kind,name\n2027-01-01,holiday,元旦\n2027-01-10,workday,元旦\n", NULL);
    EXPECT_GOES(cl, "/admin/calendar");
    client_follow(cl);
    EXPECT_HAS_NOT(cl, "暂按星期算");
    test_app_stop(t);
}

TEST_DB(a_calendar_plan_tells_new_changed_and_lost_days)
{
    struct calendar_day *rows;
    struct calendar_change *ch;
    struct calendar_year *years;
    size_t n, n_ch, n_years;
    c->now_ms = INT64_C(1795395600000);
    EXPECT_EQ(migrate(c), OK);
    EXPECT_EQ(calendar_parse(c, "2026-10-01,holiday,国庆\n2026-10-10,workday,国庆\r\n", &rows, &n),
              OK);
    EXPECT_EQ(n, 2);
    EXPECT_EQ(tx_begin(c, "t"), OK);
    EXPECT_EQ(calendar_replace(c, rows, n), OK);
    EXPECT_EQ(tx_commit(c), OK);
    EXPECT_EQ(calendar_parse(c, "2026-10-10,holiday,国庆\n2026-10-02,holiday,国庆", &rows, &n), OK);
    EXPECT_EQ(calendar_plan(c, rows, n, &ch, &n_ch), OK);
    EXPECT_EQ(n_ch, 3);
    EXPECT(ch[0].gone && str_eq(ch[0].was, "holiday"));
    EXPECT(!ch[1].gone && !*ch[1].was);
    EXPECT(!ch[2].gone && str_eq(ch[2].was, "workday") && !ch[2].to.working);
    EXPECT_EQ(calendar_years(c, &years, &n_years), OK);
    EXPECT_EQ(n_years, 2);
    EXPECT_EQ(years[0].days, 2);
    EXPECT_EQ(years[1].days, 0);
    static const char *const bad[] = { "", "2026-13-01,holiday,x", "2026-10-01,holiday,a,b",
                                       "2026-10-01,holiday,a\n2026-10-01,workday,b", "x" };
    for (size_t i = 0; i < COUNT(bad); i++)
        EXPECT_EQ(calendar_parse(c, bad[i], &rows, &n), E_FORMAT);
}

TEST(the_audit_administrator_filters_verifies_and_exports)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    EXPECT_EQ(tx_begin(&t->c, "t"), OK);
    EXPECT_EQ(audit_add(&t->c, "business", TEST_VILLAGE, "/errand/new", "421281-7", "受理", OK),
              OK);
    EXPECT_EQ(audit_add(&t->c, "security", TEST_VILLAGE, "/sign-in", "", "登录", E_PASSWORD), OK);
    EXPECT_EQ(audit_seal(&t->c, NULL), OK);
    EXPECT_EQ(tx_commit(&t->c), OK);
    client_sign_in(cl, "auditadmin", TEST_COUNTY);
    client_get(cl, "/admin/audit?kind=business");
    EXPECT_PAGE(cl, 200, "/errand/new");
    EXPECT_HAS_NOT(cl, "PASSWORD");
    client_get(cl, "/admin/audit?refused=1&from=2026-11-23&to=2026-11-23");
    EXPECT_PAGE(cl, 200, "PASSWORD");
    EXPECT_HAS_NOT(cl, "/errand/new");
    client_get(cl, "/admin/audit?from=2026-11-24");
    EXPECT_PAGE(cl, 200, "没有这样的记录");
    client_get(cl, "/admin/audit.csv?what=/errand");
    EXPECT_PAGE(cl, 200, "421281-7");
    EXPECT(str_starts(cl->type, "text/csv"));
    client_get(cl, "/admin/audit");
    client_post(cl, "/admin/audit/verify", NULL);
    EXPECT_PAGE(cl, 200, "从头到尾都对得上");
    client_get(cl, "/admin/audit/looks?who=x");
    EXPECT_PAGE(cl, 200, "还没有");
    test_app_stop(t);
}

TEST_DB(records_are_found_by_every_filter)
{
    struct audit_line *rows;
    struct look_line *looks;
    size_t n;
    c->now_ms = 1000;
    c->account_id = 5;
    EXPECT_EQ(migrate(c), OK);
    EXPECT_EQ(tx_begin(c, "t"), OK);
    EXPECT_EQ(audit_add(c, "business", "", "/a", "", "", OK), OK);
    EXPECT_EQ(audit_add(c, "security", "", "/b", "", "", E_CODE), OK);
    EXPECT_EQ(tx_commit(c), OK);
    struct audit_query all = { .kind = "", .what = "", .who = "" }, q = all;
    EXPECT_EQ(audit_find(c, &q, 10, &rows, &n), OK);
    EXPECT_EQ(n, 2);
    q.before = rows[0].row.id;
    EXPECT_EQ(audit_find(c, &q, 10, &rows, &n), OK);
    EXPECT_EQ(n, 1);
    EXPECT_STR(rows[0].row.what, "/a");
    q = all;
    q.refused = true;
    q.to_ms = 1001;
    EXPECT_EQ(audit_find(c, &q, 10, &rows, &n), OK);
    EXPECT_EQ(n, 1);
    q = all;
    q.who = "王";
    EXPECT_EQ(audit_find(c, &q, 10, &rows, &n), OK);
    EXPECT_EQ(n, 0);
    q = all;
    q.from_ms = 1001;
    EXPECT_EQ(audit_find(c, &q, 10, &rows, &n), OK);
    EXPECT_EQ(n, 0);
    EXPECT_EQ(look_find(c, "王%", 0, &looks, &n), OK);
    EXPECT_EQ(n, 0);
}
