/* SPDX-License-Identifier: Apache-2.0
 * openapi_pages.c - serves the description of the API. */
#include "kernel/api/openapi.h"

static enum err get_openapi(struct ctx *c, struct req *r)
{
    return req_file(r, openapi_document(c), "application/vnd.oai.openapi+json;version=3.1", NULL,
                    false);
}

/* clang-format off */
static const struct route routes[] = {
    { HTTP_GET, "/api/openapi.json", CAP_PUBLIC, R_CACHED, "接口说明", get_openapi, NULL, 0, NULL, NULL },
};
/* clang-format on */
ROUTES(routes)
