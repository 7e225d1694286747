/* SPDX-License-Identifier: Apache-2.0
 * signer_local.c - keys and what is done with them. One subkey for each use; below it, one for each
 * `what`, so that equal values in two columns have different indexes. */
#include "core/fault.h"
#include "crypto/signer_msg.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SEALED_VERSION = 1, NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES };
enum { TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES };
_Static_assert(1 + NONCE + SIGNER_PLAIN_MAX + TAG == SIGNER_SEALED_MAX, "sealed form");

enum subkey { SUBKEY_FIELD = 1, SUBKEY_INDEX, SUBKEY_MAC };

struct signer_keys {
    uint8_t field[32], index[32], mac[32];
    uint8_t log_secret[crypto_sign_SECRETKEYBYTES], log_public[crypto_sign_PUBLICKEYBYTES];
    bool has_log;
};

struct signer_keys *signer_keys_new(const uint8_t master[SIGNER_KEY_BYTES])
{
    CHECK(sodium_init() >= 0);
    struct signer_keys *k = sodium_malloc(sizeof *k);
    CHECK(k);
    memset(k, 0, sizeof *k);
    crypto_kdf_derive_from_key(k->field, sizeof k->field, SUBKEY_FIELD, "xiangyue", master);
    crypto_kdf_derive_from_key(k->index, sizeof k->index, SUBKEY_INDEX, "xiangyue", master);
    crypto_kdf_derive_from_key(k->mac, sizeof k->mac, SUBKEY_MAC, "xiangyue", master);
    return k;
}

void signer_keys_free(struct signer_keys *k)
{
    sodium_free(k); /* wipes */
}

/* ---- key files ---- */

/* *absent tells a missing file from a refused one. */
static enum err key_read(struct ctx *c, const char *path, uint8_t out[SIGNER_KEY_BYTES],
                         bool *absent)
{
    struct stat st;
    int fd = FAULT("key_open") ? (errno = EIO, -1) : open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    *absent = fd < 0 && errno == ENOENT;
    if (fd < 0)
        return fail(c, E_IO, "key file %s: %s", path, strerrordesc_np(errno));
    enum err e = OK;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size != SIGNER_KEY_BYTES)
        e = fail(c, E_IO, "key file %s is not a file of %d bytes", path, SIGNER_KEY_BYTES);
    else if (st.st_mode & 077)
        e = fail(c, E_IO, "key file %s may be used by others: chmod 600", path);
    else if (st.st_uid != geteuid() && st.st_uid != 0)
        e = fail(c, E_IO, "key file %s belongs to somebody else", path);
    else if (FAULT("key_read") || read(fd, out, SIGNER_KEY_BYTES) != SIGNER_KEY_BYTES)
        e = fail(c, E_IO, "key file %s cannot be read", path);
    close(fd);
    return e;
}

static enum err log_path(struct ctx *c, const char *key_path, char out[PATH_MAX])
{
    int n = snprintf(out, PATH_MAX, "%s-log", key_path);
    return n > 0 && n < PATH_MAX ? OK : fail(c, E_IO, "path of the key file is too long");
}

enum err signer_keys_load(struct ctx *c, const char *key_path, struct signer_keys **out)
{
    char path[PATH_MAX];
    uint8_t key[SIGNER_KEY_BYTES];
    bool absent;
    CHECK(sodium_init() >= 0);
    TRY(log_path(c, key_path, path));
    TRY(key_read(c, key_path, key, &absent));
    struct signer_keys *k = signer_keys_new(key);
    sodium_memzero(key, sizeof key);
    struct ctx quiet = { 0 }; /* an absent log key is no failure */
    enum err e = key_read(&quiet, path, key, &absent);
    if (e == OK) {
        crypto_sign_seed_keypair(k->log_public, k->log_secret, key);
        k->has_log = true;
        sodium_memzero(key, sizeof key);
    } else if (!absent) {
        signer_keys_free(k);
        return fail(c, e, "%s", quiet.why);
    }
    sodium_mprotect_readonly(k);
    *out = k;
    return OK;
}

/* The name of a new file is safe on disk only when its directory is synced too. */
static bool sync_parent(const char *path)
{
    const char *slash = strrchr(path, '/');
    char dir[PATH_MAX];
    int n =
        snprintf(dir, sizeof dir, "%.*s", slash ? (int)(slash - path + 1) : 1, slash ? path : ".");
    int fd = n < PATH_MAX ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return ok;
}

static enum err key_make(struct ctx *c, const char *path)
{
    uint8_t key[SIGNER_KEY_BYTES];
    CHECK(sodium_init() >= 0);
    int fd = FAULT("key_make") ? (errno = EIO, -1)
                               : open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(c, errno == EEXIST ? E_EXISTS : E_IO, "key file %s: %s", path,
                    strerrordesc_np(errno));
    crypto_kdf_keygen(key);
    bool ok = !FAULT("key_write") && write(fd, key, sizeof key) == sizeof key && fsync(fd) == 0;
    sodium_memzero(key, sizeof key);
    ok = close(fd) == 0 && ok && sync_parent(path);
    if (ok)
        return OK;
    unlink(path);
    return fail(c, E_IO, "key file %s could not be written", path);
}

enum err signer_key_make(struct ctx *c, const char *key_path)
{
    return key_make(c, key_path);
}

enum err signer_log_key_make(struct ctx *c, const char *key_path)
{
    char path[PATH_MAX];
    TRY(log_path(c, key_path, path));
    return key_make(c, path);
}

/* ---- messages ---- */

size_t signer_msg_size(const struct signer_msg *m)
{
    size_t size = 0;
    if (m->n > SIGNER_BATCH_MAX)
        return 0;
    for (size_t i = 0; i < m->n; i++)
        size += m->len[i];
    return size > SIGNER_DATA_MAX ? 0 : SIGNER_HEAD + size;
}

bool signer_msg_ok(const struct signer_msg *m, size_t size)
{
    return size >= SIGNER_HEAD && signer_msg_size(m) == size && m->kind < SIGNER_KINDS &&
           m->what[SIGNER_WHAT_MAX] == '\0';
}

static void keyed(const uint8_t key[32], const char *what, struct bytes in, uint8_t *out, size_t n)
{
    uint8_t sub[32];
    crypto_generichash(sub, sizeof sub, (const uint8_t *)what, strlen(what), key, 32);
    crypto_generichash(out, n, in.ptr, in.len, sub, sizeof sub);
    sodium_memzero(sub, sizeof sub);
}

static enum signer_result seal(const struct signer_keys *k, const char *what, struct bytes in,
                               uint8_t *out, size_t *n)
{
    if (in.len > SIGNER_PLAIN_MAX)
        return SIGNER_MALFORMED;
    unsigned long long len;
    out[0] = SEALED_VERSION;
    randombytes_buf(out + 1, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + 1 + NONCE, &len, in.ptr, in.len,
                                               (const uint8_t *)what, strlen(what), NULL, out + 1,
                                               k->field);
    *n = 1 + NONCE + (size_t)len;
    return SIGNER_DONE;
}

static enum signer_result open_sealed(const struct signer_keys *k, const char *what,
                                      struct bytes in, uint8_t *out, size_t *n)
{
    if (in.len < 1 + NONCE + TAG || in.len > SIGNER_SEALED_MAX || in.ptr[0] != SEALED_VERSION)
        return SIGNER_NOT_AUTHENTIC;
    unsigned long long len = 0;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, &len, NULL, in.ptr + 1 + NONCE,
                                                   in.len - 1 - NONCE, (const uint8_t *)what,
                                                   strlen(what), in.ptr + 1, k->field) != 0)
        return SIGNER_NOT_AUTHENTIC;
    *n = (size_t)len;
    return SIGNER_DONE;
}

/* One field; out has room for the longest answer (SIGNER_SEALED_MAX). */
static enum signer_result handle_field(const struct signer_keys *k, const struct signer_msg *ask,
                                       struct bytes in, uint8_t *out, size_t *n)
{
    switch ((enum signer_kind)ask->kind) {
    case SIGNER_SEAL:
        return seal(k, ask->what, in, out, n);
    case SIGNER_OPEN:
        return open_sealed(k, ask->what, in, out, n);
    case SIGNER_INDEX:
        *n = SIGNER_INDEX_BYTES;
        keyed(k->index, ask->what, in, out, *n);
        return SIGNER_DONE;
    case SIGNER_MAC:
        *n = SIGNER_MAC_BYTES;
        keyed(k->mac, ask->what, in, out, *n);
        return SIGNER_DONE;
    case SIGNER_SIGN:
        if (!k->has_log)
            return SIGNER_NO_LOG_KEY;
        *n = SIGNER_SIG_BYTES;
        crypto_sign_detached(out, NULL, in.ptr, in.len, k->log_secret);
        return SIGNER_DONE;
    case SIGNER_PUBLIC:
        if (!k->has_log)
            return SIGNER_NO_LOG_KEY;
        *n = SIGNER_KEY_BYTES;
        memcpy(out, k->log_public, *n);
        return SIGNER_DONE;
    case SIGNER_KINDS:
        break;
    }
    return SIGNER_MALFORMED;
}

void signer_handle(const struct signer_keys *k, const struct signer_msg *ask,
                   struct signer_msg *answer)
{
    memset(answer, 0, SIGNER_HEAD);
    answer->id = ask->id;
    answer->kind = ask->kind;
    const uint8_t *from = ask->data;
    uint8_t *to = answer->data;
    for (size_t i = 0; i < ask->n; i++) {
        size_t n = 0;
        struct bytes in = { from, ask->len[i] };
        answer->result = handle_field(k, ask, in, to, &n);
        if (answer->result != SIGNER_DONE) {
            answer->n = 0;
            return;
        }
        answer->len[i] = (uint16_t)n;
        answer->n = (uint16_t)(i + 1);
        from += ask->len[i];
        to += n;
    }
}
