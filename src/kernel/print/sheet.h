/* SPDX-License-Identifier: Apache-2.0
 * sheet.h - a table as a file for office programs: XLSX and CSV. Text stays text: a cell is never
 * taken for a formula, an identity number never for a number. */
#pragma once
#include "core/core.h"

enum {
    SHEET_COLS_MAX = 200,
    SHEET_ROWS_MAX = 100000,
    SHEET_CELL_MAX = 32000,             /* bytes */
    SHEET_TEXT_MAX = 8 * 1024 * 1024,   /* all cells */
    SHEET_BYTES_MAX = 12 * 1024 * 1024, /* the file */
};

struct sheet {
    const char *title;        /* the sheet's name; shortened and cleaned as the format demands */
    const char *const *heads; /* n_cols */
    const bool *numeric;      /* n_cols: amounts and counts, to be summed; NULL: none is */
    size_t n_cols;
    const char *const *cells; /* n_rows * n_cols, row by row; NULL: empty */
    size_t n_rows;
};

/* An XLSX file (ECMA-376) in c's arena. A cell of a numeric column that reads as a plain number
 * ("-1,234.50", at most 15 digits) becomes one. E_TOO_LARGE beyond the limits above, E_IO when the
 * library fails. The same table at the same c->now_ms gives the same bytes. */
enum err sheet_xlsx(struct ctx *c, const struct sheet *s, struct bytes *out) MUST_USE;
/* A CSV file in c's arena: UTF-8 with BOM, RFC 4180. A cell that begins with = + - @ tab or CR and
 * is no number of a numeric column gets an apostrophe before it. Limits as above. */
enum err sheet_csv(struct ctx *c, const struct sheet *s, struct bytes *out) MUST_USE;
/* Whether text is a plain number of at most 15 digits ("12", "-1,234.50"); its value. */
bool sheet_number(const char *text, double *value);
