/* DeregisterImage, and the end of an image: for good, or in the Recycle Bin until it expires there
 * or is restored (image_recycle_bin.c). */
#include "base/text.h"
#include "call/errors.h"
#include "call/op.h"
#include "ops/image/image_input.h"
#include "reply/emit.h"
#include "store/tag_row.h"
#include "time/job.h"
#include "world/account/retention_rule.h"
#include "world/image/image.h"
#include "world/image/image_forget.h"
#include "world/snapshot/snapshot.h"
#include "world/snapshot/snapshot_delete.h"

extern const struct job_kind job_image_expired;

struct deregister_image {
    const char *image;
    enum tri snapshots;
};

static const struct param deregister_image_params[] = {
    { "ImageId", TEXT(struct deregister_image, image), .flags = PARAM_REQUIRED, .id = "ami-" },
    { "DeleteAssociatedSnapshots", BOOL(struct deregister_image, snapshots) },
    { 0 },
};

static void image_end(struct call *c, struct image *image)
{
    image->state = "deregistered";
    image->deregistered = c->now;
    image->recycle_enter = image->recycle_exit = ABSENT;
    image->permissions = (struct list){ 0 };
    image_forget_later(c, image);
    image_put(c, image);
}

/* Only images of EBS that work go into the bin [guide]. */
static void image_leave(struct call *c, struct image *image)
{
    static const char *const kept[] = { "available", "disabled", NULL };
    struct list tags = tags_of(c, image->id);
    int64_t until = text_is(image->machine.root_type, "ebs") && text_any(image->state, kept)
                        ? retention_until(c, RETENTION_IMAGE, &tags)
                        : ABSENT;
    if (until == ABSENT) {
        image_end(c, image);
        return;
    }
    image->recycle_enter = c->now;
    image->recycle_exit = until;
    image_put(c, image);
    job_after(c, until - c->now, &job_image_expired, image->id, NULL);
}

static int check_protection(struct call *c, struct image image)
{
    image_prepare(c, &image);
    if (text_is(image.shown_protection, "disabled"))
        return 0;
    return fail(c, E_ImageProtected, image.id, image.shown_protection);
}

static const char *delete_snapshot_of(struct call *c, const char *id)
{
    struct snapshot s;
    if (!snapshot_find(c, id, &s))
        return "client-error";
    if (!text_is(s.owner, c->account))
        return "missing-permissions";
    if (snapshot_images(c, id).count)
        return "skipped";
    if (snapshot_delete(c, id) == 0)
        return "success";
    call_clear_error(c);
    return "client-error";
}

static void emit_deleted_snapshots(struct call *c, const struct list *mappings)
{
    LIST_EACH (struct mapping, m, mappings) {
        const char *snapshot = mapping_snapshot(m);
        if (!snapshot)
            continue;
        emit_item(c);
        emit_text(c, "snapshotId", snapshot);
        emit_text(c, "returnCode", delete_snapshot_of(c, snapshot));
        emit_close(c);
    }
}

static int deregister_image(struct call *c, const struct deregister_image *in)
{
    struct image image;
    if (image_own(c, in->image, &image) || check_protection(c, image))
        return -1;
    image_leave(c, &image);
    emit_bool(c, "return", true);
    /* there even when nothing was to be deleted [recorded] */
    emit_list(c, "deleteSnapshotResultSet");
    if (in->snapshots == YES)
        emit_deleted_snapshots(c, &image.mappings);
    emit_close(c);
    return 0;
}

OPERATION(ec2, DeregisterImage, deregister_image, .flags = OP_WRITES,
          .errors = IMAGE_OWN_ERRORS " OperationNotPermitted",
          .effects = "image: any state -> deregistered; with DeleteAssociatedSnapshots its "
                     "snapshots go, too, unless another image uses them");

static void image_expired(struct call *c, const char *subject)
{
    struct image image;
    if (image_find(c, subject, &image) && image.recycle_enter != ABSENT
        && image.recycle_exit <= c->now)
        image_end(c, &image);
}

JOB(image_expired, .name = "image_expired");
