/* SPDX-License-Identifier: Apache-2.0
 * post_test.c - posts: their terms, which of them one person must not hold together, where they
 * exist, and what leave may lend. */
#include "core/day.h"
#include "kernel/place/place.h"
#include "kernel/post/delegation.h"
#include "kernel/post/post.h"
#include "store/migrate.h"
#include "test_db.h"

#define NOW INT64_C(1795395600000) /* 2026-11-23 09:00 */
static const char *const place_of_level[] = { "",       "42",        "4212",
                                              "421281", "421281101", "421281101202" };
static const struct sql SQL_ACCOUNT = {
    "INSERT INTO account (id, name, county, person, phone, phone_index, password, once_code, "
    "once_until, totp_step, failed, locked_ms) VALUES ($1, '某', 0, 0, $2, $2, '', '', 0, 0, 0, 0)",
    NULL
};

static void begin(struct ctx *c)
{
    EXPECT_EQ(migrate(c), OK);
    c->now_ms = NOW;
    for (int64_t id = 1; id <= 4; id++) {
        uint8_t phone[1] = { (uint8_t)id };
        EXPECT_EQ(db_run(c, &SQL_ACCOUNT, IN(v_int(id), v_blob((struct bytes){ phone, 1 }))), OK);
    }
}

static const char *some_place(const struct post_kind *k)
{
    for (int level = PLACE_VILLAGE; level >= PLACE_PROVINCE; level--)
        if (k->levels & (1u << level))
            return place_of_level[level];
    return "";
}

static struct post a_post(int64_t account, enum post_kind_no kind, int64_t from, int64_t to)
{
    const struct post_kind *k = post_kind(kind);
    return (struct post){ .account = account,
                          .kind = k->name,
                          .place = some_place(k),
                          .body = k->needs_body,
                          .from_day = from,
                          .to_day = to,
                          .decision = "任命" };
}

static size_t posts_on(struct ctx *c, int64_t account, int32_t day)
{
    struct post *all;
    size_t n;
    EXPECT_EQ(post_list(c, account, day, &all, &n), OK);
    return n;
}

TEST(clashes_hold_both_ways_and_administrators_stand_apart)
{
    for (int a = 0; a < POST_KIND_COUNT; a++)
        for (int b = 0; b < POST_KIND_COUNT; b++) {
            const struct post_kind *x = post_kind((enum post_kind_no)a),
                                   *y = post_kind((enum post_kind_no)b);
            bool ab = x->clashes & (1u << b), ba = y->clashes & (1u << a);
            ck_assert_msg(ab == ba, "%s and %s clash one way", x->name, y->name);
            EXPECT(IMPLIES(a == b, !ab));
            bool lends = post_kind_lends(x) && post_kind_lends(y);
            ck_assert_msg(IMPLIES(!lends && a != b, ab), "%s with %s", x->name, y->name);
        }
}

TEST_DB(every_pair_of_posts_is_refused_or_allowed_as_the_table_says)
{
    begin(c);
    int64_t account = 100;
    int32_t today = day_of_ms(NOW);
    for (int a = 0; a < POST_KIND_COUNT; a++)
        for (int b = 0; b < POST_KIND_COUNT; b++) {
            struct post first = a_post(++account, (enum post_kind_no)a, today, 0),
                        second = a_post(account, (enum post_kind_no)b, today, 0);
            struct ctx probe = *c;
            EXPECT_EQ(post_appoint(c, &first), OK);
            bool clash = post_kind((enum post_kind_no)a)->clashes & (1u << b);
            EXPECT_EQ(post_appoint(&probe, &second), clash ? E_POSTS_CLASH : OK);
        }
}

TEST_DB(a_post_counts_from_its_first_to_its_last_day)
{
    begin(c);
    int32_t today = day_of_ms(NOW);
    struct post p = a_post(1, POST_AGENT, today, today + 9), later;
    EXPECT_EQ(post_appoint(c, &p), OK);
    EXPECT_EQ(posts_on(c, 1, today - 1), 0);
    EXPECT_EQ(posts_on(c, 1, today), 1);
    EXPECT_EQ(posts_on(c, 1, today + 9), 1);
    EXPECT_EQ(posts_on(c, 1, today + 10), 0);
    later = a_post(1, POST_SUPERVISOR, today + 9, 0);
    EXPECT_EQ(post_appoint(c, &later), E_POSTS_CLASH); /* one day together is too much */
    later.from_day = today + 10;
    EXPECT_EQ(post_appoint(c, &later), OK);
    EXPECT_EQ(post_end(c, p.id, today + 5), OK); /* the day before is the last */
    EXPECT_EQ(posts_on(c, 1, today + 4), 1);
    EXPECT_EQ(posts_on(c, 1, today + 5), 0);
    EXPECT_EQ(post_end(c, 999, today), E_CONFLICT);
}

TEST_DB(a_post_exists_only_at_its_levels_and_some_only_in_a_body)
{
    begin(c);
    int64_t account = 100;
    for (int no = 0; no < POST_KIND_COUNT; no++)
        for (int level = PLACE_PROVINCE; level <= PLACE_VILLAGE; level++) {
            struct post p = a_post(++account, (enum post_kind_no)no, 1, 0);
            struct ctx probe = *c;
            p.place = place_of_level[level];
            bool there = post_kind((enum post_kind_no)no)->levels & (1u << level);
            EXPECT_EQ(post_appoint(&probe, &p), there ? OK : E_BAD_INPUT);
            EXPECT_EQ(ctx_bad(&probe, "place"), there ? OK : E_PLACE);
        }
    struct post alone = a_post(1, POST_DEPARTMENT, 1, 0);
    alone.body = 0;
    EXPECT_EQ(post_appoint(c, &alone), E_BAD_INPUT);
    EXPECT_EQ(ctx_bad(c, "body"), E_REQUIRED);
    alone.kind = "king";
    EXPECT_EQ(post_appoint(c, &alone), E_BAD_INPUT);
    EXPECT_EQ(ctx_bad(c, "kind"), E_NOT_CHOICE);
}

static struct delegation lending(int64_t from, int64_t to, int64_t from_day, int64_t to_day)
{
    return (struct delegation){
        .from = from, .to = to, .from_day = from_day, .to_day = to_day, .reason = "住院"
    };
}

static enum err lend(struct ctx *c, struct delegation d, const char *field, enum err *why)
{
    struct ctx probe = *c;
    enum err e = delegation_add(&probe, &d);
    *why = ctx_bad(&probe, field);
    return e;
}

TEST_DB(leave_lends_posts_for_its_days_and_never_what_would_clash)
{
    begin(c);
    int32_t today = day_of_ms(NOW);
    enum err why;
    struct post agent = a_post(1, POST_AGENT, today, 0), window = a_post(2, POST_WINDOW, today, 0),
                watch = a_post(3, POST_SUPERVISOR, today, 0),
                admin = a_post(4, POST_SYSADMIN, today, 0);
    EXPECT_EQ(post_appoint(c, &agent), OK);
    EXPECT_EQ(post_appoint(c, &window), OK);
    EXPECT_EQ(post_appoint(c, &watch), OK);
    EXPECT_EQ(post_appoint(c, &admin), OK);
    EXPECT_EQ(lend(c, lending(1, 1, today, today), "to", &why), E_BAD_INPUT);
    EXPECT_EQ(why, E_SAME_PERSON);
    EXPECT_EQ(lend(c, lending(1, 3, today, today), "to", &why), E_BAD_INPUT);
    EXPECT_EQ(why, E_POSTS_CLASH);
    EXPECT_EQ(lend(c, lending(4, 2, today, today), "from", &why), E_BAD_INPUT);
    EXPECT_EQ(why, E_FORBIDDEN); /* administrators lend nothing */
    EXPECT_EQ(lend(c, lending(1, 2, today, today - 1), "to_day", &why), E_BAD_INPUT);
    EXPECT_EQ(lend(c, lending(1, 2, today, today + DELEGATION_DAYS_MAX), "to_day", &why),
              E_BAD_INPUT);
    struct delegation d = lending(1, 2, today + 1, today + 3);
    EXPECT_EQ(delegation_add(c, &d), OK);
    EXPECT_EQ(posts_on(c, 2, today), 1);
    EXPECT_EQ(posts_on(c, 2, today + 1), 2);
    EXPECT_EQ(posts_on(c, 2, today + 3), 2);
    EXPECT_EQ(posts_on(c, 2, today + 4), 1);
    EXPECT_EQ(posts_on(c, 1, today + 2), 1); /* who is away keeps their own */
    EXPECT_EQ(delegation_end(c, d.id), OK);
    EXPECT_EQ(posts_on(c, 2, today + 2), 1);
    EXPECT_EQ(delegation_end(c, d.id), E_CONFLICT);
}
