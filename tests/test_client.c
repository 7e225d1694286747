/* SPDX-License-Identifier: Apache-2.0
 * test_client.c - the visitor of test_app.h: one connection per request, a jar of cookies, and the
 * forms of the last page. */
#include "core/day.h"
#include "kernel/account/account.h"
#include "kernel/body/body.h"
#include "kernel/post/post.h"
#include "test_app.h"
#include <arpa/inet.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FIELDS_MAX = 600, ANSWER_MAX = 8 * 1024 * 1024, ANSWER_SECONDS = 20 };

static struct arena *mem(const struct client *cl)
{
    return cl->t->c.arena;
}

struct client *client_new(struct test_app *t)
{
    struct client *cl = ARENA_NEW(t->c.arena, struct client);
    cl->t = t;
    cl->form = cl->body = cl->location = cl->type = cl->head = cl->path = "";
    return cl;
}

/* ---- cookies ---- */
void client_cookie(struct client *cl, const char *name, const char *value)
{
    size_t i = 0;
    while (i < CLIENT_COOKIES_MAX && cl->cookie_names[i] && !str_eq(cl->cookie_names[i], name))
        i++;
    CHECK(i < CLIENT_COOKIES_MAX);
    cl->cookie_names[i] = arena_copy(mem(cl), name);
    cl->cookies[i] = value && *value ? arena_copy(mem(cl), value) : NULL;
}

static const char *cookie_header(const struct client *cl)
{
    const char *out = "";
    for (size_t i = 0; i < CLIENT_COOKIES_MAX; i++)
        if (cl->cookies[i])
            out = arena_printf(mem(cl), "%s%s%s=%s", out,
                               *out ? "; " : "Cookie: ", cl->cookie_names[i], cl->cookies[i]);
    return *out ? arena_printf(mem(cl), "%s\r\n", out) : "";
}

static void keep_cookies(struct client *cl)
{
    for (const char *p = cl->head; (p = strcasestr(p, "\r\nSet-Cookie: "));) {
        p += 14;
        size_t name = strcspn(p, "="), value = strcspn(p + name + 1, ";\r");
        client_cookie(cl, arena_copy_n(mem(cl), p, name),
                      arena_copy_n(mem(cl), p + name + 1, value));
    }
}

/* ---- one request ---- */
const char *client_header(const struct client *cl, const char *name)
{
    const char *at = strcasestr(cl->head, arena_printf(mem(cl), "\r\n%s: ", name));
    if (!at)
        return "";
    at += strlen(name) + 4;
    return arena_copy_n(mem(cl), at, strcspn(at, "\r"));
}

static int connect_to(uint16_t port)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons(port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct timeval limit = { ANSWER_SECONDS, 0 };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(fd >= 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    CHECK(connect(fd, (const struct sockaddr *)&to, sizeof to) == 0);
    return fd;
}

static struct bytes exchange(struct client *cl, struct bytes request)
{
    static uint8_t answer[ANSWER_MAX];
    int fd = connect_to(cl->t->port);
    for (size_t sent = 0; sent < request.len;) {
        ssize_t n = send(fd, request.ptr + sent, request.len - sent, MSG_NOSIGNAL);
        CHECK(n > 0);
        sent += (size_t)n;
    }
    size_t len = 0;
    for (ssize_t n; (n = recv(fd, answer + len, sizeof answer - 1 - len, 0)) > 0;)
        len += (size_t)n;
    close(fd);
    return (struct bytes){ (uint8_t *)arena_copy_n(mem(cl), (char *)answer, len), len };
}

/* What tidy has to say about the page; nothing where it is not installed. */
static void check_html(const struct client *cl)
{
    static int have = -1;
    char said[2000], path[200];
    if (have < 0)
        have = system("command -v tidy >/dev/null 2>&1") == 0;
    if (!have)
        return;
    snprintf(path, sizeof path, "%s/page%d.html", getenv("XY_TEST_DIR"), (int)getpid());
    FILE *f = fopen(path, "w");
    CHECK(f != NULL && fwrite(cl->body, 1, cl->n_body, f) == cl->n_body && fclose(f) == 0);
    FILE *tidy = popen(arena_printf(mem(cl),
                                    "tidy -e -q -utf8 --drop-empty-elements no "
                                    "--warn-proprietary-attributes no %s 2>&1",
                                    path),
                       "r");
    CHECK(tidy != NULL);
    size_t n = fread(said, 1, sizeof said - 1, tidy);
    said[n] = '\0';
    pclose(tidy);
    ck_assert_msg(n == 0, "%s is not good HTML (%s):\n%s", cl->path, path, said);
}

static void take_answer(struct client *cl, struct bytes all)
{
    const char *end = memmem(all.ptr, all.len, "\r\n\r\n", 4);
    cl->status = 0;
    cl->head = cl->body = "";
    cl->n_body = 0;
    if (end && all.len > 12 && memcmp(all.ptr, "HTTP/1.1 ", 9) == 0) {
        size_t head = (size_t)(end - (const char *)all.ptr);
        cl->status = (int)strtol((const char *)all.ptr + 9, NULL, 10);
        cl->head = arena_copy_n(mem(cl), (const char *)all.ptr, head + 2);
        cl->body = end + 4;
        cl->n_body = all.len - head - 4;
    }
    cl->type = client_header(cl, "Content-Type");
    cl->location = client_header(cl, "Location");
    keep_cookies(cl);
    bool html = str_starts(cl->type, "text/html") && cl->n_body > 0;
    if (html && !cl->no_tidy)
        check_html(cl);
    if (html && cl->status / 100 != 3)
        cl->form = cl->body;
}

static void request_bytes(struct client *cl, const char *method, const char *path,
                          const char *headers, struct bytes body)
{
    const char *head =
        arena_printf(mem(cl),
                     "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: close\r\n"
                     "%s%s\r\n",
                     method, path, (unsigned)cl->t->port, cookie_header(cl), headers);
    size_t n = strlen(head);
    uint8_t *all = arena_alloc(mem(cl), n + body.len + 1);
    memcpy(all, head, n);
    if (body.len)
        memcpy(all + n, body.ptr, body.len);
    cl->path = arena_copy(mem(cl), path);
    take_answer(cl, exchange(cl, (struct bytes){ all, n + body.len }));
}

static void request(struct client *cl, const char *method, const char *path, const char *headers,
                    const char *body)
{
    size_t n = body ? strlen(body) : 0;
    const char *length = body ? arena_printf(mem(cl), "Content-Length: %zu\r\n", n) : "";
    request_bytes(cl, method, path, arena_printf(mem(cl), "%s%s", headers, length),
                  (struct bytes){ (const uint8_t *)body, n });
}

/* Chinese in a query may be written as it is: it goes out percent-encoded. */
static const char *ascii_path(struct client *cl, const char *path)
{
    char *out = arena_alloc(mem(cl), strlen(path) * 3 + 1), *p = out;
    for (; *path; path++)
        if ((unsigned char)*path > 0x20 && (unsigned char)*path < 0x7f)
            *p++ = *path;
        else
            p += snprintf(p, 4, "%%%02X", (unsigned)(unsigned char)*path);
    *p = '\0';
    return out;
}

void client_get(struct client *cl, const char *path)
{
    request(cl, "GET", ascii_path(cl, path), "", NULL);
}

void client_follow(struct client *cl)
{
    ck_assert_msg(*cl->location, "%s: status %d goes nowhere", cl->path, cl->status);
    client_get(cl, cl->location);
}

void client_post_raw(struct client *cl, const char *path, const char *body)
{
    const char *headers = arena_printf(mem(cl),
                                       "Content-Type: application/x-www-form-urlencoded\r\n"
                                       "Origin: http://127.0.0.1:%u\r\n",
                                       (unsigned)cl->t->port);
    request(cl, "POST", ascii_path(cl, path), headers, body);
}

void client_request(struct client *cl, const char *method, const char *path, const char *headers,
                    const char *body)
{
    request(cl, method, path, headers, body);
}

void client_json(struct client *cl, const char *path, const char *json)
{
    const char *token = "";
    for (size_t i = 0; i < CLIENT_COOKIES_MAX; i++)
        if (cl->cookies[i] && str_eq(cl->cookie_names[i], "xy"))
            token = arena_printf(mem(cl), "Authorization: Bearer %s\r\n", cl->cookies[i]);
    request(cl, "POST", ascii_path(cl, path),
            arena_printf(mem(cl), "%sContent-Type: application/json\r\n", token), json);
}

/* ---- forms of a page ---- */
struct pair {
    const char *name, *value;
};
struct fields {
    struct pair all[FIELDS_MAX];
    size_t n;
};

static const char *unescape(struct arena *a, const char *s, size_t n)
{
    static const struct {
        const char *name;
        char ch;
    } known[] = { { "&amp;", '&' },  { "&lt;", '<' },   { "&gt;", '>' },
                  { "&quot;", '"' }, { "&#39;", '\'' }, { "&#34;", '"' } };
    char *out = arena_alloc(a, n + 1), *p = out;
    for (size_t i = 0; i < n;) {
        size_t k = 0;
        while (k < COUNT(known) && !(s[i] == '&' && str_starts(s + i, known[k].name)))
            k++;
        *p++ = k < COUNT(known) ? known[k].ch : s[i];
        i += k < COUNT(known) ? strlen(known[k].name) : 1;
    }
    return out;
}

/* The value of an attribute of the tag that begins at `tag`; "" for one without a value; NULL. */
static const char *attribute(struct arena *a, const char *tag, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = tag + strcspn(tag, " \n>"); *p && *p != '>';) {
        p += strspn(p, " \n");
        size_t len = strcspn(p, " \n=>");
        bool same = len == n && memcmp(p, name, n) == 0;
        p += len;
        if (p[0] != '=' || p[1] != '"') {
            if (same && len)
                return "";
            if (len == 0 && *p != '>')
                return NULL;
            continue;
        }
        size_t value = strcspn(p + 2, "\"");
        if (same)
            return unescape(a, p + 2, value);
        p += 2 + value + 1;
    }
    return NULL;
}

static bool is_tag(const char *p, const char *name)
{
    size_t n = strlen(name);
    return p[0] == '<' && strncmp(p + 1, name, n) == 0 && strchr(" \n>", p[1 + n]);
}

static void put(struct fields *f, const char *name, const char *value)
{
    CHECK(f->n < FIELDS_MAX);
    f->all[f->n++] = (struct pair){ name, value };
}

static void read_input(struct arena *a, const char *tag, struct fields *f)
{
    const char *name = attribute(a, tag, "name"), *type = attribute(a, tag, "type"),
               *value = attribute(a, tag, "value");
    bool box = type && (str_eq(type, "checkbox") || str_eq(type, "radio"));
    if (!name || (box && !attribute(a, tag, "checked")) ||
        (type && (str_eq(type, "file") || str_eq(type, "submit"))))
        return;
    put(f, name, value ? value : box ? "on" : "");
}

static const char *read_select(struct arena *a, const char *tag, struct fields *f)
{
    const char *end = strstr(tag, "</select>"), *chosen = NULL;
    CHECK(end != NULL);
    for (const char *p = strchr(tag, '>'); p && p < end; p = strchr(p + 1, '<'))
        if (is_tag(p, "option") && (!chosen || attribute(a, p, "selected")))
            chosen = str_or(attribute(a, p, "value"), "");
    put(f, attribute(a, tag, "name"), chosen ? chosen : "");
    return end;
}

static const char *read_textarea(struct arena *a, const char *tag, struct fields *f)
{
    const char *from = strchr(tag, '>') + 1, *end = strstr(from, "</textarea>");
    CHECK(end != NULL);
    from += *from == '\n'; /* as browsers do */
    put(f, attribute(a, tag, "name"), unescape(a, from, (size_t)(end - from)));
    return end;
}

/* All fields between from and end (NULL: the end of the page). */
static void read_fields(struct arena *a, const char *from, const char *end, struct fields *f)
{
    for (const char *p = from; (p = strchr(p, '<')) && (!end || p < end); p++) {
        if (is_tag(p, "input"))
            read_input(a, p, f);
        else if (is_tag(p, "select") && attribute(a, p, "name"))
            p = read_select(a, p, f);
        else if (is_tag(p, "textarea") && attribute(a, p, "name"))
            p = read_textarea(a, p, f);
    }
}

/* The form of the last page whose action is path; false when there is none. */
static bool find_form(struct client *cl, const char *path, struct fields *f)
{
    struct arena *a = mem(cl);
    for (const char *p = cl->form; (p = strstr(p, "<form")); p++) {
        const char *action = attribute(a, p, "action"), *method = attribute(a, p, "method");
        if (method && str_eq(method, "post") && action && str_eq(action, path)) {
            read_fields(a, p, strstr(p, "</form>"), f);
            return true;
        }
    }
    return false;
}

static const char *value_of(const struct fields *f, const char *name)
{
    for (size_t i = 0; i < f->n; i++)
        if (str_eq(f->all[i].name, name))
            return f->all[i].value;
    return NULL;
}

const char *client_value(struct client *cl, const char *name)
{
    struct fields *f = ARENA_NEW(mem(cl), struct fields);
    read_fields(mem(cl), cl->form, NULL, f);
    return value_of(f, name);
}

/* ---- sending them ---- */
static void replace(struct fields *f, const char *name, const char *value)
{
    size_t i = 0;
    while (i < f->n && !str_eq(f->all[i].name, name))
        i++;
    if (i == f->n)
        put(f, name, value);
    f->all[i].value = value;
}

static void send_fields(struct client *cl, const char *path, const struct fields *f)
{
    struct arena *a = mem(cl);
    size_t room = 1;
    for (size_t i = 0; i < f->n; i++)
        room += 3 * strlen(f->all[i].name) + 3 * strlen(f->all[i].value) + 2;
    char *body = arena_alloc(a, room), *p = body;
    for (size_t i = 0; i < f->n; i++)
        p += snprintf(p, room - (size_t)(p - body), "%s%s=%s", i ? "&" : "",
                      html_percent(a, f->all[i].name), html_percent(a, f->all[i].value));
    client_post_raw(cl, path, body);
}

static void replace_all(struct fields *f, va_list ap)
{
    for (const char *name; (name = va_arg(ap, const char *));)
        replace(f, name, va_arg(ap, const char *));
}

static const char *csrf_of(struct client *cl)
{
    uint8_t hash[32];
    struct session s;
    for (size_t i = 0; i < CLIENT_COOKIES_MAX; i++)
        if (cl->cookies[i] && str_eq(cl->cookie_names[i], "xy") &&
            session_token_hash(cl->cookies[i], hash) && session_load(&cl->t->c, hash, &s) == OK)
            return arena_copy(mem(cl), s.csrf);
    return NULL;
}

void client_post(struct client *cl, const char *path, ...)
{
    struct fields *page = ARENA_NEW(mem(cl), struct fields), *f = ARENA_NEW(mem(cl), struct fields);
    va_list ap;
    if (!find_form(cl, path, page))
        read_fields(mem(cl), cl->form, NULL, page);
    const char *rid = value_of(page, "rid"), *csrf = value_of(page, "csrf");
    if (!csrf)
        csrf = csrf_of(cl); /* the button is not drawn: as one who writes the request himself */
    if (rid)
        put(f, "rid", rid);
    if (csrf)
        put(f, "csrf", csrf);
    va_start(ap, path);
    replace_all(f, ap);
    va_end(ap);
    send_fields(cl, path, f);
}

void client_submit(struct client *cl, const char *path, ...)
{
    struct fields *f = ARENA_NEW(mem(cl), struct fields);
    va_list ap;
    ck_assert_msg(find_form(cl, path, f), "%s has no form for %s", cl->path, path);
    va_start(ap, path);
    replace_all(f, ap);
    va_end(ap);
    send_fields(cl, path, f);
}

void client_upload(struct client *cl, const char *path, const char *field, struct bytes file, ...)
{
    struct arena *a = mem(cl);
    struct fields *f = ARENA_NEW(a, struct fields);
    const char *text = "";
    va_list ap;
    if (!find_form(cl, path, f))
        put(f, "csrf", csrf_of(cl));
    va_start(ap, file);
    replace_all(f, ap);
    va_end(ap);
    for (size_t i = 0; i < f->n; i++)
        if (!str_eq(f->all[i].name, field))
            text = arena_printf(
                a, "%s--B\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n", text,
                f->all[i].name, f->all[i].value);
    text = arena_printf(a,
                        "%s--B\r\nContent-Disposition: form-data; name=\"%s\"; "
                        "filename=\"../paper.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n",
                        text, field);
    size_t n = strlen(text);
    static const char end[] = "\r\n--B--\r\n";
    uint8_t *body = arena_alloc(a, n + file.len + sizeof end);
    memcpy(body, text, n);
    memcpy(body + n, file.ptr, file.len);
    memcpy(body + n + file.len, end, sizeof end - 1);
    n += file.len + sizeof end - 1;
    request_bytes(cl, "POST", path,
                  arena_printf(a,
                               "Content-Type: multipart/form-data; boundary=B\r\n"
                               "Origin: http://127.0.0.1:%u\r\nContent-Length: %zu\r\n",
                               (unsigned)cl->t->port, n),
                  (struct bytes){ body, n });
}

/* ---- signing in ---- */
struct signing {
    struct client *cl;
    const char *kind, *place, *name;
    char token[44];
};

static enum err new_account(struct ctx *c, struct signing *s)
{
    static int n;
    const char *code, *phone = arena_printf(c->arena, "139%08d", 10000000 + n++);
    return account_add(c, s->name, phone, &s->cl->account, &code);
}

static enum err sign_in(struct ctx *c, void *arg)
{
    struct signing *s = arg;
    if (s->cl->account == 0)
        TRY(new_account(c, s));
    if (s->kind) {
        struct post p = { .account = s->cl->account,
                          .kind = s->kind,
                          .place = s->place,
                          .from_day = day_of_ms(c->now_ms),
                          .decision = "为测试任命" };
        struct body b;
        int no = post_kind_named(s->kind);
        CHECK(no >= 0);
        if (post_kind((enum post_kind_no)no)->needs_body) {
            TRY(body_serving(c, "civil_affairs", s->place, &b));
            p.body = b.id;
        }
        TRY(post_appoint(c, &p));
    }
    return session_start(c, s->cl->account, "测试", true, s->token);
}

static void sign_in_as(struct client *cl, struct signing *s)
{
    test_app_write(cl->t, sign_in, s);
    session_cache_drop(app_sessions(cl->t->app), cl->account);
    client_cookie(cl, "xy", s->token);
}

void client_sign_in(struct client *cl, const char *kind, const char *place)
{
    sign_in_as(cl, &(struct signing){ .cl = cl, .kind = kind, .place = place, .name = "张某某" });
}

void client_sign_in_plain(struct client *cl, const char *name)
{
    sign_in_as(cl, &(struct signing){ .cl = cl, .name = name });
}

void client_renew(struct client *cl)
{
    sign_in_as(cl, &(struct signing){ .cl = cl });
    cl->form = ""; /* its forms have the old session's token */
}

/* ---- looking at the answer ---- */
bool client_has(const struct client *cl, const char *text)
{
    return memmem(cl->body, cl->n_body, text, strlen(text)) != NULL;
}

void client_show(const struct client *cl)
{
    printf("%s\n%s\n%s\n", cl->path, cl->head, cl->body);
    fflush(stdout);
}

const char *client_between(struct client *cl, const char *before, const char *after)
{
    const char *from = strstr(cl->body, before), *to;
    if (!from || !(to = strstr(from + strlen(before), after)))
        return NULL;
    from += strlen(before);
    return arena_copy_n(mem(cl), from, (size_t)(to - from));
}
