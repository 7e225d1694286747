/* SPDX-License-Identifier: Apache-2.0
 * route.h - every address of the product: who may come, what is sent, who answers. Each slice has
 * one table; the gate, the API, OpenAPI and the tests read the same rows. */
#pragma once
#include "web/form.h"
#include "web/html.h"
#include "web/http.h"
#include "web/json.h"
#include "web/session.h"

enum {
    R_API = 1,     /* also under /api/v1, with JSON in and out */
    R_UPLOAD = 2,  /* takes files: a large body */
    R_STRICT = 4,  /* few tries per address: signing in, look-up by code */
    R_POOL = 8,    /* slow: runs on the pool (a POST's prepare, a GET's handler) */
    R_CACHED = 16, /* the same for everybody: may be kept a short while by caches */
    R_SECOND = 32, /* needs the second factor in this session */
    R_READ = 64,   /* a POST that changes nothing, only keeps words out of the address: answers from
                      a snapshot like a GET, also with looks; no request id is kept, refusals are
                      still audited */
    R_RECENT = 128, /* a POST that decides: whoever has a second factor shows it anew in the field
                       ROUTE_CODE when the last time is too long ago */
};
/* The field for the one-time code of an R_RECENT route. */
#define ROUTE_CODE { "second", F_SECRET, 0, 0, 12, NULL, "动态码" }
enum { ROUTE_PATH_MAX = 96, UPLOAD_BODY_MAX = 24 * 1024 * 1024, FORM_BODY_MAX = 128 * 1024 };

struct app;
struct req;
typedef enum err handler_fn(struct ctx *c, struct req *r);

struct route {
    enum http_method method;
    const char *path; /* "/errand/{key}/decide"; {key} county-id, {word} letters digits - _ . */
    uint32_t needs;   /* capabilities somewhere; never 0: CAP_PUBLIC is said */
    unsigned flags;
    const char *zh;      /* what it does, for the audit and the API's description */
    handler_fn *handler; /* GET: answers from a snapshot. POST: runs in the writer's transaction */
    const struct field *fields;
    size_t n_fields;
    handler_fn *prepare; /* POST: slow pure work before the transaction; may be NULL */
    handler_fn *again;   /* POST: the form's page once more, with r->error and what was typed */
};
struct route_table {
    const struct route *rows;
    size_t n;
    struct route_table *next;
};
/* Every slice says ROUTES(its table) once; the list is complete before main() begins and never
 * changes afterwards. */
void route_add(struct route_table *t);
#define ROUTES(table)                                                                              \
    __attribute__((constructor)) static void table##_register(void)                                \
    {                                                                                              \
        static struct route_table entry = { table, COUNT(table), NULL };                           \
        route_add(&entry);                                                                         \
    }

/* The tables of all slices, in order of their first address. */
const struct route_table *route_tables(void);
/* The row for a method and path (already without /api/v1), with the path's parameters. E_NOT_FOUND,
 * E_METHOD. */
enum err route_find(enum http_method method, const char *path, const struct route **out,
                    struct key *key, char word[65]) MUST_USE;
/* Stops the process when a table is unsound: no needs, no words, two rows with one address. */
void route_check(void);

struct look_note {
    struct key person;
    const char *reason;
    struct look_note *next;
};

/* One request on its way through the gate; what handlers see and fill. */
struct req {
    struct app *app;
    struct http_call *call;
    const struct route *route;
    struct session *session; /* NULL: nobody */
    struct form *form;
    struct key key;
    char word[65];
    bool api, partial, elder;
    enum err error;     /* for `again` */
    enum err refuse;    /* a POST that changed something (a counted failure) and yet refuses */
    const char *notice; /* a word of success shown on this page */
    const char *more;   /* what a refusal adds for this visitor: where a merged village went */
    void *prepared;     /* from prepare to handler */
    struct look_note *looks;
    int64_t drop_account; /* whose cached sessions are forgotten after the commit; 0: nobody's */

    struct html *html;
    struct json *json;
    int status;
    const char *location;
    const char *say;   /* notice for the page we send the visitor to */
    struct bytes body; /* a file: type and name beside it */
    const char *mime, *file_name;
    bool download;
    struct req_state *state; /* the gate's own */
};

/* The page to write into. */
struct html *req_html(struct ctx *c, struct req *r);
/* The JSON answer to write into (when r->api). */
struct json *req_json(struct ctx *c, struct req *r);
/* After a POST: where to go. Paths only. */
enum err req_go(struct ctx *c, struct req *r, const char *fmt, ...) PRINTF(3, 4);
/* A word of success for the next page. Static text. */
void req_say(struct req *r, const char *zh);
/* A document as the answer. */
enum err req_file(struct req *r, struct bytes body, const char *mime, const char *name,
                  bool download);
/* Notes that the actor looks at a person's record; saved before the answer leaves. */
void req_look(struct ctx *c, struct req *r, struct key person, const char *reason);
/* Why a program looks (header Look-Reason, percent-encoded UTF-8, some bytes long), or NULL. */
enum { LOOK_REASON_MIN = 4, LOOK_REASON_MAX = 300 };
const char *req_look_reason(struct ctx *c, const struct req *r);
/* Sets or (value NULL) removes a cookie: HttpOnly, SameSite=Lax, Secure when https. */
void req_cookie(struct ctx *c, struct req *r, const char *name, const char *value, int64_t seconds);
/* After the commit of this POST, what is cached of the account's sessions is forgotten. */
void req_drop_sessions(struct req *r, int64_t account);
/* A fresh request id for a form's hidden field. */
const char *req_new_rid(struct ctx *c);
/* "county-id" as text. */
const char *key_text(struct ctx *c, struct key k);
