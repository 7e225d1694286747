/* SPDX-License-Identifier: Apache-2.0
 * check.c - xiangyue check: whether an instance is what it says: the database, every life cycle
 * step by step, the audit chain, the files, the to-do lists. Changes nothing. */
#include "cli/check.h"
#include "crypto/digest.h"
#include "gov/rating/rating.h"
#include "kernel/audit/audit.h"
#include "kernel/file/file.h"
#include "store/backup.h"
#include "store/migrate.h"

/* Of a subject: the flow's last step must have led to its state. */
static const struct sql SQL_ERRAND_STATES = {
    "SELECT e.county, e.id, e.state, coalesce((SELECT f.to_state FROM flow_event f WHERE "
    "f.county = e.county AND f.subject = e.id AND f.flow = 'errand' ORDER BY f.id DESC LIMIT 1), "
    "'') FROM errand e",
    NULL
};
static const struct sql SQL_RATING_STATES = {
    "SELECT e.county, e.errand, e.state, coalesce((SELECT f.to_state FROM flow_event f WHERE "
    "f.county = e.county AND f.subject = e.errand AND f.flow = 'rating' ORDER BY f.id DESC "
    "LIMIT 1), CASE WHEN e.state IN ('done', 'callback') THEN e.state ELSE '' END) FROM rating e",
    NULL
};
static const struct sql SQL_EVENTS = {
    "SELECT county, subject, flow, event, from_state, to_state FROM flow_event "
    "ORDER BY county, subject, flow, id",
    NULL
};
static const struct sql SQL_TODOS = {
    "SELECT t.county, t.subject, t.flow, coalesce(e.state, ''), coalesce(r.state, '') FROM todo t "
    "LEFT JOIN errand e ON e.county = t.county AND e.id = t.subject "
    "LEFT JOIN rating r ON r.county = t.county AND r.errand = t.subject ORDER BY t.county",
    NULL
};
static const struct sql SQL_PAPERS = {
    "SELECT p.county, p.errand, p.file FROM errand_paper p LEFT JOIN file f ON f.sha256 = p.file "
    "WHERE p.file <> '' AND f.sha256 IS NULL",
    NULL
};

void check_note(struct check *k, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vprintf(fmt, ap);
    va_end(ap);
    putchar('\n');
    k->findings++;
}

static void database_line(void *arg, const char *line)
{
    check_note(arg, "database: %s", line);
}

/* ---- life cycles ---- */
enum { WORD_MAX = 64 };
struct event {
    int64_t county, subject;
    const char *flow, *event, *from, *to;
};
struct walk {
    struct check *k;
    struct event e;
    int64_t county, subject; /* of the step before */
    char flow[WORD_MAX], to[WORD_MAX];
};

static const struct sm *flow_named(const char *name)
{
    const struct sm *all[] = { &errand_sm, &rating_sm };
    for (size_t i = 0; i < COUNT(all); i++)
        if (str_eq(all[i]->name, name))
            return all[i];
    return NULL;
}

/* A note leaves the state as it is; anything else must be a row of the table. */
static bool step_fits(const struct sm *m, const struct event *e)
{
    int from = sm_state_named(m, e->from), to = sm_state_named(m, e->to),
        event = sm_event_named(m, e->event);
    if (from >= 0 && from == to && event < 0)
        return true;
    for (size_t i = 0; i < m->n_rows; i++)
        if (m->rows[i].from == from && m->rows[i].event == event && m->rows[i].to == to)
            return true;
    return false;
}

static enum err walk_event(struct ctx *c, void *arg)
{
    struct walk *w = arg;
    const struct event *e = &w->e;
    const struct sm *m = flow_named(e->flow);
    bool first = e->county != w->county || e->subject != w->subject || !str_eq(e->flow, w->flow);
    (void)c;
    if (!first && !str_eq(w->to, e->from))
        check_note(w->k,
                   "life cycle: %s %06" PRId64 "-%" PRId64 " was left in %s and goes on in %s",
                   e->flow, e->county, e->subject, w->to, e->from);
    if (m && !step_fits(m, e))
        check_note(w->k, "life cycle: %s %06" PRId64 "-%" PRId64 ": no way from %s by %s to %s",
                   e->flow, e->county, e->subject, e->from, e->event, e->to);
    w->county = e->county;
    w->subject = e->subject;
    snprintf(w->flow, sizeof w->flow, "%s", e->flow);
    snprintf(w->to, sizeof w->to, "%s", e->to);
    return OK;
}

struct subject {
    struct check *k;
    const char *flow;
    int64_t county, id;
    const char *state, *last, *other;
};

static enum err compare_state(struct ctx *c, void *arg)
{
    const struct subject *s = arg;
    (void)c;
    if (!str_eq(s->state, s->last))
        check_note(s->k,
                   "life cycle: %s %06" PRId64 "-%" PRId64 " is in %s, its last step led to %s",
                   s->flow, s->county, s->id, s->state, str_or(s->last, "nothing"));
    return OK;
}

static bool live(const struct sm *m, const char *state)
{
    int no = sm_state_named(m, state);
    return no >= 0 && !m->states[no].final;
}

static enum err check_todo(struct ctx *c, void *arg)
{
    const struct subject *s = arg;
    bool errand = str_starts(s->last, "errand"), rating = str_starts(s->last, "rating");
    (void)c;
    if ((errand && !live(&errand_sm, s->state)) || (rating && !live(&rating_sm, s->other)))
        check_note(s->k,
                   "to-do: %s %06" PRId64 "-%" PRId64 " waits for a subject that is over or "
                   "gone",
                   s->last, s->county, s->id);
    return OK;
}

static enum err check_paper(struct ctx *c, void *arg)
{
    const struct subject *s = arg;
    (void)c;
    check_note(s->k, "file: a paper of errand %06" PRId64 "-%" PRId64 " names %s, which is unknown",
               s->county, s->id, s->state);
    return OK;
}

static enum err check_flows(struct ctx *c, struct check *k)
{
    struct walk w = { .k = k };
    struct subject s = { .k = k, .flow = "errand" };
    TRY(db_each(c, &SQL_EVENTS, IN_NONE,
                OUT(s_int(&w.e.county), s_int(&w.e.subject), s_text(&w.e.flow), s_text(&w.e.event),
                    s_text(&w.e.from), s_text(&w.e.to)),
                0, walk_event, &w));
    TRY(db_each(c, &SQL_ERRAND_STATES, IN_NONE,
                OUT(s_int(&s.county), s_int(&s.id), s_text(&s.state), s_text(&s.last)), 0,
                compare_state, &s));
    s.flow = "rating";
    TRY(db_each(c, &SQL_RATING_STATES, IN_NONE,
                OUT(s_int(&s.county), s_int(&s.id), s_text(&s.state), s_text(&s.last)), 0,
                compare_state, &s));
    TRY(db_each(
        c, &SQL_TODOS, IN_NONE,
        OUT(s_int(&s.county), s_int(&s.id), s_text(&s.last), s_text(&s.state), s_text(&s.other)), 0,
        check_todo, &s));
    return db_each(c, &SQL_PAPERS, IN_NONE, OUT(s_int(&s.county), s_int(&s.id), s_text(&s.state)),
                   0, check_paper, &s);
}

/* ---- files ---- */
struct files {
    struct check *k;
    const char *dir;
};

static enum err check_file(struct ctx *c, const struct file *f, void *arg)
{
    const struct files *a = arg;
    struct ctx own = *c;
    char *sha256, *sm3;
    int64_t size;
    own.arena = arena_new(ARENA_LIMIT);
    own.why[0] = '\0';
    const char *path = file_path(own.arena, a->dir, f->sha256);
    enum err e = digest_file(&own, DIGEST_SHA256, path, &sha256, &size);
    if (!e)
        e = digest_file(&own, DIGEST_SM3, path, &sm3, &size);
    if (e)
        check_note(a->k, "file: %s cannot be read", f->sha256);
    else if (!str_eq(sha256, f->sha256) || !str_eq(sm3, f->sm3) || size != f->size)
        check_note(a->k, "file: %s was changed", f->sha256);
    arena_free(own.arena);
    return OK;
}

/* ---- all of it ---- */
static enum err check_rows(struct ctx *c, struct check *k, const char *files)
{
    int64_t links, rows;
    struct files a = { k, files };
    struct ctx probe = *c;
    enum err e = audit_verify(&probe, &links, &rows);
    if (e == E_FORMAT)
        check_note(k, "audit: %s", probe.why);
    else if (e)
        return fail(c, e, "%s", probe.why);
    TRY(check_flows(c, k));
    return file_each(c, check_file, &a);
}

enum err check_instance(struct ctx *c, const char *url, const char *files, struct check *k)
{
    struct ctx probe = *c;
    if (db_kind(c->db) == DB_SQLITE)
        TRY(snapshot_check(c, url, database_line, k));
    enum err e = migrate_check(&probe);
    if (e == E_FORMAT)
        check_note(k, "schema: %s", probe.why);
    else if (e)
        return fail(c, e, "%s", probe.why);
    TRY(tx_read_begin(c)); /* one moment for all: the server may be at work */
    e = check_rows(c, k, files);
    tx_read_end(c);
    return e;
}

int cmd_check(int argc, char **argv)
{
    struct instance in;
    struct check k = { 0 };
    if (argc != 2)
        return cli_fail("check", CLI_USAGE, "needs DIR; see xiangyue check --help");
    int status = instance_open("check", argv[1], NULL, false, &in);
    if (status)
        return status;
    enum err e = check_instance(&in.c, in.url, in.files, &k);
    if (e)
        status = cli_failed("check", &in.c, e);
    else
        printf("%d findings\n", k.findings);
    instance_close(&in);
    return status ? status : k.findings ? CLI_FAILED : CLI_OK;
}
