/* The end of what is remembered of deregistered images. */
#ifndef WORLD_IMAGE_FORGET_H
#define WORLD_IMAGE_FORGET_H

#include "call/call.h"

struct image;

/* Marks an image that is being deregistered, to be forgotten a day later at the earliest (until
 * then its owner is told that it is gone: image_forgotten), and forgets a few others whose time is
 * over: those to which nothing leads any more, no instance, no image that was made of them, and no
 * snapshot that is still charged and of which no newer image was made. */
void image_forget_later(struct call *c, struct image *image);

#endif
