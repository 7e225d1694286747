/* SPDX-License-Identifier: Apache-2.0
 * person_page.h - what the pages of residents show; see person_pages.c. */
#pragma once
#include "kernel/audit/audit.h"
#include "kernel/person/person_part.h"
#include "kernel/place/place.h"
#include "kernel/register/register.h"

enum { PERSON_PARTS_MAX = 8, PERSON_PLACES_MAX = 200, PERSON_LOOKS_SHOWN = 20 };
struct person_view {
    const struct person *p;
    const char *door, *id_no, *phone, *gone; /* id_no, phone: masked unless full */
    struct person *home;                     /* others of the household */
    struct consent *consents;
    struct look_row *looks;
    struct register_change *changes; /* sealed values opened into before, masked unless full */
    size_t n_home, n_consents, n_looks, n_parts, n_changes;
    struct safe_html parts[PERSON_PARTS_MAX];
    bool full, may_write;
};
/* Gathers it all; opens the sealed fields. */
enum err person_view(struct ctx *c, struct req *r, struct person *p, bool full,
                     struct person_view *out) MUST_USE;

/* What a search found: people, and doors. */
struct person_found {
    const char *q;
    const struct person *people;
    size_t n;
    const struct household_line *doors;
    size_t n_doors;
};
/* The form of a resident, new (old NULL) or known. */
struct person_entry {
    const struct person *old;
    const char *door;
    struct place *places; /* villages where the actor may register */
    struct person *known; /* who has that identity number already, as far as the actor may see */
    size_t n_places, n_known;
};
/* Villages where the actor may register residents, in order of code. */
enum err person_places(struct ctx *c, struct place **out, size_t *n) MUST_USE;

/* The page on which somebody dies, leaves the county or moves to another village. */
struct person_leaving {
    const struct person *p;
    const struct place *villages; /* that what was typed may mean */
    size_t n;
};
/* The page on which two records are found to be one person. */
struct person_twins {
    const struct person *p; /* the one that stays */
    const struct person *found;
    size_t n;
    const char *q;
};

/* A resident with household, consents and the parts of other slices; numbers masked. Opens *p. */
enum err person_json(struct ctx *c, struct json *j, struct person *p) MUST_USE;
/* What a search found, without any sealed field. */
enum err person_list_json(struct ctx *c, struct json *j, const struct person *all,
                          size_t n) MUST_USE;
/* 4222**********121X and 138****1234; "" when not known. p is open. */
const char *person_id_masked(struct ctx *c, const struct person *p);
const char *person_phone_masked(struct ctx *c, const struct person *p);
