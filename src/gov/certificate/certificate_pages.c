/* SPDX-License-Identifier: Apache-2.0
 * certificate_pages.c - which certificates there are; refusing one with a way on; writing one. */
#include "core/idno.h"
#include "gov/certificate/certificates_tmpl.h"
#include "gov/certificate/slip_view.h"
#include "kernel/search/search.h"

/* clang-format off */
static const struct field find_query[] = {
    { "q", F_TEXT, 0, 0, SEARCH_QUERY_MAX, NULL, "哪种证明" },
};
static const struct field one_query[] = {
    { "person", F_KEY, 0, 0, 0, NULL, "谁来问的" },
};
static const struct field refuse_form[] = {
    { "person", F_KEY,  0, 0, 0,   NULL, "谁来问的" },
    { "words",  F_TEXT, 0, 0, 100, NULL, "哪里让来开的" },
};
static const struct field who_form[] = { { "q", F_TEXT, 0, 0, 40, NULL, "给谁开" } };
static const struct field write_query[] = {
    { "person", F_KEY,  0, 0, 0,  NULL, "给谁开" },
    { "slip",   F_KEY,  0, 0, 0,  NULL, "哪一份" },
};
static const struct field write_form[] = {
    { "person", F_KEY,  F_REQUIRED, 0, 0,               NULL, "给谁开" },
    { "slip",   F_KEY,  0,          0, 0,               NULL, "哪一份" },
    { "f",      F_TEXT, F_INDEXED,  0, CERT_ANSWER_MAX, NULL, "要写的内容" },
};
/* clang-format on */

/* ---- the list ---- */
static enum err load_recent(struct ctx *c, const struct req *r, struct certificates_page *p)
{
    if (!r->session || !ctx_may(c, CAP_ERRAND_READ, r->session->home) || !*r->session->home)
        return OK;
    TRY(slip_recent(c, r->session->home, &p->recent, &p->n_recent));
    p->recent_of = ARENA_ARRAY(c->arena, struct certificate, p->n_recent + 1);
    for (size_t i = 0; i < p->n_recent; i++)
        TRY(certificate_by_id(c, p->recent[i].certificate, &p->recent_of[i]));
    return OK;
}

static void one_json(struct json *j, const struct certificate *ct)
{
    json_object_begin(j, NULL);
    json_text(j, "code", ct->code);
    json_text(j, "name", ct->name);
    json_bool(j, "may", ct->may);
    json_text(j, "why_not", ct->why);
    json_text(j, "authority", ct->authority);
    json_text(j, "how", ct->how);
    json_text(j, "asks", ct->asks);
    json_text(j, "document", ct->document);
    json_object_end(j);
}

static enum err get_certificates(struct ctx *c, struct req *r)
{
    struct certificates_page p = { .q = form_text(r->form, "q") };
    struct certificate *all;
    TRY(*p.q ? certificate_search(c, p.q, &all, &p.n) : certificate_list(c, &all, &p.n));
    p.all = all;
    if (r->api) {
        struct json *j = req_json(c, r);
        json_array_begin(j, NULL);
        for (size_t i = 0; i < p.n; i++)
            one_json(j, &all[i]);
        json_array_end(j);
        return OK;
    }
    TRY(load_recent(c, r, &p));
    tmpl_certificates(req_html(c, r), page_new(c, r, "要开证明", "/items", "办事"), &p);
    return OK;
}

/* ---- one ---- */
/* A resident that the clerk may serve. */
static enum err load_person(struct ctx *c, struct key k, struct person *out)
{
    TRY(person_load(c, k, out));
    return ctx_may(c, CAP_ERRAND_TAKE | CAP_PERSON_READ, out->place)
               ? OK
               : fail(c, E_NOT_FOUND, "a resident of another place");
}

static enum err show_one(struct ctx *c, struct req *r, struct certificate_page *p)
{
    TRY(certificate_load(c, r->word, &p->ct));
    if (r->api) {
        one_json(req_json(c, r), &p->ct);
        return OK;
    }
    if (form_has(r->form, "person") && form_key(r->form, "person").county) {
        TRY(load_person(c, form_key(r->form, "person"), &p->person));
        p->has_person = true;
    }
    tmpl_certificate(req_html(c, r), page_new(c, r, p->ct.name, "/items", "证明"), p);
    return OK;
}

static enum err get_certificate(struct ctx *c, struct req *r)
{
    struct certificate_page p = { .q = "" };
    return show_one(c, r, &p);
}

static enum err post_refuse(struct ctx *c, struct req *r)
{
    struct certificate ct;
    struct person who = { .place = ctx_place(c, CAP_ERRAND_TAKE) };
    struct key person = form_key(r->form, "person");
    TRY(certificate_load(c, r->word, &ct));
    if (ct.may)
        return fail(c, E_WRONG_STATE, "this one may be issued");
    if (person.county)
        TRY(load_person(c, person, &who));
    struct slip s = { .certificate = ct.id,
                      .person = person.id,
                      .place = who.place,
                      .words = form_text(r->form, "words"),
                      .refused = true };
    TRY(slip_add(c, &s));
    req_say(r, "告知单写好了，打印给他带走。");
    return req_go(c, r, "/slip/%s", key_text(c, s.key));
}

/* ---- writing one ---- */
/* The one being changed: its person and answers, unless others were given. */
static enum err load_draft(struct ctx *c, struct req *r, struct certificate_page *p, struct slip *s)
{
    struct key k = form_key(r->form, "slip");
    TRY(slip_load(c, k, s));
    if (!ctx_may(c, CAP_ERRAND_TAKE, s->place))
        return fail(c, E_NOT_FOUND, "another place's certificate");
    if (s->certificate != p->ct.id || s->refused)
        return fail(c, E_NOT_FOUND, "not of this kind");
    if (*s->number)
        return fail(c, E_WRONG_STATE, "issued already");
    p->slip = key_text(c, k);
    for (size_t i = 0; i < p->n_fields; i++)
        p->answers[i] = answers_get(c->arena, s->words, p->fields[i].code);
    return OK;
}

static enum err load_writing(struct ctx *c, struct req *r, struct certificate_page *p)
{
    struct slip s = { .key = { 0, 0 } };
    TRY(certificate_load(c, r->word, &p->ct));
    if (!p->ct.may)
        return fail(c, E_CERT_MUST_NOT, "must not be issued");
    p->n_fields = certificate_fields(c->arena, p->ct.fields, p->fields);
    for (size_t i = 0; i < p->n_fields; i++)
        p->answers[i] = "";
    if (form_key(r->form, "slip").county)
        TRY(load_draft(c, r, p, &s));
    struct key person = form_key(r->form, "person");
    if (!person.county && s.person)
        person = (struct key){ s.key.county, s.person };
    if (!person.county)
        return OK;
    TRY(load_person(c, person, &p->person));
    p->has_person = true;
    return person_open(c, &p->person);
}

static enum err show_writing(struct ctx *c, struct req *r, struct certificate_page *p)
{
    char masked[19] = "";
    if (p->has_person && p->person.id_no)
        idno_mask(p->person.id_no, masked);
    p->id_masked = arena_copy(c->arena, masked);
    if (p->has_person)
        req_look(c, r, p->person.key, arena_printf(c->arena, "开%s", p->ct.name));
    tmpl_certificate_write(req_html(c, r), page_new(c, r, p->ct.name, "/items", "证明"), p);
    return OK;
}

/* Must not be issued: the page that says where to go, with the slip to print. */
static enum err show_must_not(struct ctx *c, struct req *r)
{
    struct certificate_page p = { .q = "" };
    r->error = E_CERT_MUST_NOT;
    r->status = err_http(E_CERT_MUST_NOT);
    return show_one(c, r, &p);
}

static enum err get_write(struct ctx *c, struct req *r)
{
    struct certificate_page p = { .q = form_raw(r->form, "q"), .slip = "" };
    struct ctx probe = *c;
    enum err e = load_writing(&probe, r, &p);
    if (e == E_CERT_MUST_NOT)
        return show_must_not(c, r);
    if (e)
        return fail(c, e, "%s", probe.why);
    const char *area = ctx_place(c, CAP_ERRAND_TAKE | CAP_PERSON_READ);
    if (!p.has_person && *p.q && area)
        TRY(person_find(c, p.q, area, &p.found, &p.n_found));
    for (size_t i = 0; i < p.n_found; i++)
        req_look(c, r, p.found[i].key, arena_printf(c->arena, "开%s：查找", p.ct.name));
    return show_writing(c, r, &p);
}

static enum err again_write(struct ctx *c, struct req *r)
{
    struct certificate ct;
    struct certificate_page p = { .q = "", .slip = "" };
    TRY(certificate_load(c, r->word, &ct));
    if (!ct.may)
        return show_must_not(c, r);
    TRY(load_writing(c, r, &p));
    return show_writing(c, r, &p);
}

static enum err read_answers(struct ctx *c, struct req *r, const struct certificate_page *p,
                             const char **packed)
{
    struct cert_value v[CERT_FIELDS_MAX];
    for (size_t i = 0; i < p->n_fields; i++) {
        v[i] = (struct cert_value){ p->fields[i].code, form_text_at(r->form, "f", (int)i) };
        if (!*v[i].text)
            (void)!fail_field(c, arena_printf(c->arena, "f%zu", i), E_REQUIRED);
    }
    *packed = answers_pack(c->arena, v, p->n_fields);
    return c->bads ? E_BAD_INPUT : OK;
}

static enum err post_write(struct ctx *c, struct req *r)
{
    struct certificate_page p = { .q = "", .slip = "" };
    struct slip s = { .key = form_key(r->form, "slip") };
    TRY(load_writing(c, r, &p));
    if (!p.has_person)
        return fail_field(c, "person", E_REQUIRED);
    TRY(person_may_apply(c, &p.person));
    TRY(read_answers(c, r, &p, &s.words));
    s.certificate = p.ct.id;
    s.person = p.person.key.id;
    s.place = p.person.place;
    TRY(s.key.county ? slip_change(c, &s) : slip_add(c, &s));
    req_look(c, r, p.person.key, arena_printf(c->arena, "开%s", p.ct.name));
    return req_go(c, r, "/slip/%s", key_text(c, s.key));
}

/* clang-format off */
static const struct route routes[] = {
    { HTTP_GET,  "/certificates",               CAP_PUBLIC,      R_API | R_CACHED, "证明清单",     get_certificates, COLS(find_query),  NULL, get_certificates },
    { HTTP_GET,  "/certificates/{word}",        CAP_PUBLIC,      R_API | R_CACHED, "一种证明",     get_certificate,  COLS(one_query),   NULL, NULL },
    { HTTP_POST, "/certificates/{word}/refuse", CAP_ERRAND_TAKE, R_API,            "写不开证明的告知单", post_refuse, COLS(refuse_form), NULL, get_certificate },
    { HTTP_GET,  "/certificates/{word}/write",  CAP_ERRAND_TAKE, 0,                "开证明的表",   get_write,        COLS(write_query), NULL, NULL },
    { HTTP_POST, "/certificates/{word}/write/find", CAP_ERRAND_TAKE, R_READ,        "开证明：找人", get_write,        COLS(who_form),    NULL, get_write },
    { HTTP_POST, "/certificates/{word}/write",  CAP_ERRAND_TAKE, R_API,            "写证明",       post_write,       COLS(write_form),  NULL, again_write },
};
/* clang-format on */
ROUTES(routes)
