/* SPDX-License-Identifier: Apache-2.0
 * password.h - passwords are kept as Argon2id hashes (2 passes over 19 MiB: the OWASP minimum,
 * about 24 ms of one core). Slow on purpose: call from a worker, never from a polling thread. */
#pragma once
#include "core/core.h"

enum {
    PASSWORD_CHARS_MIN = 10,
    PASSWORD_BYTES_MAX = 256, /* longer ones are refused: nobody types them */
    PASSWORD_HASH_MAX = 128,  /* bytes of a hash with its NUL */
};

/* Hash with a random salt, as "$argon2id$v=19$m=19456,t=2,p=1$...". E_TOO_LONG: more than
 * PASSWORD_BYTES_MAX bytes; E_CRYPTO: no memory. */
enum err password_hash(const char *password, char out[PASSWORD_HASH_MAX]) MUST_USE;
/* Whether password belongs to hash. hash NULL (no such account) takes as long and is false, so
 * that the time of an answer does not tell who has an account. */
bool password_ok(const char *hash, const char *password) MUST_USE;
/* E_PASSWORD_WEAK: fewer than 10 characters, a single pattern repeated, a run up or down the
 * keyboard's digits or the alphabet, the telephone number with little else, a birthday, or made of
 * the commonest passwords. E_TOO_LONG as above. phone may be NULL. */
enum err password_check_strength(const char *password, const char *phone) MUST_USE;
