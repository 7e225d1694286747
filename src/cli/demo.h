/* SPDX-License-Identifier: Apache-2.0
 * demo.h - a demonstration instance: invented people of real villages, and some months of work,
 * made by a seeded generator through the same functions that the pages call. */
#pragma once
#include "core/core.h"
#include "kernel/body/body.h"
#include "kernel/person/person.h"
#include "kernel/post/post.h"

enum { DEMO_VILLAGES_MAX = 20, DEMO_PEOPLE = 60, DEMO_STAFF_MAX = 80, DEMO_DAYS = 120 };
struct demo_staff {
    int64_t account;
    const char *name, *phone, *actor;
    struct right right;
    const char *kind;
};
struct demo {
    struct ctx *c;
    const char *dir;
    uint64_t seed;
    int64_t now_ms;                          /* when it is made: history ends here */
    const char *township, *county, *village; /* village: where the listed accounts sit */
    const char *villages[DEMO_VILLAGES_MAX];
    size_t n_villages;
    struct demo_staff staff[DEMO_STAFF_MAX];
    size_t n_staff;
    struct key *people; /* n_villages * DEMO_PEOPLE */
    int64_t *ages;
};
/* 0 .. n-1 */
uint64_t demo_random(struct demo *d, uint64_t n);
/* Accounts, posts and residents. Writes DIR/demo-accounts.csv. */
enum err demo_people(struct demo *d, const char *dir) MUST_USE;
/* The months of work; n: how many errands were taken. */
enum err demo_history(struct demo *d, int64_t *n) MUST_USE;
/* The staff member of that kind at that place, or NULL. */
const struct demo_staff *demo_find(const struct demo *d, const char *kind, const char *place);
/* c acts as s from now on (NULL: the system). */
void demo_act(struct demo *d, const struct demo_staff *s);
/* Puts an old resident on the care list (not every one); *due_ms: the first visit, 0: none. */
enum err demo_care(struct demo *d, struct ctx *c, struct key person, int64_t age,
                   int64_t *due_ms) MUST_USE;
/* One visit; *due_ms: the next. */
enum err demo_visit(struct demo *d, struct ctx *c, struct key person, int64_t *due_ms) MUST_USE;
