/* SPDX-License-Identifier: Apache-2.0
 * errand_phone.c - the two telephone numbers of an errand: the resident's, and the one they ask. */
#include "core/day.h"
#include "crypto/signer.h"
#include "gov/errand/errand.h"
#include "kernel/person/person.h"
#include "kernel/place/place.h"
#include "kernel/post/post.h"

enum err errand_phone(struct ctx *c, const struct errand *e, const struct person *p,
                      const char **phone)
{
    struct person own;
    char *given = NULL;
    *phone = "";
    if (e->contact_sealed.len) {
        TRY(field_open(c, "errand.contact", e->contact_sealed, &given));
        *phone = given;
        return OK;
    }
    if (!e->person)
        return OK;
    if (!p) {
        TRY(person_load(c, (struct key){ e->key.county, e->person }, &own));
        TRY(person_open(c, &own));
        p = &own;
    }
    if (!p->died_day)
        *phone = str_or(p->phone, "");
    return OK;
}

/* Of those who serve the village: its agent's, else one of the township's window. These numbers
 * stand on the village's page for everybody. */
static enum err server_phone(struct ctx *c, const char *place, enum post_kind_no kind,
                             const char **phone)
{
    struct post_holder *holders;
    size_t n;
    char *open;
    TRY(post_holders(c, place, day_of_ms(c->now_ms), &holders, &n));
    for (size_t i = 0; i < n && !**phone; i++)
        if (str_eq(holders[i].kind, post_kind(kind)->name)) {
            TRY(field_open(c, "account.phone", holders[i].phone_sealed, &open));
            *phone = open;
        }
    return OK;
}

enum err errand_ask_phone(struct ctx *c, const struct errand *e, const char **phone)
{
    struct body b;
    struct ctx probe = *c;
    enum err err = body_serving(&probe, "service_center", e->place, &b);
    if (err && err != E_NOT_FOUND)
        return fail(c, err, "%s", probe.why);
    *phone = err ? "" : b.phone;
    if (!**phone)
        TRY(server_phone(c, e->place, POST_AGENT, phone));
    if (!**phone)
        TRY(server_phone(c, place_at(c, e->place, PLACE_TOWNSHIP), POST_WINDOW, phone));
    return OK;
}
