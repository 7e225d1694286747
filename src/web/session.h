/* SPDX-License-Identifier: Apache-2.0
 * session.h - who has signed in, as the gate needs to know it: a cache in memory in front of the
 * kernel's table; and how often an address or an account may knock. */
#pragma once
#include "core/core.h"

enum {
    SESSION_RIGHTS_MAX = 24,
    SESSION_TOKEN_BYTES = 32,
    SESSION_CACHE_MS = 30 * 1000, /* what changes by itself, by the clock, works after this */
    SESSION_SEEN_MS = 60 * 1000,  /* how often "last seen" is written */
};

struct session {
    uint8_t token_hash[32];
    int64_t id, account;
    struct key person;
    char csrf[44];
    char actor[96];                /* "代理员 王某某": as others read it */
    char desk[96];                 /* "柳林村 · 代理员": beside the mark */
    char home[PLACE_CODE_MAX + 1]; /* place of the first post */
    struct right rights[SESSION_RIGHTS_MAX];
    size_t n_rights;
    int64_t second_ms, seen_ms, created_ms;
    bool client; /* a program (kernel/client), not a person */
};

struct session_cache;
/* An empty cache, shared by all threads. */
struct session_cache *session_cache_new(void);
void session_cache_free(struct session_cache *s);
/* Copies a session that is in the cache and fresh at now_ms; false when it must be loaded. */
bool session_cache_get(struct session_cache *s, const uint8_t hash[32], int64_t now_ms,
                       struct session *out);
/* Keeps what was loaded since session_cache_turn said `turn`, unless something was dropped
 * meanwhile: what was read before a change must not outlive it. */
void session_cache_put(struct session_cache *s, const struct session *one, int64_t now_ms,
                       uint64_t turn);
uint64_t session_cache_turn(struct session_cache *s);
/* Forgets all sessions of an account: after the commit of a change of posts, sign-out, a new second
 * factor (req_drop_session). */
void session_cache_drop(struct session_cache *s, int64_t account);
/* A fresh token as 43 characters of base64url, and its SHA-256. */
void session_token(char out[44], uint8_t hash[32]);
/* False when it has not the form of a person's token, or of a program's: "xyc_" and 43 characters.
 */
#define CLIENT_TOKEN_HEAD "xyc_"
bool session_token_hash(const char *token, uint8_t hash[32]);

/* Token bucket per key (address, account, phone): at most burst at once, then per_minute. */
struct rates;
struct rates *rates_new(void);
void rates_free(struct rates *r);
bool rates_take(struct rates *r, const char *what, const char *who, int64_t now_ms,
                unsigned per_minute, unsigned burst);
