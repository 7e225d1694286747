/* SPDX-License-Identifier: Apache-2.0
 * place.c - see place.h. */
#include "kernel/place/place.h"
#include "core/text.h"

#define PLACE_COLS_TEXT                                                                            \
    "code, kind, name, short_name, merged_into, level, population, households, counted_day, "      \
    "valid_from, valid_to"
static const struct sql SQL_LOAD = { "SELECT " PLACE_COLS_TEXT " FROM place WHERE code = $1",
                                     NULL };
static const struct sql SQL_SHORT = { "SELECT short_name FROM place WHERE code = $1", NULL };
static const struct sql SQL_CHILDREN = { "SELECT " PLACE_COLS_TEXT
                                         " FROM place WHERE code > $1 AND code < $2 AND level = $3 "
                                         "ORDER BY code",
                                         NULL };
static const struct sql SQL_BY_NAME = { "SELECT " PLACE_COLS_TEXT
                                        " FROM place WHERE short_name >= $1 AND short_name < $2 "
                                        "AND code >= $3 AND code < $4 ORDER BY short_name, code",
                                        NULL };
static const struct sql SQL_BY_INITIALS = { "SELECT " PLACE_COLS_TEXT
                                            " FROM place WHERE initials >= $1 AND initials < $2 "
                                            "AND code >= $3 AND code < $4 ORDER BY initials, code",
                                            NULL };
static const struct sql SQL_PUT = {
    "INSERT INTO place (code, level, kind, name, short_name, initials, pilot) "
    "VALUES ($1, $2, $3, $4, $5, $6, '') ON CONFLICT (code) DO UPDATE SET name = $4, "
    "short_name = $5, initials = $6",
    NULL
};
static const struct sql SQL_COUNT = { "SELECT count(*) FROM place", NULL };

static const struct col place_cols[] = {
    COL_TEXT(struct place, code),        COL_TEXT(struct place, kind),
    COL_TEXT(struct place, name),        COL_TEXT(struct place, short_name),
    COL_TEXT(struct place, merged_into), COL_INT(struct place, level),
    COL_INT(struct place, population),   COL_INT(struct place, households),
    COL_INT(struct place, counted_day),  COL_INT(struct place, valid_from),
    COL_INT(struct place, valid_to),
};

enum err place_load(struct ctx *c, const char *code, struct place *out)
{
    return db_row(c, &SQL_LOAD, IN(v_text(code)), COLS(place_cols), out);
}

enum err place_require(struct ctx *c, const char *code, struct place *out)
{
    enum err e = place_load(c, code, out);
    if (e == E_NOT_FOUND)
        return fail(c, E_PLACE, "unknown place code");
    TRY(e);
    return out->merged_into ? fail(c, E_PLACE_MERGED, "merged place") : OK;
}

/* The text after all that begin with prefix, in byte order. */
static const char *after(struct ctx *c, const char *prefix)
{
    return arena_printf(c->arena, "%s\xf4\x8f\xbf\xbf", prefix);
}

enum err place_children(struct ctx *c, const char *code, struct place **out, size_t *n)
{
    int level = *code ? (int)place_level_of(code) + 1 : 1;
    return DB_ROWS(c, &SQL_CHILDREN,
                   IN(v_text(code), v_text(arena_printf(c->arena, "%s:", code)), v_int(level)),
                   place_cols, PLACE_CHILDREN_MAX, out, n);
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
    const char *last = arena_printf(c->arena, "%s:", area);
    const struct sql *by = (unsigned char)text[0] < 0x80 ? &SQL_BY_INITIALS : &SQL_BY_NAME;
    const char *low = by == &SQL_BY_INITIALS ? text_fold(c->arena, text) : text;
    return DB_ROWS(c, by, IN(v_text(low), v_text(after(c, low)), v_text(area), v_text(last)),
                   place_cols, PLACE_FIND_MAX, out, n);
}

/* NULL when there is no such place. */
static const char *short_name(struct ctx *c, const char *code)
{
    const char *name = NULL;
    bool found;
    return db_find(c, &SQL_SHORT, IN(v_text(code)), OUT(s_text(&name)), &found) == OK ? name : NULL;
}

const char *place_full_name(struct ctx *c, const char *code)
{
    const char *full = "", *name;
    for (int level = PLACE_COUNTY; level <= PLACE_VILLAGE; level++) {
        const char *at = place_at(c, code, (enum place_level)level);
        if (*at && (name = short_name(c, at)))
            full = arena_printf(c->arena, "%s%s", full, name);
    }
    return *full || !*code ? full : str_or(short_name(c, code), "");
}

const char *place_short_name(struct ctx *c, const char *code)
{
    const char *name = short_name(c, code);
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

/* ---- import ---- */
struct importing {
    FILE *f;
    struct place_import *out;
};

static const char *kind_of(const char *name, enum place_level level)
{
    if (level != PLACE_VILLAGE)
        return "";
    return strstr(name, "虚拟")                         ? "virtual"
           : strstr(name, "居") || strstr(name, "社区") ? "community"
           : strstr(name, "场")                         ? "farm"
                                                        : "village";
}

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
    return db_run(c, &SQL_PUT,
                  IN(v_text(code), v_int(l), v_text(kind_of(name, l)), v_text(name), v_text(say),
                     v_text(text_initials(c->arena, say))));
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
