/* SPDX-License-Identifier: Apache-2.0
 * person_rules.c - see person_rules.h. */
#include "kernel/person/person_rules.h"
#include "core/idno.h"

bool person_take_id_no(struct person *p, const char *id_no, int32_t today)
{
    struct idno id;
    if (!idno_parse(id_no, &id) || id.birth > today)
        return false;
    p->id_no = id_no;
    p->birth = id.birth;
    p->sex = id.sex;
    return true;
}

bool person_day_ok(const struct person *p, int32_t day, int32_t today)
{
    return day <= today && (!p->birth || day >= p->birth);
}
