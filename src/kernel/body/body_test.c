/* SPDX-License-Identifier: Apache-2.0
 * body_test.c - bodies: the name of the day, the end with a successor, and who may change them. */
#include "core/day.h"
#include "kernel/body/body.h"
#include "kernel/notice/notice.h"
#include "kernel/post/post.h"
#include "kernel/todo/todo.h"
#include "store/migrate.h"
#include "test_app.h"
#include "test_db.h"

#define NOW INT64_C(1795395600000) /* 2026-11-23 09:00 */
static const struct right all_rights = { .caps = 0x7fffffff, .place = "" };

static void begin(struct ctx *c)
{
    EXPECT_EQ(migrate(c), OK);
    c->now_ms = NOW;
    c->rights = &all_rights;
    c->n_rights = 1;
}

static struct body body(struct ctx *c, const char *code, const char *name)
{
    struct body b = { .code = code,
                      .place = TEST_COUNTY,
                      .kind = "department",
                      .name = name,
                      .short_name = name,
                      .phone = "",
                      .address = "",
                      .hours = "",
                      .was = "" };
    EXPECT_EQ(body_save(c, &b), OK);
    return b;
}

TEST_DB(a_body_is_called_what_it_was_called_on_that_day)
{
    begin(c);
    int32_t today = day_of_ms(NOW);
    struct body b = body(c, "civil_affairs", "民政科"), again;
    struct key k = { b.county, b.id };
    const char *name;
    EXPECT_EQ(body_rename(c, &b, today, "民政局", "民政", "赤编发〔2026〕8 号"), OK);
    EXPECT_EQ(body_rename(c, &b, today + 10, "社会事务局", "社会", "赤编发〔2026〕9 号"), OK);
    EXPECT_EQ(body_load(c, k, &again), OK);
    EXPECT_STR(again.name, "民政局");
    EXPECT_STR(again.short_name, "民政");
    EXPECT_STR(body_name(c, "civil_affairs", TEST_VILLAGE), "民政局");
    EXPECT_EQ(body_name_on(c, &b, today - 1, &name), OK);
    EXPECT_STR(name, "民政科");
    EXPECT_EQ(body_name_on(c, &b, today + 9, &name), OK);
    EXPECT_STR(name, "民政局");
    EXPECT_EQ(body_name_on(c, &b, today + 10, &name), OK);
    EXPECT_STR(name, "社会事务局");
    EXPECT_EQ(body_rename(c, &b, today + 10, "别的局", "别的", "x"), E_BAD_INPUT);
    EXPECT_EQ(ctx_bad(c, "from"), E_RENAMED_LATER);
    EXPECT_EQ(body_rename(c, &b, today + 11, "社会事务局", "社会", "x"), E_BAD_INPUT);
    EXPECT_EQ(ctx_bad(c, "name"), E_SAME_NAME);
    c->now_ms = NOW + INT64_C(10) * DAY_MS; /* nothing has to happen on the day itself */
    EXPECT_EQ(body_load(c, k, &again), OK);
    EXPECT_STR(again.name, "社会事务局");
    again.phone = "0715-1234567"; /* new contact details leave the names alone */
    EXPECT_EQ(body_save(c, &again), OK);
    EXPECT_EQ(body_name_on(c, &b, today - 1, &name), OK);
    EXPECT_STR(name, "民政科");
    struct body twice = { .code = "civil_affairs",
                          .place = TEST_COUNTY,
                          .kind = "office",
                          .name = "x",
                          .short_name = "x",
                          .phone = "",
                          .address = "",
                          .hours = "",
                          .was = "" };
    EXPECT_EQ(body_save(c, &twice), E_EXISTS);
}

TEST_DB(an_ended_body_leaves_posts_and_work_to_its_successor)
{
    begin(c);
    int32_t today = day_of_ms(NOW);
    struct body a = body(c, "old_age", "老龄办"), b = body(c, "civil_affairs", "民政局"), found;
    struct post p = { .account = 7,
                      .kind = "department",
                      .place = TEST_COUNTY,
                      .body = a.id,
                      .from_day = today - 100,
                      .decision = "任命" },
                *posts;
    struct todo t = { .key = { 421281, 5 },
                      .flow = "errand",
                      .place = TEST_VILLAGE,
                      .title = "高龄津贴",
                      .line = "",
                      .link = "/",
                      .verb = "办" },
                *mine;
    size_t n;
    EXPECT_EQ(post_appoint(c, &p), OK);
    t.desk = desk_text(c, TEST_COUNTY, CAP_NO_ERRAND_DECIDE, a.id);
    EXPECT_EQ(todo_set(c, &t), OK);
    EXPECT_EQ(body_end(c, &a, today, 0, "撤并"), E_BODY_HOLDS);
    EXPECT_EQ(body_end(c, &a, today, a.id, "撤并"), E_BAD_INPUT);
    EXPECT_EQ(ctx_bad(c, "successor"), E_NOT_CHOICE);
    EXPECT_EQ(body_end(c, &a, today + 1, b.id, "撤并"), E_BAD_INPUT);
    EXPECT_EQ(ctx_bad(c, "from"), E_OUT_OF_RANGE);
    EXPECT_EQ(body_end(c, &a, today, b.id, "赤编发〔2026〕8 号"), OK);

    EXPECT_EQ(post_list(c, 7, today, &posts, &n), OK);
    EXPECT(n == 1 && posts[0].body == b.id && posts[0].from_day == today);
    EXPECT_EQ(post_list(c, 7, today - 1, &posts, &n), OK);
    EXPECT(n == 1 && posts[0].body == a.id); /* history says where they sat before */
    struct right r = { .caps = CAP_ERRAND_DECIDE, .place = TEST_COUNTY, .body_id = b.id };
    c->rights = &r;
    EXPECT_EQ(todo_mine(c, &mine, &n), OK);
    EXPECT_EQ(n, 1);
    struct notice *notes;
    r = (struct right){ .caps = CAP_SECURITY_ADMIN, .place = TEST_COUNTY };
    EXPECT_EQ(notice_mine(c, 0, &notes, &n), OK);
    EXPECT_EQ(n, 1); /* who keeps the posts is told that one moved */
    EXPECT_EQ(body_serving(c, "old_age", TEST_VILLAGE, &found), OK);
    EXPECT_EQ(found.id, b.id); /* what names the code finds who took over */

    EXPECT_EQ(body_load(c, (struct key){ a.county, a.id }, &a), OK);
    EXPECT_EQ(body_end(c, &a, today, b.id, "再撤"), E_BODY_ENDED);
    EXPECT_EQ(body_rename(c, &a, today + 1, "新名", "新名", "x"), E_BODY_ENDED);
    EXPECT_EQ(body_serving_on(c, "old_age", TEST_VILLAGE, today - 1, &found), OK);
    EXPECT_EQ(found.id, a.id); /* what was counted then is called as it was then */
    struct body alone = body(c, "idle", "闲办");
    EXPECT_EQ(body_end(c, &alone, today, 0, "撤销"), OK); /* nothing is left behind */
    EXPECT_EQ(body_serving(c, "idle", TEST_VILLAGE, &found), E_NOT_FOUND);
}

TEST(everybody_reads_of_a_body_and_the_office_keeps_it)
{
    struct test_app *t = test_app_start();
    struct client *all = client_new(t), *office = client_new(t), *agent = client_new(t);
    struct body b, to;
    EXPECT_EQ(body_serving(&t->c, "civil_affairs", TEST_COUNTY, &b), OK);
    EXPECT_EQ(body_serving(&t->c, "health", TEST_COUNTY, &to), OK);
    const char *at = arena_printf(t->c.arena, "/body/421281-%" PRId64, b.id);
    client_get(all, "/body?at=" TEST_COUNTY);
    EXPECT_PAGE(all, 200, "民政局");
    client_get(all, "/body?at=999999");
    EXPECT_STATUS(all, 404);
    client_get(all, "/body");
    EXPECT_PAGE(all, 200, "民政局"); /* the instance's own county */
    client_get(all, at);
    EXPECT_PAGE(all, 200, "它负责的事");
    EXPECT_HAS(all, "民政科");
    EXPECT_HAS_NOT(all, "撤销这个单位");
    client_sign_in(agent, "agent", TEST_VILLAGE);
    client_get(agent, arena_printf(t->c.arena, "%s/edit", at));
    EXPECT_STATUS(agent, 403);

    client_sign_in(office, "office", TEST_COUNTY);
    client_get(office, arena_printf(t->c.arena, "%s/edit", at));
    client_submit(office, arena_printf(t->c.arena, "%s/contact", at), "phone", "0715-1234567",
                  "hours", "周一到周五", NULL);
    client_follow(office);
    EXPECT_PAGE(office, 200, "周一到周五");
    client_get(office, arena_printf(t->c.arena, "%s/edit", at));
    client_submit(office, arena_printf(t->c.arena, "%s/rename", at), "name", "社会事务局",
                  "decision", "", NULL);
    EXPECT_PAGE(office, 422, "这一项要填");
    EXPECT_STR(client_value(office, "name"), "社会事务局");
    client_submit(office, arena_printf(t->c.arena, "%s/rename", at), "decision",
                  "赤编发〔2026〕8 号", NULL);
    client_follow(office);
    EXPECT_PAGE(office, 200, "社会事务局");
    EXPECT_HAS(office, "以前叫什么");

    client_get(office, arena_printf(t->c.arena, "%s/end", at));
    EXPECT_PAGE(office, 200, "负责的事项");
    client_submit(office, arena_printf(t->c.arena, "%s/end", at), "decision", "撤并方案", NULL);
    EXPECT_PAGE(office, 409, "要先选由谁接着办");
    client_submit(office, arena_printf(t->c.arena, "%s/end", at), "successor",
                  arena_printf(t->c.arena, "%" PRId64, to.id), NULL);
    client_follow(office);
    EXPECT_PAGE(office, 200, "这个单位已经撤销");
    client_get(all, "/items/elder.allowance");
    EXPECT_PAGE(all, 200, to.name);
    struct client *sec = client_new(t); /* nobody is appointed to what is no more */
    client_sign_in(sec, "secadmin", TEST_COUNTY);
    const char *who = arena_printf(t->c.arena, "/admin/people/%" PRId64 "/appoint", agent->account);
    client_get(sec, arena_printf(t->c.arena, "%s?kind=department&place=" TEST_COUNTY, who));
    EXPECT_HAS_NOT(sec, "社会事务局");
    client_submit(sec, who, "body", arena_printf(t->c.arena, "%" PRId64, b.id), "decision", "任命",
                  NULL);
    EXPECT_PAGE(sec, 422, "请从给出的选项里选一个");
    test_app_stop(t);
}

TEST(a_new_body_belongs_to_the_area_of_who_adds_it)
{
    struct test_app *t = test_app_start();
    struct client *centre = client_new(t);
    client_sign_in(centre, "centre", TEST_TOWNSHIP);
    client_get(centre, "/body/new?at=" TEST_TOWNSHIP);
    client_submit(centre, "/body/new", "name", "农技站", "kind", "office", "code", "Agri", "at",
                  TEST_COUNTY, "decision", "镇党委会", NULL);
    EXPECT_PAGE(centre, 422, "您的岗位不能做这件事");
    client_submit(centre, "/body/new", "at", TEST_TOWNSHIP, NULL);
    EXPECT_PAGE(centre, 422, "只用小写字母");
    client_submit(centre, "/body/new", "code", "agri_station", NULL);
    EXPECT_GOES(centre, "/body/421281-");
    client_follow(centre);
    EXPECT_PAGE(centre, 200, "农技站");
    test_app_stop(t);
}
