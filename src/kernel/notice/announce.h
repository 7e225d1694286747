/* SPDX-License-Identifier: Apache-2.0
 * announce.h - 公告 and 村广播稿: what a village tells everybody. One text is shown on the
 * village's page, read out over the loudspeakers (each time marked), and printed as a poster. */
#pragma once
#include "kernel/page/page.h"
#include "kernel/place/place.h"

enum {
    ANNOUNCE_TITLE_MAX = 30,
    ANNOUNCE_WORDS_MAX = 600, /* three minutes of reading aloud */
    ANNOUNCE_LIST_MAX = 20,
    ANNOUNCE_SHOWN_MAX = 5,
    ANNOUNCE_READS_SHOWN = 5,
    ANNOUNCE_DAYS = 7, /* how long one is shown unless its writer says otherwise */
    ANNOUNCE_DAYS_MAX = 366,
};
struct announcement {
    struct key key;
    const char *place, *title, *words, *actor;
    int64_t until_day, account, at_ms, taken_ms, read_times, read_ms;
    int64_t seconds; /* to read it out; computed, not stored */
    const char
        *read_at; /* in a list: when it was read out the last few times, in words; else NULL */
};
/* Newest first, of one village; before 0 or an id to go on from. With their seconds. */
enum err announce_list(struct ctx *c, const char *place, int64_t before, struct announcement **out,
                       size_t *n) MUST_USE;
/* Those that everybody sees today: not taken down, not past their last day; newest first, at most
 * ANNOUNCE_SHOWN_MAX. */
enum err announce_now(struct ctx *c, const char *place, struct announcement **out,
                      size_t *n) MUST_USE;
/* E_NOT_FOUND also when the actor announces nothing at its place. */
enum err announce_load(struct ctx *c, struct key k, struct announcement *out) MUST_USE;
/* Adds one for a->place; sets its key. */
enum err announce_add(struct ctx *c, struct announcement *a) MUST_USE;
/* It was read out over the loudspeakers just now. The same instant twice counts once. */
enum err announce_read(struct ctx *c, struct announcement *a) MUST_USE;
/* Off the village's page, for good. E_CONFLICT when it is down already. */
enum err announce_take_down(struct ctx *c, struct announcement *a) MUST_USE;
/* "约 1 分 20 秒" */
const char *announce_seconds_zh(struct ctx *c, int64_t seconds);

struct announce_page {
    const char *place, *place_name, *title, *words, *until;
    const struct announcement *all;
    const struct place *villages; /* to choose from, for a township */
    size_t n_villages;
    size_t n;
    int64_t seconds; /* of a preview; 0: none */
};
