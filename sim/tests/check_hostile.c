/* Hostile bytes at every parser and at the whole corridor: no crash, no leak, always an answer.
 *
 * With gcc this is a unit test: seeds, changed at random by a fixed stream. Built by clang with
 * -fsanitize=fuzzer -DFUZZING it is a libFuzzer target (docs/contributing.md). */
#ifndef FUZZING
#include "tests/fresh.h"
#endif

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/pattern.h"
#include "base/text.h"
#include "base/timefmt.h"
#include "catalog/fixtures.h"
#include "contents/contents.h"
#include "scenario/scenario.h"
#include "server/pipeline.h"
#include "store/store.h"
#include "tests/hostile.h"
#include "tests/simple_glob.h"
#include "time/clock.h"

static struct arena process;
static struct clock still;
static struct sim sim;

static inline void open_sim(void)
{
    const char *error = NULL;
    log_open(LOG_OFF);
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
    still.frozen = true;
}

/* ---- One request made of bytes: first byte the form, then the head, a newline, the body ---- */

struct head {
    const char *service, *target, *host, *origin;
};

static const char *head_value(const void *headers, const char *name)
{
    const struct head *h = headers;
    if (text_is(name, "Authorization"))
        return h->service;
    if (text_is(name, "X-Amz-Target"))
        return h->target;
    if (text_is(name, "Origin"))
        return h->origin;
    if (text_is(name, "Host"))
        return h->host ? h->host : "localhost";
    return text_is(name, "X-Amisim") ? "1" : NULL;
}

static void serve(const char *method, const char *path, const char *query, const struct head *head,
                  const char *body, size_t size)
{
    struct arena a = { 0 };
    struct request r = { .method = method,
                         .path = path,
                         .query = query,
                         .header = head_value,
                         .headers = head,
                         .body = body,
                         .size = size };
    struct reply reply = pipeline_serve(&sim, &a, &r);
    if (reply.status < 200 || reply.status > 599 || (reply.size && !reply.body))
        abort();
    pipeline_commit(&sim);
    arena_release(&a);
}

/* A pattern, a newline, a text: wildcards are held against the plain way, and text for XML is that.
 */
static void feed_patterns(struct arena *a, const char *bytes)
{
    size_t n = strcspn(bytes, "\n");
    const char *pattern = arena_strndup(a, bytes, n), *what;
    const char *text = arena_strndup(a, bytes[n] ? bytes + n + 1 : "some text", 200);
    char *clean = arena_strdup(a, text), *clean_pattern = arena_strdup(a, pattern);
    text_repair_xml(clean, strlen(clean));
    text_repair_xml(clean_pattern, strlen(clean_pattern));
    if (text_glob(pattern, text) != simple_glob(pattern, text)
        || !text_is_xml(clean, strlen(clean)))
        abort();
    pattern_answer(a, clean_pattern, clean, &what);
}

#define SCOPE(service)                                                                             \
    "AWS4-HMAC-SHA256 Credential=111122223333/20260101/us-east-1/" service                         \
    "/aws4_request, SignedHeaders=host, Signature=0"

static void feed(const char *bytes, size_t n)
{
    static const struct head ec2 = { .service = SCOPE("ec2") }, ebs = { .service = SCOPE("ebs") };
    struct arena a = { 0 };
    char *text = arena_strndup(&a, bytes, n);
    const char *error = NULL;
    size_t decoded;
    int64_t ms;
    value_from_json(&a, text, n, &error);
    value_from_yaml(&a, "fuzz.yaml", text, n, &error);
    base64_decode(&a, text, &decoded);
    time_parse(text, &ms);
    span_parse(text, &ms);
    feed_patterns(&a, text);
    struct call reading = { .a = &a, .sim = &sim };
    struct plan plan;
    plan_read(&reading, "fuzz.yaml", text, n, &plan);
    struct head raw = { .service = text, .target = text }, kms = { SCOPE("kms"), text, NULL, NULL };
    struct head called = { .host = text }, page = { .origin = text };
    serve("POST", "/", "", &ec2, text, n);
    serve("GET", "/", text, &raw, "", 0);
    serve("POST", "/", "", &kms, text, n);
    serve("PUT", text, "", &ebs, text, n);
    serve("POST", "/_amisim/clock", text, &ec2, text, n);
    serve("PUT", "/_amisim/state", "", &ec2, text, n);
    serve("GET", "/_amisim/health", "", &called, "", 0);
    serve("GET", "/_amisim/health", "", &page, "", 0);
    serve("GET", text, "", &called, "", 0);
    arena_release(&a);
}

#ifdef FUZZING

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (!sim.store)
        open_sim();
    feed((const char *)bytes, n);
    return 0;
}

#else

static const char *const seeds[] = {
    "Action=DescribeRegions&Version=2016-11-15&Filter.1.Name=region-name&Filter.1.Value.1=us-*",
    "Action=RunInstances&ImageId=ami-12345678&MinCount=1&MaxCount=2&BlockDeviceMapping.1.Ebs."
    "VolumeSize=8",
    "Action=CreateVolume&Size=10&AvailabilityZone=us-east-1a&TagSpecification.1.Tag.1.Key=k",
    "Action=RegisterImage&Name=abc&BlockDeviceMapping.1.DeviceName=/dev/xvda&DryRun=true",
    "Action=DescribeImages&MaxResults=5&NextToken=eyJ2IjoiMSIsInMiOjF9&Owner.1=self",
    "TrentService.CreateKey\n{\"Description\":\"x\",\"Tags\":[{\"TagKey\":\"a\",\"TagValue\":\"b\"}"
    "]}",
    "{\"advance\":\"36h\",\"set\":\"2027-01-01T00:00:00Z\",\"rate\":60,\"freeze\":true}",
    "http://localhost.:4566",
    "HTTP://user@[::1]:80/?Action=DescribeRegions",
    "ec2.eu-west-1.amazonaws.com:443",
    "regions:\n  - {name: x-1, zones: {a: 1}}\n",
    "a: 1\nb: [x, 'y', true, ~, 1.5, \"\\x41\"]\nc: {d: \"1\", e: {f: [[], {}]}}\n",
    "{\"a\":[1,2.5,true,null,\"\\u00e4\\n\"],\"b\":{\"c\":[[],{}]}}",
    "a?b*c\\*?*[ab\nabc*abcab",
    "^(?i)[a-z]{1,3}(?<n>\\d+)\\p{Alpha}\\u00e4(?=x)\\Q.\\E|\\k<n>$\nabc12x",
    "name: x\nrules:\n  - when: {operations: [Run*], nth: 2, probability: 0.5}\n    what: {cut: "
    "9}\n"
    "timeline:\n  - at: 10m\n    call: {service: kms, operation: DisableKey, account: a}\n",
};

START_TEST(test_hostile_bytes)
{
    open_sim();
    hostile_rounds((uint64_t)_i + 1, 20000, seeds, sizeof seeds / sizeof *seeds, feed);
    store_close(sim.store);
    arena_release(&process);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("hostile");
    TCase *t = tcase_create("bytes");
    tcase_set_timeout(t, 100);
    tcase_add_loop_test(t, test_hostile_bytes, 0, 2);
    suite_add_tcase(s, t);
    return run_suite(s);
}

#endif
