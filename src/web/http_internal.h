/* SPDX-License-Identifier: Apache-2.0
 * http_internal.h - what the files behind http.h share; nobody else includes it. http_mhd.c is the
 * only file that knows the HTTP library; http.c has the threads, queues and deadlines; http_guard.c
 * and http_url.c are pure; http_sock.c has sockets and the count per address. */
#pragma once
#include "web/http.h"
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>

enum {
    HTTP_REMOTE_MAX = 46, /* text of an IPv6 address and NUL */
    HTTP_FREE_MAX = 256,  /* finished requests whose arena a loop keeps */
    HTTP_LINGER_MAX = 64, /* refused connections drained at once, per loop */
    HTTP_URI_MAX = 3 * HTTP_PATH_MAX + 1 + HTTP_QUERY_MAX,
    HTTP_PEER_BUCKETS = 4096,
};

/* Times and counts that tests shorten. */
struct http_limits {
    unsigned idle_seconds;
    int64_t head_ms, body_grace_ms, body_rate_min; /* rate: bytes per second */
    int64_t stop_ms, linger_ms, reap_ms;           /* reap_ms: how often the reaper looks */
    unsigned per_address;
    bool loopback_counts;
};
extern const struct http_limits http_limits_default;
/* http_start with other limits (copied). */
enum err http_start_limited(struct ctx *c, const struct http_conf *conf,
                            const struct http_limits *limits, struct http **out) MUST_USE;

/* ---- guard: pure ---- */
struct http_line {
    const char *name, *value;
    size_t name_len, value_len;
};
/* The head as the library left it in its buffer: separators have become NUL. */
struct http_head {
    const char *method, *version;
    const char *uri;   /* path and query; points into the buffer, cut at '?' */
    size_t uri_len;    /* of path and query before the cut */
    size_t path_len;   /* up to '?' */
    const char *query; /* copy of what follows '?', or "" */
    size_t size;       /* bytes from method to the end of the head */
    struct http_line lines[HTTP_HEADERS_MAX];
    size_t n_lines; /* may exceed HTTP_HEADERS_MAX: then the rest was not noted */
    /* filled in by http_guard_head */
    bool chunked;
    uint64_t content_length; /* 0 when there is none */
};
/* 0, or the status with which the head is refused. */
int http_guard_head(struct http_head *h) MUST_USE;
/* 0 when the decoded path is one a route may see, else the status. NULL: could not be decoded. */
int http_guard_path(const char *path) MUST_USE;
/* The line called name (case-insensitive), or NULL. */
const struct http_line *http_head_line(const struct http_head *h, const char *name);

/* ---- sockets ---- */
/* A bound, listening, non-blocking socket; -1 with errno. *port 0 becomes the one chosen. */
int http_listen(const char *address, uint16_t *port, bool reuseport) MUST_USE;
/* Whether another program already listens there (SO_REUSEPORT alone would not tell). */
bool http_port_taken(const char *address, uint16_t port) MUST_USE;
/* The address as text; an IPv4 address inside IPv6 as IPv4. */
void http_remote_text(const struct sockaddr *sa, char out[HTTP_REMOTE_MAX]);

struct http_peer;
struct http_peers {
    pthread_mutex_t lock;
    struct http_peer *buckets[HTTP_PEER_BUCKETS];
    uint64_t seed;
    unsigned max;
    bool loopback_counts;
};
/* One network address: an IPv4 address, or the first 64 bits of an IPv6 one. */
struct http_net {
    uint64_t net;
    bool counted;
};
void http_peers_init(struct http_peers *p, unsigned max, bool loopback_counts);
void http_peers_clear(struct http_peers *p);
/* Counts one connection more; false when there are too many. Every enter needs its leave. */
bool http_peers_enter(struct http_peers *p, const struct sockaddr *sa, struct http_net *net);
void http_peers_leave(struct http_peers *p, const struct http_net *net);

/* ---- loops ---- */
struct http_state { /* the part of a request that http.h's struct http_call points to */
    struct http_head head;
};
enum http_step { STEP_HEAD, STEP_BODY, STEP_RUN, STEP_ANSWER };
enum http_wait { WAIT_NONE, WAIT_ASKED, WAIT_FINISHED, WAIT_ABANDONED };
struct http_request {
    struct http_call call; /* first: http_finish goes back from it */
    struct http_state state;
    struct http_loop *of;
    struct http_conn *conn;
    void *mhd;                 /* the library's connection */
    struct http_request *next; /* in the free list or the queue of finished ones */
    enum http_step step;
    atomic_int wait; /* enum http_wait */
    bool known;      /* the head hook saw it: the done hook will */
    bool close;      /* after the answer */
    uint8_t *body;
    size_t body_len, body_room, body_max;
    bool body_heap;
    char remote[HTTP_REMOTE_MAX];
};

struct http_conn {
    struct http_conn *prev, *next;
    int fd;
    struct http_request *request; /* the one in progress */
    int64_t deadline_ns;          /* 0: none */
    int64_t body_ns;              /* when the body began; 0: no body on its way */
    uint64_t body_bytes;
    bool linger; /* the client may still be sending: drain before closing */
    struct http_net net;
    char remote[HTTP_REMOTE_MAX];
};

struct http_loop {
    struct http *h;
    unsigned no;
    pthread_t thread;
    void *mhd; /* the library's daemon */
    int wake_fd, epoll_fd, listen_fd;
    int64_t now_ns, reap_ns;
    struct http_conn *conns;
    struct http_request *free;
    size_t n_free, in_progress, n_waiting;
    struct {
        int fd;
        int64_t until_ns;
    } linger[HTTP_LINGER_MAX];
    size_t n_linger;
    bool closing;         /* takes no request any more */
    pthread_mutex_t lock; /* of the queue only */
    struct http_request *queue, **queue_end;
    _Atomic uint64_t requests, refused, connections_now, connections_total, bytes_out;
};

struct http {
    struct http_conf conf;
    struct http_limits limits;
    uint16_t port;
    unsigned n_loops;
    struct http_loop loops[HTTP_LOOPS_MAX];
    struct http_peers peers;
    atomic_bool stopping;
    pthread_mutex_t lock; /* of the two below */
    pthread_cond_t ready;
    unsigned n_ready;
    enum err start_err;
};

/* CLOCK_MONOTONIC in nanoseconds. */
int64_t http_now_ns(void);
/* A request from the loop's free list, its arena empty. */
struct http_request *http_request_new(struct http_loop *l);
/* Calls the done hook where due and puts the request back. */
void http_request_end(struct http_request *r);
/* Fills in remote and https from the connection and, behind a proxy, from its headers. */
void http_request_origin(struct http_request *r);
/* Takes more bytes of the body; false when they exceed body_max. */
bool http_request_body(struct http_request *r, const void *data, size_t n) MUST_USE;
void http_conn_open(struct http_loop *l, struct http_conn *conn, const struct sockaddr *sa);
void http_conn_close(struct http_loop *l, struct http_conn *conn);

/* ---- the library (http_mhd.c) ---- */
bool http_mhd_new(struct http_loop *l) MUST_USE;
void http_mhd_run(struct http_loop *l);
/* Milliseconds until the library wants to run again without an event; -1: never. */
int http_mhd_timeout_ms(struct http_loop *l);
void http_mhd_resume(struct http_request *r);
/* Stops listening; the connections go on. */
void http_mhd_quiesce(struct http_loop *l);
void http_mhd_free(struct http_loop *l);
