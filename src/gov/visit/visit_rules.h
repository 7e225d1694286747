/* SPDX-License-Identifier: Apache-2.0
 * visit_rules.h - when somebody is visited next, what a record must say, in which order a village
 * is walked. Pure. */
#pragma once
#include "gov/visit/visit.h"

/* Choices as kept, and in words; each ends with NULL. */
extern const char *const care_reasons[], *const care_reason_words[];
extern const char *const care_risks[], *const care_risk_words[];
extern const char *const visit_ways[], *const visit_way_words[];
extern const char *const visit_marks[], *const visit_mark_words[];
/* The word for a kept choice; "" for an empty one. */
const char *choice_zh(const char *const *names, const char *const *words, const char *name);
/* "alone aged" -> "独居、高龄" */
/* Every reason of either, once, in the order of care_reasons. */
const char *care_reasons_united(struct ctx *c, const char *a, const char *b);
const char *care_reasons_zh(struct ctx *c, const char *reasons);
bool care_has_reason(const char *reasons, const char *name);
/* "下午睡觉，三点以后去；只要女代理员；可以电话"; "" when nothing was wished. */
const char *care_wishes_zh(struct ctx *c, const struct care *k);
/* The name of the rule that says how often: visit.high_days. */
const char *care_rule(const char *risk);

/* The last minute of a day: a visit may still be made in the evening. */
int64_t visit_day_end(int32_t day);
/* When the next regular visit is due, last met at last_ms (0: never, counted from now), never
 * before today; what is due sooner for another reason stays. */
int64_t care_due(const struct care *k, int64_t now_ms, int64_t interval_days);
/* Whether a visit settles what was due: somebody was met, and after a grave change at home. */
bool visit_settles(const struct care *k, const struct visit *v);
/* Moves last_ms, due, missed_ms by a visit at now_ms. interval: days of the risk class;
 * no_answer, change_hours: rules; change: "" or what grave thing was found. */
struct visit_rule {
    int64_t interval_days, no_answer_hours, change_hours;
};
void care_after_visit(struct care *k, const struct visit *v, int64_t now_ms,
                      const struct visit_rule *rule, const char *change);
void care_after_change(struct care *k, int64_t now_ms, int64_t hours, const char *words);
/* Whether the next level must be told that nobody answers. */
bool care_must_rise(const struct care *k, int64_t now_ms, int64_t no_answer_hours);

/* Notes the fields that are missing: when somebody was met, all four; when one of them is poor,
 * what follows. OK or E_BAD_INPUT. */
enum err visit_check(struct ctx *c, const struct visit *v);

enum visit_when { VISIT_TODAY, VISIT_WEEK, VISIT_LATER };
/* Late and today; until Sunday; later. */
enum visit_when visit_when(int64_t due_ms, int64_t now_ms);
/* "迟 2 天", "今天", "11月25日（周三）前"; and the class of x-state. */
const char *visit_due_zh(struct ctx *c, int64_t due_ms, int64_t now_ms);
const char *visit_due_class(int64_t due_ms, int64_t now_ms);
/* Sorts for the day: today's, this week's, later; within each by group and door. */
void visit_walk(struct care_line *all, size_t n, int64_t now_ms);
