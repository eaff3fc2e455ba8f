/* Resource Groups Tagging API: tags on many resources at once. Each is set by the operation that
 * its own service has for that, and what that refuses is told for the one resource. */
#include "base/text.h"
#include "call/errors.h"
#include "ops/tagging/tagging_arn.h"
#include "reply/emit.h"
#include "request/request.h"
#include "scenario/fault.h"

struct tag_resources {
    struct list arns; /* const char * */
    const struct value *tags; /* a map of texts */
    struct list keys; /* const char *: to be removed */
};

#define ARNS                                                                                       \
    {                                                                                              \
        "ResourceARNList", TEXTS(struct tag_resources, arns), .flags = PARAM_REQUIRED, .min = 1,   \
                                                              .max = 20                            \
    }

/* ---- The operation of the service ---- */

static void add_tag(struct call *c, const struct tagging_kind *kind, struct value *list,
                    const char *key, const char *value)
{
    struct value *tag = value_add_new(c->a, list, NULL, VALUE_MAP);
    value_add_text(c->a, tag, kind->key, key);
    if (value)
        value_add_text(c->a, tag, kind->value, value);
}

static struct value *native_input(struct call *c, const struct tagging_kind *kind,
                                  const struct tagging_arn *arn, const struct tag_resources *in)
{
    struct value *input = value_new(c->a, VALUE_MAP);
    const char *name = in->tags || !kind->keys ? kind->tags : kind->keys;
    kind->name(c, arn, input);
    struct value *list = value_add_new(c->a, input, name, VALUE_LIST);
    for (const struct value *v = in->tags ? in->tags->first : NULL; v; v = v->next)
        add_tag(c, kind, list, v->key, v->type == VALUE_TEXT ? v->text : "");
    LIST_EACH (const char *, key, &in->keys) {
        if (kind->keys)
            value_add_text(c->a, list, NULL, *key);
        else
            add_tag(c, kind, list, *key, NULL);
    }
    return input;
}

/* Ends with an outcome of its own, in *ret. */
static void perform_native(struct call *c, const struct tagging_kind *kind,
                           const struct tagging_arn *arn, const struct tag_resources *in,
                           struct outcome *ret)
{
    struct call native = *c;
    native.op = op_find(c->sim, kind->service, in->tags ? kind->tag : kind->untag);
    native.input = native_input(c, kind, arn, in);
    native.outcome = (struct outcome){ 0 };
    native.fault = arena_new(c->a, struct fault);
    c->sim->perform(&native);
    *ret = native.outcome;
}

/* ---- One resource ---- */

static int set_one(struct call *c, const struct tagging_arn *arn, const struct tag_resources *in,
                   struct outcome *ret)
{
    struct call asked = *c;
    const struct tagging_kind *kind = tagging_kind_of(c, arn);
    asked.outcome = (struct outcome){ 0 };
    if (kind && tagging_arn_is_own(c, arn))
        perform_native(c, kind, arn, in, ret);
    else if (kind)
        fail(&asked, E_TaggingNotOwn, arn->whole);
    else if (text_is(arn->service, service_ec2.name))
        fail(&asked, E_TaggingEc2Type, arn->type);
    else
        fail(&asked, E_TaggingNotSimulated, arn->service, arn->type);
    if (asked.outcome.code)
        *ret = asked.outcome;
    return ret->status == 500 ? fail(c, E_InternalError) : 0;
}

static int set_tags(struct call *c, const struct tag_resources *in)
{
    struct list arns = { 0 };
    LIST_EACH (const char *, text, &in->arns) {
        struct tagging_arn arn;
        if (tagging_arn_read(c, *text, &arn))
            return -1;
        if (!LIST_FIND(struct tagging_arn, &arns, whole, *text))
            *list_add(c->a, &arns, struct tagging_arn) = arn;
    }
    emit_open(c, "FailedResourcesMap");
    LIST_EACH (struct tagging_arn, arn, &arns) {
        struct outcome outcome = { 0 };
        if (set_one(c, arn, in, &outcome))
            return -1;
        if (!outcome.code)
            continue;
        emit_open(c, arn->whole);
        emit_int(c, "StatusCode", outcome.status);
        emit_text(c, "ErrorCode", outcome.code);
        emit_text(c, "ErrorMessage", outcome.message);
        emit_close(c);
    }
    emit_close(c);
    return 0;
}

/* ---- TagResources ---- */

static const struct param tag_resources_params[] = {
    ARNS,
    { "Tags", TREE(struct tag_resources, tags), .flags = PARAM_REQUIRED },
    { 0 },
};

/* The table knows no maps of texts: in the words that it has for everything else. */
static int check_tags(struct call *c, const struct value *tags)
{
    if (tags->type != VALUE_MAP)
        return fail(c, 400, "SerializationException", "%s", "");
    if (!tags->count || tags->count > 50)
        return fail(c, E_TaggingTagCount, tags->count ? "less" : "greater", tags->count ? 50 : 1);
    for (const struct value *v = tags->first; v; v = v->next) {
        if (v->type != VALUE_TEXT && v->type != VALUE_NULL)
            return fail(c, 400, "SerializationException", "%s", "");
        if (!*v->key || text_characters(v->key) > 128)
            return fail(c, E_TaggingKeyLength);
        if (v->type == VALUE_TEXT && text_characters(v->text) > 256)
            return fail(c, E_TaggingValueLength);
    }
    return 0;
}

static int tag_resources(struct call *c, const struct tag_resources *in)
{
    return check_tags(c, in->tags) ? -1 : set_tags(c, in);
}

OPERATION(tagging, TagResources, tag_resources, .flags = OP_WRITES,
          .errors = "InvalidParameterException",
          .effects = "sets tags as the services of the resources do, on each that takes them");

/* ---- UntagResources ---- */

static const struct param untag_resources_params[] = {
    ARNS,
    { "TagKeys", TEXTS(struct tag_resources, keys), .flags = PARAM_REQUIRED, .min = 1, .max = 50 },
    { 0 },
};

OPERATION_AS(tagging, UntagResources, set_tags, untag_resources_params, struct tag_resources,
             .flags = OP_WRITES, .errors = "InvalidParameterException",
             .effects = "removes tags as the services of the resources do; those that are not there"
                        " do no harm");
