/* SPDX-License-Identifier: Apache-2.0
 * commands.c - the table of sub-commands, and the manual pages made from it. */
#include "cli/cli.h"

/* clang-format off */
const struct command cli_commands[] = {
    { "serve", "[--port N] [--address A] [--behind-proxy] DIR", "Serve the instance in DIR until it is told to stop.", cmd_serve,
      "A parent process holds the port, a signer process holds the keys, a server process answers; the\n"
      "parent restarts what stops. SIGINT or SIGTERM finish what was accepted and stop.\n"
      "  --port N          port (8080); 0 takes a free one\n"
      "  --address A       address to listen at (127.0.0.1)\n"
      "  --behind-proxy    believe X-Forwarded-For and X-Forwarded-Proto of the proxy in front\n"
      "  --log-all         a log line for each request, not only for failures\n"
      "  --restart-always  never give up after five deaths within 30 s: something else watches\n"
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
      "  places FILE       code,level,parent,name: any city or the whole country;\n"
      "                    names that were decided here stay\n"
      "  calendar FILE     day,kind,name of the State Council's yearly arrangement\n"
      "  rules FILE        numbers with their source\n"
      "  items FOLDER      service items, certificates and bodies\n" },
    { "demo", "[--seed N] DIR", "Make a demonstration instance with invented people and some months of work.", cmd_demo,
      "Everything goes through the same code as the pages. DIR/demo-accounts.csv lists one account per\n"
      "kind of post. People and sums are invented and every page says so.\n" },
    { "backup", "FILE DIR", "Copy the instance in DIR into one FILE while it serves.", cmd_backup,
      "The copy is opened again and checked before the command ends. Keys and uploaded files are in it:\n"
      "keep it as safe as the instance. FILE is a tar that only its owner may read; it must not exist\n"
      "yet. A database in PostgreSQL is not copied: the command says how to do it with pg_dump.\n" },
    { "restore", "FILE DIR", "Make DIR from a backup; DIR must be empty.", cmd_restore,
      "Everything is proved before DIR appears: hashes of files and keys, the database page by page,\n"
      "the counts of rows. A backup that is cut short or was changed leaves nothing behind.\n" },
    { "check", "DIR", "Check the instance in DIR: database, life cycles, audit chain, files.", cmd_check,
      "Prints one line per finding and exits 1 when there is any.\n" },
    { NULL, NULL, NULL, NULL, NULL },
};
/* clang-format on */

/* Text for man(7): backslashes doubled, no line begins with a control character, hyphens plain. */
static void put_text(FILE *out, const char *s)
{
    for (bool start = true; *s; start = *s == '\n', s++) {
        if (start && (*s == '.' || *s == '\''))
            fputs("\\&", out);
        if (*s == '\\')
            fputs("\\e", out);
        else if (*s == '-')
            fputs("\\-", out);
        else
            putc(*s, out);
    }
}

static void section(FILE *out, const char *name)
{
    fprintf(out, ".SH %s\n", name);
}

/* Paragraphs; lines that begin with two blanks are options: a tag and its words. */
static void put_help(FILE *out, const char *help)
{
    bool tagged = false;
    while (*help) {
        size_t n = strcspn(help, "\n");
        char line[400];
        snprintf(line, sizeof line, "%.*s", (int)n, help);
        if (n > 2 && strncmp(line, "  ", 2) == 0) {
            char *words = strstr(line + 2, "  ");
            if (words)
                *words++ = '\0';
            fputs(".TP\n.B ", out);
            put_text(out, line + 2);
            putc('\n', out);
            put_text(out, words ? words + strspn(words, " ") : "");
            tagged = true;
        } else {
            if (tagged)
                fputs(".PP\n", out);
            tagged = false;
            put_text(out, line);
        }
        putc('\n', out);
        help += n + (help[n] == '\n');
    }
}

static void exit_status(FILE *out)
{
    section(out, "EXIT STATUS");
    fputs("0 when it was done, 1 when it failed, 2 when the command was not understood.\n", out);
}

static void man_program(FILE *out)
{
    fputs(".TH XIANGYUE 1 \"\" \"xiangyue\" \"User Commands\"\n", out);
    section(out, "NAME");
    fputs("xiangyue \\- governance of rural communities\n", out);
    section(out, "SYNOPSIS");
    fputs(".B xiangyue\n.I COMMAND\n[\\fIOPTION\\fR...]\n", out);
    section(out, "DESCRIPTION");
    fputs("One program makes, serves, checks and copies an instance: a folder with the database,\n"
          "uploaded files and keys.\n",
          out);
    section(out, "COMMANDS");
    for (const struct command *c = cli_commands; c->name; c++) {
        fprintf(out, ".TP\n.BR xiangyue\\-%s (1)\n", c->name);
        put_text(out, c->what);
        putc('\n', out);
    }
    exit_status(out);
    section(out, "ENVIRONMENT");
    fputs(".TP\n.B XY_SHARE\nThe folder of reference data and web files, instead of the one beside "
          "the program.\n",
          out);
}

void cli_man(FILE *out, const struct command *cmd)
{
    fputs(".\\\" SPDX-License-Identifier: Apache-2.0\n", out);
    if (!cmd) {
        man_program(out);
        return;
    }
    char upper[32];
    snprintf(upper, sizeof upper, "%s", cmd->name);
    for (char *p = upper; *p; p++)
        *p = (char)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p);
    fprintf(out, ".TH XIANGYUE\\-%s 1 \"\" \"xiangyue\" \"User Commands\"\n", upper);
    section(out, "NAME");
    fprintf(out, "xiangyue\\-%s \\- ", cmd->name);
    put_text(out, cmd->what);
    putc('\n', out);
    section(out, "SYNOPSIS");
    fprintf(out, ".B xiangyue %s\n", cmd->name);
    put_text(out, cmd->args);
    putc('\n', out);
    section(out, "DESCRIPTION");
    put_text(out, cmd->what);
    putc('\n', out);
    put_help(out, cmd->help);
    exit_status(out);
    section(out, "SEE ALSO");
    fputs(".BR xiangyue (1)\n", out);
}
