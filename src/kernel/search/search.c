/* SPDX-License-Identifier: Apache-2.0
 * search.c - see search.h. A text gives its single characters (weight 1), its pairs (weight 4) and,
 * for the initials of its pronunciation, their prefixes of each start; what is found is counted per
 * subject and ordered by the weight of what fits. */
#include "kernel/search/search.h"
#include "core/text.h"

enum { GRAMS_MAX = 600, GRAM_BYTES = 16, QUERY_GRAMS_MAX = 40, CANDIDATES_MAX = 4000 };

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
    return db_run(c, &SQL_PUT,
                  IN(v_text(kind), v_text(gram), v_int(subject), v_int(weight)));
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

static enum err put_gram(struct ctx *c, const char *gram, bool pair, void *arg)
{
    const struct putting *p = arg;
    return put(c, p->kind, p->subject, gram, (pair ? 4 : 1) * p->bonus);
}

enum err search_put(struct ctx *c, const char *kind, int64_t subject, const char *const *texts,
                    size_t n)
{
    TRY(search_drop(c, kind, subject));
    for (size_t i = 0; i < n; i++) {
        struct putting p = { kind, subject, i == 0 ? 3 : 2 };
        TRY(each_gram(c, text_fold(c->arena, texts[i]), put_gram, &p));
        const char *initials = text_initials(c->arena, texts[i]);
        if (*initials)
            TRY(put(c, kind, subject, arena_printf(c->arena, "~%s", initials), p.bonus));
    }
    return OK;
}

struct finding {
    const char *kind;
    struct search_hit *hits;
    size_t n, pairs, singles;
    bool pair_only;
};

static void count_hits(struct finding *f, const struct search_hit *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t at = 0;
        while (at < f->n && f->hits[at].subject != rows[i].subject)
            at++;
        if (at == f->n && f->n < CANDIDATES_MAX)
            f->hits[f->n++] = (struct search_hit){ rows[i].subject, 0 };
        if (at < f->n)
            f->hits[at].score += rows[i].score;
    }
}

static enum err find_gram(struct ctx *c, const char *gram, bool pair, void *arg)
{
    struct finding *f = arg;
    struct search_hit *rows;
    size_t n;
    *(pair ? &f->pairs : &f->singles) += 1;
    if (f->pairs + f->singles > QUERY_GRAMS_MAX)
        return OK;
    TRY(DB_ROWS(c, &SQL_GRAM, IN(v_text(f->kind), v_text(gram)), hit_cols, CANDIDATES_MAX, &rows,
                &n));
    count_hits(f, rows, n);
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
    count_hits(f, rows, n);
    return OK;
}

enum err search_find(struct ctx *c, const char *kind, const char *query, struct search_hit **out,
                     size_t *n)
{
    const char *text = text_fold(c->arena, query);
    struct finding f = { .kind = kind,
                         .hits = ARENA_ARRAY(c->arena, struct search_hit, CANDIDATES_MAX) };
    *out = f.hits;
    *n = 0;
    if (text_length(text) == 0 || text_length(text) > SEARCH_QUERY_MAX)
        return OK;
    bool latin = (unsigned char)text[0] < 0x80;
    if (latin)
        TRY(find_initials(c, kind, text, &f));
    if (f.n == 0)
        TRY(each_gram(c, text, find_gram, &f));
    qsort(f.hits, f.n, sizeof *f.hits, by_score);
    /* at least two characters of the query, or half of them, must be there */
    int64_t least = latin ? 1 : (int64_t)(f.singles < 2 ? 1 : f.singles) * 2;
    while (*n < f.n && *n < SEARCH_MAX && f.hits[*n].score >= least)
        ++*n;
    return OK;
}
