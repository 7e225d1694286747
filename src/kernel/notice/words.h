/* SPDX-License-Identifier: Apache-2.0
 * words.h - texts for residents as rule rows (data/words.csv): a county says them in its own way,
 * with a source and from a day on, as it does with numbers. A text holds holes like {item}. */
#pragma once
#include "store/db.h"

struct hole {
    const char *name;  /* "item" */
    const char *words; /* what is put there; NULL: nothing */
};
/* template with every {name} of holes filled. A hole nobody knows is left out, so that a county's
 * slip of the pen never reaches a resident. From the arena. */
const char *words_fill(struct arena *a, const char *template, const struct hole *holes, size_t n);
/* The text called name in force at place today; other when this instance has none: a missing text
 * must not stop anybody's work. */
enum err words_of(struct ctx *c, const char *name, const char *place, const char *other,
                  const char **out) MUST_USE;
/* How many seconds it takes to read text aloud over a village's loudspeakers, by the county's rule
 * announce.chars_per_minute: each written character counts, punctuation as a short rest. */
enum err words_seconds(struct ctx *c, const char *text, const char *place, int64_t *out) MUST_USE;
