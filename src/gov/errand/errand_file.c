/* SPDX-License-Identifier: Apache-2.0
 * errand_file.c - see errand_file.h. */
#include "gov/errand/errand_file.h"
#include "core/day.h"
#include "gov/errand/errand_step.h"
#include "kernel/flow/flow.h"
#include "kernel/notice/notice.h"
#include "kernel/place/place.h"
#include "kernel/rule/rule.h"
#include "kernel/ticker/ticker.h"
#include "kernel/todo/todo.h"
#include "store/setting.h"

enum { EXPIRED_AT_ONCE = 200 };
#define FILE_COLS "id, seq, size, account, at_ms, sha256, mime"
static const struct sql SQL_LIST = {
    "SELECT " FILE_COLS " FROM errand_file WHERE county = $1 AND errand = $2 AND removed_ms = 0 "
    "ORDER BY id",
    NULL
};
static const struct sql SQL_ONE = {
    "SELECT " FILE_COLS " FROM errand_file WHERE county = $1 AND errand = $2 AND id = $3 AND "
    "removed_ms = 0",
    NULL
};
static const struct sql SQL_ADD = {
    "INSERT INTO errand_file (county, errand, id, seq, sha256, mime, size, account, at_ms, "
    "removed_ms, removed_why) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, '')",
    NULL
};
static const struct sql SQL_DROP = {
    "UPDATE errand_file SET removed_ms = $4, removed_why = $5 WHERE county = $1 AND errand = $2 "
    "AND id = $3 AND removed_ms = 0",
    NULL
};
static const struct sql SQL_USES = {
    "SELECT count(*) FROM errand_file WHERE sha256 = $1 AND removed_ms = 0", NULL
};
static const struct sql SQL_EXPIRED = {
    "SELECT e.county, e.id, f.id, f.sha256 FROM errand e JOIN errand_file f ON f.county = e.county "
    "AND f.errand = e.id WHERE e.closed_ms > 0 AND e.closed_ms < $1 AND f.removed_ms = 0",
    NULL
};
static const struct col file_cols[] = {
    COL_INT(struct errand_file, id),    COL_INT(struct errand_file, seq),
    COL_INT(struct errand_file, size),  COL_INT(struct errand_file, account),
    COL_INT(struct errand_file, at_ms), COL_TEXT(struct errand_file, sha256),
    COL_TEXT(struct errand_file, mime),
};

enum err errand_files(struct ctx *c, const struct errand *e, struct errand_file **out, size_t *n)
{
    return DB_ROWS(c, &SQL_LIST, IN(v_int(e->key.county), v_int(e->key.id)), file_cols,
                   ERRAND_FILES_MAX, out, n);
}

enum err errand_file_load(struct ctx *c, const struct errand *e, int64_t id,
                          struct errand_file *out)
{
    return db_row(c, &SQL_ONE, IN(v_int(e->key.county), v_int(e->key.id), v_int(id)),
                  COLS(file_cols), out);
}

static enum err paper_of(struct ctx *c, const struct errand *e, int64_t seq,
                         struct errand_paper *out)
{
    struct errand_paper *papers;
    size_t n;
    TRY(errand_papers(c, e, &papers, &n));
    for (size_t i = 0; i < n; i++)
        if (papers[i].seq == seq) {
            *out = papers[i];
            return OK;
        }
    return fail(c, E_NOT_FOUND, "no such paper");
}

static bool is_waited_for(const struct errand_paper *p)
{
    return str_eq(p->state, "missing") || str_eq(p->state, "later");
}

static enum err has_room(struct ctx *c, const struct errand *e, int64_t seq)
{
    struct errand_file *all;
    size_t n, same = 0;
    TRY(errand_files(c, e, &all, &n));
    for (size_t i = 0; i < n; i++)
        same += all[i].seq == seq;
    if (n == ERRAND_FILES_MAX || same == PAPER_FILES_MAX)
        return fail_field(c, "file", E_FILES_MANY);
    return OK;
}

enum err errand_file_may_add(struct ctx *c, const struct errand *e, int64_t seq)
{
    struct errand_paper p;
    if (errand_state_of(e) > ERRAND_SUSPENDED)
        return fail(c, E_WRONG_STATE, "decided or closed");
    if (!e->by_code)
        TRY(takes_papers_here(c, e));
    TRY(paper_of(c, e, seq, &p));
    if (e->by_code && !is_waited_for(&p))
        return fail(c, E_WRONG_STATE, "nobody waits for this paper");
    return has_room(c, e, seq);
}

/* The desk that takes its papers hears that one has come; it decides whether it will do. */
static enum err tell_desk(struct ctx *c, const struct errand *e, const struct errand_paper *p)
{
    struct notice n = { .key = { e->key.county, 0 },
                        .desk = desk_text(c, e->home, (enum cap_no)e->home_cap, 0),
                        .subject = e->key.id,
                        .title = arena_printf(c->arena, "居民传来：%s", p->name),
                        .words = arena_printf(c->arena, "%s。看清楚了就收下，不行的打电话说明。",
                                              e->title),
                        .link = arena_printf(c->arena, "/errand/%s", key_text(c, e->key)) };
    return notice_add(c, &n);
}

enum err errand_file_add(struct ctx *c, struct errand *e, int64_t seq, const struct file *f)
{
    struct errand_paper p;
    TRY(errand_file_may_add(c, e, seq));
    TRY(paper_of(c, e, seq, &p));
    TRY(file_record(c, f));
    TRY(db_run(c, &SQL_ADD,
               IN(v_int(e->key.county), v_int(e->key.id), v_int(id_new(c)), v_int(seq),
                  v_text(f->sha256), v_text(f->mime), v_int(f->size),
                  v_int(e->by_code ? 0 : c->account_id), v_int(c->now_ms))));
    TRY(flow_note(c, &errand_sm, e->key, e->state, "file", p.name));
    if (e->by_code)
        return tell_desk(c, e, &p);
    return is_waited_for(&p) && errand_state_of(e) != ERRAND_DRAFTED ? errand_paper_came(c, e, seq)
                                                                     : OK;
}

/* Two papers may be the same picture: its bytes stay as long as one of them needs them. */
static enum err drop_row(struct ctx *c, struct key errand, int64_t id, const char *sha256,
                         const char *why)
{
    int64_t uses;
    TRY(db_change_one(
        c, &SQL_DROP,
        IN(v_int(errand.county), v_int(errand.id), v_int(id), v_int(c->now_ms), v_text(why))));
    TRY(db_one(c, &SQL_USES, IN(v_text(sha256)), OUT(s_int(&uses))));
    return uses ? OK : file_delete(c, sha256);
}

enum err errand_file_drop(struct ctx *c, struct errand *e, int64_t id, const char *why)
{
    struct errand_file f;
    struct errand_paper p;
    if (errand_state_of(e) > ERRAND_SUSPENDED)
        return fail(c, E_WRONG_STATE, "decided or closed");
    TRY(takes_papers_here(c, e));
    TRY(errand_file_load(c, e, id, &f));
    TRY(paper_of(c, e, f.seq, &p));
    TRY(drop_row(c, e->key, id, f.sha256, why));
    return flow_note(c, &errand_sm, e->key, e->state, "file-gone",
                     arena_printf(c->arena, "%s：%s", p.name, why));
}

/* ---- kept no longer than the county's rule says ---- */
struct expired {
    struct key errand;
    int64_t id;
    const char *sha256;
};

static enum err expire(struct ctx *c, void *unused)
{
    static const struct col cols[] = { COL_INT(struct expired, errand.county),
                                       COL_INT(struct expired, errand.id),
                                       COL_INT(struct expired, id),
                                       COL_TEXT(struct expired, sha256) };
    struct expired *old;
    size_t n;
    int64_t years;
    const char *county;
    (void)unused;
    TRY(setting_get(c, "county", "", &county));
    TRY(rule_int(c, "errand.file_keep_years", county, day_of_ms(c->now_ms), &years));
    TRY(DB_ROWS(c, &SQL_EXPIRED, IN(v_int(c->now_ms - years * 366 * DAY_MS)), cols, EXPIRED_AT_ONCE,
                &old, &n));
    for (size_t i = 0; i < n; i++)
        TRY(drop_row(c, old[i].errand, old[i].id, old[i].sha256, "保存期满"));
    return OK;
}
static struct tick_job expire_job = { .name = "材料保存期", .seconds = 3600, .run = expire };
TICK(expire_job)
