/* SPDX-License-Identifier: Apache-2.0
 * client_test.c - a program from its admission to its end: what its token opens, and what not. */
#include "core/day.h"
#include "flows.h"
#include "kernel/audit/audit.h"
#include "kernel/client/client.h"
#include "kernel/rule/rule.h"
#include "store/migrate.h"
#include "test_db.h"

TEST_DB(a_clients_session_holds_its_scopes_until_it_is_stopped_or_over)
{
    struct session s;
    uint8_t hash[32], old[32];
    char token[CLIENT_TOKEN_LEN + 1];
    EXPECT_EQ(migrate(c), OK);
    struct rule days = { .name = "client.valid_days",
                         .value = "365",
                         .unit = "day",
                         .level = "county",
                         .document = "x",
                         .article = "",
                         .area = "",
                         .source = "P",
                         .note = "",
                         .valid_from = 0 };
    EXPECT_EQ(tx_begin(c, "t"), OK);
    EXPECT_EQ(rule_add(c, &days), OK);
    struct client_row k = {
        .name = "养老系统", .place = TEST_COUNTY, .why = "协议", .caps = CAP_ERRAND_DECIDE
    };
    EXPECT_EQ(client_add(c, &k, token), E_BAD_INPUT); /* decides nothing */
    c->bads = NULL;
    k.caps = 0;
    EXPECT_EQ(client_add(c, &k, token), E_BAD_INPUT);
    c->bads = NULL;
    k.caps = CAP_ERRAND_READ | CAP_STAT_READ;
    EXPECT_EQ(client_add(c, &k, token), OK);
    EXPECT(str_starts(token, CLIENT_TOKEN_HEAD) && session_token_hash(token, hash));
    EXPECT_EQ(client_session(c, hash, &s), OK);
    EXPECT(s.client && s.n_rights == 1 && s.rights[0].caps == k.caps);
    EXPECT_STR(s.rights[0].place, TEST_COUNTY);
    memcpy(old, hash, sizeof old);
    EXPECT_EQ(client_retoken(c, k.id, token), OK);
    EXPECT_EQ(client_session(c, old, &s), E_SIGN_IN);
    EXPECT(session_token_hash(token, hash));
    EXPECT_EQ(client_session(c, hash, &s), OK);
    EXPECT_EQ(client_stop(c, k.id), OK);
    EXPECT_EQ(client_stop(c, k.id), E_CONFLICT);
    EXPECT_EQ(client_session(c, hash, &s), E_SIGN_IN);
    EXPECT_EQ(client_retoken(c, k.id, token), OK); /* works again, with a new token */
    EXPECT(session_token_hash(token, hash));
    EXPECT_EQ(client_session(c, hash, &s), OK);
    c->now_ms += 366 * (int64_t)DAY_MS;
    EXPECT_EQ(client_session(c, hash, &s), E_SIGN_IN);
    EXPECT_EQ(tx_commit(c), OK);
}

/* The security administrator lets a program in through the pages; its token. */
static const char *let_in(struct client *admin, const char *scope1, const char *scope2)
{
    client_get(admin, "/admin/clients/new?q=柳林");
    EXPECT_PAGE(admin, 200, "选这里");
    client_get(admin, "/admin/clients/new?place=" TEST_VILLAGE);
    client_submit(admin, "/admin/clients/new", "name", "村务大屏", "why", "协议三号", "scope0",
                  scope1, "scope1", scope2, NULL);
    EXPECT_PAGE(admin, 200, "口令只显示这一次");
    return client_between(admin, "id=\"token\">", "<");
}

static void ask(struct client *cl, const char *method, const char *path, const char *token,
                const char *headers, const char *body)
{
    client_request(cl, method, path,
                   arena_printf(cl->t->c.arena,
                                "Authorization: Bearer %s\r\nContent-Type: application/json\r\n%s",
                                token, headers),
                   body);
}

TEST(a_program_does_what_its_scopes_say_where_they_say_and_nothing_else)
{
    struct test_app *t = test_app_start();
    struct client *admin = client_new(t), *agent = client_new(t), *program = client_new(t);
    client_sign_in(admin, "secadmin", TEST_COUNTY);
    client_sign_in(agent, "agent", TEST_VILLAGE);
    struct key who = test_app_person(t, TEST_VILLAGE, "王某某", NULL, NULL);
    struct taken x = flow_take(agent, key_text(&t->c, who), NULL, "办证", NULL);
    const char *token = let_in(admin, "ERRAND_READ", "");
    ask(program, "GET", "/api/v1/errand?place=" TEST_VILLAGE, token, "", NULL);
    EXPECT_PAGE(program, 200, x.key);
    ask(program, "GET", "/api/v1/errand?place=" TEST_VILLAGE_OTHER, token, "", NULL);
    EXPECT_HAS_NOT(program, "\"errands\"");
    const char *one = flow_path(program, "/api/v1/errand/%s", x.key);
    ask(program, "GET", one, token, "", NULL);
    EXPECT_PAGE(program, 422, "LOOK_REASON"); /* it shows a person: why? */
    ask(program, "GET", one, token, "Look-Reason: %E6%A0%B8%E5%AF%B9%E6%B4%A5%E8%B4%B4\r\n", NULL);
    EXPECT_PAGE(program, 200, "\"state\"");
    struct look_row *looks;
    size_t n;
    EXPECT_EQ(look_list(&t->c, who, &looks, &n), OK);
    EXPECT(n >= 1 && str_starts(looks[0].reason, "核对津贴（"));
    EXPECT_STR(looks[0].actor, "程序 村务大屏");
    ask(program, "POST", "/api/v1/errand/new", token, "", "{}");
    EXPECT_PAGE(program, 403, "\"needs\":[\"ERRAND_TAKE\"]");
    ask(program, "GET", "/errand", token, "", NULL);
    EXPECT_STATUS(program, 303); /* no pages */
    client_cookie(program, "xy", token);
    client_get(program, "/errand");
    EXPECT_GOES(program, "/sign-in");
    ask(program, "GET", "/api/v1/errand", "xyc_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "",
        NULL);
    EXPECT_STATUS(program, 401);
    EXPECT_STR(client_header(program, "WWW-Authenticate"), "Bearer");
    test_app_stop(t);
}

TEST(a_program_takes_an_errand_once_and_ends_at_once_when_it_is_stopped)
{
    static const char errand[] = "{\"place\":\"" TEST_VILLAGE "\",\"item\":\"elder.card\","
                                 "\"channel\":\"phone\",\"manner\":\"spoken\",\"who\":\"一位老人\","
                                 "\"words\":\"办证\"}";
    struct test_app *t = test_app_start();
    struct client *admin = client_new(t), *program = client_new(t);
    client_sign_in(admin, "secadmin", TEST_COUNTY);
    const char *token = let_in(admin, "ERRAND_TAKE", "ERRAND_READ");
    ask(program, "POST", "/api/v1/errand/new", token, "Idempotency-Key: 1\r\n", errand);
    EXPECT_STATUS(program, 201);
    const char *number = client_between(program, "\"number\":\"", "\"");
    ask(program, "POST", "/api/v1/errand/new", token, "Idempotency-Key: 1\r\n", errand);
    EXPECT_PAGE(program, 201, number);
    client_get(admin, "/admin/clients");
    EXPECT_PAGE(admin, 200, "村务大屏");
    const char *page = client_between(admin, "href=\"/admin/clients/8", "\"");
    page = arena_printf(t->c.arena, "/admin/clients/8%s", page);
    client_get(admin, page);
    EXPECT_PAGE(admin, 200, "接收委托、受理办件");
    client_submit(admin, arena_printf(t->c.arena, "%s/stop", page), NULL);
    EXPECT_STATUS(admin, 303);
    ask(program, "GET", "/api/v1/errand", token, "", NULL);
    EXPECT_STATUS(program, 401); /* although it was in the cache */
    client_get(admin, page);
    client_submit(admin, arena_printf(t->c.arena, "%s/renew", page), NULL);
    const char *fresh = client_between(admin, "id=\"token\">", "<");
    ask(program, "GET", "/api/v1/errand", fresh, "", NULL);
    EXPECT_STATUS(program, 200);
    test_app_stop(t);
}

TEST(an_administrator_elsewhere_finds_no_program_and_lets_none_in)
{
    struct test_app *t = test_app_start();
    struct client *admin = client_new(t), *other = client_new(t);
    client_sign_in(admin, "secadmin", TEST_COUNTY);
    client_sign_in(other, "secadmin", "421202");
    let_in(admin, "STAT_READ", "");
    client_get(admin, "/admin/clients");
    const char *page = arena_printf(t->c.arena, "/admin/clients/8%s",
                                    client_between(admin, "href=\"/admin/clients/8", "\""));
    client_get(other, page);
    EXPECT_STATUS(other, 404);
    client_get(other, "/admin/clients");
    EXPECT_HAS_NOT(other, "村务大屏");
    client_get(other, "/admin/clients/new?place=" TEST_VILLAGE);
    client_submit(other, "/admin/clients/new", "name", "别处的", "why", "没有", "scope0",
                  "STAT_READ", NULL);
    EXPECT_STATUS(other, 403);
    test_app_stop(t);
}
