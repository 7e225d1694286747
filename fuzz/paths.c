/* SPDX-License-Identifier: Apache-2.0
 * paths.c - an address finds one row of the tables, or none. */
#include "fuzz.h"
#include "web/route.h"

FUZZ(route)
{
    const struct route *r;
    struct key k;
    char word[65];
    UNUSED(c), UNUSED(in);
    static const enum http_method methods[] = { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_OTHER };
    for (size_t i = 0; i < COUNT(methods); i++) {
        enum err e = route_find(methods[i], text, &r, &k, word);
        CHECK((e == OK) == (r != NULL) && IMPLIES(e, e == E_NOT_FOUND || e == E_METHOD));
        if (r)
            CHECK(IMPLIES(strstr(r->path, "{word}"),
                          *word && !strchr(word, '/') && !str_eq(word, "..")));
    }
}
