/* SPDX-License-Identifier: Apache-2.0
 * backup_test.c - a backup comes back whole or not at all; a check finds what does not fit. */
#include "cli/bundle.h"
#include "cli/check.h"
#include "cli/tar.h"
#include "kernel/audit/audit.h"
#include "kernel/file/file.h"
#include "store/setting.h"
#include "test.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const char pdf[] = "%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n";
static const struct sql SQL_STEP = {
    "INSERT INTO flow_event (county, subject, id, flow, event, from_state, to_state, account, "
    "actor, words, at_ms) VALUES (421281, 7, $1, 'errand', $2, $3, $4, 1, '', '', 1)",
    NULL
};
static const struct sql SQL_TODO = {
    "INSERT INTO todo (county, subject, flow, desk, place, account, title, line, link, verb, "
    "waits, due_ms, amber_ms, risen) VALUES (421281, 7, 'errand', '', '', 0, '', '', '', '', 0, "
    "0, 0, 0)",
    NULL
};
static const struct sql SQL_EARLIER = {
    "INSERT INTO audit (id, at_ms, kind, account, place, what, subject, words, result) "
    "VALUES (1, 1, 'security', 1, '', 'slipped in', '', '', 'OK')",
    NULL
};

static char *in_dir(const char *name)
{
    static char paths[8][300];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/backup-%d-%s", getenv("XY_TEST_DIR"), (int)getpid(), name);
    return path;
}

/* What a sub-command says is for a terminal. */
static int quietly(int (*run)(int, char **), int argc, char **argv)
{
    fflush(stdout);
    int out = dup(1), err = dup(2), null = open("/dev/null", O_WRONLY);
    dup2(null, 1);
    dup2(null, 2);
    int status = run(argc, argv);
    fflush(stdout);
    dup2(out, 1);
    dup2(err, 2);
    close(out);
    close(err);
    close(null);
    return status;
}

static int backup(char *file, char *dir)
{
    char name[] = "backup", *argv[] = { name, file, dir, NULL };
    return quietly(cmd_backup, 3, argv);
}

static int restore(char *file, char *dir)
{
    char name[] = "restore", *argv[] = { name, file, dir, NULL };
    return quietly(cmd_restore, 3, argv);
}

static int check(char *dir)
{
    char name[] = "check", *argv[] = { name, dir, NULL };
    return quietly(cmd_check, 2, argv);
}

static void open_instance(struct instance *in, const char *dir, bool create)
{
    EXPECT_EQ(instance_open("test", dir, NULL, create, in), CLI_OK);
}

/* One file, one sealed audit record. */
static const char *make_instance(char *dir)
{
    static char hash[65];
    struct instance in;
    struct file f;
    open_instance(&in, dir, true);
    struct ctx *c = &in.c;
    EXPECT_EQ(file_put(c, in.files, (struct bytes){ (const uint8_t *)pdf, sizeof pdf - 1 }, &f),
              OK);
    EXPECT_EQ(tx_begin(c, "t"), OK);
    EXPECT_EQ(file_record(c, &f), OK);
    EXPECT_EQ(audit_add(c, "business", "421281", "/x", "", "", OK), OK);
    EXPECT_EQ(audit_seal(c, NULL), OK);
    EXPECT_EQ(tx_commit(c), OK);
    snprintf(hash, sizeof hash, "%s", f.sha256);
    instance_close(&in);
    return hash;
}

TEST(a_backup_comes_back_as_the_same_instance)
{
    char *dir = in_dir("one"), *file = in_dir("one.tar"), *again = in_dir("again");
    struct stat st;
    struct instance in;
    struct file f;
    const char *last, *hash = make_instance(dir);
    EXPECT_EQ(check(dir), CLI_OK);
    EXPECT_EQ(backup(file, dir), CLI_OK);
    EXPECT_EQ(stat(file, &st), 0);
    EXPECT_EQ(st.st_mode & 0777, 0600);
    EXPECT_EQ(backup(file, dir), CLI_FAILED); /* never over another one */
    EXPECT_EQ(restore(file, again), CLI_OK);
    EXPECT_EQ(restore(file, again), CLI_FAILED); /* not empty */
    EXPECT_EQ(check(again), CLI_OK);
    open_instance(&in, again, false);
    EXPECT_EQ(file_load(&in.c, hash, &f), OK);
    EXPECT_EQ(access(file_path(in.c.arena, in.files, hash), R_OK), 0);
    instance_close(&in);
    open_instance(&in, dir, false);
    EXPECT_EQ(setting_get(&in.c, "backup.last_ms", "", &last), OK);
    EXPECT(*last != '\0');
    instance_close(&in);
    EXPECT(access(in_dir("one.tar.part"), F_OK) != 0);
}

static void change_byte(const char *file, long at)
{
    FILE *f = fopen(file, "r+b");
    fseek(f, at, SEEK_SET);
    int ch = getc(f);
    fseek(f, at, SEEK_SET);
    putc(ch ^ 0x55, f);
    fclose(f);
}

TEST(a_backup_that_was_changed_or_cut_is_refused_and_leaves_nothing)
{
    char *dir = in_dir("two"), *file = in_dir("two.tar"), *to = in_dir("to");
    struct stat st;
    make_instance(dir);
    EXPECT_EQ(backup(file, dir), CLI_OK);
    EXPECT_EQ(stat(file, &st), 0);
    for (long at = 600; at < st.st_size - 2048; at += st.st_size / 12) {
        change_byte(file, at);
        int status = restore(file, to);
        if (status == CLI_OK) { /* a byte of padding, which nothing depends on */
            struct ctx c = { .arena = arena_new(ARENA_LIMIT) };
            EXPECT_EQ(bundle_remove(&c, to), OK);
            arena_free(c.arena);
        }
        EXPECT(status == CLI_FAILED || at % 512 > 0);
        EXPECT(access(to, F_OK) != 0);
        change_byte(file, at);
    }
    change_byte(file, st.st_size / 2); /* in the database */
    EXPECT_EQ(restore(file, to), CLI_FAILED);
    change_byte(file, st.st_size / 2);
    EXPECT_EQ(truncate(file, st.st_size - 1024), 0);
    EXPECT_EQ(restore(file, to), CLI_FAILED);
    EXPECT(access(to, F_OK) != 0);
    EXPECT(access(in_dir("to.restoring"), F_OK) != 0);
}

TEST(a_backup_with_a_missing_file_fails_instead_of_lacking_it)
{
    char *dir = in_dir("three"), *file = in_dir("three.tar");
    const char *hash = make_instance(dir);
    char path[400];
    snprintf(path, sizeof path, "%s/data/files/%.2s/%s", dir, hash, hash);
    EXPECT_EQ(unlink(path), 0);
    EXPECT_EQ(backup(file, dir), CLI_FAILED);
    EXPECT(access(file, F_OK) != 0);
    EXPECT_EQ(check(dir), CLI_FAILED);
}

static int findings(struct instance *in)
{
    struct check k = { 0 };
    fflush(stdout);
    int out = dup(1), null = open("/dev/null", O_WRONLY);
    dup2(null, 1);
    enum err e = check_instance(&in->c, in->url, in->files, &k);
    fflush(stdout);
    dup2(out, 1);
    close(out);
    close(null);
    EXPECT_EQ(e, OK);
    return k.findings;
}

static void step(struct ctx *c, int64_t id, const char *event, const char *from, const char *to)
{
    EXPECT_EQ(db_run(c, &SQL_STEP, IN(v_int(id), v_text(event), v_text(from), v_text(to))), OK);
}

TEST(a_check_finds_broken_life_cycles_lost_subjects_changed_files_and_the_audit_chain)
{
    char *dir = in_dir("four");
    const char *hash = make_instance(dir);
    struct instance in;
    open_instance(&in, dir, false);
    EXPECT_EQ(findings(&in), 0);
    step(&in.c, 1, "drafted", "drafted", "drafted");
    step(&in.c, 2, "accept", "drafted", "in_hand");
    EXPECT_EQ(findings(&in), 0);
    step(&in.c, 3, "archive", "in_hand", "archived"); /* no such way */
    EXPECT_EQ(findings(&in), 1);
    step(&in.c, 4, "note", "delivered", "delivered"); /* a gap */
    EXPECT_EQ(findings(&in), 2);
    EXPECT_EQ(db_run(&in.c, &SQL_TODO, IN_NONE), OK); /* of an errand that is not there */
    EXPECT_EQ(findings(&in), 3);
    FILE *f = fopen(file_path(in.c.arena, in.files, hash), "ab");
    fputs("more", f);
    fclose(f);
    EXPECT_EQ(findings(&in), 4);
    EXPECT_EQ(db_run(&in.c, &SQL_EARLIER, IN_NONE), OK);
    EXPECT_EQ(findings(&in), 5);
    instance_close(&in);
    EXPECT_EQ(check(dir), CLI_FAILED);
}

static enum err list_entry(struct ctx *c, struct tar_entry *e, void *arg)
{
    char text[8] = "";
    (void)c;
    if (str_eq(e->name, "b"))
        EXPECT_EQ(tar_read(e, text, sizeof text), 5);
    ++*(int *)arg;
    return OK;
}

TEST(a_tar_reads_as_it_was_written)
{
    struct ctx c = { .arena = arena_new(ARENA_LIMIT), .now_ms = 1000 };
    struct tar *t;
    int n = 0;
    const char *path = in_dir("small.tar");
    EXPECT_EQ(tar_create(&c, path, &t), OK);
    EXPECT_EQ(tar_add(&c, t, "a", (struct bytes){ NULL, 0 }), OK);
    EXPECT_EQ(tar_add(&c, t, "b", (struct bytes){ (const uint8_t *)"hello", 5 }), OK);
    EXPECT_EQ(tar_finish(&c, t), OK);
    EXPECT_EQ(tar_each(&c, path, list_entry, &n), OK);
    EXPECT_EQ(n, 2);
    EXPECT_EQ(tar_create(&c, path, &t), E_EXISTS);
    change_byte(path, 512);
    EXPECT_EQ(tar_each(&c, path, list_entry, &n), E_FORMAT);
    arena_free(c.arena);
}
