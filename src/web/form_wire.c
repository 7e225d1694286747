/* SPDX-License-Identifier: Apache-2.0
 * form_wire.c - the three ways a form travels: urlencoded, multipart, JSON. Own decoders, because
 * the HTTP library's accept what a strict proxy refuses. */
#include "core/text.h"
#include "web/form.h"
#include "web/http.h"
#include <jansson.h>

static enum err room(struct ctx *c, struct form_pair **pairs, size_t n)
{
    if (n >= FORM_PARTS_MAX)
        return fail(c, E_TOO_LARGE, "more than %d fields", FORM_PARTS_MAX);
    if (!*pairs)
        *pairs = ARENA_ARRAY(c->arena, struct form_pair, FORM_PARTS_MAX);
    return OK;
}

enum err form_pairs_url(struct ctx *c, const char *s, size_t n, struct form_pair **out,
                        size_t *n_out)
{
    *out = NULL;
    *n_out = 0;
    for (size_t at = 0; at < n;) {
        const char *amp = memchr(s + at, '&', n - at);
        size_t len = amp ? (size_t)(amp - (s + at)) : n - at;
        const char *eq = memchr(s + at, '=', len);
        size_t name_len = eq ? (size_t)(eq - (s + at)) : len;
        if (len > 0) {
            TRY(room(c, out, *n_out));
            struct form_pair *p = &(*out)[(*n_out)++];
            p->name = http_url_decode(c->arena, s + at, name_len, true);
            p->value = eq ? http_url_decode(c->arena, eq + 1, len - name_len - 1, true) : "";
            if (!p->name || !p->value || strlen(p->name) > FORM_NAME_MAX)
                return fail(c, E_BAD_REQUEST, "undecodable form field");
        }
        at += len + 1;
    }
    return OK;
}

/* The value of parameter name in a header such as Content-Disposition; quoted or a token. */
static const char *parameter(struct ctx *c, const char *header, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = strchr(header, ';'); p; p = strchr(p, ';')) {
        p += 1 + strspn(p + 1, " \t");
        if (strncasecmp(p, name, n) != 0 || p[n] != '=')
            continue;
        p += n + 1;
        if (*p != '"')
            return arena_copy_n(c->arena, p, strcspn(p, "; \t\r\n"));
        const char *end = strchr(++p, '"');
        return end ? arena_copy_n(c->arena, p, (size_t)(end - p)) : NULL;
    }
    return NULL;
}

/* Browsers send names with %22 for a quote; anything that is not plain text becomes a blank. */
static const char *file_name(struct ctx *c, const char *s)
{
    const char *slash = strrchr(s, '/'), *back = strrchr(s, '\\');
    const char *base = slash && slash > back ? slash + 1 : back ? back + 1 : s;
    const char *clean = text_valid(base, strlen(base)) ? text_clean(c->arena, base, false) : NULL;
    return clean && text_length(clean) <= 120 ? clean : "文件";
}

static enum err part(struct ctx *c, const char *head, size_t head_len, struct bytes body,
                     struct form_pair *p)
{
    const char *text = arena_copy_n(c->arena, head, head_len);
    const char *disposition = strcasestr(text, "content-disposition:");
    const char *line =
        disposition ? arena_copy_n(c->arena, disposition, strcspn(disposition, "\r\n")) : NULL;
    p->name = line ? parameter(c, line, "name") : NULL;
    const char *file = line ? parameter(c, line, "filename") : NULL;
    if (!p->name || strlen(p->name) > FORM_NAME_MAX || memchr(head, 0, head_len))
        return fail(c, E_BAD_REQUEST, "a part without a name");
    p->value = "";
    if (file) {
        p->file = (struct form_file){ *file ? file_name(c, file) : "", body };
    } else {
        if (!text_valid((const char *)body.ptr, body.len) || memchr(body.ptr, 0, body.len))
            return fail(c, E_BAD_REQUEST, "a part is not text");
        p->value = arena_copy_n(c->arena, (const char *)body.ptr, body.len);
    }
    return OK;
}

enum err form_pairs_multipart(struct ctx *c, const char *type, struct bytes body,
                              struct form_pair **out, size_t *n_out)
{
    *out = NULL;
    *n_out = 0;
    const char *boundary = parameter(c, type, "boundary");
    if (!boundary || !*boundary || strlen(boundary) > 70)
        return fail(c, E_BAD_REQUEST, "multipart without a boundary");
    const char *mark = arena_printf(c->arena, "\r\n--%s", boundary);
    size_t mark_len = strlen(mark);
    const char *p = (const char *)body.ptr, *end = p + body.len;
    if (body.len < mark_len || memcmp(p, mark + 2, mark_len - 2) != 0)
        return fail(c, E_BAD_REQUEST, "multipart does not begin with its boundary");
    for (p += mark_len - 2; end - p < 2 || memcmp(p, "--", 2) != 0;) {
        const char *head = p + 2;
        if (end - p < 2 || memcmp(p, "\r\n", 2) != 0)
            return fail(c, E_BAD_REQUEST, "broken boundary");
        const char *blank = memmem(head, (size_t)(end - head), "\r\n\r\n", 4);
        const char *next =
            blank ? memmem(blank + 2, (size_t)(end - blank - 2), mark, mark_len) : NULL;
        if (!next || next < blank + 4)
            return fail(c, E_BAD_REQUEST, "unfinished part");
        TRY(room(c, out, *n_out));
        struct bytes b = { (const uint8_t *)blank + 4, (size_t)(next - blank - 4) };
        TRY(part(c, head, (size_t)(blank - head), b, &(*out)[(*n_out)++]));
        p = next + mark_len;
    }
    return OK;
}

static enum err json_value(struct ctx *c, const char *name, const json_t *v, struct form_pair **out,
                           size_t *n)
{
    if (json_is_null(v))
        return OK;
    TRY(room(c, out, *n));
    struct form_pair *p = &(*out)[(*n)++];
    p->name = name;
    if (json_is_string(v)) {
        p->value = arena_copy_n(c->arena, json_string_value(v), json_string_length(v));
        if (strlen(p->value) != json_string_length(v))
            return fail(c, E_BAD_REQUEST, "NUL in a string");
    } else if (json_is_integer(v))
        p->value = arena_printf(c->arena, "%" PRId64, (int64_t)json_integer_value(v));
    else if (json_is_boolean(v))
        p->value = json_is_true(v) ? "1" : "";
    else
        return fail(c, E_BAD_REQUEST, "%.32s: not a string, whole number or boolean", name);
    return OK;
}

static enum err json_member(struct ctx *c, const char *name, const json_t *v,
                            struct form_pair **out, size_t *n)
{
    if (!json_is_array(v))
        return json_value(c, name, v, out, n);
    for (size_t i = 0; i < json_array_size(v); i++) {
        const char *at = arena_printf(c->arena, "%s%zu", name, i);
        TRY(json_value(c, at, json_array_get(v, i), out, n));
    }
    return OK;
}

enum err form_pairs_json(struct ctx *c, struct bytes body, struct form_pair **out, size_t *n_out)
{
    *out = NULL;
    *n_out = 0;
    json_error_t why;
    json_t *root = json_loadb((const char *)body.ptr, body.len, JSON_REJECT_DUPLICATES, &why);
    if (!json_is_object(root)) {
        json_decref(root);
        return fail(c, E_BAD_REQUEST, "not a JSON object");
    }
    enum err e = OK;
    const char *name;
    json_t *v;
    json_object_foreach(root, name, v)
    {
        const char *copy = arena_copy(c->arena, name);
        e = strlen(copy) > FORM_NAME_MAX ? fail(c, E_BAD_REQUEST, "long member name")
                                         : json_member(c, copy, v, out, n_out);
        if (e)
            break;
    }
    json_decref(root);
    return e;
}
