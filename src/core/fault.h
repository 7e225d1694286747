/* SPDX-License-Identifier: Apache-2.0
 * fault.h - lets a test make the Nth chance of failing fail. One predicted branch in a release. */
#pragma once
#include <stdbool.h>

/* Counts the chances down, and says whether this one fails. Reached through FAULT(). */
extern _Thread_local int fault_countdown; /* -1: never; 0: the next chance fails */
extern _Thread_local int fault_hits;      /* how many chances failed in this round */
bool fault_hit(const char *where);
#define FAULT(where) (__builtin_expect(fault_countdown >= 0, 0) && fault_hit(where))

struct fault_loop {
    int n;
};
/* Prepares the next round of FAULT_LOOP; false when the last one met no fault. */
bool fault_next(struct fault_loop *f);
/* No fault from here on, e.g. while a test looks at what the faulty run left behind. */
void fault_off(void);
/* Runs its body with the 1st, 2nd, 3rd ... chance failing, until a run meets no fault at all. */
#define FAULT_LOOP() for (struct fault_loop loop_ = { 0 }; fault_next(&loop_);)
