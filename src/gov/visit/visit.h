/* SPDX-License-Identifier: Apache-2.0
 * visit.h - the care list 关爱对象 and visits 走访探访: who is looked after, when the next visit is
 * due by risk, what was seen and heard, and who is told when nobody answers. Nobody's position is
 * kept and no photo is asked for. */
#pragma once
#include "kernel/person/person.h"

enum {
    CARE_LIST_MAX = 500,
    CARE_REASON_COUNT = 9,
    CARE_NEAR_DAYS = 7, /* a visit enters the to-do list so many days before it is due */
    CARE_RISEN_MAX = 2, /* village, then township */
    CARE_ROUND_DAYS_MAX = 60,
    CARE_WISH_MAX = 60,
    CARE_WORDS_MAX = 100,
    VISIT_WORDS_MAX = 1000,
    VISIT_NEEDS_MAX = 10,
    VISIT_LIST_MAX = 200,
};

struct care {
    struct key person;
    const char *place, *reasons, *risk, *wish_who, *wish_way, *wish_time, *consent, *heard,
        *due_why, *due_words, *ended_why;
    struct bytes contact_sealed;
    const char *contact; /* "name\nnumber": set before care_put, or by care_open; "" removes it */
    int64_t account, last_ms, due_ms, missed_ms, risen, listed, changed_ms, ended_ms;
};
/* With what a list says of the person. */
struct care_line {
    struct care care;
    const char *name, *grp, *door;
    int64_t sex, birth;
};
struct visit {
    struct key key;
    struct key person;
    const char *place, *way, *living, *safety, *health, *family, *words, *follow_up, *name;
    int64_t account, met, at_ms;
};

/* ---- care list ---- */
/* E_NOT_FOUND; also one that has been taken off (ended_ms says so). */
enum err care_load(struct ctx *c, struct key person, struct care *out) MUST_USE;
/* Opens the emergency contact; its use is recorded as a look at the person. */
enum err care_open(struct ctx *c, struct care *k) MUST_USE;
/* Puts p on the list or changes what is written there: reasons, risk, wishes, contact (NULL:
 * stays), consent and heard of `k`. Computes the next visit. E_PERSON_DIED, E_PERSON_MOVED. */
enum err care_put(struct ctx *c, const struct person *p, struct care *k) MUST_USE;
/* Takes p off the list, with the reason; no visit is due any more. */
enum err care_end(struct ctx *c, struct key person, const char *why) MUST_USE;
/* Something grave happened: a visit at home within visit.change_hours. E_WRONG_STATE: not listed.
 */
enum err care_changed(struct ctx *c, const struct person *p, const char *words) MUST_USE;
/* Bad weather, a festival: everybody of high or key risk below place is due by the end of day, if
 * not sooner. *n: how many were moved. */
enum err care_round(struct ctx *c, const char *place, int32_t day, const char *words,
                    int64_t *n) MUST_USE;
/* Who is on the list of a village, soonest due first; those who died or moved away are left out. */
enum err care_list(struct ctx *c, const char *village, struct care_line **out, size_t *n) MUST_USE;
struct care_count {
    const char *place;
    int64_t all, high, late;
};
/* The villages below place that have somebody on their list, by code. */
enum err care_counts(struct ctx *c, const char *place, struct care_count **out, size_t *n) MUST_USE;
/* Ticker: visits that come near enter the to-do list; where nobody answers, leaders are told. */
enum err care_tick(struct ctx *c, void *unused) MUST_USE;

/* ---- visits ---- */
/* Keeps v (key and at_ms are set here) and moves the next visit. change: what grave thing was
 * found, or "". */
enum err visit_record(struct ctx *c, const struct person *p, struct visit *v,
                      const char *change) MUST_USE;
/* E_NOT_FOUND; name is the person's. */
enum err visit_load(struct ctx *c, struct key k, struct visit *out) MUST_USE;
/* Cuts the needs into lines without blanks; at most VISIT_NEEDS_MAX. */
size_t visit_needs(struct ctx *c, const char *words, const char *out[VISIT_NEEDS_MAX]);
/* Of one person, newest first. */
enum err visit_of_person(struct ctx *c, struct key person, struct visit **out, size_t *n) MUST_USE;
/* Those of a village since an instant, newest first. */
enum err visit_since(struct ctx *c, const char *village, int64_t since_ms, struct visit **out,
                     size_t *n) MUST_USE;
