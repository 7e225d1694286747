/* SPDX-License-Identifier: Apache-2.0
 * errand_tell_rules.c - what is told, in a table, and on which channel; no database. */
#include "core/text.h"
#include "gov/errand/errand_tell.h"

const char *const tell_ways[] = { "sms", "call", "letter", "none", NULL };
const char *const tell_ways_zh[] = { "短信", "打电话或当面", "信件", "不用告诉", NULL };

/* clang-format off */
const struct tell_row tell_rows[] = {
    { "accepted",   "受理了",       { { EV_ACCEPT, true },    { EV_COMPLETE, true } },  2, "",        { NULL }, false },
    { "missing",    "还缺材料",     { { EV_TELL, true },      { EV_ASK_MORE, false } }, 2, "",        { "tell", "ask-more" }, false },
    { "paused",     "暂停了",       { { EV_SUSPEND, false } },                          1, "",        { "suspend" }, false },
    { "late",       "超了时限",     { { 0 } },                                          0, "",        { "reopen" }, false },
    { "granted",    "办好了",       { { EV_DECIDE, false } },                           1, "granted", { "correct", "reopen" }, false },
    { "refused",    "没有同意",     { { EV_DECIDE, false },   { EV_REFUSE, true } },    2, "refused", { "correct", "reopen" }, false },
    { "ready",      "可以来取",     { { 0 } },                                          0, "",        { "correct", "reopen" }, false },
    { "delivered",  "送到了，请评一评", { { EV_DELIVER, true }, { EV_DONE_NOW, true } }, 2, "",       { "reopen" }, false },
    { "withdrawn",  "不办了",       { { EV_WITHDRAW, true } },                          1, "",        { NULL }, true },
    { "redirected", "换个地方办",   { { EV_REDIRECT, true } },                          1, "",        { NULL }, false },
    { "corrected",  "结果要更正",   { { EV_CORRECT, false } },                          1, "",        { "correct" }, true },
    { "reopened",   "重新办",       { { EV_REOPEN, false } },                           1, "",        { "reopen" }, true },
};
/* clang-format on */
const size_t tell_rows_count = COUNT(tell_rows);

/* Who came, or called, or was at home when it was taken has heard it from the one who wrote it
 * down; whoever wrote on the web or left a note has not. */
static bool was_there(const struct errand *e)
{
    return !str_eq(e->channel, "web") && !str_eq(e->channel, "paper");
}

const struct tell_row *tell_row_of(const struct errand *e, enum errand_event ev, bool *there)
{
    bool taking = ev == EV_ACCEPT || ev == EV_TELL || ev == EV_REFUSE || ev == EV_REDIRECT;
    for (size_t i = 0; i < tell_rows_count; i++) {
        const struct tell_row *row = &tell_rows[i];
        if (*row->decision && !str_eq(row->decision, e->decision))
            continue;
        for (size_t k = 0; k < row->n_on; k++)
            if (row->on[k].ev == ev) {
                *there = row->on[k].there && (!taking || was_there(e));
                return row;
            }
    }
    return NULL;
}

const struct tell_row *tell_row_named(const char *event)
{
    for (size_t i = 0; i < tell_rows_count; i++)
        if (str_eq(tell_rows[i].event, event))
            return &tell_rows[i];
    return NULL;
}

enum tell_channel tell_channel_of(const struct tell_known *k)
{
    if (str_eq(k->way, "none"))
        return TELL_SKIP;
    if (str_eq(k->way, "sms") && k->phone && k->gateway && k->agrees && !k->gone)
        return TELL_SMS;
    if (k->there)
        return TELL_FACE;
    return str_eq(k->way, "letter") && !k->gone ? TELL_PRINT : TELL_MOUTH;
}

const char *tell_papers(struct arena *a, const char *const *names, size_t n, size_t max)
{
    const char *out = "";
    for (size_t i = 0; i < n; i++) {
        const char *more = arena_printf(a, "%s%s%s", out, i ? "、" : "", names[i]);
        const char *rest = i + 1 < n ? arena_printf(a, "等 %zu 样", n) : "";
        if (text_length(more) + text_length(rest) > max)
            return *out ? arena_printf(a, "%s等 %zu 样", out, n) : arena_printf(a, "%zu 样材料", n);
        out = more;
    }
    return out;
}

bool tell_shames(struct arena *a, const char *list, const char *text)
{
    static const char between[] = "、";
    const size_t step = sizeof between - 1;
    for (const char *at = list, *end; *at; at = *end ? end + step : end) {
        end = strstr(at, between);
        end = end ? end : at + strlen(at);
        if (end > at && strstr(text, arena_copy_n(a, at, (size_t)(end - at))))
            return true;
    }
    return false;
}
