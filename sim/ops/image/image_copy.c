/* CopyImage: from the world of the source Region into the caller's, and the copies that fail. */
#include <string.h>

#include "base/rng.h"
#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/op.h"
#include "catalog/kernel.h"
#include "catalog/quota.h"
#include "catalog/region.h"
#include "guest/guest_disk.h"
#include "reply/emit.h"
#include "request/tag_spec.h"
#include "request/token.h"
#include "store/tag_row.h"
#include "time/job.h"
#include "world/image/image.h"
#include "world/image/image_ready.h"
#include "world/image/image_setting.h"
#include "world/kms/kms_key.h"
#include "world/seed.h"
#include "world/snapshot/snapshot.h"

extern const struct job_kind job_image_copy_failed;

struct copy_image {
    const char *token, *description, *key, *name, *source, *source_region;
    enum tri encrypted, tags_too;
    int64_t minutes;
    struct list tags;
};

#define ONLY_REGIONS                                                                               \
    "images are copied into Regions only, Outposts and Local Zones are not simulated"

static const struct param copy_image_params[] = {
    { "ClientToken", TEXT(struct copy_image, token), .max = 128 },
    { "Description", TEXT(struct copy_image, description), .max = 255 },
    { "Encrypted", BOOL(struct copy_image, encrypted) },
    { "KmsKeyId", TEXT(struct copy_image, key) },
    { "Name", TEXT(struct copy_image, name), .flags = PARAM_REQUIRED },
    { "SourceImageId", TEXT(struct copy_image, source), .flags = PARAM_REQUIRED, .id = "ami-" },
    { "SourceRegion", TEXT(struct copy_image, source_region), .flags = PARAM_REQUIRED },
    { "DestinationOutpostArn", REFUSED(TEXT, ONLY_REGIONS) },
    { "CopyImageTags", BOOL(struct copy_image, tags_too) },
    { "TagSpecification", TAG_SPECS(struct copy_image, tags, "image snapshot") },
    { "SnapshotCopyCompletionDurationMinutes", INT(struct copy_image, minutes) },
    { "DestinationAvailabilityZone", REFUSED(TEXT, ONLY_REGIONS) },
    { "DestinationAvailabilityZoneId", REFUSED(TEXT, ONLY_REGIONS) },
    { 0 },
};

/* ---- Refused at once ---- */

static int check_copy(struct call *c, const struct copy_image *in)
{
    if (!region_find(c->sim, in->source_region))
        return fail(c, E_InvalidRegion,
                    in->source_region); /* [guess] here, recorded for CopySnapshot */
    if (in->minutes != ABSENT && (in->minutes < 15 || in->minutes > 2880 || in->minutes % 15))
        return fail(c, E_CopyDuration, (long long)in->minutes);
    if (in->key && in->encrypted != YES)
        return fail(c, E_KeyWithoutEncrypted);
    return 0;
}

static int find_copy_source(struct call *c, const struct copy_image *in, struct image *ret)
{
    region_ready(c->sim, in->source_region);
    bool found = image_find_in(c, in->source_region, in->source, ret) && !image_forgotten(c, ret);
    bool own = found && text_is(ret->owner, c->account);
    if (own && text_is(ret->state, "deregistered"))
        return fail(c, E_ImageGone, in->source);
    struct call there = *c; /* Allowed AMIs is asked where the image is [guess] */
    there.region = in->source_region;
    if (!found || !image_visible(c, ret) || !image_allowed(&there, ret))
        return fail(c, E_ImageNotFound, in->source);
    if (image_check_available(c, ret))
        return -1;
    if (ret->machine.product_codes.count && !own)
        return fail(c, E_CopyMarketplace);
    return 0;
}

/* To launch an image is not to read its storage: each snapshot must be shared, too; of a bundle it
 * is the owner's bucket that nobody else reads, Amazon's own images excepted. */
static int check_source_storage(struct call *c, const struct copy_image *in,
                                const struct image *source)
{
    struct snapshot s;
    if (text_is(source->machine.root_type, "instance-store") && !text_is(source->owner, c->account)
        && !source->owner_alias)
        return fail(c, E_ImageStorage);
    LIST_EACH (struct mapping, m, &source->mappings) {
        if (!m->snapshot)
            continue;
        if (!snapshot_find_in(c, in->source_region, m->snapshot, &s) || !snapshot_visible(c, &s))
            return fail(c, E_ImageStorage);
        if (in->encrypted == NO && s.encrypted == YES)
            return fail(c, E_CopyUnencrypted, s.id);
    }
    return 0;
}

/* ---- Accepted, and fails later ---- */

/* A kernel or ramdisk is given its counterpart; false where the target Region has none. */
static bool take_counterpart(struct call *c, const struct copy_image *in, const char **id)
{
    if (!*id || text_is(in->source_region, c->region))
        return true;
    if (c->pretend & PRETEND_KERNEL_MISSING)
        return false;
    *id = kernel_counterpart(c->sim, in->source_region, *id, c->region);
    return *id != NULL;
}

/* An encrypted snapshot without a key of the call's keeps its own within the Region [guide] and
 * takes the one of EBS in another. */
static const char *key_of_copy(struct call *c, const struct snapshot *from, const char *key)
{
    struct kms_key own;
    if (key || from->encrypted != YES)
        return key;
    if (from->key && text_is(from->region, c->region) && text_is(from->owner, c->account))
        return from->key;
    kms_key_for_ebs(c, &own);
    return own.arn;
}

/* Why this copy will fail, or NULL; *ret_key: the one key of the whole copy, or NULL where each
 * snapshot keeps its own way. The second text is AWS's [seen], the first a guess. */
static const char *copy_failure(struct call *c, const struct copy_image *in,
                                const struct image *source, struct image *copy,
                                const char **ret_key)
{
    struct snapshot s;
    if (!take_counterpart(c, in, &copy->machine.kernel)
        || !take_counterpart(c, in, &copy->machine.ramdisk))
        return arena_printf(c->a, "The kernel or ramdisk of %s has no counterpart in %s",
                            source->id, c->region);
    if (kms_key_choose(c, &need_copy_to, in->key, in->encrypted, ret_key) != KEY_USABLE)
        return "Copy image failed with an internal error.";
    LIST_EACH (struct mapping, m, &source->mappings) {
        if (!m->snapshot || !snapshot_find_in(c, in->source_region, m->snapshot, &s))
            continue;
        const char *own = key_of_copy(c, &s, *ret_key);
        if ((s.key && kms_key_use(c, &need_copy_from, s.key) != KEY_USABLE)
            || (own && kms_key_use(c, &need_copy_to, own) != KEY_USABLE))
            return "Copy image failed with an internal error.";
    }
    return NULL;
}

/* ---- The copy ---- */

/* Thousands with commas, as the description of a copied snapshot has its moment [seen]. */
static const char *with_commas(struct call *c, int64_t n)
{
    if (n < 1000)
        return arena_printf(c->a, "%lld", (long long)n);
    return arena_printf(c->a, "%s,%03lld", with_commas(c, n / 1000), (long long)(n % 1000));
}

static void copy_snapshots(struct call *c, const struct copy_image *in, const struct image *source,
                           const char *key, struct image *copy)
{
    struct snapshot from, to;
    LIST_EACH (struct mapping, m, &copy->mappings) {
        if (!m->snapshot || !snapshot_find_in(c, in->source_region, m->snapshot, &from))
            continue;
        const char *description =
            arena_printf(c->a,
                         "Copied for DestinationAmi %s from SourceAmi %s for SourceSnapshot %s. "
                         "Task created on %s.",
                         copy->id, source->id, from.id, with_commas(c, c->now));
        const char *own_key = key_of_copy(c, &from, key);
        guest_fill_snapshot(c, &from);
        snapshot_copy_of(c, &from, own_key, description, NULL, in->minutes, &to);
        tag_specs_put(c, &in->tags, "snapshot", to.id);
        m->snapshot = to.id;
        m->encrypted = own_key ? YES : NO;
    }
}

/* A bundle goes into a bucket that AWS makes for the account [recorded]; the eight letters are
 * ours. */
static const char *bundle_location(struct call *c, const struct image *copy, const char *from)
{
    uint64_t n = hash_text(arena_printf(c->a, "bucket/%s/%s", c->account, c->region));
    char letters[9] = { 0 };
    for (size_t i = 0; i < 8; i++, n /= 26)
        letters[i] = (char)('a' + n % 26);
    const char *slash = strrchr(from, '/');
    return arena_printf(c->a, "amis-for-%s-in-%s-%s/%s-%s/%s", c->account, c->region, letters,
                        copy->id, copy->name, slash ? slash + 1 : from);
}

static struct image new_copy(struct call *c, const struct copy_image *in,
                             const struct image *source)
{
    struct image copy;
    image_start_creating(c, in->name, &copy);
    copy.description = in->description;
    copy.machine = source->machine;
    copy.imds = source->imds;
    copy.uefi_data = source->uefi_data;
    copy.watermarks = source->watermarks;
    copy.mappings = source->mappings;
    copy.source_image = source->id;
    copy.source_region = source->region;
    if (text_is(source->machine.root_type, "instance-store"))
        copy.location = bundle_location(c, &copy, source->location);
    return copy;
}

/* CopyImageTags takes the caller's own tags of the source; TagSpecification adds to them and wins.
 */
static int put_copy_tags(struct call *c, const struct copy_image *in, const struct image *copy)
{
    if (in->tags_too == YES) {
        struct list tags = tags_of(c, in->source);
        tags_put(c, "image", copy->id, &tags);
    }
    struct list tags = tag_specs_for(&in->tags, "image");
    return tags_add(c, &ec2_tag_words, "image", copy->id, &tags);
}

struct image_copy_failed {
    const char *reason;
};

static const struct field image_copy_failed_fields[] = {
    { TEXT_FIELD(struct image_copy_failed, reason), .column = "reason" },
    { 0 },
};

static void start_copy(struct call *c, const struct copy_image *in, const struct image *source,
                       struct image *copy)
{
    const char *key, *why = copy_failure(c, in, source, copy, &key);
    if (why) {
        LIST_EACH (struct mapping, m, &copy->mappings)
            m->snapshot = NULL;
        image_put(c, copy);
        job_after(c, pace_delay(c, 30, 30 * SECOND_MS), &job_image_copy_failed, copy->id,
                  &(struct image_copy_failed){ why });
        return;
    }
    copy_snapshots(c, in, source, key, copy);
    image_finish_copying(c, copy);
}

static int check_copies_in_progress(struct call *c)
{
    int64_t most = quota(c->sim, "image-copies-in-progress");
    int64_t now = image_count(
        c, "state = 'pending' AND source_image IS NOT NULL AND source_instance IS NULL");
    return now >= most ? fail(c, E_CopyConcurrency, (long long)most) : 0;
}

static int copy_image(struct call *c, const struct copy_image *in)
{
    const char *before;
    struct image source, copy;
    if (check_copy(c, in) || dry_run_ends(c) || token_find(c, in->token, &before))
        return -1;
    if (before) {
        emit_text(c, "imageId", before);
        return 0;
    }
    if (image_check_new(c, in->name) || find_copy_source(c, in, &source)
        || check_source_storage(c, in, &source) || check_copies_in_progress(c))
        return -1;
    copy = new_copy(c, in, &source);
    start_copy(c, in, &source, &copy);
    if (put_copy_tags(c, in, &copy))
        return -1;
    token_keep(c, in->token, &image_schema, copy.id);
    emit_text(c, "imageId", copy.id);
    return 0;
}

OPERATION(
    ec2, CopyImage, copy_image, .flags = OP_WRITES, .dry_run = DRYRUN_IN_HANDLER,
    .errors = "InvalidAMIID.NotFound InvalidAMIID.Unavailable "
              "InvalidAMIName.Malformed InvalidAMIName.Duplicate InvalidRegion InvalidRequest "
              "InvalidParameterValue InvalidParameterDependency IdempotentParameterMismatch "
              "ResourceLimitExceeded",
    .effects = "a new image in this Region with snapshots of its own, pending -> available; "
               "failed where its KMS key cannot be used or its kernel has no counterpart here");

static void image_copy_failed(struct call *c, const char *subject,
                              const struct image_copy_failed *in)
{
    struct image image;
    if (image_find(c, subject, &image) && text_is(image.state, "pending"))
        image_fail(c, &image, "Client.InternalError", in->reason); /* code: [guess] */
}

JOB_WITH(image_copy_failed, image_copy_failed_fields, struct image_copy_failed,
         .name = "image_copy_failed");
