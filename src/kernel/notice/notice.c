/* SPDX-License-Identifier: Apache-2.0
 * notice.c - see notice.h. */
#include "kernel/notice/notice.h"
#include "kernel/todo/todo.h"

#define NOTICE_COLS                                                                                \
    "county, id, desk, person, subject, title, words, link, at_ms, coalesce(read_ms, 0)"
static const struct sql SQL_ADD = {
    "INSERT INTO notice (county, id, desk, person, subject, title, words, link, at_ms, place) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    NULL
};
/* A person's own notices stand at the desk "person/COUNTY/ID": one index finds both kinds. */
static const struct sql SQL_DESK = { "SELECT " NOTICE_COLS
                                     " FROM notice WHERE desk = $1 AND id < $2 ORDER BY id DESC",
                                     NULL };
static const struct sql SQL_UNREAD = {
    "SELECT count(*) FROM notice WHERE desk = $1 AND read_ms IS NULL", NULL
};
static const struct sql SQL_READ = {
    "UPDATE notice SET read_ms = $2 WHERE desk = $1 AND read_ms IS NULL AND ($3 = 0 OR "
    "(county = $3 AND id = $4))",
    NULL
};
static const struct sql SQL_OF = { "SELECT desk FROM notice WHERE county = $1 AND id = $2", NULL };
static const struct col notice_cols[] = {
    COL_INT(struct notice, key.county), COL_INT(struct notice, key.id),
    COL_TEXT(struct notice, desk),      COL_INT(struct notice, person),
    COL_INT(struct notice, subject),    COL_TEXT(struct notice, title),
    COL_TEXT(struct notice, words),     COL_TEXT(struct notice, link),
    COL_INT(struct notice, at_ms),      COL_INT(struct notice, read_ms),
};

static const char *person_desk(struct ctx *c, int64_t county, int64_t person)
{
    return arena_printf(c->arena, "person/%" PRId64 "/%" PRId64, county, person);
}

enum err notice_add(struct ctx *c, struct notice *n)
{
    const char *desk = n->person ? person_desk(c, n->key.county, n->person) : n->desk;
    CHECK(*desk && n->key.county && *n->title);
    const char *place = n->person ? "" : arena_copy_n(c->arena, desk, strcspn(desk, "/"));
    n->key.id = id_new(c);
    n->at_ms = c->now_ms;
    return db_run(c, &SQL_ADD,
                  IN(v_int(n->key.county), v_int(n->key.id), v_text(desk), v_int(n->person),
                     v_int(n->subject), v_text(n->title), v_text(str_or(n->words, "")),
                     v_text(str_or(n->link, "")), v_int(n->at_ms), v_text(place)));
}

/* ---- the actor's desks, one after another ---- */
struct desks {
    const char **all;
    size_t n;
};

static void add_desk(struct desks *d, const char *desk)
{
    for (size_t i = 0; i < d->n; i++)
        if (str_eq(d->all[i], desk))
            return;
    d->all[d->n++] = desk;
}

static struct desks desks_of(struct ctx *c)
{
    struct desks d = { .n = 0 };
    d.all = ARENA_ARRAY(c->arena, const char *, c->n_rights *CAP_COUNT * 2 + 1);
    for (size_t i = 0; i < c->n_rights; i++)
        for (int cap = CAP_NO_MEMBER + 1; cap < CAP_COUNT; cap++) {
            const struct right *r = &c->rights[i];
            if (!(r->caps & (1u << cap)))
                continue;
            add_desk(&d, desk_text(c, r->place, (enum cap_no)cap, 0));
            if (r->body_id)
                add_desk(&d, desk_text(c, r->place, (enum cap_no)cap, r->body_id));
        }
    if (c->person.county)
        add_desk(&d, person_desk(c, c->person.county, c->person.id));
    return d;
}

/* Puts one more desk's notices among those already there, newest first. */
static void merge(struct notice *all, size_t *n, const struct notice *more, size_t n_more)
{
    for (size_t i = 0; i < n_more; i++) {
        size_t at = *n < NOTICE_LIST_MAX ? (*n)++ : NOTICE_LIST_MAX;
        while (at > 0 && all[at - 1].key.id < more[i].key.id) {
            if (at < NOTICE_LIST_MAX)
                all[at] = all[at - 1];
            at--;
        }
        if (at < NOTICE_LIST_MAX)
            all[at] = more[i];
    }
}

enum err notice_mine(struct ctx *c, int64_t before, struct notice **out, size_t *n)
{
    struct desks d = desks_of(c);
    *out = ARENA_ARRAY(c->arena, struct notice, NOTICE_LIST_MAX);
    *n = 0;
    for (size_t i = 0; i < d.n; i++) {
        struct notice *more;
        size_t n_more;
        TRY(DB_ROWS(c, &SQL_DESK, IN(v_text(d.all[i]), v_int(before ? before : INT64_MAX)),
                    notice_cols, NOTICE_LIST_MAX, &more, &n_more));
        merge(*out, n, more, n_more);
    }
    return OK;
}

enum err notice_unread(struct ctx *c, int64_t *n)
{
    struct desks d = desks_of(c);
    *n = 0;
    for (size_t i = 0; i < d.n && *n < NOTICE_COUNT_MAX; i++) {
        int64_t more;
        TRY(db_one(c, &SQL_UNREAD, IN(v_text(d.all[i])), OUT(s_int(&more))));
        *n += more;
    }
    if (*n > NOTICE_COUNT_MAX)
        *n = NOTICE_COUNT_MAX;
    return OK;
}

enum err notice_read(struct ctx *c, struct key k)
{
    struct desks d = desks_of(c);
    const char *desk;
    TRY(db_one(c, &SQL_OF, IN(v_int(k.county), v_int(k.id)), OUT(s_text(&desk))));
    for (size_t i = 0; i < d.n; i++)
        if (str_eq(d.all[i], desk))
            return db_run(c, &SQL_READ,
                          IN(v_text(desk), v_int(c->now_ms), v_int(k.county), v_int(k.id)));
    return fail(c, E_NOT_FOUND, "a notice for somebody else");
}

enum err notice_read_all(struct ctx *c)
{
    struct desks d = desks_of(c);
    for (size_t i = 0; i < d.n; i++)
        TRY(db_run(c, &SQL_READ, IN(v_text(d.all[i]), v_int(c->now_ms), v_int(0), v_int(0))));
    return OK;
}
