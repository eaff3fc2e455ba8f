/* What an account decided for images in a Region: block public access, Allowed AMIs. */
#ifndef WORLD_IMAGE_SETTING_H
#define WORLD_IMAGE_SETTING_H

#include "base/field.h"
#include "call/call.h"
#include "world/image/image.h"

struct watermark_criterion {
    const char *key, *source_region;
    int64_t source_days, days; /* MaximumDaysSince…Created; ABSENT */
};

/* All that is given must be met; of several values one. */
struct image_criterion {
    struct list providers, product_codes, names; /* const char * */
    int64_t created_days, deprecated_days; /* ABSENT: any */
    struct list watermarks; /* struct watermark_criterion */
};

struct image_settings {
    const char *id; /* account/Region */
    enum tri public_blocked; /* UNSET: as an account begins, blocked */
    int64_t public_blocked_from; /* block public access works from then on */
    const char *allowed_state; /* audit-mode, enabled; NULL: disabled */
    struct list criteria; /* struct image_criterion */
};

extern const struct schema image_settings_schema, image_criterion_schema,
    watermark_criterion_schema;

/* Those of the caller's account and Region; as an account begins, where nothing was decided. */
void image_settings_get(struct call *c, struct image_settings *ret);
void image_settings_put(struct call *c, const struct image_settings *settings);

bool image_public_access_blocked(struct call *c);
/* False when Allowed AMIs is enabled and forbids the caller this image: it is as if it were not
 * there. Own images are always allowed [model]. */
bool image_allowed(struct call *c, const struct image *image);
/* imageAllowed as answers show it: UNSET while Allowed AMIs is disabled. */
enum tri image_allowed_shown(struct call *c, const struct image *image);

#endif
