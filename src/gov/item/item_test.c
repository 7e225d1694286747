/* SPDX-License-Identifier: Apache-2.0
 * item_test.c - versions, drafts and search of the catalogue on both engines; its rules. */
#include "core/day.h"
#include "gov/item/item_rules.h"
#include "kernel/place/place.h"
#include "store/migrate.h"
#include "test_db.h"

static struct item sample(const char *code, const char *name)
{
    return (struct item){ .code = code,
                          .event = "养老",
                          .name = name,
                          .also = "老人补贴\n八十岁补贴",
                          .kind = "agent",
                          .body = "civil_affairs",
                          .basis = "《条例》第八条",
                          .who = "满 80 岁的老人",
                          .conditions = "满 80 岁\n本县户口",
                          .steps = "交材料\n发津贴",
                          .fee_text = "不收费",
                          .fee_basis = "",
                          .result = "按月打卡",
                          .delivery = "agent",
                          .levels = "village\ntownship",
                          .decides = "county",
                          .statutory_days = 20,
                          .promised_days = 10,
                          .from_day = 20000 };
}

static const struct material id_card = {
    .code = "id_card", .name = "身份证", .form = "copy", .note = "", .count = 1, .reusable = true
};
static const struct question card = {
    .code = "card", .ask = "打到哪张卡", .type = "choice", .choices = "社保卡\n另一张卡"
};

static void draft(struct ctx *c, struct item *it)
{
    enum err e = item_draft(c, it, &id_card, 1, &card, 1);
    ck_assert_msg(e == OK, "%s (%s)", err_name(e), c->why);
}

TEST_DB(a_draft_becomes_the_version_in_force_and_the_one_before_is_past)
{
    struct item it = sample("elder.allowance", "高龄津贴"), out, *found;
    size_t n;
    bool yes;
    EXPECT_EQ(migrate(c), OK);
    draft(c, &it);
    EXPECT_EQ(it.number, 1);
    EXPECT_EQ(item_current(c, "elder.allowance", &out), E_NOT_FOUND);
    EXPECT_EQ(item_known(c, "elder.allowance", &out), OK);
    EXPECT_STR(out.state, "draft");
    EXPECT_EQ(item_publish(c, it.id), OK);
    EXPECT_EQ(item_search(c, "八十岁补贴", &found, &n), OK);
    EXPECT(n == 1 && found[0].id == it.id);

    struct item second = sample("elder.allowance", "高龄津贴申请");
    second.item = it.item;
    draft(c, &second);
    EXPECT_EQ(second.number, 2);
    EXPECT_EQ(item_in_force(c, it.id, &yes), OK);
    EXPECT(yes);
    EXPECT_EQ(item_publish(c, second.id), OK);
    EXPECT_EQ(item_publish(c, it.id), E_CONFLICT); /* past, not a draft */
    EXPECT_EQ(item_version(c, it.id, &out), OK);
    EXPECT_STR(out.name, "高龄津贴"); /* what errands were taken under stays */
}

TEST_DB(an_item_has_one_draft_and_it_can_be_thrown_away)
{
    struct item it = sample("elder.card", "老年证"), out;
    struct material *m;
    size_t n;
    bool found;
    EXPECT_EQ(migrate(c), OK);
    draft(c, &it);
    EXPECT_EQ(item_publish(c, it.id), OK);
    EXPECT_EQ(item_discard(c, it.item), OK); /* nothing to throw away */
    struct item next = sample("elder.card", "老年优待证");
    next.item = it.item;
    draft(c, &next);
    EXPECT_EQ(item_draft_of(c, it.item, &out, &found), OK);
    EXPECT(found && out.id == next.id);
    EXPECT_EQ(item_discard(c, it.item), OK);
    EXPECT_EQ(item_draft_of(c, it.item, &out, &found), OK);
    EXPECT(!found);
    EXPECT_EQ(item_materials(c, next.id, &m, &n), OK);
    EXPECT_EQ(n, 0);
    EXPECT_EQ(item_materials(c, it.id, &m, &n), OK);
    EXPECT_EQ(n, 1);
}

TEST_DB(a_withdrawn_item_is_known_with_its_reason_and_found_no_more)
{
    struct item it = sample("elder.card", "老年证"), out, *all;
    struct life_event *events;
    struct catalog_row *rows;
    size_t n;
    EXPECT_EQ(migrate(c), OK);
    draft(c, &it);
    EXPECT_EQ(item_publish(c, it.id), OK);
    EXPECT_EQ(item_events(c, &events, &n), OK);
    EXPECT(n == 1 && events[0].items == 1);
    EXPECT_EQ(item_withdraw(c, it.item, "凭身份证就行"), OK);
    EXPECT_EQ(item_withdraw(c, it.item, "again"), E_CONFLICT);
    EXPECT_EQ(item_current(c, "elder.card", &out), E_NOT_FOUND);
    EXPECT_EQ(item_known(c, "elder.card", &out), OK);
    EXPECT_STR(out.why, "凭身份证就行");
    EXPECT_EQ(item_search(c, "老年证", &all, &n), OK);
    EXPECT_EQ(n, 0);
    EXPECT_EQ(item_events(c, &events, &n), OK);
    EXPECT_EQ(n, 0);
    EXPECT_EQ(item_catalog(c, &rows, &n), OK);
    EXPECT(n == 1 && str_eq(rows[0].state, "withdrawn") && rows[0].draft == 0);
    int64_t open;
    EXPECT_EQ(item_open_errands(c, it.id, &open), OK);
    EXPECT_EQ(open, 0);
    EXPECT_STR(item_body_zh(c, "village_committee", "421281"), "村民委员会");
    EXPECT_STR(item_body_zh(c, "nobody", ""), "nobody");
}

TEST(codes_and_sums_are_read_strictly)
{
    static const char *const good[] = { "a.b", "elder.allowance", "elder_2.card.lost" },
                             *const bad[] = {
                                 "",   "elder", "Elder.card", "elder..card", ".a",
                                 "a.", "a.b c", "1.a",        "new",         "养老.a"
                             };
    for (size_t i = 0; i < COUNT(good); i++)
        EXPECT(item_code_ok(good[i]));
    for (size_t i = 0; i < COUNT(bad); i++)
        EXPECT(!item_code_ok(bad[i]));
    EXPECT(part_code_ok("id_card") && !part_code_ok("id.card") && !part_code_ok(""));
    int64_t fen;
    EXPECT(yuan_parse("20", &fen) && fen == 2000);
    EXPECT(yuan_parse("12.5", &fen) && fen == 1250);
    EXPECT(yuan_parse("12.05", &fen) && fen == 1205);
    EXPECT(yuan_parse("", &fen) && fen == 0);
    static const char *const no[] = {
        "-1", "1.", ".5", "1.234", "1,000", "二十", "9999999", "1e3"
    };
    for (size_t i = 0; i < COUNT(no); i++)
        EXPECT(!yuan_parse(no[i], &fen));
}

TEST(an_item_with_one_material_twice_or_a_longer_promise_is_refused)
{
    struct ctx c = { .arena = arena_new(ARENA_LIMIT) };
    struct item it = sample("elder.card", "老年证");
    struct item_parts p = { .n_m = 2, .n_q = 1 };
    p.m[0] = p.m[1] = id_card;
    p.m[1].seq = 4;
    p.q[0] = card;
    EXPECT_EQ(item_check(&c, &it, &p), E_BAD_INPUT);
    EXPECT_EQ(ctx_bad(&c, "m_code4"), E_TWICE);
    EXPECT_EQ(ctx_bad(&c, "m_code0"), OK);
    c.bads = NULL;
    p.m[1].code = "household_book";
    EXPECT_EQ(item_check(&c, &it, &p), OK);
    it.promised_days = 30;
    it.levels = "";
    p.q[0].choices = "只有一个";
    EXPECT_EQ(item_check(&c, &it, &p), E_BAD_INPUT);
    EXPECT_EQ(ctx_bad(&c, "promised_days"), E_PROMISE);
    EXPECT_EQ(ctx_bad(&c, "level_village"), E_REQUIRED);
    EXPECT_EQ(ctx_bad(&c, "q_choices0"), E_REQUIRED);
    arena_free(c.arena);
}

TEST(changes_name_what_comes_and_goes)
{
    struct ctx c = { .arena = arena_new(ARENA_LIMIT) };
    struct item old = sample("elder.card", "老年证"), new = old;
    struct material more[] = {
        id_card, { .code = "photo", .name = "照片", .form = "original", .note = "", .count = 2 }
    };
    const struct item_whole before = { &old, &id_card, &card, 1, 1 };
    struct item_whole after = { &new, more, &card, 2, 1 };
    size_t n;
    item_changes(&c, &before, &before, &n);
    EXPECT_EQ(n, 0);
    new.promised_days = 5;
    new.conditions = "满 80 岁\n常住本县";
    const struct item_change *x = item_changes(&c, &before, &after, &n);
    EXPECT_EQ(n, 3);
    EXPECT(str_eq(x[0].what, "条件") && str_eq(x[0].before, "本县户口") &&
           str_eq(x[0].after, "常住本县"));
    EXPECT(str_eq(x[1].what, "材料") && !*x[1].before && strstr(x[1].after, "照片"));
    EXPECT_STR(x[2].after, "5 个工作日");
    arena_free(c.arena);
}

TEST_DB(an_import_does_not_bring_back_a_body_that_ended)
{
    static const struct sql COUNT_BODIES = { "SELECT count(*) FROM body WHERE code = 'health'",
                                             NULL };
    struct place_import places;
    struct item_import n;
    struct body b;
    int64_t before, after;
    EXPECT_EQ(migrate(c), OK);
    c->now_ms = INT64_C(1795395600000);
    EXPECT_EQ(place_import(c, "data/xianning-places.csv", &places), OK);
    EXPECT_EQ(item_import(c, "data", &n), OK);
    EXPECT_EQ(db_one(c, &COUNT_BODIES, IN_NONE, OUT(s_int(&before))), OK);
    EXPECT_EQ(body_serving(c, "health", "421281", &b), OK);
    EXPECT_EQ(body_end(c, &b, day_of_ms(c->now_ms), 0, "撤并"), E_BODY_HOLDS); /* it has items */
    struct body to;
    EXPECT_EQ(body_serving(c, "civil_affairs", "421281", &to), OK);
    EXPECT_EQ(body_end(c, &b, day_of_ms(c->now_ms), to.id, "撤并"), OK);
    EXPECT_EQ(item_import(c, "data", &n), OK);
    EXPECT_EQ(n.bodies, 0);
    EXPECT_EQ(db_one(c, &COUNT_BODIES, IN_NONE, OUT(s_int(&after))), OK);
    EXPECT_EQ(after, before);
    EXPECT_EQ(body_serving(c, "health", "421281101202", &b), OK);
    EXPECT_EQ(b.id, to.id);
}

TEST(a_paper_that_was_left_is_good_for_its_days_and_only_if_it_may_be_used_again)
{
    struct material m = { .reusable = true, .held_days = 180 }, ever = { .reusable = true };
    int64_t got = ms_of_day(20000), last = got + INT64_C(180) * DAY_MS;
    EXPECT(material_held_good(&m, got, last) && !material_held_good(&m, got, last + 1));
    EXPECT(material_held_good(&ever, got, last * 2));
    EXPECT(!material_held_good(&m, 0, got)); /* never given */
    m.reusable = false;
    EXPECT(!material_held_good(&m, got, got));
}
