/* SPDX-License-Identifier: Apache-2.0
 * intake.h - the three taps of a new errand: who, what, go. */
#pragma once
#include "gov/errand/errand.h"
#include "kernel/page/page.h"
#include "kernel/person/person.h"

struct intake_material {
    struct material m;
    int64_t held_errand, held_ms; /* 0: nothing held */
    bool held_old;                /* it is held, but too old to be used again */
    const char *saved, *chosen;   /* here later missing held; saved: of a draft, or NULL */
};
struct intake_page {
    const char *place, *place_name, *q, *words, *who, *behalf;
    struct key person_key, visit;
    struct person person;
    bool has_person, unknown;
    struct person *people;
    size_t n_people;
    struct item item;
    bool has_item, no_item;
    struct item *items;
    size_t n_items;
    struct certificate *certs;
    size_t n_certs;
    struct intake_material *materials;
    size_t n_materials;
    struct question *questions;
    size_t n_questions;
    bool any_held;
    struct desk desk;
    const char *holder, *next_desk;
    int64_t handin_due, promised_due;
    const struct place *villages; /* to choose from when a township writes down an unknown person */
    size_t n_villages;
    const struct errand *draft; /* one that is written down already */
    const char *action, *step;  /* where the form goes, and where one goes to change who or what */
    bool stale;                 /* papers and answers typed so far are of another item */
};
/* What a draft already answers to q, or "". */
const char *intake_answered(struct ctx *c, const struct intake_page *p, const struct question *q);
/* Whether a value typed so far goes along as a hidden field of the page of the first tap (who) or
 * of the second: not what that page asks itself, nor what it writes by its own name. */
bool intake_carries(const struct form_value *v, bool who);
/* What a refused field is called: a question of the guide by its own words. */
const char *intake_label(const struct page *page, const struct intake_page *p, const char *field);
/* The desk at which the actor of c may take errands of a village; false when there is none. */
bool intake_desk(struct ctx *c, const char *place, struct desk *out);
