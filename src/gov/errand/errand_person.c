/* SPDX-License-Identifier: Apache-2.0
 * errand_person.c - what the page of a resident says of their errands: the last few. */
#include "gov/errand/errand.h"
#include "gov/errand/errand_person_tmpl.h"
#include "kernel/person/person_part.h"

enum { ERRANDS_SHOWN = 5 };

static enum err last_few(struct ctx *c, const struct person *p, struct errand_line **out, size_t *n)
{
    *n = 0;
    if (!ctx_may(c, CAP_ERRAND_READ, p->place))
        return OK;
    TRY(errand_of_person(c, p->key, out, n));
    *n = *n < ERRANDS_SHOWN ? *n : ERRANDS_SHOWN;
    return OK;
}

static enum err part_page(struct ctx *c, struct html *h, const struct page *page,
                          const struct person *p)
{
    struct errand_line *all;
    size_t n;
    TRY(last_few(c, p, &all, &n));
    if (n > 0)
        tmpl_errand_person(h, page, all, n);
    return OK;
}

static enum err part_api(struct ctx *c, struct json *j, const struct person *p)
{
    struct errand_line *all;
    size_t n;
    TRY(last_few(c, p, &all, &n));
    json_array_begin(j, "errands");
    for (size_t i = 0; i < n; i++) {
        json_object_begin(j, NULL);
        json_key(j, "key", all[i].key);
        json_text(j, "title", all[i].title);
        json_text(j, "state", all[i].state);
        json_text(j, "decision", all[i].decision);
        json_ms(j, "created", all[i].created_ms);
        json_object_end(j);
    }
    json_array_end(j);
    return OK;
}
static struct person_part errands_part = { .order = 20, .page = part_page, .api = part_api };
PERSON_PART(errands_part)
