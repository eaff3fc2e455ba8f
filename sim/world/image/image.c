/* Images in the store: their tables, who sees which, their names. What becomes of an image is
 * decided in ops/image/; this file knows no operation. */
#include "world/image/image.h"

#include <string.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/id.h"
#include "catalog/organization.h"
#include "catalog/public_image.h"
#include "catalog/quota.h"
#include "reply/emit_noun.h"
#include "store/noun.h"
#include "world/image/image_setting.h"

const struct schema mapping_schema = {
    .name = "mapping",
    .size = sizeof(struct mapping),
    .part = true,
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct mapping, device), .column = "device", .xml = "deviceName",
              .filter = "block-device-mapping.device-name" },
            { TEXT_FIELD(struct mapping, virtual_name), .column = "virtual_name",
              .xml = "virtualName" },
            { TEXT_FIELD(struct mapping, no_device), .column = "no_device", .xml = "noDevice" },
            { TEXT_FIELD(struct mapping, snapshot), .column = "snapshot", .xml = "ebs/snapshotId",
              .filter = "block-device-mapping.snapshot-id", .flags = FIELD_INDEXED },
            { TEXT_FIELD(struct mapping, former), .column = "former", .flags = FIELD_INDEXED },
            { INT_FIELD(struct mapping, size), .column = "size", .xml = "ebs/volumeSize",
              .filter = "block-device-mapping.volume-size" },
            { BOOL_FIELD(struct mapping, delete_on_termination), .column = "delete_on_termination",
              .xml = "ebs/deleteOnTermination",
              .filter = "block-device-mapping.delete-on-termination" },
            { TEXT_FIELD(struct mapping, type), .column = "type", .xml = "ebs/volumeType",
              .filter = "block-device-mapping.volume-type" },
            { INT_FIELD(struct mapping, iops), .column = "iops", .xml = "ebs/iops" },
            { INT_FIELD(struct mapping, throughput), .column = "throughput",
              .xml = "ebs/throughput" },
            { BOOL_FIELD(struct mapping, encrypted), .column = "encrypted", .xml = "ebs/encrypted",
              .filter = "block-device-mapping.encrypted" },
            { 0 } },
};

const struct schema product_code_schema = {
    .name = "product_code",
    .size = sizeof(struct product_code),
    .part = true,
    .fields = (const struct field[]){ { TEXT_FIELD(struct product_code, code), .column = "code",
                                        .xml = "productCode", .filter = "product-code" },
                                      { TEXT_FIELD(struct product_code, type), .column = "type",
                                        .xml = "type", .filter = "product-code.type" },
                                      { 0 } },
};

void product_codes_add(struct call *c, struct list *into, const struct list *codes)
{
    LIST_EACH (const char *, code, codes) {
        if (!LIST_FIND(struct product_code, into, code, *code))
            *list_add(c->a, into, struct product_code) =
                (struct product_code){ *code, "marketplace" };
    }
}

void product_codes_emit(struct call *c, const struct list *codes)
{
    struct list shown = { 0 };
    product_codes_add(c, &shown, codes);
    emit_nouns(c, "productCodes", &product_code_schema, &shown, VIEW_DESCRIBED);
}

const struct schema launch_permission_schema = {
    .name = "launch_permission",
    .size = sizeof(struct launch_permission),
    .part = true,
    .fields = (const struct field[]){ { TEXT_FIELD(struct launch_permission, user),
                                        .column = "user", .xml = "userId", .flags = FIELD_INDEXED },
                                      { TEXT_FIELD(struct launch_permission, organization),
                                        .column = "organization", .xml = "organizationArn" },
                                      { TEXT_FIELD(struct launch_permission, unit),
                                        .column = "unit", .xml = "organizationalUnitArn" },
                                      { 0 } },
};

const struct schema watermark_schema = {
    .name = "watermark",
    .size = sizeof(struct watermark),
    .part = true,
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct watermark, key), .column = "key", .xml = "watermarkKey",
              .filter = "image-watermark.watermark-key" },
            { TEXT_FIELD(struct watermark, source_region), .column = "source_region",
              .xml = "sourceImageRegion", .filter = "image-watermark.source-image-region" },
            { TEXT_FIELD(struct watermark, source_image), .column = "source_image",
              .xml = "sourceImageId", .filter = "image-watermark.source-image-id" },
            { TIME_FIELD(struct watermark, source_created), .column = "source_created",
              .xml = "sourceImageCreationTime",
              .filter = "image-watermark.source-image-creation-time" },
            { TIME_FIELD(struct watermark, created), .column = "created",
              .xml = "watermarkCreationTime", .filter = "image-watermark.watermark-creation-time" },
            { 0 } },
};

/* The order of elements is AWS's as far as raw answers show it (id … hypervisor, enaSupport); newer
 * members follow in the order of the API model [guess]. */
const struct schema image_schema = {
    .name = "image",
    .indexes =
        (const char *const[]){
            "image_gone ON image (owner, region) WHERE state = 'deregistered'",
            "image_by_source ON image (source_image) WHERE source_image IS NOT NULL",
            "image_to_look_at ON image (look_again) WHERE look_again IS NOT NULL",
            "image_public ON image (owner, region) WHERE public = 1",
            "image_pending ON image (owner, region) WHERE state = 'pending'",
            "image_binned ON image (owner, region) WHERE recycle_enter IS NOT NULL", NULL },
    .live = "state <> 'deregistered'",
    .noun = "image",
    .size = sizeof(struct image),
    .kept_rows = PUBLIC_ROWS,
    .remembered = true,
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct image, id), .column = "id", .xml = "imageId",
              .filter = "image-id" },
            { TEXT_FIELD(struct image, region), .column = "region", .flags = FIELD_INDEXED },
            { TEXT_FIELD(struct image, location), .column = "location", .xml = "imageLocation",
              .filter = "manifest-location" },
            { TEXT_FIELD(struct image, state), .column = "state", .xml = "imageState",
              .filter = "state", .flags = FIELD_STATE },
            { TEXT_FIELD(struct image, owner), .column = "owner", .xml = "imageOwnerId",
              .filter = "owner-id", .flags = FIELD_OWNER | FIELD_INDEXED },
            { TIME_FIELD(struct image, created), .column = "created", .xml = "creationDate",
              .filter = "creation-date" },
            { BOOL_FIELD(struct image, public), .column = "public", .xml = "isPublic",
              .filter = "is-public" },
            { LIST_FIELD(struct image, machine.product_codes, &product_code_schema),
              .column = "product_codes", .xml = "productCodes" },
            { TEXT_FIELD(struct image, machine.architecture), .column = "architecture",
              .xml = "architecture", .filter = "architecture" },
            { TEXT_FIELD(struct image, type), .column = "type", .xml = "imageType",
              .filter = "image-type" },
            { TEXT_FIELD(struct image, machine.kernel), .column = "kernel", .xml = "kernelId",
              .filter = "kernel-id" },
            { TEXT_FIELD(struct image, machine.ramdisk), .column = "ramdisk", .xml = "ramdiskId",
              .filter = "ramdisk-id" },
            { TEXT_FIELD(struct image, machine.platform), .column = "platform", .xml = "platform",
              .filter = "platform" },
            { TEXT_FIELD(struct image, reason_code), .column = "reason_code",
              .xml = "stateReason/code", .filter = "state-reason-code" },
            { TEXT_FIELD(struct image, reason), .column = "reason", .xml = "stateReason/message",
              .filter = "state-reason-message" },
            { TEXT_FIELD(struct image, machine.sriov), .column = "sriov", .xml = "sriovNetSupport",
              .filter = "sriov-net-support" },
            { TEXT_FIELD(struct image, owner_alias), .column = "owner_alias",
              .xml = "imageOwnerAlias", .filter = "owner-alias" },
            { TEXT_FIELD(struct image, name), .column = "name", .xml = "name", .filter = "name",
              .flags = FIELD_INDEXED },
            { TEXT_FIELD(struct image, description), .column = "description", .xml = "description",
              .filter = "description" },
            { TEXT_FIELD(struct image, machine.root_type), .column = "root_type",
              .xml = "rootDeviceType", .filter = "root-device-type" },
            { TEXT_FIELD(struct image, machine.root_device), .column = "root_device",
              .xml = "rootDeviceName", .filter = "root-device-name" },
            { LIST_FIELD(struct image, mappings, &mapping_schema), .column = "mappings",
              .xml = "blockDeviceMapping", .flags = FIELD_SHOW_EMPTY },
            { TEXT_FIELD(struct image, machine.virtualization), .column = "virtualization",
              .xml = "virtualizationType", .filter = "virtualization-type" },
            { TAGS_FIELD(struct image, tags), .xml = "tagSet" },
            { TEXT_FIELD(struct image, machine.hypervisor), .column = "hypervisor",
              .xml = "hypervisor", .filter = "hypervisor" },
            { BOOL_FIELD(struct image, machine.ena), .column = "ena", .xml = "enaSupport",
              .filter = "ena-support" },
            { TEXT_FIELD(struct image, machine.platform_details), .column = "platform_details",
              .xml = "platformDetails" },
            { TEXT_FIELD(struct image, machine.usage_operation), .column = "usage_operation",
              .xml = "usageOperation" },
            { TEXT_FIELD(struct image, machine.boot_mode), .column = "boot_mode",
              .xml = "bootMode" },
            { TEXT_FIELD(struct image, machine.tpm), .column = "tpm", .xml = "tpmSupport" },
            { TEXT_FIELD(struct image, uefi_data), .column = "uefi_data" },
            { TIME_FIELD(struct image, deprecation), .column = "deprecation",
              .xml = "deprecationTime" },
            { TEXT_FIELD(struct image, imds), .column = "imds", .xml = "imdsSupport" },
            { TEXT_FIELD(struct image, source_instance), .column = "source_instance",
              .xml = "sourceInstanceId", .filter = "source-instance-id" },
            { TEXT_FIELD(struct image, protection), .column = "protection" },
            { TIME_FIELD(struct image, protected_until), .column = "protected_until" },
            { TEXT_FIELD(struct image, shown_protection), .xml = "deregistrationProtection" },
            { TIME_S_FIELD(struct image, last_launched), .column = "last_launched",
              .xml = "lastLaunchedTime" },
            { TIME_FIELD(struct image, launched_before), .column = "launched_before" },
            { BOOL_FIELD(struct image, allowed), .xml = "imageAllowed", .filter = "image-allowed" },
            { TEXT_FIELD(struct image, source_image), .column = "source_image",
              .xml = "sourceImageId", .filter = "source-image-id" },
            { TEXT_FIELD(struct image, source_region), .column = "source_region",
              .xml = "sourceImageRegion", .filter = "source-image-region" },
            { BOOL_FIELD(struct image, free_tier), .column = "free_tier", .xml = "freeTierEligible",
              .filter = "free-tier-eligible" },
            { TEXT_FIELD(struct image, public_parameter), .column = "public_parameter" },
            { TEXT_FIELD(struct image, shown_parameter), .xml = "publicSsmParameterName",
              .filter = "public-ssm-parameter-name" },
            { LIST_FIELD(struct image, watermarks, &watermark_schema), .column = "watermarks",
              .xml = "imageWatermarkSet" },
            { LIST_FIELD(struct image, permissions, &launch_permission_schema),
              .column = "permissions" },
            { TIME_FIELD(struct image, deregistered), .column = "deregistered" },
            { TIME_FIELD(struct image, look_again), .column = "look_again" },
            { TIME_FIELD(struct image, mapped), .column = "mapped" },
            { BOOL_FIELD(struct image, restored), .column = "restored" },
            { TIME_FIELD(struct image, recycle_enter), .column = "recycle_enter" },
            { TIME_FIELD(struct image, recycle_exit), .column = "recycle_exit" },
            { 0 } },
};

bool image_find_in(struct call *c, const char *region, const char *id, struct image *ret)
{
    return store_get(c, &image_schema, id, ret) && text_is(ret->region, region);
}

bool image_find(struct call *c, const char *id, struct image *ret)
{
    return image_find_in(c, c->region, id, ret);
}

static bool is_gone(const struct image *image)
{
    return text_is(image->state, "deregistered") || image->recycle_enter != ABSENT;
}

bool image_visible(struct call *c, const struct image *image)
{
    if (is_gone(image))
        return false;
    if (text_is(image->owner, c->account) || image->public == YES)
        return true;
    LIST_EACH (struct launch_permission, p, &image->permissions) {
        if (text_is(p->user, c->account) || organization_has(c->sim, p->organization, c->account)
            || organization_has(c->sim, p->unit, c->account))
            return true;
    }
    return false;
}

int image_see(struct call *c, const char *id, struct image *ret)
{
    return image_find(c, id, ret) && image_visible(c, ret) ? 0 : fail(c, E_ImageNotFound, id);
}

/* An id that was deregistered is an empty list after two days still, and not an error [reports.md];
 * until when is not known [guess]. */
#define REMEMBERED_MS (7 * DAY_MS)

bool image_forgotten(struct call *c, const struct image *image)
{
    if (image->deregistered == ABSENT || image->deregistered + REMEMBERED_MS > c->now)
        return false;
    return store_number(c->store,
                        "SELECT 1 FROM instance WHERE image = ? AND state <> 'terminated' LIMIT 1",
                        SQL_ARGS(SQL_TEXT(image->id)))
           == ABSENT;
}

int image_own(struct call *c, const char *id, struct image *ret)
{
    if (!image_find(c, id, ret) || image_forgotten(c, ret))
        return fail(c, E_ImageNotFound, id);
    bool own = text_is(ret->owner, c->account);
    if (is_gone(ret))
        return own ? fail(c, E_ImageGone, id) : fail(c, E_ImageNotFound, id);
    return own ? 0 : fail(c, E_ImageForeign, id);
}

int image_check_available(struct call *c, const struct image *image)
{
    return text_is(image->state, "available") ? 0 : fail(c, E_ImageState, image->id, image->state);
}

void image_launched(struct call *c, struct image *image)
{
    if (image->last_launched != ABSENT && image->last_launched + DAY_MS <= c->now)
        image->launched_before = image->last_launched;
    image->last_launched = c->now;
}

int64_t image_last_launched(struct call *c, const struct image *image)
{
    bool known = image->last_launched == ABSENT || image->last_launched + DAY_MS <= c->now;
    return known ? image->last_launched : image->launched_before;
}

static const char *protection_text(struct call *c, const struct image *image)
{
    if (image->protected_until != ABSENT && image->protected_until > c->now)
        return arena_printf(c->a, "disabled after %s", time_format_s(c->a, image->protected_until));
    return image->protection ? image->protection : "disabled";
}

bool image_prepare(struct call *c, void *noun)
{
    struct image *image = noun;
    bool own = text_is(image->owner, c->account);
    if (own)
        image->shown_protection = protection_text(c, image);
    image->last_launched = own ? image_last_launched(c, image) : ABSENT; /* the owner's [model] */
    /* Amazon's names appear without their leading slash [recorded] */
    if (image->public_parameter)
        image->shown_parameter = image->public_parameter + (image->public_parameter[0] == '/');
    if (image->mapped != ABSENT && image->mapped > c->now) {
        LIST_EACH (struct mapping, m, &image->mappings) {
            m->snapshot = NULL;
            m->size = ABSENT;
        }
    }
    image->allowed = image_allowed_shown(c, image);
    return image->allowed != NO || image_allowed(c, image);
}

int64_t image_count(struct call *c, const char *only)
{
    const char *sql = arena_printf(
        c->a, "SELECT count(*) FROM image WHERE " MINE " AND state <> 'deregistered' AND %s",
        only ? only : "1");
    return store_number(c->store, sql, SQL_ARGS(MINE_ARGS(c)));
}

bool image_name_spelt(const char *name)
{
    return strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789()[] ./-'@_")
           == strlen(name);
}

int image_check_name(struct call *c, const char *name)
{
    size_t n = strlen(name);
    if (!image_name_spelt(name) || n < 3 || n > 128)
        return fail(c, E_ImageNameShape);
    const char *user = store_word(c,
                                  "SELECT id FROM image WHERE name = ?3" AND_MINE
                                  " AND state <> 'deregistered' AND recycle_enter IS NULL",
                                  SQL_ARGS(MINE_ARGS(c), SQL_TEXT(name)));
    return user ? fail(c, E_ImageNameUsed, name, user) : 0;
}

int image_check_new(struct call *c, const char *name)
{
    if (image_check_name(c, name))
        return -1;
    int64_t most = quota(c->sim, "images");
    return image_count(c, NULL) >= most ? fail(c, E_ImageQuota, (long long)most) : 0;
}

int64_t image_public_deprecation(const struct image *image)
{
    const int64_t two_years = 2 * 365 * DAY_MS; /* [guess]: calendar years or days is not known */
    int64_t latest = image->created + two_years;
    return latest - latest % MINUTE_MS;
}

void image_put(struct call *c, const struct image *image)
{
    store_put(c, &image_schema, image);
}

void image_start_creating(struct call *c, const char *name, struct image *ret)
{
    schema_init(&image_schema, ret);
    ret->id = id_new(c, "ami-");
    ret->owner = c->account;
    ret->region = c->region;
    ret->name = name;
    ret->location = arena_printf(c->a, "%s/%s", c->account, name);
    ret->state = "pending";
    ret->created = time_whole_seconds(c->now);
    ret->type = "machine";
    ret->public = NO;
    ret->free_tier = YES; /* on every image of one's own [recorded] */
    ret->machine.hypervisor = HYPERVISOR;
}

void image_fail(struct call *c, struct image *image, const char *code, const char *reason)
{
    image->state = "failed";
    image->reason_code = code;
    image->reason = reason;
    image_put(c, image);
}

const char *mapping_snapshot(const struct mapping *m)
{
    return m->snapshot ? m->snapshot : m->former;
}

int64_t image_size(const struct image *image)
{
    int64_t size = 0;
    LIST_EACH (struct mapping, m, &image->mappings)
        size += mapping_snapshot(m) && m->size != ABSENT ? m->size : 0;
    return size;
}

struct mapping *image_root(const struct image *image)
{
    return LIST_FIND(struct mapping, &image->mappings, device, image->machine.root_device);
}
