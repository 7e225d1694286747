/* SPDX-License-Identifier: Apache-2.0
 * assets.c - see assets.h. */
#include "web/assets.h"
#include <sys/stat.h>

enum { ASSETS_MAX = 32, ASSET_BYTES_MAX = 8 * 1024 * 1024 };
struct asset {
    char name[64], url[128], mime[64];
    struct bytes plain, br, gz;
};
struct assets {
    size_t n;
    struct asset all[ASSETS_MAX];
};

static bool slurp(const char *path, struct bytes *out)
{
    *out = (struct bytes){ 0 };
    FILE *f = fopen(path, "rb");
    struct stat st;
    if (!f)
        return false;
    bool ok = fstat(fileno(f), &st) == 0 && st.st_size <= ASSET_BYTES_MAX;
    uint8_t *buf = ok ? malloc((size_t)st.st_size + 1) : NULL;
    ok = buf && fread(buf, 1, (size_t)st.st_size, f) == (size_t)st.st_size;
    fclose(f);
    if (!ok) {
        free(buf);
        return false;
    }
    *out = (struct bytes){ buf, (size_t)st.st_size };
    return true;
}

static enum err load_one(struct ctx *c, const char *dir, char *line, struct assets *a)
{
    char *save, *name = strtok_r(line, "\t", &save), *file = strtok_r(NULL, "\t", &save),
                *mime = strtok_r(NULL, "\t\n", &save);
    if (!name || !file || !mime || a->n == ASSETS_MAX)
        return fail(c, E_IO, "broken manifest in %s", dir);
    struct asset *one = &a->all[a->n++];
    snprintf(one->name, sizeof one->name, "%s", name);
    snprintf(one->url, sizeof one->url, "/static/%s", file);
    snprintf(one->mime, sizeof one->mime, "%s", mime);
    const char *path = arena_printf(c->arena, "%s/%s", dir, file);
    if (!slurp(path, &one->plain))
        return fail(c, E_IO, "cannot read %s", path);
    slurp(arena_printf(c->arena, "%s.br", path), &one->br);
    slurp(arena_printf(c->arena, "%s.gz", path), &one->gz);
    return OK;
}

enum err assets_load(struct ctx *c, const char *dir, struct assets **out)
{
    const char *path = arena_printf(c->arena, "%s/manifest.txt", dir);
    FILE *f = fopen(path, "r");
    if (!f)
        return fail(c, E_IO, "cannot read %s: build the web files first", path);
    struct assets *a = calloc(1, sizeof *a);
    CHECK(a != NULL);
    char line[512];
    enum err e = OK;
    while (!e && fgets(line, sizeof line, f))
        e = load_one(c, dir, line, a);
    fclose(f);
    if (e) {
        assets_free(a);
        return e;
    }
    *out = a;
    return OK;
}

void assets_free(struct assets *a)
{
    for (size_t i = 0; a && i < a->n; i++) {
        free((void *)(uintptr_t)a->all[i].plain.ptr);
        free((void *)(uintptr_t)a->all[i].br.ptr);
        free((void *)(uintptr_t)a->all[i].gz.ptr);
    }
    free(a);
}

const char *asset_url(const struct assets *a, const char *name)
{
    for (size_t i = 0; a && i < a->n; i++)
        if (str_eq(a->all[i].name, name))
            return a->all[i].url;
    return "/static/none";
}

bool assets_answer(const struct assets *a, struct http_call *call)
{
    const struct asset *one = NULL;
    for (size_t i = 0; a && i < a->n && !one; i++)
        if (str_eq(a->all[i].url, call->path))
            one = &a->all[i];
    if (!one)
        return false;
    call->status = 200;
    call->answer = one->plain;
    http_set(call, "Content-Type", one->mime);
    http_set(call, "Cache-Control", "public, max-age=31536000, immutable");
    http_set(call, "Vary", "Accept-Encoding");
    http_set(call, "X-Content-Type-Options", "nosniff");
    if (one->br.ptr && http_accepts(call, "br")) {
        call->answer = one->br;
        http_set(call, "Content-Encoding", "br");
    } else if (one->gz.ptr && http_accepts(call, "gzip")) {
        call->answer = one->gz;
        http_set(call, "Content-Encoding", "gzip");
    }
    return true;
}
