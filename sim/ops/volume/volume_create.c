/* CreateVolume, DeleteVolume. What both mean for the world is in world/volume/volume.c. */
#include <string.h>

#include "base/text.h"
#include "call/errors.h"
#include "call/op.h"
#include "catalog/region.h"
#include "reply/emit_noun.h"
#include "request/resource_id.h"
#include "request/tag_spec.h"
#include "request/token.h"
#include "store/tag_row.h"
#include "world/snapshot/snapshot.h"
#include "world/volume/volume.h"

#define MAX_TOKEN 64

/* ---- CreateVolume ---- */

struct create_volume {
    const char *zone, *zone_id, *token;
    struct volume_spec spec; /* its zone is read of the two */
    struct list tag_specs;
};

static const struct param create_volume_params[] = {
    { "AvailabilityZone", TEXT(struct create_volume, zone) },
    { "AvailabilityZoneId", TEXT(struct create_volume, zone_id) },
    { "Encrypted", BOOL(struct create_volume, spec.encrypted) },
    { "Iops", INT(struct create_volume, spec.iops) },
    { "KmsKeyId", TEXT(struct create_volume, spec.key) },
    { "OutpostArn", REFUSED(TEXT, "there are no Outposts here") },
    { "Size", INT(struct create_volume, spec.size) },
    { "SnapshotId", TEXT(struct create_volume, spec.snapshot) },
    { "VolumeType", TEXT(struct create_volume, spec.type) },
    { "TagSpecification", TAG_SPECS(struct create_volume, tag_specs, "volume") },
    { "MultiAttachEnabled", BOOL(struct create_volume, spec.multi_attach) },
    { "Throughput", INT(struct create_volume, spec.throughput) },
    { "ClientToken", TEXT(struct create_volume, token) },
    { "VolumeInitializationRate", INT(struct create_volume, spec.initialization_rate) },
    { "Operator", REFUSED(STRUCT, "no service manages volumes for others here") },
    { 0 },
};

static int read_volume_zone(struct call *c, const struct create_volume *in, const char **ret_name)
{
    const char *asked = in->zone ? in->zone : in->zone_id;
    if (in->zone && in->zone_id)
        return fail(c, E_ZoneTwice);
    if (!asked)
        return fail(c, E_MissingParameter, "zone");
    if (in->spec.size == ABSENT
        && !in->spec.snapshot) /* said before a zone is looked for [reports.md] */
        return fail(c, E_MissingParameter, "size/snapshot");
    const struct zone *zone = zone_find(region_find(c->sim, c->region), asked);
    bool other_schema = zone && !text_is(in->zone ? zone->name : zone->id, asked);
    /* a local zone that is not opted in is none [guess] */
    if (!zone || other_schema || text_is(zone->opt_in, "not-opted-in"))
        return fail(c, E_ZoneNotFound, asked);
    *ret_name = zone->name;
    return 0;
}

/* What AWS looks at only on a real call: DryRun hides it [recorded]. */
static int check_token_and_type(struct call *c, const struct create_volume *in,
                                const struct volume_spec *spec)
{
    if (volume_check_multi_attach(c, spec))
        return -1;
    return in->token && strlen(in->token) > MAX_TOKEN ? fail(c, E_VolumeToken) : 0;
}

static int check_volume_snapshot(struct call *c, const struct create_volume *in)
{
    struct snapshot s;
    if (!in->spec.snapshot)
        return in->spec.initialization_rate == ABSENT ? 0 : fail(c, E_VolumeRateUseless);
    if (in->spec.initialization_rate != ABSENT
        && (in->spec.initialization_rate < 100 || in->spec.initialization_rate > 300))
        return fail(c, E_VolumeRate);
    if (snapshot_id_check(c, in->spec.snapshot, SNAPSHOT_ID_VALUE))
        return -1;
    if (!snapshot_find(c, in->spec.snapshot, &s) || !snapshot_visible(c, &s))
        return fail(c, E_VolumeSnapshot);
    if (!text_is(s.status, "completed"))
        return fail(c, E_SnapshotInvalidState, s.status);
    if (snapshot_check_tier(c, &s))
        return -1;
    return in->spec.encrypted == NO && s.encrypted == YES ? fail(c, E_VolumeEncryption) : 0;
}

/* What counts as the same request: a zone by name or id, gp3's own throughput said or left out; all
 * other defaults make a difference when they are said [recorded]. */
static const struct value *request_without_defaults(struct call *c, const struct create_volume *in,
                                                    const char *zone)
{
    struct value *v = value_new(c->a, VALUE_MAP);
    for (const struct value *each = c->input->first; each; each = each->next) {
        bool told_anyway =
            text_starts(each->key, "AvailabilityZone")
            || (text_is(each->key, "Throughput") && in->spec.throughput == GP3_THROUGHPUT);
        if (told_anyway)
            continue;
        struct value *copy = arena_new(c->a, struct value);
        *copy = *each;
        copy->next = NULL;
        value_add(v, each->key, copy);
    }
    value_add_text(c->a, v, "AvailabilityZone", zone);
    return v;
}

/* The volume that this token made; NULL in *ret where it is new. A repetition shows the volume as
 * it is now, not as it was [recorded]. */
static int find_volume_by_token(struct call *c, const char *token, struct volume *ret,
                                bool *ret_found)
{
    const char *id;
    *ret_found = false;
    if (token_look(c, token, &id) == TOKEN_MISUSED)
        return fail(c, E_VolumeTokenMismatch);
    if (id && !volume_find(c, id, ret))
        return fail(c, E_VolumeTokenGone);
    *ret_found = id != NULL;
    return 0;
}

static int create_volume(struct call *c, const struct create_volume *in)
{
    struct volume v;
    bool again;
    struct volume_spec spec = in->spec;
    if (read_volume_zone(c, in, &spec.zone) || volume_check(c, &spec) || dry_run_ends(c)
        || check_token_and_type(c, in, &spec))
        return -1;
    c->input = request_without_defaults(c, in, spec.zone);
    if (find_volume_by_token(c, in->token, &v, &again))
        return -1;
    if (!again) {
        if (check_volume_snapshot(c, in))
            return -1;
        if (in->spec.key && in->spec.encrypted != YES)
            return fail(c, E_KeyWithoutEncrypted);
        volume_create(c, &spec, &v);
        tag_specs_put(c, &in->tag_specs, "volume", v.id);
        token_keep(c, in->token, &volume_schema, v.id);
    }
    v.tags = tags_of(c, v.id);
    volume_prepare(c, &v);
    emit_noun(c, &volume_schema, &v, VIEW_CREATED);
    return 0;
}

OPERATION(ec2, CreateVolume, create_volume, .flags = OP_WRITES, .dry_run = DRYRUN_IN_HANDLER,
          .errors = "MissingParameter InvalidParameterCombination InvalidParameterValue "
                    "InvalidParameterDependency UnknownVolumeType InvalidZone.NotFound "
                    "InvalidSnapshotID.Malformed InvalidSnapshot.NotFound IncorrectState "
                    "IdempotentParameterMismatch",
          .effects = "makes a volume, empty or of a snapshot; it becomes available by a job, or "
                     "vanishes where its key cannot be used");

/* ---- DeleteVolume ---- */

struct delete_volume {
    const char *id;
};

/* VolumeId is required, in words of this operation's own [recorded]. */
static const struct param delete_volume_params[] = {
    { "VolumeId", TEXT(struct delete_volume, id), .flags = PARAM_EMPTY },
    { 0 },
};

static int delete_volume(struct call *c, const struct delete_volume *in)
{
    struct volume v;
    if (!in->id)
        return fail(c, E_VolumeIdMissing);
    if (volume_id_malformed(c, in->id, "InvalidParameterValue") || dry_run_ends(c)
        || volume_own(c, in->id, &v))
        return -1;
    if (v.attachments.count)
        return fail(c, E_VolumeAttached, v.id,
                    list_at(&v.attachments, struct attachment, 0)->instance);
    volume_delete(c, &v);
    return 0;
}

OPERATION(ec2, DeleteVolume, delete_volume, .flags = OP_WRITES, .answer = ANSWER_RETURN,
          .dry_run = DRYRUN_IN_HANDLER,
          .errors = "MissingParameter InvalidParameterValue InvalidVolume.NotFound VolumeInUse",
          .effects = "the volume shows deleting, then it is gone");
