/* SPDX-License-Identifier: Apache-2.0
 * init.c - xiangyue init: a production instance with one administrator and no password. */
#include "cli/cli.h"
#include "cli/reference.h"
#include "core/day.h"
#include "core/idno.h"
#include "core/text.h"
#include "kernel/account/account.h"
#include "kernel/place/place.h"
#include "kernel/post/post.h"
#include "store/setting.h"
#include <unistd.h>

struct first_admin {
    const char *county, *name, *phone, *code;
};

static const char *ask(struct arena *a, const char *question)
{
    char line[256];
    if (!isatty(STDIN_FILENO))
        return "";
    fprintf(stderr, "%s: ", question);
    return fgets(line, sizeof line, stdin) ? arena_copy_n(a, line, strcspn(line, "\r\n")) : "";
}

static enum err make_admin(struct ctx *c, void *arg)
{
    struct first_admin *f = arg;
    struct place p;
    int64_t account;
    TRY(place_require(c, f->county, &p));
    TRY(account_add(c, f->name, f->phone, &account, &f->code));
    struct post post = { .account = account,
                         .kind = "secadmin",
                         .place = f->county,
                         .from_day = day_of_ms(c->now_ms),
                         .decision = "首次安装" };
    TRY(post_appoint(c, &post));
    return setting_set(c, "county", f->county);
}

static int make(struct instance *in, struct first_admin *f)
{
    struct ctx *c = &in->c;
    const char *county;
    enum err e = setting_get(c, "county", "", &county);
    if (!e && *county)
        return cli_fail("init", CLI_FAILED, "%s holds an instance already", in->dir);
    if (!e)
        e = reference_load(c);
    if (!e)
        e = tx_run(c, "init", make_admin, f);
    if (e)
        return cli_failed("init", c, e);
    printf("The instance is ready in %s.\n\nFirst sign-in of %s at /sign-in/first, within 7 days:\n"
           "  one-time code  %s\n\nThis account appoints everybody else. Now: xiangyue serve %s\n",
           in->dir, f->name, f->code, in->dir);
    return CLI_OK;
}

int cmd_init(int argc, char **argv)
{
    struct arena *a = arena_new(ARENA_LIMIT);
    char phone[PHONE_MAX + 1];
    struct instance in;
    const char *url = cli_option(&argc, argv, "db", NULL);
    struct first_admin f = { .county = cli_option(&argc, argv, "county", NULL),
                             .name = cli_option(&argc, argv, "name", NULL),
                             .phone = cli_option(&argc, argv, "phone", NULL) };
    int status = CLI_USAGE;
    if (argc == 2) {
        f.county = f.county ? f.county : ask(a, "county code, six digits");
        f.name = f.name ? f.name : ask(a, "name of the first administrator");
        f.phone = f.phone ? f.phone : ask(a, "mobile number");
    }
    if (argc != 2 || strlen(f.county) != 6 || !*f.name || !text_clean(a, f.name, false) ||
        !phone_parse(f.phone, phone)) {
        cli_fail("init", CLI_USAGE, "needs --county (6 digits), --name, --phone and DIR");
    } else {
        f.phone = phone;
        status = instance_open("init", argv[1], url, true, &in);
        if (!status) {
            status = make(&in, &f);
            instance_close(&in);
        }
    }
    arena_free(a);
    return status;
}
