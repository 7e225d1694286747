/* SPDX-License-Identifier: Apache-2.0
 * test_db.h - TEST_DB(name) { ... } is two tests with one body: name on SQLite and name_on_pg on
 * PostgreSQL. The body finds c, a context with a connection to an empty database of its own. */
#pragma once
#include "store/db.h"
#include "test.h"

/* The address of a new, empty database: a file in the run's folder, or a schema of the run's
 * PostgreSQL server. Text in the arena; gone with the run. */
const char *test_db_url(struct arena *a, enum db_kind kind);
/* A context with a new, empty database; ends the test when there is none. */
void test_db_open(struct ctx *c, enum db_kind kind);
void test_db_shut(struct ctx *c);
/* A context on a database that another one uses already. */
void test_db_join(struct ctx *c, const char *url, enum db_mode mode);

#define TEST_DB(id)                                                                                \
    static void on_db_##id(struct ctx *c, enum db_kind kind);                                      \
    static void run_db_##id(enum db_kind kind)                                                     \
    {                                                                                              \
        struct ctx c;                                                                              \
        test_db_open(&c, kind);                                                                    \
        on_db_##id(&c, kind);                                                                      \
        test_db_shut(&c);                                                                          \
    }                                                                                              \
    TEST(id)                                                                                       \
    {                                                                                              \
        run_db_##id(DB_SQLITE);                                                                    \
    }                                                                                              \
    TEST_PG(id##_on_pg)                                                                            \
    {                                                                                              \
        run_db_##id(DB_PG);                                                                        \
    }                                                                                              \
    static void on_db_##id(struct ctx *c, enum db_kind kind CK_ATTRIBUTE_UNUSED)
