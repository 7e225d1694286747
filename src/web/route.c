/* SPDX-License-Identifier: Apache-2.0
 * route.c - see route.h. */
#include "web/route.h"

static struct route_table *tables;

void route_add(struct route_table *t)
{
    struct route_table **at = &tables;
    while (*at && strcmp((*at)->rows[0].path, t->rows[0].path) < 0)
        at = &(*at)->next;
    t->next = *at;
    *at = t;
}

const struct route_table *route_tables(void)
{
    return tables;
}

static bool word_ok(const char *s, size_t n)
{
    if (n == 0 || n > 64 || s[0] == '.') /* no name of a parent folder, ever */
        return false;
    for (size_t i = 0; i < n; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.", s[i]))
            return false;
    return true;
}

static bool segment_fits(const char *pattern, size_t pn, const char *s, size_t n, struct key *key,
                         char word[65])
{
    if (pattern[0] != '{')
        return pn == n && memcmp(pattern, s, n) == 0;
    char text[65];
    if (n == 0 || n > 64)
        return false;
    memcpy(text, s, n);
    text[n] = '\0';
    if (pn == 5 && memcmp(pattern, "{key}", 5) == 0)
        return key_parse(text, key);
    if (!word_ok(s, n))
        return false;
    memcpy(word, text, n + 1);
    return true;
}

static bool path_fits(const char *pattern, const char *path, struct key *key, char word[65])
{
    while (*pattern == '/' && *path == '/') {
        size_t pn = strcspn(++pattern, "/"), n = strcspn(++path, "/");
        if (!segment_fits(pattern, pn, path, n, key, word))
            return false;
        pattern += pn;
        path += n;
    }
    return *pattern == '\0' && *path == '\0';
}

enum err route_find(enum http_method method, const char *path, const struct route **out,
                    struct key *key, char word[65])
{
    bool other = false;
    const struct route *loose = NULL;
    enum http_method want = method == HTTP_HEAD ? HTTP_GET : method;
    *key = (struct key){ 0, 0 };
    word[0] = '\0';
    for (const struct route_table *t = tables; t; t = t->next)
        for (const struct route *r = t->rows; r < t->rows + t->n; r++) {
            struct key k = { 0, 0 };
            char w[65] = "";
            if (!path_fits(r->path, path, &k, w))
                continue;
            if (r->method != want) {
                other = true;
                continue;
            }
            if (loose && strchr(r->path, '{'))
                continue; /* the literal address wins, then the first */
            loose = r;
            *key = k;
            memcpy(word, w, sizeof w);
            if (!strchr(r->path, '{'))
                break;
        }
    *out = loose;
    return loose ? OK : other ? E_METHOD : E_NOT_FOUND;
}

static void check_row(const struct route *r)
{
    CHECK(r->path && r->path[0] == '/' && strlen(r->path) < ROUTE_PATH_MAX);
    CHECK(r->needs != 0 && r->zh && r->handler);
    CHECK(r->method == HTTP_GET || r->method == HTTP_POST);
    CHECK(IMPLIES(r->n_fields > 0, r->fields != NULL));
    CHECK(IMPLIES(r->flags & R_READ, r->method == HTTP_POST && !r->prepare));
    bool code = false;
    for (size_t i = 0; i < r->n_fields; i++)
        code |= str_eq(r->fields[i].name, "second") && r->fields[i].type == F_SECRET;
    CHECK(IMPLIES(r->flags & R_RECENT, r->method == HTTP_POST && code && !(r->flags & R_READ)));
    for (size_t i = 0; i < r->n_fields; i++) {
        const struct field *f = &r->fields[i];
        CHECK(f->name && strlen(f->name) <= FORM_NAME_MAX - 3 && f->zh);
        CHECK(IMPLIES(f->type == F_CHOICE, f->choices != NULL));
        CHECK(IMPLIES(f->type == F_TEXT || f->type == F_LINES || f->type == F_SECRET ||
                          f->type == F_FILE || f->type == F_INT,
                      f->max > 0));
        CHECK(IMPLIES(f->type == F_FILE, r->flags & R_UPLOAD));
    }
}

void route_check(void)
{
    for (const struct route_table *t = tables; t; t = t->next)
        for (size_t i = 0; i < t->n; i++) {
            check_row(&t->rows[i]);
            for (const struct route_table *u = t; u; u = u->next)
                for (size_t j = u == t ? i + 1 : 0; j < u->n; j++)
                    CHECK(t->rows[i].method != u->rows[j].method ||
                          !str_eq(t->rows[i].path, u->rows[j].path));
        }
}
