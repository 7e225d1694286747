/* SPDX-License-Identifier: Apache-2.0
 * files.c - tables and pictures that people bring: CSV, the calendar's lines, JPEG, PNG, PDF. */
#include "core/csv.h"
#include "core/text.h"
#include "fuzz.h"
#include "kernel/calendar/calendar.h"
#include "kernel/file/file.h"
#include <sys/mman.h>
#include <unistd.h>

static enum err row(struct ctx *c, const struct csv_row *r, void *arg)
{
    size_t *line = arg;
    (void)c;
    CHECK(r->n > 0 && r->n <= CSV_CELLS_MAX && r->line > *line);
    for (size_t i = 0; i < r->n; i++)
        CHECK(strlen(r->cells[i]) <= CSV_ROW_MAX);
    *line = r->line;
    return OK;
}

FUZZ(csv)
{
    size_t line = 0;
    char path[32];
    UNUSED(text);
    int fd = memfd_create("csv", MFD_CLOEXEC);
    CHECK(fd >= 0 && write(fd, in.ptr, in.len) == (ssize_t)in.len);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    enum err e = csv_each(c, path, row, &line);
    CHECK(e == OK || e == E_FORMAT);
    close(fd);
}

FUZZ(calendar)
{
    struct calendar_day *days;
    size_t n;
    UNUSED(in);
    if (calendar_parse(c, text, &days, &n) == OK)
        CHECK(n <= CALENDAR_ROWS_MAX);
}

FUZZ(file)
{
    struct bytes out, twice;
    const char *mime, *again;
    UNUSED(text);
    if (file_clean(c, in, &mime, &out) != OK)
        return;
    CHECK(out.len > 0 && out.len <= in.len);
    CHECK(file_clean(c, out, &again, &twice) == OK && str_eq(mime, again)); /* clean stays clean */
    CHECK(twice.len == out.len && memcmp(twice.ptr, out.ptr, out.len) == 0);
}

FUZZ(text)
{
    for (int lines = 0; lines < 2; lines++) {
        const char *clean =
            text_valid(text, strlen(text)) ? text_clean(c->arena, text, lines) : NULL;
        if (!clean)
            continue;
        const char *again = text_clean(c->arena, clean, lines);
        CHECK(text_valid(clean, strlen(clean)) && again && str_eq(clean, again));
        CHECK(lines || !strchr(clean, '\n'));
    }
    UNUSED(in);
}
