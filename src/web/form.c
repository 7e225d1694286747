/* SPDX-License-Identifier: Apache-2.0
 * form.c - see form.h. */
#include "web/form.h"
#include "core/day.h"
#include "core/idno.h"
#include "core/text.h"
#include <errno.h>

bool key_parse(const char *s, struct key *out)
{
    char *end;
    if (*s < '0' || *s > '9')
        return false;
    errno = 0;
    long long county = strtoll(s, &end, 10);
    if (*end != '-' || end[1] < '0' || end[1] > '9' || county > 999999)
        return false;
    long long id = strtoll(end + 1, &end, 10);
    if (*end || errno || id >= INT64_C(1) << 53)
        return false;
    *out = (struct key){ county, id };
    return true;
}

static struct form_value *find(const struct form *f, const char *name, int index)
{
    for (struct form_value *v = f->values; v; v = v->next)
        if (v->index == index && str_eq(v->field->name, name))
            return v;
    return NULL;
}

static bool parse_int(const char *s, int64_t *out)
{
    char *end;
    const char *digits = *s == '-' ? s + 1 : s;
    if (*digits < '0' || *digits > '9')
        return false;
    errno = 0;
    *out = strtoll(s, &end, 10);
    return *end == '\0' && errno == 0;
}

static enum err read_text(struct ctx *c, const struct field *f, struct form_value *v)
{
    v->text = text_clean(c->arena, v->raw, f->type == F_LINES);
    if (!v->text)
        return E_NOT_TEXT;
    int64_t n = (int64_t)text_length(v->text);
    if (n > f->max)
        return E_TOO_LONG;
    return n > 0 && n < f->min ? E_TOO_SHORT : OK;
}

static enum err read_choice(const struct field *f, struct form_value *v)
{
    for (const char *const *p = f->choices; *p; p++)
        if (str_eq(*p, v->raw)) {
            v->text = *p;
            v->number = p - f->choices;
            return OK;
        }
    return E_NOT_CHOICE;
}

static enum err read_place(struct form_value *v)
{
    size_t n = strlen(v->raw);
    if (strspn(v->raw, "0123456789") != n || !(n == 2 || n == 4 || n == 6 || n == 9 || n == 12))
        return E_PLACE;
    v->text = v->raw;
    return OK;
}

static enum err read_id_no(struct ctx *c, struct form_value *v)
{
    struct idno id;
    if (!idno_parse(v->raw, &id))
        return E_ID_NUMBER;
    v->text = arena_copy(c->arena, id.text);
    return OK;
}

static enum err read_phone(struct ctx *c, struct form_value *v)
{
    char phone[PHONE_MAX + 1];
    if (!phone_parse(v->raw, phone))
        return E_PHONE;
    v->text = arena_copy(c->arena, phone);
    return OK;
}

static enum err read_date(struct form_value *v)
{
    int32_t day;
    if (!day_parse(v->raw, &day))
        return E_NOT_DATE;
    v->number = day;
    v->text = v->raw;
    return OK;
}

static enum err read_int(const struct field *f, struct form_value *v)
{
    if (!parse_int(v->raw, &v->number))
        return E_NOT_NUMBER;
    return v->number < f->min || v->number > f->max ? E_OUT_OF_RANGE : OK;
}

static enum err read_file(const struct field *f, struct form_value *v)
{
    if (v->file.body.len == 0)
        return E_FILE_EMPTY;
    return (int64_t)v->file.body.len > f->max ? E_FILE_LARGE : OK;
}

static enum err read_value(struct ctx *c, struct form_value *v)
{
    const struct field *f = v->field;
    switch (f->type) {
    case F_TEXT:
    case F_LINES:
        return read_text(c, f, v);
    case F_SECRET:
        v->text = v->raw;
        return (int64_t)strlen(v->raw) > f->max ? E_TOO_LONG : OK;
    case F_INT:
        return read_int(f, v);
    case F_BOOL:
        v->number = str_eq(v->raw, "1") || str_eq(v->raw, "on") || str_eq(v->raw, "true");
        v->text = v->number ? "1" : "";
        return OK;
    case F_DATE:
        return read_date(v);
    case F_CHOICE:
        return read_choice(f, v);
    case F_KEY:
        v->text = v->raw;
        return key_parse(v->raw, &v->key) ? OK : E_NOT_CHOICE;
    case F_PLACE:
        return read_place(v);
    case F_ID_NO:
        return read_id_no(c, v);
    case F_PHONE:
        return read_phone(c, v);
    case F_FILE:
        return read_file(f, v);
    }
    return E_BAD_REQUEST;
}

/* The field called name; for an indexed one also the number behind it. */
static const struct field *field_named(const struct field *fields, size_t n, const char *name,
                                       int *index)
{
    for (size_t i = 0; i < n; i++) {
        const struct field *f = &fields[i];
        *index = -1;
        if (!(f->flags & F_INDEXED) && str_eq(f->name, name))
            return f;
        size_t len = strlen(f->name);
        if ((f->flags & F_INDEXED) && strncmp(f->name, name, len) == 0) {
            int64_t at;
            if (strlen(name + len) <= 2 && parse_int(name + len, &at) && at >= 0 &&
                at < FORM_INDEX_MAX) {
                *index = (int)at;
                return f;
            }
        }
    }
    return NULL;
}

/* Blanks around what was typed never matter, except in a secret. */
static const char *trimmed(struct ctx *c, const char *s)
{
    size_t n = strlen(s), from = strspn(s, " \t\r\n");
    while (n > from && strchr(" \t\r\n", s[n - 1]))
        n--;
    return arena_copy_n(c->arena, s + from, n - from);
}

static void take_pair(struct ctx *c, struct form *f, const struct form_pair *p)
{
    int index;
    const struct field *field = field_named(f->fields, f->n_fields, p->name, &index);
    if (!field) {
        (void)!fail_field(c, "form", E_UNKNOWN_FIELD);
        return;
    }
    bool upload = field->type == F_FILE;
    if (upload && p->file.body.len == 0 && !*str_or(p->file.name, ""))
        return; /* a file field left alone */
    if (find(f, field->name, index)) {
        (void)!fail_field(c, field->name, E_BAD_REQUEST);
        return;
    }
    const char *raw = field->type == F_SECRET ? p->value : trimmed(c, p->value);
    if (!upload && *raw == '\0')
        return;
    struct form_value *v = ARENA_NEW(c->arena, struct form_value);
    *v = (struct form_value){ field, index, raw, "", 0, { 0, 0 }, p->file, f->values };
    f->values = v;
    enum err e = upload == (p->file.body.ptr != NULL) ? read_value(c, v) : E_BAD_REQUEST;
    const char *shown =
        index < 0 ? field->name : arena_printf(c->arena, "%s%d", field->name, index);
    if (e)
        (void)!fail_field(c, shown, e);
}

enum err form_read(struct ctx *c, const struct field *fields, size_t n_fields,
                   const struct form_pair *pairs, size_t n_pairs, struct form *out)
{
    *out = (struct form){ .fields = fields, .n_fields = n_fields, .rid = "", .csrf = "" };
    for (size_t i = 0; i < n_pairs; i++) {
        if (str_eq(pairs[i].name, "rid"))
            out->rid = pairs[i].value;
        else if (str_eq(pairs[i].name, "csrf"))
            out->csrf = pairs[i].value;
        else
            take_pair(c, out, &pairs[i]);
    }
    for (size_t i = 0; i < n_fields; i++)
        if ((fields[i].flags & F_REQUIRED) && !find(out, fields[i].name, -1))
            (void)!fail_field(c, fields[i].name, E_REQUIRED);
    return c->bads ? E_BAD_INPUT : OK;
}

const struct form_file *form_file(const struct form *f, const char *name)
{
    const struct form_value *v = find(f, name, -1);
    return v && v->file.body.ptr ? &v->file : NULL;
}

const char *form_text_at(const struct form *f, const char *name, int index)
{
    const struct form_value *v = find(f, name, index);
    return v && v->text ? v->text : "";
}

const char *form_text(const struct form *f, const char *name)
{
    return form_text_at(f, name, -1);
}

int64_t form_int(const struct form *f, const char *name)
{
    const struct form_value *v = find(f, name, -1);
    return v ? v->number : 0;
}

bool form_bool(const struct form *f, const char *name)
{
    return form_int(f, name) != 0;
}

struct key form_key(const struct form *f, const char *name)
{
    const struct form_value *v = find(f, name, -1);
    return v ? v->key : (struct key){ 0, 0 };
}

bool form_has(const struct form *f, const char *name)
{
    return find(f, name, -1) != NULL;
}

const char *form_raw_at(const struct form *f, const char *name, int index)
{
    const struct form_value *v = f ? find(f, name, index) : NULL;
    return v && v->field->type != F_SECRET && v->field->type != F_FILE ? v->raw : "";
}

const char *form_raw(const struct form *f, const char *name)
{
    return form_raw_at(f, name, -1);
}

void form_preset(struct ctx *c, struct form *f, const struct field *fields, size_t n_fields,
                 const char *name, const char *raw)
{
    int index;
    const struct field *field = field_named(fields, n_fields, name, &index);
    CHECK(field != NULL);
    struct form_value *v = ARENA_NEW(c->arena, struct form_value);
    *v = (struct form_value){
        .field = field, .index = index, .raw = raw, .text = raw, .next = f->values
    };
    f->fields = fields;
    f->n_fields = n_fields;
    f->values = v;
}
