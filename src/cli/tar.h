/* SPDX-License-Identifier: Apache-2.0
 * tar.h - writes and reads one file that holds others: POSIX.1-2001 ustar, regular files only,
 * sizes above 8 GiB in base 256. Any tar can list it. */
#pragma once
#include "core/core.h"

enum { TAR_NAME_MAX = 99 };
struct tar;
/* A new file (0600). E_EXISTS, E_IO. */
enum err tar_create(struct ctx *c, const char *path, struct tar **out) MUST_USE;
/* A file with these bytes. */
enum err tar_add(struct ctx *c, struct tar *t, const char *name, struct bytes body) MUST_USE;
/* A copy of the file at path, which must not grow or shrink meanwhile. */
enum err tar_add_file(struct ctx *c, struct tar *t, const char *name, const char *path) MUST_USE;
/* The end mark; synced. Frees t, also on error. */
enum err tar_finish(struct ctx *c, struct tar *t) MUST_USE;
/* Closes and frees what will not be finished. */
void tar_drop(struct tar *t);

struct tar_entry {
    const char *name;
    int64_t size;
    FILE *from;   /* stands at the first byte; read at most size bytes through tar_read */
    int64_t left; /* bytes not yet read */
};
/* Reads up to n bytes; 0 at the end of the entry or of a file that is cut short. */
size_t tar_read(struct tar_entry *e, void *to, size_t n);
/* Calls each for every entry, in order; what each leaves unread is skipped. E_FORMAT: not such a
 * file, an entry that is no regular file, a wrong check sum, or cut short (no end mark). E_IO. */
enum err tar_each(struct ctx *c, const char *path,
                  enum err (*each)(struct ctx *c, struct tar_entry *e, void *arg),
                  void *arg) MUST_USE;
