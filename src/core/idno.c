/* SPDX-License-Identifier: Apache-2.0
 * idno.c - see idno.h. */
#include "core/idno.h"
#include "core/day.h"
#include "core/text.h"

enum { IDNO_LENGTH = 18, MOBILE_LENGTH = 11, TYPED_MAX = 24 };

static bool all_digits(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] < '0' || s[i] > '9')
            return false;
    return true;
}

/* Copies the characters of text in their halfwidth form without those in skip; false when text is
 * not UTF-8, holds another character that is not ASCII, or more than fit. */
static bool narrow(const char *text, const char *skip, char out[TYPED_MAX + 1])
{
    size_t n = 0;
    if (!text_valid(text, strlen(text)))
        return false;
    while (*text) {
        uint32_t c = text_next(&text);
        if (c >= 0xFF01 && c <= 0xFF5E)
            c = c - 0xFF01 + '!';
        if (c == 0x3000 || c == 0xA0)
            c = ' ';
        if (c >= 0x80)
            return false;
        if (strchr(skip, (int)c))
            continue;
        if (n == TYPED_MAX)
            return false;
        out[n++] = (char)c;
    }
    out[n] = '\0';
    return true;
}

static char check_character(const char *s)
{
    static const int weight[] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
    int sum = 0;
    for (size_t i = 0; i < COUNT(weight); i++)
        sum += (s[i] - '0') * weight[i];
    return "10X98765432"[sum % 11];
}

bool idno_parse(const char *text, struct idno *out)
{
    char t[TYPED_MAX + 1];
    if (!narrow(text, " ", t) || strlen(t) != IDNO_LENGTH || !all_digits(t, IDNO_LENGTH - 1))
        return false;
    if (t[17] == 'x')
        t[17] = 'X';
    char date[11];
    snprintf(date, sizeof date, "%.4s-%.2s-%.2s", t + 6, t + 10, t + 12);
    int32_t birth;
    if (t[0] == '0' || t[17] != check_character(t) || !day_parse(date, &birth))
        return false;
    memcpy(out->text, t, IDNO_LENGTH + 1);
    out->birth = birth;
    out->sex = (t[16] - '0') % 2 == 1 ? SEX_MALE : SEX_FEMALE;
    return true;
}

void idno_mask(const char *text, char out[19])
{
    memset(out, '*', IDNO_LENGTH);
    out[IDNO_LENGTH] = '\0';
    if (strlen(text) != IDNO_LENGTH)
        return;
    memcpy(out, text, 4);
    memcpy(out + 14, text + 14, 4);
}

static bool mobile(const char *s)
{
    return strlen(s) == MOBILE_LENGTH && all_digits(s, MOBILE_LENGTH) && s[0] == '1' && s[1] >= '3';
}

/* Digits of the area code, the 0 included: 010 and 02x have three, all others four. 0 when it is
 * none. */
static size_t area_length(const char *s)
{
    if (s[0] != '0' || s[1] < '1' || s[1] > '9')
        return 0;
    return s[1] <= '2' ? 3 : 4;
}

static bool landline(const char *s, char out[PHONE_MAX + 1])
{
    size_t n = strlen(s), area = area_length(s);
    if (area == 0 || n < area || !all_digits(s, n) || (s[1] == '1' && s[2] != '0'))
        return false;
    size_t local = n - area;
    bool fits = area == 3 ? local == 8 : local == 7 || local == 8;
    if (!fits || s[area] == '0')
        return false;
    snprintf(out, PHONE_MAX + 1, "%.*s-%s", (int)area, s, s + area);
    return true;
}

bool phone_parse(const char *text, char out[PHONE_MAX + 1])
{
    char t[TYPED_MAX + 1], national[TYPED_MAX + 2];
    if (!narrow(text, " -()", t))
        return false;
    const char *s = t;
    bool abroad = false;
    static const char *const prefixes[] = { "+86", "0086" };
    for (size_t i = 0; i < COUNT(prefixes) && !abroad; i++) {
        abroad = str_starts(t, prefixes[i]);
        s = abroad ? t + strlen(prefixes[i]) : s;
    }
    if (str_starts(s, "86") && mobile(s + 2))
        s += 2;
    if (mobile(s)) {
        memcpy(out, s, MOBILE_LENGTH + 1);
        return true;
    }
    if (abroad && s[0] != '0') { /* written after +86 without the trunk 0 */
        snprintf(national, sizeof national, "0%s", s);
        s = national;
    }
    return landline(s, out);
}

void phone_mask(const char *text, char out[PHONE_MAX + 1])
{
    const char *dash = strchr(text, '-');
    if (mobile(text))
        snprintf(out, PHONE_MAX + 1, "%.3s****%s", text, text + 7);
    else if (dash && strlen(dash) >= 8 && strlen(text) <= PHONE_MAX)
        snprintf(out, PHONE_MAX + 1, "%.*s-****%s", (int)(dash - text), text,
                 text + strlen(text) - 3);
    else
        snprintf(out, PHONE_MAX + 1, "***********");
}
