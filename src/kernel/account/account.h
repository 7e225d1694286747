/* SPDX-License-Identifier: Apache-2.0
 * account.h - accounts of those who work: telephone and password, one-time code for the first time,
 * second factor, lockout, sessions. There is no default password anywhere. */
#pragma once
#include "store/db.h"
#include "web/route.h"

enum { ACCOUNT_SESSIONS_MAX = 50, ONCE_CODE_LEN = 10, ACCOUNT_LIST_MAX = 200 };
struct account {
    int64_t id, county, person, once_until, totp_step, failed, locked_ms, closed_ms;
    const char *name, *password, *once_code;
    struct bytes phone_sealed, totp_sealed;
};
/* By its id; E_NOT_FOUND. */
enum err account_load(struct ctx *c, int64_t id, struct account *out) MUST_USE;
/* By telephone number. E_NOT_FOUND. */
enum err account_by_phone(struct ctx *c, const char *phone, struct account *out) MUST_USE;
/* Adds an account without a password; *code is what its owner types the first time (shown once).
 * E_EXISTS when the number has an account. */
enum err account_add(struct ctx *c, const char *name, const char *phone, int64_t *id,
                     const char **code) MUST_USE;
/* A new one-time code for an account that lost its password; ends its sessions. */
enum err account_reset(struct ctx *c, int64_t id, const char **code) MUST_USE;
/* hash comes from password_hash(). */
enum err account_set_password(struct ctx *c, int64_t id, const char *hash) MUST_USE;
/* Counts a failure; locks after account.lock_tries for account.lock_minutes. */
enum err account_failed(struct ctx *c, const struct account *a) MUST_USE;
enum err account_passed(struct ctx *c, int64_t id) MUST_USE;
enum err account_close(struct ctx *c, int64_t id) MUST_USE;
/* secret NULL removes the second factor. */
enum err account_set_totp(struct ctx *c, int64_t id, const char *secret) MUST_USE;
enum err account_totp_step(struct ctx *c, int64_t id, int64_t step) MUST_USE;
/* Shows the second factor of *a in this session: *ok tells whether the code was right. A wrong one
 * is counted and refused by r->refuse (E_CODE). E_LOCKED. */
enum err account_prove(struct ctx *c, struct req *r, const struct account *a, const char *code,
                       bool *ok) MUST_USE;
/* The gate's hook for steps that decide: an account that has a second factor must have shown it
 * within account.second_minutes; its code may come with the form. E_SECOND_FACTOR asks for it.
 * Accounts without one (and programs, which decide nothing) pass. */
enum err account_recent(struct ctx *c, struct req *r) MUST_USE;
bool account_code_ok(struct ctx *c, const struct account *a, const char *code);
struct account_line {
    int64_t id, locked_ms, closed_ms;
    const char *name;
    bool has_totp;
};
/* Names by prefix; for the security administrator. */
enum err account_list(struct ctx *c, const char *q, struct account_line **out, size_t *n) MUST_USE;

/* ---- sessions ---- */
struct session_row {
    int64_t id, created_ms, seen_ms;
    const char *device;
};
/* Starts one; token goes into the cookie. second: the second factor was shown. */
enum err session_start(struct ctx *c, int64_t account, const char *device, bool second,
                       char token[44]) MUST_USE;
/* The gate's hooks. Idle and age limits are rules: account.idle_minutes_staff, session_hours. */
enum err session_load(struct ctx *c, const uint8_t hash[32], struct session *out) MUST_USE;
enum err session_seen(struct ctx *c, const struct session *s) MUST_USE;
enum err session_second(struct ctx *c, int64_t id, int64_t account) MUST_USE;
enum err session_list(struct ctx *c, int64_t account, struct session_row **out, size_t *n) MUST_USE;
/* Ends one session of the account, or all (id 0). */
enum err session_end(struct ctx *c, int64_t account, int64_t id) MUST_USE;
/* "Chrome · Android" from a User-Agent header. */
const char *session_device(const char *user_agent);
