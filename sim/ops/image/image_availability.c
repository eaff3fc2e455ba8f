/* The switches of an image: disabled or not, deprecation, deregistration protection. */
#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/op.h"
#include "ops/image/image_input.h"
#include "world/image/image.h"
#include "world/snapshot/snapshot.h"

/* One of the caller's that is available or disabled. */
static int find_switchable(struct call *c, const char *id, struct image *ret)
{
    static const char *const good[] = { "available", "disabled", NULL };
    if (image_own(c, id, ret))
        return -1;
    return text_any(ret->state, good) ? 0 : fail(c, E_ImageState, id, ret->state);
}

/* ---- DisableImage, EnableImage ---- */

/* Its permissions are gone for good: enabling brings none back [guide]. */
static int disable_image(struct call *c, const struct one_image *in)
{
    struct image image;
    if (find_switchable(c, in->image, &image))
        return -1;
    image.state = "disabled";
    image.public = NO;
    image.permissions = (struct list){ 0 };
    image_put(c, &image);
    return 0;
}

OPERATION_AS(ec2, DisableImage, disable_image, one_image_params, struct one_image,
             .flags = OP_WRITES, .answer = ANSWER_RETURN, .errors = IMAGE_OWN_ERRORS,
             .effects =
                 "image: available -> disabled; it is private, and its launch permissions are "
                 "gone for good");

/* A snapshot that went into the archive meanwhile comes back first [guide]. */
static int check_not_archived(struct call *c, const struct image *image)
{
    struct snapshot s;
    LIST_EACH (struct mapping, m, &image->mappings) {
        if (m->snapshot && snapshot_find(c, m->snapshot, &s) && snapshot_check_tier(c, &s))
            return -1;
    }
    return 0;
}

static int enable_image(struct call *c, const struct one_image *in)
{
    struct image image;
    if (find_switchable(c, in->image, &image) || check_not_archived(c, &image))
        return -1;
    image.state = "available";
    image_put(c, &image);
    return 0;
}

OPERATION_AS(ec2, EnableImage, enable_image, one_image_params, struct one_image, .flags = OP_WRITES,
             .answer = ANSWER_RETURN, .errors = IMAGE_OWN_ERRORS " IncorrectState",
             .effects = "image: disabled -> available");

/* ---- Deprecation ---- */

struct enable_image_deprecation {
    const char *image;
    int64_t at;
};

static const struct param enable_image_deprecation_params[] = {
    { "ImageId", TEXT(struct enable_image_deprecation, image), .flags = PARAM_REQUIRED,
      .id = "ami-" },
    { "DeprecateAt", TIME(struct enable_image_deprecation, at), .flags = PARAM_REQUIRED },
    { 0 },
};

/* Seconds are rounded to the nearest minute [model]. */
static int64_t to_minute(int64_t ms)
{
    int64_t rounded = ms + MINUTE_MS / 2;
    return rounded - rounded % MINUTE_MS;
}

static int enable_image_deprecation(struct call *c, const struct enable_image_deprecation *in)
{
    struct image image;
    if (!image_find(c, in->image, &image))
        return fail(c, E_DeprecationImage, in->image); /* in words of its own [reports.md] */
    if (find_switchable(c, in->image, &image))
        return -1;
    int64_t latest =
        image.public == YES ? image_public_deprecation(&image) : c->now + 10 * 365 * DAY_MS;
    if (in->at < c->now)
        return fail(c, E_DeprecatePast, time_format_s(c->a, in->at));
    if (in->at > latest)
        return fail(c, E_DeprecateFar, time_format_s(c->a, in->at), time_format_s(c->a, latest));
    image.deprecation = to_minute(in->at);
    image_put(c, &image);
    return 0;
}

OPERATION(ec2, EnableImageDeprecation, enable_image_deprecation, .flags = OP_WRITES,
          .answer = ANSWER_RETURN, .errors = IMAGE_OWN_ERRORS " InvalidParameterValue",
          .effects = "from that date on others find the image only by its id");

static int disable_image_deprecation(struct call *c, const struct one_image *in)
{
    struct image image;
    if (find_switchable(c, in->image, &image))
        return -1;
    if (image.public == YES)
        return fail(c, E_DeprecatePublic, image.id); /* rule [guide] */
    image.deprecation = ABSENT;
    image_put(c, &image);
    return 0;
}

OPERATION_AS(ec2, DisableImageDeprecation, disable_image_deprecation, one_image_params,
             struct one_image, .flags = OP_WRITES, .answer = ANSWER_RETURN,
             .errors = IMAGE_OWN_ERRORS " OperationNotPermitted",
             .effects = "the image has no deprecation date");

/* ---- Deregistration protection ---- */

struct enable_image_deregistration_protection {
    const char *image;
    enum tri cooldown;
};

static const struct param enable_image_deregistration_protection_params[] = {
    { "ImageId", TEXT(struct enable_image_deregistration_protection, image),
      .flags = PARAM_REQUIRED, .id = "ami-" },
    { "WithCooldown", BOOL(struct enable_image_deregistration_protection, cooldown) },
    { 0 },
};

static int
enable_image_deregistration_protection(struct call *c,
                                       const struct enable_image_deregistration_protection *in)
{
    struct image image;
    if (find_switchable(c, in->image, &image))
        return -1;
    image.protection = in->cooldown == YES ? "enabled-with-cooldown" : "enabled-without-cooldown";
    image.protected_until = ABSENT;
    image_put(c, &image);
    return 0;
}

OPERATION(ec2, EnableImageDeregistrationProtection, enable_image_deregistration_protection,
          .flags = OP_WRITES, .answer = ANSWER_RETURN, .errors = IMAGE_OWN_ERRORS,
          .effects = "DeregisterImage is refused");

/* With cooldown the protection holds for another 24 hours [model]. */
static int disable_image_deregistration_protection(struct call *c, const struct one_image *in)
{
    struct image image;
    if (find_switchable(c, in->image, &image))
        return -1;
    if (text_is(image.protection, "enabled-with-cooldown"))
        image.protected_until = c->now + DAY_MS;
    image.protection = NULL;
    image_put(c, &image);
    return 0;
}

OPERATION_AS(ec2, DisableImageDeregistrationProtection, disable_image_deregistration_protection,
             one_image_params, struct one_image, .flags = OP_WRITES, .answer = ANSWER_RETURN,
             .errors = IMAGE_OWN_ERRORS,
             .effects = "DeregisterImage is possible, 24 hours later where there is a cooldown");
