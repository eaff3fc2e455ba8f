/* Tags of parameters: they live with all other tags, under the parameter's own id. */
#include "base/text.h"
#include "call/errors.h"
#include "ops/ssm/ssm_parameter_request.h"
#include "reply/emit.h"
#include "store/tag_row.h"

#define MAX_TAGS 50

const struct param ssm_tag_params[] = {
    { "Key", TEXT(struct ssm_tag, key), .flags = PARAM_REQUIRED, .min = 1, .max = 128 },
    { "Value", TEXT(struct ssm_tag, value), .flags = PARAM_REQUIRED | PARAM_EMPTY, .max = 256 },
    { 0 },
};

int ssm_tags_put(struct call *c, const struct ssm_parameter *p, const struct list *tags)
{
    struct list plain = { 0 };
    LIST_EACH (struct ssm_tag, tag, tags)
        *list_add(c->a, &plain, struct tag) = (struct tag){ tag->key, tag->value };
    tags_put(c, "parameter", p->id, &plain);
    return tags_of(c, p->id).count > MAX_TAGS ? fail(c, E_SsmTooManyTags) : 0;
}

/* The order of the texts of refusals. */
static const char *const types[] = {
    "Document", "ManagedInstance", "MaintenanceWindow", "Parameter",   "PatchBaseline",
    "OpsItem",  "OpsMetadata",     "Automation",        "Association", "CloudConnector",
    NULL
};

struct tagged {
    const char *type, *id;
    struct list tags, keys; /* struct ssm_tag, const char * */
};

#define TAGGED                                                                                     \
    { "ResourceType", TEXT(struct tagged, type), .flags = PARAM_REQUIRED, .values = types },       \
    {                                                                                              \
        "ResourceId", TEXT(struct tagged, id), .flags = PARAM_REQUIRED                             \
    }

static const struct param add_tags_params[] = {
    TAGGED,
    { "Tags", LIST(struct tagged, tags, struct ssm_tag, ssm_tag_params), .flags = PARAM_REQUIRED,
      .max = 1000 },
    { 0 },
};

static const struct param remove_tags_params[] = {
    TAGGED,
    { "TagKeys", TEXTS(struct tagged, keys), .flags = PARAM_REQUIRED },
    { 0 },
};

static const struct param list_tags_params[] = { TAGGED, { 0 } };

/* Only an account's own parameters have tags here. */
static int find(struct call *c, const struct tagged *in, struct ssm_parameter *ret)
{
    if (!text_is(in->type, "Parameter"))
        return fail(c, E_SsmNotSimulated,
                    arena_printf(c->a, "tags of the type %s are not simulated", in->type));
    if (!ssm_parameter_find(c, in->id, ret) || ssm_parameter_is_public(ret))
        return fail(c, E_SsmResource);
    return 0;
}

static int add_tags(struct call *c, const struct tagged *in)
{
    struct ssm_parameter p;
    return find(c, in, &p) ? -1 : ssm_tags_put(c, &p, &in->tags);
}

static int remove_tags(struct call *c, const struct tagged *in)
{
    struct ssm_parameter p;
    if (find(c, in, &p))
        return -1;
    LIST_EACH (const char *, key, &in->keys)
        tags_remove(c, p.id, *key, NULL);
    return 0;
}

static int list_tags(struct call *c, const struct tagged *in)
{
    struct ssm_parameter p;
    if (find(c, in, &p))
        return -1;
    struct list tags = tags_of(c, p.id);
    emit_list(c, "TagList");
    LIST_EACH (struct tag, tag, &tags) {
        emit_item(c);
        emit_text(c, "Key", tag->key);
        emit_text(c, "Value", tag->value);
        emit_close(c);
    }
    emit_close(c);
    return 0;
}

OPERATION(ssm, AddTagsToResource, add_tags, add_tags_params, struct tagged, .flags = OP_WRITES,
          .errors = "InvalidResourceId TooManyTagsError ValidationException",
          .effects = "sets tags of a parameter; a value replaces the old one");

OPERATION(ssm, RemoveTagsFromResource, remove_tags, remove_tags_params, struct tagged,
          .flags = OP_WRITES, .errors = "InvalidResourceId ValidationException",
          .effects = "removes tags of a parameter; those that are not there do no harm");

OPERATION(ssm, ListTagsForResource, list_tags, list_tags_params, struct tagged,
          .errors = "InvalidResourceId ValidationException");
