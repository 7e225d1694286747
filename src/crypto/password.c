/* SPDX-License-Identifier: Apache-2.0
 * password.c - see password.h. */
#include "crypto/password.h"
#include "core/fault.h"
#include <sodium.h>

enum { PASSES = 2, MEMORY = 19 * 1024 * 1024 };
_Static_assert(PASSWORD_HASH_MAX == crypto_pwhash_STRBYTES, "room for a hash");

enum err password_hash(const char *password, char out[PASSWORD_HASH_MAX])
{
    size_t n = strlen(password);
    CHECK(sodium_init() >= 0);
    if (n > PASSWORD_BYTES_MAX)
        return E_TOO_LONG;
    if (FAULT("password_hash") ||
        crypto_pwhash_str_alg(out, password, n, PASSES, MEMORY, crypto_pwhash_ALG_ARGON2ID13) != 0)
        return E_CRYPTO;
    return OK;
}

bool password_ok(const char *hash, const char *password)
{
    static const char nobody[PASSWORD_HASH_MAX] =
        "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA"
        "$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    char padded[PASSWORD_HASH_MAX] = { 0 }; /* the library reads all of it */
    size_t n = strlen(password);
    CHECK(sodium_init() >= 0);
    if (n > PASSWORD_BYTES_MAX || (hash && strlen(hash) >= sizeof padded))
        return false;
    snprintf(padded, sizeof padded, "%s", hash ? hash : nobody);
    return crypto_pwhash_str_verify(padded, password, n) == 0 && hash != NULL;
}

/* ---- strength ---- */

/* The commonest passwords of published leaks, and Chinese habits: 5201314 (I love you for life),
 * 1314, woaini (I love you), 168/888 (luck), a or qq before digits, keyboard walks. A password made
 * of one or two of them, or of one many times, is refused too; so short ones count. */
static const char *const common[] = {
    "123456",      "1234567",      "12345678",      "123456789",   "1234567890",   "0123456789",
    "12345678910", "123123",       "123321",        "1234",        "12345",        "111111",
    "000000",      "666666",       "888888",        "999999",      "222222",       "333333",
    "555555",      "777777",       "112233",        "11223344",    "1122334455",   "123654",
    "147258",      "147258369",    "159357",        "159753",      "789456",       "789456123",
    "987654321",   "9876543210",   "654321",        "7654321",     "87654321",     "121212",
    "131313",      "131421",       "1314",          "1314520",     "13145200",     "5201314",
    "520",         "520520",       "521521",        "5211314",     "52013140",     "521",
    "168168",      "168",          "16888",         "168888",      "1688",         "888",
    "666",         "8888",         "6666",          "886",         "110110",       "110120",
    "119119",      "12580",        "10086",         "100200",      "100861",       "101010",
    "010203",      "010101",       "102030",        "123",         "123abc",       "123qwe",
    "12qwaszx",    "1q2w3e",       "1q2w3e4r",      "1q2w3e4r5t",  "1qaz2wsx",     "1qaz2wsx3edc",
    "1qazxsw2",    "qazwsx",       "qazwsxedc",     "qwe123",      "qwer1234",     "qwerty",
    "qwertyuiop",  "qwert",        "qwer",          "qweasd",      "qweasdzxc",    "asdfgh",
    "asdfghjkl",   "asdf",         "asd123",        "asdasd",      "zxcvbn",       "zxcvbnm",
    "zxc123",      "zxcv",         "poiuyt",        "mnbvcxz",     "abc",          "abc123",
    "abcd",        "abcd1234",     "abcdef",        "abcdefg",     "abc12345",     "abcde",
    "a123",        "a1234",        "a12345",        "a123456",     "a1234567",     "a12345678",
    "a123456789",  "a1234567890",  "aa123456",      "aa123456789", "aaa111",       "aaaaaa",
    "aaa",         "aa",           "a111111",       "a123123",     "a5201314",     "a000000",
    "a",           "b123456",      "q123456",       "q123456789",  "qq123456",     "qq123456789",
    "qq",          "w123456",      "w123456789",    "z123456",     "z123456789",   "x123456",
    "s123456",     "l123456",      "zz123456",      "asd123456",   "abc123456",    "abc123456789",
    "qwe123456",   "qaz123456",    "zxc123456",     "woaini",      "woaini123",    "woaini520",
    "woaini521",   "woaini1314",   "woaini5201314", "woaiwojia",   "woailaopo",    "woaimama",
    "woaibaba",    "woaizhongguo", "wodemima",      "wangyut2",    "wobuzhidao",   "mima",
    "mima123",     "mima123456",   "mimamima",      "nihao",       "nihao123",     "nihao123456",
    "nihaoma",     "laopo",        "laogong",       "baobao",      "baobei",       "tiantian",
    "yangyang",    "xiaoxiao",     "xiaolong",      "longlong",    "wangwang",     "zhangwei",
    "wangwei",     "liwei",        "zhang",         "wang",        "zhongguo",     "china",
    "hubei",       "xianning",     "xianning123",   "xiangyue",    "cunweihui",    "shequ",
    "zhengfu",     "caonima",      "shanghai",      "beijing",     "wuhan",        "jiajia",
    "password",    "password1",    "password123",   "passw0rd",    "p@ssw0rd",     "p@ssword",
    "pass",        "passwd",       "admin",         "admin123",    "admin888",     "administrator",
    "root",        "test",         "test123",       "user",        "guest",        "welcome",
    "welcome1",    "letmein",      "login",         "changeme",    "default",      "system",
    "manager",     "iloveyou",     "iloveyou1314",  "love",        "loveyou",      "sunshine",
    "princess",    "dragon",       "monkey",        "football",    "superman",     "computer",
    "internet",    "windows",      "google",        "baidu",       "taobao",       "wechat",
    "weixin",      "alibaba",      "tencent",       "dearbook",    "hello",        "hello123",
    "secret",      "master",       "money",         "freedom",     "xyz",          "aini",
    "aini1314",    "1314woaini",   "ainiyiwannian", "yisheng",     "yishengyishi", "lalala",
};

/* Characters, not bytes: a Chinese one counts as one. */
static size_t chars(const char *s)
{
    size_t n = 0;
    for (; *s; s++)
        n += ((uint8_t)*s & 0xc0) != 0x80;
    return n;
}

/* Whether s is a pattern of one to six bytes over and over. */
static bool repeats(const char *s, size_t n)
{
    for (size_t period = 1; period <= 6 && period < n; period++) {
        size_t i = period;
        while (i < n && s[i] == s[i - period])
            i++;
        if (i == n)
            return true;
    }
    return false;
}

static bool runs(const char *s, size_t n)
{
    for (int step = -1; step <= 1; step += 2) {
        size_t i = 1;
        while (i < n && (s[i] == s[i - 1] + step || (s[i - 1] == '9' && s[i] == '0')))
            i++;
        if (i == n)
            return true;
    }
    return false;
}

/* Whether s is at most `parts` common passwords one after the other, or one of them repeated. */
static bool made_of_common(const char *s, size_t parts)
{
    if (*s == '\0')
        return true;
    if (parts == 0)
        return false;
    for (size_t i = 0; i < COUNT(common); i++) {
        const char *rest = s;
        size_t n = strlen(common[i]);
        if (!str_starts(s, common[i]))
            continue;
        while (str_starts(rest, common[i]))
            rest += n;
        if (*rest == '\0' || made_of_common(s + n, parts - 1))
            return true;
    }
    return false;
}

static int two(const char *s)
{
    return (s[0] - '0') * 10 + s[1] - '0';
}

/* A date of this or the last century as YYYYMMDD, with at most three characters beside it. */
static bool birthday(const char *s, size_t n)
{
    for (size_t i = 0; n <= 8 + 3 && i + 8 <= n; i++) {
        const char *d = s + i;
        if (strspn(d, "0123456789") < 8 || (two(d) != 19 && two(d) != 20))
            continue;
        if (two(d + 4) >= 1 && two(d + 4) <= 12 && two(d + 6) >= 1 && two(d + 6) <= 31)
            return true;
    }
    return false;
}

enum err password_check_strength(const char *password, const char *phone)
{
    char low[PASSWORD_BYTES_MAX + 1];
    size_t n = strlen(password);
    if (n > PASSWORD_BYTES_MAX)
        return E_TOO_LONG;
    for (size_t i = 0; i <= n; i++)
        low[i] = (char)(password[i] >= 'A' && password[i] <= 'Z' ? password[i] + 32 : password[i]);
    const char *at = phone && *phone ? strstr(low, phone) : NULL;
    bool weak = chars(low) < PASSWORD_CHARS_MIN || repeats(low, n) || runs(low, n) ||
                (at && n < strlen(phone) + 4) || birthday(low, n) || made_of_common(low, 2);
    sodium_memzero(low, sizeof low);
    return weak ? E_PASSWORD_WEAK : OK;
}
