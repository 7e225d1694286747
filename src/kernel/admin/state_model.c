/* SPDX-License-Identifier: Apache-2.0
 * state_model.c - what the instance knows of its own health; see admin.h. */
#include "kernel/admin/admin.h"
#include "store/setting.h"
#include <sys/statvfs.h>

static const struct sql SQL_SIZE = {
    "SELECT p.page_count * s.page_size FROM pragma_page_count() p, pragma_page_size() s",
    "SELECT pg_database_size(current_database())"
};
static const struct sql SQL_MIGRATIONS = { "SELECT name, at FROM migration ORDER BY name", NULL };
static const struct col migration_cols[] = { COL_TEXT(struct migration_row, name),
                                             COL_INT(struct migration_row, at_ms) };

enum err state_load(struct ctx *c, const char *files_dir, struct state *out)
{
    const char *backup;
    struct statvfs disk;
    struct migration_row *migrations;
    *out = (struct state){ .version = XY_VERSION,
                           .kind = db_kind(c->db) == DB_PG ? "PostgreSQL" : "SQLite",
                           .disk_free = -1,
                           .disk_size = -1,
                           .jobs = tick_jobs() };
    TRY(db_one(c, &SQL_SIZE, IN_NONE, OUT(s_int(&out->bytes))));
    TRY(DB_ROWS(c, &SQL_MIGRATIONS, IN_NONE, migration_cols, 1000, &migrations,
                &out->n_migrations));
    out->migrations = migrations;
    TRY(outbox_state(c, &out->outbox));
    TRY(setting_get(c, "backup.last_ms", "0", &backup));
    out->backup_ms = strtoll(backup, NULL, 10);
    if (files_dir && statvfs(files_dir, &disk) == 0) {
        out->disk_free = (int64_t)(disk.f_bavail * disk.f_frsize);
        out->disk_size = (int64_t)(disk.f_blocks * disk.f_frsize);
    }
    return OK;
}

static const struct {
    const char *name, *zh;
} known[] = {
    { "xiangyue_answers_total{class=\"2xx\"}", "办成的回答" },
    { "xiangyue_answers_total{class=\"3xx\"}", "转到别的页" },
    { "xiangyue_answers_total{class=\"4xx\"}", "来访的填错或无权" },
    { "xiangyue_answers_total{class=\"5xx\"}", "系统自己出错的回答" },
    { "xiangyue_faults_total", "系统自己的故障" },
    { "xiangyue_connections", "现在连着的" },
    { "xiangyue_guard_refused_total", "门口就拒绝的坏请求" },
    { "xiangyue_writer_jobs_total", "写入的事" },
    { "xiangyue_writer_commits_total", "存盘次数" },
    { "xiangyue_writer_failed_total", "没写成的事" },
    { "xiangyue_writer_waiting", "排队等写入的" },
    { "xiangyue_answer_seconds_total", "回答共用秒数" },
};

void state_metrics(struct ctx *c, struct bytes text, struct state *out)
{
    enum { METRICS_MAX = 60 };
    struct metric *all = ARENA_ARRAY(c->arena, struct metric, METRICS_MAX);
    char *rest = arena_copy_n(c->arena, (const char *)text.ptr, text.len), *line;
    while ((line = strsep(&rest, "\n")) && out->n_metrics < METRICS_MAX) {
        char *space = strrchr(line, ' ');
        if (*line == '#' || !space)
            continue;
        *space = '\0';
        struct metric *m = &all[out->n_metrics++];
        *m = (struct metric){ line, line, space + 1 };
        for (size_t i = 0; i < COUNT(known); i++)
            if (str_eq(known[i].name, line))
                m->zh = known[i].zh;
    }
    out->metrics = all;
}
