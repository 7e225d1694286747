/* SPDX-License-Identifier: Apache-2.0
 * digest.h - hashes of what does not fit into memory, SM3 (GB/T 32905) beside SHA-256, and
 * HMAC-SHA-256 (RFC 2104) for those who share a secret with us. */
#pragma once
#include "core/core.h"

enum { DIGEST_BYTES = 32, DIGEST_HEX = 64 };
enum digest_kind { DIGEST_SHA256, DIGEST_SM3 };
struct digest;
/* Begins; ended by digest_done, which frees it. Cannot fail. */
struct digest *digest_new(enum digest_kind kind) MUST_USE;
/* Adds n bytes. */
void digest_add(struct digest *d, const void *bytes, size_t n);
/* The hash of all that was added. */
void digest_done(struct digest *d, uint8_t out[DIGEST_BYTES]);
/* All at once, as 64 lower-case hexadecimal digits in the arena. */
char *digest_hex(struct arena *a, enum digest_kind kind, struct bytes in) MUST_USE;
/* A whole file's hash in hexadecimal, in the arena, and its size. E_IO. */
enum err digest_file(struct ctx *c, enum digest_kind kind, const char *path, char **hex_out,
                     int64_t *size) MUST_USE;
/* HMAC-SHA-256 of in under key. */
void hmac_sha256(struct bytes key, struct bytes in, uint8_t out[DIGEST_BYTES]);
/* Whether s is 64 lower-case hexadecimal digits. */
bool digest_is_hex(const char *s);
