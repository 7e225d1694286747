/* SPDX-License-Identifier: Apache-2.0
 * print.c - see print.h: collects what is to be printed; draw.c draws it. */
#include "kernel/print/paper.h"

struct paper *paper_new(struct arena *a, enum paper_size size)
{
    struct paper *p = ARENA_NEW(a, struct paper);
    p->arena = a;
    p->size = size;
    p->title = p->foot = "";
    p->end = &p->first;
    return p;
}

static const char *keep(struct paper *p, const char *text)
{
    return arena_copy(p->arena, str_or(text, ""));
}

static struct item *append(struct paper *p, enum item_kind kind)
{
    struct item *i = ARENA_NEW(p->arena, struct item);
    i->kind = kind;
    *p->end = i;
    p->end = &i->next;
    return i;
}

void paper_title(struct paper *p, const char *text)
{
    struct item *i = append(p, ITEM_TITLE);
    i->text = keep(p, text);
    if (!*p->title)
        p->title = i->text;
}

void paper_line(struct paper *p, const char *text, int size, bool bold, enum paper_align align)
{
    struct item *i = append(p, ITEM_LINE);
    i->text = keep(p, text);
    i->size = size;
    i->bold = bold;
    i->align = align;
}

void paper_pair(struct paper *p, const char *label, const char *value)
{
    struct item *i = append(p, ITEM_PAIR);
    i->label = keep(p, label);
    i->text = keep(p, value);
}

void paper_address(struct paper *p, const char *lines)
{
    append(p, ITEM_ADDRESS)->text = keep(p, lines);
}

void paper_break(struct paper *p)
{
    append(p, ITEM_BREAK);
    p->pile = true;
}

void paper_rule(struct paper *p)
{
    append(p, ITEM_RULE);
}

void paper_gap(struct paper *p, int mm)
{
    append(p, ITEM_GAP)->size = mm;
}

void paper_table(struct paper *p, const struct paper_col *cols, size_t n_cols,
                 const char *const *cells, size_t n_rows)
{
    CHECK(n_cols > 0 && n_cols <= PAPER_COLS_MAX);
    struct paper_col *own = ARENA_ARRAY(p->arena, struct paper_col, n_cols);
    for (size_t i = 0; i < n_cols; i++) {
        CHECK(cols[i].share > 0);
        own[i] = cols[i];
        own[i].head = keep(p, cols[i].head);
    }
    struct item *i = append(p, ITEM_TABLE);
    i->cols = own;
    i->n_cols = n_cols;
    i->cells = cells;
    i->n_rows = n_rows;
}

void paper_qr(struct paper *p, const char *text, int mm, const char *caption)
{
    struct item *i = append(p, ITEM_QR);
    i->text = keep(p, text);
    i->label = keep(p, caption);
    i->size = mm;
}

void paper_sign_boxes(struct paper *p, const char *const *labels, size_t n)
{
    CHECK(n > 0 && n <= PAPER_BOXES_MAX);
    const char **own = ARENA_ARRAY(p->arena, const char *, n);
    for (size_t i = 0; i < n; i++)
        own[i] = keep(p, labels[i]);
    struct item *i = append(p, ITEM_SIGN);
    i->cells = own;
    i->n_cols = n;
}

void paper_foot(struct paper *p, const char *text)
{
    p->foot = keep(p, text);
}
