/* SPDX-License-Identifier: Apache-2.0
 * account_model.c - accounts; see account.h. */
#include "core/day.h"
#include "crypto/random.h"
#include "crypto/signer.h"
#include "kernel/account/account.h"
#include "kernel/rule/rule.h"

enum { ONCE_CODE_DAYS = 7 };
#define ACCOUNT_COLS                                                                               \
    "id, county, person, once_until, totp_step, failed, locked_ms, closed_ms, name, password, "    \
    "once_code, phone, totp"
static const struct sql SQL_LOAD = { "SELECT " ACCOUNT_COLS " FROM account WHERE id = $1", NULL };
static const struct sql SQL_PHONE = { "SELECT " ACCOUNT_COLS " FROM account WHERE phone_index = $1",
                                      NULL };
static const struct sql SQL_ADD = {
    "INSERT INTO account (id, name, county, person, phone, phone_index, password, once_code, "
    "once_until, totp, totp_step, failed, locked_ms) VALUES ($1, $2, 0, 0, $3, $4, '', $5, $6, "
    "NULL, 0, 0, 0)",
    NULL
};
static const struct sql SQL_RESET = {
    "UPDATE account SET password = '', once_code = $2, once_until = $3, failed = 0, "
    "locked_ms = 0, totp = NULL WHERE id = $1",
    NULL
};
static const struct sql SQL_PASSWORD = {
    "UPDATE account SET password = $2, once_code = '', failed = 0, locked_ms = 0 WHERE id = $1",
    NULL
};
static const struct sql SQL_FAILED = {
    "UPDATE account SET failed = $2, locked_ms = $3 WHERE id = $1", NULL
};
static const struct sql SQL_CLOSE = { "UPDATE account SET closed_ms = $2 WHERE id = $1", NULL };
static const struct sql SQL_TOTP = { "UPDATE account SET totp = $2, totp_step = 0 WHERE id = $1",
                                     NULL };
static const struct sql SQL_STEP = { "UPDATE account SET totp_step = $2 WHERE id = $1", NULL };
static const struct sql SQL_LIST = {
    "SELECT id, locked_ms, closed_ms, name, totp IS NOT NULL FROM account "
    "WHERE name >= $1 AND name < $2 ORDER BY name, id",
    "SELECT id, locked_ms, closed_ms, name, (totp IS NOT NULL)::int::bigint FROM account "
    "WHERE name >= $1 AND name < $2 ORDER BY name, id"
};
static const struct col account_cols[] = {
    COL_INT(struct account, id),           COL_INT(struct account, county),
    COL_INT(struct account, person),       COL_INT(struct account, once_until),
    COL_INT(struct account, totp_step),    COL_INT(struct account, failed),
    COL_INT(struct account, locked_ms),    COL_INT(struct account, closed_ms),
    COL_TEXT(struct account, name),        COL_TEXT(struct account, password),
    COL_TEXT(struct account, once_code),   COL_BLOB(struct account, phone_sealed),
    COL_BLOB(struct account, totp_sealed),
};
static const struct col line_cols[] = {
    COL_INT(struct account_line, id),        COL_INT(struct account_line, locked_ms),
    COL_INT(struct account_line, closed_ms), COL_TEXT(struct account_line, name),
    COL_BOOL(struct account_line, has_totp),
};

enum err account_load(struct ctx *c, int64_t id, struct account *out)
{
    return db_row(c, &SQL_LOAD, IN(v_int(id)), COLS(account_cols), out);
}

enum err account_by_phone(struct ctx *c, const char *phone, struct account *out)
{
    struct bytes index;
    TRY(field_index(c, "account.phone", phone, &index));
    return db_row(c, &SQL_PHONE, IN(v_blob(index)), COLS(account_cols), out);
}

static const char *code_hash(struct ctx *c, int64_t id, const char *code)
{
    uint8_t h[SHA256_BYTES];
    const char *text = arena_printf(c->arena, "once %" PRId64 " %s", id, code);
    return hex(c->arena, sha256((struct bytes){ (const uint8_t *)text, strlen(text) }, h));
}

bool account_code_ok(struct ctx *c, const struct account *a, const char *code)
{
    return *a->once_code && c->now_ms < a->once_until &&
           str_eq(a->once_code, code_hash(c, a->id, code));
}

static int64_t code_until(const struct ctx *c)
{
    return c->now_ms + (int64_t)ONCE_CODE_DAYS * 86400000;
}

enum err account_add(struct ctx *c, const char *name, const char *phone, int64_t *id,
                     const char **code)
{
    struct account there;
    struct bytes sealed, index;
    struct ctx probe = *c;
    enum err e = account_by_phone(&probe, phone, &there);
    if (e == OK)
        return fail(c, E_EXISTS, "telephone number has an account");
    if (e != E_NOT_FOUND)
        return e;
    TRY(field_seal(c, "account.phone", phone, &sealed));
    TRY(field_index(c, "account.phone", phone, &index));
    *id = id_new(c);
    *code = random_code(c->arena, ONCE_CODE_LEN);
    return db_run(c, &SQL_ADD,
                  IN(v_int(*id), v_text(name), v_blob(sealed), v_blob(index),
                     v_text(code_hash(c, *id, *code)), v_int(code_until(c))));
}

enum err account_reset(struct ctx *c, int64_t id, const char **code)
{
    *code = random_code(c->arena, ONCE_CODE_LEN);
    TRY(session_end(c, id, 0));
    return db_change_one(c, &SQL_RESET,
                         IN(v_int(id), v_text(code_hash(c, id, *code)), v_int(code_until(c))));
}

enum err account_set_password(struct ctx *c, int64_t id, const char *hash)
{
    return db_change_one(c, &SQL_PASSWORD, IN(v_int(id), v_text(hash)));
}

enum err account_failed(struct ctx *c, const struct account *a)
{
    int64_t tries, minutes, failed = a->failed + 1;
    int32_t day = day_of_ms(c->now_ms);
    TRY(rule_int(c, "account.lock_tries", "", day, &tries));
    TRY(rule_int(c, "account.lock_minutes", "", day, &minutes));
    bool lock = failed >= tries;
    return db_change_one(
        c, &SQL_FAILED,
        IN(v_int(a->id), v_int(lock ? 0 : failed), v_int(lock ? c->now_ms + minutes * 60000 : 0)));
}

enum err account_passed(struct ctx *c, int64_t id)
{
    return db_change_one(c, &SQL_FAILED, IN(v_int(id), v_int(0), v_int(0)));
}

enum err account_close(struct ctx *c, int64_t id)
{
    TRY(session_end(c, id, 0));
    return db_change_one(c, &SQL_CLOSE, IN(v_int(id), v_int(c->now_ms)));
}

enum err account_set_totp(struct ctx *c, int64_t id, const char *secret)
{
    struct bytes sealed = { 0 };
    if (secret)
        TRY(field_seal(c, "account.totp", secret, &sealed));
    return db_change_one(c, &SQL_TOTP, IN(v_int(id), secret ? v_blob(sealed) : v_null()));
}

enum err account_totp_step(struct ctx *c, int64_t id, int64_t step)
{
    return db_change_one(c, &SQL_STEP, IN(v_int(id), v_int(step)));
}

enum err account_list(struct ctx *c, const char *q, struct account_line **out, size_t *n)
{
    return DB_ROWS(c, &SQL_LIST,
                   IN(v_text(q), v_text(arena_printf(c->arena, "%s\xf4\x8f\xbf\xbf", q))),
                   line_cols, ACCOUNT_LIST_MAX, out, n);
}
