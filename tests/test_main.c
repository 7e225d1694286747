/* SPDX-License-Identifier: Apache-2.0
 * test_main.c - runs every registered test, or those whose file or name holds argv[1]. Prints one
 * line per failure, then the counts. */
#include "test.h"

enum { TEST_SECONDS_MAX = 60 };

static struct test *all;

void test_add(struct test *t)
{
    t->next = all;
    all = t;
}

static bool wanted(const struct test *t, int argc, char **argv)
{
    if (argc < 2)
        return true;
    for (int i = 1; i < argc; i++)
        if (strstr(t->name, argv[i]) || strstr(t->tcase->file, argv[i]))
            return true;
    return false;
}

int main(int argc, char **argv)
{
    Suite *suite = suite_create("xiangyue");
    for (struct test *t = all; t; t = t->next) {
        if (!wanted(t, argc, argv))
            continue;
        TCase *tc = tcase_create(t->name);
        tcase_set_timeout(tc, TEST_SECONDS_MAX);
        tcase_add_test(tc, t->tcase);
        suite_add_tcase(suite, tc);
    }
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_SILENT);
    int run = srunner_ntests_run(runner), failed = srunner_ntests_failed(runner);
    TestResult **bad = srunner_failures(runner);
    for (int i = 0; i < failed; i++)
        printf("FAIL %s:%d %s: %s\n", tr_lfile(bad[i]), tr_lno(bad[i]), tr_tcname(bad[i]),
               tr_msg(bad[i]));
    free(bad);
    srunner_free(runner);
    printf("%d passed, %d failed\n", run - failed, failed);
    return failed != 0 || run == 0;
}
