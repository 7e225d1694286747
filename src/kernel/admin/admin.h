/* SPDX-License-Identifier: Apache-2.0
 * admin.h - the pages of the three administrators 三员: security (accounts, posts, leave), system
 * (state, calendar, settings), audit (records). None of them sees business data or residents. */
#pragma once
#include "kernel/account/account.h"
#include "kernel/audit/audit.h"
#include "kernel/body/body.h"
#include "kernel/calendar/calendar.h"
#include "kernel/notice/outbox.h"
#include "kernel/page/page.h"
#include "kernel/place/place.h"
#include "kernel/post/delegation.h"
#include "kernel/post/post.h"
#include "kernel/ticker/ticker.h"

/* ---- security administrator ---- */
struct people_line {
    struct account_line a;
    const char *posts; /* "柳林村代理员、…" */
};
struct people {
    const char *q;
    const struct people_line *lines;
    size_t n;
};
struct staff {
    struct account_line a;
    const struct post *posts; /* own, in force or to come */
    size_t n_posts;
    const struct session_row *sessions;
    size_t n_sessions;
    bool mine; /* within the actor's area, and not the actor */
};
struct appoint {
    const struct staff *who;
    const char *q, *kind, *place;
    const struct place *found;
    size_t n_found;
    const struct body *bodies;
    size_t n_bodies;
    const struct post *clash; /* a post that this one cannot be held with, or NULL */
    int64_t today;
};
struct lend {
    const struct staff *who;
    const char *q;
    const struct account_line *found;
    size_t n_found;
    int64_t today;
};
/* One account and what it holds on day; E_NOT_FOUND. */
enum err staff_load(struct ctx *c, int64_t id, int32_t day, struct staff *out) MUST_USE;
/* Names by prefix with their posts on day. */
enum err people_find(struct ctx *c, const char *q, int32_t day, struct people *out) MUST_USE;
/* "安全管理员"; the name itself when it is none of ours. */
const char *post_kind_zh(const char *kind);
/* Whether a post of this kind exists at the level of place. */
bool post_kind_at(const struct post_kind *k, const char *place);

/* ---- system administrator ---- */
struct setting_row {
    const char *name, *zh, *hint, *value;
};
struct calendar_page {
    const struct calendar_year *years;
    size_t n_years;
    const struct calendar_change *changes;
    size_t n_changes;
    const char *text; /* what was uploaded, to be sent again; NULL: nothing yet */
};
struct migration_row {
    const char *name;
    int64_t at_ms;
};
struct state {
    const char *version, *kind;
    int64_t bytes, disk_free, disk_size, backup_ms; /* -1: not known */
    const struct migration_row *migrations;
    size_t n_migrations;
    const struct tick_job *jobs;
    const struct metric *metrics;
    size_t n_metrics;
    struct outbox_state outbox;
};
struct metric {
    const char *zh, *name, *value;
};
/* What the database knows of itself; files_dir: whose disk is measured. */
enum err state_load(struct ctx *c, const char *files_dir, struct state *out) MUST_USE;

/* The lines of app_metrics(), with words for those we know. */
void state_metrics(struct ctx *c, struct bytes text, struct state *out);

/* ---- audit administrator ---- */
struct audit_page {
    struct audit_query q;
    const char *from, *to, *who; /* as typed */
    const struct audit_line *rows;
    size_t n;
    const char *more;    /* address of the next page, or NULL */
    const char *csv;     /* address of the same as a file */
    const char *verdict; /* of the chain, or NULL */
    bool broken;
};
struct look_page {
    const struct look_line *rows;
    size_t n;
    const char *who, *more;
};
