/* SPDX-License-Identifier: Apache-2.0
 * person.h - residents 居民. Identity number and telephone are sealed; looks at a person's page are
 * recorded by the page that shows it. */
#pragma once
#include "store/db.h"

enum { PERSON_FIND_MAX = 20, PERSON_NAME_MAX = 40 };
struct person {
    struct key key;
    const char *place, *grp, *name, *initials, *moved_to;
    int64_t household, sex, birth, died_day, moved_day, changed_ms;
    struct bytes id_no_sealed, phone_sealed;
    const char *id_no, *phone; /* set before person_save, or by person_open; NULL: not known */
};

/* E_NOT_FOUND. Sealed fields stay sealed. */
enum err person_load(struct ctx *c, struct key k, struct person *out) MUST_USE;
/* Opens id_no and phone. Every use shows them masked, or is recorded as a look. */
enum err person_open(struct ctx *c, struct person *p) MUST_USE;
/* By name, initials, whole identity number or whole telephone number, within place (a village or
 * everything below a township). At most PERSON_FIND_MAX; the needle must have 2 characters. */
enum err person_find(struct ctx *c, const char *q, const char *place, struct person **out,
                     size_t *n) MUST_USE;
/* Adds (key.id 0) or changes; seals p->id_no and p->phone. E_EXISTS when another living person of
 * the county has that identity number: out *p is left alone. */
enum err person_save(struct ctx *c, struct person *p) MUST_USE;
/* "王某某，女，83 岁，三组": as staff see it. */
const char *person_line(struct ctx *c, const struct person *p);
/* 王某某 -> 王**: on public pages and receipts' counterfoils. */
const char *person_mask(struct ctx *c, const char *name);
/* E_PERSON_DIED, E_PERSON_MOVED or OK: may new work of their own be taken. */
enum err person_may_apply(struct ctx *c, const struct person *p) MUST_USE;
const char *sex_zh(int64_t sex);

/* 同意: what a resident agreed to. */
enum err consent_give(struct ctx *c, struct key person, const char *what, const char *how) MUST_USE;
enum err consent_given(struct ctx *c, struct key person, const char *what, bool *given) MUST_USE;
enum err consent_withdraw(struct ctx *c, struct key person, const char *what) MUST_USE;
