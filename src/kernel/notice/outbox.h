/* SPDX-License-Identifier: Apache-2.0
 * outbox.h - messages that leave the house: kept in the transaction that caused them, sent later by
 * a ticker through an HTTP gateway, at least once each (the gateway sees the same id again and
 * leaves it out). Without a gateway they wait, and nothing else depends on them. Letters (channel
 * print) go to no gateway: a village prints them (letter.h).
 *
 * What the gateway gets: POST of {"id","channel","target","words"} with the headers
 *   X-Xiangyue-Time: milliseconds since 1970
 *   X-Xiangyue-Signature: hex of HMAC-SHA-256(secret, time "." body)
 * 2xx: it has the message. 400, 404, 410, 422: it never will take it. Anything else: again later.
 * The channel is sms, wechat, mail or speaker: the gateway knows how each of them goes out.
 */
#pragma once
#include "web/app.h"

enum outbox_channel { OUTBOX_SMS, OUTBOX_WECHAT, OUTBOX_MAIL, OUTBOX_SPEAKER, OUTBOX_PRINT };
enum {
    OUTBOX_WORDS_MAX = 2000, /* characters */
    OUTBOX_TRIES_MAX = 12,
    OUTBOX_BATCH = 20,
    OUTBOX_SECONDS_MAX = 10, /* for one message */
    OUTBOX_KEEP_DAYS = 30,   /* what was sent is forgotten after */
    OUTBOX_RECALL_MAX = 100,
};
struct outbox_message {
    enum outbox_channel channel;
    const char *target; /* a telephone number; of a letter its address, in lines. Sealed */
    const char *words;
    const char *title;  /* what the village's list of letters calls it; NULL: "" */
    const char *place;  /* whose quiet hours count and whose letter it is; NULL: none */
    const char *about;  /* the listener that hears what became of it; NULL: none */
    struct key subject; /* what it is about */
    int64_t person;     /* of subject.county, whom it tells; 0: nobody registered */
};
/* Adds a message. In a transaction. *id is its number. E_TOO_LONG beyond OUTBOX_WORDS_MAX. */
enum err outbox_add(struct ctx *c, const struct outbox_message *m, int64_t *id) MUST_USE;
/* The first moment from ms on, in Shanghai, that does not lie in the quiet hours from..to of a day
 * (21..7 across midnight, 12..14 within a day; the same hour twice: no quiet hours). */
int64_t outbox_awake(int64_t ms, int64_t from_hour, int64_t to_hour);
/* The same for a message: sms, wechat and speaker wait for the end of the place's quiet hours
 * (rules notice.quiet_from_hour and notice.quiet_to_hour), mail and letters disturb nobody. */
enum err outbox_when(struct ctx *c, enum outbox_channel channel, const char *place, int64_t ms,
                     int64_t *out) MUST_USE;
/* How long to wait after the n-th failure (n from 1): 1, 4, 16 ... minutes, at most 6 hours. */
int64_t outbox_pause_ms(int64_t n);
/* Whether a gateway is set up at all. */
enum err outbox_has_gateway(struct ctx *c, bool *yes) MUST_USE;

struct outbox_row {
    int64_t id, tries, next_ms, person, at_ms, done_ms;
    struct key subject;
    const char *channel, *words, *state, *error, *place, *about, *title, *done_by;
    struct bytes target_sealed;
};
/* Those due at c->now_ms that a gateway can send, longest waiting first. */
enum err outbox_due(struct ctx *c, struct outbox_row **out, size_t *n) MUST_USE;
/* What became of a try: error "": it was sent. final: no further try. In a transaction; tells the
 * listener when it is sent or has failed for good. */
enum err outbox_result(struct ctx *c, const struct outbox_row *row, const char *error,
                       bool final) MUST_USE;
/* A failed one is tried again at once. */
enum err outbox_again(struct ctx *c, int64_t id) MUST_USE;
/* Takes one back that was not sent yet; one that is gone already is left alone. */
enum err outbox_drop(struct ctx *c, int64_t id) MUST_USE;
/* What still waits for a person's telephone is given up for this reason, as if it had failed: they
 * died, or do not want messages any more. At most OUTBOX_RECALL_MAX. */
enum err outbox_recall(struct ctx *c, struct key person, const char *why) MUST_USE;
/* When village `from` is merged into `to`: its letters, messages, notices and announcements follow.
 * In the transaction of the merger. */
enum err outbox_move_place(struct ctx *c, const char *from, const char *to) MUST_USE;

/* Whoever adds messages may say OUTBOX_LISTEN(listener) once; heard runs in the transaction that
 * changed the row, whose state is sent, failed or waiting (again). */
struct outbox_listener {
    const char *about;
    enum err (*heard)(struct ctx *c, const struct outbox_row *row);
    struct outbox_listener *next; /* the list's own */
};
void outbox_listen(struct outbox_listener *l);
enum err outbox_tell_listener(struct ctx *c, const struct outbox_row *row) MUST_USE;
#define OUTBOX_LISTEN(listener)                                                                    \
    __attribute__((constructor)) static void listener##_register(void)                             \
    {                                                                                              \
        outbox_listen(&listener);                                                                  \
    }

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
