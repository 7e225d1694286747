/* SPDX-License-Identifier: Apache-2.0
 * security_test.c - what an attacker types and sends: script and SQL in every field of every route,
 * odd paths, forms of another site, fields nobody asked for, the same request twice. */
#include "flows.h"
#include "store/db.h"

/* Breaks out of text, of an attribute, of a statement, and of a file's path. */
#define ATTACK    "';DROP TABLE errand;--\"><b onclick=zz>{{7*7}}%27&lt;"
#define UNESCAPED "<b onclick=zz>"

static const struct {
    const char *kind, *place;
} hands[] = { { NULL, NULL },
              { "agent", TEST_VILLAGE },
              { "chief", TEST_VILLAGE },
              { "office", TEST_COUNTY },
              { "sysadmin", TEST_COUNTY },
              { "secadmin", TEST_COUNTY },
              { "auditadmin", TEST_COUNTY } };

static struct client *hand(struct test_app *t, size_t i)
{
    struct client *cl = client_new(t);
    cl->no_tidy = true;
    if (hands[i].kind)
        client_sign_in(cl, hands[i].kind, hands[i].place);
    return cl;
}

static void expect_escaped(const struct client *cl)
{
    ck_assert_msg(cl->status > 0 && cl->status < 500, "%s: status %d; %.800s", cl->path, cl->status,
                  cl->body);
    if (str_starts(cl->type, "text/html"))
        ck_assert_msg(!client_has(cl, UNESCAPED), "%s shows %s", cl->path, UNESCAPED);
    ck_assert_msg(!strstr(cl->head, UNESCAPED), "%s: a header with %s", cl->path, UNESCAPED);
}

static void attack(struct client *cl, const struct route *r, const char *key)
{
    struct arena *a = cl->t->c.arena;
    const char *path = flow_address(cl, r, key, "aid.subsistence");
    const char *body = flow_body(cl, r, false, key, ATTACK);
    if (r->method == HTTP_GET) {
        client_get(cl, *body ? arena_printf(a, "%s?%s", path, body) : path);
        expect_escaped(cl);
        return;
    }
    client_post_raw(cl, path, arena_printf(a, "csrf=%s&%s", html_percent(a, flow_csrf(cl)), body));
    expect_escaped(cl);
    if (cl->status != 303)
        return;
    client_follow(cl); /* where what was stored is shown */
    expect_escaped(cl);
    if (cl->account)
        client_renew(cl);
}

TEST(no_route_shows_what_was_typed_as_html_or_runs_it_as_sql)
{
    struct test_app *t = test_app_start();
    struct client *agent = hand(t, 1);
    struct key person = test_app_person(t, TEST_VILLAGE, "周某某", NULL, NULL);
    const char *e = flow_take(agent, NULL, ATTACK, ATTACK, NULL).key,
               *p = arena_copy(t->c.arena, key_text(&t->c, person));
    for (size_t i = 0; i < COUNT(hands); i++) {
        struct client *cl = hand(t, i);
        for (const struct route_table *table = route_tables(); table; table = table->next)
            for (size_t k = 0; k < table->n; k++) {
                const struct route *r = &table->rows[k];
                attack(cl, r, str_starts(r->path, "/errand") ? e : p);
            }
    }
    EXPECT(flow_rows(t) > 10);
    test_app_stop(t);
}

TEST(what_was_stored_is_escaped_wherever_it_is_shown)
{
    static const char *const shown[] = { "/errand/%s", "/errand/%s/receipt", "/errand/%s/missing",
                                         "/errand/%s/receipt?w=80", "/errand/%s/receipt.pdf" };
    static const char *const lists[] = { "/todo", "/errand", "/", "/totals",
                                         "/village/" TEST_VILLAGE };
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    client_sign_in(cl, "agent", TEST_VILLAGE);
    struct taken e = flow_take(cl, NULL, ATTACK, ATTACK, NULL);
    client_get(cl, flow_path(cl, "/errand/%s", e.key));
    client_post(cl, flow_path(cl, "/errand/%s/note", e.key), "words", ATTACK, NULL);
    EXPECT_GOES(cl, "/errand/");
    for (size_t i = 0; i < COUNT(shown); i++) {
        client_get(cl, flow_path(cl, shown[i], e.key));
        EXPECT_STATUS(cl, 200);
        expect_escaped(cl);
    }
    for (size_t i = 0; i < COUNT(lists); i++) {
        client_get(cl, lists[i]);
        EXPECT_STATUS(cl, 200);
        expect_escaped(cl);
    }
    client_get(cl, "/progress");
    client_post(cl, "/progress", "number", e.number, "code", e.code, NULL);
    EXPECT_STATUS(cl, 200);
    expect_escaped(cl);
    test_app_stop(t);
}

TEST(no_address_leads_out_of_the_tables)
{
    static const char *const paths[] = { "/static/../keys/master",
                                         "/static/%2e%2e/%2e%2e/etc/passwd",
                                         "/static/..%2f..%2fetc%2fpasswd",
                                         "/static/....//....//etc/passwd",
                                         "/static//etc/passwd",
                                         "/static/..;/etc/passwd",
                                         "/static/%5c..%5c..%5cetc%5cpasswd",
                                         "/errand/../../etc/passwd",
                                         "/errand/%2e%2e/%2e%2e/etc/passwd",
                                         "/items/..",
                                         "/items/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
                                         "/village/..%00",
                                         "/.git/config",
                                         "/data/xiangyue.db",
                                         "/api/v1/../../errand",
                                         "/api/v1/sign-in/first",
                                         "//evil.example/" };
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    cl->no_tidy = true; /* the guard's own page is three lines */
    for (size_t i = 0; i < COUNT(paths); i++) {
        client_request(cl, "GET", paths[i], "", NULL);
        ck_assert_msg(cl->status == 400 || cl->status == 404, "%s: %d", paths[i], cl->status);
        EXPECT_HAS_NOT(cl, "root:");
    }
    client_get(cl, "/elder?next=//evil.example/");
    EXPECT_GOES(cl, "/");
    EXPECT(!str_starts(cl->location, "//"));
    client_get(cl, "/elder?next=https://evil.example/");
    EXPECT_STR(cl->location, "/todo");
    test_app_stop(t);
}

/* ---- forms of another site ---- */
static void send_note(struct client *cl, const char *key, const char *headers, const char *csrf)
{
    struct arena *a = cl->t->c.arena;
    const char *cookie = "";
    for (size_t i = 0; i < CLIENT_COOKIES_MAX; i++)
        if (cl->cookies[i] && str_eq(cl->cookie_names[i], "xy"))
            cookie = cl->cookies[i];
    CHECK(*cookie);
    client_request(
        cl, "POST", flow_path(cl, "/errand/%s/note", key),
        arena_printf(a, "Content-Type: application/x-www-form-urlencoded\r\n%s", headers),
        arena_printf(a, "words=%%E5%%81%%87%%E7%%9A%%84&csrf=%s", csrf));
}

TEST(a_form_of_another_site_changes_nothing)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t), *other = client_new(t);
    client_sign_in(cl, "agent", TEST_VILLAGE);
    client_sign_in(other, "agent", TEST_VILLAGE);
    struct taken e = flow_take(cl, NULL, "王婆婆", "要办老人证", NULL);
    const char *good = html_percent(t->c.arena, flow_csrf(cl)),
               *theirs = html_percent(t->c.arena, flow_csrf(other));
    const char *own = arena_printf(t->c.arena, "127.0.0.1:%u", (unsigned)t->port);
    const struct {
        const char *headers, *csrf;
    } bad[] = {
        { "", "" },
        { "", "x" },
        { "", theirs },
        { "Origin: https://evil.example\r\n", good },
        { "Origin: null\r\nReferer: https://evil.example/x\r\n", good },
        { "Referer: https://evil.example/x\r\n", good },
        { arena_printf(t->c.arena, "Origin: http://%s.evil.example\r\n", own), good },
        { arena_printf(t->c.arena, "Referer: http://%s@evil.example/\r\n", own), good },
        { arena_printf(t->c.arena, "Referer: http://evil.example/http://%s/\r\n", own), good },
        { "Sec-Fetch-Site: cross-site\r\n", good },
        { "Sec-Fetch-Site: same-site\r\n", good },
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        send_note(cl, e.key, bad[i].headers, bad[i].csrf);
        ck_assert_msg(cl->status == 403, "case %zu: %d", i, cl->status);
    }
    client_get(cl, flow_path(cl, "/errand/%s", e.key));
    EXPECT_HAS_NOT(cl, "假的");
    send_note(cl, e.key, arena_printf(t->c.arena, "Origin: http://%s\r\n", own), good);
    EXPECT_GOES(cl, "/errand/");
    /* a cookie alone does not open the API, and a form cannot say it is JSON */
    client_request(cl, "POST", flow_path(cl, "/api/v1/errand/%s/note", e.key),
                   "Content-Type: application/json\r\n", "{\"words\":\"API 的\"}");
    EXPECT_STATUS(cl, 403);
    client_request(cl, "POST", flow_path(cl, "/errand/%s/note", e.key),
                   "Content-Type: text/plain\r\n", "{\"words\":\"x\",\"a\":\"=\"}");
    EXPECT(cl->status == 403 || cl->status == 415);
    test_app_stop(t);
}

TEST(reading_never_changes_anything)
{
    struct test_app *t = test_app_start();
    struct client *agent = hand(t, 1);
    const char *e = flow_take(agent, NULL, "王婆婆", "要办老人证", NULL).key;
    struct key person = test_app_person(t, TEST_VILLAGE, "周某某", NULL, NULL);
    const char *p = arena_copy(t->c.arena, key_text(&t->c, person));
    for (size_t i = 0; i < COUNT(hands); i++) {
        struct client *cl = hand(t, i);
        int64_t before = flow_rows(t);
        for (const struct route_table *table = route_tables(); table; table = table->next)
            for (size_t k = 0; k < table->n; k++) {
                const struct route *r = &table->rows[k];
                const char *key = str_starts(r->path, "/errand") ? e : p;
                const char *path = flow_address(cl, r, key, "x");
                if (r->method == HTTP_GET)
                    client_get(cl, path);
                else /* the address of a form, opened as a page, with the form's fields */
                    client_get(cl, arena_printf(t->c.arena, "%s?%s", path,
                                                flow_body(cl, r, false, key, "测试")));
                ck_assert_msg(flow_rows(t) == before, "GET %s changed something", cl->path);
            }
    }
    test_app_stop(t);
}

/* ---- fields and requests that nobody asked for ---- */
TEST(a_field_that_is_not_in_the_table_is_refused)
{
    static const char *const extra[] = {
        "state=delivered", "holder=421281",   "number=1",      "id=1",
        "account=1",       "caps=2147483647", "county=110000", "code=AAAAAA",
        "taken_by=1",      "words%5b%5d=x",   "__proto__=x",   "m40=here"
    };
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    client_sign_in(cl, "agent", TEST_VILLAGE);
    const char *csrf = html_percent(t->c.arena, flow_csrf(cl));
    int64_t before = flow_rows(t);
    for (size_t i = 0; i < COUNT(extra); i++) {
        client_post_raw(cl, "/errand/new",
                        arena_printf(t->c.arena,
                                     "place=" TEST_VILLAGE "&who=x&channel=window&manner=spoken&"
                                     "words=%%E8%%AF%%9D&item=none&csrf=%s&%s",
                                     csrf, extra[i]));
        EXPECT_PAGE(cl, 422, "多出了一项");
        EXPECT_STR(client_value(cl, "words"), "话");
    }
    client_json(cl, "/api/v1/errand/new",
                "{\"place\":\"" TEST_VILLAGE "\",\"state\":\"decided\",\"channel\":\"window\","
                "\"manner\":\"spoken\"}");
    EXPECT_PAGE(cl, 422, "UNKNOWN_FIELD");
    EXPECT_STR(cl->type, "application/problem+json");
    EXPECT_EQ(flow_rows(t), before);
    test_app_stop(t);
}

TEST(a_program_that_asks_twice_gets_the_words_twice_and_a_bad_question_is_a_problem)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    client_sign_in(cl, "agent", TEST_VILLAGE);
    struct taken x = flow_take(cl, NULL, "王婆婆", "要办老人证", NULL);
    const char *note = flow_path(cl, "/api/v1/errand/%s/note", x.key);
    for (int i = 0; i < 2; i++) {
        client_json(cl, note, "{\"words\":\"打过电话了\",\"rid\":\"note-1\"}");
        EXPECT_EQ(cl->status / 100, 2);
        EXPECT_HAS(cl, "\"said\":\"");
    }
    const char *q = "";
    for (int i = 0; i < 20; i++)
        q = arena_printf(t->c.arena, "%s0123456789", q);
    client_get(cl, arena_printf(t->c.arena, "/api/v1/items?q=%s", q));
    EXPECT_PAGE(cl, 422, "BAD_INPUT");
    client_get(cl, arena_printf(t->c.arena, "/items?q=%s", q));
    EXPECT_HAS_NOT(cl, "BAD_INPUT"); /* the page shows the question again */
    test_app_stop(t);
}

TEST(the_same_request_twice_is_one_record_and_another_under_its_name_is_refused)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t), *other = client_new(t);
    client_sign_in(cl, "agent", TEST_VILLAGE);
    client_sign_in(other, "agent", TEST_VILLAGE);
    struct taken a = flow_take(cl, NULL, "王婆婆", "要办老人证", "key-1");
    int64_t rows = flow_rows(t);
    struct taken b = flow_take(cl, NULL, "王婆婆", "要办老人证", "key-1");
    EXPECT_STR(a.number, b.number);
    EXPECT_STR(a.code, b.code);
    EXPECT_EQ(flow_rows(t), rows);
    client_json(cl, "/api/v1/errand/new",
                "{\"place\":\"" TEST_VILLAGE "\",\"item\":\"none\",\"channel\":\"window\","
                "\"manner\":\"spoken\",\"words\":\"别的事\",\"rid\":\"key-1\"}");
    EXPECT_PAGE(cl, 422, "REPLAY_DIFFERS");
    EXPECT_EQ(flow_rows(t), rows);
    /* another clerk who happens to use the same name for a request gets neither answer nor refusal
     */
    struct taken c = flow_take(other, NULL, "王婆婆", "要办老人证", "key-1");
    EXPECT(!str_eq(a.number, c.number) && !str_eq(a.code, c.code));
    test_app_stop(t);
}

TEST(a_kept_answer_does_not_lie_open_in_the_database)
{
    static const struct sql SQL_KEPT = { "SELECT count(*) FROM request WHERE answer IS NOT NULL "
                                         "AND instr(answer, CAST($1 AS BLOB)) > 0",
                                         NULL };
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    client_sign_in(cl, "agent", TEST_VILLAGE);
    struct taken e = flow_take(cl, NULL, "王婆婆", "要办老人证", NULL);
    int64_t n;
    EXPECT_EQ(db_one(&t->c, &SQL_KEPT, IN(v_text(e.code)), OUT(s_int(&n))), OK);
    EXPECT_EQ(n, 0);
    /* a long one comes back whole: an errand with many steps, looked up twice */
    client_get(cl, flow_path(cl, "/errand/%s", e.key));
    for (int i = 0; i < 12; i++) {
        client_get(cl, flow_path(cl, "/errand/%s", e.key));
        client_post(cl, flow_path(cl, i % 2 ? "/errand/%s/resume" : "/errand/%s/suspend", e.key),
                    "words", "等天晴", NULL);
        EXPECT_GOES(cl, "/errand/");
        test_app_clock(t, t->c.now_ms + 60000);
    }
    const char *ask = arena_printf(
        t->c.arena, "{\"number\":\"%s\",\"code\":\"%s\",\"rid\":\"again\"}", e.number, e.code);
    client_json(cl, "/api/v1/progress", ask);
    EXPECT_PAGE(cl, 200, "\"steps\":[");
    const char *first = cl->body;
    client_json(cl, "/api/v1/progress", ask);
    EXPECT_STATUS(cl, 200);
    EXPECT_STR(cl->body, first);
    EXPECT(strlen(first) > 600); /* more than the signer seals at once */
    test_app_stop(t);
}
