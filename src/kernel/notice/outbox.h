/* SPDX-License-Identifier: Apache-2.0
 * outbox.h - messages that leave the house: kept in the transaction that caused them, sent later by
 * a ticker through an HTTP gateway, at least once each (the gateway sees the same id again and
 * leaves it out). Without a gateway they wait, and nothing else depends on them.
 *
 * What the gateway gets: POST of {"id","channel","target","words"} with the headers
 *   X-Xiangyue-Time: milliseconds since 1970
 *   X-Xiangyue-Signature: hex of HMAC-SHA-256(secret, time "." body)
 * 2xx: it has the message. 400, 404, 410, 422: it never will take it. Anything else: again later.
 */
#pragma once
#include "web/app.h"

enum outbox_channel { OUTBOX_SMS, OUTBOX_WECHAT, OUTBOX_MAIL, OUTBOX_SPEAKER, OUTBOX_PRINT };
enum {
    OUTBOX_WORDS_MAX = 500,
    OUTBOX_TRIES_MAX = 12,
    OUTBOX_BATCH = 20,
    OUTBOX_SECONDS_MAX = 10, /* for one message */
    OUTBOX_KEEP_DAYS = 30,   /* what was sent is forgotten after */
    QUIET_FROM_HOUR = 21,
    QUIET_TO_HOUR = 7,
};
/* Adds a message; target (a telephone number, an address...) is sealed. In a transaction. */
enum err outbox_add(struct ctx *c, enum outbox_channel channel, const char *target,
                    const char *words) MUST_USE;
/* The first moment from ms on at which a message of this channel may disturb somebody: sms, wechat
 * and speaker not from 21:00 to 7:00 in Shanghai. */
int64_t outbox_when(enum outbox_channel channel, int64_t ms);
/* How long to wait after the n-th failure (n from 1): 1, 4, 16 ... minutes, at most 6 hours. */
int64_t outbox_pause_ms(int64_t n);

struct outbox_row {
    int64_t id, tries, next_ms;
    const char *channel, *words, *state, *error;
    struct bytes target_sealed;
};
/* Those due at c->now_ms that a gateway can send, longest waiting first. */
enum err outbox_due(struct ctx *c, struct outbox_row **out, size_t *n) MUST_USE;
/* What became of a try: error "": it was sent. final: no further try. In a transaction. */
enum err outbox_result(struct ctx *c, const struct outbox_row *row, const char *error,
                       bool final) MUST_USE;
/* A failed one is tried again at once. */
enum err outbox_again(struct ctx *c, int64_t id) MUST_USE;
struct outbox_state {
    int64_t waiting, failed, sent;
    struct outbox_row *troubled; /* failed, or tried without success; without target and words */
    size_t n_troubled;
};
/* For the page of the system administrator. */
enum err outbox_state(struct ctx *c, struct outbox_state *out) MUST_USE;

/* Sends what is due and records it: the ticker's work. Outside of transactions. Stops at the first
 * message that the gateway did not answer. */
enum err outbox_send(struct app *a) MUST_USE;
