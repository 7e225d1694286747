/* SPDX-License-Identifier: Apache-2.0
 * openapi.h - the description of the API, made from the tables that the gate itself reads: OpenAPI
 * 3.1.0, so it cannot differ from what is served. */
#pragma once
#include "web/route.h"

/* Every R_API route of every slice, as a JSON document in c's arena. */
struct bytes openapi_document(struct ctx *c);
