/* SPDX-License-Identifier: Apache-2.0
 * visit_test.c - the care list and visits: when somebody is due, who is told when nobody answers,
 * what ends it; and the pages, across villages. */
#include "core/day.h"
#include "core/text.h"
#include "crypto/signer.h"
#include "gov/visit/visit_rules.h"
#include "kernel/rule/rule.h"
#include "kernel/todo/todo.h"
#include "store/migrate.h"
#include "test_app.h"
#include "test_db.h"

#define NOW INT64_C(1795395600000) /* Monday 2026-11-23 09:00 */
enum { HOUR = 3600 * 1000 };
static const struct visit_rule weekly = { 7, 24, 24 };

/* ---- rules ---- */
TEST(the_next_visit_is_never_before_today_and_never_later_than_the_interval)
{
    static const char *const whys[] = { "regular", "change", "round" };
    int32_t today = day_of_ms(NOW);
    for (int32_t last = -200; last <= 0; last++)
        for (int64_t days = 1; days < 100; days += 6)
            for (int due = -10; due < 40; due += 5)
                for (size_t w = 0; w < COUNT(whys); w++) {
                    struct care k = { .last_ms = ms_of_day(today + last) + 1,
                                      .due_ms = visit_day_end(today + due),
                                      .due_why = whys[w] };
                    int64_t next = care_due(&k, NOW, days);
                    int64_t first = last + days < 0 ? 0 : last + days;
                    int64_t regular = visit_day_end(today + (int32_t)first);
                    bool keeps = w > 0 && k.due_ms < regular;
                    EXPECT_EQ(next, keeps ? k.due_ms : regular);
                }
}

TEST(a_visit_settles_what_was_due_unless_a_grave_change_was_only_telephoned)
{
    static const char *const whys[] = { "regular", "change", "round" };
    for (int way = 0; visit_ways[way]; way++)
        for (size_t w = 0; w < COUNT(whys); w++)
            for (int met = 0; met < 2; met++) {
                struct care k = { .due_why = whys[w], .due_words = "", .due_ms = NOW + HOUR };
                struct visit v = { .way = visit_ways[way], .met = met };
                bool settles = met && (w != 1 || way == 0);
                EXPECT(visit_settles(&k, &v) == settles);
                care_after_visit(&k, &v, NOW, &weekly, "");
                EXPECT_EQ(k.due_ms, settles ? visit_day_end(day_of_ms(NOW) + 7) : NOW + HOUR);
                EXPECT_EQ(k.missed_ms, met ? 0 : NOW);
                EXPECT_EQ(k.last_ms, met ? NOW : 0);
            }
}

TEST(where_nobody_answers_each_level_is_told_in_its_turn)
{
    struct care k = { .due_why = "regular", .due_words = "", .due_ms = NOW + 90 * HOUR };
    struct visit v = { .way = "home" };
    care_after_visit(&k, &v, NOW, &weekly, "");
    EXPECT_EQ(k.due_ms, NOW + 24 * HOUR);
    care_after_visit(&k, &v, NOW + HOUR, &weekly, ""); /* the clock runs from the first time */
    EXPECT(k.missed_ms == NOW && k.due_ms == NOW + 24 * HOUR);
    for (k.risen = 0; k.risen <= CARE_RISEN_MAX; k.risen++)
        for (int64_t h = 0; h < 100; h++)
            EXPECT(care_must_rise(&k, NOW + h * HOUR, 24) ==
                   (k.risen < CARE_RISEN_MAX && h >= 24 * (k.risen + 1)));
    v.met = 1;
    care_after_visit(&k, &v, NOW + 2 * HOUR, &weekly, "住院");
    EXPECT(k.missed_ms == 0 && k.risen == 0);
    EXPECT_EQ(k.due_ms, NOW + 26 * HOUR);
    EXPECT_STR(k.due_why, "change");
}

TEST(groups_and_doors_are_read_as_people_write_them)
{
    static const struct {
        const char *text;
        int32_t number;
    } all[] = { { "一组", 1 },          { "三组", 3 },      { "十组", 10 }, { "十二组", 12 },
                { "二十组", 20 },       { "二十一组", 21 }, { "3组", 3 },   { "第 12 组", 12 },
                { "7 号", 7 },          { "7-2 号", 7 },    { "两组", 2 },  { "", INT32_MAX },
                { "老屋湾", INT32_MAX } };
    for (size_t i = 0; i < COUNT(all); i++)
        EXPECT_EQ(text_number(all[i].text), all[i].number);
}

TEST(the_walk_is_by_when_then_group_then_door)
{
    struct care_line l[] = {
        { .name = "a", .grp = "十二组", .door = "1 号", .care.due_ms = NOW },
        { .name = "b", .grp = "三组", .door = "12 号", .care.due_ms = NOW },
        { .name = "c", .grp = "一组", .door = "1 号", .care.due_ms = NOW + 2 * DAY_MS },
        { .name = "d", .grp = "三组", .door = "9 号", .care.due_ms = NOW - 3 * DAY_MS },
        { .name = "e", .grp = "一组", .door = "1 号", .care.due_ms = NOW + 9 * DAY_MS },
    };
    visit_walk(l, COUNT(l), NOW);
    const char *want[] = { "d", "b", "a", "c", "e" };
    for (size_t i = 0; i < COUNT(l); i++)
        EXPECT_STR(l[i].name, want[i]);
    for (int day = 0; day < 14; day++) { /* NOW is a Monday: six days more belong to the week */
        enum visit_when when = visit_when(NOW + day * (int64_t)DAY_MS, NOW);
        EXPECT_EQ(when, day == 0 ? VISIT_TODAY : day < 7 ? VISIT_WEEK : VISIT_LATER);
    }
}

TEST(a_record_says_how_they_live_when_somebody_was_met)
{
    for (int bits = 0; bits < 64; bits++) {
        struct ctx c = { .arena = arena_new(ARENA_LIMIT) };
        struct visit v = { .met = bits & 1,
                           .living = bits & 2 ? "good" : "",
                           .safety = bits & 4 ? "fair" : "",
                           .health = bits & 8 ? "poor" : "",
                           .family = bits & 16 ? "good" : "",
                           .follow_up = bits & 32 ? "明天再去" : "",
                           .words = "" };
        bool whole = (bits & 30) == 30, follows = bits & 32;
        EXPECT((visit_check(&c, &v) == OK) == (!v.met || (whole && follows)));
        arena_free(c.arena);
    }
}

TEST(each_line_of_needs_is_one)
{
    struct ctx c = { .arena = arena_new(ARENA_LIMIT) };
    const char *needs[VISIT_NEEDS_MAX];
    EXPECT_EQ(visit_needs(&c, "换电线\n\n  补医保卡 \n", needs), 2);
    EXPECT_STR(needs[1], "补医保卡");
    EXPECT_EQ(visit_needs(&c, "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11", needs), VISIT_NEEDS_MAX);
    EXPECT(care_has_reason("severe_disability aged", "aged"));
    EXPECT(!care_has_reason("severe_disability", "disability"));
    EXPECT_STR(care_reasons_zh(&c, "aged alone"), "独居、高龄");
    arena_free(c.arena);
}

/* ---- models ---- */
static const uint8_t master[SIGNER_KEY_BYTES] = { 9 };
static const struct right agent = { CAP_PERSON_READ | CAP_VISIT | CAP_CARE_WRITE, TEST_VILLAGE, 1,
                                    0 };
static const struct right chief = { CAP_ERRAND_LEAD | CAP_CARE_WRITE, TEST_VILLAGE, 2, 0 };
static const struct right centre = { CAP_ERRAND_LEAD | CAP_CARE_WRITE, TEST_TOWNSHIP, 3, 0 };

static void rules_in(struct ctx *c)
{
    static const char *const names[][2] = {
        { "visit.high_days", "7" },       { "visit.key_days", "30" },
        { "visit.ordinary_days", "90" },  { "visit.change_hours", "24" },
        { "visit.noanswer_hours", "24" },
    };
    for (size_t i = 0; i < COUNT(names); i++) {
        struct rule r = { .name = names[i][0],
                          .value = names[i][1],
                          .unit = "day",
                          .level = "county",
                          .document = "",
                          .article = "",
                          .area = "",
                          .source = "",
                          .note = "",
                          .valid_from = 1 };
        EXPECT_EQ(rule_add(c, &r), OK);
    }
}

static size_t todos_of(struct ctx *c, const struct right *right)
{
    struct ctx own = *c;
    struct todo *all;
    size_t n;
    own.account_id = 77;
    own.rights = right;
    own.n_rights = 1;
    EXPECT_EQ(todo_mine(&own, &all, &n), OK);
    return n;
}

static void listed(struct ctx *c, struct person *p, const char *name, const char *risk)
{
    struct care k = { .reasons = "alone",
                      .risk = risk,
                      .wish_who = "",
                      .wish_way = "",
                      .wish_time = "三点以后",
                      .contact = "儿子\n13812341234",
                      .consent = "spoken",
                      .heard = "李某某" };
    *p = (struct person){ .place = TEST_VILLAGE, .name = name, .grp = "三组" };
    EXPECT_EQ(person_save(c, p), OK);
    EXPECT_EQ(care_put(c, p, &k), OK);
}

static void world(struct ctx *c)
{
    EXPECT_EQ(migrate(c), OK);
    c->signer = signer_local(master);
    c->now_ms = NOW;
    c->account_id = 5;
    rules_in(c);
}

static void world_end(struct ctx *c)
{
    signer_free(c->signer);
    c->signer = NULL;
}

TEST_DB(the_interval_follows_the_risk_and_the_to_do_list_the_nearness)
{
    struct person high, key;
    struct care k;
    bool given;
    world(c);
    listed(c, &high, "王某某", "high");
    listed(c, &key, "李某某", "key");
    EXPECT_EQ(care_load(c, high.key, &k), OK);
    EXPECT_EQ(day_of_ms(k.due_ms), day_of_ms(NOW) + 7);
    EXPECT_EQ(consent_given(c, high.key, "visit", &given), OK);
    EXPECT(given);
    EXPECT_EQ(care_open(c, &k), OK);
    EXPECT_STR(k.contact, "儿子\n13812341234");
    EXPECT_EQ(todos_of(c, &agent), 0); /* seven days to the last minute: not yet near */
    c->now_ms = NOW + DAY_MS;
    EXPECT_EQ(care_tick(c, NULL), OK);
    EXPECT_EQ(todos_of(c, &agent), 1);
    c->now_ms = NOW + 29 * (int64_t)DAY_MS;
    EXPECT_EQ(care_tick(c, NULL), OK);
    EXPECT_EQ(todos_of(c, &agent), 2);
    struct care again = { .reasons = "alone aged",
                          .risk = "ordinary",
                          .wish_who = "",
                          .wish_way = "",
                          .wish_time = "",
                          .consent = "spoken",
                          .heard = "李某某" };
    EXPECT_EQ(care_put(c, &high, &again), OK); /* a lower risk: later, off the to-do list */
    EXPECT_EQ(todos_of(c, &agent), 1);
    EXPECT_EQ(care_load(c, high.key, &k), OK);
    EXPECT_EQ(care_open(c, &k), OK);
    EXPECT_STR(k.contact, "儿子\n13812341234"); /* not given: stays */
    world_end(c);
}

TEST_DB(nobody_answering_is_told_to_the_village_and_then_the_township)
{
    struct person p;
    struct visit v = { .way = "home",
                       .living = "",
                       .safety = "",
                       .health = "",
                       .family = "",
                       .words = "",
                       .follow_up = "" };
    world(c);
    listed(c, &p, "王某某", "key");
    EXPECT_EQ(visit_record(c, &p, &v, ""), OK);
    EXPECT_EQ(todos_of(c, &agent), 1);
    for (int hour = 0; hour < 60; hour += 6) {
        c->now_ms = NOW + hour * (int64_t)HOUR;
        EXPECT_EQ(care_tick(c, NULL), OK);
        EXPECT_EQ(todos_of(c, &chief), hour >= 24);
        EXPECT_EQ(todos_of(c, &centre), hour >= 48);
    }
    v.met = 1;
    EXPECT_EQ(visit_record(c, &p, &v, ""), OK);
    EXPECT_EQ(todos_of(c, &chief) + todos_of(c, &centre) + todos_of(c, &agent), 0);
    struct visit *all;
    size_t n;
    EXPECT_EQ(visit_of_person(c, p.key, &all, &n), OK);
    EXPECT(n == 2 && all[0].met && !all[1].met);
    EXPECT_EQ(visit_since(c, TEST_VILLAGE, NOW + 1, &all, &n), OK);
    EXPECT_EQ(n, 1);
    world_end(c);
}

TEST_DB(a_round_makes_high_and_key_due_and_leaves_what_is_sooner)
{
    struct person high, key, ordinary, soon;
    struct care k;
    int64_t n;
    int32_t day = day_of_ms(NOW) + 2;
    world(c);
    listed(c, &high, "王某某", "high");
    listed(c, &key, "李某某", "key");
    listed(c, &ordinary, "赵某某", "ordinary");
    listed(c, &soon, "孙某某", "high");
    EXPECT_EQ(care_changed(c, &soon, "住院"), OK);
    EXPECT_EQ(care_round(c, TEST_TOWNSHIP, day, "寒潮", &n), OK);
    EXPECT_EQ(n, 2);
    EXPECT_EQ(care_load(c, key.key, &k), OK);
    EXPECT(k.due_ms == visit_day_end(day) && str_eq(k.due_words, "寒潮"));
    EXPECT_EQ(care_load(c, soon.key, &k), OK);
    EXPECT(k.due_ms == NOW + 24 * HOUR && str_eq(k.due_why, "change"));
    EXPECT_EQ(todos_of(c, &agent), 3);
    EXPECT_EQ(care_round(c, TEST_VILLAGE_FAR, day, "寒潮", &n), OK);
    EXPECT_EQ(n, 0);
    world_end(c);
}

TEST_DB(death_moving_away_and_withdrawn_consent_end_the_visits)
{
    struct person p[3];
    struct care_line *lines;
    struct care_count *counts;
    size_t n;
    world(c);
    for (size_t i = 0; i < COUNT(p); i++) {
        listed(c, &p[i], "王某某", "high");
        EXPECT_EQ(care_changed(c, &p[i], "住院"), OK);
    }
    EXPECT_EQ(todos_of(c, &agent), 3);
    EXPECT_EQ(care_counts(c, TEST_TOWNSHIP, &counts, &n), OK);
    EXPECT(n == 1 && counts[0].all == 3 && counts[0].high == 3 && counts[0].late == 0);
    EXPECT_EQ(person_died(c, &p[0], day_of_ms(NOW)), OK);
    EXPECT_EQ(person_moved(c, &p[1], day_of_ms(NOW), "武汉"), OK);
    EXPECT_EQ(consent_withdraw(c, p[2].key, "papers"), OK);
    EXPECT_EQ(todos_of(c, &agent), 1);
    EXPECT_EQ(consent_withdraw(c, p[2].key, "visit"), OK);
    EXPECT_EQ(todos_of(c, &agent), 0);
    EXPECT_EQ(care_list(c, TEST_VILLAGE, &lines, &n), OK);
    EXPECT_EQ(n, 0);
    struct care k = { .reasons = "alone", .risk = "high" };
    EXPECT_EQ(person_load(c, p[0].key, &p[0]), OK);
    EXPECT_EQ(care_put(c, &p[0], &k), E_PERSON_DIED);
    struct visit v = { .way = "home", .met = 1 };
    EXPECT_EQ(visit_record(c, &p[0], &v, ""), E_PERSON_DIED);
    EXPECT_EQ(care_changed(c, &p[2], "住院"), E_WRONG_STATE);
    world_end(c);
}

/* ---- pages ---- */
static const char *at(struct test_app *t, const char *before, struct key k, const char *after)
{
    return arena_printf(t->c.arena, "%s/%s%s", before, key_text(&t->c, k), after);
}

static void put_on(struct test_app *t, struct client *cl, struct key k, const char *risk)
{
    client_get(cl, at(t, "/care", k, ""));
    EXPECT_PAGE(cl, 200, "为什么关爱");
    client_submit(cl, at(t, "/care", k, ""), "reason0", "alone", "reason8", "aged", "risk", risk,
                  "wish_time", "三点以后去", "contact_name", "儿子", "contact_phone", "13900001111",
                  "consent", "spoken", "heard", "李某某", NULL);
    EXPECT_GOES(cl, "/care/");
    client_follow(cl);
    EXPECT_PAGE(cl, 200, "从名单取下");
}

/* The same person once more on the same day is one person; what follows may become an errand. */
static void visited_again(struct client *cl, struct key k)
{
    struct test_app *t = cl->t;
    const char *key = arena_copy(t->c.arena, key_text(&t->c, k));
    client_get(cl, at(t, "/visits", k, ""));
    client_submit(cl, at(t, "/visits", k, ""), "met", "yes", "living", "poor", "safety", "good",
                  "health", "good", "family", "good", "follow_up", "明天请电工来看线", NULL);
    EXPECT_GOES(cl, "/visits");
    client_get(cl, "/visits"); /* the same person once more */
    EXPECT_PAGE(cl, 200, "1 户，看了 1 户");
    const char *last = client_between(cl, "href=\"/visits/record/", "\"");
    client_get(cl, arena_printf(t->c.arena, "/visits/record/%s", last));
    EXPECT_PAGE(cl, 200, "也记成办件");
    EXPECT_HAS_NOT(cl, "已经记成办件");
    client_get(cl, arena_printf(t->c.arena, "/errand/new?person=%s&visit=%s&need=0", key, last));
    client_post(cl, "/errand/new/step", "person", key, "visit", last, "item", "none", "words",
                client_value(cl, "words"), NULL);
    EXPECT_STR(client_value(cl, "words"), "明天请电工来看线");
}

TEST(an_agent_puts_somebody_on_the_list_and_visits_them)
{
    struct test_app *t = test_app_start();
    struct key k = test_app_person(t, TEST_VILLAGE, "王某某", NULL, "13812341234");
    struct client *cl = client_new(t);
    client_sign_in(cl, "agent", TEST_VILLAGE);
    client_get(cl, "/visits");
    EXPECT_PAGE(cl, 200, "今天没有要去的");
    client_get(cl, at(t, "/care", k, ""));
    client_submit(cl, at(t, "/care", k, ""), "risk", "high", NULL);
    EXPECT_PAGE(cl, 422, "为什么关爱");
    put_on(t, cl, k, "high");
    client_get(cl, "/care");
    EXPECT_PAGE(cl, 200, "独居、高龄");
    EXPECT_HAS(cl, "高风险每周至少一次");
    test_app_clock(t, t->c.now_ms + 9 * (int64_t)DAY_MS);
    client_sign_in(cl, "agent", TEST_VILLAGE);
    client_get(cl, "/visits");
    EXPECT_PAGE(cl, 200, "迟 2 天");
    EXPECT_HAS(cl, "tel:13812341234");
    EXPECT_HAS(cl, "三点以后去");
    client_get(cl, at(t, "/visits", k, ""));
    EXPECT_PAGE(cl, 200, "tel:13900001111");
    client_submit(cl, at(t, "/visits", k, ""), "met", "yes", "living", "poor", NULL);
    EXPECT_STATUS(cl, 422);
    EXPECT_STR(client_value(cl, "living"), "poor");
    client_submit(cl, at(t, "/visits", k, ""), "met", "yes", "living", "poor", "safety", "fair",
                  "health", "good", "family", "good", "words", "换电线\n补医保卡", NULL);
    EXPECT_GOES(cl, "/visits/record/");
    client_follow(cl);
    EXPECT_PAGE(cl, 200, "记成办件");
    EXPECT_HAS(cl, "&amp;need=2\"");
    EXPECT_HAS_NOT(cl, "words=%"); /* what somebody said is in no address */
    const char *need = client_between(cl, "href=\"/errand/new?person=", "&amp;visit=");
    const char *visit = client_between(cl, "&amp;visit=", "&amp;need");
    client_get(cl, arena_printf(t->c.arena, "/errand/new?person=%s&visit=%s&need=2", need, visit));
    EXPECT_PAGE(cl, 200, "王某某");
    EXPECT_STR(client_value(cl, "words"), "补医保卡");
    client_json(cl, "/api/v1/errand/new",
                arena_printf(t->c.arena,
                             "{\"person\":\"%s\",\"visit\":\"%s\",\"words\":\"换电线\",\"place\":"
                             "\"" TEST_VILLAGE "\",\"channel\":\"visit\",\"manner\":\"spoken\"}",
                             need, visit));
    EXPECT(cl->status < 300);
    const char *errand = client_between(cl, "\"errand\":\"", "\"");
    const char *record = arena_printf(t->c.arena, "/visits/record/%s", visit);
    client_get(cl, record);
    EXPECT_PAGE(cl, 200, "已经记成办件");
    EXPECT_HAS(cl, arena_printf(t->c.arena, "href=\"/errand/%s\"", errand));
    client_get(cl, arena_printf(t->c.arena, "/errand/%s", errand));
    EXPECT_PAGE(cl, 200, arena_printf(t->c.arena, "href=\"%s\"", record));
    client_get(cl, "/visits");
    EXPECT_PAGE(cl, 200, "今天已看");
    EXPECT_HAS(cl, "1 户，看了 1 户");
    visited_again(cl, k);
    client_get(cl, at(t, "/person", k, ""));
    EXPECT_PAGE(cl, 200, "关爱走访");
    EXPECT_HAS(cl, "最近办的事");
    client_get(cl, at(t, "/api/v1/person", k, ""));
    EXPECT_PAGE(cl, 200, "\"errands\":[{");
    test_app_stop(t);
}

TEST(visits_of_another_village_are_not_there)
{
    struct test_app *t = test_app_start();
    struct key k = test_app_person(t, TEST_VILLAGE_OTHER, "王某某", NULL, "13812341234");
    struct client *own = client_new(t), *cl = client_new(t), *window = client_new(t);
    client_sign_in(own, "agent", TEST_VILLAGE_OTHER);
    client_sign_in(cl, "agent", TEST_VILLAGE);
    client_sign_in(window, "window", TEST_VILLAGE_OTHER);
    put_on(t, own, k, "key");
    client_get(own, at(t, "/visits", k, ""));
    client_submit(own, at(t, "/visits", k, ""), "met", "no", "words", "门口有信", NULL);
    EXPECT_GOES(own, "/visits/record/");
    const char *record = arena_copy(t->c.arena, own->location);
    const char *pages[] = { at(t, "/visits", k, ""), at(t, "/care", k, ""), record,
                            "/visits?place=" TEST_VILLAGE_OTHER,
                            "/care?place=" TEST_VILLAGE_OTHER };
    for (size_t i = 0; i < COUNT(pages); i++) {
        client_get(cl, pages[i]);
        EXPECT_STATUS(cl, 404);
        EXPECT_HAS_NOT(cl, "王某某");
    }
    const char *posts[][2] = {
        { "", "{\"risk\":\"high\",\"reason\":[\"alone\"],\"consent\":\"spoken\",\"heard\":"
              "\"李某某\"}" },
        { "/end", "{\"why\":\"不用了\"}" },
        { "/change", "{\"change\":\"住院\"}" },
    };
    for (size_t i = 0; i < COUNT(posts); i++) {
        client_json(cl, at(t, "/api/v1/care", k, posts[i][0]), posts[i][1]);
        EXPECT_STATUS(cl, 404);
    }
    client_json(cl, at(t, "/api/v1/visits", k, ""), "{\"way\":\"home\",\"met\":\"no\"}");
    EXPECT_STATUS(cl, 404);
    client_get(window, at(t, "/visits", k, "")); /* may read residents, but does not visit */
    EXPECT_STATUS(window, 404);
    client_get(window, at(t, "/person", k, ""));
    EXPECT_HAS_NOT(window, "关爱走访");
    test_app_stop(t);
}

TEST(a_leader_adds_a_round_and_the_agent_sees_why)
{
    struct test_app *t = test_app_start();
    struct key k = test_app_person(t, TEST_VILLAGE, "王某某", NULL, NULL);
    struct client *cl = client_new(t), *lead = client_new(t), *far = client_new(t);
    client_sign_in(cl, "agent", TEST_VILLAGE);
    client_sign_in(lead, "centre", TEST_TOWNSHIP);
    client_sign_in(far, "chief", TEST_VILLAGE_FAR);
    put_on(t, cl, k, "key");
    client_get(cl, "/care");
    EXPECT_HAS_NOT(cl, "加一轮走访");
    client_get(far, "/care");
    client_post(far, "/care/round", "place", TEST_VILLAGE, "day", "2026-11-25", "words", "寒潮",
                NULL);
    EXPECT_STATUS(far, 403);
    client_get(lead, "/care");
    EXPECT_PAGE(lead, 200, "个村");
    client_submit(lead, "/care/round", "day", "2026-11-22", "words", "寒潮", NULL);
    EXPECT_STATUS(lead, 422);
    client_submit(lead, "/care/round", "day", "2026-11-23", "words", "寒潮要来", NULL);
    EXPECT_GOES(lead, "/care?place=" TEST_TOWNSHIP);
    client_get(cl, "/visits");
    EXPECT_PAGE(cl, 200, "寒潮要来");
    client_get(cl, "/api/v1/visits");
    EXPECT_PAGE(cl, 200, "\"due_why\":\"round\"");
    test_app_stop(t);
}
