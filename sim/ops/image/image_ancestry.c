/* Where images come from and who uses them: DescribeInstanceImageMetadata, GetImageAncestry. */
#include "base/text.h"
#include "call/errors.h"
#include "call/op.h"
#include "catalog/quota.h"
#include "ops/describe.h"
#include "ops/image/image_input.h"
#include "reply/emit.h"
#include "request/filter.h"
#include "request/narrow.h"
#include "store/noun.h"
#include "world/image/image.h"
#include "world/image/image_setting.h"
#include "world/instance/instance.h"
#include "world/seed.h"

/* ---- DescribeInstanceImageMetadata ---- */

static const struct param describe_metadata_params[] = {
    { "Filter", FILTERS(struct listing, filters) },
    { "InstanceId", TEXTS(struct listing, ids), .id = "i-" },
    PAGING_BETWEEN(struct listing, page, 1, 1000),
    { 0 },
};

/* An instance with what is known of its image. */
struct launched {
    struct instance instance;
    struct image image;
    enum tri managed, hidden;
};

static const struct schema launched_schema = {
    .name = "launched",
    .size = sizeof(struct launched),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct launched, instance.id), .xml = "instanceId",
              .filter = "instance-id" },
            { TEXT_FIELD(struct launched, instance.type), .xml = "instanceType",
              .filter = "instance-type" },
            { TIME_FIELD(struct launched, instance.launched), .xml = "launchTime",
              .filter = "launch-time" },
            { TEXT_FIELD(struct launched, instance.zone), .xml = "availabilityZone",
              .filter = "availability-zone" },
            { TEXT_FIELD(struct launched, instance.zone_id), .xml = "zoneId", .filter = "zone-id" },
            { INT_FIELD(struct launched, instance.state_code), .xml = "instanceState/code" },
            { TEXT_FIELD(struct launched, instance.state), .xml = "instanceState/name",
              .filter = "instance-state-name" },
            { TEXT_FIELD(struct launched, instance.owner), .xml = "instanceOwnerId" },
            { TAGS_FIELD(struct launched, instance.tags), .xml = "tagSet" },
            { TEXT_FIELD(struct launched, image.id), .xml = "imageMetadata/imageId" },
            { TEXT_FIELD(struct launched, image.name), .xml = "imageMetadata/name" },
            { TEXT_FIELD(struct launched, image.owner), .xml = "imageMetadata/imageOwnerId",
              .filter = "owner-id" },
            { TEXT_FIELD(struct launched, image.state), .xml = "imageMetadata/imageState" },
            { TEXT_FIELD(struct launched, image.owner_alias),
              .xml = "imageMetadata/imageOwnerAlias", .filter = "owner-alias" },
            { TIME_S_FIELD(struct launched, image.created), .xml = "imageMetadata/creationDate" },
            { TIME_S_FIELD(struct launched, image.deprecation),
              .xml = "imageMetadata/deprecationTime" },
            { BOOL_FIELD(struct launched, image.allowed), .xml = "imageMetadata/imageAllowed",
              .filter = "image-allowed" },
            { BOOL_FIELD(struct launched, image.public), .xml = "imageMetadata/isPublic" },
            { LIST_FIELD(struct launched, image.watermarks, &watermark_schema),
              .xml = "imageMetadata/imageWatermarkSet" },
            { BOOL_FIELD(struct launched, managed), .xml = "operator/managed" },
            { BOOL_FIELD(struct launched, hidden), .xml = "operator/hiddenByDefault" },
            { 0 } },
};

/* Of an ordinary owner the alias is the account here [recorded]; times have no milliseconds
 * [recorded]. One in the Recycle Bin counts as deregistered [guess]. */
static void add_image_of(struct call *c, struct launched *l)
{
    schema_init(&image_schema, &l->image);
    l->image.id = l->instance.image;
    if (!l->instance.image || !image_find(c, l->instance.image, &l->image))
        return;
    l->image.allowed = image_allowed_shown(c, &l->image);
    if (!l->image.owner_alias)
        l->image.owner_alias = l->image.owner;
    if (l->image.recycle_enter != ABSENT)
        l->image.state = "deregistered";
}

static int instances_asked_for(struct call *c, const struct listing *in, struct list *ret)
{
    if (in->ids.count)
        return instances_own(c, &in->ids, ret);
    const struct narrowed n = { &instance_schema, &launched_schema, .filters = &in->filters };
    *ret = narrow_list(c, &n, MINE, SQL_ARGS(MINE_ARGS(c)));
    return 0;
}

static const struct describe metadata_list = {
    .schema = &launched_schema,
    .set = "instanceImageMetadataSet",
    .page = { .least = 1 },
};

static int describe_instance_image_metadata(struct call *c, const struct listing *in)
{
    struct list instances, found = { 0 };
    if (filters_check(c, &launched_schema, &in->filters) || instances_asked_for(c, in, &instances))
        return -1;
    LIST_EACH (struct instance, i, &instances) {
        struct launched l = { .instance = *i, .managed = NO, .hidden = NO };
        if (!instance_prepare(c, &l.instance))
            continue;
        add_image_of(c, &l);
        *list_add(c->a, &found, struct launched) = l;
    }
    return describe_items(c, &metadata_list, in, &found);
}

OPERATION_AS(
    ec2, DescribeInstanceImageMetadata, describe_instance_image_metadata, describe_metadata_params,
    struct listing,
    .errors = "InvalidInstanceID.Malformed InvalidInstanceID.NotFound InvalidParameterValue");

/* ---- GetImageAncestry ---- */

static const struct schema ancestor_schema = {
    .name = "ancestor",
    .size = sizeof(struct image),
    .fields =
        (const struct field[]){
            { TIME_FIELD(struct image, created), .xml = "creationDate" },
            { TEXT_FIELD(struct image, id), .xml = "imageId" },
            { TEXT_FIELD(struct image, owner_alias), .xml = "imageOwnerAlias" },
            { TEXT_FIELD(struct image, source_image), .xml = "sourceImageId" },
            { TEXT_FIELD(struct image, source_region), .xml = "sourceImageRegion" },
            { 0 } },
};

/* The line ends at a public image of a known provider [guide]. */
static bool is_first_ancestor(const struct image *image)
{
    static const char *const providers[] = { "amazon", "aws-marketplace", NULL };
    return !image->source_image || !image->source_region
           || (image->public == YES && text_any(image->owner_alias, providers));
}

static bool find_ancestor(struct call *c, struct image *image)
{
    region_ready(c->sim, image->source_region);
    return image_find_in(c, image->source_region, image->source_image, image);
}

/* Ancestors are named across Regions, even deregistered ones and those the caller can't see
 * [guide]. */
static int get_image_ancestry(struct call *c, const struct one_image *in)
{
    struct image image;
    if (image_see(c, in->image, &image))
        return -1;
    if (!image_allowed(c, &image))
        return fail(c, E_ImageNotFound, in->image);
    int64_t left = quota(c->sim, "image-ancestry-entries");
    emit_list(c, "imageAncestryEntrySet");
    do
        emit_noun_item(c, &ancestor_schema, &image, VIEW_DESCRIBED);
    while (--left > 0 && !is_first_ancestor(&image) && find_ancestor(c, &image));
    emit_close(c);
    return 0;
}

OPERATION_AS(ec2, GetImageAncestry, get_image_ancestry, one_image_params, struct one_image,
             .errors = "InvalidAMIID.NotFound");
