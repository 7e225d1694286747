/* SPDX-License-Identifier: Apache-2.0
 * client_view.h - what the security administrator sees of programs. */
#pragma once
#include "kernel/body/body.h"
#include "kernel/client/hook.h"
#include "kernel/page/page.h"
#include "kernel/place/place.h"

struct client_new {
    const char *place, *q;
    const struct place *found;
    size_t n_found;
    const struct body *bodies;
    size_t n_bodies;
};
/* "好用" "停用了" "过期了", and the class of x-state. */
const char *client_state_zh(const struct client_row *k, int64_t now_ms);
const char *client_state_class(const struct client_row *k, int64_t now_ms);
