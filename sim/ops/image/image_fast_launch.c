/* Fast launch of Windows images: Enable-, DisableFastLaunch, DescribeFastLaunchImages. */
#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/op.h"
#include "ops/describe.h"
#include "store/noun.h"
#include "time/job.h"
#include "world/image/fast_launch.h"
#include "world/image/image.h"
#include "world/instance/launch_template.h"

extern const struct job_kind job_fast_launch_changed;

struct enable_fast_launch {
    struct fast_launch wanted;
    bool has_template;
};

static const char *const only_snapshot[] = { "snapshot", NULL };

static const struct param snapshot_configuration_params[] = {
    { "TargetResourceCount", INT(struct enable_fast_launch, wanted.count) },
    { 0 },
};

static const struct param template_params[] = {
    { "LaunchTemplateId", TEXT(struct enable_fast_launch, wanted.template) },
    { "LaunchTemplateName", TEXT(struct enable_fast_launch, wanted.template_name) },
    { "Version", TEXT(struct enable_fast_launch, wanted.template_version),
      .flags = PARAM_REQUIRED },
    { 0 },
};

static const struct param enable_fast_launch_params[] = {
    { "ImageId", TEXT(struct enable_fast_launch, wanted.image), .flags = PARAM_REQUIRED,
      .id = "ami-" },
    { "ResourceType", TEXT(struct enable_fast_launch, wanted.type), .values = only_snapshot,
      .otherwise = "snapshot" },
    { "SnapshotConfiguration", .type = PARAM_STRUCT, .of = snapshot_configuration_params },
    { "LaunchTemplate", .type = PARAM_STRUCT, .of = template_params,
      .there = offsetof(struct enable_fast_launch, has_template) },
    { "MaxParallelLaunches", INT(struct enable_fast_launch, wanted.parallel), .otherwise = "6" },
    { 0 },
};

static const char *fast_launch_id(struct call *c, const char *image)
{
    return arena_printf(c->a, "%s/%s", c->account, image);
}

static int check_number(struct call *c, int64_t n, int64_t least, const char *name, const char *why)
{
    if (n >= least)
        return 0;
    return fail(c, E_ValueInvalid, arena_printf(c->a, "%lld", (long long)n), name, why);
}

/* Own or shared, and Windows [model]. */
static int check_fast_launch(struct call *c, const struct fast_launch *f)
{
    struct image image;
    if (image_see(c, f->image, &image) || image_check_available(c, &image))
        return -1;
    if (!text_is(image.machine.platform, "windows"))
        return fail(c, E_FastLaunchPlatform, image.id);
    if (check_number(c, f->parallel, 6, "maxParallelLaunches",
                     "Value must be 6 or greater.")) /* rule [model] */
        return -1;
    return f->count == ABSENT ? 0
                              : check_number(c, f->count, 1, "targetResourceCount",
                                             "Value must be positive."); /* [guess] */
}

/* Windows images are prepared by instances of the template; here it only has to be there. */
static int find_template(struct call *c, struct fast_launch *f)
{
    struct launch_template template;
    struct launch_template_version version;
    if (launch_template_own(c, f->template, f->template_name, &template)
        || launch_template_version(c, &template, f->template_version, &version))
        return -1;
    f->template = template.id;
    f->template_name = template.name;
    return 0;
}

static int start_change(struct call *c, struct fast_launch *f, const char *state, int64_t takes)
{
    f->state = state;
    f->reason = "Client.UserInitiated"; /* [guess] */
    f->changed = c->now;
    store_put(c, &fast_launch_schema, f);
    job_cancel(c, NULL, f->id);
    job_after(c, pace_delay(c, 20, takes), &job_fast_launch_changed, f->id, NULL);
    emit_noun(c, &fast_launch_schema, f, VIEW_DESCRIBED);
    return 0;
}

static int enable_fast_launch(struct call *c, const struct enable_fast_launch *in)
{
    struct fast_launch f = in->wanted;
    if (check_fast_launch(c, &f) || (in->has_template && find_template(c, &f)))
        return -1;
    f.id = fast_launch_id(c, f.image);
    f.owner = c->account;
    f.region = c->region;
    f.count = f.count == ABSENT ? 5 : f.count; /* in a structure that may be missing */
    return start_change(c, &f, "enabling", 15 * MINUTE_MS);
}

OPERATION(ec2, EnableFastLaunch, enable_fast_launch, .flags = OP_WRITES,
          .errors = "InvalidAMIID.NotFound InvalidAMIID.Unavailable InvalidParameterValue "
                    "UnsupportedOperation InvalidLaunchTemplateId.NotFound "
                    "InvalidLaunchTemplateName.NotFoundException "
                    "InvalidLaunchTemplateId.VersionNotFound InvalidParameterCombination",
          .effects = "fast launch of the image: enabling -> enabled");

struct disable_fast_launch {
    const char *image;
};

static const struct param disable_fast_launch_params[] = {
    { "ImageId", TEXT(struct disable_fast_launch, image), .flags = PARAM_REQUIRED, .id = "ami-" },
    { "Force", IGNORED(BOOL, "it forces what fails otherwise; here disabling never fails") },
    { 0 },
};

static int disable_fast_launch(struct call *c, const struct disable_fast_launch *in)
{
    struct fast_launch f;
    if (!store_own(c, &fast_launch_schema, fast_launch_id(c, in->image), &f)
        || text_is(f.state, "disabling"))
        return fail(c, E_FastLaunchOff, in->image);
    return start_change(c, &f, "disabling", 5 * MINUTE_MS);
}

OPERATION(ec2, DisableFastLaunch, disable_fast_launch, .flags = OP_WRITES,
          .errors = "InvalidRequest",
          .effects = "fast launch of the image: disabling, then it is gone");

static void fast_launch_changed(struct call *c, const char *subject)
{
    struct fast_launch f;
    if (!store_get(c, &fast_launch_schema, subject, &f))
        return;
    if (text_is(f.state, "disabling")) {
        store_remove(c, &fast_launch_schema, subject);
        return;
    }
    f.state = "enabled";
    f.changed = c->now;
    store_put(c, &fast_launch_schema, &f);
}

JOB(fast_launch_changed, .name = "fast_launch_changed");

/* ---- DescribeFastLaunchImages ---- */

static const struct param describe_fast_params[] = {
    { "ImageId", TEXTS(struct listing, ids), .id = "ami-" },
    { "Filter", FILTERS(struct listing, filters) },
    PAGING_BETWEEN(struct listing, page, 0, 200),
    { 0 },
};

static const struct describe fast_launch_list = {
    .schema = &fast_launch_schema,
    .set = "fastLaunchImageSet",
    .page = { .least = 1, .zero_is_all = true }, /* 0 means the most there is [guess] */
};

/* Identifiers choose here as a filter does: they go with pages, and none is missing. */
static int describe_fast_launch_images(struct call *c, const struct listing *in)
{
    struct list all = store_list(c, &fast_launch_schema, MINE, SQL_ARGS(MINE_ARGS(c)));
    struct list asked = LIST_AMONG(c->a, struct fast_launch, &all, image, &in->ids);
    return describe_items(c, &fast_launch_list, in, &asked);
}

OPERATION_AS(ec2, DescribeFastLaunchImages, describe_fast_launch_images, describe_fast_params,
             struct listing, .errors = "InvalidParameterValue");
