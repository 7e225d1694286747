/* SPDX-License-Identifier: Apache-2.0
 * main.c - xiangyue: one program, one table of sub-commands. */
#include "cli/cli.h"

/* clang-format off */
static const struct command commands[] = {
    { "serve", "[--port N] [--address A] [--behind-proxy] DIR", "Serve the instance in DIR until it is told to stop.", cmd_serve,
      "A parent process holds the port, a signer process holds the keys, a server process answers; the\n"
      "parent restarts what stops. SIGINT or SIGTERM finish what was accepted and stop.\n"
      "  --port N          port (8080); 0 takes a free one\n"
      "  --address A       address to listen at (127.0.0.1)\n"
      "  --behind-proxy    believe X-Forwarded-For and X-Forwarded-Proto of the proxy in front\n"
      "  --log-all         a log line for each request, not only for failures\n"
      "  --allow-root      run as root, which is refused otherwise\n" },
    { "init", "[--db URL] --county CODE --name NAME --phone PHONE DIR", "Make a production instance in DIR.", cmd_init,
      "Makes the database, the keys and the reference data, and one account for the security\n"
      "administrator. Prints a one-time code for it; there is no default password.\n"
      "  --db URL          postgresql://... instead of DIR/xiangyue.db\n"
      "  --county CODE     six digits of the county\n"
      "  --name NAME       name of the first administrator\n"
      "  --phone PHONE     mobile number it signs in with\n"
      "Asks for what is not given when it runs on a terminal.\n" },
    { "import", "places|calendar|rules|items FILE DIR", "Read reference data into the instance in DIR.", cmd_import,
      "  places FILE       code,level,parent,name: any city or the whole country\n"
      "  calendar FILE     day,kind,name of the State Council's yearly arrangement\n"
      "  rules FILE        numbers with their source\n"
      "  items FOLDER      service items, certificates and bodies\n" },
    { "demo", "[--seed N] DIR", "Make a demonstration instance with invented people and some months of work.", cmd_demo,
      "Everything goes through the same code as the pages. DIR/demo-accounts.csv lists one account per\n"
      "kind of post. People and sums are invented and every page says so.\n" },
    { "backup", "FILE DIR", "Copy the instance in DIR into one FILE while it serves.", cmd_backup,
      "The copy is opened again and checked before the command ends. Keys and uploaded files are in it:\n"
      "keep it as safe as the instance.\n" },
    { "restore", "FILE DIR", "Make DIR from a backup; DIR must be empty.", cmd_restore, "" },
    { "check", "DIR", "Check the instance in DIR: database, life cycles, audit chain, files.", cmd_check,
      "Prints one line per finding and exits 1 when there is any.\n" },
};
/* clang-format on */

static void usage(FILE *out)
{
    fputs("xiangyue - governance of rural communities 乡约\n\nusage: xiangyue COMMAND "
          "[OPTION...]\n\n",
          out);
    for (size_t i = 0; i < COUNT(commands); i++)
        fprintf(out, "  %-8s %s\n           %s\n", commands[i].name, commands[i].args,
                commands[i].what);
    fputs("\n  --version, --help, COMMAND --help\n", out);
}

static int help(const struct command *cmd)
{
    printf("usage: xiangyue %s %s\n\n%s\n%s", cmd->name, cmd->args, cmd->what, cmd->help);
    return CLI_OK;
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
    for (size_t i = 0; i < COUNT(commands); i++) {
        if (!str_eq(argv[1], commands[i].name))
            continue;
        argc--;
        argv++;
        return cli_flag(&argc, argv, "help") ? help(&commands[i]) : commands[i].run(argc, argv);
    }
    fprintf(stderr, "xiangyue: there is no command %s; see xiangyue --help\n", argv[1]);
    return CLI_USAGE;
}
