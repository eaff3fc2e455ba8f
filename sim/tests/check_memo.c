/* What the store remembers must never be seen: a world that remembers and one that reads every row
 * anew are sent the same random calls, and answer with the same bytes. And what keeps it so: nobody
 * else writes remembered tables, and a large world is not kept. */
#include "tests/fresh.h"

#include <stdio.h>

#include "base/log.h"
#include "base/text.h"
#include "scenario/scenario.h"
#include "store/memo.h"
#include "store/tag_row.h"
#include "world/image/image.h"
#include "world/image/image_setting.h"

/* ---- Two worlds ---- */

#define MOMENT INT64_C(1811808000000) /* 2027-06-01 */

static struct fresh one, other;

static void open_world(struct fresh *f, size_t limit)
{
    const char *error = NULL;
    fresh_open(f, NULL, NULL);
    memo_limit(f->sim.store, limit);
    store_begin(f->sim.store);
    ck_assert(clock_set(&f->sim, MOMENT));
    ck_assert(scenarios_open(&f->sim, &f->process, &(struct list){ 0 }, &error));
    ck_assert(pipeline_commit(&f->sim));
}

static void close_world(struct fresh *f)
{
    scenarios_close(&f->sim);
    fresh_close(f);
}

/* ---- Calls ---- */

struct ask {
    const char *account, *region;
    const char *method, *path, *body;
};

static const char *header(const void *headers, const char *name)
{
    static char scope[200];
    const struct ask *s = headers;
    if (text_is(name, "Host"))
        return "localhost";
    if (!text_is(name, "Authorization"))
        return NULL;
    snprintf(scope, sizeof scope,
             "AWS4-HMAC-SHA256 Credential=%s/20260101/%s/ec2/aws4_request, SignedHeaders=host,"
             " Signature=0",
             s->account, s->region);
    return scope;
}

static struct reply serve(struct fresh *f, const struct ask *s)
{
    struct request r = { .method = s->method,
                         .path = s->path,
                         .query = "",
                         .header = header,
                         .headers = s,
                         .body = s->body,
                         .size = strlen(s->body) };
    return pipeline_serve(&f->sim, &f->request, &r);
}

/* {own}: an image that was made, {image}, {snapshot}: one of those that were seen; {word}: a text;
 * {moment}: a day. */
static const char *const calls[] = {
    "DescribeImages&ImageId.1={image}",
    "DescribeImages&ImageId.1={own}",
    "DescribeImages&ImageId.1={own}",
    "DescribeImages&ImageId.1={own}",
    "DescribeImages&ImageId.1={own}&IncludeDisabled=true",
    "DescribeImages&Owner.1=self",
    "DescribeImages&Owner.1=self",
    "DescribeImages&ImageId.1={image}&ImageId.2={image}&IncludeDisabled=true",
    "DescribeImages&Owner.1=self&IncludeDeprecated=true&IncludeDisabled=true",
    "DescribeImages&Owner.1=amazon&Filter.1.Name=name&Filter.1.Value.1=al2023-ami-2023.12*",
    "DescribeImages&Filter.1.Name=tag:{word}&Filter.1.Value.1=*",
    "DescribeImages&ExecutableBy.1=self",
    "DescribeImages&MaxResults=7",
    "DescribeImageAttribute&ImageId={image}&Attribute=launchPermission",
    "DescribeTags",
    "DescribeTags&Filter.1.Name=resource-id&Filter.1.Value.1={own}",
    "DescribeImages&Filter.1.Name=name&Filter.1.Value.1={word}",
    "DescribeImages&Filter.1.Name=image-id&Filter.1.Value.1={image}&IncludeDisabled=true",
    "CreateTags&ResourceId.1={own}&Tag.1.Key={word}&Tag.1.Value={word}",
    "CreateTags&ResourceId.1={own}&Tag.1.Key={word}&Tag.1.Value={word}&DryRun=true",
    "DeleteTags&ResourceId.1={own}&Tag.1.Key={word}",
    "CopyImage&SourceRegion={region}&SourceImageId={image}&Name={word}",
    "CreateImage&InstanceId={instance}&Name={word}&NoReboot=true",
    "RegisterImage&Name={word}&RootDeviceName=/dev/sda1&BlockDeviceMapping.1.DeviceName=/dev/sda1"
    "&BlockDeviceMapping.1.Ebs.SnapshotId={snapshot}",
    "DeregisterImage&ImageId={own}",
    "ModifyImageAttribute&ImageId={own}&Description.Value={word}",
    "ModifyImageAttribute&ImageId={own}&LaunchPermission.Add.1.UserId=222233334444",
    "ModifyImageAttribute&ImageId={own}&LaunchPermission.Remove.1.UserId=222233334444",
    "ResetImageAttribute&ImageId={own}&Attribute=launchPermission",
    "EnableImageDeprecation&ImageId={own}&DeprecateAt={moment}",
    "DisableImageDeprecation&ImageId={own}",
    "DisableImage&ImageId={own}",
    "EnableImage&ImageId={own}",
    "EnableImageDeregistrationProtection&ImageId={own}",
    "DisableImageDeregistrationProtection&ImageId={own}",
    "EnableAllowedImagesSettings&AllowedImagesSettingsState=audit-mode",
    "EnableAllowedImagesSettings&AllowedImagesSettingsState=enabled",
    "DisableAllowedImagesSettings",
    "ReplaceImageCriteriaInAllowedImagesSettings&ImageCriterion.1.ImageProvider.1=amazon",
    "RunInstances&ImageId={image}&MinCount=1&MaxCount=1&InstanceType=t3.micro",
    "DeleteSnapshot&SnapshotId={snapshot}",
};

static const struct ask controls[] = {
    { NULL, NULL, "POST", "/_amisim/clock", "{\"advance\":\"1d\"}" },
    { NULL, NULL, "POST", "/_amisim/clock", "{\"advance\":\"20s\"}" },
    { NULL, NULL, "POST", "/_amisim/checkpoints/here", "" },
    { NULL, NULL, "POST", "/_amisim/checkpoints/here/restore", "" },
    { NULL, NULL, "POST", "/_amisim/reset?account=222233334444", "" },
    { NULL, NULL, "PUT", "/_amisim/scenarios/late",
      "rules: [{when: {operations: [CreateTags, ModifyImageAttribute], chance: 0.5},"
      " what: {stale: {calls: 2}}}]" },
    { NULL, NULL, "DELETE", "/_amisim/scenarios/late", "" },
};

/* Identifiers that answers had, the newest in place of an old one. */
#define KEPT 12

static struct {
    const char *word, *sign;
    size_t longest; /* answers in which they are looked for */
    char ids[KEPT][24];
    size_t count;
} known[] = { { "{own}", "ami-", 400, { "" }, 0 },
              { "{image}", "ami-", SIZE_MAX, { "" }, 0 },
              { "{snapshot}", "snap-", SIZE_MAX, { "" }, 0 },
              { "{instance}", "i-", SIZE_MAX, { "" }, 0 } };

enum { WORDS = sizeof known / sizeof *known };

static void learn(struct rng *chance, const char *body, size_t n)
{
    for (size_t k = 0; k < WORDS; k++) {
        size_t sign = strlen(known[k].sign);
        for (size_t at = 0; n <= known[k].longest && at + sign + 17 < n; at++) {
            if (body[at] != '>' || memcmp(body + at + 1, known[k].sign, sign) != 0)
                continue;
            size_t place = known[k].count < KEPT ? known[k].count++ : rng_below(chance, KEPT);
            snprintf(known[k].ids[place], 24, "%.*s", (int)(sign + 17), body + at + 1);
            at += rng_below(chance, 20000); /* not all of a long answer */
        }
    }
}

static const char *word_for(struct rng *chance, const char *place)
{
    static const char *const words[] = { "alpha", "beta", "gamma&amp;x", "delta" };
    static const char *const moments[] = { "2028-01-01T00:00:00Z", "2027-06-03T00:00:00Z" };
    static const char *const regions[] = { "us-east-1", "eu-west-1" };
    for (size_t k = 0; k < WORDS; k++) {
        if (strncmp(place, known[k].word, strlen(known[k].word)) == 0)
            return known[k].count ? known[k].ids[rng_below(chance, known[k].count)] : "none";
    }
    return strncmp(place, "{word}", 6) == 0     ? words[rng_below(chance, 4)]
           : strncmp(place, "{moment}", 8) == 0 ? moments[rng_below(chance, 2)]
                                                : regions[rng_below(chance, 2)];
}

static const char *filled(struct arena *a, struct rng *chance, const char *text)
{
    const char *done = "Version=2016-11-15&Action=";
    for (const char *open; (open = strchr(text, '{')); text = strchr(open, '}') + 1)
        done = arena_printf(a, "%s%.*s%s", done, (int)(open - text), text, word_for(chance, open));
    return arena_printf(a, "%s%s", done, text);
}

static struct ask next_call(struct arena *a, struct rng *chance)
{
    static const char *const accounts[] = { "111122223333", "111122223333", "222233334444" };
    size_t which = rng_below(chance, 12 * (sizeof calls / sizeof *calls));
    struct ask s = { .method = "POST", .path = "/" };
    if (which < sizeof controls / sizeof *controls)
        s = controls[which];
    else
        s.body = filled(a, chance, calls[which % (sizeof calls / sizeof *calls)]);
    s.account = accounts[rng_below(chance, 3)];
    s.region = rng_below(chance, 6) ? "us-east-1" : "eu-west-1";
    return s;
}

static void compare(const struct ask *s, const struct reply *x, const struct reply *y)
{
    bool same =
        x->status == y->status && x->size == y->size && memcmp(x->body, y->body, x->size) == 0;
    ck_assert_msg(same, "%s %s %s (%s, %s): %d, %zu bytes; but was %d, %zu bytes", s->method,
                  s->path, s->body, s->account, s->region, x->status, x->size, y->status, y->size);
}

/* The loop's number is the seed. */
START_TEST(test_nothing_is_to_be_seen_of_it)
{
    struct rng chance = { (uint64_t)_i + 1 };
    struct arena a = { 0 };
    open_world(&one, (size_t)8 << (_i % 2 ? 20 : 13)); /* one that is often full, too */
    open_world(&other, 0);
    for (int i = 0; i < 1000; i++) {
        struct ask s = next_call(&a, &chance);
        struct reply x = serve(&one, &s), y = serve(&other, &s);
        compare(&s, &x, &y);
        learn(&chance, x.body, x.size);
        if (rng_below(&chance, 3) == 0)
            ck_assert(pipeline_flush(&one.sim) && pipeline_flush(&other.sim));
        arena_reset(&one.request);
        arena_reset(&other.request);
        arena_reset(&a);
    }
    close_world(&one);
    close_world(&other);
    arena_release(&a);
}
END_TEST

/* ---- One store ---- */

static struct image image_of(struct call *c, const char *id, const char *name)
{
    NOUN(struct image, image_schema, image);
    (void)c;
    image.id = id;
    image.name = name;
    return image;
}

static struct memo *memo_after(struct call *c, const char *id, int readings)
{
    struct memo *memo = NULL;
    struct image image;
    for (int i = 0; i < readings; i++) {
        struct cursor *cur = store_find(c, &image_schema, "id = ?", SQL_ARGS(SQL_TEXT(id)));
        ck_assert(cursor_next(cur, &image));
        memo = cursor_memo(cur);
        cursor_end(cur);
    }
    return memo;
}

START_TEST(test_what_is_read_twice_is_remembered)
{
    struct image image;
    fresh_open(&one, NULL, NULL);
    struct call c = fresh_call(&one);
    struct image written = image_of(&c, "ami-1", "first");
    store_put(&c, &image_schema, &written);
    ck_assert_ptr_null(memo_after(&c, "ami-1", 1));
    ck_assert_ptr_nonnull(memo_after(&c, "ami-1", 1));
    written.name = "second";
    store_put(&c, &image_schema, &written);
    ck_assert(store_get(&c, &image_schema, "ami-1", &image));
    ck_assert_str_eq(image.name, "second");
    struct list tags = { 0 };
    *list_add(c.a, &tags, struct tag) = (struct tag){ "a", "b" };
    tags_put(&c, "image", "ami-1", &tags);
    ck_assert(store_get(&c, &image_schema, "ami-1", &image) && image.tags.count == 1);
    store_savepoint(c.store);
    store_remove(&c, &image_schema, "ami-1");
    ck_assert(!store_get(&c, &image_schema, "ami-1", &image));
    ck_assert(!store_get(&c, &image_schema, "ami-1", &image));
    store_undo(c.store);
    ck_assert(store_get(&c, &image_schema, "ami-1", &image) && image.tags.count == 1);
    fresh_close(&one);
}
END_TEST

/* A caller's own lists are its own. */
START_TEST(test_what_is_lent_is_not_changed)
{
    struct image image;
    fresh_open(&one, NULL, NULL);
    struct call c = fresh_call(&one);
    struct image written = image_of(&c, "ami-1", "first");
    list_add(c.a, &written.mappings, struct mapping)->device = "/dev/sda1";
    store_put(&c, &image_schema, &written);
    memo_after(&c, "ami-1", 2);
    ck_assert(store_get(&c, &image_schema, "ami-1", &image));
    list_at(&image.mappings, struct mapping, 0)->device = "/dev/other";
    list_add(c.a, &image.mappings, struct mapping);
    ck_assert(store_get(&c, &image_schema, "ami-1", &image));
    ck_assert_uint_eq(image.mappings.count, 1);
    ck_assert_str_eq(list_at(&image.mappings, struct mapping, 0)->device, "/dev/sda1");
    fresh_close(&one);
}
END_TEST

START_TEST(test_what_was_made_is_of_that_noun)
{
    size_t size;
    fresh_open(&one, NULL, NULL);
    struct call c = fresh_call(&one);
    struct image image = image_of(&c, "ami-1", "first");
    store_put(&c, &image_schema, &image);
    struct memo *memo = memo_after(&c, "ami-1", 2);
    ck_assert(store_get(&c, &image_schema, "ami-1", &image));
    ck_assert_ptr_null(memo_made(memo, &image, 1, &size));
    memo_make(c.store, memo, &image, 1, "bytes", 5);
    ck_assert_ptr_nonnull(memo_made(memo, &image, 1, &size));
    ck_assert_uint_eq(size, 5);
    ck_assert_ptr_null(memo_made(memo, &image, 2, &size));
    image.created = 7;
    ck_assert_ptr_null(memo_made(memo, &image, 1, &size));
    image.created = ABSENT;
    list_add(c.a, &image.mappings, struct mapping)->device = "/dev/sda1";
    ck_assert_ptr_null(memo_made(memo, &image, 1, &size));
    fresh_close(&one);
}
END_TEST

/* ---- Its door ---- */

static void write_past_it(void *with)
{
    const char *const *statement = with;
    store_exec(one.sim.store, *statement, NULL);
}

START_TEST(test_nobody_else_writes)
{
    static const char *const statements[] = {
        "UPDATE image SET name = 'x'",
        "DELETE FROM image_mappings WHERE parent = 'x'",
        "INSERT INTO tag (account, resource, key) VALUES ('a', 'b', 'c')",
        "INSERT OR REPLACE INTO image_settings (id) VALUES ('x')",
    };
    fresh_open(&one, NULL, NULL);
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
        ck_assert(!store_try(one.sim.store, write_past_it, (void *)(uintptr_t)&statements[i]));
    ck_assert(
        store_try(one.sim.store, write_past_it, &(const char *){ "UPDATE volume SET layer = 1" }));
    fresh_close(&one);
}
END_TEST

/* SQLite prepares its statements again then. */
START_TEST(test_tables_may_change)
{
    struct image image;
    fresh_open(&one, NULL, NULL);
    struct call c = fresh_call(&one);
    struct image written = image_of(&c, "ami-1", "first");
    store_put(&c, &image_schema, &written);
    store_exec(c.store, "CREATE TEMP TABLE another (id TEXT)", NULL);
    written.name = "second";
    store_put(&c, &image_schema, &written);
    ck_assert(store_get(&c, &image_schema, "ami-1", &image));
    ck_assert_str_eq(image.name, "second");
    fresh_close(&one);
}
END_TEST

int main(void)
{
    log_open(LOG_OFF);
    Suite *s = suite_create("memo");
    TCase *t = tcase_create("memo");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, test_nothing_is_to_be_seen_of_it, 0, 6);
    tcase_add_test(t, test_what_is_read_twice_is_remembered);
    tcase_add_test(t, test_what_is_lent_is_not_changed);
    tcase_add_test(t, test_what_was_made_is_of_that_noun);
    tcase_add_test(t, test_nobody_else_writes);
    tcase_add_test(t, test_tables_may_change);
    suite_add_tcase(s, t);
    return run_suite(s);
}
