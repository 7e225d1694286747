/* SPDX-License-Identifier: Apache-2.0
 * test_main.c - runs every registered test, or those whose file or name holds argv[1]. Prints one
 * line per failure, then the counts. */
#include "pg.h"
#include "test.h"

enum { TEST_SECONDS_MAX = 60 };

static struct test *all;

const char *__lsan_default_options(void);
const char *__lsan_default_options(void)
{
    return "print_suppressions=0";
}

/* Fontconfig and Cairo keep what they read for the next time (print_test.c watches that it does not
 * grow without end). */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\nleak:libcairo\n";
}

/* Libraries that were not built for ThreadSanitizer: it does not see how GLib's locks order them.
 */
const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void)
{
    return "race:libglib-2.0.so\nrace:libgobject-2.0.so\nrace:libfontconfig.so\n"
           "race:libpango\nrace:libcairo.so\nrace:libharfbuzz.so\nrace:libfreetype.so\n";
}

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

/* Adds the wanted tests; how many had to be left out for want of PostgreSQL. */
static int fill(Suite *suite, int argc, char **argv)
{
    int skipped = 0;
    bool asked = false, have_pg = false;
    for (struct test *t = all; t; t = t->next) {
        if (!wanted(t, argc, argv))
            continue;
        if (t->on_pg && !asked) {
            have_pg = pg_start();
            asked = true;
        }
        if (t->on_pg && !have_pg) {
            skipped++;
            continue;
        }
        TCase *tc = tcase_create(t->name);
        tcase_set_timeout(tc, TEST_SECONDS_MAX);
        tcase_add_test(tc, t->tcase);
        suite_add_tcase(suite, tc);
    }
    return skipped;
}

int main(int argc, char **argv)
{
    run_dir_make();
    Suite *suite = suite_create("xiangyue");
    int skipped = fill(suite, argc, argv);
    SRunner *runner = srunner_create(suite);
    fflush(stdout); /* or each test's process would print it again */
    srunner_run_all(runner, CK_SILENT);
    int run = srunner_ntests_run(runner), failed = srunner_ntests_failed(runner);
    TestResult **bad = srunner_failures(runner);
    for (int i = 0; i < failed; i++)
        printf("FAIL %s:%d %s: %s\n", tr_lfile(bad[i]), tr_lno(bad[i]), tr_tcname(bad[i]),
               tr_msg(bad[i]));
    free(bad);
    srunner_free(runner);
    pg_stop();
    run_dir_remove();
    if (skipped)
        printf("!!! %d tests on PostgreSQL SKIPPED\n", skipped);
    printf("%d passed, %d failed\n", run - failed, failed);
    return failed != 0 || run == 0;
}
