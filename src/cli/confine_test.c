/* SPDX-License-Identifier: Apache-2.0
 * confine_test.c - what a confined process can no longer do, and that it still does its work. */
#include "cli/confine.h"
#include "test.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char outside[64], data[80];

static void make_dirs(void)
{
    snprintf(outside, sizeof outside, "/tmp/confine_test_XXXXXX");
    EXPECT(mkdtemp(outside) != NULL);
    snprintf(data, sizeof data, "%s/data", outside);
    EXPECT(mkdir(data, 0700) == 0);
}

static const char *in(const char *dir, const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

static void drop_dirs(void)
{
    static const char *const names[] = { "x", "db", "db-wal", "db-shm", "keys" };
    for (size_t i = 0; i < COUNT(names); i++) {
        unlink(in(data, names[i]));
        unlink(in(outside, names[i]));
    }
    rmdir(in(data, "tmp"));
    EXPECT(rmdir(data) == 0);
    EXPECT(rmdir(outside) == 0);
}

/* Runs act in a confined child: its value, or 256 + the signal that killed it. */
static int confined(int (*act)(void))
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        struct ctx c = { 0 };
        if (confine_server(&c, data) != OK) {
            fprintf(stderr, "%s\n", c.why);
            _exit(99);
        }
        _exit(act());
    }
    EXPECT(waitpid(pid, &status, 0) == pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

static int opens(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno;
    close(fd);
    return 0;
}

static int run_program(void)
{
    char *const argv[] = { (char[]){ "true" }, NULL };
    execv("/bin/true", argv);
    return 1;
}
static int trace(void)
{
    return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0 ? 0 : 1;
}
static int new_namespace(void)
{
    return unshare(CLONE_NEWUSER) == 0 ? 0 : 1;
}
static int clone_namespace(void)
{
    return (int)syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL);
}
static int change_user(void)
{
    return setuid(getuid()) == 0 ? 0 : 1;
}
static int read_memory(void)
{
    return (int)syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0);
}
static int change_root(void)
{
    return chroot("/") == 0 ? 0 : 1;
}

TEST(a_confined_process_is_killed_when_it_reaches_beyond_itself)
{
    static int (*const acts[])(void) = { run_program, trace,       new_namespace, clone_namespace,
                                         change_user, read_memory, change_root };
    make_dirs();
    for (size_t i = 0; i < COUNT(acts); i++)
        ck_assert_msg(confined(acts[i]) == 256 + SIGSYS, "act %zu", i);
    drop_dirs();
}

static int writable_code(void)
{
    void *p = mmap(NULL, 4096, PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p != MAP_FAILED)
        return 1;
    p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p != MAP_FAILED && mprotect(p, 4096, PROT_READ | PROT_EXEC) != 0 ? 0 : 2;
}

TEST(a_confined_process_cannot_make_code_of_data)
{
    make_dirs();
    EXPECT_EQ(confined(writable_code), 0);
    drop_dirs();
}

static int files(void)
{
    if (opens(in(data, "x"), O_WRONLY | O_CREAT) != 0 || opens(in(data, "x"), O_RDONLY) != 0 ||
        truncate(in(data, "x"), 0) != 0 || unlink(in(data, "x")) != 0)
        return 1;
    if (opens(in(outside, "x"), O_WRONLY | O_CREAT) != EACCES)
        return 2;
    if (opens(in(outside, "keys"), O_RDONLY) != EACCES)
        return 3;
    if (opens("/etc/shadow", O_RDONLY) != EACCES)
        return 4;
    if (opens("/proc/self/mem", O_RDWR) == 0 || opens("/root", O_RDONLY) == 0)
        return 5;
    if (opens("/usr/share", O_RDONLY | O_DIRECTORY) != 0 || opens("/etc/passwd", O_RDONLY) != 0)
        return 6;
    if (opens("/etc/passwd", O_RDWR) != EACCES || opens("/dev/null", O_RDWR) != 0)
        return 7;
    if (unlink(in(outside, "keys")) == 0 || link(in(outside, "keys"), in(data, "x")) == 0)
        return 8;
    bool signals_scoped = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, 1) >= 6;
    return kill(getppid(), 0) == 0 && signals_scoped ? 9 : 0;
}

TEST(a_confined_process_reads_and_writes_its_own_files_only)
{
    make_dirs();
    EXPECT_EQ(opens(in(outside, "keys"), O_WRONLY | O_CREAT), 0);
    if (confine_has_landlock())
        EXPECT_EQ(confined(files), 0);
    drop_dirs();
}

static void *thread(void *arg)
{
    struct addrinfo *found = NULL, hints = { .ai_family = AF_INET };
    if (getaddrinfo("localhost", NULL, &hints, &found) == 0)
        freeaddrinfo(found);
    *(int *)arg = 1;
    return NULL;
}

static int work(void)
{
    pthread_t t;
    int ran = 0;
    if (pthread_create(&t, NULL, thread, &ran) != 0 || pthread_join(t, NULL) != 0 || !ran)
        return 1;
    sqlite3 *db;
    int e = sqlite3_open(in(data, "db"), &db);
    e = e ? e
          : sqlite3_exec(db,
                         "PRAGMA journal_mode=WAL; PRAGMA temp_store=FILE; CREATE TABLE t(a);"
                         "INSERT INTO t VALUES(1); CREATE TEMP TABLE s AS SELECT * FROM t;",
                         NULL, NULL, NULL);
    sqlite3_close(db);
    struct tm tm;
    time_t now = 0;
    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    if (e != SQLITE_OK || !localtime_r(&now, &tm))
        return 2;
    return tm.tm_hour == 8 ? 0 : 3;
}

TEST(a_confined_process_still_has_threads_names_a_database_and_time_zones)
{
    make_dirs();
    EXPECT_EQ(confined(work), 0);
    drop_dirs();
}

TEST(a_key_file_within_the_servers_reach_is_refused)
{
    struct ctx c = { 0 };
    make_dirs();
    EXPECT_EQ(opens(in(data, "keys"), O_WRONLY | O_CREAT), 0);
    EXPECT_EQ(confine_server(&c, data), E_FORBIDDEN);
    c = (struct ctx){ 0 };
    EXPECT_EQ(confine_server(&c, in(outside, "absent")), E_IO);
    drop_dirs();
}
