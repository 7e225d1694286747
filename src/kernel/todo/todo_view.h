/* SPDX-License-Identifier: Apache-2.0
 * todo_view.h - the to-do list as its page shows it. */
#pragma once
#include "kernel/page/page.h"
#include "kernel/todo/todo.h"

enum { ABOVE_SHOWN = 5 };
struct todo_line {
    const struct todo *t;
    const char *when, *css;
};
struct todo_group {
    struct todo_line *rows;
    size_t n;
};
struct todo_view {
    struct todo_group late, today, later, waiting, above;
    size_t n;
    bool working_day, provisional;
};
/* The actor's list in its groups. */
enum err todo_view(struct ctx *c, struct todo_view *v) MUST_USE;
