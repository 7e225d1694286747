/* SPDX-License-Identifier: Apache-2.0
 * household_test.c - households: a door is one household, whoever leaves heads it no more, a join
 * leads on, and the pages record whom they show. */
#include "core/day.h"
#include "crypto/signer.h"
#include "kernel/audit/audit.h"
#include "kernel/person/person.h"
#include "kernel/register/register.h"
#include "store/migrate.h"
#include "test_app.h"
#include "test_db.h"

#define NOW INT64_C(1795395600000) /* 2026-11-23 09:00 */
static const uint8_t master[SIGNER_KEY_BYTES] = { 7 };
static const struct right all_rights = { .caps = 0x7fffffff, .place = "" };

static struct person lives_at(struct ctx *c, const char *place, const char *name, const char *door)
{
    struct person p = { .place = place, .grp = "三组", .name = name };
    EXPECT_EQ(household_take(c, place, "三组", door, &p.household), OK);
    EXPECT_EQ(person_save(c, &p), OK);
    return p;
}

static struct household house(struct ctx *c, const struct person *p)
{
    struct household h;
    struct person now;
    EXPECT_EQ(person_load(c, p->key, &now), OK);
    EXPECT_EQ(household_reach(c, (struct key){ 421281, now.household }, CAP_PERSON_READ, &h), OK);
    return h;
}

static size_t members(struct ctx *c, const struct household *h)
{
    struct person *all;
    size_t n;
    EXPECT_EQ(household_members(c, h, &all, &n), OK);
    return n;
}

TEST_DB(a_household_splits_joins_and_changes_its_door)
{
    EXPECT_EQ(migrate(c), OK);
    c->signer = signer_local(master);
    c->now_ms = NOW;
    c->rights = &all_rights;
    c->n_rights = 1;
    struct person a = lives_at(c, TEST_VILLAGE, "王甲", "7 号"),
                  b = lives_at(c, TEST_VILLAGE, "王乙", "7 号"),
                  d = lives_at(c, TEST_VILLAGE, "李丁", "9 号"),
                  far = lives_at(c, TEST_VILLAGE_OTHER, "赵戊", "7 号");
    struct household h = house(c, &a), own, into;
    EXPECT_EQ(members(c, &h), 2);
    EXPECT_EQ(household_set_head(c, &h, d.key), E_BAD_INPUT); /* lives elsewhere */
    EXPECT_EQ(household_set_head(c, &h, a.key), OK);
    EXPECT_EQ(household_move_door(c, &h, "三组", "9 号"), E_DOOR_TAKEN);
    EXPECT_EQ(household_move_door(c, &h, "四组", "1 号"), OK);
    EXPECT_EQ(person_load(c, b.key, &b), OK);
    EXPECT_STR(b.grp, "四组");
    EXPECT_EQ(household_take_in(c, &h, &far), E_BAD_INPUT);

    struct key both[] = { a.key, b.key };
    EXPECT_EQ(household_split(c, &h, both, 2, "四组", "2 号", &own), E_BAD_INPUT); /* nobody left */
    EXPECT_EQ(household_split(c, &h, both, 1, "三组", "9 号", &own), E_DOOR_TAKEN);
    EXPECT_EQ(household_split(c, &h, both, 1, "四组", "2 号", &own), OK);
    h = house(c, &b);
    EXPECT_EQ(h.head, 0); /* the head went */
    EXPECT(members(c, &h) == 1 && members(c, &own) == 1);

    EXPECT_EQ(household_join(c, &own, "四组", "3 号", &into), E_BAD_INPUT);
    EXPECT_EQ(household_join(c, &own, "三组", "9 号", &into), OK);
    EXPECT_EQ(members(c, &into), 2);
    struct household led;
    EXPECT_EQ(household_reach(c, (struct key){ 421281, own.id }, CAP_PERSON_READ, &led), OK);
    EXPECT_EQ(led.id, into.id); /* the closed one leads to where they went */
    int64_t again;
    EXPECT_EQ(household_take(c, TEST_VILLAGE, "四组", "2 号", &again), OK);
    EXPECT(again != own.id); /* its door is free for others */

    EXPECT_EQ(household_set_head(c, &into, d.key), OK);
    EXPECT_EQ(person_load(c, d.key, &d), OK);
    EXPECT_EQ(person_died(c, &d, day_of_ms(NOW)), OK);
    into = house(c, &a);
    EXPECT(into.head == 0 && members(c, &into) == 1);
    EXPECT_EQ(person_load(c, a.key, &a), OK);
    EXPECT_EQ(household_let_out(c, &into, &a), OK);
    EXPECT_EQ(members(c, &into), 0);
    struct household_line *lines;
    struct register_change *ch;
    size_t n;
    EXPECT_EQ(household_take(c, TEST_VILLAGE, "五组", "10 号", &again), OK);
    EXPECT_EQ(household_take(c, TEST_VILLAGE, "五组", "9 号", &again), OK);
    EXPECT_EQ(household_list(c, TEST_VILLAGE, "五组", "", &lines, &n), OK);
    EXPECT(n == 2 && str_eq(lines[0].h.door, "9 号"));
    EXPECT_EQ(household_list(c, TEST_VILLAGE, "五组", "9 号", &lines, &n), OK);
    EXPECT(n == 1 && str_eq(lines[0].h.door, "10 号"));
    EXPECT_EQ(register_list(c, 421281, "household", register_subject(c, h.id), &ch, &n), OK);
    EXPECT(n == 3 && str_eq(ch[0].what, "分户") && str_eq(ch[1].before, "三组 7 号"));
    signer_free(c->signer);
}

struct living {
    struct key k;
    int64_t household;
};
static enum err move_in(struct ctx *c, void *arg)
{
    struct living *l = arg;
    struct person p;
    TRY(person_load(c, l->k, &p));
    TRY(household_take(c, p.place, "三组", "7 号", &p.household));
    l->household = p.household;
    return person_save(c, &p);
}

static enum err two_groups(struct ctx *c, void *arg)
{
    int64_t id;
    (void)arg;
    TRY(household_take(c, TEST_VILLAGE, "十一组", "1 号", &id));
    return household_take(c, TEST_VILLAGE, "二组", "1 号", &id);
}

TEST(groups_come_in_the_order_of_their_numbers)
{
    struct test_app *t = test_app_start();
    struct household_group *g;
    size_t n;
    test_app_write(t, two_groups, NULL);
    EXPECT_EQ(household_groups(&t->c, TEST_VILLAGE, &g, &n), OK);
    EXPECT_EQ(n, 2);
    EXPECT_STR(g[0].grp, "二组");
    EXPECT_STR(g[1].grp, "十一组");
    test_app_stop(t);
}

TEST(the_register_of_households_is_read_and_changed_and_looks_are_kept)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t), *other = client_new(t);
    struct living a = { test_app_person(t, TEST_VILLAGE, "王某某", NULL, NULL), 0 };
    struct key b = test_app_person(t, TEST_VILLAGE, "李某某", NULL, NULL);
    struct look_row *looks;
    size_t n;
    test_app_write(t, move_in, &a);
    const char *at = arena_printf(t->c.arena, "/household/421281-%" PRId64, a.household);
    client_sign_in(cl, "agent", TEST_VILLAGE);
    client_get(cl, "/household");
    EXPECT_PAGE(cl, 200, "三组");
    EXPECT_HAS_NOT(cl, "王某某"); /* groups name nobody */
    client_get(cl, "/person");
    client_submit(cl, "/person/find", "q", "三组7号", NULL);
    EXPECT_PAGE(cl, 200, at);
    client_get(cl, at);
    EXPECT_PAGE(cl, 200, "王某某");
    EXPECT_EQ(look_list(&t->c, a.k, &looks, &n), OK);
    EXPECT(n == 1 && str_eq(looks[0].reason, "看一户"));
    client_submit(cl, arena_printf(t->c.arena, "%s/head", at), "person", key_text(&t->c, a.k),
                  NULL);
    client_get(cl, "/household?place=" TEST_VILLAGE "&grp=三组");
    EXPECT_PAGE(cl, 200, "户主 王某某");
    client_get(cl, at);
    client_submit(cl, arena_printf(t->c.arena, "%s/find", at), "q", "李某某", NULL);
    client_submit(cl, arena_printf(t->c.arena, "%s/in", at), "person", key_text(&t->c, b), NULL);
    client_follow(cl);
    EXPECT_PAGE(cl, 200, "李某某");
    client_submit(cl, arena_printf(t->c.arena, "%s/split", at), "door", "8 号", NULL);
    EXPECT_PAGE(cl, 422, "请从给出的选项里选一个");
    EXPECT_HAS(cl, "value=\"8 号\"");
    client_submit(cl, arena_printf(t->c.arena, "%s/split", at), "m0", key_text(&t->c, b), "door",
                  "8 号", NULL);
    EXPECT_GOES(cl, "/household/");
    client_follow(cl);
    EXPECT_PAGE(cl, 200, "三组 8 号");
    client_sign_in(other, "agent", TEST_VILLAGE_OTHER);
    client_get(other, at);
    EXPECT_STATUS(other, 404);
    client_get(other, "/household?place=" TEST_VILLAGE);
    EXPECT_STATUS(other, 404);
    test_app_stop(t);
}
