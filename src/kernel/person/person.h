/* SPDX-License-Identifier: Apache-2.0
 * person.h - residents 居民. Identity number and telephone are sealed; looks at a person's page are
 * recorded by the page that shows it. */
#pragma once
#include "store/db.h"

enum {
    PERSON_FIND_MAX = 20,
    PERSON_NAME_MAX = 40,
    PERSON_GROUP_MAX = 20,
    PERSON_DOOR_MAX = 40,
    PERSON_MOVED_MAX = 100,
    HOUSEHOLD_PEOPLE_MAX = 30,
    HOUSEHOLD_PAGE = 50,
    HOUSEHOLD_GROUPS_MAX = 200,
    HOUSEHOLD_FIND_MAX = 20,
    CONSENTS_MAX = 50,
};
struct person {
    struct key key;
    const char *place, *grp, *name, *initials, *moved_to;
    int64_t household, sex, birth, died_day, moved_day, changed_ms;
    int64_t merged_into; /* the record of the same person that is kept; 0: this one */
    struct bytes id_no_sealed, phone_sealed;
    const char *id_no, *phone; /* set before person_save, or by person_open; NULL: not known */
};

/* E_NOT_FOUND. Sealed fields stay sealed. One that was merged is answered by the record that is
 * kept: out->key is that one's. */
enum err person_load(struct ctx *c, struct key k, struct person *out) MUST_USE;
/* The same for a page: E_NOT_FOUND also when the actor lacks caps where the person lives, so that
 * nothing tells whether there is such a person. */
enum err person_reach(struct ctx *c, struct key k, uint32_t caps, struct person *out) MUST_USE;
/* Opens id_no and phone. Every use shows them masked, or is recorded as a look. */
enum err person_open(struct ctx *c, struct person *p) MUST_USE;
/* By name, initials, whole identity number or whole telephone number, within place (a village or
 * everything below a township). At most PERSON_FIND_MAX; the needle must have 2 characters. */
enum err person_find(struct ctx *c, const char *q, const char *place, struct person **out,
                     size_t *n) MUST_USE;
/* The same at every place where the actor may read residents; together at most PERSON_FIND_MAX. */
enum err person_find_mine(struct ctx *c, const char *q, struct person **out, size_t *n) MUST_USE;
/* Adds (key.id 0) or changes; seals p->id_no and p->phone. E_EXISTS when another living person of
 * the county has that identity number: out *p is left alone. */
enum err person_save(struct ctx *c, struct person *p) MUST_USE;
/* "王某某，女，83 岁，三组": as staff see it. */
const char *person_line(struct ctx *c, const struct person *p);
/* 王某某 -> 王**: on public pages and receipts' counterfoils. */
const char *person_mask(struct ctx *c, const char *name);
/* E_PERSON_DIED, E_PERSON_MOVED or OK: may new work of their own be taken. */
enum err person_may_apply(struct ctx *c, const struct person *p) MUST_USE;
const char *sex_zh(int64_t sex);

/* ---- died, moved away ---- */
/* Each tells all listeners within the same transaction. E_PERSON_DIED, E_PERSON_MOVED: registered
 * so already. */
enum err person_died(struct ctx *c, struct person *p, int32_t day) MUST_USE;
enum err person_moved(struct ctx *c, struct person *p, int32_t day, const char *to) MUST_USE;
/* What was registered by mistake is taken back; what listeners ended stays ended. E_EXISTS when the
 * identity number has been registered anew since. */
enum err person_back(struct ctx *c, struct person *p) MUST_USE;

enum person_news {
    PERSON_NEWS_DIED,
    PERSON_NEWS_MOVED,
    PERSON_NEWS_CONSENT,
    PERSON_NEWS_PLACE,     /* lives in another village of the county now; what: code of the old */
    PERSON_NEWS_CORRECTED, /* name, identity number, sex or birth were wrong */
    PERSON_NEWS_BACK,      /* died or moved was a mistake */
    PERSON_NEWS_COUNT
};
/* Whoever keeps work about persons may say PERSON_LISTEN(listener) once. what: of a consent that
 * was withdrawn, as above, "" otherwise. */
struct person_listener {
    /* Two records were one person: what names `from` names *into afterwards. NULL: names nobody. */
    enum err (*joined)(struct ctx *c, struct key from, const struct person *into);
    enum err (*heard)(struct ctx *c, const struct person *p, enum person_news news,
                      const char *what);
    struct person_listener *next; /* the list's own */
};
void person_listen(struct person_listener *l);
/* Tells all listeners; for person_change.c. */
enum err person_tell(struct ctx *c, const struct person *p, enum person_news news,
                     const char *what) MUST_USE;
enum err person_tell_joined(struct ctx *c, struct key from, const struct person *into) MUST_USE;
#define PERSON_LISTEN(listener)                                                                    \
    __attribute__((constructor)) static void listener##_register(void)                             \
    {                                                                                              \
        person_listen(&listener);                                                                  \
    }

/* ---- corrections (person_change.c); what was before is kept in the register ---- */
/* Saves p, which differs from *old as loaded and opened. Where a known name, identity number, sex
 * or birth differs, decision must say why: refused field "decision" E_CHANGE_REASON. E_EXISTS. */
enum err person_correct(struct ctx *c, const struct person *old, struct person *p,
                        const char *decision) MUST_USE;
/* p lives in another village of the county from day on; consents, care and errands go with the
 * record. Refused field "to": no other village of this county. The new village is told. */
enum err person_relocate(struct ctx *c, struct person *p, const char *place, const char *grp,
                         const char *door, int32_t day) MUST_USE;
/* The record `from` is the same person as *into: *into stays and gets what only `from` knew, and
 * what names either names *into. Refused field "other": the same record, or of another county.
 * E_PERSON_TWO_IDS, E_PERSON_DIED, E_PERSON_MOVED, E_PERSON_MERGED. */
enum err person_merge(struct ctx *c, struct key from, struct person *into,
                      const char *decision) MUST_USE;

/* ---- households 户: a door of a group of a village ---- */
struct household {
    int64_t county, id;
    const char *place, *grp, *door;
    int64_t head, joined; /* person, 0: not said; the household it went into, 0: it lives */
};
/* The household at that door, made when there is none; 0 when door is "". */
enum err household_take(struct ctx *c, const char *place, const char *grp, const char *door,
                        int64_t *id) MUST_USE;
/* E_NOT_FOUND. */
enum err household_load(struct ctx *c, struct key k, struct household *out) MUST_USE;
/* The same when the actor has caps where it is; E_NOT_FOUND otherwise. One that joined another is
 * answered by that one. */
enum err household_reach(struct ctx *c, struct key k, uint32_t caps,
                         struct household *out) MUST_USE;
/* Whoever lives there, oldest first. */
enum err household_members(struct ctx *c, const struct household *h, struct person **out,
                           size_t *n) MUST_USE;
/* "7 号", or "" for a person without a household. */
enum err person_door(struct ctx *c, const struct person *p, const char **door) MUST_USE;
/* The others of p's household who live there. */
enum err household_people(struct ctx *c, const struct person *p, struct person **out,
                          size_t *n) MUST_USE;

struct household_group {
    const char *grp;
    int64_t households, people;
};
/* The groups of a village with how many live there. */
enum err household_groups(struct ctx *c, const char *place, struct household_group **out,
                          size_t *n) MUST_USE;
struct household_line {
    struct household h;
    const char *head_name; /* "" when the head is not said */
    int64_t people;
};
/* Those of one group by door, HOUSEHOLD_PAGE at a time: after: "" or the last door seen. */
enum err household_list(struct ctx *c, const char *place, const char *grp, const char *after,
                        struct household_line **out, size_t *n) MUST_USE;
/* By door, "7 号" or "三组7号", blanks do not matter, at every place where the actor may read
 * residents; at most HOUSEHOLD_FIND_MAX. */
enum err household_find_mine(struct ctx *c, const char *q, struct household_line **out,
                             size_t *n) MUST_USE;

/* ---- changes of a household (household_change.c); each is kept in the register ---- */
/* Another door or group; all who live there move along. E_DOOR_TAKEN. */
enum err household_move_door(struct ctx *c, struct household *h, const char *grp,
                             const char *door) MUST_USE;
/* E_NOT_CHOICE as a refused field "person" when they do not live there. */
enum err household_set_head(struct ctx *c, struct household *h, struct key person) MUST_USE;
/* p, of the same village, lives there from now on (refused field "person": of another village). */
enum err household_take_in(struct ctx *c, struct household *h, struct person *p) MUST_USE;
/* p lives there no more, and at no known door. */
enum err household_let_out(struct ctx *c, struct household *h, struct person *p) MUST_USE;
/* person lives behind that door no more, or heads that household no more; 0: no household. */
enum err household_head_gone(struct ctx *c, struct key person, int64_t household) MUST_USE;
/* n of those who live there get a household of their own at another door; *out is that. Refused
 * fields: "m" (nobody, or all: that is another door for the household). E_DOOR_TAKEN. */
enum err household_split(struct ctx *c, struct household *h, const struct key *who, size_t n,
                         const char *grp, const char *door, struct household *out) MUST_USE;
/* All who live there go to the household at that door, which must be there (refused field "door");
 * this one is closed and leads there. *out is the one that stays. */
enum err household_join(struct ctx *c, struct household *h, const char *grp, const char *door,
                        struct household *out) MUST_USE;

/* ---- 同意: what a resident agreed to: "papers", "visit", "tell" ---- */
struct consent {
    const char *what, *how;
    int64_t at_ms, withdrawn_ms;
};
enum err consent_give(struct ctx *c, struct key person, const char *what, const char *how) MUST_USE;
enum err consent_given(struct ctx *c, struct key person, const char *what, bool *given) MUST_USE;
/* Tells all listeners. */
enum err consent_withdraw(struct ctx *c, struct key person, const char *what) MUST_USE;
/* Newest first, those withdrawn too. */
enum err consent_list(struct ctx *c, struct key person, struct consent **out, size_t *n) MUST_USE;
/* What they agreed to and how, in words. */
const char *consent_zh(const char *what);
const char *consent_how_zh(const char *how);
