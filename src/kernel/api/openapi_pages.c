/* SPDX-License-Identifier: Apache-2.0
 * openapi_pages.c - serves the description of the API and of its errors. */
#include "kernel/api/errors_tmpl.h"
#include "kernel/api/openapi.h"
#include "kernel/page/page.h"

static enum err get_openapi(struct ctx *c, struct req *r)
{
    return req_file(r, openapi_document(c), "application/vnd.oai.openapi+json;version=3.1", NULL,
                    false);
}

static enum err get_errors(struct ctx *c, struct req *r)
{
    tmpl_api_errors(req_html(c, r), page_new(c, r, "接口的错误", "", "接口"));
    return OK;
}

/* clang-format off */
static const struct route routes[] = {
    { HTTP_GET, "/api/openapi.json", CAP_PUBLIC, R_CACHED, "接口说明",   get_openapi, NULL, 0, NULL, NULL },
    { HTTP_GET, "/docs/errors",      CAP_PUBLIC, R_CACHED, "接口的错误", get_errors,  NULL, 0, NULL, NULL },
};
/* clang-format on */
ROUTES(routes)
