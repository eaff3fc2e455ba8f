/* Tasks that bring images in and out: ImportImage, ExportImage, and the bundles of instances.
 *
 * Times in virtual ms, sizes in GiB. Imports and exports: active -> completed, or active ->
 * deleting -> deleted. Bundles: pending -> waiting-for-shutdown -> bundling -> storing -> complete;
 * before that also -> cancelling -> failed, or failed at once. */
#ifndef WORLD_IMAGE_TASK_H
#define WORLD_IMAGE_TASK_H

#include "base/field.h"
#include "call/call.h"

/* A disk of an import: in a bucket, at a URL, or a snapshot. */
struct imported_disk {
    const char *description, *device, *format, *url, *bucket, *key;
    const char *snapshot; /* the one it was */
    const char *made; /* the one it became, from IMPORT_MADE on */
    int64_t size;
    /* set before it is shown; the size in bytes, as "8589934592.0" */
    const char *shown_size, *shown_status, *shown_format, *shown_device, *shown_snapshot;
};

struct license {
    const char *arn;
};

struct import_image_task {
    const char *id, *owner, *region;
    const char *architecture, *description, *hypervisor, *license_type, *platform, *usage_operation,
        *boot_mode;
    const char *kms_key_permitted; /* ARN; NULL: its snapshots are not encrypted */
    enum tri encrypted; /* as it was asked for, and YES where there is a key */
    const char *status, *message; /* message: why it was cancelled */
    const char *image; /* once there is one */
    int64_t started, due, ended; /* due: when it will be completed; ended: ABSENT while it runs */
    struct list disks; /* struct imported_disk */
    struct list licenses; /* struct license */
    struct list tags;
    const char *progress, *shown_message; /* set before it is shown */
    const char *shown_architecture, *shown_platform, *shown_license;
};

/* Per cent of an import at which its snapshots are there. */
#define IMPORT_MADE 76

struct export_image_task {
    const char *id, *owner, *region;
    const char *image, *description, *format, *bucket, *prefix, *role;
    const char *status;
    int64_t started, due, ended; /* as above */
    struct list tags;
    const char *progress, *shown_message; /* set before it is shown */
};

struct bundle_task {
    const char *id, *owner, *region, *instance, *state;
    const char *access_key, *bucket, *prefix, *policy, *signature;
    const char *progress; /* "10%"; NULL where it does not advance */
    const char *error_code, *error; /* of a failed one */
    int64_t started, updated;
};

extern const struct schema import_image_task_schema, imported_disk_schema, license_schema,
    export_image_task_schema, bundle_task_schema;

/* The caller's, or InvalidConversionTaskId.Malformed, InvalidExportTaskID.NotFound,
 * InvalidBundleID.NotFound.
 */
int import_image_task_own(struct call *c, const char *id, struct import_image_task *ret);
int export_image_task_own(struct call *c, const char *id, struct export_image_task *ret);
int bundle_task_own(struct call *c, const char *id, struct bundle_task *ret);
/* Whether the instance is being bundled. */
bool bundle_task_runs(struct call *c, const char *instance);

#endif
