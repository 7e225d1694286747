/* SPDX-License-Identifier: Apache-2.0
 * import.c - xiangyue import: reference data into an instance. */
#include "cli/cli.h"
#include "gov/item/item.h"
#include "kernel/calendar/calendar.h"
#include "kernel/place/place.h"
#include "kernel/rule/rule.h"

static enum err import_places(struct ctx *c, const char *file)
{
    struct place_import n;
    cli_step("places");
    TRY(place_import(c, file, &n));
    cli_step_done("%" PRId64 " rows, %" PRId64 " new", n.rows, n.added);
    return OK;
}

static enum err import_calendar(struct ctx *c, const char *file)
{
    int64_t rows;
    cli_step("calendar");
    TRY(calendar_import(c, file, &rows));
    cli_step_done("%" PRId64 " days", rows);
    return OK;
}

static enum err import_rules(struct ctx *c, const char *file)
{
    int64_t rows;
    cli_step("rules");
    TRY(rule_import(c, file, &rows));
    cli_step_done("%" PRId64 " new rows", rows);
    return OK;
}

static enum err import_items(struct ctx *c, const char *dir)
{
    struct item_import n;
    cli_step("service items");
    TRY(item_import(c, dir, &n));
    cli_step_done("%" PRId64 " items, %" PRId64 " certificates, %" PRId64 " bodies", n.items,
                  n.certificates, n.bodies);
    return OK;
}

int cmd_import(int argc, char **argv)
{
    static const struct {
        const char *what;
        enum err (*run)(struct ctx *, const char *);
    } kinds[] = { { "places", import_places },
                  { "calendar", import_calendar },
                  { "rules", import_rules },
                  { "items", import_items } };
    struct instance in;
    for (size_t i = 0; argc == 4 && i < COUNT(kinds); i++) {
        if (!str_eq(argv[1], kinds[i].what))
            continue;
        int status = instance_open("import", argv[3], NULL, false, &in);
        if (status)
            return status;
        enum err e = kinds[i].run(&in.c, argv[2]);
        status = e ? cli_failed("import", &in.c, e) : CLI_OK;
        instance_close(&in);
        return status;
    }
    return cli_fail("import", CLI_USAGE, "see xiangyue import --help");
}
