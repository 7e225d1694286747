/* SPDX-License-Identifier: Apache-2.0
 * openapi.c - see openapi.h. */
#include "kernel/api/openapi.h"
#include "kernel/client/client.h"

/* ---- fields ---- */
/* Regular expressions as in ECMA 262, which JSON Schema asks for. */
static const char *pattern_of(enum field_type t)
{
    switch (t) {
    case F_KEY:
        return "^[0-9]{1,6}-[0-9]+$";
    case F_PLACE:
        return "^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$";
    case F_ID_NO:
        return "^[0-9]{17}[0-9Xx]$";
    default:
        return NULL;
    }
}

static void value_schema(struct json *j, const struct field *f)
{
    const char *pattern = pattern_of(f->type);
    bool chars = f->type == F_TEXT || f->type == F_LINES || f->type == F_SECRET;
    json_text(j, "type", f->type == F_INT ? "integer" : f->type == F_BOOL ? "boolean" : "string");
    if (f->type == F_DATE)
        json_text(j, "format", "date");
    if (f->type == F_SECRET)
        json_text(j, "format", "password");
    if (f->type == F_FILE)
        json_text(j, "contentMediaType", "application/octet-stream");
    if (pattern)
        json_text(j, "pattern", pattern);
    if (f->type == F_INT)
        json_int(j, "minimum", f->min);
    if (f->type == F_INT)
        json_int(j, "maximum", f->max);
    if (chars && f->min > 0)
        json_int(j, "minLength", f->min);
    if (chars)
        json_int(j, "maxLength", f->max);
    if (f->type == F_CHOICE) {
        json_array_begin(j, "enum");
        for (const char *const *p = f->choices; *p; p++)
            json_text(j, NULL, *p);
        json_array_end(j);
    }
}

static void field_schema(struct json *j, const char *name, const struct field *f)
{
    json_object_begin(j, name);
    json_text(j, "description", f->zh);
    if (f->flags & F_INDEXED) {
        json_text(j, "type", "array");
        json_int(j, "maxItems", FORM_INDEX_MAX);
        json_object_begin(j, "items");
        value_schema(j, f);
        json_object_end(j);
    } else {
        value_schema(j, f);
    }
    json_object_end(j);
}

/* ---- one operation ---- */
static void parameter(struct json *j, const char *name, const char *in, const char *words,
                      bool required)
{
    json_object_begin(j, NULL);
    json_text(j, "name", name);
    json_text(j, "in", in);
    json_text(j, "description", words);
    json_bool(j, "required", required);
}

static void simple_schema(struct json *j, const char *pattern, int64_t max)
{
    json_object_begin(j, "schema");
    json_text(j, "type", "string");
    if (pattern)
        json_text(j, "pattern", pattern);
    if (max)
        json_int(j, "maxLength", max);
    json_object_end(j);
    json_object_end(j);
}

static void path_parameters(struct ctx *c, struct json *j, const char *path)
{
    for (const char *p = path; (p = strchr(p, '{')); p++) {
        const char *name = arena_copy_n(c->arena, p + 1, strcspn(p + 1, "}"));
        bool key = str_eq(name, "key");
        parameter(j, name, "path", key ? "县代码-编号" : "代码", true);
        simple_schema(j, key ? pattern_of(F_KEY) : "^[A-Za-z0-9._-]{1,64}$", 0);
    }
}

static void parameters(struct ctx *c, struct json *j, const struct route *r)
{
    json_array_begin(j, "parameters");
    path_parameters(c, j, r->path);
    if (r->method == HTTP_POST) {
        parameter(j, "Idempotency-Key", "header",
                  "同一个编号交两次只办一次；编号相同内容不同会被拒绝", false);
        simple_schema(j, NULL, REQUEST_ID_MAX);
    }
    for (size_t i = 0; r->method == HTTP_GET && i < r->n_fields; i++) {
        parameter(j, r->fields[i].name, "query", r->fields[i].zh, r->fields[i].flags & F_REQUIRED);
        field_schema(j, "schema", &r->fields[i]);
        json_object_end(j);
    }
    json_array_end(j);
}

static bool any_required(const struct route *r)
{
    for (size_t i = 0; i < r->n_fields; i++)
        if (r->fields[i].flags & F_REQUIRED)
            return true;
    return false;
}

static void body_schema(struct json *j, const struct route *r)
{
    json_object_begin(j, "schema");
    json_text(j, "type", "object");
    json_bool(j, "additionalProperties", false);
    json_object_begin(j, "properties");
    for (size_t i = 0; i < r->n_fields; i++)
        field_schema(j, r->fields[i].name, &r->fields[i]);
    json_object_end(j);
    if (any_required(r)) {
        json_array_begin(j, "required");
        for (size_t i = 0; i < r->n_fields; i++)
            if (r->fields[i].flags & F_REQUIRED)
                json_text(j, NULL, r->fields[i].name);
        json_array_end(j);
    }
    json_object_end(j);
}

static void request_body(struct json *j, const struct route *r)
{
    if (r->method != HTTP_POST || r->n_fields == 0)
        return;
    json_object_begin(j, "requestBody");
    json_bool(j, "required", any_required(r));
    json_object_begin(j, "content");
    if (!(r->flags & R_UPLOAD)) {
        json_object_begin(j, "application/json");
        body_schema(j, r);
        json_object_end(j);
    }
    json_object_begin(j, r->flags & R_UPLOAD ? "multipart/form-data"
                                             : "application/x-www-form-urlencoded");
    body_schema(j, r);
    json_object_end(j);
    json_object_end(j);
    json_object_end(j);
}

static void answer(struct json *j, const char *status, const char *words, const char *type,
                   const char *schema)
{
    json_object_begin(j, status);
    json_text(j, "description", words);
    json_object_begin(j, "content");
    json_object_begin(j, type);
    json_object_begin(j, "schema");
    json_text(j, schema ? "$ref" : "type", schema ? schema : "object");
    json_object_end(j);
    json_object_end(j);
    json_object_end(j);
    json_object_end(j);
}

static const char *operation_id(struct ctx *c, const struct route *r)
{
    char *id = arena_printf(c->arena, "%s%s", r->method == HTTP_POST ? "post" : "get", r->path);
    for (char *p = id; *p; p++)
        if (strchr("/{}-.", *p))
            *p = '_';
    return id;
}

static const char *needs_zh(struct ctx *c, uint32_t needs)
{
    const char *out = "";
    for (int i = 0; i < CAP_COUNT; i++)
        if (needs & (1u << i))
            out = arena_printf(c->arena, "%s%s%s", out, *out ? "、" : "", cap_zh((enum cap_no)i));
    return out;
}

/* What a program needs, where a program may come at all. */
static void client_security(struct json *j, uint32_t needs)
{
    uint32_t left = needs & ~(uint32_t)(CAP_PUBLIC | CAP_MEMBER);
    for (size_t i = 0; client_scope_names[i]; i++)
        left &= ~(1u << client_scopes[i]);
    if (left)
        return;
    json_object_begin(j, NULL);
    json_array_begin(j, "client");
    for (size_t i = 0; client_scope_names[i]; i++)
        if (needs & 1u << client_scopes[i])
            json_text(j, NULL, client_scope_names[i]);
    json_array_end(j);
    json_object_end(j);
}

static void operation(struct ctx *c, struct json *j, const struct route *r)
{
    const char *tag = arena_copy_n(c->arena, r->path + 1, strcspn(r->path + 1, "/"));
    json_object_begin(j, r->method == HTTP_POST ? "post" : "get");
    json_text(j, "operationId", operation_id(c, r));
    json_text(j, "summary", r->zh);
    json_text(j, "description",
              arena_printf(c->arena, "需要：%s%s。", needs_zh(c, r->needs),
                           r->flags & R_SECOND ? "，并输过动态码" : ""));
    json_array_begin(j, "tags");
    json_text(j, NULL, *tag ? tag : "home");
    json_array_end(j);
    parameters(c, j, r);
    request_body(j, r);
    json_object_begin(j, "responses");
    answer(j, "200", "办成了", "application/json", NULL);
    if (r->method == HTTP_POST)
        answer(j, "201", "记下了", "application/json", NULL);
    answer(j, "default", "没有办成：RFC 9457", "application/problem+json",
           "#/components/schemas/Problem");
    json_object_end(j);
    json_array_begin(j, "security");
    if (!(r->needs & CAP_PUBLIC)) {
        json_object_begin(j, NULL);
        json_array_begin(j, "session");
        json_array_end(j);
        json_object_end(j);
        client_security(j, r->needs);
    }
    json_array_end(j);
    json_object_end(j);
}

/* ---- the document ---- */
static const struct route *next_api(const struct route_table **t, const struct route *after)
{
    const struct route *r = after ? after + 1 : *t ? (*t)->rows : NULL;
    for (; *t; *t = (*t)->next, r = *t ? (*t)->rows : NULL)
        for (; r < (*t)->rows + (*t)->n; r++)
            if (r->flags & R_API)
                return r;
    return NULL;
}

/* A path is written once, with all its methods, at its first row. */
static void paths(struct ctx *c, struct json *j)
{
    const struct route_table *t = route_tables();
    json_object_begin(j, "paths");
    for (const struct route *r = next_api(&t, NULL); r; r = next_api(&t, r)) {
        const struct route_table *u = route_tables();
        const struct route *first = next_api(&u, NULL);
        while (first && !str_eq(first->path, r->path))
            first = next_api(&u, first);
        if (first != r)
            continue;
        json_object_begin(j, arena_printf(c->arena, "/api/v1%s", r->path));
        for (; first; first = next_api(&u, first))
            if (str_eq(first->path, r->path))
                operation(c, j, first);
        json_object_end(j);
    }
    json_object_end(j);
}

static void string_property(struct json *j, const char *name, const char *words)
{
    json_object_begin(j, name);
    json_text(j, "type", "string");
    json_text(j, "description", words);
    json_object_end(j);
}

static void problem_schema(struct json *j)
{
    json_object_begin(j, "Problem");
    json_text(j, "type", "object");
    json_object_begin(j, "properties");
    string_property(j, "type", "错误的说明在哪里");
    string_property(j, "title", "给人看的话");
    string_property(j, "detail", "the same in English");
    string_property(j, "code", "错误的名称，不变");
    string_property(j, "instance", "记录编号，报修时说它");
    json_object_begin(j, "status");
    json_text(j, "type", "integer");
    json_object_end(j);
    json_object_begin(j, "fields");
    json_text(j, "type", "array");
    json_object_begin(j, "items");
    json_text(j, "type", "object");
    json_object_begin(j, "properties");
    string_property(j, "field", "哪一项");
    string_property(j, "code", "错误的名称");
    string_property(j, "title", "给人看的话");
    json_object_end(j);
    json_object_end(j);
    json_object_end(j);
    json_object_end(j);
    json_object_end(j);
}

static void components(struct json *j)
{
    json_object_begin(j, "components");
    json_object_begin(j, "schemas");
    problem_schema(j);
    json_object_end(j);
    json_object_begin(j, "securitySchemes");
    json_object_begin(j, "session");
    json_text(j, "type", "http");
    json_text(j, "scheme", "bearer");
    json_text(j, "description", "POST /api/v1/sign-in 回答里的 token");
    json_object_end(j);
    json_object_begin(j, "client");
    json_text(j, "type", "http");
    json_text(j, "scheme", "bearer");
    json_text(
        j, "description",
        "程序的口令（xyc_ 开头），由安全管理员发给；看居民资料要带 Look-Reason（百分号编码）");
    json_object_end(j);
    json_object_end(j);
    json_object_end(j);
}

struct bytes openapi_document(struct ctx *c)
{
    struct json *j = json_new(c->arena);
    json_object_begin(j, NULL);
    json_text(j, "openapi", "3.1.0");
    json_object_begin(j, "info");
    json_text(j, "title", "乡约");
    json_text(j, "version", XY_VERSION);
    json_text(j, "description",
              "页面能办的，这里都能办，规则一样。写入带 Idempotency-Key，断网重发不会办两次。");
    json_object_begin(j, "license");
    json_text(j, "name", "Apache-2.0");
    json_text(j, "identifier", "Apache-2.0");
    json_object_end(j);
    json_object_end(j);
    paths(c, j);
    components(j);
    json_object_end(j);
    return json_done(j);
}
