/* SPDX-License-Identifier: Apache-2.0
 * bundle.h - a backup: a tar with manifest.json, the database, the keys and the uploaded files,
 * each named by its hash or with its hash in the manifest, so that the whole can be proved on
 * reading. */
#pragma once
#include "cli/cli.h"

enum { BUNDLE_FORMAT = 1, BUNDLE_KEYS_MAX = 2 };
struct bundle_report {
    int64_t tables, rows, files, bytes, made_ms;
};
/* Writes the instance and its database snapshot (a file) into the new file `to`. */
enum err bundle_write(struct instance *in, const char *snapshot, const char *to,
                      struct bundle_report *r) MUST_USE;
/* Reads all of the backup `from` and proves it: every hash, the database page by page, the counts
 * of rows. The database is unpacked into dir/data; keys and files too when all is set. E_FORMAT
 * with the reason in c->why. What was unpacked stays on an error: the caller removes it. */
enum err bundle_read(struct ctx *c, const char *from, const char *dir, bool all,
                     struct bundle_report *r) MUST_USE;
/* Removes a folder and all that is in it. Symbolic links are not followed. */
enum err bundle_remove(struct ctx *c, const char *dir) MUST_USE;
/* Syncs the folder that holds path. */
enum err bundle_sync_folder(struct ctx *c, const char *path) MUST_USE;
