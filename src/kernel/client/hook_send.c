/* SPDX-License-Identifier: Apache-2.0
 * hook_send.c - sends messages to API clients: in rounds, each round one message of each client and
 * all at the same time, so that the slowest costs the ticker no more than HOOK_MS_MAX. The address
 * that a name resolved to is judged at the moment of connecting. */
#include "crypto/signer.h"
#include "kernel/client/hook.h"
#include "kernel/ticker/ticker.h"
#include <curl/curl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>

enum { ERROR_MAX = 160, ANSWER_MAX = 64 * 1024 };
struct shot {
    const struct hook_row *row;
    CURL *curl; /* NULL: it was not sent, error says why */
    struct curl_slist *headers;
    size_t got;
    bool local, refused, done, slow;
    char error[ERROR_MAX];
};

static int64_t monotonic_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct shot *s = arg;
    if (purpose != CURLSOCKTYPE_IPCXN || !hook_address_ok(&to->addr, s->local)) {
        s->refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

/* What the client says beside its status is not kept. */
static size_t ignore(char *p, size_t size, size_t n, void *arg)
{
    struct shot *s = arg;
    (void)p;
    s->got += size * n;
    return s->got > ANSWER_MAX ? 0 : size * n;
}

static enum err add_headers(struct ctx *c, struct shot *s)
{
    char *secret;
    const char *signature, *id = arena_printf(c->arena, "msg_%" PRId64, s->row->id);
    int64_t seconds = c->now_ms / 1000;
    struct bytes body = { (const uint8_t *)s->row->words, strlen(s->row->words) };
    TRY(field_open(c, "client.hook_secret", s->row->secret_sealed, &secret));
    TRY(hook_sign(c, secret, id, seconds, body, &signature));
    s->headers = curl_slist_append(NULL, "Content-Type: application/json");
    s->headers = curl_slist_append(s->headers, arena_printf(c->arena, "Webhook-Id: %s", id));
    s->headers = curl_slist_append(s->headers,
                                   arena_printf(c->arena, "Webhook-Timestamp: %" PRId64, seconds));
    s->headers =
        curl_slist_append(s->headers, arena_printf(c->arena, "Webhook-Signature: %s", signature));
    s->headers = curl_slist_append(s->headers, "Expect:");
    return OK;
}

static void aim(struct ctx *c, struct shot *s)
{
    struct ctx probe = *c;
    if (!hook_url_ok(s->row->url, s->local)) {
        snprintf(s->error, ERROR_MAX, "the address is not accepted");
        return;
    }
    if (add_headers(&probe, s) != OK) {
        snprintf(s->error, ERROR_MAX, "the signer did not open the secret");
        return;
    }
    CHECK((s->curl = curl_easy_init()) != NULL);
    curl_easy_setopt(s->curl, CURLOPT_PRIVATE, s);
    curl_easy_setopt(s->curl, CURLOPT_URL, s->row->url);
    curl_easy_setopt(s->curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(s->curl, CURLOPT_PROXY, ""); /* a proxy would connect where we may not */
    curl_easy_setopt(s->curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(s->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(s->curl, CURLOPT_TIMEOUT_MS, (long)HOOK_MS_MAX);
    curl_easy_setopt(s->curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(s->curl, CURLOPT_OPENSOCKETDATA, s);
    curl_easy_setopt(s->curl, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(s->curl, CURLOPT_HTTPHEADER, s->headers);
    curl_easy_setopt(s->curl, CURLOPT_POSTFIELDSIZE, (long)strlen(s->row->words));
    curl_easy_setopt(s->curl, CURLOPT_POSTFIELDS, s->row->words);
    curl_easy_setopt(s->curl, CURLOPT_WRITEFUNCTION, ignore);
    curl_easy_setopt(s->curl, CURLOPT_WRITEDATA, s);
}

static void land(struct shot *s, CURLcode rc)
{
    long status = 0;
    curl_off_t micros = 0;
    curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(s->curl, CURLINFO_TOTAL_TIME_T, &micros);
    s->done = true;
    s->slow = micros / 1000 > HOOK_SLOW_MS;
    if (s->refused)
        snprintf(s->error, ERROR_MAX, "an address of an inner network");
    else if (rc != CURLE_OK)
        snprintf(s->error, ERROR_MAX, "%s", curl_easy_strerror(rc));
    else if (status < 200 || status > 299)
        snprintf(s->error, ERROR_MAX, "HTTP %ld", status);
    else
        s->error[0] = '\0';
}

/* All at the same time, until each has an end of its own or the time is over. */
static void fly(struct shot *shots, size_t n)
{
    CURLM *multi = curl_multi_init();
    CHECK(multi != NULL);
    int64_t until = monotonic_ms() + HOOK_MS_MAX + 500;
    int running = 1, left;
    for (size_t i = 0; i < n; i++)
        if (shots[i].curl)
            curl_multi_add_handle(multi, shots[i].curl);
    while (running > 0 && monotonic_ms() < until &&
           curl_multi_perform(multi, &running) == CURLM_OK) {
        if (running > 0)
            curl_multi_poll(multi, NULL, 0, 100, NULL);
    }
    for (CURLMsg *m; (m = curl_multi_info_read(multi, &left)) != NULL;) {
        char *shot;
        if (m->msg == CURLMSG_DONE &&
            curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &shot) == CURLE_OK)
            land((struct shot *)(void *)shot, m->data.result);
    }
    for (size_t i = 0; i < n; i++) {
        if (!shots[i].curl)
            continue;
        if (!shots[i].done)
            snprintf(shots[i].error, ERROR_MAX, "no answer in time");
        curl_multi_remove_handle(multi, shots[i].curl);
        curl_easy_cleanup(shots[i].curl);
        curl_slist_free_all(shots[i].headers);
    }
    curl_multi_cleanup(multi);
}

struct round {
    struct shot *shots;
    size_t n;
};

static enum err record(struct ctx *c, void *arg)
{
    const struct round *r = arg;
    for (size_t i = 0; i < r->n; i++)
        TRY(hook_result(c, r->shots[i].row, r->shots[i].error, r->shots[i].slow));
    return OK;
}

static enum err send_round(struct ctx *c, struct app *a, size_t *sent)
{
    struct hook_row *rows;
    TRY(hook_due(c, &rows, sent));
    if (*sent == 0)
        return OK;
    struct round r = { ARENA_ARRAY(c->arena, struct shot, *sent), *sent };
    for (size_t i = 0; i < r.n; i++) {
        r.shots[i] = (struct shot){ .row = &rows[i], .local = app_conf(a)->demo };
        aim(c, &r.shots[i]);
    }
    fly(r.shots, r.n);
    return app_write(a, record, &r);
}

static void curl_start(void)
{
    CHECK(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
}

enum err hook_send(struct app *a)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct ctx c;
    size_t sent = 1;
    int64_t until = monotonic_ms() + HOOK_RUN_MS;
    pthread_once(&once, curl_start);
    app_system_ctx(a, &c);
    enum err e = db_open(&c, app_conf(a)->url, DB_READ, &c.db);
    if (!e) {
        while (!e && sent && monotonic_ms() < until && arena_used(c.arena) < ARENA_LIMIT / 2)
            e = send_round(&c, a, &sent);
        db_close(c.db);
    }
    if (e)
        fprintf(stderr, "webhooks: %s: %s\n", err_name(e), c.why);
    arena_free(c.arena);
    return e;
}
static struct tick_job hook_job = { .name = "接口推送", .seconds = 5, .run_free = hook_send };
TICK(hook_job)
