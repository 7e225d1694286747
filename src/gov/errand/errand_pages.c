/* SPDX-License-Identifier: Apache-2.0
 * errand_pages.c - the page of one errand, its steps, and the list. */
#include "core/day.h"
#include "gov/errand/errand_tmpl.h"
#include "gov/errand/errand_view.h"
#include "kernel/person/person.h"

/* clang-format off */
static const char *const decisions[] = { "granted", "refused", NULL };
static const char *const mets[] = { "yes", "no", NULL };
static const char *const wheres[] = { "next", "back", NULL };
#define WORDS    { "words", F_LINES, 0, 0, ERRAND_WORDS_MAX, NULL, "说明" }
#define CHANGED  { "changed", F_INT, 0, 0, INT32_MAX, NULL, "版本" }
static const struct field step_form[]   = { WORDS, CHANGED };
static const struct field reason_form[] = { { "words", F_LINES, F_REQUIRED, 2, ERRAND_WORDS_MAX, NULL, "理由" }, CHANGED };
static const struct field refuse_form[] = { { "words", F_LINES, F_REQUIRED, 2, ERRAND_WORDS_MAX, NULL, "理由" }, CHANGED, ROUTE_CODE };
static const struct field hand_form[]   = { WORDS, CHANGED, { "where", F_CHOICE, 0, 0, 0, wheres, "交给谁" } };
static const struct field decide_form[] = { { "words", F_LINES, F_REQUIRED, 2, ERRAND_WORDS_MAX, NULL, "结果" }, { "decision", F_CHOICE, F_REQUIRED, 0, 0, decisions, "决定" }, { "changed", F_INT, F_REQUIRED, 0, INT32_MAX, NULL, "版本" }, ROUTE_CODE };
static const struct field revisit_form[] = { WORDS, CHANGED, { "met", F_CHOICE, 0, 0, 0, mets, "联系上没有" } };
static const struct field deliver_form[] = { WORDS, CHANGED, { "how", F_TEXT, F_REQUIRED, 1, 60, NULL, "怎么送的、谁签收" } };
static const struct field redirect_form[] = { { "words", F_LINES, F_REQUIRED, 2, ERRAND_WORDS_MAX, NULL, "理由，要带什么" }, CHANGED, { "to", F_TEXT, F_REQUIRED, 2, 80, NULL, "去哪里、地址电话" } };
static const struct field more_form[]   = { { "words", F_LINES, F_REQUIRED, 2, ERRAND_WORDS_MAX, NULL, "理由" }, CHANGED, { "papers", F_LINES, F_REQUIRED, 1, 500, NULL, "要哪些材料，一行一样" } };
static const struct field paper_form[]  = { { "seq", F_INT, F_REQUIRED, 1, ERRAND_PAPERS_MAX, NULL, "材料" }, CHANGED };
/* clang-format on */

static void view_json(struct json *j, const struct errand_view *v)
{
    const struct errand *e = &v->e;
    json_object_begin(j, NULL);
    json_key(j, "errand", e->key);
    json_text(j, "number", e->number);
    json_text(j, "title", e->title);
    json_text(j, "state", e->state);
    json_text(j, "decision", e->decision);
    json_text(j, "place", e->place);
    json_text(j, "holder", v->who_acts);
    json_ms(j, "due", e->step_due);
    json_ms(j, "promised_due", e->promised_due);
    json_int(j, "changed", e->changed);
    json_array_begin(j, "steps");
    for (size_t i = 0; i < v->n_steps; i++) {
        json_object_begin(j, NULL);
        json_text(j, "event", v->steps[i].event);
        json_text(j, "to", v->steps[i].to);
        json_ms(j, "at", v->steps[i].at_ms);
        json_text(j, "words", v->steps[i].words);
        json_object_end(j);
    }
    json_array_end(j);
    json_array_begin(j, "papers");
    for (size_t i = 0; i < v->n_papers; i++) {
        json_object_begin(j, NULL);
        json_int(j, "seq", v->papers[i].seq);
        json_text(j, "name", v->papers[i].name);
        json_text(j, "state", v->papers[i].state);
        json_ms(j, "due", v->papers[i].due_ms);
        json_object_end(j);
    }
    json_array_end(j);
    json_object_end(j);
}

enum err errand_page(struct ctx *c, struct req *r)
{
    struct errand_view *v = ARENA_NEW(c->arena, struct errand_view);
    TRY(errand_load(c, r->key, &v->e));
    if (v->e.person)
        req_look(c, r, (struct key){ v->e.key.county, v->e.person },
                 arena_printf(c->arena, "办件 %s", v->e.number));
    TRY(errand_view(c, v));
    if (r->api) {
        view_json(req_json(c, r), v);
        return OK;
    }
    const struct page *p = page_new(c, r, v->e.title, "/todo", "");
    tmpl_errand_show(req_html(c, r), p, v);
    return OK;
}

/* The errand as the page showed it, or E_CONFLICT. */
static enum err load_unchanged(struct ctx *c, struct req *r, struct errand *e)
{
    TRY(errand_load(c, r->key, e));
    if (form_has(r->form, "changed") && form_int(r->form, "changed") != e->changed)
        return fail(c, E_CONFLICT, "somebody was faster");
    return OK;
}

static enum err step(struct ctx *c, struct req *r, enum errand_event ev, const char *more,
                     const char *say)
{
    struct errand e;
    TRY(load_unchanged(c, r, &e));
    TRY(errand_step(c, &e, ev, form_text(r->form, "words"), more));
    req_say(r, say);
    return req_go(c, r, "/errand/%s", key_text(c, e.key));
}

static enum err post_hand(struct ctx *c, struct req *r)
{
    return step(c, r, EV_HAND, form_text(r->form, "where"), "交出去了。");
}

static enum err post_complete(struct ctx *c, struct req *r)
{
    return step(c, r, EV_COMPLETE, "", "材料齐了，时限接着算。");
}

static enum err post_suspend(struct ctx *c, struct req *r)
{
    return step(c, r, EV_SUSPEND, "", "暂停了，时钟停住，理由居民看得到。");
}

static enum err post_resume(struct ctx *c, struct req *r)
{
    return step(c, r, EV_RESUME, "", "恢复了，时限接着算。");
}

static enum err post_withdraw(struct ctx *c, struct req *r)
{
    return step(c, r, EV_WITHDRAW, "", "记下了：居民不办了。");
}

static enum err post_refuse(struct ctx *c, struct req *r)
{
    return step(c, r, EV_REFUSE, "", "不受理的理由已经写明，请打印给居民。");
}

static enum err post_redirect(struct ctx *c, struct req *r)
{
    return step(c, r, EV_REDIRECT, form_text(r->form, "to"), "告诉居民去哪里、带什么。");
}

static enum err post_decide(struct ctx *c, struct req *r)
{
    return step(c, r, EV_DECIDE, form_text(r->form, "decision"), "决定作出了，送达的人已经收到。");
}

static enum err post_done_now(struct ctx *c, struct req *r)
{
    return step(c, r, EV_DONE_NOW, "", "当场办好了。");
}

static enum err post_deliver(struct ctx *c, struct req *r)
{
    return step(c, r, EV_DELIVER, form_text(r->form, "how"), "送到了。过几天记得回访。");
}

static enum err post_revisit(struct ctx *c, struct req *r)
{
    struct errand e;
    if (!str_eq(form_text(r->form, "met"), "no"))
        return step(c, r, EV_REVISIT, "", "回访记下了。");
    TRY(load_unchanged(c, r, &e));
    TRY(errand_revisit_missed(c, &e, form_text(r->form, "words")));
    req_say(r, "记下了：这次没有联系上。");
    return req_go(c, r, "/errand/%s", key_text(c, e.key));
}

static enum err post_correct(struct ctx *c, struct req *r)
{
    return step(c, r, EV_CORRECT, "", "退回更正，理由居民看得到。");
}

static enum err post_ask_more(struct ctx *c, struct req *r)
{
    return step(c, r, EV_ASK_MORE, form_text(r->form, "papers"),
                "再要材料记下了，会计入公开的统计。");
}

static enum err post_paper(struct ctx *c, struct req *r)
{
    struct errand e;
    TRY(errand_load(c, r->key, &e));
    TRY(errand_paper_came(c, &e, form_int(r->form, "seq")));
    req_say(r, "材料收下了。");
    return req_go(c, r, "/errand/%s", key_text(c, e.key));
}

static enum err post_note(struct ctx *c, struct req *r)
{
    struct errand e;
    TRY(errand_load(c, r->key, &e));
    TRY(errand_note(c, &e, form_text(r->form, "words")));
    req_say(r, "记下了。");
    return req_go(c, r, "/errand/%s", key_text(c, e.key));
}

/* clang-format off */
#define DECIDES(path, zh, handler, form) { HTTP_POST, "/errand/{key}/" path, CAP_MEMBER, R_API | R_RECENT, zh, handler, COLS(form), NULL, errand_page }
#define STEP(path, zh, handler, form) { HTTP_POST, "/errand/{key}/" path, CAP_MEMBER, R_API, zh, handler, COLS(form), NULL, errand_page }
static const struct route routes[] = {
    { HTTP_GET, "/errand/{key}", CAP_ERRAND_READ, R_API, "一件办件", errand_page, NULL, 0,          NULL, NULL },
    STEP("hand",     "转交",         post_hand,     hand_form),
    STEP("complete", "材料齐了",     post_complete, step_form),
    STEP("paper",    "收到材料",     post_paper,    paper_form),
    STEP("suspend",  "暂停",         post_suspend,  reason_form),
    STEP("resume",   "恢复",         post_resume,   step_form),
    STEP("withdraw", "居民不办了",   post_withdraw, step_form),
    DECIDES("refuse", "不受理",      post_refuse,   refuse_form),
    STEP("redirect", "转给别的单位", post_redirect, redirect_form),
    DECIDES("decide", "作出决定",    post_decide,   decide_form),
    STEP("done-now", "当场办结",     post_done_now, step_form),
    STEP("deliver",  "送达",         post_deliver,  deliver_form),
    STEP("revisit",  "回访",         post_revisit,  revisit_form),
    STEP("correct",  "更正决定",     post_correct,  reason_form),
    STEP("ask-more", "再要材料",     post_ask_more, more_form),
    STEP("note",     "记一笔",       post_note,     reason_form),
};
/* clang-format on */
ROUTES(routes)
