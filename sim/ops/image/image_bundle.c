/* Bundles of instance-store instances: BundleInstance, DescribeBundleTasks, CancelBundleTask. */
#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/id.h"
#include "call/op.h"
#include "ops/describe.h"
#include "reply/emit.h"
#include "store/noun.h"
#include "time/job.h"
#include "world/image/image_task.h"
#include "world/image/s3_bucket.h"
#include "world/instance/instance.h"

extern const struct job_kind job_bundle_step;

struct s3_storage {
    const char *access_key, *bucket, *prefix, *policy, *signature;
};

static const struct param s3_storage_params[] = {
    { "AWSAccessKeyId", TEXT(struct s3_storage, access_key) },
    { "Bucket", TEXT(struct s3_storage, bucket) },
    { "Prefix", TEXT(struct s3_storage, prefix) },
    { "UploadPolicy", BLOB(struct s3_storage, policy) },
    { "UploadPolicySignature", TEXT(struct s3_storage, signature) },
    { 0 },
};

struct storage {
    struct s3_storage s3;
};

static const struct param storage_params[] = {
    { "S3", STRUCT(struct storage, s3, s3_storage_params) },
    { 0 },
};

struct bundle_instance {
    const char *instance;
    struct storage storage;
};

static const struct param bundle_instance_params[] = {
    { "InstanceId", TEXT(struct bundle_instance, instance), .flags = PARAM_REQUIRED },
    { "Storage", STRUCT(struct bundle_instance, storage, storage_params), .flags = PARAM_REQUIRED },
    { 0 },
};

static const char *const steps[] = { "pending", "waiting-for-shutdown", "bundling", "storing",
                                     "complete" };
static const char *const step_progress[] = { NULL, "10%", "40%", "80%", NULL };

static int check(struct call *c, const struct bundle_instance *in)
{
    struct instance i;
    const struct s3_storage *s3 = &in->storage.s3;
    if (instance_own(c, in->instance, &i))
        return -1;
    if (!s3->bucket || !s3->prefix)
        return fail(c, E_MissingParameter, s3->bucket ? "Storage.S3.Prefix" : "Storage.S3.Bucket");
    if (s3_bucket_check_name(c, s3->bucket))
        return -1;
    if (!text_is(i.machine.root_type, "instance-store") || !instance_is_windows(&i))
        return fail(c, E_BundleUnsupported);
    int64_t busy = store_number(
        c->store,
        "SELECT 1 FROM bundle_task WHERE instance = ? AND state NOT IN ('complete', 'failed')",
        SQL_ARGS(SQL_TEXT(i.id)));
    return busy != ABSENT ? fail(c, E_BundlingInProgress) : 0;
}

static void emit_task(struct call *c, const struct bundle_task *t)
{
    emit_open(c, "bundleInstanceTask");
    emit_noun(c, &bundle_task_schema, t, VIEW_DESCRIBED);
    emit_close(c);
}

/* The next step of a bundle comes as long again as the last one [guess]. */
static void go_on(struct call *c, const struct bundle_task *t)
{
    job_after(c, pace_delay(c, 10, 5 * MINUTE_MS), &job_bundle_step, t->id, NULL);
}

static int bundle_instance(struct call *c, const struct bundle_instance *in)
{
    const struct s3_storage *s3 = &in->storage.s3;
    if (check(c, in))
        return -1;
    struct bundle_task t = { .id = id_new(c, "bun-"),
                             .owner = c->account,
                             .region = c->region,
                             .instance = in->instance,
                             .state = steps[0],
                             .access_key = s3->access_key,
                             .bucket = s3->bucket,
                             .prefix = s3->prefix,
                             .policy = s3->policy,
                             .signature = s3->signature,
                             .started = c->now,
                             .updated = c->now };
    store_put(c, &bundle_task_schema, &t);
    go_on(c, &t);
    emit_task(c, &t);
    return 0;
}

OPERATION(ec2, BundleInstance, bundle_instance, .flags = OP_WRITES,
          .errors = "InvalidInstanceID.Malformed InvalidInstanceID.NotFound InvalidInstanceType "
                    "BundlingInProgress MissingParameter InvalidParameterValue",
          .effects = "a task: pending -> waiting-for-shutdown -> bundling -> storing -> complete; "
                     "then a manifest in the bucket");

static void put_bundle(struct call *c, const struct bundle_task *t)
{
    const char *key = arena_printf(c->a, "%s.manifest.xml", t->prefix);
    struct s3_object object = { .id = arena_printf(c->a, "%s/%s", t->bucket, key),
                                .bucket = t->bucket,
                                .key = key,
                                .account = t->owner,
                                .region = t->region,
                                .type = "bundle",
                                .created = c->now,
                                .size = ABSENT };
    s3_bucket_put(c, &object);
}

static void bundle_step(struct call *c, const char *subject)
{
    struct bundle_task t;
    struct instance i;
    size_t at = 0;
    if (!store_get(c, &bundle_task_schema, subject, &t))
        return;
    while (at < 4 && !text_is(steps[at], t.state))
        at++;
    t.updated = c->now;
    if (at == 4 || !instance_find(c, t.instance, &i) || text_is(i.state, "terminated")) {
        t.error_code = at == 4 ? "Client.Cancelled" : "Client.InstanceTerminated"; /* [guess] */
        t.error = at == 4 ? "The bundle task was cancelled." : "The instance was terminated.";
        t.state = "failed";
        store_put(c, &bundle_task_schema, &t);
        return;
    }
    t.state = steps[at + 1];
    t.progress = step_progress[at + 1];
    store_put(c, &bundle_task_schema, &t);
    if (text_is(t.state, "complete"))
        put_bundle(c, &t);
    else
        go_on(c, &t);
}

JOB(bundle_step, .name = "bundle_step");

/* ---- DescribeBundleTasks, CancelBundleTask ---- */

static const struct param describe_bundles_params[] = {
    { "BundleId", TEXTS(struct listing, ids) },
    { "Filter", FILTERS(struct listing, filters) },
    { 0 },
};

MISSING(no_bundle, E_BundleNotFound);

static const struct describe bundle_list = {
    .schema = &bundle_task_schema,
    .set = "bundleInstanceTasksSet",
    .visible = MINE,
    .page = { .unpaged = true },
    .missing = no_bundle,
};

LISTS(ec2, DescribeBundleTasks, describe_bundles_params, bundle_list,
      .errors = "InvalidBundleID.NotFound InvalidParameterValue InvalidParameterCombination");

struct cancel_bundle_task {
    const char *bundle;
};

static const struct param cancel_bundle_task_params[] = {
    { "BundleId", TEXT(struct cancel_bundle_task, bundle), .flags = PARAM_REQUIRED },
    { 0 },
};

static int cancel_bundle_task(struct call *c, const struct cancel_bundle_task *in)
{
    struct bundle_task t;
    if (!store_get(c, &bundle_task_schema, in->bundle, &t) || !text_is(t.owner, c->account)
        || !text_is(t.region, c->region))
        return fail(c, E_BundleNotFound, in->bundle);
    if (text_is(t.state, "complete") || text_is(t.state, "failed"))
        return fail(c, E_TaskNotActive, t.id, t.state);
    t.state = "cancelling";
    t.updated = c->now;
    store_put(c, &bundle_task_schema, &t);
    emit_task(c, &t);
    return 0;
}

OPERATION(ec2, CancelBundleTask, cancel_bundle_task, .flags = OP_WRITES,
          .errors = "InvalidBundleID.NotFound IncorrectState",
          .effects = "the task: cancelling -> failed");
