/* SPDX-License-Identifier: Apache-2.0
 * person_part.h - what other slices add to the page of a resident: their care, their errands. */
#pragma once
#include "kernel/page/page.h"
#include "kernel/person/person.h"

struct person_part {
    int order; /* smaller stands higher */
    /* Writes a card, or nothing when there is nothing to say or the actor may not see it. */
    enum err (*page)(struct ctx *c, struct html *h, const struct page *page,
                     const struct person *p);
    /* Writes one member into the resident's JSON object, or nothing. */
    enum err (*api)(struct ctx *c, struct json *j, const struct person *p);
    struct person_part *next; /* the list's own */
};
/* Every slice may say PERSON_PART(part) once. */
void person_part_add(struct person_part *part);
#define PERSON_PART(part)                                                                          \
    __attribute__((constructor)) static void part##_register(void)                                 \
    {                                                                                              \
        person_part_add(&part);                                                                    \
    }

/* The bars that say what may not be forgotten beside any work with p: died, moved. For templates of
 * other slices: "" when there is nothing. */
const char *person_gone_zh(struct ctx *c, const struct person *p);
