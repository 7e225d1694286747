/* SPDX-License-Identifier: Apache-2.0
 * secret_test.c - passwords, one-time codes, random codes, hashes. */
#include "crypto/password.h"
#include "crypto/random.h"
#include "crypto/totp.h"
#include "test.h"

TEST(a_password_opens_its_own_hash_only)
{
    char hash[PASSWORD_HASH_MAX], again[PASSWORD_HASH_MAX], longest[PASSWORD_BYTES_MAX + 2];
    EXPECT_EQ(password_hash("山高水长 2026", hash), OK);
    EXPECT(str_starts(hash, "$argon2id$v=19$m=19456,t=2,p=1$"));
    EXPECT(password_ok(hash, "山高水长 2026"));
    EXPECT(!password_ok(hash, "山高水长 2025"));
    EXPECT(!password_ok(hash, ""));
    EXPECT(!password_ok(NULL, "山高水长 2026"));
    EXPECT(!password_ok("", "山高水长 2026"));
    EXPECT(!password_ok("$argon2id$broken", "山高水长 2026"));
    EXPECT_EQ(password_hash("山高水长 2026", again), OK);
    EXPECT(!str_eq(hash, again));
    memset(longest, 'x', sizeof longest);
    longest[PASSWORD_BYTES_MAX + 1] = '\0';
    EXPECT_EQ(password_hash(longest, hash), E_TOO_LONG);
    EXPECT(!password_ok(again, longest));
    EXPECT_EQ(password_check_strength(longest, NULL), E_TOO_LONG);
}

TEST(an_unknown_account_takes_as_long_as_a_wrong_password)
{
    struct timespec t[3];
    char hash[PASSWORD_HASH_MAX];
    EXPECT_EQ(password_hash("a password", hash), OK);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t[0]);
    EXPECT(!password_ok(hash, "wrong"));
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t[1]);
    EXPECT(!password_ok(NULL, "wrong"));
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t[2]);
    double wrong =
        (double)(t[1].tv_sec - t[0].tv_sec) + 1e-9 * (double)(t[1].tv_nsec - t[0].tv_nsec);
    double none =
        (double)(t[2].tv_sec - t[1].tv_sec) + 1e-9 * (double)(t[2].tv_nsec - t[1].tv_nsec);
    EXPECT(none > wrong / 3 && none < wrong * 3);
}

TEST(a_hash_that_finds_no_memory_is_an_error)
{
    FAULT_LOOP() {
        char hash[PASSWORD_HASH_MAX];
        EXPECT_EQ(password_hash("山高水长 2026", hash), fault_hits ? E_CRYPTO : OK);
    }
}

TEST(weak_passwords_are_refused)
{
    static const char *const weak[] = {
        "",
        "short1!",
        "山高水长流水不腐", /* eight characters, though 24 bytes */
        "aaaaaaaaaaaa",
        "ababababab",
        "1231231231",
        "0123456789",
        "9876543210",
        "1234567890123",
        "abcdefghij",
        "a123456789",
        "A123456789",
        "woaini1314",
        "WoAiNi1314520",
        "woaini5201314",
        "5201314520",
        "password123",
        "Password123456",
        "qwertyuiop",
        "1qaz2wsx3edc",
        "zhang123456",
        "admin888888",
        "a123456a123456",
        "13812345678",
        "138123456789",
        "a13812345678",
        "1990010112",
        "li19900101",
        "19900101li",
    };
    for (size_t i = 0; i < COUNT(weak); i++)
        ck_assert_msg(password_check_strength(weak[i], "13812345678") == E_PASSWORD_WEAK, "%s",
                      weak[i]);
}

TEST(reasonable_passwords_are_accepted)
{
    static const char *const good[] = {
        "山高水长流水不腐户枢", "kx7-Mango-Tea",  "lanxi cha shan 42",
        "3 Oxen & a Plough",    "shuikudiaoyu99", "my 13812345678 is old",
    };
    for (size_t i = 0; i < COUNT(good); i++)
        ck_assert_msg(password_check_strength(good[i], "13812345678") == OK, "%s", good[i]);
    EXPECT_EQ(password_check_strength("kx7-Mango-Tea", NULL), OK);
    EXPECT_EQ(password_check_strength("kx7-Mango-Tea", ""), OK);
}

/* RFC 6238, appendix B (SHA-1), the last six digits of each. */
TEST(one_time_codes_are_those_of_the_rfc)
{
    static const char secret[] = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"; /* 12345678901234567890 */
    static const struct {
        int64_t at;
        const char *code;
    } v[] = { { 59, "287082" },         { 1111111109, "081804" }, { 1111111111, "050471" },
              { 1234567890, "005924" }, { 2000000000, "279037" }, { 20000000000, "353130" } };
    for (size_t i = 0; i < COUNT(v); i++) {
        int64_t last = 0;
        EXPECT(totp_ok(secret, v[i].code, v[i].at, &last));
        EXPECT_EQ(last, v[i].at / 30);
        EXPECT(!totp_ok(secret, v[i].code, v[i].at, &last)); /* once only */
        for (int64_t off = -2; off <= 2; off++) {
            last = 0;
            EXPECT_EQ(totp_ok(secret, v[i].code, v[i].at + off * 30, &last), off >= -1 && off <= 1);
        }
        last = v[i].at / 30 + 1; /* a later code was used already */
        EXPECT(!totp_ok(secret, v[i].code, v[i].at, &last));
    }
}

TEST(what_is_no_one_time_code_is_refused)
{
    static const char secret[] = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    static const char *const bad[] = {
        "", "28708", "2870822", "28708a", " 287082", "２８７０８２"
    };
    int64_t last = 0;
    for (size_t i = 0; i < COUNT(bad); i++)
        EXPECT(!totp_ok(secret, bad[i], 59, &last));
    EXPECT(!totp_ok("not base32 !", "287082", 59, &last));
    EXPECT(!totp_ok(secret, "287082", -1, &last));
    EXPECT_EQ(last, 0);
}

TEST(a_new_secret_is_base32_and_its_address_is_escaped)
{
    struct arena *a = arena_new(ARENA_LIMIT);
    char one[TOTP_SECRET_TEXT], two[TOTP_SECRET_TEXT];
    totp_secret_new(one);
    totp_secret_new(two);
    EXPECT_EQ(strlen(one), 32);
    EXPECT_EQ(strspn(one, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), 32);
    EXPECT(!str_eq(one, two));
    EXPECT_STR(totp_uri(a, "ABC", "王 1&"),
               "otpauth://totp/%E4%B9%A1%E7%BA%A6:%E7%8E%8B%201%26?secret=ABC"
               "&issuer=%E4%B9%A1%E7%BA%A6");
    arena_free(a);
}

TEST(a_random_code_has_no_letters_that_look_like_digits)
{
    struct arena *a = arena_new(ARENA_LIMIT);
    bool seen[256] = { false };
    size_t kinds = 0;
    for (int i = 0; i < 500; i++) {
        const char *code = random_code(a, 6);
        EXPECT_EQ(strlen(code), 6);
        for (; *code; code++)
            seen[(uint8_t)*code] = true;
    }
    for (size_t i = 0; i < COUNT(seen); i++)
        kinds += seen[i];
    EXPECT_EQ(kinds, 32);
    EXPECT(!seen['0'] && !seen['1'] && !seen['I'] && !seen['O'] && seen['Z'] && seen['2']);
    arena_free(a);
}

TEST(sha256_and_hex_are_the_known_ones)
{
    struct arena *a = arena_new(ARENA_LIMIT);
    uint8_t out[SHA256_BYTES];
    struct bytes abc = { (const uint8_t *)"abc", 3 };
    EXPECT_STR(hex(a, sha256(abc, out)),
               "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_STR(hex(a, sha256((struct bytes){ NULL, 0 }, out)),
               "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_STR(hex(a, (struct bytes){ NULL, 0 }), "");
    arena_free(a);
}
