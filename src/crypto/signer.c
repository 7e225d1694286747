/* SPDX-License-Identifier: Apache-2.0
 * signer.c - the client's side: builds the question, waits for the answer, copies it into the
 * arena, wipes the message. */
#include "core/fault.h"
#include "crypto/signer_msg.h"
#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { TOGETHER_MAX = 16, TOGETHER_BYTES = 32 * 1024 };

/* One thread's question. The fields below `answer` are under the signer's lock. */
struct waiter {
    struct signer_msg *ask, *answer;
    bool done, ok;
    pthread_cond_t wake;
    struct waiter *next;
};

/* Remote: of all threads that ask at once, one (the leader) carries the questions of the others
 * along, so that a busy moment costs few switches between processes. */
struct signer {
    struct signer_keys *keys; /* local; NULL: remote */
    int fd;
    uint32_t id; /* the leader's */
    pthread_mutex_t lock;
    bool starting;                /* remote: no answer has come yet */
    bool led;                     /* a leader is under way */
    struct waiter *first, **last; /* who waits for the next leader */
};

static struct signer *signer_new(struct signer_keys *keys, int fd)
{
    struct signer *s = calloc(1, sizeof *s);
    CHECK(s);
    CHECK(pthread_mutex_init(&s->lock, NULL) == 0);
    s->keys = keys;
    s->fd = fd;
    s->last = &s->first;
    return s;
}

struct signer *signer_local(const uint8_t master[SIGNER_KEY_BYTES])
{
    return signer_new(signer_keys_new(master), -1);
}

enum err signer_open(struct ctx *c, const char *key_path, struct signer **out)
{
    struct signer_keys *k;
    TRY(signer_keys_load(c, key_path, &k));
    *out = signer_new(k, -1);
    return OK;
}

static void set_limit(int fd, int seconds)
{
    struct timeval limit = { seconds, 0 };
    CHECK(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0);
    CHECK(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == 0);
}

struct signer *signer_remote(int fd)
{
    set_limit(fd, SIGNER_START_SECONDS_MAX);
    struct signer *s = signer_new(NULL, fd);
    s->starting = true;
    return s;
}

void signer_free(struct signer *s)
{
    if (!s)
        return;
    if (s->keys)
        signer_keys_free(s->keys);
    if (s->fd >= 0)
        close(s->fd);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

static int64_t monotonic_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool send_one(struct signer *s, struct signer_msg *ask)
{
    ssize_t n;
    ask->id = ++s->id;
    do {
        n = FAULT("signer_send") ? -1 : send(s->fd, ask, signer_msg_size(ask), MSG_NOSIGNAL);
    } while (n < 0 && errno == EINTR);
    return n >= 0;
}

/* Answers to earlier questions, given up after the time limit, may still arrive: passed over. */
static bool receive_one(struct signer *s, const struct waiter *w, int64_t end_ms)
{
    for (;;) {
        ssize_t n = FAULT("signer_receive") ? 0 : recv(s->fd, w->answer, sizeof *w->answer, 0);
        if (n < 0 && errno == EINTR && monotonic_ms() < end_ms)
            continue;
        if (n <= 0 || !signer_msg_ok(w->answer, (size_t)n))
            return false;
        if (w->answer->id == w->ask->id)
            return true;
        if (monotonic_ms() >= end_ms)
            return false;
    }
}

/* The signer answers in the order of the questions. Their bytes are limited so that both sockets'
 * buffers hold them: neither side waits for the other to read. */
static void exchange(struct signer *s, struct waiter **w, size_t n)
{
    int seconds = s->starting ? SIGNER_START_SECONDS_MAX : SIGNER_SECONDS_MAX;
    int64_t end_ms = monotonic_ms() + seconds * 1000;
    size_t sent = 0;
    while (sent < n && send_one(s, w[sent]->ask))
        sent++;
    bool ok = true;
    for (size_t i = 0; i < n; i++)
        w[i]->ok = ok = ok && i < sent && receive_one(s, w[i], end_ms);
    if (ok && s->starting) {
        s->starting = false;
        set_limit(s->fd, SIGNER_SECONDS_MAX);
    }
}

static size_t take(struct signer *s, struct waiter **w)
{
    size_t n = 0, bytes = 0;
    while (s->first && n < TOGETHER_MAX && bytes < TOGETHER_BYTES) {
        w[n] = s->first;
        bytes += signer_msg_size(w[n++]->ask);
        s->first = s->first->next;
    }
    if (!s->first)
        s->last = &s->first;
    return n;
}

/* With the lock held, which is given up meanwhile. */
static void lead(struct signer *s)
{
    struct waiter *w[TOGETHER_MAX];
    s->led = true;
    size_t n = take(s, w);
    pthread_mutex_unlock(&s->lock);
    exchange(s, w, n);
    pthread_mutex_lock(&s->lock);
    s->led = false;
    bool all = true;
    for (size_t i = 0; i < n; i++) {
        all = all && w[i]->ok;
        w[i]->done = true;
        pthread_cond_signal(&w[i]->wake);
    }
    for (; !all && s->first; s->first = s->first->next) { /* they have waited long enough too */
        s->first->done = true;
        pthread_cond_signal(&s->first->wake);
    }
    if (s->first)
        pthread_cond_signal(&s->first->wake); /* the next leader */
    else
        s->last = &s->first;
}

static bool ask_remote(struct signer *s, struct signer_msg *ask, struct signer_msg *answer)
{
    struct waiter me = { .ask = ask, .answer = answer, .wake = PTHREAD_COND_INITIALIZER };
    pthread_mutex_lock(&s->lock);
    *s->last = &me;
    s->last = &me.next;
    while (!me.done) {
        if (s->led)
            pthread_cond_wait(&me.wake, &s->lock);
        else
            lead(s);
    }
    pthread_mutex_unlock(&s->lock);
    pthread_cond_destroy(&me.wake);
    return me.ok;
}

static enum err ask(struct ctx *c, struct signer_msg *q, struct signer_msg *answer)
{
    static const uint16_t exact[SIGNER_KINDS] = {
        [SIGNER_INDEX] = SIGNER_INDEX_BYTES,
        [SIGNER_MAC] = SIGNER_MAC_BYTES,
        [SIGNER_SIGN] = SIGNER_SIG_BYTES,
        [SIGNER_PUBLIC] = SIGNER_KEY_BYTES,
    };
    struct signer *s = c->signer;
    if (!s)
        return fail(c, E_CRYPTO, "no signer here");
    if (FAULT("signer"))
        return fail(c, E_CRYPTO, "signer: injected fault");
    if (s->keys)
        signer_handle(s->keys, q, answer);
    else if (!ask_remote(s, q, answer))
        return fail(c, E_CRYPTO, "the signer did not answer");
    if (answer->result == SIGNER_NO_LOG_KEY)
        return fail(c, E_UNAVAILABLE, "this instance has no log key");
    if (answer->result == SIGNER_NOT_AUTHENTIC)
        return fail(c, E_CRYPTO, "%s: sealed bytes were changed, or belong elsewhere", q->what);
    if (answer->result != SIGNER_DONE || answer->kind != q->kind || answer->n != q->n)
        return fail(c, E_CRYPTO, "the signer refused the message");
    for (size_t i = 0; i < q->n; i++)
        if (answer->len[i] > SIGNER_SEALED_MAX ||
            (exact[q->kind] && answer->len[i] != exact[q->kind]))
            return fail(c, E_CRYPTO, "the signer's answer has a wrong length");
    return OK;
}

static void begin(struct signer_msg *q, enum signer_kind kind, const char *what)
{
    memset(q, 0, SIGNER_HEAD);
    q->kind = (uint16_t)kind;
    size_t n = strlen(what);
    CHECK(n > 0 && n <= SIGNER_WHAT_MAX);
    memcpy(q->what, what, n);
}

static void add(struct signer_msg *q, size_t *used, struct bytes in)
{
    CHECK(q->n < SIGNER_BATCH_MAX && in.len <= SIGNER_DATA_MAX - *used);
    if (in.len)
        memcpy(q->data + *used, in.ptr, in.len);
    q->len[q->n++] = (uint16_t)in.len;
    *used += in.len;
}

static void wipe(struct signer_msg *m)
{
    size_t size = signer_msg_size(m);
    sodium_memzero(m->data, size ? size - SIGNER_HEAD : SIGNER_DATA_MAX);
}

/* One field in, at most max bytes out. */
static enum err ask_one(struct ctx *c, enum signer_kind kind, const char *what, struct bytes in,
                        uint8_t *out, size_t *out_len)
{
    struct signer_msg q, answer;
    size_t used = 0;
    begin(&q, kind, what);
    add(&q, &used, in);
    answer.n = 0;
    enum err e = ask(c, &q, &answer);
    if (e == OK) {
        memcpy(out, answer.data, answer.len[0]);
        *out_len = answer.len[0];
    }
    wipe(&q);
    wipe(&answer);
    return e;
}

static enum err ask_text(struct ctx *c, enum signer_kind kind, const char *what, const char *plain,
                         struct bytes *out)
{
    size_t n = strlen(plain);
    if (n > SIGNER_PLAIN_MAX)
        return fail(c, E_TOO_LONG, "%s: %zu bytes", what, n);
    uint8_t got[SIGNER_SEALED_MAX];
    TRY(ask_one(c, kind, what, (struct bytes){ (const uint8_t *)plain, n }, got, &n));
    uint8_t *copy = arena_alloc(c->arena, n);
    memcpy(copy, got, n);
    *out = (struct bytes){ copy, n };
    return OK;
}

enum err field_seal(struct ctx *c, const char *what, const char *plain, struct bytes *out)
{
    return ask_text(c, SIGNER_SEAL, what, plain, out);
}

enum err field_index(struct ctx *c, const char *what, const char *plain, struct bytes *out)
{
    return ask_text(c, SIGNER_INDEX, what, plain, out);
}

/* Up to SIGNER_BATCH_MAX fields in one message; *taken: how many of sealed it covers. */
static enum err open_batch(struct ctx *c, const char *what, const struct bytes *sealed, size_t n,
                           char **plain, size_t *taken)
{
    struct signer_msg q, answer;
    size_t used = 0, at[SIGNER_BATCH_MAX], i = 0;
    begin(&q, SIGNER_OPEN, what);
    for (; i < n && q.n < SIGNER_BATCH_MAX; i++) {
        plain[i] = NULL;
        if (sealed[i].len == 0)
            continue;
        if (sealed[i].len > SIGNER_SEALED_MAX)
            return fail(c, E_CRYPTO, "%s: sealed bytes are too long", what);
        at[q.n] = i;
        add(&q, &used, sealed[i]);
    }
    *taken = i;
    if (q.n == 0)
        return OK;
    answer.n = 0;
    enum err e = ask(c, &q, &answer);
    const uint8_t *from = answer.data;
    for (size_t j = 0; e == OK && j < answer.n; j++) {
        plain[at[j]] = arena_copy_n(c->arena, (const char *)from, answer.len[j]);
        from += answer.len[j];
    }
    wipe(&answer);
    return e;
}

enum err field_open_many(struct ctx *c, const char *what, const struct bytes *sealed, size_t n,
                         char **plain)
{
    for (size_t i = 0, taken; i < n; i += taken)
        TRY(open_batch(c, what, sealed + i, n - i, plain + i, &taken));
    return OK;
}

enum err field_open(struct ctx *c, const char *what, struct bytes sealed, char **plain)
{
    if (sealed.len == 0)
        return fail(c, E_CRYPTO, "%s: nothing to open", what);
    return field_open_many(c, what, &sealed, 1, plain);
}

enum err signer_mac(struct ctx *c, const char *what, struct bytes in, uint8_t out[SIGNER_MAC_BYTES])
{
    size_t n;
    if (in.len > SIGNER_IN_MAX)
        return fail(c, E_TOO_LARGE, "%s: %zu bytes to authenticate", what, in.len);
    return ask_one(c, SIGNER_MAC, what, in, out, &n);
}

enum err signer_sign(struct ctx *c, struct bytes in, uint8_t sig[SIGNER_SIG_BYTES])
{
    size_t n;
    if (in.len > SIGNER_IN_MAX)
        return fail(c, E_TOO_LARGE, "%zu bytes to sign", in.len);
    return ask_one(c, SIGNER_SIGN, "log", in, sig, &n);
}

enum err signer_public(struct ctx *c, uint8_t key[SIGNER_KEY_BYTES])
{
    size_t n;
    return ask_one(c, SIGNER_PUBLIC, "log", (struct bytes){ 0 }, key, &n);
}
