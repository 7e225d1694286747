/* SPDX-License-Identifier: Apache-2.0
 * digest.c - see digest.h. openssl/evp.h comes before banned.h (Makefile): its parameters are named
 * like a banned call. */
#include "crypto/digest.h"
#include "crypto/random.h"
#include <errno.h>
#include <openssl/evp.h>
#include <sodium.h>

struct digest {
    EVP_MD_CTX *evp;
};

struct digest *digest_new(enum digest_kind kind)
{
    struct digest *d = calloc(1, sizeof *d);
    CHECK(d != NULL);
    d->evp = EVP_MD_CTX_new();
    CHECK(d->evp != NULL);
    CHECK(EVP_DigestInit_ex(d->evp, kind == DIGEST_SM3 ? EVP_sm3() : EVP_sha256(), NULL) == 1);
    return d;
}

void digest_add(struct digest *d, const void *bytes, size_t n)
{
    CHECK(EVP_DigestUpdate(d->evp, bytes, n) == 1);
}

void digest_done(struct digest *d, uint8_t out[DIGEST_BYTES])
{
    unsigned n = 0;
    CHECK(EVP_DigestFinal_ex(d->evp, out, &n) == 1 && n == DIGEST_BYTES);
    EVP_MD_CTX_free(d->evp);
    free(d);
}

char *digest_hex(struct arena *a, enum digest_kind kind, struct bytes in)
{
    uint8_t out[DIGEST_BYTES];
    struct digest *d = digest_new(kind);
    digest_add(d, in.ptr, in.len);
    digest_done(d, out);
    return hex(a, (struct bytes){ out, sizeof out });
}

enum err digest_file(struct ctx *c, enum digest_kind kind, const char *path, char **hex_out,
                     int64_t *size)
{
    uint8_t piece[16 * 1024], out[DIGEST_BYTES];
    FILE *f = fopen(path, "rb");
    if (!f)
        return fail(c, E_IO, "cannot open %s: %s", path, strerrordesc_np(errno));
    struct digest *d = digest_new(kind);
    *size = 0;
    for (size_t n; (n = fread(piece, 1, sizeof piece, f)) > 0; *size += (int64_t)n)
        digest_add(d, piece, n);
    bool bad = ferror(f) != 0;
    fclose(f);
    digest_done(d, out);
    *hex_out = hex(c->arena, (struct bytes){ out, sizeof out });
    return bad ? fail(c, E_IO, "cannot read %s", path) : OK;
}

void hmac_sha256(struct bytes key, struct bytes in, uint8_t out[DIGEST_BYTES])
{
    crypto_auth_hmacsha256_state s;
    CHECK(crypto_auth_hmacsha256_init(&s, key.ptr, key.len) == 0);
    CHECK(crypto_auth_hmacsha256_update(&s, in.ptr, in.len) == 0);
    CHECK(crypto_auth_hmacsha256_final(&s, out) == 0);
    sodium_memzero(&s, sizeof s);
}

bool digest_is_hex(const char *s)
{
    return strlen(s) == DIGEST_HEX && strspn(s, "0123456789abcdef") == DIGEST_HEX;
}
