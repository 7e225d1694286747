/* SPDX-License-Identifier: Apache-2.0
 * signer_test.c - what the signer promises, in process and as a process of its own. */
#include "crypto/signer_msg.h"
#include "test.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const uint8_t master[SIGNER_KEY_BYTES] = "a master key for tests, 32 bytes";

static struct ctx local(void)
{
    return (struct ctx){ .arena = arena_new(ARENA_LIMIT), .signer = signer_local(master) };
}

static void done(struct ctx *c)
{
    signer_free(c->signer);
    arena_free(c->arena);
}

struct remote {
    struct ctx c;
    char dir[64], path[96];
    pid_t pid;
};

static void make_dir(struct remote *r)
{
    *r = (struct remote){ .c = { .arena = arena_new(ARENA_LIMIT) } };
    snprintf(r->dir, sizeof r->dir, "/tmp/signer_test_XXXXXX");
    EXPECT(mkdtemp(r->dir) != NULL);
    snprintf(r->path, sizeof r->path, "%s/keys", r->dir);
}

static void drop_dir(struct remote *r)
{
    char log[128];
    snprintf(log, sizeof log, "%s-log", r->path);
    unlink(r->path);
    unlink(log);
    EXPECT(rmdir(r->dir) == 0);
    arena_free(r->c.arena);
}

/* A signer process and its client; silence in the child for tests of refused starts. */
static void start(struct remote *r)
{
    int sv[2];
    EXPECT(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) == 0);
    r->pid = fork();
    if (r->pid == 0) {
        close(sv[0]);
        signer_serve(sv[1], r->path);
    }
    close(sv[1]);
    r->c.signer = signer_remote(sv[0]);
}

/* The exit status of the signer once its client has gone. */
static int stop(struct remote *r)
{
    int status;
    signer_free(r->c.signer);
    EXPECT(waitpid(r->pid, &status, 0) == r->pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

static struct bytes text(const char *s)
{
    return (struct bytes){ (const uint8_t *)s, strlen(s) };
}

TEST(a_sealed_field_opens_again_and_looks_different_every_time)
{
    struct ctx c = local();
    struct bytes one, two;
    char *plain;
    EXPECT_EQ(field_seal(&c, "person.id_no", "421202199001011234", &one), OK);
    EXPECT_EQ(field_seal(&c, "person.id_no", "421202199001011234", &two), OK);
    EXPECT_EQ(one.len, 1 + 24 + 18 + 16);
    EXPECT_EQ(one.ptr[0], 1);
    EXPECT(memcmp(one.ptr, two.ptr, one.len) != 0);
    EXPECT_EQ(field_open(&c, "person.id_no", one, &plain), OK);
    EXPECT_STR(plain, "421202199001011234");
    EXPECT_EQ(field_seal(&c, "person.id_no", "", &one), OK);
    EXPECT_EQ(field_open(&c, "person.id_no", one, &plain), OK);
    EXPECT_STR(plain, "");
    done(&c);
}

TEST(a_field_opens_only_for_its_own_column_and_unchanged)
{
    struct ctx c = local();
    struct bytes sealed;
    char *plain = NULL;
    EXPECT_EQ(field_seal(&c, "person.id_no", "421202199001011234", &sealed), OK);
    EXPECT_EQ(field_open(&c, "person.phone", sealed, &plain), E_CRYPTO);
    EXPECT(str_starts(c.why, "person.phone: sealed bytes were changed"));
    for (size_t i = 0; i < sealed.len; i++) {
        uint8_t copy[SIGNER_SEALED_MAX];
        memcpy(copy, sealed.ptr, sealed.len);
        copy[i] ^= 1;
        EXPECT_EQ(field_open(&c, "person.id_no", (struct bytes){ copy, sealed.len }, &plain),
                  E_CRYPTO);
        EXPECT_EQ(field_open(&c, "person.id_no", (struct bytes){ sealed.ptr, i }, &plain),
                  E_CRYPTO);
    }
    uint8_t large[SIGNER_SEALED_MAX + 1] = { 1 };
    EXPECT_EQ(field_open(&c, "person.id_no", (struct bytes){ large, sizeof large }, &plain),
              E_CRYPTO);
    EXPECT(plain == NULL);
    done(&c);
}

TEST(another_master_key_opens_nothing)
{
    struct ctx c = local();
    struct bytes sealed;
    char *plain;
    EXPECT_EQ(field_seal(&c, "person.phone", "13812345678", &sealed), OK);
    signer_free(c.signer);
    c.signer = signer_local((const uint8_t *)"another master key, also 32 byte");
    EXPECT_EQ(field_open(&c, "person.phone", sealed, &plain), E_CRYPTO);
    done(&c);
}

TEST(a_blind_index_is_the_same_for_the_same_text_and_column_only)
{
    struct ctx c = local();
    struct bytes a, b, other_text, other_column;
    EXPECT_EQ(field_index(&c, "person.phone", "13812345678", &a), OK);
    EXPECT_EQ(field_index(&c, "person.phone", "13812345678", &b), OK);
    EXPECT_EQ(field_index(&c, "person.phone", "13812345679", &other_text), OK);
    EXPECT_EQ(field_index(&c, "person.id_no", "13812345678", &other_column), OK);
    EXPECT_EQ(a.len, SIGNER_INDEX_BYTES);
    EXPECT(memcmp(a.ptr, b.ptr, a.len) == 0);
    EXPECT(memcmp(a.ptr, other_text.ptr, a.len) != 0);
    EXPECT(memcmp(a.ptr, other_column.ptr, a.len) != 0);
    uint8_t mac[SIGNER_MAC_BYTES];
    EXPECT_EQ(signer_mac(&c, "person.phone", text("13812345678"), mac), OK);
    EXPECT(memcmp(a.ptr, mac, a.len) != 0);
    done(&c);
}

TEST(the_longest_text_is_accepted_and_one_byte_more_is_not)
{
    struct ctx c = local();
    char plain[SIGNER_PLAIN_MAX + 2], *back;
    struct bytes sealed;
    memset(plain, 'x', sizeof plain);
    plain[SIGNER_PLAIN_MAX] = '\0';
    EXPECT_EQ(field_seal(&c, "t", plain, &sealed), OK);
    EXPECT_EQ(sealed.len, SIGNER_SEALED_MAX);
    EXPECT_EQ(field_open(&c, "t", sealed, &back), OK);
    EXPECT_STR(back, plain);
    plain[SIGNER_PLAIN_MAX] = 'x';
    plain[SIGNER_PLAIN_MAX + 1] = '\0';
    EXPECT_EQ(field_seal(&c, "t", plain, &sealed), E_TOO_LONG);
    EXPECT_EQ(field_index(&c, "t", plain, &sealed), E_TOO_LONG);
    uint8_t mac[SIGNER_MAC_BYTES];
    uint8_t *in = arena_alloc(c.arena, SIGNER_IN_MAX + 1);
    EXPECT_EQ(signer_mac(&c, "t", (struct bytes){ in, SIGNER_IN_MAX }, mac), OK);
    EXPECT_EQ(signer_mac(&c, "t", (struct bytes){ in, SIGNER_IN_MAX + 1 }, mac), E_TOO_LARGE);
    done(&c);
}

static void open_list(struct ctx *c, size_t n)
{
    struct bytes sealed[100] = { 0 };
    char *plain[100], want[SIGNER_PLAIN_MAX + 1];
    for (size_t i = 0; i < n; i++) {
        memset(want, 'a', sizeof want);
        snprintf(want, sizeof want, "%0*zu", (int)(i % 2 ? SIGNER_PLAIN_MAX : 11), i);
        if (i % 7 != 3)
            EXPECT_EQ(field_seal(c, "person.phone", want, &sealed[i]), OK);
    }
    EXPECT_EQ(field_open_many(c, "person.phone", sealed, n, plain), OK);
    for (size_t i = 0; i < n; i++) {
        if (i % 7 == 3)
            EXPECT(plain[i] == NULL);
        else
            EXPECT_EQ(strtol(plain[i], NULL, 10), (long)i);
    }
    if (n > 50) {
        sealed[50].len--;
        EXPECT_EQ(field_open_many(c, "person.phone", sealed, n, plain), E_CRYPTO);
    }
}

TEST(a_list_of_any_length_opens_in_batches)
{
    struct ctx c = local();
    static const size_t lengths[] = { 0, 1, 31, 32, 33, 64, 100 };
    for (size_t i = 0; i < COUNT(lengths); i++)
        open_list(&c, lengths[i]);
    done(&c);
}

TEST(without_a_signer_every_call_says_so)
{
    struct ctx c = { .arena = arena_new(ARENA_LIMIT) };
    struct bytes out;
    EXPECT_EQ(field_seal(&c, "t", "x", &out), E_CRYPTO);
    EXPECT_STR(c.why, "no signer here");
    arena_free(c.arena);
}

static void use_everything(struct remote *r)
{
    struct ctx *c = &r->c;
    uint8_t sig[SIGNER_SIG_BYTES], key[SIGNER_KEY_BYTES], mac[SIGNER_MAC_BYTES];
    struct bytes sealed, index;
    char *plain;
    EXPECT_EQ(field_seal(c, "person.id_no", "421202199001011234", &sealed), OK);
    EXPECT_EQ(field_open(c, "person.id_no", sealed, &plain), OK);
    EXPECT_STR(plain, "421202199001011234");
    EXPECT_EQ(field_open(c, "person.phone", sealed, &plain), E_CRYPTO);
    EXPECT_EQ(field_index(c, "person.id_no", "421202199001011234", &index), OK);
    EXPECT_EQ(signer_mac(c, "receipt", text("abc"), mac), OK);
    open_list(c, 100);
    EXPECT_EQ(signer_public(c, key), OK);
    EXPECT_EQ(signer_sign(c, text("a checkpoint\n"), sig), OK);
    EXPECT_EQ(crypto_sign_verify_detached(sig, (const uint8_t *)"a checkpoint\n", 13, key), 0);
}

TEST(the_signer_process_does_what_the_local_one_does_and_ends_with_its_client)
{
    struct remote r;
    make_dir(&r);
    EXPECT_EQ(signer_key_make(&r.c, r.path), OK);
    EXPECT_EQ(signer_key_make(&r.c, r.path), E_EXISTS);
    EXPECT_EQ(signer_log_key_make(&r.c, r.path), OK);
    start(&r);
    use_everything(&r);
    struct bytes index, index_local;
    EXPECT_EQ(field_index(&r.c, "t", "the same", &index), OK);
    EXPECT_EQ(kill(r.pid, SIGTERM), 0); /* must not stop before its client */
    EXPECT_EQ(field_index(&r.c, "t", "the same", &index), OK);
    EXPECT_EQ(stop(&r), 0);
    EXPECT_EQ(signer_open(&r.c, r.path, &r.c.signer), OK);
    use_everything(&r);
    EXPECT_EQ(field_index(&r.c, "t", "the same", &index_local), OK);
    EXPECT(memcmp(index.ptr, index_local.ptr, SIGNER_INDEX_BYTES) == 0);
    signer_free(r.c.signer);
    drop_dir(&r);
}

TEST(without_a_log_key_nothing_is_signed)
{
    struct remote r;
    uint8_t sig[SIGNER_SIG_BYTES], key[SIGNER_KEY_BYTES];
    make_dir(&r);
    EXPECT_EQ(signer_key_make(&r.c, r.path), OK);
    start(&r);
    EXPECT_EQ(signer_sign(&r.c, text("x"), sig), E_UNAVAILABLE);
    EXPECT_EQ(signer_public(&r.c, key), E_UNAVAILABLE);
    EXPECT_EQ(stop(&r), 0);
    drop_dir(&r);
}

/* An allocator with a quarantine asks the kernel for memory once in so many frees: also in the
 * middle of a signer's start, which must survive it. */
TEST(a_signer_starts_whatever_its_allocator_is_about_to_do)
{
    enum { STARTS = 300, FREES = 101 };
    struct remote r;
    make_dir(&r);
    EXPECT_EQ(signer_key_make(&r.c, r.path), OK);
    for (int i = 0; i < STARTS; i++) {
        struct bytes sealed;
        for (int j = 0; j < FREES; j++)
            free(calloc(1, 40));
        start(&r);
        EXPECT_EQ(field_seal(&r.c, "t", "x", &sealed), OK);
        EXPECT_EQ(stop(&r), 0);
    }
    drop_dir(&r);
}

/* How the signer ends when it is started with the key file as it is now. */
static int start_refused(struct remote *r)
{
    struct bytes out;
    int err = dup(2), null = open("/dev/null", O_WRONLY);
    dup2(null, 2);
    start(r);
    EXPECT_EQ(field_seal(&r->c, "t", "x", &out), E_CRYPTO);
    int status = stop(r);
    dup2(err, 2);
    close(err);
    close(null);
    return status;
}

TEST(a_key_file_that_others_may_read_or_that_is_no_key_is_refused)
{
    struct remote r;
    struct signer *s;
    make_dir(&r);
    EXPECT_EQ(signer_open(&r.c, r.path, &s), E_IO);
    EXPECT_EQ(start_refused(&r), SIGNER_EXIT_KEYS);
    EXPECT_EQ(signer_key_make(&r.c, r.path), OK);
    struct stat st;
    EXPECT(stat(r.path, &st) == 0 && (st.st_mode & 0777) == 0600 && st.st_size == 32);
    static const mode_t modes[] = { 0640, 0604, 0620, 0602, 0610, 0601 };
    for (size_t i = 0; i < COUNT(modes); i++) {
        EXPECT(chmod(r.path, modes[i]) == 0);
        EXPECT_EQ(signer_open(&r.c, r.path, &s), E_IO);
    }
    EXPECT_EQ(start_refused(&r), SIGNER_EXIT_KEYS);
    EXPECT(chmod(r.path, 0600) == 0);
    EXPECT(truncate(r.path, 31) == 0);
    EXPECT_EQ(signer_open(&r.c, r.path, &s), E_IO);
    EXPECT(truncate(r.path, 32) == 0);
    EXPECT_EQ(signer_log_key_make(&r.c, r.path), OK);
    char log[128];
    snprintf(log, sizeof log, "%s-log", r.path);
    EXPECT(chmod(log, 0644) == 0);
    EXPECT_EQ(signer_open(&r.c, r.path, &s), E_IO);
    EXPECT_EQ(start_refused(&r), SIGNER_EXIT_KEYS);
    drop_dir(&r);
}

TEST(a_signer_that_died_fails_at_once_and_one_that_hangs_after_two_seconds)
{
    struct remote r;
    struct bytes out;
    struct timespec t0, t1;
    make_dir(&r);
    EXPECT_EQ(signer_key_make(&r.c, r.path), OK);
    start(&r);
    EXPECT_EQ(field_seal(&r.c, "t", "x", &out), OK);
    EXPECT_EQ(kill(r.pid, SIGSTOP), 0);
    clock_gettime(CLOCK_MONOTONIC, &t0);
    EXPECT_EQ(field_seal(&r.c, "t", "y", &out), E_CRYPTO);
    clock_gettime(CLOCK_MONOTONIC, &t1);
    EXPECT(t1.tv_sec - t0.tv_sec >= 1 && t1.tv_sec - t0.tv_sec <= 4);
    EXPECT_EQ(kill(r.pid, SIGCONT), 0); /* now the late answer arrives before the next one */
    char *plain;
    EXPECT_EQ(field_seal(&r.c, "t", "z", &out), OK);
    EXPECT_EQ(field_open(&r.c, "t", out, &plain), OK);
    EXPECT_STR(plain, "z");
    EXPECT_EQ(kill(r.pid, SIGKILL), 0);
    EXPECT_EQ(waitpid(r.pid, NULL, 0), r.pid);
    EXPECT_EQ(field_seal(&r.c, "t", "x", &out), E_CRYPTO);
    signer_free(r.c.signer);
    drop_dir(&r);
}

TEST(junk_on_the_socket_gets_an_error_and_the_signer_lives_on)
{
    struct remote r;
    int sv[2];
    make_dir(&r);
    EXPECT_EQ(signer_key_make(&r.c, r.path), OK);
    EXPECT(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sv) == 0);
    r.pid = fork();
    if (r.pid == 0) {
        close(sv[0]);
        signer_serve(sv[1], r.path);
    }
    close(sv[1]);
    for (size_t i = 1; i < 400; i++) {
        uint8_t junk[SIGNER_HEAD + 256];
        struct signer_msg answer;
        size_t n = 1 + i * 7 % sizeof junk;
        randombytes_buf(junk, sizeof junk);
        EXPECT(send(sv[0], junk, n, 0) == (ssize_t)n);
        EXPECT(recv(sv[0], &answer, sizeof answer, 0) >= SIGNER_HEAD);
        EXPECT_EQ(answer.result, SIGNER_MALFORMED);
    }
    r.c.signer = signer_remote(sv[0]);
    struct bytes out;
    EXPECT_EQ(field_seal(&r.c, "t", "x", &out), OK);
    EXPECT_EQ(stop(&r), 0);
    drop_dir(&r);
}

enum { THREADS = 8, ROUNDS = 300 };
static void *client(void *arg)
{
    struct signer *s = arg;
    struct ctx c = { .arena = arena_new(ARENA_LIMIT), .signer = s };
    for (int i = 0; i < ROUNDS; i++) {
        char *plain, want[32];
        struct bytes sealed;
        snprintf(want, sizeof want, "%lx.%d", (unsigned long)pthread_self(), i);
        if (field_seal(&c, "t", want, &sealed) || field_open(&c, "t", sealed, &plain) ||
            !str_eq(plain, want))
            abort();
        arena_reset(c.arena);
    }
    arena_free(c.arena);
    return NULL;
}

TEST(eight_threads_share_one_signer_process)
{
    struct remote r;
    pthread_t threads[THREADS];
    make_dir(&r);
    EXPECT_EQ(signer_key_make(&r.c, r.path), OK);
    start(&r);
    for (size_t i = 0; i < THREADS; i++)
        EXPECT(pthread_create(&threads[i], NULL, client, r.c.signer) == 0);
    for (size_t i = 0; i < THREADS; i++)
        EXPECT(pthread_join(threads[i], NULL) == 0);
    EXPECT_EQ(stop(&r), 0);
    drop_dir(&r);
}

TEST(every_failure_on_the_way_to_the_signer_is_an_error_and_nothing_more)
{
    struct remote r;
    make_dir(&r);
    EXPECT_EQ(signer_key_make(&r.c, r.path), OK);
    start(&r);
    FAULT_LOOP() {
        struct bytes sealed, index;
        char *plain = NULL;
        enum err e = field_seal(&r.c, "t", "text", &sealed);
        e = e ? e : field_open(&r.c, "t", sealed, &plain);
        e = e ? e : field_index(&r.c, "t", "text", &index);
        EXPECT(e == E_CRYPTO || (e == OK && str_eq(plain, "text")));
        EXPECT_EQ(e != OK, fault_hits != 0);
        fault_off();
        EXPECT_EQ(field_seal(&r.c, "t", "text", &sealed), OK); /* the channel still works */
        EXPECT_EQ(field_open(&r.c, "t", sealed, &plain), OK);
        EXPECT_STR(plain, "text");
    }
    EXPECT_EQ(stop(&r), 0);
    FAULT_LOOP() {
        char path[128];
        struct signer *s = NULL;
        snprintf(path, sizeof path, "%s-new", r.path);
        enum err e = signer_key_make(&r.c, path);
        e = e ? e : signer_open(&r.c, path, &s);
        EXPECT_EQ(e, fault_hits ? E_IO : OK);
        signer_free(s);
        unlink(path);
    }
    drop_dir(&r);
}

/* ---- the key is nowhere in the server's memory ---- */

/* How often the 32 bytes, kept inverted in `mask`, occur in this process's readable memory. */
static int occurrences(const uint8_t mask[SIGNER_KEY_BYTES])
{
    enum { PIECE = 1 << 20, MAP_MAX = 256 << 20 };
    FILE *maps = fopen("/proc/self/maps", "r");
    int mem = open("/proc/self/mem", O_RDONLY), found = 0;
    uint8_t *buf = malloc(PIECE);
    char line[512];
    EXPECT(maps && mem >= 0 && buf);
    while (fgets(line, sizeof line, maps)) {
        char *end, perm = '\0';
        unsigned long from = strtoul(line, &end, 16), to = strtoul(end + 1, &end, 16);
        perm = end[1];
        if (perm != 'r' || to - from > MAP_MAX) /* the sanitizer's shadow is larger */
            continue;
        for (unsigned long at = from; at < to; at += PIECE - SIGNER_KEY_BYTES) {
            size_t want = to - at < PIECE ? to - at : PIECE;
            ssize_t n = pread(mem, buf, want, (off_t)at);
            bool own = (uintptr_t)buf < at + want && at < (uintptr_t)buf + PIECE;
            for (ssize_t i = 0; !own && i + SIGNER_KEY_BYTES <= n; i++) {
                int j = 0;
                while (j < SIGNER_KEY_BYTES && (buf[i + j] ^ mask[j]) == 0xff)
                    j++;
                found += j == SIGNER_KEY_BYTES;
            }
        }
    }
    sodium_memzero(buf, PIECE);
    free(buf);
    fclose(maps);
    close(mem);
    return found;
}

TEST(the_master_key_is_not_in_the_servers_memory)
{
    struct remote r;
    make_dir(&r);
    EXPECT_EQ(signer_key_make(&r.c, r.path), OK);
    EXPECT_EQ(signer_log_key_make(&r.c, r.path), OK);
    start(&r);
    use_everything(&r);
    uint8_t key[SIGNER_KEY_BYTES];
    int fd = open(r.path, O_RDONLY);
    EXPECT(read(fd, key, sizeof key) == sizeof key);
    close(fd);
    for (size_t i = 0; i < sizeof key; i++)
        key[i] ^= 0xff;
    EXPECT_EQ(occurrences(key), 0);
    uint8_t *planted = malloc(sizeof key); /* the search does find what is there */
    for (size_t i = 0; i < sizeof key; i++)
        planted[i] = key[i] ^ 0xff;
    EXPECT(occurrences(key) >= 1);
    free(planted);
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/mem", (int)r.pid);
    if (geteuid() != 0) /* for root, nothing is hidden */
        EXPECT(open(path, O_RDONLY) < 0);
    EXPECT_EQ(stop(&r), 0);
    drop_dir(&r);
}
