/* SPDX-License-Identifier: Apache-2.0
 * contact.c - see contact.h. */
#include "kernel/post/contact.h"
#include "core/day.h"
#include "crypto/signer.h"
#include "kernel/place/place.h"

struct gathering {
    struct contact *all;
    struct bytes sealed[CONTACTS_MAX];
    size_t n;
};

/* Posts that residents may call, at exactly one place, in the order of kinds. */
static enum err gather(struct ctx *c, const char *place, bool village, struct gathering *g)
{
    static const enum post_kind_no kinds[] = { POST_AGENT, POST_WINDOW, POST_CHIEF };
    struct post_holder *h;
    size_t n;
    TRY(post_holders(c, place, day_of_ms(c->now_ms), &h, &n));
    const char *before = village || n == 0 ? "" : place_short_name(c, place);
    for (size_t k = 0; k < COUNT(kinds); k++)
        for (size_t i = 0; i < n && g->n < CONTACTS_MAX; i++) {
            const struct post_kind *kind = post_kind(kinds[k]);
            if (!str_eq(h[i].kind, kind->name))
                continue;
            g->sealed[g->n] = h[i].phone_sealed;
            g->all[g->n++] =
                (struct contact){ .kind = kinds[k],
                                  .post = arena_printf(c->arena, "%s%s", before, kind->zh),
                                  .name = h[i].name,
                                  .village = village };
        }
    return OK;
}

enum err contacts_of(struct ctx *c, const char *village, struct contact **out, size_t *n)
{
    char *phones[CONTACTS_MAX];
    struct gathering g = { .all = ARENA_ARRAY(c->arena, struct contact, CONTACTS_MAX) };
    TRY(gather(c, village, true, &g));
    TRY(gather(c, place_at(c, village, PLACE_TOWNSHIP), false, &g));
    TRY(field_open_many(c, "account.phone", g.sealed, g.n, phones));
    for (size_t i = 0; i < g.n; i++)
        g.all[i].phone = str_or(phones[i], "");
    *out = g.all;
    *n = g.n;
    return OK;
}

const struct contact *contact_find(const struct contact *all, size_t n, enum post_kind_no kind,
                                   bool village)
{
    for (size_t i = 0; i < n; i++)
        if (all[i].kind == kind && all[i].village == village)
            return &all[i];
    return NULL;
}
