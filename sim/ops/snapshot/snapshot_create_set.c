/* CreateSnapshots: all volumes of an instance at one instant. */
#include "base/text.h"
#include "call/errors.h"
#include "call/op.h"
#include "guest/guest.h"
#include "ops/snapshot/snapshot_input.h"
#include "reply/emit.h"
#include "reply/emit_noun.h"
#include "request/tag_spec.h"
#include "store/tag_row.h"
#include "world/instance/instance.h"
#include "world/snapshot/snapshot.h"
#include "world/snapshot/snapshot_limit.h"

struct create_snapshots {
    const char *instance, *description, *location, *copy_tags;
    enum tri without_root;
    struct list without, tag_specs;
};

/* The members of InstanceSpecification lie in the struct itself. */
static const struct param instance_params[] = {
    { "InstanceId", TEXT(struct create_snapshots, instance), .flags = PARAM_REQUIRED },
    { "ExcludeBootVolume", BOOL(struct create_snapshots, without_root) },
    { "ExcludeDataVolumeId", TEXTS(struct create_snapshots, without), .min = 0, .max = 40 },
    { 0 },
};

static const char *const tag_sources[] = { "volume", NULL };

static const struct param create_snapshots_params[] = {
    { "InstanceSpecification", .type = PARAM_STRUCT, .at = 0, .of = instance_params,
      .flags = PARAM_REQUIRED },
    { "Description", TEXT(struct create_snapshots, description) },
    { "Location", TEXT(struct create_snapshots, location), .values = snapshot_locations },
    { "CopyTagsFromSource", TEXT(struct create_snapshots, copy_tags), .values = tag_sources },
    { "OutpostArn", REFUSED(TEXT, SNAPSHOT_NO_OUTPOSTS) },
    { "TagSpecification", TAG_SPECS(struct create_snapshots, tag_specs, "snapshot") },
    { 0 },
};

/* ---- Which volumes ---- */

static bool is_root_volume(const struct instance *i, const struct volume *v)
{
    const struct attachment *a = volume_attachment(v, i->id);
    return a && text_is(a->device, i->machine.root_device);
}

/* The root goes by ExcludeBootVolume, not by its identifier [model]; the texts are guesses. */
static int check_exclusions(struct call *c, const struct create_snapshots *in,
                            const struct instance *i, const struct list *volumes)
{
    LIST_EACH (const char *, id, &in->without) {
        const struct volume *v = LIST_FIND(struct volume, volumes, id, *id);
        if (!v)
            return fail(c, E_SnapshotsNotAttached, *id, i->id);
        if (is_root_volume(i, v))
            return fail(c, E_SnapshotsRootNamed, *id, i->id);
    }
    return 0;
}

/* In order of their devices (struct volume). */
static int choose_snapshot_volumes(struct call *c, const struct create_snapshots *in,
                                   struct list *ret)
{
    struct instance i;
    if (instance_own(c, in->instance, &i))
        return -1;
    struct list all = volumes_of(c, i.id);
    if (check_exclusions(c, in, &i, &all))
        return -1;
    LIST_EACH (struct volume, v, &all) {
        bool left_out =
            is_root_volume(&i, v) ? in->without_root == YES : strs_have(&in->without, v->id);
        if (!left_out)
            *list_add(c->a, ret, struct volume) = *v;
    }
    return ret->count ? 0 : fail(c, E_SnapshotsNoVolume, i.id);
}

/* ---- The snapshots ---- */

/* The source's own tags first; a tag of the request replaces one of the same key. */
static int put_snapshot_tags(struct call *c, const struct create_snapshots *in,
                             const struct volume *from, const char *snapshot)
{
    if (in->copy_tags) {
        struct list tags = tags_of(c, from->id);
        tags_put(c, "snapshot", snapshot, &tags);
    }
    struct list tags = tag_specs_for(&in->tag_specs, "snapshot");
    return tags_add(c, &ec2_tag_words, "snapshot", snapshot, &tags);
}

/* Like a snapshot of CreateSnapshot, but its status is called state [model]. */
static void emit_snapshot_info(struct call *c, const struct snapshot *s)
{
    struct list tags = tags_of(c, s->id);
    emit_item(c);
    emit_text(c, "description", s->description);
    emit_tags(c, "tagSet", &tags);
    emit_tri(c, "encrypted", s->shown_encrypted);
    emit_text(c, "volumeId", s->volume);
    emit_text(c, "state", s->status);
    emit_int(c, "volumeSize", s->shown_size);
    emit_time(c, "startTime", s->start);
    emit_text(c, "progress", "");
    emit_text(c, "ownerId", s->owner);
    emit_text(c, "snapshotId", s->id);
    emit_close(c);
}

static int create_snapshots(struct call *c, const struct create_snapshots *in)
{
    struct list volumes = { 0 };
    if (snapshot_check_place(c, in->location) || snapshot_check_description(c, in->description)
        || dry_run_ends(c) || choose_snapshot_volumes(c, in, &volumes))
        return -1;
    LIST_EACH (struct volume, v, &volumes) {
        if (snapshot_check_volume(c, v))
            return -1;
    }
    emit_list(c, "snapshotSet");
    LIST_EACH (struct volume, v, &volumes) {
        struct snapshot s;
        guest_snapshot(c, v, in->description, false, &s);
        if (put_snapshot_tags(c, in, v, s.id))
            return -1;
        emit_snapshot_info(c, &s);
    }
    emit_close(c);
    return 0;
}

OPERATION(ec2, CreateSnapshots, create_snapshots, .flags = OP_WRITES, .dry_run = DRYRUN_IN_HANDLER,
          .errors = "InvalidInstanceID.NotFound InvalidInstanceID.Malformed InvalidParameterValue "
                    "ConcurrentSnapshotLimitExceeded SnapshotCreationPerVolumeRateExceeded "
                    "SnapshotLimitExceeded TagLimitExceeded IncorrectState",
          .effects = "Begins a snapshot of each volume, all with one start time.");
