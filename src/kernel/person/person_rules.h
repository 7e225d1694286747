/* SPDX-License-Identifier: Apache-2.0
 * person_rules.h - what a record of a resident may say. Pure. */
#pragma once
#include "kernel/person/person.h"

/* Takes birth and sex from the identity number; what was typed of them no longer counts. False,
 * leaving *p alone, when it is no identity number or the birth lies after today. */
bool person_take_id_no(struct person *p, const char *id_no, int32_t today);
/* A day on which the person can have been born, died or moved: not after today, not before birth.
 */
bool person_day_ok(const struct person *p, int32_t day, int32_t today);
