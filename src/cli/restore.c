/* SPDX-License-Identifier: Apache-2.0
 * restore.c - xiangyue restore: an instance out of a backup, whole or not at all. */
#include "cli/bundle.h"
#include "core/day.h"
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

/* Unpacked and proved beside DIR, then renamed over it: rename refuses a folder that is not empty.
 */
static enum err make(struct ctx *c, const char *file, const char *dir, const char *making,
                     struct bundle_report *r)
{
    TRY(bundle_remove(c, making));
    TRY(bundle_read(c, file, making, true, r));
    if (rename(making, dir) != 0)
        return fail(c, errno == ENOTEMPTY || errno == EEXIST ? E_EXISTS : E_IO, "%s: %s", dir,
                    strerrordesc_np(errno));
    return bundle_sync_folder(c, dir);
}

static int restore(struct ctx *c, const char *file, const char *dir)
{
    struct bundle_report r;
    const char *making = arena_printf(c->arena, "%s.restoring", dir);
    if (rmdir(dir) != 0 && errno != ENOENT)
        return cli_fail("restore", CLI_FAILED, "%s is not empty; nothing was changed", dir);
    enum err e = make(c, file, dir, making, &r);
    if (e) {
        struct ctx cleaning = *c;
        if (bundle_remove(&cleaning, making) != OK)
            cli_fail("restore", CLI_FAILED, "%s", cleaning.why);
        return cli_failed("restore", c, e);
    }
    printf("%s: %" PRId64 " rows in %" PRId64 " tables, %" PRId64 " files, as of %s\n", dir, r.rows,
           r.tables, r.files, ms_iso(c->arena, r.made_ms));
    return CLI_OK;
}

int cmd_restore(int argc, char **argv)
{
    if (argc != 3)
        return cli_fail("restore", CLI_USAGE, "needs FILE and DIR; see xiangyue restore --help");
    struct ctx c = { .arena = arena_new(ARENA_LIMIT), .now_ms = cli_now_ms(), .account_id = -1 };
    size_t n = strlen(argv[2]);
    while (n > 1 && argv[2][n - 1] == '/')
        n--;
    umask(077);
    int status = restore(&c, argv[1], arena_copy_n(c.arena, argv[2], n));
    arena_free(c.arena);
    return status;
}
