/* SPDX-License-Identifier: Apache-2.0
 * outbox_send.c - the gateway: one signed POST for each message, then its result into the database.
 * If the server dies in between, the message is sent once more; see outbox.h. */
#include "crypto/digest.h"
#include "crypto/random.h"
#include "crypto/signer.h"
#include "kernel/notice/outbox.h"
#include "kernel/ticker/ticker.h"
#include "store/setting.h"
#include <curl/curl.h>
#include <pthread.h>

enum { ERROR_MAX = 160, ANSWER_MAX = 64 * 1024 };
struct gateway {
    const char *url;
    struct bytes secret;
};

static struct bytes unhex(struct arena *a, const char *s)
{
    static const char digits[] = "0123456789abcdef";
    size_t n = strlen(s) / 2;
    uint8_t *out = arena_alloc(a, n + 1);
    for (size_t i = 0; i < n; i++) {
        const char *high = strchr(digits, s[2 * i]), *low = strchr(digits, s[2 * i + 1]);
        long byte = high && low ? (high - digits) * 16 + (low - digits) : 0;
        out[i] = (uint8_t)(byte & 0xff);
    }
    return (struct bytes){ out, n };
}

static enum err gateway_load(struct ctx *c, struct gateway *g)
{
    const char *sealed;
    char *secret = arena_copy(c->arena, "");
    TRY(setting_get(c, "gateway_url", "", &g->url));
    TRY(setting_get(c, "gateway_secret", "", &sealed));
    if (*g->url && *sealed)
        TRY(field_open(c, "setting.gateway", unhex(c->arena, sealed), &secret));
    g->secret = (struct bytes){ (const uint8_t *)secret, strlen(secret) };
    return OK;
}

/* ---- one message ---- */
static struct bytes message(struct ctx *c, const struct outbox_row *row, const char *target)
{
    struct json *j = json_new(c->arena);
    json_object_begin(j, NULL);
    json_text(j, "id", arena_printf(c->arena, "%" PRId64, row->id));
    json_text(j, "channel", row->channel);
    json_text(j, "target", target);
    json_text(j, "words", row->words);
    json_object_end(j);
    return json_done(j);
}

static struct curl_slist *headers(struct ctx *c, const struct gateway *g, struct bytes body)
{
    uint8_t mac[DIGEST_BYTES];
    const char *at = arena_printf(c->arena, "%" PRId64, c->now_ms);
    const char *text = arena_printf(c->arena, "%s.%.*s", at, (int)body.len, body.ptr);
    hmac_sha256(g->secret, (struct bytes){ (const uint8_t *)text, strlen(text) }, mac);
    struct curl_slist *list = curl_slist_append(NULL, "Content-Type: application/json");
    list = curl_slist_append(list, arena_printf(c->arena, "X-Xiangyue-Time: %s", at));
    list = curl_slist_append(list, arena_printf(c->arena, "X-Xiangyue-Signature: %s",
                                                hex(c->arena, (struct bytes){ mac, sizeof mac })));
    return curl_slist_append(list, "Expect:");
}

/* What the gateway says beside its status is not kept: it may hold what we sent. */
static size_t ignore(char *p, size_t size, size_t n, void *arg)
{
    size_t *got = arg;
    (void)p;
    *got += size * n;
    return *got > ANSWER_MAX ? 0 : size * n;
}

/* error "": the gateway has it. *dead: it did not answer at all. */
static void post(struct ctx *c, const struct gateway *g, struct bytes body, char error[ERROR_MAX],
                 bool *final, bool *dead)
{
    long status = 0;
    size_t got = 0;
    CURL *curl = curl_easy_init();
    CHECK(curl != NULL);
    struct curl_slist *list = headers(c, g, body);
    curl_easy_setopt(curl, CURLOPT_URL, g->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)OUTBOX_SECONDS_MAX);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)body.len);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.ptr);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &got);
    CURLcode rc = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    *dead = rc != CURLE_OK;
    *final = rc == CURLE_OK && (status == 400 || status == 404 || status == 410 || status == 422);
    if (rc != CURLE_OK)
        snprintf(error, ERROR_MAX, "%s", curl_easy_strerror(rc));
    else if (status < 200 || status > 299)
        snprintf(error, ERROR_MAX, "HTTP %ld", status);
    else
        error[0] = '\0';
    curl_slist_free_all(list);
    curl_easy_cleanup(curl);
}

struct result {
    const struct outbox_row *row;
    const char *error;
    bool final;
};

static enum err record(struct ctx *c, void *arg)
{
    const struct result *r = arg;
    return outbox_result(c, r->row, r->error, r->final);
}

static enum err send_one(struct ctx *c, struct app *a, const struct gateway *g,
                         const struct outbox_row *row, bool *dead)
{
    char error[ERROR_MAX] = "the signer did not open the target", *target;
    bool final = false;
    struct ctx probe = *c;
    *dead = field_open(&probe, "outbox.target", row->target_sealed, &target) != OK;
    if (!*dead)
        post(c, g, message(c, row, target), error, &final, dead);
    struct result r = { row, error, final };
    return app_write(a, record, &r);
}

static enum err send_due(struct ctx *c, struct app *a)
{
    struct gateway g;
    struct outbox_row *rows;
    size_t n;
    bool dead = false;
    TRY(gateway_load(c, &g));
    if (!*g.url)
        return OK;
    TRY(outbox_due(c, &rows, &n));
    for (size_t i = 0; i < n && !dead; i++)
        TRY(send_one(c, a, &g, &rows[i], &dead));
    return OK;
}

static void curl_start(void)
{
    CHECK(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
}

enum err outbox_send(struct app *a)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct ctx c;
    pthread_once(&once, curl_start);
    app_system_ctx(a, &c);
    enum err e = db_open(&c, app_conf(a)->url, DB_READ, &c.db);
    if (!e) {
        e = send_due(&c, a);
        db_close(c.db);
    }
    if (e)
        fprintf(stderr, "outbox: %s: %s\n", err_name(e), c.why);
    arena_free(c.arena);
    return e;
}
static struct tick_job outbox_job = { .name = "短信和微信",
                                      .seconds = 20,
                                      .run_free = outbox_send };
TICK(outbox_job)
