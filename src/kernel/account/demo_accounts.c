/* SPDX-License-Identifier: Apache-2.0
 * demo_accounts.c - see demo_accounts.h. */
#include "kernel/account/demo_accounts.h"
#include "crypto/signer.h"
#include "store/setting.h"
#include <liboath/oath.h>

enum { DEMO_ACCOUNTS_MAX = 40 };

enum err demo_accounts(struct ctx *c, const struct demo_account **out, size_t *n)
{
    const char *text;
    TRY(setting_get(c, "demo.accounts", "", &text));
    struct demo_account *all = ARENA_ARRAY(c->arena, struct demo_account, DEMO_ACCOUNTS_MAX);
    char *rest = arena_copy(c->arena, text), *line;
    *n = 0;
    while ((line = strsep(&rest, "\n")) && *n < DEMO_ACCOUNTS_MAX) {
        struct demo_account *a = &all[*n];
        const char **cells[] = { &a->post, &a->place, &a->phone, &a->password, &a->name };
        size_t i = 0;
        for (; i < COUNT(cells) && line; i++)
            *cells[i] = strsep(&line, "\t");
        *n += i == COUNT(cells);
    }
    *out = all;
    return OK;
}

enum err demo_accounts_save(struct ctx *c, const struct demo_account *all, size_t n)
{
    const char *text = "";
    for (size_t i = 0; i < n; i++)
        text = arena_printf(c->arena, "%s%s\t%s\t%s\t%s\t%s\n", text, all[i].post, all[i].place,
                            all[i].phone, all[i].password, all[i].name);
    return setting_set(c, "demo.accounts", text);
}

enum err demo_code(struct ctx *c, const struct account *a, const char **code)
{
    char *secret, *raw = NULL, digits[7] = "";
    size_t n = 0;
    TRY(field_open(c, "account.totp", a->totp_sealed, &secret));
    if (oath_base32_decode(secret, strlen(secret), &raw, &n) == OATH_OK)
        oath_totp_generate(raw, n, c->now_ms / 1000, 30, 0, 6, digits);
    free(raw);
    *code = arena_copy(c->arena, digits);
    return OK;
}
