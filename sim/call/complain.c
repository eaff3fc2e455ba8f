/* What decode.c found wrong, in the words of EC2, of the JSON services and of files. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "call/decode.h"
#include "call/errors.h"
#include "call/id.h"

static const char *given(struct call *c, const struct value *v)
{
    if (!v)
        return "";
    if (v->type == VALUE_INT)
        return arena_printf(c->a, "%lld", (long long)v->number);
    return v->type == VALUE_TEXT   ? v->text
           : v->type == VALUE_BOOL ? (v->flag ? "true" : "false")
                                   : "";
}

/* The name in messages: "maxResults" for MaxResults. */
static const char *shown_name(struct call *c, const struct param *p)
{
    return p->shape ? p->shape : text_lower_camel(c->a, p->name);
}

static const char *choices(struct call *c, const struct param *p, const char *between)
{
    struct list all = { 0 };
    for (const char *const *choice = p->values; *choice; choice++)
        strs_add(c->a, &all, *choice);
    return strs_join(c->a, &all, between);
}

static const char *type_name(const struct param *p)
{
    switch (p->type) {
    case PARAM_INT:
        return "an integer";
    case PARAM_BOOL:
        return "a boolean";
    case PARAM_TIME:
        return "a time (ISO 8601)";
    case PARAM_BLOB:
        return "base64 text";
    case PARAM_TEXTS:
    case PARAM_LIST:
        return "a list";
    case PARAM_STRUCT:
        return "a structure";
    default:
        return "a text";
    }
}

static const char *limits(struct call *c, const struct param *p)
{
    return arena_printf(c->a, "%lld and %lld", (long long)p->min, (long long)p->max);
}

int complain_ec2(struct call *c, enum decode_problem what, const struct param *p, const char *name,
                 const struct value *at)
{
    const char *shown = p ? shown_name(c, p) : name;
    switch (what) {
    case DECODE_UNKNOWN:
        return fail(c, E_UnknownParameter, name);
    case DECODE_REFUSED:
        return fail(c, E_NotSimulated, name, p->why);
    case DECODE_MISSING:
        return fail(c, E_MissingParameter, p->shape ? p->shape : name);
    case DECODE_ID:
        return id_check(c, p->id, given(c, at));
    case DECODE_CHOICE:
        return fail(c, E_ValueInvalid, given(c, at), shown,
                    arena_printf(c->a, "Valid values are: %s.", choices(c, p, ", ")));
    case DECODE_PATTERN:
        return fail(c, E_ValueInvalid, given(c, at), shown,
                    arena_printf(c->a, "It must match %s.", p->pattern));
    case DECODE_RANGE:
        return fail(c, E_ValueInvalid, given(c, at), shown,
                    arena_printf(c->a, "Specify a value between %s.", limits(c, p)));
    case DECODE_LENGTH:
        if (p->type == PARAM_TEXTS || p->type == PARAM_LIST)
            return fail(c, E_ParameterValue,
                        arena_printf(c->a,
                                     "The number of items for parameter %s must be between %s.",
                                     shown, limits(c, p)));
        return fail(c, E_ValueInvalid, given(c, at), shown,
                    p->min ? arena_printf(c->a, "Length must be between %s.", limits(c, p))
                           : arena_printf(c->a, "It exceeds %lld characters", (long long)p->max));
    case DECODE_TYPE:
        break;
    }
    return fail(c, E_ValueInvalid, given(c, at), shown,
                arena_printf(c->a, "Expected %s.", type_name(p)));
}

static int validation(struct call *c, const char *value, const char *member, const char *constraint)
{
    bool query = c->op && c->op->service->protocol == PROTOCOL_QUERY;
    return fail(c, 400, query ? "ValidationError" : "ValidationException",
                "1 validation error detected: Value %sat '%s' failed to satisfy constraint: %s",
                value, member, constraint);
}

/* The offender with a blank behind it. SSM shows no numbers and nothing for empty texts; KMS shows
 * all [recorded]. */
static const char *offender(struct call *c, const struct param *p, const struct value *at)
{
    if (!at)
        return "null ";
    bool shown = p && p->type == PARAM_TEXT && *given(c, at);
    bool newer = c->op && c->op->service == &service_ssm;
    return shown || !newer ? arena_printf(c->a, "'%s' ", given(c, at)) : "";
}

int complain_json(struct call *c, enum decode_problem what, const struct param *p, const char *name,
                  const struct value *at)
{
    const char *quoted = offender(c, p, at);
    const char *shown = p ? shown_name(c, p) : name;
    const char *size = p && (p->type == PARAM_INT) ? "value" : "length";
    int64_t n;
    switch (what) {
    case DECODE_UNKNOWN:
        return fail(c, 400, "ValidationException", "The parameter %s is not recognized", name);
    case DECODE_REFUSED:
        return fail(c, 400, "UnsupportedOperationException",
                    "The parameter %s is not simulated: %s", name, p->why);
    case DECODE_MISSING:
        return validation(c, "null ", shown, "Member must not be null");
    case DECODE_CHOICE:
        return validation(
            c, quoted, shown,
            arena_printf(c->a, "Member must satisfy enum value set: [%s]", choices(c, p, ", ")));
    case DECODE_PATTERN:
        return validation(
            c, quoted, shown,
            arena_printf(c->a, "Member must satisfy regular expression pattern: %s", p->pattern));
    case DECODE_RANGE:
    case DECODE_LENGTH:
        n = p->type == PARAM_INT    ? (at->type == VALUE_INT ? at->number : atoll(given(c, at)))
            : p->type == PARAM_TEXT ? (int64_t)strlen(given(c, at))
                                    : (int64_t)at->count;
        return validation(
            c, quoted, shown,
            n < p->min ? arena_printf(c->a, "Member must have %s greater than or equal to %lld",
                                      size, (long long)p->min)
                       : arena_printf(c->a, "Member must have %s less than or equal to %lld", size,
                                      (long long)p->max));
    case DECODE_ID:
    case DECODE_TYPE:
        break;
    }
    return fail(c, 400, "SerializationException", "The value of %s cannot be converted to %s", name,
                type_name(p));
}

/* The query protocol of STS: what is no number, or none of 32 bits, is malformed; the rest is told
 * as by the JSON services [recorded: DurationSeconds]. */
int complain_query(struct call *c, enum decode_problem what, const struct param *p,
                   const char *name, const struct value *at)
{
    int64_t n = 0;
    bool wide =
        what == DECODE_RANGE && text_int(given(c, at), &n) && (n > INT32_MAX || n < INT32_MIN);
    if (what == DECODE_TYPE || wide)
        return fail(c, 400, "MalformedInput", "%s", ""); /* AWS's text is not known */
    if (what == DECODE_UNKNOWN || what == DECODE_REFUSED)
        return complain_ec2(c, what, p, name, at);
    return complain_json(c, what, p, name, at);
}

int complain_yaml(struct call *c, enum decode_problem what, const struct param *p, const char *name,
                  const struct value *at)
{
    const char *where = at && at->file ? arena_printf(c->a, "%s:%d: ", at->file, at->line) : "";
    switch (what) {
    case DECODE_UNKNOWN:
        return fail(c, 400, "BadFile", "%s'%s' is not known here", where, name);
    case DECODE_REFUSED:
        return fail(c, 400, "BadFile", "%s'%s' cannot be used: %s", where, name, p->why);
    case DECODE_MISSING:
        return fail(c, 400, "BadFile", "%s'%s' is missing; %s was expected", where, name,
                    type_name(p));
    case DECODE_CHOICE:
        return fail(c, 400, "BadFile", "%s'%s' is '%s'; one of %s was expected", where, name,
                    given(c, at), choices(c, p, ", "));
    case DECODE_PATTERN:
        return fail(c, 400, "BadFile", "%s'%s' is '%s'; text like %s was expected", where, name,
                    given(c, at), p->pattern);
    case DECODE_RANGE:
    case DECODE_LENGTH:
        if (p->type == PARAM_TEXTS || p->type == PARAM_LIST)
            return fail(c, 400, "BadFile", "%s'%s' has %zu items; between %s was expected", where,
                        name, at->count, limits(c, p));
        return fail(c, 400, "BadFile", "%s'%s' is '%s'; between %s was expected", where, name,
                    given(c, at), limits(c, p));
    case DECODE_ID:
    case DECODE_TYPE:
        break;
    }
    return fail(c, 400, "BadFile", "%s'%s' is '%s'; %s was expected", where, name, given(c, at),
                type_name(p));
}
