/* SPDX-License-Identifier: Apache-2.0
 * body_pages.c - what a body is, whom to phone there and what it answers for, for everybody; new
 * ones, new names and the end of one for those who keep the register of bodies. */
#include "core/day.h"
#include "kernel/body/body_page.h"
#include "kernel/body/body_tmpl.h"
#include "store/setting.h"

/* clang-format off */
static const struct field list_form[] = { { "at", F_PLACE, 0, 0, 0, NULL, "地方" } };
static const struct field new_form[] = {
    { "at",       F_PLACE,  F_REQUIRED, 0, 0,                    NULL,  "在哪里" },
    { "kind",     F_CHOICE, F_REQUIRED, 0, 0,                    body_kinds, "是什么单位" },
    { "name",     F_TEXT,   F_REQUIRED, 2, BODY_NAME_CHARS_MAX,  NULL,  "名称" },
    { "short",    F_TEXT,   0,          0, BODY_NAME_CHARS_MAX,  NULL,  "简称" },
    { "code",     F_TEXT,   0,          0, 40,                   NULL,  "代号" },
    { "phone",    F_PHONE,  0,          0, 0,                    NULL,  "电话" },
    { "address",  F_TEXT,   0,          0, BODY_TEXT_CHARS_MAX,  NULL,  "地址" },
    { "hours",    F_TEXT,   0,          0, BODY_TEXT_CHARS_MAX,  NULL,  "上班时间" },
    { "decision", F_TEXT,   F_REQUIRED, 4, DECISION_CHARS_MAX,   NULL,  "凭什么" },
};
static const struct field contact_form[] = {
    { "phone",    F_PHONE,  0,          0, 0,                    NULL,  "电话" },
    { "address",  F_TEXT,   0,          0, BODY_TEXT_CHARS_MAX,  NULL,  "地址" },
    { "hours",    F_TEXT,   0,          0, BODY_TEXT_CHARS_MAX,  NULL,  "上班时间" },
};
static const struct field rename_form[] = {
    { "name",     F_TEXT,   F_REQUIRED, 2, BODY_NAME_CHARS_MAX,  NULL,  "新名称" },
    { "short",    F_TEXT,   0,          0, BODY_NAME_CHARS_MAX,  NULL,  "简称" },
    { "from",     F_DATE,   F_REQUIRED, 0, 0,                    NULL,  "从哪天起" },
    { "decision", F_TEXT,   F_REQUIRED, 4, DECISION_CHARS_MAX,   NULL,  "凭什么" },
};
static const struct field end_form[] = {
    { "from",      F_DATE,  F_REQUIRED, 0, 0,                    NULL,  "从哪天起撤销" },
    { "successor", F_INT,   0,          0, INT64_MAX / 4,        NULL,  "由谁接着办" },
    { "decision",  F_TEXT,  F_REQUIRED, 4, DECISION_CHARS_MAX,   NULL,  "凭什么" },
};
/* clang-format on */

static struct body_part *parts;

void body_part_add(struct body_part *part)
{
    part->next = parts;
    parts = part;
}

/* ---- lists ---- */
static void body_members(struct ctx *c, struct json *j, const struct body *b)
{
    json_key(j, "key", (struct key){ b->county, b->id });
    json_text(j, "code", b->code);
    json_text(j, "kind", b->kind);
    json_text(j, "name", b->name);
    json_text(j, "place", b->place);
    json_text(j, "place_name", place_full_name(c, b->place));
    json_text(j, "phone", b->phone);
    json_text(j, "address", b->address);
    json_text(j, "hours", b->hours);
    json_day(j, "from", b->valid_from);
    json_day(j, "last_day", b->valid_to);
}

static void list_json(struct ctx *c, struct json *j, const struct body_listing *l)
{
    json_object_begin(j, NULL);
    json_array_begin(j, "bodies");
    for (size_t i = 0; i < l->n; i++) {
        json_object_begin(j, NULL);
        body_members(c, j, &l->all[i]);
        json_object_end(j);
    }
    json_array_end(j);
    json_object_end(j);
}

static enum err get_list(struct ctx *c, struct req *r)
{
    struct body_listing l = { .today = day_of_ms(c->now_ms) };
    struct body *all;
    struct place *below;
    const char *at = form_text(r->form, "at");
    if (!*at)
        TRY(setting_get(c, "county", "", &at));
    if (*at)
        TRY(place_load(c, at, &l.at));
    else /* an instance of more than one county: from the top */
        l.at = (struct place){ .code = "", .short_name = "各地" };
    TRY(body_list_all(c, at, &all, &l.n));
    TRY(place_children(c, at, &below, &l.n_below));
    l.all = all;
    l.below = below;
    l.may_edit = r->session && ctx_may(c, CAP_BODY_EDIT, at);
    if (r->api) {
        list_json(c, req_json(c, r), &l);
        return OK;
    }
    tmpl_body_list(req_html(c, r), page_new(c, r, "单位", "/body", ""), &l);
    return OK;
}

/* ---- one body ---- */
static enum err view_load(struct ctx *c, struct key k, struct body_view *v)
{
    *v = (struct body_view){ .today = day_of_ms(c->now_ms) };
    TRY(body_load(c, k, &v->b));
    if (v->b.successor) {
        struct body *heir = ARENA_NEW(c->arena, struct body);
        TRY(body_load(c, (struct key){ k.county, v->b.successor }, heir));
        v->heir = heir;
    }
    v->may_edit = ctx_may(c, CAP_BODY_EDIT, v->b.place);
    return body_names(c, &v->b, &v->names, &v->n_names);
}

static enum err view_json(struct ctx *c, struct json *j, const struct body_view *v)
{
    json_object_begin(j, NULL);
    body_members(c, j, &v->b);
    if (v->heir)
        json_key(j, "successor", (struct key){ v->heir->county, v->heir->id });
    json_array_begin(j, "names_before");
    for (size_t i = 0; i < v->n_names; i++) {
        json_object_begin(j, NULL);
        json_text(j, "name", v->names[i].name);
        json_day(j, "until", v->names[i].until_day);
        json_object_end(j);
    }
    json_array_end(j);
    for (const struct body_part *p = parts; p; p = p->next)
        TRY(p->api(c, j, &v->b));
    json_object_end(j);
    return OK;
}

static enum err get_body(struct ctx *c, struct req *r)
{
    struct body_view v;
    TRY(view_load(c, r->key, &v));
    if (r->api)
        return view_json(c, req_json(c, r), &v);
    for (const struct body_part *p = parts; p; p = p->next) {
        struct html *h = html_new(c->arena, 2048);
        CHECK(v.n_parts < BODY_PARTS_MAX);
        TRY(p->page(c, h, &v.b));
        v.parts[v.n_parts++] = html_part(h);
    }
    tmpl_body_show(req_html(c, r), page_new(c, r, v.b.name, "/body", "单位"), &v);
    return OK;
}

/* ---- keeping the register ---- */
static enum err may_edit(struct ctx *c, struct req *r, struct body_view *v)
{
    TRY(view_load(c, r->key, v));
    return v->may_edit ? OK : fail(c, E_FORBIDDEN, "body of another place");
}

static enum err get_new(struct ctx *c, struct req *r)
{
    const char *at = form_text(r->form, "at");
    if (!*at)
        at = str_or(ctx_place(c, CAP_BODY_EDIT), "");
    tmpl_body_new(req_html(c, r), page_new(c, r, "加单位", "/body", "单位"), at);
    return OK;
}

static bool code_ok(const char *s)
{
    return *s >= 'a' && *s <= 'z' &&
           strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(s);
}

static enum err post_new(struct ctx *c, struct req *r)
{
    const struct form *f = r->form;
    struct place at;
    struct body b = { .kind = body_kinds[form_int(f, "kind")],
                      .name = form_text(f, "name"),
                      .short_name = str_or(form_text(f, "short"), form_text(f, "name")),
                      .code = form_text(f, "code"),
                      .phone = form_text(f, "phone"),
                      .address = form_text(f, "address"),
                      .hours = form_text(f, "hours"),
                      .was = "",
                      .valid_from = day_of_ms(c->now_ms) };
    enum err e = place_require(c, form_text(f, "at"), &at);
    if (e)
        return e == E_PLACE || e == E_PLACE_MERGED ? fail_field(c, "at", e) : e;
    if (at.level < PLACE_COUNTY)
        return fail_field(c, "at", E_PLACE);
    if (!ctx_may(c, CAP_BODY_EDIT, at.code))
        return fail_field(c, "at", E_FORBIDDEN);
    if (*b.code && !code_ok(b.code))
        return fail_field(c, "code", E_PART_CODE);
    if (!*b.code)
        b.code = arena_printf(c->arena, "body_%" PRId64, id_new(c));
    b.place = at.code;
    e = body_save(c, &b);
    if (e == E_EXISTS)
        return fail_field(c, "code", E_TWICE);
    TRY(e);
    struct register_change ch = { .what = "新设",
                                  .after = b.name,
                                  .decision = form_text(f, "decision") };
    TRY(register_note(c, b.county, "body", register_subject(c, b.id), &ch));
    r->status = r->api ? 201 : 0;
    req_say(r, "单位加好了。");
    return req_go(c, r, "/body/%s", key_text(c, (struct key){ b.county, b.id }));
}

static enum err get_edit(struct ctx *c, struct req *r)
{
    struct body_view v;
    TRY(may_edit(c, r, &v));
    TRY(register_list(c, v.b.county, "body", register_subject(c, v.b.id), &v.changes,
                      &v.n_changes));
    tmpl_body_edit(req_html(c, r), page_new(c, r, "改单位", "/body", v.b.name), &v);
    return OK;
}

static enum err done(struct ctx *c, struct req *r, const char *say)
{
    req_say(r, say);
    return req_go(c, r, "/body/%s", key_text(c, r->key));
}

static enum err post_contact(struct ctx *c, struct req *r)
{
    struct body_view v;
    TRY(may_edit(c, r, &v));
    if (body_ended(&v.b, v.today))
        return fail(c, E_BODY_ENDED, "ended");
    struct register_change ch = { .what = "改联系办法",
                                  .before = arena_printf(c->arena, "%s　%s　%s", v.b.phone,
                                                         v.b.address, v.b.hours) };
    v.b.phone = form_text(r->form, "phone");
    v.b.address = form_text(r->form, "address");
    v.b.hours = form_text(r->form, "hours");
    ch.after = arena_printf(c->arena, "%s　%s　%s", v.b.phone, v.b.address, v.b.hours);
    TRY(body_save(c, &v.b));
    TRY(register_note(c, v.b.county, "body", register_subject(c, v.b.id), &ch));
    return done(c, r, "联系办法改好了，大家都看得到。");
}

static enum err post_rename(struct ctx *c, struct req *r)
{
    struct body_view v;
    const char *name = form_text(r->form, "name");
    TRY(may_edit(c, r, &v));
    TRY(body_rename(c, &v.b, (int32_t)form_int(r->form, "from"), name,
                    str_or(form_text(r->form, "short"), name), form_text(r->form, "decision")));
    return done(c, r, "改名记下了，到那天起用新名称；以前的名称留着。");
}

static enum err get_end(struct ctx *c, struct req *r)
{
    struct body_view v;
    TRY(may_edit(c, r, &v));
    TRY(body_holds(c, &v.b, v.held, &v.n_held, &v.n_all));
    TRY(body_list(c, v.b.place, &v.others, &v.n_others));
    tmpl_body_end(req_html(c, r), page_new(c, r, "撤销单位", "/body", v.b.name), &v);
    return OK;
}

static enum err post_end(struct ctx *c, struct req *r)
{
    struct body_view v;
    TRY(may_edit(c, r, &v));
    TRY(body_end(c, &v.b, (int32_t)form_int(r->form, "from"), form_int(r->form, "successor"),
                 form_text(r->form, "decision")));
    return done(c, r, "撤销了。岗位和没办完的事都转好了。");
}

/* clang-format off */
static const struct route routes[] = {
    { HTTP_GET,  "/body",               CAP_PUBLIC,    R_CACHED | R_API, "单位名单",       get_list,     COLS(list_form),    NULL, NULL },
    { HTTP_GET,  "/body/new",           CAP_BODY_EDIT, 0,                "加单位页",       get_new,      COLS(list_form),    NULL, NULL },
    { HTTP_POST, "/body/new",           CAP_BODY_EDIT, R_API,            "加单位",         post_new,     COLS(new_form),     NULL, get_new },
    { HTTP_GET,  "/body/{key}",         CAP_PUBLIC,    R_CACHED | R_API, "单位",           get_body,     NULL, 0,            NULL, NULL },
    { HTTP_GET,  "/body/{key}/edit",    CAP_BODY_EDIT, 0,                "改单位页",       get_edit,     NULL, 0,            NULL, NULL },
    { HTTP_POST, "/body/{key}/contact", CAP_BODY_EDIT, R_API,            "改单位联系办法", post_contact, COLS(contact_form), NULL, get_edit },
    { HTTP_POST, "/body/{key}/rename",  CAP_BODY_EDIT, R_API,            "单位改名",       post_rename,  COLS(rename_form),  NULL, get_edit },
    { HTTP_GET,  "/body/{key}/end",     CAP_BODY_EDIT, 0,                "撤销单位页",     get_end,      NULL, 0,            NULL, NULL },
    { HTTP_POST, "/body/{key}/end",     CAP_BODY_EDIT, R_API,            "撤销单位",       post_end,     COLS(end_form),     NULL, get_end },
};
/* clang-format on */
ROUTES(routes)
