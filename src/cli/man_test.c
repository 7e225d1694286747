/* SPDX-License-Identifier: Apache-2.0
 * man_test.c - docs/man holds a page for the program and each sub-command, as the table has it
 * (`make golden` writes them anew), and man accepts them. */
#include "cli/cli.h"
#include "test.h"
#include <sys/stat.h>
#include <unistd.h>

static const char *page_path(struct arena *a, const struct command *cmd)
{
    return cmd ? arena_printf(a, "docs/man/xiangyue-%s.1", cmd->name) : "docs/man/xiangyue.1";
}

static void compare(struct arena *a, const struct command *cmd)
{
    char *is = NULL, should[32 * 1024];
    size_t n = 0;
    FILE *f = open_memstream(&is, &n);
    cli_man(f, cmd);
    fclose(f);
    const char *path = page_path(a, cmd);
    if (getenv("XY_GOLDEN")) {
        mkdir("docs/man", 0777);
        f = fopen(path, "w");
        ck_assert(f != NULL);
        fputs(is, f);
        EXPECT_EQ(fclose(f), 0);
    }
    f = fopen(path, "r");
    ck_assert_msg(f != NULL, "%s is missing: make golden", path);
    size_t got = fread(should, 1, sizeof should - 1, f);
    should[got] = '\0';
    fclose(f);
    ck_assert_msg(str_eq(is, should), "%s is not what the table says: make golden", path);
    free(is);
}

TEST(golden_manual_pages_are_those_of_the_table)
{
    struct arena *a = arena_new(ARENA_LIMIT);
    compare(a, NULL);
    for (const struct command *cmd = cli_commands; cmd->name; cmd++)
        compare(a, cmd);
    arena_free(a);
}

TEST(manual_pages_are_accepted_by_man)
{
    struct arena *a = arena_new(ARENA_LIMIT);
    if (system("command -v man >/dev/null 2>&1") != 0)
        return;
    for (const struct command *cmd = cli_commands; cmd->name; cmd++) {
        const char *line = arena_printf(
            a, "w=$(man --warnings -E UTF-8 -l -Tutf8 -Z %s 2>&1 >/dev/null); test -z \"$w\"",
            page_path(a, cmd));
        ck_assert_msg(system(line) == 0, "man has something to say about %s", page_path(a, cmd));
    }
    arena_free(a);
}
