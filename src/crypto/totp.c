/* SPDX-License-Identifier: Apache-2.0
 * totp.c - see totp.h. */
#include "crypto/totp.h"
#include "crypto/random.h"
#include <liboath/oath.h>
#include <sodium.h>

void totp_secret_new(char out[TOTP_SECRET_TEXT])
{
    static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    uint8_t r[TOTP_SECRET_TEXT - 1]; /* 32 characters of 5 bits: 160 bits, as 20 bytes hold */
    _Static_assert((TOTP_SECRET_TEXT - 1) * 5 == TOTP_SECRET_BYTES * 8, "no padding");
    random_bytes(r, sizeof r);
    for (size_t i = 0; i < sizeof r; i++)
        out[i] = base32[r[i] & 31];
    out[sizeof r] = '\0';
    sodium_memzero(r, sizeof r);
}

static bool code_is(const char *key, size_t n, int64_t step, const char *code)
{
    char want[TOTP_DIGITS + 1];
    time_t at = (time_t)(step * TOTP_STEP_SECONDS);
    if (oath_totp_generate(key, n, at, TOTP_STEP_SECONDS, 0, TOTP_DIGITS, want) != OATH_OK)
        return false;
    return sodium_memcmp(want, code, TOTP_DIGITS) == 0;
}

bool totp_ok(const char *secret, const char *code, int64_t now_s, int64_t *last_step)
{
    char *key = NULL;
    size_t n = 0;
    if (strlen(code) != TOTP_DIGITS || strspn(code, "0123456789") != TOTP_DIGITS || now_s < 0)
        return false;
    if (oath_init() != OATH_OK || oath_base32_decode(secret, strlen(secret), &key, &n) != OATH_OK)
        return false;
    int64_t now = now_s / TOTP_STEP_SECONDS, found = 0;
    for (int64_t step = now > 0 ? now - 1 : 0; step <= now + 1; step++)
        if (step > *last_step && found == 0 && code_is(key, n, step, code))
            found = step;
    sodium_memzero(key, n);
    free(key);
    if (found)
        *last_step = found;
    return found != 0;
}

/* Everything but the unreserved characters of RFC 3986 becomes %XX. */
static char *percent(struct arena *a, const char *s)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    size_t n = strlen(s);
    char *out = arena_alloc(a, n * 3 + 1), *o = out;
    for (size_t i = 0; i < n; i++) {
        if (strchr(plain, s[i]))
            *o++ = s[i];
        else
            o += snprintf(o, 4, "%%%02X", (unsigned)(uint8_t)s[i]);
    }
    return out;
}

char *totp_uri(struct arena *a, const char *secret, const char *account)
{
    const char *issuer = percent(a, "乡约");
    return arena_printf(a, "otpauth://totp/%s:%s?secret=%s&issuer=%s", issuer, percent(a, account),
                        secret, issuer);
}
