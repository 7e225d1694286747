/* SPDX-License-Identifier: Apache-2.0
 * search.c - see search.h. A text gives its single characters, its pairs, the sounds of its pairs
 * (which find what was typed with another character of the same sound), itself as a whole, and the
 * initials of its pronunciation. What a query shares with a subject is added up; what few subjects
 * have counts more than what many have. */
#include "kernel/search/search.h"
#include "core/text.h"

enum { QUERY_GRAMS_MAX = 80, CANDIDATES_MAX = 4000 };
enum { WEIGHT_SINGLE = 1, WEIGHT_SOUND = 2, WEIGHT_PAIR = 4, WEIGHT_WHOLE = 12 };

static const struct sql SQL_DROP = { "DELETE FROM gram WHERE kind = $1 AND subject = $2", NULL };
static const struct sql SQL_PUT = {
    "INSERT INTO gram (kind, gram, subject, weight) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (kind, gram, subject) DO NOTHING",
    NULL
};
static const struct sql SQL_GRAM = {
    "SELECT subject, weight FROM gram WHERE kind = $1 AND gram = $2", NULL
};
static const struct sql SQL_INITIALS = {
    "SELECT subject, max(weight) FROM gram WHERE kind = $1 AND gram >= $2 AND gram < $3 "
    "GROUP BY subject",
    NULL
};
static const struct col hit_cols[] = { COL_INT(struct search_hit, subject),
                                       COL_INT(struct search_hit, score) };

enum err search_drop(struct ctx *c, const char *kind, int64_t subject)
{
    return db_run(c, &SQL_DROP, IN(v_text(kind), v_int(subject)));
}

static enum err put(struct ctx *c, const char *kind, int64_t subject, const char *gram, int weight)
{
    return db_run(c, &SQL_PUT, IN(v_text(kind), v_text(gram), v_int(subject), v_int(weight)));
}

/* Calls each for every character and every pair of text. */
static enum err each_gram(struct ctx *c, const char *text,
                          enum err (*each)(struct ctx *, const char *gram, bool pair, void *),
                          void *arg)
{
    const char *before = NULL;
    for (const char *p = text; *p;) {
        const char *at = p;
        text_next(&p);
        TRY(each(c, arena_copy_n(c->arena, at, (size_t)(p - at)), false, arg));
        if (before)
            TRY(each(c, arena_copy_n(c->arena, before, (size_t)(p - before)), true, arg));
        before = at;
    }
    return OK;
}

struct putting {
    const char *kind;
    int64_t subject;
    int bonus; /* a name counts more than an everyday name, that more than a condition */
};

static const char *sound_gram(struct ctx *c, const char *pair)
{
    return arena_printf(c->arena, "=%s", text_sound(c->arena, pair));
}

static enum err put_gram(struct ctx *c, const char *gram, bool pair, void *arg)
{
    const struct putting *p = arg;
    if (pair)
        TRY(put(c, p->kind, p->subject, sound_gram(c, gram), WEIGHT_SOUND * p->bonus));
    return put(c, p->kind, p->subject, gram, (pair ? WEIGHT_PAIR : WEIGHT_SINGLE) * p->bonus);
}

enum err search_put(struct ctx *c, const char *kind, int64_t subject, const char *const *texts,
                    size_t n)
{
    TRY(search_drop(c, kind, subject));
    for (size_t i = 0; i < n; i++) {
        struct putting p = { kind, subject, i == 0 ? 3 : 2 };
        const char *text = text_fold(c->arena, texts[i]);
        TRY(each_gram(c, text, put_gram, &p));
        TRY(put(c, kind, subject, arena_printf(c->arena, "!%s", text), WEIGHT_WHOLE * p.bonus));
        const char *initials = text_initials(c->arena, texts[i]);
        if (*initials)
            TRY(put(c, kind, subject, arena_printf(c->arena, "~%s", initials), p.bonus));
    }
    return OK;
}

struct finding {
    const char *kind;
    struct search_hit *hits;
    int *pairs; /* how many pairs of the query each hit has */
    size_t n, asked, n_pairs;
};

/* What everybody has says little. */
static int64_t rarity(size_t n)
{
    return n <= 2 ? 8 : n <= 6 ? 6 : n <= 15 ? 4 : n <= 40 ? 2 : 1;
}

static void count_hits(struct finding *f, const struct search_hit *rows, size_t n, bool pair)
{
    for (size_t i = 0; i < n; i++) {
        size_t at = 0;
        while (at < f->n && f->hits[at].subject != rows[i].subject)
            at++;
        if (at == f->n && f->n < CANDIDATES_MAX)
            f->hits[f->n++] = (struct search_hit){ rows[i].subject, 0 };
        if (at == f->n)
            continue;
        f->hits[at].score += rows[i].score * rarity(n);
        f->pairs[at] += pair;
    }
}

static enum err ask(struct ctx *c, struct finding *f, const char *gram, bool pair, size_t *n)
{
    struct search_hit *rows;
    *n = 0;
    if (++f->asked > QUERY_GRAMS_MAX)
        return OK;
    TRY(DB_ROWS(c, &SQL_GRAM, IN(v_text(f->kind), v_text(gram)), hit_cols, CANDIDATES_MAX, &rows,
                n));
    count_hits(f, rows, *n, pair);
    return OK;
}

/* A pair that nobody has may be a wrong character of the right sound. */
static enum err find_gram(struct ctx *c, const char *gram, bool pair, void *arg)
{
    struct finding *f = arg;
    size_t n;
    f->n_pairs += pair;
    TRY(ask(c, f, gram, pair, &n));
    return pair && n == 0 ? ask(c, f, sound_gram(c, gram), true, &n) : OK;
}

/* Words around what is meant: "我想办", "怎么领". Longer ones first. */
static const char *const fillers[] = {
    "有没有", "能不能", "可不可以", "要不要", "是不是", "怎么办", "怎么样", "么样",
    "怎么",   "如何",   "请问",     "我想",   "想要",   "想办",   "要办",   "帮我",
    "帮忙",   "一下",   "什么",     "可以",   "需要",   "办理",   "我要",   "我的",
    "我",     "吗",     "呢",       "的",     "了",     "啵",     "啊",
};

/* The bytes at s that a filler takes, 0 when none begins there. */
static size_t filler_at(const char *s)
{
    for (size_t i = 0; i < COUNT(fillers); i++)
        if (str_starts(s, fillers[i]))
            return strlen(fillers[i]);
    return 0;
}

/* Each stretch of the query between fillers: its grams, and itself as a whole. */
static enum err find_stretches(struct ctx *c, struct finding *f, const char *text)
{
    size_t n;
    while (*text) {
        const char *from = text;
        while (*text && !filler_at(text))
            text_next(&text);
        if (text > from) {
            const char *part = arena_copy_n(c->arena, from, (size_t)(text - from));
            TRY(each_gram(c, part, find_gram, f));
            TRY(ask(c, f, arena_printf(c->arena, "!%s", part), false, &n));
        }
        text += filler_at(text);
    }
    return OK;
}

static int by_score(const void *a, const void *b)
{
    const struct search_hit *x = a, *y = b;
    if (x->score != y->score)
        return x->score < y->score ? 1 : -1;
    return x->subject < y->subject ? -1 : x->subject > y->subject;
}

static enum err find_initials(struct ctx *c, const char *kind, const char *text, struct finding *f)
{
    struct search_hit *rows;
    size_t n;
    const char *from = arena_printf(c->arena, "~%s", text);
    TRY(DB_ROWS(c, &SQL_INITIALS,
                IN(v_text(kind), v_text(from), v_text(arena_printf(c->arena, "%s\x7f", from))),
                hit_cols, CANDIDATES_MAX, &rows, &n));
    count_hits(f, rows, n, true);
    return ask(c, f, from, true, &n); /* all of the initials, not only the first of them */
}

/* Those without a pair of the query go, where it has pairs; so do those far behind the best. */
static void drop_weak(struct finding *f)
{
    enum { WEAK_PART = 5 };
    size_t kept = 0;
    int64_t best = 0;
    for (size_t i = 0; i < f->n; i++)
        if (f->n_pairs == 0 || f->pairs[i] > 0)
            best = f->hits[i].score > best ? f->hits[i].score : best;
    for (size_t i = 0; i < f->n; i++)
        if ((f->n_pairs == 0 || f->pairs[i] > 0) && f->hits[i].score * WEAK_PART >= best)
            f->hits[kept++] = f->hits[i];
    f->n = kept;
}

enum err search_find(struct ctx *c, const char *kind, const char *query, struct search_hit **out,
                     size_t *n)
{
    const char *text = text_fold(c->arena, query);
    struct finding f = { .kind = kind,
                         .hits = ARENA_ARRAY(c->arena, struct search_hit, CANDIDATES_MAX),
                         .pairs = ARENA_ARRAY(c->arena, int, CANDIDATES_MAX) };
    *out = f.hits;
    *n = 0;
    if (text_length(text) == 0 || text_length(text) > SEARCH_QUERY_MAX)
        return OK;
    bool latin = (unsigned char)text[0] < 0x80;
    if (latin)
        TRY(find_initials(c, kind, text, &f));
    if (f.n == 0)
        TRY(find_stretches(c, &f, text));
    drop_weak(&f);
    qsort(f.hits, f.n, sizeof *f.hits, by_score);
    *n = f.n < SEARCH_MAX ? f.n : SEARCH_MAX;
    return OK;
}
