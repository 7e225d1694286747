/* SPDX-License-Identifier: Apache-2.0
 * form.h - what a visitor typed, checked against a table of fields. A field that is not in the table
 * is refused; what was typed is kept for showing it again. */
#pragma once
#include "core/core.h"

enum field_type {
    F_TEXT,   /* one line; max characters */
    F_LINES,  /* several lines */
    F_INT,    /* whole number in min..max */
    F_BOOL,   /* present: "1" */
    F_DATE,   /* 2026-11-23 -> days since 1970-01-01 */
    F_CHOICE, /* one of choices */
    F_KEY,    /* county-id, or '-' for none when not required */
    F_PLACE,  /* 2, 4, 6, 9 or 12 digits; whether it exists is the handler's question */
    F_ID_NO,  /* GB 11643 identity number */
    F_PHONE,
    F_SECRET, /* password or code: never shown again, never logged */
    F_FILE,   /* upload */
};
enum {
    F_REQUIRED = 1,
    F_INDEXED = 2, /* name0 .. name39, each a value of its own */
};
enum { FORM_INDEX_MAX = 40, FORM_FILES_MAX = 12, FORM_PARTS_MAX = 300, FORM_NAME_MAX = 32 };

struct field {
    const char *name;
    enum field_type type;
    unsigned flags;
    int64_t min, max; /* characters for text, value for numbers */
    const char *const *choices; /* ends with NULL */
    const char *zh;             /* label, for the list of errors and the API's description */
};

struct form_file {
    const char *name; /* the visitor's name for it, cleaned; for show only */
    struct bytes body;
};
/* One value as typed and as understood. */
struct form_value {
    const struct field *field;
    int index; /* -1 when the field is not indexed */
    const char *raw;
    const char *text;
    int64_t number;
    struct key key;
    struct form_file file;
    struct form_value *next;
};
struct form {
    const struct field *fields;
    size_t n_fields;
    struct form_value *values;
    const char *rid, *csrf; /* hidden fields of every form */
};

/* What came in, before it is understood. */
struct form_pair {
    const char *name, *value;
    struct form_file file; /* body.ptr not NULL: an upload */
};
/* application/x-www-form-urlencoded (a body or a query string). E_BAD_REQUEST, E_TOO_LARGE. */
enum err form_pairs_url(struct ctx *c, const char *s, size_t n, struct form_pair **out,
                        size_t *n_out) MUST_USE;
/* multipart/form-data (RFC 7578); type is the Content-Type header. */
enum err form_pairs_multipart(struct ctx *c, const char *type, struct bytes body,
                              struct form_pair **out, size_t *n_out) MUST_USE;
/* A JSON object of strings, numbers, booleans and arrays of them (arrays fill indexed fields). */
enum err form_pairs_json(struct ctx *c, struct bytes body, struct form_pair **out,
                         size_t *n_out) MUST_USE;
/* Checks pairs against the table. Every bad field is noted in c->bads; E_BAD_INPUT when any is.
 * The form is complete for showing again either way. */
enum err form_read(struct ctx *c, const struct field *fields, size_t n_fields,
                   const struct form_pair *pairs, size_t n_pairs, struct form *out) MUST_USE;

/* The checked value, or "" / 0 / false / {0,0} when it was not given. */
const char *form_text(const struct form *f, const char *name);
const char *form_text_at(const struct form *f, const char *name, int index);
int64_t form_int(const struct form *f, const char *name);
bool form_bool(const struct form *f, const char *name);
struct key form_key(const struct form *f, const char *name);
bool form_has(const struct form *f, const char *name);
/* The upload, or NULL. */
const struct form_file *form_file(const struct form *f, const char *name);
/* What was typed, for showing it again; "" for secrets and files. */
const char *form_raw(const struct form *f, const char *name);
const char *form_raw_at(const struct form *f, const char *name, int index);
/* Fills a field beforehand, as if the visitor had typed it: for a page that edits a record. */
void form_preset(struct ctx *c, struct form *f, const struct field *fields, size_t n_fields,
                 const char *name, const char *raw);
/* Reads "county-id". */
bool key_parse(const char *s, struct key *out);
