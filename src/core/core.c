/* SPDX-License-Identifier: Apache-2.0
 * core.c - errors, context and numbers; see core.h. */
#include "core/core.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void check_failed(const char *file, int line, const char *what)
{
    fprintf(stderr, "%s:%d: CHECK failed: %s\n", file, line, what);
    abort();
}

static const struct {
    int http;
    const char *name, *zh, *en;
} errs[ERR_COUNT] = {
    [OK] = { 200, "OK", "好了。", "Done." },
#define X(name, http, zh, en) [E_##name] = { http, #name, zh, en },
#include "core/err.def"
#undef X
};

int err_http(enum err e)
{
    CHECK(e < ERR_COUNT);
    return errs[e].http;
}

const char *err_name(enum err e)
{
    CHECK(e < ERR_COUNT);
    return errs[e].name;
}

const char *err_zh(enum err e)
{
    CHECK(e < ERR_COUNT);
    return errs[e].zh;
}

const char *err_en(enum err e)
{
    CHECK(e < ERR_COUNT);
    return errs[e].en;
}

static const struct {
    const char *name, *zh;
} cap_words[CAP_COUNT] = {
#define X(name, zh) [CAP_NO_##name] = { #name, zh },
#include "core/cap.def"
#undef X
};

const char *cap_name(enum cap_no no)
{
    CHECK(no < CAP_COUNT);
    return cap_words[no].name;
}

const char *cap_zh(enum cap_no no)
{
    CHECK(no < CAP_COUNT);
    return cap_words[no].zh;
}

enum err fail(struct ctx *c, enum err code, const char *fmt, ...)
{
    CHECK(code != OK);
    if (c->why[0] == '\0') {
        va_list ap;
        va_start(ap, fmt);
        vsnprintf(c->why, sizeof c->why, fmt, ap);
        va_end(ap);
    }
    return code;
}

enum err fail_field(struct ctx *c, const char *field, enum err code)
{
    CHECK(code != OK && field != NULL);
    if (ctx_bad(c, field) == OK) {
        struct bad *b = ARENA_NEW(c->arena, struct bad);
        *b = (struct bad){ field, code, NULL };
        struct bad **end = &c->bads;
        while (*end)
            end = &(*end)->next;
        *end = b;
    }
    return fail(c, E_BAD_INPUT, "field %s: %s", field, err_name(code));
}

enum err ctx_bad(const struct ctx *c, const char *field)
{
    for (const struct bad *b = c->bads; b; b = b->next)
        if (strcmp(b->field, field) == 0)
            return b->err;
    return OK;
}

bool ctx_may(const struct ctx *c, uint32_t caps, const char *place)
{
    uint32_t have = CAP_PUBLIC | (c->account_id > 0 ? CAP_MEMBER : 0u);
    for (size_t i = 0; i < c->n_rights; i++)
        if (str_starts(place, c->rights[i].place))
            have |= c->rights[i].caps;
    return (have & caps) == caps;
}

bool ctx_sits_at(const struct ctx *c, uint32_t caps, const char *place, int64_t body_id)
{
    for (size_t i = 0; i < c->n_rights; i++) {
        const struct right *r = &c->rights[i];
        if ((r->caps & caps) == caps && str_eq(r->place, place) &&
            (body_id == 0 || r->body_id == body_id))
            return true;
    }
    return false;
}

const char *ctx_place(const struct ctx *c, uint32_t caps)
{
    const char *best = NULL;
    for (size_t i = 0; i < c->n_rights; i++)
        if ((c->rights[i].caps & caps) == caps)
            if (!best || strlen(c->rights[i].place) < strlen(best))
                best = c->rights[i].place;
    return best;
}

bool ctx_may_somewhere(const struct ctx *c, uint32_t caps)
{
    uint32_t base = CAP_PUBLIC | (c->account_id > 0 ? CAP_MEMBER : 0u);
    uint32_t rest = caps & ~base;
    return rest == 0 || ctx_place(c, rest) != NULL;
}

enum { ID_COUNT_BITS = 12 };
static const int64_t ID_EPOCH_MS = 1577836800000; /* 2020-01-01T00:00:00Z */
static _Atomic int64_t id_last;

int64_t id_new(const struct ctx *c)
{
    int64_t ms = c->now_ms > ID_EPOCH_MS ? c->now_ms - ID_EPOCH_MS : 0;
    int64_t floor = ms << ID_COUNT_BITS;
    int64_t last = atomic_load(&id_last), next;
    do
        next = last >= floor ? last + 1 : floor;
    while (!atomic_compare_exchange_weak(&id_last, &last, next));
    CHECK(next < INT64_C(1) << 53);
    return next;
}

void id_seen(int64_t id)
{
    int64_t last = atomic_load(&id_last);
    while (last < id && !atomic_compare_exchange_weak(&id_last, &last, id))
        ;
}

bool str_eq(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

bool str_starts(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}
