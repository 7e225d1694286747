/* SPDX-License-Identifier: Apache-2.0
 * words.c - see words.h. */
#include "kernel/notice/words.h"
#include "core/day.h"
#include "core/text.h"
#include "kernel/rule/rule.h"

static const char *filling(const char *name, size_t n, const struct hole *holes, size_t n_holes)
{
    for (size_t i = 0; i < n_holes; i++)
        if (strlen(holes[i].name) == n && memcmp(holes[i].name, name, n) == 0)
            return str_or(holes[i].words, "");
    return "";
}

const char *words_fill(struct arena *a, const char *template, const struct hole *holes, size_t n)
{
    const char *out = "";
    for (const char *at = template; *at;) {
        size_t plain = strcspn(at, "{"), name;
        out = arena_printf(a, "%s%.*s", out, (int)plain, at);
        at += plain;
        if (!*at)
            break;
        name = strcspn(at + 1, "}");
        out = arena_printf(a, "%s%s", out, filling(at + 1, name, holes, n));
        at += 1 + name;
        at += *at == '}';
    }
    return out;
}

enum err words_of(struct ctx *c, const char *name, const char *place, const char *other,
                  const char **out)
{
    struct rule r;
    struct ctx probe = *c;
    enum err e = rule_row(&probe, name, place, day_of_ms(c->now_ms), &r);
    if (e && e != E_NOT_FOUND)
        return fail(c, e, "%s", probe.why);
    *out = e ? other : r.value;
    return OK;
}

enum err words_seconds(struct ctx *c, const char *text, const char *place, int64_t *out)
{
    int64_t per_minute, n = (int64_t)text_length(text);
    TRY(rule_int(c, "announce.chars_per_minute", place, day_of_ms(c->now_ms), &per_minute));
    *out = per_minute > 0 ? (n * 60 + per_minute - 1) / per_minute : 0;
    return OK;
}
