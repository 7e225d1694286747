/* SPDX-License-Identifier: Apache-2.0
 * rating_pages.c - rating an errand, and calling back after a bad one. */
#include "gov/rating/rating_tmpl.h"
#include "gov/rating/rating_view.h"
#include "kernel/place/place.h"
#include "store/setting.h"

enum { REASON_CHARS_MAX = 30 };
/* clang-format off */
static const char *const scores[] = { "5", "4", "3", "2", "1", NULL };
static const char *const hows[] = { "device", "qr", "paper", "mouth", NULL };
static const char *const findings[] = { [FINDING_UNTRUE] = "untrue", [FINDING_SERVICE] = "service", [FINDING_RESULT] = "result", NULL };
static const struct field open_form[] = {
    { "number", F_TEXT, F_REQUIRED, 0, 60, NULL, "办件编号" },
    { "code",   F_TEXT, F_REQUIRED, 0, 20, NULL, "查询码" },
};
static const struct field rate_form[] = {
    { "number", F_TEXT,   F_REQUIRED, 0, 60, NULL, "办件编号" },
    { "code",   F_TEXT,   F_REQUIRED, 0, 20, NULL, "查询码" },
    { "score",  F_CHOICE, F_REQUIRED, 0, 0, scores, "满意不满意" },
    { "reason", F_TEXT,   F_INDEXED,  0, REASON_CHARS_MAX, NULL, "哪里好、哪里不好" },
    { "words",  F_LINES,  0, 0, RATING_WORDS_MAX, NULL, "想说的话" },
    { "how",    F_CHOICE, 0, 0, 0, hows, "怎么评的" },
};
static const struct field staff_form[] = {
    { "score",  F_CHOICE, F_REQUIRED, 0, 0, scores, "满意不满意" },
    { "reason", F_TEXT,   F_INDEXED,  0, REASON_CHARS_MAX, NULL, "哪里好、哪里不好" },
    { "words",  F_LINES,  0, 0, RATING_WORDS_MAX, NULL, "想说的话" },
    { "how",    F_CHOICE, F_REQUIRED, 0, 0, hows, "怎么评的" },
};
static const struct field call_form[] = {
    { "found", F_CHOICE, F_REQUIRED, 0, 0, findings, "属实不属实" },
    { "complex", F_BOOL, 0, 0, 0, NULL, "情况复杂" },
    { "words", F_LINES,  F_REQUIRED, 2, RATING_WORDS_MAX, NULL, "居民怎么说、查到什么" },
};
static const struct field right_form[] = { { "words", F_LINES, F_REQUIRED, 2, RATING_WORDS_MAX, NULL, "怎么整改的" } };
static const struct field again_form[] = { { "score", F_CHOICE, F_REQUIRED, 0, 0, scores, "满意不满意" } };
/* clang-format on */

/* Those that were ticked and are among the rule's; others come from an older form and are dropped.
 */
static const char *reasons_of(struct ctx *c, const struct form *f, const struct rating_terms *t)
{
    const char *out = "";
    for (int i = 0; t->reasons[i]; i++)
        for (int k = 0; t->reasons[k]; k++)
            if (str_eq(form_text_at(f, "reason", i), t->reasons[k]))
                out = arena_printf(c->arena, "%s%s%s", out, *out ? "、" : "", t->reasons[k]);
    return out;
}

static int64_t score_of(const struct form *f)
{
    return form_text(f, "score")[0] - '0';
}

static enum err show_rate(struct ctx *c, struct req *r, const struct errand *e, bool staff)
{
    struct rate_page v = { .e = e, .staff = staff };
    const char *county;
    TRY(setting_get(c, "county", "", &county));
    TRY(rating_terms(c, e ? e->place : county, &v.terms));
    v.number = form_raw(r->form, "number");
    v.code = form_raw(r->form, "code");
    tmpl_rate(req_html(c, r),
              page_new(c, r, staff ? "代记评价" : "评一评", staff ? "/ratings" : "/progress",
                       staff ? "评价" : "查进度"),
              &v);
    return OK;
}

static enum err get_rate(struct ctx *c, struct req *r)
{
    return show_rate(c, r, NULL, false);
}

/* From the look-up: number and code come in the body, never in an address. */
static enum err post_open(struct ctx *c, struct req *r)
{
    struct errand *e = ARENA_NEW(c->arena, struct errand);
    TRY(errand_by_code(c, form_text(r->form, "number"), form_text(r->form, "code"), e));
    r->status = 200;
    return show_rate(c, r, e, false);
}

static enum err again_rate(struct ctx *c, struct req *r)
{
    struct ctx probe = *c;
    struct errand *e = ARENA_NEW(c->arena, struct errand);
    r->status = err_http(r->error);
    enum err known =
        errand_by_code(&probe, form_text(r->form, "number"), form_text(r->form, "code"), e);
    return show_rate(c, r, known ? NULL : e, false);
}

static enum err post_rate(struct ctx *c, struct req *r)
{
    struct errand e;
    const struct form *f = r->form;
    struct rated_page v = { .e = &e };
    TRY(errand_by_code(c, form_text(f, "number"), form_text(f, "code"), &e));
    TRY(rating_terms(c, e.place, &v.terms));
    TRY(rating_give(c, &e, score_of(f), reasons_of(c, f, &v.terms), form_text(f, "words"),
                    str_or(form_text(f, "how"), "device")));
    if (r->api) {
        req_say(r, "评价收到了。");
        return req_go(c, r, "/progress");
    }
    TRY(rating_load(c, e.key, &v.r));
    v.number = form_raw(f, "number");
    v.code = form_raw(f, "code");
    v.township = place_short_name(c, place_at(c, e.place, PLACE_TOWNSHIP));
    tmpl_rated(req_html(c, r), page_new(c, r, "评价收到了", "/progress", "查进度"), &v);
    return OK;
}

/* Somebody else writes down what a resident said or wrote; never the one who did the errand. */
static enum err load_for_staff(struct ctx *c, struct req *r, struct errand *e)
{
    TRY(errand_load(c, r->key, e));
    if (!ctx_may(c, CAP_RATING_HANDLE, e->place))
        return fail(c, E_FORBIDDEN, "handles no ratings here");
    return e->taken_by == c->account_id ? fail(c, E_SAME_PERSON, "rates own work") : OK;
}

static enum err get_staff(struct ctx *c, struct req *r)
{
    struct errand *e = ARENA_NEW(c->arena, struct errand);
    TRY(load_for_staff(c, r, e));
    return show_rate(c, r, e, true);
}

static enum err post_staff(struct ctx *c, struct req *r)
{
    struct errand e;
    const struct form *f = r->form;
    struct rating_terms terms;
    TRY(load_for_staff(c, r, &e));
    TRY(rating_terms(c, e.place, &terms));
    TRY(rating_give(c, &e, score_of(f), reasons_of(c, f, &terms), form_text(f, "words"),
                    form_text(f, "how")));
    req_say(r, "评价记下了。");
    return req_go(c, r, "/ratings");
}

static enum err get_list(struct ctx *c, struct req *r)
{
    struct rating *open, *all;
    size_t n_open, n_all;
    const char *place = str_or(ctx_place(c, CAP_RATING_HANDLE), "");
    TRY(rating_list(c, place, true, &open, &n_open));
    TRY(rating_list(c, place, false, &all, &n_all));
    tmpl_rating_list(req_html(c, r), page_new(c, r, "评价", "/ratings", place_full_name(c, place)),
                     open, n_open, all, n_all);
    return OK;
}

static enum err load(struct ctx *c, struct req *r, struct rating *out)
{
    TRY(rating_load(c, r->key, out));
    return ctx_may(c, CAP_RATING_HANDLE, out->place) ? OK
                                                     : fail(c, E_NOT_FOUND, "rating out of reach");
}

/* Whom to call: the handler may see it, and the look is recorded. */
static enum err load_contact(struct ctx *c, struct req *r, struct rating_view *v)
{
    if (v->e.person)
        req_look(c, r, (struct key){ v->e.key.county, v->e.person },
                 arena_printf(c->arena, "差评回访 %s", v->e.number));
    return errand_phone(c, &v->e, NULL, &v->contact);
}

static enum err get_rating(struct ctx *c, struct req *r)
{
    struct rating_view *v = ARENA_NEW(c->arena, struct rating_view);
    TRY(load(c, r, &v->r));
    TRY(errand_load_any(c, r->key, &v->e));
    TRY(load_contact(c, r, v));
    tmpl_rating_show(req_html(c, r), page_new(c, r, "差评回访", "/ratings", "评价"), v);
    return OK;
}

static enum err post_called(struct ctx *c, struct req *r)
{
    struct rating x;
    int finding = 0;
    TRY(load(c, r, &x));
    while (!str_eq(findings[finding], form_text(r->form, "found")))
        finding++;
    TRY(rating_called(c, &x, (enum finding)finding, form_bool(r->form, "complex"),
                      form_text(r->form, "words")));
    req_say(r, "回访记下了。");
    return req_go(c, r, "/ratings/%s", key_text(c, x.key));
}

static enum err post_righted(struct ctx *c, struct req *r)
{
    struct rating x;
    TRY(load(c, r, &x));
    TRY(rating_righted(c, &x, form_text(r->form, "words")));
    req_say(r, "整改记下了，请居民再评一次。");
    return req_go(c, r, "/ratings/%s", key_text(c, x.key));
}

static enum err post_again(struct ctx *c, struct req *r)
{
    struct rating x;
    TRY(load(c, r, &x));
    TRY(rating_again(c, &x, score_of(r->form)));
    req_say(r, "再评记下了，这件了结。");
    return req_go(c, r, "/ratings");
}

/* clang-format off */
static const struct route routes[] = {
    { HTTP_GET,  "/rate",                  CAP_PUBLIC,        0,                "评价页",     get_rate,     NULL, 0,          NULL, NULL },
    { HTTP_POST, "/rate/open",             CAP_PUBLIC,        R_STRICT | R_READ, "打开评价页", post_open,   COLS(open_form),  NULL, again_rate },
    { HTTP_POST, "/rate",                  CAP_PUBLIC,        R_STRICT | R_API, "居民评价",   post_rate,    COLS(rate_form),  NULL, again_rate },
    { HTTP_GET,  "/errand/{key}/rate",     CAP_RATING_HANDLE, 0,                "代记评价页", get_staff,    NULL, 0,          NULL, NULL },
    { HTTP_POST, "/errand/{key}/rate",     CAP_RATING_HANDLE, R_API,            "代记评价",   post_staff,   COLS(staff_form), NULL, get_staff },
    { HTTP_GET,  "/ratings",               CAP_RATING_HANDLE, 0,                "评价列表",   get_list,     NULL, 0,          NULL, NULL },
    { HTTP_GET,  "/ratings/{key}",         CAP_RATING_HANDLE, 0,                "差评回访页", get_rating,   NULL, 0,          NULL, NULL },
    { HTTP_POST, "/ratings/{key}/called",  CAP_RATING_HANDLE, R_API,            "记下回访",   post_called,  COLS(call_form),  NULL, get_rating },
    { HTTP_POST, "/ratings/{key}/righted", CAP_RATING_HANDLE, R_API,            "记下整改",   post_righted, COLS(right_form), NULL, get_rating },
    { HTTP_POST, "/ratings/{key}/again",   CAP_RATING_HANDLE, R_API,            "再评",       post_again,   COLS(again_form), NULL, get_rating },
};
/* clang-format on */
ROUTES(routes)
