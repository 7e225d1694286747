/* SPDX-License-Identifier: Apache-2.0
 * rule.c - see rule.h. */
#include "kernel/rule/rule.h"
#include "core/csv.h"
#include "core/day.h"

#define RULE_COLS                                                                                  \
    "id, name, value, unit, level, document, article, area, source, note, valid_from, valid_to"
static const struct sql SQL_ROW = {
    "SELECT " RULE_COLS " FROM rule WHERE name = $1 AND area = substr($2, 1, length(area)) "
    "AND valid_from <= $3 AND (valid_to IS NULL OR valid_to >= $3) "
    "ORDER BY length(area) DESC, valid_from DESC, id DESC LIMIT 1",
    "SELECT " RULE_COLS " FROM rule WHERE name = $1 AND area = substr($2::text, 1, length(area)) "
    "AND valid_from <= $3 AND (valid_to IS NULL OR valid_to >= $3) "
    "ORDER BY length(area) DESC, valid_from DESC, id DESC LIMIT 1"
};
static const struct sql SQL_ALL = { "SELECT " RULE_COLS
                                    " FROM rule ORDER BY name, area, valid_from",
                                    NULL };
static const struct sql SQL_NAMED = { "SELECT " RULE_COLS
                                      " FROM rule WHERE name = $1 ORDER BY area, valid_from",
                                      NULL };
static const struct sql SQL_FORCE = { "SELECT " RULE_COLS
                                      " FROM rule WHERE valid_from <= $1 AND (valid_to IS NULL OR "
                                      "valid_to >= $1) ORDER BY name, area, valid_from",
                                      NULL };
static const struct sql SQL_END = {
    "UPDATE rule SET valid_to = $3 WHERE name = $1 AND area = $2 AND valid_to IS NULL "
    "AND valid_from < $4",
    NULL
};
static const struct sql SQL_ADD = {
    "INSERT INTO rule (id, name, value, unit, level, document, article, area, valid_from, "
    "valid_to, source, note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    NULL
};
static const struct sql SQL_HAS = {
    "SELECT count(*) FROM rule WHERE name = $1 AND area = $2 AND level = $3 AND valid_from = $4",
    NULL
};
static const struct col rule_cols[] = {
    COL_INT(struct rule, id),         COL_TEXT(struct rule, name),
    COL_TEXT(struct rule, value),     COL_TEXT(struct rule, unit),
    COL_TEXT(struct rule, level),     COL_TEXT(struct rule, document),
    COL_TEXT(struct rule, article),   COL_TEXT(struct rule, area),
    COL_TEXT(struct rule, source),    COL_TEXT(struct rule, note),
    COL_INT(struct rule, valid_from), COL_INT(struct rule, valid_to),
};

enum err rule_row(struct ctx *c, const char *name, const char *place, int32_t day, struct rule *out)
{
    return db_row(c, &SQL_ROW, IN(v_text(name), v_text(place), v_int(day)), COLS(rule_cols), out);
}

enum err rule_int(struct ctx *c, const char *name, const char *place, int32_t day, int64_t *out)
{
    struct rule r;
    char *end;
    TRY(rule_row(c, name, place, day, &r));
    *out = strtoll(r.value, &end, 10);
    return *end || end == r.value ? fail(c, E_FORMAT, "rule %s is not a number", name) : OK;
}

enum err rule_list(struct ctx *c, const char *name, struct rule **out, size_t *n)
{
    if (*name)
        return DB_ROWS(c, &SQL_NAMED, IN(v_text(name)), rule_cols, RULE_ROWS_MAX, out, n);
    return DB_ROWS(c, &SQL_ALL, IN_NONE, rule_cols, RULE_ROWS_MAX, out, n);
}

enum err rule_in_force(struct ctx *c, int32_t day, struct rule **out, size_t *n)
{
    return DB_ROWS(c, &SQL_FORCE, IN(v_int(day)), rule_cols, RULE_ROWS_MAX, out, n);
}

enum err rule_add(struct ctx *c, const struct rule *r)
{
    TRY(db_run(
        c, &SQL_END,
        IN(v_text(r->name), v_text(r->area), v_int(r->valid_from - 1), v_int(r->valid_from))));
    return db_run(c, &SQL_ADD,
                  IN(v_int(id_new(c)), v_text(r->name), v_text(r->value), v_text(r->unit),
                     v_text(r->level), v_text(r->document), v_text(r->article), v_text(r->area),
                     v_int(r->valid_from), r->valid_to ? v_int(r->valid_to) : v_null(),
                     v_text(r->source), v_text(r->note)));
}

static enum err import_row(struct ctx *c, const struct csv_row *row, void *arg)
{
    int64_t *n = arg, there;
    int32_t from = 0, to = 0;
    if (row->n != 11 || !day_parse(row->cells[7], &from) ||
        (*row->cells[8] && !day_parse(row->cells[8], &to)))
        return fail(c, E_FORMAT, "rules: line %zu", row->line);
    struct rule r = { .name = row->cells[0],
                      .value = row->cells[1],
                      .unit = row->cells[2],
                      .level = row->cells[3],
                      .document = row->cells[4],
                      .article = row->cells[5],
                      .area = row->cells[6],
                      .valid_from = from,
                      .valid_to = to,
                      .source = row->cells[9],
                      .note = row->cells[10] };
    TRY(db_one(c, &SQL_HAS, IN(v_text(r.name), v_text(r.area), v_text(r.level), v_int(from)),
               OUT(s_int(&there))));
    if (there)
        return OK;
    ++*n;
    return rule_add(c, &r);
}

enum err rule_import(struct ctx *c, const char *path, int64_t *rows)
{
    *rows = 0;
    return csv_each(c, path, import_row, rows);
}

const char *rule_source(struct ctx *c, const struct rule *r)
{
    static const struct {
        const char *level, *zh;
    } levels[] = { { "law", "法律" },    { "national", "国家规定" }, { "province", "省规定" },
                   { "city", "市规定" }, { "county", "县级设定" },   { "charter", "村规民约" } };
    const char *zh = r->level;
    for (size_t i = 0; i < COUNT(levels); i++)
        if (str_eq(levels[i].level, r->level))
            zh = levels[i].zh;
    if (str_eq(r->document, zh) || !*r->document)
        return zh;
    return arena_printf(c->arena, "%s　%s%s", zh, r->document, r->article);
}

const char *rule_short(struct ctx *c, const struct rule *r)
{
    const char *note = str_or(r->note, r->name), *end = strstr(note, "；");
    return end ? arena_copy_n(c->arena, note, (size_t)(end - note)) : note;
}

const char *rule_unit_zh(const char *unit)
{
    static const char *const words[][2] = {
        { "workday", "个工作日" },
        { "day", "天" },
        { "days", "天" },
        { "hour", "小时" },
        { "minute", "分钟" },
        { "month", "个月" },
        { "year", "年" },
        { "percent", "%" },
        { "byte", "字节" },
        { "fen", "分" },
        { "yuan", "元" },
        { "person", "人" },
        { "time", "次" },
        { "try", "次" },
        { "score", "分" },
        { "m2", "平方米" },
        { "age", "周岁" },
        { "count", "个" },
        { "star", "星" },
        { "household", "户" },
        { "pt", "磅" },
        { "px", "像素" },
        { "tenth", "个十分之一" },
        { "unit", "个" },
        { "day_of_month", "日" },
        { "month_of_year", "月" },
        { "month_of_quarter", "（每季第几个月）" },
        { "char", "字" },
        { "hour_of_day", "点" },
        { "text", "" },
    };
    for (size_t i = 0; i < COUNT(words); i++)
        if (str_eq(words[i][0], unit))
            return words[i][1];
    return unit;
}
