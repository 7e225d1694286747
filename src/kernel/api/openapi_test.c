/* SPDX-License-Identifier: Apache-2.0
 * openapi_test.c - the description is JSON, refers to nothing that is not in it, and leaves no
 * route of the API out. */
#include "kernel/api/openapi.h"
#include "kernel/client/client.h"
#include "test_app.h"
#include <jansson.h>

/* A person's session, and a program's token where its scopes can reach. */
static void check_security(const json_t *security, uint32_t needs)
{
    uint32_t left = needs & ~(uint32_t)CAP_MEMBER, named = 0;
    for (size_t i = 0; client_scope_names[i]; i++)
        left &= ~(1u << client_scopes[i]);
    if (needs & CAP_PUBLIC) {
        EXPECT_EQ(json_array_size(security), 0);
        return;
    }
    EXPECT(json_object_get(json_array_get(security, 0), "session") != NULL);
    const json_t *scopes = json_object_get(json_array_get(security, 1), "client");
    EXPECT_EQ(scopes != NULL, left == 0);
    for (size_t i = 0; i < json_array_size(scopes); i++)
        for (size_t k = 0; client_scope_names[k]; k++)
            if (str_eq(client_scope_names[k], json_string_value(json_array_get(scopes, i))))
                named |= 1u << client_scopes[k];
    EXPECT(IMPLIES(scopes != NULL, named == (needs & ~(uint32_t)CAP_MEMBER)));
}

static size_t check_operation(const json_t *doc, const struct route *r)
{
    char path[ROUTE_PATH_MAX + 16];
    snprintf(path, sizeof path, "/api/v1%s", r->path);
    json_t *at = json_object_get(json_object_get(doc, "paths"), path);
    json_t *op = json_object_get(at, r->method == HTTP_POST ? "post" : "get");
    ck_assert_msg(json_is_object(op), "%s is not described", path);
    EXPECT_STR(json_string_value(json_object_get(op, "summary")), r->zh);
    EXPECT(json_object_get(json_object_get(op, "responses"), "default") != NULL);
    check_security(json_object_get(op, "security"), r->needs);
    json_t *params = json_object_get(op, "parameters"), *one;
    size_t i, want = r->method == HTTP_POST ? 1 : r->n_fields;
    for (const char *p = r->path; (p = strchr(p, '{')); p++)
        want++;
    EXPECT_EQ(json_array_size(params), want);
    json_array_foreach(params, i, one) EXPECT(json_is_object(json_object_get(one, "schema")));
    if (r->method == HTTP_POST && r->n_fields) {
        json_t *body = json_object_get(json_object_get(op, "requestBody"), "content");
        const char *type =
            r->flags & R_UPLOAD ? "multipart/form-data" : "application/x-www-form-urlencoded";
        json_t *schema = json_object_get(json_object_get(body, type), "schema");
        EXPECT_EQ(json_object_size(json_object_get(schema, "properties")), r->n_fields);
    }
    return 1;
}

TEST(the_api_description_parses_and_names_every_route_of_the_api)
{
    struct ctx c = { .arena = arena_new(ARENA_LIMIT) };
    struct bytes text = openapi_document(&c);
    json_error_t why;
    json_t *doc = json_loadb((const char *)text.ptr, text.len, JSON_REJECT_DUPLICATES, &why);
    ck_assert_msg(doc != NULL, "%s at %d", why.text, why.position);
    EXPECT_STR(json_string_value(json_object_get(doc, "openapi")), "3.1.0");
    size_t n = 0, described = 0;
    for (const struct route_table *t = route_tables(); t; t = t->next)
        for (size_t i = 0; i < t->n; i++)
            if (t->rows[i].flags & R_API)
                n += check_operation(doc, &t->rows[i]);
    const char *path;
    json_t *at;
    json_object_foreach(json_object_get(doc, "paths"), path, at) described += json_object_size(at);
    EXPECT_EQ(described, n);
    EXPECT(n > 2);
    json_decref(doc);
    arena_free(c.arena);
}

TEST(the_api_description_is_served_to_everybody)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    client_get(cl, "/api/openapi.json");
    EXPECT_PAGE(cl, 200, "\"/api/v1/sign-in\"");
    test_app_stop(t);
}
