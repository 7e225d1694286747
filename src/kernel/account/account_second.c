/* SPDX-License-Identifier: Apache-2.0
 * account_second.c - showing the second factor, once a session or anew before a decision; see
 * account.h. */
#include "core/day.h"
#include "crypto/signer.h"
#include "crypto/totp.h"
#include "kernel/account/account.h"
#include "kernel/rule/rule.h"

enum { MINUTE_MS = 60000 };

enum err account_prove(struct ctx *c, struct req *r, const struct account *a, const char *code,
                       bool *ok)
{
    char *secret;
    int64_t step = a->totp_step;
    *ok = false;
    if (a->locked_ms > c->now_ms)
        return fail(c, E_LOCKED, "account is locked");
    TRY(field_open(c, "account.totp", a->totp_sealed, &secret));
    if (!totp_ok(secret, code, c->now_ms / 1000, &step)) {
        r->refuse = E_CODE;
        return account_failed(c, a);
    }
    *ok = true;
    TRY(account_totp_step(c, a->id, step));
    TRY(session_second(c, r->session->id, a->id));
    req_drop_sessions(r, a->id);
    return OK;
}

enum err account_recent(struct ctx *c, struct req *r)
{
    struct account a;
    int64_t minutes;
    bool ok;
    const char *code = form_text(r->form, "second");
    if (r->session->client)
        return OK;
    TRY(account_load(c, c->account_id, &a));
    if (!a.totp_sealed.len)
        return OK;
    TRY(rule_int(c, "account.second_minutes", r->session->home, day_of_ms(c->now_ms), &minutes));
    if (c->now_ms - r->session->second_ms <= minutes * MINUTE_MS)
        return OK;
    return *code ? account_prove(c, r, &a, code, &ok)
                 : fail(c, E_SECOND_FACTOR, "the second factor was shown too long ago");
}
