/* SPDX-License-Identifier: Apache-2.0
 * cli.h - the command line: one sub-command per file, each a row in main.c's table. */
#pragma once
#include "core/core.h"
#include "crypto/signer.h"
#include "store/db.h"

enum { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2 };
struct command {
    const char *name, *args, *what;    /* "serve", "[--port N] DIR", one sentence */
    int (*run)(int argc, char **argv); /* argv[0] is the sub-command's name */
    const char *help;                  /* paragraphs for --help and the manual page */
};

/* ---- what several sub-commands share ---- */
/* The value of --name VALUE or --name=VALUE, else other. Takes the option out of argv. */
const char *cli_option(int *argc, char **argv, const char *name, const char *other);
/* Whether --name is there; takes it out. */
bool cli_flag(int *argc, char **argv, const char *name);
/* Prints "xiangyue NAME: ..." on stderr; returns CLI_FAILED or CLI_USAGE. */
int cli_fail(const char *command, int status, const char *fmt, ...) PRINTF(3, 4);
/* "xiangyue NAME: <words for the error> (why)". */
int cli_failed(const char *command, const struct ctx *c, enum err e);

/* An instance: DIR/keys, which only the signer reads, and DIR/data, the database and files. */
struct instance {
    const char *dir, *data, *url, *files, *keys;
    struct ctx c; /* as the system, database open for writing, signer in this process */
};
/* Opens dir for a tool that runs beside or without the server. url: NULL takes DIR/url or
 * DIR/data/xiangyue.db. create: makes dir, keys and schema. Prints why not. */
int instance_open(const char *command, const char *dir, const char *url, bool create,
                  struct instance *out) MUST_USE;
void instance_close(struct instance *in);
/* The folder of reference data and web files: beside the program, or $XY_SHARE. */
const char *cli_share(struct arena *a, const char *what);
int64_t cli_now_ms(void);
/* Progress of a long step on the terminal: "places ... 1,191 in 0.1 s". */
void cli_step(const char *what);
void cli_step_done(const char *fmt, ...) PRINTF(1, 2);

/* All sub-commands; the last one's name is NULL. */
extern const struct command cli_commands[];
/* Writes the manual page of a sub-command, or of the program (NULL), in man(7) format. */
void cli_man(FILE *out, const struct command *cmd);

/* One function for each row of the table: takes its arguments, returns the exit status. */
int cmd_serve(int argc, char **argv);
int cmd_init(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_demo(int argc, char **argv);
int cmd_backup(int argc, char **argv);
int cmd_restore(int argc, char **argv);
int cmd_check(int argc, char **argv);
