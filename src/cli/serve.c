/* SPDX-License-Identifier: Apache-2.0
 * serve.c - xiangyue serve: the parent with its signer and server; the server's tickers. */
#include "cli/cli.h"
#include "cli/confine.h"
#include "cli/supervise.h"
#include "kernel/account/account.h"
#include "kernel/audit/audit.h"
#include "kernel/page/page.h"
#include "kernel/ticker/ticker.h"
#include "store/migrate.h"
#include "store/setting.h"
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

struct serving {
    const char *dir, *data, *url, *address, *assets;
    bool behind_proxy, demo, log_all, no_rates;
    unsigned group_max, loops;
};

static struct app_conf conf_of(const struct serving *s, struct ctx *c, int listen_fd,
                               struct assets *assets)
{
    return (struct app_conf){
        .url = s->url,
        .files_dir = arena_printf(c->arena, "%s/files", s->data),
        .assets = assets,
        .address = s->address,
        .listen_fd = listen_fd,
        .loops = s->loops,
        .behind_proxy = s->behind_proxy,
        .demo = s->demo,
        .no_rates = s->no_rates,
        .log_all = s->log_all,
        .group_max = s->group_max,
        .signer = c->signer,
        .hooks = { session_load, session_seen, audit_looks, audit_request, account_recent, page_error },
    };
}

/* The highest number used so far: new ones must be above it even when the clock went back. */
static enum err seen_ids(struct ctx *c)
{
    static const struct sql SQL_AUDIT = { "SELECT max(id) FROM audit", NULL };
    static const struct sql SQL_FLOW = { "SELECT max(id) FROM flow_event", NULL };
    const struct sql *all[] = { &SQL_AUDIT, &SQL_FLOW };
    for (size_t i = 0; i < COUNT(all); i++) {
        int64_t id;
        TRY(db_one(c, all[i], IN_NONE, OUT(s_int(&id))));
        id_seen(id);
    }
    return OK;
}

static enum err prepare(struct ctx *c, const struct serving *s)
{
    TRY(db_open(c, s->url, DB_WRITE, &c->db));
    enum err e = migrate(c);
    if (!e)
        e = seen_ids(c);
    db_close(c->db);
    c->db = NULL;
    return e;
}

static sigset_t wait_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    return set;
}

/* Each connection is a file: as many as the system lets us have. */
static void many_connections(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* In the server's process. */
static int serve(void *arg, int listen_fd, int signer_fd)
{
    const struct serving *s = arg;
    struct ctx c = { .arena = arena_new(ARENA_LIMIT), .now_ms = cli_now_ms(), .account_id = -1 };
    struct app *app;
    struct ticker *ticker;
    int got;
    sigset_t set = wait_signals();
    c.signer = signer_remote(signer_fd);
    signal(SIGXFSZ, SIG_IGN); /* a limit on file sizes is "disk full", not the end */
    many_connections();
    struct assets *assets = NULL;
    enum err e = assets_load(&c, s->assets, &assets);
    if (!e)
        e = confine_server(&c, s->data);
    if (!e)
        e = prepare(&c, s);
    struct app_conf conf = conf_of(s, &c, listen_fd, assets);
    if (!e)
        e = app_start(&c, &conf, &app);
    if (e)
        return cli_failed("serve", &c, e);
    ticker = ticker_start(app);
    sigwait(&set, &got);
    ticker_stop(ticker);
    app_stop(app);
    signer_free(c.signer);
    arena_free(c.arena);
    return 0;
}

static void bound(void *arg, uint16_t port)
{
    const struct serving *s = arg;
    bool six = strchr(s->address, ':') != NULL;
    printf(six ? "ready http://[%s]:%u\n" : "ready http://%s:%u\n", s->address, (unsigned)port);
    fflush(stdout);
}

/* What the parent must know of the instance, before any child. */
static int read_instance(struct arena *a, struct serving *s, const char **keys)
{
    struct instance in;
    const char *demo;
    int status = instance_open("serve", s->dir, NULL, false, &in);
    if (status)
        return status;
    enum err e = setting_get(&in.c, "demo", "", &demo);
    s->demo = !e && *demo;
    s->url = arena_copy(a, in.url);
    s->data = arena_copy(a, in.data);
    *keys = arena_copy(a, in.keys);
    status = e ? cli_failed("serve", &in.c, e) : CLI_OK;
    instance_close(&in);
    return status;
}

int cmd_serve(int argc, char **argv)
{
    struct arena *a = arena_new(ARENA_LIMIT);
    struct serving s = { .address = cli_option(&argc, argv, "address", "127.0.0.1") };
    char *end;
    const char *port_text = cli_option(&argc, argv, "port", "8080");
    unsigned long port = strtoul(port_text, &end, 10);
    s.loops = (unsigned)strtoul(cli_option(&argc, argv, "loops", "0"), NULL, 10);
    s.group_max = (unsigned)strtoul(cli_option(&argc, argv, "group", "0"), NULL, 10);
    s.behind_proxy = cli_flag(&argc, argv, "behind-proxy");
    s.log_all = cli_flag(&argc, argv, "log-all");
    s.no_rates = cli_flag(&argc, argv, "no-rates");
    bool always = cli_flag(&argc, argv, "restart-always");
    bool root = cli_flag(&argc, argv, "allow-root");
    if (argc != 2 || *end || port > 65535)
        return cli_fail("serve", CLI_USAGE, "see xiangyue serve --help");
    s.dir = argv[1];
    const char *keys;
    int status = read_instance(a, &s, &keys);
    if (status)
        return status;
    s.assets = cli_share(a, "build/web");
    struct supervise_conf conf = { .address = s.address,
                                   .port = (uint16_t)port,
                                   .key_path = keys,
                                   .allow_root = root || s.demo,
                                   .always = always,
                                   .serve = serve,
                                   .bound = bound,
                                   .arg = &s };
    status = supervise(&conf);
    arena_free(a);
    return status;
}
