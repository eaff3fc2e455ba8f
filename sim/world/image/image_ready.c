/* See image_ready.h. */
#include "world/image/image_ready.h"

#include "base/text.h"
#include "base/timefmt.h"
#include "world/instance/instance.h"
#include "world/kms/kms_key.h"
#include "world/snapshot/snapshot.h"

static const struct field image_ready_fields[] = {
    { TEXT_FIELD(struct image_ready, instance), .column = "instance" },
    { INT_FIELD(struct image_ready, boots), .column = "boots" },
    { 0 },
};

int64_t image_snapshots_due(struct call *c, const struct image *image)
{
    int64_t due = c->now;
    struct snapshot s;
    LIST_EACH (struct mapping, m, &image->mappings) {
        if (m->snapshot && snapshot_find(c, m->snapshot, &s) && text_is(s.status, "pending")
            && s.due > due)
            due = s.due;
    }
    return due;
}

void image_finish_creating(struct call *c, struct image *image)
{
    int64_t due = image_snapshots_due(c, image);
    image->state = due > c->now ? "pending" : "available";
    image_put(c, image);
    if (due > c->now)
        job_after(c, due - c->now, &job_image_ready, image->id, NULL);
}

void image_finish_copying(struct call *c, struct image *image)
{
    image->mapped = image_snapshots_due(c, image) + pace_delay(c, 20, 25 * SECOND_MS);
    image_put(c, image);
    job_after(c, image->mapped - c->now, &job_image_ready, image->id, NULL);
}

/* "The instance was terminated or rebooted during AMI creation" [model: state reasons]. */
static bool instance_was_disturbed(struct call *c, const struct image_ready *in)
{
    struct instance i;
    if (!in->instance || in->boots == ABSENT)
        return false;
    if (!instance_find(c, in->instance, &i))
        return true;
    return text_is(i.state, "shutting-down") || text_is(i.state, "terminated")
           || i.boots > in->boots;
}

static bool has_bad_snapshot(struct call *c, const struct image *image)
{
    struct snapshot s;
    LIST_EACH (struct mapping, m, &image->mappings) {
        if (m->snapshot && (!snapshot_find(c, m->snapshot, &s) || text_is(s.status, "error")))
            return true;
    }
    return false;
}

static void image_ready(struct call *c, const char *id, const struct image_ready *in)
{
    struct image image;
    if (!image_find(c, id, &image) || !text_is(image.state, "pending"))
        return;
    if (instance_was_disturbed(c, in)) {
        image_fail(c, &image, "Client.InstanceTerminated",
                   "The instance was terminated or rebooted during AMI creation.");
        return;
    }
    if (has_bad_snapshot(c, &image)) {
        image_fail(c, &image, "Client.InvalidSnapshot.NotFound",
                   "The specified snapshot was not found.");
        return;
    }
    int64_t due = image_snapshots_due(c, &image);
    if (due > c->now) { /* somebody made a snapshot slower meanwhile */
        job_after(c, due - c->now, &job_image_ready, id, in);
        return;
    }
    image.state = "available";
    image_put(c, &image);
}

static const char *image_ready_fault(struct call *c, const char *id)
{
    struct image image;
    return !image_find(c, id, &image) ? NULL
           : image.source_instance    ? "image"
           : image.source_image       ? "image-copy"
                                      : "image-registration";
}

static void image_ready_fail(struct call *c, const char *id, const struct job_failure *how)
{
    struct image image;
    struct snapshot s;
    if (!image_find(c, id, &image) || !text_is(image.state, "pending"))
        return;
    LIST_EACH (struct mapping, m, &image.mappings) {
        if (how->disable_key == YES && m->snapshot && snapshot_find(c, m->snapshot, &s))
            kms_key_disable(c, s.key);
    }
    image_fail(c, &image, how->code, how->reason);
}

JOB_WITH(image_ready, image_ready_fields, struct image_ready, .name = "image_ready",
         JOB_FAULTS("image", "image-copy", "image-registration"), .fault = image_ready_fault,
         .fail = image_ready_fail);
