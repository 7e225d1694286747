/* SPDX-License-Identifier: Apache-2.0
 * test.h - TEST(name_is_a_sentence) registers itself with libcheck, which gives each test a process
 * of its own: a failed expectation, a signal, a leak or a sanitizer's report all fail it. */
#pragma once
#include <check.h>
#undef fail /* libcheck's old macro; ours is core.h's function */
#include "core/core.h"
#include "core/fault.h"

struct test {
    const char *name;
    const TTest *tcase;
    struct test *next;
    bool on_pg; /* needs the PostgreSQL server of tests/pg.h */
};
void test_add(struct test *t);

#define TEST(id)    TEST_(id, false)
#define TEST_PG(id) TEST_(id, true) /* skipped, loudly, where there is no PostgreSQL */
#define TEST_(id, pg)                                                                              \
    static void test_##id(int);                                                                    \
    __attribute__((constructor)) static void test_reg_##id(void)                                   \
    {                                                                                              \
        static const TTest tcase = { #id, test_##id, __FILE__, __LINE__ };                         \
        static struct test t = { #id, &tcase, NULL, pg };                                          \
        test_add(&t);                                                                              \
    }                                                                                              \
    static void test_##id(int _i CK_ATTRIBUTE_UNUSED)

#define EXPECT(c)        ck_assert_msg((c), "expected %s", #c)
#define EXPECT_EQ(a, b)  ck_assert_int_eq((a), (b))
#define EXPECT_STR(a, b) ck_assert_str_eq((a), (b))
