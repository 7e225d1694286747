/* SPDX-License-Identifier: Apache-2.0
 * forms.c - what a visitor's form arrives as: URL-encoded, multipart, JSON; and then any form's
 * fields. */
#include "core/text.h"
#include "fuzz.h"
#include "web/form.h"
#include "web/html.h"
#include "web/http.h"

static const char *const choices[] = { "a", "b", NULL };
static const struct field fields[] = {
    { "t", F_TEXT, 0, 0, 20, NULL, "t" },        { "l", F_LINES, 0, 2, 40, NULL, "l" },
    { "i", F_INT, 0, -5, 500, NULL, "i" },       { "b", F_BOOL, 0, 0, 0, NULL, "b" },
    { "d", F_DATE, 0, 0, 0, NULL, "d" },         { "c", F_CHOICE, 0, 0, 0, choices, "c" },
    { "k", F_KEY, 0, 0, 0, NULL, "k" },          { "p", F_PLACE, 0, 0, 0, NULL, "p" },
    { "n", F_ID_NO, 0, 0, 0, NULL, "n" },        { "ph", F_PHONE, 0, 0, 0, NULL, "ph" },
    { "m", F_TEXT, F_INDEXED, 0, 9, NULL, "m" }, { "f", F_FILE, 0, 0, 100, NULL, "f" },
};

/* What every reader promises of its pairs, and form_read of any pairs. */
static void check_pairs(struct ctx *c, const struct form_pair *pairs, size_t n)
{
    struct form f;
    CHECK(n <= FORM_PARTS_MAX);
    for (size_t i = 0; i < n; i++) {
        CHECK(strlen(pairs[i].name) <= FORM_NAME_MAX);
        CHECK(text_valid(pairs[i].value, strlen(pairs[i].value)));
    }
    enum err e = form_read(c, fields, COUNT(fields), pairs, n, &f);
    CHECK(e == OK || e == E_BAD_INPUT);
    CHECK((e == OK) == (c->bads == NULL));
    CHECK(IMPLIES(e == OK, text_length(form_text(&f, "t")) <= 20));
    CHECK(IMPLIES(e == OK, form_int(&f, "i") >= -5 && form_int(&f, "i") <= 500));
}

FUZZ(form_url)
{
    struct form_pair *pairs;
    size_t n;
    UNUSED(text);
    if (form_pairs_url(c, (const char *)in.ptr, in.len, &pairs, &n) == OK)
        check_pairs(c, pairs, n);
}

FUZZ(form_multipart)
{
    struct form_pair *pairs;
    size_t n;
    UNUSED(text);
    if (form_pairs_multipart(c, "multipart/form-data; boundary=XX", in, &pairs, &n) == OK)
        check_pairs(c, pairs, n);
    const char *type = arena_copy_n(c->arena, (const char *)in.ptr, in.len < 200 ? in.len : 200);
    (void)!form_pairs_multipart(c, type, in, &pairs, &n);
}

FUZZ(form_json)
{
    struct form_pair *pairs;
    size_t n;
    UNUSED(text);
    if (form_pairs_json(c, in, &pairs, &n) == OK)
        check_pairs(c, pairs, n);
}

/* Decoded text is text, and encoding it again leads back to it. */
FUZZ(url)
{
    UNUSED(text);
    for (int plus = 0; plus < 2; plus++) {
        char *s = http_url_decode(c->arena, (const char *)in.ptr, in.len, plus);
        if (!s)
            continue;
        size_t n = strlen(s);
        CHECK(n <= in.len && text_valid(s, n));
        const char *again = html_percent(c->arena, s);
        CHECK(str_eq(http_url_decode(c->arena, again, strlen(again), plus), s));
    }
}
