/* SPDX-License-Identifier: Apache-2.0
 * client_rules.c - what a program may be allowed: to see, to write down, to hand in. Deciding,
 * leading, rating, rules, places and administration stay with persons who answer for them. */
#include "kernel/client/client.h"

#define SCOPES(X)                                                                                  \
    X(PERSON_READ)                                                                                 \
    X(PERSON_WRITE)                                                                                \
    X(ERRAND_READ)                                                                                 \
    X(ERRAND_TAKE)                                                                                 \
    X(ERRAND_WINDOW)                                                                               \
    X(VISIT)                                                                                       \
    X(CARE_WRITE)                                                                                  \
    X(STAT_READ)
#define NUMBER(name) CAP_NO_##name,
#define NAME(name)   #name,
const enum cap_no client_scopes[] = { SCOPES(NUMBER) CAP_COUNT };
const char *const client_scope_names[] = { SCOPES(NAME) NULL };

const char *client_caps_zh(struct ctx *c, int64_t caps)
{
    const char *out = "";
    for (size_t i = 0; client_scopes[i] != CAP_COUNT; i++)
        if (caps & 1 << client_scopes[i])
            out = arena_printf(c->arena, "%s%s%s", out, *out ? "、" : "", cap_zh(client_scopes[i]));
    return out;
}
