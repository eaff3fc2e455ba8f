/* The end of an image: deregistered for good, or in the Recycle Bin until it is restored or
 * expires. */
#include "base/text.h"
#include "call/errors.h"
#include "call/op.h"
#include "ops/describe.h"
#include "ops/image/image_block_device.h"
#include "reply/emit.h"
#include "store/noun.h"
#include "store/tag_row.h"
#include "time/job.h"
#include "world/account/retention_rule.h"
#include "world/image/image.h"
#include "world/snapshot/snapshot.h"

extern const struct job_kind job_image_expired;

static void end_for_good(struct call *c, struct image *image)
{
    image->state = "deregistered";
    image->deregistered = c->now;
    image->recycle_enter = image->recycle_exit = ABSENT;
    image->permissions = (struct list){ 0 };
    image_put(c, image);
}

/* Only images of EBS that work go into the bin [guide]. */
void image_deregister(struct call *c, struct image *image)
{
    static const char *const kept[] = { "available", "disabled", NULL };
    struct list tags = tags_of(c, image->id);
    int64_t until = text_is(image->machine.root_type, "ebs") && text_any(image->state, kept)
                        ? retention_until(c, RETENTION_IMAGE, &tags)
                        : ABSENT;
    if (until == ABSENT) {
        end_for_good(c, image);
        return;
    }
    image->recycle_enter = c->now;
    image->recycle_exit = until;
    image_put(c, image);
    job_after(c, until - c->now, &job_image_expired, image->id, NULL);
}

static void image_expired(struct call *c, const char *subject)
{
    struct image image;
    if (image_find(c, subject, &image) && image.recycle_enter != ABSENT
        && image.recycle_exit <= c->now)
        end_for_good(c, &image);
}

JOB(image_expired, .name = "image_expired");

/* ---- ListImagesInRecycleBin ---- */

struct list_images_in_recycle_bin {
    struct list ids;
    struct paging page;
};

static const struct param list_images_in_recycle_bin_params[] = {
    { "ImageId", TEXTS(struct list_images_in_recycle_bin, ids), .id = "ami-", .min = 0, .max = 20 },
    PAGING_BETWEEN(struct list_images_in_recycle_bin, page, 1, 1000),
    { 0 },
};

#define IN_BIN MINE " AND recycle_enter IS NOT NULL"

static int check_in_bin(struct call *c, const struct list *ids)
{
    struct image image;
    LIST_EACH (const char *, id, ids) {
        if (!image_find(c, *id, &image) || !text_is(image.owner, c->account)
            || image.recycle_enter == ABSENT)
            return fail(c, E_ImageNotFound, *id); /* [guess] */
    }
    return 0;
}

static void emit_binned(struct call *c, const struct image *image)
{
    emit_item(c);
    emit_text(c, "imageId", image->id);
    emit_text(c, "name", image->name);
    emit_text(c, "description", image->description);
    emit_time(c, "recycleBinEnterTime", image->recycle_enter);
    emit_time(c, "recycleBinExitTime", image->recycle_exit);
    emit_close(c);
}

static int list_images_in_recycle_bin(struct call *c, const struct list_images_in_recycle_bin *in)
{
    const char *token;
    if (check_in_bin(c, &in->ids))
        return -1;
    struct list all = store_list(c, &image_schema, IN_BIN, SQL_ARGS(MINE_ARGS(c)));
    struct list asked = { 0 };
    LIST_EACH (struct image, image, &all) {
        if (!in->ids.count || strs_have(&in->ids, image->id))
            *list_add(c->a, &asked, struct image) = *image;
    }
    if (page_cut(c, &(struct page_rule){ .least = 1 }, &in->page, &asked, sizeof(struct image),
                 &token))
        return -1;
    emit_list(c, "imageSet");
    LIST_EACH (struct image, image, &asked)
        emit_binned(c, image);
    emit_close(c);
    page_emit_next(c, token);
    return 0;
}

OPERATION(ec2, ListImagesInRecycleBin, list_images_in_recycle_bin,
          .errors = "InvalidAMIID.Malformed InvalidAMIID.NotFound InvalidParameterValue");

/* ---- RestoreImageFromRecycleBin ---- */

struct restore_image_from_recycle_bin {
    const char *image;
};

static const struct param restore_image_from_recycle_bin_params[] = {
    { "ImageId", TEXT(struct restore_image_from_recycle_bin, image), .flags = PARAM_REQUIRED,
      .id = "ami-" },
    { 0 },
};

/* Snapshots that went into the bin, too, are restored before the image [guide]. */
static int check_snapshots(struct call *c, const struct image *image)
{
    struct snapshot s;
    LIST_EACH (struct mapping, m, &image->mappings) {
        if (m->snapshot && (!snapshot_find(c, m->snapshot, &s) || !text_is(s.owner, c->account)))
            return fail(c, E_BinSnapshot, image->id, m->snapshot);
    }
    return 0;
}

static int restore_image_from_recycle_bin(struct call *c,
                                          const struct restore_image_from_recycle_bin *in)
{
    struct list one = { 0 };
    struct image image;
    strs_add(c->a, &one, in->image);
    if (check_in_bin(c, &one))
        return -1;
    image_find(c, in->image, &image);
    if (image_check_name(c, image.name) || check_snapshots(c, &image))
        return -1;
    image.recycle_enter = image.recycle_exit = ABSENT;
    image_put(c, &image);
    job_cancel(c, &job_image_expired, image.id);
    return 0;
}

OPERATION(ec2, RestoreImageFromRecycleBin, restore_image_from_recycle_bin, .flags = OP_WRITES,
          .answer = ANSWER_RETURN,
          .errors = "InvalidAMIID.Malformed InvalidAMIID.NotFound InvalidAMIName.Duplicate "
                    "IncorrectState InvalidSnapshot.NotFound",
          .effects = "the image is as it was before it was deregistered");
