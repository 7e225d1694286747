/* SPDX-License-Identifier: Apache-2.0
 * signer_msg.h - what goes over the signer's socket; for src/crypto/signer*.c only. Question and
 * answer have one shape: a head, and the fields one after the other. Both ends run the same build,
 * so there is no version here. */
#pragma once
#include "crypto/signer.h"

enum signer_kind {
    SIGNER_SEAL,
    SIGNER_OPEN,
    SIGNER_INDEX,
    SIGNER_MAC,
    SIGNER_SIGN,
    SIGNER_PUBLIC,
    SIGNER_KINDS
};
enum signer_result { SIGNER_DONE, SIGNER_MALFORMED, SIGNER_NOT_AUTHENTIC, SIGNER_NO_LOG_KEY };

enum { SIGNER_DATA_MAX = SIGNER_BATCH_MAX * SIGNER_SEALED_MAX };
struct signer_msg {
    uint32_t id; /* the answer repeats it */
    uint16_t kind;
    uint16_t n; /* fields */
    uint32_t result;
    char what[SIGNER_WHAT_MAX + 1];
    uint16_t len[SIGNER_BATCH_MAX]; /* of each field */
    uint8_t data[SIGNER_DATA_MAX];
};
enum { SIGNER_HEAD = offsetof(struct signer_msg, data) };
_Static_assert((int)SIGNER_IN_MAX <= (int)SIGNER_DATA_MAX, "a text to sign fits into one message");

struct signer_keys;
/* Subkeys of master in guarded memory. */
struct signer_keys *signer_keys_new(const uint8_t master[SIGNER_KEY_BYTES]);
/* Reads key_path and, when it exists, key_path-log. E_IO as signer_open. */
enum err signer_keys_load(struct ctx *c, const char *key_path, struct signer_keys **out) MUST_USE;
void signer_keys_free(struct signer_keys *k);

/* Bytes of m in use; 0 when head and lengths do not fit together or `size` says otherwise. */
size_t signer_msg_size(const struct signer_msg *m);
/* Whether `size` received bytes are a whole message. */
bool signer_msg_ok(const struct signer_msg *m, size_t size);
/* Answers ask into answer. Touches nothing else: any thread may call it with keys in common. */
void signer_handle(const struct signer_keys *k, const struct signer_msg *ask,
                   struct signer_msg *answer);
