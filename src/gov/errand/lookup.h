/* SPDX-License-Identifier: Apache-2.0
 * lookup.h - what the holder of a receipt reads about one errand, without an account: what happens
 * now, who has it, until when, what to do; and, after a no, where to object. No name, no telephone
 * of the resident, no notes of the workers. */
#pragma once
#include "gov/errand/errand_view.h"
#include "gov/rating/rating.h"
#include "kernel/post/contact.h"

enum { LOOKUP_PHONES_MAX = 2 };
struct lookup_phone {
    const char *who, *number;
};
/* Where to object to a decision and until when; days and months come from rule rows. */
struct remedy {
    bool village; /* not an act of an authority: the township puts it right */
    const char *county, *township;
    int64_t days, months;
    const char *until, *suit_until; /* NULL while it is not known from when they count */
};
struct lookup {
    struct errand_view v;
    const char *number, *code; /* as typed: what the forms of the page send again */
    bool refused;              /* not accepted, or decided with no */
    const char *why;           /* of a refusal, a suspension, a redirection; "" */
    bool late;
    const char *due; /* "12月2日（周三）", NULL when nothing is due */
    int64_t days_left;
    const char *now, *you;                         /* one sentence each */
    struct lookup_phone phones[LOOKUP_PHONES_MAX]; /* the holder's, then the agent's */
    size_t n_phones;
    struct remedy remedy; /* filled when refused */
    struct rating rating;
    bool rated, may_rate, may_withdraw;
};
/* The errand of this number and code; E_QUERY_CODE. A handful of statements: see the test. */
enum err lookup_load(struct ctx *c, const char *number, const char *code,
                     struct lookup *out) MUST_USE;
/* The same for an errand that is there already. */
enum err lookup_of(struct ctx *c, const struct errand *e, struct lookup *out) MUST_USE;

/* The page of l as the answer; and the form again, with the errand below it where number and code
 * were right. */
enum err lookup_show(struct ctx *c, struct req *r, const struct lookup *l) MUST_USE;
enum err lookup_again(struct ctx *c, struct req *r) MUST_USE;

/* ---- pure (lookup_rules.c) ---- */
/* Fills now and you from the rest of l. */
void lookup_words(struct arena *a, struct lookup *l);
/* The word of a step for the resident, who did not learn the office's words. last_decision: the
 * decision that stands; refused: it was a no. */
const char *lookup_step_zh(const struct flow_step *s, bool refused);
/* What is wrong with a number or a code as typed, so that the eye finds the place: "只有 5 位，还差
 * 1 位". NULL when its form is right: then it is simply another one. */
const char *lookup_number_wrong(struct arena *a, const char *typed);
const char *lookup_code_wrong(struct arena *a, const char *typed);
/* The same day n months later; the last day of a shorter month. */
int32_t day_after_months(int32_t day, int64_t n);
