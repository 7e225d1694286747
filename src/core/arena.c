/* SPDX-License-Identifier: Apache-2.0
 * arena.c - memory that lives as long as one piece of work; see core.h. Under AddressSanitizer what
 * is not handed out is poisoned, so that running over an allocation's end is found. */
#include "core/core.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(p, n)   ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif

enum { BLOCK_SIZE = 64 * 1024, ALIGN = 16, RED_ZONE = 16 };

struct block {
    struct block *next;
    size_t room;
    _Alignas(ALIGN) char bytes[];
};
struct arena {
    struct block *blocks; /* newest first; the last one is kept by arena_reset */
    char *at;
    size_t left, used, limit;
};

struct arena *arena_new(size_t limit)
{
    struct arena *a = calloc(1, sizeof *a);
    CHECK(a != NULL);
    a->limit = limit;
    return a;
}

static void enter(struct arena *a, struct block *b)
{
    a->at = b->bytes;
    a->left = b->room;
    ASAN_POISON_MEMORY_REGION(b->bytes, b->room);
}

/* A large piece gets a block of its own behind the current one, so that the rest of it is not lost.
 */
static void *alloc_large(struct arena *a, size_t size, size_t need)
{
    struct block *b = malloc(sizeof *b + need);
    CHECK(b != NULL);
    b->room = need;
    if (a->blocks) {
        b->next = a->blocks->next;
        a->blocks->next = b;
    } else {
        b->next = NULL;
        a->blocks = b;
        a->at = b->bytes + need;
        a->left = 0;
    }
    return memset(b->bytes, 0, size);
}

void *arena_alloc(struct arena *a, size_t size)
{
    CHECK(size <= a->limit);
    size_t need = (size + ALIGN - 1) / ALIGN * ALIGN;
#if defined(__SANITIZE_ADDRESS__)
    need += RED_ZONE;
#endif
    CHECK(a->used + need <= a->limit);
    a->used += need;
    if (a->left < need) {
        if (need > BLOCK_SIZE / 4)
            return alloc_large(a, size, need);
        struct block *b = malloc(sizeof *b + BLOCK_SIZE);
        CHECK(b != NULL);
        b->room = BLOCK_SIZE;
        b->next = a->blocks;
        a->blocks = b;
        enter(a, b);
    }
    void *p = a->at;
    ASAN_UNPOISON_MEMORY_REGION(p, size);
    a->at += need;
    a->left -= need;
    return memset(p, 0, size);
}

void *arena_array(struct arena *a, size_t size, size_t n)
{
    size_t bytes;
    CHECK(!__builtin_mul_overflow(size, n, &bytes));
    return arena_alloc(a, bytes);
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
    char small[256];
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(small, sizeof small, fmt, ap);
    CHECK(n >= 0);
    char *s = arena_alloc(a, (size_t)n + 1);
    if ((size_t)n < sizeof small)
        memcpy(s, small, (size_t)n);
    else
        vsnprintf(s, (size_t)n + 1, fmt, again);
    va_end(again);
    return s;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *s = arena_vprintf(a, fmt, ap);
    va_end(ap);
    return s;
}

char *arena_copy_n(struct arena *a, const char *s, size_t n)
{
    char *to = arena_alloc(a, n + 1);
    if (n > 0)
        memcpy(to, s, n);
    return to;
}

char *arena_copy(struct arena *a, const char *s)
{
    return arena_copy_n(a, s, strlen(s));
}

size_t arena_used(const struct arena *a)
{
    return a->used;
}

static void free_block(struct block *b)
{
    ASAN_UNPOISON_MEMORY_REGION(b->bytes, b->room);
    free(b);
}

void arena_reset(struct arena *a)
{
    struct block *keep = NULL;
    for (struct block *b = a->blocks, *next; b; b = next) {
        next = b->next;
        if (!keep && b->room == BLOCK_SIZE)
            keep = b;
        else
            free_block(b);
    }
    a->blocks = keep;
    a->at = NULL;
    a->left = a->used = 0;
    if (keep) {
        keep->next = NULL;
        enter(a, keep);
    }
}

void arena_free(struct arena *a)
{
    for (struct block *b = a->blocks, *next; b; b = next) {
        next = b->next;
        free_block(b);
    }
    free(a);
}
