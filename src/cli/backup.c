/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
int cmd_backup(int argc, char **argv)
{
    (void)argv;
    return argc;
}
int cmd_restore(int argc, char **argv)
{
    (void)argv;
    return argc;
}
int cmd_check(int argc, char **argv)
{
    (void)argv;
    return argc;
}
