/* SPDX-License-Identifier: Apache-2.0
 * print.h - receipts, notices and tables on paper: a list of things from top to bottom becomes a
 * PDF with its fonts inside (subsets), on A4 sheets or on an 80 mm roll cut where the text ends.
 *
 * Texts are copied into the arena; they are valid UTF-8 and may hold line ends. NULL is "". */
#pragma once
#include "core/core.h"

enum paper_size { PAPER_A4, PAPER_80MM };
enum paper_align { PAPER_LEFT, PAPER_CENTER, PAPER_RIGHT };
enum {
    PAPER_PAGES_MAX = 1000,
    PAPER_COLS_MAX = 24,
    PAPER_BOXES_MAX = 4,
    PAPER_BYTES_MAX = 12 * 1024 * 1024,
};

struct paper;
/* An empty document in the arena. */
struct paper *paper_new(struct arena *a, enum paper_size size);

/* The document's name, in a serif face, centred; also the PDF's title. */
void paper_title(struct paper *p, const char *text);
/* A paragraph, wrapped; size in points, 0: the paper's ordinary size. */
void paper_line(struct paper *p, const char *text, int size, bool bold, enum paper_align align);
/* A label and what belongs to it, side by side. */
void paper_pair(struct paper *p, const char *label, const char *value);
/* A4: where the window of a DL envelope (DIN 680) shows it when the sheet is folded in three, 50 to
 * 85 mm from the top; what follows begins below the first fold, which a short line at the edge
 * marks. Only at the top of a page. On the roll: an ordinary paragraph. */
void paper_address(struct paper *p, const char *lines);
/* What follows begins on a new page. Such a paper is a pile of sheets that go different ways: its
 * pages have no numbers. */
void paper_break(struct paper *p);
/* A line across; dashed on the roll. */
void paper_rule(struct paper *p);
void paper_gap(struct paper *p, int mm);

struct paper_col {
    const char *head;
    int share;              /* of the width left over, 1 or more */
    enum paper_align align; /* PAPER_RIGHT: numbers, never wrapped; they get the width they need */
};
/* cells: n_rows * n_cols, row by row. The head is repeated on every page. Only the array of cells
 * itself is kept: it and its texts must live until paper_pdf. */
void paper_table(struct paper *p, const struct paper_col *cols, size_t n_cols,
                 const char *const *cells, size_t n_rows);
/* A QR code mm wide without its quiet zone; caption below it (roll) or to its right (A4). A text
 * too long for a code leaves the caption alone. */
void paper_qr(struct paper *p, const char *text, int mm, const char *caption);
/* Empty boxes for signatures or fingerprints, n <= PAPER_BOXES_MAX. */
void paper_sign_boxes(struct paper *p, const char *const *labels, size_t n);
/* A4: small at the foot of every page, beside "第 1 页 共 2 页". Roll: small at the end. */
void paper_foot(struct paper *p, const char *text);

/* The PDF in c's arena; its date is c->now_ms, so the same paper gives the same bytes. E_TOO_LARGE
 * beyond PAPER_PAGES_MAX or PAPER_BYTES_MAX, E_IO when it cannot be drawn. */
enum err paper_pdf(struct ctx *c, struct paper *p, struct bytes *out) MUST_USE;
