/* SPDX-License-Identifier: Apache-2.0
 * people_test.c - what becomes of errands, visits and the care list when something happens to a
 * person: nothing is silently lost, and whoever must decide is told. On both engines where there
 * is SQL of its own. */
#include "core/day.h"
#include "crypto/signer.h"
#include "flows.h"
#include "gov/errand/errand.h"
#include "gov/visit/visit.h"
#include "kernel/flow/flow.h"
#include "kernel/person/person.h"
#include "kernel/place/place.h"
#include "kernel/rule/rule.h"
#include "kernel/todo/todo.h"
#include "store/migrate.h"
#include "test_db.h"

#define NOW INT64_C(1795395600000) /* 2026-11-23 09:00 */
static const uint8_t master[SIGNER_KEY_BYTES] = { 7 };
static const struct right all_rights = { .caps = 0x7fffffff, .place = TEST_VILLAGE };

static void begin(struct ctx *c)
{
    struct place_import n;
    int64_t rows;
    EXPECT_EQ(migrate(c), OK);
    c->signer = signer_local(master);
    c->now_ms = NOW;
    c->account_id = -1;
    c->rights = &all_rights;
    c->n_rights = 1;
    EXPECT_EQ(place_import(c, "data/xianning-places.csv", &n), OK);
    EXPECT_EQ(rule_import(c, "data/rules.csv", &rows), OK);
}

static struct person cared_for(struct ctx *c, const char *name, const char *reasons,
                               const char *risk)
{
    struct person p = { .place = TEST_VILLAGE, .grp = "三组", .name = name };
    struct care k = { .reasons = reasons,
                      .risk = risk,
                      .wish_who = "",
                      .wish_way = "",
                      .wish_time = "",
                      .consent = "spoken",
                      .heard = "本人" };
    EXPECT_EQ(person_save(c, &p), OK);
    EXPECT_EQ(person_load(c, p.key, &p), OK);
    EXPECT_EQ(care_put(c, &p, &k), OK);
    EXPECT_EQ(care_changed(c, &p, "摔了一跤"), OK); /* due soon: stands in the list */
    return p;
}

static struct errand errand_of(struct ctx *c, const struct person *p)
{
    struct errand e;
    const char *code;
    struct intake in = { .place = p->place,
                         .person = p->key,
                         .channel = "visit",
                         .manner = "spoken",
                         .words = "走不动了",
                         .desk = { p->place, CAP_NO_ERRAND_TAKE, 0 } };
    EXPECT_EQ(errand_take(c, &in, &e, &code), OK);
    return e;
}

static const char *todo_line(struct ctx *c, const char *place, const char *flow)
{
    struct todo *all;
    size_t n;
    struct right r = { .caps = CAP_ERRAND_TAKE | CAP_VISIT };
    snprintf(r.place, sizeof r.place, "%s", place);
    c->rights = &r;
    EXPECT_EQ(todo_mine(c, &all, &n), OK);
    c->rights = &all_rights;
    for (size_t i = 0; i < n; i++)
        if (str_eq(all[i].flow, flow))
            return all[i].line;
    return "";
}

TEST_DB(the_errands_of_the_dead_wait_for_a_decision_and_visits_end)
{
    struct care k;
    begin(c);
    struct person p = cared_for(c, "王某某", "alone", "high");
    struct errand e = errand_of(c, &p);
    EXPECT_EQ(person_died(c, &p, day_of_ms(NOW)), OK);
    EXPECT_EQ(care_load(c, p.key, &k), OK);
    EXPECT(k.ended_ms == NOW && str_eq(k.ended_why, "去世"));
    EXPECT_STR(todo_line(c, TEST_VILLAGE, "visit"), "");
    EXPECT(
        str_starts(todo_line(c, TEST_VILLAGE, "errand"), "本人已登记去世，接着办还是不办，请定"));
    EXPECT_EQ(errand_load_any(c, e.key, &e), OK);
    EXPECT_STR(e.state, "drafted"); /* nobody decided for them */
    EXPECT_EQ(person_back(c, &p), OK);
    EXPECT(strstr(todo_line(c, TEST_VILLAGE, "errand"), "去世") == NULL);
    signer_free(c->signer);
}

TEST_DB(care_goes_to_the_new_village_and_errands_stay_with_who_has_them)
{
    struct care k;
    begin(c);
    struct person p = cared_for(c, "王某某", "alone", "high");
    (void)errand_of(c, &p);
    EXPECT(*todo_line(c, TEST_VILLAGE, "visit"));
    EXPECT_EQ(person_relocate(c, &p, TEST_VILLAGE_OTHER, "一组", "", day_of_ms(NOW)), OK);
    EXPECT_EQ(care_load(c, p.key, &k), OK);
    EXPECT_STR(k.place, TEST_VILLAGE_OTHER);
    EXPECT_STR(todo_line(c, TEST_VILLAGE, "visit"), "");
    EXPECT(*todo_line(c, TEST_VILLAGE_OTHER, "visit"));
    EXPECT(str_starts(todo_line(c, TEST_VILLAGE, "errand"), "本人已搬到"));
    signer_free(c->signer);
}

TEST_DB(what_named_one_of_two_records_names_the_one_that_is_kept)
{
    struct care k;
    struct errand_line *lines;
    struct visit v = { .way = "home",
                       .met = 1,
                       .living = "good",
                       .safety = "good",
                       .health = "good",
                       .family = "good",
                       .words = "",
                       .follow_up = "" },
                 *visits;
    size_t n;
    begin(c);
    struct person a = cared_for(c, "王某某", "alone", "ordinary"),
                  b = cared_for(c, "王小毛", "aged", "high");
    struct errand e = errand_of(c, &b);
    EXPECT_EQ(visit_record(c, &b, &v, ""), OK);
    EXPECT_EQ(person_merge(c, b.key, &a, "小名"), OK);
    EXPECT_EQ(errand_of_person(c, a.key, &lines, &n), OK);
    EXPECT(n == 1 && key_eq(lines[0].key, e.key));
    EXPECT_EQ(visit_of_person(c, a.key, &visits, &n), OK);
    EXPECT_EQ(n, 1);
    EXPECT_EQ(care_load(c, a.key, &k), OK);
    EXPECT_STR(k.reasons, "alone aged");
    EXPECT_STR(k.risk, "high");
    EXPECT_EQ(k.last_ms, NOW);
    EXPECT_EQ(care_load(c, b.key, &k), OK);
    EXPECT(k.ended_ms == NOW);
    bool given;
    struct intake in = { .place = TEST_VILLAGE,
                         .person = b.key,
                         .channel = "visit",
                         .manner = "spoken",
                         .words = "再办一件",
                         .consent = true,
                         .desk = { TEST_VILLAGE, CAP_NO_ERRAND_TAKE, 0 } };
    const char *code; /* from a form that was open before */
    EXPECT_EQ(errand_take(c, &in, &e, &code), OK);
    EXPECT_EQ(e.person, a.key.id);
    EXPECT_EQ(consent_given(c, a.key, "papers", &given), OK);
    EXPECT(given);
    signer_free(c->signer);
}

TEST_DB(an_errand_and_its_visits_go_with_their_village)
{
    struct care k;
    struct errand e, found;
    struct place_merge m = { .day = 0, .decision = "赤政函〔2026〕12 号" };
    const char *code;
    begin(c);
    struct person p = cared_for(c, "王某某", "alone", "high");
    struct intake in = { .place = p.place,
                         .person = p.key,
                         .channel = "visit",
                         .manner = "spoken",
                         .words = "走不动了",
                         .desk = { p.place, CAP_NO_ERRAND_TAKE, 0 } };
    EXPECT_EQ(errand_take(c, &in, &e, &code), OK);
    EXPECT_EQ(place_load(c, TEST_VILLAGE, &m.from), OK);
    EXPECT_EQ(place_load(c, TEST_VILLAGE_OTHER, &m.into), OK);
    m.day = day_of_ms(NOW);
    EXPECT_EQ(place_merge(c, &m), OK);
    EXPECT_EQ(errand_by_code(c, e.number, code, &found), OK); /* by the old receipt */
    EXPECT_STR(found.number, e.number);
    EXPECT(str_eq(found.place, TEST_VILLAGE_OTHER) && str_eq(found.holder, TEST_VILLAGE_OTHER) &&
           str_eq(found.home, TEST_VILLAGE_OTHER));
    EXPECT(*todo_line(c, TEST_VILLAGE_OTHER, "errand") &&
           *todo_line(c, TEST_VILLAGE_OTHER, "visit"));
    EXPECT_STR(todo_line(c, TEST_VILLAGE, "errand"), "");
    EXPECT_EQ(care_load(c, p.key, &k), OK);
    EXPECT_STR(k.place, TEST_VILLAGE_OTHER);
    in.place = TEST_VILLAGE;
    EXPECT_EQ(errand_take(c, &in, &e, &code), E_PLACE_MERGED);
    signer_free(c->signer);
}

static struct body department(struct ctx *c, const char *code)
{
    struct body b = { .code = code,
                      .place = TEST_COUNTY,
                      .kind = "department",
                      .name = code,
                      .short_name = code,
                      .phone = "",
                      .address = "",
                      .hours = "",
                      .was = "" };
    EXPECT_EQ(body_save(c, &b), OK);
    return b;
}

TEST_DB(errands_at_a_body_that_ends_are_held_by_its_successor)
{
    struct flow_step *steps;
    size_t n;
    begin(c);
    struct person p = cared_for(c, "王某某", "alone", "high");
    struct body a = department(c, "old_age"), b = department(c, "civil_affairs");
    struct errand e = errand_of(c, &p);
    EXPECT_EQ(errand_load_any(c, e.key, &e), OK);
    e.holder = TEST_COUNTY;
    e.holder_cap = CAP_NO_ERRAND_DECIDE;
    e.holder_body = a.id;
    EXPECT_EQ(errand_update(c, &e), OK);
    EXPECT_EQ(body_end(c, &a, day_of_ms(NOW), 0, "撤并"), E_BODY_HOLDS);
    EXPECT_EQ(body_end(c, &a, day_of_ms(NOW), b.id, "撤并"), OK);
    EXPECT_EQ(errand_load_any(c, e.key, &e), OK);
    EXPECT_EQ(e.holder_body, b.id);
    EXPECT_EQ(flow_steps(c, &errand_sm, e.key, &steps, &n), OK);
    EXPECT(strstr(steps[n - 1].words, "接着办") != NULL);
    signer_free(c->signer);
}

TEST(a_corrected_name_stands_in_open_errands_and_a_death_on_their_page)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    client_sign_in(cl, "agent", TEST_VILLAGE);
    struct key k = test_app_person(t, TEST_VILLAGE, "王某某", NULL, NULL);
    struct taken taken = flow_take(cl, key_text(&t->c, k), NULL, "老年证", NULL);
    const char *person = key_text(&t->c, k);
    client_get(cl, arena_printf(t->c.arena, "/person/%s/edit", person));
    client_submit(cl, arena_printf(t->c.arena, "/person/%s/edit", person), "name", "汪某某",
                  "decision", "户口本", NULL);
    client_get(cl, flow_path(cl, "/errand/%s", taken.key));
    EXPECT_PAGE(cl, 200, "汪某某");
    client_get(cl, arena_printf(t->c.arena, "/person/%s/gone", person));
    client_submit(cl, arena_printf(t->c.arena, "/person/%s/died", person), "died_day", "2026-11-20",
                  NULL);
    client_get(cl, flow_path(cl, "/errand/%s", taken.key));
    EXPECT_PAGE(cl, 200, "本人已登记去世，接着办还是不办，请定");
    client_get(cl, "/notices");
    EXPECT_PAGE(cl, 200, "要定一下");
    client_post(cl, "/progress", "number", taken.number, "code", taken.code, NULL);
    EXPECT_HAS_NOT(cl, "去世"); /* not for whoever holds the receipt */
    test_app_stop(t);
}
