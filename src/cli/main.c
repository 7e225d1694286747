/* SPDX-License-Identifier: Apache-2.0
 * main.c - xiangyue: one program, the table of sub-commands is in commands.c. */
#include "cli/cli.h"

static void usage(FILE *out)
{
    fputs("xiangyue - governance of rural communities 乡约\n\nusage: xiangyue COMMAND "
          "[OPTION...]\n\n",
          out);
    for (const struct command *c = cli_commands; c->name; c++)
        fprintf(out, "  %-8s %s\n           %s\n", c->name, c->args, c->what);
    fputs("\n  --version, --help, COMMAND --help, --man [COMMAND]\n", out);
}

static int help(const struct command *cmd)
{
    printf("usage: xiangyue %s %s\n\n%s\n%s", cmd->name, cmd->args, cmd->what, cmd->help);
    return CLI_OK;
}

static const struct command *find(const char *name)
{
    for (const struct command *c = cli_commands; c->name; c++)
        if (str_eq(c->name, name))
            return c;
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        usage(stderr);
        return CLI_USAGE;
    }
    if (str_eq(argv[1], "--help") || str_eq(argv[1], "help")) {
        usage(stdout);
        return CLI_OK;
    }
    if (str_eq(argv[1], "--version")) {
        puts("xiangyue " XY_VERSION);
        return CLI_OK;
    }
    if (str_eq(argv[1], "--man")) {
        const struct command *about = argc > 2 ? find(argv[2]) : NULL;
        cli_man(stdout, about);
        return argc > 2 && !about ? CLI_USAGE : CLI_OK;
    }
    const struct command *cmd = find(argv[1]);
    if (cmd) {
        argc--;
        argv++;
        return cli_flag(&argc, argv, "help") ? help(cmd) : cmd->run(argc, argv);
    }
    fprintf(stderr, "xiangyue: there is no command %s; see xiangyue --help\n", argv[1]);
    return CLI_USAGE;
}
