/* SPDX-License-Identifier: Apache-2.0
 * certificate_rules.c - from a template and answers to the text of a certificate; see
 * certificate.h.
 */
#include "gov/certificate/certificate.h"

#define BLANK "＿＿＿＿"

size_t certificate_fields(struct arena *a, const char *fields,
                          struct cert_field out[CERT_FIELDS_MAX])
{
    size_t n, used = 0;
    const char *const *lines = item_lines(a, fields, &n);
    for (size_t i = 0; i < n && used < CERT_FIELDS_MAX; i++) {
        const char *colon = strchr(lines[i], ':');
        if (colon)
            out[used++] =
                (struct cert_field){ arena_copy_n(a, lines[i], (size_t)(colon - lines[i])),
                                     colon + 1 };
    }
    return used;
}

static const char *value_of(const struct cert_value *v, size_t n, const char *code, size_t len)
{
    for (size_t i = 0; i < n; i++)
        if (strlen(v[i].code) == len && memcmp(v[i].code, code, len) == 0)
            return v[i].text;
    return NULL;
}

const char *certificate_compose(struct arena *a, const char *template, const struct cert_value *v,
                                size_t n)
{
    const char *out = "";
    for (const char *p = template; *p;) {
        size_t plain = strcspn(p, "{");
        out = arena_printf(a, "%s%.*s", out, (int)plain, p);
        p += plain;
        if (*p != '{')
            break;
        size_t len = strcspn(p + 1, "}");
        out = arena_printf(a, "%s%s", out, str_or(value_of(v, n, p + 1, len), BLANK));
        p += 1 + len + (p[1 + len] == '}');
    }
    return out;
}

const char *certificate_signed(struct arena *a, const char *template)
{
    static const char last[] = "{village} {date}";
    size_t n = strlen(template), m = sizeof last - 1;
    if (n < m || !str_eq(template + n - m, last))
        return template;
    return arena_printf(a, "%.*s\n{village}\n{date}", (int)(n - m), template);
}

const char *certificate_id_no(struct arena *a, const char *text, const char *id_no)
{
    static const char token[] = "{id_no}";
    const char *out = "", *at;
    while ((at = strstr(text, token))) {
        out = arena_printf(a, "%s%.*s%s", out, (int)(at - text), text, str_or(id_no, BLANK));
        text = at + sizeof token - 1;
    }
    return arena_printf(a, "%s%s", out, text);
}

const char *answers_pack(struct arena *a, const struct cert_value *v, size_t n)
{
    const char *out = "";
    for (size_t i = 0; i < n; i++)
        out = arena_printf(a, "%s%s%s=%s", out, i ? "\n" : "", v[i].code, v[i].text);
    return out;
}

const char *answers_get(struct arena *a, const char *packed, const char *code)
{
    size_t n, len = strlen(code);
    const char *const *lines = item_lines(a, packed, &n);
    for (size_t i = 0; i < n; i++)
        if (strncmp(lines[i], code, len) == 0 && lines[i][len] == '=')
            return lines[i] + len + 1;
    return "";
}

const char *village_signs(struct arena *a, const char *full, const char *name)
{
    bool residents = strstr(name, "居委") || strstr(name, "居民委") || strstr(name, "社区");
    return arena_printf(a, "%s%s", full, residents ? "居民委员会" : "村民委员会");
}
