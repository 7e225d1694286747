/* SPDX-License-Identifier: Apache-2.0
 * text.c - see text.h. ICU works in UTF-16, so text goes there and back; most Chinese text needs no
 * normalization and is recognized without ICU. */
#include "core/text.h"
#include <pthread.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

bool text_valid(const char *s, size_t n)
{
    const uint8_t *p = (const uint8_t *)s, *end = p + n;
    while (p < end) {
        uint8_t c = *p++;
        if (c < 0x80)
            continue;
        uint8_t low = 0x80, high = 0xBF; /* of the second byte: shuts out overlong and surrogates */
        int more;
        if (c >= 0xC2 && c <= 0xDF) {
            more = 1;
        } else if (c >= 0xE0 && c <= 0xEF) {
            more = 2;
            low = c == 0xE0 ? 0xA0 : low;
            high = c == 0xED ? 0x9F : high;
        } else if (c >= 0xF0 && c <= 0xF4) {
            more = 3;
            low = c == 0xF0 ? 0x90 : low;
            high = c == 0xF4 ? 0x8F : high;
        } else {
            return false;
        }
        for (; more > 0; more--, low = 0x80, high = 0xBF)
            if (p == end || *p < low || *p++ > high)
                return false;
    }
    return true;
}

uint32_t text_next(const char **s)
{
    const uint8_t *p = (const uint8_t *)*s;
    int more = *p < 0x80 ? 0 : *p < 0xE0 ? 1 : *p < 0xF0 ? 2 : 3;
    static const uint8_t mask[] = { 0x7F, 0x1F, 0x0F, 0x07 };
    uint32_t c = *p & mask[more];
    for (int i = 1; i <= more; i++)
        c = c << 6 | (p[i] & 0x3F);
    *s += more + 1;
    return c;
}

size_t text_put(char out[4], uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const uint8_t lead[] = { 0, 0, 0xC0, 0xE0, 0xF0 };
    for (size_t i = n - 1; i > 0; i--, c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)(lead[n] | c);
    return n;
}

size_t text_length(const char *s)
{
    size_t n = 0;
    for (; *s; s++)
        n += ((uint8_t)*s & 0xC0) != 0x80;
    return n;
}

/* ---- cleaning ---- */

static bool allowed(uint32_t c, bool multiline)
{
    if (c < 0x20)
        return multiline && (c == '\n' || c == '\t');
    if (c >= 0x7F && c < 0xA0)
        return false;
    if ((c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069))
        return false;
    return (c & 0xFFFE) != 0xFFFE && !(c >= 0xFDD0 && c <= 0xFDEF);
}

static bool blank(uint32_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == 0xA0 || c == 0x3000 ||
           c == 0xFEFF;
}

/* Whether c is unchanged by NFC whatever stands beside it. May say no where yes would do. */
static bool inert(uint32_t c)
{
    return c < 0x300 || (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3000 && c <= 0x3029) ||
           (c >= 0xFF01 && c <= 0xFFEE) || (c >= 0x2010 && c <= 0x2027);
}

/* UTF-16 copy of n bytes of valid UTF-8. */
static UChar *to_utf16(struct arena *a, const char *s, size_t n, int32_t *len)
{
    UErrorCode e = U_ZERO_ERROR;
    UChar *u = ARENA_ARRAY(a, UChar, n + 1);
    u_strFromUTF8(u, (int32_t)n + 1, len, s, (int32_t)n, &e);
    CHECK(U_SUCCESS(e));
    return u;
}

static char *normalize(struct arena *a, const UNormalizer2 *form, const char *s, size_t n)
{
    UErrorCode e = U_ZERO_ERROR;
    int32_t len;
    UChar *u = to_utf16(a, s, n, &len);
    int32_t need = unorm2_normalize(form, u, len, NULL, 0, &e);
    CHECK(e == U_BUFFER_OVERFLOW_ERROR || U_SUCCESS(e));
    UChar *v = ARENA_ARRAY(a, UChar, (size_t)need + 1);
    e = U_ZERO_ERROR;
    unorm2_normalize(form, u, len, v, need + 1, &e);
    CHECK(U_SUCCESS(e));
    size_t room = (size_t)need * 3 + 1;
    char *out = arena_alloc(a, room);
    u_strToUTF8(out, (int32_t)room, NULL, v, need, &e);
    CHECK(U_SUCCESS(e));
    return out;
}

/* s..end without blanks at either end. */
static void strip(const char **s, const char **end)
{
    while (*s < *end) {
        const char *p = *s;
        if (!blank(text_next(&p)))
            break;
        *s = p;
    }
    while (*end > *s) {
        const char *p = *end - 1;
        while (((uint8_t)*p & 0xC0) == 0x80)
            p--;
        const char *at = p;
        if (!blank(text_next(&p)))
            break;
        *end = at;
    }
}

char *text_clean(struct arena *a, const char *s, bool multiline)
{
    size_t n = strlen(s);
    if (n > TEXT_BYTES_MAX || !text_valid(s, n))
        return NULL;
    const char *end = s + n;
    strip(&s, &end);
    char *out = arena_alloc(a, (size_t)(end - s) + 1), *to = out;
    bool plain = true;
    for (const char *p = s; p < end;) {
        if (p[0] == '\r' && p[1] == '\n')
            p++;
        const char *from = p;
        uint32_t c = text_next(&p);
        if (!allowed(c, multiline))
            return NULL;
        plain = plain && inert(c);
        memcpy(to, from, (size_t)(p - from));
        to += p - from;
    }
    *to = '\0';
    if (plain)
        return out;
    UErrorCode e = U_ZERO_ERROR;
    const UNormalizer2 *nfc = unorm2_getNFCInstance(&e);
    CHECK(U_SUCCESS(e));
    return normalize(a, nfc, out, (size_t)(to - out));
}

char *text_fold(struct arena *a, const char *s)
{
    size_t n = strlen(s);
    if (n > TEXT_BYTES_MAX || !text_valid(s, n))
        return arena_copy(a, "");
    UErrorCode e = U_ZERO_ERROR;
    const UNormalizer2 *fold = unorm2_getNFKCCasefoldInstance(&e);
    CHECK(U_SUCCESS(e));
    char *out = normalize(a, fold, s, n), *to = out;
    for (const char *p = out; *p;) {
        const char *from = p;
        UChar32 c = (UChar32)text_next(&p);
        if (u_ispunct(c) || u_isUWhiteSpace(c) || u_iscntrl(c))
            continue;
        memmove(to, from, (size_t)(p - from));
        to += p - from;
    }
    *to = '\0';
    return out;
}

/* ---- pinyin ---- */

static bool han(uint32_t c)
{
    return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || c == 0x3007 ||
           (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x323AF);
}

enum { SYLLABLE_MAX = 12, SOUND_BYTES = 8, COMMON_FIRST = 0x4E00, COMMON_LAST = 0x9FFF };
enum { NONE = ' ' };

/* A transliterator takes 80 ms to make and is not safe to share unlocked: one, made at first use,
 * kept for the life of the process. */
static void ask_sound(uint32_t c, char out[SOUND_BYTES])
{
    static UTransliterator *pinyin;
    UErrorCode e = U_ZERO_ERROR;
    UChar u[SYLLABLE_MAX];
    int32_t len = 0, limit, n = 0;
    if (!pinyin)
        pinyin = utrans_openU(u"Han-Latin; Latin-ASCII", -1, UTRANS_FORWARD, NULL, 0, NULL, &e);
    CHECK(pinyin != NULL && U_SUCCESS(e));
    U16_APPEND_UNSAFE(u, len, c);
    limit = len;
    utrans_transUChars(pinyin, u, &len, (int32_t)COUNT(u), 0, &limit, &e);
    CHECK(U_SUCCESS(e));
    for (; n < len && n < SOUND_BYTES - 1 && u[n] < 0x80 && u_isalpha(u[n]); n++)
        out[n] = (char)u_tolower(u[n]);
    if (n == 0)
        out[n++] = NONE;
    out[n] = '\0';
}

/* The usual reading of a character without its tone, or " ". Asking takes 10 us: remembered. */
static void sound_of(uint32_t c, char out[SOUND_BYTES])
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static char known[COMMON_LAST - COMMON_FIRST + 1][SOUND_BYTES];
    bool common = c >= COMMON_FIRST && c <= COMMON_LAST;
    pthread_mutex_lock(&lock);
    if (common && !*known[c - COMMON_FIRST])
        ask_sound(c, known[c - COMMON_FIRST]);
    if (common)
        memcpy(out, known[c - COMMON_FIRST], SOUND_BYTES);
    else
        ask_sound(c, out);
    pthread_mutex_unlock(&lock);
}

static char initial_of(uint32_t c)
{
    char sound[SOUND_BYTES];
    sound_of(c, sound);
    return sound[0];
}

/* Appends the initial of each Chinese character in s..end, which holds nothing else. Of neighbours
 * ICU heeds only these four. */
static char *put_run(char *to, const char *s, const char *end)
{
    static const struct {
        const char *word, initial;
    } words[] = { { "藏文", 'z' }, { "重庆", 'c' }, { "沈阳", 's' }, { "秘鲁", 'b' } };
    while (s < end) {
        char letter = '\0';
        for (size_t i = 0; i < COUNT(words); i++)
            if (str_starts(s, words[i].word))
                letter = words[i].initial;
        uint32_t c = text_next(&s);
        if (!letter)
            letter = initial_of(c);
        if (letter != NONE)
            *to++ = letter;
    }
    return to;
}

/* Halfwidth form of a fullwidth letter or digit. */
static uint32_t halfwidth(uint32_t c)
{
    return c >= 0xFF01 && c <= 0xFF5E ? c - 0xFF01 + '!' : c;
}

static char *put_initials(char *to, const char *s)
{
    while (*s) {
        const char *from = s, *p = s;
        while (*p && han(text_next(&p)))
            s = p;
        if (s > from) {
            to = put_run(to, from, s);
            continue;
        }
        uint32_t c = halfwidth(text_next(&s));
        if (c < 0x80 && u_isalnum((UChar32)c))
            *to++ = (char)u_tolower((UChar32)c);
    }
    *to = '\0';
    return to;
}

char *text_initials(struct arena *a, const char *s)
{
    size_t n = strlen(s);
    if (!text_valid(s, n))
        return arena_copy(a, "");
    char *out = arena_alloc(a, n + 1);
    put_initials(out, s);
    return out;
}

char *text_sound(struct arena *a, const char *s)
{
    size_t n = strlen(s);
    if (!text_valid(s, n))
        return arena_copy(a, "");
    char *out = arena_alloc(a, n * SOUND_BYTES + 1), *to = out;
    while (*s) {
        char sound[SOUND_BYTES];
        uint32_t c = text_next(&s);
        if (!han(c))
            continue;
        sound_of(c, sound);
        for (const char *p = sound; *p; p++)
            *to++ = *p;
        *to++ = NONE;
    }
    *to = '\0';
    return out;
}

/* Surnames read otherwise than the common word, after 《通用规范汉字字典》; two characters first.
 */
static const struct {
    const char *surname, *initials;
} surnames[] = {
    /* clang-format off */
    { "尉迟", "yc" }, { "万俟", "mq" }, { "长孙", "zs" }, { "澹台", "tt" },
    { "令狐", "lh" }, { "宰父", "zf" }, { "皇甫", "hf" }, { "呼延", "hy" }, { "尉", "w" },
    { "单", "s" },  /* shan */ { "曾", "z" },  /* zeng */ { "解", "x" },  /* xie */
    { "仇", "q" },  /* qiu */  { "区", "o" },  /* ou */   { "查", "z" },  /* zha */
    { "盖", "g" },  /* ge */   { "任", "r" },  /* ren */  { "华", "h" },  /* hua */
    { "朴", "p" },  /* piao */ { "翟", "z" },  /* zhai */ { "冼", "x" },  /* xian */
    { "覃", "q" },  /* qin */  { "缪", "m" },  /* miao */ { "种", "c" },  /* chong */
    { "员", "y" },  /* yun */  { "乐", "y" },  /* yue */  { "召", "s" },  /* shao */
    { "繁", "p" },  /* po */   { "逄", "p" },  /* pang */ { "秘", "b" },  /* bi */
    { "折", "s" },  /* she */  { "黑", "h" },  /* he */   { "洗", "x" },  /* xian */
    { "祭", "z" },  /* zhai */ { "隗", "w" },  /* wei */  { "晟", "c" },  /* cheng */
    { "纪", "j" },  /* ji */   { "葛", "g" },  /* ge */   { "车", "c" },  /* che */
    { "褚", "c" },  /* chu */  { "宓", "m" },  /* mi */   { "郇", "x" },  /* xun */
    { "郗", "x" },  /* xi */   { "眭", "s" },  /* sui */  { "臧", "z" },  /* zang */
    { "沈", "s" },  /* shen */ { "阚", "k" },  /* kan */  { "么", "y" },  /* yao */
    { "牟", "m" },  /* mu */   { "那", "n" },  /* na */   { "卜", "b" },  /* bu */
    { "长", "z" },  /* zhang */{ "句", "g" },  /* gou */  { "佴", "n" },  /* nai */
    /* clang-format on */
};

char *text_initials_name(struct arena *a, const char *name)
{
    size_t n = strlen(name);
    if (!text_valid(name, n))
        return arena_copy(a, "");
    char *out = arena_alloc(a, n + 1), *to = out;
    for (size_t i = 0; i < COUNT(surnames); i++) {
        if (!str_starts(name, surnames[i].surname))
            continue;
        for (const char *p = surnames[i].initials; *p; p++)
            *to++ = *p;
        name += strlen(surnames[i].surname);
        break;
    }
    put_initials(to, name);
    return out;
}

static int digit_of(uint32_t ch)
{
    static const char *const digits = "零一二三四五六七八九";
    const char *p = digits;
    if (ch >= '0' && ch <= '9')
        return (int)(ch - '0');
    for (int i = 0; *p; i++)
        if (text_next(&p) == ch)
            return i;
    return ch == 0x4e24 ? 2 : -1; /* 两 */
}

int32_t text_number(const char *text)
{
    enum { TEN = 0x5341, NUMBER_MAX = 100000 };
    int32_t n = 0;
    bool any = false, ten = false;
    const char *p = text;
    while (*p && n < NUMBER_MAX) {
        uint32_t ch = text_next(&p);
        int d = digit_of(ch);
        if (ch == TEN) {
            n = (any ? n : 1) * 10;
            any = ten = true;
        } else if (d >= 0) {
            n = ten ? n + d : n * 10 + d;
            any = true;
        } else if (any) {
            break;
        }
    }
    return any ? n : INT32_MAX;
}
