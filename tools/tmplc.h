/* SPDX-License-Identifier: Apache-2.0
 * tmplc.h - what the two halves of tmplc share: tmplc.c reads directives and holes and writes C,
 * tmplc_html.c follows the HTML around them. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { DEPTH_MAX = 64, ATTR_MAX = 48, CONTROL_MAX = 24 };

struct span {
    const char *ptr;
    size_t len;
};
struct buf {
    char *ptr;
    size_t len, room;
};
/* Where in the document the reader stands: text, between attributes, in a quoted value. */
enum place { TEXT, TAG, VALUE };
enum kind { IF, FOR };

struct control {
    enum kind kind;
    const char *at;
    bool had_else;
    enum place place;
    const char *html; /* the tag or attribute it stands in */
    struct span open[DEPTH_MAX];
    size_t depth, n_attrs;
};
struct attr {
    struct span name;
    bool hidden; /* stands in another branch */
};
struct tmplc {
    const char *path, *base; /* of the input; of the output, without folder */
    const char *start, *at, *end;
    struct buf c, head, lit;
    const char *page; /* where the page began; NULL between pages */
    bool partial;
    enum place place;
    struct span tag, attr;
    const char *value; /* where the attribute's value began */
    bool begun;        /* something of the value was written */
    struct span open[DEPTH_MAX];
    size_t depth;
    struct attr attrs[ATTR_MAX];
    size_t n_attrs;
    struct control controls[CONTROL_MAX];
    size_t n_controls;
    bool after_block, after_blank; /* what stands before: blanks there mean nothing */
};

#define S(s) (int)(s).len, (s).ptr

/* Says "file:line: why" and ends with 1. */
__attribute__((format(printf, 3, 4))) _Noreturn void die(const struct tmplc *t, const char *at,
                                                         const char *fmt, ...);
int line_of(const struct tmplc *t, const char *at);

/* Whether s is word, or one of words (which end with NULL); whether two spans are the same text. */
bool is(struct span s, const char *word);
bool in(struct span s, const char *const *words);
bool same(struct span a, struct span b);
/* Whether the input at p begins with word; the longest name at p, which may be empty. */
bool starts(const struct tmplc *t, const char *p, const char *word);
struct span word_at(const struct tmplc *t, const char *p);
bool blank(char c);

/* Appends to the text that reaches the page as it is. */
void literal(struct tmplc *t, const char *s, size_t n);

/* Takes one step through the HTML at t->at, after the place it stands in. */
void html_step(struct tmplc *t);
/* Notes an attribute of the current tag; refuses what is not used, and doubles. */
void html_add_attr(struct tmplc *t, struct span name);
/* The function that writes a hole standing here. */
const char *html_hole(const struct tmplc *t, const char *at);
