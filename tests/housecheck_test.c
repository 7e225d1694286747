/* SPDX-License-Identifier: Apache-2.0
 * housecheck_test.c - each rule of tools/housecheck finds its offender and lets the others pass. */
#include "test.h"
#include <sys/stat.h>
#include <unistd.h>

#define SPDX "/* SPDX-License-Identifier: Apache-2.0 */\n"

static const struct {
    const char *path, *text, *expect; /* NULL: no finding */
} cases[] = {
    { "src/core/a.h", SPDX "/* Does a. */\nint a(void);\nint b(void);\n", NULL },
    { "src/core/b.h", SPDX "struct q;\n\nint nobody_says(int x,\n    int y);\n",
      "src/core/b.h:4: comments" },
    { "src/core/c.h", SPDX "#define X(a) \\\n    f(a)\nstatic inline int g(void)\n{\n}\n", NULL },
    { "src/core/d.h", SPDX "\nstatic inline int g(void)\n{\n}\n", "src/core/d.h:3: comments" },
    { "src/core/a.c", SPDX "#include \"core/a.h\"\n#include <stdio.h>\n", NULL },
    { "src/core/b.c", SPDX "#include \"store/db.h\"\n", "src/core/b.c:2: layers" },
    { "src/core/c.c", SPDX "#include \"a.h\"\n", "src/core/c.c:2: layers" },
    { "src/core/d_test.c", SPDX "#include \"store/db.h\"\n#include \"test.h\"\n", NULL },
    { "src/other/a.c", SPDX, "src/other/a.c:1: layers" },
    { "src/gov/x/x.c", SPDX "#include \"gov/x/x_rules.h\"\n#include \"gov/yy/yy.h\"\n", NULL },
    { "src/gov/x/x_b.c", SPDX "#include \"gov/yy/yy_rules.h\"\n", "src/gov/x/x_b.c:2: layers" },
    { "src/gov/x/x_c.html",
      "{# SPDX-License-Identifier: Apache-2.0 #}\n{% include \"cli/a.h\" %}\n",
      "src/gov/x/x_c.html:2: layers" },
    { "src/cli/a.c", SPDX "#include \"gov/yy/yy_rules.h\"\n", NULL },
    { "src/cli/b.c", SPDX "#include <microhttpd.h>\n", "src/cli/b.c:2: doors" },
    { "src/web/a.c", SPDX "#include <microhttpd.h>\n", NULL },
    { "src/web/b.c", "int x;\n", "src/web/b.c:1: spdx" },
    { "src/web/util.c", SPDX, "src/web/util.c:1: names" },
    { "src/web/w.c",
      SPDX "/* TO"
           "DO later */\nenum { TO"
           "DO_MAX };\n",
      "src/web/w.c:2: words" },
    { "src/web/s.c", SPDX "static const struct sql A = { 0 };\nvoid f(const struct sql *q);\n",
      NULL },
    { "src/web/t.c", SPDX "    struct sql a;\n", "src/web/t.c:2: sql" },
    { "src/web/u.c", SPDX "const struct sql A = { 0 };\n", "src/web/u.c:2: sql" },
    { "src/web/v.c", SPDX "    run(c, &(struct sql){ text });\n", "src/web/v.c:2: sql" },
};

static char dir[] = "/tmp/housecheck.XXXXXX";

/* Writes a file of the tree, and the folders above it. */
static void write_file(struct arena *a, const char *path, const char *text)
{
    char *full = arena_printf(a, "%s/%s", dir, path);
    for (char *p = full + strlen(dir) + 1; (p = strchr(p, '/')); *p++ = '/') {
        *p = '\0';
        mkdir(full, 0700);
    }
    FILE *f = fopen(full, "w");
    EXPECT(f != NULL);
    EXPECT(fputs(text, f) >= 0 && fclose(f) == 0);
}

/* before, n lines, after. */
static char *repeated(struct arena *a, const char *before, int n, const char *after)
{
    char *lines = arena_alloc(a, (size_t)n * 3 + 1);
    for (int i = 0; i < n; i++)
        memcpy(lines + i * 3, "x;\n", 3);
    return arena_printf(a, "%s%s%s", before, lines, after);
}

TEST(each_rule_of_the_house_finds_its_offender)
{
    struct arena *a = arena_new(ARENA_LIMIT);
    EXPECT(mkdtemp(dir) != NULL);
    int expected = 4;
    for (size_t i = 0; i < COUNT(cases); i++) {
        write_file(a, cases[i].path, cases[i].text);
        expected += cases[i].expect != NULL;
    }
    write_file(a, "tools/long.c", repeated(a, SPDX, 600, ""));
    write_file(a, "tools/fits.c", repeated(a, SPDX, 599, ""));
    write_file(a, "tools/f.c", repeated(a, SPDX "int f(void)\n{\n", 69, "}\n"));
    write_file(a, "tools/g.c", repeated(a, SPDX "int f(void)\n{\n", 68, "}\n"));
    write_file(a, "tools/node_modules/x.c", "whatever");
    write_file(a, "tools/misc/x.c", SPDX);
    write_file(a, "tools/x.sh", "#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n");
    write_file(a, "tools/y.sh", "#!/bin/sh\n");
    FILE *f = popen(arena_printf(a, "build/gen/tools/housecheck %s 2>&1; rm -r %s", dir, dir), "r");
    EXPECT(f != NULL);
    char *out = arena_alloc(a, 65536);
    EXPECT(fread(out, 1, 65535, f) > 0);
    pclose(f);
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *want = cases[i].expect ? cases[i].expect : cases[i].path;
        ck_assert_msg((strstr(out, want) != NULL) == (cases[i].expect != NULL), "%s in:\n%s", want,
                      out);
    }
    EXPECT(strstr(out, "tools/long.c:601: file length") && !strstr(out, "tools/fits.c"));
    EXPECT(strstr(out, "tools/f.c:3: function length") && !strstr(out, "tools/g.c"));
    EXPECT(strstr(out, "tools/misc/x.c:1: names") && !strstr(out, "node_modules"));
    EXPECT(strstr(out, "tools/y.sh:1: spdx") && !strstr(out, "tools/x.sh"));
    ck_assert_msg(strstr(out, arena_printf(a, " passed, %d failed\n", expected)) != NULL, "%s",
                  out);
    arena_free(a);
}
