/* SPDX-License-Identifier: Apache-2.0
 * catalog_list.c - finding one of many items in the editor's list; see catalog.h. */
#include "core/text.h"
#include "gov/item/catalog.h"

const char *const catalog_states[] = { "current", "draft", "withdrawn", NULL };
const char *const catalog_states_zh[] = { "在用", "有草稿", "已停办", NULL };

/* Fullwidth letters, capitals, blanks and points make no difference. */
static bool row_says(struct ctx *c, const struct catalog_row *row, const char *folded)
{
    const char *in[] = { row->name, row->code, row->also };
    for (size_t i = 0; i < COUNT(in); i++) {
        char *rest = arena_copy(c->arena, in[i]), *line;
        while ((line = strsep(&rest, "\n")))
            if (strstr(text_fold(c->arena, line), folded))
                return true;
    }
    return false;
}

void catalog_narrow(struct ctx *c, struct catalog_list *l)
{
    const char *folded = text_fold(c->arena, l->q);
    l->n = 0;
    for (size_t i = 0; i < l->all; i++) {
        const struct catalog_row *row = &l->rows[i];
        bool stands =
            !*l->state || str_eq(l->state, row->state) || (str_eq(l->state, "draft") && row->draft);
        if (stands && row_says(c, row, folded))
            l->rows[l->n++] = *row;
    }
}
