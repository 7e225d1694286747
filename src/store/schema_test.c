/* SPDX-License-Identifier: Apache-2.0
 * schema_test.c - all migrations on both engines make the same tables, columns and indexes: those
 * of tests/golden/schema.txt, which `make golden` writes anew. */
#include "store/migrate.h"
#include "test_db.h"
#include <errno.h>

#define GOLDEN "tests/golden/schema.txt"

static const struct sql COLUMNS = {
    "SELECT m.name || '.' || p.name || ' ' || p.type ||"
    " CASE WHEN p.\"notnull\" = 1 OR p.pk > 0 THEN ' not null' ELSE '' END"
    " FROM sqlite_schema m JOIN pragma_table_info(m.name) p"
    " WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' ORDER BY m.name, p.cid",
    "SELECT table_name || '.' || column_name || ' ' ||"
    " CASE data_type WHEN 'bytea' THEN 'BLOB' ELSE upper(data_type) END ||"
    " CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END"
    " FROM information_schema.columns WHERE table_schema = current_schema()"
    " ORDER BY table_name, ordinal_position",
};

/* The key of each table and its indexes, without the names of those an engine made itself. */
static const struct sql INDEXES = {
    "SELECT CASE i.origin WHEN 'c' THEN 'index ' || i.name ELSE 'key' END || ' on ' || m.name ||"
    " CASE i.\"unique\" WHEN 1 THEN ' unique (' ELSE ' (' END ||"
    " (SELECT group_concat(coalesce(x.name, '?'), ', ') FROM pragma_index_info(i.name) x) || ')'"
    " AS line FROM sqlite_schema m JOIN pragma_index_list(m.name) i"
    " WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' ORDER BY line",
    "SELECT CASE WHEN k.oid IS NULL THEN 'index ' || n.relname ELSE 'key' END || ' on ' ||"
    " t.relname || CASE WHEN i.indisunique THEN ' unique (' ELSE ' (' END ||"
    " (SELECT string_agg(coalesce(a.attname, '?'), ', ' ORDER BY u.at)"
    " FROM unnest(i.indkey) WITH ORDINALITY u(no, at)"
    " LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = u.no AND u.no > 0"
    " WHERE u.at <= i.indnkeyatts) || ')' AS line"
    " FROM pg_index i JOIN pg_class n ON n.oid = i.indexrelid"
    " JOIN pg_class t ON t.oid = i.indrelid"
    " LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u')"
    " WHERE t.relnamespace = current_schema()::regnamespace ORDER BY line",
};

static const char *joined(struct ctx *c, const char *text, const struct sql *q)
{
    static const struct col cols[] = { { S_TEXT, 0 } };
    const char **rows;
    size_t n;
    EXPECT_EQ(DB_ROWS(c, q, IN_NONE, cols, DB_ROWS_MAX, &rows, &n), OK);
    size_t len = strlen(text);
    for (size_t i = 0; i < n; i++)
        len += strlen(rows[i]) + 1;
    char *all = arena_alloc(c->arena, len + 1);
    size_t at = (size_t)snprintf(all, len + 1, "%s", text);
    for (size_t i = 0; i < n; i++)
        at += (size_t)snprintf(all + at, len + 1 - at, "%s\n", rows[i]);
    return all;
}

static const char *golden(struct arena *a)
{
    enum { SIZE_MAX_ = 1 << 20 };
    FILE *f = fopen(GOLDEN, "rb");
    ck_assert_msg(f != NULL, "%s: %s", GOLDEN, strerror(errno));
    char *text = arena_alloc(a, SIZE_MAX_);
    size_t n = fread(text, 1, SIZE_MAX_ - 1, f);
    fclose(f);
    text[n] = '\0';
    return text;
}

static void write_golden(const char *text)
{
    FILE *f = fopen(GOLDEN, "wb");
    ck_assert_msg(f != NULL, "%s: %s", GOLDEN, strerror(errno));
    fputs(text, f);
    EXPECT_EQ(fclose(f), 0);
}

/* The first line in which two texts differ. */
static void same_lines(const char *is, const char *should)
{
    for (;;) {
        size_t n = strcspn(is, "\n"), m = strcspn(should, "\n");
        ck_assert_msg(n == m && memcmp(is, should, n) == 0,
                      "the schema has \"%.*s\", " GOLDEN " has \"%.*s\" (make golden)", (int)n, is,
                      (int)m, should);
        if (!is[n])
            return;
        is += n + 1;
        should += m + !!should[m];
    }
}

TEST_DB(the_golden_schema_is_what_the_migrations_make)
{
    EXPECT_EQ(migrate(c), OK);
    const char *text = joined(c, joined(c, "", &COLUMNS), &INDEXES);
    if (getenv("XY_GOLDEN") && kind == DB_SQLITE)
        write_golden(text);
    else if (!getenv("XY_GOLDEN"))
        same_lines(text, golden(c->arena));
}
