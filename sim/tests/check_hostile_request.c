/* Hostile requests at the whole corridor: always an answer, and one that its own reader takes.
 *
 * An input is a message as HTTP has it: "POST /path?query", headers, an empty line, the body. What
 * libevent would have read of it is read here; client-tests/python/test_hostile_heads.py brings the
 * same messages to the real door. */
#include "tests/hostile.h"
#include "tests/pieces.h"

#include <strings.h>

#include "base/log.h"
#include "base/text.h"
#include "catalog/fixtures.h"
#include "contents/contents.h"
#include "scenario/scenario.h"
#include "server/pipeline.h"
#include "store/store.h"
#include "time/clock.h"

/* A new world after so many: what one input made is there for the next ones. */
#define INPUTS_OF_A_WORLD 500

/* What a world begins with. Their identifiers, which seed 1 gives, are in the inputs that were
 * kept. */
#define AS(service) "POST /\nAuthorization: Credential=111122223333/1/us-east-1/" service "/a\n"
static const char *const beginnings[] = {
    AS("ec2") "\nAction=CreateVolume&Size=1&AvailabilityZone=us-east-1a",
    AS("ec2") "\nAction=CreateSnapshot&VolumeId=vol-0910a2dec89025cc1",
    AS("ec2") "\nAction=RegisterImage&Name=abc&Architecture=x86_64&VirtualizationType=hvm"
              "&RootDeviceName=/dev/xvda&BlockDeviceMapping.1.DeviceName=/dev/xvda"
              "&BlockDeviceMapping.1.Ebs.SnapshotId=snap-0beeb8da1658eec67",
    AS("ec2") "\nAction=RunInstances&MinCount=1&MaxCount=1&ImageId=ami-0f893a2eefb32555e",
    AS("kms") "X-Amz-Target: TrentService.CreateKey\n\n{}",
    AS("ssm") "X-Amz-Target: AmazonSSM.PutParameter\n\n"
              "{\"Name\":\"p\",\"Value\":\"v\",\"Type\":\"String\"}",
};

static struct arena process;
static struct clock still;
static struct sim sim;

static void open_sim(void)
{
    const char *error = NULL;
    log_open(LOG_OFF);
    still = (struct clock){ .start = INT64_C(1767225600000), .still = true };
    sim = (struct sim){ .clock = &still,
                        .contents = &contents,
                        .perform = pipeline_perform,
                        .pace = PACE_INSTANT,
                        .version = "fuzz",
                        .seed = 1 };
    sim.fixtures = fixtures_load(&process, &(struct list){ 0 }, &error);
    sim.store = store_open(&process, NULL, contents.schemas, &error);
    if (!sim.fixtures || !sim.store)
        abort();
    clock_open(&still, sim.store);
    sim.ids.state = 1;
    if (!scenarios_open(&sim, &process, &(struct list){ 0 }, &error))
        abort();
}

static void close_sim(void)
{
    scenarios_close(&sim);
    store_close(sim.store);
    arena_release(&process);
}

/* ---- A message ---- */

static const char *find_header(const void *headers, const char *name)
{
    LIST_EACH (const struct header, h, (const struct list *)headers) {
        if (strcasecmp(h->name, name) == 0)
            return h->value;
    }
    return NULL;
}

/* The line at *at, without its end; *at is behind it. */
static char *take_line(char **at)
{
    char *line = *at, *end = line + strcspn(line, "\n");
    *at = *end ? end + 1 : end;
    *end = '\0';
    return line;
}

static char *cut(char *text, char at)
{
    char *found = strchr(text, at);
    if (!found)
        return NULL;
    *found = '\0';
    return found + 1;
}

static const char *known_method(const char *name)
{
    static const char *const all[] = { "GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS" };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (text_is(name, all[i]))
            return all[i];
    }
    return "POST";
}

static struct request read_message(struct arena *a, char *text, size_t n)
{
    struct list *headers = arena_new(a, struct list);
    char *at = text, *method = take_line(&at), *path = cut(method, ' ');
    char *query = path ? cut(path, '?') : NULL;
    for (char *line = take_line(&at); *line; line = take_line(&at)) {
        char *value = cut(line, ':');
        if (value)
            *list_add(a, headers, struct header) = (struct header){ line, value + (*value == ' ') };
    }
    return (struct request){ .method = known_method(method),
                             .path = path ? path : "/",
                             .query = query ? query : "",
                             .header = find_header,
                             .headers = headers,
                             .body = at,
                             .size = n - (size_t)(at - text) };
}

static void serve(const char *bytes, size_t n)
{
    struct arena a = { 0 };
    struct request r = read_message(&a, arena_strndup(&a, bytes, n), n);
    struct reply reply = pipeline_serve(&sim, &a, &r);
    if (reply.status < 200 || reply.status > 599 || (reply.size && !reply.body))
        abort();
    pipeline_commit(&sim);
    pieces_join(&sim, &a, &reply);
    arena_release(&a);
}

static void feed_request(const char *bytes, size_t n)
{
    static unsigned inputs;
    if (inputs++ % INPUTS_OF_A_WORLD == 0) {
        if (sim.store)
            close_sim();
        open_sim();
        for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
            serve(beginnings[i], strlen(beginnings[i]));
    }
    serve(bytes, n);
}

HOSTILE("request", 5000, feed_request)
