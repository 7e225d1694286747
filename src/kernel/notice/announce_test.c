/* SPDX-License-Identifier: Apache-2.0
 * announce_test.c - an announcement is heard long before it is read out, seen by everybody while it
 * lasts, and written by those of the village alone. */
#include "core/day.h"
#include "kernel/notice/announce.h"
#include "kernel/notice/words.h"
#include "kernel/rule/rule.h"
#include "store/migrate.h"
#include "test_app.h"
#include "test_db.h"

static const struct right chief = { .caps = CAP_ANNOUNCE, .place = TEST_VILLAGE };

static void world(struct ctx *c)
{
    EXPECT_EQ(migrate(c), OK);
    c->now_ms = ms_of_day(20780) + INT64_C(9) * 3600 * 1000;
    c->account_id = 7;
    c->rights = &chief;
    c->n_rights = 1;
}

static struct key add(struct ctx *c, const char *title, int64_t until)
{
    struct announcement a = {
        .place = TEST_VILLAGE, .title = title, .words = "乡亲们：明天停电。", .until_day = until
    };
    EXPECT_EQ(announce_add(c, &a), OK);
    return a.key;
}

TEST_DB(an_announcement_is_shown_until_its_last_day_or_until_it_is_taken_down)
{
    struct announcement *all, a;
    size_t n;
    world(c);
    struct key old = add(c, "旧的", 20780), new = add(c, "新的", 20790);
    EXPECT_EQ(announce_now(c, TEST_VILLAGE, &all, &n), OK);
    EXPECT_EQ(n, 2);
    EXPECT_STR(all[0].title, "新的");
    c->now_ms += DAY_MS;
    EXPECT_EQ(announce_now(c, TEST_VILLAGE, &all, &n), OK);
    EXPECT_EQ(n, 1);
    EXPECT_EQ(announce_load(c, new, &a), OK);
    EXPECT_EQ(announce_take_down(c, &a), OK);
    struct ctx probe = *c;
    EXPECT_EQ(announce_take_down(&probe, &a), E_CONFLICT);
    EXPECT_EQ(announce_now(c, TEST_VILLAGE, &all, &n), OK);
    EXPECT_EQ(n, 0);
    EXPECT_EQ(announce_list(c, TEST_VILLAGE, 0, &all, &n), OK);
    EXPECT_EQ(n, 2);
    EXPECT_EQ(announce_list(c, TEST_VILLAGE, new.id, &all, &n), OK);
    EXPECT(n == 1 && all[0].key.id == old.id);
    struct right other = { .caps = CAP_ANNOUNCE, .place = TEST_VILLAGE_OTHER };
    probe.rights = &other;
    EXPECT_EQ(announce_load(&probe, old, &a), E_NOT_FOUND);
}

TEST_DB(reading_out_is_counted_and_takes_as_long_as_the_county_says)
{
    struct announcement a;
    world(c);
    struct key k = add(c, "停电", 20790);
    EXPECT_EQ(announce_load(c, k, &a), OK);
    EXPECT_EQ(a.seconds, 3); /* 9 characters at 200 a minute, rounded up */
    EXPECT_EQ(announce_read(c, &a), OK);
    EXPECT_EQ(announce_read(c, &a), OK); /* the same instant */
    c->now_ms += 3600 * 1000;
    EXPECT_EQ(announce_read(c, &a), OK);
    EXPECT_EQ(announce_load(c, k, &a), OK);
    EXPECT(a.read_times == 2 && a.read_ms == c->now_ms);
    struct announcement *all;
    size_t n;
    EXPECT_EQ(announce_list(c, TEST_VILLAGE, 0, &all, &n), OK);
    EXPECT_STR(all[0].read_at, "11月23日 10:00、11月23日 09:00");
    EXPECT_STR(announce_seconds_zh(c, 59), "约 59 秒");
    EXPECT_STR(announce_seconds_zh(c, 80), "约 1 分 20 秒");
    struct rule slow = { .name = "announce.chars_per_minute",
                         .value = "90",
                         .unit = "char",
                         .level = "county",
                         .document = "通知",
                         .article = "",
                         .area = TEST_COUNTY,
                         .source = "",
                         .note = "",
                         .valid_from = 20780 };
    EXPECT_EQ(rule_add(c, &slow), OK);
    EXPECT_EQ(announce_load(c, k, &a), OK);
    EXPECT_EQ(a.seconds, 6);
}

TEST(a_village_writes_previews_reads_out_and_prints_what_everybody_sees)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t), *who = client_new(t);
    int32_t day;
    EXPECT(day_parse("2026-09-21", &day));
    test_app_clock(t, ms_of_day(day) + 9 * 3600 * 1000);
    client_sign_in(cl, "chief", TEST_VILLAGE);
    client_get(cl, "/announce");
    EXPECT_PAGE(cl, 200, "还没有公告");
    client_get(cl, "/announce/new?from=hours");
    EXPECT_PAGE(cl, 200, "柳林村便民服务点的办事时间是");
    client_get(cl, "/announce/new?from=closed");
    EXPECT_PAGE(cl, 200, "9月25日（周五）到9月27日（周日）放假");
    client_get(cl, "/announce/new?from=item");
    EXPECT_PAGE(cl, 200, "可以在村里办了");
    client_submit(cl, "/announce/new", "act", "save", NULL);
    EXPECT_STATUS(cl, 422); /* a gap is left */
    EXPECT_HAS(cl, "（请填：哪件事）");
    client_get(cl, "/announce/new?from=item&item=%E9%AB%98%E9%BE%84%E6%B4%A5%E8%B4%B4");
    EXPECT_PAGE(cl, 200, "乡亲们：高龄津贴可以在村里办了");
    client_get(cl, "/announce/new?from=nothing");
    EXPECT_STATUS(cl, 422);
    client_get(cl, "/items/elder.card");
    EXPECT_PAGE(cl, 200, "写进公告");
    client_get(cl, "/announce/new?from=item");
    client_submit(cl, "/announce/new", "title", "", "words", "乡亲们，<b>明天</b>停电。", NULL);
    EXPECT_STATUS(cl, 422);
    EXPECT_STR(client_value(cl, "words"), "乡亲们，<b>明天</b>停电。"); /* nothing typed is lost */
    client_submit(cl, "/announce/new", "title", "停电", "until", "2026-09-20", NULL);
    EXPECT_STATUS(cl, 422);
    client_submit(cl, "/announce/new", "until", "2029-09-30", NULL);
    EXPECT_STATUS(cl, 422);
    client_submit(cl, "/announce/new", "until", "2026-09-30", "act", "look", NULL);
    EXPECT_PAGE(cl, 200, "念一遍约 5 秒");
    client_submit(cl, "/announce/new", "act", "save", NULL);
    EXPECT_GOES(cl, "/announce?place=" TEST_VILLAGE);
    client_get(who, "/village/" TEST_VILLAGE);
    EXPECT_PAGE(who, 200, "村里说");
    EXPECT_HAS(who, "乡亲们，&lt;b&gt;明天&lt;/b&gt;停电。");
    client_get(who, "/village/" TEST_VILLAGE_OTHER);
    EXPECT_HAS_NOT(who, "停电");
    client_get(cl, "/announce");
    EXPECT_PAGE(cl, 200, "还没念过");
    const char *key = client_between(cl, "action=\"/announce/", "/read");
    const char *read = arena_printf(t->c.arena, "/announce/%s/read", key);
    client_submit(cl, read, NULL);
    EXPECT_GOES(cl, "/announce");
    client_get(cl, "/announce");
    EXPECT_PAGE(cl, 200, "念过 1 遍");
    client_get(cl, arena_printf(t->c.arena, "/announce/%s/poster.pdf", key));
    EXPECT_STATUS(cl, 200);
    EXPECT(str_starts(cl->body, "%PDF"));
    struct client *other = client_new(t);
    client_sign_in(other, "chief", TEST_VILLAGE_OTHER);
    client_get(other, "/announce");
    client_post(other, read, NULL);
    EXPECT_STATUS(other, 404);
    client_get(other, "/announce?place=" TEST_VILLAGE);
    EXPECT_STATUS(other, 404);
    client_get(cl, "/announce");
    client_submit(cl, arena_printf(t->c.arena, "/announce/%s/down", key), NULL);
    client_get(who, "/village/" TEST_VILLAGE);
    EXPECT_HAS_NOT(who, "村里说");
    test_app_stop(t);
}

TEST(a_township_chooses_for_which_village_it_announces)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    client_sign_in(cl, "centre", TEST_TOWNSHIP);
    client_get(cl, "/announce");
    EXPECT_PAGE(cl, 200, "哪个村的公告");
    EXPECT_HAS(cl, "/announce?place=" TEST_VILLAGE);
    client_get(cl, "/announce/new");
    EXPECT_PAGE(cl, 200, "哪个村的公告");
    client_get(cl, "/announce/new?place=" TEST_TOWNSHIP);
    EXPECT_STATUS(cl, 404);
    client_get(cl, "/announce/new?place=999999999999");
    EXPECT_STATUS(cl, 422);
    client_get(cl, "/announce/new?place=" TEST_VILLAGE);
    EXPECT_PAGE(cl, 200, "写一条公告");
    test_app_stop(t);
}
