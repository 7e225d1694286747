/* SPDX-License-Identifier: Apache-2.0
 * client.h - programs that use the API 接口客户端: a department's system, a township's terminal. A
 * client has a token of its own and scopes, which are capabilities at a place: the gate asks the
 * same questions of it as of a person. It never decides, leads or administers: that takes a person
 * who answers for it. Every look at a resident needs its reason (header Look-Reason). */
#pragma once
#include "store/db.h"
#include "web/session.h"

enum { CLIENT_LIST_MAX = 500, CLIENT_NAME_MAX = 40, CLIENT_TOKEN_LEN = 47 };
struct client_row {
    int64_t id, body, caps, made_ms, made_by, until_ms, wrote_ms, stopped_ms;
    int64_t hook_failed_ms; /* a message was given up then, and nothing succeeded since */
    const char *name, *place, *why, *hook_url, *hook_events, *hook_error;
    struct bytes hook_secret; /* sealed */
};
/* The capabilities that may be scopes, ended by CAP_COUNT. */
extern const enum cap_no client_scopes[];
/* Their names for forms and the API ("ERRAND_READ"), in the same order, ended by NULL. */
extern const char *const client_scope_names[];
/* "查看办件、受理办件" */
const char *client_caps_zh(struct ctx *c, int64_t caps);

/* Adds one (id, made_ms, until_ms are set: rule client.valid_days); its token is told once, here.
 * E_NOT_CHOICE (field scope): no scope, or one that clients cannot have. */
enum err client_add(struct ctx *c, struct client_row *k, char token[CLIENT_TOKEN_LEN + 1]) MUST_USE;
/* A new token instead of the old one, and the whole time again; also for one that was stopped. */
enum err client_retoken(struct ctx *c, int64_t id, char token[CLIENT_TOKEN_LEN + 1]) MUST_USE;
/* E_CONFLICT: stopped already. */
enum err client_stop(struct ctx *c, int64_t id) MUST_USE;
enum err client_load(struct ctx *c, int64_t id, struct client_row *out) MUST_USE;
/* Those of place and below, by name. */
enum err client_list(struct ctx *c, const char *place, struct client_row **out, size_t *n) MUST_USE;
/* The session of a program with this token hash; E_SIGN_IN: none, stopped, or over. */
enum err client_session(struct ctx *c, const uint8_t hash[32], struct session *out) MUST_USE;
/* In a transaction: it changed something. */
enum err client_wrote(struct ctx *c, int64_t id) MUST_USE;
