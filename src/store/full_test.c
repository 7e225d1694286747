/* SPDX-License-Identifier: Apache-2.0
 * full_test.c - a disk that fills up in the middle of a group: SQLite then undoes the whole
 * transaction by itself, and no later job of the group may be taken for stored. */
#include "store/writer.h"
#include "test_db.h"

static const struct sql CREATE = { "CREATE TABLE heap (id BIGINT PRIMARY KEY, b BYTEA)", NULL };
static const struct sql ADD = { "INSERT INTO heap VALUES ($1, $2)", NULL };
static const struct sql COUNT_ = { "SELECT count(*) FROM heap", NULL };
static const struct sql NO_MORE = { "PRAGMA max_page_count = 1", NULL };
static const struct sql ROOM = { "PRAGMA max_page_count = 100000", NULL };

struct thing {
    int64_t id;
    size_t bytes;
};

static enum err put(struct ctx *c, void *arg)
{
    const struct thing *t = arg;
    struct bytes b = { arena_alloc(c->arena, t->bytes), t->bytes };
    return db_run(c, &ADD, IN(v_int(t->id), v_blob(b)));
}

static int64_t things(struct ctx *c)
{
    int64_t n = -1;
    EXPECT_EQ(db_one(c, &COUNT_, IN_NONE, OUT(s_int(&n))), OK);
    return n;
}

TEST(after_the_disk_was_full_nothing_of_the_group_is_stored)
{
    struct ctx c;
    int64_t pages;
    test_db_open(&c, DB_SQLITE);
    EXPECT_EQ(db_run(&c, &CREATE, IN_NONE), OK);
    EXPECT_EQ(tx_begin(&c, "group"), OK);
    EXPECT_EQ(tx_nested(&c, put, &(struct thing){ 1, 10 }), OK);
    EXPECT_EQ(db_one(&c, &NO_MORE, IN_NONE, OUT(s_int(&pages))), OK);
    EXPECT_EQ(tx_nested(&c, put, &(struct thing){ 2, 1 << 20 }), E_DISK_FULL);
    EXPECT(tx_nested(&c, put, &(struct thing){ 3, 10 }) != OK);
    EXPECT_EQ(tx_commit(&c), E_DISK_FULL);
    EXPECT_EQ(things(&c), 0);
    EXPECT_EQ(db_one(&c, &ROOM, IN_NONE, OUT(s_int(&pages))), OK);
    EXPECT_EQ(tx_begin(&c, "group"), OK);
    EXPECT_EQ(tx_nested(&c, put, &(struct thing){ 1, 1 << 20 }), OK);
    EXPECT_EQ(tx_commit(&c), OK);
    EXPECT_EQ(things(&c), 1);
    test_db_shut(&c);
}
