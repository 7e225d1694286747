/* SPDX-License-Identifier: Apache-2.0
 * post_kinds.c - what each kind of post may do, where it exists, and with which it clashes. The
 * three administrators 三员 clash with each other and with every post that sees business data. */
#include "kernel/place/place.h"
#include "kernel/post/post.h"

#define V     (1u << PLACE_VILLAGE)
#define T     (1u << PLACE_TOWNSHIP)
#define K     (1u << PLACE_COUNTY)
#define C     (1u << PLACE_CITY)
#define P(no) (1u << POST_##no)
#define WORK                                                                                       \
    (P(AGENT) | P(WINDOW) | P(CHIEF) | P(SUPERVISOR) | P(OFFICER) | P(CENTRE) | P(DEPARTMENT) |    \
     P(OFFICE) | P(OBSERVER) | P(AUDITOR))
#define ADMINS    (P(SYSADMIN) | P(SECADMIN) | P(AUDITADMIN))
#define COMMITTEE (P(CHIEF) | P(AGENT) | P(WINDOW))

/* clang-format off */
static const struct post_kind kinds[POST_KIND_COUNT] = {
    [POST_AGENT]      = { "agent", "代理员", CAP_PERSON_READ | CAP_PERSON_WRITE | CAP_ERRAND_TAKE | CAP_ERRAND_READ | CAP_VISIT | CAP_CARE_WRITE | CAP_ANNOUNCE, V, P(SUPERVISOR) | ADMINS, false, false },
    [POST_WINDOW]     = { "window", "综合窗口", CAP_PERSON_READ | CAP_PERSON_WRITE | CAP_ERRAND_TAKE | CAP_ERRAND_WINDOW | CAP_ERRAND_READ | CAP_ANNOUNCE, V | T, P(SUPERVISOR) | ADMINS, false, false },
    [POST_CHIEF]      = { "chief", "村主任", CAP_PERSON_READ | CAP_PERSON_WRITE | CAP_ERRAND_READ | CAP_ERRAND_DECIDE | CAP_ERRAND_LEAD | CAP_CARE_WRITE | CAP_RATING_HANDLE | CAP_STAT_READ | CAP_ANNOUNCE, V, P(SUPERVISOR) | ADMINS, false, false },
    [POST_SUPERVISOR] = { "supervisor", "村务监督委员", CAP_STAT_READ, V, COMMITTEE | ADMINS, false, false },
    [POST_OFFICER]    = { "officer", "乡镇经办人", CAP_PERSON_READ | CAP_ERRAND_READ | CAP_ERRAND_DECIDE, T, ADMINS, false, false },
    [POST_CENTRE]     = { "centre", "便民服务中心主任", CAP_PERSON_READ | CAP_ERRAND_READ | CAP_ERRAND_LEAD | CAP_RATING_HANDLE | CAP_STAT_READ | CAP_CARE_WRITE | CAP_BODY_EDIT | CAP_ANNOUNCE, T, ADMINS, false, false },
    [POST_DEPARTMENT] = { "department", "部门经办人", CAP_ERRAND_READ | CAP_ERRAND_DECIDE, K, ADMINS, true, false },
    [POST_OFFICE]     = { "office", "领导小组办公室", CAP_ERRAND_LEAD | CAP_CATALOG_EDIT | CAP_RULE_EDIT | CAP_RATING_HANDLE | CAP_STAT_READ | CAP_BODY_EDIT, K, ADMINS, false, false },
    [POST_OBSERVER]   = { "observer", "市级观察员", CAP_STAT_READ, C, ADMINS, false, false },
    [POST_AUDITOR]    = { "auditor", "审计人员", CAP_STAT_READ, V | T | K | C, ADMINS, false, false },
    [POST_SYSADMIN]   = { "sysadmin", "系统管理员", CAP_SYSTEM_ADMIN | CAP_PLACE_EDIT, K | C, WORK | P(SECADMIN) | P(AUDITADMIN), false, true },
    [POST_SECADMIN]   = { "secadmin", "安全管理员", CAP_SECURITY_ADMIN, K | C, WORK | P(SYSADMIN) | P(AUDITADMIN), false, true },
    [POST_AUDITADMIN] = { "auditadmin", "审计管理员", CAP_AUDIT_ADMIN, K | C, WORK | P(SYSADMIN) | P(SECADMIN), false, true },
};
/* clang-format on */

const struct post_kind *post_kind(enum post_kind_no no)
{
    CHECK(no < POST_KIND_COUNT);
    return &kinds[no];
}

int post_kind_named(const char *name)
{
    for (int i = 0; i < POST_KIND_COUNT; i++)
        if (str_eq(kinds[i].name, name))
            return i;
    return -1;
}

bool post_kind_lends(const struct post_kind *k)
{
    return !(k->caps & (CAP_SYSTEM_ADMIN | CAP_SECURITY_ADMIN | CAP_AUDIT_ADMIN));
}
