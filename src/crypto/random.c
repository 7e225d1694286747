/* SPDX-License-Identifier: Apache-2.0
 * random.c - see random.h. */
#include "crypto/random.h"
#include <openssl/sha.h> /* not evp.h, which has parameters named like a banned call */
#include <sodium.h>

void random_bytes(void *out, size_t n)
{
    CHECK(sodium_init() >= 0);
    randombytes_buf(out, n);
}

char *random_code(struct arena *a, size_t n)
{
    static const char alphabet[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    _Static_assert(sizeof alphabet == 32 + 1, "five bits, every character equally likely");
    uint8_t r[RANDOM_CODE_MAX];
    CHECK(n > 0 && n <= sizeof r);
    random_bytes(r, n);
    char *code = arena_alloc(a, n + 1);
    for (size_t i = 0; i < n; i++)
        code[i] = alphabet[r[i] & 31];
    return code;
}

struct bytes sha256(struct bytes in, uint8_t out[SHA256_BYTES])
{
    CHECK(SHA256(in.ptr, in.len, out) == out);
    return (struct bytes){ out, SHA256_BYTES };
}

char *hex(struct arena *a, struct bytes in)
{
    char *out = arena_alloc(a, in.len * 2 + 1);
    return in.len ? sodium_bin2hex(out, in.len * 2 + 1, in.ptr, in.len) : out;
}
