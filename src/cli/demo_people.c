/* SPDX-License-Identifier: Apache-2.0
 * demo_people.c - who works and who lives in the demonstration. Names are a surname and 某某;
 * identity and telephone numbers are of the right form and belong to nobody (area code 422399,
 * 1380000xxxx). */
#include "cli/cli.h"
#include "cli/demo.h"
#include "core/csv.h"
#include "core/day.h"
#include "core/idno.h"
#include "crypto/password.h"
#include "crypto/random.h"
#include "crypto/totp.h"
#include "kernel/account/account.h"
#include "kernel/account/demo_accounts.h"
#include "kernel/place/place.h"

enum { SURNAMES_MAX = 200, FAKE_AREA = 422399 };
static const char given[3][3][8] = { { "某某", "某华", "某文" },   /* either */
                                     { "某明", "某贵", "某强" },   /* men */
                                     { "某英", "某兰", "某珍" } }; /* women */

struct surnames {
    const char *all[SURNAMES_MAX];
    size_t n;
};

static enum err add_surname(struct ctx *c, const struct csv_row *row, void *arg)
{
    struct surnames *s = arg;
    (void)c;
    if (s->n < SURNAMES_MAX && row->n >= 1)
        s->all[s->n++] = row->cells[0];
    return OK;
}

static const char *a_name(struct demo *d, const struct surnames *s, int sex)
{
    /* commoner surnames stand first in the list */
    size_t i = (size_t)(demo_random(d, s->n) * demo_random(d, s->n) / s->n);
    return arena_printf(d->c->arena, "%s%s", s->all[i], given[sex][demo_random(d, 3)]);
}

/* ---- those who work ---- */
static const char *phone_of(struct demo *d)
{
    return arena_printf(d->c->arena, "1380000%04zu", d->n_staff + 1);
}

static enum err body_id(struct ctx *c, const char *code, const char *place, int64_t *id)
{
    struct body b;
    TRY(body_serving(c, code, place, &b));
    *id = b.id;
    return OK;
}

static enum err add_staff(struct demo *d, const struct surnames *s, const char *kind,
                          const char *place, const char *body, const char *hash)
{
    struct ctx *c = d->c;
    CHECK(d->n_staff < DEMO_STAFF_MAX);
    struct demo_staff *st = &d->staff[d->n_staff];
    const struct post_kind *k = post_kind((enum post_kind_no)post_kind_named(kind));
    const char *code;
    *st = (struct demo_staff){ .kind = kind, .name = a_name(d, s, 0), .phone = phone_of(d) };
    TRY(account_add(c, st->name, st->phone, &st->account, &code));
    TRY(account_set_password(c, st->account, hash));
    struct post p = { .account = st->account,
                      .kind = kind,
                      .place = place,
                      .from_day = day_of_ms(d->now_ms) - DEMO_DAYS - 30,
                      .decision = "演示任命" };
    if (body)
        TRY(body_id(c, body, place, &p.body));
    TRY(post_appoint(c, &p));
    if (k->strict) {
        char secret[TOTP_SECRET_TEXT];
        totp_secret_new(secret);
        TRY(account_set_totp(c, st->account, secret));
    }
    st->right = (struct right){ .caps = k->caps, .post_id = p.id, .body_id = p.body };
    snprintf(st->right.place, sizeof st->right.place, "%s", place);
    st->actor = arena_printf(c->arena, "%s%s %s", place_short_name(c, place), k->zh, st->name);
    d->n_staff++;
    return OK;
}

static enum err list_accounts(struct demo *d, const char *dir, size_t n, const char *password)
{
    struct ctx *c = d->c;
    struct demo_account all[DEMO_STAFF_MAX];
    FILE *f = fopen(arena_printf(c->arena, "%s/demo-accounts.csv", dir), "w");
    if (!f)
        return fail(c, E_IO, "cannot write the list of accounts");
    fputs("post,place,phone,password\n", f);
    for (size_t i = 0; i < n; i++) {
        const struct demo_staff *s = &d->staff[i];
        int no = post_kind_named(s->kind);
        const char *zh = post_kind((enum post_kind_no)no)->zh;
        if (s->right.body_id) {
            struct body b;
            TRY(body_load(c, (struct key){ place_county(s->right.place), s->right.body_id }, &b));
            zh = arena_printf(c->arena, "%s（%s）", zh, b.name);
        }
        all[i] = (struct demo_account){ zh, place_full_name(c, s->right.place), s->phone, password,
                                        s->name };
        fprintf(f, "%s,%s,%s,%s\n", zh, all[i].place, s->phone, password);
    }
    if (fclose(f) != 0)
        return fail(c, E_IO, "cannot write the list of accounts");
    return demo_accounts_save(c, all, n);
}

/* One listed account per kind of post; behind them agents and chiefs of every village, and the
 * county's departments. */
static enum err make_staff(struct demo *d, const struct surnames *s, const char *dir)
{
    static const struct {
        const char *kind, *level, *body;
    } listed[] = {
        { "agent", "village", NULL },
        { "window", "township", NULL },
        { "chief", "village", NULL },
        { "supervisor", "village", NULL },
        { "officer", "township", NULL },
        { "centre", "township", NULL },
        { "department", "county", "civil_affairs" },
        { "office", "county", NULL },
        { "observer", "city", NULL },
        { "auditor", "county", NULL },
        { "sysadmin", "county", NULL },
        { "secadmin", "county", NULL },
        { "auditadmin", "county", NULL },
    };
    char hash[PASSWORD_HASH_MAX];
    const char *password = random_code(d->c->arena, 10);
    TRY(password_hash(password, hash));
    for (size_t i = 0; i < COUNT(listed); i++) {
        const char *place = str_eq(listed[i].level, "village")    ? d->village
                            : str_eq(listed[i].level, "township") ? d->township
                            : str_eq(listed[i].level, "county")   ? d->county
                                                                  : "4212";
        TRY(add_staff(d, s, listed[i].kind, place, listed[i].body, hash));
    }
    TRY(list_accounts(d, dir, d->n_staff, password));
    for (size_t i = 0; i < d->n_villages; i++)
        if (!str_eq(d->villages[i], d->village)) {
            TRY(add_staff(d, s, "agent", d->villages[i], NULL, hash));
            TRY(add_staff(d, s, "chief", d->villages[i], NULL, hash));
        }
    return OK;
}

/* ---- whom to call ---- */
/* Subscriber numbers never begin with 000: it rings nowhere, and the address says so. */
static enum err give_phones(struct demo *d)
{
    const char *const places[] = { "4212", d->county, d->township };
    int number = 1;
    for (size_t i = 0; i < COUNT(places); i++) {
        struct body *all;
        size_t n;
        TRY(body_list(d->c, places[i], &all, &n));
        for (size_t k = 0; k < n; k++) {
            all[k].phone = arena_printf(d->c->arena, "0715-000%04d", number++);
            all[k].address = "演示单位，电话是编的";
            all[k].hours = "周一到周五 8:30 到 17:30";
            TRY(body_save(d->c, &all[k]));
        }
    }
    return OK;
}

/* ---- those who live there ---- */
static void fake_id_no(struct demo *d, int32_t birth, int sex, size_t i, char out[19])
{
    static const int weights[] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
    int y, m, day, sum = 0;
    (void)d;
    day_ymd(birth, &y, &m, &day);
    unsigned serial = (unsigned)(i % 499 * 2 + (sex == SEX_MALE));
    char text[40];
    snprintf(text, sizeof text, "%06d%04d%02d%02d%03u", FAKE_AREA, y, m, day, serial);
    memcpy(out, text, 17);
    for (int k = 0; k < 17; k++)
        sum += (out[k] - '0') * weights[k];
    out[17] = "10X98765432"[sum % 11];
    out[18] = '\0';
}

/* Behind each door about three people; the first grown-up speaks for them. */
static enum err settle(struct demo *d, struct person *p, size_t i)
{
    enum { DOORS = 4 };
    const char *door = arena_printf(d->c->arena, "%zu 号", i % DOORS + 1);
    return household_take(d->c, p->place, p->grp, door, &p->household);
}

static enum err make_head(struct demo *d, const struct person *p, int64_t age)
{
    enum { HEAD_AGE = 30 };
    struct household h;
    if (age < HEAD_AGE || p->died_day || p->moved_day)
        return OK;
    TRY(household_load(d->c, (struct key){ p->key.county, p->household }, &h));
    return h.head ? OK : household_set_head(d->c, &h, p->key);
}

static enum err make_person(struct demo *d, const struct surnames *s, size_t i, const char *place)
{
    static const char *const groups[] = { "一组", "二组", "三组", "四组", "五组" };
    struct ctx *c = d->c;
    char id_no[19];
    int sex = demo_random(d, 2) ? SEX_MALE : SEX_FEMALE;
    int64_t age = 5 + (int64_t)demo_random(d, 88);
    int32_t birth = day_of_ms(d->now_ms) - (int32_t)(age * 365 + (int64_t)demo_random(d, 365));
    fake_id_no(d, birth, sex, i, id_no);
    struct person p = {
        .place = place,
        .grp = groups[demo_random(d, COUNT(groups))],
        .name = a_name(d, s, sex),
        .sex = sex,
        .birth = birth,
        .id_no = demo_random(d, 12) ? id_no : NULL,
        .phone = age > 14 && demo_random(d, 3) ? arena_printf(c->arena, "1390000%04zu", i % 10000)
                                               : NULL,
    };
    if (demo_random(d, 60) == 0)
        p.died_day = day_of_ms(d->now_ms) - 200 - (int64_t)demo_random(d, 300);
    else if (demo_random(d, 40) == 0)
        p.moved_day = day_of_ms(d->now_ms) - 200 - (int64_t)demo_random(d, 300);
    TRY(settle(d, &p, i));
    TRY(person_save(c, &p));
    TRY(make_head(d, &p, age));
    d->people[i] = p.key;
    d->ages[i] = age;
    return OK;
}

static enum err people_in_tx(struct ctx *c, void *arg)
{
    struct demo *d = arg;
    struct surnames s = { .n = 0 };
    (void)c;
    TRY(csv_each(d->c, cli_share(d->c->arena, "data/surnames.csv"), add_surname, &s));
    d->n_staff = 0;
    TRY(make_staff(d, &s, d->dir));
    TRY(give_phones(d));
    d->people = ARENA_ARRAY(d->c->arena, struct key, d->n_villages * DEMO_PEOPLE);
    d->ages = ARENA_ARRAY(d->c->arena, int64_t, d->n_villages * DEMO_PEOPLE);
    for (size_t v = 0; v < d->n_villages; v++)
        for (size_t i = 0; i < DEMO_PEOPLE; i++)
            TRY(make_person(d, &s, v * DEMO_PEOPLE + i, d->villages[v]));
    return OK;
}

enum err demo_people(struct demo *d, const char *dir)
{
    d->dir = dir;
    return tx_run(d->c, "demo_people", people_in_tx, d);
}
