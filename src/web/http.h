/* SPDX-License-Identifier: Apache-2.0
 * http.h - the only door to the HTTP library. Several polling threads ("loops"), each with its own
 * listening socket (SO_REUSEPORT) and daemon, driven by our own poll(): the library's internal
 * threads stop serving when many connections are ready at once. What a strict proxy refuses, the
 * guard refuses here before anybody else sees the request. */
#pragma once
#include "core/core.h"

enum {
    HTTP_PATH_MAX = 1024,           /* bytes of the path */
    HTTP_QUERY_MAX = 4096,          /* bytes of the query string */
    HTTP_HEAD_MAX = 16 * 1024,      /* request line and all headers */
    HTTP_HEADERS_MAX = 64,          /* header lines */
    HTTP_BODY_MAX = 32 * 1024 * 1024, /* no route may allow more */
    HTTP_CONNECTIONS_MAX = 20000,   /* per loop */
    HTTP_PER_ADDRESS_MAX = 2048,    /* connections from one address (loopback is exempt) */
    HTTP_IDLE_SECONDS = 60,         /* keep-alive without a request */
    HTTP_HEAD_SECONDS = 15,         /* from the first byte to the end of the head */
    HTTP_BODY_GRACE_SECONDS = 15,   /* before the minimum rate counts */
    HTTP_BODY_RATE_MIN = 512,       /* bytes per second over the whole body */
    HTTP_OUT_HEADERS_MAX = 24,
    HTTP_LOOPS_MAX = 16,
};

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_OTHER };

struct http_field {
    const char *name, *value;
};

/* One request and its answer. Lives in its arena from the head until the last byte of the answer. */
struct http_call {
    struct arena *arena;
    unsigned loop;            /* number of the loop that owns the connection */
    enum http_method method;  /* HTTP_OTHER: anything the guard lets through but no route takes */
    const char *path;         /* percent-decoded, valid UTF-8, begins with '/', no NUL, no "/../" */
    const char *query;        /* as sent, without '?'; "" when there is none */
    const char *remote;       /* the client's address; X-Forwarded-For's last entry behind a proxy */
    bool https;               /* the visitor's own connection is encrypted (X-Forwarded-Proto) */
    struct bytes body;        /* complete when request() is called */
    int64_t started_ns;       /* CLOCK_MONOTONIC at the end of the head */

    int status;
    struct http_field out[HTTP_OUT_HEADERS_MAX]; /* set with http_set */
    size_t n_out;
    struct bytes answer;      /* in the arena, or static storage; sent without a copy */
    int answer_fd;            /* -1, or a file to send instead of `answer`; closed afterwards */
    size_t answer_fd_size;
    void *user;               /* the caller's own */
    struct http_state *state; /* http.c's own */
};

struct http_hooks {
    /* The head is here and passed the guard. Sets the most bytes of body to accept (default 0).
     * Returns false when it has already filled in an answer (an error): the body is not read. */
    bool (*head)(void *arg, struct http_call *call, size_t *body_max);
    /* The whole request is here. Returns true when the answer is filled in; false when somebody
     * will call http_finish later, from any thread. Runs on the owning loop. */
    bool (*request)(void *arg, struct http_call *call);
    /* Runs on the owning loop after http_finish, before the answer is sent (may finish rendering).
     * Returns false when somebody will call http_finish once more. May be NULL. */
    bool (*resume)(void *arg, struct http_call *call);
    /* The answer went out, or the connection died. The call's arena goes away afterwards. Runs
     * once for each call that head() saw (not for what the guard refused before it). */
    void (*done)(void *arg, struct http_call *call);
    /* On each loop's thread, at its start and end: per-loop things such as a read connection. */
    enum err (*loop_start)(void *arg, unsigned loop);
    void (*loop_stop)(void *arg, unsigned loop);
    /* A request that the guard refused: fills in the body of the answer (status is set). May be
     * NULL: an empty body. */
    void (*refused)(void *arg, struct http_call *call);
    void *arg;
};

struct http_conf {
    const char *address;   /* "127.0.0.1", "::1", ... */
    uint16_t port;         /* 0: a free one */
    int listen_fd;         /* >= 0: an already bound and listening socket, shared by all loops
                              instead of address and port; -1: none */
    unsigned loops;        /* 0: one per core */
    bool behind_proxy;     /* believe X-Forwarded-For and X-Forwarded-Proto */
    struct http_hooks hooks;
};

struct http;
/* Starts the loops; on return the port accepts connections. E_IO: cannot bind. */
enum err http_start(struct ctx *c, const struct http_conf *conf, struct http **out) MUST_USE;
/* The port in use. */
uint16_t http_port(const struct http *h);
/* Stops accepting, lets requests in progress finish (at most 5 s), joins the loops, frees. */
void http_stop(struct http *h);

/* The value of a request header (case-insensitive), or NULL. */
const char *http_header(const struct http_call *call, const char *name);
/* The value of a cookie (RFC 6265), or NULL. In the arena. */
const char *http_cookie(struct http_call *call, const char *name);
/* Whether the client takes this content coding (RFC 9110 12.5.3; "*" is not heeded). */
bool http_accepts(const struct http_call *call, const char *coding);
/* Adds a header to the answer; value is copied into the arena. Values with a control character are
 * our bug (CHECK). */
void http_set(struct http_call *call, const char *name, const char *value);
/* For a call whose request() returned false: the answer is filled in. From any thread, once. Does
 * nothing when http_stop has given the call up (then its memory is left, and done() is not told). */
void http_finish(struct http_call *call);
/* Counters since the start, for /metrics. */
struct http_counters {
    uint64_t requests, refused, connections_now, connections_total, bytes_out;
};
void http_counters(struct http *h, struct http_counters *out);

/* Percent-decodes n bytes into the arena ('+' is a space when plus). NULL when it is not valid:
 * a broken %XX, a NUL, or bytes that are not UTF-8. */
char *http_url_decode(struct arena *a, const char *s, size_t n, bool plus);
