/* SPDX-License-Identifier: Apache-2.0
 * csv.h - reads RFC 4180 files row by row: quotes, doubled quotes, line breaks within quotes. */
#pragma once
#include "core/core.h"

enum { CSV_CELLS_MAX = 64, CSV_ROW_MAX = 64 * 1024 };
struct csv_row {
    const char *const *cells; /* in the arena */
    size_t n, line;           /* line: number of the row's first line, from 1 */
};
/* Calls each for every row after the header row; stops at its first error. E_IO, E_FORMAT. */
enum err csv_each(struct ctx *c, const char *path,
                  enum err (*each)(struct ctx *c, const struct csv_row *row, void *arg),
                  void *arg) MUST_USE;
