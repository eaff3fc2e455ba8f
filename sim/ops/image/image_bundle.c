/* Bundles of instance-store instances: BundleInstance, DescribeBundleTasks, CancelBundleTask. */
#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/id.h"
#include "call/op.h"
#include "ops/describe.h"
#include "store/noun.h"
#include "time/job.h"
#include "world/image/image_task.h"
#include "world/image/s3_bucket.h"
#include "world/instance/instance.h"

extern const struct job_kind job_bundle_step;

struct bundle_instance {
    struct bundle_task task; /* as far as the request says what it is */
};

static const struct param s3_storage_params[] = {
    { "AWSAccessKeyId", TEXT(struct bundle_instance, task.access_key) },
    { "Bucket", TEXT(struct bundle_instance, task.bucket) },
    { "Prefix", TEXT(struct bundle_instance, task.prefix) },
    { "UploadPolicy", BLOB(struct bundle_instance, task.policy) },
    { "UploadPolicySignature", TEXT(struct bundle_instance, task.signature) },
    { 0 },
};

static const struct param storage_params[] = {
    { "S3", .type = PARAM_STRUCT, .of = s3_storage_params },
    { 0 },
};

static const struct param bundle_instance_params[] = {
    { "InstanceId", TEXT(struct bundle_instance, task.instance), .flags = PARAM_REQUIRED },
    { "Storage", .type = PARAM_STRUCT, .of = storage_params, .flags = PARAM_REQUIRED },
    { 0 },
};

static const char *const steps[] = { "pending", "waiting-for-shutdown", "bundling", "storing",
                                     "complete" };
static const char *const step_progress[] = { NULL, "10%", "40%", "80%", NULL };

static int check_bundle(struct call *c, const struct bundle_task *t)
{
    struct instance i;
    if (instance_own(c, t->instance, &i))
        return -1;
    if (!t->bucket || !t->prefix)
        return fail(c, E_MissingParameter, t->bucket ? "Storage.S3.Prefix" : "Storage.S3.Bucket");
    if (s3_bucket_check_name(c, t->bucket))
        return -1;
    if (!text_is(i.machine.root_type, "instance-store") || !instance_is_windows(&i))
        return fail(c, E_BundleUnsupported);
    return bundle_task_runs(c, i.id) ? fail(c, E_BundlingInProgress) : 0;
}

static void emit_bundle(struct call *c, const struct bundle_task *t)
{
    emit_noun_as(c, "bundleInstanceTask", &bundle_task_schema, t, VIEW_DESCRIBED);
}

/* The next step of a bundle comes as long again as the last one [guess]. */
static void bundle_goes_on(struct call *c, const struct bundle_task *t)
{
    job_after(c, pace_delay(c, 10, 5 * MINUTE_MS), &job_bundle_step, t->id, NULL);
}

static int bundle_instance(struct call *c, const struct bundle_instance *in)
{
    struct bundle_task t = in->task;
    if (check_bundle(c, &t))
        return -1;
    t.id = id_new(c, "bun-");
    t.owner = c->account;
    t.region = c->region;
    t.state = steps[0];
    t.started = t.updated = c->now;
    store_put(c, &bundle_task_schema, &t);
    bundle_goes_on(c, &t);
    emit_bundle(c, &t);
    return 0;
}

OPERATION(ec2, BundleInstance, bundle_instance, .flags = OP_WRITES,
          .errors = "InvalidInstanceID.Malformed InvalidInstanceID.NotFound InvalidInstanceType "
                    "BundlingInProgress InvalidParameterValue",
          .effects = "a task: pending -> waiting-for-shutdown -> bundling -> storing -> complete; "
                     "then a manifest in the bucket");

static void put_bundle(struct call *c, const struct bundle_task *t)
{
    s3_bucket_put(c, (struct s3_object){ .bucket = t->bucket,
                                         .key = arena_printf(c->a, "%s.manifest.xml", t->prefix),
                                         .account = t->owner,
                                         .region = t->region,
                                         .type = "bundle",
                                         .size = ABSENT });
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
        bundle_goes_on(c, &t);
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
    if (bundle_task_own(c, in->bundle, &t))
        return -1;
    if (text_is(t.state, "complete") || text_is(t.state, "failed"))
        return fail(c, E_TaskNotActive, t.id, t.state);
    t.state = "cancelling";
    t.updated = c->now;
    store_put(c, &bundle_task_schema, &t);
    emit_bundle(c, &t);
    return 0;
}

OPERATION(ec2, CancelBundleTask, cancel_bundle_task, .flags = OP_WRITES,
          .errors = "InvalidBundleID.NotFound IncorrectState",
          .effects = "the task: cancelling -> failed");
