/* SPDX-License-Identifier: Apache-2.0
 * gzip.h - answers made smaller for the way. Which ones may be: docs/decisions/compression.md. */
#pragma once
#include "core/core.h"

enum { GZIP_BYTES_MIN = 1024 }; /* smaller answers fit one packet anyway */

/* The working memory of one thread, about 270 KB, used again for each answer. */
struct gzip;
struct gzip *gzip_new(void);
/* NULL is allowed. */
void gzip_free(struct gzip *g);
/* in as one gzip member (RFC 1952), in the arena. False when that is not shorter. */
bool gzip_pack(struct gzip *g, struct arena *a, struct bytes in, struct bytes *out);
