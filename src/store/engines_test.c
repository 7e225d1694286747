/* SPDX-License-Identifier: Apache-2.0
 * engines_test.c - where the two engines differ by nature and must not differ for us: NULLs, sums,
 * order of text, long lists, lost connections, transactions that meet. */
#include "store/migrate.h"
#include "store/writer.h"
#include "test_db.h"

static const struct sql MAKE = {
    "CREATE TABLE t (id BIGINT PRIMARY KEY, n BIGINT NOT NULL, s TEXT, b BLOB)",
    "CREATE TABLE t (id BIGINT PRIMARY KEY, n BIGINT NOT NULL, s TEXT, b BYTEA)",
};
static const struct sql PUT = { "INSERT INTO t (id, n, s, b) VALUES ($1, $2, $3, $4)", NULL };
static const struct sql SUM = { "SELECT sum(n) FROM t", NULL };
static const struct sql SIZE = { "SELECT count(*) FROM t", NULL };

static enum err put(struct ctx *c, int64_t id, int64_t n, const char *s)
{
    return db_run(c, &PUT, IN(v_int(id), v_int(n), v_text(s), v_null()));
}

static int64_t number(struct ctx *c, const struct sql *q)
{
    int64_t n = -1;
    EXPECT_EQ(db_one(c, q, IN_NONE, OUT(s_int(&n))), OK);
    return n;
}

TEST_DB(a_null_may_come_first_and_stand_anywhere)
{
    static const struct sql find = {
        "SELECT count(*) FROM t WHERE ($1 IS NULL OR s = $1) AND ($2 IS NULL OR n = $2)", NULL
    };
    EXPECT_EQ(db_run(c, &MAKE, IN_NONE), OK);
    EXPECT_EQ(put(c, 1, INT64_MAX, NULL), OK);
    EXPECT_EQ(put(c, 2, INT64_MIN, "二"), OK);
    int64_t n;
    EXPECT_EQ(tx_read_begin(c), OK); /* a wrong guess must not spoil the transaction */
    EXPECT_EQ(db_one(c, &find, IN(v_null(), v_null()), OUT(s_int(&n))), OK);
    EXPECT_EQ(n, 2);
    EXPECT_EQ(db_one(c, &find, IN(v_text("二"), v_null()), OUT(s_int(&n))), OK);
    EXPECT_EQ(n, 1);
    EXPECT_EQ(db_one(c, &find, IN(v_text("二"), v_int(INT64_MAX)), OUT(s_int(&n))), OK);
    EXPECT_EQ(n, 0);
    EXPECT_EQ(db_one(c, &find, IN(v_null(), v_int(INT64_MAX)), OUT(s_int(&n))), OK);
    EXPECT_EQ(n, 1);
    tx_read_end(c);
}

TEST_DB(empty_bytes_and_text_are_not_null)
{
    static const struct sql get = { "SELECT s, b, s IS NULL, b IS NULL FROM t", NULL };
    EXPECT_EQ(db_run(c, &MAKE, IN_NONE), OK);
    EXPECT_EQ(db_run(c, &PUT, IN(v_int(1), v_int(1), v_text(""), v_blob((struct bytes){ 0 }))), OK);
    const char *s;
    struct bytes b;
    bool no_s = true, no_b = true;
    EXPECT_EQ(db_one(c, &get, IN_NONE, OUT(s_text(&s), s_blob(&b), s_bool(&no_s), s_bool(&no_b))),
              OK);
    EXPECT_STR(s, "");
    EXPECT(b.len == 0 && !no_s && !no_b);
}

TEST_DB(sums_and_truths_read_as_integers)
{
    static const struct sql more = { "SELECT sum(n) > 3, exists(SELECT 1 FROM t) FROM t", NULL };
    EXPECT_EQ(db_run(c, &MAKE, IN_NONE), OK);
    EXPECT_EQ(number(c, &SUM), 0); /* NULL */
    static const int64_t sums[] = {
        1, -1, 9999, -10000, 10001, 999999999, -123456780000, INT64_MAX / 2, -(INT64_MAX / 2)
    };
    for (size_t i = 0; i < COUNT(sums); i++) {
        static const struct sql empty = { "DELETE FROM t", NULL };
        EXPECT_EQ(db_run(c, &empty, IN_NONE), OK);
        EXPECT_EQ(put(c, 1, sums[i], NULL), OK);
        EXPECT_EQ(put(c, 2, sums[i], NULL), OK);
        EXPECT(number(c, &SUM) == 2 * sums[i]);
        bool large, some;
        EXPECT_EQ(db_one(c, &more, IN_NONE, OUT(s_bool(&large), s_bool(&some))), OK);
        EXPECT(large == (2 * sums[i] > 3) && some);
    }
}

TEST_DB(text_sorts_by_its_bytes_and_like_heeds_case)
{
    static const char *const texts[] = { "b", "B", "a", "咸", "A", "_", "乡" };
    static const struct sql sorted = { "SELECT s FROM t ORDER BY s", NULL };
    static const struct sql like = { "SELECT count(*) FROM t WHERE s LIKE 'a%'", NULL };
    EXPECT_EQ(db_run(c, &MAKE, IN_NONE), OK);
    for (size_t i = 0; i < COUNT(texts); i++)
        EXPECT_EQ(put(c, (int64_t)i, 0, texts[i]), OK);
    static const struct col cols[] = { { S_TEXT, 0 } };
    const char **rows;
    size_t n;
    EXPECT_EQ(DB_ROWS(c, &sorted, IN_NONE, cols, 10, &rows, &n), OK);
    char all[64] = "";
    for (size_t i = 0, at = 0; i < n; i++)
        at += (size_t)snprintf(all + at, sizeof all - at, "%s", rows[i]);
    EXPECT_STR(all, "AB_ab乡咸");
    EXPECT_EQ(number(c, &like), 1);
}

struct walked {
    int64_t id, rows, asked;
};

static enum err ask_each(struct ctx *c, void *arg)
{
    struct walked *w = arg;
    w->rows++;
    if (w->id % 1000 == 0)
        w->asked = number(c, &SIZE); /* another statement while the walk goes on */
    return w->id == 2900 ? fail(c, E_TOO_LARGE, "enough") : OK;
}

TEST_DB(a_long_list_is_walked_in_pieces)
{
    enum { ROWS = 3000 };
    static const struct sql ids = { "SELECT id FROM t WHERE id <= $1 ORDER BY id", NULL };
    EXPECT_EQ(db_run(c, &MAKE, IN_NONE), OK);
    EXPECT_EQ(tx_begin(c, "fill"), OK);
    for (int64_t i = 1; i <= ROWS; i++)
        EXPECT_EQ(put(c, i, i, "x"), OK);
    EXPECT_EQ(tx_commit(c), OK);
    for (int in_tx = 0; in_tx < 2; in_tx++) {
        if (in_tx)
            EXPECT_EQ(tx_read_begin(c), OK);
        struct walked w = { 0 };
        EXPECT_EQ(db_each(c, &ids, IN(v_int(2500)), OUT(s_int(&w.id)), 0, ask_each, &w), OK);
        EXPECT(w.rows == 2500 && w.id == 2500 && w.asked == ROWS);
        w = (struct walked){ 0 };
        EXPECT_EQ(db_each(c, &ids, IN(v_int(2500)), OUT(s_int(&w.id)), 1500, ask_each, &w), OK);
        EXPECT_EQ(w.rows, 1500);
        w = (struct walked){ 0 };
        EXPECT_EQ(db_each(c, &ids, IN(v_int(ROWS)), OUT(s_int(&w.id)), 0, ask_each, &w),
                  E_TOO_LARGE);
        EXPECT_EQ(w.rows, 2900);
        EXPECT_EQ(number(c, &SIZE), ROWS); /* the connection was left usable */
        if (in_tx)
            tx_read_end(c);
    }
}

TEST_DB(a_snapshot_does_not_see_later_commits)
{
    struct ctx w, r;
    const char *url = test_db_url(c->arena, kind);
    test_db_join(&w, url, DB_WRITE);
    EXPECT_EQ(db_run(&w, &MAKE, IN_NONE), OK);
    test_db_join(&r, url, DB_READ);
    EXPECT_EQ(tx_read_begin(&r), OK);
    EXPECT_EQ(number(&r, &SIZE), 0);
    EXPECT_EQ(put(&w, 1, 1, "x"), OK);
    EXPECT_EQ(number(&r, &SIZE), 0);
    tx_read_end(&r);
    EXPECT_EQ(number(&r, &SIZE), 1);
    EXPECT_EQ(put(&r, 2, 2, "x"), E_READ_ONLY);
    test_db_shut(&r);
    test_db_shut(&w);
}

/* ---- nested jobs ---- */
static enum err put_twice(struct ctx *c, void *arg)
{
    (void)arg;
    TRY(put(c, 1, 1, "x"));
    return put(c, 1, 1, "x");
}

static enum err tries_and_goes_on(struct ctx *c, void *arg)
{
    EXPECT_EQ(put(c, 7, 7, "x"), OK);
    EXPECT_EQ(tx_nested(c, put_twice, arg), E_EXISTS);
    c->why[0] = '\0';
    return put(c, 8, 8, "x");
}

TEST_DB(what_may_fail_in_a_transaction_is_nested)
{
    EXPECT_EQ(db_run(c, &MAKE, IN_NONE), OK);
    EXPECT_EQ(tx_run(c, "nested", tries_and_goes_on, NULL), OK);
    EXPECT_EQ(number(c, &SUM), 15);
}

static enum err swallows(struct ctx *c, void *arg)
{
    return put_twice(c, arg) == E_EXISTS ? OK : E_DB;
}

TEST_PG(a_swallowed_error_is_told_at_commit_on_pg)
{
    struct ctx c;
    test_db_open(&c, DB_PG);
    EXPECT_EQ(db_run(&c, &MAKE, IN_NONE), OK);
    EXPECT_EQ(tx_run(&c, "swallow", swallows, NULL), E_DB);
    EXPECT_EQ(number(&c, &SIZE), 0);
    EXPECT_EQ(tx_begin(&c, "group"), OK);
    EXPECT_EQ(tx_nested(&c, swallows, NULL), E_DB);
    EXPECT_EQ(put(&c, 3, 3, "x"), OK);
    EXPECT_EQ(tx_commit(&c), OK);
    EXPECT_EQ(number(&c, &SIZE), 1);
    test_db_shut(&c);
}

/* ---- a server that goes away ---- */
static void kill_connection(struct ctx *c, const char *url)
{
    static const struct sql own = { "SELECT pg_backend_pid()", NULL };
    static const struct sql end = { "SELECT pg_terminate_backend(CAST($1 AS INTEGER), 5000)",
                                    NULL };
    int64_t pid;
    bool gone;
    struct ctx other;
    EXPECT_EQ(db_one(c, &own, IN_NONE, OUT(s_int(&pid))), OK);
    test_db_join(&other, url, DB_WRITE);
    EXPECT_EQ(db_one(&other, &end, IN(v_int(pid)), OUT(s_bool(&gone))), OK);
    test_db_shut(&other);
}

TEST_PG(a_lost_connection_is_replaced_outside_a_transaction_only_on_pg)
{
    struct arena *a = arena_new(ARENA_LIMIT);
    const char *url = test_db_url(a, DB_PG);
    struct ctx c;
    test_db_join(&c, url, DB_WRITE);
    EXPECT_EQ(db_run(&c, &MAKE, IN_NONE), OK);
    kill_connection(&c, url);
    EXPECT_EQ(put(&c, 1, 1, "x"), E_UNAVAILABLE);
    EXPECT_EQ(put(&c, 1, 1, "x"), OK);
    kill_connection(&c, url);
    EXPECT_EQ(tx_begin(&c, "tx"), OK); /* nothing was begun: unnoticed */
    EXPECT_EQ(put(&c, 2, 2, "x"), OK);
    kill_connection(&c, url);
    EXPECT_EQ(put(&c, 3, 3, "x"), E_UNAVAILABLE);
    EXPECT_EQ(put(&c, 3, 3, "x"), E_UNAVAILABLE);
    EXPECT_EQ(tx_commit(&c), E_UNAVAILABLE);
    EXPECT_EQ(number(&c, &SIZE), 1);
    test_db_shut(&c);
    struct ctx none = { .arena = a };
    EXPECT_EQ(db_open(&none, "postgresql:///x?host=/nonexistent", DB_READ, &none.db),
              E_UNAVAILABLE);
    arena_free(a);
}

TEST_PG(a_statement_whose_plan_went_stale_runs_again_on_pg)
{
    static const struct sql all = { "SELECT * FROM t", NULL };
    static const struct sql narrow = { "ALTER TABLE t DROP COLUMN b", NULL };
    static const struct sql sweep = { "DEALLOCATE ALL", NULL };
    struct ctx c;
    test_db_open(&c, DB_PG);
    EXPECT_EQ(db_run(&c, &MAKE, IN_NONE), OK);
    EXPECT_EQ(put(&c, 1, 1, "x"), OK);
    int64_t id, n;
    const char *s;
    struct bytes b;
    EXPECT_EQ(db_one(&c, &all, IN_NONE, OUT(s_int(&id), s_int(&n), s_text(&s), s_blob(&b))), OK);
    EXPECT_EQ(db_run(&c, &narrow, IN_NONE), OK);
    EXPECT_EQ(db_one(&c, &all, IN_NONE, OUT(s_int(&id), s_int(&n), s_text(&s))), OK);
    EXPECT_EQ(db_run(&c, &sweep, IN_NONE), OK);
    EXPECT_EQ(db_one(&c, &all, IN_NONE, OUT(s_int(&id), s_int(&n), s_text(&s))), OK);
    test_db_shut(&c);
}

/* ---- transactions that meet ---- */
enum { STEPS = 200 };
struct step {
    struct write_job job;
    struct ctx c;
    enum err said;
};

/* Reads, decides, writes: wrong unless transactions take turns or are run again. */
static enum err count_up(struct ctx *c, void *arg)
{
    static const struct sql get = { "SELECT n FROM t WHERE id = 1", NULL };
    static const struct sql set = { "UPDATE t SET n = $1 WHERE id = 1", NULL };
    (void)arg;
    int64_t n;
    TRY(db_one(c, &get, IN_NONE, OUT(s_int(&n))));
    return db_change_one(c, &set, IN(v_int(n + 1)));
}

static void said(void *arg, enum err e)
{
    struct step *s = arg;
    s->said = e;
}

TEST_DB(transactions_that_meet_lose_nothing)
{
    const char *url = test_db_url(c->arena, kind);
    struct ctx own;
    test_db_join(&own, url, DB_WRITE);
    EXPECT_EQ(db_run(&own, &MAKE, IN_NONE), OK);
    EXPECT_EQ(put(&own, 1, 0, "x"), OK);
    struct writer *w;
    EXPECT_EQ(writer_start(&own, &(struct writer_conf){ .url = url, .threads = 16 }, &w), OK);
    static struct step steps[STEPS];
    for (size_t i = 0; i < STEPS; i++) {
        steps[i].c = (struct ctx){ .arena = arena_new(ARENA_LIMIT) };
        steps[i].job = (struct write_job){ &steps[i].c, count_up, said, &steps[i], NULL, OK };
        EXPECT_EQ(writer_submit(w, &steps[i].job), OK);
    }
    writer_stop(w);
    int64_t done = 0;
    for (size_t i = 0; i < STEPS; i++) {
        EXPECT_EQ(steps[i].said, OK);
        done++;
        arena_free(steps[i].c.arena);
    }
    EXPECT_EQ(number(&own, &SUM), done);
    test_db_shut(&own);
}
