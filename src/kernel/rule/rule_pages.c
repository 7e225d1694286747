/* SPDX-License-Identifier: Apache-2.0
 * rule_pages.c - every number the product uses, with where it comes from, for everybody; and the
 * editor, which only ever adds a county's value: what the law says stays as it is. */
#include "core/day.h"
#include "kernel/rule/rule_view.h"
#include "kernel/rule/rules_tmpl.h"

enum { VALUE_CHARS_MAX = 300 /* texts too */, DOCUMENT_CHARS_MAX = 100, NOTE_CHARS_MAX = 200 };
/* clang-format off */
static const struct field edit_form[] = {
    { "area",     F_PLACE, F_REQUIRED, 0, 0,                  NULL, "用在哪里" },
    { "value",    F_TEXT,  F_REQUIRED, 1, VALUE_CHARS_MAX,    NULL, "改成多少" },
    { "from",     F_DATE,  F_REQUIRED, 0, 0,                  NULL, "从哪天起" },
    { "document", F_TEXT,  F_REQUIRED, 4, DOCUMENT_CHARS_MAX, NULL, "依据的文件" },
    { "article",  F_TEXT,  0,          0, DOCUMENT_CHARS_MAX, NULL, "第几条" },
    { "note",     F_TEXT,  0,          0, NOTE_CHARS_MAX,     NULL, "说明" },
};
static const struct {
    const char *word, *zh;
} groups[] = {
    { "account", "账号" },     { "admission", "准入" },     { "announce", "公告、广播稿" },
    { "app", "程序" },         { "notice", "消息" },        { "tell", "告诉居民" },
    { "appraisal", "评议" },   { "audit", "审计" },         { "certificate", "证明" },
    { "collective", "集体经济" }, { "committee", "村委会" }, { "council", "议事" },
    { "disclosure", "公开" },  { "elder", "老年人" },       { "election", "选举" },
    { "entrust", "委托" },     { "errand", "办件" },        { "file", "文件" },
    { "fourstep", "四议两公开" }, { "grant", "补助" },      { "hearing", "听证" },
    { "household", "户籍" },   { "idcard", "身份证" },      { "injury", "工伤" },
    { "key", "密钥" },         { "legalaid", "法律援助" },  { "levy", "筹资筹劳" },
    { "mediation", "调解" },   { "meeting", "会议" },       { "money", "钱" },
    { "org", "社会组织" },     { "petition", "信访" },      { "plan", "规划" },
    { "privacy", "个人信息" }, { "project", "项目" },       { "rating", "评价" },
    { "ready", "网页" },       { "recall", "罢免" },        { "relief", "救助" },
    { "remedy", "不服怎么办" },
    { "residence", "居住" },   { "school", "上学" },        { "seal", "公章" },
    { "supervision", "监督" }, { "visit", "走访" },         { "volunteer", "志愿" },
};
/* clang-format on */

bool rule_same_group(const char *a, const char *b)
{
    size_t n = strcspn(a, ".");
    return n == strcspn(b, ".") && memcmp(a, b, n) == 0;
}

const char *rule_group_zh(struct ctx *c, const char *name)
{
    for (size_t i = 0; i < COUNT(groups); i++)
        if (rule_same_group(name, groups[i].word))
            return groups[i].zh;
    return arena_copy_n(c->arena, name, strcspn(name, "."));
}

const char *rule_value_zh(struct ctx *c, const struct rule *r)
{
    if (str_eq(r->unit, "yesno"))
        return str_eq(r->value, "1") ? "是" : "否";
    if (str_eq(r->unit, "list") || str_eq(r->unit, "choice") || str_eq(r->unit, "fraction"))
        return r->value;
    if (str_eq(r->unit, "numerator") || str_eq(r->unit, "denominator"))
        return arena_printf(c->arena, "%s %s", *r->unit == 'n' ? "分子" : "分母", r->value);
    return arena_printf(c->arena, "%s %s", r->value, rule_unit_zh(r->unit));
}

const char *rule_area_zh(struct ctx *c, const struct rule *r)
{
    return *r->area ? place_full_name(c, r->area) : "各地";
}

static bool is_half(const char *name, const char *half)
{
    size_t n = strlen(name), h = strlen(half);
    return n > h && str_eq(name + n - h, half);
}

static bool same_fraction(const struct rule *num, const struct rule *den)
{
    size_t n = strlen(num->name);
    return n == strlen(den->name) && memcmp(num->name, den->name, n - strlen("_num")) == 0 &&
           is_half(den->name, "_den") && str_eq(num->area, den->area);
}

/* Two rows that are one number, x_num and x_den, become one for the reader: 1/10. */
static size_t join_fractions(struct ctx *c, struct rule *rows, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; is_half(rows[i].name, "_num") && k < n; k++)
            if (same_fraction(&rows[i], &rows[k])) {
                rows[i].value = arena_printf(c->arena, "%s/%s", rows[i].value, rows[k].value);
                rows[i].unit = "fraction";
                rows[k].unit = "";
            }
    for (size_t i = 0; i < n; i++)
        if (*rows[i].unit)
            rows[kept++] = rows[i];
    return kept;
}

static enum err get_rules(struct ctx *c, struct req *r)
{
    struct rule *rows;
    size_t n;
    TRY(rule_in_force(c, day_of_ms(c->now_ms), &rows, &n));
    bool edits = r->session && ctx_may_somewhere(c, CAP_RULE_EDIT);
    if (!edits) /* the editor changes one half at a time */
        n = join_fractions(c, rows, n);
    tmpl_rules(req_html(c, r), page_new(c, r, "规则和依据", edits ? "/rules" : "", ""), rows, n,
               edits);
    return OK;
}

/* What the editor of r->word shows; E_NOT_FOUND when there is no such rule. */
static enum err edit_load(struct ctx *c, struct req *r, struct rule_edit *v)
{
    struct rule *rows, *now = ARENA_NEW(c->arena, struct rule);
    *v = (struct rule_edit){ .name = r->word, .today = day_of_ms(c->now_ms) };
    TRY(rule_list(c, v->name, &rows, &v->n));
    if (v->n == 0)
        return fail(c, E_NOT_FOUND, "no rule %s", v->name);
    v->rows = rows;
    v->area = form_has(r->form, "area") ? form_text(r->form, "area") : ctx_place(c, CAP_RULE_EDIT);
    struct ctx probe = *c;
    enum err e = rule_row(&probe, v->name, v->area, (int32_t)v->today, now);
    if (e && e != E_NOT_FOUND)
        return fail(c, e, "%s", probe.why);
    v->now = e ? NULL : now;
    v->what = str_or(v->now ? v->now->note : rows[v->n - 1].note, v->name);
    return OK;
}

static enum err show_edit(struct ctx *c, struct req *r, const struct rule_edit *v)
{
    tmpl_rule_edit(req_html(c, r), page_new(c, r, "改规则", "/rules", "规则和依据"), v);
    return OK;
}

static enum err get_edit(struct ctx *c, struct req *r)
{
    struct rule_edit v;
    TRY(edit_load(c, r, &v));
    return show_edit(c, r, &v);
}

static bool is_number(const char *s)
{
    return *s && strspn(s, "0123456789") == strlen(s);
}

/* The row that was asked for, if the actor may add it: a county's own value, at or below the
 * actor's place, from today on, of the same sort as the value before. */
static enum err asked_row(struct ctx *c, struct req *r, const struct rule_edit *v, struct rule *out)
{
    const struct form *f = r->form;
    struct place place;
    const struct rule *like = v->now ? v->now : &v->rows[v->n - 1];
    enum err e = place_require(c, form_text(f, "area"), &place);
    if (e)
        return e == E_PLACE || e == E_PLACE_MERGED ? fail_field(c, "area", e) : e;
    if (!ctx_may(c, CAP_RULE_EDIT, place.code))
        return fail_field(c, "area", E_FORBIDDEN);
    if (is_number(like->value) && !is_number(form_text(f, "value")))
        return fail_field(c, "value", E_NOT_NUMBER);
    if (form_int(f, "from") < v->today)
        return fail_field(c, "from", E_TIME_PAST);
    *out = (struct rule){ .name = v->name,
                          .value = form_text(f, "value"),
                          .unit = like->unit,
                          .level = "county",
                          .document = form_text(f, "document"),
                          .article = form_text(f, "article"),
                          .area = place.code,
                          .source = "",
                          .note = str_or(form_text(f, "note"), like->note),
                          .valid_from = form_int(f, "from") };
    return OK;
}

/* Changes nothing: shows what would change. */
static enum err post_preview(struct ctx *c, struct req *r)
{
    struct rule_edit v;
    struct rule next;
    TRY(edit_load(c, r, &v));
    TRY(asked_row(c, r, &v, &next));
    v.next = &next;
    return show_edit(c, r, &v);
}

static enum err post_edit(struct ctx *c, struct req *r)
{
    struct rule_edit v;
    struct rule next;
    TRY(edit_load(c, r, &v));
    TRY(asked_row(c, r, &v, &next));
    TRY(rule_add(c, &next));
    req_say(r, "改好了，到那天起按新的算；原来的也还查得到。");
    return req_go(c, r, "/rules/%s/edit", v.name);
}

/* clang-format off */
static const struct route routes[] = {
    { HTTP_GET,  "/rules",                CAP_PUBLIC,    R_CACHED, "规则和依据",     get_rules,    NULL, 0,          NULL, NULL },
    { HTTP_GET,  "/rules/{word}/edit",    CAP_RULE_EDIT, 0,        "改规则页",       get_edit,     NULL, 0,          NULL, NULL },
    { HTTP_POST, "/rules/{word}/preview", CAP_RULE_EDIT, 0,        "看规则会怎么变", post_preview, COLS(edit_form),  NULL, get_edit },
    { HTTP_POST, "/rules/{word}/edit",    CAP_RULE_EDIT, 0,        "改规则",         post_edit,    COLS(edit_form),  NULL, get_edit },
};
/* clang-format on */
ROUTES(routes)
