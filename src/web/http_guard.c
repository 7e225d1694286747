/* SPDX-License-Identifier: Apache-2.0
 * http_guard.c - refuses what a strict proxy refuses, before anybody acts on it. Pure: looks at the
 * head only. libmicrohttpd 0.9.75 lets through two Content-Length headers, Content-Length beside
 * Transfer-Encoding, two Hosts, a NUL or a bare CR in a value, folded lines and junk methods. */
#include "web/http_internal.h"
#include <strings.h>

enum { BAD = 400, URI_LONG = 414, HEAD_LARGE = 431, CONTENT_LENGTH_DIGITS = 15 };

static bool is_token_char(unsigned char c)
{
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
        return true;
    return c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL;
}

static bool is_control(unsigned char c)
{
    return c < 0x20 || c == 0x7F;
}

static bool line_ok(const struct http_line *line)
{
    if (line->name_len == 0)
        return false;
    for (size_t i = 0; i < line->name_len; i++)
        if (!is_token_char((unsigned char)line->name[i]))
            return false;
    for (size_t i = 0; i < line->value_len; i++)
        if (is_control((unsigned char)line->value[i]) && line->value[i] != '\t')
            return false;
    return true;
}

/* Walks the buffer: the request line and each header must follow one another with nothing between
 * but what the library has turned into NUL (':' and CRLF). That finds a NUL inside a value (which
 * the library takes for its end), a line that begins with NUL (for the end of the head), folded
 * lines (moved elsewhere) and a bare LF. */
static bool bytes_ok(const struct http_head *h)
{
    if (h->uri != h->method + strlen(h->method) + 1 || h->version != h->uri + h->uri_len + 1)
        return false;
    const char *at = h->version + strlen(h->version), *end = h->method + h->size;
    for (size_t i = 0; i < h->n_lines; i++) {
        const struct http_line *line = &h->lines[i];
        if (at[0] != '\0' || at[1] != '\0' || line->name != at + 2)
            return false;
        const char *value = line->name + line->name_len + 1;
        while (value < line->value && (*value == ' ' || *value == '\t'))
            value++;
        if (value != line->value)
            return false;
        at = line->value + line->value_len;
    }
    return at + 4 == end && memcmp(at, "\0\0\0\0", 4) == 0;
}

static bool method_ok(const char *method)
{
    static const char *const known[] = {
        "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"
    };
    for (size_t i = 0; i < COUNT(known); i++)
        if (strcmp(method, known[i]) == 0)
            return true;
    return false;
}

static bool uri_ok(const struct http_head *h)
{
    if (h->uri[0] != '/')
        return false;
    for (size_t i = 0; i < h->path_len; i++)
        if (is_control((unsigned char)h->uri[i]) || h->uri[i] == ' ' || h->uri[i] == '#')
            return false;
    for (const char *q = h->query; *q; q++)
        if (is_control((unsigned char)*q) || *q == ' ' || *q == '#')
            return false;
    return true;
}

static bool host_ok(const struct http_line *host)
{
    if (host->value_len == 0)
        return false;
    for (size_t i = 0; i < host->value_len; i++) {
        unsigned char c = (unsigned char)host->value[i];
        bool alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!alnum && !strchr(".-_:[]", c))
            return false;
    }
    return true;
}

static bool content_length_ok(const struct http_line *line, uint64_t *out)
{
    if (line->value_len == 0 || line->value_len > CONTENT_LENGTH_DIGITS)
        return false;
    *out = 0;
    for (size_t i = 0; i < line->value_len; i++) {
        if (line->value[i] < '0' || line->value[i] > '9')
            return false;
        *out = *out * 10 + (uint64_t)(line->value[i] - '0');
    }
    return true;
}

/* How long the body is must have exactly one answer (RFC 9112 6.3). */
static bool framing_ok(struct http_head *h)
{
    size_t hosts = 0, lengths = 0, codings = 0;
    for (size_t i = 0; i < h->n_lines; i++) {
        const struct http_line *line = &h->lines[i];
        if (line->name_len == 4 && strcasecmp(line->name, "Host") == 0) {
            if (!host_ok(line))
                return false;
            hosts++;
        } else if (line->name_len == 14 && strcasecmp(line->name, "Content-Length") == 0) {
            if (!content_length_ok(line, &h->content_length))
                return false;
            lengths++;
        } else if (line->name_len == 17 && strcasecmp(line->name, "Transfer-Encoding") == 0) {
            if (strcasecmp(line->value, "chunked") != 0 || strcmp(h->version, "HTTP/1.0") == 0)
                return false;
            codings++;
        }
    }
    h->chunked = codings == 1;
    return hosts == 1 && lengths + codings <= 1;
}

int http_guard_head(struct http_head *h)
{
    h->chunked = false;
    h->content_length = 0;
    if (h->path_len > 3 * HTTP_PATH_MAX || strlen(h->query) > HTTP_QUERY_MAX)
        return URI_LONG;
    if (h->n_lines > HTTP_HEADERS_MAX || h->size > HTTP_HEAD_MAX)
        return HEAD_LARGE;
    if (!bytes_ok(h) || !method_ok(h->method) || !uri_ok(h))
        return BAD;
    for (size_t i = 0; i < h->n_lines; i++) {
        struct http_line *line = &h->lines[i];
        while (line->value_len > 0 && strchr(" \t", line->value[line->value_len - 1]))
            line->value_len--;
        if (!line_ok(line))
            return BAD;
    }
    return framing_ok(h) ? 0 : BAD;
}

int http_guard_path(const char *path)
{
    if (!path || path[0] != '/' || path[1] == '/')
        return BAD;
    size_t n = 0;
    for (const char *p = path; *p; p++, n++) {
        if (is_control((unsigned char)*p))
            return BAD;
        if (p[0] != '/' || p[1] != '.')
            continue;
        const char *rest = p + (p[2] == '.' ? 3 : 2);
        if (*rest == '/' || *rest == '\0')
            return BAD;
    }
    return n > HTTP_PATH_MAX ? URI_LONG : 0;
}

const struct http_line *http_head_line(const struct http_head *h, const char *name)
{
    for (size_t i = 0; i < h->n_lines; i++)
        if (strcasecmp(h->lines[i].name, name) == 0)
            return &h->lines[i];
    return NULL;
}
