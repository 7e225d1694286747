/* SPDX-License-Identifier: Apache-2.0
 * tmplc.c - makes typed C functions out of HTML templates: tmplc X.html OUT writes OUT.c and OUT.h.
 * The language is told in docs/templates.md. What it keeps: a hole is escaped after the place where
 * it stands, and a page whose elements or quotes do not fit together does not compile. */
#include "tmplc.h"
#include <ctype.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { LITERAL_MAX = 4000, FILE_BYTES_MAX = 4 << 20 };

/* ---- small things ---- */

int line_of(const struct tmplc *t, const char *at)
{
    int line = 1;
    for (const char *p = t->start; p < at; p++)
        line += *p == '\n';
    return line;
}

void die(const struct tmplc *t, const char *at, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fprintf(stderr, "%s:%d: ", t->path, line_of(t, at));
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
    exit(1);
}

static void put(struct buf *b, const char *s, size_t n)
{
    if (b->len + n > b->room) {
        b->room = (b->len + n) * 2 + 256;
        b->ptr = realloc(b->ptr, b->room);
        if (!b->ptr)
            abort();
    }
    if (n)
        memcpy(b->ptr + b->len, s, n);
    b->len += n;
}

__attribute__((format(printf, 2, 3))) static void putf(struct buf *b, const char *fmt, ...)
{
    va_list ap;
    char *s = NULL;
    va_start(ap, fmt);
    int n = vasprintf(&s, fmt, ap);
    va_end(ap);
    if (n < 0)
        abort();
    put(b, s, (size_t)n);
    free(s);
}

bool is(struct span s, const char *word)
{
    return strlen(word) == s.len && memcmp(s.ptr, word, s.len) == 0;
}

bool same(struct span a, struct span b)
{
    return a.len == b.len && memcmp(a.ptr, b.ptr, a.len) == 0;
}

bool starts(const struct tmplc *t, const char *p, const char *word)
{
    return (size_t)(t->end - p) >= strlen(word) && memcmp(p, word, strlen(word)) == 0;
}

bool in(struct span s, const char *const *words)
{
    for (; *words; words++)
        if (is(s, *words))
            return true;
    return false;
}

bool blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static bool name_char(char c)
{
    return isalnum((unsigned char)c) || c == '-' || c == '_' || c == ':' || c == '.';
}

static struct span trim(const char *from, const char *to)
{
    while (from < to && blank(*from))
        from++;
    while (to > from && blank(to[-1]))
        to--;
    return (struct span){ from, (size_t)(to - from) };
}

struct span word_at(const struct tmplc *t, const char *p)
{
    const char *from = p;
    while (p < t->end && name_char(*p))
        p++;
    return (struct span){ from, (size_t)(p - from) };
}

/* ---- output ---- */

/* Writes the literal text so far as calls of html_raw; C wants strings below 4096 bytes. */
static void flush(struct tmplc *t)
{
    for (size_t at = 0; at < t->lit.len;) {
        size_t n = t->lit.len - at < LITERAL_MAX ? t->lit.len - at : LITERAL_MAX;
        put(&t->c, "    html_raw(h, \"", 17);
        for (size_t i = at; i < at + n; i++) {
            char c = t->lit.ptr[i];
            if (c == '\n')
                put(&t->c, "\\n", 2);
            else if (c == '"' || c == '\\' || c == '?') /* ? for the sake of trigraphs */
                putf(&t->c, "\\%c", c);
            else if (c == '\t')
                put(&t->c, "\\t", 2);
            else
                put(&t->c, &c, 1);
        }
        putf(&t->c, "\", %zu);\n", n);
        at += n;
    }
    t->lit.len = 0;
}

void literal(struct tmplc *t, const char *s, size_t n)
{
    put(&t->lit, s, n);
    t->after_block = t->after_blank = false;
    t->begun = true;
}

/* Says to the compiler where the C that follows was written. */
static void line(struct tmplc *t, const char *at)
{
    flush(t);
    putf(&t->c, "#line %d \"%s\"\n", line_of(t, at), t->path);
}

/* ---- C in between ---- */

/* Where the C beginning at p ends: before '}' of a hole or "%}" of a directive. */
static const char *c_end(const struct tmplc *t, const char *p, bool hole)
{
    const char *from = p;
    int braces = 0;
    for (; p < t->end; p++) {
        if (*p == '"' || *p == '\'') {
            for (char quote = *p++; p < t->end && *p != quote; p++)
                p += *p == '\\';
        } else if (!hole && starts(t, p, "%}")) {
            return p;
        } else if (!hole && starts(t, p, "{%")) {
            break;
        } else if (hole && *p == '{') {
            braces++;
        } else if (hole && *p == '}' && braces-- == 0) {
            return p;
        }
    }
    die(t, from, hole ? "hole without end; write {{ for a brace" : "directive without end");
}

static void hole(struct tmplc *t)
{
    const char *end = c_end(t, t->at + 1, true), *at = t->at;
    struct span expr = trim(at + 1, end);
    t->at = end + 1;
    if (expr.len && *expr.ptr == '?') {
        struct span name = word_at(t, expr.ptr + 1);
        struct span cond = trim(name.ptr + name.len, end);
        if (t->place != TAG)
            die(t, at, "{?%.*s ...} stands between attributes only", S(name));
        if (!cond.len)
            die(t, at, "{?%.*s ...} without a condition", S(name));
        html_add_attr(t, name);
        line(t, cond.ptr);
        putf(&t->c, "    if (%.*s)\n        html_raw(h, \" %.*s\", %zu);\n", S(cond), S(name),
             name.len + 1);
        return;
    }
    if (!expr.len)
        die(t, at, "empty hole; write {{ for a brace");
    const char *how = html_hole(t, at);
    line(t, expr.ptr);
    putf(&t->c, "    %s(h, (%.*s));\n", how, S(expr));
    t->after_block = t->after_blank = false;
    t->begun = true;
}

static const char *context(const struct tmplc *t)
{
    return t->place == TEXT ? NULL : t->place == TAG ? t->tag.ptr : t->attr.ptr;
}

static void open_control(struct tmplc *t, const char *at, struct span word, struct span rest)
{
    if (t->n_controls == CONTROL_MAX)
        die(t, at, "blocks nested too deeply");
    if (!rest.len || rest.ptr[0] != '(' || rest.ptr[rest.len - 1] != ')')
        die(t, at, "write {%% %.*s (...) %%}", S(word));
    struct control *c = &t->controls[t->n_controls++];
    c->kind = is(word, "for") ? FOR : IF;
    if (c->kind == FOR && t->place == TAG)
        die(t, at, "a loop cannot make attributes");
    c->at = at;
    c->had_else = false;
    c->place = t->place;
    c->html = context(t);
    c->depth = t->depth;
    c->n_attrs = t->n_attrs;
    memcpy(c->open, t->open, sizeof c->open);
    line(t, rest.ptr);
    putf(&t->c, "    %.*s %.*s {\n", S(word), S(rest));
    if (c->kind == FOR)
        t->after_block = t->after_blank = false;
}

/* A branch leaves the document where it found it. */
static void end_branch(struct tmplc *t, const char *at, const struct control *c)
{
    int from = line_of(t, c->at);
    if (t->place != c->place || context(t) != c->html)
        die(t, at, "the block of line %d begins and ends in different parts of a tag", from);
    for (size_t i = 0; i < c->depth && !t->partial; i++)
        if (i >= t->depth || t->open[i].ptr != c->open[i].ptr)
            die(t, at, "the block of line %d closes <%.*s>, which it did not open", from,
                S(c->open[i]));
    if (t->depth > c->depth && !t->partial)
        die(t, at, "the block of line %d leaves <%.*s> of line %d open", from,
            S(t->open[t->depth - 1]), line_of(t, t->open[t->depth - 1].ptr));
    t->after_block = t->after_blank = false;
}

static void other_branch(struct tmplc *t, const char *at, struct span word, struct span rest)
{
    struct control *c = t->n_controls ? &t->controls[t->n_controls - 1] : NULL;
    if (!c || c->kind != IF || c->had_else)
        die(t, at, "{%% %.*s %%} without {%% if %%}", S(word));
    end_branch(t, at, c);
    c->had_else = is(word, "else");
    if (c->had_else ? rest.len != 0 : !rest.len || rest.ptr[0] != '(')
        die(t, at, c->had_else ? "nothing stands after else" : "write {%% elif (...) %%}");
    memcpy(t->open, c->open, sizeof c->open);
    t->depth = c->depth;
    for (size_t i = c->n_attrs; i < t->n_attrs; i++)
        t->attrs[i].hidden = true;
    line(t, at);
    if (c->had_else)
        putf(&t->c, "    } else {\n");
    else
        putf(&t->c, "    } else if %.*s {\n", S(rest));
}

static void end_block(struct tmplc *t, const char *at, struct span rest)
{
    if (rest.len)
        die(t, at, "nothing stands after end");
    if (t->n_controls) {
        struct control *c = &t->controls[--t->n_controls];
        end_branch(t, at, c);
        for (size_t i = c->n_attrs; i < t->n_attrs; i++)
            t->attrs[i].hidden = false;
    } else {
        if (t->place != TEXT)
            die(t, at, "the page ends inside a tag");
        if (t->depth && !t->partial)
            die(t, t->open[t->depth - 1].ptr, "<%.*s> is never closed", S(t->open[t->depth - 1]));
        t->page = NULL;
    }
    flush(t);
    put(&t->c, t->page ? "    }\n" : "}\n\n", t->page ? 6 : 3);
}

/* Splits "name(arguments) more"; dies when it is none. */
static void signature(struct tmplc *t, struct span s, struct span *name, struct span *args,
                      struct span *more)
{
    *name = word_at(t, s.ptr);
    const char *p = name->ptr + name->len, *end = s.ptr + s.len;
    if (!name->len || p >= end || *p != '(')
        die(t, s.ptr, "name(...) expected");
    int depth = 0;
    const char *from = p + 1;
    for (; p < end; p++) {
        if (*p == '"' || *p == '\'')
            for (char quote = *p++; p < end && *p != quote; p++)
                p += *p == '\\';
        depth += (*p == '(') - (*p == ')');
        if (depth == 0)
            break;
    }
    if (p >= end)
        die(t, s.ptr, "')' expected");
    *args = trim(from, p);
    *more = trim(p + 1, end);
}

static void begin_page(struct tmplc *t, const char *at, struct span rest)
{
    struct span name, args, more;
    if (t->page)
        die(t, at, "page inside a page; the one of line %d has no {%% end %%}",
            line_of(t, t->page));
    signature(t, rest, &name, &args, &more);
    if (more.len && !is(more, "partial"))
        die(t, more.ptr, "only 'partial' stands after the arguments");
    t->partial = more.len > 0;
    t->page = at;
    t->place = TEXT;
    t->depth = 0;
    t->after_block = true;
    const char *comma = args.len ? ", " : "";
    putf(&t->head, "/* %s:%d */\nvoid tmpl_%.*s(struct html *h%s%.*s);\n", t->path, line_of(t, at),
         S(name), comma, S(args));
    line(t, at);
    putf(&t->c, "void tmpl_%.*s(struct html *h%s%.*s)\n{\n", S(name), comma, S(args));
}

static void call(struct tmplc *t, const char *at, struct span rest)
{
    struct span name, args, more;
    signature(t, rest, &name, &args, &more);
    if (more.len || t->place != TEXT)
        die(t, at, "write {%% call name(...) %%}, outside of tags");
    line(t, rest.ptr);
    putf(&t->c, "    tmpl_%.*s(h%s%.*s);\n", S(name), args.len ? ", " : "", S(args));
    t->after_block = t->after_blank = false;
}

static void directive(struct tmplc *t)
{
    const char *at = t->at, *end = c_end(t, at + 2, false);
    struct span all = trim(at + 2, end), word = word_at(t, all.ptr);
    struct span rest = trim(word.ptr + word.len, end);
    bool of_page = is(word, "if") || is(word, "for") || is(word, "elif") || is(word, "else") ||
                   is(word, "end") || is(word, "call");
    t->at = end + 2;
    if (of_page && !t->page)
        die(t, at, "{%% %.*s %%} outside of a page", S(word));
    if (is(word, "include")) {
        if (t->page || rest.len < 3 || rest.ptr[0] != '"' || rest.ptr[rest.len - 1] != '"')
            die(t, at, "write {%% include \"x.h\" %%}, before the pages");
        putf(&t->head, "#include %.*s\n", S(rest));
    } else if (is(word, "page")) {
        begin_page(t, at, rest);
    } else if (is(word, "c")) {
        if (!rest.len || !strchr(";}", rest.ptr[rest.len - 1]))
            die(t, at, "a C statement ends with ';'");
        line(t, rest.ptr);
        putf(&t->c, "    %.*s\n", S(rest));
    } else if (is(word, "if") || is(word, "for")) {
        open_control(t, at, word, rest);
    } else if (is(word, "elif") || is(word, "else")) {
        other_branch(t, at, word, rest);
    } else if (is(word, "end")) {
        end_block(t, at, rest);
    } else if (is(word, "call")) {
        call(t, at, rest);
    } else {
        die(t, at, "unknown directive '%.*s'", S(word));
    }
}

static void step(struct tmplc *t)
{
    if (starts(t, t->at, "{#")) {
        const char *from = t->at;
        while (t->at < t->end && !starts(t, t->at, "#}"))
            t->at++;
        if (t->at >= t->end)
            die(t, from, "{# without #}");
        t->at += 2;
    } else if (starts(t, t->at, "{%")) {
        directive(t);
    } else if (!t->page) {
        if (!blank(*t->at))
            die(t, t->at, "text outside of a page");
        t->at++;
    } else if (t->place != TAG && (starts(t, t->at, "{{") || starts(t, t->at, "}}"))) {
        literal(t, t->at, 1);
        t->at += 2;
    } else if (*t->at == '{') {
        hole(t);
    } else if (*t->at == '}') {
        die(t, t->at, "write }} for a brace");
    } else {
        html_step(t);
    }
}

/* ---- files ---- */

static void check_utf8(const struct tmplc *t)
{
    for (const char *p = t->start; p < t->end;) {
        const uint8_t *s = (const uint8_t *)p;
        size_t n = *s < 0x80   ? 1
                   : *s < 0xC2 ? 0
                   : *s < 0xE0 ? 2
                   : *s < 0xF0 ? 3
                   : *s < 0xF5 ? 4
                               : 0;
        bool good = n && n <= (size_t)(t->end - p) && (*s >= 0x20 || blank(*p));
        for (size_t i = 1; good && i < n; i++)
            good = (s[i] & 0xC0) == 0x80;
        if (!good || (*s == 0xE0 && s[1] < 0xA0) || (*s == 0xED && s[1] > 0x9F) ||
            (*s == 0xF0 && s[1] < 0x90) || (*s == 0xF4 && s[1] > 0x8F))
            die(t, p, "not UTF-8 text");
        p += n;
    }
}

static void read_file(struct tmplc *t)
{
    FILE *f = fopen(t->path, "rb");
    char *s = malloc(FILE_BYTES_MAX + 1);
    size_t n = f && s ? fread(s, 1, FILE_BYTES_MAX + 1, f) : 0;
    if (!f || !s || ferror(f) || n > FILE_BYTES_MAX) {
        fprintf(stderr, "%s: cannot be read\n", t->path);
        exit(1);
    }
    fclose(f);
    t->start = t->at = s;
    t->end = s + n;
}

static void write_file(const struct tmplc *t, const char *out, const char *ext, const char *first,
                       const struct buf *b)
{
    char path[4096];
    snprintf(path, sizeof path, "%s%s", out, ext);
    FILE *f = fopen(path, "wb");
    if (!f) {
        fprintf(stderr, "%s: cannot be written\n", path);
        exit(1);
    }
    fprintf(f, "/* Made by tools/tmplc from %s; do not edit. */\n%s\n", t->path, first);
    if (b->len)
        fwrite(b->ptr, 1, b->len, f);
    if (fclose(f) != 0) {
        fprintf(stderr, "%s: cannot be written\n", path);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: tmplc X.html OUT (makes OUT.c and OUT.h)\n");
        return 2;
    }
    static struct tmplc t;
    t.path = argv[1];
    t.base = strrchr(argv[2], '/') ? strrchr(argv[2], '/') + 1 : argv[2];
    read_file(&t);
    check_utf8(&t);
    while (t.at < t.end)
        step(&t);
    if (t.page)
        die(&t, t.n_controls ? t.controls[t.n_controls - 1].at : t.page, "no {%% end %%}");
    char own[4096];
    snprintf(own, sizeof own, "#include \"%s.h\"", t.base);
    write_file(&t, argv[2], ".h", "#pragma once\n#include \"web/html.h\"", &t.head);
    write_file(&t, argv[2], ".c", own, &t.c);
    return 0;
}
