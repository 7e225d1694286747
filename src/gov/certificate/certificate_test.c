/* SPDX-License-Identifier: Apache-2.0
 * certificate_test.c - slips on both engines, the text of certificates, and the pages. */
#include "core/day.h"
#include "gov/certificate/slip_view.h"
#include "kernel/place/place.h"
#include "store/migrate.h"
#include "test_app.h"
#include "test_db.h"

#define ID_NO "422302194301011211"

TEST_DB(numbers_count_per_place_and_kind_and_a_draft_has_none)
{
    struct slip refused = { .certificate = 7, .place = TEST_VILLAGE, .words = "", .refused = true },
                second = refused,
                written = { .certificate = 8,
                            .person = 5,
                            .place = TEST_VILLAGE,
                            .words = "purpose=上学" },
                out, *all;
    size_t n;
    EXPECT_EQ(migrate(c), OK);
    EXPECT_EQ(slip_add(c, &refused), OK);
    EXPECT_EQ(slip_add(c, &second), OK);
    EXPECT_STR(second.number, TEST_VILLAGE "告〔2026〕2 号");
    EXPECT_EQ(slip_add(c, &written), OK);
    EXPECT_STR(written.number, "");
    EXPECT_EQ(slip_recent(c, TEST_VILLAGE, &all, &n), OK);
    EXPECT_EQ(n, 2);
    written.words = "purpose=看病";
    EXPECT_EQ(slip_change(c, &written), OK);
    EXPECT_EQ(slip_issue(c, &written, "全文"), OK);
    EXPECT_STR(written.number, TEST_VILLAGE "证〔2026〕1 号");
    EXPECT_EQ(slip_issue(c, &written, "再开一次"), E_CONFLICT);
    EXPECT_EQ(slip_change(c, &written), E_CONFLICT);
    EXPECT_EQ(slip_load(c, written.key, &out), OK);
    EXPECT_STR(out.words, "全文");
    EXPECT_EQ(slip_load(c, (struct key){ 421281, 1 }, &out), E_NOT_FOUND);
}

TEST(a_template_is_filled_and_what_is_not_known_is_a_line_to_write_on)
{
    struct arena *a = arena_new(ARENA_LIMIT);
    const struct cert_value v[] = { { "name", "王某某" },
                                    { "facts", "家里 {3} 口人" },
                                    { "id_no", "{id_no}" } };
    const char *text = certificate_compose(a, "{name}（{id_no}）：{facts}，{other}。{", v, 3);
    EXPECT_STR(text, "王某某（{id_no}）：家里 {3} 口人，＿＿＿＿。＿＿＿＿");
    EXPECT_STR(certificate_id_no(a, "甲{id_no}乙 {b", "42"), "甲42乙 {b");
    EXPECT_STR(certificate_id_no(a, "{id_no}", NULL), "＿＿＿＿");
    EXPECT_STR(certificate_signed(a, "同意。{village} {date}"), "同意。\n{village}\n{date}");
    EXPECT_STR(certificate_signed(a, "{date} 同意"), "{date} 同意");
    struct cert_field f[CERT_FIELDS_MAX];
    EXPECT_EQ(certificate_fields(a, "office:哪个单位\nfacts:情况：说清楚\nbroken", f), 2);
    EXPECT(str_eq(f[1].code, "facts") && str_eq(f[1].ask, "情况：说清楚"));
    const char *packed = answers_pack(a, v, 2);
    EXPECT_STR(answers_get(a, packed, "facts"), "家里 {3} 口人");
    EXPECT_STR(answers_get(a, packed, "fact"), "");
    EXPECT_STR(village_signs(a, "赤壁市赵李桥镇柳林村", "柳林村委会"),
               "赤壁市赵李桥镇柳林村村民委员会");
    EXPECT_STR(village_signs(a, "赤壁市赵李桥镇赵李桥社区", "赵李桥居委会"),
               "赤壁市赵李桥镇赵李桥社区居民委员会");
    arena_free(a);
}

TEST(everybody_reads_which_certificates_must_not_be_issued_and_where_to_go)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    client_get(cl, "/certificates");
    EXPECT_PAGE(cl, 200, "村里不能开，也不用开");
    EXPECT_HAS(cl, "村里可以开");
    client_get(cl, "/certificates?q=健在证明");
    EXPECT_PAGE(cl, 200, "健在证明");
    client_get(cl, "/certificates?q=火星人");
    EXPECT_PAGE(cl, 200, "没有找到");
    client_get(cl, "/certificates/no_crime");
    EXPECT_PAGE(cl, 200, "公安派出所");
    EXPECT_HAS(cl, "犯罪记录只有公安机关能查");
    EXPECT_HAS_NOT(cl, "写告知单");
    client_get(cl, "/api/v1/certificates/no_crime");
    EXPECT_PAGE(cl, 200, "\"may\":false");
    client_get(cl, "/certificates/nothing");
    EXPECT_STATUS(cl, 404);
    test_app_stop(t);
}

TEST(a_refusal_slip_says_where_to_go_and_stays_in_its_village)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t), *other = client_new(t);
    client_sign_in(cl, "agent", TEST_VILLAGE);
    client_sign_in(other, "agent", TEST_VILLAGE_OTHER);
    client_get(cl, "/certificates/no_crime");
    client_submit(cl, "/certificates/no_crime/refuse", "words", "某某物业公司", NULL);
    EXPECT_GOES(cl, "/slip/421281-");
    client_follow(cl);
    EXPECT_PAGE(cl, 200, "柳林村告〔2026〕1 号");
    EXPECT_HAS(cl, "公安派出所");
    EXPECT_HAS(cl, "某某物业公司");
    EXPECT_HAS(cl, "赵李桥镇便民服务中心");
    EXPECT_HAS(cl, "class=\"qr\"");
    const char *slip = cl->path;
    client_get(cl, arena_printf(t->c.arena, "%s?w=80", slip));
    EXPECT_PAGE(cl, 200, "x-slip");
    client_get(cl, arena_printf(t->c.arena, "%s/pdf?w=80", slip));
    EXPECT_PAGE(cl, 200, "%PDF-");
    client_get(cl, "/certificates");
    EXPECT_HAS(cl, "柳林村告〔2026〕1 号");
    client_get(other, slip);
    EXPECT_STATUS(other, 404);
    client_get(other, "/certificates");
    EXPECT_HAS_NOT(other, "柳林村告〔2026〕1 号");
    test_app_stop(t);
}

TEST(a_certificate_that_must_not_be_written_offers_the_slip_instead)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    struct key wang = test_app_person(t, TEST_VILLAGE, "王某某", ID_NO, NULL);
    client_sign_in(cl, "agent", TEST_VILLAGE);
    client_get(cl, "/certificates/no_crime/write");
    EXPECT_PAGE(cl, 409, "这个证明村里不能开");
    EXPECT_HAS(cl, "写告知单");
    client_post(cl, "/certificates/no_crime/write", "person", key_text(&t->c, wang), NULL);
    EXPECT_PAGE(cl, 409, "公安派出所");
    client_submit(cl, "/certificates/no_crime/refuse", NULL); /* whom it was for is kept */
    client_follow(cl);
    EXPECT_PAGE(cl, 200, "王某某");
    client_post(cl, "/certificates/volunteer_hours/refuse", NULL);
    EXPECT_STATUS(cl, 409);
    test_app_stop(t);
}

/* The address behind the QR code of the village's newest slip. */
static const char *check_path(struct test_app *t)
{
    struct slip *all;
    const char *code;
    size_t n;
    EXPECT_EQ(slip_recent(&t->c, TEST_VILLAGE, &all, &n), OK);
    EXPECT(n == 1);
    EXPECT_EQ(slip_check_code(&t->c, &all[0], &code), OK);
    return arena_printf(t->c.arena, "/slip/%s/check?c=%s", key_text(&t->c, all[0].key), code);
}

static enum err rename_and_merge(struct ctx *c, void *arg)
{
    struct place_merge m = { .day = day_of_ms(c->now_ms), .decision = "赤政函〔2026〕12 号" };
    (void)arg;
    TRY(place_load(c, TEST_VILLAGE, &m.from));
    TRY(place_rename(c, &m.from, m.day - 1, "新柳林村村委会", m.decision));
    TRY(place_load(c, TEST_VILLAGE, &m.from));
    TRY(place_load(c, TEST_VILLAGE_OTHER, &m.into));
    return place_merge(c, &m);
}

TEST(a_certificate_is_written_read_over_and_issued_with_a_number)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t), *stranger = client_new(t);
    const char *wang = key_text(&t->c, test_app_person(t, TEST_VILLAGE, "王某某", ID_NO, NULL));
    client_sign_in(cl, "agent", TEST_VILLAGE);
    client_get(cl, "/certificates/homestead_review/write");
    client_submit(cl, "/certificates/homestead_review/write/find", "q", "王某", NULL);
    EXPECT_PAGE(cl, 200, wang);
    client_get(cl,
               arena_printf(t->c.arena, "/certificates/homestead_review/write?person=%s", wang));
    EXPECT_PAGE(cl, 200, "4223**********1211");
    client_submit(cl, "/certificates/homestead_review/write", "f0", "三组村口", NULL);
    EXPECT_PAGE(cl, 422, "这一项要填");
    EXPECT_STR(client_value(cl, "f0"), "三组村口");
    client_submit(cl, "/certificates/homestead_review/write", "f1", "120", "f2", "同意", "f3",
                  "赵李桥镇", NULL);
    EXPECT_GOES(cl, "/slip/421281-");
    client_follow(cl);
    EXPECT_PAGE(cl, 200, "面积120平方米");
    EXPECT_HAS(cl, ID_NO);
    const char *slip = cl->path;
    client_get(cl, arena_printf(t->c.arena, "/certificates/homestead_review/write?slip=%s",
                                slip + strlen("/slip/")));
    EXPECT_STR(client_value(cl, "f1"), "120");
    client_submit(cl, "/certificates/homestead_review/write", "f1", "100", NULL);
    EXPECT_GOES(cl, slip);
    client_follow(cl);
    EXPECT_PAGE(cl, 200, "面积100平方米");
    client_submit(cl, arena_printf(t->c.arena, "%s/issue", slip), NULL);
    EXPECT_GOES(cl, slip);
    client_follow(cl);
    EXPECT_PAGE(cl, 200, "柳林村证〔2026〕1 号");
    EXPECT_HAS(cl, "赤壁市赵李桥镇柳林村村民委员会<br>2026年11月23日<br>");
    client_post(cl, arena_printf(t->c.arena, "%s/issue", slip), NULL);
    EXPECT_STATUS(cl, 409);
    client_get(cl, arena_printf(t->c.arena, "%s/pdf", slip));
    EXPECT_PAGE(cl, 200, "%PDF-");
    client_get(stranger, check_path(t));
    EXPECT_PAGE(stranger, 200, "这份证明是真的");
    EXPECT_HAS(stranger, "4223**********1211");
    EXPECT_HAS_NOT(stranger, ID_NO);
    client_get(stranger, arena_printf(t->c.arena, "%s/check?c=0123456789abcdef", slip));
    EXPECT_PAGE(stranger, 404, "查不到这份证明");
    client_get(stranger, slip);
    EXPECT_GOES(stranger, "/sign-in");

    /* Later the village has another name, and is part of another: what was issued says who did. */
    test_app_clock(t, t->c.now_ms + INT64_C(5) * DAY_MS);
    test_app_write(t, rename_and_merge, NULL);
    client_renew(cl);
    client_get(cl, slip);
    EXPECT_PAGE(cl, 200, "赤壁市赵李桥镇柳林村村民委员会<br>2026年11月23日<br>");
    client_get(stranger, check_path(t));
    EXPECT_PAGE(stranger, 200, "这份证明是真的");
    test_app_stop(t);
}

TEST(a_resident_of_another_village_is_not_found_and_not_served)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    const char *li = key_text(&t->c, test_app_person(t, TEST_VILLAGE_OTHER, "李某某", NULL, NULL));
    client_sign_in(cl, "agent", TEST_VILLAGE);
    client_get(cl, "/certificates/volunteer_hours/write");
    client_submit(cl, "/certificates/volunteer_hours/write/find", "q", "李某", NULL);
    EXPECT_PAGE(cl, 200, "没有找到");
    client_get(cl, arena_printf(t->c.arena, "/certificates/volunteer_hours/write?person=%s", li));
    EXPECT_STATUS(cl, 404);
    client_post(cl, "/certificates/no_crime/refuse", "person", li, NULL);
    EXPECT_STATUS(cl, 404);
    test_app_stop(t);
}
