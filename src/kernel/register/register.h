/* SPDX-License-Identifier: Apache-2.0
 * register.h - what was changed in the register of bodies, places, households and people: each
 * change with the value before it, who made it and which decision says so. Rows only ever come. */
#pragma once
#include "store/db.h"

enum { REGISTER_SHOWN_MAX = 100, DECISION_CHARS_MAX = 100 };
struct register_change {
    const char *what;     /* "改名", "身份证号": as the page says it */
    const char *before;   /* "" when there was nothing, or it is sealed */
    struct bytes sealed;  /* the value before, of a sealed field */
    const char *after;    /* "" when it is sealed or nothing */
    const char *decision; /* which paper or whose word says so */
    const char *actor;    /* set by register_note */
    int64_t at_ms;
};
/* kind: body place household person. subject: the record's number or the place's code. */
enum err register_note(struct ctx *c, int64_t county, const char *kind, const char *subject,
                       const struct register_change *ch) MUST_USE;
/* Newest first, at most REGISTER_SHOWN_MAX. */
enum err register_list(struct ctx *c, int64_t county, const char *kind, const char *subject,
                       struct register_change **out, size_t *n) MUST_USE;
/* A record's number as a subject. */
const char *register_subject(struct ctx *c, int64_t id);
