/* SPDX-License-Identifier: Apache-2.0
 * core.h - error codes, checks, the request's context and arena: what every file may use.
 * Knows nothing of the web or of a database. */
#pragma once
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MUST_USE     __attribute__((warn_unused_result))
#define PRINTF(f, a) __attribute__((format(printf, f, a)))
#define COUNT(a)     (sizeof(a) / sizeof((a)[0]))

enum err {
    OK = 0,
#define X(name, http, zh, en) E_##name,
#include "core/err.def"
#undef X
    ERR_COUNT
};

/* HTTP status of a failure. */
int err_http(enum err e);
/* The failure's name ("NOT_FOUND"), what a visitor reads, and the same in English. */
const char *err_name(enum err e);
const char *err_zh(enum err e);
const char *err_en(enum err e);

/* A broken promise of our own code: says where, and stops the process. Never for what a visitor
 * sent. Stays on in a release. */
_Noreturn void check_failed(const char *file, int line, const char *what);
#define CHECK(c)      (__builtin_expect(!!(c), 1) ? (void)0 : check_failed(__FILE__, __LINE__, #c))
#define IMPLIES(a, b) (!(a) || (b))

/* Leaves at once with the same error. Only where nothing of ours must be undone. */
#define TRY(call)                                                                                  \
    do {                                                                                           \
        enum err try_err_ = (call);                                                                \
        if (try_err_)                                                                              \
            return try_err_;                                                                       \
    } while (0)

/* ---- capabilities ---- */
enum cap_no {
#define X(name, zh) CAP_NO_##name,
#include "core/cap.def"
#undef X
    CAP_COUNT
};
enum cap {
#define X(name, zh) CAP_##name = 1u << CAP_NO_##name,
#include "core/cap.def"
#undef X
};
_Static_assert(CAP_COUNT <= 31, "enum cap is a 32-bit set");
const char *cap_name(enum cap_no no); /* "ERRAND_READ": for programs */
const char *cap_zh(enum cap_no no);

enum { PLACE_CODE_MAX = 12 };
/* One right = capabilities at a place; it reaches everything whose code starts with that place's.
 */
struct right {
    uint32_t caps;
    char place[PLACE_CODE_MAX + 1];
    int64_t post_id;
    int64_t body_id; /* the body the post belongs to; 0: none */
};

/* A record of a place is named by its county's six digits and a number: the county is the shard. */
struct key {
    int64_t county;
    int64_t id;
};
static inline bool key_eq(struct key a, struct key b)
{
    return a.county == b.county && a.id == b.id;
}

/* One field of a form or a row of a file that cannot be accepted, and why. */
struct bad {
    const char *field;
    enum err err;
    struct bad *next;
};

struct arena;
struct db;
struct signer;
enum { WHY_MAX = 240, REQUEST_ID_MAX = 40 };
/* All that a piece of work may know. Comes first in every call; nothing of it outlives the work. */
struct ctx {
    struct arena *arena; /* everything made for this request; dropped whole at its end */
    struct db *db;
    struct signer *signer; /* who holds the keys (crypto/signer.h); NULL: no key use here */
    int64_t now_ms;     /* the one clock reading of this request, UTC */
    int64_t account_id; /* 0: nobody has signed in; -1: the system itself */
    struct key person;  /* who that account belongs to; county 0: none */
    const char *actor;  /* "代理员 王某某": how this actor is written into histories; may be NULL */
    const struct right *rights;
    size_t n_rights;
    bool second_factor; /* shown within this session */
    char request_id[REQUEST_ID_MAX + 1];
    struct bad *bads;  /* fields refused so far */
    char why[WHY_MAX]; /* detail of the first error, for the log; never shown to a visitor */
};

/* Notes why and returns code, so that it can be returned in one line. The first note stays. */
enum err fail(struct ctx *c, enum err code, const char *fmt, ...) PRINTF(3, 4);
/* Notes that field cannot be accepted because of code; returns E_BAD_INPUT. field must outlive c.
 */
enum err fail_field(struct ctx *c, const char *field, enum err code);
/* The error noted for field, or OK. */
enum err ctx_bad(const struct ctx *c, const char *field);
/* Whether the actor has every capability in caps at place (prefix rule). */
bool ctx_may(const struct ctx *c, uint32_t caps, const char *place);
/* Whether the actor holds a post with caps exactly at place, and in that body when body_id is not 0:
 * it is their own desk, not only a place they may look into. */
bool ctx_sits_at(const struct ctx *c, uint32_t caps, const char *place, int64_t body_id);
/* Whether the actor has every capability in caps at some place at all. */
bool ctx_may_somewhere(const struct ctx *c, uint32_t caps);
/* The shortest place at which the actor has caps, or NULL. */
const char *ctx_place(const struct ctx *c, uint32_t caps);

/* A new number for a record: grows with time, below 2^53 so that JavaScript keeps it exact.
 * 41 bits of milliseconds since 2020, 12 bits of count. Unique within the process; id_seen() at
 * start keeps it above what a database already holds. */
int64_t id_new(const struct ctx *c);
void id_seen(int64_t id);

/* ---- arena ---- */
enum { ARENA_LIMIT = 32 * 1024 * 1024 };
struct arena *arena_new(size_t limit);
/* Zeroed memory, aligned for anything. Exceeding the limit is our bug: inputs are limited before.
 */
void *arena_alloc(struct arena *a, size_t size) MUST_USE;
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF(2, 3) MUST_USE;
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap) PRINTF(2, 0) MUST_USE;
char *arena_copy_n(struct arena *a, const char *s, size_t n) MUST_USE;
char *arena_copy(struct arena *a, const char *s) MUST_USE;
size_t arena_used(const struct arena *a);
/* Forgets everything but keeps the first block for the next request. */
void arena_reset(struct arena *a);
void arena_free(struct arena *a);
#define ARENA_NEW(a, type)      ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, n) ((type *)arena_array((a), sizeof(type), (n)))
void *arena_array(struct arena *a, size_t size, size_t n) MUST_USE;

/* Bytes that are not text. */
struct bytes {
    const uint8_t *ptr;
    size_t len;
};

/* Whether two strings are the same, or one begins with the other; s, or other when s is empty. */
bool str_eq(const char *a, const char *b);
bool str_starts(const char *s, const char *prefix);
static inline const char *str_or(const char *s, const char *other)
{
    return s && *s ? s : other;
}
