/* SPDX-License-Identifier: Apache-2.0
 * file_image.c - the type of a file by its content, and pictures reduced to the picture; see
 * file.h. Every length that a file claims is checked against what is there before it is believed.
 */
#include "kernel/file/file.h"
#include <magic.h>
#include <zlib.h>

enum {
    SOI = 0xd8,
    EOI = 0xd9,
    SOS = 0xda,
    APP0 = 0xe0,
    APP1 = 0xe1,
    APP2 = 0xe2,
    APP14 = 0xee,
    EXIF_BYTES = 36,
};

struct out {
    uint8_t *at;
    size_t n;
};

static void put(struct out *o, const void *bytes, size_t n)
{
    memcpy(o->at + o->n, bytes, n);
    o->n += n;
}

static unsigned be16(const uint8_t *p)
{
    return (unsigned)p[0] << 8 | p[1];
}

static uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool sane_size(uint64_t width, uint64_t height)
{
    return width > 0 && height > 0 && width * height <= FILE_PIXELS_MAX;
}

/* ---- JPEG (ITU-T T.81), Exif 2.3 for the orientation ---- */
static unsigned tiff16(const uint8_t *p, bool big)
{
    return big ? be16(p) : (unsigned)p[1] << 8 | p[0];
}

static uint32_t tiff32(const uint8_t *p, bool big)
{
    return big ? be32(p) : (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

/* The orientation in an APP1 segment, 1 to 8; 0: it tells none. */
static unsigned orientation_of(const uint8_t *p, size_t n)
{
    if (n < 6 + 8 || memcmp(p, "Exif\0\0", 6) != 0)
        return 0;
    p += 6;
    n -= 6;
    bool big = p[0] == 'M';
    if (tiff16(p + 2, big) != 42)
        return 0;
    size_t at = tiff32(p + 4, big);
    if (at > n || n - at < 2)
        return 0;
    size_t entries = tiff16(p + at, big);
    for (at += 2; entries > 0 && n - at >= 12; entries--, at += 12)
        if (tiff16(p + at, big) == 0x0112) {
            unsigned v = tiff16(p + at + 8, big);
            return v <= 8 ? v : 0;
        }
    return 0;
}

static void put_orientation(struct out *o, unsigned orientation)
{
    const uint8_t exif[EXIF_BYTES] = { 0xff, APP1, 0,    EXIF_BYTES - 2,
                                       'E',  'x',  'i',  'f',
                                       0,    0,    'M',  'M',
                                       0,    42,   0,    0,
                                       0,    8, /* TIFF, first directory */
                                       0,    1,    0x01, 0x12,
                                       0,    3,    0,    0,
                                       0,    1,    0,    (uint8_t)orientation,
                                       0,    0,    0,    0,
                                       0,    0 };
    put(o, exif, sizeof exif);
}

static bool is_frame(unsigned marker)
{
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

/* Whether the picture needs this segment. */
static bool jpeg_needs(unsigned marker, const uint8_t *p, size_t n)
{
    if (marker == APP0)
        return n >= 14 && memcmp(p, "JFIF\0", 5) == 0;
    if (marker == APP2)
        return n >= 14 && memcmp(p, "ICC_PROFILE\0", 12) == 0;
    if (marker == APP14)
        return n >= 12 && memcmp(p, "Adobe", 5) == 0;
    return marker == 0xdb || marker == 0xc4 || marker == 0xcc || marker == 0xdd || marker == SOS ||
           is_frame(marker);
}

/* The bytes of a scan, up to the marker after it. */
static size_t scan_length(const uint8_t *p, size_t n)
{
    size_t i = 0;
    for (; i + 1 < n; i++)
        if (p[i] == 0xff && p[i + 1] != 0 && !(p[i + 1] >= 0xd0 && p[i + 1] <= 0xd7) &&
            p[i + 1] != 0xff)
            return i;
    return n;
}

struct jpeg {
    const uint8_t *p;
    size_t n, at;
    struct out body; /* all but SOI and the orientation */
    unsigned orientation;
    bool frame, scan;
};

/* One marker segment, and the scan that may follow it; false when the file is broken. */
static bool jpeg_segment(struct jpeg *j, unsigned marker)
{
    if (j->n - j->at < 2)
        return false;
    size_t len = be16(j->p + j->at);
    const uint8_t *data = j->p + j->at + 2;
    if (len < 2 || len > j->n - j->at)
        return false;
    if (is_frame(marker)) {
        if (j->frame || len < 8 || !sane_size(be16(data + 3), be16(data + 1)))
            return false;
        j->frame = true;
    }
    if (marker == APP1 && !j->orientation)
        j->orientation = orientation_of(data, len - 2);
    if (jpeg_needs(marker, data, len - 2)) {
        put(&j->body, (uint8_t[]){ 0xff, (uint8_t)marker }, 2);
        put(&j->body, j->p + j->at, len);
    }
    j->at += len;
    if (marker == SOS) {
        size_t scan = scan_length(j->p + j->at, j->n - j->at);
        put(&j->body, j->p + j->at, scan);
        j->at += scan;
        j->scan = true;
    }
    return true;
}

/* Up to the end mark; what stands behind it is left out. */
static bool jpeg_body(struct jpeg *j)
{
    for (j->at = 2; j->n - j->at >= 2;) {
        if (j->p[j->at] != 0xff)
            return false;
        while (j->at < j->n && j->p[j->at] == 0xff)
            j->at++;
        if (j->at == j->n)
            return false;
        unsigned marker = j->p[j->at++];
        if (marker == EOI)
            return j->frame && j->scan;
        if (marker == SOI || marker == 0 || (marker >= 0xd0 && marker <= 0xd7))
            return false;
        if (!jpeg_segment(j, marker))
            return false;
    }
    return false;
}

enum err jpeg_strip(struct ctx *c, struct bytes in, struct bytes *out)
{
    struct jpeg j = { .p = in.ptr, .n = in.len };
    if (in.len < 4 || in.ptr[0] != 0xff || in.ptr[1] != SOI)
        return fail(c, E_FILE_BROKEN, "no JPEG");
    uint8_t *room = arena_alloc(c->arena, in.len + EXIF_BYTES + 4);
    j.body.at = room + 2 + EXIF_BYTES;
    if (!jpeg_body(&j))
        return fail(c, E_FILE_BROKEN, "JPEG broken at byte %zu", j.at);
    put(&j.body, (uint8_t[]){ 0xff, EOI }, 2);
    bool turned = j.orientation > 1;
    struct out head = { turned ? room : room + EXIF_BYTES, 0 };
    put(&head, (uint8_t[]){ 0xff, SOI }, 2);
    if (turned)
        put_orientation(&head, j.orientation);
    *out = (struct bytes){ head.at, head.n + j.body.n };
    return OK;
}

/* ---- PNG (ISO/IEC 15948) ---- */
static const uint8_t png_mark[8] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };

static bool png_needs(const uint8_t *type)
{
    static const char kept[][5] = { "IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA",
                                    "cHRM", "sRGB", "iCCP", "sBIT", "bKGD", "pHYs" };
    for (size_t i = 0; i < COUNT(kept); i++)
        if (memcmp(type, kept[i], 4) == 0)
            return true;
    return false;
}

/* Length of the chunk at p with its head and check sum; 0: broken. */
static size_t png_chunk(const uint8_t *p, size_t n, bool first)
{
    if (n < 12)
        return 0;
    size_t len = be32(p);
    if (len > n - 12 || first != (memcmp(p + 4, "IHDR", 4) == 0))
        return 0;
    if (first && (len != 13 || !sane_size(be32(p + 8), be32(p + 12))))
        return 0;
    bool critical = !(p[4] & 0x20);
    if (critical && !png_needs(p + 4))
        return 0;
    uLong sum = crc32(0, p + 4, (uInt)(len + 4));
    return sum == be32(p + 8 + len) ? len + 12 : 0;
}

enum err png_strip(struct ctx *c, struct bytes in, struct bytes *out)
{
    if (in.len < 8 || memcmp(in.ptr, png_mark, 8) != 0)
        return fail(c, E_FILE_BROKEN, "no PNG");
    struct out o = { arena_alloc(c->arena, in.len), 0 };
    bool data = false;
    put(&o, png_mark, 8);
    for (size_t at = 8;;) {
        const uint8_t *p = in.ptr + at;
        size_t len = png_chunk(p, in.len - at, at == 8);
        if (len == 0)
            return fail(c, E_FILE_BROKEN, "PNG broken at byte %zu", at);
        if (png_needs(p + 4))
            put(&o, p, len);
        data = data || memcmp(p + 4, "IDAT", 4) == 0;
        at += len;
        if (memcmp(p + 4, "IEND", 4) == 0)
            break;
    }
    *out = (struct bytes){ o.at, o.n };
    return data ? OK : fail(c, E_FILE_BROKEN, "PNG without a picture");
}

/* ---- any file ---- */
static enum err type_of(struct ctx *c, struct bytes in, const char **mime)
{
    magic_t m = magic_open(MAGIC_MIME_TYPE | MAGIC_ERROR);
    if (!m)
        return fail(c, E_UNAVAILABLE, "libmagic");
    const char *found = magic_load(m, NULL) == 0 ? magic_buffer(m, in.ptr, in.len) : NULL;
    *mime = found ? arena_copy(c->arena, found) : NULL;
    enum err e = found ? OK : fail(c, E_UNAVAILABLE, "libmagic: %s", magic_error(m));
    magic_close(m);
    return e;
}

static bool pdf_ends(struct bytes in)
{
    enum { TAIL = 2048 };
    size_t from = in.len > TAIL ? in.len - TAIL : 0;
    return memmem(in.ptr + from, in.len - from, "%%EOF", 5) != NULL;
}

enum err file_clean(struct ctx *c, struct bytes in, const char **mime, struct bytes *out)
{
    if (in.len == 0)
        return fail(c, E_FILE_EMPTY, "empty file");
    if (in.len > FILE_BYTES_MAX)
        return fail(c, E_FILE_LARGE, "%zu bytes", in.len);
    TRY(type_of(c, in, mime));
    if (str_eq(*mime, "image/jpeg"))
        return jpeg_strip(c, in, out);
    if (str_eq(*mime, "image/png"))
        return png_strip(c, in, out);
    if (!str_eq(*mime, "application/pdf"))
        return fail(c, E_FILE_TYPE, "%s", *mime);
    *out = in;
    return pdf_ends(in) ? OK : fail(c, E_FILE_BROKEN, "PDF without an end");
}
