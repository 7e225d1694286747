/* SPDX-License-Identifier: Apache-2.0
 * catalog.h - the editor of the catalogue 事项目录: its form and what its pages show. */
#pragma once
#include "gov/item/item_guide.h"
#include "gov/item/item_rules.h"

enum { ROWS_EMPTY = 3, CATALOG_FIELDS = 41 };
extern const struct field catalog_form[CATALOG_FIELDS];
extern const char *const item_kinds[], *const item_kinds_zh[];
extern const char *const decides_codes[], *const decides_words[];
extern const char *const material_forms[], *const question_types[], *const question_types_zh[];

/* What was typed, as an item with its parts; every refused field is noted. it->item and it->code
 * are the caller's. */
enum err catalog_read(struct ctx *c, const struct form *form, struct item *it,
                      struct item_parts *p) MUST_USE;
/* Fills the form with a version that is there, as if it had been typed. */
void catalog_fill(struct ctx *c, struct form *form, const struct guide *g);
/* How many rows to show: those that hold something and ROWS_EMPTY more, at most max. */
int catalog_rows(const struct form *form, const char *field, int max);

/* What the list is narrowed to; values and words end with NULL. */
extern const char *const catalog_states[], *const catalog_states_zh[];
struct catalog_list {
    const char *q, *state; /* "": all */
    struct catalog_row *rows;
    size_t n, all; /* shown, and how many there are */
};
/* Leaves in l the rows whose name, code or one of whose everyday names holds l->q, and that stand
 * as l->state says ("draft": something waits to be published, also of an item in force). */
void catalog_narrow(struct ctx *c, struct catalog_list *l);

struct catalog_edit {
    struct item item; /* the version the form begins from; item.id 0: a new item */
    bool fresh, draft;
    struct item *versions;
    size_t n_versions;
    struct body_choice *bodies;
    struct life_event *events;
    size_t n_bodies, n_events;
    int n_materials, n_questions; /* rows */
};
struct catalog_preview {
    struct guide guide;
    bool first; /* nothing is in force yet */
    const struct item_change *changes;
    size_t n_changes;
    int64_t open; /* errands that keep to the version in force */
};
