/* SPDX-License-Identifier: Apache-2.0
 * targets.c - the list of targets, and one run. */
#include "fuzz.h"

static struct fuzz *all;

void fuzz_add(struct fuzz *f)
{
    f->next = all;
    all = f;
}

const struct fuzz *fuzz_named(const char *name)
{
    for (const struct fuzz *f = all; f; f = f->next)
        if (str_eq(f->name, name))
            return f;
    return NULL;
}

void fuzz_run(const struct fuzz *f, struct bytes in)
{
    struct ctx c = { .arena = arena_new(4 * (size_t)ARENA_LIMIT), .now_ms = 1795395600000 };
    /* a copy of exactly this size, so that a step beyond its end is seen */
    uint8_t *copy = malloc(in.len ? in.len : 1);
    CHECK(copy != NULL);
    if (in.len)
        memcpy(copy, in.ptr, in.len);
    const char *text = arena_copy_n(c.arena, (const char *)copy, in.len);
    f->run(&c, (struct bytes){ copy, in.len }, text);
    free(copy);
    arena_free(c.arena);
}
