/* SPDX-License-Identifier: Apache-2.0
 * qr.c - see qr.h. */
#include "kernel/print/qr.h"
#include <qrencode.h>

struct qr qr_new(struct arena *a, const char *text)
{
    struct qr q = { 0, NULL };
    if (!text || !*text || strlen(text) > QR_TEXT_MAX)
        return q;
    QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    CHECK(code != NULL); /* 2000 bytes fit into version 40 at level M */
    size_t n = (size_t)code->width * (size_t)code->width;
    uint8_t *dark = arena_alloc(a, n);
    for (size_t i = 0; i < n; i++)
        dark[i] = code->data[i] & 1;
    q = (struct qr){ code->width, dark };
    QRcode_free(code);
    return q;
}

/* One stroke of a path for each run of dark modules; counts only when out is NULL. */
static size_t runs(const struct qr *q, char *out, size_t room)
{
    enum { RUN_MAX = 32 };
    size_t at = 0;
    for (int y = 0; y < q->size; y++) {
        for (int x = 0, n; x < q->size; x += n) {
            const uint8_t *row = q->dark + y * q->size;
            for (n = 1; x + n < q->size && row[x + n] == row[x]; n++)
                ;
            if (!row[x])
                continue;
            if (out)
                at += (size_t)snprintf(out + at, room - at, "M%d %dh%dv1h-%dz", x, y, n, n);
            else
                at += RUN_MAX;
        }
    }
    return at;
}

struct bytes qr_svg(struct arena *a, const char *text)
{
    struct qr q = qr_new(a, text);
    if (q.size == 0)
        return (struct bytes){ 0 };
    size_t room = runs(&q, NULL, 0) + 1;
    char *path = arena_alloc(a, room);
    CHECK(runs(&q, path, room) < room);
    int all = q.size + 2 * QR_QUIET;
    char *svg =
        arena_printf(a,
                     "<svg class=\"qr\" viewBox=\"%d %d %d %d\" role=\"img\" "
                     "aria-label=\"二维码\" shape-rendering=\"crispEdges\">"
                     "<path fill=\"#fff\" d=\"M%d %dh%dv%dh-%dz\"/>"
                     "<path fill=\"#000\" d=\"%s\"/></svg>",
                     -QR_QUIET, -QR_QUIET, all, all, -QR_QUIET, -QR_QUIET, all, all, all, path);
    return (struct bytes){ (const uint8_t *)svg, strlen(svg) };
}
