/* SPDX-License-Identifier: Apache-2.0
 * text_test.c - what is let in, what is refused, and the letters names are found by. */
#include "core/text.h"
#include "test.h"

TEST(text_is_valid_only_as_rfc_3629_says)
{
    static const char *good[] = { "", "a", "赤壁", "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF", "\xC2\x80" };
    static const char *bad[] = { "\x80",         "\xC0\x80",         "\xC1\xBF",
                                 "\xE0\x9F\xBF", "\xED\xA0\x80",     "\xF0\x8F\xBF\xBF",
                                 "\xE8\xB5",     "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
                                 "a\xFF",        "\xE8\xB5(",        "\xC3" };
    for (size_t i = 0; i < COUNT(good); i++)
        EXPECT(text_valid(good[i], strlen(good[i])));
    for (size_t i = 0; i < COUNT(bad); i++)
        EXPECT(!text_valid(bad[i], strlen(bad[i])));
    EXPECT(text_valid("\0a", 2));
}

TEST(a_code_point_written_is_read_back)
{
    for (uint32_t c = 1; c <= 0x10FFFF; c += c < 0x3000 ? 1 : 97) {
        if (c >= 0xD800 && c <= 0xDFFF)
            continue;
        char b[5] = "";
        size_t n = text_put(b, c);
        const char *p = b;
        EXPECT(text_valid(b, n) && text_length(b) == 1);
        EXPECT(text_next(&p) == c && p == b + n);
    }
}

TEST(clean_text_is_nfc_with_plain_line_ends_and_no_blanks_around)
{
    struct arena *a = arena_new(ARENA_LIMIT);
    EXPECT_STR(text_clean(a, " \t\xE3\x80\x80赤壁 市\xC2\xA0\r\n", false), "赤壁 市");
    EXPECT_STR(text_clean(a, "一\r\n二\n\t三", true), "一\n二\n\t三");
    EXPECT_STR(text_clean(a, "e\xCC\x81", false), "\xC3\xA9");
    EXPECT_STR(text_clean(a, "\xE2\x84\xAB", false), "\xC3\x85"); /* ANGSTROM SIGN */
    EXPECT_STR(text_clean(a, "Ａ１，（五）～", false), "Ａ１，（五）～");
    EXPECT_STR(text_clean(a, "𠮷", false), "𠮷");
    EXPECT_STR(text_clean(a, "", false), "");
    EXPECT_STR(text_clean(a, " \n ", false), "");
    EXPECT_EQ(text_length("赤壁ab𠮷"), 5);
    arena_free(a);
}

TEST(text_that_could_deceive_is_refused)
{
    struct arena *a = arena_new(ARENA_LIMIT);
    static const char *bad[] = {
        "a\nb",
        "a\tb",
        "a\x01",
        "a\x7F",
        "a\x1B[31m",
        "a\xC2\x85"
        "b",
        "a\rb",
        "\xE2\x80\xAE"
        "txt.exe", /* RIGHT-TO-LEFT OVERRIDE */
        "\xE2\x81\xA6x",
        "\xEF\xBF\xBF",
        "\xEF\xB7\x90",
        "\xF0\x9F\xBF\xBE",
        "\xC0\xAF",
    };
    for (size_t i = 0; i < COUNT(bad); i++)
        EXPECT(text_clean(a, bad[i], false) == NULL);
    EXPECT(text_clean(a, "a\rb", true) == NULL);
    EXPECT(text_clean(a, "a\x0B", true) == NULL);
    char *big = arena_alloc(a, TEXT_BYTES_MAX + 2);
    memset(big, 'a', TEXT_BYTES_MAX);
    EXPECT(text_clean(a, big, false) != NULL);
    big[TEXT_BYTES_MAX] = 'a';
    EXPECT(text_clean(a, big, false) == NULL);
    arena_free(a);
}

TEST(initials_are_the_pinyin_first_letters)
{
    struct arena *a = arena_new(ARENA_LIMIT);
    EXPECT_STR(text_initials(a, "赤壁市"), "cbs");
    EXPECT_STR(text_initials(a, "咸宁A区３号 楼-b"), "xnaq3hlb");
    EXPECT_STR(text_initials(a, "重庆"), "cq");
    EXPECT_STR(text_initials(a, "，。!"), "");
    EXPECT_STR(text_initials(a, "\xFF"), "");
    EXPECT_STR(text_initials_name(a, "单小红"), "sxh");
    EXPECT_STR(text_initials_name(a, "曾国"), "zg");
    EXPECT_STR(text_initials_name(a, "解放"), "xf");
    EXPECT_STR(text_initials(a, "解放"), "jf");
    EXPECT_STR(text_initials_name(a, "区伟"), "ow");
    EXPECT_STR(text_initials_name(a, "尉迟恭"), "ycg");
    EXPECT_STR(text_initials_name(a, "万俟雅"), "mqy");
    EXPECT_STR(text_initials_name(a, "张三"), "zs");
    EXPECT_STR(text_initials_name(a, "查"), "z");
    char *many = arena_alloc(a, 3 * 1000 + 1);
    for (int i = 0; i < 1000; i++)
        memcpy(many + i * 3, "村", 3);
    char *letters = text_initials(a, many);
    EXPECT_EQ(strlen(letters), 1000);
    EXPECT_EQ(strspn(letters, "c"), 1000);
    arena_free(a);
}

TEST(folded_text_forgets_case_width_and_punctuation)
{
    struct arena *a = arena_new(ARENA_LIMIT);
    EXPECT_STR(text_fold(a, "Ａbc，１２ 3《低保》\xE2\x80\x8B！"), "abc123低保");
    EXPECT_STR(text_fold(a, "①ﬁ"), "1fi");
    EXPECT_STR(text_fold(a, ""), "");
    EXPECT_STR(text_fold(a, "\xC3"), "");
    arena_free(a);
}
