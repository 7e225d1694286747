/* SPDX-License-Identifier: Apache-2.0
 * assets.h - style sheet, script, icons and map: read once at the start, served from memory under
 * names that hold their hash, compressed beforehand. */
#pragma once
#include "web/http.h"

struct assets;
/* Reads dir/manifest.txt (name, file, type) and the files with their .br and .gz. E_IO. */
enum err assets_load(struct ctx *c, const char *dir, struct assets **out) MUST_USE;
void assets_free(struct assets *a);
/* "/static/app.3f2a.css" for "app.css"; a name that is not in the manifest is our bug. */
const char *asset_url(const struct assets *a, const char *name);
/* Answers /static/FILE; false when there is no such file. */
bool assets_answer(const struct assets *a, struct http_call *call);
