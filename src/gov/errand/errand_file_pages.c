/* SPDX-License-Identifier: Apache-2.0
 * errand_file_pages.c - bringing a photograph of a paper, by the desk or by the resident with
 * number and code; looking at it; taking it away. */
#include "gov/errand/errand_file.h"
#include "gov/errand/errand_view.h"
#include "gov/errand/lookup.h"

/* clang-format off */
static const struct field add_form[] = {
    { "seq",  F_INT,  F_REQUIRED, 1, ERRAND_PAPERS_MAX, NULL, "哪样材料" },
    { "file", F_FILE, F_REQUIRED, 0, FILE_BYTES_MAX,    NULL, "照片或 PDF" },
};
static const struct field send_form[] = {
    { "number", F_TEXT, F_REQUIRED, 0, 60, NULL, "办件编号" },
    { "code",   F_TEXT, F_REQUIRED, 0, 20, NULL, "查询码" },
    { "seq",    F_INT,  F_REQUIRED, 1, ERRAND_PAPERS_MAX, NULL, "哪样材料" },
    { "file",   F_FILE, F_REQUIRED, 0, FILE_BYTES_MAX, NULL, "照片或 PDF" },
};
static const struct field drop_form[] = { { "words", F_TEXT, F_REQUIRED, 2, 100, NULL, "为什么撤下" } };
/* clang-format on */

/* Whether it may be added is asked before its bytes are stored, and once more when it is. */
static enum err put(struct ctx *c, struct req *r, const struct errand *e)
{
    struct file *f = ARENA_NEW(c->arena, struct file);
    const struct form_file *sent = form_file(r->form, "file");
    CHECK(sent != NULL); /* required */
    TRY(errand_file_may_add(c, e, form_int(r->form, "seq")));
    enum err err = file_put(c, app_conf(r->app)->files_dir, sent->body, f);
    r->prepared = f;
    return err_http(err) / 100 == 4 ? fail_field(c, "file", err) : err;
}

static enum err prepare_add(struct ctx *c, struct req *r)
{
    struct errand e;
    TRY(errand_load(c, r->key, &e));
    return put(c, r, &e);
}

static enum err post_add(struct ctx *c, struct req *r)
{
    struct errand e;
    TRY(errand_load(c, r->key, &e));
    TRY(errand_file_add(c, &e, form_int(r->form, "seq"), r->prepared));
    req_say(r, "照片存好了。还有一页就再传一张。");
    return req_go(c, r, "/errand/%s", key_text(c, e.key));
}

static enum err by_code(struct ctx *c, struct req *r, struct errand *e)
{
    return errand_by_code(c, form_text(r->form, "number"), form_text(r->form, "code"), e);
}

static enum err prepare_send(struct ctx *c, struct req *r)
{
    struct errand e;
    TRY(by_code(c, r, &e));
    return put(c, r, &e);
}

static enum err post_send(struct ctx *c, struct req *r)
{
    struct errand e;
    TRY(by_code(c, r, &e));
    TRY(errand_file_add(c, &e, form_int(r->form, "seq"), r->prepared));
    struct lookup *l = ARENA_NEW(c->arena, struct lookup);
    TRY(lookup_load(c, form_text(r->form, "number"), form_text(r->form, "code"), l));
    r->notice = "照片收到了。代理员会看，不行的会打电话给您。";
    return lookup_show(c, r, l);
}

/* ---- looking, taking away ---- */
static enum err load(struct ctx *c, struct req *r, struct errand *e, struct errand_file *f)
{
    char *end;
    TRY(errand_load(c, r->key, e));
    int64_t id = strtoll(r->word, &end, 10);
    return *end ? fail(c, E_NOT_FOUND, "no number of a file") : errand_file_load(c, e, id, f);
}

/* A PDF is not opened inside our pages: its viewer would run what a stranger wrote. */
static enum err get_file(struct ctx *c, struct req *r)
{
    struct errand e;
    struct errand_file f;
    TRY(load(c, r, &e, &f));
    if (e.person)
        req_look(c, r, (struct key){ e.key.county, e.person },
                 arena_printf(c->arena, "看办件 %s 的材料", e.number));
    bool pdf = str_eq(f.mime, "application/pdf");
    const char *ext = pdf ? "pdf" : str_eq(f.mime, "image/png") ? "png" : "jpg";
    return file_serve(c, r, f.sha256,
                      arena_printf(c->arena, "%s-%" PRId64 ".%s", e.number, f.seq, ext), pdf);
}

static enum err post_drop(struct ctx *c, struct req *r)
{
    struct errand e;
    struct errand_file f;
    TRY(load(c, r, &e, &f));
    TRY(errand_file_drop(c, &e, f.id, form_text(r->form, "words")));
    req_say(r, "撤下了。");
    return req_go(c, r, "/errand/%s", key_text(c, e.key));
}

/* clang-format off */
static const struct route routes[] = {
    { HTTP_POST, "/errand/{key}/file",             CAP_MEMBER, R_UPLOAD | R_API,            "传材料的照片",   post_add,  COLS(add_form),  prepare_add,  errand_page },
    { HTTP_GET,  "/errand/{key}/file/{word}",      CAP_MEMBER, R_POOL | R_API,              "看材料的照片",   get_file,  NULL, 0,         NULL,         NULL },
    { HTTP_POST, "/errand/{key}/file/{word}/drop", CAP_MEMBER, R_API,                       "撤下材料的照片", post_drop, COLS(drop_form), NULL,         errand_page },
    { HTTP_POST, "/progress/file",                 CAP_PUBLIC, R_STRICT | R_UPLOAD | R_API, "居民传材料",     post_send, COLS(send_form), prepare_send, lookup_again },
};
/* clang-format on */
ROUTES(routes)
