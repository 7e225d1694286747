/* SPDX-License-Identifier: Apache-2.0
 * item_form.c - the empty form of an item, to print at home, for everybody. */
#include "gov/item/item_guide.h"
#include "kernel/page/form_sheet.h"

/* What can be ticked, when there is a choice. */
static const char *ticks(struct ctx *c, const struct question *q)
{
    size_t n;
    const char *const *all = item_lines(c->arena, q->choices, &n), *out = "";
    for (size_t i = 0; i < n; i++)
        out = arena_printf(c->arena, "%s□ %s　", out, all[i]);
    return out;
}

static enum err empty_form(struct ctx *c, struct req *r, struct form_sheet *s)
{
    static const char *const blanks[] = { "申请人",   "性别", "出生日期", "身份证号",
                                          "联系电话", "住址", "替谁办" };
    static const char *const heads[FORM_SHEET_COLS] = { "材料", "份数", "带来了打勾" };
    struct item it;
    struct guide g;
    const char *place, *path = arena_printf(c->arena, "/items/%s", r->word);
    TRY(item_current(c, r->word, &it));
    TRY(guide_place(c, r, &place));
    TRY(guide_load(c, &it, place, &g));
    *s = (struct form_sheet){ .title = "申请表",
                              .item = it.name,
                              .under = item_levels_zh(c, &it),
                              .lead = "不会填的不用填：交给村代理员或窗口，有人问着您填。",
                              .text = "以上情况属实。",
                              .boxes = { "申请人签字或手印", "经办人签字", "日期" },
                              .n_boxes = 3,
                              .back = path,
                              .back_zh = it.name,
                              .pdf = arena_printf(c->arena, "%s/form.pdf", path) };
    for (size_t i = 0; i < COUNT(blanks); i++)
        form_sheet_row(s, blanks[i], "");
    for (size_t i = 0; i < g.n_questions; i++)
        form_sheet_row(s, g.questions[i].ask, ticks(c, &g.questions[i]));
    form_sheet_papers(c, s, heads, g.n_materials);
    for (size_t i = 0; i < g.n_materials; i++) {
        const struct material *m = &g.materials[i];
        s->cells[i * 3] = m->name;
        s->cells[i * 3 + 1] =
            arena_printf(c->arena, "%s %" PRId64 " 份", material_form_zh(m->form), m->count);
        s->cells[i * 3 + 2] = m->later ? "□（可以后补）" : "□";
    }
    return OK;
}

static enum err get_form(struct ctx *c, struct req *r)
{
    struct form_sheet s;
    TRY(empty_form(c, r, &s));
    return form_sheet_page(c, r, &s);
}

static enum err get_pdf(struct ctx *c, struct req *r)
{
    struct form_sheet s;
    TRY(empty_form(c, r, &s));
    return form_sheet_pdf(c, r, &s, s.item);
}

/* clang-format off */
static const struct route routes[] = {
    { HTTP_GET, "/items/{word}/form",     CAP_PUBLIC, R_CACHED, "空白申请表",     get_form, NULL, 0, NULL, NULL },
    { HTTP_GET, "/items/{word}/form.pdf", CAP_PUBLIC, R_POOL,   "空白申请表 PDF", get_pdf,  NULL, 0, NULL, NULL },
};
/* clang-format on */
ROUTES(routes)
