/* SPDX-License-Identifier: Apache-2.0
 * draw.c - see print.h: sets a paper's items by Pango and draws them by Cairo. Everything is laid
 * out twice by the same code: dry, which counts the pages and measures the roll, then for good. */
#include "core/fault.h"
#include "kernel/print/fonts.h"
#include "kernel/print/paper.h"
#include "kernel/print/qr.h"
#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#define MM           (72 / 25.4) /* points in a millimetre */
#define SANS         "Noto Sans CJK SC"
#define SERIF        "Noto Serif CJK SC"
#define HAIR         0.5
#define CELL_PAD     3.0
#define ROLL_DRY_MAX 14000.0 /* longest roll in points; PDF readers stop at 14,400 */

/* Measures of a kind of paper, in points. */
struct measures {
    double width, height, side, top, bottom; /* height 0: as long as the text */
    int text, small, title;
    double label, gap; /* width of a pair's label; space after an item */
};
static const struct measures measures[] = {
    [PAPER_A4] = { 210 * MM, 297 * MM, 20 * MM, 18 * MM, 22 * MM, 11, 9, 20, 30 * MM, 5 },
    [PAPER_80MM] = { 80 * MM, 0, 4 * MM, 4 * MM, 8 * MM, 10, 8, 16, 18 * MM, 4 },
};

struct pen {
    const struct paper *paper;
    const struct measures *m;
    cairo_t *cr;
    PangoContext *pango;
    struct fonts *fonts;
    double left, width, y, end; /* end: where a page's text must stop */
    int page, pages;            /* pages 0: the dry run */
    cairo_status_t status;      /* of what was drawn */
};

/* ---- text ---- */
static PangoLayout *layout_of(const struct pen *pen, const char *family, const char *text, int size,
                              bool bold, double width, enum paper_align align)
{
    static const PangoAlignment aligns[] = { PANGO_ALIGN_LEFT, PANGO_ALIGN_CENTER,
                                             PANGO_ALIGN_RIGHT };
    PangoLayout *l = pango_layout_new(pen->pango);
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font, family);
    pango_font_description_set_weight(font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_size(font, size * PANGO_SCALE);
    pango_layout_set_font_description(l, font);
    pango_font_description_free(font);
    pango_layout_set_width(l, (int)(width * PANGO_SCALE));
    pango_layout_set_wrap(l, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(l, aligns[align]);
    pango_layout_set_text(l, str_or(text, ""), -1);
    return l;
}

static PangoLayout *layout_new(const struct pen *pen, const char *text, int size, bool bold,
                               double width, enum paper_align align)
{
    return layout_of(pen, SANS, text, size, bold, width, align);
}

static double height_of(PangoLayout *l)
{
    int h;
    pango_layout_get_size(l, NULL, &h);
    return (double)h / PANGO_SCALE;
}

static double natural_width(const struct pen *pen, const char *text, int size, bool bold)
{
    PangoLayout *l = layout_new(pen, text, size, bold, pen->width, PAPER_LEFT);
    int w;
    pango_layout_set_width(l, -1);
    pango_layout_get_size(l, &w, NULL);
    g_object_unref(l);
    return (double)w / PANGO_SCALE;
}

/* Draws lines of a layout from number *from on while they fit into room; moves *from on and
 * returns the height taken. */
static double draw_lines(const struct pen *pen, PangoLayout *l, int *from, double x, double y,
                         double room)
{
    double top = -1, taken = 0;
    int no = 0;
    PangoLayoutIter *it = pango_layout_get_iter(l);
    do {
        PangoRectangle box;
        if (no++ < *from)
            continue;
        pango_layout_iter_get_line_extents(it, NULL, &box);
        double line_top = (double)box.y / PANGO_SCALE, h = (double)box.height / PANGO_SCALE;
        if (top < 0)
            top = line_top;
        if (line_top - top + h > room + 0.01)
            break;
        double base = (double)pango_layout_iter_get_baseline(it) / PANGO_SCALE;
        PangoLayoutLine *line = pango_layout_iter_get_line_readonly(it);
        if (pen->pages == 0)
            fonts_note(pen->fonts, line);
        else
            fonts_show(pen->fonts, pen->cr, line, pango_layout_get_text(l),
                       x + (double)box.x / PANGO_SCALE, y + base - top);
        taken = line_top - top + h;
        *from = no;
    } while (pango_layout_iter_next_line(it));
    pango_layout_iter_free(it);
    return taken;
}

static double draw_whole(const struct pen *pen, PangoLayout *l, double x, double y)
{
    int from = 0;
    return draw_lines(pen, l, &from, x, y, ROLL_DRY_MAX);
}

static void straight(const struct pen *pen, double x1, double y1, double x2, double y2)
{
    cairo_set_line_width(pen->cr, HAIR);
    cairo_move_to(pen->cr, x1, y1);
    cairo_line_to(pen->cr, x2, y2);
    cairo_stroke(pen->cr);
}

/* ---- pages ---- */
static void finish_page(const struct pen *pen)
{
    const struct measures *m = pen->m;
    if (pen->paper->size != PAPER_A4)
        return;
    double y = m->height - m->bottom + 5 * MM;
    char number[64] = "";
    if (pen->pages == 0)
        snprintf(number, sizeof number, "第 0123456789 页 共"); /* every digit may be needed */
    else if (!pen->paper->pile)
        snprintf(number, sizeof number, "第 %d 页 共 %d 页", pen->page, pen->pages);
    PangoLayout *l = layout_new(pen, number, m->small, false, pen->width, PAPER_RIGHT);
    straight(pen, pen->left, y - 3, pen->left + pen->width, y - 3);
    draw_whole(pen, l, pen->left, y);
    g_object_unref(l);
    l = layout_new(pen, pen->paper->foot, m->small, false, pen->width - 40 * MM, PAPER_LEFT);
    pango_layout_set_height(l, -2); /* two lines at most, then "…" */
    pango_layout_set_ellipsize(l, PANGO_ELLIPSIZE_END);
    draw_whole(pen, l, pen->left, y);
    g_object_unref(l);
}

static void next_page(struct pen *pen)
{
    finish_page(pen);
    cairo_show_page(pen->cr);
    pen->page++;
    pen->y = pen->m->top;
}

static bool page_is_empty(const struct pen *pen)
{
    return pen->y <= pen->m->top;
}

/* Starts a new page when height does not fit on this one, unless it fits on none. */
static void need(struct pen *pen, double height)
{
    if (pen->y + height > pen->end && !page_is_empty(pen))
        next_page(pen);
}

/* ---- items ---- */
static void put_layout(struct pen *pen, PangoLayout *l)
{
    int n = pango_layout_get_line_count(l);
    for (int from = 0; from < n;) {
        int before = from;
        double h = draw_lines(pen, l, &from, pen->left, pen->y, pen->end - pen->y);
        pen->y += h;
        if (from < n) {
            if (from == before && page_is_empty(pen))
                break; /* a line taller than a page: there is none */
            next_page(pen);
        }
    }
    g_object_unref(l);
    pen->y += pen->m->gap;
}

static void put_text(struct pen *pen, const char *text, int size, bool bold, enum paper_align align)
{
    put_layout(pen, layout_new(pen, text, size, bold, pen->width, align));
}

static void put_title(struct pen *pen, const struct item *i)
{
    put_layout(pen, layout_of(pen, SERIF "," SANS, i->text, pen->m->title, true, pen->width,
                              PAPER_CENTER));
    pen->y += pen->m->gap;
}

static void put_pair(struct pen *pen, const struct item *i)
{
    double label = pen->m->label, rest = pen->width - label;
    PangoLayout *a = layout_new(pen, i->label, pen->m->text, false, label - 4, PAPER_LEFT);
    PangoLayout *b = layout_new(pen, i->text, pen->m->text, true, rest, PAPER_LEFT);
    double h = height_of(a) > height_of(b) ? height_of(a) : height_of(b);
    int n = pango_layout_get_line_count(b), from = 0;
    need(pen, h < pen->end / 2 ? h : pen->end / 2);
    cairo_set_source_rgb(pen->cr, 0.25, 0.25, 0.25);
    draw_whole(pen, a, pen->left, pen->y);
    cairo_set_source_rgb(pen->cr, 0, 0, 0);
    double taken = draw_lines(pen, b, &from, pen->left + label, pen->y, pen->end - pen->y);
    while (from < n) {
        next_page(pen);
        h = taken = draw_lines(pen, b, &from, pen->left + label, pen->y, pen->end - pen->y);
    }
    pen->y += (h > taken ? h : taken) + pen->m->gap / 2;
    g_object_unref(a);
    g_object_unref(b);
}

static void put_rule(struct pen *pen)
{
    static const double dash[] = { 3, 2 };
    need(pen, pen->m->gap * 2);
    pen->y += pen->m->gap / 2;
    if (pen->paper->size == PAPER_80MM)
        cairo_set_dash(pen->cr, dash, COUNT(dash), 0);
    straight(pen, pen->left, pen->y, pen->left + pen->width, pen->y);
    cairo_set_dash(pen->cr, NULL, 0, 0);
    pen->y += pen->m->gap;
}

static void put_modules(const struct pen *pen, const struct qr *q, double x, double y, double side)
{
    double one = side / q->size;
    for (int row = 0; row < q->size; row++)
        for (int col = 0, n; col < q->size; col += n) {
            const uint8_t *at = q->dark + row * q->size + col;
            for (n = 1; col + n < q->size && at[n] == at[0]; n++)
                ;
            if (at[0])
                cairo_rectangle(pen->cr, x + col * one, y + row * one, n * one, one);
        }
    cairo_fill(pen->cr); /* one path: no seams between modules */
}

static void put_qr(struct pen *pen, const struct item *i)
{
    struct qr q = qr_new(pen->paper->arena, i->text);
    if (q.size == 0) {
        put_text(pen, i->label, pen->m->text, false, PAPER_CENTER);
        return;
    }
    double side = i->size * MM, quiet = side / q.size * QR_QUIET, whole = side + 2 * quiet;
    bool roll = pen->paper->size == PAPER_80MM;
    double beside = roll ? pen->width : pen->width - whole - 4 * MM;
    PangoLayout *l =
        layout_new(pen, i->label, pen->m->text, false, beside, roll ? PAPER_CENTER : PAPER_LEFT);
    double h = height_of(l);
    need(pen, roll ? whole + h : whole > h ? whole : h);
    double x = pen->left + (roll ? (pen->width - whole) / 2 : 0);
    put_modules(pen, &q, x + quiet, pen->y + quiet, side);
    if (roll) {
        draw_whole(pen, l, pen->left, pen->y + whole);
        pen->y += whole + h + pen->m->gap;
    } else {
        draw_whole(pen, l, x + whole + 4 * MM, pen->y + (whole > h ? (whole - h) / 2 : 0));
        pen->y += (whole > h ? whole : h) + pen->m->gap;
    }
    g_object_unref(l);
}

static void put_boxes(struct pen *pen, const struct item *i)
{
    bool roll = pen->paper->size == PAPER_80MM;
    size_t across = roll ? 1 : i->n_cols;
    double gap = 4 * MM, w = (pen->width - gap * (double)(across - 1)) / (double)across;
    double h = 20 * MM;
    for (size_t k = 0; k < i->n_cols; k += across) {
        need(pen, h);
        for (size_t n = 0; n < across; n++) {
            double x = pen->left + (double)n * (w + gap);
            cairo_set_line_width(pen->cr, HAIR);
            cairo_rectangle(pen->cr, x, pen->y, w, h);
            cairo_stroke(pen->cr);
            PangoLayout *l = layout_new(pen, i->cells[k + n], pen->m->small, false,
                                        w - 2 * CELL_PAD, PAPER_LEFT);
            draw_whole(pen, l, x + CELL_PAD, pen->y + CELL_PAD);
            g_object_unref(l);
        }
        pen->y += h + pen->m->gap;
    }
}

/* ISO 216 A4 folded in three: the window lies 20 mm from the left, 50 to 85 mm from the top. */
static void put_address(struct pen *pen, const struct item *i)
{
    enum { WINDOW_TOP = 50, WINDOW_WIDTH = 85, FOLD = 105, BELOW = 112, SIZE = 13 };
    if (pen->paper->size != PAPER_A4) {
        put_text(pen, i->text, pen->m->text, true, PAPER_LEFT);
        return;
    }
    PangoLayout *l = layout_new(pen, i->text, SIZE, false, WINDOW_WIDTH * MM, PAPER_LEFT);
    draw_whole(pen, l, pen->left, WINDOW_TOP * MM);
    g_object_unref(l);
    straight(pen, 4 * MM, FOLD * MM, 9 * MM, FOLD * MM);
    pen->y = BELOW * MM;
}

/* ---- tables ---- */
struct table {
    const struct item *item;
    int size; /* of its text, points */
    double width[PAPER_COLS_MAX];
};

/* Numbers get the width they need, the other columns share what is left. True when that is enough
 * for both. */
static bool share_width(const struct pen *pen, struct table *t)
{
    const struct item *i = t->item;
    double left = pen->width, need_mm = 12 * MM;
    int shares = 0;
    for (size_t k = 0; k < i->n_cols; k++) {
        t->width[k] = 0;
        if (i->cols[k].align != PAPER_RIGHT) {
            shares += i->cols[k].share;
            continue;
        }
        double most = natural_width(pen, i->cols[k].head, t->size, true);
        for (size_t r = 0; r < i->n_rows; r++) {
            double w = natural_width(pen, i->cells[r * i->n_cols + k], t->size, false);
            most = w > most ? w : most;
        }
        t->width[k] = most + 2 * CELL_PAD + 1;
        left -= t->width[k];
    }
    bool enough = left >= (shares ? need_mm : 0);
    if (shares == 0 || left < 0) { /* numbers only: all columns grow or shrink alike */
        double k = pen->width / (pen->width - left);
        for (size_t n = 0; n < i->n_cols && shares == 0; n++)
            t->width[n] *= k;
    }
    for (size_t k = 0; k < i->n_cols; k++)
        if (i->cols[k].align != PAPER_RIGHT)
            t->width[k] =
                (enough ? left : pen->width / (double)i->n_cols) * i->cols[k].share / shares;
    return enough;
}

/* Draws one row, or as much of it as fits; from[] holds each cell's next line. */
static bool row_part(struct pen *pen, const struct table *t, PangoLayout **cells, int *from)
{
    double tall = 0, x = pen->left, room = pen->end - pen->y - 2 * CELL_PAD;
    bool whole = true;
    for (size_t k = 0; k < t->item->n_cols; k++) {
        double h = draw_lines(pen, cells[k], &from[k], x + CELL_PAD, pen->y + CELL_PAD, room);
        tall = h > tall ? h : tall;
        whole = whole && from[k] >= pango_layout_get_line_count(cells[k]);
        x += t->width[k];
    }
    double bottom = pen->y + tall + 2 * CELL_PAD;
    x = pen->left;
    for (size_t k = 0; k <= t->item->n_cols; k++) {
        straight(pen, x, pen->y, x, bottom);
        if (k < t->item->n_cols)
            x += t->width[k];
    }
    straight(pen, pen->left, pen->y, x, pen->y);
    straight(pen, pen->left, bottom, x, bottom);
    pen->y = bottom;
    return whole;
}

static double row_open(const struct pen *pen, const struct table *t, const char *const *texts,
                       bool head, PangoLayout **cells)
{
    double tall = 0;
    for (size_t k = 0; k < t->item->n_cols; k++) {
        const struct paper_col *col = &t->item->cols[k];
        cells[k] = layout_new(pen, head ? col->head : texts[k], t->size, head,
                              t->width[k] - 2 * CELL_PAD, col->align);
        double h = height_of(cells[k]);
        tall = h > tall ? h : tall;
    }
    return tall + 2 * CELL_PAD;
}

static double put_head(struct pen *pen, const struct table *t, bool draw)
{
    PangoLayout *cells[PAPER_COLS_MAX];
    int from[PAPER_COLS_MAX] = { 0 };
    double h = row_open(pen, t, NULL, true, cells);
    if (draw) {
        double w = 0;
        for (size_t k = 0; k < t->item->n_cols; k++)
            w += t->width[k];
        cairo_set_source_rgb(pen->cr, 0.93, 0.93, 0.93);
        cairo_rectangle(pen->cr, pen->left, pen->y, w, h);
        cairo_fill(pen->cr);
        cairo_set_source_rgb(pen->cr, 0, 0, 0);
        row_part(pen, t, cells, from);
    }
    for (size_t k = 0; k < t->item->n_cols; k++)
        g_object_unref(cells[k]);
    return h;
}

static void put_row(struct pen *pen, const struct table *t, const char *const *texts, double head)
{
    PangoLayout *cells[PAPER_COLS_MAX];
    int from[PAPER_COLS_MAX] = { 0 };
    double h = row_open(pen, t, texts, false, cells);
    bool fits_a_page = pen->m->top + head + h <= pen->end;
    if (pen->y + (fits_a_page ? h : head) > pen->end) {
        next_page(pen);
        put_head(pen, t, true);
    }
    while (!row_part(pen, t, cells, from) && pen->page <= PAPER_PAGES_MAX) {
        next_page(pen);
        put_head(pen, t, true);
    }
    for (size_t k = 0; k < t->item->n_cols; k++)
        g_object_unref(cells[k]);
}

static void put_table(struct pen *pen, const struct item *i)
{
    enum { SIZE_MIN = 5 };
    struct table t = { .item = i, .size = pen->m->text - 1 };
    while (!share_width(pen, &t) && t.size > SIZE_MIN)
        t.size--;
    double head = put_head(pen, &t, false);
    need(pen, head * 2);
    put_head(pen, &t, true);
    for (size_t r = 0; r < i->n_rows && pen->page <= PAPER_PAGES_MAX; r++)
        put_row(pen, &t, i->cells + r * i->n_cols, head);
    pen->y += pen->m->gap * 2;
}

static void put_item(struct pen *pen, const struct item *i)
{
    switch (i->kind) {
    case ITEM_TITLE:
        put_title(pen, i);
        return;
    case ITEM_LINE:
        put_text(pen, i->text, i->size > 0 ? i->size : pen->m->text, i->bold, i->align);
        return;
    case ITEM_PAIR:
        put_pair(pen, i);
        return;
    case ITEM_RULE:
        put_rule(pen);
        return;
    case ITEM_GAP:
        pen->y += i->size * MM;
        return;
    case ITEM_TABLE:
        put_table(pen, i);
        return;
    case ITEM_QR:
        put_qr(pen, i);
        return;
    case ITEM_SIGN:
        put_boxes(pen, i);
        return;
    case ITEM_ADDRESS:
        put_address(pen, i);
        return;
    case ITEM_BREAK:
        if (!page_is_empty(pen))
            next_page(pen);
        return;
    }
}

/* ---- the whole paper ---- */
/* Draws everything; returns where the text ends on the last page. */
static double draw_all(struct pen *pen, cairo_surface_t *surface, double height)
{
    const struct measures *m = pen->m;
    pen->cr = cairo_create(surface);
    pen->pango = pango_cairo_create_context(pen->cr);
    pango_cairo_context_set_resolution(pen->pango, 72);
    pango_context_set_language(pen->pango, pango_language_from_string("zh-cn"));
    cairo_font_options_t *exact = cairo_font_options_create();
    cairo_font_options_set_hint_metrics(exact, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_hint_style(exact, CAIRO_HINT_STYLE_NONE);
    pango_cairo_context_set_font_options(pen->pango, exact);
    cairo_font_options_destroy(exact);
    pango_context_set_round_glyph_positions(pen->pango, FALSE);
    pen->left = m->side;
    pen->width = m->width - 2 * m->side;
    pen->y = m->top;
    pen->end = height - m->bottom;
    pen->page = 1;
    for (const struct item *i = pen->paper->first; i && pen->page <= PAPER_PAGES_MAX; i = i->next)
        put_item(pen, i);
    if (pen->paper->size == PAPER_80MM && *pen->paper->foot)
        put_text(pen, pen->paper->foot, m->small, false, PAPER_CENTER);
    finish_page(pen);
    pen->status = cairo_status(pen->cr);
    g_object_unref(pen->pango);
    cairo_destroy(pen->cr);
    return pen->y;
}

struct buffer {
    uint8_t *p;
    size_t n, room;
    enum err err;
};

static cairo_status_t take(void *arg, const unsigned char *data, unsigned n)
{
    struct buffer *b = arg;
    if (FAULT("print.write"))
        b->err = E_IO;
    else if (b->n + n > PAPER_BYTES_MAX)
        b->err = E_TOO_LARGE;
    if (b->err)
        return CAIRO_STATUS_WRITE_ERROR;
    if (b->n + n > b->room) {
        b->room = (b->n + n) * 2;
        b->p = realloc(b->p, b->room);
        CHECK(b->p != NULL);
    }
    memcpy(b->p + b->n, data, n);
    b->n += n;
    return CAIRO_STATUS_SUCCESS;
}

static void date_of(int64_t ms, char *out, size_t room)
{
    time_t t = (time_t)(ms / 1000);
    struct tm tm;
    gmtime_r(&t, &tm);
    strftime(out, room, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

static cairo_surface_t *surface_new(struct ctx *c, const struct pen *pen, double height,
                                    struct buffer *b)
{
    char date[32];
    cairo_surface_t *s = cairo_pdf_surface_create_for_stream(take, b, pen->m->width, height);
    date_of(c->now_ms, date, sizeof date);
    cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_CREATE_DATE, date);
    cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_TITLE, pen->paper->title);
    return s;
}

/* Counts the pages and measures the roll on a surface without room for a single dot. */
static double dry_run(struct pen *pen, double height)
{
    cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_A8, 0, 0);
    double end = draw_all(pen, s, height);
    cairo_surface_destroy(s);
    pen->pages = pen->page;
    return end;
}

static enum err write_pdf(struct ctx *c, struct pen *pen, double height, struct bytes *out)
{
    struct buffer b = { 0 };
    cairo_surface_t *s = surface_new(c, pen, height, &b);
    draw_all(pen, s, height);
    cairo_surface_finish(s);
    cairo_status_t st = pen->status ? pen->status : cairo_surface_status(s);
    cairo_surface_destroy(s);
    enum err e = b.err ? b.err : st == CAIRO_STATUS_SUCCESS ? OK : E_IO;
    if (e)
        e = fail(c, e, "pdf: %zu bytes, %s", b.n, cairo_status_to_string(st));
    else
        *out =
            (struct bytes){ (const uint8_t *)arena_copy_n(c->arena, (const char *)b.p, b.n), b.n };
    free(b.p);
    return e;
}

enum err paper_pdf(struct ctx *c, struct paper *p, struct bytes *out)
{
    struct pen pen = { .paper = p, .m = &measures[p->size], .fonts = fonts_new(c->arena) };
    bool roll = p->size == PAPER_80MM;
    double end = dry_run(&pen, roll ? ROLL_DRY_MAX : pen.m->height);
    enum err e = OK;
    if (pen.pages > (roll ? 1 : PAPER_PAGES_MAX))
        e = fail(c, E_TOO_LARGE, "pdf: %d pages", pen.pages);
    if (!e)
        e = fonts_cut(c, pen.fonts);
    if (!e)
        e = write_pdf(c, &pen, roll ? end + pen.m->bottom : pen.m->height, out);
    fonts_free(pen.fonts);
    return e;
}
