/* SPDX-License-Identifier: Apache-2.0
 * errand_file.h - photographs and PDFs of an errand's papers. Who may see the errand may see them,
 * and every look is recorded; nobody else, and no cache, ever. */
#pragma once
#include "gov/errand/errand.h"
#include "kernel/file/file.h"

enum { ERRAND_FILES_MAX = 40, PAPER_FILES_MAX = 12 };
struct errand_file {
    int64_t id, seq, size, account, at_ms;
    const char *sha256, *mime;
};
/* Those that are still there, in the order in which they came. */
enum err errand_files(struct ctx *c, const struct errand *e, struct errand_file **out,
                      size_t *n) MUST_USE;
/* E_NOT_FOUND, also for a removed one. */
enum err errand_file_load(struct ctx *c, const struct errand *e, int64_t id,
                          struct errand_file *out) MUST_USE;
/* Whether a file may be added to this paper now: E_WRONG_STATE (decided already), E_FORBIDDEN,
 * E_NOT_FOUND (no such paper), E_OVERFLOW (enough of them). By number and code: only what is
 * missing, comes later, or belongs to a draft. */
enum err errand_file_may_add(struct ctx *c, const struct errand *e, int64_t seq) MUST_USE;
/* The file put by file_put becomes one of the paper. From the desk: a missing paper is here now.
 * From the resident: the desk is told, and looks at it. */
enum err errand_file_add(struct ctx *c, struct errand *e, int64_t seq,
                         const struct file *f) MUST_USE;
/* Taken away with a reason while the errand is open; the bytes go when nothing else needs them. */
enum err errand_file_drop(struct ctx *c, struct errand *e, int64_t id, const char *why) MUST_USE;
