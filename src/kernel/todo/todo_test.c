/* SPDX-License-Identifier: Apache-2.0
 * todo_test.c - the list of one person over several desks. */
#include "kernel/todo/todo.h"
#include "store/migrate.h"
#include "test_db.h"

static void put(struct ctx *c, int64_t id, const char *place, enum cap_no cap, int64_t due_ms)
{
    struct todo t = { .key = { 421281, id },
                      .flow = "errand",
                      .desk = desk_text(c, place, cap, 0),
                      .place = place,
                      .title = "件",
                      .line = "",
                      .link = "/todo",
                      .verb = "办",
                      .due_ms = due_ms };
    EXPECT_EQ(todo_set(c, &t), OK);
}

static enum err fill(struct ctx *c, void *unused)
{
    (void)unused;
    for (int i = 0; i < TODO_LIST_MAX + 5; i++)
        put(c, 1 + i, "421281101202", CAP_NO_ERRAND_TAKE, 100000 + i);
    put(c, 900, "421281101", CAP_NO_ERRAND_WINDOW, 0);
    put(c, 901, "421281101", CAP_NO_ERRAND_WINDOW, 7);
    put(c, 902, "421281101", CAP_NO_ERRAND_WINDOW, 100001);
    put(c, 903, "421281101", CAP_NO_ERRAND_WINDOW, 999999);
    return OK;
}

TEST_DB(the_most_pressing_row_of_a_second_desk_is_not_lost_behind_a_full_first_one)
{
    struct right rights[] = { { .place = "421281101202", .caps = CAP_ERRAND_TAKE },
                              { .place = "421281101", .caps = CAP_ERRAND_WINDOW } };
    struct todo *all;
    size_t n;
    EXPECT_EQ(migrate(c), OK);
    EXPECT_EQ(tx_run(c, "todo-test", fill, NULL), OK);
    c->rights = rights;
    c->n_rights = COUNT(rights);
    EXPECT_EQ(todo_mine(c, &all, &n), OK);
    EXPECT_EQ(n, TODO_LIST_MAX);
    EXPECT_EQ(all[0].key.id, 901);
    EXPECT_EQ(all[n - 1].due_ms, 100000 + TODO_LIST_MAX - 3);
    bool tied = false;
    for (size_t i = 0; i < n; i++) {
        tied |= all[i].key.id == 902;
        EXPECT(i == 0 || all[i - 1].due_ms <= all[i].due_ms);
        EXPECT(all[i].due_ms && all[i].due_ms < 999999);
    }
    EXPECT(tied);
}
