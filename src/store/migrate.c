/* SPDX-License-Identifier: Apache-2.0
 * migrate.c - see migrate.h. */
#include "store/migrate.h"
#include "core/fault.h"
#include "store/driver.h"

static const struct sql SQL_TABLE = {
    "CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, hash BIGINT NOT NULL, "
    "at BIGINT NOT NULL)",
    NULL,
};
static const struct sql SQL_FIND = { "SELECT hash FROM migration WHERE name = $1", NULL };
static const struct sql SQL_COUNT = { "SELECT count(*) FROM migration", NULL };
static const struct sql SQL_ADD = { "INSERT INTO migration (name, hash, at) VALUES ($1, $2, $3)",
                                    NULL };

static const struct {
    const char *mark, *sqlite, *pg;
} words[] = {
    { "{{blob}}", "BLOB", "BYTEA" },
    { "{{clustered}}", "WITHOUT ROWID", "" },
};

static bool line_is_for_other(const char *line, enum db_kind kind)
{
    return str_starts(line, kind == DB_PG ? "--sqlite " : "--pg ");
}

static const char *after_mark(const char *line, enum db_kind kind)
{
    const char *mark = kind == DB_PG ? "--pg " : "--sqlite ";
    return str_starts(line, mark) ? line + strlen(mark) : line;
}

char *migrate_text(struct arena *a, const char *text, enum db_kind kind)
{
    char *out = arena_alloc(a, strlen(text) + 4096), *to = out;
    for (const char *p = text; *p;) {
        if ((p == text || p[-1] == '\n') && line_is_for_other(p, kind)) {
            p += strcspn(p, "\n");
            continue;
        }
        if (p == text || p[-1] == '\n')
            p = after_mark(p, kind);
        size_t w = 0;
        while (w < COUNT(words) && !str_starts(p, words[w].mark))
            w++;
        if (w < COUNT(words)) {
            const char *word = kind == DB_PG ? words[w].pg : words[w].sqlite;
            memcpy(to, word, strlen(word));
            to += strlen(word);
            p += strlen(words[w].mark);
        } else {
            *to++ = *p++;
        }
    }
    return out;
}

/* FNV-1a: finds an edited migration; not a defence against somebody who edits the database too. */
static int64_t hash_text(const char *s)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (; *s; s++)
        h = (h ^ (unsigned char)*s) * UINT64_C(1099511628211);
    return (int64_t)(h >> 1);
}

static enum err apply(struct ctx *c, void *arg)
{
    const struct migration *m = arg;
    TRY(c->db->driver->exec(c, migrate_text(c->arena, m->text, db_kind(c->db))));
    return db_run(c, &SQL_ADD, IN(v_text(m->name), v_int(hash_text(m->text)), v_int(c->now_ms)));
}

static enum err find(struct ctx *c, const struct migration *m, bool *found)
{
    int64_t hash = 0;
    TRY(db_find(c, &SQL_FIND, IN(v_text(m->name)), OUT(s_int(&hash)), found));
    if (*found && hash != hash_text(m->text))
        return fail(c, E_FORMAT, "migration %s was changed after it was applied", m->name);
    return OK;
}

static enum err no_unknown(struct ctx *c)
{
    int64_t n;
    TRY(db_one(c, &SQL_COUNT, IN_NONE, OUT(s_int(&n))));
    if (n != (int64_t)migrations_count)
        return fail(c, E_FORMAT, "%" PRId64 " migrations applied, this program knows %zu", n,
                    migrations_count);
    return OK;
}

enum err migrate_guard(struct ctx *c)
{
    return c->db->driver->guard ? c->db->driver->guard(c) : OK;
}

static enum err migrate_all(struct ctx *c)
{
    TRY(db_run(c, &SQL_TABLE, IN_NONE));
    for (size_t i = 0; i < migrations_count; i++) {
        bool found;
        struct migration m = migrations[i];
        TRY(find(c, &m, &found));
        if (!found)
            TRY(tx_run(c, m.name, apply, &m));
    }
    TRY(migrate_guard(c));
    return no_unknown(c);
}

enum err migrate(struct ctx *c)
{
    enum err (*lock)(struct ctx *, bool) = c->db->driver->migrate_lock;
    if (!lock)
        return migrate_all(c);
    TRY(lock(c, true));
    enum err e = migrate_all(c), unlocked = lock(c, false);
    return e ? e : unlocked;
}

enum err migrate_check(struct ctx *c)
{
    for (size_t i = 0; i < migrations_count; i++) {
        bool found;
        TRY(find(c, &migrations[i], &found));
        if (!found)
            return fail(c, E_FORMAT, "migration %s is missing", migrations[i].name);
    }
    return no_unknown(c);
}
