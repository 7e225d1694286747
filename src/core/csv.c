/* SPDX-License-Identifier: Apache-2.0
 * csv.c - see csv.h. */
#include "core/csv.h"

struct reader {
    FILE *f;
    char *buf;
    size_t len, line, first_line;
};

/* Reads one row into buf, cells separated by NUL. Returns the number of cells, 0 at the end, -1 when
 * the row is broken. */
static int read_row(struct reader *r)
{
    int cells = 1, ch = getc(r->f);
    bool quoted = false, any = false;
    r->len = 0;
    r->first_line = r->line;
    for (; ch != EOF; ch = getc(r->f)) {
        any = true;
        if (r->len + 2 > CSV_ROW_MAX || ch == 0)
            return -1;
        if (ch == '\n')
            r->line++;
        if (quoted && ch == '"') {
            int next = getc(r->f);
            if (next == '"') {
                r->buf[r->len++] = '"';
                continue;
            }
            quoted = false;
            ungetc(next, r->f);
        } else if (quoted) {
            r->buf[r->len++] = (char)ch;
        } else if (ch == '"') {
            quoted = true;
        } else if (ch == '\n') {
            break;
        } else if (ch == ',') {
            r->buf[r->len++] = '\0';
            cells++;
        } else if (ch != '\r') {
            r->buf[r->len++] = (char)ch;
        }
    }
    r->buf[r->len++] = '\0';
    return quoted || cells > CSV_CELLS_MAX ? -1 : any ? cells : 0;
}

static enum err read_all(struct ctx *c, struct reader *r,
                         enum err (*each)(struct ctx *, const struct csv_row *, void *), void *arg)
{
    int n;
    for (bool header = true; (n = read_row(r)) != 0; header = false) {
        if (n < 0)
            return fail(c, E_FORMAT, "line %zu: broken row", r->first_line);
        if (header || (n == 1 && r->buf[0] == '\0'))
            continue;
        const char **cells = ARENA_ARRAY(c->arena, const char *, (size_t)n);
        const char *p = arena_copy_n(c->arena, r->buf, r->len);
        for (int i = 0; i < n; i++, p += strlen(p) + 1)
            cells[i] = p;
        struct csv_row row = { cells, (size_t)n, r->first_line };
        TRY(each(c, &row, arg));
    }
    return OK;
}

enum err csv_each(struct ctx *c, const char *path,
                  enum err (*each)(struct ctx *, const struct csv_row *, void *), void *arg)
{
    struct reader r = { .f = fopen(path, "r"), .line = 1 };
    if (!r.f)
        return fail(c, E_IO, "cannot open %s", path);
    r.buf = arena_alloc(c->arena, CSV_ROW_MAX);
    enum err e = read_all(c, &r, each, arg);
    fclose(r.f);
    return e;
}
