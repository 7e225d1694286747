/* SPDX-License-Identifier: Apache-2.0
 * person_change_test.c - corrections keep what was before, a move takes the record along, and two
 * records of one person become one that both find. What slices do: tests/people_test.c. */
#include "core/day.h"
#include "crypto/signer.h"
#include "kernel/audit/audit.h"
#include "kernel/notice/notice.h"
#include "kernel/person/person.h"
#include "kernel/place/place.h"
#include "kernel/register/register.h"
#include "store/migrate.h"
#include "test_app.h"
#include "test_db.h"

#define ID_WANG  "110101199003074610"
#define ID_OTHER "11010119900307977X"
#define NOW      INT64_C(1795395600000) /* 2026-11-23 09:00 */
static const uint8_t master[SIGNER_KEY_BYTES] = { 7 };
static const struct right all_rights = { .caps = 0x7fffffff, .place = "" };

static void begin(struct ctx *c)
{
    struct place_import n;
    EXPECT_EQ(migrate(c), OK);
    c->signer = signer_local(master);
    c->now_ms = NOW;
    c->rights = &all_rights;
    c->n_rights = 1;
    EXPECT_EQ(place_import(c, "data/xianning-places.csv", &n), OK);
}

static struct person resident(struct ctx *c, const char *name, const char *id_no)
{
    struct person p = { .place = TEST_VILLAGE, .grp = "三组", .name = name, .id_no = id_no };
    EXPECT_EQ(person_save(c, &p), OK);
    EXPECT_EQ(person_load(c, p.key, &p), OK);
    EXPECT_EQ(person_open(c, &p), OK);
    return p;
}

TEST_DB(a_correction_needs_a_reason_and_keeps_what_was_before)
{
    struct register_change *ch;
    size_t n;
    char *before;
    begin(c);
    struct person old = resident(c, "王某某", ID_WANG), p = old;
    p.phone = "13812341234"; /* not known before: nothing to keep */
    EXPECT_EQ(person_correct(c, &old, &p, ""), OK);
    EXPECT_EQ(person_load(c, p.key, &old), OK);
    EXPECT_EQ(person_open(c, &old), OK);
    p = old;
    p.name = "汪某某";
    p.id_no = ID_OTHER;
    EXPECT_EQ(person_correct(c, &old, &p, ""), E_BAD_INPUT);
    EXPECT_EQ(ctx_bad(c, "decision"), E_CHANGE_REASON);
    EXPECT_EQ(person_correct(c, &old, &p, "看了户口本"), OK);
    EXPECT_EQ(register_list(c, 421281, "person", register_subject(c, p.key.id), &ch, &n), OK);
    EXPECT_EQ(n, 2);
    EXPECT_STR(ch[0].what, "身份证号");
    EXPECT_STR(ch[0].before, ""); /* never in the open */
    EXPECT_EQ(field_open(c, "person.id_no", ch[0].sealed, &before), OK);
    EXPECT_STR(before, ID_WANG);
    EXPECT(str_eq(ch[1].before, "王某某") && str_eq(ch[1].after, "汪某某"));
    EXPECT_STR(ch[1].decision, "看了户口本");
    signer_free(c->signer);
}

TEST_DB(who_moves_to_another_village_takes_the_record_along)
{
    struct notice *notes;
    size_t n;
    bool given;
    begin(c);
    int32_t today = day_of_ms(NOW);
    struct person p = resident(c, "王某某", ID_WANG);
    EXPECT_EQ(consent_give(c, p.key, "papers", "spoken"), OK);
    EXPECT_EQ(person_relocate(c, &p, TEST_VILLAGE, "", "", today), E_BAD_INPUT); /* lives there */
    EXPECT_EQ(person_relocate(c, &p, "421222100200", "", "", today), E_BAD_INPUT);
    EXPECT_EQ(person_relocate(c, &p, TEST_VILLAGE_OTHER, "一组", "3 号", today), OK);
    EXPECT_EQ(person_load(c, p.key, &p), OK);
    EXPECT(str_eq(p.place, TEST_VILLAGE_OTHER) && str_eq(p.grp, "一组") && p.household);
    EXPECT_EQ(consent_given(c, p.key, "papers", &given), OK);
    EXPECT(given);
    struct right r = { .caps = CAP_ERRAND_TAKE, .place = TEST_VILLAGE_OTHER };
    c->rights = &r;
    EXPECT_EQ(notice_mine(c, 0, &notes, &n), OK);
    EXPECT_EQ(n, 1);
    signer_free(c->signer);
}

TEST_DB(two_records_of_one_person_become_one_that_both_find)
{
    struct person *found, now;
    size_t n;
    bool given;
    begin(c);
    struct person a = resident(c, "王某某", ID_WANG), b = resident(c, "王小毛", NULL),
                  d = resident(c, "李某某", ID_OTHER);
    EXPECT_EQ(consent_give(c, b.key, "visit", "spoken"), OK);
    EXPECT_EQ(person_merge(c, a.key, &a, "x"), E_BAD_INPUT);
    EXPECT_EQ(person_merge(c, d.key, &a, "x"), E_PERSON_TWO_IDS);
    EXPECT_EQ(person_merge(c, a.key, &b, "看了身份证，小毛是小名"), OK); /* the number goes along */
    EXPECT_EQ(person_find(c, "王某某", TEST_VILLAGE, &found, &n), OK);
    EXPECT(n == 1 && key_eq(found[0].key, b.key));
    EXPECT_EQ(person_find(c, "王小毛", TEST_VILLAGE, &found, &n), OK);
    EXPECT(n == 1 && key_eq(found[0].key, b.key));
    EXPECT_EQ(person_find(c, "王", TEST_VILLAGE, &found, &n), OK);
    EXPECT_EQ(person_find(c, ID_WANG, TEST_VILLAGE, &found, &n), OK);
    EXPECT(n == 1 && key_eq(found[0].key, b.key));
    EXPECT_EQ(person_load(c, a.key, &now), OK);
    EXPECT(key_eq(now.key, b.key)); /* what still names the old one finds the one that is kept */
    EXPECT_EQ(consent_given(c, b.key, "visit", &given), OK);
    EXPECT(given);
    EXPECT_EQ(person_merge(c, a.key, &d, "x"), E_PERSON_MERGED);
    struct person again = { .place = TEST_VILLAGE, .grp = "", .name = "王某某", .id_no = ID_WANG };
    EXPECT_EQ(person_save(c, &again), E_EXISTS); /* the number is taken once, by the kept record */
    signer_free(c->signer);
}

TEST(the_pages_correct_move_and_merge_and_lose_nothing)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    struct key k = test_app_person(t, TEST_VILLAGE, "王某某", ID_WANG, NULL),
               twin = test_app_person(t, TEST_VILLAGE, "王小毛", NULL, "13812341234");
    const char *at = arena_printf(t->c.arena, "/person/%s", key_text(&t->c, k));
    struct look_row *looks;
    size_t n;
    client_sign_in(cl, "agent", TEST_VILLAGE);
    client_get(cl, arena_printf(t->c.arena, "%s/edit", at));
    client_submit(cl, arena_printf(t->c.arena, "%s/edit", at), "name", "汪某某", NULL);
    EXPECT_PAGE(cl, 422, "要写明凭什么改");
    EXPECT_STR(client_value(cl, "name"), "汪某某");
    client_submit(cl, arena_printf(t->c.arena, "%s/edit", at), "decision", "看了户口本", NULL);
    client_follow(cl);
    EXPECT_PAGE(cl, 200, "原来：王某某");

    client_get(cl, arena_printf(t->c.arena, "%s/merge", at));
    client_submit(cl, arena_printf(t->c.arena, "%s/merge/find", at), "q", "王小毛", NULL);
    EXPECT_PAGE(cl, 200, "王小毛");
    EXPECT_HAS_NOT(cl, ID_WANG);
    client_submit(cl, arena_printf(t->c.arena, "%s/merge", at), "other", key_text(&t->c, twin),
                  "decision", "小名", NULL);
    EXPECT_GOES(cl, at);
    client_follow(cl);
    EXPECT_PAGE(cl, 200, "138****1234");
    client_get(cl, arena_printf(t->c.arena, "/person/%s", key_text(&t->c, twin)));
    EXPECT_GOES(cl, at);
    EXPECT_EQ(look_list(&t->c, k, &looks, &n), OK);
    EXPECT(n >= 4); /* also those who looked at the record that went */

    client_get(cl, arena_printf(t->c.arena, "%s/gone", at));
    client_submit(cl, arena_printf(t->c.arena, "%s/relocate", at), "to", "没有这个村", "day",
                  "2026-11-20", NULL);
    EXPECT_PAGE(cl, 422, "没有这个村或社区");
    EXPECT_STR(client_value(cl, "to"), "没有这个村");
    client_submit(cl, arena_printf(t->c.arena, "%s/relocate", at), "to", TEST_VILLAGE_OTHER, NULL);
    EXPECT_GOES(cl, "/person");
    client_get(cl, at);
    EXPECT_STATUS(cl, 404); /* the old village works for them no more */
    test_app_stop(t);
}
