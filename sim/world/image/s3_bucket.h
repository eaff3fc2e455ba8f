/* What EC2 itself keeps in S3 buckets: stored images, exported disks, bundles.
 *
 * S3 is not simulated; any well-formed bucket name is one that the caller may use. What an
 * operation writes there is an object that other operations find. A stored image is an image and
 * snapshots of a Region that nobody can be in, BUCKET_REGION, so that it outlives its source. */
#ifndef WORLD_S3_BUCKET_H
#define WORLD_S3_BUCKET_H

#include "base/field.h"
#include "call/call.h"

#define BUCKET_REGION "s3"
#define STORE_IN_PROGRESS "InProgress"

struct s3_object {
    const char *id; /* bucket/key */
    const char *bucket, *key, *account, *region, *type; /* type: image, disk, bundle */
    const char *content; /* the id of the stored image; NULL for others */
    int64_t created, size; /* GiB */
    struct list tags; /* struct tag */
};

struct store_task {
    const char *id, *account, *region;
    const char *image, *bucket, *key, *content;
    const char *state, *reason; /* InProgress, Completed, Failed */
    int64_t started, due, size; /* GiB */
    struct list tags; /* struct tag: for the object */
    int64_t progress; /* set for the caller */
};

extern const struct schema s3_object_schema, s3_object_tag_schema, store_task_schema;

/* The naming rules of S3, or InvalidParameterValue. */
int s3_bucket_check_name(struct call *c, const char *name);
/* The caller's object in this Region. */
bool s3_bucket_find(struct call *c, const char *bucket, const char *key, struct s3_object *ret);
/* Writes an object now; its id follows from bucket and key. */
void s3_bucket_put(struct call *c, struct s3_object object);
/* GiB of the caller's tasks that store images in this Region, and are not done. */
int64_t store_task_size_in_progress(struct call *c);
/* Whether the caller has stored this image in the bucket, or does so. */
bool store_task_has(struct call *c, const char *image, const char *bucket);

#endif
