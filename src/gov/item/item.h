/* SPDX-License-Identifier: Apache-2.0
 * item.h - service items 服务事项: what can be done at the window, in versions; certificates
 * 证明事项 that may and that must not be issued. An errand keeps the version under which it was
 * accepted. */
#pragma once
#include "kernel/body/body.h"

enum {
    ITEMS_MAX = 500,
    MATERIALS_MAX = 24, /* rows that the editor's form can carry (FORM_PARTS_MAX) */
    QUESTIONS_MAX = 12,
    CERTIFICATES_MAX = 200,
    VERSIONS_MAX = 100,
    EVENTS_MAX = 40,
    LINES_MAX = 60,
};
struct item {
    int64_t id, item, number; /* id: of the version */
    const char *code, *event, *state, *name, *also, *kind, *body, *basis, *who, *conditions, *steps,
        *fee_text, *fee_basis, *result, *delivery, *levels, *decides, *why; /* why: withdrawn */
    int64_t statutory_days, promised_days, fee_fen, from_day, uses;
    bool checked, instant;
};
struct material {
    int64_t seq, count, later_days, held_days; /* held: good for so long once given; 0: no end */
    const char *code, *name, *form, *note;
    bool later, reusable;
};
struct question {
    int64_t seq;
    const char *code, *ask, *type, *choices; /* choices: one per line */
};
/* A version by its id; E_NOT_FOUND. */
enum err item_version(struct ctx *c, int64_t version, struct item *out) MUST_USE;
/* The version in force of the item called code; E_NOT_FOUND, also when it is withdrawn. */
enum err item_current(struct ctx *c, const char *code, struct item *out) MUST_USE;
/* The item called code whatever its state: the version in force, else the newest. E_NOT_FOUND. */
enum err item_known(struct ctx *c, const char *code, struct item *out) MUST_USE;
/* The draft of an item, if it has one: there is at most one. */
enum err item_draft_of(struct ctx *c, int64_t item, struct item *out, bool *found) MUST_USE;
/* All versions of an item, newest first. */
enum err item_versions(struct ctx *c, int64_t item, struct item **out, size_t *n) MUST_USE;
enum err item_materials(struct ctx *c, int64_t version, struct material **out, size_t *n) MUST_USE;
enum err item_questions(struct ctx *c, int64_t version, struct question **out, size_t *n) MUST_USE;
/* Items in force: all (event ""), or those of a life event; most used first. */
enum err item_list(struct ctx *c, const char *event, struct item **out, size_t *n) MUST_USE;
struct item_name {
    const char *code, *name;
    const char *say; /* the first of its everyday names, or the name */
};
/* The most used items in force, at most max of them; all: how many are in force. */
enum err item_most_used(struct ctx *c, size_t max, struct item_name **out, size_t *n,
                        int64_t *all) MUST_USE;
/* By name, everyday words or initials, best first. */
enum err item_search(struct ctx *c, const char *q, struct item **out, size_t *n) MUST_USE;
/* Whether version is still the one in force. */
enum err item_in_force(struct ctx *c, int64_t version, bool *yes) MUST_USE;
/* Whether a paper of this kind that was given at got_ms (0: never) may be used again. */
bool material_held_good(const struct material *m, int64_t got_ms, int64_t now_ms);
/* "，本处有 180 天内交过的就不用再交", "" when it cannot be used again. */
const char *material_held_zh(struct ctx *c, const struct material *m);
/* Whether a place of this level accepts the item: "village" among its levels. */
bool item_accepted_at(const struct item *it, const char *place);
/* Counts one more use: orders lists and search. */
enum err item_used(struct ctx *c, int64_t item) MUST_USE;
/* Stores a new version as a draft (it->item 0: a new item with it->code), sets it->id. */
enum err item_draft(struct ctx *c, struct item *it, const struct material *m, size_t n_m,
                    const struct question *q, size_t n_q) MUST_USE;
/* Another life event for an item; in force at once. */
enum err item_set_event(struct ctx *c, int64_t item, const char *event) MUST_USE;
/* A draft becomes the version in force; the one before is past. Indexes it for the search.
 * E_CONFLICT when it is no draft (any more). */
enum err item_publish(struct ctx *c, int64_t version) MUST_USE;
/* Takes an item's draft away; nothing happens when it has none. */
enum err item_discard(struct ctx *c, int64_t item) MUST_USE;
/* No longer offered; residents read why. Errands under it go on. E_CONFLICT when nothing is in
 * force. */
enum err item_withdraw(struct ctx *c, int64_t item, const char *why) MUST_USE;

struct life_event {
    const char *event;
    int64_t items;
};
/* Life events 人生事 that have items in force, and how many. */
enum err item_events(struct ctx *c, struct life_event **out, size_t *n) MUST_USE;
struct catalog_row {
    const char *code, *event, *name, *also, *state; /* also: everyday names, one per line */
    int64_t number, draft, uses; /* draft: its version id, 0 without one */
};
/* Every item there is, by life event; the row tells the version in force, else the newest. */
enum err item_catalog(struct ctx *c, struct catalog_row **out, size_t *n) MUST_USE;
/* Errands not closed yet that keep to this version. */
enum err item_open_errands(struct ctx *c, int64_t version, int64_t *n) MUST_USE;
/* "民政局": the body that answers for it as people at place call it; falls back to its kind's name
 * where place is above the body's own level; the code itself when nothing is known. */
const char *item_body_zh(struct ctx *c, const char *code, const char *place);
struct body_choice {
    const char *code, *name;
};
/* Bodies an item may name, each once. */
enum err item_bodies(struct ctx *c, struct body_choice **out, size_t *n) MUST_USE;

/* The lines of a text, without empty ones; at most LINES_MAX, in the arena. */
const char *const *item_lines(struct arena *a, const char *text, size_t *n);
/* "村里、镇里都能办" */
const char *item_levels_zh(struct ctx *c, const struct item *it);
/* "镇里定" */
const char *item_decides_zh(const char *decides);
/* "代理员送上门、到窗口取" */
const char *item_delivery_zh(struct ctx *c, const struct item *it);
/* "在用", "草稿" */
const char *item_state_zh(const char *state);
const char *item_kind_zh(const char *kind);
/* "10 个工作日", "当场办" */
const char *item_limit_zh(struct ctx *c, const struct item *it);
const char *material_form_zh(const char *form);

struct certificate {
    int64_t id;
    const char *code, *name, *list, *document, *article, *authority, *how, *asks, *why, *template,
        *fields;
    bool may;
};
/* By its code; E_NOT_FOUND. */
enum err certificate_load(struct ctx *c, const char *code, struct certificate *out) MUST_USE;
/* By its number; E_NOT_FOUND. */
enum err certificate_by_id(struct ctx *c, int64_t id, struct certificate *out) MUST_USE;
/* All: first those that may be issued. */
enum err certificate_list(struct ctx *c, struct certificate **out, size_t *n) MUST_USE;
/* By name or initials, best first. */
enum err certificate_search(struct ctx *c, const char *q, struct certificate **out,
                            size_t *n) MUST_USE;
/* How many certificates villages must not issue. */
enum err certificate_must_not(struct ctx *c, int64_t *n) MUST_USE;

struct item_import {
    int64_t items, certificates, bodies;
};
/* Reads DIR/items/[a-z]*.json, DIR/certificates.json, DIR/bodies.json. Items whose text is
 * unchanged stay; a changed one gets a new version. Bodies are made for every county and township
 * there is. */
enum err item_import(struct ctx *c, const char *dir, struct item_import *out) MUST_USE;
