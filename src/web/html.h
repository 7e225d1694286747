/* SPDX-License-Identifier: Apache-2.0
 * html.h - a page being written. Templates (docs/templates.md) are compiled into calls of these;
 * everything is escaped after its place, and only a struct safe_html goes out as it is. */
#pragma once
#include "core/core.h"

/* A growing page. Templates may use h->arena, e.g. {day_zh(h->arena, e->due)}. */
struct html {
    struct arena *arena;
    char *at, *end; /* room in the newest chunk */
    struct html_chunk *first, *last;
    size_t before; /* bytes in the chunks that are full */
};

/* Markup that needs no escaping; made by the functions below that return it, and nowhere else. */
struct safe_html {
    const char *ptr;
    size_t len;
};

/* An empty page in a; hint is the size expected, in bytes. */
struct html *html_new(struct arena *a, size_t hint);
/* The whole page in one piece, in the arena. h may be written on; earlier results stay as they are.
 */
struct bytes html_done(struct html *h);

/* n bytes of the template itself. For generated code: never a visitor's text. */
void html_raw(struct html *h, const char *s, size_t n);
/* s with & < > " ' escaped, for text and for quoted attributes. NULL writes nothing. */
void html_text(struct html *h, const char *s);
void html_int(struct html *h, int64_t v);
void html_uint(struct html *h, uint64_t v);
void html_safe(struct html *h, struct safe_html s);
/* A whole address, or its beginning: lets through what begins with /, ?, # or with http:, https:,
 * tel: or mailto:, and writes "#" for all else: javascript:, //host, control characters... Escaped
 * as html_text, not percent-encoded. NULL and "" write nothing. */
void html_url(struct html *h, const char *s);
/* A part of an address: all but A-Z a-z 0-9 - . _ ~ is percent-encoded (RFC 3986). */
void html_url_part(struct html *h, const char *s);

/* The picture of that name in web/icons; it is decoration, hidden from screen readers. An unknown
 * name is our bug and stops the process. */
struct safe_html icon(const char *name);
/* How many icons there are, and the name of one. */
size_t icon_count(void);
const char *icon_name(size_t i);
/* text, escaped, with <br> for each \n. From the arena. */
struct safe_html html_lines(struct arena *a, const char *text);
/* A page or fragment already written by templates, to be put into another. */
struct safe_html html_part(struct html *h);

/* What a hole is compiled into: chosen by the type of x. There is none for bool, char, floating
 * point and other pointers: those do not compile. */
/* clang-format off */
#define HTML_NUMBERS                                                                               \
    signed char: html_int, short: html_int, int: html_int, long: html_int, long long: html_int,    \
    unsigned char: html_uint, unsigned short: html_uint, unsigned: html_uint,                      \
    unsigned long: html_uint, unsigned long long: html_uint
#define html_put(h, x) _Generic((x), char *: html_text, const char *: html_text,                   \
    struct safe_html: html_safe, HTML_NUMBERS)((h), (x))
#define html_put_attr(h, x) _Generic((x), char *: html_text, const char *: html_text,              \
    HTML_NUMBERS)((h), (x))
#define html_put_url(h, x) _Generic((x), char *: html_url, const char *: html_url,                 \
    HTML_NUMBERS)((h), (x))
#define html_put_part(h, x) _Generic((x), char *: html_url_part, const char *: html_url_part,      \
    HTML_NUMBERS)((h), (x))
/* clang-format on */

/* Percent-encodes everything but RFC 3986's unreserved characters: one component of an address or
 * of a header parameter (RFC 8187). */
const char *html_percent(struct arena *a, const char *s);
