/* SPDX-License-Identifier: Apache-2.0
 * hook_test.c - messages reach a client signed, growing waits follow a failure, one dead client
 * holds no other, nothing is sent into inner networks, and what ended is dropped. */
#include "core/day.h"
#include "crypto/random.h"
#include "crypto/signer.h"
#include "flows.h"
#include "gov/errand/errand.h"
#include "kernel/client/hook.h"
#include "kernel/notice/notice.h"
#include "kernel/notice/outbox.h"
#include "kernel/rule/rule.h"
#include "kernel/ticker/ticker.h"
#include "store/migrate.h"
#include "test_app.h"
#include "test_db.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- rules ---- */
TEST(a_hook_goes_to_https_or_to_this_machine_in_a_demonstration)
{
    static const struct {
        const char *url;
        bool real, local;
    } all[] = {
        { "https://hook.example.cn/xy?a=1", true, true },
        { "https://hook.example.cn:8443", true, true },
        { "http://hook.example.cn/", false, false },
        { "http://127.0.0.1:9/x", false, true },
        { "http://[::1]:9/x", false, true },
        { "https://localhost/x", false, true },
        { "http://127.0.0.1@evil.cn/", false, false },
        { "https://u:p@evil.cn/", false, false },
        { "https:///x", false, false },
        { "https://a b/", false, false },
        { "https://a/#x", false, false },
        { "ftp://a/", false, false },
        { "", false, false },
    };
    for (size_t i = 0; i < COUNT(all); i++) {
        ck_assert_msg(hook_url_ok(all[i].url, false) == all[i].real, "%s", all[i].url);
        ck_assert_msg(hook_url_ok(all[i].url, true) == all[i].local, "%s local", all[i].url);
    }
}

static bool address_ok(const char *text, bool local)
{
    struct sockaddr_storage sa = { 0 };
    struct sockaddr_in *in = (struct sockaddr_in *)&sa;
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&sa;
    bool six = strchr(text, ':') != NULL;
    sa.ss_family = six ? AF_INET6 : AF_INET;
    CHECK(inet_pton(sa.ss_family, text, six ? (void *)&in6->sin6_addr : (void *)&in->sin_addr) ==
          1);
    return hook_address_ok((struct sockaddr *)&sa, local);
}

TEST(inner_addresses_are_refused_after_a_name_resolved)
{
    static const char *const open[] = { "1.1.1.1",   "172.32.0.1",   "100.128.0.1",   "192.167.1.1",
                                        "223.5.5.5", "2400:3200::1", "::ffff:1.1.1.1" };
    static const char *const closed[] = { "0.0.0.0",
                                          "10.1.2.3",
                                          "100.64.0.1",
                                          "169.254.169.254",
                                          "172.16.0.1",
                                          "172.31.255.255",
                                          "192.0.2.1",
                                          "192.168.1.1",
                                          "198.18.0.1",
                                          "203.0.113.9",
                                          "224.0.0.1",
                                          "255.255.255.255",
                                          "::",
                                          "fc00::1",
                                          "fe80::1",
                                          "ff02::1",
                                          "2001:db8::1",
                                          "2002:a00:1::",
                                          "64:ff9b::a00:1",
                                          "::ffff:10.0.0.1",
                                          "::ffff:169.254.169.254" };
    static const char *const own[] = { "127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1" };
    for (size_t i = 0; i < COUNT(open); i++)
        ck_assert_msg(address_ok(open[i], false), "%s", open[i]);
    for (size_t i = 0; i < COUNT(closed); i++)
        ck_assert_msg(!address_ok(closed[i], true), "%s", closed[i]);
    for (size_t i = 0; i < COUNT(own); i++)
        ck_assert_msg(!address_ok(own[i], false) && address_ok(own[i], true), "%s", own[i]);
}

TEST(a_hook_is_signed_as_the_standard_says)
{
    struct ctx c = { .arena = arena_new(ARENA_LIMIT) };
    static const char body[] = "{\"test\": 2432232314}";
    const char *out;
    struct bytes b = { (const uint8_t *)body, strlen(body) };
    EXPECT_EQ(hook_sign(&c, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                        "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b, &out),
              OK);
    EXPECT_STR(out, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    EXPECT_EQ(hook_sign(&c, "secret", "msg_1", 1, b, &out), E_CRYPTO);
    arena_free(c.arena);
}

TEST(every_hook_names_a_state_of_its_life_cycle)
{
    for (size_t i = 0; i < hook_kinds_count; i++) {
        EXPECT(str_starts(hook_kinds[i].name, "errand."));
        EXPECT(sm_state_named(&errand_sm, hook_kinds[i].name + strlen("errand.")) >= 0);
    }
}

/* ---- a client that listens ---- */
struct listener {
    int fd;
    uint16_t port;
    pthread_t thread;
    _Atomic int status, got, signed_well, sleep_ms;
    const char *secret;
    char last[4096];
};

static const char *header_of(struct arena *a, const char *head, const char *name)
{
    const char *at = strcasestr(head, name);
    return at ? arena_copy_n(a, at + strlen(name), strcspn(at + strlen(name), "\r")) : "";
}

static bool signature_ok(const struct listener *l, const char *head, const char *body)
{
    struct ctx c = { .arena = arena_new(ARENA_LIMIT) };
    const char *want;
    enum err e = hook_sign(&c, l->secret, header_of(c.arena, head, "Webhook-Id: "),
                           strtoll(header_of(c.arena, head, "Webhook-Timestamp: "), NULL, 10),
                           (struct bytes){ (const uint8_t *)body, strlen(body) }, &want);
    bool ok = e == OK && str_eq(want, header_of(c.arena, head, "Webhook-Signature: "));
    arena_free(c.arena);
    return ok;
}

static void hear(struct listener *l, int fd)
{
    char in[4096], out[200];
    size_t n = 0;
    for (ssize_t got; n < sizeof in - 1; n += (size_t)got) {
        got = recv(fd, in + n, sizeof in - 1 - n, 0);
        if (got <= 0)
            break;
        in[n + (size_t)got] = '\0';
        char *body = strstr(in, "\r\n\r\n"), *length = strcasestr(in, "Content-Length: ");
        if (body && length && strlen(body + 4) >= strtoul(length + 16, NULL, 10)) {
            l->signed_well += signature_ok(l, in, body + 4);
            snprintf(l->last, sizeof l->last, "%s", body + 4);
            l->got++;
            break;
        }
    }
    usleep((useconds_t)l->sleep_ms * 1000);
    int len =
        snprintf(out, sizeof out,
                 "HTTP/1.1 %d X\r\nLocation: http://127.0.0.1:%u/\r\nContent-Length: 0\r\n\r\n",
                 l->status, (unsigned)l->port);
    send(fd, out, (size_t)len, MSG_NOSIGNAL);
    close(fd);
}

static void *listen_on(void *arg)
{
    struct listener *l = arg;
    for (int fd; (fd = accept(l->fd, NULL, NULL)) >= 0;)
        hear(l, fd);
    return NULL;
}

static void listener_start(struct listener *l)
{
    struct sockaddr_in sa = { .sin_family = AF_INET };
    socklen_t len = sizeof sa;
    *l = (struct listener){ .fd = socket(AF_INET, SOCK_STREAM, 0), .status = 204, .secret = "" };
    sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(l->fd, (struct sockaddr *)&sa, sizeof sa) == 0 && listen(l->fd, 8) == 0);
    CHECK(getsockname(l->fd, (struct sockaddr *)&sa, &len) == 0);
    l->port = ntohs(sa.sin_port);
    CHECK(pthread_create(&l->thread, NULL, listen_on, l) == 0);
}

static void listener_stop(struct listener *l)
{
    shutdown(l->fd, SHUT_RDWR);
    pthread_join(l->thread, NULL);
    close(l->fd);
}

/* ---- clients of the tests ---- */
struct hooked {
    struct client_row cl;
    const char *place, *url;
    char secret[64]; /* outlives the transaction's arena */
    bool break_secret;
};

static enum err add_hooked(struct ctx *c, void *arg)
{
    static const struct sql SQL_BREAK = { "UPDATE client SET hook_secret = $2 WHERE id = $1",
                                          NULL };
    struct hooked *k = arg;
    char token[CLIENT_TOKEN_LEN + 1];
    const char *secret;
    k->cl = (struct client_row){
        .name = "民政平台", .place = k->place, .caps = CAP_ERRAND_READ, .why = "协议"
    };
    TRY(client_add(c, &k->cl, token));
    struct hook_want want = { .url = k->url,
                              .events = "errand.in_hand errand.decided",
                              .local = true };
    TRY(hook_set(c, &k->cl, &want, &secret));
    snprintf(k->secret, sizeof k->secret, "%s", secret);
    if (k->break_secret)
        return db_run(c, &SQL_BREAK,
                      IN(v_int(k->cl.id), v_blob((struct bytes){ (const uint8_t *)"x", 1 })));
    return OK;
}

static enum err happened(struct ctx *c, void *place)
{
    return hook_tell(c, &(struct hook_event){ .type = "errand.decided",
                                              .key = { 421281, 5 },
                                              .place = place,
                                              .number = "4212811012022026000017",
                                              .state = "decided",
                                              .item = "老年优待证" });
}

static struct hooked hooked(struct test_app *t, const char *place, const char *url)
{
    struct hooked k = { .place = place, .url = url };
    test_app_write(t, add_hooked, &k);
    return k;
}

static void demo(struct app_conf *conf)
{
    conf->demo = true;
}

static struct hook_counts counts(struct test_app *t, const struct hooked *k)
{
    struct hook_counts n;
    EXPECT_EQ(hook_count(&t->c, k->cl.id, &n), OK);
    return n;
}

static const char *url_of(struct test_app *t, const struct listener *l)
{
    return arena_printf(t->c.arena, "http://127.0.0.1:%u/hook", (unsigned)l->port);
}

TEST(an_errand_taken_reaches_a_client_of_its_area_signed_and_without_who)
{
    struct test_app *t = test_app_start_with(demo);
    struct client *cl = client_new(t);
    struct listener l;
    listener_start(&l);
    struct hooked near = hooked(t, TEST_TOWNSHIP, url_of(t, &l));
    struct hooked far = hooked(t, TEST_VILLAGE_FAR, url_of(t, &l));
    l.secret = near.secret;
    client_sign_in(cl, "agent", TEST_VILLAGE);
    struct taken e = flow_take(cl, NULL, "王大娘", "要办老年证", NULL);
    EXPECT_EQ(counts(t, &near).waiting, 1);
    EXPECT_EQ(counts(t, &far).waiting, 0);
    EXPECT_EQ(hook_send(t->app), OK);
    EXPECT_EQ(hook_send(t->app), OK);
    EXPECT_EQ(l.got, 1);
    EXPECT_EQ(l.signed_well, 1);
    EXPECT(strstr(l.last, "\"type\":\"errand.in_hand\"") && strstr(l.last, e.key));
    EXPECT(!strstr(l.last, "王大娘") && !strstr(l.last, "要办老年证"));
    EXPECT_EQ(counts(t, &near).waiting, 0);
    listener_stop(&l);
    test_app_stop(t);
}

TEST(a_dead_client_holds_no_other_and_its_waits_grow)
{
    struct test_app *t = test_app_start_with(demo);
    struct listener good, bad;
    struct outbox_state texts;
    char place[] = TEST_VILLAGE;
    listener_start(&good);
    listener_start(&bad);
    bad.status = 302; /* redirects are not followed */
    struct hooked broken = { .place = TEST_TOWNSHIP,
                             .url = url_of(t, &good),
                             .break_secret = true };
    test_app_write(t, add_hooked, &broken);
    struct hooked b = hooked(t, TEST_TOWNSHIP, url_of(t, &bad));
    struct hooked nobody = hooked(t, TEST_TOWNSHIP, "http://127.0.0.1:1/");
    struct hooked g = hooked(t, TEST_TOWNSHIP, url_of(t, &good));
    good.secret = g.secret;
    test_app_write(t, happened, place);
    test_app_write(t, happened, place);
    EXPECT_EQ(hook_send(t->app), OK);
    EXPECT_EQ(good.got, 2);
    EXPECT_EQ(good.signed_well, 2);
    EXPECT_EQ(bad.got, 1); /* its second waits too */
    EXPECT_EQ(counts(t, &b).waiting, 2);
    EXPECT_EQ(counts(t, &broken).waiting, 2);
    EXPECT_EQ(counts(t, &nobody).waiting, 2);
    test_app_clock(t, t->c.now_ms + 61 * 1000);
    EXPECT_EQ(hook_send(t->app), OK);
    EXPECT_EQ(bad.got, 2);
    test_app_clock(t, t->c.now_ms + 61 * 1000);
    EXPECT_EQ(hook_send(t->app), OK);
    EXPECT_EQ(bad.got, 2); /* four minutes now */
    EXPECT_EQ(outbox_state(&t->c, &texts), OK);
    EXPECT_EQ(texts.waiting + texts.failed + (int64_t)texts.n_troubled, 0);
    listener_stop(&good);
    listener_stop(&bad);
    test_app_stop(t);
}

TEST(a_slow_client_costs_the_ticker_seconds_only)
{
    struct test_app *t = test_app_start_with(demo);
    struct listener slow, good;
    struct timespec from, to;
    char place[] = TEST_VILLAGE;
    listener_start(&slow);
    listener_start(&good);
    slow.sleep_ms = HOOK_MS_MAX + 2000;
    hooked(t, TEST_TOWNSHIP, url_of(t, &slow));
    struct hooked g = hooked(t, TEST_TOWNSHIP, url_of(t, &good));
    for (int i = 0; i < 3; i++)
        test_app_write(t, happened, place);
    clock_gettime(CLOCK_MONOTONIC, &from);
    EXPECT_EQ(hook_send(t->app), OK);
    clock_gettime(CLOCK_MONOTONIC, &to);
    EXPECT(to.tv_sec - from.tv_sec <= (HOOK_RUN_MS + HOOK_MS_MAX) / 1000 + 1);
    EXPECT_EQ(counts(t, &g).waiting, 0);
    listener_stop(&slow);
    listener_stop(&good);
    test_app_stop(t);
}

TEST(this_machine_is_no_target_outside_of_a_demonstration)
{
    struct test_app *t = test_app_start();
    struct listener l;
    struct client_row got;
    char place[] = TEST_VILLAGE;
    listener_start(&l);
    struct hooked k = hooked(t, TEST_TOWNSHIP, url_of(t, &l));
    struct hooked named = hooked(
        t, TEST_TOWNSHIP, arena_printf(t->c.arena, "https://127.0.0.2:%u/", (unsigned)l.port));
    test_app_write(t, happened, place);
    EXPECT_EQ(hook_send(t->app), OK);
    EXPECT_EQ(l.got, 0);
    EXPECT_EQ(counts(t, &k).waiting, 1);
    EXPECT_EQ(client_load(&t->c, named.cl.id, &got), OK);
    EXPECT_STR(got.hook_error, "an address of an inner network");
    listener_stop(&l);
    test_app_stop(t);
}

TEST(a_message_given_up_is_told_to_the_administrator_once)
{
    struct test_app *t = test_app_start_with(demo);
    struct client *cl = client_new(t);
    struct listener l;
    char place[] = TEST_VILLAGE;
    listener_start(&l);
    l.status = 500;
    client_sign_in(cl, "secadmin", TEST_COUNTY);
    client_get(cl, "/admin/clients/new?place=" TEST_TOWNSHIP);
    client_submit(cl, "/admin/clients/new", "name", "镇平台", "why", "协议", "scope0",
                  client_scope_names[0], NULL);
    const char *page = arena_printf(t->c.arena, "/admin/clients/%s",
                                    client_between(cl, "href=\"/admin/clients/", "\""));
    client_get(cl, page);
    const char *hook = arena_printf(t->c.arena, "%s/hook", page);
    client_submit(cl, hook, "url", "http://10.0.0.1/", "event3", "1", NULL);
    EXPECT_PAGE(cl, 422, "不能指向内网");
    client_submit(cl, hook, "url", url_of(t, &l), "event3", "1", NULL);
    EXPECT_PAGE(cl, 200, "whsec_");
    test_app_write(t, happened, place);
    test_app_write(t, happened, place);
    for (int i = 0; i < 3 * HOOK_TRIES_MAX; i++) {
        EXPECT_EQ(hook_send(t->app), OK);
        test_app_clock(t, t->c.now_ms + INT64_C(7) * 3600 * 1000);
    }
    EXPECT_EQ(l.got, 2 * HOOK_TRIES_MAX);
    client_renew(cl);
    client_get(cl, "/notices");
    EXPECT_PAGE(cl, 200, "接口推送没送到");
    const char *first = strstr(cl->body, "接口推送没送到");
    EXPECT(strstr(first + 1, "接口推送没送到") == NULL);
    client_get(cl, page);
    EXPECT_PAGE(cl, 200, "HTTP 500");
    EXPECT_HAS(cl, "没送到 2 条");
    listener_stop(&l);
    test_app_stop(t);
}

TEST_DB(what_waits_for_a_client_that_ended_is_dropped)
{
    static const uint8_t master[SIGNER_KEY_BYTES] = "a key of these tests";
    static const struct right all = { .caps = 0x7fffffff, .place = "" };
    struct hook_counts n;
    char place[] = TEST_VILLAGE;
    struct hooked a = { .place = TEST_TOWNSHIP, .url = "https://a.example.cn/" };
    struct hooked b = a;
    struct hook_row *due;
    size_t n_due;
    struct rule days = { .name = "client.valid_days",
                         .value = "31",
                         .unit = "day",
                         .level = "county",
                         .document = "",
                         .article = "",
                         .area = "",
                         .valid_from = 1,
                         .source = "P",
                         .note = "" };
    EXPECT_EQ(migrate(c), OK);
    c->now_ms = ms_of_day(20000);
    c->rights = &all;
    c->n_rights = 1;
    c->signer = signer_local(master);
    EXPECT_EQ(rule_add(c, &days), OK);
    EXPECT_EQ(add_hooked(c, &a), OK);
    EXPECT_EQ(add_hooked(c, &b), OK);
    EXPECT_EQ(happened(c, place), OK);
    EXPECT_EQ(hook_due(c, &due, &n_due), OK);
    EXPECT_EQ(n_due, 2);
    EXPECT_EQ(hook_result(c, &due[0], "HTTP 500", false), OK);
    EXPECT_EQ(hook_due(c, &due, &n_due), OK);
    EXPECT_EQ(n_due, 1);
    EXPECT_EQ(hook_result(c, &due[0], "", true), OK);
    EXPECT_EQ(happened(c, place), OK);
    EXPECT_EQ(hook_due(c, &due, &n_due), OK);
    EXPECT_EQ(n_due, 0); /* one failed, one was slow */
    c->now_ms += HOOK_REST_MS;
    EXPECT_EQ(hook_due(c, &due, &n_due), OK);
    EXPECT_EQ(n_due, 1);
    EXPECT_EQ(client_stop(c, a.cl.id), OK);
    EXPECT_EQ(hook_count(c, a.cl.id, &n), OK);
    EXPECT_EQ(n.waiting, 0);
    EXPECT_EQ(hook_count(c, b.cl.id, &n), OK);
    EXPECT(n.waiting > 0);
    c->now_ms = ms_of_day(20031);
    for (const struct tick_job *j = tick_jobs(); j; j = j->next)
        if (str_eq(j->name, "到期的接口推送"))
            EXPECT_EQ(j->run(c, NULL), OK);
    EXPECT_EQ(hook_count(c, b.cl.id, &n), OK);
    EXPECT_EQ(n.waiting, 0);
    signer_free(c->signer);
    c->signer = NULL;
}
