/* Block public access for images: whether an account's images can be made public in a Region. */
#include "base/timefmt.h"
#include "call/op.h"
#include "reply/emit.h"
#include "time/job.h"
#include "world/image/image_setting.h"

#define BLOCK_STATE "imageBlockPublicAccessState"
#define BLOCKED "block-new-sharing"

struct enable_image_block_public_access {
    const char *state;
};

static const char *const block_states[] = { BLOCKED, NULL };

static const struct param enable_image_block_public_access_params[] = {
    { "ImageBlockPublicAccessState", TEXT(struct enable_image_block_public_access, state),
      .flags = PARAM_REQUIRED, .values = block_states },
    { 0 },
};

static int enable_image_block_public_access(struct call *c,
                                            const struct enable_image_block_public_access *in)
{
    struct image_settings s;
    if (!image_public_access_blocked(c)) {
        image_settings_get(c, &s);
        s.public_blocked = YES;
        s.public_blocked_from = c->now + pace_delay(c, 0, 5 * MINUTE_MS); /* up to ten [model] */
        image_settings_put(c, &s);
    }
    emit_text(c, BLOCK_STATE, in->state);
    return 0;
}

OPERATION(ec2, EnableImageBlockPublicAccess, enable_image_block_public_access, .flags = OP_WRITES,
          .errors = "InvalidParameterValue",
          .effects = "no image of the account can be made public in this Region; those that are "
                     "public stay so");

static int disable_image_block_public_access(struct call *c, const struct no_input *in)
{
    struct image_settings s;
    (void)in;
    image_settings_get(c, &s);
    s.public_blocked = NO;
    image_settings_put(c, &s);
    emit_text(c, BLOCK_STATE, "unblocked");
    return 0;
}

OPERATION_AS(ec2, DisableImageBlockPublicAccess, disable_image_block_public_access, no_params,
             struct no_input, .flags = OP_WRITES, .effects = "images can be made public");

static int get_image_block_public_access_state(struct call *c, const struct no_input *in)
{
    (void)in;
    emit_text(c, BLOCK_STATE, image_public_access_blocked(c) ? BLOCKED : "unblocked");
    emit_text(c, "managedBy", "account");
    return 0;
}

OPERATION_AS(ec2, GetImageBlockPublicAccessState, get_image_block_public_access_state, no_params,
             struct no_input, .errors = "");
