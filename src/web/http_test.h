/* SPDX-License-Identifier: Apache-2.0
 * http_test.h - a small server behind http.h and a plain client, for the tests of the HTTP door. */
#pragma once
#include "test.h"
#include "web/http_internal.h"

enum { BODY_MAX = 100 * 1024, REPLY_MAX = 64 * 1024, LATER_MAX = 1024 };

/* GET /echo?x: path and query; POST /echo: the body; /later: the same from another thread;
 * /never: nobody answers; /no: refused by the head hook; /file, /204, /304, /headers, /origin. */
struct server {
    struct http *h;
    struct http_conf conf;
    struct http_limits limits;
    struct ctx ctx;
    pthread_t finisher;
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct http_call *later[LATER_MAX];
    size_t n_later;
    bool stop;
    unsigned fail_loop; /* loop_start of this one fails; 0: none (counted from 1) */
    struct http_call *never;
    atomic_int heads, dones, starts, stops, refusals, file_fd_size;
};
/* Starts with conf and limits as server_init left them or the test changed them. */
void server_init(struct server *s);
enum err server_start(struct server *s) MUST_USE;
void server_stop(struct server *s);

/* A connection from 127.0.0.1; -1 when refused. */
int client(uint16_t port);
int client_from(const char *address, uint16_t port);
void client_send(int fd, const char *text);
void client_send_n(int fd, const void *bytes, size_t n);
struct reply {
    int status;  /* 0: closed or silent without an answer */
    bool closed; /* the server closed after it */
    size_t n_body;
    char head[8192];
    char body[REPLY_MAX];
};
/* Reads one answer (of a GET or POST), waiting at most 5 s for each piece. */
void client_read(int fd, struct reply *r);
/* Reads one answer to HEAD: no body is expected. */
void client_read_head(int fd, struct reply *r);
/* Whether the server closes within ms; throws away what it still sends. */
bool client_closed(int fd, int ms);
/* Sends text on a new connection and reads one answer; closed tells whether the server then hung
 * up. */
void ask(uint16_t port, const char *text, struct reply *r);
void ask_n(uint16_t port, const void *bytes, size_t n, struct reply *r);
/* Raises the limit on open files as far as allowed. */
void many_files(void);
