/* SPDX-License-Identifier: Apache-2.0
 * load.c - the bench's rows: load DB N brings the errands of a demonstration database to N,
 * spread over all its villages, with columns as real ones have them. Writes into the tables past
 * the product, which only a bench may do; indexes are dropped before and made again afterwards. */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TEXTS_MAX = 4000, TEXT_MAX = 160 };
struct texts {
    char all[TEXTS_MAX][TEXT_MAX];
    int n;
};
static sqlite3 *db;
static struct texts villages, titles, indexes, drops;
static uint64_t seed = 1096;

static void must(int rc, const char *what)
{
    if (rc != SQLITE_OK && rc != SQLITE_DONE && rc != SQLITE_ROW) {
        fprintf(stderr, "load: %s: %s\n", what, sqlite3_errmsg(db));
        exit(1);
    }
}

static void run(const char *sql)
{
    must(sqlite3_exec(db, sql, NULL, NULL, NULL), sql);
}

static uint64_t pick(uint64_t n)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (seed >> 33) % n;
}

static void read_texts(const char *sql, struct texts *t)
{
    sqlite3_stmt *s;
    must(sqlite3_prepare_v2(db, sql, -1, &s, NULL), sql);
    while (t->n < TEXTS_MAX && sqlite3_step(s) == SQLITE_ROW)
        snprintf(t->all[t->n++], TEXT_MAX, "%s", (const char *)sqlite3_column_text(s, 0));
    sqlite3_finalize(s);
}

static int64_t number(const char *sql)
{
    sqlite3_stmt *s;
    must(sqlite3_prepare_v2(db, sql, -1, &s, NULL), sql);
    must(sqlite3_step(s), sql);
    int64_t n = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return n;
}

/* ISO 7064 MOD 11,10, as on a real receipt. */
static void errand_number(const char *place, int serial, char out[32])
{
    int p = 10;
    snprintf(out, 32, "%.12s2019%05d", place, serial);
    for (const char *s = out; *s; s++) {
        int sum = (p + (*s - '0')) % 10;
        p = (sum ? sum : 10) * 2 % 11;
    }
    snprintf(out + strlen(out), 2, "%d", (11 - p) % 10);
}

static void bind_one(sqlite3_stmt *s, int64_t i, int64_t id, int64_t at_ms)
{
    static const char *const states[] = { "in_hand",  "decided",  "delivered", "revisited",
                                          "archived", "archived", "archived",  "archived" };
    static const char *const names[] = { "王某某", "李某某", "陈某", "欧阳某某", "张某某 72 岁" };
    const char *place = villages.all[i % villages.n], *title = titles.all[pick((uint64_t)titles.n)];
    char no[32], secret[40], county[8];
    errand_number(place, (int)(i / villages.n) + 1, no);
    snprintf(county, sizeof county, "%.6s", place);
    for (size_t k = 0; k < sizeof secret; k++)
        secret[k] = (char)pick(256);
    sqlite3_bind_int64(s, 1, strtol(county, NULL, 10));
    sqlite3_bind_int64(s, 2, id);
    sqlite3_bind_text(s, 3, place, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 4, no, -1, SQLITE_TRANSIENT);
    sqlite3_bind_blob(s, 5, secret, 32, SQLITE_TRANSIENT);
    sqlite3_bind_text(s, 6, title, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 7, names[pick(5)], -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 8, states[pick(8)], -1, SQLITE_STATIC);
    sqlite3_bind_int64(s, 9, at_ms);
    sqlite3_bind_int64(s, 10, at_ms + 5 * INT64_C(86400000));
}

static void insert(int64_t from, int64_t to)
{
    static const char sql[] =
        "INSERT INTO errand (county, id, place, number, code_hash, code, item, version, title, "
        "body, person, who, behalf, contact, channel, manner, words, answers, state, holder, "
        "holder_cap, holder_body, home, home_cap, taken_by, created_ms, accepted_ms, step_ms, "
        "step_days, step_due, promised_due, statutory_due, paused_ms, paused_days, tellings, "
        "late, decision, result, decided_ms, delivered_ms, delivered_how, visited_ms, closed_ms, "
        "from_visit, changed) VALUES (?1, ?2, ?3, ?4, ?5, ?5, 1, 1, ?6, 'civil_affairs', 0, ?7, "
        "'', ?5, 'window', 'spoken', '想问一下这个怎么办，家里老人走不动，能不能上门来办', "
        "'本人到场：是', ?8, ?3, 4, 0, ?3, 3, 1, ?9, ?9, ?9, 2, ?10, ?10, ?10, 0, 0, 0, 0, '', "
        "'', 0, 0, '', 0, 0, 0, 3)";
    sqlite3_stmt *s;
    must(sqlite3_prepare_v2(db, sql, -1, &s, NULL), sql);
    const int64_t y2020 = INT64_C(1577836800000), now = (int64_t)time(NULL) * 1000;
    const int64_t first = now - 700 * INT64_C(86400000), step = 699 * INT64_C(86400000) / (to + 1);
    for (int64_t i = from; i < to; i++) {
        int64_t at = first + i * step;
        bind_one(s, i, (at - y2020) << 12 | (i & 4095), at);
        must(sqlite3_step(s), "insert");
        sqlite3_reset(s);
    }
    sqlite3_finalize(s);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    must(sqlite3_open(argv[1], &db), argv[1]);
    run("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA cache_size=-200000");
    read_texts("SELECT code FROM place WHERE level = 5 ORDER BY code", &villages);
    read_texts("SELECT name FROM item_version ORDER BY id", &titles);
#define INDEXES " FROM sqlite_master WHERE type = 'index' AND tbl_name = 'errand' AND sql NOT NULL"
    read_texts("SELECT sql" INDEXES, &indexes);
    read_texts("SELECT 'DROP INDEX ' || name" INDEXES, &drops);
    int64_t have = number("SELECT count(*) FROM errand WHERE substr(number, 13, 4) = '2019'");
    int64_t want = strtoll(argv[2], NULL, 10) - number("SELECT count(*) FROM errand") + have;
    run("BEGIN");
    for (int i = 0; i < drops.n; i++)
        run(drops.all[i]);
    insert(have, want);
    for (int i = 0; i < indexes.n; i++)
        run(indexes.all[i]);
    run("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
    printf("%lld errands over %d villages\n", (long long)number("SELECT count(*) FROM errand"),
           villages.n);
    return sqlite3_close(db) == SQLITE_OK ? 0 : 1;
}
