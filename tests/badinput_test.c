/* SPDX-License-Identifier: Apache-2.0
 * badinput_test.c - the list of bad input in the specification of the window (S12): each must get a
 * clear answer, on the page and from the API, and nothing of what was typed may be lost. */
#include "core/day.h"
#include "flows.h"
#include "gov/item/item.h"
#include "kernel/person/person.h"
#include "store/db.h"

static struct client *worker(struct test_app *t, const char *kind, const char *place)
{
    struct client *cl = client_new(t);
    client_sign_in(cl, kind, place);
    return cl;
}

/* An RFC 9457 problem with this status and code, and words for a reader. */
static void expect_problem(struct client *cl, int status, const char *code)
{
    EXPECT_STATUS(cl, status);
    EXPECT_STR(cl->type, "application/problem+json");
    EXPECT_HAS(cl, arena_printf(cl->t->c.arena, "\"code\":\"%s\"", code));
    EXPECT_HAS(cl, "\"title\":\"");
    EXPECT_HAS(cl, "\"instance\":\"");
}

/* A page that says so, in an alert, and a field that still holds what was typed. */
static void expect_kept(struct client *cl, int status, const char *says, const char *field,
                        const char *typed)
{
    EXPECT_PAGE(cl, status, says);
    EXPECT_HAS(cl, "role=\"alert\"");
    const char *value = client_value(cl, field);
    ck_assert_msg(value && str_eq(value, typed), "%s: %s is \"%s\"", cl->path, field,
                  value ? value : "(not there)");
}

static void take_json(struct client *cl, const char *place, const char *more)
{
    client_json(cl, "/api/v1/errand/new",
                arena_printf(cl->t->c.arena,
                             "{\"place\":\"%s\",\"channel\":\"window\",\"manner\":\"spoken\","
                             "\"words\":\"走不动了\",%s}",
                             place, more));
}

/* ---- places ---- */
static enum err merge_village(struct ctx *c, void *into)
{
    static const struct sql SQL_MERGE = { "UPDATE place SET merged_into = $2 WHERE code = $1",
                                          NULL };
    return db_run(c, &SQL_MERGE, IN(v_text(TEST_VILLAGE_OTHER), v_text(into)));
}

TEST(an_unknown_or_merged_village_is_named_as_such)
{
    struct test_app *t = test_app_start();
    struct client *cl = worker(t, "window", TEST_TOWNSHIP);
    char into[] = TEST_VILLAGE;
    take_json(cl, TEST_TOWNSHIP "999", "\"item\":\"none\"");
    expect_problem(cl, 422, "PLACE");
    take_json(cl, "42128110120", "\"item\":\"none\"");
    expect_problem(cl, 422, "BAD_INPUT");
    EXPECT_HAS(cl, "\"field\":\"place\"");
    test_app_write(t, merge_village, into);
    take_json(cl, TEST_VILLAGE_OTHER, "\"item\":\"none\"");
    expect_problem(cl, 422, "PLACE_MERGED");
    flow_intake(cl, "王婆婆", "elder.card", "要办老人证", TEST_VILLAGE);
    EXPECT_STATUS(cl, 200);
    client_submit(cl, "/errand/new", "place", TEST_VILLAGE_OTHER, "m0", "here", "m1", "here", NULL);
    expect_kept(cl, 422, "并到别的村", "words", "要办老人证");
    EXPECT_STR(client_value(cl, "who"), "王婆婆");
    flow_intake(cl, "王婆婆", "elder.card", "要办老人证", TEST_VILLAGE);
    client_submit(cl, "/errand/new", "place", TEST_TOWNSHIP "999", NULL);
    expect_kept(cl, 422, "没有这个村", "words", "要办老人证");
    test_app_stop(t);
}

/* ---- items ---- */
static enum err withdraw(struct ctx *c, void *code)
{
    struct item it;
    TRY(item_current(c, code, &it));
    return item_withdraw(c, it.item, "改由医院直接办");
}

TEST(an_item_withdrawn_during_intake_keeps_what_was_said)
{
    struct test_app *t = test_app_start();
    struct client *cl = worker(t, "agent", TEST_VILLAGE);
    char code[] = "elder.card";
    flow_intake(cl, "王婆婆", "elder.card", "要办老人证", TEST_VILLAGE);
    EXPECT_STATUS(cl, 200);
    test_app_write(t, withdraw, code);
    client_submit(cl, "/errand/new", "words", "要办老人证，急用", NULL);
    expect_kept(cl, 409, "停办了", "words", "要办老人证，急用");
    take_json(cl, TEST_VILLAGE, "\"item\":\"elder.card\"");
    expect_problem(cl, 409, "ITEM_WITHDRAWN");
    test_app_stop(t);
}

/* ---- people ---- */
TEST(an_identity_number_with_a_wrong_check_digit_says_which_end_to_look_at)
{
    struct test_app *t = test_app_start();
    struct client *cl = worker(t, "agent", TEST_VILLAGE);
    client_get(cl, "/person/new");
    client_submit(cl, "/person/new", "name", "周某某", "id_no", "110101199003074611", "phone",
                  "1380000", NULL);
    expect_kept(cl, 422, "身份证号最后一位对不上", "id_no", "110101199003074611");
    EXPECT_HAS(cl, "电话号码不对"); /* both at once */
    EXPECT_STR(client_value(cl, "name"), "周某某");
    EXPECT_STR(client_value(cl, "phone"), "1380000");
    client_json(cl, "/api/v1/person/new",
                "{\"name\":\"周某某\",\"id_no\":\"110101199003074611\",\"place\":\"" TEST_VILLAGE
                "\"}");
    expect_problem(cl, 422, "BAD_INPUT");
    EXPECT_HAS(cl, "\"field\":\"id_no\"");
    EXPECT_HAS(cl, "\"code\":\"ID_NUMBER\"");
    test_app_stop(t);
}

struct gone {
    struct key k;
    bool died;
};

static enum err register_gone(struct ctx *c, void *arg)
{
    const struct gone *g = arg;
    struct person p;
    int32_t day = day_of_ms(c->now_ms) - 1;
    TRY(person_load(c, g->k, &p));
    return g->died ? person_died(c, &p, day) : person_moved(c, &p, day, "武汉市洪山区");
}

TEST(work_for_one_who_died_or_moved_away_is_not_taken)
{
    struct test_app *t = test_app_start();
    struct client *cl = worker(t, "agent", TEST_VILLAGE);
    for (int died = 0; died < 2; died++) {
        struct gone g = { test_app_person(t, TEST_VILLAGE, "周某某", NULL, NULL), died };
        const char *key = arena_copy(t->c.arena, key_text(&t->c, g.k));
        client_get(cl, arena_printf(t->c.arena, "/errand/new?person=%s&item=elder.card", key));
        EXPECT_STATUS(cl, 200);
        test_app_write(t, register_gone, &g); /* while the clerk is typing */
        client_submit(cl, "/errand/new", "words", "要办老人证", NULL);
        expect_kept(cl, 409, died ? "已登记去世" : "已迁出", "words", "要办老人证");
        EXPECT_HAS(cl, died ? "家属可办身后事项" : "改住址"); /* what to do */
        take_json(cl, TEST_VILLAGE, arena_printf(t->c.arena, "\"person\":\"%s\"", key));
        expect_problem(cl, 409, died ? "PERSON_DIED" : "PERSON_MOVED");
    }
    test_app_stop(t);
}

/* ---- the same twice, and somebody else's ---- */
TEST(the_same_form_twice_is_one_errand)
{
    struct test_app *t = test_app_start();
    struct client *cl = worker(t, "agent", TEST_VILLAGE);
    flow_intake(cl, "王婆婆", "elder.card", "要办老人证", TEST_VILLAGE);
    const char *form = cl->form;
    client_submit(cl, "/errand/new", "m0", "here", "m1", "here", NULL);
    EXPECT_GOES(cl, "/errand/");
    const char *first = cl->location;
    int64_t rows = flow_rows(t);
    cl->form = form;
    client_submit(cl, "/errand/new", "m0", "here", "m1", "here", NULL);
    EXPECT_STATUS(cl, 303);
    EXPECT_STR(cl->location, first);
    EXPECT_EQ(flow_rows(t), rows);
    test_app_stop(t);
}

TEST(another_errands_query_code_opens_nothing)
{
    struct test_app *t = test_app_start();
    struct client *cl = worker(t, "agent", TEST_VILLAGE), *nobody = client_new(t);
    struct taken a = flow_take(cl, NULL, "王婆婆", "要办老人证", NULL),
                 b = flow_take(cl, NULL, "李爷爷", "要办老人证", NULL);
    client_get(nobody, "/progress");
    client_submit(nobody, "/progress", "number", a.number, "code", b.code, NULL);
    expect_kept(nobody, 404, "编号和查询码对不上", "number", a.number);
    EXPECT_HAS_NOT(nobody, "王婆婆");
    client_post(nobody, "/progress/withdraw", "number", a.number, "code", b.code, NULL);
    EXPECT_STATUS(nobody, 404);
    client_json(nobody, "/api/v1/progress",
                arena_printf(t->c.arena, "{\"number\":\"%s\",\"code\":\"%s\"}", a.number, b.code));
    expect_problem(nobody, 404, "QUERY_CODE");
    const char *wrong = client_between(nobody, "\"title\":\"", "\"");
    client_json(nobody, "/api/v1/progress",
                "{\"number\":\"421281101202202600001\",\"code\":\"AAAAAA\"}");
    expect_problem(nobody, 404, "QUERY_CODE"); /* nothing tells which of the two was wrong */
    EXPECT_STR(client_between(nobody, "\"title\":\"", "\""), wrong);
    test_app_stop(t);
}

static enum err to_the_chief(struct ctx *c, void *arg)
{
    static const struct sql SQL_DESK = {
        "UPDATE errand SET holder_cap = $3 WHERE county = $1 AND id = $2", NULL
    };
    const struct key *k = arg;
    return db_run(c, &SQL_DESK, IN(v_int(k->county), v_int(k->id), v_int(CAP_NO_ERRAND_DECIDE)));
}

TEST(of_two_who_decide_the_second_is_told_and_keeps_the_words)
{
    struct test_app *t = test_app_start();
    struct client *agent = worker(t, "agent", TEST_VILLAGE),
                  *one = worker(t, "chief", TEST_VILLAGE), *two = worker(t, "chief", TEST_VILLAGE);
    struct taken e = flow_take(agent, NULL, "王婆婆", "要办老人证", NULL);
    test_app_write(t, to_the_chief, &e.k);
    const char *path = flow_path(agent, "/errand/%s", e.key),
               *decide = flow_path(agent, "/errand/%s/decide", e.key);
    client_get(one, path);
    client_get(two, path);
    const char *page = two->form;
    client_submit(one, decide, "words", "同意办理", "decision", "granted", NULL);
    EXPECT_GOES(one, "/errand/");
    client_submit(two, decide, "words", "不同意，材料不全", "decision", "refused", NULL);
    EXPECT_PAGE(two, 409, "刚才有人同时改了这条记录");
    EXPECT_HAS(two, "不同意，材料不全"); /* still there to be copied */
    EXPECT_HAS(two, "同意办理");         /* and what the other one did */
    const char *changed = (two->form = page, client_value(two, "changed"));
    client_json(two, flow_path(two, "/api/v1/errand/%s/decide", e.key),
                arena_printf(t->c.arena,
                             "{\"words\":\"不同意\",\"decision\":\"refused\",\"changed\":%s}",
                             changed));
    expect_problem(two, 409, "CONFLICT");
    test_app_stop(t);
}

/* ---- time ---- */
TEST(a_deadline_across_the_spring_festival_counts_its_working_days_only)
{
    struct test_app *t = test_app_start();
    struct client *cl;
    int32_t friday;
    CHECK(day_from_ymd(2026, 2, 13, &friday));
    test_app_clock(t, ms_of_day(friday) + INT64_C(10) * 3600000);
    cl = worker(t, "agent", TEST_VILLAGE);
    /* Saturday 14 is worked, 15 to 23 are holidays: 14, 24, 25 */
    flow_intake(cl, "王婆婆", "elder.card", "要办老人证", TEST_VILLAGE);
    EXPECT_PAGE(cl, 200, "2月25日");
    const char *key = flow_take(cl, NULL, "王婆婆", "要办老人证", NULL).key;
    client_get(cl, flow_path(cl, "/errand/%s", key));
    EXPECT_PAGE(cl, 200, "2月25日");
    EXPECT_HAS_NOT(cl, "2月16日");
    test_app_stop(t);
}

/* ---- certificates ---- */
TEST(a_certificate_that_must_not_be_issued_shows_where_to_go)
{
    struct test_app *t = test_app_start();
    struct client *cl = worker(t, "agent", TEST_VILLAGE);
    struct key k = test_app_person(t, TEST_VILLAGE, "周某某", NULL, NULL);
    const char *key = arena_copy(t->c.arena, key_text(&t->c, k));
    client_get(cl, "/certificates/kinship/write");
    EXPECT_PAGE(cl, 409, "公安派出所或者公证处");
    EXPECT_HAS(cl, "户口簿");
    client_post(cl, "/certificates/kinship/write", "person", key, NULL);
    EXPECT_PAGE(cl, 409, "公安派出所或者公证处");
    client_json(cl, "/api/v1/certificates/kinship/write",
                arena_printf(t->c.arena, "{\"person\":\"%s\"}", key));
    expect_problem(cl, 409, "CERT_MUST_NOT");
    test_app_stop(t);
}

/* ---- files ---- */
static void upload(struct client *cl, const char *name, const char *bytes)
{
    struct arena *a = cl->t->c.arena;
    const char *token = "";
    for (size_t i = 0; i < CLIENT_COOKIES_MAX; i++)
        if (cl->cookies[i] && str_eq(cl->cookie_names[i], "xy"))
            token = cl->cookies[i];
    client_request(cl, "POST", "/admin/calendar/preview",
                   "Content-Type: multipart/form-data; boundary=b0undary\r\n",
                   arena_printf(a,
                                "--b0undary\r\nContent-Disposition: form-data; name=\"csrf\"\r\n"
                                "\r\n%s\r\n--b0undary\r\nContent-Disposition: form-data; "
                                "name=\"file\"; filename=\"%s\"\r\nContent-Type: text/csv\r\n"
                                "\r\n%s\r\n--b0undary--\r\n",
                                flow_csrf(cl), name, bytes));
    CHECK(*token);
}

TEST(files_that_are_empty_or_huge_or_not_what_they_say_are_refused_in_words)
{
    struct test_app *t = test_app_start();
    struct client *cl = worker(t, "sysadmin", TEST_COUNTY);
    upload(cl, "2027.csv", "");
    EXPECT_PAGE(cl, 422, "这个文件是空的");
    char *huge = arena_alloc(t->c.arena, 70000);
    memset(huge, 'x', 69999);
    upload(cl, "2027.csv", huge);
    EXPECT(cl->status == 413 || cl->status == 422);
    EXPECT_HAS(cl, "文件太大了");
    upload(cl, "2027.csv", "%PDF-1.7 not a calendar");
    EXPECT_PAGE(cl, 422, "格式不对");
    upload(cl, "../../etc/cron.d/x<script>.csv", "day,kind,name\n2027-01-01,feast,x\n");
    EXPECT_PAGE(cl, 422, "格式不对");
    EXPECT_HAS_NOT(cl, "<script>.csv");
    test_app_stop(t);
}
