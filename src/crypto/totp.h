/* SPDX-License-Identifier: Apache-2.0
 * totp.h - the second factor: six-digit codes of RFC 6238 (SHA-1, 30 s steps), as every
 * authenticator application makes them. The secret is kept sealed (signer.h). */
#pragma once
#include "core/core.h"

enum { TOTP_SECRET_BYTES = 20, TOTP_SECRET_TEXT = 33, TOTP_STEP_SECONDS = 30, TOTP_DIGITS = 6 };

/* A new secret: 20 random bytes as 32 base32 characters and a NUL. */
void totp_secret_new(char out[TOTP_SECRET_TEXT]);
/* Whether code is that of now_s (seconds since 1970, UTC), one step before or one after, and its
 * step is later than *last_step (0 at first): a code counts once. Sets *last_step when it is; the
 * caller stores it in the same transaction. */
bool totp_ok(const char *secret, const char *code, int64_t now_s, int64_t *last_step) MUST_USE;
/* otpauth:// address for a QR code, in the arena; account is what the application shows. */
char *totp_uri(struct arena *a, const char *secret, const char *account) MUST_USE;
