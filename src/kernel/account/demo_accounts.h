/* SPDX-License-Identifier: Apache-2.0
 * demo_accounts.h - the accounts of a demonstration instance, listed on its sign-in page; a
 * production instance has none. */
#pragma once
#include "kernel/account/account.h"
#include "kernel/page/page.h"
#include "kernel/post/post.h"

struct demo_account {
    const char *post, *place, *phone, *password, *name;
};
struct me {
    const struct account *account;
    const struct session_row *sessions;
    size_t n_sessions;
    const struct post *posts;
    size_t n_posts;
};
/* Kept in the setting "demo.accounts" as lines post<TAB>place<TAB>phone<TAB>password<TAB>name. */
enum err demo_accounts(struct ctx *c, const struct demo_account **out, size_t *n) MUST_USE;
enum err demo_accounts_save(struct ctx *c, const struct demo_account *all, size_t n) MUST_USE;
/* The second factor's code of this minute, shown in demonstrations only. */
enum err demo_code(struct ctx *c, const struct account *a, const char **code) MUST_USE;
