/* SPDX-License-Identifier: Apache-2.0
 * errand_told.h - what errand_tell.c and errand_told.c share: the rows of what was told. */
#pragma once
#include "gov/errand/errand_tell.h"

/* The turn in which row's event would be told now; *open: it was not told in it yet. */
enum err told_turn(struct ctx *c, const struct errand *e, const struct tell_row *row, int64_t *turn,
                   bool *open) MUST_USE;
/* Adds one, at c->now_ms. */
enum err told_add(struct ctx *c, const struct errand *e, struct told *t) MUST_USE;
/* Writes what may change: channel, failed, state, tries, outbox, actor, done_ms. */
enum err told_save(struct ctx *c, const struct errand *e, const struct told *t) MUST_USE;
/* What was not told yet is not told any more; its messages are taken back. */
enum err told_drop(struct ctx *c, const struct errand *e) MUST_USE;
/* Brings the to-do "打电话告诉" of the desk that took the errand into line with what is open. */
enum err told_todo(struct ctx *c, const struct errand *e) MUST_USE;
