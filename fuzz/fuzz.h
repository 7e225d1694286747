/* SPDX-License-Identifier: Apache-2.0
 * fuzz.h - FUZZ(name) { ... } is one target: a parser and what must hold of its result, for any
 * bytes at all. The same targets run under libFuzzer (`make fuzz`, driver.c) and over the kept
 * inputs of fuzz/corpus/NAME/ in every ./test (`make replay`, replay.c). */
#pragma once
#include "core/core.h"

struct fuzz {
    const char *name;
    /* c has a fresh arena; text is in as a NUL-terminated string. */
    void (*run)(struct ctx *c, struct bytes in, const char *text);
    struct fuzz *next;
};
void fuzz_add(struct fuzz *f);
const struct fuzz *fuzz_named(const char *name);
/* Runs one input with a context of its own. */
void fuzz_run(const struct fuzz *f, struct bytes in);

#define FUZZ(id)                                                                                   \
    static void fuzz_##id(struct ctx *c, struct bytes in, const char *text);                       \
    __attribute__((constructor)) static void fuzz_reg_##id(void)                                   \
    {                                                                                              \
        static struct fuzz f = { #id, fuzz_##id, NULL };                                           \
        fuzz_add(&f);                                                                              \
    }                                                                                              \
    static void fuzz_##id(struct ctx *c, struct bytes in, const char *text)
#define UNUSED(x) (void)(x)
