/* SPDX-License-Identifier: Apache-2.0
 * flow_test.c - a subject moves only as its table says, and every step and note is kept in order.
 */
#include "kernel/flow/flow.h"
#include "store/migrate.h"
#include "test_db.h"

#define NOW INT64_C(1795395600000) /* 2026-11-23 09:00 */
enum { OPEN, SHUT };
enum { EV_SHUT, EV_OPEN };

static enum err only_odd(struct ctx *c, const void *subject)
{
    return *(const int *)subject % 2 ? OK : fail(c, E_SAME_PERSON, "even");
}
static const struct sm_state states[] = { { "open", "开着", SM_HOLDER, false, false },
                                          { "shut", "关了", SM_NOBODY, false, false } };
static const struct sm_event events[] = { { "shut", "关上", SM_NEXT },
                                          { "reopen", "再开", SM_SIDE } };
static const struct sm_row rows[] = {
    { OPEN, EV_SHUT, SHUT, CAP_VISIT, only_odd, NULL, NULL },
    { SHUT, EV_OPEN, OPEN, CAP_VISIT, NULL, NULL, NULL },
};
static const struct sm gate = { "gate", "门", states, 2, events, 2, rows, 2, OPEN };
static const struct key subject = { 421281, 5 };

static size_t steps(struct ctx *c, struct flow_step **out)
{
    size_t n;
    EXPECT_EQ(flow_steps(c, &gate, subject, out, &n), OK);
    return n;
}

TEST_DB(a_step_needs_its_row_its_right_and_its_guard)
{
    struct right r = { .caps = CAP_VISIT, .place = "421281101" };
    const char *to = "";
    struct flow_step *all;
    int odd = 3, even = 4;
    EXPECT_EQ(migrate(c), OK);
    c->now_ms = NOW;
    c->rights = &r;
    c->n_rights = 1;
    sm_check(&gate);
    EXPECT_EQ(flow_fire(c, &gate, subject, "shut", EV_SHUT, "421281101202", &odd, "", &to),
              E_WRONG_STATE);
    EXPECT_EQ(flow_fire(c, &gate, subject, "open", EV_SHUT, "421281102200", &odd, "", &to),
              E_FORBIDDEN); /* the right is of another township */
    EXPECT_EQ(flow_fire(c, &gate, subject, "open", EV_SHUT, "421281101202", &even, "", &to),
              E_SAME_PERSON);
    EXPECT_EQ(steps(c, &all), 0); /* what was refused leaves no step */
    EXPECT_EQ(flow_fire(c, &gate, subject, "open", EV_SHUT, "421281101202", &odd, "天黑了", &to),
              OK);
    EXPECT_STR(to, "shut");
}

TEST_DB(the_timeline_keeps_who_did_what_in_order)
{
    struct right r = { .caps = CAP_VISIT, .place = "" };
    const char *to;
    struct flow_step *all;
    int odd = 1;
    EXPECT_EQ(migrate(c), OK);
    c->now_ms = NOW;
    c->rights = &r;
    c->n_rights = 1;
    c->account_id = 7;
    c->actor = "代理员 王某某";
    EXPECT_EQ(flow_fire(c, &gate, subject, "open", EV_SHUT, "421281", &odd, NULL, &to), OK);
    c->account_id = -1;
    EXPECT_EQ(flow_note(c, &gate, subject, to, "note", "锁坏了"), OK);
    c->account_id = 0;
    c->actor = NULL;
    EXPECT_EQ(flow_fire(c, &gate, subject, to, EV_OPEN, "421281", NULL, "", &to), OK);
    EXPECT_EQ(flow_note(c, &gate, (struct key){ 421281, 6 }, to, "note", "别的门"), OK);
    EXPECT_EQ(steps(c, &all), 3);
    EXPECT_STR(all[0].actor, "代理员 王某某");
    EXPECT(str_eq(all[0].from, "open") && str_eq(all[0].to, "shut") && all[0].at_ms == NOW);
    EXPECT_STR(all[1].actor, "系统");
    EXPECT(str_eq(all[1].from, "shut") && str_eq(all[1].to, "shut")); /* a note moves nothing */
    EXPECT_STR(all[2].actor, "居民");
}
