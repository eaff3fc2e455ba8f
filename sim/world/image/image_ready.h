/* The end of every pending image: available or failed, once its snapshots are what they will be. */
#ifndef WORLD_IMAGE_READY_H
#define WORLD_IMAGE_READY_H

#include "time/job.h"
#include "world/image/image.h"

/* Of what CreateImage began: the instance, and how often it had booted by then. NULL: no instance
 * can disturb it. */
struct image_ready {
    const char *instance;
    int64_t boots;
};

extern const struct job_kind job_image_ready;

/* Stores a new image: available at once, or when the last of its snapshots is complete. */
void image_finish_creating(struct call *c, struct image *image);
/* The same for one with copies of another's snapshots: it takes a while more, and shows no
 * snapshots before [seen]. */
void image_finish_copying(struct call *c, struct image *image);
/* The moment the last of its snapshots is complete; now, when they all are. */
int64_t image_snapshots_due(struct call *c, const struct image *image);

#endif
