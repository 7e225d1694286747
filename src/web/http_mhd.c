/* SPDX-License-Identifier: Apache-2.0
 * http_mhd.c - the only file that knows libmicrohttpd. Turns its callbacks into steps of a request:
 * head (guard, head hook), body, run (request hook), answer. Everything runs on the owning loop.
 * Not used: its internal threads, post processor, digest auth, limit per address. */
#include "web/http_internal.h"
#include <microhttpd.h>
#include <unistd.h>

typedef enum MHD_Result result;

/* 0.9.75 answers twice when it refuses a missing Host itself, and drops a connection without a word
 * for a space in the address; the guard does both. Later versions check more at level 1. */
enum { STRICT = MHD_VERSION < 0x01000000 ? 0 : 1 };
enum { POOL_BYTES = 32 * 1024 };
_Static_assert((int)POOL_BYTES >= 2 * HTTP_HEAD_MAX, "head and the answer's head must fit");

static struct http_conn *conn_of(struct MHD_Connection *mc)
{
    return MHD_get_connection_info(mc, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

/* The request line is here. This is the only place where the library shows the address as sent. */
static void *on_uri(void *cls, const char *uri, struct MHD_Connection *mc)
{
    struct http_loop *l = cls;
    struct http_request *r = http_request_new(l);
    struct http_head *h = &r->state.head;
    r->mhd = mc;
    r->conn = conn_of(mc);
    r->conn->request = r;
    int64_t deadline = l->now_ns + l->h->limits.head_ms * 1000000;
    if (r->conn->deadline_ns > deadline)
        r->conn->deadline_ns = deadline;
    h->uri = uri;
    h->uri_len = strlen(uri);
    h->path_len = strcspn(uri, "?");
    h->query = "";
    if (h->path_len < h->uri_len) {
        const char *query = uri + h->path_len + 1;
        h->query = arena_copy_n(r->call.arena, query, h->uri_len - h->path_len - 1);
        /* The buffer is the library's own and writable. Cut, so that it does not parse (and pay
         * memory for) each of perhaps thousands of arguments that we decode ourselves. */
        char *cut;
        memcpy(&cut, &query, sizeof cut);
        *cut = '\0';
    }
    return r;
}

/* Leaves percent-escapes alone: http_url_decode is ours. */
static size_t no_unescape(void *cls, struct MHD_Connection *mc, char *s)
{
    (void)cls;
    (void)mc;
    return strlen(s);
}

static result note_line(void *cls, enum MHD_ValueKind kind, const char *name, size_t name_len,
                        const char *value, size_t value_len)
{
    struct http_head *h = cls;
    (void)kind;
    if (h->n_lines < HTTP_HEADERS_MAX)
        h->lines[h->n_lines] = (struct http_line){ name, value, name_len, value_len };
    h->n_lines++;
    return MHD_YES;
}

static struct MHD_Response *response_of(struct http_call *call)
{
    if (call->answer_fd >= 0 && call->status != 204) {
        int fd = call->answer_fd;
        call->answer_fd = -1; /* the library closes it */
        return MHD_create_response_from_fd64(call->answer_fd_size, fd);
    }
    size_t len = call->status == 204 ? 0 : call->answer.len;
    /* The library only reads it. */
    void *bytes;
    memcpy(&bytes, &call->answer.ptr, sizeof bytes);
    return MHD_create_response_from_buffer(len, len ? bytes : NULL, MHD_RESPMEM_PERSISTENT);
}

static result respond(struct http_request *r)
{
    struct http_call *call = &r->call;
    struct http_loop *l = r->of;
    CHECK(call->status >= 200 && call->status <= 599);
    bool bare = call->method == HTTP_HEAD || call->status == 204 || call->status == 304;
    size_t size = bare ? 0 : call->answer_fd >= 0 ? call->answer_fd_size : call->answer.len;
    struct MHD_Response *response = response_of(call);
    CHECK(response != NULL);
    for (size_t i = 0; i < call->n_out; i++)
        if (call->out[i].value[0] != '\0') /* the library takes no empty one */
            CHECK(MHD_add_response_header(response, call->out[i].name, call->out[i].value) ==
                  MHD_YES);
    if (r->close || atomic_load_explicit(&l->h->stopping, memory_order_relaxed))
        CHECK(MHD_add_response_header(response, "Connection", "close") == MHD_YES);
    result ok = MHD_queue_response(r->mhd, (unsigned)call->status, response);
    MHD_destroy_response(response);
    l->bytes_out += size;
    r->conn->body_ns = 0;
    r->conn->deadline_ns = l->now_ns + l->h->limits.idle_seconds * INT64_C(1000000000) +
                           (int64_t)size * 1000000000 / l->h->limits.body_rate_min;
    return ok;
}

static result refuse(struct http_request *r, int status)
{
    const struct http_hooks *hooks = &r->of->h->conf.hooks;
    r->of->refused++;
    r->call.status = status;
    r->close = r->conn->linger = true;
    if (hooks->refused)
        hooks->refused(hooks->arg, &r->call);
    return respond(r);
}

/* The library takes no answer in the middle of a body: written past it, and the connection closed.
 * Nothing else is on its way out, because the answer to this request has not begun. */
static result refuse_body(struct http_request *r)
{
    static const char answer[] = "HTTP/1.1 413 Content Too Large\r\n"
                                 "Connection: close\r\nContent-Length: 0\r\n\r\n";
    r->of->refused++;
    r->call.status = 413;
    r->conn->linger = true;
    ssize_t sent = send(r->conn->fd, answer, sizeof answer - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    (void)sent; /* the connection goes away in any case */
    return MHD_NO;
}

static enum http_method method_of(const char *method)
{
    return strcmp(method, "GET") == 0    ? HTTP_GET
           : strcmp(method, "POST") == 0 ? HTTP_POST
           : strcmp(method, "HEAD") == 0 ? HTTP_HEAD
                                         : HTTP_OTHER;
}

/* First call of the handler: nothing of the body has been read. */
static result step_head(struct http_request *r, const char *method, const char *version)
{
    struct http_loop *l = r->of;
    struct http_call *call = &r->call;
    struct http_head *h = &r->state.head;
    h->method = method;
    h->version = version;
    h->size = MHD_get_connection_info(r->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)->header_size;
    MHD_get_connection_values_n(r->mhd, MHD_HEADER_KIND, note_line, h);
    call->method = method_of(method);
    call->started_ns = l->now_ns = http_now_ns();
    memcpy(r->remote, r->conn->remote, sizeof r->remote);
    call->remote = r->remote;
    int status = http_guard_head(h);
    if (status != 0) {
        h->n_lines = 0; /* not to be relied upon by the refused hook */
        return refuse(r, status);
    }
    for (size_t i = 0; i < h->n_lines; i++)
        if (h->lines[i].value[h->lines[i].value_len] != '\0') /* white space after the value */
            h->lines[i].value = arena_copy_n(call->arena, h->lines[i].value, h->lines[i].value_len);
    const char *path = http_url_decode(call->arena, h->uri, h->path_len, false);
    status = http_guard_path(path);
    if (status != 0)
        return refuse(r, status);
    call->path = path;
    call->query = h->query;
    http_request_origin(r);
    l->requests++;
    l->in_progress++;
    r->known = true;
    if (!l->h->conf.hooks.head(l->h->conf.hooks.arg, call, &r->body_max)) {
        /* The library closes after an answer at the first call; without a body it need not. */
        r->close = r->conn->linger = h->chunked || h->content_length > 0;
        r->step = STEP_ANSWER;
        return r->close ? respond(r) : MHD_YES;
    }
    CHECK(r->body_max <= HTTP_BODY_MAX);
    if (h->content_length > r->body_max)
        return refuse(r, 413);
    r->step = STEP_BODY;
    r->conn->deadline_ns = 0;
    r->conn->body_bytes = 0;
    r->conn->body_ns = h->chunked || h->content_length > 0 ? l->now_ns : 0;
    return MHD_YES;
}

static result step_run(struct http_request *r)
{
    const struct http_hooks *hooks = &r->of->h->conf.hooks;
    r->step = STEP_RUN;
    r->conn->body_ns = 0;
    r->call.body = (struct bytes){ r->body, r->body_len };
    atomic_store_explicit(&r->wait, WAIT_ASKED, memory_order_relaxed);
    if (hooks->request(hooks->arg, &r->call)) {
        CHECK(atomic_load_explicit(&r->wait, memory_order_relaxed) == WAIT_ASKED);
        atomic_store_explicit(&r->wait, WAIT_NONE, memory_order_relaxed);
        return respond(r);
    }
    r->of->n_waiting++;
    MHD_suspend_connection(r->mhd);
    return MHD_YES;
}

static result on_request(void *cls, struct MHD_Connection *mc, const char *url, const char *method,
                         const char *version, const char *data, size_t *n, void **con_cls)
{
    struct http_request *r = *con_cls;
    (void)cls;
    (void)mc;
    (void)url;
    if (r->of->closing)
        return MHD_NO;
    switch (r->step) {
    case STEP_HEAD:
        return step_head(r, method, version);
    case STEP_BODY:
        if (*n == 0)
            return step_run(r);
        r->conn->body_bytes += *n;
        if (!http_request_body(r, data, *n))
            return refuse_body(r);
        *n = 0;
        return MHD_YES;
    case STEP_RUN: /* resumed */
    case STEP_ANSWER:
        return respond(r);
    }
    return MHD_NO;
}

static void on_completed(void *cls, struct MHD_Connection *mc, void **con_cls,
                         enum MHD_RequestTerminationCode code)
{
    struct http_loop *l = cls;
    struct http_request *r = *con_cls;
    (void)mc;
    (void)code;
    *con_cls = NULL;
    if (!r)
        return;
    r->conn->request = NULL;
    r->conn->body_ns = 0;
    r->conn->deadline_ns = l->now_ns + l->h->limits.idle_seconds * INT64_C(1000000000) +
                           l->h->limits.head_ms * 1000000;
    http_request_end(r);
}

static void on_connection(void *cls, struct MHD_Connection *mc, void **socket_context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct http_loop *l = cls;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        http_conn_close(l, *socket_context);
        free(*socket_context);
        *socket_context = NULL;
        return;
    }
    struct http_conn *conn = calloc(1, sizeof *conn);
    CHECK(conn != NULL);
    *socket_context = conn;
    conn->fd = MHD_get_connection_info(mc, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    http_conn_open(l, conn,
                   MHD_get_connection_info(mc, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr);
}

bool http_mhd_new(struct http_loop *l)
{
    struct MHD_OptionItem options[] = {
        { MHD_OPTION_CONNECTION_LIMIT, HTTP_CONNECTIONS_MAX, NULL },
        { MHD_OPTION_CONNECTION_MEMORY_LIMIT, POOL_BYTES, NULL },
        { MHD_OPTION_CONNECTION_TIMEOUT, (intptr_t)l->h->limits.idle_seconds, NULL },
        { MHD_OPTION_STRICT_FOR_CLIENT, STRICT, NULL },
        { MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, NULL },
        { MHD_OPTION_LISTEN_SOCKET, l->listen_fd, NULL },
        { MHD_OPTION_END, 0, NULL },
    };
    struct MHD_Daemon *d = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request, l, MHD_OPTION_ARRAY,
        options, MHD_OPTION_URI_LOG_CALLBACK, on_uri, l, MHD_OPTION_UNESCAPE_CALLBACK, no_unescape,
        NULL, MHD_OPTION_NOTIFY_COMPLETED, on_completed, l, MHD_OPTION_NOTIFY_CONNECTION,
        on_connection, l, MHD_OPTION_END);
    l->mhd = d;
    if (d)
        l->epoll_fd = MHD_get_daemon_info(d, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    return d != NULL;
}

void http_mhd_run(struct http_loop *l)
{
    CHECK(MHD_run(l->mhd) == MHD_YES);
}

int http_mhd_timeout_ms(struct http_loop *l)
{
    MHD_UNSIGNED_LONG_LONG ms;
    if (MHD_get_timeout(l->mhd, &ms) != MHD_YES)
        return -1;
    return ms > INT32_MAX ? INT32_MAX : (int)ms;
}

void http_mhd_resume(struct http_request *r)
{
    r->of->n_waiting--;
    MHD_resume_connection(r->mhd);
}

void http_mhd_quiesce(struct http_loop *l)
{
    close(MHD_quiesce_daemon(l->mhd));
    l->listen_fd = -1;
}

void http_mhd_free(struct http_loop *l)
{
    MHD_stop_daemon(l->mhd);
    l->mhd = NULL;
}
