/* SPDX-License-Identifier: Apache-2.0
 * test_app.c - see test_app.h. The reference data is read once in a run; each test works on a copy
 * of that database. */
#include "test_app.h"
#include "cli/reference.h"
#include "core/day.h"
#include "core/idno.h"
#include "crypto/signer.h"
#include "kernel/account/account.h"
#include "kernel/audit/audit.h"
#include "kernel/page/page.h"
#include "kernel/person/person.h"
#include "kernel/place/place.h"
#include "store/migrate.h"
#include "store/setting.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const uint8_t master[SIGNER_KEY_BYTES] = "a key of the tests, and no other";
static const struct right everything = { .caps = 0x7fffffff, .place = "" };
static _Atomic int64_t clock_ms;

static int64_t stopped_clock(void)
{
    return clock_ms;
}

static int64_t monday_morning(void)
{
    int32_t day = 0;
    CHECK(day_from_ymd(2026, 11, 23, &day));
    return ms_of_day(day) + INT64_C(9) * 3600000;
}

static const char *in_dir(struct arena *a, const char *name)
{
    return arena_printf(a, "%s/%s", getenv("XY_TEST_DIR"), name);
}

static void must(const struct ctx *c, enum err e, const char *what)
{
    ck_assert_msg(e == OK, "%s: %s (%s)", what, err_name(e), c->why);
}

/* ---- the database ---- */
/* Without the steps' lines, which are for a terminal. */
static enum err load_quietly(struct ctx *c)
{
    int err = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    CHECK(err >= 0 && null >= 0 && dup2(null, STDERR_FILENO) >= 0);
    enum err e = reference_load(c);
    CHECK(dup2(err, STDERR_FILENO) >= 0);
    close(err);
    close(null);
    return e;
}

/* Numbers given here lie a day below those that tests give. */
static void make_reference(const char *path)
{
    struct ctx c = { .arena = arena_new(ARENA_LIMIT),
                     .now_ms = monday_morning() - DAY_MS,
                     .account_id = -1,
                     .rights = &everything,
                     .n_rights = 1 };
    char *making = arena_printf(c.arena, "%s.making", path);
    enum err e = db_open(&c, making, DB_WRITE, &c.db);
    if (!e)
        e = migrate(&c);
    if (!e)
        e = load_quietly(&c);
    if (!e)
        e = setting_set(&c, "county", TEST_COUNTY);
    must(&c, e, "reference data");
    db_close(c.db);
    CHECK(rename(making, path) == 0);
    arena_free(c.arena);
}

static void copy_file(const char *from, const char *to)
{
    static char piece[1 << 16];
    int in = open(from, O_RDONLY | O_CLOEXEC),
        out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    CHECK(in >= 0 && out >= 0);
    for (ssize_t n; (n = read(in, piece, sizeof piece)) > 0;)
        CHECK(write(out, piece, (size_t)n) == n);
    close(in);
    close(out);
}

static const char *new_database(struct arena *a)
{
    static int n;
    const char *reference = in_dir(a, "reference.db"),
               *path = in_dir(a, arena_printf(a, "app%d_%d.db", (int)getpid(), n++));
    if (access(reference, R_OK) != 0)
        make_reference(reference);
    copy_file(reference, path);
    return path;
}

/* ---- web files: their names only, so that tests do not need the web build ---- */
static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    CHECK(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0);
}

static const char *web_files(struct arena *a)
{
    static const char *const names[] = { "app.css",      "app.js",
                                         "mark.svg",     "manifest.webmanifest",
                                         "icon-192.png", "icon-32.png",
                                         "icon-512.png" };
    const char *dir = in_dir(a, "web"), *list = "";
    if (mkdir(dir, 0700) != 0 && access(dir, W_OK) == 0)
        return dir;
    for (size_t i = 0; i < COUNT(names); i++) {
        write_file(arena_printf(a, "%s/%s", dir, names[i]), "x");
        list = arena_printf(a, "%s%s\t%s\ttext/plain\n", list, names[i], names[i]);
    }
    write_file(arena_printf(a, "%s/manifest.txt", dir), list);
    return dir;
}

/* ---- the app ---- */
struct test_app *test_app_start_with(void (*change)(struct app_conf *))
{
    struct arena *a = arena_new(4 * (size_t)ARENA_LIMIT);
    struct test_app *t = ARENA_NEW(a, struct test_app);
    const char *url = new_database(a), *files = arena_printf(a, "%s.files", url);
    clock_ms = monday_morning();
    CHECK(mkdir(files, 0700) == 0);
    t->c = (struct ctx){ .arena = a,
                         .now_ms = clock_ms,
                         .account_id = -1,
                         .rights = &everything,
                         .n_rights = 1,
                         .signer = signer_local(master) };
    must(&t->c, db_open(&t->c, url, DB_WRITE, &t->c.db), "database");
    t->conf = (struct app_conf){
        .url = url,
        .files_dir = files,
        .address = "127.0.0.1",
        .listen_fd = -1,
        .loops = 2,
        .no_rates = true,
        .signer = t->c.signer,
        .hooks = { session_load, session_seen, audit_looks, audit_request, account_recent, page_error },
        .now_ms = stopped_clock,
    };
    must(&t->c, assets_load(&t->c, web_files(a), &t->conf.assets), "web files");
    if (change)
        change(&t->conf);
    must(&t->c, app_start(&t->c, &t->conf, &t->app), "start");
    t->port = app_port(t->app);
    return t;
}

struct test_app *test_app_start(void)
{
    return test_app_start_with(NULL);
}

void test_app_stop(struct test_app *t)
{
    app_stop(t->app);
    db_close(t->c.db);
    signer_free(t->c.signer);
    arena_free(t->c.arena);
}

void test_app_clock(struct test_app *t, int64_t now_ms)
{
    clock_ms = t->c.now_ms = now_ms;
}

void test_app_write(struct test_app *t, enum err (*body)(struct ctx *, void *), void *arg)
{
    must(&t->c, app_write(t->app, body, arg), "write");
}

static enum err save_person(struct ctx *c, void *arg)
{
    return person_save(c, arg);
}

struct key test_app_person(struct test_app *t, const char *place, const char *name,
                           const char *id_no, const char *phone)
{
    struct person p = { .place = place,
                        .grp = "三组",
                        .name = name,
                        .initials = "",
                        .moved_to = "",
                        .id_no = id_no,
                        .phone = phone };
    struct idno id;
    if (id_no && idno_parse(id_no, &id)) {
        p.birth = id.birth;
        p.sex = id.sex;
    }
    test_app_write(t, save_person, &p);
    return p.key;
}
