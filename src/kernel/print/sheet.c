/* SPDX-License-Identifier: Apache-2.0
 * sheet.c - see sheet.h. */
#include "kernel/print/sheet.h"
#include "core/fault.h"
#include "core/text.h"
#include <ctype.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xlsxwriter.h>

static const char *cell(const struct sheet *s, size_t row, size_t col)
{
    return str_or(s->cells[row * s->n_cols + col], "");
}

static bool is_numeric(const struct sheet *s, size_t col)
{
    return s->numeric && s->numeric[col];
}

bool sheet_number(const char *text, double *value)
{
    enum { DIGITS_MAX = 15 }; /* more do not survive a double */
    char plain[DIGITS_MAX + 4];
    size_t n = 0, digits = 0, group = 0;
    bool point = false, grouped = false;
    const char *p = text;
    if (*p == '-')
        plain[n++] = *p++;
    for (; *p; p++) {
        if (isdigit((unsigned char)*p) && ++digits <= DIGITS_MAX) {
            plain[n++] = *p;
            group++;
        } else if (*p == '.' && !point && digits > 0 && (!grouped || group == 3)) {
            plain[n++] = '.';
            point = true;
        } else if (*p == ',' && !point && (grouped ? group == 3 : group >= 1 && group <= 3)) {
            group = 0;
            grouped = true;
        } else {
            return false;
        }
    }
    if (digits == 0 || p[-1] == '.' || (grouped && !point && group != 3))
        return false;
    plain[n] = '\0';
    *value = strtod(plain, NULL);
    return true;
}

static enum err check_limits(struct ctx *c, const struct sheet *s)
{
    CHECK(s->n_cols > 0 && s->n_cols <= SHEET_COLS_MAX);
    if (s->n_rows > SHEET_ROWS_MAX)
        return fail(c, E_TOO_LARGE, "sheet: %zu rows", s->n_rows);
    size_t all = 0;
    for (size_t i = 0; i < s->n_rows * s->n_cols; i++) {
        size_t n = s->cells[i] ? strlen(s->cells[i]) : 0;
        all += n + 4;
        if (n > SHEET_CELL_MAX || all > SHEET_TEXT_MAX)
            return fail(c, E_TOO_LARGE, "sheet: cell %zu", i);
    }
    return OK;
}

/* ---- CSV ---- */
struct text {
    char *p; /* NULL: only counts */
    size_t n;
};

static void add(struct text *t, char c)
{
    if (t->p)
        t->p[t->n] = c;
    t->n++;
}

static void add_cell(struct text *t, const char *s, bool numeric)
{
    double value;
    bool formula = *s && strchr("=+-@\t\r", *s) && !(numeric && sheet_number(s, &value));
    bool quoted =
        formula || s[strcspn(s, "\",\r\n")] || *s == ' ' || (*s && s[strlen(s) - 1] == ' ');
    if (quoted)
        add(t, '"');
    if (formula)
        add(t, '\'');
    for (; *s; s++) {
        if (*s == '"')
            add(t, '"');
        add(t, *s);
    }
    if (quoted)
        add(t, '"');
}

static void add_table(struct text *t, const struct sheet *s)
{
    for (const char *bom = "\xEF\xBB\xBF"; *bom; bom++)
        add(t, *bom);
    for (size_t row = 0; row <= s->n_rows; row++)
        for (size_t col = 0; col < s->n_cols; col++) {
            if (row == 0)
                add_cell(t, str_or(s->heads[col], ""), false);
            else
                add_cell(t, cell(s, row - 1, col), is_numeric(s, col));
            if (col + 1 < s->n_cols) {
                add(t, ',');
            } else {
                add(t, '\r');
                add(t, '\n');
            }
        }
}

enum err sheet_csv(struct ctx *c, const struct sheet *s, struct bytes *out)
{
    TRY(check_limits(c, s));
    struct text t = { NULL, 0 };
    add_table(&t, s);
    if (t.n > SHEET_BYTES_MAX)
        return fail(c, E_TOO_LARGE, "csv: %zu bytes", t.n);
    t = (struct text){ arena_alloc(c->arena, t.n + 1), 0 };
    add_table(&t, s);
    *out = (struct bytes){ (const uint8_t *)t.p, t.n };
    return OK;
}

/* ---- XLSX ---- */
/* At most 31 characters, none of []:*?/\ and no apostrophe at an end (ECMA-376, as Excel reads it).
 */
static const char *sheet_name(struct arena *a, const char *title)
{
    enum { NAME_MAX_ = 31 };
    char *name = arena_alloc(a, NAME_MAX_ * 4 + 1);
    size_t at = 0;
    const char *p = str_or(title, "");
    for (int units = 0; *p;) {
        uint32_t ch = text_next(&p);
        units += ch > 0xffff ? 2 : 1;
        if (units > NAME_MAX_)
            break;
        bool bad = ch < 0x20 || ch == '\'' || (ch < 0x80 && strchr("[]:*?/\\", (int)ch));
        at += text_put(name + at, bad ? '-' : ch);
    }
    return at ? name : "表";
}

/* Characters a text takes in a column, a Chinese one counting two. */
static size_t shown_width(const char *s)
{
    size_t n = 0;
    while (*s) {
        uint32_t ch = text_next(&s);
        n += ch >= 0x1100 ? 2 : 1;
    }
    return n;
}

static size_t column_width(const struct sheet *s, size_t col)
{
    enum { WIDTH_MIN = 8, WIDTH_MAX = 50, ROWS_SEEN = 500 };
    size_t most = shown_width(str_or(s->heads[col], ""));
    for (size_t row = 0; row < s->n_rows && row < ROWS_SEEN; row++) {
        size_t n = shown_width(cell(s, row, col));
        most = n > most ? n : most;
    }
    most += 2;
    return most < WIDTH_MIN ? WIDTH_MIN : most > WIDTH_MAX ? WIDTH_MAX : most;
}

struct styles {
    lxw_format *head, *text, *whole, *part;
};

static lxw_error put_cell(lxw_worksheet *w, const struct styles *f, const struct sheet *s,
                          size_t row, size_t col)
{
    const char *text = cell(s, row, col);
    lxw_row_t r = (lxw_row_t)(row + 1);
    lxw_col_t k = (lxw_col_t)col;
    double value;
    if (!*text)
        return LXW_NO_ERROR;
    if (is_numeric(s, col) && sheet_number(text, &value))
        return worksheet_write_number(w, r, k, value, strchr(text, '.') ? f->part : f->whole);
    return worksheet_write_string(w, r, k, text, f->text);
}

static lxw_error fill(lxw_workbook *book, const struct sheet *s, const char *name)
{
    struct styles f = { workbook_add_format(book), workbook_add_format(book),
                        workbook_add_format(book), workbook_add_format(book) };
    format_set_bold(f.head);
    format_set_bottom(f.head, LXW_BORDER_THIN);
    format_set_text_wrap(f.text);
    format_set_align(f.text, LXW_ALIGN_VERTICAL_TOP);
    format_set_num_format(f.whole, "#,##0");
    format_set_num_format(f.part, "#,##0.00");
    lxw_worksheet *w = workbook_add_worksheet(book, name);
    if (!w)
        return LXW_ERROR_SHEETNAME_ALREADY_USED;
    lxw_error e = LXW_NO_ERROR;
    for (size_t col = 0; col < s->n_cols && !e; col++) {
        lxw_col_t k = (lxw_col_t)col;
        worksheet_set_column(w, k, k, (double)column_width(s, col), NULL);
        e = worksheet_write_string(w, 0, k, str_or(s->heads[col], ""), f.head);
    }
    for (size_t row = 0; row < s->n_rows; row++)
        for (size_t col = 0; col < s->n_cols && !e; col++)
            e = put_cell(w, &f, s, row, col);
    worksheet_freeze_panes(w, 1, 0);
    worksheet_autofilter(w, 0, 0, (lxw_row_t)s->n_rows, (lxw_col_t)(s->n_cols - 1));
    worksheet_repeat_rows(w, 0, 0);
    worksheet_set_paper(w, 9); /* A4 */
    worksheet_fit_to_pages(w, 1, 0);
    return e;
}

static enum err read_back(struct ctx *c, int fd, struct bytes *out)
{
    struct stat st;
    if (fstat(fd, &st) != 0 || st.st_size <= 0 || FAULT("sheet.read"))
        return fail(c, E_IO, "xlsx: nothing was written");
    if (st.st_size > SHEET_BYTES_MAX)
        return fail(c, E_TOO_LARGE, "xlsx: %lld bytes", (long long)st.st_size);
    size_t n = (size_t)st.st_size;
    uint8_t *p = arena_alloc(c->arena, n);
    for (size_t at = 0; at < n;) {
        ssize_t got = pread(fd, p + at, n - at, (off_t)at);
        if (got <= 0)
            return fail(c, E_IO, "xlsx: cannot be read back");
        at += (size_t)got;
    }
    *out = (struct bytes){ p, n };
    return OK;
}

/* The library only writes to a path: that of a file which exists in memory alone. */
static enum err write_book(struct ctx *c, const struct sheet *s, int fd)
{
    char path[40];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    lxw_workbook *book = FAULT("sheet.new") ? NULL : workbook_new(path);
    if (!book)
        return fail(c, E_IO, "xlsx: no workbook");
    lxw_doc_properties about = { .title = arena_copy(c->arena, str_or(s->title, "")),
                                 .created = (time_t)(c->now_ms / 1000) };
    lxw_error e = workbook_set_properties(book, &about);
    if (!e)
        e = fill(book, s, sheet_name(c->arena, s->title));
    lxw_error closed = workbook_close(book); /* frees it too */
    if (!e)
        e = closed;
    return e ? fail(c, E_IO, "xlsx: %s", lxw_strerror(e)) : OK;
}

enum err sheet_xlsx(struct ctx *c, const struct sheet *s, struct bytes *out)
{
    TRY(check_limits(c, s));
    int fd = memfd_create("xlsx", MFD_CLOEXEC);
    if (fd < 0)
        return fail(c, E_IO, "xlsx: no file in memory");
    enum err e = write_book(c, s, fd);
    if (!e)
        e = read_back(c, fd, out);
    close(fd);
    return e;
}
