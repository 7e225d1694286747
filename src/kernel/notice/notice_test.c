/* SPDX-License-Identifier: Apache-2.0
 * notice_test.c - notices reach the desks they are for; messages leave through a gateway at least
 * once, signed, not at night, and a gateway that is down harms nothing. */
#include "core/day.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "crypto/signer.h"
#include "kernel/notice/announce.h"
#include "kernel/notice/letter.h"
#include "kernel/notice/notice.h"
#include "kernel/notice/outbox.h"
#include "kernel/rule/rule.h"
#include "kernel/todo/todo.h"
#include "store/migrate.h"
#include "store/setting.h"
#include "test_app.h"
#include "test_db.h"
#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- notices ---- */
static enum err tell(struct ctx *c, const char *place, int64_t person, const char *title)
{
    struct notice n = { .key = { 421281, 0 },
                        .desk = desk_text(c, place, CAP_NO_ERRAND_TAKE, 0),
                        .person = person,
                        .title = title,
                        .words = "事情",
                        .link = "/todo" };
    return notice_add(c, &n);
}

TEST_DB(a_notice_is_for_its_desk_or_person_alone)
{
    struct right here = { .caps = CAP_ERRAND_TAKE, .place = TEST_VILLAGE },
                 there = { .caps = CAP_ERRAND_TAKE, .place = TEST_VILLAGE_OTHER };
    struct notice *all;
    size_t n;
    int64_t unread;
    c->now_ms = 5000;
    EXPECT_EQ(migrate(c), OK);
    EXPECT_EQ(tell(c, TEST_VILLAGE, 0, "一"), OK);
    c->now_ms = 6000;
    EXPECT_EQ(tell(c, TEST_VILLAGE, 0, "二"), OK);
    EXPECT_EQ(tell(c, TEST_VILLAGE, 77, "给一个人"), OK);
    c->rights = &here;
    c->n_rights = 1;
    EXPECT_EQ(notice_mine(c, 0, &all, &n), OK);
    EXPECT_EQ(n, 2);
    EXPECT_STR(all[0].title, "二");
    EXPECT_EQ(notice_read(c, all[0].key), OK);
    EXPECT_EQ(notice_unread(c, &unread), OK);
    EXPECT_EQ(unread, 1);
    struct key one = all[1].key;
    c->rights = &there;
    EXPECT_EQ(notice_mine(c, 0, &all, &n), OK);
    EXPECT_EQ(n, 0);
    struct ctx probe = *c;
    EXPECT_EQ(notice_read(&probe, one), E_NOT_FOUND);
    c->person = (struct key){ 421281, 77 };
    EXPECT_EQ(notice_unread(c, &unread), OK);
    EXPECT_EQ(unread, 1);
    EXPECT_EQ(notice_read_all(c), OK);
    EXPECT_EQ(notice_unread(c, &unread), OK);
    EXPECT_EQ(unread, 0);
}

static enum err tell_village(struct ctx *c, void *unused)
{
    (void)unused;
    return tell(c, TEST_VILLAGE, 0, "明天停电");
}

TEST(notices_are_counted_in_the_head_shown_and_marked)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    client_sign_in(cl, "agent", TEST_VILLAGE);
    client_get(cl, "/account");
    EXPECT_HAS_NOT(cl, "href=\"/notices\"");
    test_app_write(t, tell_village, NULL);
    client_get(cl, "/account");
    EXPECT_PAGE(cl, 200, "href=\"/notices\"");
    client_get(cl, "/notices");
    EXPECT_PAGE(cl, 200, "明天停电");
    client_submit(cl, "/notices/read", NULL);
    EXPECT_GOES(cl, "/notices");
    client_follow(cl);
    EXPECT_HAS_NOT(cl, "href=\"/notices\"");
    EXPECT_PAGE(cl, 200, "看过了");
    test_app_stop(t);
}

/* ---- the gateway ---- */
struct gateway_double {
    int fd;
    pthread_t thread;
    _Atomic int status; /* what it answers */
    _Atomic int got, signed_well;
    char last[4096];
};

static bool signature_ok(const char *head, const char *body)
{
    struct arena *a = arena_new(ARENA_LIMIT);
    const char *time = strstr(head, "X-Xiangyue-Time: "), *sig = strstr(head, "Signature: ");
    uint8_t mac[DIGEST_BYTES];
    static const char secret[] = "共同的秘密";
    bool ok = time && sig;
    if (ok) {
        time += strlen("X-Xiangyue-Time: ");
        const char *text = arena_printf(a, "%.*s.%s", (int)strcspn(time, "\r"), time, body);
        hmac_sha256((struct bytes){ (const uint8_t *)secret, strlen(secret) },
                    (struct bytes){ (const uint8_t *)text, strlen(text) }, mac);
        ok = str_starts(sig + strlen("Signature: "), hex(a, (struct bytes){ mac, sizeof mac }));
    }
    arena_free(a);
    return ok;
}

static void answer(struct gateway_double *g, int fd)
{
    char in[4096], out[100];
    size_t n = 0;
    for (ssize_t got; n < sizeof in - 1; n += (size_t)got) {
        got = recv(fd, in + n, sizeof in - 1 - n, 0);
        if (got <= 0)
            break;
        in[n + (size_t)got] = '\0';
        char *body = strstr(in, "\r\n\r\n"), *length = strcasestr(in, "Content-Length: ");
        if (body && length && strlen(body + 4) >= strtoul(length + 16, NULL, 10)) {
            g->signed_well += signature_ok(in, body + 4);
            snprintf(g->last, sizeof g->last, "%s", body + 4);
            g->got++;
            break;
        }
    }
    int len = snprintf(out, sizeof out, "HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n", g->status);
    send(fd, out, (size_t)len, MSG_NOSIGNAL);
    close(fd);
}

static void *serve(void *arg)
{
    struct gateway_double *g = arg;
    for (int fd; (fd = accept(g->fd, NULL, NULL)) >= 0;)
        answer(g, fd);
    return NULL;
}

static uint16_t double_start(struct gateway_double *g)
{
    struct sockaddr_in sa = { .sin_family = AF_INET };
    socklen_t len = sizeof sa;
    *g = (struct gateway_double){ .fd = socket(AF_INET, SOCK_STREAM, 0), .status = 200 };
    sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(g->fd, (struct sockaddr *)&sa, sizeof sa) == 0 && listen(g->fd, 8) == 0);
    CHECK(getsockname(g->fd, (struct sockaddr *)&sa, &len) == 0);
    CHECK(pthread_create(&g->thread, NULL, serve, g) == 0);
    return ntohs(sa.sin_port);
}

static void double_stop(struct gateway_double *g)
{
    shutdown(g->fd, SHUT_RDWR);
    pthread_join(g->thread, NULL);
    close(g->fd);
}

static enum err set_gateway(struct ctx *c, void *arg)
{
    struct bytes sealed;
    const uint16_t *port = arg;
    TRY(field_seal(c, "setting.gateway", "共同的秘密", &sealed));
    TRY(setting_set(c, "gateway_secret", hex(c->arena, sealed)));
    return setting_set(c, "gateway_url",
                       arena_printf(c->arena, "http://127.0.0.1:%u/send", (unsigned)*port));
}

static enum err put_sms(struct ctx *c, void *words)
{
    int64_t id;
    struct outbox_message m = { .channel = OUTBOX_SMS, .target = "13871500009", .words = words };
    return outbox_add(c, &m, &id);
}

static struct outbox_state state_of(struct test_app *t)
{
    struct outbox_state s;
    EXPECT_EQ(outbox_state(&t->c, &s), OK);
    return s;
}

TEST(without_a_gateway_messages_wait_and_nothing_fails)
{
    struct test_app *t = test_app_start();
    char words[] = "办好了";
    test_app_write(t, put_sms, words);
    EXPECT_EQ(outbox_send(t->app), OK);
    EXPECT_EQ(state_of(t).waiting, 1);
    EXPECT_EQ(state_of(t).n_troubled, 0);
    test_app_stop(t);
}

TEST(messages_leave_signed_once_and_are_tried_again_after_a_failure)
{
    struct test_app *t = test_app_start();
    struct gateway_double g;
    struct client *cl = client_new(t);
    uint16_t port = double_start(&g);
    char words[] = "办好了，到村里来取";
    test_app_write(t, set_gateway, &port);
    test_app_write(t, put_sms, words);
    g.status = 503;
    EXPECT_EQ(outbox_send(t->app), OK);
    EXPECT_EQ(g.got, 1);
    EXPECT_EQ(outbox_send(t->app), OK); /* its time has not come */
    EXPECT_EQ(g.got, 1);
    EXPECT_EQ(state_of(t).n_troubled, 1);
    EXPECT_STR(state_of(t).troubled[0].error, "HTTP 503");
    client_sign_in(cl, "sysadmin", TEST_COUNTY);
    client_get(cl, "/admin");
    EXPECT_PAGE(cl, 200, "HTTP 503");
    EXPECT_HAS_NOT(cl, "13871500009");
    EXPECT_HAS_NOT(cl, "到村里来取");
    g.status = 200;
    test_app_clock(t, t->c.now_ms + 61 * 1000);
    EXPECT_EQ(outbox_send(t->app), OK);
    EXPECT_EQ(outbox_send(t->app), OK);
    EXPECT_EQ(g.got, 2);
    EXPECT_EQ(g.signed_well, 2);
    EXPECT(strstr(g.last, "\"target\":\"13871500009\"") && strstr(g.last, words));
    EXPECT_EQ(state_of(t).sent, 1);
    g.status = 422;
    test_app_write(t, put_sms, words);
    EXPECT_EQ(outbox_send(t->app), OK);
    EXPECT_EQ(state_of(t).failed, 1);
    client_get(cl, "/admin");
    client_submit(cl, "/admin/outbox/again", NULL);
    EXPECT_GOES(cl, "/admin");
    EXPECT_EQ(state_of(t).waiting, 1);
    double_stop(&g);
    test_app_write(t, put_sms, words);
    EXPECT_EQ(outbox_send(t->app), OK); /* nobody there: one try, not two */
    EXPECT_EQ(state_of(t).waiting, 2);
    EXPECT_EQ(state_of(t).n_troubled, 1);
    test_app_stop(t);
}

TEST(nobody_is_disturbed_at_night)
{
    int64_t hour = 3600 * 1000, midnight = ms_of_day(20500);
    EXPECT_EQ(outbox_awake(midnight + 9 * hour, 21, 7), midnight + 9 * hour);
    EXPECT_EQ(outbox_awake(midnight + 7 * hour, 21, 7), midnight + 7 * hour);
    EXPECT_EQ(outbox_awake(midnight + 7 * hour - 1, 21, 7), midnight + 7 * hour);
    EXPECT_EQ(outbox_awake(midnight, 21, 7), midnight + 7 * hour);
    EXPECT_EQ(outbox_awake(midnight + 21 * hour - 1, 21, 7), midnight + 21 * hour - 1);
    EXPECT_EQ(outbox_awake(midnight + 21 * hour, 21, 7), midnight + (24 + 7) * hour);
    EXPECT_EQ(outbox_awake(midnight + 23 * hour, 21, 7), midnight + (24 + 7) * hour);
    EXPECT_EQ(outbox_awake(midnight + 13 * hour, 12, 14), midnight + 14 * hour); /* a noon rest */
    EXPECT_EQ(outbox_awake(midnight + 14 * hour, 12, 14), midnight + 14 * hour);
    EXPECT_EQ(outbox_awake(midnight + 3 * hour, 5, 5), midnight + 3 * hour); /* none */
    for (int64_t from = 0; from < 24; from++)
        for (int64_t to = 0; to < 24; to++)
            for (int64_t h = 0; h < 24; h++) {
                int64_t at = outbox_awake(midnight + h * hour, from, to);
                EXPECT(at >= midnight + h * hour && at - midnight - h * hour < 24 * hour);
                EXPECT_EQ(outbox_awake(at, from, to), at);
            }
    EXPECT_EQ(outbox_pause_ms(1), 60 * 1000);
    EXPECT_EQ(outbox_pause_ms(2), 240 * 1000);
    EXPECT_EQ(outbox_pause_ms(12), 6 * hour);
}

static const uint8_t master[SIGNER_KEY_BYTES] = "another key of the tests";

static void outbox_start(struct ctx *c)
{
    EXPECT_EQ(migrate(c), OK);
    c->now_ms = ms_of_day(20500) + INT64_C(9) * 3600 * 1000;
    c->signer = signer_local(master);
}

static void outbox_end(struct ctx *c)
{
    signer_free(c->signer);
    c->signer = NULL;
}

static enum err put(struct ctx *c, enum outbox_channel channel, const char *words, int64_t *id)
{
    struct outbox_message m = { .channel = channel,
                                .target = "13871500009",
                                .words = words,
                                .title = "王某某 · 办好了",
                                .place = TEST_VILLAGE,
                                .subject = { 421281, 5 },
                                .person = 77 };
    return outbox_add(c, &m, id);
}

TEST_DB(a_county_has_its_own_quiet_hours)
{
    int64_t when, hour = 3600 * 1000;
    struct rule early = { .name = "notice.quiet_from_hour",
                          .value = "19",
                          .unit = "hour_of_day",
                          .level = "county",
                          .document = "通知",
                          .article = "",
                          .area = TEST_TOWNSHIP,
                          .source = "",
                          .note = "",
                          .valid_from = 20490 };
    outbox_start(c);
    int64_t midnight = ms_of_day(20500), evening = midnight + 20 * hour;
    EXPECT_EQ(rule_add(c, &early), OK);
    EXPECT_EQ(outbox_when(c, OUTBOX_SMS, TEST_VILLAGE, evening, &when), OK);
    EXPECT_EQ(when, midnight + 31 * hour);
    EXPECT_EQ(outbox_when(c, OUTBOX_SMS, TEST_VILLAGE_FAR, evening, &when), OK);
    EXPECT_EQ(when, evening);
    EXPECT_EQ(outbox_when(c, OUTBOX_MAIL, TEST_VILLAGE, evening, &when), OK);
    EXPECT_EQ(when, evening);
    outbox_end(c);
}

TEST_DB(the_outbox_gives_up_after_its_tries)
{
    struct outbox_row *rows;
    struct outbox_state s;
    size_t n;
    int64_t id;
    outbox_start(c);
    EXPECT_EQ(put(c, OUTBOX_SMS, "甲", &id), OK);
    EXPECT_EQ(put(c, OUTBOX_PRINT, "乙", &id), OK);
    for (int i = 0; i < OUTBOX_TRIES_MAX; i++) {
        EXPECT_EQ(outbox_due(c, &rows, &n), OK);
        EXPECT_EQ(n, 1);
        EXPECT_EQ(outbox_result(c, &rows[0], "HTTP 500", false), OK);
        EXPECT_EQ(outbox_state(c, &s), OK);
        c->now_ms = s.troubled[0].next_ms;
    }
    EXPECT_EQ(outbox_due(c, &rows, &n), OK);
    EXPECT_EQ(n, 0);
    EXPECT_EQ(s.failed, 1);
    EXPECT_EQ(s.waiting, 1); /* paper, which no gateway sends */
    EXPECT_EQ(outbox_again(c, s.troubled[0].id), OK);
    EXPECT_EQ(outbox_due(c, &rows, &n), OK);
    EXPECT_EQ(n, 1);
    outbox_end(c);
}

TEST_DB(what_a_person_no_longer_wants_is_given_up_but_not_their_letters)
{
    struct outbox_state s;
    struct outbox_row *rows;
    int64_t id, kept;
    size_t n;
    outbox_start(c);
    EXPECT_EQ(put(c, OUTBOX_SMS, "甲", &id), OK);
    EXPECT_EQ(put(c, OUTBOX_WECHAT, "乙", &id), OK);
    EXPECT_EQ(put(c, OUTBOX_PRINT, "丙", &kept), OK);
    EXPECT_EQ(outbox_recall(c, (struct key){ 421281, 78 }, "别人"), OK);
    EXPECT_EQ(outbox_recall(c, (struct key){ 421281, 77 }, "本人不要短信了"), OK);
    EXPECT_EQ(outbox_state(c, &s), OK);
    EXPECT_EQ(s.failed, 2);
    EXPECT_EQ(s.waiting, 1);
    EXPECT_EQ(outbox_drop(c, kept), OK);
    EXPECT_EQ(outbox_drop(c, kept), OK); /* gone already */
    EXPECT_EQ(outbox_due(c, &rows, &n), OK);
    EXPECT_EQ(n, 0);
    outbox_end(c);
}

TEST_DB(what_waits_follows_a_village_into_another)
{
    struct right there = { .caps = CAP_ERRAND_TAKE | CAP_ANNOUNCE, .place = TEST_VILLAGE_OTHER };
    struct announcement a = {
        .place = TEST_VILLAGE, .title = "停电", .words = "明天停电", .until_day = 20510
    };
    struct announcement *now;
    struct outbox_row *letters;
    struct notice *all;
    size_t n;
    int64_t id;
    outbox_start(c);
    EXPECT_EQ(put(c, OUTBOX_PRINT, "信", &id), OK);
    EXPECT_EQ(tell(c, TEST_VILLAGE, 0, "村里的事"), OK);
    EXPECT_EQ(tell(c, TEST_VILLAGE, 77, "给一个人"), OK);
    EXPECT_EQ(announce_add(c, &a), OK);
    EXPECT_EQ(outbox_move_place(c, TEST_VILLAGE, TEST_VILLAGE_OTHER), OK);
    EXPECT_EQ(letters_of(c, TEST_VILLAGE, true, 0, &letters, &n), OK);
    EXPECT_EQ(n, 0);
    EXPECT_EQ(letters_of(c, TEST_VILLAGE_OTHER, true, 0, &letters, &n), OK);
    EXPECT_EQ(n, 1);
    EXPECT_EQ(announce_now(c, TEST_VILLAGE_OTHER, &now, &n), OK);
    EXPECT_EQ(n, 1);
    c->rights = &there;
    c->n_rights = 1;
    EXPECT_EQ(notice_mine(c, 0, &all, &n), OK);
    EXPECT_EQ(n, 1);
    EXPECT_STR(all[0].title, "村里的事");
    c->person = (struct key){ 421281, 77 };
    EXPECT_EQ(notice_mine(c, 0, &all, &n), OK);
    EXPECT_EQ(n, 2);
    outbox_end(c);
}

TEST_DB(notices_are_read_on_from_where_one_stopped)
{
    struct right here = { .caps = CAP_ERRAND_TAKE, .place = TEST_VILLAGE };
    struct notice *first, *rest;
    size_t n;
    EXPECT_EQ(migrate(c), OK);
    c->now_ms = 5000;
    for (int i = 0; i < NOTICE_LIST_MAX + 3; i++)
        EXPECT_EQ(tell(c, TEST_VILLAGE, i % 2 ? 77 : 0, arena_printf(c->arena, "%d", i)), OK);
    c->rights = &here;
    c->n_rights = 1;
    c->person = (struct key){ 421281, 77 };
    EXPECT_EQ(notice_mine(c, 0, &first, &n), OK);
    EXPECT_EQ(n, NOTICE_LIST_MAX);
    EXPECT_STR(first[0].title, "32");
    EXPECT_EQ(notice_mine(c, first[n - 1].key.id, &rest, &n), OK);
    EXPECT_EQ(n, 3);
    EXPECT_STR(rest[0].title, "2");
    EXPECT_STR(rest[2].title, "0");
}

static enum err put_and_send(struct ctx *c, void *arg)
{
    struct outbox_row *rows;
    size_t n;
    int64_t *id = arg;
    TRY(put(c, OUTBOX_SMS, "办好了", id));
    TRY(outbox_due(c, &rows, &n));
    CHECK(n == 1);
    return outbox_result(c, &rows[0], "", false);
}

/* Whatever fails on the way, a message and its result are there together or not at all. */
TEST_DB(a_fault_leaves_a_message_whole_or_not_at_all)
{
    static const struct sql CLEAR = { "DELETE FROM outbox", NULL };
    int faults = 0;
    outbox_start(c);
    FAULT_LOOP() {
        int64_t id = 0;
        struct outbox_state s;
        enum err e = tx_run(c, "outbox", put_and_send, &id);
        fault_off();
        faults += e != OK;
        EXPECT_EQ(outbox_state(c, &s), OK);
        EXPECT_EQ(s.waiting + s.failed, 0);
        EXPECT_EQ(s.sent, e ? 0 : 1);
        EXPECT_EQ(db_run(c, &CLEAR, IN_NONE), OK);
    }
    EXPECT(faults > 5);
    outbox_end(c);
}

TEST(wechat_and_mail_leave_through_the_same_gateway)
{
    static const char *const names[] = { "wechat", "mail", "speaker" };
    static const enum outbox_channel nos[] = { OUTBOX_WECHAT, OUTBOX_MAIL, OUTBOX_SPEAKER };
    struct test_app *t = test_app_start();
    struct gateway_double g;
    uint16_t port = double_start(&g);
    test_app_write(t, set_gateway, &port);
    for (size_t i = 0; i < COUNT(nos); i++) {
        int64_t id;
        EXPECT_EQ(put(&t->c, nos[i], "办好了", &id), OK);
        EXPECT_EQ(outbox_send(t->app), OK);
        EXPECT_EQ(g.got, (int)i + 1);
        EXPECT(strstr(g.last, arena_printf(t->c.arena, "\"channel\":\"%s\"", names[i])));
    }
    EXPECT_EQ(g.signed_well, (int)COUNT(nos));
    EXPECT_EQ(state_of(t).sent, (int)COUNT(nos));
    double_stop(&g);
    test_app_stop(t);
}
