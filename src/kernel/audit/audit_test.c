/* SPDX-License-Identifier: Apache-2.0
 * audit_test.c - the chain over the audit records: sealed rows can be recomputed, and a row that
 * was edited, taken out or slipped in by somebody with the database in hand is noticed. */
#include "kernel/audit/audit.h"
#include "store/migrate.h"
#include "test_db.h"

#define NOW INT64_C(1795395600000) /* 2026-11-23 09:00 */
/* What an intruder does first: the program's own connection refuses changes of this table. */
static const struct sql UNLOCK = { "ALTER TABLE audit RENAME TO audit_open",
                                   "DROP TRIGGER IF EXISTS append_only ON audit" };
static const struct sql LOCK = { "ALTER TABLE audit_open RENAME TO audit",
                                 "COMMENT ON TABLE audit IS ''" };
static const struct sql EDIT = { "UPDATE audit_open SET words = $2 WHERE id = $1",
                                 "UPDATE audit SET words = $2 WHERE id = $1" };
static const struct sql TAKE_OUT = { "DELETE FROM audit_open WHERE id = $1",
                                     "DELETE FROM audit WHERE id = $1" };
static const struct sql SLIP_IN = {
    "INSERT INTO audit (id, at_ms, kind, account, place, what, subject, words, result) "
    "SELECT id - 1, at_ms, kind, account, place, what, subject, words, result FROM audit "
    "WHERE id = $1",
    NULL
};
static const struct sql SECOND = { "SELECT min(id) FROM audit WHERE id > (SELECT min(id) FROM "
                                   "audit)",
                                   NULL };

static void begin(struct ctx *c)
{
    EXPECT_EQ(migrate(c), OK);
    c->now_ms = NOW;
    c->account_id = 7;
}

/* Three rows, chained in two links; the number of the second row. */
static int64_t three_rows(struct ctx *c)
{
    int64_t id, links, rows;
    for (int i = 0; i < 3; i++) {
        c->now_ms += 1000;
        EXPECT_EQ(audit_add(c, "business", "421281", "/errand/new", "421281-1", "收下", OK), OK);
        if (i > 0)
            EXPECT_EQ(audit_seal(c, NULL), OK);
    }
    EXPECT_EQ(audit_verify(c, &links, &rows), OK);
    EXPECT(links == 2 && rows == 3);
    EXPECT_EQ(db_one(c, &SECOND, IN_NONE, OUT(s_int(&id))), OK);
    return id;
}

TEST_DB(sealing_nothing_adds_no_link)
{
    int64_t links, rows;
    begin(c);
    EXPECT_EQ(audit_seal(c, NULL), OK);
    EXPECT_EQ(audit_verify(c, &links, &rows), OK);
    EXPECT(links == 0 && rows == 0);
    three_rows(c);
    EXPECT_EQ(audit_seal(c, NULL), OK);
    EXPECT_EQ(audit_verify(c, &links, &rows), OK);
    EXPECT(links == 2 && rows == 3);
}

TEST_DB(an_edited_audit_row_breaks_the_chain_and_putting_it_back_mends_it)
{
    int64_t links, rows, id;
    begin(c);
    id = three_rows(c);
    EXPECT_EQ(db_run(c, &UNLOCK, IN_NONE), OK);
    EXPECT_EQ(db_run(c, &EDIT, IN(v_int(id), v_text("没收"))), OK);
    EXPECT_EQ(db_run(c, &LOCK, IN_NONE), OK);
    EXPECT_EQ(audit_verify(c, &links, &rows), E_FORMAT);
    EXPECT(strstr(c->why, "link 1") != NULL); /* it says where */
    EXPECT_EQ(db_run(c, &UNLOCK, IN_NONE), OK);
    EXPECT_EQ(db_run(c, &EDIT, IN(v_int(id), v_text("收下"))), OK);
    EXPECT_EQ(db_run(c, &LOCK, IN_NONE), OK);
    EXPECT_EQ(audit_verify(c, &links, &rows), OK);
}

TEST_DB(a_missing_audit_row_is_noticed)
{
    int64_t links, rows, id;
    begin(c);
    id = three_rows(c);
    EXPECT_EQ(db_run(c, &UNLOCK, IN_NONE), OK);
    EXPECT_EQ(db_run(c, &TAKE_OUT, IN(v_int(id))), OK);
    EXPECT_EQ(db_run(c, &LOCK, IN_NONE), OK);
    EXPECT_EQ(audit_verify(c, &links, &rows), E_FORMAT);
}

TEST_DB(an_audit_row_slipped_in_before_the_last_link_is_noticed)
{
    int64_t links, rows, id;
    begin(c);
    id = three_rows(c);
    EXPECT_EQ(db_run(c, &SLIP_IN, IN(v_int(id))), OK);
    EXPECT_EQ(audit_verify(c, &links, &rows), E_FORMAT);
}

TEST_DB(audit_records_are_found_by_what_when_and_refusal)
{
    struct audit_line *found;
    size_t n;
    begin(c);
    EXPECT_EQ(audit_add(c, "business", "421281", "/errand/new", "", "收下", OK), OK);
    EXPECT_EQ(audit_add(c, "security", "421281", "/sign-in", "", "登录", E_PASSWORD), OK);
    c->now_ms += 1000;
    EXPECT_EQ(audit_add(c, "business", "421281", "/errand/{key}/note", "", "记一笔", OK), OK);
    struct audit_query q = { .kind = "", .what = "/errand", .who = "" };
    EXPECT_EQ(audit_find(c, &q, AUDIT_PAGE, &found, &n), OK);
    EXPECT(n == 2 && str_eq(found[0].row.words, "记一笔")); /* newest first */
    q = (struct audit_query){ .kind = "", .what = "", .who = "", .refused = true };
    EXPECT_EQ(audit_find(c, &q, AUDIT_PAGE, &found, &n), OK);
    EXPECT(n == 1 && str_eq(found[0].row.result, "PASSWORD"));
    q = (struct audit_query){ .kind = "", .what = "", .who = "", .from_ms = NOW, .to_ms = NOW + 1 };
    EXPECT_EQ(audit_find(c, &q, AUDIT_PAGE, &found, &n), OK);
    EXPECT_EQ(n, 2);
}
