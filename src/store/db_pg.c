/* SPDX-License-Identifier: Apache-2.0
 * db_pg.c - the PostgreSQL driver. */
#include "store/driver.h"

enum err db_pg_open(struct ctx *c, const char *url, enum db_mode mode, struct db **out)
{
    (void)mode, (void)out;
    return fail(c, E_UNAVAILABLE, "no PostgreSQL driver: %s", url);
}
