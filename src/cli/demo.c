/* SPDX-License-Identifier: Apache-2.0
 * demo.c - xiangyue demo; see demo.h. */
#include "cli/demo.h"
#include "cli/cli.h"
#include "cli/reference.h"
#include "kernel/place/place.h"
#include "store/setting.h"

uint64_t demo_random(struct demo *d, uint64_t n)
{
    d->seed += UINT64_C(0x9e3779b97f4a7c15); /* splitmix64 */
    uint64_t z = d->seed;
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (z ^ z >> 31) % n;
}

void demo_act(struct demo *d, const struct demo_staff *s)
{
    static const struct right all = { .caps = 0x7fffffff, .place = "" };
    d->c->account_id = s ? s->account : -1;
    d->c->actor = s ? s->actor : NULL;
    d->c->rights = s ? &s->right : &all;
    d->c->n_rights = 1;
}

const struct demo_staff *demo_find(const struct demo *d, const char *kind, const char *place)
{
    for (size_t i = 0; i < d->n_staff; i++)
        if (str_eq(d->staff[i].kind, kind) && str_eq(d->staff[i].right.place, place))
            return &d->staff[i];
    return NULL;
}

static enum err find_villages(struct demo *d)
{
    struct place *all;
    size_t n;
    TRY(place_children(d->c, d->township, &all, &n));
    for (size_t i = 0; i < n && d->n_villages < DEMO_VILLAGES_MAX; i++)
        d->villages[d->n_villages++] = all[i].code;
    return d->n_villages ? OK : fail(d->c, E_NOT_FOUND, "no villages in %s", d->township);
}

static enum err make(struct demo *d, const char *dir)
{
    int64_t n;
    TRY(reference_load(d->c));
    TRY(setting_set(d->c, "county", d->county));
    TRY(find_villages(d));
    cli_step("people and posts");
    TRY(demo_people(d, dir));
    cli_step_done("%zu staff, %zu residents", d->n_staff, d->n_villages * DEMO_PEOPLE);
    cli_step("months of work");
    TRY(demo_history(d, &n));
    cli_step_done("%" PRId64 " errands", n);
    return setting_set(d->c, "demo", "1");
}

int cmd_demo(int argc, char **argv)
{
    struct instance in;
    const char *seed = cli_option(&argc, argv, "seed", "1076");
    const char *url = cli_option(&argc, argv, "db", NULL);
    if (argc != 2)
        return cli_fail("demo", CLI_USAGE, "see xiangyue demo --help");
    int status = instance_open("demo", argv[1], url, true, &in);
    if (status)
        return status;
    struct demo *d = calloc(1, sizeof *d);
    CHECK(d != NULL);
    d->c = &in.c;
    d->seed = strtoull(seed, NULL, 10);
    d->now_ms = in.c.now_ms;
    d->county = "421281";
    d->township = "421281101";
    d->village = "421281101202";
    enum err e = make(d, argv[1]);
    status = e ? cli_failed("demo", &in.c, e) : CLI_OK;
    free(d);
    instance_close(&in);
    return status;
}
