/* SPDX-License-Identifier: Apache-2.0
 * catalog_form.c - the long form of the catalogue's editor, there and back; see catalog.h.
 * Materials and questions are numbered rows, so that it works without a script. */
#include "core/day.h"
#include "gov/item/catalog.h"

const char *const item_kinds[] = { "public", "assist", "agent", "certificate", "consult", NULL };
const char *const item_kinds_zh[] = {
    "公共服务", "协助办理", "便民代办", "出具证明", "咨询", NULL
};
const char *const decides_codes[] = { "village", "township", "county", NULL };
const char *const decides_words[] = { "村里", "镇里", "县市里", NULL };
const char *const material_forms[] = { "copy", "original", "both", "form", NULL };
const char *const question_types[] = { "choice", "text", "yesno", "date", NULL };
const char *const question_types_zh[] = { "几个里选一个", "一句话", "是或不是", "日期", NULL };
static const char *const levels[] = { "village", "township", "county" };
static const char *const deliveries[] = { "agent", "window", "post", "online" };

/* Longer names before the shorter ones that they begin with: labels are found by prefix. */
/* clang-format off */
const struct field catalog_form[CATALOG_FIELDS] = {
    { "base",           F_INT,    0,          0, INT64_MAX / 4, NULL,       "原来的版本" },
    { "code",           F_TEXT,   0,          0, 40,   NULL,           "代码" },
    { "name",           F_TEXT,   F_REQUIRED, 2, 40,   NULL,           "名称" },
    { "event",          F_TEXT,   F_REQUIRED, 1, 20,   NULL,           "哪一类" },
    { "kind",           F_CHOICE, F_REQUIRED, 0, 0,    item_kinds,     "种类" },
    { "body",           F_TEXT,   F_REQUIRED, 1, 40,   NULL,           "负责单位" },
    { "also",           F_LINES,  0,          0, 600,  NULL,           "大家的叫法" },
    { "who",            F_TEXT,   F_REQUIRED, 2, 200,  NULL,           "谁能办" },
    { "conditions",     F_LINES,  0,          0, 2000, NULL,           "条件" },
    { "steps",          F_LINES,  0,          0, 2000, NULL,           "步骤" },
    { "basis",          F_LINES,  F_REQUIRED, 2, 2000, NULL,           "依据" },
    { "checked",        F_BOOL,   0,          0, 0,    NULL,           "依据已核对" },
    { "statutory_days", F_INT,    0,          0, 365,  NULL,           "法定时限" },
    { "promised_days",  F_INT,    0,          0, 365,  NULL,           "承诺时限" },
    { "instant",        F_BOOL,   0,          0, 0,    NULL,           "当场办" },
    { "fee_text",       F_TEXT,   F_REQUIRED, 1, 100,  NULL,           "收费怎么说" },
    { "fee_basis",      F_TEXT,   0,          0, 100,  NULL,           "收费依据" },
    { "fee",            F_TEXT,   0,          0, 12,   NULL,           "金额" },
    { "result",         F_TEXT,   0,          0, 100,  NULL,           "办成以后" },
    { "deliver_agent",  F_BOOL,   0,          0, 0,    NULL,           "代理员送上门" },
    { "deliver_window", F_BOOL,   0,          0, 0,    NULL,           "到窗口取" },
    { "deliver_post",   F_BOOL,   0,          0, 0,    NULL,           "邮寄" },
    { "deliver_online", F_BOOL,   0,          0, 0,    NULL,           "网上看" },
    { "level_village",  F_BOOL,   0,          0, 0,    NULL,           "在哪里办" },
    { "level_township", F_BOOL,   0,          0, 0,    NULL,           "在哪里办" },
    { "level_county",   F_BOOL,   0,          0, 0,    NULL,           "在哪里办" },
    { "decides",        F_CHOICE, F_REQUIRED, 0, 0,    decides_codes,  "谁来定" },
    { "from_day",       F_DATE,   F_REQUIRED, 0, 0,    NULL,           "哪天起用" },
    { "m_code",         F_TEXT,   F_INDEXED,  0, 40,   NULL,           "材料代码" },
    { "m_name",         F_TEXT,   F_INDEXED,  0, 40,   NULL,           "材料名称" },
    { "m_form",         F_CHOICE, F_INDEXED,  0, 0,    material_forms, "材料形式" },
    { "m_count",        F_INT,    F_INDEXED,  0, 20,   NULL,           "材料份数" },
    { "m_later_days",   F_INT,    F_INDEXED,  0, 365,  NULL,           "后补天数" },
    { "m_later",        F_BOOL,   F_INDEXED,  0, 0,    NULL,           "可后补" },
    { "m_reusable",     F_BOOL,   F_INDEXED,  0, 0,    NULL,           "本处已有就不用再交" },
    { "m_held_days",    F_INT,    F_INDEXED,  0, 3650, NULL,           "交过的几天内有效" },
    { "m_note",         F_TEXT,   F_INDEXED,  0, 100,  NULL,           "材料说明" },
    { "q_code",         F_TEXT,   F_INDEXED,  0, 40,   NULL,           "问题代码" },
    { "q_ask",          F_TEXT,   F_INDEXED,  0, 80,   NULL,           "问题" },
    { "q_type",         F_CHOICE, F_INDEXED,  0, 0,    question_types, "怎么答" },
    { "q_choices",      F_LINES,  F_INDEXED,  0, 400,  NULL,           "可选的答案" },
};
/* clang-format on */

/* ---- from the form ---- */
static int64_t int_at(const struct form *f, const char *name, int row)
{
    return strtoll(form_text_at(f, name, row), NULL, 10);
}

static int64_t raw_int_at(const struct form *f, const char *name, int row)
{
    return strtoll(form_raw_at(f, name, row), NULL, 10);
}

/* Codes of the boxes that are ticked, one per line. */
static const char *ticked(struct ctx *c, const struct form *f, const char *prefix,
                          const char *const *codes, size_t n)
{
    const char *out = "";
    for (size_t i = 0; i < n; i++)
        if (form_bool(f, arena_printf(c->arena, "%s_%s", prefix, codes[i])))
            out = arena_printf(c->arena, "%s%s%s", out, *out ? "\n" : "", codes[i]);
    return out;
}

static void read_materials(const struct form *f, struct item_parts *p)
{
    for (int i = 0; i < MATERIALS_MAX; i++) {
        struct material m = { .seq = i,
                              .code = form_text_at(f, "m_code", i),
                              .name = form_text_at(f, "m_name", i),
                              .form = str_or(form_text_at(f, "m_form", i), "copy"),
                              .note = form_text_at(f, "m_note", i),
                              .count = raw_int_at(f, "m_count", i),
                              .later_days = raw_int_at(f, "m_later_days", i),
                              .held_days = raw_int_at(f, "m_held_days", i),
                              .reusable = int_at(f, "m_reusable", i) != 0 };
        if (!*m.code && !*m.name)
            continue; /* an empty row */
        m.later = int_at(f, "m_later", i) != 0 || m.later_days > 0;
        p->m[p->n_m++] = m;
    }
}

static void read_questions(const struct form *f, struct item_parts *p)
{
    for (int i = 0; i < QUESTIONS_MAX; i++) {
        struct question q = { .seq = i,
                              .code = form_text_at(f, "q_code", i),
                              .ask = form_text_at(f, "q_ask", i),
                              .type = str_or(form_text_at(f, "q_type", i), "text"),
                              .choices = form_text_at(f, "q_choices", i) };
        if (*q.code || *q.ask)
            p->q[p->n_q++] = q;
    }
}

enum err catalog_read(struct ctx *c, const struct form *f, struct item *it, struct item_parts *p)
{
    it->name = form_text(f, "name");
    it->event = form_text(f, "event");
    it->kind = form_text(f, "kind");
    it->body = form_text(f, "body");
    it->also = form_text(f, "also");
    it->who = form_text(f, "who");
    it->conditions = form_text(f, "conditions");
    it->steps = form_text(f, "steps");
    it->basis = form_text(f, "basis");
    it->checked = form_bool(f, "checked");
    it->statutory_days = form_int(f, "statutory_days");
    it->promised_days = form_int(f, "promised_days");
    it->instant = form_bool(f, "instant");
    it->fee_text = form_text(f, "fee_text");
    it->fee_basis = form_text(f, "fee_basis");
    it->result = form_text(f, "result");
    it->delivery = ticked(c, f, "deliver", deliveries, COUNT(deliveries));
    it->levels = ticked(c, f, "level", levels, COUNT(levels));
    it->decides = form_text(f, "decides");
    it->from_day = form_int(f, "from_day");
    if (!yuan_parse(form_text(f, "fee"), &it->fee_fen))
        (void)!fail_field(c, "fee", E_MONEY);
    *p = (struct item_parts){ 0 };
    read_materials(f, p);
    read_questions(f, p);
    return item_check(c, it, p);
}

/* ---- into the form ---- */
struct filling {
    struct ctx *c;
    struct form *f;
};

static void preset(const struct filling *x, const char *name, const char *raw)
{
    if (*raw)
        form_preset(x->c, x->f, catalog_form, COUNT(catalog_form), name, raw);
}

static void preset_int(const struct filling *x, const char *name, int64_t v)
{
    preset(x, name, arena_printf(x->c->arena, "%" PRId64, v));
}

static void preset_bool(const struct filling *x, const char *name, bool v)
{
    preset(x, name, v ? "1" : "");
}

static const char *row_name(const struct filling *x, const char *name, size_t row)
{
    return arena_printf(x->c->arena, "%s%zu", name, row);
}

static void fill_materials(const struct filling *x, const struct guide *g)
{
    for (size_t i = 0; i < g->n_materials; i++) {
        const struct material *m = &g->materials[i];
        preset(x, row_name(x, "m_code", i), m->code);
        preset(x, row_name(x, "m_name", i), m->name);
        preset(x, row_name(x, "m_form", i), m->form);
        preset_int(x, row_name(x, "m_count", i), m->count);
        preset_bool(x, row_name(x, "m_later", i), m->later);
        if (m->later_days)
            preset_int(x, row_name(x, "m_later_days", i), m->later_days);
        preset_bool(x, row_name(x, "m_reusable", i), m->reusable);
        if (m->held_days)
            preset_int(x, row_name(x, "m_held_days", i), m->held_days);
        preset(x, row_name(x, "m_note", i), m->note);
    }
}

static void fill_questions(const struct filling *x, const struct guide *g)
{
    for (size_t i = 0; i < g->n_questions; i++) {
        const struct question *q = &g->questions[i];
        preset(x, row_name(x, "q_code", i), q->code);
        preset(x, row_name(x, "q_ask", i), q->ask);
        preset(x, row_name(x, "q_type", i), q->type);
        preset(x, row_name(x, "q_choices", i), q->choices);
    }
}

/* Ticks the boxes of those codes that stand in text. */
static void fill_boxes(const struct filling *x, const char *prefix, const char *const *codes,
                       size_t n_codes, const char *text)
{
    size_t n;
    const char *const *lines = item_lines(x->c->arena, text, &n);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n_codes; k++)
            if (str_eq(lines[i], codes[k]))
                preset(x, arena_printf(x->c->arena, "%s_%s", prefix, codes[k]), "1");
}

static void fill_texts(const struct filling *x, const struct item *it)
{
    const struct {
        const char *name, *value;
    } texts[] = {
        { "name", it->name },
        { "event", it->event },
        { "kind", it->kind },
        { "body", it->body },
        { "also", it->also },
        { "who", it->who },
        { "conditions", it->conditions },
        { "steps", it->steps },
        { "basis", it->basis },
        { "fee_text", it->fee_text },
        { "fee_basis", it->fee_basis },
        { "result", it->result },
        { "decides", it->decides },
    };
    for (size_t i = 0; i < COUNT(texts); i++)
        preset(x, texts[i].name, texts[i].value);
}

void catalog_fill(struct ctx *c, struct form *form, const struct guide *g)
{
    const struct filling x = { c, form };
    const struct item *it = &g->item;
    fill_texts(&x, it);
    preset_int(&x, "statutory_days", it->statutory_days);
    preset_int(&x, "promised_days", it->promised_days);
    preset_bool(&x, "instant", it->instant);
    preset_bool(&x, "checked", it->checked);
    if (it->fee_fen)
        preset(
            &x, "fee",
            arena_printf(c->arena, "%" PRId64 ".%02" PRId64, it->fee_fen / 100, it->fee_fen % 100));
    fill_boxes(&x, "deliver", deliveries, COUNT(deliveries), it->delivery);
    fill_boxes(&x, "level", levels, COUNT(levels), it->levels);
    preset(&x, "from_day", day_iso(c->arena, (int32_t)it->from_day));
    fill_materials(&x, g);
    fill_questions(&x, g);
}

int catalog_rows(const struct form *form, const char *field, int max)
{
    int used = 0;
    for (const struct form_value *v = form->values; v; v = v->next)
        if (v->index >= used && str_starts(v->field->name, field) && *v->raw &&
            v->field->type != F_CHOICE)
            used = v->index + 1;
    return used + ROWS_EMPTY < max ? used + ROWS_EMPTY : max;
}
