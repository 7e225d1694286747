/* SPDX-License-Identifier: Apache-2.0
 * gzip_test.c - what is packed can be unpacked; only visitors without a session get it so. */
#include "test_app.h"
#include "web/gzip.h"
#define ZLIB_CONST
#include <zlib.h>

static size_t unpack(struct bytes in, uint8_t *out, size_t room)
{
    z_stream z = { .next_in = in.ptr, .avail_in = (uInt)in.len, .next_out = out };
    z.avail_out = (uInt)room;
    EXPECT_EQ(inflateInit2(&z, 15 + 16), Z_OK);
    EXPECT_EQ(inflate(&z, Z_FINISH), Z_STREAM_END);
    EXPECT_EQ(inflateEnd(&z), Z_OK);
    return room - z.avail_out;
}

TEST(packed_bytes_unpack_to_the_same_and_noise_is_left_alone)
{
    enum { N = 5000 };
    static uint8_t text[N], back[N], noise[N];
    struct arena *a = arena_new(ARENA_LIMIT);
    struct gzip *g = gzip_new();
    struct bytes out;
    uint32_t seed = 1;
    for (size_t i = 0; i < N; i++) {
        seed = seed * 1664525 + 1013904223;
        text[i] = "有事，找村里的代理员"[i % 30];
        noise[i] = (uint8_t)(seed >> 24);
    }
    for (int again = 0; again < 2; again++) {
        EXPECT(gzip_pack(g, a, (struct bytes){ text, N }, &out));
        EXPECT(out.len < N / 10);
        EXPECT_EQ(unpack(out, back, N), (size_t)N);
        EXPECT(memcmp(text, back, N) == 0);
        EXPECT(!gzip_pack(g, a, (struct bytes){ noise, N }, &out));
    }
    EXPECT(!gzip_pack(g, a, (struct bytes){ text, 0 }, &out));
    gzip_free(g);
    arena_free(a);
}

static bool came_packed(struct client *cl, const char *method, const char *path,
                        const char *headers, const char *body)
{
    client_request(cl, method, path, headers, body);
    bool packed = strstr(cl->head, "Content-Encoding: gzip") != NULL;
    EXPECT(packed == (cl->body[0] == '\x1f'));
    return packed;
}

TEST(only_visitors_without_a_session_get_pages_packed)
{
    static const char takes[] = "Accept-Encoding: br;q=0, gzip\r\n";
    static uint8_t page[64 * 1024];
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    cl->no_tidy = true;
    EXPECT(came_packed(cl, "GET", "/items", takes, NULL));
    size_t n = unpack((struct bytes){ (const uint8_t *)cl->body, cl->n_body }, page, sizeof page);
    EXPECT(n > GZIP_BYTES_MIN && memmem(page, n, "</html>", 7));
    EXPECT(strstr(cl->head, "Accept-Encoding")); /* in Vary */
    EXPECT(!came_packed(cl, "GET", "/items", "", NULL));
    EXPECT(!came_packed(cl, "GET", "/items", "Accept-Encoding: gzip;q=0\r\n", NULL));
    EXPECT(!came_packed(cl, "GET", "/items", "Accept-Encoding: gzip;q=0.000, br\r\n", NULL));
    EXPECT(came_packed(cl, "GET", "/items", "Accept-Encoding: GZIP; q=0.5\r\n", NULL));
    EXPECT(!came_packed(cl, "GET", "/healthz", takes, NULL));
    EXPECT(!came_packed(cl, "POST", "/progress",
                        "Accept-Encoding: gzip\r\nContent-Type: application/x-www-form-urlencoded"
                        "\r\n",
                        "number=1&code=2"));
    client_sign_in(cl, "agent", TEST_VILLAGE);
    EXPECT(!came_packed(cl, "GET", "/items", takes, NULL));
    EXPECT(!came_packed(cl, "GET", "/todo", takes, NULL));
    test_app_stop(t);
}
