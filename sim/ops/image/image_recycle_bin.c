/* Images in the Recycle Bin: ListImagesInRecycleBin, RestoreImageFromRecycleBin. How they get there
 * and how they end: image_deregister.c. */
#include "base/text.h"
#include "call/errors.h"
#include "call/op.h"
#include "ops/describe.h"
#include "ops/image/image_input.h"
#include "store/noun.h"
#include "time/job.h"
#include "world/image/image.h"
#include "world/snapshot/snapshot.h"

extern const struct job_kind job_image_expired;

/* ---- ListImagesInRecycleBin ---- */

static const struct param list_images_in_recycle_bin_params[] = {
    { "ImageId", TEXTS(struct listing, ids), .id = "ami-", .min = 0, .max = 20 },
    PAGING_BETWEEN(struct listing, page, 1, 1000),
    { 0 },
};

static int find_in_bin(struct call *c, const char *id, struct image *ret)
{
    return store_own(c, &image_schema, id, ret) && ret->recycle_enter != ABSENT
               ? 0
               : fail(c, E_ImageNotFound, id); /* [guess] */
}

static const struct schema recycled_image_schema = {
    .name = "recycled_image",
    .size = sizeof(struct image),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct image, id), .xml = "imageId" },
            { TEXT_FIELD(struct image, name), .xml = "name" },
            { TEXT_FIELD(struct image, description), .xml = "description" },
            { TIME_FIELD(struct image, recycle_enter), .xml = "recycleBinEnterTime" },
            { TIME_FIELD(struct image, recycle_exit), .xml = "recycleBinExitTime" },
            { 0 } },
};

static const struct describe recycled_images = { .schema = &recycled_image_schema,
                                                 .set = "imageSet",
                                                 .page = { .least = 1 } };

static int list_images_in_recycle_bin(struct call *c, const struct listing *in)
{
    struct image image;
    LIST_EACH (const char *, id, &in->ids) {
        if (find_in_bin(c, *id, &image))
            return -1;
    }
    struct list all =
        store_list(c, &image_schema, MINE " AND recycle_enter IS NOT NULL", SQL_ARGS(MINE_ARGS(c)));
    struct list asked = LIST_AMONG(c->a, struct image, &all, id, &in->ids);
    return describe_items(c, &recycled_images, in, &asked);
}

OPERATION_AS(ec2, ListImagesInRecycleBin, list_images_in_recycle_bin,
             list_images_in_recycle_bin_params, struct listing,
             .errors = "InvalidAMIID.NotFound InvalidParameterValue");

/* ---- RestoreImageFromRecycleBin ---- */

/* Snapshots that went into the bin, too, are restored before the image [guide]. */
static int check_snapshots_left_bin(struct call *c, const struct image *image)
{
    struct snapshot s;
    LIST_EACH (struct mapping, m, &image->mappings) {
        if (m->snapshot && (!snapshot_find(c, m->snapshot, &s) || !text_is(s.owner, c->account)))
            return fail(c, E_BinSnapshot, image->id, m->snapshot);
    }
    return 0;
}

static int restore_image_from_recycle_bin(struct call *c, const struct one_image *in)
{
    struct image image;
    if (find_in_bin(c, in->image, &image) || image_check_name(c, image.name)
        || check_snapshots_left_bin(c, &image))
        return -1;
    image.recycle_enter = image.recycle_exit = ABSENT;
    image_put(c, &image);
    job_cancel(c, &job_image_expired, image.id);
    return 0;
}

OPERATION_AS(ec2, RestoreImageFromRecycleBin, restore_image_from_recycle_bin, one_image_params,
             struct one_image, .flags = OP_WRITES, .answer = ANSWER_RETURN,
             .errors = "InvalidAMIID.NotFound InvalidAMIName.Duplicate IncorrectState "
                       "InvalidSnapshot.NotFound",
             .effects = "the image is as it was before it was deregistered");
