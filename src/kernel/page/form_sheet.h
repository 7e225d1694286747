/* SPDX-License-Identifier: Apache-2.0
 * form_sheet.h - a form 表 on an A4 sheet: what is known stands in it, what is not is a blank line
 * to write on. The same sheet goes to the screen, to the browser's printer and into a PDF. */
#pragma once
#include "kernel/page/page.h"
#include "kernel/print/print.h"

enum { FORM_SHEET_ROWS_MAX = 40, FORM_SHEET_LINKS_MAX = 4, FORM_SHEET_COLS = 3 };
struct form_row {
    const char *label, *value; /* "": left blank */
};
struct form_link {
    const char *href, *zh;
};
struct form_sheet {
    const char *title, *item, *under, *lead, *text; /* lead and text may be "" */
    struct form_row rows[FORM_SHEET_ROWS_MAX];
    size_t n_rows;
    const char *const *heads; /* of the table of papers */
    const char **cells;       /* n_papers rows of FORM_SHEET_COLS */
    size_t n_papers;
    const char *boxes[PAPER_BOXES_MAX]; /* for signatures and thumbprints */
    size_t n_boxes;
    const char *back, *back_zh, *pdf; /* where the page came from; the same as PDF */
    struct form_link others[FORM_SHEET_LINKS_MAX];
    size_t n_others;
};
/* Adds a row. NULL counts as not known. */
void form_sheet_row(struct form_sheet *s, const char *label, const char *value);
/* Makes room for n papers under these heads; the caller fills s->cells. */
void form_sheet_papers(struct ctx *c, struct form_sheet *s,
                       const char *const heads[FORM_SHEET_COLS], size_t n);
/* Answers r with the sheet as a page, or as PDF called "<title>-<name>.pdf". */
enum err form_sheet_page(struct ctx *c, struct req *r, const struct form_sheet *s) MUST_USE;
enum err form_sheet_pdf(struct ctx *c, struct req *r, const struct form_sheet *s,
                        const char *name) MUST_USE;
