/* SPDX-License-Identifier: Apache-2.0
 * file.h - what people bring as files: stored under the SHA-256 of their bytes, SM3 recorded too.
 * The type is what the bytes are, not what the name says. Pictures lose everything that is not
 * picture (place, camera, time, thumbnails, what is hidden behind the end) but keep which way is
 * up. It is done by copying the parts that are needed, not by decoding and encoding again: nothing
 * of a receipt's sharpness is lost, and no decoder sees a stranger's bytes. */
#pragma once
#include "web/app.h"

enum {
    FILE_BYTES_MAX = 20 * 1024 * 1024,
    FILE_PIXELS_MAX = 120 * 1000 * 1000,
    FILE_SETTLE_MS = 10 * 60 * 1000
};
struct file {
    const char *sha256, *sm3, *mime;
    int64_t size, at_ms, deleted_ms;
    bool public; /* anybody may read it; else only with the record it belongs to */
};

/* ---- bytes ---- */
/* The type of bytes and what is kept of them: image/jpeg, image/png or application/pdf. *out lies
 * in the arena or in `in`. E_FILE_EMPTY, E_FILE_LARGE, E_FILE_TYPE, E_FILE_BROKEN. */
enum err file_clean(struct ctx *c, struct bytes in, const char **mime, struct bytes *out) MUST_USE;
/* A JPEG's or PNG's needed parts. E_FILE_BROKEN. */
enum err jpeg_strip(struct ctx *c, struct bytes in, struct bytes *out) MUST_USE;
enum err png_strip(struct ctx *c, struct bytes in, struct bytes *out) MUST_USE;

/* Nothing, unless the setting file.scanner names a clamd (host:port): E_FILE_VIRUS when it finds
 * something, E_FILE_SCANNER when it cannot be asked. Needs c->db; blocks up to some seconds. */
enum err file_scan(struct ctx *c, struct bytes b) MUST_USE;

/* ---- storing: two steps ---- */
/* In a route's prepare, before any transaction: cleans bytes and writes them below dir, synced,
 * under their hash. Doing it twice, or without the second step, harms nothing. Fills f. Errors of
 * file_clean and, where c has a database, file_scan; E_IO, E_DISK_FULL. */
enum err file_put(struct ctx *c, const char *dir, struct bytes bytes, struct file *f) MUST_USE;
/* In the transaction: f exists from now on (again, if it had been deleted). */
enum err file_record(struct ctx *c, const struct file *f) MUST_USE;

/* ---- reading ---- */
/* E_NOT_FOUND. */
enum err file_load(struct ctx *c, const char *sha256, struct file *out) MUST_USE;
/* The bytes of a file as r's answer, inline or as a download, under name; the caller has asked who
 * may. Use it on R_POOL routes. E_NOT_FOUND, E_GONE (deleted), E_IO (missing or changed). */
enum err file_serve(struct ctx *c, struct req *r, const char *sha256, const char *name,
                    bool download) MUST_USE;

/* ---- deleting, when the law asks for it ---- */
/* In a transaction: the row with both hashes stays as proof; the bytes go with the next sweep. */
enum err file_delete(struct ctx *c, const char *sha256) MUST_USE;
/* Removes the bytes of what was deleted. Outside of transactions; a ticker calls it. */
enum err file_sweep(struct ctx *c, const char *dir) MUST_USE;
/* Removes bytes that no row names: a transaction failed after they were put. */
enum err file_sweep_lost(struct ctx *c, const char *dir) MUST_USE;
/* Removes the bytes of one, unless they were put within FILE_SETTLE_MS; that they are not there is
 * fine. */
enum err file_remove(struct ctx *c, const char *dir, const char *sha256) MUST_USE;

/* ---- all of them ---- */
/* Calls each for every file that is not deleted, in order of hash. */
enum err file_each(struct ctx *c, enum err (*each)(struct ctx *c, const struct file *f, void *arg),
                   void *arg) MUST_USE;
/* dir/ab/abcd... */
const char *file_path(struct arena *a, const char *dir, const char *sha256);
