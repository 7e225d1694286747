/* SPDX-License-Identifier: Apache-2.0
 * migrate.h - the schema's history: files migrations/NNNN_what.sql, forward only, each applied in
 * its own transaction and remembered with its hash.
 *
 * One file serves both engines. {{blob}} and {{clustered}} become each engine's own words; a line
 * that begins with "--sqlite " or "--pg " is for that engine only. */
#pragma once
#include "store/db.h"

struct migration {
    const char *name, *text;
};
extern const struct migration migrations[];
extern const size_t migrations_count;

/* Applies what is missing. E_FORMAT when an applied migration differs from ours or the database is
 * newer than this program. */
enum err migrate(struct ctx *c) MUST_USE;
/* Makes the append-only tables that exist refuse UPDATE and DELETE; migrate() does so itself. */
enum err migrate_guard(struct ctx *c) MUST_USE;
/* E_FORMAT unless exactly our migrations have been applied. */
enum err migrate_check(struct ctx *c) MUST_USE;
/* A migration's text in one engine's words. */
char *migrate_text(struct arena *a, const char *text, enum db_kind kind) MUST_USE;
