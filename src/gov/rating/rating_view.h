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
/* What was good or not; ends with NULL. */
extern const char *const rating_reasons[];
