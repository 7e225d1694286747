/* SPDX-License-Identifier: Apache-2.0
 * contact.h - whom residents of a village may telephone: the agents and officers of the village,
 * then those of its township's window. These numbers are public by office; no others are shown. */
#pragma once
#include "kernel/post/post.h"

enum { CONTACTS_MAX = 12 };
struct contact {
    enum post_kind_no kind;
    const char *post, *name, *phone; /* "赵李桥镇综合窗口", phone "" when none is known */
    bool village;                    /* sits in the village itself */
};
/* Agents, windows and chiefs, those of the village first; at most CONTACTS_MAX in the arena. One
 * message to the signer opens all numbers. */
enum err contacts_of(struct ctx *c, const char *village, struct contact **out, size_t *n) MUST_USE;
/* The first of a kind in the village or in the township, or NULL. */
const struct contact *contact_find(const struct contact *all, size_t n, enum post_kind_no kind,
                                   bool village);
