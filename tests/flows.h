/* SPDX-License-Identifier: Apache-2.0
 * flows.h - short ways through the pages that several tests of attacks and of bad input share. */
#pragma once
#include "test_app.h"

#define TEST_PASSWORD "green hills 2026"

struct taken {
    const char *key, *number, *code; /* "421281-17", its number, its query code */
    struct key k;
};
struct asked {
    const char *item, *person, *who, *words, *key; /* all but item: NULL when it does not matter */
};
/* The visitor, who takes errands at TEST_VILLAGE, takes one of the item through the API with all
 * its papers there; key: the Idempotency-Key. */
struct taken flow_take_asked(struct client *cl, const struct asked *q);
/* The same of elder.card, for person (may be NULL). */
struct taken flow_take(struct client *cl, const char *person, const char *who, const char *words,
                       const char *key);
/* The page on which an errand is taken, for somebody who is known by name only: through the taps,
 * as nothing of it may stand in an address. place: NULL leaves it open. */
void flow_intake(struct client *cl, const char *who, const char *item, const char *words,
                 const char *place);
/* A path of the errand or person: flow_path(cl, "/errand/%s/note", key). */
const char *flow_path(struct client *cl, const char *fmt, const char *key);
/* An account with TEST_PASSWORD, which has signed in for the first time. */
void flow_account(struct test_app *t, const char *phone, const char *name);
/* A value that the field accepts; key for F_KEY, text for one-line and longer text. */
const char *flow_value(struct client *cl, const struct field *f, const char *key, const char *text);
/* "a=1&b=2" of all fields of a route (required: only those), without csrf and rid. */
const char *flow_body(struct client *cl, const struct route *r, bool required, const char *key,
                      const char *text);
/* The route's address with key or a word in it. */
const char *flow_address(struct client *cl, const struct route *r, const char *key,
                         const char *word);
/* The session's CSRF token, "" for nobody. */
const char *flow_csrf(struct client *cl);
/* How many rows the tables hold that a visitor's work changes. */
int64_t flow_rows(struct test_app *t);
