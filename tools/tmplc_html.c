/* SPDX-License-Identifier: Apache-2.0
 * tmplc_html.c - follows elements, attributes and blanks of a template, and refuses what does not
 * fit together or would let a visitor's text become markup or program. */
#include "tmplc.h"
#include <ctype.h>
#include <stdint.h>
#include <strings.h>

/* clang-format off */
static const char *const voids[] = { "area", "br", "col", "hr", "img", "input", "link", "meta", "source",
    "track", "wbr", NULL };
static const char *const refused[] = { "base", "embed", "frame", "frameset", "iframe", "object", "param",
    "plaintext", "xmp", NULL };
/* Around these blanks mean nothing. */
static const char *const blocks[] = { "address", "article", "aside", "blockquote", "body", "br", "caption",
    "col", "colgroup", "dd", "details", "dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure",
    "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hr", "html", "legend", "li",
    "link", "main", "meta", "nav", "ol", "optgroup", "option", "p", "pre", "script", "section", "summary",
    "table", "tbody", "td", "tfoot", "th", "thead", "title", "tr", "ul", NULL };
/* A <p> ends before these by itself, which is never meant. */
static const char *const end_p[] = { "address", "article", "aside", "blockquote", "details", "div", "dl",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hr", "main", "nav", "ol", "p", "pre", "section", "table", "ul", NULL };
static const char *const not_in_itself[] = { "a", "button", "form", "label", "option", "select", NULL };
static const char *const urls[] = { "href", "src", "action", "formaction", "poster", "cite", "hx-get",
    "hx-post", "hx-put", "hx-patch", "hx-delete", "hx-push-url", "hx-replace-url", NULL };
/* Read as programs, lists or JSON by the browser or htmx: no escaping fits. */
static const char *const no_holes[] = { "srcset", "srcdoc", "hx-vals", "hx-vars", "hx-headers",
    "hx-request", "hx-ext", "http-equiv", NULL };
/* clang-format on */

/* ---- elements and attributes ---- */

static bool inside(const struct tmplc *t, const char *name)
{
    for (size_t i = 0; i < t->depth; i++)
        if (is(t->open[i], name))
            return true;
    return false;
}

static void check_start(struct tmplc *t, struct span name)
{
    if (in(name, refused))
        die(t, name.ptr, "<%.*s> is not used here", S(name));
    if (t->depth && (is(t->open[t->depth - 1], "textarea") || is(t->open[t->depth - 1], "title")))
        die(t, name.ptr, "no element inside <%.*s>", S(t->open[t->depth - 1]));
    if (in(name, end_p) && inside(t, "p"))
        die(t, name.ptr, "<p> cannot hold <%.*s>", S(name));
    for (size_t i = 0; i < t->depth; i++)
        if (in(name, not_in_itself) && same(t->open[i], name))
            die(t, name.ptr, "<%.*s> inside <%.*s>", S(name), S(name));
    if (t->depth == DEPTH_MAX)
        die(t, name.ptr, "elements nested too deeply");
}

static void start_tag(struct tmplc *t)
{
    struct span name = word_at(t, t->at + 1);
    const char *next = name.ptr + name.len;
    if (next < t->end && *next == '{')
        die(t, next, "hole in a tag name");
    for (size_t i = 0; i < name.len; i++)
        if (isupper((unsigned char)name.ptr[i]) && !inside(t, "svg"))
            die(t, t->at, "write element names in lower case");
    check_start(t, name);
    literal(t, t->at, name.len + 1);
    t->tag = name;
    t->n_attrs = 0;
    t->place = TAG;
    t->at = next;
}

/* <script src> is empty and <style> is not used: the content security policy runs nothing else. */
static void check_raw(struct tmplc *t)
{
    if (is(t->tag, "style"))
        die(t, t->tag.ptr, "<style> is not used here; styles stand in the style sheet");
    if (!is(t->tag, "script"))
        return;
    const char *p = t->at;
    while (p < t->end && blank(*p))
        p++;
    if (p < t->end && *p == '{')
        die(t, p, "hole inside <script>");
    if (!starts(t, p, "</script>"))
        die(t, p, "<script> has no content here; scripts stand in files of their own");
    t->at = p;
}

static void finish_tag(struct tmplc *t, bool self)
{
    bool empty = in(t->tag, voids), foreign = inside(t, "svg") || is(t->tag, "svg");
    if (self && !empty && !foreign)
        die(t, t->at, "<%.*s/> does not close the element", S(t->tag));
    literal(t, self && foreign ? "/>" : ">", self && foreign ? 2 : 1);
    t->at += self ? 2 : 1;
    t->place = TEXT;
    t->after_block = in(t->tag, blocks);
    if (empty || self)
        return;
    t->open[t->depth++] = t->tag;
    check_raw(t);
    /* The browser drops the first line end: it must not be the visitor's. */
    if (is(t->tag, "textarea") && t->at < t->end && *t->at != '\n')
        literal(t, "\n", 1);
}

static void end_tag(struct tmplc *t)
{
    struct span name = word_at(t, t->at + 2);
    const char *next = name.ptr + name.len;
    if (name.len == 0 || next >= t->end || *next != '>')
        die(t, t->at, "end tag not understood");
    if (t->depth && same(t->open[t->depth - 1], name))
        t->depth--;
    else if (t->depth)
        die(t, t->at, "</%.*s> found, but <%.*s> of line %d is open", S(name),
            S(t->open[t->depth - 1]), line_of(t, t->open[t->depth - 1].ptr));
    else if (!t->partial)
        die(t, t->at, "</%.*s> closes nothing", S(name));
    literal(t, t->at, name.len + 3);
    t->at = next + 1;
    t->after_block = in(name, blocks);
}

void html_add_attr(struct tmplc *t, struct span name)
{
    if (name.len == 0)
        die(t, name.ptr, "attribute name expected");
    if ((name.len > 2 && strncasecmp(name.ptr, "on", 2) == 0) || starts(t, name.ptr, "hx-on"))
        die(t, name.ptr, "%.*s= is not used here; scripts stand in files of their own", S(name));
    if (is(name, "style"))
        die(t, name.ptr, "style= is not used here; styles stand in the style sheet");
    for (size_t i = 0; i < t->n_attrs; i++)
        if (!t->attrs[i].hidden && t->attrs[i].name.len == name.len &&
            strncasecmp(t->attrs[i].name.ptr, name.ptr, name.len) == 0)
            die(t, name.ptr, "duplicate attribute %.*s", S(name));
    if (t->n_attrs == ATTR_MAX)
        die(t, name.ptr, "too many attributes");
    t->attrs[t->n_attrs++] = (struct attr){ name, false };
}

static void attribute(struct tmplc *t)
{
    struct span name = word_at(t, t->at);
    const char *p = name.ptr + name.len;
    if (name.len == 0)
        die(t, t->at, "'%c' not understood in a tag", *t->at);
    if (p < t->end && *p == '{')
        die(t, p, "hole in an attribute name");
    html_add_attr(t, name);
    literal(t, " ", 1);
    literal(t, name.ptr, name.len);
    t->at = p;
    if (p >= t->end || *p != '=')
        return;
    if (p + 1 < t->end && p[1] == '{')
        die(t, p, "hole in an unquoted attribute");
    if (p + 1 >= t->end || p[1] != '"')
        die(t, p, "attribute values are written in double quotes");
    literal(t, "=\"", 2);
    t->at = t->value = p + 2;
    t->attr = name;
    t->begun = false;
    t->place = VALUE;
}

static void tag_step(struct tmplc *t)
{
    if (blank(*t->at))
        t->at++;
    else if (*t->at == '>')
        finish_tag(t, false);
    else if (starts(t, t->at, "/>"))
        finish_tag(t, true);
    else
        attribute(t);
}

static void value_step(struct tmplc *t)
{
    if (*t->at == '<')
        die(t, t->at, "'<' in an attribute: is a quote missing? Otherwise write &lt;");
    if (*t->at == '"') {
        for (const char *p = t->value; p + 11 <= t->at; p++)
            if (strncasecmp(p, "javascript:", 11) == 0)
                die(t, p, "javascript: is not used here");
        t->place = TAG;
    }
    literal(t, t->at++, 1);
}

/* ---- text ---- */

static bool block_at(const struct tmplc *t, const char *p)
{
    if (p >= t->end || *p != '<')
        return false;
    return in(word_at(t, p + (starts(t, p, "</") ? 2 : 1)), blocks);
}

/* Whether the last literal character and the one at p are both Chinese (or its punctuation): a line
 * broken between them must not become a blank. */
static bool chinese_around(const struct tmplc *t, const char *p)
{
    size_t n = t->lit.len;
    return n >= 3 && p < t->end && (uint8_t)t->lit.ptr[n - 3] >= 0xE3 &&
           (uint8_t)t->lit.ptr[n - 3] < 0xF0 && (uint8_t)*p >= 0xE3 && (uint8_t)*p < 0xF0;
}

static bool page_ends_at(const struct tmplc *t, const char *p)
{
    if (t->n_controls || !starts(t, p, "{%"))
        return false;
    for (p += 2; p < t->end && blank(*p);)
        p++;
    return is(word_at(t, p), "end");
}

static void blanks(struct tmplc *t)
{
    const char *p = t->at;
    bool newline = false;
    for (; p < t->end && blank(*p); p++)
        newline = newline || *p == '\n';
    if (inside(t, "pre") || inside(t, "textarea")) {
        literal(t, t->at, (size_t)(p - t->at));
    } else if (!t->after_block && !t->after_blank && !block_at(t, p) && !page_ends_at(t, p) &&
               !(newline && chinese_around(t, p))) {
        literal(t, newline ? "\n" : " ", 1);
        t->after_blank = true;
    }
    t->at = p;
}

/* <!-- comments --> are for the author only; they do not reach the visitor. */
static void declaration(struct tmplc *t)
{
    static const char doctype[] = "<!doctype html>";
    if ((size_t)(t->end - t->at) >= sizeof doctype - 1 &&
        strncasecmp(t->at, doctype, sizeof doctype - 1) == 0) {
        literal(t, doctype, sizeof doctype - 1);
        t->at += sizeof doctype - 1;
        t->after_block = true;
        return;
    }
    if (!starts(t, t->at, "<!--"))
        die(t, t->at, "only <!doctype html> and <!-- --> begin with <!");
    const char *p = t->at + 4;
    for (; p < t->end && !starts(t, p, "-->"); p++)
        if (*p == '{')
            die(t, p, "hole inside a comment; {# #} hides a part of a template");
    if (p >= t->end)
        die(t, t->at, "comment without end");
    t->at = p + 3;
}

static void text_step(struct tmplc *t)
{
    if (blank(*t->at)) {
        blanks(t);
    } else if (*t->at != '<') {
        literal(t, t->at++, 1);
    } else if (t->at + 1 < t->end && t->at[1] == '!') {
        declaration(t);
    } else if (t->at + 1 < t->end && t->at[1] == '/') {
        end_tag(t);
    } else if (t->at + 1 < t->end && isalpha((unsigned char)t->at[1])) {
        start_tag(t);
    } else {
        die(t, t->at, starts(t, t->at, "<{") ? "hole in a tag name" : "write &lt; for '<'");
    }
}

const char *html_hole(const struct tmplc *t, const char *at)
{
    if (t->place == TAG)
        die(t, at, "hole between attributes; {?name condition} writes a boolean attribute");
    if (t->place == TEXT)
        return "html_put";
    if (in(t->attr, no_holes))
        die(t, at, "no hole in %.*s=", S(t->attr));
    return !in(t->attr, urls) ? "html_put_attr" : t->begun ? "html_put_part" : "html_put_url";
}

void html_step(struct tmplc *t)
{
    if (t->place == TEXT)
        text_step(t);
    else if (t->place == TAG)
        tag_step(t);
    else
        value_step(t);
}
