/* CreateReplaceRootVolumeTask: a running instance gets another root volume and reboots from it.
 *
 * What is refused is documented; the words of the refusals are guesses. */
#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/id.h"
#include "call/op.h"
#include "ops/describe.h"
#include "ops/instance/instance_run.h"
#include "request/resource_id.h"
#include "request/tag_spec.h"
#include "request/token.h"
#include "store/tag_row.h"
#include "time/job.h"
#include "world/image/image.h"
#include "world/instance/instance.h"
#include "world/instance/replace_root_task.h"
#include "world/snapshot/snapshot.h"
#include "world/volume/volume.h"

extern const struct job_kind job_root_task_begin, job_root_task_end;

struct create_replace_root_volume_task {
    const char *instance, *snapshot, *token, *image, *volume;
    enum tri delete_replaced;
    int64_t initialization_rate;
    struct list tag_specs;
};

static const struct param create_replace_root_volume_task_params[] = {
    { "InstanceId", TEXT(struct create_replace_root_volume_task, instance),
      .flags = PARAM_REQUIRED },
    { "SnapshotId", TEXT(struct create_replace_root_volume_task, snapshot) },
    { "ClientToken", TEXT(struct create_replace_root_volume_task, token) },
    { "TagSpecification",
      TAG_SPECS(struct create_replace_root_volume_task, tag_specs, "replace-root-volume-task") },
    { "ImageId", TEXT(struct create_replace_root_volume_task, image) },
    { "DeleteReplacedRootVolume", BOOL(struct create_replace_root_volume_task, delete_replaced) },
    { "VolumeInitializationRate",
      INT(struct create_replace_root_volume_task, initialization_rate) },
    { "VolumeId", TEXT(struct create_replace_root_volume_task, volume) },
    { 0 },
};

/* ---- What the new root is made of ---- */

/* A snapshot of this root volume or of one it came from; copies do not count [guide]. */
static int root_from_snapshot(struct call *c, const char *id, const struct volume *root,
                              struct replace_root_task *t)
{
    struct snapshot s;
    if (snapshot_id_check(c, id, SNAPSHOT_ID_VALUE))
        return -1;
    if (!snapshot_find(c, id, &s) || !snapshot_visible(c, &s))
        return fail(c, E_SnapshotNotFound, id);
    if (!text_is(s.status, "completed"))
        return fail(c, E_SnapshotInvalidState, s.status);
    bool same = s.is_copy != YES && text_is(s.lineage, root->lineage);
    if (!same && !text_is(s.id, root->snapshot))
        return fail(c, E_RootSnapshot, id, root->id);
    t->source = s.id;
    t->same_lineage = YES;
    return 0;
}

static int check_root_image(struct call *c, const struct instance *i, const struct image *image)
{
    bool codes = image->machine.product_codes.count || i->machine.product_codes.count;
    if (!text_is(image->machine.architecture, i->machine.architecture)
        || !text_is(image->machine.virtualization, i->machine.virtualization)
        || !text_is(image->machine.usage_operation, i->machine.usage_operation) || codes)
        return fail(c, E_RootImage, image->id, i->id);
    return 0;
}

static int root_from_image(struct call *c, const char *id, const struct instance *i,
                           const struct volume *root, struct replace_root_task *t)
{
    struct image image;
    if (launch_find_image(c, id, &image) || check_root_image(c, i, &image))
        return -1;
    const struct mapping *m = image_root(&image);
    if (!m || !m->snapshot)
        return fail(c, E_RootImage, image.id, i->id);
    if (m->size < root->size)
        return fail(c, E_RootImageSmall, (long long)m->size, image.id, (long long)root->size);
    t->image = image.id;
    t->source = m->snapshot;
    return 0;
}

static int root_from_volume(struct call *c, const char *id, const struct instance *i,
                            const struct volume *root, struct replace_root_task *t)
{
    struct volume v;
    if (volume_id_check(c, id) || volume_own(c, id, &v))
        return -1;
    if (!text_is(v.status, "available"))
        return fail(c, E_VolumeNotAvailable, v.id);
    if (!text_is(v.zone, i->zone))
        return fail(c, E_VolumeZone, v.id, i->id);
    if (root->encrypted == YES && v.encrypted != YES)
        return fail(c, E_RootEncrypted, v.id);
    t->volume = v.id;
    return 0;
}

/* The launch state is the image's, whatever replaced the root since then. */
static int root_from_launch_state(struct call *c, const struct instance *i,
                                  const struct volume *root, struct replace_root_task *t)
{
    struct image image;
    struct snapshot s;
    const struct mapping *m = image_find(c, i->image, &image) ? image_root(&image) : NULL;
    t->source = m && mapping_snapshot(m) ? mapping_snapshot(m) : root->snapshot;
    t->same_lineage = YES;
    return snapshot_find(c, t->source, &s) ? 0 : fail(c, E_SnapshotNotFound, t->source);
}

static int root_source(struct call *c, const struct create_replace_root_volume_task *in,
                       const struct instance *i, const struct volume *root,
                       struct replace_root_task *t)
{
    if (!!in->snapshot + !!in->image + !!in->volume > 1)
        return fail(c, E_RootSources);
    if (in->volume && in->initialization_rate != ABSENT)
        return fail(c, E_VolumeRateUseless);
    if (in->initialization_rate != ABSENT
        && (in->initialization_rate < 100 || in->initialization_rate > 300))
        return fail(c, E_VolumeRate);
    t->snapshot = in->snapshot;
    if (in->snapshot)
        return root_from_snapshot(c, in->snapshot, root, t);
    if (in->image)
        return root_from_image(c, in->image, i, root, t);
    return in->volume ? root_from_volume(c, in->volume, i, root, t)
                      : root_from_launch_state(c, i, root, t);
}

/* ---- CreateReplaceRootVolumeTask ---- */

static int make_root_task(struct call *c, const struct create_replace_root_volume_task *in,
                          struct replace_root_task *ret)
{
    struct instance i;
    struct volume root;
    NOUN(struct replace_root_task, replace_root_task_schema, t);
    if (instance_own(c, in->instance, &i))
        return -1;
    if (i.state_code != INSTANCE_RUNNING)
        return fail(c, E_InstanceNotRunning, i.id);
    if (!instance_root(c, &i, &root))
        return fail(c, E_RootNone, i.id);
    if (root_source(c, in, &i, &root, &t))
        return -1;
    t.id = id_new(c, "replacevol-");
    t.owner = c->account;
    t.region = c->region;
    t.instance = i.id;
    t.state = "pending";
    t.started = c->now;
    t.replaced = root.id;
    t.delete_replaced = tri_of(in->delete_replaced);
    t.initialization_rate = in->initialization_rate;
    store_put(c, &replace_root_task_schema, &t);
    tag_specs_put(c, &in->tag_specs, replace_root_task_schema.noun, t.id);
    token_keep(c, in->token, &replace_root_task_schema, t.id);
    job_after(c, pace_delay(c, 20, 5 * SECOND_MS), &job_root_task_begin, t.id, NULL);
    *ret = t;
    return 0;
}

static int create_replace_root_volume_task(struct call *c,
                                           const struct create_replace_root_volume_task *in)
{
    struct replace_root_task t;
    const char *before;
    if (instance_check_id(c, in->instance) || dry_run_ends(c) || token_find(c, in->token, &before))
        return -1;
    if (before)
        store_get(c, &replace_root_task_schema, before, &t);
    else if (make_root_task(c, in, &t))
        return -1;
    t.tags = tags_of(c, t.id);
    emit_noun_as(c, "replaceRootVolumeTask", &replace_root_task_schema, &t, VIEW_CREATED);
    return 0;
}

OPERATION(ec2, CreateReplaceRootVolumeTask, create_replace_root_volume_task, .flags = OP_WRITES,
          .dry_run = DRYRUN_IN_HANDLER,
          .errors = "InvalidInstanceID.NotFound InvalidInstanceID.Malformed IncorrectState "
                    "InvalidParameterCombination InvalidParameterValue InvalidSnapshot.NotFound "
                    "InvalidSnapshotID.Malformed InvalidAMIID.NotFound InvalidVolume.NotFound "
                    "InvalidVolume.ZoneMismatch IdempotentParameterMismatch "
                    "InvalidAMIID.Unavailable InvalidVolumeID.Malformed",
          .effects = "by jobs: makes the new volume, attaches it in place of the old one and "
                     "reboots the instance");

/* ---- The work ---- */

static void end_root_task(struct call *c, struct replace_root_task *t, const char *state)
{
    t->state = state;
    t->completed = c->now;
    store_put(c, &replace_root_task_schema, t);
}

/* It is as the old one was; from an image it has the image's size [guide]. */
static void make_root(struct call *c, struct replace_root_task *t, const struct volume *root)
{
    struct snapshot s;
    struct volume v;
    struct volume_spec spec = { .zone = root->zone,
                                .type = root->type,
                                .snapshot = t->source,
                                .size = root->size,
                                .iops = root->iops,
                                .throughput = root->throughput,
                                .initialization_rate = t->initialization_rate,
                                .encrypted = root->encrypted,
                                .key = root->encrypted == YES ? root->key : NULL };
    if (snapshot_find(c, t->source, &s) && s.size > spec.size)
        spec.size = s.size;
    volume_create(c, &spec, &v);
    if (t->same_lineage == YES) {
        v.lineage = root->lineage;
        volume_put(c, &v);
    }
    t->volume = v.id;
}

static void root_task_begin(struct call *c, const char *subject)
{
    struct replace_root_task t;
    struct volume root;
    if (!store_get(c, &replace_root_task_schema, subject, &t))
        return;
    if (!volume_find(c, t.replaced, &root)) {
        end_root_task(c, &t, "failed");
        return;
    }
    if (!t.volume)
        make_root(c, &t, &root);
    t.state = "in-progress";
    store_put(c, &replace_root_task_schema, &t);
    job_after(c, pace_delay(c, 40, 30 * SECOND_MS), &job_root_task_end, t.id, NULL);
}

JOB(root_task_begin, .name = "root_task_begin");

static void swap_roots(struct call *c, struct replace_root_task *t, struct instance *i,
                       struct volume *old, struct volume *new)
{
    const struct attachment *a = volume_attachment(old, i->id);
    const char *device = a->device;
    enum tri delete_on_termination = a->delete_on_termination;
    volume_detach(c, old, i->id);
    volume_finish_detaching(c, old, i->id);
    volume_attach(c, new, i->id, device, delete_on_termination);
    if (t->delete_replaced == YES)
        volume_delete(c, old);
    if (t->image) {
        i->image = t->image;
        instance_put(c, i);
    }
    instance_reboot(c, i, arena_printf(c->a, "replacement of the root volume, %s", t->id));
    end_root_task(c, t, "succeeded");
}

/* The instance may have gone meanwhile, or the new volume, for its key. */
static void root_task_end(struct call *c, const char *subject)
{
    struct replace_root_task t;
    struct instance i;
    struct volume old, new;
    if (!store_get(c, &replace_root_task_schema, subject, &t))
        return;
    bool ready = instance_find(c, t.instance, &i) && i.state_code == INSTANCE_RUNNING
                 && volume_find(c, t.replaced, &old) && volume_attachment(&old, i.id)
                 && volume_find(c, t.volume, &new) && text_is(new.status, "available");
    if (ready)
        swap_roots(c, &t, &i, &old, &new);
    else
        end_root_task(c, &t, "failed");
}

JOB(root_task_end, .name = "root_task_end");

/* ---- DescribeReplaceRootVolumeTasks ---- */

static const struct param describe_tasks_params[] = {
    { "ReplaceRootVolumeTaskId", TEXTS(struct listing, ids), .id = "replacevol-" },
    { "Filter", FILTERS(struct listing, filters) },
    PAGING_BETWEEN(struct listing, page, 1, 50),
    { 0 },
};

MISSING(no_task, E_RootTaskNotFound);

static const struct describe task_list = {
    .schema = &replace_root_task_schema,
    .set = "replaceRootVolumeTaskSet",
    .ids_name = "replaceRootVolumeTaskIdsSet",
    .visible = MINE,
    .page = { .least = 1 },
    .missing = no_task,
};

LISTS(ec2, DescribeReplaceRootVolumeTasks, describe_tasks_params, task_list,
      .errors = "InvalidReplaceRootVolumeTaskID.NotFound InvalidParameterValue "
                "InvalidParameterCombination");
