/* SPDX-License-Identifier: Apache-2.0
 * household_pages.c - the register of households 户册: a village's groups, a group's doors, a door
 * and who lives behind it. Each name that is shown is a look. */
#include "core/text.h"
#include "kernel/person/household_page.h"
#include "kernel/person/household_tmpl.h"
#include "kernel/place/place_page.h"

/* A group without a name, in an address. */
#define NO_GROUP "-"
/* clang-format off */
static const struct field book_form[] = {
    { "place",  F_PLACE, 0,          0, 0,                NULL, "村" },
    { "grp",    F_TEXT,  0,          0, PERSON_GROUP_MAX + PLACE_NAME_CHARS_MAX, NULL, "小组" },
    { "after",  F_TEXT,  0,          0, PERSON_DOOR_MAX,  NULL, "从哪个门牌往后" },
};
static const struct field find_form[] = { { "q", F_TEXT, 0, 0, 60, NULL, "谁迁入" } };
static const struct field door_form[] = {
    { "grp",    F_TEXT,  0,          0, PERSON_GROUP_MAX + PLACE_NAME_CHARS_MAX, NULL, "小组" },
    { "door",   F_TEXT,  F_REQUIRED, 1, PERSON_DOOR_MAX,  NULL, "门牌" },
};
static const struct field person_form[] = { { "person", F_KEY, F_REQUIRED, 0, 0, NULL, "谁" } };
static const struct field split_form[] = {
    { "m",      F_TEXT,  F_INDEXED,  0, 40,               NULL, "谁分出去" },
    { "grp",    F_TEXT,  0,          0, PERSON_GROUP_MAX + PLACE_NAME_CHARS_MAX, NULL, "小组" },
    { "door",   F_TEXT,  F_REQUIRED, 1, PERSON_DOOR_MAX,  NULL, "新门牌" },
};
/* clang-format on */

bool household_sent(const struct page *p, const char *what)
{
    const char *last = strrchr(p->r->call->path, '/');
    return p->r->error && last && str_eq(last + 1, what);
}

/* ---- the register ---- */
static enum err get_book(struct ctx *c, struct req *r)
{
    struct household_book b = { .grp = NULL };
    struct household_group *groups;
    struct household_line *lines = NULL;
    struct place *villages;
    const char *place = place_shown(c, r, form_text(r->form, "place")),
               *grp = form_text(r->form, "grp");
    if (!*place)
        place = str_or(ctx_place(c, CAP_PERSON_READ), "");
    if (!ctx_may(c, CAP_PERSON_READ, place))
        return fail(c, E_NOT_FOUND, "place out of reach");
    TRY(place_load(c, place, &b.place));
    if (b.place.level != PLACE_VILLAGE) {
        TRY(place_children(c, place, &villages, &b.n_villages));
        b.villages = villages;
    } else if (!*grp) {
        TRY(household_groups(c, place, &groups, &b.n_groups));
        b.groups = groups;
    } else {
        b.grp = str_eq(grp, NO_GROUP) ? "" : grp;
        TRY(household_list(c, place, b.grp, form_text(r->form, "after"), &lines, &b.n_lines));
        b.lines = lines;
    }
    for (size_t i = 0; i < b.n_lines; i++)
        if (lines[i].h.head)
            req_look(c, r, (struct key){ lines[i].h.county, lines[i].h.head }, "翻户册");
    tmpl_household_book(req_html(c, r), page_new(c, r, "户册", "/person", "居民"), &b);
    return OK;
}

/* ---- one household ---- */
static enum err reach(struct ctx *c, struct req *r, struct household *h)
{
    return household_reach(c, r->key, CAP_PERSON_WRITE, h);
}

static void household_json(struct ctx *c, struct json *j, const struct household_view *v)
{
    json_object_begin(j, NULL);
    json_key(j, "key", (struct key){ v->h.county, v->h.id });
    json_text(j, "place", v->h.place);
    json_text(j, "place_name", place_full_name(c, v->h.place));
    json_text(j, "group", v->h.grp);
    json_text(j, "door", v->h.door);
    json_array_begin(j, "members");
    for (size_t i = 0; i < v->n_members; i++) {
        json_object_begin(j, NULL);
        json_key(j, "key", v->members[i].key);
        json_text(j, "name", v->members[i].name);
        json_bool(j, "head", v->members[i].key.id == v->h.head);
        json_object_end(j);
    }
    json_array_end(j);
    json_object_end(j);
}

static enum err get_household(struct ctx *c, struct req *r)
{
    struct household_view v = { .q = form_raw(r->form, "q") };
    TRY(household_reach(c, r->key, CAP_PERSON_READ, &v.h));
    v.may_write = ctx_may(c, CAP_PERSON_WRITE, v.h.place);
    TRY(household_members(c, &v.h, &v.members, &v.n_members));
    for (size_t i = 0; i < v.n_members; i++)
        req_look(c, r, v.members[i].key, "看一户");
    if (r->api) {
        household_json(c, req_json(c, r), &v);
        return OK;
    }
    if (v.may_write && text_length(v.q) >= 2)
        TRY(person_find(c, v.q, v.h.place, &v.found, &v.n_found));
    for (size_t i = 0; i < v.n_found; i++)
        req_look(c, r, v.found[i].key, "迁入一户：查找");
    TRY(register_list(c, v.h.county, "household", register_subject(c, v.h.id), &v.changes,
                      &v.n_changes));
    tmpl_household_show(req_html(c, r), page_new(c, r, v.h.door, "/person", "居民"), &v);
    return OK;
}

static enum err done(struct ctx *c, struct req *r, const struct household *h, const char *say)
{
    req_say(r, say);
    return req_go(c, r, "/household/%s", key_text(c, (struct key){ h->county, h->id }));
}

static enum err post_door(struct ctx *c, struct req *r)
{
    struct household h;
    TRY(reach(c, r, &h));
    TRY(household_move_door(c, &h, form_text(r->form, "grp"), form_text(r->form, "door")));
    return done(c, r, &h, "门牌换好了，一户的人都跟着换。");
}

static enum err post_head(struct ctx *c, struct req *r)
{
    struct household h;
    TRY(reach(c, r, &h));
    TRY(household_set_head(c, &h, form_key(r->form, "person")));
    return done(c, r, &h, "户主定好了。");
}

static enum err the_person(struct ctx *c, struct req *r, struct person *p)
{
    TRY(person_reach(c, form_key(r->form, "person"), CAP_PERSON_WRITE, p));
    req_look(c, r, p->key, "改户");
    return OK;
}

static enum err post_in(struct ctx *c, struct req *r)
{
    struct household h;
    struct person p;
    TRY(reach(c, r, &h));
    TRY(the_person(c, r, &p));
    TRY(household_take_in(c, &h, &p));
    return done(c, r, &h, "迁入了。");
}

static enum err post_out(struct ctx *c, struct req *r)
{
    struct household h;
    struct person p;
    TRY(reach(c, r, &h));
    TRY(the_person(c, r, &p));
    TRY(household_let_out(c, &h, &p));
    return done(c, r, &h, "迁出这一户了。人还在村里，门牌请在本人的资料里写。");
}

static enum err post_split(struct ctx *c, struct req *r)
{
    struct household h, own;
    struct key who[FORM_INDEX_MAX];
    size_t n = 0;
    TRY(reach(c, r, &h));
    for (int i = 0; i < FORM_INDEX_MAX; i++) {
        const char *m = form_text_at(r->form, "m", i);
        if (*m && !key_parse(m, &who[n++]))
            return fail_field(c, "m", E_NOT_CHOICE);
    }
    TRY(household_split(c, &h, who, n, form_text(r->form, "grp"), form_text(r->form, "door"),
                        &own));
    return done(c, r, &own, "分户了，这是新的一户。请定户主。");
}

static enum err post_join(struct ctx *c, struct req *r)
{
    struct household h, into;
    TRY(reach(c, r, &h));
    TRY(household_join(c, &h, form_text(r->form, "grp"), form_text(r->form, "door"), &into));
    return done(c, r, &into, "并户了，两家的人都在这一户。");
}

/* clang-format off */
static const struct route routes[] = {
    { HTTP_GET,  "/household",             CAP_PERSON_READ,  0,     "户册",       get_book,      COLS(book_form),   NULL, NULL },
    { HTTP_GET,  "/household/{key}",       CAP_PERSON_READ,  R_API, "一户",       get_household, NULL, 0,           NULL, NULL },
    { HTTP_POST, "/household/{key}/find",  CAP_PERSON_WRITE, R_READ, "找迁入的人", get_household, COLS(find_form),  NULL, get_household },
    { HTTP_POST, "/household/{key}/door",  CAP_PERSON_WRITE, R_API, "换门牌",     post_door,     COLS(door_form),   NULL, get_household },
    { HTTP_POST, "/household/{key}/head",  CAP_PERSON_WRITE, R_API, "定户主",     post_head,     COLS(person_form), NULL, get_household },
    { HTTP_POST, "/household/{key}/in",    CAP_PERSON_WRITE, R_API, "迁入一户",   post_in,       COLS(person_form), NULL, get_household },
    { HTTP_POST, "/household/{key}/out",   CAP_PERSON_WRITE, R_API, "迁出一户",   post_out,      COLS(person_form), NULL, get_household },
    { HTTP_POST, "/household/{key}/split", CAP_PERSON_WRITE, R_API, "分户",       post_split,    COLS(split_form),  NULL, get_household },
    { HTTP_POST, "/household/{key}/join",  CAP_PERSON_WRITE, R_API, "并户",       post_join,     COLS(door_form),   NULL, get_household },
};
/* clang-format on */
ROUTES(routes)
