/* SPDX-License-Identifier: Apache-2.0
 * setting.h - the instance's own settings: name and text. */
#pragma once
#include "store/db.h"

/* The value, or other when there is none. */
enum err setting_get(struct ctx *c, const char *name, const char *other, const char **out) MUST_USE;
enum err setting_set(struct ctx *c, const char *name, const char *value) MUST_USE;
