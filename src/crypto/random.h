/* SPDX-License-Identifier: Apache-2.0
 * random.h - random bytes, codes for paper, SHA-256, hexadecimal: small things every slice needs.
 */
#pragma once
#include "core/core.h"

enum { SHA256_BYTES = 32, RANDOM_CODE_MAX = 64 };

/* n bytes from the kernel's generator. Cannot fail. */
void random_bytes(void *out, size_t n);
/* n (1 to 64) characters of a random code in the arena, 5 bits each: digits and capitals without
 * 0, 1, I and O, so that it can be read from paper and over the telephone. */
char *random_code(struct arena *a, size_t n) MUST_USE;
/* SHA-256 of in, written to out and returned as bytes that point there. */
struct bytes sha256(struct bytes in, uint8_t out[SHA256_BYTES]);
/* Base64 with padding (RFC 4648, section 4) of in, in the arena. */
char *base64(struct arena *a, struct bytes in) MUST_USE;
/* The bytes of s, in the arena; len 0 when s is not base64 of whole groups without padding. */
struct bytes base64_read(struct arena *a, const char *s) MUST_USE;
/* Lower-case hexadecimal of in, in the arena. */
char *hex(struct arena *a, struct bytes in) MUST_USE;
