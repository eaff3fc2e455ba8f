/* What operations on one image share: the parameter that names it, and what they answer where it is
 * not the caller's. */
#ifndef OPS_IMAGE_INPUT_H
#define OPS_IMAGE_INPUT_H

#include "call/op.h"

/* Operations that ask for nothing but an image. */
struct one_image {
    const char *image;
};

extern const struct param one_image_params[];

/* .errors of those that call image_own(); .id adds InvalidAMIID.Malformed. */
#define IMAGE_OWN_ERRORS "AuthFailure InvalidAMIID.NotFound InvalidAMIID.Unavailable"

#endif
