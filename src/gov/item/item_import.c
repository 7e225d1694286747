/* SPDX-License-Identifier: Apache-2.0
 * item_import.c - reference data into the catalogue; see item.h and data/README.md. */
#include "core/day.h"
#include "gov/item/item.h"
#include "kernel/place/place.h"
#include "kernel/search/search.h"
#include <dirent.h>
#include <jansson.h>

static const struct sql SQL_ITEM = { "SELECT id FROM item WHERE code = $1", NULL };
static const struct sql SQL_CERT = { "SELECT id FROM certificate WHERE code = $1", NULL };
static const struct sql SQL_CERT_ADD = {
    "INSERT INTO certificate (id, code, may, name, list, document, article, authority, how, asks, "
    "why, template, fields) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    NULL
};
static const struct sql SQL_CERT_ALSO = {
    "UPDATE certificate SET list = list || ' ' || $2, document = document || ' ' || $3 "
    "WHERE id = $1 AND may = 0 AND list NOT LIKE '%' || $2 || '%'",
    NULL
};
static const struct sql SQL_PLACES = {
    "SELECT code FROM place WHERE level = $1 AND kind <> 'virtual' ORDER BY code", NULL
};

static const char *text(struct ctx *c, const json_t *o, const char *name)
{
    const json_t *v = json_object_get(o, name);
    return json_is_string(v) ? arena_copy(c->arena, json_string_value(v)) : "";
}

static int64_t number(const json_t *o, const char *name)
{
    return json_integer_value(json_object_get(o, name));
}

static bool truth(const json_t *o, const char *name)
{
    return json_is_true(json_object_get(o, name));
}

/* An array of texts, one per line. */
static const char *lines(struct ctx *c, const json_t *o, const char *name)
{
    const json_t *a = json_object_get(o, name);
    const char *out = "";
    for (size_t i = 0; i < json_array_size(a); i++)
        out = arena_printf(c->arena, "%s%s%s", out, i ? "\n" : "",
                           json_string_value(json_array_get(a, i)));
    return out;
}

/* "《...》第 24 条（待核）", one per line. */
static const char *basis(struct ctx *c, const json_t *o)
{
    const json_t *a = json_object_get(o, "basis");
    const char *out = "";
    for (size_t i = 0; i < json_array_size(a); i++) {
        const json_t *b = json_array_get(a, i);
        out = arena_printf(c->arena, "%s%s《%s》%s%s", out, i ? "\n" : "", text(c, b, "doc"),
                           text(c, b, "article"), truth(b, "checked") ? "" : "（待核）");
    }
    return out;
}

struct parts {
    struct material m[MATERIALS_MAX];
    struct question q[QUESTIONS_MAX];
    size_t n_m, n_q;
};

static void read_parts(struct ctx *c, const json_t *o, struct parts *p)
{
    const json_t *ms = json_object_get(o, "materials"), *qs = json_object_get(o, "questions");
    for (; p->n_m < json_array_size(ms) && p->n_m < MATERIALS_MAX; p->n_m++) {
        const json_t *m = json_array_get(ms, p->n_m);
        p->m[p->n_m] = (struct material){ .code = text(c, m, "code"),
                                          .name = text(c, m, "name"),
                                          .form = text(c, m, "form"),
                                          .note = text(c, m, "note"),
                                          .count = number(m, "count"),
                                          .later = truth(m, "later"),
                                          .later_days = number(m, "later_days"),
                                          .held_days = number(m, "held_days"),
                                          .reusable = truth(m, "held") };
    }
    for (; p->n_q < json_array_size(qs) && p->n_q < QUESTIONS_MAX; p->n_q++) {
        const json_t *q = json_array_get(qs, p->n_q);
        p->q[p->n_q] = (struct question){ .code = text(c, q, "code"),
                                          .ask = text(c, q, "ask"),
                                          .type = text(c, q, "type"),
                                          .choices = lines(c, q, "choices") };
    }
}

static struct item read_item(struct ctx *c, const json_t *o)
{
    int32_t from = 0;
    if (!day_parse(text(c, o, "from"), &from))
        from = day_of_ms(c->now_ms);
    return (struct item){
        .code = text(c, o, "code"),
        .event = text(c, o, "event"),
        .name = text(c, o, "name"),
        .also = lines(c, o, "also"),
        .kind = text(c, o, "kind"),
        .body = text(c, o, "body"),
        .basis = basis(c, o),
        .who = text(c, o, "who"),
        .conditions = lines(c, o, "conditions"),
        .steps = lines(c, o, "steps"),
        .fee_text = text(c, o, "fee_text"),
        .fee_basis = text(c, o, "fee_basis"),
        .result = text(c, o, "result"),
        .delivery = lines(c, o, "delivery"),
        .levels = lines(c, o, "levels"),
        .decides = text(c, o, "decides"),
        .statutory_days = number(o, "statutory_days"),
        .promised_days = number(o, "promised_days"),
        .fee_fen = number(o, "fee_fen"),
        .from_day = from,
        .checked = truth(o, "checked"),
        .instant = truth(o, "instant"),
    };
}

static bool same(const struct item *a, const struct item *b)
{
    return str_eq(a->name, b->name) && str_eq(a->also, b->also) && str_eq(a->basis, b->basis) &&
           str_eq(a->conditions, b->conditions) && str_eq(a->steps, b->steps) &&
           str_eq(a->body, b->body) && str_eq(a->who, b->who) &&
           a->promised_days == b->promised_days && a->statutory_days == b->statutory_days &&
           a->fee_fen == b->fee_fen && a->instant == b->instant;
}

static enum err import_item(struct ctx *c, const json_t *o, struct item_import *n)
{
    struct parts *p = ARENA_NEW(c->arena, struct parts);
    struct item it = read_item(c, o), old;
    bool found;
    if (!*it.code || !*it.name)
        return fail(c, E_FORMAT, "an item without code or name");
    read_parts(c, o, p);
    TRY(db_find(c, &SQL_ITEM, IN(v_text(it.code)), OUT(s_int(&it.item)), &found));
    struct ctx probe = *c;
    if (found && item_current(&probe, it.code, &old) == OK && same(&it, &old))
        return OK;
    TRY(item_draft(c, &it, p->m, p->n_m, p->q, p->n_q));
    n->items++;
    return item_publish(c, it.id);
}

static enum err load_json(struct ctx *c, const char *path, json_t **out)
{
    json_error_t why;
    *out = json_load_file(path, 0, &why);
    return *out ? OK : fail(c, E_FORMAT, "%s:%d: %s", path, why.line, why.text);
}

static enum err each_in(struct ctx *c, const json_t *array, struct item_import *n,
                        enum err (*each)(struct ctx *, const json_t *, struct item_import *))
{
    for (size_t i = 0; i < json_array_size(array); i++)
        TRY(each(c, json_array_get(array, i), n));
    return OK;
}

static enum err import_items(struct ctx *c, const char *dir, struct item_import *n)
{
    struct dirent **names;
    const char *items = arena_printf(c->arena, "%s/items", dir);
    int count = scandir(items, &names, NULL, alphasort);
    if (count < 0)
        return fail(c, E_IO, "cannot read %s", items);
    enum err e = OK;
    for (int i = 0; i < count; i++) {
        json_t *root;
        size_t len = strlen(names[i]->d_name);
        if (!e && len > 5 && str_eq(names[i]->d_name + len - 5, ".json")) {
            e = load_json(c, arena_printf(c->arena, "%s/%s", items, names[i]->d_name), &root);
            if (!e) {
                e = each_in(c, root, n, import_item);
                json_decref(root);
            }
        }
        free(names[i]);
    }
    free(names);
    return e;
}

static const char *field_lines(struct ctx *c, const json_t *o)
{
    const json_t *a = json_object_get(o, "fields");
    const char *out = "";
    for (size_t i = 0; i < json_array_size(a); i++) {
        const json_t *f = json_array_get(a, i);
        out = arena_printf(c->arena, "%s%s%s:%s", out, i ? "\n" : "", text(c, f, "code"),
                           text(c, f, "ask"));
    }
    return out;
}

static enum err import_certificate(struct ctx *c, const json_t *o, struct item_import *n)
{
    bool found, may = json_object_get(o, "template") != NULL;
    int64_t id = 0;
    const json_t *instead = json_object_get(o, "instead");
    const char *name = text(c, o, "name"), *code = text(c, o, "code");
    TRY(db_find(c, &SQL_CERT, IN(v_text(code)), OUT(s_int(&id)), &found));
    if (found) /* on both lists: one certificate, both sources */
        return db_run(c, &SQL_CERT_ALSO,
                      IN(v_int(id), v_text(text(c, o, "list")), v_text(text(c, o, "document"))));
    id = id_new(c);
    n->certificates++;
    TRY(search_put(c, "certificate", id, &name, 1));
    return db_run(c, &SQL_CERT_ADD,
                  IN(v_int(id), v_text(code), v_int(may), v_text(name), v_text(text(c, o, "list")),
                     v_text(may ? basis(c, o) : text(c, o, "document")),
                     v_text(text(c, o, "article")), v_text(text(c, instead, "authority")),
                     v_text(text(c, instead, "how")), v_text(lines(c, instead, "asks")),
                     v_text(text(c, instead, "why")), v_text(text(c, o, "template")),
                     v_text(field_lines(c, o))));
}

struct place_code {
    const char *code;
};
static const struct col code_cols[] = { COL_TEXT(struct place_code, code) };

/* One body for each place of its level. */
static enum err import_body(struct ctx *c, const json_t *o, struct item_import *n)
{
    const char *level = text(c, o, "level");
    int64_t number = str_eq(level, "county") ? 3 : str_eq(level, "township") ? 4 : 5;
    struct place_code *places;
    size_t count;
    if (number == 5)
        return OK; /* a village's own bodies are not needed to hand an errand on */
    TRY(DB_ROWS(c, &SQL_PLACES, IN(v_int(number)), code_cols, 5000, &places, &count));
    for (size_t i = 0; i < count; i++) {
        struct body b = { .code = text(c, o, "code"),
                          .place = places[i].code,
                          .kind = number == 3 ? "department" : "office",
                          .name = text(c, o, "name"),
                          .short_name = text(c, o, "short"),
                          .phone = "",
                          .address = "",
                          .hours = "",
                          .was = lines(c, o, "was") };
        struct ctx probe = *c;
        enum err e = body_save(&probe, &b); /* one that is there stays, also one that has ended */
        if (e && e != E_EXISTS)
            return fail(c, e, "%s", probe.why);
        n->bodies += !e;
    }
    return OK;
}

static enum err import_all(struct ctx *c, const char *dir, struct item_import *n)
{
    json_t *root;
    TRY(load_json(c, arena_printf(c->arena, "%s/bodies.json", dir), &root));
    enum err e = each_in(c, root, n, import_body);
    json_decref(root);
    TRY(e);
    TRY(import_items(c, dir, n));
    TRY(load_json(c, arena_printf(c->arena, "%s/certificates.json", dir), &root));
    e = each_in(c, json_object_get(root, "must_not"), n, import_certificate);
    if (!e)
        e = each_in(c, json_object_get(root, "may"), n, import_certificate);
    json_decref(root);
    return e;
}

struct importing {
    const char *dir;
    struct item_import *out;
};

static enum err import_body_of_tx(struct ctx *c, void *arg)
{
    struct importing *im = arg;
    *im->out = (struct item_import){ 0 };
    return import_all(c, im->dir, im->out);
}

enum err item_import(struct ctx *c, const char *dir, struct item_import *out)
{
    struct importing im = { dir, out };
    return tx_run(c, "item_import", import_body_of_tx, &im);
}
