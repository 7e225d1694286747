/* SPDX-License-Identifier: Apache-2.0
 * search.h - finds things by Chinese words, everyday names and pinyin initials: an index of
 * neighbouring character pairs, the same on both engines. */
#pragma once
#include "store/db.h"

enum { SEARCH_MAX = 50, SEARCH_QUERY_MAX = 60 };
struct search_hit {
    int64_t subject, score;
};
/* Replaces what is indexed for subject: texts, heaviest first (a name before its other names). */
enum err search_put(struct ctx *c, const char *kind, int64_t subject, const char *const *texts,
                    size_t n) MUST_USE;
enum err search_drop(struct ctx *c, const char *kind, int64_t subject) MUST_USE;
/* Best first, at most SEARCH_MAX. A query in Latin letters is matched against initials. Words such as
 * "怎么办" do not count; a character of the same sound finds too. Hits that share no pair of
 * characters with the query, or far less than the best one, are left out. */
enum err search_find(struct ctx *c, const char *kind, const char *query, struct search_hit **out,
                     size_t *n) MUST_USE;
