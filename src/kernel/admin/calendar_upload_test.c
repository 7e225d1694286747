/* SPDX-License-Identifier: Apache-2.0
 * calendar_upload_test.c - the preview of an uploaded calendar, sent as a browser sends a file. */
#include "test_app.h"
#include "web/http_test.h"

static void upload(struct client *cl, const char *csv, struct reply *r)
{
    struct arena *a = cl->t->c.arena;
    const char *cookie = "";
    for (size_t i = 0; i < CLIENT_COOKIES_MAX; i++)
        if (cl->cookie_names[i] && str_eq(cl->cookie_names[i], "xy"))
            cookie = cl->cookies[i];
    client_get(cl, "/admin/calendar");
    const char *body =
        arena_printf(a,
                     "--B\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n%s\r\n--B\r\n"
                     "Content-Disposition: form-data; name=\"file\"; filename=\"2027.csv\"\r\n"
                     "Content-Type: text/csv\r\n\r\n%s\r\n--B--\r\n",
                     client_value(cl, "csrf"), csv);
    ask(cl->t->port,
        arena_printf(a,
                     "POST /admin/calendar/preview HTTP/1.1\r\nHost: x\r\nCookie: xy=%s\r\n"
                     "Content-Type: multipart/form-data; boundary=B\r\nContent-Length: %zu\r\n\r\n"
                     "%s",
                     cookie, strlen(body), body),
        r);
}

TEST(an_uploaded_calendar_is_previewed_before_anything_changes)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    struct reply *r = ARENA_NEW(t->c.arena, struct reply);
    client_sign_in(cl, "sysadmin", TEST_COUNTY);
    upload(cl, "day,kind,name\n2027-01-01,holiday,元旦\n2027-01-10,workday,元旦\n", r);
    EXPECT_EQ(r->status, 200);
    EXPECT(strstr(r->body, "会变 2 天") && strstr(r->body, "2027年1月10日"));
    EXPECT(strstr(r->body, "暂按星期算")); /* nothing has changed yet */
    upload(cl, "2027-01-01,holiday\n", r);
    EXPECT_EQ(r->status, 422);
    EXPECT(strstr(r->body, "文件的格式不对"));
    upload(cl, "\xff\xfe", r);
    EXPECT_EQ(r->status, 422);
    test_app_stop(t);
}
