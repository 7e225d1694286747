/* SPDX-License-Identifier: Apache-2.0
 * certificate.h - certificates 证明 at the window: a refusal slip 告知单 that says why a village
 * must not issue one and where to go instead; and those that it may issue, written from a template.
 * What may and must not be issued is in gov/item/item.h. */
#pragma once
#include "gov/item/item.h"
#include "store/db.h"

enum { CERT_FIELDS_MAX = 12, CERT_ANSWER_MAX = 300, SLIPS_RECENT = 10, SLIP_CHECK_LEN = 16 };
struct slip {
    struct key key;
    int64_t certificate, person, account, at_ms; /* person 0: not said */
    const char *place, *number;                  /* number "": written but not issued yet */
    const char *words; /* refused: who wants the certificate; not issued yet: code=answer, one per
                          line; issued: the text, with {id_no} left open */
    bool refused;
};
/* E_NOT_FOUND. Whether the reader may see it is the page's question. */
enum err slip_load(struct ctx *c, struct key k, struct slip *out) MUST_USE;
/* Stores a new one and sets its key; one that is refused gets its number at once. */
enum err slip_add(struct ctx *c, struct slip *s) MUST_USE;
/* Other answers for one that is not issued yet. E_CONFLICT when it is. */
enum err slip_change(struct ctx *c, const struct slip *s) MUST_USE;
/* Gives it its number, time and final text. E_CONFLICT when it is issued already. */
enum err slip_issue(struct ctx *c, struct slip *s, const char *text) MUST_USE;
/* The newest with a number exactly at place, at most SLIPS_RECENT. */
enum err slip_recent(struct ctx *c, const char *place, struct slip **out, size_t *n) MUST_USE;

/* ---- rules: pure ---- */
struct cert_field {
    const char *code, *ask;
};
struct cert_value {
    const char *code, *text;
};
/* The questions of a certificate's `fields`; at most CERT_FIELDS_MAX. */
size_t certificate_fields(struct arena *a, const char *fields,
                          struct cert_field out[CERT_FIELDS_MAX]);
/* The template with every {code} replaced; what is not known becomes a line to write on. */
const char *certificate_compose(struct arena *a, const char *template, const struct cert_value *v,
                                size_t n);
/* The template with who signs and when, its last words "{village} {date}", on lines of their own.
 */
const char *certificate_signed(struct arena *a, const char *template);
/* The text with every {id_no} replaced, and nothing else: answers may hold brackets. */
const char *certificate_id_no(struct arena *a, const char *text, const char *id_no);
/* code=answer, one per line, and back: the answer for code, or "". */
const char *answers_pack(struct arena *a, const struct cert_value *v, size_t n);
const char *answers_get(struct arena *a, const char *packed, const char *code);
/* "赤壁市赵李桥镇柳林村村民委员会": who signs. full: the place's full name, name: its own. */
const char *village_signs(struct arena *a, const char *full, const char *name);
