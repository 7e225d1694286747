/* SPDX-License-Identifier: Apache-2.0
 * site.h - the page that says whom to phone, and what every site has. */
#pragma once
#include "kernel/body/body.h"
#include "kernel/page/page.h"
#include "kernel/place/place.h"

struct help {
    const char *phone, *words; /* of this instance; "" when not set */
    const struct place *at;    /* code "": nowhere in particular */
    const struct body *bodies; /* of that place, those that can be reached */
    size_t n_bodies;
    const struct place *below; /* townships, or counties */
    size_t n_below;
};
/* Whether a request comes from this machine itself and not through a proxy on it. */
bool site_is_local(struct http_call *call);
