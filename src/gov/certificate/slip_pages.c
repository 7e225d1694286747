/* SPDX-License-Identifier: Apache-2.0
 * slip_pages.c - a slip or certificate on paper: shown before it is issued, printed (A4, 80 mm),
 * PDF, and checked by whoever is handed it. */
#include "core/day.h"
#include "core/idno.h"
#include "crypto/random.h"
#include "crypto/signer.h"
#include "gov/certificate/slip_tmpl.h"
#include "gov/certificate/slip_view.h"
#include "kernel/place/place.h"
#include "kernel/print/print.h"
#include "kernel/print/qr.h"

/* clang-format off */
static const char *const widths[] = { "a4", "80", NULL };
static const struct field paper_query[] = { { "w", F_CHOICE, 0, 0, 0, widths, "纸" } };
static const struct field check_query[] = { { "c", F_TEXT, 0, 0, 40, NULL, "核对码" } };
/* clang-format on */

/* ---- what is printed ---- */
enum err slip_check_code(struct ctx *c, const struct slip *s, const char **out)
{
    uint8_t mac[SIGNER_MAC_BYTES];
    const char *text =
        arena_printf(c->arena, "%s %s %" PRId64, key_text(c, s->key), s->number, s->at_ms);
    TRY(signer_mac(c, "slip.check", (struct bytes){ (const uint8_t *)text, strlen(text) }, mac));
    *out = hex(c->arena, (struct bytes){ mac, SLIP_CHECK_LEN / 2 });
    return OK;
}

/* In the same time whatever is wrong. */
static enum err check_ok(struct ctx *c, const struct slip *s, const char *code, bool *ok)
{
    const char *right;
    unsigned differs = 0;
    TRY(slip_check_code(c, s, &right));
    *ok = *s->number && strlen(code) == SLIP_CHECK_LEN;
    for (size_t i = 0; *ok && i < SLIP_CHECK_LEN; i++)
        differs |= (unsigned)(right[i] ^ code[i]);
    *ok = *ok && differs == 0;
    return OK;
}

static enum err load_parties(struct ctx *c, struct slip_view *v)
{
    struct place p;
    struct body b;
    const char *place = v->s.place, *township = place_at(c, place, PLACE_TOWNSHIP);
    /* What was issued keeps the names of that day. */
    int32_t day = day_of_ms(*v->s.number ? v->s.at_ms : c->now_ms);
    TRY(certificate_by_id(c, v->s.certificate, &v->ct));
    TRY(place_load_on(c, place, day, &p));
    v->place_name = place_full_name_on(c, place, day);
    v->signs = village_signs(c->arena, v->place_name, p.name);
    v->window = arena_printf(c->arena, "%s便民服务中心",
                             *township ? place_short_name(c, township) : v->place_name);
    struct ctx probe = *c;
    v->phone = body_serving(&probe, "service_center", place, &b) == OK ? b.phone : "";
    v->who = "";
    if (!v->s.person)
        return OK;
    TRY(person_load(c, (struct key){ v->s.key.county, v->s.person }, &v->person));
    v->who = v->person.name;
    return person_open(c, &v->person);
}

/* The answers, and what the register knows. {id_no} stays open: it is sealed where it belongs. */
static const char *text_of(struct ctx *c, const struct slip_view *v, int64_t at_ms)
{
    struct cert_field fields[CERT_FIELDS_MAX];
    struct cert_value all[CERT_FIELDS_MAX + 5];
    size_t n = certificate_fields(c->arena, v->ct.fields, fields);
    for (size_t i = 0; i < n; i++)
        all[i] = (struct cert_value){ fields[i].code,
                                      answers_get(c->arena, v->s.words, fields[i].code) };
    all[n++] = (struct cert_value){ "name", v->person.name };
    all[n++] = (struct cert_value){ "id_no", "{id_no}" };
    all[n++] = (struct cert_value){ "place", v->place_name };
    all[n++] = (struct cert_value){ "village", v->signs };
    char *date = day_zh_full(c->arena, day_of_ms(at_ms));
    date[strcspn(date, "\xef")] = '\0'; /* without the weekday in its full-width brackets */
    all[n++] = (struct cert_value){ "date", date };
    return certificate_compose(c->arena, certificate_signed(c->arena, v->ct.template), all, n);
}

static void set_text(struct ctx *c, struct slip_view *v, const char *text, const char *id_no)
{
    const char *whole = certificate_id_no(c->arena, text, id_no);
    size_t n = strcspn(whole, "\n");
    v->text = arena_copy_n(c->arena, whole, n);
    v->signature = whole[n] ? whole + n + 1 : "";
}

static enum err load_check_path(struct ctx *c, struct slip_view *v)
{
    const char *code;
    if (v->s.refused) {
        v->check_path = arena_printf(c->arena, "/certificates/%s", v->ct.code);
        return OK;
    }
    TRY(slip_check_code(c, &v->s, &code));
    v->check_path = arena_printf(c->arena, "/slip/%s/check?c=%s", key_text(c, v->s.key), code);
    return OK;
}

/* Those who work there; a department of the county sees what it holds, and holds no slips. */
static bool may_read(const struct ctx *c, const char *place)
{
    for (size_t i = 0; i < c->n_rights; i++)
        if ((c->rights[i].caps & CAP_ERRAND_READ) && c->rights[i].body_id == 0 &&
            str_starts(place, c->rights[i].place))
            return true;
    return false;
}

static enum err view_load(struct ctx *c, struct req *r, struct slip_view *v)
{
    struct place now; /* an issued slip keeps the village it was issued by */
    TRY(slip_load(c, r->key, &v->s));
    TRY(place_now(c, v->s.place, &now));
    if (!may_read(c, now.code))
        return fail(c, E_NOT_FOUND, "another place's slip");
    TRY(load_parties(c, v));
    if (v->s.person)
        req_look(c, r, v->person.key, arena_printf(c->arena, "证明 %s", v->s.number));
    const char *text = v->s.refused ? "" : *v->s.number ? v->s.words : text_of(c, v, c->now_ms);
    set_text(c, v, text, v->person.id_no);
    TRY(load_check_path(c, v));
    struct bytes svg = qr_svg(c->arena, page_url(c, r, v->check_path));
    v->qr = (struct safe_html){ (const char *)svg.ptr, svg.len };
    return OK;
}

static enum err get_slip(struct ctx *c, struct req *r)
{
    struct slip_view v = { .text = "" };
    TRY(view_load(c, r, &v));
    const struct page *p = page_new(c, r, v.ct.name, "/items", "证明");
    if (!*v.s.number)
        tmpl_slip_draft(req_html(c, r), p, &v);
    else if (!v.s.refused)
        tmpl_slip_certificate(req_html(c, r), p, &v);
    else if (str_eq(form_text(r->form, "w"), "80"))
        tmpl_slip_80(req_html(c, r), p, &v);
    else
        tmpl_slip_a4(req_html(c, r), p, &v);
    return OK;
}

static enum err post_issue(struct ctx *c, struct req *r)
{
    struct slip_view v = { .text = "" };
    TRY(slip_load(c, r->key, &v.s));
    if (!ctx_may(c, CAP_ERRAND_TAKE, v.s.place))
        return fail(c, E_NOT_FOUND, "another place's certificate");
    if (v.s.refused || *v.s.number)
        return fail(c, E_WRONG_STATE, "issued already");
    TRY(load_parties(c, &v));
    TRY(slip_issue(c, &v.s, text_of(c, &v, c->now_ms)));
    req_look(c, r, v.person.key, arena_printf(c->arena, "开%s", v.ct.name));
    req_say(r, "证明开好了，打印出来盖章。");
    return req_go(c, r, "/slip/%s", key_text(c, r->key));
}

/* ---- PDF ---- */
static const char *asks_line(struct ctx *c, const char *asks)
{
    size_t n;
    const char *const *lines = item_lines(c->arena, asks, &n), *out = "";
    for (size_t i = 0; i < n; i++)
        out = arena_printf(c->arena, "%s%s%s", out, i ? "、" : "", lines[i]);
    return out;
}

static struct paper *refusal_paper(struct ctx *c, const struct slip_view *v, bool roll,
                                   const char *url, bool demo)
{
    struct paper *p = paper_new(c->arena, roll ? PAPER_80MM : PAPER_A4);
    paper_title(p, "不用开证明告知单");
    paper_line(p, arena_printf(c->arena, "%s%s", v->place_name, demo ? "（演示）" : ""), 11, false,
               PAPER_CENTER);
    paper_rule(p);
    paper_pair(p, "编号", v->s.number);
    paper_pair(p, "要开的", v->ct.name);
    if (*v->who)
        paper_pair(p, "谁来问的", v->who);
    if (*v->s.words)
        paper_pair(p, "哪里让来开的", v->s.words);
    paper_pair(p, "为什么不用开", v->ct.why);
    paper_rule(p);
    paper_line(p, "去这里办", 11, false, PAPER_LEFT);
    paper_line(p, v->ct.authority, roll ? 16 : 18, true, PAPER_LEFT);
    paper_line(p, v->ct.how, 12, false, PAPER_LEFT);
    paper_pair(p, "要带", asks_line(c, v->ct.asks));
    paper_rule(p);
    paper_line(p, arena_printf(c->arena, "依据：%s%s", v->ct.document, v->ct.article), 10, false,
               PAPER_LEFT);
    paper_line(
        p,
        arena_printf(c->arena, "办不成，找%s%s%s", v->window, *v->phone ? "，电话 " : "", v->phone),
        11, true, PAPER_LEFT);
    paper_qr(p, url, 28, "扫一扫，看去哪里办");
    paper_foot(p, ms_zh_full(c->arena, v->s.at_ms));
    return p;
}

static struct paper *certificate_paper(struct ctx *c, const struct slip_view *v, const char *url,
                                       bool demo)
{
    struct paper *p = paper_new(c->arena, PAPER_A4);
    paper_title(p, v->ct.name);
    paper_line(p, arena_printf(c->arena, "%s%s", v->s.number, demo ? "（演示）" : ""), 11, false,
               PAPER_RIGHT);
    paper_gap(p, 6);
    paper_line(p, arena_printf(c->arena, "　　%s", v->text), 14, false, PAPER_LEFT);
    paper_gap(p, 10);
    paper_line(p, v->signature, 14, false, PAPER_RIGHT);
    paper_line(p, "（盖章）", 12, false, PAPER_RIGHT);
    paper_gap(p, 20);
    paper_qr(p, url, 28, "收到的单位扫一扫，核对真假");
    paper_foot(p, "本证明不收费");
    return p;
}

static enum err get_pdf(struct ctx *c, struct req *r)
{
    struct slip_view v = { .text = "" };
    struct bytes pdf;
    TRY(view_load(c, r, &v));
    if (!*v.s.number)
        return fail(c, E_WRONG_STATE, "not issued yet");
    bool demo = app_conf(r->app)->demo, roll = str_eq(form_text(r->form, "w"), "80");
    const char *url = page_url(c, r, v.check_path);
    struct paper *p =
        v.s.refused ? refusal_paper(c, &v, roll, url, demo) : certificate_paper(c, &v, url, demo);
    TRY(paper_pdf(c, p, &pdf));
    return req_file(r, pdf, "application/pdf", arena_printf(c->arena, "%s.pdf", v.s.number), false);
}

/* For whoever was handed the paper: the same text, the identity number in part. */
static enum err get_check(struct ctx *c, struct req *r)
{
    struct slip_view v = { .text = "" };
    bool ok = false;
    struct ctx probe = *c;
    char masked[19] = "";
    enum err e = slip_load(&probe, r->key, &v.s);
    if (e && e != E_NOT_FOUND)
        return fail(c, e, "%s", probe.why);
    if (!e)
        TRY(check_ok(c, &v.s, form_text(r->form, "c"), &ok));
    ok = ok && !v.s.refused;
    if (ok) {
        TRY(load_parties(c, &v));
        if (v.person.id_no)
            idno_mask(v.person.id_no, masked);
        set_text(c, &v, v.s.words, masked);
    } else {
        r->status = err_http(E_NOT_FOUND);
    }
    tmpl_slip_check(req_html(c, r), page_new(c, r, "核对证明", "", ""), &v, ok);
    return OK;
}

/* clang-format off */
static const struct route routes[] = {
    { HTTP_GET,  "/slip/{key}",       CAP_ERRAND_READ, 0,      "证明或告知单",   get_slip,   COLS(paper_query), NULL, NULL },
    { HTTP_POST, "/slip/{key}/issue", CAP_ERRAND_TAKE, R_API,  "开出证明",       post_issue, NULL, 0,           NULL, NULL },
    { HTTP_GET,  "/slip/{key}/pdf",   CAP_ERRAND_READ, R_POOL, "证明或告知单 PDF", get_pdf,  COLS(paper_query), NULL, NULL },
    { HTTP_GET,  "/slip/{key}/check", CAP_PUBLIC,      0,      "核对证明",       get_check,  COLS(check_query), NULL, NULL },
};
/* clang-format on */
ROUTES(routes)
