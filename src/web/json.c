/* SPDX-License-Identifier: Apache-2.0
 * json.c - see json.h. */
#include "web/json.h"
#include "core/day.h"

enum { JSON_FIRST = 4096, JSON_DEPTH_MAX = 16 };
struct json {
    struct arena *a;
    char *buf;
    size_t len, room;
    unsigned depth;
    bool some[JSON_DEPTH_MAX]; /* whether the open object or array has a member yet */
};

struct json *json_new(struct arena *a)
{
    struct json *j = ARENA_NEW(a, struct json);
    j->a = a;
    j->room = JSON_FIRST;
    j->buf = arena_alloc(a, j->room);
    return j;
}

static void put(struct json *j, const char *s, size_t n)
{
    if (j->len + n > j->room) {
        while (j->len + n > j->room)
            j->room *= 2;
        char *more = arena_alloc(j->a, j->room);
        memcpy(more, j->buf, j->len);
        j->buf = more;
    }
    memcpy(j->buf + j->len, s, n);
    j->len += n;
}

static void put_string(struct json *j, const char *s)
{
    static const char hex[] = "0123456789abcdef";
    put(j, "\"", 1);
    for (const char *p = s; *p; p++) {
        unsigned char ch = (unsigned char)*p;
        if (ch == '"' || ch == '\\') {
            put(j, (char[]){ '\\', *p }, 2);
        } else if (ch < 0x20 || ch == 0x7f || ch == '<') {
            put(j, (char[]){ '\\', 'u', '0', '0', hex[ch >> 4], hex[ch & 15] }, 6);
        } else {
            put(j, p, 1);
        }
    }
    put(j, "\"", 1);
}

static void begin_member(struct json *j, const char *name)
{
    if (j->some[j->depth])
        put(j, ",", 1);
    j->some[j->depth] = true;
    if (name) {
        put_string(j, name);
        put(j, ":", 1);
    }
}

static void open_with(struct json *j, const char *name, const char *bracket)
{
    begin_member(j, name);
    put(j, bracket, 1);
    CHECK(++j->depth < JSON_DEPTH_MAX);
    j->some[j->depth] = false;
}

static void close_with(struct json *j, const char *bracket)
{
    CHECK(j->depth > 0);
    j->depth--;
    put(j, bracket, 1);
}

void json_object_begin(struct json *j, const char *name)
{
    open_with(j, name, "{");
}

void json_object_end(struct json *j)
{
    close_with(j, "}");
}

void json_array_begin(struct json *j, const char *name)
{
    open_with(j, name, "[");
}

void json_array_end(struct json *j)
{
    close_with(j, "]");
}

void json_text(struct json *j, const char *name, const char *value)
{
    begin_member(j, name);
    if (value)
        put_string(j, value);
    else
        put(j, "null", 4);
}

void json_int(struct json *j, const char *name, int64_t value)
{
    char text[24];
    int n = snprintf(text, sizeof text, "%" PRId64, value);
    begin_member(j, name);
    put(j, text, (size_t)n);
}

void json_bool(struct json *j, const char *name, bool value)
{
    begin_member(j, name);
    put(j, value ? "true" : "false", value ? 4 : 5);
}

void json_key(struct json *j, const char *name, struct key k)
{
    json_text(j, name,
              k.county ? arena_printf(j->a, "%" PRId64 "-%" PRId64, k.county, k.id) : NULL);
}

void json_ms(struct json *j, const char *name, int64_t ms)
{
    json_text(j, name, ms ? ms_iso(j->a, ms) : NULL);
}

void json_day(struct json *j, const char *name, int64_t day)
{
    json_text(j, name, day ? day_iso(j->a, (int32_t)day) : NULL);
}

struct bytes json_done(struct json *j)
{
    CHECK(j->depth == 0);
    return (struct bytes){ (const uint8_t *)j->buf, j->len };
}
