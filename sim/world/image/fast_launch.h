/* Fast launch of Windows images: an account's settings for one image. */
#ifndef WORLD_FAST_LAUNCH_H
#define WORLD_FAST_LAUNCH_H

#include "base/field.h"
#include "call/call.h"

struct fast_launch {
    const char *id; /* account/image */
    const char *image, *owner, *region, *type; /* owner: who turned it on; type: snapshot */
    const char *template, *template_name, *template_version; /* launched to prepare snapshots */
    int64_t count; /* snapshots kept ready */
    int64_t parallel; /* instances that prepare them at the same time, at most */
    const char *state, *reason; /* enabling, enabled, disabling; why it is in it */
    int64_t changed; /* since when; ms */
};

extern const struct schema fast_launch_schema;

#endif
