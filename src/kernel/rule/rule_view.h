/* SPDX-License-Identifier: Apache-2.0
 * rule_view.h - what the pages of rules show. */
#pragma once
#include "kernel/page/page.h"
#include "kernel/place/place.h"
#include "kernel/rule/rule.h"

struct rule_edit {
    const char *name, *what; /* what: the note in plain words */
    const char *area;        /* where a new row would hold */
    const struct rule *rows;
    size_t n;
    const struct rule *now;  /* in force there today, or NULL */
    const struct rule *next; /* asked for and sound: the preview; or NULL */
    int64_t today;
};
/* "办件" for "errand.handin_days"; the first word itself when it has no Chinese. */
const char *rule_group_zh(struct ctx *c, const char *name);
/* Whether two names have the same first word. */
bool rule_same_group(const char *a, const char *b);
/* "3 个工作日", "是" */
const char *rule_value_zh(struct ctx *c, const struct rule *r);
/* Where it holds: "各地" or the place's name. */
const char *rule_area_zh(struct ctx *c, const struct rule *r);
