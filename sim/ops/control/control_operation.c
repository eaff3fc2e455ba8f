/* --operations: the declarations as JSON, for tests, documentation and the curious. */
#include "ops/control/control.h"

#include "ops/tag.h"
#include "request/request.h"

static const char *param_type_name(enum param_type type)
{
    static const char *const names[] = {
        [PARAM_TEXT] = "string",      [PARAM_INT] = "integer", [PARAM_BOOL] = "boolean",
        [PARAM_TIME] = "timestamp",   [PARAM_BLOB] = "blob",   [PARAM_TEXTS] = "strings",
        [PARAM_STRUCT] = "structure", [PARAM_LIST] = "list",   [PARAM_TREE] = "document"
    };
    return names[type];
}

static const char *operation_protocol(enum protocol p)
{
    static const char *const names[] = { [PROTOCOL_EC2] = "ec2",
                                         [PROTOCOL_QUERY] = "query",
                                         [PROTOCOL_JSON] = "json",
                                         [PROTOCOL_REST] = "rest-json",
                                         [PROTOCOL_CONTROL] = "control" };
    return names[p];
}

static void add_flags(struct arena *a, struct value *v, const struct param *p)
{
    if (p->flags & PARAM_REQUIRED)
        value_add_bool(a, v, "required", true);
    if (p->flags & PARAM_REFUSED)
        value_add_bool(a, v, "refused", true);
    if (p->flags & PARAM_IGNORED)
        value_add_bool(a, v, "ignored", true);
    const char *place = p->flags & PARAM_PATH     ? "path"
                        : p->flags & PARAM_QUERY  ? "query"
                        : p->flags & PARAM_HEADER ? "header"
                        : p->flags & PARAM_BODY   ? "body"
                                                  : NULL;
    if (place)
        value_add_text(a, v, "in", place);
    if (p->why)
        value_add_text(a, v, "why", p->why);
}

static void add_params(struct arena *a, struct value *parent, const char *key,
                       const struct param *params)
{
    struct value *list = value_add_new(a, parent, key, VALUE_LIST);
    for (const struct param *p = params; p->name; p++) {
        struct value *v = value_add_new(a, list, NULL, VALUE_MAP);
        value_add_text(a, v, "name", p->name);
        value_add_text(a, v, "type", param_type_name(p->type));
        add_flags(a, v, p);
        if (p->max) {
            value_add_int(a, v, "min", p->min);
            value_add_int(a, v, "max", p->max);
        }
        if (p->otherwise)
            value_add_text(a, v, "default", p->otherwise);
        if (p->id)
            value_add_text(a, v, "id", p->id);
        if (p->taggable)
            value_add_text(a, v, "taggable", p->taggable);
        struct value *values = p->values ? value_add_new(a, v, "values", VALUE_LIST) : NULL;
        for (const char *const *choice = p->values; choice && *choice; choice++)
            value_add_text(a, values, NULL, *choice);
        if (p->of)
            add_params(a, v, "members", p->of);
    }
}

static struct list codes_of(struct arena *a, const struct contents *contents, const struct op *op)
{
    struct list codes = errors_of(a, op);
    if (!(op->flags & OP_NAMES_TAGGABLES))
        return codes;
    for (const struct taggable *t = contents->taggables; t->prefix; t++) {
        if (!strs_have(&codes, t->missing_code))
            strs_add(a, &codes, t->missing_code);
    }
    return codes;
}

static void add_op(struct arena *a, struct value *list, const struct contents *contents,
                   const struct op *op)
{
    struct value *v = value_add_new(a, list, NULL, VALUE_MAP);
    value_add_text(a, v, "service", op->service->name);
    value_add_text(a, v, "protocol", operation_protocol(op->service->protocol));
    value_add_text(a, v, "name", op->name);
    if (op->route)
        value_add_text(a, v, "route", op->route);
    value_add_bool(a, v, "writes", op->flags & (OP_WRITES | OP_CHANGES));
    if (op->service->protocol == PROTOCOL_EC2)
        value_add_bool(a, v, "dry_run", !(op->flags & OP_NO_DRYRUN));
    struct list errors = codes_of(a, contents, op);
    if (errors.count)
        value_add_text(a, v, "errors", strs_join(a, &errors, " "));
    if (op->effects)
        value_add_text(a, v, "effects", op->effects);
    add_params(a, v, "parameters", op->params);
}

/* What every operation of a protocol can answer. */
static void add_common(struct arena *a, struct value *root)
{
    struct value *common = value_add_new(a, root, "common_errors", VALUE_MAP);
    for (enum protocol p = PROTOCOL_EC2; p <= PROTOCOL_CONTROL; p++) {
        struct value *codes = value_add_new(a, common, operation_protocol(p), VALUE_LIST);
        for (const char *const *code = errors_common(p); *code; code++)
            value_add_text(a, codes, NULL, *code);
    }
}

char *ops_json(struct arena *a, const struct contents *contents)
{
    struct value *root = value_new(a, VALUE_MAP);
    add_common(a, root);
    struct value *list = value_add_new(a, root, "operations", VALUE_LIST);
    for (size_t i = 0; i < contents->op_count; i++)
        add_op(a, list, contents, contents->ops[i]);
    return value_to_json(a, root, JSON_PRETTY);
}
