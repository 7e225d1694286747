/* SPDX-License-Identifier: Apache-2.0
 * flows.c - see flows.h. */
#include "flows.h"
#include "kernel/account/account.h"
#include "store/db.h"

struct taken flow_take_asked(struct client *cl, const struct asked *q)
{
    struct arena *a = cl->t->c.arena;
    struct json *j = json_new(a);
    json_object_begin(j, NULL);
    json_text(j, "place", TEST_VILLAGE);
    json_text(j, "item", q->item);
    json_text(j, "channel", "window");
    json_text(j, "manner", "spoken");
    json_text(j, "words", str_or(q->words, "帮我办一下"));
    for (int i = 0; i < 6; i++)
        json_text(j, arena_printf(a, "m%d", i), "here");
    json_text(j, "rid", str_or(q->key, ""));
    if (q->person)
        json_text(j, "person", q->person);
    else
        json_text(j, "who", str_or(q->who, "穿蓝衣的婆婆"));
    json_object_end(j);
    client_json(cl, "/api/v1/errand/new", (const char *)json_done(j).ptr);
    EXPECT_STATUS(cl, 201);
    struct taken t = { client_between(cl, "\"errand\":\"", "\""),
                       client_between(cl, "\"number\":\"", "\""),
                       client_between(cl, "\"code\":\"", "\""),
                       { 0, 0 } };
    EXPECT(t.key && t.number && t.code && key_parse(t.key, &t.k));
    return t;
}

struct taken flow_take(struct client *cl, const char *person, const char *who, const char *words,
                       const char *key)
{
    return flow_take_asked(cl, &(struct asked){ "elder.card", person, who, words, key });
}

void flow_intake(struct client *cl, const char *who, const char *item, const char *words,
                 const char *place)
{
    client_get(cl, "/errand/new");
    client_post(cl, "/errand/new/step", "who", who, "item", item, "words", words, "place",
                str_or(place, ""), NULL);
}

const char *flow_path(struct client *cl, const char *fmt, const char *key)
{
    const char *at = strstr(fmt, "%s");
    CHECK(at != NULL);
    return arena_printf(cl->t->c.arena, "%.*s%s%s", (int)(at - fmt), fmt, key, at + 2);
}

struct new_account {
    const char *phone, *name;
    char code[ONCE_CODE_LEN + 1];
};

static enum err add_account(struct ctx *c, void *arg)
{
    struct new_account *n = arg;
    const char *code;
    int64_t id;
    TRY(account_add(c, n->name, n->phone, &id, &code));
    snprintf(n->code, sizeof n->code, "%s", code);
    return OK;
}

void flow_account(struct test_app *t, const char *phone, const char *name)
{
    struct new_account n = { .phone = phone, .name = name };
    struct client *cl = client_new(t);
    test_app_write(t, add_account, &n);
    client_post(cl, "/sign-in/first", "phone", phone, "code", n.code, "password", TEST_PASSWORD,
                "again", TEST_PASSWORD, NULL);
    EXPECT_GOES(cl, "/sign-in");
}

const char *flow_value(struct client *cl, const struct field *f, const char *key, const char *text)
{
    struct arena *a = cl->t->c.arena;
    switch (f->type) {
    case F_TEXT:
    case F_LINES:
    case F_SECRET:
        return arena_copy_n(a, text, strlen(text) < (size_t)f->max ? strlen(text) : (size_t)f->max);
    case F_INT:
        return arena_printf(a, "%" PRId64, f->min > 0 ? f->min : f->max > 1 ? 1 : f->max);
    case F_BOOL:
        return "1";
    case F_DATE:
        return "2026-11-20";
    case F_CHOICE:
        return f->choices[0];
    case F_KEY:
        return key;
    case F_PLACE:
        return TEST_VILLAGE;
    case F_ID_NO:
        return "110101199003074610";
    case F_PHONE:
        return "13900001111";
    case F_FILE:
        return "";
    }
    return "";
}

const char *flow_body(struct client *cl, const struct route *r, bool required, const char *key,
                      const char *text)
{
    struct arena *a = cl->t->c.arena;
    const char *out = "";
    for (size_t i = 0; i < r->n_fields; i++) {
        const struct field *f = &r->fields[i];
        if ((required && !(f->flags & F_REQUIRED)) || f->type == F_FILE)
            continue;
        out = arena_printf(a, "%s%s%s%s=%s", out, *out ? "&" : "", f->name,
                           f->flags & F_INDEXED ? "0" : "",
                           html_percent(a, flow_value(cl, f, key, text)));
    }
    return out;
}

const char *flow_address(struct client *cl, const struct route *r, const char *key,
                         const char *word)
{
    const char *out = r->path, *at;
    while ((at = strchr(out, '{')))
        out = arena_printf(cl->t->c.arena, "%.*s%s%s", (int)(at - out), out,
                           str_starts(at, "{key}") ? key : word, strchr(at, '}') + 1);
    return out;
}

const char *flow_csrf(struct client *cl)
{
    uint8_t hash[32];
    struct session s;
    for (size_t i = 0; i < CLIENT_COOKIES_MAX; i++)
        if (cl->cookies[i] && str_eq(cl->cookie_names[i], "xy") &&
            session_token_hash(cl->cookies[i], hash) && session_load(&cl->t->c, hash, &s) == OK)
            return arena_copy(cl->t->c.arena, s.csrf);
    return "";
}

int64_t flow_rows(struct test_app *t)
{
    static const struct sql SQL_ROWS = {
        "SELECT (SELECT count(*) FROM errand) + (SELECT count(*) FROM person) + "
        "(SELECT count(*) FROM flow_event) + (SELECT count(*) FROM account) + "
        "(SELECT count(*) FROM post) + (SELECT count(*) FROM audit) + "
        "(SELECT count(*) FROM rule) + (SELECT count(*) FROM request)",
        NULL
    };
    int64_t n;
    ck_assert_int_eq(db_one(&t->c, &SQL_ROWS, IN_NONE, OUT(s_int(&n))), OK);
    return n;
}
