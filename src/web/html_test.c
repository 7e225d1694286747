/* SPDX-License-Identifier: Apache-2.0
 * html_test.c - whatever a visitor typed, it stays text. */
#include "test.h"
#include "web/html.h"

static struct html *page;

static void start(void)
{
    page = html_new(arena_new(ARENA_LIMIT), 0);
}

/* What was written since start(). */
static char *written(void)
{
    struct bytes b = html_done(page);
    return arena_copy_n(page->arena, (const char *)b.ptr, b.len);
}

static void stop(void)
{
    arena_free(page->arena);
}

#define EXPECT_PUT(call, text)                                                                     \
    do {                                                                                           \
        start();                                                                                   \
        call;                                                                                      \
        EXPECT_STR(written(), text);                                                               \
        stop();                                                                                    \
    } while (0)

TEST(text_is_escaped_wherever_the_special_byte_stands)
{
    static const char special[] = "&<>\"'";
    static const char *const escaped[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&#39;" };
    for (size_t n = 1; n < 70; n++)
        for (size_t at = 0; at < n; at++)
            for (size_t k = 0; k < 5; k++) {
                char in[80] = "", out[90];
                memset(in, 'x', n);
                in[at] = special[k];
                snprintf(out, sizeof out, "%.*s%s%s", (int)at, in, escaped[k], in + at + 1);
                EXPECT_PUT(html_text(page, in), out);
            }
}

TEST(attack_strings_stay_text)
{
    EXPECT_PUT(html_put(page, "<script>alert(1)</script>"),
               "&lt;script&gt;alert(1)&lt;/script&gt;");
    EXPECT_PUT(html_put_attr(page, "\" onmouseover=\"alert(1)"),
               "&quot; onmouseover=&quot;alert(1)");
    EXPECT_PUT(html_put_attr(page, "' autofocus onfocus='x"), "&#39; autofocus onfocus=&#39;x");
    EXPECT_PUT(html_put(page, "</textarea><img src=x onerror=alert(1)>"),
               "&lt;/textarea&gt;&lt;img src=x onerror=alert(1)&gt;");
    EXPECT_PUT(html_put(page, "&lt;b&gt; 赤壁"), "&amp;lt;b&amp;gt; 赤壁");
    const char *none = NULL;
    EXPECT_PUT(html_put(page, none), "");
}

TEST(an_address_that_could_run_something_becomes_a_hash)
{
    static const char *bad[] = { "javascript:alert(1)",
                                 "JaVaScRiPt:alert(1)",
                                 " javascript:alert(1)",
                                 "java\tscript:alert(1)",
                                 "\x01javascript:alert(1)",
                                 "data:text/html,<script>alert(1)</script>",
                                 "vbscript:x",
                                 "file:///etc/passwd",
                                 "//evil.example/",
                                 "/\\evil.example/",
                                 "/\t/evil.example/",
                                 "\\\\evil",
                                 "x.html",
                                 "http:evil",
                                 "&#106;avascript:alert(1)" };
    for (size_t i = 0; i < COUNT(bad); i++)
        EXPECT_PUT(html_put_url(page, bad[i]), "#");
    EXPECT_PUT(html_put_url(page, "/a?b=1&c=\"2\""), "/a?b=1&amp;c=&quot;2&quot;");
    EXPECT_PUT(html_put_url(page, "?page=2"), "?page=2");
    EXPECT_PUT(html_put_url(page, "#top"), "#top");
    EXPECT_PUT(html_put_url(page, "HTTPS://a.example/"), "HTTPS://a.example/");
    EXPECT_PUT(html_put_url(page, "tel:0715-1234567"), "tel:0715-1234567");
    EXPECT_PUT(html_put_url(page, "mailto:a@b.example"), "mailto:a@b.example");
    EXPECT_PUT(html_put_url(page, ""), "");
    EXPECT_PUT(html_put_part(page, "a b&c=/?#\"'<赤~"), "a%20b%26c%3D%2F%3F%23%22%27%3C%E8%B5%A4~");
}

TEST(numbers_of_every_width_are_written)
{
    EXPECT_PUT(html_put(page, INT64_MIN), "-9223372036854775808");
    EXPECT_PUT(html_put(page, UINT64_MAX), "18446744073709551615");
    EXPECT_PUT(html_put(page, 0), "0");
    EXPECT_PUT(html_put_part(page, -12), "-12");
    EXPECT_PUT(html_put(page, (uint8_t)255), "255");
    EXPECT_PUT(html_put_attr(page, (size_t)3), "3");
}

TEST(a_page_larger_than_its_hint_comes_out_whole)
{
    start();
    for (int i = 0; i < 30000; i++) {
        html_int(page, i);
        html_raw(page, ",", 1);
    }
    char *s = written(), *p = s;
    for (int i = 0; i < 30000; i++, p++)
        EXPECT_EQ(strtol(p, &p, 10), i);
    EXPECT(*p == '\0');
    html_raw(page, "end", 3);
    EXPECT_EQ(strlen(written()), strlen(s) + 3);
    stop();
}

TEST(every_icon_is_found_by_its_name)
{
    EXPECT(icon_count() > 40);
    for (size_t i = 0; i < icon_count(); i++) {
        struct safe_html svg = icon(icon_name(i));
        EXPECT(svg.len > 50 && str_starts(svg.ptr, "<svg "));
    }
    EXPECT(icon("print").ptr != icon("qr").ptr);
}

TEST(lines_become_breaks_and_stay_escaped)
{
    struct arena *a = arena_new(ARENA_LIMIT);
    struct safe_html s = html_lines(a, "a<b\n\nc");
    EXPECT_STR(arena_copy_n(a, s.ptr, s.len), "a&lt;b<br><br>c");
    EXPECT_EQ(html_lines(a, NULL).len, 0);
    arena_free(a);
}
