/* SPDX-License-Identifier: Apache-2.0
 * digest_test.c - examples of FIPS 180-4, GB/T 32905-2016 and RFC 4231. */
#include "crypto/digest.h"
#include "crypto/random.h"
#include "test.h"

static struct bytes of(const char *s)
{
    return (struct bytes){ (const uint8_t *)s, strlen(s) };
}

TEST(hashes_agree_with_their_standards)
{
    struct arena *a = arena_new(ARENA_LIMIT);
    EXPECT_STR(digest_hex(a, DIGEST_SHA256, of("abc")),
               "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_STR(digest_hex(a, DIGEST_SM3, of("abc")),
               "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    uint8_t mac[DIGEST_BYTES];
    hmac_sha256(of("Jefe"), of("what do ya want for nothing?"), mac);
    EXPECT_STR(hex(a, (struct bytes){ mac, sizeof mac }),
               "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT(digest_is_hex(digest_hex(a, DIGEST_SM3, of(""))));
    EXPECT(!digest_is_hex("ABC") && !digest_is_hex(""));
    arena_free(a);
}
