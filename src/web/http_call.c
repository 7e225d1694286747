/* SPDX-License-Identifier: Apache-2.0
 * http_call.c - what a handler asks of a call: headers, cookies, where it comes from; and the
 * requests themselves, which a loop uses again so that a request costs no allocation. */
#include "web/http_internal.h"
#include <arpa/inet.h>
#include <strings.h>
#include <unistd.h>

enum { BODY_IN_ARENA_MAX = 16 * 1024, BODY_ROOM_FIRST = 64 * 1024 };
/* The page and everything read for it, beside the body. */
enum { CALL_ARENA_LIMIT = ARENA_LIMIT };

const char *http_header(const struct http_call *call, const char *name)
{
    const struct http_line *line = http_head_line(&call->state->head, name);
    return line ? line->value : NULL;
}

static char *cookie_value(struct arena *a, const char *s, const char *end)
{
    if (end - s >= 2 && s[0] == '"' && end[-1] == '"') {
        s++;
        end--;
    }
    return arena_copy_n(a, s, (size_t)(end - s));
}

/* RFC 6265 5.4: name=value pairs, apart by "; ". */
static char *cookie_in(struct arena *a, const char *line, const char *name)
{
    size_t name_len = strlen(name);
    for (const char *s = line; *s;) {
        while (*s == ' ' || *s == ';')
            s++;
        const char *end = s + strcspn(s, ";"), *value_end = end;
        while (value_end > s && value_end[-1] == ' ')
            value_end--;
        if ((size_t)(value_end - s) > name_len && s[name_len] == '=' &&
            memcmp(s, name, name_len) == 0)
            return cookie_value(a, s + name_len + 1, value_end);
        s = end;
    }
    return NULL;
}

const char *http_cookie(struct http_call *call, const char *name)
{
    const struct http_head *h = &call->state->head;
    char *found = NULL;
    for (size_t i = 0; i < h->n_lines && !found; i++)
        if (strcasecmp(h->lines[i].name, "Cookie") == 0)
            found = cookie_in(call->arena, h->lines[i].value, name);
    return found;
}

bool http_accepts(const struct http_call *call, const char *coding)
{
    size_t n = strlen(coding);
    const char *s = str_or(http_header(call, "Accept-Encoding"), "");
    while (*s) {
        s += strspn(s, ", \t");
        size_t len = strcspn(s, ",; \t");
        const char *rest = s + len + strspn(s + len, "; \t");
        if (len == n && strncasecmp(s, coding, n) == 0)
            return strncasecmp(rest, "q=0", 3) != 0 ||
                   strspn(rest + 3, ".0") != strcspn(rest + 3, ", \t");
        s += strcspn(s, ",");
    }
    return false;
}

void http_set(struct http_call *call, const char *name, const char *value)
{
    CHECK(call->n_out < HTTP_OUT_HEADERS_MAX);
    for (const char *v = value; *v; v++)
        CHECK((unsigned char)*v >= 0x20 && *v != 0x7F);
    call->out[call->n_out++] = (struct http_field){ name, arena_copy(call->arena, value) };
}

/* The last entry of the last such header: the one our own proxy wrote. */
static const char *last_entry(const struct http_request *r, const char *name)
{
    const struct http_head *h = &r->state.head;
    for (size_t i = h->n_lines; i-- > 0;) {
        if (strcasecmp(h->lines[i].name, name) != 0)
            continue;
        const char *comma = strrchr(h->lines[i].value, ',');
        const char *s = comma ? comma + 1 : h->lines[i].value;
        return s + strspn(s, " \t");
    }
    return NULL;
}

void http_request_origin(struct http_request *r)
{
    memcpy(r->remote, r->conn->remote, sizeof r->remote);
    r->call.remote = r->remote;
    r->call.https = false;
    if (!r->of->h->conf.behind_proxy)
        return;
    const char *from = last_entry(r, "X-Forwarded-For"),
               *proto = last_entry(r, "X-Forwarded-Proto");
    uint8_t room[16];
    if (from && (inet_pton(AF_INET, from, room) == 1 || inet_pton(AF_INET6, from, room) == 1))
        snprintf(r->remote, sizeof r->remote, "%s", from);
    r->call.https = proto && strcasecmp(proto, "https") == 0;
}

struct http_request *http_request_new(struct http_loop *l)
{
    struct http_request *r = l->free;
    if (r) {
        l->free = r->next;
        l->n_free--;
    } else {
        r = calloc(1, sizeof *r);
        CHECK(r != NULL);
        r->call.arena = arena_new(CALL_ARENA_LIMIT);
        r->of = l;
    }
    struct arena *arena = r->call.arena;
    memset(&r->call, 0, sizeof r->call);
    r->call.arena = arena;
    r->call.loop = l->no;
    r->call.path = r->call.query = r->call.remote = "";
    r->call.answer_fd = -1;
    r->call.state = &r->state;
    r->state.head.n_lines = 0;
    r->next = NULL;
    r->conn = NULL;
    r->step = STEP_HEAD;
    atomic_store_explicit(&r->wait, WAIT_NONE, memory_order_relaxed);
    r->known = r->close = r->body_heap = false;
    r->body = NULL;
    r->body_len = r->body_room = r->body_max = 0;
    return r;
}

void http_request_end(struct http_request *r)
{
    struct http_loop *l = r->of;
    if (r->known) {
        l->in_progress--;
        /* Whoever it was left to may still write to it: neither told nor used again. */
        if (atomic_load(&r->wait) == WAIT_ABANDONED)
            return;
        if (l->h->conf.hooks.done)
            l->h->conf.hooks.done(l->h->conf.hooks.arg, &r->call);
    }
    if (r->call.answer_fd >= 0)
        close(r->call.answer_fd);
    if (r->body_heap)
        free(r->body);
    if (l->n_free >= HTTP_FREE_MAX) {
        arena_free(r->call.arena);
        free(r);
        return;
    }
    arena_reset(r->call.arena);
    r->next = l->free;
    l->free = r;
    l->n_free++;
}

/* A small body of known length lives in the arena; any other grows on the heap with what really
 * arrives, so that announcing a large body costs us nothing. */
static void make_room(struct http_request *r, size_t need)
{
    if (need <= r->body_room)
        return;
    uint64_t told = r->state.head.content_length;
    if (!r->body && told > 0 && told <= BODY_IN_ARENA_MAX) {
        r->body_room = (size_t)told;
        r->body = arena_alloc(r->call.arena, r->body_room);
        return;
    }
    size_t room = r->body_room ? r->body_room : BODY_ROOM_FIRST;
    while (room < need)
        room *= 2;
    uint8_t *more = realloc(r->body, room);
    CHECK(more != NULL);
    r->body = more;
    r->body_room = room;
    r->body_heap = true;
}

bool http_request_body(struct http_request *r, const void *data, size_t n)
{
    if (n > r->body_max - r->body_len)
        return false;
    make_room(r, r->body_len + n);
    memcpy(r->body + r->body_len, data, n);
    r->body_len += n;
    return true;
}
