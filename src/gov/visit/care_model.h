/* SPDX-License-Identifier: Apache-2.0
 * care_model.h - what the visits' model needs of the care list's. */
#pragma once
#include "gov/visit/visit_rules.h"

/* Writes k and its rows in the to-do list. p: name and group of the person. */
enum err care_keep(struct ctx *c, struct care *k, const struct person *p) MUST_USE;
/* The rule rows in force for k. */
enum err care_rules(struct ctx *c, const struct care *k, struct visit_rule *out) MUST_USE;
