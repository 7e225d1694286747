/* SPDX-License-Identifier: Apache-2.0
 * visit_rules.c - see visit_rules.h. */
#include "gov/visit/visit_rules.h"
#include "core/day.h"
#include "core/text.h"

enum { HOUR_MS = 3600 * 1000 };

/* clang-format off */
const char *const care_reasons[] = { "alone", "empty_nest", "left_behind", "disabled", "severe_disability", "destitute", "special_family", "child_hardship", "aged", NULL };
const char *const care_reason_words[] = { "独居", "空巢", "留守", "失能", "重残", "特困", "计划生育特殊家庭", "困境儿童", "高龄", NULL };
const char *const care_risks[] = { "high", "key", "ordinary", NULL };
const char *const care_risk_words[] = { "高风险", "重点", "一般", NULL };
const char *const visit_ways[] = { "home", "phone", "video", "neighbour", NULL };
const char *const visit_way_words[] = { "上门", "电话", "视频", "邻居代看", NULL };
const char *const visit_marks[] = { "good", "fair", "poor", NULL };
const char *const visit_mark_words[] = { "好", "一般", "不好", NULL };
/* clang-format on */
static const char *const rules[] = { "visit.high_days", "visit.key_days", "visit.ordinary_days" };

static int index_of(const char *const *names, const char *name)
{
    for (int i = 0; names[i]; i++)
        if (str_eq(names[i], name))
            return i;
    return -1;
}

const char *choice_zh(const char *const *names, const char *const *words, const char *name)
{
    int i = index_of(names, name);
    return i < 0 ? "" : words[i];
}

bool care_has_reason(const char *reasons, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = reasons; (p = strstr(p, name)); p += n)
        if ((p == reasons || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0'))
            return true;
    return false;
}

const char *care_reasons_united(struct ctx *c, const char *a, const char *b)
{
    const char *out = "";
    for (int i = 0; care_reasons[i]; i++)
        if (care_has_reason(a, care_reasons[i]) || care_has_reason(b, care_reasons[i]))
            out = arena_printf(c->arena, "%s%s%s", out, *out ? " " : "", care_reasons[i]);
    return out;
}

const char *care_reasons_zh(struct ctx *c, const char *reasons)
{
    const char *all = "";
    for (int i = 0; care_reasons[i]; i++)
        if (care_has_reason(reasons, care_reasons[i]))
            all = arena_printf(c->arena, "%s%s%s", all, *all ? "、" : "", care_reason_words[i]);
    return all;
}

const char *care_wishes_zh(struct ctx *c, const struct care *k)
{
    const char *way = choice_zh(visit_ways, visit_way_words, k->wish_way), *all = k->wish_time;
    if (*k->wish_who)
        all = arena_printf(c->arena, "%s%s%s", all, *all ? "；" : "", k->wish_who);
    if (*way)
        all = arena_printf(c->arena, "%s%s可以%s", all, *all ? "；" : "", way);
    return all;
}

const char *care_rule(const char *risk)
{
    int i = index_of(care_risks, risk);
    CHECK(i >= 0);
    return rules[i];
}

/* ---- when ---- */
int64_t visit_day_end(int32_t day)
{
    return ms_of_day(day) + DAY_MS - 60000;
}

int64_t care_due(const struct care *k, int64_t now_ms, int64_t interval_days)
{
    int32_t today = day_of_ms(now_ms), base = k->last_ms ? day_of_ms(k->last_ms) : today;
    int32_t day = base + (int32_t)interval_days;
    int64_t regular = visit_day_end(day < today ? today : day);
    bool sooner = k->due_ms && k->due_ms < regular && !str_eq(k->due_why, "regular");
    return sooner || (k->missed_ms && k->due_ms < regular) ? k->due_ms : regular;
}

bool visit_settles(const struct care *k, const struct visit *v)
{
    return v->met && (!str_eq(k->due_why, "change") || str_eq(v->way, "home"));
}

void care_after_change(struct care *k, int64_t now_ms, int64_t hours, const char *words)
{
    k->due_ms = now_ms + hours * HOUR_MS;
    k->due_why = "change";
    k->due_words = words;
}

void care_after_visit(struct care *k, const struct visit *v, int64_t now_ms,
                      const struct visit_rule *rule, const char *change)
{
    if (!v->met) {
        k->missed_ms = k->missed_ms ? k->missed_ms : now_ms;
        int64_t again = k->missed_ms + rule->no_answer_hours * HOUR_MS;
        k->due_ms = k->due_ms < again ? k->due_ms : again;
        return;
    }
    bool settled = visit_settles(k, v);
    k->last_ms = now_ms;
    k->missed_ms = k->risen = 0;
    if (settled) {
        k->due_why = "regular";
        k->due_words = "";
        k->due_ms = visit_day_end(day_of_ms(now_ms) + (int32_t)rule->interval_days);
    }
    if (*change)
        care_after_change(k, now_ms, rule->change_hours, change);
}

bool care_must_rise(const struct care *k, int64_t now_ms, int64_t no_answer_hours)
{
    return !k->ended_ms && k->missed_ms && k->risen < CARE_RISEN_MAX &&
           now_ms >= k->missed_ms + (k->risen + 1) * no_answer_hours * HOUR_MS;
}

/* ---- what a record says ---- */
enum err visit_check(struct ctx *c, const struct visit *v)
{
    const struct {
        const char *field, *mark;
    } marks[] = { { "living", v->living },
                  { "safety", v->safety },
                  { "health", v->health },
                  { "family", v->family } };
    bool poor = false;
    for (size_t i = 0; v->met && i < COUNT(marks); i++) {
        if (!*marks[i].mark)
            (void)!fail_field(c, marks[i].field, E_REQUIRED);
        poor |= str_eq(marks[i].mark, "poor");
    }
    if (poor && !*v->follow_up && !*v->words)
        (void)!fail_field(c, "follow_up", E_REQUIRED);
    return c->bads ? E_BAD_INPUT : OK;
}

size_t visit_needs(struct ctx *c, const char *words, const char *out[VISIT_NEEDS_MAX])
{
    char *rest = arena_copy(c->arena, words), *line;
    size_t n = 0;
    while ((line = strsep(&rest, "\n")) && n < VISIT_NEEDS_MAX) {
        const char *clean = text_clean(c->arena, line, false);
        if (clean && *clean)
            out[n++] = clean;
    }
    return n;
}

/* ---- the day ---- */
enum visit_when visit_when(int64_t due_ms, int64_t now_ms)
{
    int32_t today = day_of_ms(now_ms), due = day_of_ms(due_ms);
    int32_t sunday = today + (7 - day_weekday(today)) % 7;
    return due <= today ? VISIT_TODAY : due <= sunday ? VISIT_WEEK : VISIT_LATER;
}

const char *visit_due_zh(struct ctx *c, int64_t due_ms, int64_t now_ms)
{
    int32_t today = day_of_ms(now_ms), due = day_of_ms(due_ms);
    if (due < today)
        return arena_printf(c->arena, "迟 %d 天", today - due);
    if (due == today)
        return now_ms > due_ms ? "今天，迟了" : "今天";
    return arena_printf(c->arena, "%s前", day_zh(c->arena, due));
}

const char *visit_due_class(int64_t due_ms, int64_t now_ms)
{
    return now_ms > due_ms ? "late" : visit_when(due_ms, now_ms) == VISIT_TODAY ? "soon" : "go";
}

static int compare(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

static int by_walk(const void *left, const void *right, void *arg)
{
    const struct care_line *a = left, *b = right;
    const int64_t *now_ms = arg;
    int d = compare(visit_when(a->care.due_ms, *now_ms), visit_when(b->care.due_ms, *now_ms));
    d = d ? d : compare(text_number(a->grp), text_number(b->grp));
    d = d ? d : strcmp(a->grp, b->grp);
    d = d ? d : compare(text_number(a->door), text_number(b->door));
    d = d ? d : strcmp(a->door, b->door);
    return d ? d : compare(a->care.person.id, b->care.person.id);
}

void visit_walk(struct care_line *all, size_t n, int64_t now_ms)
{
    if (n > 1)
        qsort_r(all, n, sizeof *all, by_walk, &now_ms);
}
