/* SPDX-License-Identifier: Apache-2.0
 * errand_view.h - all that the pages and papers of one errand show. */
#pragma once
#include "gov/errand/errand_file.h"
#include "kernel/audit/audit.h"
#include "kernel/flow/flow.h"
#include "kernel/page/page.h"
#include "kernel/person/person.h"
#include "kernel/rule/rule.h"

enum { CLOCK_MAX = 3, VIEW_RULES_MAX = 6, FUTURE_MAX = 6 };
struct errand_clock {
    const char *name, *words;
    int64_t day, days;  /* working day now, of how many */
    const char *colour; /* c-ok c-amber c-seal */
    bool late;
};
struct future_step {
    const char *when, *who, *what;
};
struct errand_view {
    struct errand e;
    struct item item;
    bool has_item;
    struct flow_step *steps;
    size_t n_steps, n_missed; /* return visits in vain since the delivery */
    struct errand_paper *papers;
    size_t n_papers, n_missing, n_later;
    struct errand_file *files;
    size_t n_files;
    struct pause *pauses;
    size_t n_pauses;
    struct errand_clock clocks[CLOCK_MAX];
    size_t n_clocks;
    struct future_step future[FUTURE_MAX];
    size_t n_future;
    struct rule rules[VIEW_RULES_MAX];
    size_t n_rules;
    const char *place_name, *who_waits, *who_acts, *next_words, *until, *state_zh, *state_class,
        *code, *phone, *now_words, *tell_line, /* how the resident is told */
        *person_words;                         /* "" or what must be decided about who asked */
    int64_t waited_days, looks;
    bool may[ERRAND_EVENTS], may_paper, may_file, may_note, may_back, may_tell,
        mine;              /* mine: the actor's desk acts */
    const char *next_desk; /* where EV_HAND would take it */
};
/* Fills v for v->e: everything is computed, nothing is stored for show. */
enum err errand_view(struct ctx *c, struct errand_view *v) MUST_USE;
/* The page of the errand r->key, also for showing a form again. */
enum err errand_page(struct ctx *c, struct req *r) MUST_USE;
/* The part of it that the resident's own page needs: item, steps, papers, what is still to come,
 * words; no clocks, rules, pauses and rights. */
enum err errand_view_short(struct ctx *c, struct errand_view *v) MUST_USE;
/* The word a resident reads for an event of the timeline. */
const char *errand_event_zh(const char *event);

struct found_page {
    const char *q;
    struct person *people;
    size_t n;
    struct errand_line **errands; /* of each */
    size_t *n_errands;
};
struct start_page {
    const struct item *item;
    const char *place, *place_name, *q;
    const struct place *found;
    size_t n_found;
    const char *merged; /* the village that was asked for and went into this one, or NULL */
    bool withdrawn;     /* the item is no longer offered: the words go on without it */
};
/* "可以后补，12月1日（周二）前交，不耽误办理": how a paper stands. */
const char *errand_paper_zh(struct ctx *c, const struct errand_paper *x);
