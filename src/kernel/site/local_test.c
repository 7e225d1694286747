/* SPDX-License-Identifier: Apache-2.0
 * local_test.c - counters are not shown to who comes through a proxy on this machine. */
#include "test_app.h"
#include "web/http_test.h"

TEST(counters_are_hidden_from_who_comes_through_a_proxy)
{
    static const char *const heads[] = { "X-Forwarded-For: 127.0.0.1\r\n", "Forwarded: for=::1\r\n",
                                         "Via: 1.1 x\r\n", "X-Real-IP: 127.0.0.1\r\n" };
    struct test_app *t = test_app_start();
    struct reply *r = ARENA_NEW(t->c.arena, struct reply);
    for (size_t i = 0; i < COUNT(heads); i++) {
        ask(t->port,
            arena_printf(t->c.arena, "GET /metrics HTTP/1.1\r\nHost: x\r\n%s\r\n", heads[i]), r);
        EXPECT_EQ(r->status, 404);
    }
    ask(t->port, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", r);
    EXPECT_EQ(r->status, 200);
    test_app_stop(t);
}
