/* DescribeImageReferences: which of the caller's resources name an image. */
#include "base/text.h"
#include "call/errors.h"
#include "call/op.h"
#include "ops/describe.h"
#include "world/image/image_usage_report.h"
#include "world/instance/instance.h"
#include "world/instance/launch_template.h"
#include "world/ssm/ssm_parameter.h"

struct describe_image_references {
    struct list ids, types;
    enum tri all;
    struct paging page;
};

static const char *const types[] = { "ec2:Instance",
                                     "ec2:LaunchTemplate",
                                     "ssm:Parameter",
                                     "imagebuilder:ImageRecipe",
                                     "imagebuilder:ContainerRecipe",
                                     NULL };
static const char *const option_names[] = { "state-name", "version-depth", NULL };

static const struct param option_params[] = {
    { "OptionName", TEXT(struct usage_option, name), .values = option_names },
    { "OptionValue", TEXTS(struct usage_option, values) },
    { 0 },
};

static const struct param type_params[] = {
    { "ResourceType", TEXT(struct usage_type, type), .values = types },
    { "ResourceTypeOption", LIST(struct usage_type, options, struct usage_option, option_params) },
    { 0 },
};

static const struct param describe_image_references_params[] = {
    { "ImageId", TEXTS(struct describe_image_references, ids), .flags = PARAM_REQUIRED,
      .id = "ami-", .min = 1, .max = 10 },
    { "IncludeAllResourceTypes", BOOL(struct describe_image_references, all) },
    { "ResourceType",
      LIST(struct describe_image_references, types, struct usage_type, type_params) },
    PAGING(struct describe_image_references, page),
    { 0 },
};

static int check_option(struct call *c, const char *type, const struct usage_option *o)
{
    static const char *const states[] = { "pending",    "running",  "shutting-down",
                                          "terminated", "stopping", "stopped",
                                          NULL };
    bool is_state = text_is(o->name, "state-name");
    int64_t n;
    if (!text_is(type, is_state ? "ec2:Instance" : "ec2:LaunchTemplate"))
        return fail(c, E_ResourceTypeOption, o->name ? o->name : "", "optionName", type);
    LIST_EACH (const char *, value, &o->values) {
        if (is_state ? !text_any(*value, states) : !text_int(*value, &n) || n < 1 || n > 10000)
            return fail(c, E_ResourceTypeOption, *value, "optionValue", type);
    }
    return 0;
}

static int check_references(struct call *c, const struct describe_image_references *in)
{
    if (in->all != YES && !in->types.count)
        return fail(c, E_ReferencesNoType);
    LIST_EACH (struct usage_type, t, &in->types) {
        if (!t->type)
            return fail(c, E_MissingParameter, "ResourceType");
        LIST_EACH (struct usage_option, o, &t->options) {
            if (check_option(c, t->type, o))
                return -1;
        }
    }
    return 0;
}

/* ---- Finding ---- */

struct reference {
    const char *image, *type, *arn;
};

static const struct schema reference_schema = {
    .name = "reference",
    .size = sizeof(struct reference),
    .fields = (const struct field[]){ { TEXT_FIELD(struct reference, image), .xml = "imageId" },
                                      { TEXT_FIELD(struct reference, type), .xml = "resourceType" },
                                      { TEXT_FIELD(struct reference, arn), .xml = "arn" },
                                      { 0 } },
};

static void add_reference(struct call *c, struct list *to, const char *image, const char *type,
                          const char *arn)
{
    *list_add(c->a, to, struct reference) = (struct reference){ image, type, arn };
}

static void add_instances(struct call *c, const char *image, const struct list *states,
                          struct list *to)
{
    struct list all = image_instances(c, image, c->account);
    LIST_EACH (struct instance, i, &all) {
        if ((!states || strs_have(states, i->state)) && instance_prepare(c, i))
            add_reference(
                c, to, image, "ec2:Instance",
                arena_printf(c->a, "arn:aws:ec2:%s:%s:instance/%s", c->region, c->account, i->id));
    }
}

static void add_templates(struct call *c, const char *image, int64_t depth, struct list *to)
{
    struct list all = image_templates(c, image, c->account, depth);
    LIST_EACH (struct launch_template, t, &all)
        add_reference(c, to, image, "ec2:LaunchTemplate",
                      arena_printf(c->a, "arn:aws:ec2:%s:%s:launch-template/%s", c->region,
                                   c->account, t->id));
}

/* Only parameters of the data type aws:ec2:image count as references [guide]. */
static void add_parameters(struct call *c, const char *image, const struct list *own,
                           struct list *to)
{
    LIST_EACH (struct ssm_parameter, p, own) {
        if (text_is(p->data_type, "aws:ec2:image") && text_is(p->value, image))
            add_reference(c, to, image, "ssm:Parameter", p->arn);
    }
}

/* Image Builder is not simulated: nobody has recipes. */
static struct list find_references(struct call *c, const struct describe_image_references *in)
{
    struct list found = { 0 }, parameters = ssm_parameters_own(c);
    const struct usage_type *instances =
        LIST_FIND(struct usage_type, &in->types, type, "ec2:Instance");
    const struct usage_type *templates =
        LIST_FIND(struct usage_type, &in->types, type, "ec2:LaunchTemplate");
    int64_t depth = usage_version_depth(templates, 10); /* [model] */
    bool all = in->all == YES;
    LIST_EACH (const char *, id, &in->ids) {
        if (all || instances)
            add_instances(c, *id, usage_option_values(instances, "state-name"), &found);
        if (all || templates)
            add_templates(c, *id, depth, &found);
        if (all || LIST_FIND(struct usage_type, &in->types, type, "ssm:Parameter"))
            add_parameters(c, *id, &parameters, &found);
    }
    return found;
}

static const struct describe reference_list = { .schema = &reference_schema,
                                                .set = "imageReferenceSet" };

static int describe_image_references(struct call *c, const struct describe_image_references *in)
{
    if (check_references(c, in))
        return -1;
    struct list found = find_references(c, in);
    return describe_items(c, &reference_list, &(struct listing){ .page = in->page }, &found);
}

OPERATION(ec2, DescribeImageReferences, describe_image_references,
          .errors = "InvalidParameterValue");
