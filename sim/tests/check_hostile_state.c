/* Changed cells of an exported world with jobs, scenarios, blocks and a guest: it is refused, or
 * calls can live in it, and so can the work that falls due. See hostile.h. */
#ifndef FUZZING
#include "tests/fresh.h"
#endif

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "catalog/fixtures.h"
#include "contents/contents.h"
#include "scenario/scenario.h"
#include "server/pipeline.h"
#include "store/document.h"
#include "store/store.h"
#include "tests/hostile.h"
#include "tests/pieces.h"
#include "time/clock.h"

static struct arena process;
static struct clock still;
static struct sim sim;
static struct value *document; /* the world as it was before anybody changed it */

static void open_sim(void)
{
    const char *error = NULL;
    log_open(LOG_OFF);
    sim = (struct sim){ .clock = &still,
                        .contents = &contents,
                        .perform = pipeline_perform,
                        .pace = PACE_INSTANT,
                        .version = "fuzz",
                        .seed = 1 };
    still = (struct clock){ .still = true, .start = 1780000000000 };
    sim.fixtures = fixtures_load(&process, &(struct list){ 0 }, &error);
    sim.store = store_open(&process, NULL, contents.schemas, &error);
    if (!sim.fixtures || !sim.store)
        abort();
    clock_open(&still, sim.store);
    if (!scenarios_open(&sim, &process, &(struct list){ 0 }, &error))
        abort();
}

/* ---- Calls ---- */

struct ask {
    const char *service, *method, *path, *body;
};

static const char *head_value(const void *headers, const char *name)
{
    const struct ask *q = headers;
    if (text_is(name, "Authorization"))
        return text_is(q->service, "ebs")
                   ? "AWS4-HMAC-SHA256 Credential=111122223333/20260101/us-east-1/ebs/aws4_request"
                   : "AWS4-HMAC-SHA256 Credential=111122223333/20260101/us-east-1/ec2/aws4_request";
    return text_is(name, "Host") ? "localhost" : text_is(name, "X-Amisim") ? "1" : NULL;
}

static struct reply ask(struct arena *a, const struct ask *q)
{
    struct request r = { .method = q->method,
                         .path = q->path,
                         .query = "",
                         .header = head_value,
                         .headers = q,
                         .body = q->body,
                         .size = strlen(q->body) };
    struct reply reply = pipeline_serve(&sim, a, &r);
    if (reply.status < 200 || reply.status > 599 || (reply.size && !reply.body))
        abort();
    pipeline_flush(&sim);
    pieces_join(&sim, a, &reply);
    return reply;
}

static void ask_all(const struct ask *all)
{
    for (; all->service; all++) {
        struct arena a = { 0 };
        ask(&a, all);
        arena_release(&a);
    }
}

static const char *first_id(struct arena *a, const struct reply *reply, const char *sign)
{
    const char *at = strstr(arena_strndup(a, reply->body, reply->size), sign);
    if (!at)
        abort();
    return arena_strndup(a, at + 1, strspn(at + 1, "abcdefghijklmnopqrstuvwxyz0123456789-"));
}

/* ---- The world ---- */

#define RULES                                                                                      \
    "rules: [{when: {operations: [CreateTags]}, what: {stale: {calls: 9}}}]\n"                     \
    "timeline: [{at: 10m, call: {operation: CreateVolume, parameters: {Size: 1,"                   \
    " AvailabilityZone: us-east-1a}}}]"
#define EC2(query) ((struct ask){ "ec2", "POST", "/", query })
#define OWN(method, path, body) ((struct ask){ "ec2", method, "/_amisim/" path, body })

static const char *made(struct arena *a, const char *query, const char *sign)
{
    struct reply reply = ask(a, &EC2(query));
    return first_id(a, &reply, sign);
}

/* All that a world can hold between two calls: work that waits, a rule, blocks, files in a cache.
 */
static void fill_world(void)
{
    struct arena a = { 0 };
    ask(&a, &OWN("PUT", "scenarios/late", RULES));
    const char *volume =
        made(&a, "Action=CreateVolume&AvailabilityZone=us-east-1a&Size=1", ">vol-");
    ask(&a, &EC2(arena_printf(&a, "Action=CreateTags&ResourceId.1=%s&Tag.1.Key=a&Tag.1.Value=b",
                              volume)));
    const char *snapshot =
        made(&a, arena_printf(&a, "Action=CreateSnapshot&VolumeId=%s", volume), ">snap-");
    const char *image = made(
        &a,
        arena_printf(&a,
                     "Action=RegisterImage&Name=one&Architecture=x86_64&RootDeviceName=/dev/xvda"
                     "&VirtualizationType=hvm&EnaSupport=true"
                     "&BlockDeviceMapping.1.DeviceName=/dev/xvda"
                     "&BlockDeviceMapping.1.Ebs.SnapshotId=%s",
                     snapshot),
        ">ami-");
    const char *instance =
        made(&a,
             arena_printf(
                 &a, "Action=RunInstances&ImageId=%s&InstanceType=t3.micro&MinCount=1&MaxCount=1",
                 image),
             ">i-");
    const char *file = arena_printf(&a, "/_amisim/guests/%s/files/srv/a", instance);
    ask(&a, &(struct ask){ "ec2", "PUT", file, "some bytes" });
    ask(&a, &EC2(arena_printf(&a, "Action=CreateImage&InstanceId=%s&Name=two&NoReboot=true",
                              instance)));
    struct reply state = ask(&process, &OWN("GET", "state", ""));
    const char *error = NULL;
    document = value_from_json(&process, state.body, state.size, &error);
    arena_release(&a);
}

/* ---- A change ---- */

static struct value *child(struct value *of, uint64_t which)
{
    struct value *v = of->first;
    for (which %= of->count ? of->count : 1; v && which; which--)
        v = v->next;
    return v;
}

static void change_cell(struct rng *r, struct arena *a, struct value *cell)
{
    static const int64_t numbers[] = {
        0, 1, -1, 2, 7, INT64_MAX, INT64_MIN, 1780000000000, 1 << 20
    };
    static const char *const texts[] = { "",        "x",         "us-east-1", "111122223333",
                                         "running", "available", "{}",        "[[]]",
                                         "mars-1",  "a/b/c",     "%s",        "[\"a\"]" };
    cell->first = cell->last = NULL;
    cell->count = 0;
    switch (rng_below(r, 4)) {
    case 0:
        cell->type = VALUE_NULL;
        break;
    case 1:
        cell->type = VALUE_INT;
        cell->number = numbers[rng_below(r, sizeof numbers / sizeof *numbers)];
        break;
    case 2:
        cell->type = VALUE_TEXT;
        cell->text = texts[rng_below(r, sizeof texts / sizeof *texts)];
        break;
    default:
        cell->type = VALUE_MAP;
        value_add_text(a, cell, "base64", rng_below(r, 2) ? "AAAA" : "");
    }
}

/* Most tables are short, and a change in a long one is one of many: tables take turns. */
static void change_some(struct rng *r, struct arena *a, struct value *changed)
{
    struct value *tables = (struct value *)value_get(changed, "tables");
    for (uint64_t times = 1 + rng_below(r, 3); times;) {
        struct value *table = child(tables, rng_next(r));
        struct value *rows = (struct value *)value_get(table, "rows");
        if (!rows->count)
            continue;
        struct value *row = child(rows, rng_next(r));
        change_cell(r, a, child(row, rng_next(r)));
        times--;
    }
}

/* ---- Living in it ---- */

static const struct ask life[] = {
    { "ec2", "POST", "/", "Action=DescribeVolumes" },
    { "ec2", "POST", "/", "Action=DescribeSnapshots&Owner.1=self" },
    { "ec2", "POST", "/", "Action=DescribeImages&Owner.1=self" },
    { "ec2", "POST", "/", "Action=DescribeInstances" },
    { "ec2", "POST", "/", "Action=DescribeTags" },
    { "ec2", "GET", "/_amisim/cost", "" },
    { "ec2", "GET", "/_amisim/scenarios", "" },
    { "ec2", "POST", "/_amisim/clock", "{\"advance\":\"1h\"}" },
    { "ec2", "POST", "/", "Action=CreateVolume&AvailabilityZone=us-east-1a&Size=1" },
    { "ec2", "GET", "/_amisim/state", "" },
    { 0 },
};

static void feed(const char *bytes, size_t n)
{
    struct arena a = { 0 };
    uint64_t seed = 0;
    for (size_t i = 0; i < n; i++)
        seed = seed * 257 + (unsigned char)bytes[i];
    struct rng r = { seed };
    const char *text = value_to_json(&a, document, 0), *error = NULL;
    struct value *changed = value_from_json(&a, text, strlen(text), &error);
    if (!changed)
        abort();
    change_some(&r, &a, changed);
    ask(&a, &OWN("PUT", "state", value_to_json(&a, changed, 0)));
    ask_all(life);
    arena_release(&a);
}

static void begin(void)
{
    open_sim();
    fill_world();
}

#ifdef FUZZING

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (!sim.store)
        begin();
    feed((const char *)bytes, n);
    return 0;
}

#else

/* The world as it is can be put back, or the others would say nothing. */
START_TEST(test_a_state_comes_back)
{
    struct arena a = { 0 };
    begin();
    struct reply reply = ask(&a, &OWN("PUT", "state", value_to_json(&a, document, 0)));
    ck_assert_msg(reply.status == 200, "%.*s", (int)reply.size, reply.body);
    arena_release(&a);
    scenarios_close(&sim);
    store_close(sim.store);
    arena_release(&process);
}
END_TEST

START_TEST(test_changed_cells)
{
    begin();
    for (uint64_t round = 0; round < 40; round++) {
        uint64_t seed = round * 4 + (uint64_t)_i;
        feed((const char *)&seed, sizeof seed);
    }
    scenarios_close(&sim);
    store_close(sim.store);
    arena_release(&process);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("hostile_state");
    TCase *t = tcase_create("cells");
    tcase_set_timeout(t, 100);
    tcase_add_test(t, test_a_state_comes_back);
    tcase_add_loop_test(t, test_changed_cells, 0, 4);
    suite_add_tcase(s, t);
    return run_suite(s);
}

#endif
