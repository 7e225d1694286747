/* SPDX-License-Identifier: Apache-2.0
 * lookup_rules.c - the sentences of the look-up; see lookup.h. */
#include "core/day.h"
#include "core/text.h"
#include "gov/errand/lookup.h"

static const char *until(struct arena *a, const struct lookup *l)
{
    if (!l->due)
        return "";
    if (l->late)
        return arena_printf(a, "本来最晚 %s，已经超了", l->due);
    if (l->days_left == 0)
        return "最晚今天";
    return arena_printf(a, "最晚 %s，还有 %" PRId64 " 个工作日", l->due, l->days_left);
}

static const char *with_until(struct arena *a, const struct lookup *l, const char *what)
{
    const char *u = until(a, l);
    return *u ? arena_printf(a, "%s，%s。", what, u) : arena_printf(a, "%s。", what);
}

static const char *now_words(struct arena *a, const struct lookup *l)
{
    const struct errand *e = &l->v.e;
    const char *who = l->v.who_acts, *what = l->v.next_words;
    switch (errand_state_of(e)) {
    case ERRAND_DRAFTED:
        return with_until(a, l, arena_printf(a, "%s已经记下，会告诉您要哪些材料", who));
    case ERRAND_MISSING:
        return arena_printf(a, "在等您补 %zu 样材料，等的日子不算在时限里。", l->v.n_missing);
    case ERRAND_IN_HAND:
        return with_until(a, l, arena_printf(a, "现在在%s手上：%s", who, what));
    case ERRAND_SUSPENDED:
        return arena_printf(a, "%s让它先停一停，停的日子不算在时限里。", who);
    case ERRAND_DECIDED:
        return with_until(
            a, l,
            arena_printf(a, "%s，%s把结果送到您手上", l->refused ? "没有批准" : "办好了", who));
    case ERRAND_REDIRECTED:
        return "这件事不归这里办，要去别的单位。";
    case ERRAND_REFUSED:
        return "没有受理。";
    case ERRAND_WITHDRAWN:
        return arena_printf(a, "您在 %s说不办了，已经停下。", day_zh(a, day_of_ms(e->closed_ms)));
    default:
        return l->refused
                   ? arena_printf(a, "没有批准，决定在 %s送到。",
                                  day_zh(a, day_of_ms(e->delivered_ms)))
                   : arena_printf(a, "办好了，%s送到。", day_zh(a, day_of_ms(e->delivered_ms)));
    }
}

static const char *you_words(const struct lookup *l)
{
    switch (errand_state_of(&l->v.e)) {
    case ERRAND_DRAFTED:
        return l->v.n_missing > 0 ? "您等电话就行，不用跑；下面的材料可以先备好。"
                                  : "您等电话就行，不用跑。";
    case ERRAND_MISSING:
        return "请把下面的材料交给代理员；走不动，打电话让他上门来收。";
    case ERRAND_SUSPENDED:
        return "您现在不用做什么；想知道为什么停，打电话问。";
    case ERRAND_REDIRECTED:
        return "请照下面写的去；不晓得怎么去，打电话问。";
    case ERRAND_WITHDRAWN:
        return "以后想办，再说一声就行。";
    case ERRAND_IN_HAND:
        if (l->v.n_later > 0)
            return "不用您跑；下面的材料可以后补，记得在日子前交。";
        return l->late ? "不用您跑；拖了日子，上一级已经知道，您也可以打电话催。"
                       : "您不用跑，等着就行。";
    default:
        return l->refused ? "您认为不对，可以照下面写的去说理。" : "您不用做什么。";
    }
}

void lookup_words(struct arena *a, struct lookup *l)
{
    l->now = now_words(a, l);
    l->you = you_words(l);
}

const char *lookup_step_zh(const struct flow_step *s, bool refused)
{
    static const char *const words[][2] = {
        { "drafted", "您说了要办的事" },
        { "accept", "收下了，开始办" },
        { "tell", "一次讲清还缺什么" },
        { "redirect", "不归这里办，告诉您去哪里" },
        { "refuse", "没有受理" },
        { "complete", "材料齐了，接着办" },
        { "ask-more", "又要了材料" },
        { "hand", "交到下一家" },
        { "suspend", "先停一停" },
        { "resume", "接着办" },
        { "withdraw", "您说不办了" },
        { "decide", "定下来了：同意" },
        { "done-now", "当场办好了" },
        { "deliver", "送到您手上" },
        { "correct", "定得不对，退回去改" },
        { "archive", "存进档案" },
        { "reopen", "重新办" },
        { "paper", "收到您的材料" },
        { "late", "超了日子，报到上一级" },
        { "asked", "您留了话" },
    };
    if (refused && str_eq(s->event, "decide"))
        return "定下来了：没有批准";
    for (size_t i = 0; i < COUNT(words); i++)
        if (str_eq(words[i][0], s->event))
            return words[i][1];
    return errand_event_zh(s->event);
}

static const char *length_wrong(struct arena *a, size_t has, size_t should)
{
    if (has < should)
        return arena_printf(a, "只有 %zu 位，还差 %zu 位", has, should - has);
    return has > should ? arena_printf(a, "多了 %zu 位", has - should) : NULL;
}

const char *lookup_number_wrong(struct arena *a, const char *typed)
{
    char number[ERRAND_NUMBER_LEN + 1];
    const char *text = text_fold(a, typed);
    size_t n = strlen(text);
    if (n == 0)
        return NULL;
    if (strspn(text, "0123456789") != n)
        return "编号里只有数字，请再看一眼";
    if (n != ERRAND_NUMBER_LEN)
        return length_wrong(a, n, ERRAND_NUMBER_LEN);
    return errand_number_parse(text, number) ? NULL : "有一位抄错了，请一位一位对着看";
}

const char *lookup_code_wrong(struct arena *a, const char *typed)
{
    const char *text = text_fold(a, typed);
    size_t n = text_length(text);
    if (n == 0)
        return NULL;
    if (strpbrk(text, "01io"))
        return "查询码里没有 0、1、O、I，请再看一眼";
    return length_wrong(a, n, ERRAND_CODE_LEN);
}

int32_t day_after_months(int32_t day, int64_t n)
{
    int y, m, d;
    int32_t out = day;
    day_ymd(day, &y, &m, &d);
    int64_t months = (int64_t)y * 12 + m - 1 + n;
    while (d > 0 && !day_from_ymd((int)(months / 12), (int)(months % 12) + 1, d, &out))
        d--;
    return out;
}
