/* SPDX-License-Identifier: Apache-2.0
 * session.c - see session.h. */
#include "web/session.h"
#include "crypto/random.h"
#include <pthread.h>
#include <sys/random.h>

enum { CACHE_SLOTS = 2048, RATE_SLOTS = 16384, RATE_PROBES = 8 };

struct slot {
    struct session s;
    int64_t loaded_ms; /* 0: empty */
};
struct session_cache {
    pthread_mutex_t lock;
    uint64_t turn; /* how often something was dropped */
    struct slot slots[CACHE_SLOTS];
};

struct session_cache *session_cache_new(void)
{
    struct session_cache *s = calloc(1, sizeof *s);
    CHECK(s != NULL && pthread_mutex_init(&s->lock, NULL) == 0);
    return s;
}

void session_cache_free(struct session_cache *s)
{
    pthread_mutex_destroy(&s->lock);
    free(s);
}

static struct slot *slot_of(struct session_cache *s, const uint8_t hash[32])
{
    uint32_t n;
    memcpy(&n, hash, sizeof n);
    return &s->slots[n % CACHE_SLOTS];
}

bool session_cache_get(struct session_cache *s, const uint8_t hash[32], int64_t now_ms,
                       struct session *out)
{
    pthread_mutex_lock(&s->lock);
    const struct slot *slot = slot_of(s, hash);
    bool hit = slot->loaded_ms != 0 && memcmp(slot->s.token_hash, hash, 32) == 0 &&
               now_ms >= slot->loaded_ms && now_ms - slot->loaded_ms < SESSION_CACHE_MS;
    if (hit)
        *out = slot->s;
    pthread_mutex_unlock(&s->lock);
    return hit;
}

void session_cache_put(struct session_cache *s, const struct session *one, int64_t now_ms,
                       uint64_t turn)
{
    pthread_mutex_lock(&s->lock);
    struct slot *slot = slot_of(s, one->token_hash);
    if (s->turn == turn) {
        slot->s = *one;
        slot->loaded_ms = now_ms;
    }
    pthread_mutex_unlock(&s->lock);
}

uint64_t session_cache_turn(struct session_cache *s)
{
    pthread_mutex_lock(&s->lock);
    uint64_t turn = s->turn;
    pthread_mutex_unlock(&s->lock);
    return turn;
}

void session_cache_drop(struct session_cache *s, int64_t account)
{
    pthread_mutex_lock(&s->lock);
    s->turn++;
    for (size_t i = 0; i < CACHE_SLOTS; i++)
        if (s->slots[i].s.account == account)
            s->slots[i].loaded_ms = 0;
    pthread_mutex_unlock(&s->lock);
}

void session_token(char out[44], uint8_t hash[32])
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint8_t raw[SESSION_TOKEN_BYTES + 1];
    CHECK(getrandom(raw, SESSION_TOKEN_BYTES, 0) == SESSION_TOKEN_BYTES);
    raw[SESSION_TOKEN_BYTES] = 0;
    for (size_t i = 0; i < 43; i++) {
        size_t bit = i * 6;
        unsigned two = (unsigned)raw[bit / 8] << 8 | raw[bit / 8 + 1];
        out[i] = digits[two >> (10 - bit % 8) & 63];
    }
    out[43] = '\0';
    CHECK(session_token_hash(out, hash));
}

bool session_token_hash(const char *token, uint8_t hash[32])
{
    size_t n = token ? strlen(token) : 0;
    if (n != 43 && !(n == 43 + strlen(CLIENT_TOKEN_HEAD) && str_starts(token, CLIENT_TOKEN_HEAD)))
        return false;
    sha256((struct bytes){ (const uint8_t *)token, n }, hash);
    return true;
}

/* ---- rates ---- */
struct bucket {
    uint64_t key;
    int64_t at_ms;
    double left;
};
struct rates {
    pthread_mutex_t lock;
    uint64_t salt;
    struct bucket buckets[RATE_SLOTS];
};

struct rates *rates_new(void)
{
    struct rates *r = calloc(1, sizeof *r);
    CHECK(r != NULL && pthread_mutex_init(&r->lock, NULL) == 0);
    CHECK(getrandom(&r->salt, sizeof r->salt, 0) == sizeof r->salt);
    return r;
}

void rates_free(struct rates *r)
{
    pthread_mutex_destroy(&r->lock);
    free(r);
}

static uint64_t mix(uint64_t h, const char *s)
{
    for (; *s; s++)
        h = (h ^ (unsigned char)*s) * UINT64_C(1099511628211);
    return h ^ h >> 29;
}

/* The bucket of this key, or the one among its neighbours that was not used for longest. */
static struct bucket *bucket_of(struct rates *r, uint64_t key)
{
    struct bucket *oldest = &r->buckets[key % RATE_SLOTS];
    for (size_t i = 0; i < RATE_PROBES; i++) {
        struct bucket *b = &r->buckets[(key + i) % RATE_SLOTS];
        if (b->key == key)
            return b;
        if (b->at_ms < oldest->at_ms)
            oldest = b;
    }
    return oldest;
}

bool rates_take(struct rates *r, const char *what, const char *who, int64_t now_ms,
                unsigned per_minute, unsigned burst)
{
    pthread_mutex_lock(&r->lock);
    uint64_t key = mix(mix(r->salt, what), who);
    struct bucket *b = bucket_of(r, key);
    if (b->key != key || now_ms < b->at_ms)
        *b = (struct bucket){ key, now_ms, burst };
    b->left += (double)(now_ms - b->at_ms) * per_minute / 60000.0;
    if (b->left > burst)
        b->left = burst;
    b->at_ms = now_ms;
    bool ok = b->left >= 1.0;
    if (ok)
        b->left -= 1.0;
    pthread_mutex_unlock(&r->lock);
    return ok;
}
