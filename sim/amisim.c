/* main(): options, wiring, and the loop. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "base/timefmt.h"
#include "catalog/fixtures.h"
#include "catalog/organization.h"
#include "contents/contents.h"
#include "ops/control/control.h"
#include "request/guard.h"
#include "scenario/scenario.h"
#include "server/http.h"
#include "server/pipeline.h"
#include "store/store.h"
#include "time/clock.h"
#include "time/job.h"

enum { EXIT_USAGE = 2 };

struct options {
    struct http_options http;
    const char *db;
    bool has_seed;
    int64_t seed;
    int64_t clock; /* where the virtual clock begins; 0: at machine time */
    bool freeze;
    enum pace pace;
    enum log_form log;
    struct list fixtures, scenarios, allowed; /* const char * */
    const char *check;
    bool operations, ssh;
};

static const char help[] =
    "amisim " AMISIM_VERSION ": an offline simulator of the Amazon EC2 image API\n"
    "\n"
    "usage: amisim [options]\n"
    "\n"
    "  --port N          listen on this port (default 4566; 0: any free one)\n"
    "  --bind ADDR       listen on this address (default 127.0.0.1)\n"
    "  --allow-host NAME another name of this simulator, NAME or NAME:PORT, as it stands in the\n"
    "                    Host of calls and in the Origin of pages that may call; repeatable\n"
    "  --client-timeout N  let go of a client that is silent for N seconds, or takes longer for a\n"
    "                    request (default 75)\n"
    "  --db FILE         keep the state in this file (default: in memory)\n"
    "  --seed N          same seed, same calls, same identifiers (default: random)\n"
    "  --clock TIME      begin at this moment, such as 2026-01-31T09:00:00Z (default: now)\n"
    "  --freeze          begin with the clock standing still\n"
    "  --pace PACE       how long asynchronous work takes: instant, quick (default: tens of\n"
    "                    milliseconds) or real (as long as AWS)\n"
    "  --fixtures PATH   a YAML file or a folder of them, on top of the built-in ones; repeatable\n"
    "  --scenario FILE   begin with this scenario (a file, or the name of a shipped one); "
    "repeatable\n"
    "  --check FILE      say what is wrong with a scenario file, then exit\n"
    "  --attached        stop when standard input ends, as it does when whoever opened it is gone\n"
    "  --ssh             sshd of running instances answers, at public addresses in 127.64.0.0/10\n"
    "  --log FORM        text (default), json or off\n"
    "  --operations      print the declarations of all operations as JSON, then exit\n"
    "  --help            print this, then exit\n"
    "  --version         print the version, then exit\n";

static _Noreturn void usage(const char *what, const char *value)
{
    fprintf(stderr, "amisim: %s%s%s; see amisim --help\n", what, value ? ": " : "",
            value ? value : "");
    exit(EXIT_USAGE);
}

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "amisim: %s\n", what);
    exit(EXIT_FAILURE);
}

static int choice(const char *option, const char *value, const char *const *names)
{
    for (int i = 0; names[i]; i++) {
        if (text_is(names[i], value))
            return i;
    }
    usage(option, value);
}

/* An option whose value can be wrong. */
static void read_checked(struct options *o, int which, const char *value)
{
    static const char *const paces[] = { "instant", "quick", "real", NULL };
    static const char *const logs[] = { "text", "json", "off", NULL };
    int64_t n = 0;
    switch (which) {
    case 'p':
        if (!text_int(value, &n) || n < 0 || n > 65535)
            usage("--port takes a number from 0 to 65535", value);
        o->http.port = (int)n;
        break;
    case 't':
        if (!text_int(value, &n) || n < 1 || n > 86400)
            usage("--client-timeout takes a number from 1 to 86400", value);
        o->http.patience = (int)n;
        break;
    case 's':
        if (!text_int(value, &o->seed))
            usage("--seed takes a whole number", value);
        o->has_seed = true;
        break;
    case 'k':
        if (!time_parse(value, &o->clock))
            usage("--clock takes a time such as 2026-01-31T09:00:00Z", value);
        break;
    case 'P':
        o->pace = (enum pace)choice("--pace takes instant, quick or real", value, paces);
        break;
    case 'l':
        o->log = (enum log_form)choice("--log takes text, json or off", value, logs);
        break;
    }
}

static void read_option(struct options *o, int which, const char *value, struct arena *a)
{
    switch (which) {
    case 'b':
        o->http.address = value;
        break;
    case 'A':
        if (!guard_is_name(value))
            usage("--allow-host takes NAME or NAME:PORT", value);
        strs_add(a, &o->allowed, value);
        break;
    case 'd':
        o->db = value;
        break;
    case 'z':
        o->freeze = true;
        break;
    case 'f':
        strs_add(a, &o->fixtures, value);
        break;
    case 'S':
        strs_add(a, &o->scenarios, value);
        break;
    case 'c':
        o->check = value;
        break;
    case 'a':
        o->http.attached = true;
        break;
    case 'H':
        o->ssh = true;
        break;
    case 'o':
        o->operations = true;
        break;
    case 'h':
        fputs(help, stdout);
        exit(EXIT_SUCCESS);
    case 'v':
        puts("amisim " AMISIM_VERSION);
        exit(EXIT_SUCCESS);
    default:
        read_checked(o, which, value);
    }
}

static void read_options(struct options *o, int argc, char **argv, struct arena *a)
{
    static const struct option table[] = {
        { "port", required_argument, NULL, 'p' },
        { "bind", required_argument, NULL, 'b' },
        { "db", required_argument, NULL, 'd' },
        { "seed", required_argument, NULL, 's' },
        { "clock", required_argument, NULL, 'k' },
        { "freeze", no_argument, NULL, 'z' },
        { "pace", required_argument, NULL, 'P' },
        { "fixtures", required_argument, NULL, 'f' },
        { "scenario", required_argument, NULL, 'S' },
        { "check", required_argument, NULL, 'c' },
        { "attached", no_argument, NULL, 'a' },
        { "ssh", no_argument, NULL, 'H' },
        { "log", required_argument, NULL, 'l' },
        { "operations", no_argument, NULL, 'o' },
        { "help", no_argument, NULL, 'h' },
        { "version", no_argument, NULL, 'v' },
        { "allow-host", required_argument, NULL, 'A' },
        { "client-timeout", required_argument, NULL, 't' },
        { 0 },
    };
    int which;
    opterr = 0;
    while ((which = getopt_long(argc, argv, ":", table, NULL)) != -1) {
        if (which == ':')
            usage("an option lacks its value", argv[optind - 1]);
        if (which == '?')
            usage("unknown option", argv[optind - 1]);
        read_option(o, which, optarg, a);
    }
    if (optind < argc)
        usage("unexpected argument", argv[optind]);
}

/* The first line is what scripts wait for; the others are for a person to paste. */
static void announce(const struct sim *sim, const char *address, int port)
{
    bool v6 = strchr(address, ':') != NULL;
    printf("amisim %s ready on http://%s%s%s:%d\n", sim->version, v6 ? "[" : "", address,
           v6 ? "]" : "", port);
    printf("export AWS_ENDPOINT_URL=http://%s%s%s:%d\n", v6 ? "[" : "", address, v6 ? "]" : "",
           port);
    printf("export AWS_ACCESS_KEY_ID=000000000000 AWS_SECRET_ACCESS_KEY=amisim "
           "AWS_DEFAULT_REGION=us-east-1\n");
    fflush(stdout);
}

/* ---- The world ---- */

struct opening {
    struct sim *sim;
    const struct options *o;
    struct arena *a;
    const char *error; /* NULL: it is open */
};

/* A new world gets its public images; an old one its identifiers where they stopped. */
static void begin_world(void *with)
{
    struct opening *w = with;
    struct sim *sim = w->sim;
    const char *unknown = job_kind_unknown(sim, w->a);
    if (unknown) { /* work that this program cannot do must not fall due */
        w->error = arena_printf(w->a, "%s: it waits for a job '%s' that this amisim does not know",
                                w->o->db, unknown);
        return;
    }
    sim->ids.state = (uint64_t)store_setting(sim->store, "ids", (int64_t)sim->seed);
    store_begin(sim->store);
    sim->clock->start = w->o->clock;
    sim->clock->still = w->o->freeze;
    clock_open(sim->clock, sim->store);
    organization_seed(&(struct call){ .a = w->a, .sim = sim, .store = sim->store });
    scenarios_open(sim, w->a, &w->o->scenarios, &w->error);
}

static void open_world(struct sim *sim, const struct options *o, struct arena *a)
{
    const char *error = NULL;
    struct opening w = { sim, o, a, NULL };
    sim->seed = o->has_seed ? (uint64_t)o->seed : rng_entropy();
    sim->requests.state = sim->seed ^ UINT64_C(0x72657175657374);
    if (!(sim->fixtures = fixtures_load(a, &o->fixtures, &error)))
        give_up(error);
    if (!(sim->store = store_open(a, o->db, contents.schemas, &error)))
        give_up(error);
    if (!store_try(sim->store, begin_world, &w) || (!w.error && !pipeline_commit(sim)))
        w.error = arena_printf(a, "%s: %s", o->db ? o->db : "in memory", store_refusal(sim->store));
    if (!w.error)
        return;
    store_rollback(sim->store);
    store_close(sim->store);
    give_up(w.error);
}

/* Beside the state, where there must be room for what is to become state. */
static const char *folder_for_bodies(struct arena *a, const struct options *o)
{
    const char *slash = o->db ? strrchr(o->db, '/') : NULL, *temporary = getenv("TMPDIR");
    if (slash)
        return arena_strndup(a, o->db, (size_t)(slash - o->db) + 1);
    if (o->db)
        return ".";
    return temporary && *temporary ? temporary : "/tmp";
}

int main(int argc, char **argv)
{
    struct arena a = { 0 };
    struct options o = {
        .http = { .address = "127.0.0.1", .port = 4566, .patience = 75, .ready = announce },
        .pace = PACE_QUICK,
        .log = LOG_TEXT
    };
    struct clock clock = { 0 };
    struct sim sim = { .clock = &clock,
                       .contents = &contents,
                       .perform = pipeline_perform,
                       .version = AMISIM_VERSION };
    read_options(&o, argc, argv, &a);
    if (o.operations) {
        puts(ops_json(&a, &contents));
        arena_release(&a);
        return EXIT_SUCCESS;
    }
    if (o.check) {
        const char *wrong = scenario_check(&sim, &a, o.check);
        if (wrong)
            fprintf(stderr, "%s\n", wrong);
        arena_release(&a);
        return wrong ? EXIT_FAILURE : EXIT_SUCCESS;
    }
    log_open(o.log);
    sim.pace = o.pace;
    sim.allowed = o.allowed;
    sim.ssh = o.ssh;
    sim.exposed = !guard_is_loopback(o.http.address) && !o.allowed.count;
    o.http.folder = folder_for_bodies(&a, &o);
    open_world(&sim, &o, &a);
    const char *error = http_run(&sim, &o.http, &a);
    scenarios_close(&sim);
    store_close(sim.store);
    if (error)
        give_up(error);
    arena_release(&a);
    return EXIT_SUCCESS;
}
