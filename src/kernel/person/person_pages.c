/* SPDX-License-Identifier: Apache-2.0
 * person_pages.c - finding, showing, registering and changing residents. A resident beyond the
 * actor's reach answers as if there were none; each look at one is recorded. */
#include "core/day.h"
#include "core/idno.h"
#include "core/text.h"
#include "kernel/person/person_page.h"
#include "kernel/person/person_rules.h"
#include "kernel/person/person_tmpl.h"
#include "kernel/place/place_page.h"

static const char *const sexes[] = { "male", "female", NULL };
/* clang-format off */
static const struct field find_form[] = { { "q", F_TEXT, 0, 0, 60, NULL, "找谁" } };
static const struct field person_form[] = {
    { "name",     F_TEXT,   F_REQUIRED, 2, PERSON_NAME_MAX,  NULL,  "姓名" },
    { "id_no",    F_ID_NO,  0,          0, 30,               NULL,  "身份证号" },
    { "sex",      F_CHOICE, 0,          0, 0,                sexes, "性别" },
    { "birth",    F_DATE,   0,          0, 0,                NULL,  "出生日期" },
    { "phone",    F_PHONE,  0,          0, PHONE_MAX,        NULL,  "电话" },
    { "no_phone", F_BOOL,   0,          0, 0,                NULL,  "原来的电话不用了" },
    { "place",    F_PLACE,  0,          0, PLACE_CODE_MAX,   NULL,  "村或社区" },
    { "grp",      F_TEXT,   0,          0, PERSON_GROUP_MAX, NULL,  "小组" },
    { "door",     F_TEXT,   0,          0, PERSON_DOOR_MAX,  NULL,  "门牌" },
    { "decision", F_TEXT,   0,          0, DECISION_CHARS_MAX, NULL, "凭什么改" },
    { "changed",  F_INT,    0,          0, INT64_MAX / 4,    NULL,  "看到的版本" },
};
static const struct field died_form[] = { { "died_day", F_DATE, F_REQUIRED, 0, 0, NULL, "哪天去世" } };
static const struct field moved_form[] = {
    { "moved_day", F_DATE, F_REQUIRED, 0, 0,                NULL, "哪天迁走" },
    { "moved_to",  F_TEXT, F_REQUIRED, 2, PERSON_MOVED_MAX, NULL, "迁到哪里" },
};
static const struct field relocate_form[] = {
    { "to",    F_TEXT,  F_REQUIRED, 1, PERSON_MOVED_MAX, NULL, "搬到哪个村" },
    { "place", F_PLACE, 0,          0, 0,                NULL, "哪一个" },
    { "grp",   F_TEXT,  0,          0, PERSON_GROUP_MAX, NULL, "小组" },
    { "door",  F_TEXT,  0,          0, PERSON_DOOR_MAX,  NULL, "门牌" },
    { "day",   F_DATE,  F_REQUIRED, 0, 0,                NULL, "哪天搬的" },
};
static const struct field merge_query[] = { { "q", F_TEXT, 0, 0, 60, NULL, "另一条" } };
static const struct field merge_form[] = {
    { "other",    F_KEY,  F_REQUIRED, 0, 0,                  NULL, "另一条" },
    { "decision", F_TEXT, F_REQUIRED, 2, DECISION_CHARS_MAX, NULL, "怎么知道是同一个人" },
    { "q",        F_TEXT, 0,          0, 60,                 NULL, "找另一条" },
};
static const struct field reason_form[] = { { "reason", F_TEXT, F_REQUIRED, 2, 60, NULL, "为什么" } };
static const struct field consent_form[] = { { "what", F_TEXT, F_REQUIRED, 1, 40, NULL, "同意的事" } };
/* clang-format on */

/* ---- finding: names and numbers go by POST, so that no address holds them ---- */
static enum err get_find(struct ctx *c, struct req *r)
{
    struct person_found none = { .q = form_raw(r->form, "q") };
    tmpl_person_find(req_html(c, r), page_new(c, r, "找居民", "/person", ""), &none);
    return OK;
}

static enum err post_find(struct ctx *c, struct req *r)
{
    struct person *found = NULL;
    struct household_line *doors = NULL;
    size_t n = 0, n_doors = 0;
    const char *q = form_text(r->form, "q");
    if (text_length(q) >= 2)
        TRY(person_find_mine(c, q, &found, &n));
    TRY(household_find_mine(c, q, &doors, &n_doors));
    for (size_t i = 0; i < n; i++)
        req_look(c, r, found[i].key, "按姓名或号码查找");
    for (size_t i = 0; i < n_doors; i++)
        if (doors[i].h.head)
            req_look(c, r, (struct key){ doors[i].h.county, doors[i].h.head }, "按门牌查找");
    if (r->api)
        return person_list_json(c, req_json(c, r), found, n);
    const struct page *p = page_new(c, r, "找居民", "/person", "");
    struct person_found f = { q, found, n, doors, n_doors };
    tmpl_person_find(req_html(c, r), p, &f);
    return OK;
}

/* ---- one resident ---- */
static enum err show(struct ctx *c, struct req *r, struct person *p, bool full)
{
    struct person_view v;
    TRY(person_view(c, r, p, full, &v));
    tmpl_person_show(req_html(c, r), page_new(c, r, p->name, "/person", "居民"), &v);
    return OK;
}

static enum err get_person(struct ctx *c, struct req *r)
{
    struct person p;
    TRY(person_reach(c, r->key, CAP_PERSON_READ, &p));
    if (!key_eq(p.key, r->key) && !r->api) /* this record was merged into that one */
        return req_go(c, r, "/person/%s", key_text(c, p.key));
    req_look(c, r, p.key, "居民资料");
    return r->api ? person_json(c, req_json(c, r), &p) : show(c, r, &p, false);
}

/* The answer is not kept for a second asking: it holds the number. */
static enum err post_full(struct ctx *c, struct req *r)
{
    struct person p;
    TRY(person_reach(c, r->key, CAP_PERSON_READ, &p));
    const char *reason = form_text(r->form, "reason");
    req_look(c, r, p.key, arena_printf(c->arena, "看全号：%s", reason));
    if (!r->api)
        return show(c, r, &p, true);
    TRY(person_open(c, &p));
    struct json *j = json_new(c->arena);
    json_object_begin(j, NULL);
    json_text(j, "id_no", p.id_no);
    json_text(j, "phone", p.phone);
    json_object_end(j);
    return req_file(r, json_done(j), "application/json", NULL, false);
}

static enum err post_withdraw(struct ctx *c, struct req *r)
{
    struct person p;
    TRY(person_reach(c, r->key, CAP_PERSON_WRITE, &p));
    TRY(consent_withdraw(c, p.key, form_text(r->form, "what")));
    req_say(r, "已收回同意。");
    return req_go(c, r, "/person/%s", key_text(c, p.key));
}

/* ---- registering and changing ---- */
static enum err get_new(struct ctx *c, struct req *r)
{
    struct person_entry e = { .known = NULL };
    const char *id_no = r->form ? form_text(r->form, "id_no") : "";
    TRY(person_places(c, &e.places, &e.n_places));
    if (r->error == E_EXISTS)
        TRY(person_find_mine(c, id_no, &e.known, &e.n_known));
    tmpl_person_new(req_html(c, r), page_new(c, r, "登记居民", "/person", "居民"), &e);
    return OK;
}

/* Where the new resident lives: the one village there is, or the one that was chosen. */
static enum err choose_place(struct ctx *c, struct req *r, struct person *p)
{
    struct place *mine, one;
    size_t n;
    p->place = form_text(r->form, "place");
    if (!*p->place) {
        TRY(person_places(c, &mine, &n));
        if (n != 1)
            return fail_field(c, "place", E_REQUIRED);
        p->place = mine[0].code;
    }
    if (place_level_of(p->place) != PLACE_VILLAGE || !ctx_may(c, CAP_PERSON_WRITE, p->place))
        return fail_field(c, "place", E_PLACE);
    enum err e = place_asked(c, r, p->place, &one);
    return e ? fail_field(c, "place", e) : OK;
}

static enum err fill(struct ctx *c, struct req *r, struct person *p)
{
    int32_t today = day_of_ms(c->now_ms);
    p->name = form_text(r->form, "name");
    p->grp = form_text(r->form, "grp");
    if (form_has(r->form, "phone") || form_bool(r->form, "no_phone"))
        p->phone = form_text(r->form, "phone");
    if (form_has(r->form, "sex"))
        p->sex = form_int(r->form, "sex") + 1;
    if (form_has(r->form, "birth"))
        p->birth = form_int(r->form, "birth");
    const char *id_no = str_or(form_text(r->form, "id_no"), str_or(p->id_no, ""));
    if (*id_no && !person_take_id_no(p, id_no, today))
        return fail_field(c, "id_no", E_ID_NUMBER);
    if (!person_day_ok(p, (int32_t)(p->birth ? p->birth : today), today))
        return fail_field(c, "birth", E_OUT_OF_RANGE);
    return household_take(c, p->place, p->grp, form_text(r->form, "door"), &p->household);
}

static enum err post_new(struct ctx *c, struct req *r)
{
    struct person p = { .name = "" };
    TRY(choose_place(c, r, &p));
    TRY(fill(c, r, &p));
    TRY(person_save(c, &p));
    r->status = r->api ? 201 : 0;
    req_say(r, "登记好了。");
    return req_go(c, r, "/person/%s", key_text(c, p.key));
}

static enum err reach_open(struct ctx *c, struct req *r, struct person *p)
{
    TRY(person_reach(c, r->key, CAP_PERSON_WRITE, p));
    return person_open(c, p);
}

static enum err get_edit(struct ctx *c, struct req *r)
{
    struct person p;
    struct person_entry e = { .old = &p };
    TRY(reach_open(c, r, &p));
    TRY(person_door(c, &p, &e.door));
    req_look(c, r, p.key, "改资料");
    tmpl_person_edit(req_html(c, r), page_new(c, r, "改资料", "/person", "居民"), &e);
    return OK;
}

static enum err post_edit(struct ctx *c, struct req *r)
{
    struct person p;
    TRY(reach_open(c, r, &p));
    TRY(person_may_apply(c, &p));
    if (form_has(r->form, "changed") && form_int(r->form, "changed") != p.changed_ms)
        return fail(c, E_CONFLICT, "changed meanwhile");
    struct person old = p;
    TRY(fill(c, r, &p));
    TRY(person_correct(c, &old, &p, form_text(r->form, "decision")));
    req_say(r, "改好了。");
    return req_go(c, r, "/person/%s", key_text(c, p.key));
}

/* ---- died, moved ---- */
/* Villages of the county, but their own, that text may mean: a name's beginning or a code. */
static enum err villages_named(struct ctx *c, const struct person *p, const char *text,
                               struct place **out, size_t *n)
{
    size_t kept = 0;
    *n = 0;
    if (!*text)
        return OK;
    TRY(place_find(c, text, place_at(c, p->place, PLACE_COUNTY), out, n));
    for (size_t i = 0; i < *n; i++) {
        const struct place *x = &(*out)[i];
        if (x->level == PLACE_VILLAGE && !x->merged_into && !str_eq(x->code, p->place))
            (*out)[kept++] = *x;
    }
    *n = kept;
    return OK;
}

static enum err get_gone(struct ctx *c, struct req *r)
{
    struct person p;
    struct place *found = NULL;
    struct person_leaving v = { .p = &p };
    TRY(person_reach(c, r->key, CAP_PERSON_WRITE, &p));
    req_look(c, r, p.key, "去世或迁出登记");
    TRY(villages_named(c, &p, r->form ? form_text(r->form, "to") : "", &found, &v.n));
    v.villages = found;
    tmpl_person_gone(req_html(c, r), page_new(c, r, "去世或迁出", "/person", "居民"), &v);
    return OK;
}

static enum err gone_day(struct ctx *c, struct req *r, const struct person *p, const char *field,
                         int32_t *day)
{
    *day = (int32_t)form_int(r->form, field);
    return person_day_ok(p, *day, day_of_ms(c->now_ms)) ? OK : fail_field(c, field, E_OUT_OF_RANGE);
}

static enum err post_died(struct ctx *c, struct req *r)
{
    struct person p;
    int32_t day;
    TRY(person_reach(c, r->key, CAP_PERSON_WRITE, &p));
    TRY(gone_day(c, r, &p, "died_day", &day));
    TRY(person_died(c, &p, day));
    req_say(r, "已登记去世。走访已停，家属可办身后事项。");
    return req_go(c, r, "/person/%s", key_text(c, p.key));
}

static enum err post_moved(struct ctx *c, struct req *r)
{
    struct person p;
    int32_t day;
    TRY(person_reach(c, r->key, CAP_PERSON_WRITE, &p));
    TRY(gone_day(c, r, &p, "moved_day", &day));
    TRY(person_moved(c, &p, day, form_text(r->form, "moved_to")));
    req_say(r, "已登记迁出。");
    return req_go(c, r, "/person/%s", key_text(c, p.key));
}

static enum err post_relocate(struct ctx *c, struct req *r)
{
    struct person p;
    struct place *found = NULL;
    size_t n;
    int32_t day;
    const char *place = form_text(r->form, "place");
    TRY(person_reach(c, r->key, CAP_PERSON_WRITE, &p));
    TRY(gone_day(c, r, &p, "day", &day));
    TRY(villages_named(c, &p, form_text(r->form, "to"), &found, &n));
    if (!*place && n != 1)
        return fail_field(c, "to", n ? E_NOT_CHOICE : E_PLACE);
    TRY(person_relocate(c, &p, *place ? place : found[0].code, form_text(r->form, "grp"),
                        form_text(r->form, "door"), day));
    req_say(r, "搬好了。资料跟着走，那边的代理员收到了通知。");
    if (ctx_may(c, CAP_PERSON_READ, p.place))
        return req_go(c, r, "/person/%s", key_text(c, p.key));
    return req_go(c, r, "/person");
}

/* ---- two records of one person ---- */
static enum err get_merge(struct ctx *c, struct req *r)
{
    struct person p, *found = NULL;
    struct person_twins v = { .p = &p, .q = form_raw(r->form, "q") };
    TRY(person_reach(c, r->key, CAP_PERSON_WRITE, &p));
    TRY(person_open(c, &p));
    req_look(c, r, p.key, "合并两条记录");
    const char *q = str_or(v.q, p.name);
    TRY(person_find_mine(c, q, &found, &v.n));
    for (size_t i = 0; i < v.n; i++) {
        req_look(c, r, found[i].key, "合并两条记录");
        TRY(person_open(c, &found[i]));
    }
    v.found = found;
    tmpl_person_merge(req_html(c, r), page_new(c, r, "同一个人的两条记录", "/person", "居民"), &v);
    return OK;
}

static enum err post_merge(struct ctx *c, struct req *r)
{
    struct person p, other;
    struct key from = form_key(r->form, "other");
    TRY(person_reach(c, r->key, CAP_PERSON_WRITE, &p));
    TRY(person_reach(c, from, CAP_PERSON_WRITE, &other));
    req_look(c, r, other.key, "合并两条记录");
    TRY(person_merge(c, from, &p, form_text(r->form, "decision")));
    req_say(r, "合成一条了。办件、走访、材料都在这一条上。");
    return req_go(c, r, "/person/%s", key_text(c, p.key));
}

static enum err post_back(struct ctx *c, struct req *r)
{
    struct person p;
    TRY(person_reach(c, r->key, CAP_PERSON_WRITE, &p));
    const char *reason = form_text(r->form, "reason");
    req_look(c, r, p.key, arena_printf(c->arena, "改回在村：%s", reason));
    TRY(person_back(c, &p));
    req_say(r, "改回来了。走访名单要另外再列入。");
    return req_go(c, r, "/person/%s", key_text(c, p.key));
}

/* clang-format off */
static const struct route routes[] = {
    { HTTP_GET,  "/person",                CAP_PERSON_READ,  0,     "找居民页",     get_find,      NULL, 0,            NULL, NULL },
    { HTTP_POST, "/person/find",           CAP_PERSON_READ,  R_API | R_READ, "找居民", post_find,  COLS(find_form),    NULL, get_find },
    { HTTP_GET,  "/person/new",            CAP_PERSON_WRITE, 0,     "登记居民页",   get_new,       NULL, 0,            NULL, NULL },
    { HTTP_POST, "/person/new",            CAP_PERSON_WRITE, R_API, "登记居民",     post_new,      COLS(person_form),  NULL, get_new },
    { HTTP_GET,  "/person/{key}",          CAP_PERSON_READ,  R_API, "居民资料",     get_person,    NULL, 0,            NULL, NULL },
    { HTTP_POST, "/person/{key}/full",     CAP_PERSON_READ,  R_API, "看全号",       post_full,     COLS(reason_form),  NULL, get_person },
    { HTTP_POST, "/person/{key}/withdraw", CAP_PERSON_WRITE, R_API, "收回同意",     post_withdraw, COLS(consent_form), NULL, get_person },
    { HTTP_GET,  "/person/{key}/edit",     CAP_PERSON_WRITE, 0,     "改资料页",     get_edit,      NULL, 0,            NULL, NULL },
    { HTTP_POST, "/person/{key}/edit",     CAP_PERSON_WRITE, R_API, "改资料",       post_edit,     COLS(person_form),  NULL, get_edit },
    { HTTP_GET,  "/person/{key}/gone",     CAP_PERSON_WRITE, 0,     "去世或迁出页", get_gone,      NULL, 0,            NULL, NULL },
    { HTTP_POST, "/person/{key}/died",     CAP_PERSON_WRITE, R_API, "登记去世",     post_died,     COLS(died_form),    NULL, get_gone },
    { HTTP_POST, "/person/{key}/moved",    CAP_PERSON_WRITE, R_API, "登记迁出",     post_moved,    COLS(moved_form),   NULL, get_gone },
    { HTTP_POST, "/person/{key}/relocate", CAP_PERSON_WRITE, R_API, "登记搬到别的村", post_relocate, COLS(relocate_form), NULL, get_gone },
    { HTTP_GET,  "/person/{key}/merge",    CAP_PERSON_WRITE, 0,     "合并记录页",   get_merge,     NULL, 0,            NULL, NULL },
    { HTTP_POST, "/person/{key}/merge/find", CAP_PERSON_WRITE, R_READ, "合并：找另一条", get_merge, COLS(merge_query),  NULL, get_merge },
    { HTTP_POST, "/person/{key}/merge",    CAP_PERSON_WRITE, R_API, "合并两条记录", post_merge,    COLS(merge_form),   NULL, get_merge },
    { HTTP_POST, "/person/{key}/back",     CAP_PERSON_WRITE, R_API, "改回在村",     post_back,     COLS(reason_form),  NULL, get_gone },
};
/* clang-format on */
ROUTES(routes)
