/* SPDX-License-Identifier: Apache-2.0
 * slip_view.h - what the pages of this slice show. */
#pragma once
#include "gov/certificate/certificate.h"
#include "kernel/page/page.h"
#include "kernel/person/person.h"

struct certificates_page {
    const char *q;
    const struct certificate *all;
    size_t n;
    struct slip *recent;
    struct certificate *recent_of; /* beside recent */
    size_t n_recent;
};
struct certificate_page {
    struct certificate ct;
    bool has_person;
    struct person person;
    const char *id_masked;
    struct person *found; /* looked for */
    size_t n_found;
    const char *q, *slip; /* slip: key of the one being changed, or "" */
    struct cert_field fields[CERT_FIELDS_MAX];
    const char *answers[CERT_FIELDS_MAX]; /* as they were before */
    size_t n_fields;
};
struct slip_view {
    struct slip s;
    struct certificate ct;
    struct person person;
    const char *place_name, *signs; /* full name; the committee that signs */
    const char *text, *signature; /* of a certificate: what it says; who signs and when, on lines */
    const char *who;              /* on a refusal slip: name or "" */
    const char *window, *phone;   /* who helps further: the township's centre */
    const char *check_path;       /* address behind the QR code */
    struct safe_html qr;
};
/* The SLIP_CHECK_LEN characters behind the QR code of an issued certificate: who has them has seen
 * the paper. */
enum err slip_check_code(struct ctx *c, const struct slip *s, const char **out) MUST_USE;
