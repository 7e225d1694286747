/* SPDX-License-Identifier: Apache-2.0
 * core_test.c - arena, errors, rights, numbers and life-cycle tables. */
#include "core/sm.h"
#include "test.h"

TEST(arena_keeps_what_it_gave_and_starts_again)
{
    struct arena *a = arena_new(ARENA_LIMIT);
    for (int round = 0; round < 3; round++) {
        char *kept[200];
        for (size_t i = 0; i < COUNT(kept); i++)
            kept[i] = arena_printf(a, "%0*d", (int)(i * 40 + 1), (int)i);
        for (size_t i = 0; i < COUNT(kept); i++) {
            EXPECT_EQ(strlen(kept[i]), i * 40 + 1);
            EXPECT_EQ(strtol(kept[i], NULL, 10), (long)i);
        }
        char *big = arena_alloc(a, 1000000);
        EXPECT(big[0] == 0 && big[999999] == 0);
        big[999999] = 1;
        arena_reset(a);
        EXPECT_EQ(arena_used(a), 0);
    }
    arena_free(a);
}

TEST(every_error_has_words_for_the_visitor)
{
    for (int e = OK; e < ERR_COUNT; e++) {
        EXPECT(err_zh((enum err)e)[0] != '\0' && err_en((enum err)e)[0] != '\0');
        EXPECT(err_http((enum err)e) >= 200 && err_http((enum err)e) < 600);
    }
}

TEST(the_first_reason_stays_and_fields_are_kept_in_order)
{
    struct arena *a = arena_new(ARENA_LIMIT);
    struct ctx c = { .arena = a };
    EXPECT_EQ(fail_field(&c, "name", E_REQUIRED), E_BAD_INPUT);
    EXPECT_EQ(fail_field(&c, "phone", E_PHONE), E_BAD_INPUT);
    EXPECT_EQ(fail_field(&c, "name", E_TOO_LONG), E_BAD_INPUT);
    EXPECT_EQ(ctx_bad(&c, "name"), E_REQUIRED);
    EXPECT_EQ(ctx_bad(&c, "phone"), E_PHONE);
    EXPECT_EQ(ctx_bad(&c, "other"), OK);
    EXPECT_STR(c.bads->field, "name");
    EXPECT_STR(c.why, "field name: REQUIRED");
    arena_free(a);
}

TEST(a_right_reaches_down_and_nowhere_else)
{
    struct right rights[] = { { CAP_ERRAND_TAKE, "421281101202", 1, 0 },
                              { CAP_ERRAND_READ | CAP_STAT_READ, "421281", 2, 0 } };
    struct ctx c = { .account_id = 7, .rights = rights, .n_rights = COUNT(rights) };
    EXPECT(ctx_may(&c, CAP_ERRAND_TAKE, "421281101202"));
    EXPECT(!ctx_may(&c, CAP_ERRAND_TAKE, "421281101203"));
    EXPECT(!ctx_may(&c, CAP_ERRAND_TAKE, "421281"));
    EXPECT(ctx_may(&c, CAP_ERRAND_READ | CAP_ERRAND_TAKE, "421281101202"));
    EXPECT(!ctx_may(&c, CAP_ERRAND_READ, "4212"));
    EXPECT(ctx_may(&c, CAP_MEMBER, "") && ctx_may(&c, CAP_PUBLIC, ""));
    EXPECT(ctx_may_somewhere(&c, CAP_STAT_READ) && !ctx_may_somewhere(&c, CAP_VISIT));
    EXPECT_STR(ctx_place(&c, CAP_ERRAND_READ), "421281");
    struct ctx stranger = { .account_id = 0 };
    EXPECT(ctx_may(&stranger, CAP_PUBLIC, "42") && !ctx_may(&stranger, CAP_MEMBER, "42"));
}

TEST(ids_grow_even_when_the_clock_goes_back)
{
    struct ctx c = { .now_ms = 1795000000000 };
    int64_t last = 0;
    for (int i = 0; i < 10000; i++) {
        c.now_ms -= 5;
        int64_t id = id_new(&c);
        EXPECT(id > last && id < INT64_C(1) << 53);
        last = id;
    }
    id_seen(last + 1000);
    EXPECT(id_new(&c) > last + 1000);
}

enum { A, B, C };
enum { GO, END };
static enum err odd(struct ctx *c, const void *subject)
{
    return *(const int *)subject % 2 ? OK : fail(c, E_REASON_NEEDED, "even");
}
/* clang-format off */
static const struct sm_state states[] = {
    [A] = { "a", "甲", SM_HOLDER, false, false },
    [B] = { "b", "乙", SM_RESIDENT, true, false },
    [C] = { "c", "丙", SM_NOBODY, false, true },
};
static const struct sm_event events[] = { [GO] = { "go", "走", SM_NEXT }, [END] = { "end", "完", SM_SIDE } };
static const struct sm_row rows[] = {
    { A, GO,  B, CAP_MEMBER, odd,  NULL, NULL },
    { B, GO,  A, CAP_PUBLIC, NULL, NULL, NULL },
    { B, END, C, CAP_VISIT,  NULL, NULL, NULL },
};
/* clang-format on */
static const struct sm toy = { "toy", "玩具",      states, COUNT(states), events, COUNT(events),
                               rows,  COUNT(rows), A };

TEST(a_life_cycle_decides_every_event_in_every_state)
{
    sm_check(&toy);
    struct right right = { CAP_VISIT, "42", 1, 0 };
    struct ctx c = { .account_id = 1, .rights = &right, .n_rights = 1 };
    const struct sm_row *r;
    int one = 1, two = 2;
    EXPECT_EQ(sm_fire(&c, &toy, A, GO, "42", &one, &r), OK);
    EXPECT_EQ(r->to, B);
    EXPECT_EQ(sm_fire(&c, &toy, A, GO, "42", &two, &r), E_REASON_NEEDED);
    EXPECT_EQ(sm_fire(&c, &toy, A, END, "42", &one, &r), E_WRONG_STATE);
    EXPECT_EQ(sm_fire(&c, &toy, B, END, "42", &one, &r), OK);
    EXPECT_EQ(sm_fire(&c, &toy, B, END, "43", &one, &r), E_FORBIDDEN);
    c.why[0] = '\0';
    EXPECT(!sm_may(&c, &toy, B, END, "43", &one) && c.why[0] == '\0');
    EXPECT_EQ(sm_state_named(&toy, "b"), B);
    EXPECT_EQ(sm_event_named(&toy, "none"), -1);
}
