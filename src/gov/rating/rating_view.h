/* SPDX-License-Identifier: Apache-2.0
 * rating_view.h - what the call-back's page shows. */
#pragma once
#include "gov/rating/rating.h"
#include "kernel/page/page.h"

struct rating_view {
    struct rating r;
    struct errand e;
    const char *contact;
};
/* The form: for an errand whose number and code were shown, for one whose rating is written down by
 * somebody else (staff), or for none yet (e NULL). */
struct rate_page {
    const struct errand *e;
    const char *number, *code;
    bool staff;
    struct rating_terms terms;
};
struct rated_page {
    const struct errand *e;
    struct rating r;
    struct rating_terms terms;
    const char *number, *code, *township;
};
