/* SPDX-License-Identifier: Apache-2.0
 * paper.h - the list behind print.h, shared by print.c (makes it) and draw.c (draws it). */
#pragma once
#include "kernel/print/print.h"

enum item_kind {
    ITEM_TITLE,
    ITEM_LINE,
    ITEM_PAIR,
    ITEM_RULE,
    ITEM_GAP,
    ITEM_TABLE,
    ITEM_QR,
    ITEM_SIGN,
    ITEM_ADDRESS,
    ITEM_BREAK,
};
struct item {
    enum item_kind kind;
    const char *text, *label;
    int size; /* points, or mm for a gap and a QR code */
    bool bold;
    enum paper_align align;
    const struct paper_col *cols;
    const char *const *cells; /* also the labels of boxes */
    size_t n_cols, n_rows;
    struct item *next;
};
struct paper {
    struct arena *arena;
    enum paper_size size;
    const char *title, *foot;
    bool pile; /* of sheets that go different ways: no page numbers */
    struct item *first, **end;
};
