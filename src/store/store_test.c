/* SPDX-License-Identifier: Apache-2.0
 * store_test.c - rows, lists, errors, transactions and the writer, on both engines. */
#include "store/migrate.h"
#include "store/writer.h"
#include "test_db.h"

static const struct sql CREATE = {
    "CREATE TABLE pet (id BIGINT PRIMARY KEY, name TEXT, photo BLOB, tame BIGINT)",
    "CREATE TABLE pet (id BIGINT PRIMARY KEY, name TEXT, photo BYTEA, tame BIGINT)"
};
static const struct sql ADD = { "INSERT INTO pet VALUES ($2, $1, $4, $3)", NULL };
static const struct sql COUNT_ = { "SELECT count(*) FROM pet", NULL };
static const struct sql BY_ID = { "SELECT id, name, photo, tame FROM pet WHERE id = $1", NULL };
static const struct sql ALL = { "SELECT id, name, photo, tame FROM pet ORDER BY id", NULL };
static const struct sql RENAME = { "UPDATE pet SET name = $2 WHERE id = $1", NULL };

struct pet {
    int64_t id;
    const char *name;
    struct bytes photo;
    bool tame;
};
static const struct col pet_cols[] = { COL_INT(struct pet, id), COL_TEXT(struct pet, name),
                                       COL_BLOB(struct pet, photo), COL_BOOL(struct pet, tame) };

static enum err add(struct ctx *c, int64_t id, const char *name)
{
    return db_run(c, &ADD,
                  IN(v_text(name), v_int(id), v_int(id % 2),
                     v_blob((struct bytes){ (const uint8_t *)"\0x", 2 })));
}

static int64_t pets(struct ctx *c)
{
    int64_t n = -1;
    EXPECT_EQ(db_one(c, &COUNT_, IN_NONE, OUT(s_int(&n))), OK);
    return n;
}

TEST_DB(values_go_in_by_name_and_come_back_typed)
{
    EXPECT_EQ(db_run(c, &CREATE, IN_NONE), OK);
    EXPECT_EQ(add(c, 3, "阿黄"), OK);
    EXPECT_EQ(add(c, 2, NULL), OK);
    struct pet p;
    EXPECT_EQ(db_row(c, &BY_ID, IN(v_int(3)), COLS(pet_cols), &p), OK);
    EXPECT(p.id == 3 && str_eq(p.name, "阿黄") && p.tame && p.photo.len == 2 &&
           p.photo.ptr[1] == 'x');
    EXPECT_EQ(db_row(c, &BY_ID, IN(v_int(9)), COLS(pet_cols), &p), E_NOT_FOUND);
    struct pet *all;
    size_t n;
    EXPECT_EQ(DB_ROWS(c, &ALL, IN_NONE, pet_cols, 10, &all, &n), OK);
    EXPECT(n == 2 && all[0].id == 2 && all[0].name == NULL && all[1].tame);
    EXPECT_EQ(DB_ROWS(c, &ALL, IN_NONE, pet_cols, 1, &all, &n), OK);
    EXPECT_EQ(n, 1);
    c->why[0] = '\0';
    EXPECT_EQ(add(c, 3, "twice"), E_EXISTS);
    EXPECT_EQ(db_change_one(c, &RENAME, IN(v_int(9), v_text("x"))), E_CONFLICT);
    EXPECT_EQ(db_change_one(c, &RENAME, IN(v_int(3), v_text("x"))), OK);
}

static enum err sum_each(struct ctx *c, void *arg)
{
    (void)c;
    int64_t *sum = arg;
    sum[1] += sum[0];
    return sum[1] > 100 ? E_TOO_LARGE : OK;
}

TEST_DB(a_callback_ends_the_walk)
{
    EXPECT_EQ(db_run(c, &CREATE, IN_NONE), OK);
    for (int64_t i = 1; i <= 50; i++)
        EXPECT_EQ(add(c, i, "x"), OK);
    static const struct sql ids = { "SELECT id FROM pet ORDER BY id", NULL };
    int64_t sum[2] = { 0, 0 };
    EXPECT_EQ(db_each(c, &ids, IN_NONE, OUT(s_int(&sum[0])), 4, sum_each, sum), OK);
    EXPECT_EQ(sum[1], 10);
    EXPECT_EQ(db_each(c, &ids, IN_NONE, OUT(s_int(&sum[0])), 0, sum_each, sum), E_TOO_LARGE);
    EXPECT_EQ(pets(c), 50); /* the statement was left usable */
}

static enum err add_two(struct ctx *c, void *arg)
{
    (void)arg;
    TRY(add(c, 1, "a"));
    return add(c, 2, "b");
}

static void whole_or_not_at_all(enum db_kind kind)
{
    FAULT_LOOP() {
        int countdown = fault_countdown;
        fault_off();
        struct ctx c = { .arena = arena_new(ARENA_LIMIT) };
        const char *url = kind == DB_PG ? test_db_url(c.arena, kind) : ":memory:";
        fault_countdown = countdown;
        enum err e = db_open(&c, url, DB_WRITE, &c.db);
        if (!e) {
            e = db_run(&c, &CREATE, IN_NONE);
            bool made = !e;
            if (made)
                e = tx_run(&c, "two", add_two, NULL);
            fault_off();
            EXPECT(IMPLIES(made, pets(&c) == (e ? 0 : 2)));
            EXPECT((e == OK) == (fault_hits == 0));
        }
        test_db_shut(&c);
    }
}

TEST(a_transaction_is_whole_or_not_at_all)
{
    whole_or_not_at_all(DB_SQLITE);
}

TEST_PG(a_transaction_is_whole_or_not_at_all_on_pg)
{
    whole_or_not_at_all(DB_PG);
}

static enum err add_then_fail(struct ctx *c, void *arg)
{
    (void)arg;
    TRY(add(c, 5, "gone"));
    return E_WRONG_STATE;
}

TEST_DB(a_failed_job_takes_only_its_own_changes_back)
{
    EXPECT_EQ(db_run(c, &CREATE, IN_NONE), OK);
    EXPECT_EQ(tx_begin(c, "group"), OK);
    EXPECT_EQ(tx_nested(c, add_two, NULL), OK);
    EXPECT_EQ(tx_nested(c, add_then_fail, NULL), E_WRONG_STATE);
    EXPECT_EQ(tx_commit(c), OK);
    EXPECT_EQ(pets(c), 2);
}

TEST_DB(append_only_tables_refuse_changes)
{
    static const struct sql make = { "CREATE TABLE audit (id BIGINT)", NULL };
    static const struct sql put = { "INSERT INTO audit VALUES (1)", NULL };
    static const struct sql change = { "UPDATE audit SET id = 2", NULL };
    static const struct sql erase = { "DELETE FROM audit", NULL };
    EXPECT_EQ(db_run(c, &make, IN_NONE), OK);
    EXPECT_EQ(migrate_guard(c), OK);
    EXPECT_EQ(migrate_guard(c), OK);
    EXPECT_EQ(db_run(c, &put, IN_NONE), OK);
    EXPECT_EQ(db_run(c, &change, IN_NONE), E_DB);
    EXPECT_EQ(db_run(c, &erase, IN_NONE), E_DB);
}

TEST_DB(migrations_apply_once_and_notice_an_edit)
{
    EXPECT_EQ(migrate_check(c), E_DB); /* no table yet */
    EXPECT_EQ(migrate(c), OK);
    EXPECT_EQ(migrate(c), OK);
    EXPECT_EQ(migrate_check(c), OK);
    static const struct sql edit = { "UPDATE migration SET hash = 1", NULL };
    EXPECT_EQ(db_run(c, &edit, IN_NONE), OK);
    EXPECT_EQ(migrate(c), E_FORMAT);
}

TEST(a_migration_speaks_each_engines_words)
{
    struct arena *a = arena_new(ARENA_LIMIT);
    const char *text = "CREATE TABLE t (b {{blob}}) {{clustered}};\n--sqlite S;\n--pg P;\n";
    EXPECT_STR(migrate_text(a, text, DB_SQLITE), "CREATE TABLE t (b BLOB) WITHOUT ROWID;\nS;\n\n");
    EXPECT_STR(migrate_text(a, text, DB_PG), "CREATE TABLE t (b BYTEA) ;\n\nP;\n");
    arena_free(a);
}

/* ---- the writer ---- */
enum { JOBS = 2000 };
struct one {
    struct write_job job;
    struct ctx c;
    int64_t id;
    enum err said;
};
static _Atomic int answered;

static enum err add_one(struct ctx *c, void *arg)
{
    struct one *o = arg;
    TRY(add(c, o->id, "job"));
    return o->id % 10 == 0 ? fail(c, E_WRONG_STATE, "every tenth fails") : OK;
}

static void said(void *arg, enum err e)
{
    struct one *o = arg;
    o->said = e;
    answered++;
}

static void answers_once(enum db_kind kind)
{
    struct arena *a = arena_new(ARENA_LIMIT);
    const char *url = test_db_url(a, kind);
    struct ctx c;
    test_db_join(&c, url, DB_WRITE);
    EXPECT_EQ(db_run(&c, &CREATE, IN_NONE), OK);
    struct writer *w;
    EXPECT_EQ(writer_start(&c, &(struct writer_conf){ .url = url }, &w), OK);
    static struct one ones[JOBS];
    for (int i = 0; i < JOBS; i++) {
        ones[i].c = (struct ctx){ .arena = arena_new(ARENA_LIMIT) };
        ones[i].id = i + 1;
        ones[i].job = (struct write_job){ &ones[i].c, add_one, said, &ones[i], NULL, OK };
        EXPECT_EQ(writer_submit(w, &ones[i].job), OK);
    }
    writer_stop(w);
    EXPECT_EQ(answered, JOBS);
    for (int i = 0; i < JOBS; i++) {
        EXPECT_EQ(ones[i].said, ones[i].id % 10 == 0 ? E_WRONG_STATE : OK);
        arena_free(ones[i].c.arena);
    }
    EXPECT_EQ(pets(&c), JOBS - JOBS / 10);
    test_db_shut(&c);
    arena_free(a);
}

TEST(the_writer_answers_each_job_once_and_keeps_what_it_acknowledged)
{
    answers_once(DB_SQLITE);
}

TEST_PG(the_writer_answers_each_job_once_on_pg)
{
    answers_once(DB_PG);
}
