/* Tasks that bring images in and out: ImportImage, ExportImage, and the bundles of instances. */
#ifndef WORLD_IMAGE_TASK_H
#define WORLD_IMAGE_TASK_H

#include "base/field.h"
#include "call/call.h"

/* A disk of an import. */
struct imported_disk {
    const char *description, *device, *format, *snapshot, *url, *bucket, *key;
    int64_t size; /* GiB */
};

struct license {
    const char *arn;
};

struct import_image_task {
    const char *id, *owner, *region;
    const char *architecture, *description, *hypervisor, *kms_key_permitted, *license_type,
        *platform, *usage_operation, *boot_mode;
    enum tri encrypted;
    const char *status,
        *message; /* active, deleting, deleted, completed; message: why it was deleted */
    const char *image; /* once there is one */
    int64_t started, due, ended;
    struct list disks; /* struct imported_disk */
    struct list licenses; /* struct license */
    struct list tags;
};

struct export_image_task {
    const char *id, *owner, *region;
    const char *image, *description, *format, *bucket, *prefix, *role;
    const char *status;
    int64_t started, due, ended;
    struct list tags;
    const char *progress, *shown_message; /* set for the caller */
};

struct bundle_task {
    const char *id, *owner, *region, *instance;
    /* pending, waiting-for-shutdown, bundling, storing, cancelling, complete, failed */
    const char *state;
    const char *access_key, *bucket, *prefix, *policy, *signature;
    const char *progress, *error_code, *error;
    int64_t started, updated;
};

extern const struct schema import_image_task_schema, imported_disk_schema, license_schema,
    export_image_task_schema, bundle_task_schema;

#endif
