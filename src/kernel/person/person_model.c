/* SPDX-License-Identifier: Apache-2.0
 * person_model.c - see person.h. */
#include "core/day.h"
#include "core/idno.h"
#include "core/text.h"
#include "crypto/signer.h"
#include "kernel/person/person.h"
#include "kernel/place/place.h"

#define PERSON_COLS                                                                                \
    "county, id, place, grp, name, initials, moved_to, household, sex, birth, died_day, "          \
    "moved_day, changed_ms, merged_into, id_no, phone"
static const struct sql SQL_LOAD = { "SELECT " PERSON_COLS
                                     " FROM person WHERE county = $1 AND id = $2",
                                     NULL };
static const struct sql SQL_BY_NAME = {
    "SELECT " PERSON_COLS " FROM person WHERE place >= $1 AND place < $2 AND name >= $3 AND "
    "name < $4 ORDER BY name, id",
    NULL
};
static const struct sql SQL_BY_INITIALS = {
    "SELECT " PERSON_COLS " FROM person WHERE place >= $1 AND place < $2 AND initials >= $3 AND "
    "initials < $4 ORDER BY initials, id",
    NULL
};
static const struct sql SQL_VILLAGE_NAME = {
    "SELECT " PERSON_COLS " FROM person WHERE place = $1 AND name >= $2 AND name < $3 "
    "ORDER BY name, id",
    NULL
};
static const struct sql SQL_VILLAGE_INITIALS = {
    "SELECT " PERSON_COLS " FROM person WHERE place = $1 AND initials >= $2 AND initials < $3 "
    "ORDER BY initials, id",
    NULL
};
static const struct sql SQL_BY_ID_NO = {
    "SELECT " PERSON_COLS " FROM person WHERE county = $1 AND id_no_index = $2 ORDER BY id", NULL
};
static const struct sql SQL_BY_PHONE = {
    "SELECT " PERSON_COLS " FROM person WHERE county = $1 AND phone_index = $2 ORDER BY id", NULL
};
static const struct sql SQL_ADD = {
    "INSERT INTO person (county, id, place, household, grp, name, initials, sex, birth, id_no, "
    "id_no_index, phone, phone_index, died_day, moved_day, moved_to, changed_ms) VALUES ($1, $2, "
    "$3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
    NULL
};
static const struct sql SQL_CHANGE = {
    "UPDATE person SET place = $3, household = $4, grp = $5, name = $6, initials = $7, sex = $8, "
    "birth = $9, id_no = $10, id_no_index = $11, phone = $12, phone_index = $13, died_day = $14, "
    "moved_day = $15, moved_to = $16, changed_ms = $17 WHERE county = $1 AND id = $2",
    NULL
};
static const struct col person_cols[] = {
    COL_INT(struct person, key.county),    COL_INT(struct person, key.id),
    COL_TEXT(struct person, place),        COL_TEXT(struct person, grp),
    COL_TEXT(struct person, name),         COL_TEXT(struct person, initials),
    COL_TEXT(struct person, moved_to),     COL_INT(struct person, household),
    COL_INT(struct person, sex),           COL_INT(struct person, birth),
    COL_INT(struct person, died_day),      COL_INT(struct person, moved_day),
    COL_INT(struct person, changed_ms),    COL_INT(struct person, merged_into),
    COL_BLOB(struct person, id_no_sealed), COL_BLOB(struct person, phone_sealed),
};

enum { MERGES_MAX = 20 }; /* records that were merged one into the other */

enum err person_load(struct ctx *c, struct key k, struct person *out)
{
    int i = 0;
    do {
        *out = (struct person){ 0 };
        TRY(db_row(c, &SQL_LOAD, IN(v_int(k.county), v_int(k.id)), COLS(person_cols), out));
        k.id = out->merged_into;
    } while (out->merged_into && ++i < MERGES_MAX);
    return out->merged_into ? fail(c, E_PERSON_MERGED, "merged too often") : OK;
}

/* A record that was merged is found as the one that is kept, each once, within place. */
static enum err keep_found(struct ctx *c, const char *place, struct person *all, size_t *n)
{
    size_t kept = 0;
    for (size_t i = 0; i < *n; i++) {
        struct person p = all[i];
        bool twice = false;
        if (p.merged_into)
            TRY(person_load(c, p.key, &p));
        for (size_t k = 0; k < kept && !twice; k++)
            twice = key_eq(all[k].key, p.key);
        if (!twice && str_starts(p.place, place))
            all[kept++] = p;
    }
    *n = kept;
    return OK;
}

enum err person_reach(struct ctx *c, struct key k, uint32_t caps, struct person *out)
{
    TRY(person_load(c, k, out));
    return ctx_may(c, caps, out->place) ? OK : fail(c, E_NOT_FOUND, "person beyond reach");
}

enum err person_open(struct ctx *c, struct person *p)
{
    char *text;
    if (p->id_no_sealed.len && !p->id_no) {
        TRY(field_open(c, "person.id_no", p->id_no_sealed, &text));
        p->id_no = text;
    }
    if (p->phone_sealed.len && !p->phone) {
        TRY(field_open(c, "person.phone", p->phone_sealed, &text));
        p->phone = text;
    }
    return OK;
}

static enum err find_exact(struct ctx *c, const struct sql *q, const char *what, const char *text,
                           const char *place, struct person **out, size_t *n)
{
    struct bytes index;
    size_t all;
    struct person *rows;
    TRY(field_index(c, what, text, &index));
    TRY(DB_ROWS(c, q, IN(v_int(place_county(place)), v_blob(index)), person_cols, PERSON_FIND_MAX,
                &rows, &all));
    *n = all;
    *out = rows;
    return keep_found(c, place, rows, n);
}

static enum err find_prefix(struct ctx *c, const char *text, const char *place, struct person **out,
                            size_t *n)
{
    bool latin = (unsigned char)text[0] < 0x80;
    const char *from = latin ? text_fold(c->arena, text) : text;
    const char *to = arena_printf(c->arena, "%s\xf4\x8f\xbf\xbf", from);
    if (place_level_of(place) == PLACE_VILLAGE)
        TRY(DB_ROWS(c, latin ? &SQL_VILLAGE_INITIALS : &SQL_VILLAGE_NAME,
                    IN(v_text(place), v_text(from), v_text(to)), person_cols, PERSON_FIND_MAX, out,
                    n));
    else
        TRY(DB_ROWS(c, latin ? &SQL_BY_INITIALS : &SQL_BY_NAME,
                    IN(v_text(place), v_text(arena_printf(c->arena, "%s:", place)), v_text(from),
                       v_text(to)),
                    person_cols, PERSON_FIND_MAX, out, n));
    return keep_found(c, place, *out, n);
}

enum err person_find(struct ctx *c, const char *q, const char *place, struct person **out,
                     size_t *n)
{
    struct idno id;
    char phone[PHONE_MAX + 1];
    const char *text = text_clean(c->arena, q, false);
    *n = 0;
    *out = NULL;
    if (!text || text_length(text) < 2)
        return OK;
    if (idno_parse(text, &id))
        return find_exact(c, &SQL_BY_ID_NO, "person.id_no", id.text, place, out, n);
    if (phone_parse(text, phone))
        return find_exact(c, &SQL_BY_PHONE, "person.phone", phone, place, out, n);
    return find_prefix(c, text, place, out, n);
}

/* Whether an earlier right of the actor covers that of index i. */
static bool read_before(const struct ctx *c, size_t i)
{
    for (size_t k = 0; k < c->n_rights; k++) {
        const char *wide = c->rights[k].place, *own = c->rights[i].place;
        bool same = str_eq(wide, own);
        if ((c->rights[k].caps & CAP_PERSON_READ) && str_starts(own, wide) && (!same || k < i))
            return true;
    }
    return false;
}

enum err person_find_mine(struct ctx *c, const char *q, struct person **out, size_t *n)
{
    struct person *all = ARENA_ARRAY(c->arena, struct person, PERSON_FIND_MAX), *some;
    size_t n_some;
    *n = 0;
    *out = all;
    for (size_t i = 0; i < c->n_rights; i++) {
        if (!(c->rights[i].caps & CAP_PERSON_READ) || read_before(c, i))
            continue;
        TRY(person_find(c, q, c->rights[i].place, &some, &n_some));
        for (size_t k = 0; k < n_some && *n < PERSON_FIND_MAX; k++)
            all[(*n)++] = some[k];
    }
    return OK;
}

struct sealed {
    struct val id_no, id_no_index, phone, phone_index;
};

static enum err seal(struct ctx *c, const char *what, const char *text, struct bytes old,
                     struct val *sealed, struct val *index)
{
    struct bytes b;
    *sealed = *index = v_null();
    if (!text || !*text)
        return OK;
    TRY(field_index(c, what, text, &b));
    *index = v_blob(b);
    if (old.len) { /* unchanged text keeps its seal */
        char *before;
        TRY(field_open(c, what, old, &before));
        if (str_eq(before, text)) {
            *sealed = v_blob(old);
            return OK;
        }
    }
    TRY(field_seal(c, what, text, &b));
    *sealed = v_blob(b);
    return OK;
}

static enum err check_unique(struct ctx *c, const struct person *p)
{
    struct person *same;
    size_t n;
    char county[8];
    if (!p->id_no || !*p->id_no)
        return OK;
    snprintf(county, sizeof county, "%06" PRId64, place_county(p->place));
    TRY(find_exact(c, &SQL_BY_ID_NO, "person.id_no", p->id_no, county, &same, &n));
    for (size_t i = 0; i < n; i++)
        if (same[i].key.id != p->key.id && !same[i].merged_into && !same[i].died_day &&
            !same[i].moved_day)
            return fail(c, E_EXISTS, "identity number is registered");
    return OK;
}

enum err person_save(struct ctx *c, struct person *p)
{
    struct sealed s;
    TRY(check_unique(c, p));
    TRY(seal(c, "person.id_no", p->id_no, p->id_no_sealed, &s.id_no, &s.id_no_index));
    TRY(seal(c, "person.phone", p->phone, p->phone_sealed, &s.phone, &s.phone_index));
    bool fresh = p->key.id == 0;
    if (fresh)
        p->key = (struct key){ place_county(p->place), id_new(c) };
    p->initials = text_initials_name(c->arena, p->name);
    const struct val in[] = {
        v_int(p->key.county),
        v_int(p->key.id),
        v_text(p->place),
        p->household ? v_int(p->household) : v_null(),
        v_text(str_or(p->grp, "")),
        v_text(p->name),
        v_text(p->initials),
        v_int(p->sex),
        p->birth ? v_int(p->birth) : v_null(),
        s.id_no,
        s.id_no_index,
        s.phone,
        s.phone_index,
        p->died_day ? v_int(p->died_day) : v_null(),
        p->moved_day ? v_int(p->moved_day) : v_null(),
        v_text(p->moved_to),
        v_int(c->now_ms),
    };
    return fresh ? db_run(c, &SQL_ADD, in, COUNT(in))
                 : db_change_one(c, &SQL_CHANGE, in, COUNT(in));
}

const char *sex_zh(int64_t sex)
{
    return sex == 1 ? "男" : sex == 2 ? "女" : "";
}

const char *person_line(struct ctx *c, const struct person *p)
{
    const char *line = p->name;
    if (p->sex)
        line = arena_printf(c->arena, "%s，%s", line, sex_zh(p->sex));
    if (p->birth)
        line = arena_printf(c->arena, "%s，%d 岁", line,
                            day_age((int32_t)p->birth, day_of_ms(c->now_ms)));
    if (p->grp && *p->grp)
        line = arena_printf(c->arena, "%s，%s", line, p->grp);
    return line;
}

const char *person_mask(struct ctx *c, const char *name)
{
    const char *p = name;
    if (!*name)
        return "";
    text_next(&p);
    size_t rest = text_length(p);
    return arena_printf(c->arena, "%.*s%s", (int)(p - name), name, rest > 1 ? "**" : "*");
}

enum err person_may_apply(struct ctx *c, const struct person *p)
{
    if (p->died_day)
        return fail(c, E_PERSON_DIED, "registered as deceased");
    return p->moved_day ? fail(c, E_PERSON_MOVED, "moved away") : OK;
}

/* ---- died, moved away ---- */
static struct person_listener *listeners;

void person_listen(struct person_listener *l)
{
    l->next = listeners;
    listeners = l;
}

enum err person_tell(struct ctx *c, const struct person *p, enum person_news news, const char *what)
{
    for (const struct person_listener *l = listeners; l; l = l->next)
        if (l->heard)
            TRY(l->heard(c, p, news, what));
    return OK;
}

enum err person_tell_joined(struct ctx *c, struct key from, const struct person *into)
{
    for (const struct person_listener *l = listeners; l; l = l->next)
        if (l->joined)
            TRY(l->joined(c, from, into));
    return OK;
}

enum err person_died(struct ctx *c, struct person *p, int32_t day)
{
    if (p->died_day)
        return fail(c, E_PERSON_DIED, "registered as deceased before");
    TRY(person_open(c, p));
    p->died_day = day;
    TRY(person_save(c, p));
    return person_tell(c, p, PERSON_NEWS_DIED, "");
}

enum err person_moved(struct ctx *c, struct person *p, int32_t day, const char *to)
{
    TRY(person_may_apply(c, p));
    TRY(person_open(c, p));
    p->moved_day = day;
    p->moved_to = to;
    TRY(person_save(c, p));
    return person_tell(c, p, PERSON_NEWS_MOVED, "");
}

enum err person_back(struct ctx *c, struct person *p)
{
    TRY(person_open(c, p));
    p->died_day = p->moved_day = 0;
    p->moved_to = NULL;
    TRY(person_save(c, p));
    return person_tell(c, p, PERSON_NEWS_BACK, "");
}

/* ---- consent ---- */
static const struct sql SQL_CONSENT_ADD = {
    "INSERT INTO consent (county, id, person, what, how, account, at_ms) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7)",
    NULL
};
static const struct sql SQL_CONSENT_HAS = {
    "SELECT count(*) FROM consent WHERE county = $1 AND person = $2 AND what = $3 AND "
    "withdrawn_ms IS NULL",
    NULL
};
static const struct sql SQL_CONSENT_END = {
    "UPDATE consent SET withdrawn_ms = $4 WHERE county = $1 AND person = $2 AND what = $3 AND "
    "withdrawn_ms IS NULL",
    NULL
};

static const struct sql SQL_CONSENTS = {
    "SELECT what, how, at_ms, withdrawn_ms FROM consent WHERE county = $1 AND person = $2 "
    "ORDER BY id DESC",
    NULL
};

enum err consent_given(struct ctx *c, struct key person, const char *what, bool *given)
{
    int64_t n;
    TRY(db_one(c, &SQL_CONSENT_HAS, IN(v_int(person.county), v_int(person.id), v_text(what)),
               OUT(s_int(&n))));
    *given = n > 0;
    return OK;
}

enum err consent_give(struct ctx *c, struct key person, const char *what, const char *how)
{
    bool given;
    TRY(consent_given(c, person, what, &given));
    if (given)
        return OK;
    return db_run(c, &SQL_CONSENT_ADD,
                  IN(v_int(person.county), v_int(id_new(c)), v_int(person.id), v_text(what),
                     v_text(how), v_int(c->account_id), v_int(c->now_ms)));
}

enum err consent_withdraw(struct ctx *c, struct key person, const char *what)
{
    struct person p;
    TRY(person_load(c, person, &p));
    TRY(db_run(c, &SQL_CONSENT_END,
               IN(v_int(p.key.county), v_int(p.key.id), v_text(what), v_int(c->now_ms))));
    return person_tell(c, &p, PERSON_NEWS_CONSENT, what);
}

enum err consent_list(struct ctx *c, struct key person, struct consent **out, size_t *n)
{
    static const struct col cols[] = {
        COL_TEXT(struct consent, what),
        COL_TEXT(struct consent, how),
        COL_INT(struct consent, at_ms),
        COL_INT(struct consent, withdrawn_ms),
    };
    return DB_ROWS(c, &SQL_CONSENTS, IN(v_int(person.county), v_int(person.id)), cols, CONSENTS_MAX,
                   out, n);
}

const char *consent_zh(const char *what)
{
    return str_eq(what, "papers")  ? "以前交过的材料可以再用"
           : str_eq(what, "visit") ? "上门走访探访"
           : str_eq(what, "tell")  ? "用短信告诉办到哪一步"
                                   : what;
}

const char *consent_how_zh(const char *how)
{
    return str_eq(how, "spoken") ? "口头" : str_eq(how, "written") ? "书面" : how;
}
