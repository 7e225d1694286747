/* SPDX-License-Identifier: Apache-2.0
 * place.c - see place.h. */
#include "kernel/place/place.h"
#include "core/day.h"
#include "core/text.h"

/* The row holds the newest name; place_called holds those before it. $1: the day that is meant. */
#define NAME_ON(column)                                                                            \
    "coalesce((SELECT n." column " FROM place_called n WHERE n.code = p.code AND n.until_day > "   \
    "$1 ORDER BY n.until_day LIMIT 1), p." column ")"
#define PLACE_SELECT                                                                               \
    "SELECT p.code, " NAME_ON("name") ", " NAME_ON(                                                \
        "short_name") ", p.merged_into, p.level, "                                                 \
                      "p.population, p.households, p.counted_day, p.valid_from, p.valid_to FROM "  \
                      "place p "
static const struct sql SQL_LOAD = { PLACE_SELECT "WHERE p.code = $2", NULL };
static const struct sql SQL_SHORT = { "SELECT " NAME_ON("short_name") " FROM place p "
                                                                      "WHERE p.code = $2",
                                      NULL };
static const struct sql SQL_CHILDREN = {
    PLACE_SELECT "WHERE p.code > $2 AND p.code < $3 AND p.level = $4 AND p.merged_into IS NULL "
                 "ORDER BY p.code",
    NULL
};
static const struct sql SQL_BY_NAME = {
    PLACE_SELECT "WHERE p.short_name >= $2 AND p.short_name < $3 AND p.code >= $4 AND p.code < $5 "
                 "ORDER BY p.short_name, p.code",
    NULL
};
static const struct sql SQL_BY_FORMER = {
    PLACE_SELECT "WHERE p.code IN (SELECT f.code FROM place_called f WHERE f.short_name >= $2 AND "
                 "f.short_name < $3) AND p.code >= $4 AND p.code < $5 ORDER BY p.code",
    NULL
};
static const struct sql SQL_BY_INITIALS = {
    PLACE_SELECT "WHERE p.initials >= $2 AND p.initials < $3 AND p.code >= $4 AND p.code < $5 "
                 "ORDER BY p.initials, p.code",
    NULL
};
/* What a decision named here, a published list does not name otherwise. */
#define DECIDED "EXISTS (SELECT 1 FROM place_called n WHERE n.code = place.code AND n.imported = 0)"
static const struct sql SQL_KEEP = {
    "INSERT INTO place_called (code, until_day, name, short_name, imported) SELECT code, $2, name, "
    "short_name, 1 FROM place WHERE code = $1 AND name <> $3 AND NOT " DECIDED
    " ON CONFLICT DO NOTHING",
    NULL
};
static const struct sql SQL_PUT = {
    "INSERT INTO place (code, level, kind, name, short_name, initials, pilot) "
    "VALUES ($1, $2, $3, $4, $5, $6, '') ON CONFLICT (code) DO UPDATE SET kind = $3, name = $4, "
    "short_name = $5, initials = $6 WHERE NOT " DECIDED,
    NULL
};
static const struct sql SQL_COUNT = { "SELECT count(*) FROM place", NULL };

static const struct col place_cols[] = {
    COL_TEXT(struct place, code),       COL_TEXT(struct place, name),
    COL_TEXT(struct place, short_name), COL_TEXT(struct place, merged_into),
    COL_INT(struct place, level),       COL_INT(struct place, population),
    COL_INT(struct place, households),  COL_INT(struct place, counted_day),
    COL_INT(struct place, valid_from),  COL_INT(struct place, valid_to),
};

static struct val today(const struct ctx *c)
{
    return v_int(day_of_ms(c->now_ms));
}

enum err place_load_on(struct ctx *c, const char *code, int32_t day, struct place *out)
{
    TRY(db_row(c, &SQL_LOAD, IN(v_int(day), v_text(code)), COLS(place_cols), out));
    out->kind = place_kind_of(c, out->name, (enum place_level)out->level);
    return OK;
}

enum err place_load(struct ctx *c, const char *code, struct place *out)
{
    return place_load_on(c, code, day_of_ms(c->now_ms), out);
}

enum err place_require(struct ctx *c, const char *code, struct place *out)
{
    enum err e = place_load(c, code, out);
    if (e == E_NOT_FOUND)
        return fail(c, E_PLACE, "unknown place code");
    TRY(e);
    return out->merged_into ? fail(c, E_PLACE_MERGED, "merged place") : OK;
}

enum err place_now(struct ctx *c, const char *code, struct place *out)
{
    for (int i = 0; i < PLACE_MERGES_MAX; i++) {
        struct ctx probe = *c;
        enum err e = place_require(&probe, code, out);
        if (e != E_PLACE_MERGED)
            return e ? fail(c, e, "%s", probe.why) : OK;
        code = out->merged_into;
    }
    return fail(c, E_PLACE, "merged too often");
}

/* The text after all that begin with prefix, in byte order. */
static const char *after(struct ctx *c, const char *prefix)
{
    return arena_printf(c->arena, "%s\xf4\x8f\xbf\xbf", prefix);
}

static enum err set_kinds(struct ctx *c, struct place *all, size_t n)
{
    for (size_t i = 0; i < n; i++)
        all[i].kind = place_kind_of(c, all[i].name, (enum place_level)all[i].level);
    return OK;
}

enum err place_children(struct ctx *c, const char *code, struct place **out, size_t *n)
{
    int level = *code ? (int)place_level_of(code) + 1 : 1;
    TRY(DB_ROWS(
        c, &SQL_CHILDREN,
        IN(today(c), v_text(code), v_text(arena_printf(c->arena, "%s:", code)), v_int(level)),
        place_cols, PLACE_CHILDREN_MAX, out, n));
    return set_kinds(c, *out, *n);
}

static bool among(const struct place *all, size_t n, const char *code)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(all[i].code, code))
            return true;
    return false;
}

enum err place_find(struct ctx *c, const char *q, const char *area, struct place **out, size_t *n)
{
    *n = 0;
    const char *text = text_clean(c->arena, q, false);
    if (!text || !*text)
        return OK;
    struct place one;
    if (strspn(text, "0123456789") == strlen(text)) {
        *out = ARENA_NEW(c->arena, struct place);
        enum err e = place_load(c, text, &one);
        if (e == OK && str_starts(text, area)) {
            **out = one;
            *n = 1;
        }
        return e == E_NOT_FOUND ? OK : e;
    }
    bool latin = (unsigned char)text[0] < 0x80;
    const char *low = latin ? text_fold(c->arena, text) : text;
    struct place *found, *former;
    size_t n_found, n_former = 0;
    const struct val in[] = { today(c), v_text(low), v_text(after(c, low)), v_text(area),
                              v_text(arena_printf(c->arena, "%s:", area)) };
    const size_t n_in = COUNT(in);
    TRY(db_rows(c, latin ? &SQL_BY_INITIALS : &SQL_BY_NAME, in, n_in, COLS(place_cols),
                sizeof *found, PLACE_FIND_MAX, &found, &n_found));
    if (!latin)
        TRY(db_rows(c, &SQL_BY_FORMER, in, n_in, COLS(place_cols), sizeof *former, PLACE_FIND_MAX,
                    &former, &n_former));
    *out = ARENA_ARRAY(c->arena, struct place, PLACE_FIND_MAX);
    for (size_t i = 0; i < n_found; i++)
        (*out)[(*n)++] = found[i];
    for (size_t i = 0; i < n_former && *n < PLACE_FIND_MAX; i++)
        if (!among(*out, *n, former[i].code))
            (*out)[(*n)++] = former[i];
    return set_kinds(c, *out, *n);
}

/* NULL when there is no such place. */
static const char *short_name(struct ctx *c, const char *code, int32_t day)
{
    const char *name = NULL;
    bool found;
    return db_find(c, &SQL_SHORT, IN(v_int(day), v_text(code)), OUT(s_text(&name)), &found) == OK
               ? name
               : NULL;
}

const char *place_full_name_on(struct ctx *c, const char *code, int32_t day)
{
    const char *full = "", *name;
    for (int level = PLACE_COUNTY; level <= PLACE_VILLAGE; level++) {
        const char *at = place_at(c, code, (enum place_level)level);
        if (*at && (name = short_name(c, at, day)))
            full = arena_printf(c->arena, "%s%s", full, name);
    }
    return *full || !*code ? full : str_or(short_name(c, code, day), "");
}

const char *place_full_name(struct ctx *c, const char *code)
{
    return place_full_name_on(c, code, day_of_ms(c->now_ms));
}

const char *place_short_name(struct ctx *c, const char *code)
{
    const char *name = short_name(c, code, day_of_ms(c->now_ms));
    return name ? name : code;
}

int64_t place_county(const char *code)
{
    char county[7] = "";
    if (strlen(code) < 6)
        return 0;
    memcpy(county, code, 6);
    return strtol(county, NULL, 10);
}

enum place_level place_level_of(const char *code)
{
    size_t n = strlen(code);
    return n <= 2   ? PLACE_PROVINCE
           : n <= 4 ? PLACE_CITY
           : n <= 6 ? PLACE_COUNTY
           : n <= 9 ? PLACE_TOWNSHIP
                    : PLACE_VILLAGE;
}

const char *place_at(struct ctx *c, const char *code, enum place_level level)
{
    static const size_t digits[] = { 0, 2, 4, 6, 9, 12 };
    return strlen(code) < digits[level] ? "" : arena_copy_n(c->arena, code, digits[level]);
}

static const char *without(struct ctx *c, const char *name, const char *ending)
{
    size_t n = strlen(name), e = strlen(ending);
    return n > e && str_eq(name + n - e, ending) ? arena_copy_n(c->arena, name, n - e) : NULL;
}

const char *place_say(struct ctx *c, const char *name, enum place_level level)
{
    static const char *const endings[] = { "村民委员会", "居民委员会", "村委会", "居委会",
                                           "社区居民委员会" };
    if (level == PLACE_TOWNSHIP) {
        const char *s = without(c, name, "办事处");
        return s ? s : name;
    }
    for (size_t i = 0; level == PLACE_VILLAGE && i < COUNT(endings); i++) {
        const char *s = without(c, name, endings[i]);
        if (!s)
            continue;
        bool whole = without(c, s, "村") || without(c, s, "社区") || without(c, s, "场");
        const char *unit = str_starts(endings[i], "村") ? "村" : "社区";
        return whole ? s : arena_printf(c->arena, "%s%s", s, unit);
    }
    return name;
}

const char *place_kind_of(struct ctx *c, const char *name, enum place_level level)
{
    if (level != PLACE_VILLAGE)
        return "";
    if (strstr(name, "虚拟"))
        return "virtual";
    if (without(c, name, "居委会") || without(c, name, "居民委员会") || without(c, name, "社区"))
        return "community";
    if (without(c, name, "村委会") || without(c, name, "村民委员会"))
        return "village";
    return without(c, name, "场") || without(c, name, "生活区") ? "farm" : "village";
}

const char *place_kind_zh(const char *kind)
{
    return str_eq(kind, "community") ? "社区"
           : str_eq(kind, "farm")    ? "场"
           : str_eq(kind, "virtual") ? "统计用的区"
           : str_eq(kind, "village") ? "村"
                                     : "";
}

/* ---- import ---- */
struct importing {
    FILE *f;
    struct place_import *out;
};

static enum err import_line(struct ctx *c, char *line, int64_t number)
{
    char *at = line, *code = strsep(&at, ","), *level = strsep(&at, ","),
         *parent = strsep(&at, ","), *name = strsep(&at, ",\r\n");
    size_t n = code ? strlen(code) : 0;
    if (!level || !parent || !name || !*name || strspn(code, "0123456789") != n ||
        !(n == 2 || n == 4 || n == 6 || n == 9 || n == 12) || !text_valid(name, strlen(name)))
        return fail(c, E_FORMAT, "line %" PRId64 ": not code,level,parent,name", number);
    enum place_level l = place_level_of(code);
    const char *say = place_say(c, name, l);
    TRY(db_run(c, &SQL_KEEP, IN(v_text(code), today(c), v_text(name))));
    return db_run(c, &SQL_PUT,
                  IN(v_text(code), v_int(l), v_text(place_kind_of(c, name, l)), v_text(name),
                     v_text(say), v_text(text_initials(c->arena, say))));
}

/* The rows' own memory is given back as it goes: a whole country is read in one transaction. */
static enum err import_rows(struct ctx *c, void *arg)
{
    struct importing *im = arg;
    char line[512];
    struct ctx own = *c;
    own.arena = arena_new(ARENA_LIMIT);
    enum err e = OK;
    rewind(im->f);
    int64_t number = 0;
    while (!e && fgets(line, sizeof line, im->f)) {
        if (++number == 1 && str_starts(line, "code,"))
            continue;
        e = import_line(&own, line, number);
        im->out->rows++;
        if (number % 1000 == 0)
            arena_reset(own.arena);
    }
    arena_free(own.arena);
    return e ? fail(c, e, "%s", own.why) : OK;
}

enum err place_import(struct ctx *c, const char *path, struct place_import *out)
{
    struct importing im = { fopen(path, "r"), out };
    if (!im.f)
        return fail(c, E_IO, "cannot open %s", path);
    int64_t before = 0, later = 0;
    *out = (struct place_import){ 0 };
    enum err e = db_one(c, &SQL_COUNT, IN_NONE, OUT(s_int(&before)));
    if (!e) {
        e = tx_run(c, "place_import", import_rows, &im);
    }
    if (!e)
        e = db_one(c, &SQL_COUNT, IN_NONE, OUT(s_int(&later)));
    fclose(im.f);
    out->added = later - before;
    out->changed = out->rows - out->added;
    return e;
}
