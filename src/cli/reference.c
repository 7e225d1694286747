/* SPDX-License-Identifier: Apache-2.0
 * reference.c - see reference.h. */
#include "cli/reference.h"
#include "cli/cli.h"
#include "gov/item/item.h"
#include "kernel/calendar/calendar.h"
#include "kernel/place/place.h"
#include "kernel/rule/rule.h"

static const char *file(struct ctx *c, const char *name)
{
    return cli_share(c->arena, name);
}

enum err reference_load(struct ctx *c)
{
    struct place_import places;
    struct item_import items;
    int64_t rows;
    cli_step("places");
    TRY(place_import(c, file(c, "data/xianning-places.csv"), &places));
    cli_step_done("%" PRId64, places.rows);
    cli_step("calendar");
    TRY(calendar_import(c, file(c, "data/calendar.csv"), &rows));
    cli_step_done("%" PRId64 " days", rows);
    cli_step("rules with their sources");
    TRY(rule_import(c, file(c, "data/rules.csv"), &rows));
    cli_step_done("%" PRId64, rows);
    cli_step("words for residents");
    TRY(rule_import(c, file(c, "data/words.csv"), &rows));
    cli_step_done("%" PRId64, rows);
    cli_step("catalogue");
    TRY(item_import(c, file(c, "data"), &items));
    cli_step_done("%" PRId64 " items, %" PRId64 " certificates, %" PRId64 " bodies", items.items,
                  items.certificates, items.bodies);
    return OK;
}
