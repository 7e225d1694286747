/* SPDX-License-Identifier: Apache-2.0
 * person_test.c - residents: facts from the identity number, households, what is told to listeners,
 * and the pages: who reaches whom, what is recorded, what is kept on a mistake. */
#include "core/day.h"
#include "crypto/signer.h"
#include "kernel/audit/audit.h"
#include "kernel/person/person_rules.h"
#include "store/migrate.h"
#include "test_app.h"
#include "test_db.h"

#define ID_WANG "110101199003074610"
#define NOW     INT64_C(1795395600000) /* 2026-11-23 09:00 */

TEST(birth_and_sex_come_from_the_identity_number)
{
    int32_t today = day_of_ms(NOW), birth;
    struct person p = { .sex = 2, .birth = 5 };
    EXPECT(day_from_ymd(1990, 3, 7, &birth));
    EXPECT(person_take_id_no(&p, ID_WANG, today));
    EXPECT_EQ(p.sex, 1);
    EXPECT_EQ(p.birth, birth);
    EXPECT(!person_take_id_no(&p, "110101199003074611", today));
    EXPECT(!person_take_id_no(&p, ID_WANG, birth - 1)); /* not born yet */
    EXPECT(person_take_id_no(&p, ID_WANG, birth));
}

TEST(nobody_dies_before_birth_or_after_today)
{
    for (int32_t birth = 1; birth < 6; birth++)
        for (int32_t day = 0; day < 8; day++) {
            struct person p = { .birth = birth };
            EXPECT(person_day_ok(&p, day, 6) == (day >= birth && day <= 6));
        }
    struct person unknown = { .birth = 0 };
    EXPECT(person_day_ok(&unknown, 0, 6));
}

static int heard[PERSON_NEWS_COUNT];
static enum err count_news(struct ctx *c, const struct person *p, enum person_news news,
                           const char *what)
{
    (void)c, (void)p;
    heard[news] += news != PERSON_NEWS_CONSENT || str_eq(what, "papers");
    return OK;
}
static struct person_listener counter = { .heard = count_news };
PERSON_LISTEN(counter)

static const uint8_t master[SIGNER_KEY_BYTES] = { 7 };

TEST_DB(a_door_is_one_household_and_news_reach_the_listeners)
{
    struct person p = { .place = TEST_VILLAGE, .name = "王某某", .grp = "三组", .sex = 1 }, *home;
    struct person q = { .place = TEST_VILLAGE, .name = "李某某", .grp = "三组", .sex = 2 };
    const char *door;
    size_t n;
    EXPECT_EQ(migrate(c), OK);
    c->signer = signer_local(master);
    c->now_ms = NOW;
    EXPECT_EQ(household_take(c, TEST_VILLAGE, "三组", "7 号", &p.household), OK);
    EXPECT_EQ(household_take(c, TEST_VILLAGE, "三组", "7 号", &q.household), OK);
    EXPECT(p.household != 0 && p.household == q.household);
    p.id_no = ID_WANG;
    EXPECT_EQ(person_save(c, &p), OK);
    EXPECT_EQ(person_save(c, &q), OK);
    EXPECT_EQ(household_people(c, &p, &home, &n), OK);
    EXPECT_EQ(n, 1);
    EXPECT_STR(home[0].name, "李某某");
    EXPECT_EQ(person_door(c, &q, &door), OK);
    EXPECT_STR(door, "7 号");
    EXPECT_EQ(household_take(c, TEST_VILLAGE, "三组", "", &q.household), OK);
    EXPECT_EQ(q.household, 0);

    EXPECT_EQ(consent_give(c, p.key, "papers", "spoken"), OK);
    EXPECT_EQ(consent_withdraw(c, p.key, "papers"), OK);
    struct consent *consents;
    EXPECT_EQ(consent_list(c, p.key, &consents, &n), OK);
    EXPECT(n == 1 && consents[0].withdrawn_ms == NOW);
    EXPECT_EQ(heard[PERSON_NEWS_CONSENT], 1);

    EXPECT_EQ(person_load(c, p.key, &p), OK);
    EXPECT_EQ(person_moved(c, &p, day_of_ms(NOW), "武汉市"), OK);
    EXPECT_EQ(person_load(c, p.key, &p), OK);
    EXPECT_EQ(person_may_apply(c, &p), E_PERSON_MOVED);
    struct person again = {
        .place = TEST_VILLAGE_OTHER, .name = "王某某", .grp = "", .id_no = ID_WANG
    };
    EXPECT_EQ(person_save(c, &again), OK); /* registered anew where they live now */
    EXPECT_EQ(person_back(c, &p), E_EXISTS);
    EXPECT_EQ(person_died(c, &again, day_of_ms(NOW)), OK);
    EXPECT_EQ(person_died(c, &again, day_of_ms(NOW)), E_PERSON_DIED);
    EXPECT(heard[PERSON_NEWS_DIED] == 1 && heard[PERSON_NEWS_MOVED] == 1);
    signer_free(c->signer);
    c->signer = NULL;
}

TEST_DB(finding_reaches_as_far_as_the_posts)
{
    struct person p = { .place = TEST_VILLAGE, .name = "王某某", .grp = "" }, *found;
    struct person q = { .place = TEST_VILLAGE_OTHER, .name = "王某", .grp = "" };
    size_t n;
    EXPECT_EQ(migrate(c), OK);
    c->signer = signer_local(master);
    c->now_ms = NOW;
    EXPECT_EQ(person_save(c, &p), OK);
    EXPECT_EQ(person_save(c, &q), OK);
    struct right rights[] = {
        { CAP_PERSON_READ, TEST_VILLAGE, 1, 0 },
        { CAP_PERSON_READ, TEST_VILLAGE, 2, 0 },
        { CAP_STAT_READ, TEST_TOWNSHIP, 3, 0 },
        { CAP_PERSON_READ, TEST_TOWNSHIP, 4, 0 },
    };
    c->account_id = 5;
    c->rights = rights;
    c->n_rights = 3;
    EXPECT_EQ(person_find_mine(c, "wm", &found, &n), OK);
    EXPECT_EQ(n, 1);
    EXPECT_EQ(person_reach(c, q.key, CAP_PERSON_READ, &p), E_NOT_FOUND);
    c->n_rights = 4;
    EXPECT_EQ(person_find_mine(c, "wm", &found, &n), OK);
    EXPECT_EQ(n, 2);
    EXPECT_EQ(person_reach(c, q.key, CAP_PERSON_READ, &p), OK);
    EXPECT_EQ(person_reach(c, q.key, CAP_PERSON_WRITE, &p), E_NOT_FOUND);
    signer_free(c->signer);
    c->signer = NULL;
}

/* ---- pages ---- */
static const char *at(struct test_app *t, struct key k, const char *rest)
{
    return arena_printf(t->c.arena, "/person/%s%s", key_text(&t->c, k), rest);
}

TEST(a_resident_is_registered_once_and_shown_masked)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    client_sign_in(cl, "agent", TEST_VILLAGE);
    client_get(cl, "/person");
    EXPECT_PAGE(cl, 200, "这里不列名单");
    client_get(cl, "/person/new");
    EXPECT_PAGE(cl, 200, "登记这位居民");
    client_submit(cl, "/person/new", "name", "王某某", "id_no", "110101199003074611", "door",
                  "7 号", NULL);
    EXPECT_PAGE(cl, 422, "最后一位对不上");
    EXPECT_STR(client_value(cl, "name"), "王某某");
    client_submit(cl, "/person/new", "name", "王某某", "id_no", ID_WANG, "phone", "13812341234",
                  "grp", "三组", "door", "7 号", NULL);
    EXPECT_GOES(cl, "/person/421281-");
    client_follow(cl);
    EXPECT_PAGE(cl, 200, "1990-03-07");
    EXPECT_HAS(cl, "1101**********4610");
    EXPECT_HAS(cl, "138****1234");
    EXPECT_HAS_NOT(cl, ID_WANG);
    client_get(cl, "/person/new");
    client_submit(cl, "/person/new", "name", "王某某", "id_no", ID_WANG, NULL);
    EXPECT_PAGE(cl, 409, "就是这位");
    client_get(cl, "/person");
    client_submit(cl, "/person/find", "q", "wmm", NULL);
    EXPECT_PAGE(cl, 200, "王某某，男，36 岁，三组");
    test_app_stop(t);
}

TEST(the_whole_number_needs_a_reason_and_the_look_is_kept)
{
    struct test_app *t = test_app_start();
    struct key k = test_app_person(t, TEST_VILLAGE, "王某某", ID_WANG, "13812341234");
    struct client *cl = client_new(t);
    struct look_row *looks;
    size_t n;
    client_sign_in(cl, "window", TEST_VILLAGE);
    client_get(cl, at(t, k, ""));
    EXPECT_PAGE(cl, 200, "看全号");
    client_submit(cl, at(t, k, "/full"), "reason", "", NULL);
    EXPECT_STATUS(cl, 422);
    EXPECT_HAS_NOT(cl, ID_WANG);
    client_submit(cl, at(t, k, "/full"), "reason", "代填低保申请表", NULL);
    EXPECT_PAGE(cl, 200, ID_WANG);
    EXPECT_EQ(look_list(&t->c, k, &looks, &n), OK);
    EXPECT(n >= 2);
    EXPECT_STR(looks[0].reason, "看全号：代填低保申请表");
    client_get(cl, at(t, k, ""));
    EXPECT_HAS(cl, "代填低保申请表");
    EXPECT_HAS_NOT(cl, ID_WANG);
    client_json(cl, arena_printf(t->c.arena, "/api/v1%s", at(t, k, "/full")),
                "{\"reason\":\"代填低保申请表\"}");
    EXPECT_PAGE(cl, 200, ID_WANG);
    test_app_stop(t);
}

TEST(a_resident_of_another_village_is_not_there)
{
    static const char *const shown[] = { "", "/edit", "/gone" };
    static const char *const posts[] = {
        "/full", "/withdraw", "/edit", "/died", "/moved", "/back"
    };
    static const char *const bodies[] = {
        "{\"reason\":\"代填\"}",
        "{\"what\":\"visit\"}",
        "{\"name\":\"赵某某\"}",
        "{\"died_day\":\"2026-11-01\"}",
        "{\"moved_day\":\"2026-11-01\",\"moved_to\":\"武汉\"}",
        "{\"reason\":\"错了\"}",
    };
    struct test_app *t = test_app_start();
    struct key k = test_app_person(t, TEST_VILLAGE_OTHER, "王某某", ID_WANG, NULL);
    struct client *cl = client_new(t);
    client_sign_in(cl, "agent", TEST_VILLAGE);
    for (size_t i = 0; i < COUNT(shown); i++) {
        client_get(cl, at(t, k, shown[i]));
        EXPECT_STATUS(cl, 404);
        EXPECT_HAS_NOT(cl, "王某某");
    }
    for (size_t i = 0; i < COUNT(posts); i++) {
        client_json(cl, arena_printf(t->c.arena, "/api/v1%s", at(t, k, posts[i])), bodies[i]);
        EXPECT_STATUS(cl, 404);
    }
    client_get(cl, "/person");
    client_submit(cl, "/person/find", "q", ID_WANG, NULL);
    EXPECT_PAGE(cl, 200, "没有找到");
    client_get(cl, "/person/new");
    client_submit(cl, "/person/new", "name", "王某某", "place", TEST_VILLAGE_OTHER, NULL);
    EXPECT_STATUS(cl, 422);
    struct look_row *looks;
    size_t n;
    EXPECT_EQ(look_list(&t->c, k, &looks, &n), OK);
    EXPECT_EQ(n, 0);
    test_app_stop(t);
}

TEST(changing_keeps_what_was_not_typed_and_sees_who_was_faster)
{
    struct test_app *t = test_app_start();
    struct key k = test_app_person(t, TEST_VILLAGE, "王某某", ID_WANG, "13812341234");
    struct client *cl = client_new(t), *other = client_new(t);
    client_sign_in(cl, "agent", TEST_VILLAGE);
    client_sign_in(other, "chief", TEST_VILLAGE);
    client_get(cl, at(t, k, "/edit"));
    client_get(other, at(t, k, "/edit"));
    test_app_clock(t, t->c.now_ms + 1000);
    client_submit(cl, at(t, k, "/edit"), "door", "9 号", NULL);
    EXPECT_GOES(cl, "/person/");
    client_follow(cl);
    EXPECT_PAGE(cl, 200, "9 号");
    EXPECT_HAS(cl, "138****1234");
    client_submit(other, at(t, k, "/edit"), "door", "11 号", NULL);
    EXPECT_PAGE(other, 409, "刚才有人改过");
    EXPECT_STR(client_value(other, "door"), "11 号");
    test_app_stop(t);
}

TEST(the_dead_are_not_served_and_a_mistake_is_taken_back)
{
    struct test_app *t = test_app_start();
    struct key k = test_app_person(t, TEST_VILLAGE, "王某某", ID_WANG, NULL);
    struct client *cl = client_new(t);
    client_sign_in(cl, "agent", TEST_VILLAGE);
    client_get(cl, at(t, k, "/gone"));
    client_submit(cl, at(t, k, "/died"), "died_day", "2026-11-24", NULL);
    EXPECT_PAGE(cl, 422, "超出了范围");
    client_submit(cl, at(t, k, "/died"), "died_day", "2026-11-20", NULL);
    EXPECT_GOES(cl, "/person/");
    client_follow(cl);
    EXPECT_PAGE(cl, 200, "去世");
    EXPECT_HAS_NOT(cl, "/errand/new?person");
    client_get(cl, at(t, k, "/gone"));
    client_submit(cl, at(t, k, "/back"), "reason", "同名登记错了", NULL);
    EXPECT_GOES(cl, "/person/");
    client_follow(cl);
    EXPECT_HAS(cl, "/errand/new?person");
    client_get(cl, at(t, k, "/gone"));
    client_submit(cl, at(t, k, "/moved"), "moved_day", "2026-11-20", "moved_to", "武汉市", NULL);
    client_follow(cl);
    EXPECT_PAGE(cl, 200, "迁到武汉市");
    test_app_stop(t);
}

TEST(the_api_says_the_same_as_the_page)
{
    struct test_app *t = test_app_start();
    struct key k = test_app_person(t, TEST_VILLAGE, "王某某", ID_WANG, "13812341234");
    struct client *cl = client_new(t);
    client_sign_in(cl, "agent", TEST_VILLAGE);
    client_get(cl, arena_printf(t->c.arena, "/api/v1%s", at(t, k, "")));
    EXPECT_PAGE(cl, 200, "\"id_no\":\"1101**********4610\"");
    client_json(cl, "/api/v1/person/find", "{\"q\":\"wmm\"}");
    EXPECT_PAGE(cl, 200, "\"birth\":\"1990-03-07\"");
    client_json(cl, "/api/v1/person/new",
                "{\"name\":\"赵某某\",\"sex\":\"female\",\"grp\":\"一组\"}");
    EXPECT_PAGE(cl, 201, "/person/421281-");
    client_json(cl, "/api/v1/person/new", "{\"name\":\"赵某某\",\"id_no\":\"" ID_WANG "\"}");
    EXPECT_PAGE(cl, 409, "EXISTS");
    test_app_stop(t);
}
