/* SPDX-License-Identifier: Apache-2.0
 * print_test.c - what comes out of the printer, read back by other programs: pdftotext, pdffonts,
 * unzip. */
#include "core/text.h"
#include "kernel/print/print.h"
#include "kernel/print/qr.h"
#include "kernel/print/sheet.h"
#include "test.h"
#include <qrencode.h>
#include <unistd.h>

static struct ctx start(void)
{
    return (struct ctx){ .arena = arena_new(ARENA_LIMIT), .now_ms = 1795000000000 };
}

static const char *file_of(struct ctx *c, struct bytes b, const char *end)
{
    static int n;
    const char *path =
        arena_printf(c->arena, "%s/print%d-%d%s", getenv("XY_TEST_DIR"), (int)getpid(), n++, end);
    FILE *f = fopen(path, "wb");
    EXPECT(f && fwrite(b.ptr, 1, b.len, f) == b.len && fclose(f) == 0);
    return path;
}

/* What a program prints about a file. */
static const char *tell(struct ctx *c, const char *command, const char *path, const char *rest)
{
    enum { TEXT_MAX = 1 << 20 };
    FILE *p = popen(arena_printf(c->arena, "%s %s %s", command, path, rest), "r");
    char *text = arena_alloc(c->arena, TEXT_MAX);
    EXPECT(p != NULL);
    size_t n = fread(text, 1, TEXT_MAX - 1, p);
    text[n] = '\0';
    ck_assert_msg(pclose(p) == 0, "%s failed on %s", command, path);
    return text;
}

#define EXPECT_HAS(text, part) ck_assert_msg(strstr((text), (part)), "no \"%s\" in: %s", part, text)

static int count(const char *text, const char *part)
{
    int n = 0;
    for (const char *p = text; (p = strstr(p, part)); p++)
        n++;
    return n;
}

static struct bytes pdf(struct ctx *c, struct paper *p)
{
    struct bytes out = { 0 };
    enum err e = paper_pdf(c, p, &out);
    ck_assert_msg(e == OK, "%s", c->why);
    return out;
}

static const char LONG_TEXT[] =
    "本人年满八十周岁，按照本市高龄津贴发放办法申请每月津贴，所交材料都是真的；"
    "如有不实愿意退回已经领取的钱。代理员已经把上面的话念给本人听过，本人听明白了，没有不同意见。";

static void fill_receipt(struct paper *p)
{
    static const struct paper_col cols[] = { { "材料", 3, PAPER_LEFT },
                                             { "份数", 1, PAPER_RIGHT },
                                             { "情况", 3, PAPER_LEFT } };
    static const char *const cells[] = { "身份证复印件", "1", "本处已有，不用再交",
                                         "户口簿复印件", "1", "本处已有，不用再交",
                                         "一寸照片",     "1", "还缺，12月1日前交代理员" };
    static const char *const boxes[] = { "代理员签字", "居民签字或手印" };
    paper_title(p, "受理回执");
    paper_line(p, "赤壁市赵李桥镇柳林村（演示）", 0, false, PAPER_CENTER);
    paper_rule(p);
    paper_pair(p, "办件编号", "421281101202-2026-00318-6");
    paper_pair(p, "查询码", "K7M 3PX");
    paper_pair(p, "说明", LONG_TEXT);
    paper_line(p, "12月1日 周二", 16, true, PAPER_LEFT);
    paper_rule(p);
    paper_table(p, cols, COUNT(cols), cells, 3);
    paper_qr(p, "https://example.invalid/q/421281101202-2026-00318-6?c=K7M3PX", 26,
             "扫一扫看进度，不用登录\n或打电话 0715-0000001");
    paper_sign_boxes(p, boxes, COUNT(boxes));
    paper_foot(p, "不满意打 0715-0000003 村务监督委员会");
}

TEST(a_receipt_reads_the_same_on_paper)
{
    struct ctx c = start();
    for (int size = PAPER_A4; size <= PAPER_80MM; size++) {
        struct paper *p = paper_new(c.arena, (enum paper_size)size);
        fill_receipt(p);
        const char *path = file_of(&c, pdf(&c, p), ".pdf");
        const char *text = tell(&c, "pdftotext -layout", path, "-");
        EXPECT_HAS(text, "受理回执");
        EXPECT_HAS(text, "421281101202-2026-00318-6");
        EXPECT_HAS(text, "户口簿复印件");
        EXPECT_HAS(text, "居民签字或手印");
        EXPECT_HAS(text, "不满意打 0715-0000003");
        EXPECT_HAS(tell(&c, "pdftotext -raw", path, "- | tr -d '\\n'"), "没有不同意见。");
        const char *fonts = tell(&c, "pdffonts", path, "");
        EXPECT_HAS(fonts, "NotoSansCJK");
        EXPECT_HAS(fonts, "NotoSerifCJK");
        EXPECT_EQ(count(fonts, "yes yes yes"), count(fonts, "Noto")); /* embedded, subset, text */
        const char *about = tell(&c, "TZ=UTC pdfinfo", path, "");
        EXPECT_HAS(about, "Title:           受理回执");
        EXPECT_HAS(about, "Pages:           1\n");
        EXPECT_HAS(about, "CreationDate:    Wed Nov 18 11:06:40 2026 UTC");
        if (size == PAPER_A4)
            EXPECT_HAS(tell(&c, "pdftotext -raw", path, "- | tr -d ' '"), "第1页共1页");
        EXPECT_HAS(about, size == PAPER_A4 ? "595.276 x 841.89 pts" : "226.772 x ");
    }
    arena_free(c.arena);
}

TEST(the_same_paper_gives_the_same_bytes)
{
    struct ctx c = start();
    struct paper *p = paper_new(c.arena, PAPER_A4);
    fill_receipt(p);
    struct bytes a = pdf(&c, p), b = pdf(&c, p);
    EXPECT(a.len == b.len && memcmp(a.ptr, b.ptr, a.len) == 0);
    c.now_ms += 1000;
    b = pdf(&c, p);
    EXPECT(a.len != b.len || memcmp(a.ptr, b.ptr, a.len) != 0);
    arena_free(c.arena);
}

TEST(a_roll_is_as_long_as_its_text)
{
    struct ctx c = start();
    double heights[2];
    for (int i = 0; i < 2; i++) {
        struct paper *p = paper_new(c.arena, PAPER_80MM);
        for (int n = 0; n < 10 + 90 * i; n++)
            paper_line(p, "一行字", 0, false, PAPER_LEFT);
        const char *about = tell(&c, "pdfinfo", file_of(&c, pdf(&c, p), ".pdf"), "");
        const char *at = strstr(about, " x ");
        EXPECT(at != NULL);
        heights[i] = strtod(at + 3, NULL);
    }
    EXPECT(heights[0] > 120 && heights[0] < 300);
    EXPECT(heights[1] > 9 * (heights[0] - 40) && heights[1] < 11 * heights[0]);
    arena_free(c.arena);
}

TEST(a_long_table_repeats_its_head_and_numbers_its_pages)
{
    enum { ROWS = 120 };
    static const struct paper_col cols[] = { { "序号", 1, PAPER_RIGHT },
                                             { "摘要", 4, PAPER_LEFT },
                                             { "收入（元）", 1, PAPER_RIGHT },
                                             { "支出（元）", 1, PAPER_RIGHT },
                                             { "结余（元）", 1, PAPER_RIGHT } };
    struct ctx c = start();
    const char **cells = ARENA_ARRAY(c.arena, const char *, ROWS *COUNT(cols));
    for (int r = 0; r < ROWS; r++) {
        const char **row = cells + r * (int)COUNT(cols);
        row[0] = arena_printf(c.arena, "%d", r + 1);
        row[1] = r == 50 ? LONG_TEXT : arena_printf(c.arena, "第%d笔", r + 1);
        row[2] = row[3] = row[4] = "123,456,789.00";
    }
    struct paper *p = paper_new(c.arena, PAPER_A4);
    paper_title(p, "村级资金明细");
    paper_table(p, cols, COUNT(cols), cells, ROWS);
    const char *path = file_of(&c, pdf(&c, p), ".pdf");
    const char *text = tell(&c, "pdftotext -layout", path, "-");
    int pages = count(text, "\f");
    EXPECT(pages >= 3 && pages <= 5);
    EXPECT_EQ(count(text, "结余（元）"), pages);
    EXPECT_HAS(tell(&c, "pdftotext -raw", path, "- | tr -d ' '"),
               arena_printf(c.arena, "第%d页共%d页", pages, pages));
    EXPECT_EQ(count(text, "123,456,789.00"), ROWS * 3); /* none wrapped */
    EXPECT_HAS(text, "第120笔");
    arena_free(c.arena);
}

TEST(text_longer_than_a_page_goes_on_overleaf)
{
    struct ctx c = start();
    enum { TIMES = 60 };
    char *text = arena_alloc(c.arena, TIMES * sizeof LONG_TEXT + 1);
    size_t at = 0;
    for (int i = 0; i < TIMES; i++)
        at += (size_t)snprintf(text + at, sizeof LONG_TEXT + 1, "%s", LONG_TEXT);
    static const struct paper_col cols[] = { { "意见", 1, PAPER_LEFT }, { "谁", 1, PAPER_LEFT } };
    const char *cells[] = { text, "张某某", "完", NULL };
    struct paper *p = paper_new(c.arena, PAPER_A4);
    paper_line(p, text, 0, false, PAPER_LEFT);
    paper_pair(p, "全文", text);
    paper_table(p, cols, COUNT(cols), cells, 2);
    const char *got =
        tell(&c, "pdftotext -raw", file_of(&c, pdf(&c, p), ".pdf"), "- | tr -d '\\n\\f'");
    int whole = count(got, "没有不同意见。");
    EXPECT(whole >= 3 * TIMES - 12 && whole <= 3 * TIMES); /* a few are cut by a page's foot */
    EXPECT_HAS(got, "完");
    arena_free(c.arena);
}

TEST(a_paper_of_too_many_pages_is_refused)
{
    struct ctx c = start();
    struct paper *p = paper_new(c.arena, PAPER_80MM), *q = paper_new(c.arena, PAPER_A4);
    for (int i = 0; i < 3000; i++) {
        paper_line(p, "行", 0, false, PAPER_LEFT);
        paper_gap(q, 300);
        paper_rule(q);
    }
    struct bytes out;
    EXPECT_EQ(paper_pdf(&c, p, &out), E_TOO_LARGE);
    EXPECT_EQ(paper_pdf(&c, q, &out), E_TOO_LARGE);
    arena_free(c.arena);
}

extern size_t __sanitizer_get_current_allocated_bytes(void) __attribute__((weak));

/* Cairo keeps up to 256 cut fonts for another use, and no more. */
TEST(printing_again_and_again_takes_no_more_memory)
{
    enum { WARM = 100, TIMES = 50, EACH_MAX = 1024 };
    size_t before = 0, after = 0;
    for (int i = 0; i < WARM + TIMES; i++) {
        struct ctx c = start();
        struct paper *p = paper_new(c.arena, PAPER_80MM);
        paper_title(p, "回执");
        paper_pair(p, "编号", "7");
        EXPECT(pdf(&c, p).len > 1000);
        arena_free(c.arena);
        if (__sanitizer_get_current_allocated_bytes)
            after = __sanitizer_get_current_allocated_bytes();
        if (i < WARM)
            before = after;
    }
    ck_assert_msg(after <= before + (size_t)TIMES * EACH_MAX, "%zu -> %zu", before, after);
}

/* How dark a page is, of which nothing but its paragraphs is printed. */
static double ink(struct ctx *c, const char *text)
{
    struct paper *p = paper_new(c->arena, PAPER_80MM);
    paper_line(p, text, 40, false, PAPER_LEFT);
    const char *path = file_of(c, pdf(c, p), ".pdf");
    FILE *f = popen(arena_printf(c->arena, "pdftoppm -r 40 -gray %s", path), "r");
    int w, h, ch;
    EXPECT(f && fscanf(f, "P5 %d %d 255", &w, &h) == 2);
    double dark = 0;
    while ((ch = fgetc(f)) != EOF)
        dark += 255 - ch;
    EXPECT(pclose(f) == 0);
    return dark / 255;
}

TEST(no_character_is_left_blank)
{
    static const char *const texts[] = { "如", "\xF0\xA0\xAE\xB7", "龘", "〇", "赵", "①", "9" };
    struct ctx c = start();
    double none = ink(&c, " ");
    for (size_t i = 0; i < COUNT(texts); i++)
        ck_assert_msg(ink(&c, texts[i]) > none + 4, "%s is blank", texts[i]);
    arena_free(c.arena);
}

/* A few hundred characters of every part of the fonts, and scripts nobody expects. */
TEST(any_text_can_be_printed)
{
    enum { STEP = 37, FIRST = 0x3400, LAST = 0x9fff };
    static const char strange[] =
        "abc ffi \xF0\x9F\x98\x80 \xD8\xB9\xD8\xB1\xD8\xA8\xD9\x8A "
        "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D 12 e\xCC\x81 \xE0\xB8\x97\xE0\xB8\xB5\xE0\xB9\x88 "
        "\xEF\xBF\xBD \xEE\x80\x80 \xE2\x80\x8B|\t|\x01| 完";
    struct ctx c = start();
    char *text = arena_alloc(c.arena, (LAST - FIRST) / STEP * 3 + sizeof strange + 8);
    size_t at = 0;
    for (uint32_t ch = FIRST; ch <= LAST; ch += STEP)
        at += text_put(text + at, ch);
    snprintf(text + at, sizeof strange + 1, "%s", strange);
    struct paper *p = paper_new(c.arena, PAPER_A4);
    paper_line(p, text, 0, false, PAPER_LEFT);
    paper_line(p, text, 0, true, PAPER_LEFT);
    const char *got =
        tell(&c, "pdftotext -raw", file_of(&c, pdf(&c, p), ".pdf"), "- | tr -d '\\n'");
    EXPECT_EQ(count(got, "完"), 2);
    EXPECT_EQ(count(got, "abc"), 2);
    text[9] = '\0'; /* the first three characters */
    EXPECT_HAS(got, text);
    arena_free(c.arena);
}

TEST(a_failing_write_is_told)
{
    struct ctx c = start();
    static const char *const heads[] = { "甲" };
    static const char *const cells[] = { "1" };
    FAULT_LOOP() {
        c.why[0] = '\0';
        struct paper *p = paper_new(c.arena, PAPER_A4);
        paper_line(p, "行", 0, false, PAPER_LEFT);
        struct bytes out;
        enum err e = paper_pdf(&c, p, &out);
        if (!e)
            e = sheet_xlsx(&c, &(struct sheet){ "表", heads, NULL, 1, cells, 1 }, &out);
        EXPECT_EQ(e, fault_hits ? E_IO : OK);
    }
    arena_free(c.arena);
}

/* ---- QR codes ---- */
TEST(a_qr_code_draws_the_modules_of_its_text)
{
    struct ctx c = start();
    const char *text = "https://example.invalid/q/421281101202-2026-00318-6?c=K7M3PX";
    struct bytes svg = qr_svg(c.arena, text);
    const char *s = (const char *)svg.ptr;
    QRcode *want = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    int n = want->width;
    EXPECT(svg.len == strlen(s) && str_starts(s, "<svg class=\"qr\" viewBox=\"-4 -4 "));
    EXPECT_HAS(s, arena_printf(c.arena, "-4 -4 %d %d\"", n + 8, n + 8));
    EXPECT(strstr(s, "style") == NULL);
    uint8_t *drawn = arena_alloc(c.arena, (size_t)(n * n));
    const char *p = strstr(s, "#000\" d=\"");
    EXPECT(p != NULL);
    for (p += 9; *p == 'M';) {
        int x, y, w, used = 0;
        EXPECT(sscanf(p, "M%d %dh%dv1h-%*dz%n", &x, &y, &w, &used) == 3 && used > 0);
        for (int i = 0; i < w; i++)
            drawn[y * n + x + i] = 1;
        p += used;
    }
    EXPECT(str_starts(p, "\"/></svg>"));
    for (int i = 0; i < n * n; i++)
        EXPECT_EQ(drawn[i], want->data[i] & 1);
    QRcode_free(want);
    arena_free(c.arena);
}

TEST(a_text_of_any_length_has_a_qr_code_or_none)
{
    struct ctx c = start();
    char *text = arena_alloc(c.arena, QR_TEXT_MAX + 2);
    EXPECT_EQ(qr_svg(c.arena, "").len, 0);
    EXPECT_EQ(qr_svg(c.arena, NULL).len, 0);
    for (int n = 1; n <= QR_TEXT_MAX + 1; n += n < QR_TEXT_MAX - 500 ? 500 : 1) {
        memset(text, 'a' + n % 26, (size_t)n);
        if (n > QR_TEXT_MAX - 3 || n < QR_TEXT_MAX - 500)
            EXPECT((qr_new(c.arena, text).size > 0) == (n <= QR_TEXT_MAX));
        arena_reset(c.arena);
        text = arena_alloc(c.arena, QR_TEXT_MAX + 2);
    }
    arena_free(c.arena);
}

/* ---- tables as files ---- */
static const char *const heads[] = { "姓名", "证件号码", "金额（元）", "=备注" };
static const bool numeric[] = { false, false, true, false };
static const char *const cells[] = {
    "王某某",
    "42128119480101001X",
    "-1,234.50",
    "=HYPERLINK(\"x\")",
    "@李",
    "421281194801010011",
    "123456789.00",
    "a,b",
    "+张",
    "-",
    "12345678901234567",
    "两\r\n行",
    NULL,
    "\tx",
    "+3",
    "说\"好\"",
};
static const struct sheet table = { "9月/资金[一]明细：很长很长很长很长很长很长很长的名字超过了",
                                    heads,
                                    numeric,
                                    COUNT(heads),
                                    cells,
                                    COUNT(cells) / COUNT(heads) };

TEST(a_csv_cell_is_never_a_formula)
{
    struct ctx c = start();
    struct bytes out;
    EXPECT_EQ(sheet_csv(&c, &table, &out), OK);
    EXPECT_STR((const char *)out.ptr,
               "\xEF\xBB\xBF姓名,证件号码,金额（元）,\"'=备注\"\r\n"
               "王某某,42128119480101001X,\"-1,234.50\",\"'=HYPERLINK(\"\"x\"\")\"\r\n"
               "\"'@李\",421281194801010011,123456789.00,\"a,b\"\r\n"
               "\"'+张\",\"'-\",12345678901234567,\"两\r\n行\"\r\n"
               ",\"'\tx\",\"'+3\",\"说\"\"好\"\"\"\r\n");
    arena_free(c.arena);
}

TEST(an_xlsx_file_holds_text_as_text_and_sums_as_numbers)
{
    struct ctx c = start();
    struct bytes out, again;
    EXPECT_EQ(sheet_xlsx(&c, &table, &out), OK);
    const char *path = file_of(&c, out, ".xlsx");
    EXPECT_HAS(tell(&c, "unzip -tq", path, ""), "No errors");
    const char *strings = tell(&c, "unzip -p", path, "xl/sharedStrings.xml");
    EXPECT_HAS(strings, "<t>王某某</t>");
    EXPECT_HAS(strings, "<t>=HYPERLINK(\"x\")</t>");
    EXPECT_HAS(strings, "<t>421281194801010011</t>");
    EXPECT_HAS(strings, "<t>12345678901234567</t>");
    const char *body = tell(&c, "unzip -p", path, "xl/worksheets/sheet1.xml");
    EXPECT_HAS(body, "<v>-1234.5</v>");
    EXPECT_HAS(body, "<v>123456789</v>");
    EXPECT(strstr(body, "<f>") == NULL);
    EXPECT_HAS(tell(&c, "unzip -p", path, "xl/workbook.xml"), "name=\"9月-资金-一-明细：");
    EXPECT_EQ(sheet_xlsx(&c, &table, &again), OK);
    EXPECT(out.len == again.len && memcmp(out.ptr, again.ptr, out.len) == 0);
    arena_free(c.arena);
}

TEST(a_sheet_beyond_its_limits_is_refused)
{
    struct ctx c = start();
    struct bytes out;
    char *big = arena_alloc(c.arena, SHEET_CELL_MAX + 2);
    memset(big, 'x', SHEET_CELL_MAX);
    const char *one[] = { big };
    struct sheet s = { "表", heads, NULL, 1, one, 1 };
    EXPECT_EQ(sheet_xlsx(&c, &s, &out), OK);
    big[SHEET_CELL_MAX] = 'x';
    EXPECT_EQ(sheet_xlsx(&c, &s, &out), E_TOO_LARGE);
    EXPECT_EQ(sheet_csv(&c, &s, &out), E_TOO_LARGE);
    s.n_rows = SHEET_ROWS_MAX + 1;
    EXPECT_EQ(sheet_csv(&c, &s, &out), E_TOO_LARGE);
    s.n_rows = 0;
    EXPECT_EQ(sheet_xlsx(&c, &s, &out), OK);
    arena_free(c.arena);
}

TEST(only_plain_numbers_are_numbers)
{
    static const struct {
        const char *text;
        bool is;
        double value;
    } all[] = {
        { "0", true, 0 },
        { "-12.50", true, -12.5 },
        { "1,234,567.89", true, 1234567.89 },
        { "123,456", true, 123456 },
        { "", false, 0 },
        { "-", false, 0 },
        { "1.", false, 0 },
        { ".5", false, 0 },
        { "1,23", false, 0 },
        { "1234,567", false, 0 },
        { "1,234,56.7", false, 0 },
        { "1e5", false, 0 },
        { "0x10", false, 0 },
        { "1.2.3", false, 0 },
        { " 1", false, 0 },
        { "+1", false, 0 },
        { "1,", false, 0 },
        { ",123", false, 0 },
        { "123456789012345", true, 123456789012345.0 },
        { "1234567890123456", false, 0 },
        { "一", false, 0 },
        { "--1", false, 0 },
        { "1.5,000", false, 0 },
    };
    for (size_t i = 0; i < COUNT(all); i++) {
        double v = 0;
        ck_assert_msg(sheet_number(all[i].text, &v) == all[i].is, "%s", all[i].text);
        EXPECT(IMPLIES(all[i].is, v >= all[i].value - 1e-9 && v <= all[i].value + 1e-9));
    }
}
