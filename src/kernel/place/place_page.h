/* SPDX-License-Identifier: Apache-2.0
 * place_page.h - what the pages of those who keep the places show. */
#pragma once
#include "kernel/page/page.h"
#include "kernel/place/place.h"
#include "kernel/register/register.h"

enum { PLACE_MOVES_MAX = 32 };
struct place_view {
    struct place p;
    const struct place *merged; /* what it is part of; NULL: itself */
    struct place_name *names;
    struct register_change *changes;
    const struct place *around; /* villages of the same township */
    size_t n_names, n_changes, n_around;
    int32_t today;
    bool may_edit;
    /* the preview of a merger */
    const struct place *into;
    struct place_moves {
        const char *zh, *unit;
        int64_t n;
    } moves[PLACE_MOVES_MAX];
    size_t n_moves;
};
/* The place that a visitor named for new work. A merged one is answered with what it is part of
 * now: r->more says so, *out is that place and the error E_PLACE_MERGED. E_PLACE. */
enum err place_asked(struct ctx *c, struct req *r, const char *code, struct place *out) MUST_USE;
/* The same for a page: shows the village there is now, and r->more says why. Another code stays. */
const char *place_shown(struct ctx *c, struct req *r, const char *code);

struct place_search {
    const char *q;
    const struct place *found;
    size_t n;
};
