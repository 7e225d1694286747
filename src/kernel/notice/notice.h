/* SPDX-License-Identifier: Apache-2.0
 * notice.h - 通知: something happened that a desk, or a person with an account, should know without
 * having to do anything about it. What must be done is a to-do. */
#pragma once
#include "store/db.h"

enum { NOTICE_LIST_MAX = 30, NOTICE_COUNT_MAX = 99, NOTICE_TITLE_MAX = 60 };
struct notice {
    struct key key;
    const char *desk; /* desk_text() of those it is for; "" when it is for a person */
    int64_t person;   /* of the key's county; 0 when it is for a desk */
    int64_t subject;  /* the record it is about, of the same county; 0: none */
    const char *title, *words, *link;
    int64_t at_ms, read_ms; /* read_ms: when the first at the desk marked it; 0: nobody yet */
};
/* Adds one for n->desk or n->person in county n->key.county; sets n->key.id and n->at_ms. */
enum err notice_add(struct ctx *c, struct notice *n) MUST_USE;
/* For all desks at which the actor of c sits, and for the actor's own person; newest first, at most
 * NOTICE_LIST_MAX; before 0 or a notice's id to go on from. */
enum err notice_mine(struct ctx *c, int64_t before, struct notice **out, size_t *n) MUST_USE;
/* How many of them nobody has read yet, at most NOTICE_COUNT_MAX. */
enum err notice_unread(struct ctx *c, int64_t *n) MUST_USE;
/* Marks one of the actor's as read; E_NOT_FOUND when it is for somebody else. */
enum err notice_read(struct ctx *c, struct key k) MUST_USE;
/* Marks all of the actor's as read. */
enum err notice_read_all(struct ctx *c) MUST_USE;
