/* SPDX-License-Identifier: Apache-2.0
 * security_people_test.c - who sees whose records, sessions, passwords, and what never gets into a
 * log, an address or a cache. */
#include "core/day.h"
#include "flows.h"
#include "kernel/account/account.h"
#include "kernel/post/post.h"
#include "store/db.h"
#include <fcntl.h>
#include <liboath/oath.h>
#include <unistd.h>

#define PHONE "13800000009"
#define ID_NO "110101199003074610"

/* ---- records of another village ---- */
static void expect_hidden(struct client *cl, uint32_t caps, const struct route *r, const char *key)
{
    struct arena *a = cl->t->c.arena;
    const char *path = flow_address(cl, r, key, "x");
    if (r->method == HTTP_GET)
        client_get(cl, path);
    else if (r->flags & R_UPLOAD)
        client_upload(cl, path, "file", (struct bytes){ (const uint8_t *)"%PDF-1.4\n", 9 }, "seq",
                      "1", NULL);
    else
        client_post_raw(cl, path,
                        arena_printf(a, "csrf=%s&%s", html_percent(a, flow_csrf(cl)),
                                     flow_body(cl, r, true, key, "测试")));
    /* 403 only for an address that is none of this kind's business at all */
    int hidden = r->needs & ~(caps | CAP_PUBLIC | CAP_MEMBER) ? 403 : 404;
    ck_assert_msg(cl->status == hidden, "%s as of another village: %d %s %.900s", path, cl->status,
                  cl->location, cl->body);
    EXPECT_HAS_NOT(cl, "王婆婆");
    EXPECT_HAS_NOT(cl, "周某某");
}

TEST(records_of_another_village_are_not_there)
{
    static const char *const kinds[] = { "agent", "chief" };
    static const char *const foreign[] = { TEST_VILLAGE_OTHER, TEST_VILLAGE_FAR };
    struct test_app *t = test_app_start();
    struct client *own = client_new(t);
    client_sign_in(own, "agent", TEST_VILLAGE);
    struct key k = test_app_person(t, TEST_VILLAGE, "周某某", ID_NO, PHONE);
    const char *p = arena_copy(t->c.arena, key_text(&t->c, k)),
               *e = flow_take(own, p, NULL, "要办老人证", NULL).key;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        struct client *cl = client_new(t);
        cl->no_tidy = true;
        client_sign_in(cl, kinds[i], foreign[i]);
        uint32_t caps = post_kind((enum post_kind_no)post_kind_named(kinds[i]))->caps;
        for (const struct route_table *table = route_tables(); table; table = table->next)
            for (size_t n = 0; n < table->n; n++)
                if (strstr(table->rows[n].path, "{key}")) {
                    expect_hidden(cl, caps, &table->rows[n], e);
                    expect_hidden(cl, caps, &table->rows[n], p);
                }
        client_get(cl, arena_printf(t->c.arena, "/errand/new?person=%s", p));
        EXPECT(cl->status == 404 || cl->status == 403);
        EXPECT_HAS_NOT(cl, "周某某");
        client_get(cl, "/person");
        client_post(cl, "/person/find", "q", "周某某", NULL);
        EXPECT_HAS_NOT(cl, p);
        client_get(cl, "/errand?place=" TEST_VILLAGE);
        EXPECT_HAS_NOT(cl, e);
    }
    test_app_stop(t);
}

TEST(the_certificates_of_another_village_are_not_there)
{
    struct test_app *t = test_app_start();
    struct client *own = client_new(t), *cl = client_new(t);
    client_sign_in(own, "agent", TEST_VILLAGE);
    client_sign_in(cl, "agent", TEST_VILLAGE_OTHER);
    cl->no_tidy = true;
    struct key k = test_app_person(t, TEST_VILLAGE, "周某某", ID_NO, PHONE);
    const char *p = arena_copy(t->c.arena, key_text(&t->c, k));
    client_post(own, "/certificates/kinship/refuse", "person", p, NULL);
    EXPECT_GOES(own, "/slip/");
    const char *slip = arena_copy(t->c.arena, own->location);
    client_get(own, slip);
    EXPECT_STATUS(own, 200);
    const char *hidden[] = {
        slip, arena_printf(t->c.arena, "%s/pdf", slip),
        arena_printf(t->c.arena, "/certificates/kinship?person=%s", p),
        arena_printf(t->c.arena, "/certificates/legal_aid_cooperation/write?person=%s", p)
    };
    for (size_t i = 0; i < COUNT(hidden); i++) {
        client_get(cl, hidden[i]);
        EXPECT_STATUS(cl, 404);
        EXPECT_HAS_NOT(cl, "周某某");
    }
    client_post(cl, "/certificates/kinship/refuse", "person", p, NULL);
    EXPECT_STATUS(cl, 404);
    client_post(cl, arena_printf(t->c.arena, "%s/issue", slip), NULL);
    EXPECT_STATUS(cl, 404);
    struct client *dept = client_new(t);
    client_sign_in(dept, "department", TEST_COUNTY);
    client_get(dept, slip);
    EXPECT_STATUS(dept, 404);
    test_app_stop(t);
}

TEST(an_errand_for_a_person_of_another_village_is_not_taken)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    client_sign_in(cl, "agent", TEST_VILLAGE_OTHER);
    struct key k = test_app_person(t, TEST_VILLAGE, "周某某", ID_NO, PHONE);
    static const char *const places[] = { TEST_VILLAGE, TEST_VILLAGE_OTHER };
    for (size_t i = 0; i < COUNT(places); i++) {
        client_json(cl, "/api/v1/errand/new",
                    arena_printf(t->c.arena,
                                 "{\"place\":\"%s\",\"person\":\"%s\",\"item\":\"none\","
                                 "\"channel\":\"window\",\"manner\":\"spoken\"}",
                                 places[i], key_text(&t->c, k)));
        EXPECT(cl->status == 404 || cl->status == 403);
        EXPECT_HAS_NOT(cl, "周某某");
    }
    test_app_stop(t);
}

static enum err hold_at_department(struct ctx *c, void *arg)
{
    static const struct sql SQL_HOLD = {
        "UPDATE errand SET holder = $3, holder_body = $4 WHERE county = $1 AND id = $2", NULL
    };
    static const struct sql SQL_BODY = {
        "SELECT id FROM body WHERE county = $1 AND code = 'civil_affairs' AND place = $2", NULL
    };
    const struct key *k = arg;
    int64_t body;
    TRY(db_one(c, &SQL_BODY, IN(v_int(k->county), v_text(TEST_COUNTY)), OUT(s_int(&body))));
    return db_run(c, &SQL_HOLD,
                  IN(v_int(k->county), v_int(k->id), v_text(TEST_COUNTY), v_int(body)));
}

TEST(a_department_sees_only_what_it_holds)
{
    struct test_app *t = test_app_start();
    struct client *agent = client_new(t), *dept = client_new(t);
    client_sign_in(agent, "agent", TEST_VILLAGE);
    client_sign_in(dept, "department", TEST_COUNTY);
    struct taken held = flow_take(agent, NULL, "王婆婆", "要办老人证", NULL),
                 other = flow_take(agent, NULL, "李爷爷", "要办老人证", NULL);
    client_get(dept, flow_path(dept, "/errand/%s", held.key));
    EXPECT_STATUS(dept, 404);
    test_app_write(t, hold_at_department, &held.k);
    client_get(dept, flow_path(dept, "/errand/%s", held.key));
    EXPECT_PAGE(dept, 200, "王婆婆");
    static const char *const hidden[] = { "/errand/%s", "/errand/%s/receipt",
                                          "/errand/%s/receipt.pdf", "/errand/%s/missing" };
    for (size_t i = 0; i < COUNT(hidden); i++) {
        client_get(dept, flow_path(dept, hidden[i], other.key));
        EXPECT_STATUS(dept, 404);
    }
    client_get(dept, "/errand?place=" TEST_VILLAGE);
    EXPECT_HAS_NOT(dept, "李爷爷");
    client_get(dept, "/person");
    EXPECT_STATUS(dept, 403);
    test_app_stop(t);
}

/* ---- sessions ---- */
static void sign_in(struct client *cl, const char *phone, const char *password)
{
    client_post(cl, "/sign-in", "phone", phone, "password", password, "next", "", NULL);
}

static const char *token(const struct client *cl)
{
    for (size_t i = 0; i < CLIENT_COOKIES_MAX; i++)
        if (cl->cookies[i] && str_eq(cl->cookie_names[i], "xy"))
            return cl->cookies[i];
    return "";
}

TEST(a_token_is_new_at_sign_in_and_dead_after_sign_out)
{
    static const char fixed[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t), *thief = client_new(t);
    flow_account(t, PHONE, "李某某");
    client_cookie(cl, "xy", fixed); /* planted by somebody else */
    sign_in(cl, PHONE, TEST_PASSWORD);
    EXPECT_GOES(cl, "/todo");
    EXPECT(!str_eq(token(cl), fixed) && strlen(token(cl)) == 43);
    EXPECT(strstr(cl->head, "HttpOnly") && strstr(cl->head, "SameSite=Lax"));
    const char *first = token(cl);
    client_cookie(thief, "xy", fixed);
    client_get(thief, "/account");
    EXPECT_GOES(thief, "/sign-in");
    client_get(cl, "/account");
    EXPECT_STATUS(cl, 200);
    client_post(cl, "/sign-out", NULL);
    EXPECT_GOES(cl, "/");
    client_cookie(thief, "xy", first);
    client_get(thief, "/account");
    EXPECT_GOES(thief, "/sign-in");
    sign_in(cl, PHONE, TEST_PASSWORD);
    EXPECT(!str_eq(token(cl), first));
    test_app_stop(t);
}

TEST(where_to_go_after_signing_in_is_never_another_site)
{
    static const char *const bad[] = { "//evil.example/",  "https://evil.example/",
                                       "/\\evil.example",  "javascript:alert(1)",
                                       "/\t/evil.example", "evil" };
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    flow_account(t, PHONE, "李某某");
    for (size_t i = 0; i < COUNT(bad); i++) {
        client_post(cl, "/sign-in", "phone", PHONE, "password", TEST_PASSWORD, "next", bad[i],
                    NULL);
        EXPECT(cl->status == 303 || cl->status == 422);
        ck_assert_msg(str_eq(cl->location, "/todo") || !strstr(cl->location, "evil"), "%s -> %s",
                      bad[i], cl->location);
        client_cookie(cl, "xy", NULL);
    }
    test_app_stop(t);
}

TEST(guessing_locks_the_account_for_a_while)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    flow_account(t, PHONE, "李某某");
    for (int i = 0; i < 5; i++) {
        sign_in(cl, PHONE, "guess number");
        EXPECT_PAGE(cl, 401, "手机号或密码不对");
        EXPECT_STR(client_value(cl, "phone"), PHONE);
    }
    sign_in(cl, PHONE, TEST_PASSWORD);
    EXPECT_PAGE(cl, 429, "锁住");
    test_app_clock(t, t->c.now_ms + INT64_C(14) * 60000);
    sign_in(cl, PHONE, TEST_PASSWORD);
    EXPECT_STATUS(cl, 429);
    test_app_clock(t, t->c.now_ms + INT64_C(2) * 60000);
    sign_in(cl, PHONE, TEST_PASSWORD);
    EXPECT_GOES(cl, "/todo");
    test_app_stop(t);
}

static double seconds_of_failure(struct client *cl, const char *phone)
{
    double best = 1e9;
    for (int i = 0; i < 3; i++) {
        struct timespec a, b;
        clock_gettime(CLOCK_MONOTONIC, &a);
        sign_in(cl, phone, "guess number");
        clock_gettime(CLOCK_MONOTONIC, &b);
        EXPECT_STATUS(cl, 401);
        double s = (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
        best = s < best ? s : best;
    }
    return best;
}

TEST(an_unknown_number_is_answered_like_a_known_one)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    cl->no_tidy = true;
    flow_account(t, PHONE, "李某某");
    double unknown = seconds_of_failure(cl, "13900008888"), known = seconds_of_failure(cl, PHONE);
    ck_assert_msg(unknown > known / 4 && known > unknown / 4, "unknown %.4f s, known %.4f s",
                  unknown, known);
    sign_in(cl, "13900008888", "guess number");
    const char *words = client_between(cl, "role=\"alert\"", "</div>");
    EXPECT(words != NULL);
    words = arena_copy(t->c.arena, words);
    sign_in(cl, PHONE, "guess number");
    EXPECT_STR(client_between(cl, "role=\"alert\"", "</div>"), words);
    test_app_stop(t);
}

static const char *code_now(struct test_app *t, const char *secret)
{
    char *raw, digits[7];
    size_t n;
    EXPECT_EQ(oath_base32_decode(secret, strlen(secret), &raw, &n), OATH_OK);
    EXPECT_EQ(oath_totp_generate(raw, n, t->c.now_ms / 1000, 30, 0, 6, digits), OATH_OK);
    free(raw);
    return arena_copy(t->c.arena, digits);
}

TEST(a_one_time_code_works_once)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t), *again = client_new(t);
    flow_account(t, PHONE, "李某某");
    sign_in(cl, PHONE, TEST_PASSWORD);
    client_get(cl, "/account/totp");
    const char *secret = client_value(cl, "secret");
    EXPECT(secret != NULL);
    const char *code = code_now(t, secret);
    client_submit(cl, "/account/totp", "code", code, NULL);
    EXPECT_GOES(cl, "/account");
    sign_in(again, PHONE, TEST_PASSWORD);
    EXPECT_GOES(again, "/account/second");
    client_follow(again);
    client_submit(again, "/account/second", "code", code, NULL);
    EXPECT_STATUS(again, 401); /* shown once already, over somebody's shoulder */
    test_app_clock(t, t->c.now_ms + 30000);
    client_submit(again, "/account/second", "code", code_now(t, secret), "rid", "n1", NULL);
    EXPECT_STATUS(again, 303);
    test_app_stop(t);
}

/* ---- what never gets out ---- */
static void log_everything(struct app_conf *conf)
{
    conf->log_all = true;
}

TEST(nothing_personal_gets_into_the_log)
{
    struct arena *a = arena_new(ARENA_LIMIT);
    const char *path = arena_printf(a, "%s/log", getenv("XY_TEST_DIR"));
    int log = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), err = dup(STDERR_FILENO);
    CHECK(log >= 0 && err >= 0 && dup2(log, STDERR_FILENO) >= 0);
    struct test_app *t = test_app_start_with(log_everything);
    struct client *cl = client_new(t);
    flow_account(t, PHONE, "李某某");
    sign_in(cl, PHONE, "a wrong secret");
    client_sign_in(cl, "agent", TEST_VILLAGE);
    struct key k = test_app_person(t, TEST_VILLAGE, "周某某", ID_NO, "13711112222");
    const char *p = arena_copy(t->c.arena, key_text(&t->c, k));
    struct taken e = flow_take(cl, p, NULL, "老寒腿走不动", NULL);
    client_get(cl, "/person");
    client_submit(cl, "/person/find", "q", "周某某", NULL);
    client_get(cl, "/errand/new");
    client_post(cl, "/errand/new/step", "q", ID_NO, NULL);
    EXPECT_PAGE(cl, 200, "周某某");
    client_get(cl, flow_path(cl, "/person/%s", p));
    client_get(cl, flow_path(cl, "/errand/%s", e.key));
    client_json(cl, "/api/v1/progress",
                arena_printf(a, "{\"number\":\"%s\",\"code\":\"%s\"}", e.number, e.code));
    client_json(cl, "/api/v1/progress",
                arena_printf(a, "{\"number\":\"%s\",\"code\":\"AAAAAA\"}", e.number));
    client_json(cl, "/api/v1/progress", "{\"number\":\"周某某\",\"code\":[{\"周某某\":1}]}");
    const char *secrets[] = { "周某某", ID_NO,    "13711112222", PHONE,         e.code,
                              e.number, "李某某", "老寒腿",      TEST_PASSWORD, "a wrong secret",
                              token(cl) };
    static char text[1 << 20];
    CHECK(dup2(err, STDERR_FILENO) >= 0);
    ssize_t n = pread(log, text, sizeof text - 1, 0);
    ck_assert_msg(n > 0 && memmem(text, (size_t)n, "/progress", 9), "nothing was logged");
    for (size_t i = 0; i < COUNT(secrets); i++)
        ck_assert_msg(!strstr(text, secrets[i]), "%s is in the log", secrets[i]);
    test_app_stop(t);
    arena_free(a);
}

TEST(codes_and_secrets_are_never_part_of_an_address)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    client_sign_in(cl, "agent", TEST_VILLAGE);
    struct taken e = flow_take(cl, NULL, "王婆婆", "要办老人证", NULL);
    for (const struct route_table *table = route_tables(); table; table = table->next)
        for (size_t i = 0; i < table->n; i++)
            for (size_t k = 0; k < table->rows[i].n_fields; k++) {
                enum field_type type = table->rows[i].fields[k].type;
                ck_assert_msg(table->rows[i].method == HTTP_POST ||
                                  (type != F_SECRET && type != F_ID_NO && type != F_PHONE),
                              "GET %s takes a secret", table->rows[i].path);
            }
    client_get(cl, arena_printf(t->c.arena, "/progress?number=%s&code=%s", e.number, e.code));
    EXPECT_STATUS(cl, 422);
    EXPECT_HAS_NOT(cl, "王婆婆");
    client_get(cl, flow_path(cl, "/errand/%s/receipt", e.key));
    EXPECT_HAS_NOT(cl, arena_printf(t->c.arena, "code=%s", e.code));
    test_app_stop(t);
}

TEST(what_is_for_one_person_is_never_kept_by_a_cache)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t), *nobody = client_new(t);
    cl->no_tidy = nobody->no_tidy = true;
    client_sign_in(cl, "agent", TEST_VILLAGE);
    const char *e = flow_take(cl, NULL, "王婆婆", "要办老人证", NULL).key;
    for (const struct route_table *table = route_tables(); table; table = table->next)
        for (size_t i = 0; i < table->n; i++) {
            const struct route *r = &table->rows[i];
            if (r->method == HTTP_POST)
                continue;
            client_get(cl, flow_address(cl, r, e, "x"));
            ck_assert_msg(str_eq(client_header(cl, "Cache-Control"), "no-store"), "%s: %s",
                          cl->path, client_header(cl, "Cache-Control"));
            client_get(nobody, flow_address(nobody, r, e, "x"));
            bool kept = !str_eq(client_header(nobody, "Cache-Control"), "no-store");
            ck_assert_msg(IMPLIES(kept, (r->flags & R_CACHED) && nobody->status == 200 &&
                                            !*client_header(nobody, "Set-Cookie")),
                          "%s (%d) may be kept", nobody->path, nobody->status);
        }
    test_app_stop(t);
}

/* A refused form shows the errand once more, and with it the person: that is a look too. */
TEST(a_look_at_the_page_of_a_refused_form_is_recorded)
{
    static const struct sql LOOKS = { "SELECT count(*) FROM look", NULL };
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    client_sign_in(cl, "agent", TEST_VILLAGE);
    struct key who = test_app_person(t, TEST_VILLAGE, "王某某", NULL, NULL);
    struct taken x = flow_take(cl, key_text(&t->c, who), NULL, "办证", NULL);
    client_get(cl, flow_path(cl, "/errand/%s", x.key));
    int64_t before, after;
    EXPECT_EQ(db_one(&t->c, &LOOKS, IN_NONE, OUT(s_int(&before))), OK);
    client_submit(cl, flow_path(cl, "/errand/%s/suspend", x.key), "words", "", NULL);
    EXPECT_PAGE(cl, 422, "王某某");
    EXPECT_EQ(db_one(&t->c, &LOOKS, IN_NONE, OUT(s_int(&after))), OK);
    EXPECT_EQ(after, before + 1);
    client_post(cl, flow_path(cl, "/errand/%s/hand", x.key), "changed", "99", NULL);
    EXPECT_PAGE(cl, 409, "王某某"); /* refused by the transaction itself */
    EXPECT_EQ(db_one(&t->c, &LOOKS, IN_NONE, OUT(s_int(&after))), OK);
    EXPECT_EQ(after, before + 2);
    test_app_stop(t);
}
