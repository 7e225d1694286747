/* SPDX-License-Identifier: Apache-2.0
 * html.c - see html.h. Most text has nothing to escape: it is searched sixteen bytes at a time for
 * the next special one, and copied up to there. */
#include "web/html.h"
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { CHUNK_MIN = 4096 };

struct html_chunk {
    struct html_chunk *next;
    size_t room, len; /* len: set when the next chunk is begun */
    char bytes[];
};

static void add_chunk(struct html *h, size_t room)
{
    struct html_chunk *c = arena_alloc(h->arena, sizeof *c + room);
    c->room = room;
    if (h->last) {
        h->last->len = (size_t)(h->at - h->last->bytes);
        h->before += h->last->len;
        h->last->next = c;
    } else {
        h->first = c;
    }
    h->last = c;
    h->at = c->bytes;
    h->end = c->bytes + room;
}

struct html *html_new(struct arena *a, size_t hint)
{
    struct html *h = ARENA_NEW(a, struct html);
    h->arena = a;
    add_chunk(h, hint < CHUNK_MIN ? CHUNK_MIN : hint);
    return h;
}

struct bytes html_done(struct html *h)
{
    h->last->len = (size_t)(h->at - h->last->bytes);
    size_t len = h->before + h->last->len;
    if (h->first == h->last)
        return (struct bytes){ (const uint8_t *)h->first->bytes, len };
    uint8_t *all = arena_alloc(h->arena, len + 1), *to = all;
    for (const struct html_chunk *c = h->first; c; c = c->next) {
        memcpy(to, c->bytes, c->len);
        to += c->len;
    }
    return (struct bytes){ all, len };
}

void html_raw(struct html *h, const char *s, size_t n)
{
    size_t left = (size_t)(h->end - h->at);
    if (n > left) {
        memcpy(h->at, s, left);
        h->at += left;
        s += left;
        n -= left;
        add_chunk(h, n > h->last->room * 2 ? n : h->last->room * 2);
    }
    memcpy(h->at, s, n);
    h->at += n;
}

static const struct safe_html escapes[256] = {
    ['&'] = { "&amp;", 5 },  ['<'] = { "&lt;", 4 },   ['>'] = { "&gt;", 4 },
    ['"'] = { "&quot;", 6 }, ['\''] = { "&#39;", 5 },
};

/* The first byte from p on that must be escaped, or end. */
static const char *next_special(const char *p, const char *end)
{
#if defined(__SSE2__)
    for (; end - p >= 16; p += 16) {
        __m128i v = _mm_loadu_si128((const __m128i_u *)p);
        __m128i hit = _mm_cmpeq_epi8(v, _mm_set1_epi8('&'));
        hit = _mm_or_si128(hit, _mm_cmpeq_epi8(v, _mm_set1_epi8('<')));
        hit = _mm_or_si128(hit, _mm_cmpeq_epi8(v, _mm_set1_epi8('>')));
        hit = _mm_or_si128(hit, _mm_cmpeq_epi8(v, _mm_set1_epi8('"')));
        hit = _mm_or_si128(hit, _mm_cmpeq_epi8(v, _mm_set1_epi8('\'')));
        int mask = _mm_movemask_epi8(hit);
        if (mask)
            return p + __builtin_ctz((unsigned)mask);
    }
#endif
    while (p < end && !escapes[(uint8_t)*p].ptr)
        p++;
    return p;
}

static void text_n(struct html *h, const char *s, size_t n)
{
    const char *end = s + n;
    for (;;) {
        const char *p = next_special(s, end);
        html_raw(h, s, (size_t)(p - s));
        if (p == end)
            return;
        html_safe(h, escapes[(uint8_t)*p]);
        s = p + 1;
    }
}

void html_text(struct html *h, const char *s)
{
    if (s)
        text_n(h, s, strlen(s));
}

void html_safe(struct html *h, struct safe_html s)
{
    html_raw(h, s.ptr, s.len);
}

void html_uint(struct html *h, uint64_t v)
{
    char digits[20], *p = digits + sizeof digits;
    do
        *--p = (char)('0' + v % 10);
    while ((v /= 10) != 0);
    html_raw(h, p, (size_t)(digits + sizeof digits - p));
}

void html_int(struct html *h, int64_t v)
{
    if (v < 0)
        html_raw(h, "-", 1);
    html_uint(h, v < 0 ? -(uint64_t)v : (uint64_t)v);
}

/* ---- addresses ---- */

static bool url_allowed(const char *s)
{
    for (const char *p = s; *p; p++) /* browsers leave these out before they read the scheme */
        if ((uint8_t)*p <= ' ' || *p == 0x7F)
            return false;
    if (*s == '?' || *s == '#')
        return true;
    if (*s == '/')
        return s[1] != '/' && s[1] != '\\';
    static const char *const schemes[] = { "https://", "http://", "tel:", "mailto:" };
    for (size_t i = 0; i < COUNT(schemes); i++)
        if (strncasecmp(s, schemes[i], strlen(schemes[i])) == 0)
            return true;
    return false;
}

void html_url(struct html *h, const char *s)
{
    if (s && *s)
        html_text(h, url_allowed(s) ? s : "#");
}

static bool unreserved(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

void html_url_part(struct html *h, const char *s)
{
    static const char digits[] = "0123456789ABCDEF";
    while (s && *s) {
        const char *from = s;
        while (unreserved(*s))
            s++;
        html_raw(h, from, (size_t)(s - from));
        for (; *s && !unreserved(*s); s++)
            html_raw(h, (char[]){ '%', digits[(uint8_t)*s >> 4], digits[*s & 15] }, 3);
    }
}

/* ---- markup from named makers ---- */

/* Sorted by name: web/icons.mjs does it. */
static const struct {
    const char *name;
    struct safe_html svg;
} icons[] = {
#define X(name, svg) { #name, { svg, sizeof svg - 1 } },
#include "icons.inc"
#undef X
};

struct safe_html icon(const char *name)
{
    size_t low = 0, high = COUNT(icons);
    while (low < high) {
        size_t mid = (low + high) / 2;
        int order = strcmp(name, icons[mid].name);
        if (order == 0)
            return icons[mid].svg;
        if (order < 0)
            high = mid;
        else
            low = mid + 1;
    }
    check_failed(__FILE__, __LINE__, name);
}

size_t icon_count(void)
{
    return COUNT(icons);
}

const char *icon_name(size_t i)
{
    CHECK(i < COUNT(icons));
    return icons[i].name;
}

struct safe_html html_part(struct html *h)
{
    struct bytes b = html_done(h);
    return (struct safe_html){ (const char *)b.ptr, b.len };
}

struct safe_html html_lines(struct arena *a, const char *text)
{
    struct html *h = html_new(a, strlen(str_or(text, "")) + 64);
    for (const char *p = str_or(text, ""); *p;) {
        size_t n = strcspn(p, "\n");
        text_n(h, p, n);
        p += n;
        if (*p == '\n') {
            html_raw(h, "<br>", 4);
            p++;
        }
    }
    return html_part(h);
}

const char *html_percent(struct arena *a, const char *s)
{
    static const char hex[] = "0123456789ABCDEF";
    char *out = arena_alloc(a, strlen(s) * 3 + 1), *p = out;
    for (; *s; s++) {
        unsigned char ch = (unsigned char)*s;
        bool plain = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
                     (ch >= '0' && ch <= '9') || strchr("-_.~", ch);
        if (plain) {
            *p++ = *s;
        } else {
            *p++ = '%';
            *p++ = hex[ch >> 4];
            *p++ = hex[ch & 15];
        }
    }
    return out;
}
