/* SPDX-License-Identifier: Apache-2.0
 * form_sheet.c - see form_sheet.h. */
#include "kernel/page/form_sheet.h"
#include "kernel/page/form_sheet_tmpl.h"
#include "web/app.h"

void form_sheet_row(struct form_sheet *s, const char *label, const char *value)
{
    CHECK(s->n_rows < FORM_SHEET_ROWS_MAX);
    s->rows[s->n_rows++] = (struct form_row){ label, str_or(value, "") };
}

void form_sheet_papers(struct ctx *c, struct form_sheet *s,
                       const char *const heads[FORM_SHEET_COLS], size_t n)
{
    s->heads = heads;
    s->cells = ARENA_ARRAY(c->arena, const char *, n *FORM_SHEET_COLS + 1);
    s->n_papers = n;
}

enum err form_sheet_page(struct ctx *c, struct req *r, const struct form_sheet *s)
{
    tmpl_form_sheet(req_html(c, r), page_new(c, r, s->title, "", ""), s);
    return OK;
}

enum err form_sheet_pdf(struct ctx *c, struct req *r, const struct form_sheet *s, const char *name)
{
    static const struct paper_col rows[] = { { "栏目", 3, PAPER_LEFT }, { "内容", 8, PAPER_LEFT } };
    struct paper_col papers[FORM_SHEET_COLS];
    struct paper *p = paper_new(c->arena, PAPER_A4);
    const char **cells = ARENA_ARRAY(c->arena, const char *, s->n_rows * 2 + 1);
    bool demo = app_conf(r->app)->demo;
    struct bytes pdf;
    paper_title(p, s->title);
    paper_line(p, s->item, 12, true, PAPER_CENTER);
    paper_line(p, arena_printf(c->arena, "%s%s", s->under, demo ? "（演示）" : ""), 11, false,
               PAPER_CENTER);
    if (*s->lead)
        paper_line(p, s->lead, 11, false, PAPER_LEFT);
    for (size_t i = 0; i < s->n_rows; i++) {
        cells[i * 2] = s->rows[i].label;
        cells[i * 2 + 1] = str_or(s->rows[i].value, "\n"); /* room for a pen */
    }
    paper_table(p, rows, COUNT(rows), cells, s->n_rows);
    paper_gap(p, 3);
    for (size_t k = 0; s->n_papers && k < FORM_SHEET_COLS; k++)
        papers[k] = (struct paper_col){ s->heads[k], k == 1 ? 2 : 5, PAPER_LEFT };
    if (s->n_papers)
        paper_table(p, papers, COUNT(papers), s->cells, s->n_papers);
    paper_gap(p, 3);
    paper_line(p, s->text, 11, false, PAPER_LEFT);
    paper_sign_boxes(p, s->boxes, s->n_boxes);
    paper_foot(p, demo ? "演示数据，人名、金额、事项均为虚构" : s->item);
    TRY(paper_pdf(c, p, &pdf));
    return req_file(r, pdf, "application/pdf", arena_printf(c->arena, "%s-%s.pdf", s->title, name),
                    false);
}
