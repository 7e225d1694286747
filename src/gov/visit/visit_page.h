/* SPDX-License-Identifier: Apache-2.0
 * visit_page.h - what the pages of the care list and of visits show. */
#pragma once
#include "gov/errand/errand.h"
#include "gov/visit/visit_rules.h"
#include "kernel/page/page.h"
#include "kernel/place/place.h"
#include "kernel/rule/rule.h"

enum { VISIT_RULES = 5, VISIT_HISTORY_SHOWN = 5, VISIT_PLACES_MAX = 24 };

/* Whether the actor looks after people at place: agents, and leaders who keep the list. */
bool visit_may(const struct ctx *c, const char *place);
/* E_NOT_FOUND also for one beyond reach. */
enum err visit_reach(struct ctx *c, struct key k, struct person *out) MUST_USE;
/* The rule rows that say how often. */
enum err visit_rule_rows(struct ctx *c, const char *place, struct rule out[VISIT_RULES]) MUST_USE;
/* What such a rule is about: "高风险". */
const char *visit_rule_zh(const char *name);

/* One person with care and visits. */
struct visit_person {
    const struct person *p;
    struct care care;
    bool listed, may_visit;
    const char *door, *phone, *contact_name, *contact_phone;
    struct visit *visits;
    size_t n_visits;
    struct rule rules[VISIT_RULES];
};
/* Opens telephone and emergency contact: the caller records the look. */
enum err visit_person_load(struct ctx *c, struct person *p, struct visit_person *out) MUST_USE;

struct care_view {
    const char *place;
    bool village, may_round;
    struct care_line *lines;
    struct care_count *counts;
    size_t n_lines, n_counts;
    struct rule rules[VISIT_RULES];
};
struct day_view {
    const char *place, *places[VISIT_PLACES_MAX];
    struct care_line *lines; /* in the order of the walk */
    struct visit *done;
    const char *next_phone; /* of the first line */
    size_t n_places, n_lines, n_done, n_today;
    size_t n_met, n_all; /* persons, each counted once however often they were visited */
};
/* One record and what became of it. */
struct visit_shown {
    const struct visit *v;
    const struct person *x;
    struct errand_line *errands; /* its needs that were taken */
    size_t n_errands;
};

/* The members of a person's care, or of a visit, into the open JSON object. */
void care_members(struct ctx *c, struct json *j, const struct care *k);
void visit_members(struct json *j, const struct visit *v);
