/* SPDX-License-Identifier: Apache-2.0
 * cli.c - see cli.h. */
#include "cli/cli.h"
#include "store/migrate.h"
#include <errno.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

const char *cli_option(int *argc, char **argv, const char *name, const char *other)
{
    size_t n = strlen(name);
    for (int i = 1; i < *argc; i++) {
        if (strncmp(argv[i], "--", 2) != 0 || strncmp(argv[i] + 2, name, n) != 0)
            continue;
        int used = argv[i][2 + n] == '=' ? 1 : argv[i][2 + n] == '\0' && i + 1 < *argc ? 2 : 0;
        if (used == 0)
            continue;
        const char *value = used == 1 ? argv[i] + 3 + n : argv[i + 1];
        memmove(argv + i, argv + i + used, (size_t)(*argc - i - used + 1) * sizeof *argv);
        *argc -= used;
        return value;
    }
    return other;
}

bool cli_flag(int *argc, char **argv, const char *name)
{
    for (int i = 1; i < *argc; i++)
        if (strncmp(argv[i], "--", 2) == 0 && str_eq(argv[i] + 2, name)) {
            memmove(argv + i, argv + i + 1, (size_t)(*argc - i) * sizeof *argv);
            --*argc;
            return true;
        }
    return false;
}

int cli_fail(const char *command, int status, const char *fmt, ...)
{
    va_list ap;
    fprintf(stderr, "xiangyue %s: ", command);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    return status;
}

int cli_failed(const char *command, const struct ctx *c, enum err e)
{
    return cli_fail(command, CLI_FAILED, "%s (%s)", err_en(e), c->why);
}

int64_t cli_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t step_began_ms;

void cli_step(const char *what)
{
    step_began_ms = cli_now_ms();
    fprintf(stderr, "  %-24s", what);
    fflush(stderr);
}

void cli_step_done(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fprintf(stderr, "  (%.1f s)\n", (double)(cli_now_ms() - step_began_ms) / 1000);
}

const char *cli_share(struct arena *a, const char *what)
{
    const char *share = getenv("XY_SHARE");
    if (share)
        return arena_printf(a, "%s/%s", share, what);
    char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    if (n <= 0)
        return what;
    path[n] = '\0';
    /* build/release/xiangyue lies in the source tree; an installed one has ../share/xiangyue */
    for (int up = 0; up < 3; up++) {
        char *slash = strrchr(path, '/');
        if (!slash)
            break;
        *slash = '\0';
        const char *at = arena_printf(a, "%s/%s", path, what);
        if (access(at, R_OK) == 0)
            return at;
        at = arena_printf(a, "%s/share/xiangyue/%s", path, what);
        if (access(at, R_OK) == 0)
            return at;
    }
    return what;
}

/* DIR/url holds the address when the database is not DIR/data/xiangyue.db. */
static const char *stored_url(struct arena *a, const char *dir)
{
    char line[1024];
    FILE *f = fopen(arena_printf(a, "%s/url", dir), "r");
    const char *url = f && fgets(line, sizeof line, f)
                          ? arena_copy_n(a, line, strcspn(line, "\r\n"))
                          : arena_printf(a, "%s/data/xiangyue.db", dir);
    if (f)
        fclose(f);
    return url;
}

static enum err make_dirs(struct instance *in)
{
    struct ctx *c = &in->c;
    const char *parts[] = { in->dir, in->data, in->files };
    for (size_t i = 0; i < COUNT(parts); i++)
        if (mkdir(parts[i], 0700) != 0 && errno != EEXIST)
            return fail(c, E_IO, "cannot make %s: %s", parts[i], strerror(errno));
    if (access(in->keys, F_OK) != 0)
        return signer_key_make(c, in->keys);
    return OK;
}

static enum err keep_url(struct instance *in)
{
    if (db_kind_of_url(in->url) != DB_PG)
        return OK;
    FILE *f = fopen(arena_printf(in->c.arena, "%s/url", in->dir), "w");
    bool ok = f && fprintf(f, "%s\n", in->url) > 0;
    if (f)
        ok = fclose(f) == 0 && ok;
    return ok ? OK : fail(&in->c, E_IO, "cannot write the database's address");
}

static enum err open_all(struct instance *in, bool create)
{
    struct ctx *c = &in->c;
    if (create) {
        TRY(make_dirs(in));
        TRY(keep_url(in));
    }
    TRY(signer_open(c, in->keys, &c->signer));
    if (!create && db_kind_of_url(in->url) == DB_SQLITE && access(in->url, F_OK) != 0)
        return fail(c, E_NOT_FOUND, "no instance in %s", in->dir);
    TRY(db_open(c, in->url, DB_WRITE, &c->db));
    return create ? migrate(c) : migrate_check(c);
}

int instance_open(const char *command, const char *dir, const char *url, bool create,
                  struct instance *in)
{
    static const struct right all = { .caps = 0x7fffffff, .place = "" };
    struct arena *a = arena_new(ARENA_LIMIT);
    *in = (struct instance){ .dir = dir };
    in->url = url ? url : stored_url(a, dir);
    in->data = arena_printf(a, "%s/data", dir);
    in->files = arena_printf(a, "%s/data/files", dir);
    in->keys = arena_printf(a, "%s/keys", dir);
    in->c = (struct ctx){
        .arena = a, .now_ms = cli_now_ms(), .account_id = -1, .rights = &all, .n_rights = 1
    };
    enum err e = open_all(in, create);
    if (!e)
        return CLI_OK;
    int status = cli_failed(command, &in->c, e);
    instance_close(in);
    return status;
}

void instance_close(struct instance *in)
{
    db_close(in->c.db);
    if (in->c.signer)
        signer_free(in->c.signer);
    arena_free(in->c.arena);
    *in = (struct instance){ 0 };
}
