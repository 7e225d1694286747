/* SPDX-License-Identifier: Apache-2.0
 * signer.h - the keys of an instance live in a process of their own, the signer. The server asks it
 * over a SOCK_SEQPACKET socket with messages of bounded size, and never holds a key: whoever reads
 * the server's memory or its database finds no key there. Personal fields (identity numbers,
 * telephone numbers) are sealed with XChaCha20-Poly1305; blind indexes find them again.
 *
 * `what` names the column ("person.id_no"): a field sealed for one column cannot be opened as
 * another. Every call may fail with E_CRYPTO: no signer, no answer within 2 s, or bytes that were
 * changed (c->why tells which). */
#pragma once
#include "core/core.h"

enum {
    SIGNER_WHAT_MAX = 39,                               /* bytes of `what` */
    SIGNER_PLAIN_MAX = 512,                             /* bytes of one field's text */
    SIGNER_SEALED_MAX = 1 + 24 + SIGNER_PLAIN_MAX + 16, /* version, nonce, text, tag */
    SIGNER_INDEX_BYTES = 16,
    SIGNER_MAC_BYTES = 32,
    SIGNER_IN_MAX = 16 * 1024, /* bytes to sign or to authenticate */
    SIGNER_KEY_BYTES = 32,
    SIGNER_SIG_BYTES = 64,
    SIGNER_BATCH_MAX = 32,  /* fields in one message */
    SIGNER_SECONDS_MAX = 2, /* how long a client waits */
    SIGNER_START_SECONDS_MAX = 20, /* the same for the first answer: its process may still start */
    SIGNER_EXIT_KEYS = 78,  /* signer_serve's exit status: key file refused */
};

struct signer;

/* Seals plain for `what`: version byte, random nonce, ciphertext, tag. out lies in the arena.
 * E_TOO_LONG: more than SIGNER_PLAIN_MAX bytes. */
enum err field_seal(struct ctx *c, const char *what, const char *plain, struct bytes *out) MUST_USE;
/* Opens what field_seal made for the same `what`. plain lies in the arena. */
enum err field_open(struct ctx *c, const char *what, struct bytes sealed, char **plain) MUST_USE;
/* Opens n fields of one column, 32 to a message. plain[i] is NULL where sealed[i] is empty (an
 * absent value). One field that cannot be opened fails the whole call. */
enum err field_open_many(struct ctx *c, const char *what, const struct bytes *sealed, size_t n,
                         char **plain) MUST_USE;
/* Blind index: 16 bytes, the same for the same `what` and plain, meaningless without the key. out
 * lies in the arena. The caller brings plain into one form first (trimmed, upper case, ...).
 * E_TOO_LONG as above. */
enum err field_index(struct ctx *c, const char *what, const char *plain,
                     struct bytes *out) MUST_USE;
/* Keyed BLAKE2b-256 of `in` with a key of its own for every `what` (receipts, query codes, session
 * secrets). E_TOO_LARGE: more than SIGNER_IN_MAX bytes; hash first. */
enum err signer_mac(struct ctx *c, const char *what, struct bytes in,
                    uint8_t out[SIGNER_MAC_BYTES]) MUST_USE;
/* Ed25519 signature over `in` with the log key. E_UNAVAILABLE: this instance has no log key;
 * E_TOO_LARGE as above. */
enum err signer_sign(struct ctx *c, struct bytes in, uint8_t sig[SIGNER_SIG_BYTES]) MUST_USE;
/* The log's Ed25519 public key. E_UNAVAILABLE: no log key. */
enum err signer_public(struct ctx *c, uint8_t key[SIGNER_KEY_BYTES]) MUST_USE;

/* Makes a new master key in a new file (0600, synced). Lost key file = lost fields: keep a copy
 * apart from the database's backup. E_EXISTS: the file is there already; E_IO. */
enum err signer_key_make(struct ctx *c, const char *key_path) MUST_USE;
/* Makes a new log key in the file key_path + "-log" (0600, the 32-byte Ed25519 seed). */
enum err signer_log_key_make(struct ctx *c, const char *key_path) MUST_USE;

/* The same interface without a second process, for command-line tools and tests. The key is copied
 * into guarded memory; wipe yours. */
struct signer *signer_local(const uint8_t master[SIGNER_KEY_BYTES]) MUST_USE;
/* signer_local from the key file (and the log key file, when there is one). E_IO: missing, not 32
 * bytes, somebody else's, or readable by group or others. */
enum err signer_open(struct ctx *c, const char *key_path, struct signer **out) MUST_USE;
/* The client of a signer process at the other end of fd, which it owns from now on. Any number of
 * threads may share it. */
struct signer *signer_remote(int fd) MUST_USE;
/* Wipes, closes, frees. NULL is fine. */
void signer_free(struct signer *s);

/* The signer process: reads the key file(s), gives up core dumps and all system calls but the few
 * it needs, answers until the other end of fd closes, then exits with 0. Exits with
 * SIGNER_EXIT_KEYS and one line on stderr when a key file is refused. Closes every other
 * descriptor above 2. */
_Noreturn void signer_serve(int fd, const char *key_path);
