/* SPDX-License-Identifier: Apache-2.0
 * errand_rules.c - the life cycle of an errand and other decisions that need no database. */
#include "gov/errand/errand.h"
#include "gov/errand/errand_step.h"
#include "kernel/place/place.h"

enum err errand_at_desk(struct ctx *c, const struct errand *e)
{
    if (c->account_id == -1 || ctx_sits_at(c, 1u << e->holder_cap, e->holder, e->holder_body))
        return OK;
    return fail(c, E_FORBIDDEN, "not at the holder's desk");
}

static enum err at_desk(struct ctx *c, const void *subject)
{
    return errand_at_desk(c, subject);
}

/* Papers may be brought to the desk that took the errand, wherever it is now. */
enum err takes_papers_here(struct ctx *c, const struct errand *e)
{
    if (ctx_sits_at(c, 1u << e->home_cap, e->home, 0))
        return OK;
    return at_desk(c, e);
}

static enum err takes_papers(struct ctx *c, const void *subject)
{
    return takes_papers_here(c, subject);
}

static enum err may_withdraw(struct ctx *c, const void *subject)
{
    const struct errand *e = subject;
    return e->by_code ? OK : takes_papers(c, subject);
}

static enum err leads(struct ctx *c, const void *subject)
{
    const struct errand *e = subject;
    return ctx_may(c, CAP_ERRAND_LEAD, e->holder) ? OK : fail(c, E_FORBIDDEN, "not the leader");
}

static enum err is_told_first(struct ctx *c, const void *subject)
{
    const struct errand *e = subject;
    TRY(at_desk(c, subject));
    return e->tellings == 0 ? OK : fail(c, E_MISSING_TOLD, "told before");
}

static enum err decides_here(struct ctx *c, const void *subject)
{
    const struct errand *e = subject;
    TRY(at_desk(c, subject));
    return e->version && e->item ? OK : fail(c, E_REASON_NEEDED, "no item yet");
}

/* clang-format off */
static const struct sm_state states[ERRAND_STATES] = {
    [ERRAND_DRAFTED]    = { "drafted",    "已记下", SM_HOLDER,   false, false },
    [ERRAND_MISSING]    = { "missing",    "等材料", SM_RESIDENT, true,  false },
    [ERRAND_IN_HAND]    = { "in_hand",    "办理中", SM_HOLDER,   false, false },
    [ERRAND_SUSPENDED]  = { "suspended",  "暂停",   SM_NOBODY,   true,  false },
    [ERRAND_DECIDED]    = { "decided",    "已办结", SM_HOLDER,   false, false },
    [ERRAND_DELIVERED]  = { "delivered",  "已送达", SM_HOLDER,   false, false },
    [ERRAND_REVISITED]  = { "revisited",  "已回访", SM_NOBODY,   false, false },
    [ERRAND_ARCHIVED]   = { "archived",   "已归档", SM_NOBODY,   false, false },
    [ERRAND_REDIRECTED] = { "redirected", "已转走", SM_NOBODY,   false, true  },
    [ERRAND_REFUSED]    = { "refused",    "不受理", SM_NOBODY,   false, true  },
    [ERRAND_WITHDRAWN]  = { "withdrawn",  "不办了", SM_NOBODY,   false, true  },
};
static const struct sm_event events[ERRAND_EVENTS] = {
    [EV_ACCEPT]   = { "accept",   "受理",                   SM_NEXT },
    [EV_TELL]     = { "tell",     "一次讲清缺什么",         SM_SIDE },
    [EV_REDIRECT] = { "redirect", "转给别的单位",           SM_QUIET },
    [EV_REFUSE]   = { "refuse",   "不受理（要写理由）",     SM_QUIET },
    [EV_COMPLETE] = { "complete", "材料齐了，接着办",       SM_NEXT },
    [EV_ASK_MORE] = { "ask-more", "再要材料（要写理由）",   SM_QUIET },
    [EV_HAND]     = { "hand",     "交给下一家",             SM_NEXT },
    [EV_SUSPEND]  = { "suspend",  "暂停（要写理由）",       SM_QUIET },
    [EV_RESUME]   = { "resume",   "恢复办理",               SM_NEXT },
    [EV_WITHDRAW] = { "withdraw", "居民不办了",             SM_QUIET },
    [EV_DECIDE]   = { "decide",   "作出决定",               SM_NEXT },
    [EV_DONE_NOW] = { "done-now", "当场办结",               SM_NEXT },
    [EV_DELIVER]  = { "deliver",  "送到居民手上",           SM_NEXT },
    [EV_CORRECT]  = { "correct",  "更正决定（要写理由）",   SM_QUIET },
    [EV_REVISIT]  = { "revisit",  "记下回访",               SM_NEXT },
    [EV_ARCHIVE]  = { "archive",  "归档",                   SM_AUTO },
    [EV_REOPEN]   = { "reopen",   "重新办",                 SM_AUTO },
};
static const struct sm_row rows[] = {
    { ERRAND_DRAFTED,   EV_ACCEPT,   ERRAND_IN_HAND,    CAP_ERRAND_TAKE,    at_desk,       "errand.handin_days",  "errand" },
    { ERRAND_DRAFTED,   EV_TELL,     ERRAND_MISSING,    CAP_ERRAND_TAKE,    is_told_first, NULL,                  NULL },
    { ERRAND_DRAFTED,   EV_REDIRECT, ERRAND_REDIRECTED, CAP_ERRAND_TAKE,    at_desk,       NULL,                  NULL },
    { ERRAND_DRAFTED,   EV_REFUSE,   ERRAND_REFUSED,    CAP_ERRAND_TAKE,    at_desk,       NULL,                  "errand" },
    { ERRAND_DRAFTED,   EV_WITHDRAW, ERRAND_WITHDRAWN,  CAP_PUBLIC,         may_withdraw,  NULL,                  NULL },
    { ERRAND_MISSING,   EV_COMPLETE, ERRAND_IN_HAND,    CAP_PUBLIC,         takes_papers,  "errand.handin_days",  "errand" },
    { ERRAND_MISSING,   EV_WITHDRAW, ERRAND_WITHDRAWN,  CAP_PUBLIC,         may_withdraw,  NULL,                  NULL },
    { ERRAND_IN_HAND,   EV_ASK_MORE, ERRAND_MISSING,    CAP_ERRAND_LEAD,    leads,         NULL,                  "errand" },
    { ERRAND_IN_HAND,   EV_HAND,     ERRAND_IN_HAND,    CAP_PUBLIC,         at_desk,       "errand.passon_days",  NULL },
    { ERRAND_IN_HAND,   EV_DECIDE,   ERRAND_DECIDED,    CAP_ERRAND_DECIDE,  decides_here,  "errand.deliver_days", "errand" },
    { ERRAND_IN_HAND,   EV_DONE_NOW, ERRAND_DELIVERED,  CAP_ERRAND_TAKE,    decides_here,  "errand.revisit_days", "errand" },
    { ERRAND_IN_HAND,   EV_SUSPEND,  ERRAND_SUSPENDED,  CAP_PUBLIC,         at_desk,       NULL,                  "errand" },
    { ERRAND_IN_HAND,   EV_WITHDRAW, ERRAND_WITHDRAWN,  CAP_PUBLIC,         may_withdraw,  NULL,                  NULL },
    { ERRAND_IN_HAND,   EV_REDIRECT, ERRAND_REDIRECTED, CAP_PUBLIC,         at_desk,       NULL,                  NULL },
    { ERRAND_SUSPENDED, EV_RESUME,   ERRAND_IN_HAND,    CAP_PUBLIC,         at_desk,       "errand.passon_days",  NULL },
    { ERRAND_SUSPENDED, EV_WITHDRAW, ERRAND_WITHDRAWN,  CAP_PUBLIC,         may_withdraw,  NULL,                  NULL },
    { ERRAND_DECIDED,   EV_DELIVER,  ERRAND_DELIVERED,  CAP_ERRAND_TAKE,    at_desk,       "errand.revisit_days", "errand" },
    { ERRAND_DECIDED,   EV_CORRECT,  ERRAND_IN_HAND,    CAP_ERRAND_LEAD,    leads,         "errand.passon_days",  "errand" },
    { ERRAND_DELIVERED, EV_REVISIT,  ERRAND_REVISITED,  CAP_ERRAND_TAKE,    at_desk,       "errand.archive_days", NULL },
    { ERRAND_DELIVERED, EV_REOPEN,   ERRAND_IN_HAND,    CAP_RATING_HANDLE,  NULL,          "rating.rectify_days", "errand" },
    { ERRAND_REVISITED, EV_ARCHIVE,  ERRAND_ARCHIVED,   CAP_ERRAND_TAKE,    at_desk,       NULL,                  NULL },
    { ERRAND_REVISITED, EV_REOPEN,   ERRAND_IN_HAND,    CAP_RATING_HANDLE,  NULL,          "rating.rectify_days", "errand" },
    { ERRAND_ARCHIVED,  EV_REOPEN,   ERRAND_IN_HAND,    CAP_RATING_HANDLE,  NULL,          "rating.rectify_days", "errand" },
};
const struct sm errand_sm = { "errand", "办件", states, COUNT(states), events, COUNT(events), rows, COUNT(rows), ERRAND_DRAFTED };
/* clang-format on */

enum errand_state errand_state_of(const struct errand *e)
{
    int s = sm_state_named(&errand_sm, e->state);
    CHECK(s >= 0);
    return (enum errand_state)s;
}

const char *errand_decision_zh(const char *decision)
{
    return str_eq(decision, "refused") ? "不同意" : "同意";
}

const char *errand_state_zh(const char *state, const char *decision)
{
    static const char *const refused[ERRAND_STATES] = { [ERRAND_DECIDED] = "没有批准",
                                                        [ERRAND_DELIVERED] = "没有批准，已送达",
                                                        [ERRAND_REVISITED] = "没有批准，已回访",
                                                        [ERRAND_ARCHIVED] = "没有批准，已归档" };
    int s = sm_state_named(&errand_sm, state);
    CHECK(s >= 0);
    return str_eq(decision, "refused") && refused[s] ? refused[s] : errand_sm.states[s].zh;
}

const char *errand_state_class(const char *state, const char *decision, bool late)
{
    int s = sm_state_named(&errand_sm, state);
    CHECK(s >= 0);
    if (errand_sm.states[s].stops_clock)
        return "hold";
    if (late)
        return "late";
    if (s == ERRAND_REFUSED || s == ERRAND_WITHDRAWN || str_eq(decision, "refused"))
        return "no";
    return s >= ERRAND_DECIDED && s != ERRAND_REDIRECTED ? "done" : "go";
}

/* ISO 7064 MOD 11,10: finds every single wrong digit and nearly every swap of neighbours. */
static char check_digit(const char *digits, size_t n)
{
    int p = 10;
    for (size_t i = 0; i < n; i++) {
        int s = (p + (digits[i] - '0')) % 10;
        p = (s == 0 ? 10 : s) * 2 % 11;
    }
    return (char)('0' + (11 - p) % 10);
}

void errand_number(const char *place, int year, int serial, char out[ERRAND_NUMBER_LEN + 1])
{
    CHECK(strlen(place) <= 12 && year >= 1000 && year <= 9999 && serial > 0 && serial <= 99999);
    char filled[13] = "000000000000";
    memcpy(filled, place, strlen(place));
    snprintf(out, ERRAND_NUMBER_LEN + 1, "%s%04d%05d", filled, year, serial);
    out[ERRAND_NUMBER_LEN - 1] = check_digit(out, ERRAND_NUMBER_LEN - 1);
    out[ERRAND_NUMBER_LEN] = '\0';
}

bool errand_number_parse(const char *text, char out[ERRAND_NUMBER_LEN + 1])
{
    size_t n = 0;
    for (; *text; text++) {
        if (*text == ' ' || *text == '-')
            continue;
        if (*text < '0' || *text > '9' || n == ERRAND_NUMBER_LEN)
            return false;
        out[n++] = *text;
    }
    out[n] = '\0';
    return n == ERRAND_NUMBER_LEN && out[n - 1] == check_digit(out, n - 1);
}

const char *errand_number_text(struct ctx *c, const char *n)
{
    static const size_t parts[] = { 12, 4, 5, 1 };
    if (strlen(n) != ERRAND_NUMBER_LEN)
        return n;
    char *text = arena_alloc(c->arena, ERRAND_NUMBER_LEN + COUNT(parts)), *to = text;
    for (size_t i = 0; i < COUNT(parts); i++) {
        if (i > 0)
            *to++ = '-';
        memcpy(to, n, parts[i]);
        to += parts[i];
        n += parts[i];
    }
    return text;
}

bool errand_code_parse(const char *text, char out[ERRAND_CODE_LEN + 1])
{
    static const char alphabet[] = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    size_t n = 0;
    for (; *text; text++) {
        char ch = *text >= 'a' && *text <= 'z' ? (char)(*text - 32) : *text;
        if (ch == ' ' || ch == '-')
            continue;
        if (!strchr(alphabet, ch) || n == ERRAND_CODE_LEN)
            return false;
        out[n++] = ch;
    }
    out[n] = '\0';
    return n == ERRAND_CODE_LEN;
}

bool errand_next_desk(struct ctx *c, const struct errand *e, const struct desk *at,
                      const char *decides, int64_t body, struct desk *out)
{
    enum place_level here = place_level_of(at->place);
    const char *township = place_at(c, e->place, PLACE_TOWNSHIP);
    if (at->cap == CAP_NO_ERRAND_DECIDE)
        return false;
    if (here == PLACE_VILLAGE && str_eq(decides, "village")) {
        *out = (struct desk){ e->place, CAP_NO_ERRAND_DECIDE, 0 };
        return true;
    }
    if (here == PLACE_VILLAGE) {
        *out = (struct desk){ township, CAP_NO_ERRAND_WINDOW, 0 };
        return true;
    }
    if (str_eq(decides, "county"))
        *out = (struct desk){ place_at(c, e->place, PLACE_COUNTY), CAP_NO_ERRAND_DECIDE, body };
    else if (str_eq(decides, "village"))
        *out = (struct desk){ e->place, CAP_NO_ERRAND_DECIDE, 0 };
    else
        *out = (struct desk){ township, CAP_NO_ERRAND_DECIDE, 0 };
    return true;
}

const char *errand_channel_zh(const char *channel)
{
    static const char *const words[][2] = { { "window", "窗口" },
                                            { "visit", "上门" },
                                            { "phone", "电话" },
                                            { "paper", "纸条" },
                                            { "web", "网上" } };
    for (size_t i = 0; i < COUNT(words); i++)
        if (str_eq(words[i][0], channel))
            return words[i][1];
    return channel;
}

const char *errand_answered(struct ctx *c, const char *answers, const char *ask)
{
    const char *head = arena_printf(c->arena, "%s：", ask);
    for (const char *line = answers; *line;) {
        size_t n = strcspn(line, "\n");
        if (str_starts(line, head))
            return arena_copy_n(c->arena, line + strlen(head), n - strlen(head));
        line += n + (line[n] == '\n');
    }
    return "";
}
