/* SPDX-License-Identifier: Apache-2.0
 * numbers.c - what people type from a card or a receipt: identity numbers, telephones, errand
 * numbers, query codes, days, names of records. */
#include "core/day.h"
#include "core/idno.h"
#include "fuzz.h"
#include "gov/errand/errand.h"
#include "web/form.h"

FUZZ(idno)
{
    struct idno id, again;
    char phone[PHONE_MAX + 1], masked[PHONE_MAX + 1], hidden[19];
    UNUSED(c), UNUSED(in);
    if (idno_parse(text, &id)) {
        CHECK(strlen(id.text) == 18 && (id.sex == 1 || id.sex == 2));
        CHECK(idno_parse(id.text, &again) && again.birth == id.birth);
        idno_mask(id.text, hidden);
        CHECK(!str_eq(hidden, id.text));
    }
    if (phone_parse(text, phone)) {
        CHECK(strlen(phone) <= PHONE_MAX);
        phone_mask(phone, masked);
        CHECK(!str_eq(masked, phone));
    }
}

FUZZ(errand_number)
{
    char number[ERRAND_NUMBER_LEN + 1], again[ERRAND_NUMBER_LEN + 1], code[ERRAND_CODE_LEN + 1];
    UNUSED(in);
    if (errand_number_parse(text, number)) {
        CHECK(strlen(number) == ERRAND_NUMBER_LEN);
        CHECK(errand_number_parse(errand_number_text(c, number), again) && str_eq(number, again));
        number[5] = number[5] == '9' ? '0' : (char)(number[5] + 1); /* one digit wrong is seen */
        CHECK(!errand_number_parse(number, again));
    }
    if (errand_code_parse(text, code))
        CHECK(strlen(code) == ERRAND_CODE_LEN && !strpbrk(code, "01IO"));
}

FUZZ(day)
{
    int32_t day, again;
    int y, m, d;
    UNUSED(in);
    if (!day_parse(text, &day))
        return;
    CHECK(str_eq(day_iso(c->arena, day), text));
    day_ymd(day, &y, &m, &d);
    CHECK(day_from_ymd(y, m, d, &again) && again == day);
    CHECK(day_of_ms(ms_of_day(day)) == day);
}

FUZZ(key)
{
    struct key k, again;
    UNUSED(in);
    if (key_parse(text, &k)) {
        const char *s = arena_printf(c->arena, "%" PRId64 "-%" PRId64, k.county, k.id);
        CHECK(k.county >= 0 && k.id >= 0 && key_parse(s, &again) && key_eq(k, again));
    }
}
