/* SPDX-License-Identifier: Apache-2.0
 * receipt_pages.c - the papers of an errand: receipt (A4, 80 mm), list of what is missing; on the
 * screen, from the browser's printer, and as PDF. */
#include "core/day.h"
#include "gov/errand/errand_view.h"
#include "gov/errand/receipt_tmpl.h"
#include "kernel/person/person.h"
#include "kernel/place/place.h"
#include "kernel/print/print.h"
#include "kernel/print/qr.h"

/* clang-format off */
static const char *const widths[] = { "a4", "80", NULL };
static const struct field paper_query[] = { { "w", F_CHOICE, 0, 0, 0, widths, "纸" } };
/* clang-format on */

static enum err load(struct ctx *c, struct req *r, struct errand_view **out)
{
    struct errand_view *v = ARENA_NEW(c->arena, struct errand_view);
    char *code;
    TRY(errand_load(c, r->key, &v->e));
    TRY(errand_view(c, v));
    TRY(errand_code(c, &v->e, &code));
    v->code = code;
    TRY(errand_ask_phone(c, &v->e, &v->phone));
    if (v->e.person)
        req_look(c, r, (struct key){ v->e.key.county, v->e.person },
                 arena_printf(c->arena, "打印办件 %s", v->e.number));
    *out = v;
    return OK;
}

static struct safe_html qr_of(struct ctx *c, const struct req *r)
{
    struct bytes svg = qr_svg(c->arena, page_url(c, r, "/progress"));
    return (struct safe_html){ (const char *)svg.ptr, svg.len };
}

static enum err get_receipt(struct ctx *c, struct req *r)
{
    struct errand_view *v;
    TRY(load(c, r, &v));
    const struct page *p = page_new(c, r, "受理回执", "", "");
    if (str_eq(form_text(r->form, "w"), "80"))
        tmpl_receipt_slip(req_html(c, r), p, v, qr_of(c, r));
    else
        tmpl_receipt_a4(req_html(c, r), p, v, qr_of(c, r), false);
    return OK;
}

static enum err get_missing(struct ctx *c, struct req *r)
{
    struct errand_view *v;
    TRY(load(c, r, &v));
    tmpl_receipt_a4(req_html(c, r), page_new(c, r, "缺件清单", "", ""), v, qr_of(c, r), true);
    return OK;
}

const char *errand_paper_zh(struct ctx *c, const struct errand_paper *x)
{
    if (str_eq(x->state, "reused"))
        return "本处已有，不用再交";
    if (str_eq(x->state, "later"))
        return arena_printf(c->arena, "可以后补，%s前交，不耽误办理",
                            day_zh(c->arena, day_of_ms(x->due_ms)));
    if (str_eq(x->state, "waived"))
        return "这次用不上";
    return str_eq(x->state, "missing") ? "还缺" : "已收";
}

/* ---- PDF ---- */
static void paper_materials(struct ctx *c, struct paper *p, const struct errand_view *v)
{
    static const struct paper_col cols[] = { { "材料", 5, PAPER_LEFT },
                                             { "份数", 1, PAPER_RIGHT },
                                             { "情况", 5, PAPER_LEFT } };
    const char **cells = ARENA_ARRAY(c->arena, const char *, v->n_papers * 3 + 1);
    for (size_t i = 0; i < v->n_papers; i++) {
        const struct errand_paper *x = &v->papers[i];
        cells[i * 3] = arena_printf(c->arena, "%s%s", x->name, material_form_zh(x->form));
        cells[i * 3 + 1] = arena_printf(c->arena, "%" PRId64, x->count);
        cells[i * 3 + 2] = errand_paper_zh(c, x);
    }
    if (v->n_papers)
        paper_table(p, cols, COUNT(cols), cells, v->n_papers);
}

static const char *latest(struct ctx *c, const struct errand_view *v)
{
    return v->e.promised_due ? day_zh_full(c->arena, day_of_ms(v->e.promised_due)) : "见办事指南";
}

static struct paper *receipt_a4(struct ctx *c, const struct errand_view *v, const char *url,
                                bool demo)
{
    static const char *const boxes[] = { "经办人签字", "居民签字或手印" };
    struct paper *p = paper_new(c->arena, PAPER_A4);
    paper_title(p, errand_state_of(&v->e) == ERRAND_MISSING ? "缺件清单" : "受理回执");
    paper_line(p, arena_printf(c->arena, "%s　全程代理%s", v->place_name, demo ? "（演示）" : ""),
               11, false, PAPER_CENTER);
    paper_pair(p, "办件编号", errand_number_text(c, v->e.number));
    paper_pair(p, "查询码", v->code);
    paper_pair(p, "办什么", v->e.title);
    paper_pair(p, "谁来办", v->e.who);
    paper_pair(p, "受理时间",
               ms_zh_full(c->arena, v->e.accepted_ms ? v->e.accepted_ms : v->e.created_ms));
    paper_pair(p, "最晚办结", latest(c, v));
    paper_pair(p, "怎么告诉您", v->tell_line);
    paper_pair(p, "收费", v->has_item ? v->item.fee_text : "不收费");
    paper_gap(p, 3);
    paper_materials(c, p, v);
    paper_gap(p, 3);
    paper_qr(p, url, 28, "扫一扫看进度，不用登录");
    paper_line(p, "超期会怎样：系统自动报到上一级，网页上写明谁在等谁。", 11, false, PAPER_LEFT);
    paper_sign_boxes(p, boxes, COUNT(boxes));
    paper_foot(p, demo ? "演示数据，人名、金额、事项均为虚构" : "材料一次讲清，以后不再加");
    return p;
}

static struct paper *receipt_80(struct ctx *c, const struct errand_view *v, const char *url,
                                bool demo)
{
    struct paper *p = paper_new(c->arena, PAPER_80MM);
    paper_title(p, "受理回执");
    paper_line(p, arena_printf(c->arena, "%s%s", v->place_name, demo ? "（演示）" : ""), 11, false,
               PAPER_CENTER);
    paper_rule(p);
    paper_line(p, v->e.title, 12, true, PAPER_LEFT);
    paper_line(p, arena_printf(c->arena, "%s　%s", v->e.who, ms_zh(c->arena, v->e.created_ms)), 11,
               false, PAPER_LEFT);
    paper_rule(p);
    paper_line(p, "最晚办结", 11, false, PAPER_LEFT);
    paper_line(p, latest(c, v), 20, true, PAPER_LEFT);
    paper_line(p, arena_printf(c->arena, "有进展：%s", v->tell_line), 11, false, PAPER_LEFT);
    for (size_t i = 0; i < v->n_papers; i++)
        if (str_eq(v->papers[i].state, "missing") || str_eq(v->papers[i].state, "later"))
            paper_line(p,
                       arena_printf(c->arena, "%s：%s", v->papers[i].name,
                                    errand_paper_zh(c, &v->papers[i])),
                       11, false, PAPER_LEFT);
    paper_rule(p);
    paper_line(p, "编号", 11, false, PAPER_LEFT);
    paper_line(p, errand_number_text(c, v->e.number), 12, true, PAPER_LEFT);
    paper_line(p, "查询码", 11, false, PAPER_LEFT);
    paper_line(p, v->code, 20, true, PAPER_LEFT);
    paper_qr(p, url, 30, "扫一扫看进度，不用登录");
    return p;
}

static enum err get_pdf(struct ctx *c, struct req *r)
{
    struct errand_view *v;
    struct bytes pdf;
    TRY(load(c, r, &v));
    bool demo = app_conf(r->app)->demo, slip = str_eq(form_text(r->form, "w"), "80");
    const char *url = page_url(c, r, "/progress");
    TRY(paper_pdf(c, slip ? receipt_80(c, v, url, demo) : receipt_a4(c, v, url, demo), &pdf));
    return req_file(r, pdf, "application/pdf", arena_printf(c->arena, "回执-%s.pdf", v->e.number),
                    false);
}

/* clang-format off */
static const struct route routes[] = {
    { HTTP_GET, "/errand/{key}/receipt",     CAP_ERRAND_READ, 0,      "打印回执",     get_receipt, COLS(paper_query), NULL, NULL },
    { HTTP_GET, "/errand/{key}/missing",     CAP_ERRAND_READ, 0,      "打印缺件清单", get_missing, NULL, 0,           NULL, NULL },
    { HTTP_GET, "/errand/{key}/receipt.pdf", CAP_ERRAND_READ, R_POOL, "回执 PDF",     get_pdf,     COLS(paper_query), NULL, NULL },
};
/* clang-format on */
ROUTES(routes)
