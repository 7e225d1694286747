/* SPDX-License-Identifier: Apache-2.0
 * hook.h - webhooks 事件推送: what a program wants to hear is stored within the transaction that
 * made it happen, and sent to the program's one address by a ticker, as the Standard Webhooks text
 * has it (standardwebhooks.com, version 1):
 *
 *   POST {"type":"errand.decided","timestamp":"...","data":{"number",...}}
 *   Webhook-Id: msg_<number>, the same at every try
 *   Webhook-Timestamp: seconds since 1970
 *   Webhook-Signature: v1,<base64 of HMAC-SHA-256(secret, id "." timestamp "." body)>
 *
 * 2xx: the client has it. Anything else, a redirect too, is a failure of this try; the waits grow.
 * One client's trouble holds no other's messages. */
#pragma once
#include "kernel/client/client.h"
#include "web/app.h"

struct sockaddr;
enum {
    HOOK_URL_MAX = 300,
    HOOK_SECRET_BYTES = 24,
    HOOK_TRIES_MAX = 10, /* about thirty hours */
    HOOK_BATCH = 20,     /* clients in one round, one message each, all at the same time */
    HOOK_MS_MAX = 3000,  /* for one message */
    HOOK_RUN_MS = 4000,  /* no new round after: the ticker has other work */
    HOOK_SLOW_MS = 1000, /* a client slower than that waits HOOK_REST_MS before its next */
    HOOK_REST_MS = 30000,
    HOOK_KEEP_DAYS = 30, /* what was given up is forgotten after */
};
/* What can be heard: "errand.decided" is the life cycle errand reaching its state decided. */
struct hook_kind {
    const char *name, *zh;
};
extern const struct hook_kind hook_kinds[];
extern const size_t hook_kinds_count;

/* ---- pure rules (hook_rules.c) ---- */
/* Whether a word stands in a list of words with blanks between. */
bool hook_word_in(const char *list, const char *word);
/* Whether a client may have this address: https to a host; plain http only to this machine itself,
 * and only when local (demonstration, tests). No user name, no fragment. */
bool hook_url_ok(const char *url, bool local);
/* Whether an address that a name resolved to may be connected to: public ones, this machine's own
 * only when local. RFC 6890's special ranges are refused. */
bool hook_address_ok(const struct sockaddr *sa, bool local);
/* "v1,..." for the header. E_CRYPTO when secret is not whsec_<base64>. */
enum err hook_sign(struct ctx *c, const char *secret, const char *id, int64_t seconds,
                   struct bytes body, const char **out) MUST_USE;

/* ---- model (hook_model.c) ---- */
/* Numbers, states, places and times; never who. */
struct hook_event {
    const char *type; /* one of hook_kinds; others nobody hears */
    struct key key;
    const char *place, *number, *state, *item;
    int64_t due_ms; /* of the next step; 0: none */
};
/* Puts it on the way to every live client whose place contains e->place and which asked for
 * it. In the transaction of what happened. */
enum err hook_tell(struct ctx *c, const struct hook_event *e) MUST_USE;
/* The address and events of a client; url "" ends it and drops what waits. *secret: NULL, or the
 * new secret to be shown once (the first time, or when fresh). E_HOOK_URL as a bad field url. */
struct hook_want {
    const char *url, *events;
    bool fresh, local;
};
enum err hook_set(struct ctx *c, const struct client_row *cl, const struct hook_want *want,
                  const char **secret) MUST_USE;
/* Drops what waits for a client. */
enum err hook_drop(struct ctx *c, int64_t client) MUST_USE;
struct hook_counts {
    int64_t waiting, failed;
};
enum err hook_count(struct ctx *c, int64_t client, struct hook_counts *out) MUST_USE;

struct hook_row {
    int64_t id, tries, client, fails;
    const char *words, *url;
    struct bytes secret_sealed;
};
/* The oldest due message of each live client that may be sent to now. */
enum err hook_due(struct ctx *c, struct hook_row **out, size_t *n) MUST_USE;
/* What became of a try; error "": it was taken. The last failure is told to the client's
 * administrator, once until something succeeds again. In a transaction. */
enum err hook_result(struct ctx *c, const struct hook_row *row, const char *error,
                     bool slow) MUST_USE;

/* Sends what is due and records it: the ticker's work. Outside of transactions. */
enum err hook_send(struct app *a) MUST_USE;
