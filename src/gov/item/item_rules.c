/* SPDX-License-Identifier: Apache-2.0
 * item_rules.c - see item_rules.h. */
#include "gov/item/item_rules.h"
#include "core/day.h"

enum { CODE_MAX = 40, YUAN_MAX = 100000 };

static bool small_letter(char ch)
{
    return ch >= 'a' && ch <= 'z';
}

/* The length of one piece of a code at s; 0 when it is none. */
static size_t piece(const char *s)
{
    return small_letter(*s) ? strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_") : 0;
}

bool part_code_ok(const char *code)
{
    size_t n = piece(code);
    return n > 0 && n <= CODE_MAX && code[n] == '\0';
}

bool item_code_ok(const char *code)
{
    int pieces = 0;
    if (strlen(code) > CODE_MAX)
        return false;
    for (const char *p = code;; p++) {
        size_t n = piece(p);
        if (n == 0)
            return false;
        pieces++;
        p += n;
        if (*p != '.')
            return *p == '\0' && pieces > 1;
    }
}

bool yuan_parse(const char *text, int64_t *fen)
{
    size_t whole = strspn(text, "0123456789"), rest = 0;
    *fen = 0;
    if (*text == '\0')
        return true;
    if (text[whole] == '.')
        rest = strspn(text + whole + 1, "0123456789");
    if (whole == 0 || whole > 6 || rest > 2 || (text[whole] == '.') != (rest > 0) ||
        text[whole + (rest ? rest + 1 : 0)] != '\0')
        return false;
    *fen = strtoll(text, NULL, 10) * 100;
    if (rest)
        *fen += strtoll(text + whole + 1, NULL, 10) * (rest == 1 ? 10 : 1);
    return *fen <= INT64_C(100) * YUAN_MAX;
}

/* ---- what cannot stay ---- */
static void refuse(struct ctx *c, const char *field, int64_t row, enum err e)
{
    const char *name = row < 0 ? field : arena_printf(c->arena, "%s%" PRId64, field, row);
    (void)!fail_field(c, name, e);
}

static void check_codes(struct ctx *c, const char *field, const char *const *codes,
                        const int64_t *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!*codes[i])
            refuse(c, field, rows[i], E_REQUIRED);
        else if (!part_code_ok(codes[i]))
            refuse(c, field, rows[i], E_PART_CODE);
        for (size_t j = 0; j < i; j++)
            if (*codes[i] && str_eq(codes[i], codes[j])) {
                refuse(c, field, rows[i], E_TWICE);
                break;
            }
    }
}

static void check_materials(struct ctx *c, const struct item_parts *p)
{
    const char *codes[MATERIALS_MAX];
    int64_t rows[MATERIALS_MAX];
    for (size_t i = 0; i < p->n_m; i++) {
        codes[i] = p->m[i].code;
        rows[i] = p->m[i].seq;
        if (!*p->m[i].name)
            refuse(c, "m_name", p->m[i].seq, E_REQUIRED);
    }
    check_codes(c, "m_code", codes, rows, p->n_m);
}

static void check_questions(struct ctx *c, const struct item_parts *p)
{
    const char *codes[QUESTIONS_MAX];
    int64_t rows[QUESTIONS_MAX];
    for (size_t i = 0; i < p->n_q; i++) {
        const struct question *q = &p->q[i];
        codes[i] = q->code;
        rows[i] = q->seq;
        if (!*q->ask)
            refuse(c, "q_ask", q->seq, E_REQUIRED);
        if (str_eq(q->type, "choice") && !strchr(q->choices, '\n'))
            refuse(c, "q_choices", q->seq, E_REQUIRED);
    }
    check_codes(c, "q_code", codes, rows, p->n_q);
}

enum err item_check(struct ctx *c, const struct item *it, const struct item_parts *p)
{
    if (!item_code_ok(it->code))
        refuse(c, "code", -1, E_ITEM_CODE);
    if (it->statutory_days > 0 && it->promised_days > it->statutory_days)
        refuse(c, "promised_days", -1, E_PROMISE);
    if (!*it->levels)
        refuse(c, "level_village", -1, E_REQUIRED);
    check_materials(c, p);
    check_questions(c, p);
    return c->bads ? E_BAD_INPUT : OK;
}

/* ---- what changes ---- */
struct changes {
    struct ctx *c;
    struct item_change *all;
    size_t n;
};

static void note(struct changes *x, const char *what, const char *before, const char *after)
{
    if (!str_eq(before, after) && x->n < CHANGES_MAX)
        x->all[x->n++] = (struct item_change){ what, before, after };
}

static bool has_line(const char *const *lines, size_t n, const char *line)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(lines[i], line))
            return true;
    return false;
}

/* Only the lines that come or go; all of them when merely their order changes. */
static void note_lines(struct changes *x, const char *what, const char *before, const char *after)
{
    struct arena *a = x->c->arena;
    size_t n_old, n_new;
    const char *const *old = item_lines(a, before, &n_old), *const *new =
                                                                item_lines(a, after, &n_new);
    const char *gone = "", *come = "";
    for (size_t i = 0; i < n_old; i++)
        if (!has_line(new, n_new, old[i]))
            gone = arena_printf(a, "%s%s%s", gone, *gone ? "\n" : "", old[i]);
    for (size_t i = 0; i < n_new; i++)
        if (!has_line(old, n_old, new[i]))
            come = arena_printf(a, "%s%s%s", come, *come ? "\n" : "", new[i]);
    if (*gone || *come)
        note(x, what, gone, come);
    else
        note(x, what, before, after);
}

static const char *days_zh(struct changes *x, int64_t days)
{
    return days ? arena_printf(x->c->arena, "%" PRId64 " 个工作日", days) : "没有规定";
}

const char *material_held_zh(struct ctx *c, const struct material *m)
{
    if (!m->reusable)
        return "";
    return m->held_days
               ? arena_printf(c->arena, "，本处有 %" PRId64 " 天内交过的就不用再交", m->held_days)
               : "，本处已有就不用再交";
}

bool material_held_good(const struct material *m, int64_t got_ms, int64_t now_ms)
{
    return m->reusable && got_ms && (!m->held_days || now_ms <= got_ms + m->held_days * DAY_MS);
}

static const char *material_words(struct changes *x, const struct material *m)
{
    const char *later = !m->later ? ""
                        : m->later_days
                            ? arena_printf(x->c->arena, "，可后补 %" PRId64 " 天内", m->later_days)
                            : "，可后补";
    return arena_printf(x->c->arena, "%s，%s，%" PRId64 " 份%s%s%s%s", m->name,
                        material_form_zh(m->form), m->count, later, material_held_zh(x->c, m),
                        *m->note ? "，" : "", m->note);
}

static const struct material *material_named(const struct item_whole *w, const char *code)
{
    for (size_t i = 0; i < w->n_m; i++)
        if (str_eq(w->m[i].code, code))
            return &w->m[i];
    return NULL;
}

static void note_materials(struct changes *x, const struct item_whole *b,
                           const struct item_whole *a)
{
    for (size_t i = 0; i < b->n_m; i++)
        if (!material_named(a, b->m[i].code))
            note(x, "材料", material_words(x, &b->m[i]), "");
    for (size_t i = 0; i < a->n_m; i++) {
        const struct material *old = material_named(b, a->m[i].code);
        note(x, "材料", old ? material_words(x, old) : "", material_words(x, &a->m[i]));
    }
}

static const char *question_words(struct changes *x, const struct question *q)
{
    return arena_printf(x->c->arena, "%s%s%s", q->ask, *q->choices ? "：" : "", q->choices);
}

static const struct question *question_named(const struct item_whole *w, const char *code)
{
    for (size_t i = 0; i < w->n_q; i++)
        if (str_eq(w->q[i].code, code))
            return &w->q[i];
    return NULL;
}

static void note_questions(struct changes *x, const struct item_whole *b,
                           const struct item_whole *a)
{
    for (size_t i = 0; i < b->n_q; i++)
        if (!question_named(a, b->q[i].code))
            note(x, "要问的话", question_words(x, &b->q[i]), "");
    for (size_t i = 0; i < a->n_q; i++) {
        const struct question *old = question_named(b, a->q[i].code);
        note(x, "要问的话", old ? question_words(x, old) : "", question_words(x, &a->q[i]));
    }
}

static void note_facts(struct changes *x, const struct item *b, const struct item *a)
{
    struct ctx *c = x->c;
    note(x, "法定时限", days_zh(x, b->statutory_days), days_zh(x, a->statutory_days));
    note(x, "承诺时限", item_limit_zh(c, b), item_limit_zh(c, a));
    note(x, "收费", b->fee_text, a->fee_text);
    note(x, "金额（分）", arena_printf(c->arena, "%" PRId64, b->fee_fen),
         arena_printf(c->arena, "%" PRId64, a->fee_fen));
    note(x, "收费依据", b->fee_basis, a->fee_basis);
    note(x, "在哪里办", item_levels_zh(c, b), item_levels_zh(c, a));
    note(x, "谁来定", item_decides_zh(b->decides), item_decides_zh(a->decides));
    note(x, "办成以后", b->result, a->result);
    note(x, "怎么送到", item_delivery_zh(c, b), item_delivery_zh(c, a));
}

const struct item_change *item_changes(struct ctx *c, const struct item_whole *before,
                                       const struct item_whole *after, size_t *n)
{
    struct changes x = { c, ARENA_ARRAY(c->arena, struct item_change, CHANGES_MAX), 0 };
    const struct item *b = before->item, *a = after->item;
    note(&x, "名称", b->name, a->name);
    note(&x, "种类", item_kind_zh(b->kind), item_kind_zh(a->kind));
    note(&x, "负责单位", b->body, a->body);
    note(&x, "谁能办", b->who, a->who);
    note_lines(&x, "条件", b->conditions, a->conditions);
    note_materials(&x, before, after);
    note_lines(&x, "步骤", b->steps, a->steps);
    note_facts(&x, b, a);
    note_questions(&x, before, after);
    note_lines(&x, "依据", b->basis, a->basis);
    note(&x, "核对", b->checked ? "已核对" : "有待核的地方",
         a->checked ? "已核对" : "有待核的地方");
    note_lines(&x, "大家的叫法", b->also, a->also);
    note(&x, "哪天起用", day_iso(c->arena, (int32_t)b->from_day),
         day_iso(c->arena, (int32_t)a->from_day));
    *n = x.n;
    return x.all;
}
