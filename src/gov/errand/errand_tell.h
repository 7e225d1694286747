/* SPDX-License-Identifier: Apache-2.0
 * errand_tell.h - 告诉居民: which step of an errand a resident hears of, on which way, in which
 * words. They chose the way when they asked; each event is told once in each of its turns. */
#pragma once
#include "gov/errand/errand.h"
#include "kernel/flow/flow.h"
#include "kernel/person/person.h"

enum { TOLD_MAX = 60, SMS_CHARS_MAX = 70 /* of one part (GSM 03.38, UCS-2) */, TELL_ON_MAX = 2 };
/* Ways as stored with the errand: sms call letter none. */
extern const char *const tell_ways[];    /* ends with NULL */
extern const char *const tell_ways_zh[]; /* ends with NULL */

/* One event that is told. Its words are the rows tell.EVENT.sms and tell.EVENT.mouth of
 * data/words.csv. */
struct tell_row {
    const char *event, *zh;
    struct {
        enum errand_event ev;
        bool there; /* the resident stands there, or does it themselves: by mouth it is said already
                     */
    } on[TELL_ON_MAX];
    size_t n_on;          /* 0: told by errand_tell_event alone */
    const char *decision; /* "" any */
    const char *turns[2]; /* events of the life cycle after which it may be told anew; NULL */
    bool undoes;          /* what still waits to be told is no longer true */
};
extern const struct tell_row tell_rows[];
extern const size_t tell_rows_count;
/* The row for what just happened, or NULL: nothing to tell. *there as above, for this errand. */
const struct tell_row *tell_row_of(const struct errand *e, enum errand_event ev, bool *there);
const struct tell_row *tell_row_named(const char *event);

enum tell_channel { TELL_SKIP, TELL_FACE, TELL_SMS, TELL_MOUTH, TELL_PRINT };
struct tell_known {
    const char *way;                   /* "": was never asked */
    bool phone, gateway, agrees, gone; /* gone: the person has died */
    bool there;
};
/* The channel on which one event goes out. */
enum tell_channel tell_channel_of(const struct tell_known *k);
/* The names of papers with 、 between, cut to max characters: "户口簿、照片等 4 样". */
const char *tell_papers(struct arena *a, const char *const *names, size_t n, size_t max);

/* Whether text holds one of the words of list, which has 、 between them. */
bool tell_shames(struct arena *a, const char *list, const char *text);

struct told {
    const char *event, *channel, *failed, *words, *state, *actor;
    int64_t turn, tries, outbox, at_ms, done_ms;
};
/* ---- at intake ---- */
/* Sets e->tell and e->contact_sealed from what was asked; without an answer a known telephone means
 * sms, else by mouth. E_REQUIRED for sms without any number. */
enum err errand_tell_take(struct ctx *c, const struct intake *in, struct errand *e) MUST_USE;
/* ---- as it goes on; each within the caller's transaction ---- */
/* After a step: tells what it means. words: the reason that was given for it. */
enum err errand_tell(struct ctx *c, const struct errand *e, enum errand_event ev,
                     const char *words) MUST_USE;
/* "late", and "ready" to be fetched. *told: false when it had been told before. */
enum err errand_tell_event(struct ctx *c, const struct errand *e, const char *event,
                           bool *told) MUST_USE;
/* By mouth: whoever was to be called was reached (done), or once more not. E_CONFLICT when nothing
 * is open. */
enum err errand_told_mouth(struct ctx *c, const struct errand *e, bool reached) MUST_USE;
/* What is open is written as a letter instead. */
enum err errand_told_letter(struct ctx *c, const struct errand *e) MUST_USE;
/* Another way or number from now on; what was told stays. E_REQUIRED as above. */
enum err errand_tell_change(struct ctx *c, struct errand *e, const char *way,
                            const char *phone) MUST_USE;
/* ---- for pages ---- */
/* Oldest first. */
enum err errand_told_list(struct ctx *c, const struct errand *e, struct told **out,
                          size_t *n) MUST_USE;
/* Puts what was told among the steps, by time. */
enum err errand_told_steps(struct ctx *c, const struct errand *e, struct flow_step **steps,
                           size_t *n) MUST_USE;
/* "短信发出了", "没联系上 2 次": what became of it. */
const char *told_zh(struct ctx *c, const struct told *t);
/* "发短信到 139****5678": how this errand is told, for receipt and progress. */
enum err errand_tell_line(struct ctx *c, const struct errand *e, const char **line) MUST_USE;
/* How often nobody must have been reached before a visit or a letter is due. */
enum err errand_tell_tries(struct ctx *c, const struct errand *e, int64_t *tries) MUST_USE;

struct tell_page {
    struct errand e;
    struct told *told;
    size_t n_told, n_open;
    const char *phone, *way_zh, *line, *gone;
    int64_t tries, tries_max; /* of what is open: the most */
    bool may_ready;
};
