/* SPDX-License-Identifier: Apache-2.0
 * routes_test.c - every address and who may come there, as text: tests/golden/routes.txt is the
 * tables, tests/golden/access.txt is what the running gate does when each kind of post asks for
 * each address. `make golden` writes both anew, so that every change is a line in a review. */
#include "flows.h"
#include "kernel/place/place.h"
#include "kernel/post/post.h"
#include <errno.h>

#define ROUTES_GOLDEN "tests/golden/routes.txt"
#define ACCESS_GOLDEN "tests/golden/access.txt"
enum { ROLES = POST_KIND_COUNT + 2, ROUTES_MAX = 400, GOLDEN_MAX = 1 << 20 };

/* ---- text that grows ---- */
struct text {
    char *s;
    size_t n;
};

PRINTF(2, 3) static void add(struct text *t, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    t->n += (size_t)vsnprintf(t->s + t->n, GOLDEN_MAX - t->n, fmt, ap);
    va_end(ap);
    CHECK(t->n < GOLDEN_MAX);
}

static struct text text_in(struct arena *a)
{
    return (struct text){ arena_alloc(a, GOLDEN_MAX), 0 };
}

/* ---- the golden files ---- */
static void compare(const char *path, const char *is, const char *should)
{
    while (*is || *should) {
        size_t n = strcspn(is, "\n"), m = strcspn(should, "\n");
        ck_assert_msg(n == m && memcmp(is, should, n) == 0,
                      "now \"%.*s\", but %s has \"%.*s\". If that is meant: make golden", (int)n,
                      is, path, (int)m, should);
        is += n + !!is[n];
        should += m + !!should[m];
    }
}

static void golden(struct arena *a, const char *path, const char *text)
{
    bool writing = getenv("XY_GOLDEN") != NULL;
    FILE *f = fopen(path, writing ? "wb" : "rb");
    ck_assert_msg(f != NULL, "%s: %s", path, strerror(errno));
    if (writing) {
        fputs(text, f);
        EXPECT_EQ(fclose(f), 0);
        return;
    }
    char *should = arena_alloc(a, GOLDEN_MAX);
    should[fread(should, 1, GOLDEN_MAX - 1, f)] = '\0';
    fclose(f);
    compare(path, text, should);
}

/* ---- the tables ---- */
static int by_address(const void *x, const void *y)
{
    const struct route *a = *(const struct route *const *)x, *b = *(const struct route *const *)y;
    int d = strcmp(a->path, b->path);
    return d ? d : (int)a->method - (int)b->method;
}

static size_t all_routes(const struct route *out[ROUTES_MAX])
{
    size_t n = 0;
    for (const struct route_table *t = route_tables(); t; t = t->next)
        for (size_t i = 0; i < t->n; i++) {
            CHECK(n < ROUTES_MAX);
            out[n++] = &t->rows[i];
        }
    qsort(out, n, sizeof *out, by_address);
    return n;
}

static const char *method_name(const struct route *r)
{
    return r->method == HTTP_POST ? "POST" : "GET";
}

static void add_needs(struct text *t, uint32_t needs)
{
    static const char *const names[] = {
#define X(name, zh) #name,
#include "core/cap.def"
#undef X
    };
    const char *between = "";
    for (size_t i = 0; i < COUNT(names); i++)
        if (needs & 1u << i) {
            add(t, "%s%s", between, names[i]);
            between = "+";
        }
}

static void add_flags(struct text *t, const struct route *r)
{
    static const char *const names[] = { "api",    "upload", "strict", "pool",
                                         "cached", "second", "read",   "recent" };
    for (size_t i = 0; i < COUNT(names); i++)
        if (r->flags & 1u << i)
            add(t, " %s", names[i]);
    add(t, "%s%s", r->prepare ? " prepare" : "", r->again ? " again" : "");
}

static void add_fields(struct text *t, const struct route *r)
{
    static const char *const types[] = { "text", "lines", "int",   "bool",  "date",   "choice",
                                         "key",  "place", "id_no", "phone", "secret", "file" };
    for (size_t i = 0; i < r->n_fields; i++) {
        const struct field *f = &r->fields[i];
        add(t, " %s%s%s:%s", f->name, f->flags & F_INDEXED ? "[]" : "",
            f->flags & F_REQUIRED ? "!" : "", types[f->type]);
        if (f->max > 0 && f->max < INT32_MAX)
            add(t, "<=%" PRId64, f->max);
    }
}

TEST(golden_routes_are_what_the_tables_say)
{
    const struct route *all[ROUTES_MAX];
    size_t n = all_routes(all);
    struct arena *a = arena_new(ARENA_LIMIT);
    struct text t = text_in(a);
    for (size_t i = 0; i < n; i++) {
        add(&t, "%-4s %s | ", method_name(all[i]), all[i]->path);
        add_needs(&t, all[i]->needs);
        add(&t, " |");
        add_flags(&t, all[i]);
        add(&t, " | %s |", all[i]->zh);
        add_fields(&t, all[i]);
        add(&t, "\n");
    }
    golden(a, ROUTES_GOLDEN, t.s);
    arena_free(a);
}

/* ---- each route as each role ---- */
static const char *role_name(int role)
{
    return role == 0   ? "nobody"
           : role == 1 ? "plain"
                       : post_kind((enum post_kind_no)(role - 2))->name;
}

static const char *place_of(const struct post_kind *k)
{
    return k->levels & 1u << PLACE_VILLAGE    ? TEST_VILLAGE
           : k->levels & 1u << PLACE_TOWNSHIP ? TEST_TOWNSHIP
           : k->levels & 1u << PLACE_COUNTY   ? TEST_COUNTY
                                              : "4212";
}

static struct client *client_of(struct test_app *t, int role)
{
    struct client *cl = client_new(t);
    cl->no_tidy = true;
    if (role == 1)
        client_sign_in_plain(cl, "李某某");
    if (role > 1) {
        const struct post_kind *k = post_kind((enum post_kind_no)(role - 2));
        client_sign_in(cl, k->name, place_of(k));
    }
    return cl;
}

/* Whether the gate lets this visitor come; what they then want is another question. */
static bool comes(struct client *cl, const struct route *r)
{
    const char *path = flow_address(cl, r, TEST_COUNTY "-1", "x");
    if (r->method == HTTP_GET)
        client_get(cl, path);
    else
        client_post(cl, path, NULL);
    bool asked = cl->status == 303 && str_starts(cl->location, "/sign-in?next=");
    bool refused = asked || cl->status == 401 || cl->status == 403;
    ck_assert_msg(cl->status >= 200 && cl->status < 500, "%s %s: %d %s", method_name(r), path,
                  cl->status, cl->body);
    if (r->method == HTTP_POST && cl->status == 303 && cl->account)
        client_renew(cl); /* it may have been the way out */
    return !refused;
}

static bool by_table(const struct route *r, int role)
{
    uint32_t caps = CAP_PUBLIC;
    if (role > 0)
        caps |= CAP_MEMBER;
    if (role > 1)
        caps |= post_kind((enum post_kind_no)(role - 2))->caps;
    return (r->needs & ~caps) == 0;
}

static void add_roles(struct text *t, const bool may[ROLES])
{
    size_t n = 0;
    for (int role = 0; role < ROLES; role++)
        n += may[role];
    if (n == ROLES)
        add(t, " everybody");
    else if (n == ROLES - 1 && !may[0])
        add(t, " all who signed in");
    else
        for (int role = 0; role < ROLES; role++)
            if (may[role])
                add(t, " %s", role_name(role));
    add(t, n ? "\n" : " no one\n");
}

TEST(golden_access_is_what_the_gate_does)
{
    static bool may[ROUTES_MAX][ROLES];
    const struct route *all[ROUTES_MAX];
    size_t n = all_routes(all);
    struct test_app *t = test_app_start();
    struct text text = text_in(t->c.arena);
    for (int role = 0; role < ROLES; role++) {
        struct client *cl = client_of(t, role);
        for (size_t i = 0; i < n; i++) {
            may[i][role] = comes(cl, all[i]);
            ck_assert_msg(IMPLIES(may[i][role], by_table(all[i], role)),
                          "%s %s let %s in against its table", method_name(all[i]), all[i]->path,
                          role_name(role));
        }
    }
    for (size_t i = 0; i < n; i++) {
        add(&text, "%-4s %s:", method_name(all[i]), all[i]->path);
        add_roles(&text, may[i]);
    }
    golden(t->c.arena, ACCESS_GOLDEN, text.s);
    test_app_stop(t);
}

TEST(whoever_sends_without_a_session_has_few_tries)
{
    const struct route *all[ROUTES_MAX];
    size_t n = all_routes(all);
    for (size_t i = 0; i < n; i++)
        if (all[i]->method == HTTP_POST && (all[i]->needs & CAP_PUBLIC))
            ck_assert_msg(all[i]->flags & R_STRICT, "%s is public and not strict", all[i]->path);
}
