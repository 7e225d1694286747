/* SPDX-License-Identifier: Apache-2.0
 * notice_pages.c - what happened, for those who should know. */
#include "kernel/notice/notice.h"
#include "kernel/notice/notices_tmpl.h"
#include "kernel/page/page.h"

/* clang-format off */
static const struct field read_form[] = { { "key", F_KEY, 0, 0, 0, NULL, "通知" } };
static const struct field list_query[] = { { "before", F_INT, 0, 0, INT64_MAX / 4, NULL, "从哪里接着看" } };
/* clang-format on */

static enum err get_notices(struct ctx *c, struct req *r)
{
    struct notice *all;
    size_t n;
    TRY(notice_mine(c, form_int(r->form, "before"), &all, &n));
    if (r->api) {
        struct json *j = req_json(c, r);
        json_object_begin(j, NULL);
        json_array_begin(j, "notices");
        for (size_t i = 0; i < n; i++) {
            json_object_begin(j, NULL);
            json_key(j, "key", all[i].key);
            json_text(j, "title", all[i].title);
            json_text(j, "words", all[i].words);
            json_text(j, "link", all[i].link);
            json_ms(j, "at", all[i].at_ms);
            json_ms(j, "read", all[i].read_ms);
            json_object_end(j);
        }
        json_array_end(j);
        json_int(j, "next", n == NOTICE_LIST_MAX ? all[n - 1].key.id : 0);
        json_object_end(j);
        return OK;
    }
    tmpl_notices(req_html(c, r), page_new(c, r, "通知", "/notices", "待办"), all, n);
    return OK;
}

static enum err post_read(struct ctx *c, struct req *r)
{
    struct key k = form_key(r->form, "key");
    TRY(k.county ? notice_read(c, k) : notice_read_all(c));
    return req_go(c, r, "/notices");
}

/* clang-format off */
static const struct route routes[] = {
    { HTTP_GET,  "/notices",      CAP_MEMBER, R_API, "通知",           get_notices, COLS(list_query), NULL, NULL },
    { HTTP_POST, "/notices/read", CAP_MEMBER, R_API, "通知记为看过了", post_read,   COLS(read_form),  NULL, NULL },
};
/* clang-format on */
ROUTES(routes)
