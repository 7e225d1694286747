/* SPDX-License-Identifier: Apache-2.0
 * random.c - see random.h. openssl/evp.h comes before banned.h (Makefile). */
#include "crypto/random.h"
#include <openssl/evp.h>
#include <pthread.h>
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

/* Looked up once: SHA256() and EVP_sha256() search the providers each time, which takes longer than
 * hashing a token. */
static EVP_MD *sha256_md;
static void find_sha256(void)
{
    sha256_md = EVP_MD_fetch(NULL, "SHA256", NULL);
    CHECK(sha256_md != NULL);
}

struct bytes sha256(struct bytes in, uint8_t out[SHA256_BYTES])
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    CHECK(pthread_once(&once, find_sha256) == 0);
    CHECK(EVP_Digest(in.ptr, in.len, out, NULL, sha256_md, NULL) == 1);
    return (struct bytes){ out, SHA256_BYTES };
}

char *hex(struct arena *a, struct bytes in)
{
    char *out = arena_alloc(a, in.len * 2 + 1);
    return in.len ? sodium_bin2hex(out, in.len * 2 + 1, in.ptr, in.len) : out;
}

char *base64(struct arena *a, struct bytes in)
{
    unsigned char *out = arena_alloc(a, in.len / 3 * 4 + 5);
    EVP_EncodeBlock(out, in.ptr, (int)in.len);
    return (char *)out;
}

struct bytes base64_read(struct arena *a, const char *s)
{
    size_t n = strlen(s);
    uint8_t *out = arena_alloc(a, n / 4 * 3 + 1);
    int got =
        n % 4 == 0 && !strchr(s, '=') ? EVP_DecodeBlock(out, (const unsigned char *)s, (int)n) : -1;
    return (struct bytes){ out, got < 0 ? 0 : (size_t)got };
}
