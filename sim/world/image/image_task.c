/* See image_task.h. */
#include "world/image/image_task.h"

#include "call/errors.h"
#include "reply/emit_noun.h"
#include "store/noun.h"

const struct schema imported_disk_schema = {
    .name = "imported_disk",
    .size = sizeof(struct imported_disk),
    .part = true,
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct imported_disk, description), .column = "description",
              .xml = "description" },
            { TEXT_FIELD(struct imported_disk, device), .column = "device" },
            { TEXT_FIELD(struct imported_disk, shown_device), .xml = "deviceName" },
            { TEXT_FIELD(struct imported_disk, shown_size), .xml = "diskImageSize" },
            { TEXT_FIELD(struct imported_disk, format), .column = "format" },
            { TEXT_FIELD(struct imported_disk, shown_format), .xml = "format" },
            { TEXT_FIELD(struct imported_disk, snapshot), .column = "snapshot" },
            { TEXT_FIELD(struct imported_disk, made), .column = "made" },
            { TEXT_FIELD(struct imported_disk, shown_snapshot), .xml = "snapshotId" },
            { TEXT_FIELD(struct imported_disk, shown_status), .xml = "status" },
            { TEXT_FIELD(struct imported_disk, url), .column = "url", .xml = "url" },
            { TEXT_FIELD(struct imported_disk, bucket), .column = "bucket",
              .xml = "userBucket/s3Bucket" },
            { TEXT_FIELD(struct imported_disk, key), .column = "key", .xml = "userBucket/s3Key" },
            { INT_FIELD(struct imported_disk, size), .column = "size" },
            { 0 } },
};

const struct schema license_schema = {
    .name = "license",
    .size = sizeof(struct license),
    .part = true,
    .fields = (const struct field[]){ { TEXT_FIELD(struct license, arn), .column = "arn",
                                        .xml = "licenseConfigurationArn" },
                                      { 0 } },
};

const struct schema import_image_task_schema = {
    .name = "import_image_task",
    .noun = "import-image-task",
    .size = sizeof(struct import_image_task),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct import_image_task, id), .column = "id" },
            { TEXT_FIELD(struct import_image_task, owner), .column = "owner",
              .flags = FIELD_OWNER },
            { TEXT_FIELD(struct import_image_task, region), .column = "region" },
            { TEXT_FIELD(struct import_image_task, architecture), .column = "architecture" },
            { TEXT_FIELD(struct import_image_task, shown_architecture), .xml = "architecture" },
            { TEXT_FIELD(struct import_image_task, description), .column = "description",
              .xml = "description" },
            { BOOL_FIELD(struct import_image_task, encrypted), .column = "encrypted",
              .xml = "encrypted" },
            { TEXT_FIELD(struct import_image_task, hypervisor), .column = "hypervisor",
              .xml = "hypervisor" },
            { TEXT_FIELD(struct import_image_task, image), .column = "image", .xml = "imageId" },
            { TEXT_FIELD(struct import_image_task, id), .xml = "importTaskId" },
            { TEXT_FIELD(struct import_image_task, kms_key_permitted), .column = "kms_key",
              .xml = "kmsKeyId" },
            { TEXT_FIELD(struct import_image_task, license_type), .column = "license_type" },
            { TEXT_FIELD(struct import_image_task, shown_license), .xml = "licenseType" },
            { TEXT_FIELD(struct import_image_task, platform), .column = "platform" },
            { TEXT_FIELD(struct import_image_task, shown_platform), .xml = "platform" },
            { TEXT_FIELD(struct import_image_task, progress), .xml = "progress" },
            { LIST_FIELD(struct import_image_task, disks, &imported_disk_schema), .column = "disks",
              .xml = "snapshotDetailSet" },
            { TEXT_FIELD(struct import_image_task, status), .column = "status", .xml = "status",
              .filter = "task-state", .flags = FIELD_STATE },
            { TEXT_FIELD(struct import_image_task, shown_message), .xml = "statusMessage" },
            { TAGS_FIELD(struct import_image_task, tags), .xml = "tagSet",
              .flags = FIELD_SHOW_EMPTY },
            { LIST_FIELD(struct import_image_task, licenses, &license_schema), .column = "licenses",
              .xml = "licenseSpecifications" },
            { TEXT_FIELD(struct import_image_task, usage_operation), .column = "usage_operation",
              .xml = "usageOperation" },
            { TEXT_FIELD(struct import_image_task, boot_mode), .column = "boot_mode",
              .xml = "bootMode", .views = VIEW_DESCRIBED },
            { TEXT_FIELD(struct import_image_task, message), .column = "message" },
            { TIME_FIELD(struct import_image_task, started), .column = "started" },
            { TIME_FIELD(struct import_image_task, due), .column = "due" },
            { TIME_FIELD(struct import_image_task, ended), .column = "ended" },
            { 0 } },
};

const struct schema export_image_task_schema = {
    .name = "export_image_task",
    .noun = "export-image-task",
    .size = sizeof(struct export_image_task),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct export_image_task, id), .column = "id",
              .xml = "exportImageTaskId" },
            { TEXT_FIELD(struct export_image_task, description), .column = "description",
              .xml = "description" },
            { TEXT_FIELD(struct export_image_task, format), .column = "format",
              .xml = "diskImageFormat", .views = VIEW_CREATED },
            { TEXT_FIELD(struct export_image_task, image), .column = "image", .xml = "imageId" },
            { TEXT_FIELD(struct export_image_task, role), .column = "role", .xml = "roleName",
              .views = VIEW_CREATED },
            { TEXT_FIELD(struct export_image_task, progress), .xml = "progress" },
            { TEXT_FIELD(struct export_image_task, bucket), .column = "bucket",
              .xml = "s3ExportLocation/s3Bucket" },
            { TEXT_FIELD(struct export_image_task, prefix), .column = "prefix",
              .xml = "s3ExportLocation/s3Prefix" },
            { TEXT_FIELD(struct export_image_task, status), .column = "status", .xml = "status",
              .filter = "task-state", .flags = FIELD_STATE },
            { TEXT_FIELD(struct export_image_task, shown_message), .xml = "statusMessage" },
            { TAGS_FIELD(struct export_image_task, tags), .xml = "tagSet",
              .flags = FIELD_SHOW_EMPTY },
            { TEXT_FIELD(struct export_image_task, owner), .column = "owner",
              .flags = FIELD_OWNER },
            { TEXT_FIELD(struct export_image_task, region), .column = "region" },
            { TIME_FIELD(struct export_image_task, started), .column = "started" },
            { TIME_FIELD(struct export_image_task, due), .column = "due" },
            { TIME_FIELD(struct export_image_task, ended), .column = "ended" },
            { 0 } },
};

const struct schema bundle_task_schema = {
    .name = "bundle_task",
    .size = sizeof(struct bundle_task),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct bundle_task, id), .column = "id", .xml = "bundleId",
              .filter = "bundle-id" },
            { TEXT_FIELD(struct bundle_task, instance), .column = "instance", .xml = "instanceId",
              .filter = "instance-id", .flags = FIELD_INDEXED },
            { TEXT_FIELD(struct bundle_task, state), .column = "state", .xml = "state",
              .filter = "state", .flags = FIELD_STATE },
            { TIME_FIELD(struct bundle_task, started), .column = "started", .xml = "startTime",
              .filter = "start-time" },
            { TIME_FIELD(struct bundle_task, updated), .column = "updated", .xml = "updateTime",
              .filter = "update-time" },
            { TEXT_FIELD(struct bundle_task, access_key), .column = "access_key",
              .xml = "storage/S3/AWSAccessKeyId" },
            { TEXT_FIELD(struct bundle_task, bucket), .column = "bucket",
              .xml = "storage/S3/bucket", .filter = "s3-bucket" },
            { TEXT_FIELD(struct bundle_task, prefix), .column = "prefix",
              .xml = "storage/S3/prefix", .filter = "s3-prefix" },
            { TEXT_FIELD(struct bundle_task, policy), .column = "policy",
              .xml = "storage/S3/uploadPolicy" },
            { TEXT_FIELD(struct bundle_task, signature), .column = "signature",
              .xml = "storage/S3/uploadPolicySignature" },
            { TEXT_FIELD(struct bundle_task, progress), .column = "progress", .xml = "progress",
              .filter = "progress" },
            { TEXT_FIELD(struct bundle_task, error_code), .column = "error_code",
              .xml = "error/code", .filter = "error-code" },
            { TEXT_FIELD(struct bundle_task, error), .column = "error", .xml = "error/message",
              .filter = "error-message" },
            { TEXT_FIELD(struct bundle_task, owner), .column = "owner", .flags = FIELD_OWNER },
            { TEXT_FIELD(struct bundle_task, region), .column = "region" },
            { 0 } },
};

int import_image_task_own(struct call *c, const char *id, struct import_image_task *ret)
{
    return store_own(c, &import_image_task_schema, id, ret) ? 0 : fail(c, E_ImportTaskNotFound, id);
}

int export_image_task_own(struct call *c, const char *id, struct export_image_task *ret)
{
    return store_own(c, &export_image_task_schema, id, ret) ? 0 : fail(c, E_ExportTaskNotFound, id);
}

int bundle_task_own(struct call *c, const char *id, struct bundle_task *ret)
{
    return store_own(c, &bundle_task_schema, id, ret) ? 0 : fail(c, E_BundleNotFound, id);
}

bool bundle_task_runs(struct call *c, const char *instance)
{
    struct bundle_task t;
    return store_first(c, &bundle_task_schema,
                       "instance = ? AND state NOT IN ('complete', 'failed')",
                       SQL_ARGS(SQL_TEXT(instance)), &t);
}
