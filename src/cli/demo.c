/* SPDX-License-Identifier: Apache-2.0
 * demo.c - xiangyue demo: an instance with invented people, for looking and learning. */
#include "cli/cli.h"

int cmd_demo(int argc, char **argv)
{
    (void)argv;
    return cli_fail("demo", CLI_USAGE, "%d", argc);
}
