/* SPDX-License-Identifier: Apache-2.0
 * test_app.h - a whole server in the test's own process, on a free port, and a visitor who fills in
 * its pages: for the tests of pages.
 *
 *     TEST(a_clerk_takes_an_errand)
 *     {
 *         struct test_app *t = test_app_start();
 *         struct client *cl = client_new(t);
 *         client_sign_in(cl, "agent", TEST_VILLAGE);
 *         client_get(cl, "/errand/new");
 *         EXPECT_PAGE(cl, 200, "办什么");
 *         client_post(cl, "/errand/new", "words", "要办低保", "channel", "window", NULL);
 *         EXPECT_GOES(cl, "/errand/");
 *         client_follow(cl);
 *         test_app_stop(t);
 *     }
 *
 * The instance is SQLite with all reference data (places, calendar, rules, catalogue, bodies) and
 * nobody in it; no rates are counted. Its clock stands at Monday 2026-11-23 09:00 (Asia/Shanghai)
 * until the test moves it. Every HTML page that arrives is checked by tidy where that is installed:
 * an error or a warning ends the test. Everything returned lives until test_app_stop. */
#pragma once
#include "test.h"
#include "web/app.h"

/* Two villages of one township, its codes, and a village elsewhere in the county. */
#define TEST_COUNTY        "421281"
#define TEST_TOWNSHIP      "421281101"
#define TEST_VILLAGE       "421281101202"
#define TEST_VILLAGE_OTHER "421281101203"
#define TEST_VILLAGE_FAR   "421281102200"

struct test_app {
    struct app *app;
    struct app_conf conf;
    struct ctx c; /* as the system, with a write connection and the signer: for calling models */
    uint16_t port;
};
/* Starts; a failure ends the test. conf: may change what it is given before the start (NULL). */
struct test_app *test_app_start(void);
struct test_app *test_app_start_with(void (*conf)(struct app_conf *));
void test_app_stop(struct test_app *t);
/* Moves the clock of the server and of t->c; it stands still in between. */
void test_app_clock(struct test_app *t, int64_t now_ms);
/* Runs body in one transaction of the server's own writer; its error ends the test. */
void test_app_write(struct test_app *t, enum err (*body)(struct ctx *, void *), void *arg);
/* A new resident of place. id_no and phone: NULL when not known. */
struct key test_app_person(struct test_app *t, const char *place, const char *name,
                           const char *id_no, const char *phone);

/* ---- a visitor ---- */
enum { CLIENT_COOKIES_MAX = 8 };
struct client {
    struct test_app *t;
    char *cookie_names[CLIENT_COOKIES_MAX], *cookies[CLIENT_COOKIES_MAX];
    int64_t account; /* of client_sign_in */

    /* the last answer */
    int status;                  /* 0: none came */
    const char *path;            /* that was asked for */
    const char *head;            /* status line and headers */
    const char *type, *location; /* "" when absent */
    const char *body;            /* NUL-terminated; a PDF may hold more NULs */
    size_t n_body;
    const char *form; /* the last HTML page that came with 200 or 4xx: where forms are taken from */
    bool no_tidy;     /* set by tests that look at very many pages */
};
struct client *client_new(struct test_app *t);
/* Gives the visitor an account (the first call), a post of this kind at place and a session in
 * which the second factor was shown. A kind that needs a body gets civil_affairs. Once more: a
 * further post of the same account. */
void client_sign_in(struct client *cl, const char *kind, const char *place);
/* Signs in without any post but with a session. */
void client_sign_in_plain(struct client *cl, const char *name);
/* Sets a cookie of the visitor's own, such as xye=1 for large text; value NULL: forgets it. */
void client_cookie(struct client *cl, const char *name, const char *value);

void client_get(struct client *cl, const char *path);
/* Goes where the last answer said. */
void client_follow(struct client *cl);
/* Sends names and values, ended by NULL, with rid and csrf of the form with that action (or of any
 * form) on the last page; "" leaves a field out like an empty one. */
void client_post(struct client *cl, const char *path, ...) __attribute__((sentinel));
/* The same, beginning with all that the form with that action holds, as a browser would: names
 * given here replace the form's. The page must have such a form. */
void client_submit(struct client *cl, const char *path, ...) __attribute__((sentinel));
/* The form with that action with a file in its field, as a browser sends it; names given replace
 * the form's, or stand alone when the page has no such form. */
void client_upload(struct client *cl, const char *path, const char *field, struct bytes file,
                   ...) __attribute__((sentinel));
/* A POST of exactly these bytes (application/x-www-form-urlencoded), without rid or csrf. */
void client_post_raw(struct client *cl, const char *path, const char *body);
/* Any method with headers of the caller's own, each ended by CRLF; body NULL: none. */
void client_request(struct client *cl, const char *method, const char *path, const char *headers,
                    const char *body);
/* Starts a new session of the same account, as if it had signed in again. */
void client_renew(struct client *cl);
/* The value of a header of the last answer, "" when absent. */
const char *client_header(const struct client *cl, const char *name);
/* POST of JSON to /api/v1/... with the session as Bearer. */
void client_json(struct client *cl, const char *path, const char *json);
/* What stands in a field of a form of the last page, decoded, or NULL: a text field's or
 * textarea's content, the chosen radio, select or ticked box. */
const char *client_value(struct client *cl, const char *name);
/* Whether the last body has text (of an HTML page: as it stands in the source). */
bool client_has(const struct client *cl, const char *text);
/* Prints status, location and body of the last answer; for finding out why. */
void client_show(const struct client *cl);
/* The text after `before` up to `after` in the last body, or NULL. */
const char *client_between(struct client *cl, const char *before, const char *after);

#define EXPECT_STATUS(cl, code)                                                                    \
    ck_assert_msg((cl)->status == (code), "%s: status %d, expected %d; %.1500s", (cl)->path,       \
                  (cl)->status, (code), (cl)->status / 100 == 3 ? (cl)->location : (cl)->body)
#define EXPECT_HAS(cl, text)                                                                       \
    ck_assert_msg(client_has((cl), (text)), "%s: \"%s\" is not there", (cl)->path, (text))
#define EXPECT_HAS_NOT(cl, text)                                                                   \
    ck_assert_msg(!client_has((cl), (text)), "%s: \"%s\" is there", (cl)->path, (text))
#define EXPECT_PAGE(cl, code, text)                                                                \
    do {                                                                                           \
        EXPECT_STATUS(cl, code);                                                                   \
        EXPECT_HAS(cl, text);                                                                      \
    } while (0)
/* A redirect to an address that begins so. */
#define EXPECT_GOES(cl, prefix)                                                                    \
    do {                                                                                           \
        EXPECT_STATUS(cl, 303);                                                                    \
        ck_assert_msg(str_starts((cl)->location, (prefix)), "%s goes to %s, expected %s",          \
                      (cl)->path, (cl)->location, (prefix));                                       \
    } while (0)
