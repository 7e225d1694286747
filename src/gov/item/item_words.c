/* SPDX-License-Identifier: Apache-2.0
 * item_words.c - what the codes of the catalogue are called; see item.h. */
#include "gov/item/item.h"

struct word {
    const char *code, *zh;
};

static const char *word_of(const struct word *words, size_t n, const char *code)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(words[i].code, code))
            return words[i].zh;
    return code;
}

const char *item_kind_zh(const char *kind)
{
    static const struct word words[] = { { "public", "公共服务" },
                                         { "assist", "协助办理" },
                                         { "agent", "便民代办" },
                                         { "certificate", "出具证明" },
                                         { "consult", "咨询" } };
    return word_of(words, COUNT(words), kind);
}

const char *item_state_zh(const char *state)
{
    static const struct word words[] = {
        { "draft", "草稿" }, { "current", "在用" }, { "past", "用过" }, { "withdrawn", "已停办" }
    };
    return word_of(words, COUNT(words), state);
}

const char *item_decides_zh(const char *decides)
{
    static const struct word words[] = { { "village", "村里定" },
                                         { "township", "镇里定" },
                                         { "county", "县市里定" } };
    return word_of(words, COUNT(words), decides);
}

const char *material_form_zh(const char *form)
{
    static const struct word words[] = { { "copy", "复印件" },
                                         { "original", "原件" },
                                         { "both", "原件和复印件" },
                                         { "form", "表格，由窗口打印" } };
    return word_of(words, COUNT(words), form);
}

const char *item_limit_zh(struct ctx *c, const struct item *it)
{
    if (it->instant)
        return "当场办";
    if (it->promised_days == 0)
        return "看情况，先问清楚";
    return arena_printf(c->arena, "%" PRId64 " 个工作日", it->promised_days);
}

const char *const *item_lines(struct arena *a, const char *text, size_t *n)
{
    const char **out = ARENA_ARRAY(a, const char *, LINES_MAX);
    char *rest = arena_copy(a, text), *line;
    *n = 0;
    while (*n < LINES_MAX && (line = strsep(&rest, "\n")))
        if (*line)
            out[(*n)++] = line;
    return out;
}

/* The words for each line of text, with 、 between. */
static const char *joined(struct ctx *c, const char *text, const struct word *words, size_t n_words)
{
    size_t n;
    const char *const *lines = item_lines(c->arena, text, &n), *out = "";
    for (size_t i = 0; i < n; i++)
        out =
            arena_printf(c->arena, "%s%s%s", out, i ? "、" : "", word_of(words, n_words, lines[i]));
    return out;
}

const char *item_levels_zh(struct ctx *c, const struct item *it)
{
    static const struct word words[] = { { "village", "村里" },
                                         { "township", "镇里" },
                                         { "county", "县市里" } };
    const char *places = joined(c, it->levels, words, COUNT(words));
    bool several = strchr(it->levels, '\n') != NULL;
    return *places ? arena_printf(c->arena, "%s%s能办", places, several ? "都" : "") : "";
}

const char *item_delivery_zh(struct ctx *c, const struct item *it)
{
    static const struct word words[] = { { "agent", "代理员送上门" },
                                         { "window", "到窗口取" },
                                         { "post", "邮寄" },
                                         { "online", "网上看" } };
    return joined(c, it->delivery, words, COUNT(words));
}
