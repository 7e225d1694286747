/* SPDX-License-Identifier: Apache-2.0
 * place_change_test.c - places that get another name and villages that become one: the name of the
 * day, what moves, and that nothing is lost or mixed up; on both engines and through the pages. */
#include "core/day.h"
#include "crypto/signer.h"
#include "flows.h"
#include "kernel/body/body.h"
#include "kernel/notice/notice.h"
#include "kernel/person/person.h"
#include "kernel/place/place.h"
#include "kernel/post/post.h"
#include "kernel/todo/todo.h"
#include "store/migrate.h"
#include "test_app.h"
#include "test_db.h"

#define NOW      INT64_C(1795395600000) /* 2026-11-23 09:00 */
#define OLD      TEST_VILLAGE
#define NEW      TEST_VILLAGE_OTHER
#define DECISION "赤政函〔2026〕12 号"
static const struct right all_rights = { .caps = 0x7fffffff, .place = "" };
static const uint8_t master[SIGNER_KEY_BYTES] = { 7 };

static void begin(struct ctx *c)
{
    struct place_import n;
    EXPECT_EQ(migrate(c), OK);
    c->now_ms = NOW;
    c->rights = &all_rights;
    c->n_rights = 1;
    c->signer = signer_local(master);
    EXPECT_EQ(place_import(c, "data/xianning-places.csv", &n), OK);
}

TEST(a_villages_kind_follows_its_official_name)
{
    static const char *const names[][2] = {
        { "柳林村村委会", "village" },
        { "湖场村村委会", "village" },
        { "居安村村民委员会", "village" },
        { "高湖场村委会", "village" },
        { "温泉社区居委会", "community" },
        { "茶庵社区", "community" },
        { "黄龙林场", "farm" },
        { "林场生活区", "farm" },
        { "黄龙林场虚拟生活区", "virtual" },
    };
    struct ctx c = { .arena = arena_new(ARENA_LIMIT) };
    for (size_t i = 0; i < COUNT(names); i++)
        EXPECT_STR(place_kind_of(&c, names[i][0], PLACE_VILLAGE), names[i][1]);
    EXPECT_STR(place_kind_of(&c, "赵李桥镇", PLACE_TOWNSHIP), "");
    arena_free(c.arena);
}

TEST_DB(a_place_is_called_what_it_was_called_on_that_day)
{
    struct place p, *found;
    struct place_import n;
    size_t count;
    begin(c);
    int32_t today = day_of_ms(NOW);
    EXPECT_EQ(place_load(c, OLD, &p), OK);
    EXPECT_EQ(place_rename(c, &p, today + 5, "柳林社区居委会", DECISION), OK);
    EXPECT_STR(place_short_name(c, OLD), "柳林村");
    EXPECT_EQ(place_load(c, OLD, &p), OK);
    EXPECT_STR(p.kind, "village");
    EXPECT_EQ(place_rename(c, &p, today + 5, "别名村村委会", DECISION), E_BAD_INPUT);
    EXPECT_EQ(ctx_bad(c, "from"), E_RENAMED_LATER);
    EXPECT_EQ(place_rename(c, &p, today + 6, "柳林社区居委会", DECISION), E_BAD_INPUT);
    EXPECT_EQ(ctx_bad(c, "name"), E_SAME_NAME);
    c->now_ms = NOW + INT64_C(5) * DAY_MS;
    EXPECT_EQ(place_load(c, OLD, &p), OK);
    EXPECT_STR(p.short_name, "柳林社区");
    EXPECT_STR(p.kind, "community");
    EXPECT_STR(place_full_name(c, OLD), "赤壁市赵李桥镇柳林社区");
    EXPECT_STR(place_full_name_on(c, OLD, today + 4), "赤壁市赵李桥镇柳林村");
    EXPECT_EQ(place_find(c, "柳林村", TEST_COUNTY, &found, &count), OK);
    EXPECT(count == 1 && str_eq(found[0].code, OLD)); /* old people use the old name */
    EXPECT_STR(found[0].short_name, "柳林社区");
    EXPECT_EQ(place_import(c, "data/xianning-places.csv", &n), OK);
    EXPECT_STR(place_short_name(c, OLD), "柳林社区"); /* a list does not undo a decision */
    signer_free(c->signer);
}

TEST_DB(an_imported_name_keeps_the_one_before)
{
    struct place_import n;
    struct place_name *names;
    size_t count;
    begin(c);
    char path[] = "/tmp/xy-places-XXXXXX";
    int fd = mkstemp(path);
    EXPECT(fd >= 0);
    FILE *f = fdopen(fd, "w");
    fprintf(f, "code,level,parent,name\n" OLD ",5," TEST_TOWNSHIP ",新柳林村村委会\n");
    EXPECT_EQ(fclose(f), 0);
    EXPECT_EQ(place_import(c, path, &n), OK);
    EXPECT_EQ(place_import(c, path, &n), OK);
    EXPECT_EQ(remove(path), 0);
    EXPECT_STR(place_short_name(c, OLD), "新柳林村");
    EXPECT_EQ(place_names(c, OLD, &names, &count), OK);
    EXPECT_EQ(count, 1);
    EXPECT(str_starts(names[0].name, "柳林村"));
    signer_free(c->signer);
}

static struct place_merge merging(struct ctx *c, const char *from, const char *into)
{
    struct place_merge m = { .day = day_of_ms(c->now_ms), .decision = DECISION };
    EXPECT_EQ(place_load(c, from, &m.from), OK);
    EXPECT_EQ(place_load(c, into, &m.into), OK);
    return m;
}

TEST_DB(villages_merge_only_with_a_neighbour_once_and_not_ahead)
{
    begin(c);
    struct place_merge m = merging(c, OLD, NEW), far = merging(c, OLD, TEST_VILLAGE_FAR),
                       self = merging(c, OLD, OLD);
    EXPECT_EQ(place_merge_check(c, &far), E_BAD_INPUT);
    EXPECT_EQ(ctx_bad(c, "into"), E_MERGE_TOWNSHIP);
    c->bads = NULL;
    EXPECT_EQ(place_merge_check(c, &self), E_BAD_INPUT);
    EXPECT_EQ(ctx_bad(c, "into"), E_PLACE);
    m.day++;
    EXPECT_EQ(place_merge_check(c, &m), E_BAD_INPUT);
    EXPECT_EQ(ctx_bad(c, "from"), E_OUT_OF_RANGE);
    m.day--;
    EXPECT_EQ(place_merge(c, &m), OK);
    m = merging(c, OLD, NEW);
    EXPECT_EQ(place_merge(c, &m), E_PLACE_MERGED);
    m = merging(c, NEW, OLD);
    EXPECT_EQ(place_merge(c, &m), E_PLACE_MERGED); /* not around in a circle */
    signer_free(c->signer);
}

/* A slice that cannot move what it keeps. */
static bool refuses;
static enum err count_none(struct ctx *c, const char *place, int64_t *n)
{
    (void)c, (void)place;
    *n = 0;
    return OK;
}
static enum err refuse(struct ctx *c, const struct place_merge *m)
{
    (void)m;
    return refuses ? fail(c, E_IO, "the test's follower refuses") : OK;
}
static struct place_follower refusing = {
    .order = 99, .zh = "试验用的", .unit = "个", .count = count_none, .move = refuse
};
PLACE_FOLLOWER(refusing)

static enum err merge_in_tx(struct ctx *c, void *m)
{
    return place_merge(c, m);
}

TEST_DB(a_merger_that_fails_halfway_leaves_everything_as_it_was)
{
    begin(c);
    struct person p = { .place = OLD, .name = "王某某", .grp = "三组" };
    struct place old;
    EXPECT_EQ(person_save(c, &p), OK);
    struct place_merge m = merging(c, OLD, NEW);
    refuses = true;
    EXPECT_EQ(tx_run(c, "merge", merge_in_tx, &m), E_IO);
    EXPECT_EQ(person_load(c, p.key, &p), OK);
    EXPECT(str_eq(p.place, OLD) && str_eq(p.grp, "三组"));
    EXPECT_EQ(place_require(c, OLD, &old), OK);
    refuses = false;
    EXPECT_EQ(tx_run(c, "merge", merge_in_tx, &m), OK);
    EXPECT_EQ(person_load(c, p.key, &p), OK);
    EXPECT_STR(p.place, NEW);
    signer_free(c->signer);
}

static int64_t household_at(struct ctx *c, const char *place)
{
    int64_t id;
    EXPECT_EQ(household_take(c, place, "三组", "7 号", &id), OK);
    return id;
}

TEST_DB(doors_of_one_name_stay_two_and_work_sits_at_the_new_desk)
{
    struct person a = { .place = OLD, .name = "王某某", .grp = "三组" },
                  b = { .place = NEW, .name = "李某某", .grp = "三组" }, *home;
    struct todo t = { .key = { 421281, 5 },
                      .flow = "errand",
                      .place = OLD,
                      .title = "高龄津贴",
                      .line = "",
                      .link = "/",
                      .verb = "办" },
                *mine;
    struct notice say = { .key = { 421281, 0 }, .title = "看一看" }, *notes;
    struct post p = { .account = 7, .kind = "agent", .place = OLD, .decision = "任命" }, *posts;
    struct place *left, now;
    size_t n;
    begin(c);
    int32_t today = day_of_ms(NOW);
    a.household = household_at(c, OLD);
    b.household = household_at(c, NEW);
    EXPECT(a.household != b.household);
    EXPECT_EQ(person_save(c, &a), OK);
    EXPECT_EQ(person_save(c, &b), OK);
    t.desk = say.desk = desk_text(c, OLD, CAP_NO_VISIT, 0);
    EXPECT_EQ(todo_set(c, &t), OK);
    EXPECT_EQ(notice_add(c, &say), OK);
    p.from_day = today - 10;
    EXPECT_EQ(post_appoint(c, &p), OK);
    struct place_merge m = merging(c, OLD, NEW);
    EXPECT_EQ(place_merge(c, &m), OK);

    EXPECT_EQ(person_load(c, a.key, &a), OK);
    EXPECT_STR(a.place, NEW);
    EXPECT_STR(a.grp, "柳林村三组");
    struct household h;
    EXPECT_EQ(household_load(c, (struct key){ 421281, a.household }, &h), OK);
    EXPECT_STR(h.place, NEW);
    EXPECT_STR(h.grp, "柳林村三组");
    EXPECT_EQ(household_people(c, &a, &home, &n), OK);
    EXPECT_EQ(n, 0); /* not the neighbour of the other village */
    EXPECT_EQ(household_at(c, NEW), b.household);

    struct right r = { .caps = CAP_VISIT, .place = NEW };
    c->rights = &r;
    EXPECT_EQ(todo_mine(c, &mine, &n), OK);
    EXPECT(n == 1 && str_eq(mine[0].place, NEW));
    EXPECT_EQ(notice_mine(c, 0, &notes, &n), OK);
    EXPECT_EQ(n, 1);
    EXPECT_EQ(post_list(c, 7, today, &posts, &n), OK);
    EXPECT(n == 1 && str_eq(posts[0].place, NEW));
    EXPECT_EQ(post_list(c, 7, today - 1, &posts, &n), OK);
    EXPECT(n == 1 && str_eq(posts[0].place, OLD));
    EXPECT_EQ(place_now(c, OLD, &now), OK);
    EXPECT_STR(now.code, NEW);
    EXPECT_EQ(place_children(c, TEST_TOWNSHIP, &left, &n), OK);
    EXPECT_EQ(n, 11);
    signer_free(c->signer);
}

TEST_DB(bodies_of_one_code_become_one_and_others_move)
{
    struct body b = { .kind = "committee",
                      .code = "village_committee",
                      .name = "村委会",
                      .short_name = "村委会",
                      .phone = "",
                      .address = "",
                      .hours = "",
                      .was = "" },
                a, own, found;
    begin(c);
    a = own = b;
    own.code = "mediation";
    a.place = own.place = OLD;
    b.place = NEW;
    EXPECT_EQ(body_save(c, &a), OK);
    EXPECT_EQ(body_save(c, &b), OK);
    EXPECT_EQ(body_save(c, &own), OK);
    struct todo t = { .key = { 421281, 5 },
                      .flow = "errand",
                      .place = OLD,
                      .title = "x",
                      .line = "",
                      .link = "/",
                      .verb = "办" },
                *mine;
    size_t n;
    t.desk = desk_text(c, OLD, CAP_NO_VISIT, a.id);
    EXPECT_EQ(todo_set(c, &t), OK);
    struct place_merge m = merging(c, OLD, NEW);
    EXPECT_EQ(place_merge(c, &m), OK);
    EXPECT_EQ(body_load(c, (struct key){ a.county, a.id }, &found), OK);
    EXPECT(body_ended(&found, day_of_ms(NOW)) && found.successor == b.id);
    EXPECT_EQ(body_load(c, (struct key){ own.county, own.id }, &found), OK);
    EXPECT(str_eq(found.place, NEW) && !found.valid_to);
    struct right r = { .caps = CAP_VISIT, .place = NEW, .body_id = b.id };
    c->rights = &r;
    EXPECT_EQ(todo_mine(c, &mine, &n), OK);
    EXPECT_EQ(n, 1);
    signer_free(c->signer);
}

static struct client *worker(struct test_app *t, const char *kind, const char *place)
{
    struct client *cl = client_new(t);
    client_sign_in(cl, kind, place);
    return cl;
}

TEST(a_merged_village_leads_to_the_new_one_everywhere)
{
    struct test_app *t = test_app_start();
    struct client *agent = worker(t, "agent", OLD), *sys = worker(t, "sysadmin", TEST_COUNTY),
                  *all = client_new(t), *clerk = worker(t, "window", TEST_TOWNSHIP);
    struct key k = test_app_person(t, OLD, "王某某", NULL, NULL);
    struct taken taken = flow_take(agent, key_text(&t->c, k), NULL, "高龄津贴", NULL);
    client_get(all, "/start/elder.card?place=" OLD);
    client_get(sys, "/place/" OLD "/merge?into=" NEW);
    EXPECT_PAGE(sys, 200, "没办完的办件");
    EXPECT_HAS(sys, "1 件");
    EXPECT_HAS_NOT(sys, "王某某"); /* the administrator sees counts, no people */
    client_submit(sys, "/place/" OLD "/merge", "decision", "", NULL);
    EXPECT_PAGE(sys, 422, "这一项要填");
    client_submit(sys, "/place/" OLD "/merge", "decision", DECISION, NULL);
    EXPECT_GOES(sys, "/place/" NEW);
    client_follow(sys);
    EXPECT_PAGE(sys, 200, "并进来");

    const char *name = place_short_name(&t->c, NEW);
    client_get(all, "/village/" OLD);
    EXPECT_GOES(all, "/village/" NEW "?from=" OLD);
    client_follow(all);
    EXPECT_PAGE(all, 200, arena_printf(t->c.arena, "柳林村已并入%s", name));
    /* a form that was open before, sent now: nothing typed is lost, and it says where to */
    client_get(all, "/progress");
    client_post(all, "/progress", "number", taken.number, "code", taken.code, NULL);
    EXPECT_STATUS(all, 200);
    client_get(all, "/start/elder.card?place=" OLD);
    EXPECT_PAGE(all, 200, "已经不单独设村了");
    EXPECT_STR(client_value(all, "place"), NEW);
    client_submit(all, "/start/elder.card", "place", OLD, "who", "李某某", "phone", "13812341234",
                  "words", "要办老年证", NULL);
    EXPECT_PAGE(all, 422, "起并入");
    EXPECT_STR(client_value(all, "words"), "要办老年证");
    client_submit(all, "/start/elder.card", NULL);
    EXPECT_PAGE(all, 200, "收到了");
    client_json(clerk, "/api/v1/errand/new",
                "{\"place\":\"" OLD "\",\"channel\":\"window\",\"manner\":\"spoken\","
                "\"words\":\"走不动了\",\"item\":\"none\"}");
    EXPECT_PAGE(clerk, 422, "PLACE_MERGED");
    EXPECT_HAS(clerk, NEW);

    client_renew(agent); /* the post is at the new village now */
    client_get(agent, "/todo");
    EXPECT_PAGE(agent, 200, taken.key);
    client_get(agent, flow_path(agent, "/errand/%s", taken.key));
    EXPECT_PAGE(agent, 200, "编号不变");
    client_get(agent, arena_printf(t->c.arena, "/person/%s", key_text(&t->c, k)));
    EXPECT_PAGE(agent, 200, "柳林村三组");
    static const char *const lists[] = { "/errand?place=" OLD, "/care?place=" OLD,
                                         "/visits?place=" OLD, "/household?place=" OLD };
    for (size_t i = 0; i < COUNT(lists); i++) { /* kept by somebody as a bookmark */
        client_get(agent, lists[i]);
        EXPECT_PAGE(agent, 200, name);
    }
    client_get(sys, "/place/" OLD);
    EXPECT_PAGE(sys, 200, "这个村已经并走");
    test_app_stop(t);
}

TEST(only_the_system_administrator_changes_places)
{
    struct test_app *t = test_app_start();
    struct client *sys = worker(t, "sysadmin", TEST_COUNTY),
                  *office = worker(t, "office", TEST_COUNTY);
    client_get(office, "/place/" OLD);
    EXPECT_STATUS(office, 403);
    client_get(sys, "/place?q=柳林");
    EXPECT_PAGE(sys, 200, "/place/" OLD);
    client_get(sys, "/place/" OLD);
    client_submit(sys, "/place/" OLD "/rename", "name", "新柳林村村委会", "decision", DECISION,
                  NULL);
    EXPECT_GOES(sys, "/place/" OLD);
    client_get(sys, "/village/" OLD);
    EXPECT_PAGE(sys, 200, "新柳林村");
    client_get(sys, "/place/421222100200"); /* another county's: not there */
    EXPECT_STATUS(sys, 404);
    test_app_stop(t);
}
