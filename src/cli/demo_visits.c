/* SPDX-License-Identifier: Apache-2.0
 * demo_visits.c - who is cared for in the demonstration, and the visits they get. */
#include "cli/demo.h"
#include "core/day.h"
#include "gov/visit/visit.h"

enum { CARE_AGE_MIN = 74 };

enum err demo_care(struct demo *d, struct ctx *c, struct key person, int64_t age, int64_t *due_ms)
{
    static const char *const reasons[] = { "alone", "empty_nest", "aged", "disabled" };
    static const char *const risks[] = { "high", "key", "key", "ordinary" };
    static const char *const times[] = { "上午", "下午三点以后", "赶集那天不在家", "" };
    struct person p;
    *due_ms = 0;
    if (age < CARE_AGE_MIN || demo_random(d, 2))
        return OK;
    TRY(person_load(c, person, &p));
    if (p.died_day || p.moved_day)
        return OK;
    struct care k = { .reasons = reasons[demo_random(d, COUNT(reasons))],
                      .risk = risks[demo_random(d, COUNT(risks))],
                      .wish_who = "",
                      .wish_way = "上门",
                      .wish_time = times[demo_random(d, COUNT(times))],
                      .consent = "spoken",
                      .heard = "代理员当面问的" };
    TRY(care_put(c, &p, &k));
    TRY(care_load(c, person, &k));
    *due_ms = k.due_ms;
    return OK;
}

enum err demo_visit(struct demo *d, struct ctx *c, struct key person, int64_t *due_ms)
{
    static const char *const words[] = { "精神好，屋里暖和", "说腿疼，走路慢",
                                         "想孙子了，陪他说了会话", "米油都有，水电正常",
                                         "咳嗽好些了" };
    struct person p;
    struct care k;
    TRY(person_load(c, person, &p));
    bool met = demo_random(d, 25) != 0, fair = demo_random(d, 6) == 0;
    struct visit v = { .way = demo_random(d, 4) ? "home" : "phone",
                       .met = met,
                       .living = met ? fair ? "fair" : "good" : "",
                       .safety = met ? "good" : "",
                       .health = met ? fair ? "fair" : "good" : "",
                       .family = met ? "good" : "",
                       .words = met ? words[demo_random(d, COUNT(words))] : "敲门没有人应",
                       .follow_up = "" };
    TRY(visit_record(c, &p, &v, ""));
    TRY(care_load(c, person, &k));
    *due_ms = k.due_ms;
    return OK;
}
