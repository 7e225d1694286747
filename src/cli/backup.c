/* SPDX-License-Identifier: Apache-2.0
 * backup.c - xiangyue backup: one file that holds the whole instance, proved before it has its
 * name.
 */
#include "store/backup.h"
#include "cli/bundle.h"
#include "core/day.h"
#include "store/setting.h"
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

struct parts {
    const char *file, *snapshot, *making, *proof;
};

static enum err remember(struct ctx *c, void *arg)
{
    (void)arg;
    return setting_set(c, "backup.last_ms", arena_printf(c->arena, "%" PRId64, c->now_ms));
}

/* FILE appears only when what it holds has been read back and found whole. */
static enum err make(struct instance *in, const struct parts *p, struct bundle_report *r)
{
    struct ctx *c = &in->c;
    struct bundle_report again;
    cli_step("copying the database");
    TRY(snapshot_make(c, in->url, p->snapshot));
    cli_step_done(" ");
    cli_step("writing");
    TRY(bundle_write(in, p->snapshot, p->making, r));
    cli_step_done("%" PRId64 " rows, %" PRId64 " files", r->rows, r->files);
    cli_step("reading it back");
    TRY(bundle_read(c, p->making, p->proof, false, &again));
    if (again.rows != r->rows || again.files != r->files)
        return fail(c, E_FORMAT, "what was read back differs from what was written");
    cli_step_done("whole");
    if (link(p->making, p->file) != 0) /* never over another backup */
        return fail(c, errno == EEXIST ? E_EXISTS : E_IO, "%s: %s", p->file,
                    strerrordesc_np(errno));
    TRY(bundle_sync_folder(c, p->file));
    return tx_run(c, "backup", remember, NULL);
}

static int backup(struct instance *in, const char *file)
{
    struct ctx *c = &in->c;
    struct bundle_report r;
    struct parts p = { file, arena_printf(c->arena, "%s.database", file),
                       arena_printf(c->arena, "%s.part", file),
                       arena_printf(c->arena, "%s.proof", file) };
    if (db_kind(c->db) == DB_PG)
        return cli_fail("backup", CLI_FAILED,
                        "the database is PostgreSQL: copy it with\n  pg_dump --format=custom "
                        "--file=FILE.dump 'the address in %s/url'\nand %s/keys* and %s/files with "
                        "your own tools, after the database",
                        in->dir, in->dir, in->data);
    if (access(file, F_OK) == 0)
        return cli_fail("backup", CLI_FAILED, "%s exists already; a backup gets a new name", file);
    unlink(p.snapshot); /* left by a backup that was cut short */
    unlink(p.making);
    enum err e = bundle_remove(c, p.proof);
    if (!e)
        e = make(in, &p, &r);
    unlink(p.snapshot);
    unlink(p.making);
    struct ctx cleaning = *c;
    if (bundle_remove(&cleaning, p.proof) != OK)
        cli_fail("backup", CLI_FAILED, "%s", cleaning.why);
    if (e)
        return cli_failed("backup", c, e);
    printf("%s: %" PRId64 " rows in %" PRId64 " tables, %" PRId64 " files; read back and whole\n",
           file, r.rows, r.tables, r.files);
    return CLI_OK;
}

int cmd_backup(int argc, char **argv)
{
    struct instance in;
    if (argc != 3)
        return cli_fail("backup", CLI_USAGE, "needs FILE and DIR; see xiangyue backup --help");
    umask(077);
    int status = instance_open("backup", argv[2], NULL, false, &in);
    if (status)
        return status;
    status = backup(&in, argv[1]);
    instance_close(&in);
    return status;
}
