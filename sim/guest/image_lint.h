/* What is left in an image that should not be in one: the rules of AWS's guides for shared and
 * Marketplace images, as far as a disk and an image's fields show them [guide]. */
#ifndef GUEST_IMAGE_LINT_H
#define GUEST_IMAGE_LINT_H

#include "world/image/image.h"

struct lint_finding {
    const char *rule; /* "host-keys" */
    const char *path; /* the file, package or field */
    const char *text; /* in a sentence */
};

/* struct lint_finding. ret_looked: whether its root has a file system that could be read. */
struct list image_lint(struct call *c, const struct image *image, bool *ret_looked);

#endif
