/* SPDX-License-Identifier: Apache-2.0
 * announce_pages.c - writing an announcement from a pattern or freely, hearing how long it is,
 * marking it as read out, printing it. */
#include "core/day.h"
#include "kernel/body/body.h"
#include "kernel/calendar/calendar.h"
#include "kernel/notice/announce.h"
#include "kernel/notice/announce_tmpl.h"
#include "kernel/notice/words.h"
#include "kernel/place/place.h"
#include "kernel/print/print.h"

#define TO_FILL "（请填："
/* clang-format off */
static const char *const patterns[] = { "hours", "closed", "item", NULL };
static const char *const acts[] = { "look", "save", NULL };
static const struct field list_query[] = { { "place", F_PLACE, 0, 0, 0, NULL, "村" }, { "before", F_INT, 0, 0, INT64_MAX / 4, NULL, "从哪里接着看" } };
static const struct field new_query[] = { { "place", F_PLACE, 0, 0, 0, NULL, "村" }, { "from", F_CHOICE, 0, 0, 0, patterns, "样稿" }, { "item", F_TEXT, 0, 0, 60, NULL, "哪件事" }, { "who", F_TEXT, 0, 0, ANNOUNCE_WORDS_MAX, NULL, "谁能办" }, { "fee", F_TEXT, 0, 0, ANNOUNCE_WORDS_MAX, NULL, "收费" } };
static const struct field new_form[] = {
    { "place", F_PLACE,  F_REQUIRED, 0, 0, NULL, "村" },
    { "title", F_TEXT,   F_REQUIRED, 2, ANNOUNCE_TITLE_MAX, NULL, "标题" },
    { "words", F_LINES,  F_REQUIRED, 5, ANNOUNCE_WORDS_MAX, NULL, "念的话" },
    { "until", F_DATE,   F_REQUIRED, 0, 0, NULL, "挂到哪天" },
    { "act",   F_CHOICE, 0, 0, 0, acts, "先看看还是登出去" },
};
/* clang-format on */

static enum err place_asked(struct ctx *c, const struct form *f, const char **out)
{
    const char *place = form_text(f, "place"), *own = ctx_place(c, CAP_ANNOUNCE);
    struct place p;
    *out = *place ? place : strlen(own) == PLACE_CODE_MAX ? own : "";
    if (!**out)
        return OK;
    TRY(place_require(c, *out, &p));
    return p.level == PLACE_VILLAGE && ctx_may(c, CAP_ANNOUNCE, *out)
               ? OK
               : fail(c, E_NOT_FOUND, "announces nothing there");
}

/* A township announces for a village: which one? */
static enum err show_villages(struct ctx *c, struct req *r)
{
    struct announce_page v = { .place = ctx_place(c, CAP_ANNOUNCE) };
    struct place *villages;
    TRY(place_children(c, v.place, &villages, &v.n_villages));
    v.villages = villages;
    v.place_name = place_full_name(c, v.place);
    tmpl_announce_where(req_html(c, r), page_new(c, r, "公告和广播稿", "/announce", v.place_name),
                        &v);
    return OK;
}

static enum err get_list(struct ctx *c, struct req *r)
{
    struct announce_page v = { 0 };
    struct announcement *all;
    TRY(place_asked(c, r->form, &v.place));
    if (!*v.place)
        return show_villages(c, r);
    TRY(announce_list(c, v.place, form_int(r->form, "before"), &all, &v.n));
    v.all = all;
    if (r->api) {
        struct json *j = req_json(c, r);
        json_object_begin(j, NULL);
        json_array_begin(j, "announcements");
        for (size_t i = 0; i < v.n; i++) {
            json_object_begin(j, NULL);
            json_key(j, "key", all[i].key);
            json_text(j, "title", all[i].title);
            json_text(j, "words", all[i].words);
            json_int(j, "seconds", all[i].seconds);
            json_int(j, "read_out", all[i].read_times);
            json_object_end(j);
        }
        json_array_end(j);
        json_object_end(j);
        return OK;
    }
    v.place_name = place_full_name(c, v.place);
    tmpl_announcements(req_html(c, r), page_new(c, r, "公告和广播稿", "/announce", v.place_name),
                       &v);
    return OK;
}

/* ---- patterns ---- */
/* The next days off from today on, within a month: what a closing is announced for. */
static enum err next_holiday(struct ctx *c, int32_t *from, int32_t *to)
{
    enum { AHEAD = 31, WEEKEND = 2 };
    bool working, provisional;
    int32_t today = day_of_ms(c->now_ms);
    *from = *to = today + 1;
    for (int32_t day = today + 1; day < today + AHEAD; day = *to + 1) {
        for (*from = *to = day;; ++*to) {
            TRY(calendar_working(c, *to, &working, &provisional));
            if (working)
                break;
        }
        if (*to - *from > WEEKEND) {
            --*to;
            return OK;
        }
    }
    *from = *to = today + 1;
    return OK;
}

static enum err fill_pattern(struct ctx *c, const struct form *f, struct announce_page *v)
{
    const char *pattern = form_text(f, "from");
    static const char *const titles[][2] = { { "hours", "办事时间" },
                                             { "closed", "放假安排" },
                                             { "item", "新办的事" } };
    struct body b = { 0 };
    const char *words;
    int32_t from, to;
    struct ctx probe = *c;
    if (body_serving(&probe, "service_center", v->place, &b) != OK)
        b = (struct body){ .phone = "", .hours = "" };
    TRY(next_holiday(c, &from, &to));
    TRY(words_of(c, arena_printf(c->arena, "announce.%s", pattern), v->place, "乡亲们：", &words));
    const struct hole holes[] = { { "village", place_short_name(c, v->place) },
                                  { "hours", str_or(b.hours, TO_FILL "办事时间）") },
                                  { "phone", str_or(b.phone, TO_FILL "电话）") },
                                  { "from", day_zh(c->arena, from) },
                                  { "to", day_zh(c->arena, to) },
                                  { "item", str_or(form_text(f, "item"), TO_FILL "哪件事）") },
                                  { "who", str_or(form_text(f, "who"), TO_FILL "谁能办）") },
                                  { "fee", str_or(form_text(f, "fee"), TO_FILL "收不收费）") } };
    for (size_t i = 0; i < COUNT(titles); i++)
        if (str_eq(titles[i][0], pattern))
            v->title = titles[i][1];
    v->words = words_fill(c->arena, words, holes, COUNT(holes));
    return OK;
}

static enum err show_new(struct ctx *c, struct req *r, struct announce_page *v)
{
    v->place_name = place_full_name(c, v->place);
    tmpl_announce_new(req_html(c, r), page_new(c, r, "写公告", "/announce", v->place_name), v);
    return OK;
}

static enum err get_new(struct ctx *c, struct req *r)
{
    struct announce_page v = { .title = "", .words = "" };
    bool pattern = !r->error && form_has(r->form, "from");
    TRY(place_asked(c, r->form, &v.place));
    if (!*v.place)
        return show_villages(c, r);
    v.until = day_iso(c->arena, day_of_ms(c->now_ms) + ANNOUNCE_DAYS);
    if (pattern)
        TRY(fill_pattern(c, r->form, &v));
    return show_new(c, r, &v);
}

static enum err post_new(struct ctx *c, struct req *r)
{
    const struct form *f = r->form;
    struct announce_page v = { .title = form_text(f, "title"),
                               .words = form_text(f, "words"),
                               .until = form_raw(f, "until") };
    int64_t today = day_of_ms(c->now_ms), until = form_int(f, "until");
    TRY(place_asked(c, f, &v.place));
    if (until < today)
        return fail_field(c, "until", E_TIME_PAST);
    if (until > today + ANNOUNCE_DAYS_MAX)
        return fail_field(c, "until", E_OUT_OF_RANGE);
    if (strstr(v.words, TO_FILL)) /* a pattern's gap that nobody filled */
        return fail_field(c, "words", E_REQUIRED);
    if (str_eq(form_text(f, "act"), "look")) {
        TRY(words_seconds(c, v.words, v.place, &v.seconds));
        r->status = 200;
        return show_new(c, r, &v);
    }
    struct announcement a = {
        .place = v.place, .title = v.title, .words = v.words, .until_day = until
    };
    TRY(announce_add(c, &a));
    req_say(r, "登出去了，村主页上看得到。念过广播记得点一下。");
    return req_go(c, r, "/announce?place=%s", v.place);
}

static enum err post_read(struct ctx *c, struct req *r)
{
    struct announcement a;
    TRY(announce_load(c, r->key, &a));
    TRY(announce_read(c, &a));
    req_say(r, "记下了：念过一遍。");
    return req_go(c, r, "/announce?place=%s", a.place);
}

static enum err post_down(struct ctx *c, struct req *r)
{
    struct announcement a;
    TRY(announce_load(c, r->key, &a));
    TRY(announce_take_down(c, &a));
    req_say(r, "撤下了，村主页上不再显示。");
    return req_go(c, r, "/announce?place=%s", a.place);
}

static enum err get_poster(struct ctx *c, struct req *r)
{
    enum { TITLE_SIZE = 40, POSTER_SIZE = 26, SIGN_SIZE = 18 };
    struct announcement a;
    struct bytes pdf;
    TRY(announce_load(c, r->key, &a));
    struct paper *p = paper_new(c->arena, PAPER_A4);
    paper_gap(p, 10);
    paper_line(p, a.title, TITLE_SIZE, true, PAPER_CENTER);
    paper_gap(p, 8);
    paper_line(p, a.words, POSTER_SIZE, false, PAPER_LEFT);
    paper_gap(p, 8);
    paper_line(p, place_full_name(c, a.place), SIGN_SIZE, false, PAPER_RIGHT);
    paper_line(p, day_zh_full(c->arena, day_of_ms(a.at_ms)), SIGN_SIZE, false, PAPER_RIGHT);
    paper_gap(p, 6);
    paper_qr(p, page_url(c, r, arena_printf(c->arena, "/village/%s", a.place)), 35,
             "扫一扫，看村里的公告、代理员电话");
    paper_foot(p, app_conf(r->app)->demo ? "演示数据" : "");
    TRY(paper_pdf(c, p, &pdf));
    return req_file(r, pdf, "application/pdf", "公告.pdf", false);
}

/* clang-format off */
static const struct route routes[] = {
    { HTTP_GET,  "/announce",                  CAP_ANNOUNCE, R_API,  "公告和广播稿", get_list,   COLS(list_query), NULL, NULL },
    { HTTP_GET,  "/announce/new",              CAP_ANNOUNCE, 0,      "写公告页",     get_new,    COLS(new_query),  NULL, NULL },
    { HTTP_POST, "/announce/new",              CAP_ANNOUNCE, R_API,  "登公告",       post_new,   COLS(new_form),   NULL, get_new },
    { HTTP_POST, "/announce/{key}/read",       CAP_ANNOUNCE, R_API,  "广播念过了",   post_read,  NULL, 0,          NULL, NULL },
    { HTTP_POST, "/announce/{key}/down",       CAP_ANNOUNCE, R_API,  "撤下公告",     post_down,  NULL, 0,          NULL, NULL },
    { HTTP_GET,  "/announce/{key}/poster.pdf", CAP_ANNOUNCE, R_POOL, "公告张贴稿",   get_poster, NULL, 0,          NULL, NULL },
};
/* clang-format on */
ROUTES(routes)
