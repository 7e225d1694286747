/* SPDX-License-Identifier: Apache-2.0
 * errand.h - 办件: what a resident asked for, carried to the end by somebody else. It keeps the
 * version of the service item under which it was taken, says who has it now and until when, and
 * every step of its life cycle is kept. */
#pragma once
#include "core/sm.h"
#include "gov/item/item.h"
#include "store/db.h"

enum errand_state {
    ERRAND_DRAFTED,
    ERRAND_MISSING,
    ERRAND_IN_HAND,
    ERRAND_SUSPENDED,
    ERRAND_DECIDED,
    ERRAND_DELIVERED,
    ERRAND_REVISITED,
    ERRAND_ARCHIVED,
    ERRAND_REDIRECTED,
    ERRAND_REFUSED,
    ERRAND_WITHDRAWN,
    ERRAND_STATES
};
enum errand_event {
    EV_ACCEPT,
    EV_TELL,
    EV_REDIRECT,
    EV_REFUSE,
    EV_COMPLETE,
    EV_ASK_MORE,
    EV_HAND,
    EV_SUSPEND,
    EV_RESUME,
    EV_WITHDRAW,
    EV_DECIDE,
    EV_DONE_NOW,
    EV_DELIVER,
    EV_CORRECT,
    EV_REVISIT,
    EV_ARCHIVE,
    EV_REOPEN,
    ERRAND_EVENTS
};
extern const struct sm errand_sm;

enum {
    ERRAND_NUMBER_LEN = 22, /* place 12, year 4, serial 5, check digit */
    ERRAND_CODE_LEN = 6,
    ERRAND_WORDS_MAX = 1000,
    ERRAND_LIST_MAX = 20,
    ERRAND_PAPERS_MAX = 40,
    ERRAND_PAUSES_MAX = 50,
    ERRAND_ASK_CHARS_MAX = 300,
    ERRAND_ASKED_MAX = 10, /* words a resident may leave at one errand; then: the telephone */
};

/* Where an errand rests: a place, a capability, perhaps a body. */
struct desk {
    const char *place;
    enum cap_no cap;
    int64_t body;
};
struct errand {
    struct key key;
    const char *place, *number, *title, *body, *who, *behalf, *channel, *manner, *words, *answers,
        *state, *holder, *home, *decision, *result, *delivered_how,
        *tell; /* how they want to be told: sms call letter none, "" never asked */
    struct bytes code_sealed, contact_sealed; /* contact: a number other than the person's own */
    int64_t item, version, person, holder_cap, holder_body, home_cap, taken_by, created_ms,
        accepted_ms, step_ms, step_days, step_due, promised_due, statutory_due, paused_ms,
        paused_days, tellings, late, decided_ms, delivered_ms, visited_ms, closed_ms, from_visit,
        changed;
    bool by_code; /* the resident has shown number and code (not stored) */
};
struct errand_paper {
    int64_t seq, count, due_ms, got_ms, from_errand;
    const char *code, *name, *form, *state, *file, *note;
};
struct pause {
    int64_t from_ms, to_ms;
    bool resident;
    const char *reason;
};

/* ---- pure rules (errand_rules.c) ---- */
/* Number with its check digit (ISO 7064 MOD 11,10 over the first 21 digits) into out. */
void errand_number(const char *place, int year, int serial, char out[ERRAND_NUMBER_LEN + 1]);
/* Takes what people type, with blanks and dashes; false when the check digit is wrong. */
bool errand_number_parse(const char *text, char out[ERRAND_NUMBER_LEN + 1]);
/* "421281101202-2026-00318-6" */
const char *errand_number_text(struct ctx *c, const char *number);
/* Upper case without blanks; false when it is not six characters of the code's alphabet. */
bool errand_code_parse(const char *text, char out[ERRAND_CODE_LEN + 1]);
/* The desk after `at` on the way to the decision; false when `at` itself decides. decides:
 * "village", "township" or "county". body: of the county's department. */
bool errand_next_desk(struct ctx *c, const struct errand *e, const struct desk *at,
                      const char *decides, int64_t body, struct desk *out);
enum errand_state errand_state_of(const struct errand *e);
/* What was answered to the guide's question, from an errand's answers; "" when nothing was. */
const char *errand_answered(struct ctx *c, const char *answers, const char *ask);
/* "同意", "不同意" for granted and refused. */
const char *errand_decision_zh(const char *decision);
/* What people read for a state and a decision ("" before there is one): a refusal never reads as
 * plainly done. And the class of x-state. */
const char *errand_state_zh(const char *state, const char *decision);
const char *errand_state_class(const char *state, const char *decision, bool late);
const char *errand_channel_zh(const char *channel);

/* ---- model ---- */
/* E_NOT_FOUND; also, so that nothing leaks, for one that the actor may not see. */
enum err errand_load(struct ctx *c, struct key k, struct errand *out) MUST_USE;
/* Whatever the actor: for the system and for those who showed number and code. */
enum err errand_load_any(struct ctx *c, struct key k, struct errand *out) MUST_USE;
/* By number and code; E_QUERY_CODE when either is wrong, and nothing says which. */
enum err errand_by_code(struct ctx *c, const char *number, const char *code,
                        struct errand *out) MUST_USE;
enum err errand_code(struct ctx *c, const struct errand *e, char **code) MUST_USE;
struct person;
/* The telephone number that this errand uses: the one given for it, else the person's own while
 * they live; "" when there is none. p: the person, opened, or NULL: it is loaded. Shown masked, or
 * the look is recorded. */
enum err errand_phone(struct ctx *c, const struct errand *e, const struct person *p,
                      const char **phone) MUST_USE;
/* Where the resident may ask: the service centre's number, else that of the village's agent, else
 * of the township's window; "" when nobody has one. */
enum err errand_ask_phone(struct ctx *c, const struct errand *e, const char **phone) MUST_USE;
enum err errand_insert(struct ctx *c, struct errand *e) MUST_USE;
/* Writes every field; E_CONFLICT when somebody was faster (changed). */
enum err errand_update(struct ctx *c, struct errand *e) MUST_USE;
struct errand_line {
    struct key key;
    const char *number, *title, *who, *state, *decision;
    int64_t step_due, created_ms;
};
struct errand_query {
    const char *place; /* a village, or all below a place */
    const char *state; /* "": all */
    int64_t before;    /* an id to go on from; 0: from the newest */
    size_t max;
};
/* Newest first. */
enum err errand_list(struct ctx *c, const struct errand_query *q, struct errand_line **out,
                     size_t *n) MUST_USE;
/* Of a whole number; E_NOT_FOUND. Whether the actor may see it is errand_load's question. */
enum err errand_key_of(struct ctx *c, const char *number, struct key *out) MUST_USE;
/* The errands of one person, newest first; at most ERRAND_LIST_MAX. */
enum err errand_of_person(struct ctx *c, struct key person, struct errand_line **out,
                          size_t *n) MUST_USE;
/* Those of them that were heard on one visit. */
enum err errand_of_visit(struct ctx *c, struct key person, int64_t visit, struct errand_line **out,
                         size_t *n) MUST_USE;
enum err errand_papers(struct ctx *c, const struct errand *e, struct errand_paper **out,
                       size_t *n) MUST_USE;
enum err errand_paper_save(struct ctx *c, const struct errand *e,
                           const struct errand_paper *p) MUST_USE;
/* Forgets them all: a draft becomes something else. */
enum err errand_papers_drop(struct ctx *c, const struct errand *e) MUST_USE;
enum err errand_pauses(struct ctx *c, const struct errand *e, struct pause **out,
                       size_t *n) MUST_USE;
enum err errand_pause_begin(struct ctx *c, const struct errand *e, bool resident,
                            const char *reason) MUST_USE;
enum err errand_pause_end(struct ctx *c, const struct errand *e) MUST_USE;
/* A paper of this kind that the person left with us before: errand 0 when there is none. */
enum err errand_held_paper(struct ctx *c, struct key person, const char *code, int64_t *errand,
                           int64_t *got_ms) MUST_USE;
enum errand_count {
    COUNT_TAKEN,
    COUNT_DONE,
    COUNT_LATE,
    COUNT_REFUSED,
    COUNT_TOLD_AGAIN,
    COUNT_DAYS,
    COUNT_RATED,
    COUNT_SCORE
};
/* Adds to the public totals of the errand's village, item, body and the month of at_ms. */
enum err errand_count(struct ctx *c, const struct errand *e, int64_t at_ms, enum errand_count what,
                      int64_t n) MUST_USE;

/* ---- steps (errand_steps.c): each fires its event, moves the clocks and the to-do row ---- */
struct intake {
    const char *place; /* the resident's village, 12 digits */
    struct key person; /* county 0: not yet known */
    const char *who, *behalf, *phone, *channel, *manner, *words, *answers;
    const char *tell; /* sms call letter none; NULL or "": was not asked */
    int64_t version;  /* 0: not yet known, the window will sort it */
    int64_t from_visit;
    struct desk desk;                  /* where it is taken */
    bool consent;                      /* the resident agrees that held papers are used again */
    const char *papers[MATERIALS_MAX]; /* here later missing held, by material */
    bool draft;                        /* only written down, not yet taken */
};
/* Writes it down and, unless draft, takes it: in hand when nothing is missing, else everything
 * that is missing is told at once. *code is the query code. E_PERSON_DIED, E_PERSON_MOVED,
 * E_ITEM_WITHDRAWN, E_ITEM_ELSEWHERE, E_PLACE, E_PLACE_MERGED, E_NO_CONSENT. */
enum err errand_take(struct ctx *c, const struct intake *in, struct errand *e,
                     const char **code) MUST_USE;
/* One that was only written down (by a resident on the web, or before it was clear what it is) gets
 * its item, its papers, its person when it had none, and what else is known now; unless in->draft
 * it is taken. How it came, and what was said, stay as they were written down. */
enum err errand_choose(struct ctx *c, struct errand *e, const struct intake *in) MUST_USE;
/* One step. words: note, reason or result as the event needs. more: the desk for EV_HAND
 * ("" the next one, "back" the one before), "granted" or "refused" for EV_DECIDE, how it was
 * delivered for EV_DELIVER, the missing papers one per line for EV_ASK_MORE. */
enum err errand_step(struct ctx *c, struct errand *e, enum errand_event ev, const char *words,
                     const char *more) MUST_USE;
/* A return visit that met nobody: to be tried again within the county's days; after the tries of
 * rule errand.revisit_tries it ends without an answer. */
enum err errand_revisit_missed(struct ctx *c, struct errand *e, const char *words) MUST_USE;
/* A paper that was to come later, or was missing, is here. */
enum err errand_paper_came(struct ctx *c, struct errand *e, int64_t seq) MUST_USE;
/* A word of the holder's for the history; it answers whoever urged. */
enum err errand_note(struct ctx *c, struct errand *e, const char *words) MUST_USE;
/* Whoever leads at the errand's place urges its holder 督办: a to-do row until it moves or is
 * answered, and a notice. E_NOT_FOUND: leads elsewhere; E_WRONG_STATE: it is over, or its clock
 * stands. */
enum err errand_urge(struct ctx *c, struct errand *e, const char *words) MUST_USE;
/* The desk after `at` on the way of an errand of this item: errand_next_desk with the department
 * that serves the county. *found: false when `at` itself decides. */
enum err errand_after(struct ctx *c, const struct errand *e, const struct item *it,
                      const struct desk *at, struct desk *out, bool *found) MUST_USE;
/* A word or a question of the resident's: a line of the timeline, and a notice at the desk that has
 * the errand. E_ASKED_ENOUGH after ERRAND_ASKED_MAX of them. */
enum err errand_asked(struct ctx *c, const struct errand *e, const char *words) MUST_USE;
/* "赵李桥镇综合窗口", "赤壁市民政局" */
const char *desk_zh(struct ctx *c, const char *place, int64_t cap, int64_t body);
/* Ticker: late ones rise one level; what was revisited or delivered long ago is archived. */
enum err errand_tick(struct ctx *c, void *unused) MUST_USE;
