/* SPDX-License-Identifier: Apache-2.0
 * reference.h - what every instance starts with: places, calendar, rules, catalogue. */
#pragma once
#include "core/core.h"

/* Reads data/ of the program into the database of c; prints one line per step. */
enum err reference_load(struct ctx *c) MUST_USE;
