/* SPDX-License-Identifier: Apache-2.0
 * post.h - posts 岗位: a person holds a kind of post at a place, in a body, for a term. All rights
 * come from posts. Posts that one person must not hold together are refused. */
#pragma once
#include "store/db.h"

enum { POSTS_MAX = 16, POST_PEOPLE_MAX = 500 };
enum post_kind_no {
    POST_AGENT,
    POST_WINDOW,
    POST_CHIEF,
    POST_SUPERVISOR,
    POST_OFFICER,
    POST_CENTRE,
    POST_DEPARTMENT,
    POST_OFFICE,
    POST_OBSERVER,
    POST_AUDITOR,
    POST_SYSADMIN,
    POST_SECADMIN,
    POST_AUDITADMIN,
    POST_KIND_COUNT
};
struct post_kind {
    const char *name, *zh;
    uint32_t caps;
    unsigned levels;  /* bit per enum place_level where the post exists */
    unsigned clashes; /* bit per enum post_kind_no that the same person must not hold */
    bool needs_body;
    bool strict; /* signs in with the second factor: administrators, deciders */
};
/* The table row of a kind. */
const struct post_kind *post_kind(enum post_kind_no no);
/* -1 when there is none. */
int post_kind_named(const char *name);
/* Whether its rights may be lent to another during leave: administrators' are not. */
bool post_kind_lends(const struct post_kind *k);

struct post {
    int64_t id, account, body, from_day, to_day;
    const char *kind, *place, *decision;
};
/* Posts of an account in force on day, and those another lends it by delegation (marked). */
enum err post_list(struct ctx *c, int64_t account, int32_t day, struct post **out,
                   size_t *n) MUST_USE;
/* Appoints; E_POSTS_CLASH, E_PLACE when the kind does not exist at that level, E_NOT_CHOICE. */
enum err post_appoint(struct ctx *c, struct post *p) MUST_USE;
/* The first post of the account, or one lent to it, that a post of this kind from day on would
 * clash with; NULL: none. */
enum err post_clash(struct ctx *c, int64_t account, enum post_kind_no kind, int32_t day,
                    const struct post **out) MUST_USE;
/* Ends a post the day before. */
enum err post_end(struct ctx *c, int64_t id, int32_t day) MUST_USE;
struct post_holder {
    int64_t account, post, body;
    const char *name, *kind, *place;
    struct bytes phone_sealed; /* as "account.phone" */
};
/* Who holds posts exactly at place. */
enum err post_holders(struct ctx *c, const char *place, int32_t day, struct post_holder **out,
                      size_t *n) MUST_USE;
