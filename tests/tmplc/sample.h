/* SPDX-License-Identifier: Apache-2.0
 * sample.h - what tests/tmplc/sample.html shows. */
#pragma once
#include "core/core.h"

struct sample {
    const char *title, *link;
    size_t n;
    struct sample_item {
        int64_t id;
        char name[16];
    } items[3];
};
