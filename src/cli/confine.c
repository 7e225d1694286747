/* SPDX-License-Identifier: Apache-2.0
 * confine.c - see confine.h. */
#include "cli/confine.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- files: landlock ---- */

/* Newer than Debian 12's header. */
#define ACCESS_TRUNCATE (1ULL << 14) /* ABI 3 */
#define SCOPE_SIGNAL    (1ULL << 1)  /* ABI 6: signals only within the confined process */
struct ruleset {
    uint64_t handled_fs, handled_net, scoped;
};

#define READ_FILE (LANDLOCK_ACCESS_FS_READ_FILE)
#define READ_TREE (READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define OWN_TREE                                                                                   \
    (READ_TREE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |                   \
     LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |  \
     LANDLOCK_ACCESS_FS_REFER | ACCESS_TRUNCATE)
#define ALL_ABI_1 ((1ULL << 13) - 1)

static const struct {
    const char *path;
    uint64_t access;
} readable[] = {
    /* fonts, time zones, file magic, ICU data, libraries loaded late (NSS, character sets) */
    { "/usr/share", READ_TREE },
    { "/usr/local/share", READ_TREE },
    { "/usr/lib", READ_TREE },
    { "/lib", READ_TREE },
    { "/lib64", READ_TREE },
    { "/var/cache/fontconfig", READ_TREE },
    { "/etc/fonts", READ_TREE },
    { "/etc/magic", READ_FILE },
    { "/etc/localtime", READ_FILE },
    { "/etc/timezone", READ_FILE },
    { "/etc/ld.so.cache", READ_FILE },
    /* names of hosts, certificates of those we call, the user's own name (libpq) */
    { "/etc/resolv.conf", READ_FILE },
    { "/run/systemd/resolve", READ_TREE },
    { "/etc/hosts", READ_FILE },
    { "/etc/host.conf", READ_FILE },
    { "/etc/gai.conf", READ_FILE },
    { "/etc/nsswitch.conf", READ_FILE },
    { "/etc/services", READ_FILE },
    { "/etc/passwd", READ_FILE },
    { "/etc/ssl/certs", READ_TREE },
    { "/etc/ssl/openssl.cnf", READ_FILE },
    { "/etc/ca-certificates", READ_TREE },
    { "/sys/devices/system/cpu", READ_TREE },
    { "/proc/meminfo", READ_FILE },
    { "/proc/stat", READ_FILE },
    { "/dev/urandom", READ_FILE },
    { "/dev/null", READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE },
};

static int landlock_abi(void)
{
    return (int)syscall(SYS_landlock_create_ruleset, NULL, (size_t)0,
                        LANDLOCK_CREATE_RULESET_VERSION);
}

bool confine_has_landlock(void)
{
    return landlock_abi() >= 1;
}

static bool allow(int rules, const char *path, uint64_t access)
{
    struct landlock_path_beneath_attr attr = { .allowed_access = access };
    attr.parent_fd = open(path, O_PATH | O_CLOEXEC);
    if (attr.parent_fd < 0)
        return false;
    bool ok = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &attr, 0) == 0;
    close(attr.parent_fd);
    return ok;
}

static enum err limit_files(struct ctx *c, const char *data_dir)
{
    int abi = landlock_abi();
    if (abi < 1) {
        fprintf(stderr, "confine: this kernel has no landlock; files are protected by their "
                        "permissions only\n");
        return OK;
    }
    struct ruleset set = { .handled_fs = ALL_ABI_1 };
    size_t size = sizeof set.handled_fs;
    if (abi >= 2)
        set.handled_fs |= LANDLOCK_ACCESS_FS_REFER;
    if (abi >= 3)
        set.handled_fs |= ACCESS_TRUNCATE;
    if (abi >= 6) {
        set.scoped = SCOPE_SIGNAL;
        size = sizeof set;
    }
    int rules = (int)syscall(SYS_landlock_create_ruleset, &set, size, 0);
    if (rules < 0)
        return fail(c, E_UNAVAILABLE, "landlock: %s", strerrordesc_np(errno));
    bool ok = allow(rules, data_dir, OWN_TREE & set.handled_fs);
    for (size_t i = 0; ok && i < COUNT(readable); i++)
        (void)allow(rules, readable[i].path, readable[i].access); /* absent here: nothing to read */
    ok = ok && syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    int why = errno;
    close(rules);
    return ok ? OK : fail(c, E_IO, "landlock for %s: %s", data_dir, strerrordesc_np(why));
}

/* ---- system calls: seccomp ---- */

/* An allow-list would break with every version of the text and database libraries; what would help
 * an intruder on is known. */
static const int forbidden[] = {
    /* another program */
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(uselib),
    /* another process */
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(process_madvise),
    SCMP_SYS(kcmp),
    SCMP_SYS(pidfd_getfd),
    /* the kernel */
    SCMP_SYS(kexec_load),
    SCMP_SYS(kexec_file_load),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(delete_module),
    SCMP_SYS(bpf),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(io_uring_enter),
    SCMP_SYS(io_uring_register),
    SCMP_SYS(keyctl),
    SCMP_SYS(add_key),
    SCMP_SYS(request_key),
    SCMP_SYS(reboot),
    SCMP_SYS(swapon),
    SCMP_SYS(swapoff),
    SCMP_SYS(syslog),
    SCMP_SYS(acct),
    SCMP_SYS(personality),
    SCMP_SYS(modify_ldt),
    SCMP_SYS(iopl),
    SCMP_SYS(ioperm),
    SCMP_SYS(settimeofday),
    SCMP_SYS(clock_settime),
    SCMP_SYS(adjtimex),
    SCMP_SYS(clock_adjtime),
    SCMP_SYS(sethostname),
    SCMP_SYS(setdomainname),
    SCMP_SYS(quotactl),
    SCMP_SYS(fanotify_init),
    /* the file tree */
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(pivot_root),
    SCMP_SYS(chroot),
    SCMP_SYS(move_mount),
    SCMP_SYS(open_tree),
    SCMP_SYS(fsopen),
    SCMP_SYS(fsconfig),
    SCMP_SYS(fsmount),
    SCMP_SYS(fspick),
    SCMP_SYS(mount_setattr),
    SCMP_SYS(unshare),
    SCMP_SYS(setns),
    SCMP_SYS(open_by_handle_at),
    SCMP_SYS(name_to_handle_at),
    SCMP_SYS(mknod),
    SCMP_SYS(mknodat),
    /* another user */
    SCMP_SYS(setuid),
    SCMP_SYS(setgid),
    SCMP_SYS(setreuid),
    SCMP_SYS(setregid),
    SCMP_SYS(setresuid),
    SCMP_SYS(setresgid),
    SCMP_SYS(setfsuid),
    SCMP_SYS(setfsgid),
    SCMP_SYS(setgroups),
    SCMP_SYS(capset),
};

static bool forbid(scmp_filter_ctx f)
{
    static const uint64_t namespaces[] = { CLONE_NEWUSER,  CLONE_NEWNS,  CLONE_NEWPID,
                                           CLONE_NEWNET,   CLONE_NEWIPC, CLONE_NEWUTS,
                                           CLONE_NEWCGROUP };
    const uint64_t wx = PROT_WRITE | PROT_EXEC;
    bool ok = true;
    for (size_t i = 0; ok && i < COUNT(forbidden); i++)
        ok = seccomp_rule_add(f, SCMP_ACT_KILL_PROCESS, forbidden[i], 0) == 0;
    for (size_t i = 0; ok && i < COUNT(namespaces); i++)
        ok = seccomp_rule_add(f, SCMP_ACT_KILL_PROCESS, SCMP_SYS(clone), 1,
                              SCMP_A0(SCMP_CMP_MASKED_EQ, namespaces[i], namespaces[i])) == 0;
    /* clone3 hides its flags in memory; without it the C library uses clone. */
    ok = ok && seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0;
    ok = ok && seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(mmap), 1,
                                SCMP_A2(SCMP_CMP_MASKED_EQ, wx, wx)) == 0;
    return ok && seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(mprotect), 1,
                                  SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC)) == 0;
}

static enum err limit_calls(struct ctx *c)
{
    scmp_filter_ctx f = seccomp_init(SCMP_ACT_ALLOW);
    bool ok = f != NULL && forbid(f) && seccomp_load(f) == 0;
    if (f)
        seccomp_release(f);
    return ok ? OK : fail(c, E_UNAVAILABLE, "seccomp: the filter was refused");
}

/* ---- all of it ---- */

/* Landlock holds for the calling thread only; a thread that exists already would stay free. */
static bool single_thread(void)
{
    size_t n = 0;
    DIR *d = opendir("/proc/self/task");
    for (struct dirent *e; d && (e = readdir(d));)
        n += e->d_name[0] != '.';
    if (d)
        closedir(d);
#if defined(__SANITIZE_THREAD__)
    return true; /* it has a thread of its own */
#else
    return n <= 1; /* 0: no /proc here, nothing known */
#endif
}

/* Libraries that want a scratch file find a place where they may write. */
static enum err make_tmp(struct ctx *c, const char *data_dir)
{
    char path[PATH_MAX];
    struct stat st;
    int n = snprintf(path, sizeof path, "%s/keys", data_dir);
    if (n < 0 || n >= PATH_MAX)
        return fail(c, E_IO, "the path of the data directory is too long");
    if (lstat(path, &st) == 0)
        return fail(c, E_FORBIDDEN, "%s: keys must lie outside the server's data directory", path);
    snprintf(path, sizeof path, "%s/tmp", data_dir);
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return fail(c, E_IO, "%s: %s", path, strerrordesc_np(errno));
    static const char *const names[] = { "TMPDIR", "SQLITE_TMPDIR", "XDG_CACHE_HOME" };
    for (size_t i = 0; i < COUNT(names); i++)
        CHECK(setenv(names[i], path, 1) == 0);
    return OK;
}

enum err confine_server(struct ctx *c, const char *data_dir)
{
    struct rlimit none = { 0, 0 };
    CHECK(single_thread());
    TRY(make_tmp(c, data_dir));
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || setrlimit(RLIMIT_CORE, &none) != 0 ||
        prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return fail(c, E_UNAVAILABLE, "no_new_privs: %s", strerrordesc_np(errno));
    TRY(limit_files(c, data_dir));
    return limit_calls(c);
}
