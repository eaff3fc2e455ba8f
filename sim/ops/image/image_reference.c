/* DescribeImageReferences: which of the caller's resources name an image. */
#include "base/text.h"
#include "call/errors.h"
#include "call/op.h"
#include "ops/describe.h"
#include "ops/image/image_block_device.h"
#include "reply/emit.h"
#include "store/noun.h"
#include "world/image/image.h"
#include "world/instance/instance.h"
#include "world/ssm/ssm_parameter.h"

struct describe_image_references {
    struct list ids, types;
    enum tri all;
    struct paging page;
};

struct type_option {
    const char *name;
    struct list values;
};

struct type_wanted {
    const char *type;
    struct list options; /* struct type_option */
};

static const char *const types[] = { "ec2:Instance",
                                     "ec2:LaunchTemplate",
                                     "ssm:Parameter",
                                     "imagebuilder:ImageRecipe",
                                     "imagebuilder:ContainerRecipe",
                                     NULL };
static const char *const option_names[] = { "state-name", "version-depth", NULL };

static const struct param option_params[] = {
    { "OptionName", TEXT(struct type_option, name), .values = option_names },
    { "OptionValue", TEXTS(struct type_option, values) },
    { 0 },
};

static const struct param type_params[] = {
    { "ResourceType", TEXT(struct type_wanted, type), .values = types },
    { "ResourceTypeOption", LIST(struct type_wanted, options, struct type_option, option_params) },
    { 0 },
};

static const struct param describe_image_references_params[] = {
    { "ImageId", TEXTS(struct describe_image_references, ids), .flags = PARAM_REQUIRED,
      .id = "ami-", .min = 1, .max = 10 },
    { "IncludeAllResourceTypes", BOOL(struct describe_image_references, all) },
    { "ResourceType",
      LIST(struct describe_image_references, types, struct type_wanted, type_params) },
    PAGING(struct describe_image_references, page),
    { 0 },
};

static int check_option(struct call *c, const char *type, const struct type_option *o)
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

static int check(struct call *c, const struct describe_image_references *in)
{
    if (in->all != YES && !in->types.count)
        return fail(c, E_ReferencesNoType);
    LIST_EACH (struct type_wanted, t, &in->types) {
        if (!t->type)
            return fail(c, E_MissingParameter, "ResourceType");
        LIST_EACH (struct type_option, o, &t->options) {
            if (check_option(c, t->type, o))
                return -1;
        }
    }
    return 0;
}

static const struct type_wanted *wanted(const struct describe_image_references *in,
                                        const char *type)
{
    LIST_EACH (struct type_wanted, t, &in->types) {
        if (text_is(t->type, type))
            return t;
    }
    return NULL;
}

static const struct list *option_values(const struct type_wanted *t, const char *name)
{
    if (!t)
        return NULL;
    LIST_EACH (struct type_option, o, &t->options) {
        if (text_is(o->name, name) && o->values.count)
            return &o->values;
    }
    return NULL;
}

/* ---- Finding ---- */

struct reference {
    const char *image, *type, *arn;
};

static void add(struct call *c, struct list *to, const char *image, const char *type,
                const char *arn)
{
    *list_add(c->a, to, struct reference) =
        (struct reference){ .image = image, .type = type, .arn = arn };
}

static void add_instances(struct call *c, const char *image, const struct list *states,
                          struct list *to)
{
    struct instance i;
    struct cursor *cur = store_find(c, &instance_schema, "image = ?3" AND_MINE,
                                    SQL_ARGS(MINE_ARGS(c), SQL_TEXT(image)));
    while (cursor_next(cur, &i)) {
        if ((!states || strs_have(states, i.state)) && instance_prepare(c, &i))
            add(c, to, image, "ec2:Instance",
                arena_printf(c->a, "arn:aws:ec2:%s:%s:instance/%s", c->region, c->account, i.id));
    }
}

/* Templates one of whose newest versions names the image. */
static void add_templates(struct call *c, const char *image, const struct list *depth,
                          struct list *to)
{
    int64_t versions = 10; /* [model] */
    if (depth)
        text_int(*list_at(depth, const char *, 0), &versions);
    struct rows *r = store_query(
        c->store,
        "SELECT DISTINCT t.id FROM launch_template t JOIN launch_template_version v"
        " ON v.template = t.id WHERE t.region = ?1 AND t.owner = ?2"
        " AND json_extract(v.data, '$.ImageId') = ?3 AND (SELECT count(*) FROM"
        " launch_template_version w WHERE w.template = t.id AND w.number > v.number) < ?4"
        " ORDER BY t.rowid",
        SQL_ARGS(MINE_ARGS(c), SQL_TEXT(image), SQL_INT(versions)));
    while (rows_next(r))
        add(c, to, image, "ec2:LaunchTemplate",
            arena_printf(c->a, "arn:aws:ec2:%s:%s:launch-template/%s", c->region, c->account,
                         rows_text(r, 0, c->a)));
}

/* Only parameters of the data type aws:ec2:image count as references [guide]. */
static void add_parameters(struct call *c, const char *image, const struct list *own,
                           struct list *to)
{
    LIST_EACH (struct ssm_parameter, p, own) {
        if (text_is(p->data_type, "aws:ec2:image") && text_is(p->value, image))
            add(c, to, image, "ssm:Parameter", p->arn);
    }
}

/* Image Builder is not simulated: nobody has recipes. */
static struct list find_references(struct call *c, const struct describe_image_references *in)
{
    struct list found = { 0 }, parameters = ssm_parameters_own(c);
    const struct type_wanted *instances = wanted(in, "ec2:Instance");
    LIST_EACH (const char *, id, &in->ids) {
        if (in->all == YES || instances)
            add_instances(c, *id, option_values(instances, "state-name"), &found);
        const struct type_wanted *templates = wanted(in, "ec2:LaunchTemplate");
        if (in->all == YES || templates)
            add_templates(c, *id, option_values(templates, "version-depth"), &found);
        if (in->all == YES || wanted(in, "ssm:Parameter"))
            add_parameters(c, *id, &parameters, &found);
    }
    return found;
}

static int describe_image_references(struct call *c, const struct describe_image_references *in)
{
    const char *token;
    if (check(c, in))
        return -1;
    struct list found = find_references(c, in);
    if (page_cut(c, NULL, &in->page, &found, sizeof(struct reference), &token))
        return -1;
    page_emit_next(c, token);
    emit_list(c, "imageReferenceSet");
    LIST_EACH (struct reference, r, &found) {
        emit_item(c);
        emit_text(c, "imageId", r->image);
        emit_text(c, "resourceType", r->type);
        emit_text(c, "arn", r->arn);
        emit_close(c);
    }
    emit_close(c);
    return 0;
}

OPERATION(ec2, DescribeImageReferences, describe_image_references,
          .errors = "InvalidAMIID.Malformed MissingParameter InvalidParameterValue");
