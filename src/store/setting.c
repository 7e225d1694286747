/* SPDX-License-Identifier: Apache-2.0
 * setting.c - see setting.h. */
#include "store/setting.h"

static const struct sql SQL_GET = { "SELECT value FROM setting WHERE name = $1", NULL };
static const struct sql SQL_SET = {
    "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2",
    NULL
};

enum err setting_get(struct ctx *c, const char *name, const char *other, const char **out)
{
    bool found;
    *out = other;
    return db_find(c, &SQL_GET, IN(v_text(name)), OUT(s_text(out)), &found);
}

enum err setting_set(struct ctx *c, const char *name, const char *value)
{
    return db_run(c, &SQL_SET, IN(v_text(name), v_text(value)));
}
