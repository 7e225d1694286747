/* SPDX-License-Identifier: Apache-2.0
 * pg.c - see pg.h. */
#include "pg.h"
#include "test_db.h"
#include <ftw.h>
#include <glob.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { START_MS_MAX = 30000, STEP_MS = 20 };

static char run_dir[64], bin_dir[256];
static pid_t server;

/* ---- the run's folder ---- */
void run_dir_make(void)
{
    snprintf(run_dir, sizeof run_dir, "/tmp/xy-test-XXXXXX");
    CHECK(mkdtemp(run_dir) != NULL && chmod(run_dir, 0711) == 0);
    setenv("XY_TEST_DIR", run_dir, 1);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

void run_dir_remove(void)
{
    if (nftw(run_dir, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
        printf("could not remove %s\n", run_dir);
}

/* ---- the server ---- */
static bool find_programs(void)
{
    glob_t found = { 0 };
    bool ok = glob("/usr/lib/postgresql/*/bin/initdb", 0, NULL, &found) == 0;
    if (ok) {
        const char *last = found.gl_pathv[found.gl_pathc - 1];
        snprintf(bin_dir, sizeof bin_dir, "%.*s", (int)(strrchr(last, '/') - last), last);
    }
    globfree(&found);
    return ok;
}

/* PostgreSQL refuses to run as root. */
static void become(const struct passwd *who)
{
    if (who && (setgroups(0, NULL) != 0 || setgid(who->pw_gid) != 0 || setuid(who->pw_uid) != 0))
        _exit(126);
}

/* Runs one of the programs in the cluster's folder; it dies with us. */
static pid_t spawn(const struct passwd *who, const char *dir, const char *command)
{
    char line[600];
    snprintf(line, sizeof line, "exec %s/%s >> log 2>&1", bin_dir, command);
    pid_t parent = getpid(), pid = fork();
    CHECK(pid >= 0);
    if (pid > 0)
        return pid;
    become(who);
    prctl(PR_SET_PDEATHSIG, SIGQUIT);
    if (getppid() == parent && chdir(dir) == 0)
        execl("/bin/sh", "sh", "-c", line, (char *)NULL);
    _exit(127);
}

static bool answers(const char *url)
{
    for (int ms = 0; ms < START_MS_MAX; ms += STEP_MS) {
        if (waitpid(server, NULL, WNOHANG) != 0) {
            server = 0;
            return false;
        }
        PGPing said = PQping(url);
        if (said == PQPING_OK)
            return true;
        nanosleep(&(struct timespec){ 0, STEP_MS * 1000000L }, NULL);
    }
    return false;
}

static bool init_and_run(const struct passwd *who, const char *dir)
{
    int status = 0;
    pid_t pid = spawn(who, dir, "initdb -D data -U xiangyue -A trust -E UTF8 --locale=C -N");
    if (waitpid(pid, &status, 0) != pid || status != 0)
        return false;
    server = spawn(who, dir,
                   "postgres -D data -k \"$PWD\" -c listen_addresses= -c fsync=off "
                   "-c full_page_writes=off -c max_connections=90 -c shared_buffers=32MB "
                   "-c deadlock_timeout=100ms -c autovacuum=off");
    return true;
}

bool pg_start(void)
{
    if (getenv("XY_TEST_PG"))
        return true;
    const struct passwd *who = getuid() == 0 ? getpwnam("postgres") : NULL;
    if (!find_programs() || (getuid() == 0 && !who)) {
        printf("!!! PostgreSQL is not installed: its tests are SKIPPED\n");
        return false;
    }
    char dir[80], url[200];
    snprintf(dir, sizeof dir, "%s/pg", run_dir);
    CHECK(mkdir(dir, 0700) == 0 && (!who || chown(dir, who->pw_uid, who->pw_gid) == 0));
    snprintf(url, sizeof url, "postgresql://xiangyue@/postgres?host=%s", dir);
    if (!init_and_run(who, dir) || !answers(url)) {
        printf("!!! PostgreSQL does not start: its tests are SKIPPED\n");
        pg_stop();
        return false;
    }
    setenv("XY_TEST_PG", url, 1);
    return true;
}

void pg_stop(void)
{
    if (server > 0) {
        kill(server, SIGQUIT); /* at once; nothing in it is worth a checkpoint */
        waitpid(server, NULL, 0);
    }
    server = 0;
}

/* ---- databases for tests ---- */
static const char *new_schema(struct arena *a, int n)
{
    const char *server_url = getenv("XY_TEST_PG");
    CHECK(server_url != NULL);
    const char *name = arena_printf(a, "t%d_%d", (int)getpid(), n);
    PGconn *h = PQconnectdb(server_url);
    PGresult *r = PQexec(h, arena_printf(a, "CREATE SCHEMA %s", name));
    if (PQresultStatus(r) != PGRES_COMMAND_OK)
        printf("%s", PQerrorMessage(h));
    CHECK(PQresultStatus(r) == PGRES_COMMAND_OK);
    PQclear(r);
    PQfinish(h);
    return arena_printf(a, "%s%coptions=-csearch_path%%3D%s", server_url,
                        strchr(server_url, '?') ? '&' : '?', name);
}

const char *test_db_url(struct arena *a, enum db_kind kind)
{
    static int n;
    n++;
    if (kind == DB_PG)
        return new_schema(a, n);
    return arena_printf(a, "%s/t%d_%d.db", getenv("XY_TEST_DIR"), (int)getpid(), n);
}

void test_db_join(struct ctx *c, const char *url, enum db_mode mode)
{
    *c = (struct ctx){ .arena = arena_new(ARENA_LIMIT), .now_ms = 1795000000000 };
    enum err e = db_open(c, url, mode, &c->db);
    if (e)
        printf("%s: %s\n", err_name(e), c->why);
    EXPECT_EQ(e, OK);
}

void test_db_open(struct ctx *c, enum db_kind kind)
{
    struct arena *a = arena_new(ARENA_LIMIT);
    test_db_join(c, kind == DB_PG ? test_db_url(a, kind) : ":memory:", DB_WRITE);
    arena_free(a);
}

void test_db_shut(struct ctx *c)
{
    db_close(c->db);
    arena_free(c->arena);
}
