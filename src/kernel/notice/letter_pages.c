/* SPDX-License-Identifier: Apache-2.0
 * letter_pages.c - the letters of a village: print those that wait, mark them as carried or posted,
 * and once more when one came back. */
#include "kernel/notice/letter.h"
#include "kernel/notice/letters_tmpl.h"
#include "kernel/page/page.h"
#include "kernel/place/place.h"

/* clang-format off */
static const struct field list_query[] = { { "place", F_PLACE, 0, 0, 0, NULL, "村" }, { "before", F_INT, 0, 0, INT64_MAX / 4, NULL, "从哪里接着看" } };
static const struct field pdf_query[]  = { { "place", F_PLACE, 0, 0, 0, NULL, "村" }, { "id", F_INT, 0, 1, INT64_MAX / 4, NULL, "哪一封" } };
static const struct field sent_form[]  = { { "place", F_PLACE, F_REQUIRED, 0, 0, NULL, "村" }, { "id", F_INT, F_INDEXED, 1, INT64_MAX / 4, NULL, "哪几封" } };
static const struct field again_form[] = { { "id", F_INT, F_REQUIRED, 1, INT64_MAX / 4, NULL, "哪一封" } };
/* clang-format on */

/* The village asked for, or the actor's own; "" when a township has not chosen one yet. */
static enum err place_asked(struct ctx *c, const struct form *f, const char **out)
{
    const char *place = form_text(f, "place"), *own = ctx_place(c, CAP_ERRAND_TAKE);
    *out = *place ? place : strlen(own) == PLACE_CODE_MAX ? own : "";
    if (**out && !ctx_may(c, CAP_ERRAND_TAKE, *out))
        return fail(c, E_NOT_FOUND, "takes no errands there");
    return OK;
}

static void rows_json(struct json *j, const char *name, const struct outbox_row *l, size_t n)
{
    CHECK(l || !n);
    json_array_begin(j, name);
    for (size_t i = 0; i < n; i++) {
        json_object_begin(j, NULL);
        json_int(j, "id", l[i].id);
        json_text(j, "title", l[i].title);
        json_ms(j, "at", l[i].at_ms);
        json_ms(j, "sent", l[i].done_ms);
        json_text(j, "sent_by", l[i].done_by);
        json_object_end(j);
    }
    json_array_end(j);
}

static enum err get_letters(struct ctx *c, struct req *r)
{
    struct letters_page v = { 0 };
    struct letter_place *places = NULL;
    struct outbox_row *waiting = NULL, *sent = NULL;
    const char *area = ctx_place(c, CAP_ERRAND_TAKE);
    TRY(place_asked(c, r->form, &v.place));
    if (*v.place) {
        TRY(letters_of(c, v.place, true, 0, &waiting, &v.n_waiting));
        TRY(letters_of(c, v.place, false, form_int(r->form, "before"), &sent, &v.n_sent));
    }
    if (strlen(area) < PLACE_CODE_MAX)
        TRY(letter_places(c, area, &places, &v.n_places));
    v.places = places;
    v.waiting = waiting;
    v.sent = sent;
    if (r->api) {
        struct json *j = req_json(c, r);
        json_object_begin(j, NULL);
        rows_json(j, "waiting", waiting, v.n_waiting);
        rows_json(j, "sent", sent, v.n_sent);
        json_object_end(j);
        return OK;
    }
    v.place_name = place_full_name(c, *v.place ? v.place : area);
    tmpl_letters(req_html(c, r), page_new(c, r, "信件", "/letters", v.place_name), &v);
    return OK;
}

static enum err get_pdf(struct ctx *c, struct req *r)
{
    struct outbox_row *l, one;
    size_t n = 1;
    struct paper *p;
    struct bytes pdf;
    const char *place;
    if (form_has(r->form, "id")) {
        TRY(letter_load(c, form_int(r->form, "id"), &one));
        l = &one;
    } else {
        TRY(place_asked(c, r->form, &place));
        TRY(letters_of(c, place, true, 0, &l, &n));
        if (n == 0)
            return fail(c, E_NOT_FOUND, "no letters wait");
    }
    TRY(letters_paper(c, l, n, page_url(c, r, "/progress"), &p));
    for (size_t i = 0; i < n; i++)
        if (l[i].person)
            req_look(c, r, (struct key){ l[i].subject.county, l[i].person }, "打印给本人的信");
    TRY(paper_pdf(c, p, &pdf));
    return req_file(r, pdf, "application/pdf", "信件.pdf", false);
}

static enum err post_sent(struct ctx *c, struct req *r)
{
    const char *place = form_text(r->form, "place");
    size_t n = 0;
    for (const struct form_value *v = r->form->values; v; v = v->next) {
        struct outbox_row l;
        if (!str_eq(v->field->name, "id") || v->number == 0)
            continue;
        TRY(letter_load(c, v->number, &l));
        TRY(letter_sent(c, &l));
        n++;
    }
    if (n == 0)
        return fail_field(c, "id", E_REQUIRED);
    req_say(r, "记下了：送出去了。");
    return req_go(c, r, "/letters?place=%s", place);
}

static enum err post_again(struct ctx *c, struct req *r)
{
    struct outbox_row l;
    TRY(letter_load(c, form_int(r->form, "id"), &l));
    TRY(letter_again(c, &l));
    req_say(r, "放回要寄的里面了，再打印一次。");
    return req_go(c, r, "/letters?place=%s", l.place);
}

/* clang-format off */
static const struct route routes[] = {
    { HTTP_GET,  "/letters",       CAP_ERRAND_TAKE, R_API,  "信件",         get_letters, COLS(list_query), NULL, NULL },
    { HTTP_GET,  "/letters.pdf",   CAP_ERRAND_TAKE, R_POOL, "打印信件",     get_pdf,     COLS(pdf_query),  NULL, NULL },
    { HTTP_POST, "/letters/sent",  CAP_ERRAND_TAKE, R_API,  "信件送出去了", post_sent,   COLS(sent_form),  NULL, get_letters },
    { HTTP_POST, "/letters/again", CAP_ERRAND_TAKE, R_API,  "信件再寄一次", post_again,  COLS(again_form), NULL, get_letters },
};
/* clang-format on */
ROUTES(routes)
