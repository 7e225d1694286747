/* SPDX-License-Identifier: Apache-2.0
 * household_page.h - what the pages of households show. */
#pragma once
#include "kernel/page/page.h"
#include "kernel/person/person.h"
#include "kernel/place/place.h"
#include "kernel/register/register.h"

struct household_view {
    struct household h;
    struct person *members, *found; /* found: who could move in, by q */
    struct register_change *changes;
    size_t n_members, n_found, n_changes;
    const char *q;
    bool may_write;
};
/* Whether the form that ends with this word was the one that was sent. */
bool household_sent(const struct page *p, const char *what);
/* The register 户册 of a village: its groups, or the doors of one group. */
struct household_book {
    struct place place;
    const char *grp; /* NULL: the groups */
    const struct household_group *groups;
    const struct household_line *lines;
    const struct place *villages; /* to choose from; place.code is "" then */
    size_t n_groups, n_lines, n_villages;
};
