/* SPDX-License-Identifier: Apache-2.0
 * state_pages.c - the system administrator: state of the instance, the calendar, settings. */
#include "core/text.h"
#include "crypto/random.h"
#include "crypto/signer.h"
#include "kernel/admin/admin.h"
#include "kernel/admin/state_tmpl.h"
#include "store/setting.h"

/* What may be set on the page; a secret is sealed and never shown. */
static const struct {
    const char *name, *zh, *hint;
} settings[] = {
    { "help_phone", "有问题打哪个电话", "印在“打电话”页和每张回执上；空着就是 12345" },
    { "help_words", "什么时候有人接", "比如“工作日 8:30 到 17:30”" },
    { "security_contact", "发现安全漏洞告诉谁", "mailto: 或 https: 开头，给 security.txt" },
    { "gateway_url", "短信和微信网关的地址", "https: 开头；空着就不发，照样能办事" },
};
/* clang-format off */
static const struct field settings_form[] = {
    { "help_phone",       F_PHONE,  0, 0, 0,   NULL, "电话" },
    { "help_words",       F_TEXT,   0, 0, 100, NULL, "什么时候有人接" },
    { "security_contact", F_TEXT,   0, 0, 200, NULL, "安全联系人" },
    { "gateway_url",      F_TEXT,   0, 0, 300, NULL, "网关地址" },
    { "gateway_secret",   F_SECRET, 0, 0, 200, NULL, "网关密钥" },
};
static const struct field again_form[] = {
    { "id", F_INT, F_REQUIRED, 1, INT64_MAX / 4, NULL, "编号" },
};
static const struct field upload_form[] = {
    { "file", F_FILE, F_REQUIRED, 0, CALENDAR_TEXT_MAX, NULL, "日历文件" },
};
static const struct field apply_form[] = {
    { "text", F_LINES, F_REQUIRED, 0, CALENDAR_TEXT_MAX, NULL, "日历" },
};
/* clang-format on */

static enum err get_state(struct ctx *c, struct req *r)
{
    struct state s;
    TRY(state_load(c, app_conf(r->app)->files_dir, &s));
    state_metrics(c, app_metrics(c, r->app), &s);
    tmpl_state(req_html(c, r), page_new(c, r, "系统状态", "/admin", ""), &s);
    return OK;
}

static enum err post_again(struct ctx *c, struct req *r)
{
    TRY(outbox_again(c, form_int(r->form, "id")));
    req_say(r, "排上了，马上再发一次。");
    return req_go(c, r, "/admin");
}

/* ---- settings ---- */
static enum err get_settings(struct ctx *c, struct req *r)
{
    struct setting_row rows[COUNT(settings)];
    for (size_t i = 0; i < COUNT(settings); i++) {
        rows[i] = (struct setting_row){ settings[i].name, settings[i].zh, settings[i].hint, "" };
        TRY(setting_get(c, settings[i].name, "", &rows[i].value));
    }
    const char *secret;
    TRY(setting_get(c, "gateway_secret", "", &secret));
    const struct page *p = page_new(c, r, "设置", "/admin", "系统状态");
    tmpl_settings(req_html(c, r), p, rows, COUNT(rows), *secret != '\0');
    return OK;
}

static bool address_ok(const char *s, const char *one, const char *other)
{
    return !*s || ((str_starts(s, one) || str_starts(s, other)) && !strpbrk(s, " \t\"<>"));
}

static enum err post_settings(struct ctx *c, struct req *r)
{
    const struct form *f = r->form;
    if (!address_ok(form_text(f, "security_contact"), "mailto:", "https://"))
        return fail_field(c, "security_contact", E_NOT_CHOICE);
    if (!address_ok(form_text(f, "gateway_url"), "https://", "http://"))
        return fail_field(c, "gateway_url", E_NOT_CHOICE);
    for (size_t i = 0; i < COUNT(settings); i++)
        TRY(setting_set(c, settings[i].name, form_text(f, settings[i].name)));
    const char *secret = form_text(f, "gateway_secret");
    if (*secret) {
        struct bytes sealed;
        TRY(field_seal(c, "setting.gateway", secret, &sealed));
        TRY(setting_set(c, "gateway_secret", hex(c->arena, sealed)));
    }
    req_say(r, "存好了。");
    return req_go(c, r, "/admin/settings");
}

/* ---- the calendar ---- */
static enum err show_calendar(struct ctx *c, struct req *r, struct calendar_page *v)
{
    struct calendar_year *years;
    TRY(calendar_years(c, &years, &v->n_years));
    v->years = years;
    tmpl_calendar(req_html(c, r), page_new(c, r, "工作日历", "/admin", "系统状态"), v);
    return OK;
}

static enum err get_calendar(struct ctx *c, struct req *r)
{
    struct calendar_page v = { 0 };
    return show_calendar(c, r, &v);
}

/* Changes nothing: shows what the file would change. */
static enum err post_preview(struct ctx *c, struct req *r)
{
    const struct form_file *file = form_file(r->form, "file");
    CHECK(file != NULL);
    struct calendar_page v = { 0 };
    struct calendar_day *rows;
    struct calendar_change *changes;
    size_t n;
    const char *bytes = (const char *)file->body.ptr;
    char *text = text_valid(bytes, file->body.len) && !memchr(bytes, 0, file->body.len)
                     ? arena_copy_n(c->arena, bytes, file->body.len)
                     : NULL;
    if (!text || calendar_parse(c, text, &rows, &n) != OK)
        return fail_field(c, "file", E_FORMAT);
    TRY(calendar_plan(c, rows, n, &changes, &v.n_changes));
    v.changes = changes;
    v.text = text;
    return show_calendar(c, r, &v);
}

static enum err post_calendar(struct ctx *c, struct req *r)
{
    struct calendar_day *rows;
    size_t n;
    if (calendar_parse(c, form_text(r->form, "text"), &rows, &n) != OK)
        return fail_field(c, "text", E_FORMAT);
    TRY(calendar_replace(c, rows, n));
    req_say(r, "日历换好了，新算的期限都按它。");
    return req_go(c, r, "/admin/calendar");
}

/* clang-format off */
#define SYS CAP_SYSTEM_ADMIN
static const struct route routes[] = {
    { HTTP_GET,  "/admin",                  SYS, R_SECOND,            "系统状态",     get_state,     NULL, 0,              NULL, NULL },
    { HTTP_POST, "/admin/outbox/again",     SYS, R_SECOND,            "再发一次消息", post_again,    COLS(again_form),     NULL, get_state },
    { HTTP_GET,  "/admin/settings",         SYS, R_SECOND,            "设置页",       get_settings,  NULL, 0,              NULL, NULL },
    { HTTP_POST, "/admin/settings",         SYS, R_SECOND,            "改设置",       post_settings, COLS(settings_form),  NULL, get_settings },
    { HTTP_GET,  "/admin/calendar",         SYS, R_SECOND,            "工作日历",     get_calendar,  NULL, 0,              NULL, NULL },
    { HTTP_POST, "/admin/calendar/preview", SYS, R_SECOND | R_UPLOAD, "看日历会怎么变", post_preview, COLS(upload_form),   NULL, get_calendar },
    { HTTP_POST, "/admin/calendar",         SYS, R_SECOND,            "换日历",       post_calendar, COLS(apply_form),     NULL, get_calendar },
};
/* clang-format on */
ROUTES(routes)
