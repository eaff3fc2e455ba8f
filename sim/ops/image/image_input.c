/* See image_input.h. */
#include "ops/image/image_input.h"

const struct param one_image_params[] = {
    { "ImageId", TEXT(struct one_image, image), .flags = PARAM_REQUIRED, .id = "ami-" },
    { 0 },
};
