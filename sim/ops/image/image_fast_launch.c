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

#define BY_USER "Client.UserInitiated" /* [guess] */

struct snapshot_configuration {
    int64_t count;
};

static const struct param snapshot_configuration_params[] = {
    { "TargetResourceCount", INT(struct snapshot_configuration, count) },
    { 0 },
};

struct template_wanted {
    const char *id, *name, *version;
};

static const struct param template_wanted_params[] = {
    { "LaunchTemplateId", TEXT(struct template_wanted, id) },
    { "LaunchTemplateName", TEXT(struct template_wanted, name) },
    { "Version", TEXT(struct template_wanted, version), .flags = PARAM_REQUIRED },
    { 0 },
};

struct enable_fast_launch {
    const char *image, *type;
    struct snapshot_configuration snapshots;
    bool has_template;
    struct template_wanted template;
    int64_t parallel;
};

static const char *const only_snapshot[] = { "snapshot", NULL };

static const struct param enable_fast_launch_params[] = {
    { "ImageId", TEXT(struct enable_fast_launch, image), .flags = PARAM_REQUIRED, .id = "ami-" },
    { "ResourceType", TEXT(struct enable_fast_launch, type), .values = only_snapshot },
    { "SnapshotConfiguration",
      STRUCT(struct enable_fast_launch, snapshots, snapshot_configuration_params) },
    { "LaunchTemplate", STRUCT(struct enable_fast_launch, template, template_wanted_params),
      .there = offsetof(struct enable_fast_launch, has_template) },
    { "MaxParallelLaunches", INT(struct enable_fast_launch, parallel), .otherwise = "6" },
    { 0 },
};

static const char *id_of(struct call *c, const char *image)
{
    return arena_printf(c->a, "%s/%s", c->account, image);
}

/* Own or shared, and Windows [model]. */
static int check(struct call *c, const struct enable_fast_launch *in, struct image *ret)
{
    if (!image_find(c, in->image, ret) || !image_visible(c, ret))
        return fail(c, E_ImageNotFound, in->image);
    if (!text_is(ret->state, "available"))
        return fail(c, E_ImageState, in->image, ret->state);
    if (!text_is(ret->machine.platform, "windows"))
        return fail(c, E_FastLaunchPlatform, in->image);
    if (in->parallel < 6)
        return fail(c, E_ValueInvalid, arena_printf(c->a, "%lld", (long long)in->parallel),
                    "maxParallelLaunches", "Value must be 6 or greater."); /* rule [model] */
    if (in->snapshots.count != ABSENT && in->snapshots.count < 1)
        return fail(c, E_ValueInvalid, arena_printf(c->a, "%lld", (long long)in->snapshots.count),
                    "targetResourceCount", "Value must be positive."); /* [guess] */
    return 0;
}

/* Windows images are prepared by instances of the template; here it only has to be there. */
static int find_template(struct call *c, const struct enable_fast_launch *in,
                         struct launch_template *ret)
{
    struct launch_template_version version;
    if (!in->has_template)
        return 0;
    return launch_template_own(c, in->template.id, in->template.name, ret)
           || launch_template_version(c, ret, in->template.version, &version);
}

static int enable_fast_launch(struct call *c, const struct enable_fast_launch *in)
{
    struct image image;
    struct launch_template template = { 0 };
    if (check(c, in, &image) || find_template(c, in, &template))
        return -1;
    struct fast_launch f = { .id = id_of(c, image.id),
                             .image = image.id,
                             .owner = c->account,
                             .region = c->region,
                             .type = "snapshot",
                             .template = template.id,
                             .template_name = template.name,
                             .template_version = in->has_template ? in->template.version : NULL,
                             .count = in->snapshots.count == ABSENT ? 5 : in->snapshots.count,
                             .parallel = in->parallel,
                             .state = "enabling",
                             .reason = BY_USER,
                             .changed = c->now };
    store_put(c, &fast_launch_schema, &f);
    job_cancel(c, NULL, f.id);
    job_after(c, pace_delay(c, 20, 15 * MINUTE_MS), &job_fast_launch_changed, f.id, NULL);
    emit_noun(c, &fast_launch_schema, &f, VIEW_DESCRIBED);
    return 0;
}

OPERATION(ec2, EnableFastLaunch, enable_fast_launch, .flags = OP_WRITES,
          .errors = "InvalidAMIID.Malformed InvalidAMIID.NotFound InvalidAMIID.Unavailable "
                    "InvalidParameterValue UnsupportedOperation "
                    "InvalidLaunchTemplateId.NotFound InvalidLaunchTemplateName.NotFoundException "
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
    if (!store_get(c, &fast_launch_schema, id_of(c, in->image), &f) || !text_is(f.region, c->region)
        || text_is(f.state, "disabling"))
        return fail(c, E_FastLaunchOff, in->image);
    f.state = "disabling";
    f.reason = BY_USER;
    f.changed = c->now;
    store_put(c, &fast_launch_schema, &f);
    job_cancel(c, NULL, f.id);
    job_after(c, pace_delay(c, 20, 5 * MINUTE_MS), &job_fast_launch_changed, f.id, NULL);
    emit_noun(c, &fast_launch_schema, &f, VIEW_DESCRIBED);
    return 0;
}

OPERATION(ec2, DisableFastLaunch, disable_fast_launch, .flags = OP_WRITES,
          .errors = "InvalidAMIID.Malformed InvalidRequest",
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
    .visible = MINE " AND (?3 IS NULL OR image IN (SELECT value FROM json_each(?3)))",
    .page = { .least = 1, .zero_is_all = true }, /* 0 means the most there is [guess] */
};

/* Identifiers choose here as a filter does: they go with pages, and none is missing. */
static int describe_fast_launch_images(struct call *c, const struct listing *in)
{
    const char *asked = NULL;
    struct listing all = { .filters = in->filters, .page = in->page };
    if (in->ids.count) {
        struct value *ids = value_new(c->a, VALUE_LIST);
        LIST_EACH (const char *, id, &in->ids)
            value_add_text(c->a, ids, NULL, *id);
        asked = value_to_json(c->a, ids, 0);
    }
    return describe_with(c, &fast_launch_list, &all, SQL_ARGS(MINE_ARGS(c), SQL_TEXT(asked)));
}

OPERATION_AS(ec2, DescribeFastLaunchImages, describe_fast_launch_images, describe_fast_params,
             struct listing,
             .errors = "InvalidAMIID.Malformed InvalidParameterValue InvalidParameterCombination");
