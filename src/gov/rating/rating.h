/* SPDX-License-Identifier: Apache-2.0
 * rating.h - 评价: one per errand, in five levels, voluntary. The worker sees the score and the
 * words, never who. A bad one is called back, verified, put right and rated again. GB/T 39734,
 * GB/T 39735. */
#pragma once
#include "core/sm.h"
#include "gov/errand/errand.h"

enum rating_state {
    RATING_DONE,
    RATING_CALLBACK,
    RATING_RECTIFY,
    RATING_RERATE,
    RATING_CLOSED,
    RATING_STATES
};
enum rating_event { RV_NOT_TRUE, RV_TRUE, RV_RIGHTED, RV_RERATE, RV_GOOD, RATING_EVENTS };
extern const struct sm rating_sm;
enum { RATING_LIST_MAX = 100, RATING_WORDS_MAX = 500 };

struct rating {
    struct key key; /* the errand */
    const char *place, *body, *reasons, *words, *how, *state, *found, *righted;
    int64_t item, score, at_ms, true_bad, second, due_ms;
};
/* The rating of an errand; E_NOT_FOUND. */
enum err rating_load(struct ctx *c, struct key errand, struct rating *out) MUST_USE;
/* Gives the one rating of an errand that was delivered. E_RATED, E_WRONG_STATE. A bad one (rule
 * rating.bad_max) opens a call-back at the township. */
enum err rating_give(struct ctx *c, const struct errand *e, int64_t score, const char *reasons,
                     const char *words, const char *how) MUST_USE;
enum finding {
    FINDING_UNTRUE,  /* closed with what was found */
    FINDING_SERVICE, /* the decision stands; how it was done is put right */
    FINDING_RESULT,  /* the result is wrong: the errand is opened again */
};
/* What the call-back found, in words. complex: the longer of the county's two limits
 * (rating.rectify_days, rating.rectify_days_complex). */
enum err rating_called(struct ctx *c, struct rating *r, enum finding finding, bool complex,
                       const char *found) MUST_USE;
/* It was put right. E_NOT_DELIVERED: the errand was opened again and is not yet delivered again. */
enum err rating_righted(struct ctx *c, struct rating *r, const char *words) MUST_USE;
enum err rating_again(struct ctx *c, struct rating *r, int64_t score) MUST_USE;
/* Those under place that wait for somebody (open), or all, newest first. */
enum err rating_list(struct ctx *c, const char *place, bool open, struct rating **out,
                     size_t *n) MUST_USE;
const char *rating_zh(int64_t score);
/* "自己在网上评的", "代记：写在纸上的": who held the pen. */
const char *rating_how_zh(const char *how);

enum { RATING_REASONS_MAX = 40 };
/* What happens after a bad rating, and what may be ticked: from the rules of place, today. */
struct rating_terms {
    int64_t bad_max, callback_days, rectify_days, complex_days;
    const char *reasons[RATING_REASONS_MAX + 1]; /* ends with NULL */
    size_t n_good;                               /* so many of them are praise */
};
enum err rating_terms(struct ctx *c, const char *place, struct rating_terms *out) MUST_USE;
