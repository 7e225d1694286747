/* SPDX-License-Identifier: Apache-2.0
 * bare.c - the yardstick of the bench: libmicrohttpd on our own loop and SQLite, one thread, with
 * the same look-ups and as many escaped bytes as the product's page, and nothing else: no gate, no
 * audit, no templates, no headers but one. bare DB PORT PLAN.
 * PLAN: "page PATH BYTES SESSION" then lines "sql<TAB>statement<TAB>parameter..."; a parameter
 * @name is a field of the form that was sent. Rows are written escaped; what is missing to BYTES is
 * copied from a fixed block. */
#include <microhttpd.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <poll.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGES_MAX = 8, SQL_MAX = 24, PARAMS_MAX = 4, OUT_MAX = 128 * 1024, BODY_MAX = 2048 };

struct query {
    sqlite3_stmt *stmt;
    char *params[PARAMS_MAX];
    int n_params;
};
struct page {
    char path[128];
    size_t bytes;
    bool session;
    struct query queries[SQL_MAX];
    int n_queries;
};
struct call {
    char body[BODY_MAX];
    size_t len;
};
static struct page pages[PAGES_MAX];
static int n_pages;
static sqlite3 *db;
static sqlite3_stmt *session_stmt;
static char filler[OUT_MAX];

static void die(const char *what)
{
    fprintf(stderr, "bare: %s: %s\n", what, db ? sqlite3_errmsg(db) : "");
    exit(1);
}

static char *escape(char *to, const char *s)
{
    for (; *s; s++)
        switch (*s) {
        case '&':
            to = memcpy(to, "&amp;", 5), to += 5;
            break;
        case '<':
            to = memcpy(to, "&lt;", 4), to += 4;
            break;
        case '>':
            to = memcpy(to, "&gt;", 4), to += 4;
            break;
        case '"':
            to = memcpy(to, "&quot;", 6), to += 6;
            break;
        case '\'':
            to = memcpy(to, "&#39;", 5), to += 5;
            break;
        default:
            *to++ = *s;
        }
    return to;
}

/* One row of the session table by the hash of its token, as the product does without its cache. */
static bool known(struct MHD_Connection *mc)
{
    unsigned char hash[32];
    const char *token = MHD_lookup_connection_value(mc, MHD_COOKIE_KIND, "xy");
    if (!token)
        return false;
    EVP_Digest(token, strlen(token), hash, NULL, EVP_sha256(), NULL);
    sqlite3_bind_blob(session_stmt, 1, hash, sizeof hash, SQLITE_STATIC);
    bool found = sqlite3_step(session_stmt) == SQLITE_ROW;
    sqlite3_reset(session_stmt);
    return found;
}

static void field(const struct call *call, const char *name, char *out, size_t room)
{
    size_t n = strlen(name), len = 0;
    const char *s = call->body;
    while (s && (strncmp(s, name, n) != 0 || s[n] != '='))
        if ((s = strchr(s, '&')))
            s++;
    for (s = s ? s + n + 1 : ""; *s && *s != '&' && len + 1 < room; s++)
        out[len++] = *s;
    out[len] = '\0';
}

static char *run(struct query *q, const struct call *call, char *to, const char *end)
{
    char values[PARAMS_MAX][128];
    for (int i = 0; i < q->n_params; i++) {
        snprintf(values[i], sizeof values[i], "%s", q->params[i]);
        if (q->params[i][0] == '@' && call)
            field(call, q->params[i] + 1, values[i], sizeof values[i]);
        sqlite3_bind_text(q->stmt, i + 1, values[i], -1, SQLITE_STATIC);
    }
    while (sqlite3_step(q->stmt) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(q->stmt) && end - to > 8192; i++) {
            const char *text = (const char *)sqlite3_column_text(q->stmt, i);
            if (text && strlen(text) < 1024)
                to = escape(to, text);
            *to++ = ' ';
        }
    sqlite3_reset(q->stmt);
    return to;
}

/* What a look-up by number and code costs in hashing. */
static void mac(const struct call *call)
{
    unsigned char out[32];
    HMAC(EVP_sha256(), "key", 3, (const unsigned char *)call->body, call->len, out, NULL);
}

static enum MHD_Result answer(struct MHD_Connection *mc, struct page *p, const struct call *call)
{
    if (p->session && !known(mc))
        return MHD_NO;
    if (call)
        mac(call);
    char *out = malloc(OUT_MAX), *to = out;
    if (!out)
        die("memory");
    sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
    for (int i = 0; i < p->n_queries; i++)
        to = run(&p->queries[i], call, to, out + OUT_MAX);
    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    if ((size_t)(to - out) < p->bytes) {
        memcpy(to, filler, p->bytes - (size_t)(to - out));
        to = out + p->bytes;
    }
    struct MHD_Response *r =
        MHD_create_response_from_buffer((size_t)(to - out), out, MHD_RESPMEM_MUST_FREE);
    MHD_add_response_header(r, "Content-Type", "text/html; charset=utf-8");
    enum MHD_Result ok = MHD_queue_response(mc, 200, r);
    MHD_destroy_response(r);
    return ok;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *mc, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *n, void **con)
{
    (void)cls, (void)version;
    struct call *call = *con;
    if (!call) {
        *con = calloc(1, sizeof *call);
        return MHD_YES;
    }
    if (*n) {
        size_t take = *n < BODY_MAX - 1 - call->len ? *n : BODY_MAX - 1 - call->len;
        memcpy(call->body + call->len, data, take);
        call->len += take;
        *n = 0;
        return MHD_YES;
    }
    for (int i = 0; i < n_pages; i++)
        if (strcmp(pages[i].path, url) == 0)
            return answer(mc, &pages[i], strcmp(method, "POST") == 0 ? call : NULL);
    return MHD_NO;
}

static void on_done(void *cls, struct MHD_Connection *mc, void **con,
                    enum MHD_RequestTerminationCode code)
{
    (void)cls, (void)mc, (void)code;
    free(*con);
    *con = NULL;
}

static void read_query(struct page *p, char *line)
{
    if (!p || p->n_queries == SQL_MAX)
        die("plan");
    struct query *q = &p->queries[p->n_queries++];
    char *at = line, *sql = strsep(&at, "\t");
    if (sqlite3_prepare_v2(db, sql, -1, &q->stmt, NULL) != SQLITE_OK)
        die(sql);
    for (char *one; at && q->n_params < PARAMS_MAX && (one = strsep(&at, "\t"));)
        q->params[q->n_params++] = strdup(one);
}

static void read_plan(const char *path)
{
    char line[4096];
    FILE *f = fopen(path, "r");
    if (!f)
        die(path);
    struct page *p = NULL;
    while (fgets(line, sizeof line, f)) {
        line[strcspn(line, "\n")] = '\0';
        int session;
        if (strncmp(line, "page ", 5) == 0 && n_pages < PAGES_MAX) {
            p = &pages[n_pages++];
            if (sscanf(line, "page %127s %zu %d", p->path, &p->bytes, &session) != 3)
                die("plan");
            p->session = session != 0;
        } else if (strncmp(line, "sql\t", 4) == 0) {
            read_query(p, line + 4);
        }
    }
    fclose(f);
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    memset(filler, 'x', sizeof filler);
    if (sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) ||
        sqlite3_exec(db, "PRAGMA query_only=ON; PRAGMA cache_size=-8192; PRAGMA mmap_size=33554432",
                     NULL, NULL, NULL))
        die(argv[1]);
    if (sqlite3_prepare_v2(db,
                           "SELECT s.id, s.account, s.csrf, s.seen_ms, a.name FROM session s "
                           "JOIN account a ON a.id = s.account WHERE s.token_hash = ?",
                           -1, &session_stmt, NULL))
        die("session");
    read_plan(argv[3]);
    struct MHD_Daemon *d =
        MHD_start_daemon(MHD_USE_EPOLL, (uint16_t)strtoul(argv[2], NULL, 10), NULL, NULL,
                         on_request, NULL, MHD_OPTION_NOTIFY_COMPLETED, on_done, NULL,
                         MHD_OPTION_CONNECTION_LIMIT, 2000u, MHD_OPTION_END);
    if (!d)
        die("port");
    printf("ready %d\n", (int)MHD_get_daemon_info(d, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
    struct pollfd fd = { MHD_get_daemon_info(d, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd, POLLIN, 0 };
    for (;;) {
        MHD_UNSIGNED_LONG_LONG ms;
        MHD_run(d);
        if (MHD_get_timeout(d, &ms) != MHD_YES)
            ms = 1000;
        if (ms)
            poll(&fd, 1, (int)(ms > 1000 ? 1000 : ms));
    }
}
