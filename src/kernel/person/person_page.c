/* SPDX-License-Identifier: Apache-2.0
 * person_page.c - see person_page.h and person_part.h. */
#include "kernel/person/person_page.h"
#include "core/day.h"
#include "core/idno.h"
#include "crypto/signer.h"

static struct person_part *parts;

void person_part_add(struct person_part *part)
{
    struct person_part **at = &parts;
    while (*at && (*at)->order <= part->order)
        at = &(*at)->next;
    part->next = *at;
    *at = part;
}

const char *person_gone_zh(struct ctx *c, const struct person *p)
{
    if (p->died_day)
        return arena_printf(c->arena, "已于%s去世", day_zh_full(c->arena, (int32_t)p->died_day));
    if (p->moved_day)
        return arena_printf(c->arena, "已于%s迁到%s", day_zh_full(c->arena, (int32_t)p->moved_day),
                            str_or(p->moved_to, "外地"));
    return "";
}

const char *person_id_masked(struct ctx *c, const struct person *p)
{
    char out[19] = "";
    if (p->id_no)
        idno_mask(p->id_no, out);
    return arena_copy(c->arena, out);
}

const char *person_phone_masked(struct ctx *c, const struct person *p)
{
    char out[PHONE_MAX + 1] = "";
    if (p->phone)
        phone_mask(p->phone, out);
    return arena_copy(c->arena, out);
}

/* An old identity number is shown as the present one is. */
static enum err load_changes(struct ctx *c, const struct person *p, struct person_view *out)
{
    TRY(register_list(c, p->key.county, "person", register_subject(c, p->key.id), &out->changes,
                      &out->n_changes));
    for (size_t i = 0; i < out->n_changes; i++) {
        char *text, masked[19] = "";
        if (!out->changes[i].sealed.len)
            continue;
        TRY(field_open(c, "person.id_no", out->changes[i].sealed, &text));
        idno_mask(text, masked);
        out->changes[i].before = out->full ? text : arena_copy(c->arena, masked);
    }
    return OK;
}

enum err person_view(struct ctx *c, struct req *r, struct person *p, bool full,
                     struct person_view *out)
{
    *out = (struct person_view){ .p = p, .full = full };
    TRY(person_open(c, p));
    out->may_write = ctx_may(c, CAP_PERSON_WRITE, p->place);
    out->gone = person_gone_zh(c, p);
    out->id_no = full ? str_or(p->id_no, "") : person_id_masked(c, p);
    out->phone = full ? str_or(p->phone, "") : person_phone_masked(c, p);
    TRY(person_door(c, p, &out->door));
    TRY(household_people(c, p, &out->home, &out->n_home));
    TRY(consent_list(c, p->key, &out->consents, &out->n_consents));
    TRY(look_list(c, p->key, &out->looks, &out->n_looks));
    TRY(load_changes(c, p, out));
    out->n_looks = out->n_looks < PERSON_LOOKS_SHOWN ? out->n_looks : PERSON_LOOKS_SHOWN;
    const struct page *page = page_new(c, r, p->name, "/person", "");
    for (const struct person_part *part = parts; part; part = part->next) {
        struct html *h = html_new(c->arena, 2048);
        CHECK(out->n_parts < PERSON_PARTS_MAX);
        TRY(part->page(c, h, page, p));
        out->parts[out->n_parts++] = html_part(h);
    }
    return OK;
}

/* ---- villages ---- */
static bool have(const struct place *all, size_t n, const char *code)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(all[i].code, code))
            return true;
    return false;
}

enum err person_places(struct ctx *c, struct place **out, size_t *n)
{
    struct place *all = ARENA_ARRAY(c->arena, struct place, PERSON_PLACES_MAX), *some, one;
    *n = 0;
    *out = all;
    for (size_t i = 0; i < c->n_rights; i++) {
        const char *at = c->rights[i].place;
        size_t n_some = 1;
        if (!(c->rights[i].caps & CAP_PERSON_WRITE))
            continue;
        some = &one;
        if (place_level_of(at) == PLACE_VILLAGE)
            TRY(place_load(c, at, &one));
        else
            TRY(place_children(c, at, &some, &n_some));
        for (size_t k = 0; k < n_some && *n < PERSON_PLACES_MAX; k++)
            if (some[k].level == PLACE_VILLAGE && !some[k].merged_into &&
                !have(all, *n, some[k].code))
                all[(*n)++] = some[k];
    }
    return OK;
}

/* ---- JSON ---- */
static void person_members(struct ctx *c, struct json *j, const struct person *p)
{
    json_key(j, "key", p->key);
    json_text(j, "name", p->name);
    json_text(j, "sex", p->sex == 1 ? "male" : p->sex == 2 ? "female" : NULL);
    json_day(j, "birth", p->birth);
    json_text(j, "place", p->place);
    json_text(j, "place_name", place_full_name(c, p->place));
    json_text(j, "group", p->grp);
    json_day(j, "died", p->died_day);
    json_day(j, "moved", p->moved_day);
    json_text(j, "moved_to", p->moved_to);
}

enum err person_list_json(struct ctx *c, struct json *j, const struct person *all, size_t n)
{
    json_object_begin(j, NULL);
    json_array_begin(j, "residents");
    for (size_t i = 0; i < n; i++) {
        json_object_begin(j, NULL);
        person_members(c, j, &all[i]);
        json_object_end(j);
    }
    json_array_end(j);
    json_object_end(j);
    return OK;
}

static void consents_json(struct json *j, const struct consent *all, size_t n)
{
    json_array_begin(j, "consents");
    for (size_t i = 0; i < n; i++) {
        json_object_begin(j, NULL);
        json_text(j, "what", all[i].what);
        json_text(j, "how", all[i].how);
        json_ms(j, "at", all[i].at_ms);
        json_ms(j, "withdrawn", all[i].withdrawn_ms);
        json_object_end(j);
    }
    json_array_end(j);
}

enum err person_json(struct ctx *c, struct json *j, struct person *p)
{
    struct person *home;
    struct consent *consents;
    size_t n, n_consents;
    const char *door;
    TRY(person_open(c, p));
    TRY(person_door(c, p, &door));
    TRY(household_people(c, p, &home, &n));
    TRY(consent_list(c, p->key, &consents, &n_consents));
    json_object_begin(j, NULL);
    person_members(c, j, p);
    json_text(j, "door", door);
    json_text(j, "id_no", person_id_masked(c, p));
    json_text(j, "phone", person_phone_masked(c, p));
    json_int(j, "changed", p->changed_ms);
    json_array_begin(j, "household");
    for (size_t i = 0; i < n; i++) {
        json_object_begin(j, NULL);
        json_key(j, "key", home[i].key);
        json_text(j, "name", home[i].name);
        json_object_end(j);
    }
    json_array_end(j);
    consents_json(j, consents, n_consents);
    for (const struct person_part *part = parts; part; part = part->next)
        TRY(part->api(c, j, p));
    json_object_end(j);
    return OK;
}
