/* SPDX-License-Identifier: Apache-2.0
 * errand_file_test.c - photographs of papers: who may bring them, look at them, take them away, and
 * what is refused. */
#include "core/day.h"
#include "flows.h"
#include "gov/errand/errand_file.h"
#include "kernel/ticker/ticker.h"
#include "store/setting.h"
#include <arpa/inet.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static const char pdf[] = "%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n";

static struct bytes text(const char *s)
{
    return (struct bytes){ (const uint8_t *)s, strlen(s) };
}

/* One of which the first two papers are missing, seen by the agent who took it. */
static struct taken incomplete(struct client *agent)
{
    client_json(agent, "/api/v1/errand/new",
                "{\"place\":\"" TEST_VILLAGE
                "\",\"item\":\"elder.allowance\",\"channel\":\"visit\","
                "\"manner\":\"spoken\",\"who\":\"穿蓝衣的婆婆\",\"words\":\"补贴\"}");
    EXPECT_STATUS(agent, 201);
    struct taken x = { client_between(agent, "\"errand\":\"", "\""),
                       client_between(agent, "\"number\":\"", "\""),
                       client_between(agent, "\"code\":\"", "\""),
                       { 0, 0 } };
    EXPECT(key_parse(x.key, &x.k));
    client_get(agent, flow_path(agent, "/errand/%s", x.key));
    return x;
}

static size_t files_of(struct test_app *t, const struct taken *x, struct errand_file **all)
{
    struct errand e;
    size_t n;
    EXPECT_EQ(errand_load_any(&t->c, x->k, &e), OK);
    EXPECT_EQ(errand_files(&t->c, &e, all, &n), OK);
    return n;
}

static struct client *agent_of(struct test_app *t, const char *place)
{
    struct client *cl = client_new(t);
    client_sign_in(cl, "agent", place);
    return cl;
}

TEST(a_photograph_makes_a_missing_paper_be_here_and_is_seen_by_those_who_may)
{
    struct test_app *t = test_app_start();
    struct errand_file *all;
    struct client *agent = agent_of(t, TEST_VILLAGE), *other = agent_of(t, TEST_VILLAGE_OTHER);
    struct taken x = incomplete(agent);
    const char *path = flow_path(agent, "/errand/%s/file", x.key);
    client_upload(agent, path, "file", text(pdf), "seq", "1", NULL);
    EXPECT_GOES(agent, "/errand/");
    client_follow(agent);
    EXPECT_PAGE(agent, 200, "已收");
    EXPECT_EQ(files_of(t, &x, &all), 1);
    const char *file = arena_printf(t->c.arena, "%s/%" PRId64, path, all[0].id);
    client_get(agent, file);
    EXPECT_PAGE(agent, 200, "%PDF-1.4");
    EXPECT_STR(agent->type, "application/pdf");
    EXPECT(str_starts(client_header(agent, "Content-Disposition"), "attachment"));
    EXPECT_STR(client_header(agent, "Cache-Control"), "no-store");
    EXPECT_STR(client_header(agent, "X-Content-Type-Options"), "nosniff");
    client_get(other, file);
    EXPECT_STATUS(other, 404);
    client_get(client_new(t), file);
    client_get(other, flow_path(other, "/errand/%s", x.key));
    EXPECT_STATUS(other, 404);

    client_get(agent, flow_path(agent, "/errand/%s", x.key));
    client_submit(agent, arena_printf(t->c.arena, "%s/drop", file), "words", "拍得不清楚", NULL);
    EXPECT_GOES(agent, "/errand/");
    client_get(agent, file);
    EXPECT_STATUS(agent, 404);
    struct file f;
    EXPECT_EQ(file_load(&t->c, all[0].sha256, &f), OK);
    EXPECT(f.deleted_ms > 0); /* the hash stays, the bytes go */
    test_app_stop(t);
}

TEST(the_same_picture_of_two_papers_stays_until_both_are_gone)
{
    struct test_app *t = test_app_start();
    struct errand_file *all;
    struct file f;
    struct client *agent = agent_of(t, TEST_VILLAGE);
    struct taken x = incomplete(agent);
    const char *path = flow_path(agent, "/errand/%s/file", x.key);
    for (int seq = 1; seq <= 2; seq++) {
        client_get(agent, flow_path(agent, "/errand/%s", x.key));
        client_upload(agent, path, "file", text(pdf), "seq", seq == 1 ? "1" : "2", NULL);
        EXPECT_GOES(agent, "/errand/");
    }
    EXPECT_EQ(files_of(t, &x, &all), 2);
    EXPECT_STR(all[0].sha256, all[1].sha256);
    for (int i = 0; i < 2; i++) {
        client_get(agent, flow_path(agent, "/errand/%s", x.key));
        client_submit(agent, arena_printf(t->c.arena, "%s/%" PRId64 "/drop", path, all[i].id),
                      NULL);
        EXPECT_EQ(file_load(&t->c, all[0].sha256, &f), OK);
        EXPECT_EQ(f.deleted_ms > 0, i == 1);
    }
    test_app_stop(t);
}

/* What a camera, a careless hand or a villain sends. */
TEST(what_is_no_paper_is_refused_with_a_word_and_nothing_is_stored)
{
    static const struct {
        const char *bytes, *says;
    } bad[] = {
        { "", "这个文件是空的" },
        { "<script>alert(1)</script>", "只收照片" },
        { "MZ\x90 this is a program", "只收照片" },
        { "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"x()\"/>", "只收照片" },
        { "\xff\xd8\xff\xe0\x7f\x7f JFIF broken", "打不开" },
        { "PK\x03\x04 a bomb", "只收照片" },
    };
    struct test_app *t = test_app_start();
    struct errand_file *all;
    struct client *agent = agent_of(t, TEST_VILLAGE);
    struct taken x = incomplete(agent);
    const char *path = flow_path(agent, "/errand/%s/file", x.key);
    for (size_t i = 0; i < COUNT(bad); i++) {
        client_get(agent, flow_path(agent, "/errand/%s", x.key));
        client_upload(agent, path, "file", text(bad[i].bytes), "seq", "1", NULL);
        EXPECT_PAGE(agent, 422, bad[i].says);
    }
    static uint8_t large[FILE_BYTES_MAX + 1] = "%PDF-1.4\n";
    client_upload(agent, path, "file", (struct bytes){ large, sizeof large }, "seq", "1", NULL);
    EXPECT_PAGE(agent, 422, "文件太大了");
    client_upload(agent, path, "file", text(pdf), "seq", "39", NULL);
    EXPECT_STATUS(agent, 404); /* no such paper */
    EXPECT_EQ(files_of(t, &x, &all), 0);
    test_app_stop(t);
}

TEST(a_resident_sends_a_missing_paper_with_number_and_code_and_the_desk_is_told)
{
    struct test_app *t = test_app_start();
    struct errand_file *all;
    struct client *agent = agent_of(t, TEST_VILLAGE), *who = client_new(t);
    struct taken x = incomplete(agent);
    client_get(who, "/progress");
    client_submit(who, "/progress", "number", x.number, "code", x.code, NULL);
    EXPECT_PAGE(who, 200, "拍一张");
    client_upload(who, "/progress/file", "file", text("not a paper"), "seq", "1", NULL);
    EXPECT_PAGE(who, 422, "只收照片");
    EXPECT_HAS(who, "拍一张"); /* the progress is still there */
    client_upload(who, "/progress/file", "file", text(pdf), "seq", "1", "code", "AAAAAA", NULL);
    EXPECT_PAGE(who, 404, "编号和查询码对不上");
    client_get(who, "/progress");
    client_submit(who, "/progress", "number", x.number, "code", x.code, NULL);
    client_upload(who, "/progress/file", "file", text(pdf), "seq", "1", NULL);
    EXPECT_PAGE(who, 200, "照片收到了");
    EXPECT_EQ(files_of(t, &x, &all), 1);
    EXPECT_EQ(all[0].account, 0);
    client_get(agent, "/notices");
    EXPECT_PAGE(agent, 200, "居民传来");
    client_get(agent, flow_path(agent, "/errand/%s", x.key));
    EXPECT_PAGE(agent, 200, "居民传来，");
    EXPECT_HAS(agent, "收下"); /* whether it will do, the agent says */
    test_app_stop(t);
}

TEST(after_the_decision_no_paper_comes_or_goes)
{
    struct test_app *t = test_app_start();
    struct client *agent = agent_of(t, TEST_VILLAGE);
    struct errand_file *all;
    struct taken x = flow_take_asked(agent, &(struct asked){ .item = "utility.pay" });
    client_get(agent, flow_path(agent, "/errand/%s", x.key));
    const char *path = flow_path(agent, "/errand/%s/file", x.key);
    client_upload(agent, path, "file", text(pdf), NULL);
    EXPECT_STATUS(agent, 303);
    EXPECT_EQ(files_of(t, &x, &all), 1);
    client_get(agent, flow_path(agent, "/errand/%s", x.key));
    client_submit(agent, flow_path(agent, "/errand/%s/done-now", x.key), NULL);
    EXPECT_STATUS(agent, 303);
    client_get(agent, flow_path(agent, "/errand/%s", x.key));
    EXPECT_HAS_NOT(agent, "传照片");
    client_post(agent, arena_printf(t->c.arena, "%s/%" PRId64 "/drop", path, all[0].id), "words",
                "不要了", NULL);
    EXPECT_STATUS(agent, 409);
    test_app_stop(t);
}

static enum err past(struct ctx *c, void *arg)
{
    c->now_ms += (int64_t) * (int *)arg * 366 * DAY_MS;
    return ticker_run_all(c);
}

TEST(papers_are_kept_as_long_as_the_countys_rule_says)
{
    struct test_app *t = test_app_start();
    struct errand_file *all;
    struct client *agent = agent_of(t, TEST_VILLAGE);
    struct taken x = incomplete(agent);
    client_upload(agent, flow_path(agent, "/errand/%s/file", x.key), "file", text(pdf), NULL);
    EXPECT_STATUS(agent, 303);
    client_get(agent, flow_path(agent, "/errand/%s", x.key));
    client_submit(agent, flow_path(agent, "/errand/%s/withdraw", x.key), "words", "不办了", NULL);
    EXPECT_STATUS(agent, 303);
    int years = 9;
    test_app_write(t, past, &years);
    EXPECT_EQ(files_of(t, &x, &all), 1);
    years = 11;
    test_app_write(t, past, &years);
    EXPECT_EQ(files_of(t, &x, &all), 0);
    test_app_stop(t);
}

TEST(bytes_that_no_row_names_are_swept)
{
    struct test_app *t = test_app_start();
    struct file f;
    struct stat st;
    const char *dir = t->conf.files_dir;
    t->c.now_ms = INT64_C(1000) * time(NULL);
    EXPECT_EQ(file_put(&t->c, dir, text(pdf), &f), OK);
    const char *path = file_path(t->c.arena, dir, f.sha256);
    EXPECT_EQ(file_sweep_lost(&t->c, dir), OK);
    EXPECT_EQ(stat(path, &st), 0); /* its row may be on the way */
    t->c.now_ms += FILE_SETTLE_MS + 5000;
    EXPECT_EQ(file_sweep_lost(&t->c, dir), OK);
    EXPECT(stat(path, &st) != 0);
    test_app_stop(t);
}

/* ---- a scanner's double: says what it is told to ---- */
struct scanner {
    int fd;
    const char *says;
    size_t heard;
};

static void *scan(void *arg)
{
    struct scanner *s = arg;
    char in[4096];
    int one = accept(s->fd, NULL, NULL);
    for (ssize_t n; (n = recv(one, in, sizeof in, 0)) > 0;) {
        s->heard += (size_t)n;
        if (n >= 4 && memcmp(in + n - 4, "\0\0\0\0", 4) == 0)
            break;
    }
    send(one, s->says, strlen(s->says) + 1, MSG_NOSIGNAL);
    close(one);
    return NULL;
}

static enum err set_scanner(struct ctx *c, void *where)
{
    return setting_set(c, "file.scanner", where);
}

static void scanned(struct test_app *t, const char *says, enum err want)
{
    struct sockaddr_in sa = { .sin_family = AF_INET };
    socklen_t len = sizeof sa;
    struct scanner s = { .fd = socket(AF_INET, SOCK_STREAM, 0), .says = says };
    pthread_t thread;
    struct file f;
    sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT(bind(s.fd, (struct sockaddr *)&sa, sizeof sa) == 0 && listen(s.fd, 1) == 0);
    EXPECT(getsockname(s.fd, (struct sockaddr *)&sa, &len) == 0);
    test_app_write(t, set_scanner, arena_printf(t->c.arena, "127.0.0.1:%d", ntohs(sa.sin_port)));
    EXPECT(pthread_create(&thread, NULL, scan, &s) == 0);
    t->c.why[0] = '\0';
    EXPECT_EQ(file_put(&t->c, t->conf.files_dir, text(pdf), &f), want);
    EXPECT(pthread_join(thread, NULL) == 0);
    EXPECT_EQ(s.heard, sizeof "zINSTREAM" + 4 + strlen(pdf) + 4);
    close(s.fd);
}

TEST(a_named_scanner_is_asked_before_anything_is_stored)
{
    struct test_app *t = test_app_start();
    struct file f;
    scanned(t, "stream: OK", OK);
    scanned(t, "stream: Eicar-Test-Signature FOUND", E_FILE_VIRUS);
    scanned(t, "stream: size limit exceeded. ERROR", E_FILE_SCANNER);
    test_app_write(t, set_scanner, arena_copy(t->c.arena, "127.0.0.1:1")); /* nobody there */
    EXPECT_EQ(file_put(&t->c, t->conf.files_dir, text(pdf), &f), E_FILE_SCANNER);
    struct client *agent = agent_of(t, TEST_VILLAGE);
    struct taken x = incomplete(agent);
    client_upload(agent, flow_path(agent, "/errand/%s/file", x.key), "file", text(pdf), NULL);
    EXPECT_PAGE(agent, 503, "查毒的服务没有回应");
    test_app_stop(t);
}
