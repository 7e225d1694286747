/* SPDX-License-Identifier: Apache-2.0
 * errand_form.c - the forms that belong to an errand, filled in from the record: the application,
 * the authorization of whoever runs it, the promise of what comes later. What is not known is left
 * blank. The identity number stands in them only for who may read the person's record. */
#include "core/day.h"
#include "gov/errand/errand_view.h"
#include "kernel/page/form_sheet.h"
#include "kernel/place/place.h"

static const char *const kinds[] = { "apply", "entrust", "promise", NULL };
static const struct field form_query[] = { { "kind", F_CHOICE, 0, 0, 0, kinds, "哪一种" } };

struct filling {
    struct ctx *c;
    struct errand_view v;
    struct person p; /* all zero when nobody is on record */
    const char *address, *phone;
    bool knows; /* the reader may read the person's record */
    struct form_sheet s;
};

/* ---- what is known of the person ---- */
static enum err load_person(struct ctx *c, struct req *r, struct filling *f)
{
    const struct errand *e = &f->v.e;
    struct household h;
    if (!e->person) { /* written down by name only */
        f->knows = ctx_may(c, CAP_PERSON_READ, e->place);
        return f->knows ? errand_phone(c, e, NULL, &f->phone) : OK;
    }
    TRY(person_load(c, (struct key){ e->key.county, e->person }, &f->p));
    req_look(c, r, f->p.key, arena_printf(c->arena, "打印表格 %s", e->number));
    f->knows = ctx_may(c, CAP_PERSON_READ, f->p.place);
    if (f->knows) {
        TRY(person_open(c, &f->p));
        TRY(errand_phone(c, e, &f->p, &f->phone));
    }
    f->address = arena_printf(c->arena, "%s%s", place_full_name(c, f->p.place), f->p.grp);
    if (!f->p.household)
        return OK;
    TRY(household_load(c, (struct key){ e->key.county, f->p.household }, &h));
    f->address = arena_printf(c->arena, "%s%s %s", place_full_name(c, h.place), h.grp, h.door);
    return OK;
}

static void put_person(struct filling *f, const char *what)
{
    struct ctx *c = f->c;
    const struct person *p = &f->p;
    bool known = p->key.county != 0;
    form_sheet_row(&f->s, what, known ? p->name : f->v.e.who);
    if (known && p->sex)
        form_sheet_row(&f->s, "性别", p->sex == 1 ? "男" : "女");
    else
        form_sheet_row(&f->s, "性别", "");
    form_sheet_row(&f->s, "出生日期",
                   known && p->birth ? day_iso(c->arena, (int32_t)p->birth) : "");
    form_sheet_row(&f->s, "身份证号", f->knows ? p->id_no : "");
    form_sheet_row(&f->s, "联系电话", f->phone);
    form_sheet_row(&f->s, "住址", f->address);
}

/* ---- the kinds ---- */
static enum err fill_apply(struct filling *f)
{
    static const char *const heads[FORM_SHEET_COLS] = { "材料", "份数", "情况" };
    struct ctx *c = f->c;
    const struct errand_view *v = &f->v;
    struct question *q = NULL;
    size_t n_q = 0;
    put_person(f, "申请人");
    if (*v->e.behalf)
        form_sheet_row(&f->s, "替谁办", v->e.behalf);
    form_sheet_row(&f->s, "要办的事", v->e.words);
    if (v->has_item)
        TRY(item_questions(c, v->e.version, &q, &n_q));
    for (size_t i = 0; i < n_q; i++)
        form_sheet_row(&f->s, q[i].ask, errand_answered(c, v->e.answers, q[i].ask));
    form_sheet_papers(c, &f->s, heads, v->n_papers);
    for (size_t i = 0; i < v->n_papers; i++) {
        const char **cells = f->s.cells + i * FORM_SHEET_COLS;
        cells[0] = v->papers[i].name;
        cells[1] = arena_printf(c->arena, "%s %" PRId64 " 份", material_form_zh(v->papers[i].form),
                                v->papers[i].count);
        cells[2] = errand_paper_zh(c, &v->papers[i]);
    }
    f->s.title = "申请表";
    f->s.text = str_eq(v->e.manner, "written")
                    ? "以上情况属实。"
                    : "本人口头提出，由经办人代填，念给本人听过。以上情况属实。";
    return OK;
}

static enum err fill_entrust(struct filling *f)
{
    struct ctx *c = f->c;
    const struct errand *e = &f->v.e;
    const char *who = desk_zh(c, e->home, e->home_cap, 0);
    for (size_t i = 0; i < f->v.n_steps; i++)
        if (str_eq(f->v.steps[i].event, "accept"))
            who = f->v.steps[i].actor;
    put_person(f, "委托人");
    form_sheet_row(&f->s, "受托人", who);
    form_sheet_row(&f->s, "委托的事", f->v.e.title);
    form_sheet_row(&f->s, "可以替本人做",
                   "交材料、问进度、领结果、收通知；要本人签字、按手印的，回来找本人");
    form_sheet_row(&f->s, "到什么时候", "这件事办结为止；本人说一声就可以收回");
    f->s.title = "委托书";
    f->s.text = "本人委托上面的受托人代办这件事，不收费。";
    return OK;
}

static enum err fill_promise(struct filling *f)
{
    static const char *const heads[FORM_SHEET_COLS] = { "后补的材料", "份数", "最晚哪天交" };
    struct ctx *c = f->c;
    const struct errand_view *v = &f->v;
    size_t n = 0;
    if (!v->n_later)
        return fail(c, E_NOT_FOUND, "nothing comes later");
    put_person(f, "承诺人");
    form_sheet_row(&f->s, "要办的事", v->e.title);
    form_sheet_papers(c, &f->s, heads, v->n_later);
    for (size_t i = 0; i < v->n_papers && n < v->n_later; i++) {
        const struct errand_paper *x = &v->papers[i];
        if (!str_eq(x->state, "later"))
            continue;
        const char **cells = f->s.cells + n++ * FORM_SHEET_COLS;
        cells[0] = x->name;
        cells[1] = arena_printf(c->arena, "%s %" PRId64 " 份", material_form_zh(x->form), x->count);
        cells[2] = x->due_ms ? day_zh_full(c->arena, day_of_ms(x->due_ms)) : "";
    }
    f->s.title = "容缺受理承诺书";
    f->s.text =
        "上面的材料现在拿不出，请先受理。本人知道要哪些材料，会在写明的日子前补交，保证真实。";
    return OK;
}

static enum err (*const fill[])(struct filling *) = { fill_apply, fill_entrust, fill_promise };

/* ---- pages ---- */
static void link_others(struct filling *f, const char *path, size_t kind)
{
    static const char *const zh[] = { "申请表", "委托书", "容缺承诺书" };
    struct form_sheet *s = &f->s;
    for (size_t i = 0; kinds[i]; i++)
        if (i != kind && (fill[i] != fill_promise || f->v.n_later))
            s->others[s->n_others++] =
                (struct form_link){ arena_printf(f->c->arena, "%s/form?kind=%s", path, kinds[i]),
                                    zh[i] };
    s->others[s->n_others++] =
        (struct form_link){ arena_printf(f->c->arena, "%s/receipt", path), "受理回执" };
}

static enum err fill_in(struct ctx *c, struct req *r, struct form_sheet **out)
{
    struct filling *f = ARENA_NEW(c->arena, struct filling);
    const char *asked = form_text(r->form, "kind"),
               *path = arena_printf(c->arena, "/errand/%s", key_text(c, r->key));
    size_t kind = 0;
    while (kinds[kind] && !str_eq(kinds[kind], asked))
        kind++;
    kind = kinds[kind] ? kind : 0;
    f->c = c;
    f->address = f->phone = "";
    TRY(errand_load(c, r->key, &f->v.e));
    TRY(errand_view(c, &f->v));
    TRY(load_person(c, r, f));
    f->s = (struct form_sheet){
        .item = f->v.e.title,
        .under = arena_printf(c->arena, "%s　办件 %s", f->v.place_name,
                              errand_number_text(c, f->v.e.number)),
        .lead = "",
        .boxes = { "本人签字或手印", "经办人签字", "日期" },
        .n_boxes = 3,
        .back = path,
        .back_zh = arena_printf(c->arena, "办件 %s", errand_number_text(c, f->v.e.number)),
        .pdf = arena_printf(c->arena, "%s/form.pdf?kind=%s", path, kinds[kind]),
    };
    TRY(fill[kind](f));
    link_others(f, path, kind);
    *out = &f->s;
    return OK;
}

static enum err get_form(struct ctx *c, struct req *r)
{
    struct form_sheet *s;
    TRY(fill_in(c, r, &s));
    return form_sheet_page(c, r, s);
}

static enum err get_pdf(struct ctx *c, struct req *r)
{
    struct form_sheet *s;
    TRY(fill_in(c, r, &s));
    return form_sheet_pdf(c, r, s, key_text(c, r->key));
}

/* clang-format off */
static const struct route routes[] = {
    { HTTP_GET, "/errand/{key}/form",     CAP_ERRAND_READ, 0,      "打印填好的表",     get_form, COLS(form_query), NULL, NULL },
    { HTTP_GET, "/errand/{key}/form.pdf", CAP_ERRAND_READ, R_POOL, "填好的表 PDF",     get_pdf,  COLS(form_query), NULL, NULL },
};
/* clang-format on */
ROUTES(routes)
