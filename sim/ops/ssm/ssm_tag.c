/* Tags of parameters: they live with all other tags, under the parameter's own id. */
#include "base/text.h"
#include "call/errors.h"
#include "ops/ssm/ssm_parameter_request.h"
#include "store/tag_row.h"

static int ssm_tag_refuse(struct call *c, enum tag_problem what, const char *key)
{
    (void)key;
    return what == TAG_TOO_MANY ? fail(c, E_SsmTooManyTags) : 0;
}

const struct tag_words ssm_tag_words = {
    .rows = { { "Key", TEXT(struct tag, key), .flags = PARAM_REQUIRED, .min = 1, .max = 128 },
              { "Value", TEXT(struct tag, value), .flags = PARAM_REQUIRED | PARAM_EMPTY,
                .max = 256 },
              { 0 } },
    .most = 50,
    .refuse = ssm_tag_refuse,
};

const char *ssm_tag_value(struct call *c, const char *resource, const char *key)
{
    struct list tags = tags_of(c, resource);
    const struct tag *tag = LIST_FIND(struct tag, &tags, key, key);
    return tag ? tag->value : NULL;
}

/* The order of the texts of refusals. */
static const char *const types[] = {
    "Document", "ManagedInstance", "MaintenanceWindow", "Parameter",   "PatchBaseline",
    "OpsItem",  "OpsMetadata",     "Automation",        "Association", "CloudConnector",
    NULL
};

/* Only an account's own parameters have tags here. */
static int tagged_parameter(struct call *c, const struct tag_request *in, const char **ret_resource)
{
    struct ssm_parameter p;
    if (!text_is(in->type, "Parameter"))
        return fail(c, E_JsonNotSimulated,
                    arena_printf(c->a, "tags of the type %s are not simulated", in->type));
    if (!ssm_parameter_find(c, in->id, &p) || ssm_parameter_is_public(&p))
        return fail(c, E_SsmResource);
    *ret_resource = p.id;
    return 0;
}

const struct tag_family ssm_tags = {
    .type = "parameter",
    .list = "TagList",
    .words = &ssm_tag_words,
    .page = { .unpaged = true },
    .find = tagged_parameter,
};

#define RESOURCE                                                                                   \
    { "ResourceType", TEXT(struct tag_request, type), .flags = PARAM_REQUIRED, .values = types },  \
    {                                                                                              \
        "ResourceId", TEXT(struct tag_request, id), .flags = PARAM_REQUIRED                        \
    }

static const struct param add_params[] = {
    RESOURCE,
    { "Tags", TAGS(struct tag_request, tags, ssm_tag_words), .flags = PARAM_REQUIRED, .max = 1000 },
    { 0 },
};

TAG_OPERATION(ssm, AddTagsToResource, service_tag, add_params, ssm_tags, .flags = OP_WRITES,
              .errors = "InvalidResourceId TooManyTagsError ValidationException",
              .effects = "sets tags of a parameter; a value replaces the old one");

static const struct param remove_params[] = {
    RESOURCE,
    { "TagKeys", TEXTS(struct tag_request, keys), .flags = PARAM_REQUIRED },
    { 0 },
};

TAG_OPERATION(ssm, RemoveTagsFromResource, service_untag, remove_params, ssm_tags,
              .flags = OP_WRITES, .errors = "InvalidResourceId ValidationException",
              .effects = "removes tags of a parameter; those that are not there do no harm");

static const struct param list_params[] = { RESOURCE, { 0 } };

TAG_OPERATION(ssm, ListTagsForResource, service_list_tags, list_params, ssm_tags,
              .errors = "InvalidResourceId ValidationException");
