/* SPDX-License-Identifier: Apache-2.0
 * letter.h - 信件: messages of the outbox on paper. A village prints those that wait, several in
 * one document, puts them into window envelopes, and marks them as carried or posted. */
#pragma once
#include "kernel/notice/outbox.h"
#include "kernel/print/print.h"

enum { LETTERS_MAX = 40 /* of one list, and of one print */, LETTER_PLACES_MAX = 60 };
/* Letters of a village, newest first: those that wait only, or all; before 0 or a letter's id to go
 * on from. Addresses stay sealed. */
enum err letters_of(struct ctx *c, const char *place, bool waiting, int64_t before,
                    struct outbox_row **out, size_t *n) MUST_USE;
/* One letter; E_NOT_FOUND when it is none, or of a place where the actor takes no errands. */
enum err letter_load(struct ctx *c, int64_t id, struct outbox_row *out) MUST_USE;
struct letter_place {
    const char *place;
    int64_t waiting;
};
/* The villages under area that have letters waiting. */
enum err letter_places(struct ctx *c, const char *area, struct letter_place **out,
                       size_t *n) MUST_USE;
/* It was carried or posted; E_CONFLICT when it was marked already. Tells its listener. */
enum err letter_sent(struct ctx *c, const struct outbox_row *l) MUST_USE;
/* A sent one waits once more: it came back, or was lost. */
enum err letter_again(struct ctx *c, const struct outbox_row *l) MUST_USE;
/* Draws n letters, each on a page of its own, with a QR code of url. Opens their addresses: the
 * caller records the looks. The words' first line is the letter's heading. */
enum err letters_paper(struct ctx *c, const struct outbox_row *l, size_t n, const char *url,
                       struct paper **out) MUST_USE;

struct letters_page {
    const char *place, *place_name;
    const struct letter_place *places;
    size_t n_places;
    const struct outbox_row *waiting, *sent;
    size_t n_waiting, n_sent;
};
