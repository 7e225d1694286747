/* SPDX-License-Identifier: Apache-2.0
 * errand_pages.c - the page of one errand, its steps, and the list. */
#include "core/day.h"
#include "gov/errand/errand_tmpl.h"
#include "gov/errand/errand_view.h"
#include "kernel/person/person.h"
#include "kernel/place/place_page.h"

/* clang-format off */
static const char *const decisions[] = { "granted", "refused", NULL };
static const char *const wheres[] = { "next", "back", NULL };
static const char *const states[] = { "drafted", "missing", "in_hand", "suspended", "decided", "delivered", "revisited", "archived", "redirected", "refused", "withdrawn", NULL };
#define WORDS    { "words", F_LINES, 0, 0, ERRAND_WORDS_MAX, NULL, "说明" }
#define CHANGED  { "changed", F_INT, 0, 0, INT32_MAX, NULL, "版本" }
static const struct field step_form[]   = { WORDS, CHANGED };
static const struct field reason_form[] = { { "words", F_LINES, F_REQUIRED, 2, ERRAND_WORDS_MAX, NULL, "理由" }, CHANGED };
static const struct field hand_form[]   = { WORDS, CHANGED, { "where", F_CHOICE, 0, 0, 0, wheres, "交给谁" } };
static const struct field decide_form[] = { { "words", F_LINES, F_REQUIRED, 2, ERRAND_WORDS_MAX, NULL, "结果" }, { "decision", F_CHOICE, F_REQUIRED, 0, 0, decisions, "决定" }, { "changed", F_INT, F_REQUIRED, 0, INT32_MAX, NULL, "版本" } };
static const struct field deliver_form[] = { WORDS, CHANGED, { "how", F_TEXT, F_REQUIRED, 1, 60, NULL, "怎么送的、谁签收" } };
static const struct field redirect_form[] = { { "words", F_LINES, F_REQUIRED, 2, ERRAND_WORDS_MAX, NULL, "理由，要带什么" }, CHANGED, { "to", F_TEXT, F_REQUIRED, 2, 80, NULL, "去哪里、地址电话" } };
static const struct field more_form[]   = { { "words", F_LINES, F_REQUIRED, 2, ERRAND_WORDS_MAX, NULL, "理由" }, CHANGED, { "papers", F_LINES, F_REQUIRED, 1, 500, NULL, "要哪些材料，一行一样" } };
static const struct field paper_form[]  = { { "seq", F_INT, F_REQUIRED, 1, ERRAND_PAPERS_MAX, NULL, "材料" }, CHANGED };
static const struct field list_query[]  = { { "state", F_CHOICE, 0, 0, 0, states, "状态" }, { "before", F_INT, 0, 0, INT64_MAX / 4, NULL, "从哪里接着看" }, { "place", F_PLACE, 0, 0, 0, NULL, "地方" } };
/* clang-format on */

static void view_json(struct json *j, const struct errand_view *v)
{
    const struct errand *e = &v->e;
    json_object_begin(j, NULL);
    json_key(j, "errand", e->key);
    json_text(j, "number", e->number);
    json_text(j, "title", e->title);
    json_text(j, "state", e->state);
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

static enum err get_errand(struct ctx *c, struct req *r)
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

static enum err step(struct ctx *c, struct req *r, enum errand_event ev, const char *more,
                     const char *say)
{
    struct errand e;
    TRY(errand_load(c, r->key, &e));
    if (form_has(r->form, "changed") && form_int(r->form, "changed") != e.changed)
        return fail(c, E_CONFLICT, "somebody was faster");
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
    return step(c, r, EV_REVISIT, "", "回访记下了。");
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

/* ---- the list ---- */
static void list_json(struct json *j, const struct errand_line *rows, size_t n)
{
    json_object_begin(j, NULL);
    json_array_begin(j, "errands");
    for (size_t i = 0; i < n; i++) {
        json_object_begin(j, NULL);
        json_key(j, "errand", rows[i].key);
        json_text(j, "number", rows[i].number);
        json_text(j, "title", rows[i].title);
        json_text(j, "state", rows[i].state);
        json_ms(j, "due", rows[i].step_due);
        json_object_end(j);
    }
    json_array_end(j);
    json_int(j, "next", n == ERRAND_LIST_MAX ? rows[n - 1].key.id : 0);
    json_object_end(j);
}

static enum err get_list(struct ctx *c, struct req *r)
{
    struct errand_line *rows;
    size_t n;
    const char *area = place_shown(c, r, form_text(r->form, "place"));
    if (!*area)
        area = str_or(ctx_place(c, CAP_ERRAND_READ), "");
    bool dept_only = true;
    for (size_t i = 0; i < c->n_rights; i++)
        if ((c->rights[i].caps & CAP_ERRAND_READ) && c->rights[i].body_id == 0 &&
            str_starts(area, c->rights[i].place))
            dept_only = false;
    if (dept_only || !ctx_may(c, CAP_ERRAND_READ, area))
        return req_go(c, r, "/todo"); /* a department sees what it holds, which is its to-do list */
    TRY(errand_list(c, area, form_text(r->form, "state"), form_int(r->form, "before"), &rows, &n));
    if (r->api) {
        list_json(req_json(c, r), rows, n);
        return OK;
    }
    const struct page *p = page_new(c, r, "办件", "/errand", "");
    tmpl_errand_list(req_html(c, r), p, area, form_text(r->form, "state"), rows, n);
    return OK;
}

/* clang-format off */
#define STEP(path, zh, handler, form) { HTTP_POST, "/errand/{key}/" path, CAP_MEMBER, R_API, zh, handler, COLS(form), NULL, get_errand }
static const struct route routes[] = {
    { HTTP_GET, "/errand",       CAP_ERRAND_READ, R_API, "办件列表", get_list,   COLS(list_query), NULL, NULL },
    { HTTP_GET, "/errand/{key}", CAP_ERRAND_READ, R_API, "一件办件", get_errand, NULL, 0,          NULL, NULL },
    STEP("hand",     "转交",         post_hand,     hand_form),
    STEP("complete", "材料齐了",     post_complete, step_form),
    STEP("paper",    "收到材料",     post_paper,    paper_form),
    STEP("suspend",  "暂停",         post_suspend,  reason_form),
    STEP("resume",   "恢复",         post_resume,   step_form),
    STEP("withdraw", "居民不办了",   post_withdraw, step_form),
    STEP("refuse",   "不受理",       post_refuse,   reason_form),
    STEP("redirect", "转给别的单位", post_redirect, redirect_form),
    STEP("decide",   "作出决定",     post_decide,   decide_form),
    STEP("done-now", "当场办结",     post_done_now, step_form),
    STEP("deliver",  "送达",         post_deliver,  deliver_form),
    STEP("revisit",  "回访",         post_revisit,  step_form),
    STEP("correct",  "更正决定",     post_correct,  reason_form),
    STEP("ask-more", "再要材料",     post_ask_more, more_form),
    STEP("note",     "记一笔",       post_note,     reason_form),
};
/* clang-format on */
ROUTES(routes)
