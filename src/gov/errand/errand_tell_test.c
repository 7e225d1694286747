/* SPDX-License-Identifier: Apache-2.0
 * errand_tell_test.c - a resident hears of each step once, in words that shame nobody, on the way
 * they want; what fails becomes a call, and what is no longer true is not told. */
#include "core/day.h"
#include "core/text.h"
#include "crypto/signer.h"
#include "gov/errand/errand_tell.h"
#include "kernel/calendar/calendar.h"
#include "kernel/notice/letter.h"
#include "kernel/notice/words.h"
#include "kernel/place/place.h"
#include "kernel/rule/rule.h"
#include "kernel/todo/todo.h"
#include "store/migrate.h"
#include "store/setting.h"
#include "test_app.h"
#include "test_db.h"

/* ---- the table and other pure rules ---- */
TEST(every_step_a_resident_should_hear_of_has_one_row)
{
    static const enum errand_event silent[] = { EV_HAND, EV_RESUME, EV_REVISIT, EV_ARCHIVE };
    for (int ev = 0; ev < ERRAND_EVENTS; ev++)
        for (int refused = 0; refused < 2; refused++) {
            struct errand e = { .channel = "web", .decision = refused ? "refused" : "granted" };
            size_t rows = 0;
            bool there, quiet = false;
            for (size_t i = 0; i < tell_rows_count; i++)
                for (size_t k = 0; k < tell_rows[i].n_on; k++)
                    rows += (int)tell_rows[i].on[k].ev == ev &&
                            (!*tell_rows[i].decision || str_eq(tell_rows[i].decision, e.decision));
            for (size_t i = 0; i < COUNT(silent); i++)
                quiet = quiet || (int)silent[i] == ev;
            if (ev == EV_REFUSE && !refused)
                continue; /* sets the decision itself */
            EXPECT_EQ(rows, quiet ? 0 : 1);
            EXPECT_EQ(tell_row_of(&e, (enum errand_event)ev, &there) != NULL, !quiet);
        }
    for (size_t i = 0; i < tell_rows_count; i++)
        EXPECT(tell_row_named(tell_rows[i].event) == &tell_rows[i]);
}

TEST(whoever_stood_there_is_not_called_to_be_told_the_same)
{
    struct errand e = { .channel = "window", .decision = "" };
    bool there;
    EXPECT(tell_row_of(&e, EV_TELL, &there) && there);
    EXPECT(tell_row_of(&e, EV_ASK_MORE, &there) && !there);
    EXPECT(tell_row_of(&e, EV_DELIVER, &there) && there);
    e.channel = "web";
    EXPECT(tell_row_of(&e, EV_TELL, &there) && !there);
    EXPECT(tell_row_of(&e, EV_DELIVER, &there) && there);
}

TEST(the_channel_is_the_resident_s_choice_where_it_can_be)
{
    static const char *const ways[] = { "sms", "call", "letter", "none", "" };
    for (size_t w = 0; w < COUNT(ways); w++)
        for (unsigned bits = 0; bits < 32; bits++) {
            struct tell_known k = { .way = ways[w],
                                    .phone = bits & 1,
                                    .gateway = bits & 2,
                                    .agrees = bits & 4,
                                    .gone = bits & 8,
                                    .there = bits & 16 };
            enum tell_channel got = tell_channel_of(&k);
            EXPECT_EQ(got == TELL_SKIP, str_eq(ways[w], "none"));
            EXPECT_EQ(got == TELL_SMS,
                      str_eq(ways[w], "sms") && k.phone && k.gateway && k.agrees && !k.gone);
            EXPECT(IMPLIES(got == TELL_PRINT, str_eq(ways[w], "letter") && !k.gone && !k.there));
            EXPECT(IMPLIES(got == TELL_FACE, k.there));
            EXPECT(IMPLIES(got == TELL_MOUTH, !k.there));
        }
}

TEST(papers_are_named_as_far_as_there_is_room)
{
    static const char *const names[] = { "户口簿", "一寸照片", "银行卡" };
    struct arena *a = arena_new(ARENA_LIMIT);
    EXPECT_STR(tell_papers(a, names, 0, 20), "");
    EXPECT_STR(tell_papers(a, names, 3, 20), "户口簿、一寸照片、银行卡");
    EXPECT_STR(tell_papers(a, names, 3, 11), "户口簿等 3 样");
    EXPECT_STR(tell_papers(a, names, 3, 2), "3 样材料");
    for (size_t max = 5; max < 20; max++)
        EXPECT(text_length(tell_papers(a, names, 3, max)) <= (max < 8 ? 8 : max));
    arena_free(a);
}

TEST(words_that_shame_are_found_wherever_they_stand)
{
    struct arena *a = arena_new(ARENA_LIMIT);
    EXPECT(tell_shames(a, "低保、特困、残疾", "低保或特困证件"));
    EXPECT(tell_shames(a, "低保、特困、残疾", "困难残疾人生活补贴"));
    EXPECT(!tell_shames(a, "低保、特困、残疾", "户口簿"));
    EXPECT(!tell_shames(a, "", "低保") && !tell_shames(a, "、、", "低保、"));
    EXPECT(!tell_shames(a, "低保", ""));
    EXPECT_STR(tell_papers(a, (const char *const[]){ "低保证", "照片" }, 2, 0), "2 样材料");
    arena_free(a);
}

TEST(a_hole_nobody_knows_never_reaches_a_resident)
{
    static const struct hole holes[] = { { "item", "老年人优待证" }, { "empty", NULL } };
    struct arena *a = arena_new(ARENA_LIMIT);
    EXPECT_STR(words_fill(a, "您的{item}好了{empty}。", holes, 2), "您的老年人优待证好了。");
    EXPECT_STR(words_fill(a, "{name}的{item}", holes, 2), "的老年人优待证");
    EXPECT_STR(words_fill(a, "好了{item", holes, 2), "好了老年人优待证");
    EXPECT_STR(words_fill(a, "好了{", holes, 2), "好了");
    EXPECT_STR(words_fill(a, "", holes, 2), "");
    arena_free(a);
}

/* ---- on both engines ---- */
static const uint8_t master[SIGNER_KEY_BYTES] = "a key of the tests of telling";
static const struct right everything = { .caps = 0x7fffffff, .place = "" };
static const struct right agent = { .caps = CAP_ERRAND_TAKE | CAP_ERRAND_READ,
                                    .place = TEST_VILLAGE };

static void world(struct ctx *c)
{
    struct place_import places;
    struct item_import items;
    int64_t rows;
    EXPECT_EQ(migrate(c), OK);
    c->signer = signer_local(master);
    c->now_ms = ms_of_day(20780) + INT64_C(9) * 3600 * 1000; /* Monday 2026-11-23 */
    c->account_id = -1;
    c->rights = &everything;
    c->n_rights = 1;
    EXPECT_EQ(place_import(c, "data/xianning-places.csv", &places), OK);
    EXPECT_EQ(calendar_import(c, "data/calendar.csv", &rows), OK);
    EXPECT_EQ(rule_import(c, "data/rules.csv", &rows), OK);
    EXPECT_EQ(rule_import(c, "data/words.csv", &rows), OK);
    EXPECT_EQ(item_import(c, "data", &items), OK);
    EXPECT_EQ(setting_set(c, "gateway_url", "http://127.0.0.1:9/"), OK);
}

static void world_end(struct ctx *c)
{
    signer_free(c->signer);
    c->signer = NULL;
}

TEST_DB(every_event_has_its_words_for_each_way)
{
    world(c);
    for (size_t i = 0; i < tell_rows_count; i++) {
        const char *event = tell_rows[i].event, *sms, *mouth;
        EXPECT_EQ(words_of(c, arena_printf(c->arena, "tell.%s.sms", event), TEST_VILLAGE, "", &sms),
                  OK);
        EXPECT_EQ(
            words_of(c, arena_printf(c->arena, "tell.%s.mouth", event), TEST_VILLAGE, "", &mouth),
            OK);
        ck_assert_msg(strstr(sms, "{item}") && strstr(sms, "{phone}"), "%s: %s", event, sms);
        ck_assert_msg(strstr(mouth, "{item}"), "%s: %s", event, mouth);
    }
    world_end(c);
}

static struct person resident(struct ctx *c, const char *phone)
{
    struct person p = { .place = TEST_VILLAGE,
                        .name = "王某某",
                        .grp = "三组",
                        .id_no = "110101199003074610",
                        .phone = phone };
    EXPECT_EQ(person_save(c, &p), OK);
    return p;
}

static enum err take(struct ctx *c, const struct person *p, const char *item, const char *way,
                     const char *phone, const char *paper, struct errand *e)
{
    struct item it;
    const char *code;
    TRY(item_current(c, item, &it));
    struct intake in = { .place = TEST_VILLAGE,
                         .person = p ? p->key : (struct key){ 0, 0 },
                         .who = "穿蓝衣的婆婆",
                         .phone = phone,
                         .tell = way,
                         .channel = "web",
                         .manner = "spoken",
                         .words = "帮我办一下",
                         .version = it.id,
                         .desk = { TEST_VILLAGE, CAP_NO_ERRAND_TAKE, 0 } };
    for (size_t i = 0; i < COUNT(in.papers); i++)
        in.papers[i] = paper;
    return errand_take(c, &in, e, &code);
}

static void step(struct ctx *c, struct errand *e, enum errand_event ev, const char *more)
{
    c->now_ms += 60 * 1000;
    EXPECT_EQ(errand_step(c, e, ev, "因为低保户王某某欠费", more), OK);
    bool told;
    size_t n, again;
    struct told *all;
    EXPECT_EQ(errand_told_list(c, e, &all, &n), OK);
    EXPECT_EQ(errand_tell(c, e, ev, ""), OK); /* whatever runs twice tells once */
    EXPECT_EQ(errand_tell_event(c, e, n ? all[n - 1].event : "late", &told), OK);
    EXPECT_EQ(errand_told_list(c, e, &all, &again), OK);
    EXPECT(again == n || n == 0);
}

static size_t times(struct ctx *c, const struct errand *e, const char *event)
{
    struct told *all;
    size_t n, found = 0;
    EXPECT_EQ(errand_told_list(c, e, &all, &n), OK);
    for (size_t i = 0; i < n; i++)
        found += str_eq(all[i].event, event);
    return found;
}

static const struct told *newest(struct ctx *c, const struct errand *e)
{
    struct told *all;
    size_t n;
    EXPECT_EQ(errand_told_list(c, e, &all, &n), OK);
    EXPECT(n > 0);
    return &all[n - 1];
}

static int64_t waiting(struct ctx *c)
{
    struct outbox_state s;
    EXPECT_EQ(outbox_state(c, &s), OK);
    return s.waiting;
}

static void expect_decent(struct ctx *c, const struct errand *e)
{
    struct told *all;
    size_t n;
    EXPECT_EQ(errand_told_list(c, e, &all, &n), OK);
    for (size_t i = 0; i < n; i++) {
        EXPECT_STR(all[i].channel, "sms");
        ck_assert_msg(text_length(all[i].words) <= SMS_CHARS_MAX, "%s", all[i].words);
        EXPECT(!strstr(all[i].words, "王某某") && !strstr(all[i].words, "低保"));
        EXPECT(!strstr(all[i].words, "110101") && !strchr(all[i].words, '{'));
    }
}

TEST_DB(each_event_is_told_once_in_each_of_its_turns)
{
    struct person p;
    struct errand e;
    bool told;
    world(c);
    p = resident(c, "13912345678");
    EXPECT_EQ(take(c, &p, "elder.allowance", "sms", NULL, "missing", &e), OK);
    EXPECT_EQ(times(c, &e, "missing"), 1);
    step(c, &e, EV_COMPLETE, "");
    EXPECT_EQ(times(c, &e, "accepted"), 1);
    step(c, &e, EV_ASK_MORE, "一寸照片");
    EXPECT_EQ(times(c, &e, "missing"), 2);
    EXPECT(strstr(newest(c, &e)->words, "一寸照片"));
    step(c, &e, EV_COMPLETE, "");
    EXPECT_EQ(times(c, &e, "accepted"), 1); /* known already */
    for (int i = 1; i <= 2; i++) {
        step(c, &e, EV_SUSPEND, "");
        EXPECT_EQ(times(c, &e, "paused"), i);
        step(c, &e, EV_RESUME, "");
    }
    c->now_ms += INT64_C(40) * DAY_MS;
    EXPECT_EQ(errand_tick(c, NULL), OK);
    EXPECT_EQ(errand_tick(c, NULL), OK);
    EXPECT_EQ(errand_load_any(c, e.key, &e), OK);
    EXPECT_EQ(times(c, &e, "late"), 1);
    step(c, &e, EV_DECIDE, "granted");
    EXPECT_EQ(times(c, &e, "granted"), 1);
    EXPECT_EQ(errand_tell_event(c, &e, "ready", &told), OK);
    EXPECT(told);
    EXPECT_EQ(errand_tell_event(c, &e, "ready", &told), OK);
    EXPECT(!told);
    int64_t before = waiting(c);
    step(c, &e, EV_CORRECT, ""); /* nothing that waited is true any more; one new message */
    EXPECT_EQ(times(c, &e, "corrected"), 1);
    EXPECT(waiting(c) == 1 && before > 2);
    step(c, &e, EV_DECIDE, "refused");
    EXPECT_EQ(times(c, &e, "refused"), 1);
    step(c, &e, EV_CORRECT, "");
    step(c, &e, EV_DECIDE, "granted");
    EXPECT_EQ(times(c, &e, "granted"), 2); /* a new decision is news */
    step(c, &e, EV_DELIVER, "送到家");
    EXPECT_EQ(times(c, &e, "delivered"), 1);
    step(c, &e, EV_REOPEN, "");
    EXPECT_EQ(times(c, &e, "reopened"), 1);
    step(c, &e, EV_DECIDE, "granted");
    step(c, &e, EV_DELIVER, "送到家");
    EXPECT_EQ(times(c, &e, "granted"), 3);
    EXPECT_EQ(times(c, &e, "delivered"), 2);
    expect_decent(c, &e);
    world_end(c);
}

TEST_DB(what_ends_an_errand_is_told_too_and_shames_nobody)
{
    static const struct {
        enum errand_event ev;
        const char *event, *more;
    } ends[] = { { EV_WITHDRAW, "withdrawn", "" },
                 { EV_REDIRECT, "redirected", "赤壁市民政局" },
                 { EV_DECIDE, "refused", "refused" } };
    struct person p;
    world(c);
    p = resident(c, "13912345678");
    for (size_t i = 0; i < COUNT(ends); i++) {
        struct errand e;
        EXPECT_EQ(take(c, &p, "disability.card", "sms", NULL, "here", &e), OK);
        EXPECT_EQ(times(c, &e, "accepted"), 1);
        EXPECT(!strstr(newest(c, &e)->words, "残疾")); /* others read it too */
        EXPECT(strstr(newest(c, &e)->words, "那件事") && strstr(newest(c, &e)->words, e.number));
        step(c, &e, ends[i].ev, ends[i].more);
        EXPECT_EQ(times(c, &e, ends[i].event), 1);
        expect_decent(c, &e);
    }
    struct errand e;
    EXPECT_EQ(take(c, &p, "elder.care_allowance", "sms", NULL, "missing", &e), OK);
    expect_decent(c, &e);
    EXPECT(!strstr(newest(c, &e)->words, "失能") && strstr(newest(c, &e)->words, "样材料"));
    world_end(c);
}

TEST_DB(whoever_wants_to_hear_nothing_is_told_nothing)
{
    struct person p;
    struct errand e;
    struct told *all;
    size_t n;
    bool told;
    world(c);
    p = resident(c, "13912345678");
    EXPECT_EQ(take(c, &p, "elder.allowance", "none", NULL, "here", &e), OK);
    EXPECT_EQ(errand_step(c, &e, EV_DECIDE, "同意", "granted"), OK);
    EXPECT_EQ(errand_tell_event(c, &e, "ready", &told), OK);
    EXPECT(!told);
    EXPECT_EQ(errand_told_list(c, &e, &all, &n), OK);
    EXPECT_EQ(n, 0);
    EXPECT_EQ(waiting(c), 0);
    world_end(c);
}

/* ---- the number ---- */
TEST_DB(an_errand_s_number_is_the_one_given_for_it_else_the_person_s_own)
{
    struct person p, silent = { .place = TEST_VILLAGE, .name = "李某某", .grp = "一组" };
    struct errand e;
    const char *phone;
    world(c);
    p = resident(c, "13912345678");
    EXPECT_EQ(person_save(c, &silent), OK);
    EXPECT_EQ(take(c, &p, "elder.card", NULL, NULL, "here", &e), OK);
    EXPECT_STR(e.tell, "sms"); /* a known telephone */
    EXPECT_EQ(errand_phone(c, &e, NULL, &phone), OK);
    EXPECT_STR(phone, "13912345678");
    EXPECT_EQ(take(c, &p, "elder.card", "sms", "13912345678", "here", &e), OK);
    EXPECT_EQ(e.contact_sealed.len, 0); /* their own is kept once */
    EXPECT_EQ(take(c, &p, "elder.card", "call", "0715-5501234", "here", &e), OK);
    EXPECT_EQ(errand_load_any(c, e.key, &e), OK);
    EXPECT_EQ(errand_phone(c, &e, NULL, &phone), OK);
    EXPECT_STR(phone, "0715-5501234");
    EXPECT_EQ(errand_tell_change(c, &e, "sms", "13912345678"), OK);
    EXPECT_EQ(errand_load_any(c, e.key, &e), OK);
    EXPECT_STR(e.tell, "sms");
    EXPECT_EQ(e.contact_sealed.len, 0);
    EXPECT_EQ(take(c, &silent, "elder.card", "", "", "here", &e), OK);
    EXPECT_STR(e.tell, "call");
    EXPECT_EQ(errand_phone(c, &e, NULL, &phone), OK);
    EXPECT_STR(phone, "");
    EXPECT_EQ(take(c, NULL, "elder.card", NULL, "13812340000", "here", &e), OK);
    EXPECT_STR(e.tell, "sms");
    EXPECT_EQ(errand_phone(c, &e, NULL, &phone), OK);
    EXPECT_STR(phone, "13812340000");
    struct ctx probe = *c;
    EXPECT_EQ(take(&probe, &silent, "elder.card", "sms", "", "here", &e), E_BAD_INPUT);
    world_end(c);
}

/* ---- by mouth ---- */
static struct todo *call_of(struct ctx *c)
{
    struct ctx own = *c;
    struct todo *all;
    size_t n;
    own.account_id = 77;
    own.rights = &agent;
    own.n_rights = 1;
    EXPECT_EQ(todo_mine(&own, &all, &n), OK);
    for (size_t i = 0; i < n; i++)
        if (str_eq(all[i].flow, "errand-tell"))
            return &all[i];
    return NULL;
}

TEST_DB(a_call_is_made_until_somebody_answers_and_then_somebody_goes_there)
{
    struct person p;
    struct errand e;
    struct outbox_row *letters;
    size_t n;
    world(c);
    p = resident(c, "13912345678");
    EXPECT_EQ(take(c, &p, "elder.allowance", "call", NULL, "here", &e), OK);
    EXPECT(call_of(c) && str_starts(call_of(c)->title, "打电话告诉"));
    EXPECT_EQ(errand_told_mouth(c, &e, true), OK);
    EXPECT(call_of(c) == NULL);
    struct ctx probe = *c;
    EXPECT_EQ(errand_told_mouth(&probe, &e, true), E_CONFLICT); /* nothing open */
    EXPECT_EQ(errand_step(c, &e, EV_DECIDE, "年龄不到", "refused"), OK);
    EXPECT(
        strstr(newest(c, &e)->words, "年龄不到")); /* by mouth the reason is said, and the way on */
    EXPECT(strstr(newest(c, &e)->words, "行政复议"));
    for (int i = 0; i < 3; i++) {
        EXPECT(str_starts(call_of(c)->title, "打电话告诉"));
        EXPECT_EQ(errand_told_mouth(c, &e, false), OK);
    }
    EXPECT(str_starts(call_of(c)->title, "上门告诉"));
    EXPECT_STR(told_zh(c, newest(c, &e)), "没联系上 3 次");
    EXPECT_EQ(errand_told_letter(c, &e), OK);
    EXPECT(call_of(c) == NULL);
    EXPECT_EQ(letters_of(c, TEST_VILLAGE, true, 0, &letters, &n), OK);
    EXPECT_EQ(n, 1);
    EXPECT(strstr(letters[0].words, "王某某：") && strstr(letters[0].words, "年龄不到"));
    EXPECT_EQ(letter_sent(c, &letters[0]), OK);
    EXPECT_STR(told_zh(c, newest(c, &e)), "信送出去了");
    EXPECT_EQ(letter_sent(&probe, &letters[0]), E_CONFLICT);
    EXPECT_EQ(letter_again(c, &letters[0]), OK);
    EXPECT_STR(newest(c, &e)->state, "waiting");
    world_end(c);
}

static void fail_message(struct ctx *c, const char *why)
{
    struct outbox_row *rows;
    size_t n;
    EXPECT_EQ(outbox_due(c, &rows, &n), OK);
    EXPECT_EQ(n, 1);
    EXPECT_EQ(outbox_result(c, &rows[0], why, *why != '\0'), OK);
}

TEST_DB(a_message_that_fails_becomes_a_call)
{
    struct person p;
    struct errand e;
    struct outbox_state s;
    world(c);
    p = resident(c, "13912345678");
    EXPECT_EQ(take(c, &p, "elder.allowance", "sms", NULL, "here", &e), OK);
    EXPECT(call_of(c) == NULL);
    fail_message(c, "HTTP 422"); /* no such number */
    EXPECT(call_of(c) != NULL);
    EXPECT_STR(told_zh(c, newest(c, &e)), "短信没发出去，要打电话或当面告诉");
    EXPECT_EQ(outbox_state(c, &s), OK);
    EXPECT_EQ(outbox_again(c, s.troubled[0].id), OK);
    EXPECT(call_of(c) != NULL); /* until it has really gone */
    fail_message(c, "");
    EXPECT(call_of(c) == NULL);
    EXPECT_STR(newest(c, &e)->state, "sent");
    EXPECT_EQ(errand_step(c, &e, EV_DECIDE, "次月起发放", "granted"), OK);
    EXPECT_EQ(consent_withdraw(c, p.key, "tell"), OK); /* what still waits is not sent */
    EXPECT(call_of(c) != NULL);
    EXPECT_EQ(errand_told_mouth(c, &e, true), OK);
    EXPECT_EQ(errand_step(c, &e, EV_CORRECT, "写错了", ""), OK);
    EXPECT_STR(newest(c, &e)->channel, "mouth"); /* no consent, no message */
    world_end(c);
}

TEST_DB(what_was_on_its_way_when_it_was_taken_back_is_not_hidden)
{
    struct person p;
    struct errand e;
    struct outbox_row *rows;
    size_t n;
    world(c);
    p = resident(c, "13912345678");
    for (int sent = 0; sent < 2; sent++) {
        EXPECT_EQ(take(c, &p, "elder.allowance", "sms", NULL, "here", &e), OK);
        EXPECT_EQ(outbox_due(c, &rows, &n), OK);
        EXPECT_EQ(errand_step(c, &e, EV_WITHDRAW, "不办了", ""), OK);
        EXPECT_EQ(outbox_result(c, &rows[n - 1], sent ? "" : "HTTP 422", true), OK);
        struct told *all;
        EXPECT_EQ(errand_told_list(c, &e, &all, &n), OK);
        EXPECT_EQ(n, 2);
        for (size_t i = 0; i < n; i++)
            if (str_eq(all[i].event, "accepted"))
                EXPECT_STR(all[i].state, sent ? "sent" : "dropped");
        EXPECT(call_of(c) == NULL);
    }
    world_end(c);
}

TEST_DB(the_dead_get_no_messages_and_their_family_is_told)
{
    struct person p;
    struct errand e;
    const char *phone;
    world(c);
    p = resident(c, "13912345678");
    EXPECT_EQ(take(c, &p, "elder.allowance", "sms", NULL, "here", &e), OK);
    EXPECT_EQ(person_load(c, p.key, &p), OK);
    EXPECT_EQ(person_died(c, &p, day_of_ms(c->now_ms)), OK);
    EXPECT(call_of(c) != NULL);
    EXPECT_EQ(errand_phone(c, &e, NULL, &phone), OK);
    EXPECT_STR(phone, "");
    EXPECT_EQ(errand_step(c, &e, EV_DECIDE, "同意", "granted"), OK);
    EXPECT_STR(newest(c, &e)->channel, "mouth");
    struct person other = { .place = TEST_VILLAGE, .name = "李某某", .grp = "一组" };
    struct outbox_row *letters;
    size_t n;
    EXPECT_EQ(person_save(c, &other), OK);
    EXPECT_EQ(take(c, &other, "elder.allowance", "letter", NULL, "here", &e), OK);
    EXPECT_EQ(person_load(c, other.key, &other), OK);
    EXPECT_EQ(person_died(c, &other, day_of_ms(c->now_ms)), OK);
    EXPECT_EQ(letters_of(c, TEST_VILLAGE, true, 0, &letters, &n), OK);
    EXPECT_EQ(n, 0); /* no letter to the dead */
    EXPECT_STR(newest(c, &e)->state, "open");
    world_end(c);
}

TEST_DB(a_letter_goes_where_the_resident_lives_now)
{
    struct person p;
    struct errand e;
    struct outbox_row *letters;
    size_t n;
    char *address;
    world(c);
    p = resident(c, NULL);
    EXPECT_EQ(take(c, &p, "elder.allowance", "letter", NULL, "here", &e), OK);
    EXPECT_EQ(letters_of(c, TEST_VILLAGE, true, 0, &letters, &n), OK);
    EXPECT_EQ(n, 1);
    EXPECT_EQ(field_open(c, "outbox.target", letters[0].target_sealed, &address), OK);
    EXPECT_STR(address, "赤壁市赵李桥镇柳林村三组\n王某某　收");
    EXPECT_EQ(person_load(c, p.key, &p), OK);
    EXPECT_EQ(person_moved(c, &p, day_of_ms(c->now_ms), "武汉市洪山区 1 号"), OK);
    EXPECT_EQ(letters_of(c, TEST_VILLAGE, true, 0, &letters, &n), OK);
    EXPECT_EQ(n, 1); /* the one that waited was written anew */
    EXPECT_EQ(field_open(c, "outbox.target", letters[0].target_sealed, &address), OK);
    EXPECT_STR(address, "武汉市洪山区 1 号\n王某某　收");
    EXPECT_EQ(errand_step(c, &e, EV_DECIDE, "同意", "granted"), OK);
    EXPECT_EQ(letters_of(c, TEST_VILLAGE, true, 0, &letters, &n), OK);
    EXPECT_EQ(n, 2);
    EXPECT(letters[0].id > letters[1].id);
    EXPECT_EQ(field_open(c, "outbox.target", letters[0].target_sealed, &address), OK);
    EXPECT_STR(address, "武汉市洪山区 1 号\n王某某　收");
    world_end(c);
}

TEST_DB(an_instance_without_the_texts_still_works)
{
    static const struct sql NO_TEXTS = { "DELETE FROM rule WHERE unit = 'text'", NULL };
    struct person p;
    struct errand e;
    world(c);
    p = resident(c, "13912345678");
    EXPECT_EQ(db_run(c, &NO_TEXTS, IN_NONE), OK);
    EXPECT_EQ(take(c, &p, "elder.allowance", "sms", NULL, "here", &e), OK);
    EXPECT_STR(newest(c, &e)->words, "您要办的高龄津贴申请：受理了");
    world_end(c);
}

static enum err decide(struct ctx *c, void *arg)
{
    const struct key *k = arg;
    struct errand e;
    TRY(errand_load_any(c, *k, &e));
    return errand_step(c, &e, EV_DECIDE, "同意", "granted");
}

/* A step and what is told of it are there together, or neither is. */
TEST_DB(a_fault_never_leaves_a_step_without_its_message)
{
    struct person p;
    struct errand e;
    int faults = 0;
    world(c);
    p = resident(c, "13912345678");
    FAULT_LOOP() {
        int countdown = fault_countdown;
        fault_off();
        EXPECT_EQ(take(c, &p, "elder.allowance", "sms", NULL, "here", &e), OK);
        int64_t before = waiting(c);
        fault_countdown = countdown;
        enum err err = tx_run(c, "decide", decide, &e.key);
        fault_off();
        faults += err != OK;
        EXPECT_EQ(errand_load_any(c, e.key, &e), OK);
        EXPECT_STR(e.state, err ? "in_hand" : "decided");
        EXPECT_EQ(times(c, &e, "granted"), err ? 0 : 1);
        EXPECT_EQ(waiting(c), before + (err ? 0 : 1));
    }
    EXPECT(faults > 10);
    world_end(c);
}
