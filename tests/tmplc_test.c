/* SPDX-License-Identifier: Apache-2.0
 * tmplc_test.c - what the template compiler makes of tests/tmplc/sample.html, and what it refuses.
 */
#include "test.h"
#include "tests/tmplc/sample_tmpl.h"
#include <unistd.h>

static char *drawn(struct arena *a, const struct sample *s, bool wide)
{
    struct html *h = html_new(a, 0);
    tmpl_sample_show(h, s, wide);
    struct bytes b = html_done(h);
    return arena_copy_n(a, (const char *)b.ptr, b.len);
}

TEST(a_template_draws_what_it_says)
{
    struct arena *a = arena_new(ARENA_LIMIT);
    struct sample s = { "a<b\n\"c\"", "javascript:x", 2, { { 7, "n&1" }, { 8, "乡" } } };
    EXPECT_STR(drawn(a, &s, true),
               "<!doctype html><html lang=\"zh-Hans\"><head><title>a&lt;b\n&quot;c&quot;</title>"
               "</head><body><main class=\"named\">"
               "<h1 class=\"a wide\">a&lt;b\n&quot;c&quot;</h1>"
               "<p title=\"a&lt;b\n&quot;c&quot;\">乡村振兴 更好\nand {braces}</p>"
               "\n<a href=\"/x/7?q=n%261&amp;n=1\">n&amp;1</a>\n"
               "\n<a href=\"/x/8?q=%E4%B9%A1&amp;n=1\">乡</a>\n"
               "\n<a href=\"#\" rel=\"nofollow\">link</a>\n"
               "<input type=\"checkbox\" checked name=\"a\">\n<p>many</p>"
               "<pre>\n kept\n   as is</pre>"
               "<textarea name=\"t\">\na&lt;b\n&quot;c&quot;</textarea>\n"
               "<p>15 7 -1 a}b w</p><div>a&lt;b<br>&quot;c&quot;</div></main></body></html>");
    s = (struct sample){ "", "/y", 0, { { 0 } } };
    char *page = drawn(a, &s, false);
    EXPECT(strstr(page, "<body><main><h1 class=\"a\"></h1>"));
    EXPECT(strstr(page, "<a href=\"/y\" rel=\"me\">link</a>"));
    EXPECT(strstr(page, "<input type=\"checkbox\" disabled name=\"a\">"));
    EXPECT(strstr(page, "<p>none</p>"));
    arena_free(a);
}

TEST(a_fragment_has_no_blanks_around_it)
{
    struct arena *a = arena_new(ARENA_LIMIT);
    struct html *h = html_new(a, 0);
    tmpl_sample_badge(h, "x");
    EXPECT_EQ(html_done(h).len, strlen("<b>x</b>"));
    h = html_new(a, 0);
    tmpl_sample_icon(h);
    struct bytes b = html_done(h);
    char *s = arena_copy_n(a, (const char *)b.ptr, b.len);
    EXPECT(str_starts(s, "<button><svg ") && strstr(s, "</svg> what?\?! \"q\" \\ </button>"));
    arena_free(a);
}

/* ---- refusals ---- */

/* Each template stands within {% page t(const char *x) %} ... {% end %} unless it begins with '!'.
 */
static const struct {
    const char *text, *message;
} refused[] = {
    /* clang-format off */
    { "<a title={x}>y</a>", "unquoted" },
    { "<a title=y>y</a>", "double quotes" },
    { "<a title='{x}'>y</a>", "double quotes" },
    { "<script>{x}</script>", "hole inside <script>" },
    { "<script>alert(1)</script>", "no content" },
    { "<style>a {{}}</style>", "<style>" },
    { "<!-- {x} -->", "hole inside a comment" },
    { "!{% page t() %}<!-- x", "comment without end" },
    { "<{x}>y</a>", "hole in a tag name" },
    { "<h{x}>y</h>", "hole in a tag name" },
    { "<a data-{x}=\"y\">y</a>", "hole in an attribute name" },
    { "<a {x}>y</a>", "hole between attributes" },
    { "<p style=\"color:red\">y</p>", "style=" },
    { "<p onclick=\"x\">y</p>", "onclick=" },
    { "<p onClick=\"x\">y</p>", "onClick=" },
    { "<p hx-on:click=\"x\">y</p>", "hx-on" },
    { "<p {?onclick x}>y</p>", "onclick" },
    { "<a href=\"javascript:x\">y</a>", "javascript:" },
    { "<a href=\"JAVAscript:{x}\">y</a>", "javascript:" },
    { "<p hx-vals=\"{{&quot;a&quot;:{x}}}\">y</p>", "no hole in hx-vals" },
    { "<div>", "<div> is never closed" },
    { "<div><p>x</div>", "</div> found, but <p> of line 2 is open" },
    { "</div>", "closes nothing" },
    { "<ul><li>x<li>y</li></ul>", "</ul> found, but <li>" },
    { "<p><div></div></p>", "<p> cannot hold <div>" },
    { "<p>a<p>b</p></p>", "<p> cannot hold <p>" },
    { "<a><b><a></a></b></a>", "<a> inside <a>" },
    { "<div/>", "does not close" },
    { "<DIV></DIV>", "lower case" },
    { "<iframe></iframe>", "not used here" },
    { "<a id=\"1\" id=\"2\">y</a>", "duplicate attribute id" },
    { "<a id=\"1\" {% if (x) %}ID=\"2\"{% end %}>y</a>", "duplicate attribute" },
    { "<a {% if (x) %}id=\"1\"{% else %}id=\"2\"{% end %} id=\"3\">y</a>", "duplicate attribute" },
    { "{% if (x) %}<div>{% end %}</div>", "leaves <div>" },
    { "<div>{% if (x) %}</div>{% end %}", "closes <div>" },
    { "<div>{% if (x) %}</div><div>{% end %}</div>", "closes <div>" },
    { "<a {% if (x) %}id=\"{% end %}\">y</a>", "different parts of a tag" },
    { "<a {% if (x) %}>y</a>{% end %}", "different parts of a tag" },
    { "<a {% for (;;) %}id=\"1\"{% end %}>y</a>", "loop cannot make attributes" },
    { "{% if x %}{% end %}", "write {% if (...) %}" },
    { "{% if (x) %}", "no {% end %}" },
    { "{% else %}", "without {% if %}" },
    { "{% if (x) %}{% else %}{% else %}{% end %}", "without {% if %}" },
    { "{% for (;;) %}{% else %}{% end %}", "without {% if %}" },
    { "{% nonsense %}", "unknown directive 'nonsense'" },
    { "{% if (x) %", "directive without end" },
    { "{# x", "{# without #}" },
    { "{}", "empty hole" },
    { "{ }", "empty hole" },
    { "a } b", "write }} for a brace" },
    { "{x", "hole without end" },
    { "{?checked x}", "between attributes only" },
    { "<input {?checked}>", "without a condition" },
    { "a < b", "write &lt;" },
    { "<a title=\"x>y</a>\n<b>", "is a quote missing" },
    { "<a {% call t(x) %}>y</a>", "outside of tags" },
    { "{% c int a %}", "ends with ';'" },
    { "<textarea><b>x</b></textarea>", "no element inside" },
    { "<?php x ?>", "write &lt;" },
    { "\xC3(", "not UTF-8" },
    { "\x01", "not UTF-8" },
    { "{% page u() %}{% end %}", "page inside a page" },
    { "!text", "text outside of a page" },
    { "!{% end %}", "outside of a page" },
    { "!{% page t(int a %}{% end %}", "')' expected" },
    { "!{% page t() whole %}{% end %}", "'partial'" },
    { "!{% page t() %}\n<p>{% end %}", "t.html:2: <p> is never closed" },
    { "!{% include x.h %}", "write {% include" },
    /* clang-format on */
};

static char dir[] = "/tmp/tmplc.XXXXXX";

/* Runs a command and returns what it said; its exit status goes to *status. */
static char *said(struct arena *a, const char *command, int *status)
{
    char *out = arena_alloc(a, 4096);
    FILE *f = popen(command, "r");
    EXPECT(f != NULL);
    size_t n = fread(out, 1, 4095, f);
    out[n] = '\0';
    *status = pclose(f);
    return out;
}

static char *compiled(struct arena *a, const char *text, int *status)
{
    FILE *f = fopen(arena_printf(a, "%s/t.html", dir), "w");
    EXPECT(f != NULL);
    fprintf(f, text[0] == '!' ? "%s" : "{%% page t(const char *x) %%}\n%s\n{%% end %%}\n",
            text + (text[0] == '!'));
    fclose(f);
    return said(a, arena_printf(a, "build/gen/tools/tmplc %s/t.html %s/t_tmpl 2>&1", dir, dir),
                status);
}

static void clean(struct arena *a)
{
    static const char *const names[] = { "t.html", "t_tmpl.c", "t_tmpl.h" };
    for (size_t i = 0; i < COUNT(names); i++)
        remove(arena_printf(a, "%s/%s", dir, names[i]));
    rmdir(dir);
    arena_free(a);
}

TEST(a_template_that_could_go_wrong_does_not_compile)
{
    struct arena *a = arena_new(ARENA_LIMIT);
    EXPECT(mkdtemp(dir) != NULL);
    for (size_t i = 0; i < COUNT(refused); i++) {
        int status;
        char *message = compiled(a, refused[i].text, &status);
        ck_assert_msg(status != 0 && strstr(message, refused[i].message) != NULL,
                      "%s: expected '%s', said '%s'", refused[i].text, refused[i].message, message);
        EXPECT(access(arena_printf(a, "%s/t_tmpl.c", dir), F_OK) != 0);
    }
    clean(a);
}

TEST(the_c_compiler_refuses_a_bool_in_a_hole_and_names_the_template)
{
    struct arena *a = arena_new(ARENA_LIMIT);
    EXPECT(mkdtemp(dir) != NULL);
    int status;
    char *cc = arena_printf(a,
                            "gcc -std=c17 -fsyntax-only -Isrc -include core/banned.h "
                            "%s/t_tmpl.c 2>&1",
                            dir);
    EXPECT_STR(compiled(a, "<p>{x}</p>", &status), "");
    EXPECT_STR(said(a, cc, &status), "");
    compiled(a, "<p>\n{(_Bool)(x[0] == 'a')}</p>", &status);
    EXPECT(status == 0);
    EXPECT(strstr(said(a, cc, &status), "t.html:3:") != NULL && status != 0);
    compiled(a, "<p title=\"{icon(\"print\")}\">x</p>", &status);
    EXPECT(status == 0);
    said(a, cc, &status);
    EXPECT(status != 0);
    clean(a);
}
