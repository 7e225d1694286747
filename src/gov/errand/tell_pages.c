/* SPDX-License-Identifier: Apache-2.0
 * tell_pages.c - telling the resident of one errand: what to say to which number, how it went, the
 * way they want, and that the result may be fetched. */
#include "gov/errand/errand_step.h"
#include "gov/errand/errand_tell.h"
#include "gov/errand/tell_tmpl.h"
#include "kernel/person/person_page.h"

/* clang-format off */
static const char *const hows[] = { "told", "missed", "letter", NULL };
static const struct field mouth_form[] = { { "how", F_CHOICE, F_REQUIRED, 0, 0, hows, "告诉了没有" } };
static const struct field way_form[] = {
    { "tell",    F_CHOICE, F_REQUIRED, 0, 0, tell_ways, "怎么告诉居民" },
    { "phone",   F_PHONE,  0,          0, 0, NULL, "换一个号码" },
    { "changed", F_INT,    0,          0, INT32_MAX, NULL, "版本" },
};
/* clang-format on */

/* Those who may are the desk that took the errand and the one that has it. */
static enum err load(struct ctx *c, struct req *r, struct errand *e)
{
    TRY(errand_load(c, r->key, e));
    return takes_papers_here(c, e);
}

static enum err load_person(struct ctx *c, struct req *r, struct tell_page *v)
{
    struct person p = { 0 };
    v->gone = "";
    if (v->e.person) {
        struct key k = { v->e.key.county, v->e.person };
        TRY(person_load(c, k, &p));
        TRY(person_open(c, &p));
        req_look(c, r, k, arena_printf(c->arena, "告诉居民 %s", v->e.number));
        v->gone = person_gone_zh(c, &p);
    }
    return errand_phone(c, &v->e, &p, &v->phone);
}

static enum err get_tell(struct ctx *c, struct req *r)
{
    struct tell_page *v = ARENA_NEW(c->arena, struct tell_page);
    TRY(load(c, r, &v->e));
    TRY(load_person(c, r, v));
    TRY(errand_told_list(c, &v->e, &v->told, &v->n_told));
    TRY(errand_tell_tries(c, &v->e, &v->tries_max));
    TRY(errand_tell_line(c, &v->e, &v->line));
    v->may_ready = errand_state_of(&v->e) == ERRAND_DECIDED && str_eq(v->e.decision, "granted");
    for (size_t i = 0; i < v->n_told; i++) {
        const struct told *t = &v->told[i];
        v->may_ready = v->may_ready && !str_eq(t->event, "ready");
        if (!str_eq(t->state, "open"))
            continue;
        v->n_open++;
        v->tries = t->tries > v->tries ? t->tries : v->tries;
    }
    tmpl_tell(req_html(c, r), page_new(c, r, "告诉居民", "/todo", "待办 › 办件"), v);
    return OK;
}

static enum err post_mouth(struct ctx *c, struct req *r)
{
    struct errand e;
    const char *how = form_text(r->form, "how");
    TRY(load(c, r, &e));
    if (str_eq(how, "letter")) {
        TRY(errand_told_letter(c, &e));
        req_say(r, "信写好了，在“信件”里打印。");
        return req_go(c, r, "/letters?place=%s", e.place);
    }
    bool reached = str_eq(how, "told");
    TRY(errand_told_mouth(c, &e, reached));
    req_say(r, reached ? "记下了：告诉了。" : "记下了：这次没联系上，待办里还留着。");
    return req_go(c, r, reached ? "/errand/%s" : "/errand/%s/tell", key_text(c, e.key));
}

static enum err post_way(struct ctx *c, struct req *r)
{
    struct errand e;
    TRY(load(c, r, &e));
    if (form_has(r->form, "changed") && form_int(r->form, "changed") != e.changed)
        return fail(c, E_CONFLICT, "somebody was faster");
    TRY(errand_tell_change(c, &e, form_text(r->form, "tell"), form_text(r->form, "phone")));
    req_say(r, "改好了，以后照这样告诉。");
    return req_go(c, r, "/errand/%s/tell", key_text(c, e.key));
}

static enum err post_ready(struct ctx *c, struct req *r)
{
    struct errand e;
    bool told;
    TRY(load(c, r, &e));
    if (errand_state_of(&e) != ERRAND_DECIDED || !str_eq(e.decision, "granted"))
        return fail(c, E_WRONG_STATE, "nothing to be fetched");
    TRY(errand_tell_event(c, &e, "ready", &told));
    req_say(r, told ? "告诉居民可以来取了。" : "没有再告诉：已经告诉过，或者居民不用告诉。");
    return req_go(c, r, "/errand/%s/tell", key_text(c, e.key));
}

/* clang-format off */
static const struct route routes[] = {
    { HTTP_GET,  "/errand/{key}/tell",       CAP_ERRAND_READ, 0,     "告诉居民页",     get_tell,   NULL, 0,          NULL, NULL },
    { HTTP_POST, "/errand/{key}/tell/mouth", CAP_ERRAND_READ, R_API, "告诉了没有",     post_mouth, COLS(mouth_form), NULL, get_tell },
    { HTTP_POST, "/errand/{key}/tell/way",   CAP_ERRAND_READ, R_API, "改怎么告诉居民", post_way,   COLS(way_form),   NULL, get_tell },
    { HTTP_POST, "/errand/{key}/tell/ready", CAP_ERRAND_READ, R_API, "请居民来取",     post_ready, NULL, 0,          NULL, get_tell },
};
/* clang-format on */
ROUTES(routes)
