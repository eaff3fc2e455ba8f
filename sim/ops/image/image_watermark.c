/* Watermarks: names that an image's owner puts on it and that all its descendants carry. */
#include "base/text.h"
#include "call/errors.h"
#include "call/op.h"
#include "catalog/quota.h"
#include "ops/image/image_input.h"
#include "reply/emit.h"
#include "world/image/image.h"

/* ---- AttachImageWatermark ---- */

struct attach_image_watermark {
    const char *image, *name;
};

static const struct param attach_image_watermark_params[] = {
    { "ImageId", TEXT(struct attach_image_watermark, image), .flags = PARAM_REQUIRED,
      .id = "ami-" },
    { "WatermarkName", TEXT(struct attach_image_watermark, name), .flags = PARAM_REQUIRED, .min = 3,
      .max = 128 },
    { 0 },
};

static int attach_image_watermark(struct call *c, const struct attach_image_watermark *in)
{
    struct image image;
    int64_t most = quota(c->sim, "image-watermarks");
    if (!image_name_spelt(in->name)) /* as for names of images [model] */
        return fail(c, E_WatermarkName, in->name);
    if (image_own(c, in->image, &image))
        return -1;
    const char *key = arena_printf(c->a, "%s:%s", c->account, in->name);
    emit_text(c, "watermarkKey", key);
    if (LIST_FIND(struct watermark, &image.watermarks, key, key))
        return 0; /* [guess]: the one that is there stays as it is */
    if (image.public == YES)
        return fail(c, E_WatermarkPublic, image.id);
    if ((int64_t)image.watermarks.count >= most)
        return fail(c, E_WatermarkQuota, (long long)most);
    *list_add(c->a, &image.watermarks, struct watermark) =
        (struct watermark){ .key = key,
                            .source_region = c->region,
                            .source_image = image.id,
                            .source_created = image.created,
                            .created = c->now };
    image_put(c, &image);
    return 0;
}

OPERATION(ec2, AttachImageWatermark, attach_image_watermark, .flags = OP_WRITES,
          .errors = IMAGE_OWN_ERRORS
          " InvalidParameterValue UnsupportedOperation ResourceLimitExceeded",
          .effects = "a watermark that images made of this one carry, too; such an image can't be "
                     "made public");

/* ---- DetachImageWatermark ---- */

struct detach_image_watermark {
    const char *image, *key;
};

static const struct param detach_image_watermark_params[] = {
    { "ImageId", TEXT(struct detach_image_watermark, image), .flags = PARAM_REQUIRED,
      .id = "ami-" },
    { "WatermarkKey", TEXT(struct detach_image_watermark, key), .flags = PARAM_REQUIRED },
    { 0 },
};

/* One that is not there is no error, and descendants keep theirs [model]. */
static int detach_image_watermark(struct call *c, const struct detach_image_watermark *in)
{
    struct image image;
    struct list kept = { 0 };
    if (image_own(c, in->image, &image))
        return -1;
    LIST_EACH (struct watermark, w, &image.watermarks) {
        if (!text_is(w->key, in->key))
            *list_add(c->a, &kept, struct watermark) = *w;
    }
    image.watermarks = kept;
    image_put(c, &image);
    return 0;
}

OPERATION(ec2, DetachImageWatermark, detach_image_watermark, .flags = OP_WRITES,
          .answer = ANSWER_RETURN, .errors = IMAGE_OWN_ERRORS,
          .effects = "the watermark is gone from this image, not from its descendants");
