/* SPDX-License-Identifier: Apache-2.0
 * check.h - the checks of an instance, for the sub-command and for tests. */
#pragma once
#include "cli/cli.h"

struct check {
    int findings;
};
/* Prints one line for each finding and counts it. url: the database's address; files: the folder of
 * uploaded files. An error means that the checks could not be made. */
enum err check_instance(struct ctx *c, const char *url, const char *files,
                        struct check *k) MUST_USE;
/* One finding. */
void check_note(struct check *k, const char *fmt, ...) PRINTF(2, 3);
