/* SPDX-License-Identifier: Apache-2.0
 * item_body.c - the items in force for which a body answers, on its page. A version never changes:
 * it names a body's code, and the code leads to whoever took over (body_serving). */
#include "gov/item/item.h"
#include "gov/item/item_body_tmpl.h"
#include "kernel/body/body_page.h"

/* The body's own code and those of all whom it succeeded. */
#define CODES                                                                                      \
    "WITH RECURSIVE h (id, code) AS (SELECT id, code FROM body WHERE county = $1 AND id = $2 "     \
    "UNION SELECT b.id, b.code FROM body b JOIN h ON b.successor = h.id WHERE b.county = $1) "     \
    "SELECT code FROM h"
static const struct sql SQL_OF_BODY = {
    "SELECT i.code, v.name FROM item i JOIN item_version v ON v.id = i.current WHERE v.body IN "
    "(" CODES ") ORDER BY i.uses DESC, i.code",
    NULL
};
static const struct sql SQL_COUNT = {
    "SELECT count(*) FROM item i JOIN item_version v ON v.id = i.current WHERE v.body IN "
    "(" CODES ")",
    NULL
};
static const struct col name_cols[] = { COL_TEXT(struct item_name, code),
                                        COL_TEXT(struct item_name, name) };

static enum err of_body(struct ctx *c, const struct body *b, struct item_name **out, size_t *n)
{
    *n = 0;
    if (b->valid_to) /* its successor's page has them */
        return OK;
    return DB_ROWS(c, &SQL_OF_BODY, IN(v_int(b->county), v_int(b->id)), name_cols, ITEMS_MAX, out,
                   n);
}

static enum err part_page(struct ctx *c, struct html *h, const struct body *b)
{
    struct item_name *all;
    size_t n;
    TRY(of_body(c, b, &all, &n));
    if (n > 0)
        tmpl_item_body(h, all, n);
    return OK;
}

static enum err part_api(struct ctx *c, struct json *j, const struct body *b)
{
    struct item_name *all;
    size_t n;
    TRY(of_body(c, b, &all, &n));
    json_array_begin(j, "items");
    for (size_t i = 0; i < n; i++) {
        json_object_begin(j, NULL);
        json_text(j, "code", all[i].code);
        json_text(j, "name", all[i].name);
        json_object_end(j);
    }
    json_array_end(j);
    return OK;
}
static struct body_part items_part = { .page = part_page, .api = part_api };
BODY_PART(items_part)

static enum err count(struct ctx *c, const struct body *b, int64_t *n)
{
    return db_one(c, &SQL_COUNT, IN(v_int(b->county), v_int(b->id)), OUT(s_int(n)));
}

/* The code stays in the version and leads to the successor. */
static enum err move(struct ctx *c, const struct body *from, const struct body *to, int32_t day)
{
    (void)c, (void)from, (void)to, (void)day;
    return OK;
}
static struct body_follower items = {
    .order = 5, .zh = "负责的事项", .count = count, .move = move
};
BODY_FOLLOWER(items)
