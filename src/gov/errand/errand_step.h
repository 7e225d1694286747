/* SPDX-License-Identifier: Apache-2.0
 * errand_step.h - what errand_take.c and errand_step.c share. */
#pragma once
#include "gov/errand/errand.h"
#include "kernel/flow/flow.h"
#include "kernel/person/person.h"

/* Brings the to-do rows into line with the errand's state: who must act, what, until when. */
enum err errand_moved(struct ctx *c, const struct errand *e) MUST_USE;
/* The present step has the working days of this rule from now on. */
enum err errand_begins(struct ctx *c, struct errand *e, const char *rule) MUST_USE;
/* Only the words of its to-do row, when something about the person changed. */
enum err errand_relabel(struct ctx *c, const struct errand *e) MUST_USE;
/* What whoever works on it must not miss about the person: died, moved away, lives in another
 * village now; "" when there is nothing. */
const char *errand_person_words(struct ctx *c, const struct errand *e, const struct person *p);
/* "把材料交到镇综合窗口": what the holder must do next. */
const char *errand_next_words(struct ctx *c, const struct errand *e);
/* Who acts must sit at the very desk that holds the errand, not merely above it: E_FORBIDDEN. */
enum err errand_at_desk(struct ctx *c, const struct errand *e) MUST_USE;
/* Whether the actor sits where papers for this errand may be brought: where it was taken, or where
 * it is now. */
enum err takes_papers_here(struct ctx *c, const struct errand *e) MUST_USE;
/* How often a return visit met nobody since the errand was last delivered. */
size_t errand_missed(const struct flow_step *steps, size_t n);
