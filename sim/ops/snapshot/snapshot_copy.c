/* CopySnapshot: a snapshot of the source Region's world into the caller's.
 *
 * AWS looks at the source only after it has accepted the request: a source that is not there, not
 * shared or not complete gives a new identifier whose snapshot fails later [recorded]. */
#include <string.h>

#include "base/text.h"
#include "call/errors.h"
#include "call/id.h"
#include "call/op.h"
#include "catalog/region.h"
#include "guest/guest_disk.h"
#include "ops/snapshot/snapshot_input.h"
#include "reply/emit.h"
#include "reply/emit_noun.h"
#include "request/request.h"
#include "request/tag_spec.h"
#include "store/tag_row.h"
#include "world/kms/kms_key.h"
#include "world/seed.h"
#include "world/snapshot/snapshot.h"
#include "world/snapshot/snapshot_limit.h"

struct copy_snapshot {
    const char *source, *source_region, *destination_region;
    const char *description, *key, *url;
    enum tri encrypted;
    int64_t minutes;
    struct list tag_specs;
};

static const struct param copy_snapshot_params[] = {
    { "SourceSnapshotId", TEXT(struct copy_snapshot, source),
      .flags = PARAM_REQUIRED | PARAM_EMPTY },
    /* required by the model, but its absence is an InternalError [recorded] */
    { "SourceRegion", TEXT(struct copy_snapshot, source_region) },
    { "DestinationRegion", TEXT(struct copy_snapshot, destination_region) },
    { "Description", TEXT(struct copy_snapshot, description) },
    { "Encrypted", BOOL(struct copy_snapshot, encrypted) },
    { "KmsKeyId", TEXT(struct copy_snapshot, key) },
    { "PresignedUrl", TEXT(struct copy_snapshot, url) },
    { "CompletionDurationMinutes", INT(struct copy_snapshot, minutes) },
    { "TagSpecification", TAG_SPECS(struct copy_snapshot, tag_specs, "snapshot") },
    { "DestinationOutpostArn", REFUSED(TEXT, SNAPSHOT_NO_OUTPOSTS) },
    { "DestinationAvailabilityZone", REFUSED(TEXT, "Local Zones keep no snapshots") },
    { 0 },
};

/* In the order of the recordings, all of it before DryRun. */
static int check_copy_request(struct call *c, const struct copy_snapshot *in)
{
    if (!in->source_region)
        return fail(c, E_InternalError);
    if (!id_well_shaped("snap-", in->source))
        return fail(c, E_ParameterValue, "The specified snapshotId is invalid");
    if (!region_find(c->sim, in->source_region))
        return fail(c, E_InvalidRegion, in->source_region);
    if (in->minutes != ABSENT && (in->minutes < 15 || in->minutes > 2880 || in->minutes % 15))
        return fail(c, E_CopyDuration, (long long)in->minutes);
    return snapshot_check_description(c, in->description);
}

/* Protocol, source and destination; the signature is not looked at [recorded]. */
static int check_presigned_url(struct call *c, const struct copy_snapshot *in)
{
    if (!in->url)
        return 0;
    if (!text_starts(in->url, "http://") && !text_starts(in->url, "https://"))
        return fail(c, E_ParameterValue, "The protocol in PresignedUrl should be http or https");
    const char *query = strchr(in->url, '?');
    query = query ? query + 1 : "";
    struct value *v = query_decode(c, query, strlen(query), true);
    if (!v)
        return -1;
    const char *source = value_text(v, "SourceSnapshotId");
    const char *destination = value_text(v, "DestinationRegion");
    if (source && !text_is(source, in->source))
        return fail(c, E_SnapshotUrlSource, source, in->source);
    if (destination && !text_is(destination, c->region))
        return fail(c, E_SnapshotUrlDestination, destination);
    return 0;
}

static int check_copy_destination(struct call *c, const struct copy_snapshot *in)
{
    if (in->destination_region && !text_is(in->destination_region, c->region))
        return fail(c, E_SnapshotDestination, in->destination_region, c->region);
    return check_presigned_url(c, in);
}

/* The message with which this source will fail, or NULL. An invisible one is as good as none. */
static const char *find_copy_source(struct call *c, const struct copy_snapshot *in,
                                    struct snapshot *from)
{
    region_ready(c->sim, in->source_region);
    if (!snapshot_find_in(c, in->source_region, in->source, from) || !snapshot_visible(c, from)) {
        *from = (struct snapshot){ .id = in->source, .region = in->source_region };
        return SNAPSHOT_SOURCE_MISSING;
    }
    return text_is(from->status, "completed") ? NULL : SNAPSHOT_SOURCE_PENDING;
}

static int read_copy_key(struct call *c, const char *given, struct kms_key *ret,
                         const char **failure)
{
    enum key_verdict verdict;
    if (kms_key_check(c, &need_copy_to, given, ret, &verdict))
        return -1;
    if (verdict == KEY_INACCESSIBLE && !*failure)
        *failure = SNAPSHOT_KEY_INACCESSIBLE;
    return 0;
}

/* *ret_key: what the copy will be encrypted with, or NULL. Encrypted=false never decrypts
 * [recorded]. */
static int choose_copy_key(struct call *c, const struct copy_snapshot *in,
                           const struct snapshot *from, const char **failure, const char **ret_key)
{
    struct kms_key key = { 0 };
    bool source_failed = *failure != NULL;
    *ret_key = NULL;
    if (in->key) {
        if (read_copy_key(c, in->key, &key, failure))
            return -1;
    } else { /* not the source's key [recorded] */
        kms_key_choose(c, &need_copy_to, NULL, in->encrypted == YES ? YES : from->encrypted,
                       &key.arn);
    }
    bool unreadable =
        from->encrypted == YES && kms_key_use(c, &need_copy_from, from->key) != KEY_USABLE;
    bool unusable = !in->key && key.arn && kms_key_use(c, &need_copy_to, key.arn) != KEY_USABLE;
    if (!source_failed && (unreadable || unusable))
        *failure = SNAPSHOT_KEY_INACCESSIBLE;
    if (!source_failed)
        *ret_key = key.arn;
    return 0;
}

static int copy_snapshot(struct call *c, const struct copy_snapshot *in)
{
    struct snapshot from, s;
    const char *key;
    if (check_copy_request(c, in) || dry_run_ends(c) || check_copy_destination(c, in))
        return -1;
    const char *failure = find_copy_source(c, in, &from);
    if (!failure && snapshot_check_tier(c, &from)) /* [guess]: at once */
        return -1;
    if (choose_copy_key(c, in, &from, &failure, &key) || snapshot_check_copies(c))
        return -1;
    if (!failure)
        guest_fill_snapshot(c, &from);
    snapshot_copy_of(c, &from, key, in->description, failure, in->minutes, &s);
    tag_specs_put(c, &in->tag_specs, "snapshot", s.id);
    struct list tags = tags_of(c, s.id);
    emit_text(c, "snapshotId", s.id);
    if (tags.count)
        emit_tags(c, "tagSet", &tags);
    return 0;
}

OPERATION(ec2, CopySnapshot, copy_snapshot, .flags = OP_WRITES, .dry_run = DRYRUN_IN_HANDLER,
          .errors = "AuthFailure InternalError InvalidParameterValue InvalidRegion "
                    "ResourceLimitExceeded SnapshotLimitExceeded IncorrectState",
          .effects = "Begins a copy in the Region of the call; whatever is wrong with the source "
                     "shows later, in its state.");
