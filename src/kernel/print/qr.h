/* SPDX-License-Identifier: Apache-2.0
 * qr.h - QR codes (ISO/IEC 18004), level M: a code with 15 % of it dirty or torn still reads. */
#pragma once
#include "core/core.h"

enum { QR_QUIET = 4, QR_TEXT_MAX = 2000 /* bytes */ };

struct qr {
    int size;            /* modules on a side; 0: the text was empty or longer than QR_TEXT_MAX */
    const uint8_t *dark; /* size * size, row by row, 1: dark */
};
/* The smallest code that holds text; its modules are the arena's. */
struct qr qr_new(struct arena *a, const char *text);
/* An inline <svg class="qr"> with a quiet zone of QR_QUIET modules, black on white, one unit per
 * module, NUL-terminated; no bytes when there is no code (see qr_new). Has no style attribute. */
struct bytes qr_svg(struct arena *a, const char *text);
