/* SSM Parameter Store: one parameter at a time. Lists are in ssm_parameter_list.c, PutParameter in
 * ssm_parameter_put.c. */
#include "ops/ssm/ssm_parameter_request.h"

#include <string.h>

#include "base/text.h"
#include "call/errors.h"
#include "reply/emit.h"
#include "reply/emit_noun.h"
#include "world/kms/kms_key.h"

/* ---- Names ---- */

size_t ssm_depth(const char *name)
{
    size_t n = 0;
    for (; *name; name++)
        n += *name == '/';
    return n;
}

int ssm_name_check(struct call *c, const char *name)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-/";
    if (name[strspn(name, allowed)] || text_ends(name, "/") || strstr(name, "//"))
        return fail(c, E_SsmName);
    return strchr(name, '/') && *name != '/' ? fail(c, E_SsmQualified) : 0;
}

/* What an ARN of this Region names: the slash before a plain name is the ARN's own. */
static const char *name_of_arn(struct call *c, const char *arn)
{
    struct ssm_parameter p;
    const char *name = strstr(arn, ":parameter/");
    if (!name)
        return arn;
    name += strlen(":parameter");
    return !strchr(name + 1, '/') && ssm_parameter_find(c, name + 1, &p) ? name + 1 : name;
}

int ssm_reference(struct call *c, const char *written, struct ssm_reference *ret)
{
    const char *bare = written, *colon;
    bool arn = text_starts(written, "arn:aws:ssm:");
    if (arn) {
        const char *after = strstr(written, ":parameter/");
        bare = after ? after + strlen(":parameter") : written;
    }
    colon = strchr(bare, ':');
    *ret = (struct ssm_reference){ .written = written, .selector = colon };
    if (colon && (!colon[1] || strchr(colon + 1, ':')))
        return fail(c, E_SsmSelector);
    const char *whole = colon ? arena_strndup(c->a, written, (size_t)(colon - written)) : written;
    ret->name = arn ? name_of_arn(c, whole) : whole;
    return ssm_name_check(c, ret->name);
}

/* ---- Showing ---- */

int ssm_parameter_reveal(struct call *c, struct ssm_parameter *p, enum tri decrypted)
{
    p->shown = p->value;
    if (!text_is(p->type, "SecureString"))
        return 0;
    if (decrypted == YES && kms_key_use(c, &need_secure_read, p->kms_key_arn) != KEY_USABLE)
        return fail(c, E_SsmKey, arena_printf(c->a, "The key %s cannot be used", p->kms_key_arn));
    if (decrypted != YES)
        p->shown = ssm_parameter_secret(c, p);
    return 0;
}

/* ---- GetParameter ---- */

struct get_parameter {
    const char *name;
    enum tri decrypted;
};

static const struct param get_parameter_params[] = {
    { "Name", TEXT(struct get_parameter, name), .flags = PARAM_REQUIRED, .min = 1, .max = 2048 },
    { "WithDecryption", BOOL(struct get_parameter, decrypted) },
    { 0 },
};

static bool is_number(const char *text)
{
    return *text && !text[strspn(text, "0123456789")];
}

/* What is written as "name:3" or as an ARN. */
static int find_parameter(struct call *c, const char *written, struct ssm_parameter *ret)
{
    struct ssm_reference r;
    int64_t version = -1;
    if (ssm_reference(c, written, &r))
        return -1;
    if (!ssm_parameter_find(c, r.name, ret))
        return fail(c, E_SsmNotFound);
    const char *selector = r.selector ? r.selector + 1 : "";
    /* no version has a label: LabelParameterVersion is not simulated */
    if (r.selector && !is_number(selector))
        return fail(c, E_SsmNoLabel, r.name, selector);
    if (r.selector
        && (!text_int(selector, &version) || !ssm_parameter_find_version(c, r.name, version, ret)))
        return fail(c, E_SsmNoVersion, selector, r.name);
    ret->selector = r.selector;
    return 0;
}

static int get_parameter(struct call *c, const struct get_parameter *in)
{
    struct ssm_parameter p;
    if (find_parameter(c, in->name, &p) || ssm_parameter_reveal(c, &p, in->decrypted))
        return -1;
    emit_noun_as(c, "Parameter", &ssm_parameter_schema, &p, SSM_VIEW_VALUE);
    return 0;
}

OPERATION(ssm, GetParameter, get_parameter, .flags = OP_SECRET_ANSWER,
          .errors = "ParameterNotFound ParameterVersionNotFound InvalidKeyId ValidationException");

/* ---- GetParameters ---- */

struct get_parameters {
    struct list names;
    enum tri decrypted;
};

static const struct param get_parameters_params[] = {
    { "Names", TEXTS(struct get_parameters, names), .flags = PARAM_REQUIRED, .min = 1, .max = 10 },
    { "WithDecryption", BOOL(struct get_parameters, decrypted) },
    { 0 },
};

/* Sorted, each once [recorded]. */
static struct list sorted_once(struct call *c, const struct list *names)
{
    struct list sorted = { 0 };
    LIST_EACH (const char *, name, names) {
        if (!strs_have(&sorted, *name))
            strs_add(c->a, &sorted, *name);
    }
    strs_sort(&sorted);
    return sorted;
}

static int get_parameters(struct call *c, const struct get_parameters *in)
{
    struct list names = sorted_once(c, &in->names), invalid = { 0 }, found = { 0 };
    LIST_EACH (const char *, name, &names) {
        struct ssm_parameter p;
        if (find_parameter(c, *name, &p)) {
            call_clear_error(c);
            strs_add(c->a, &invalid, *name);
            continue;
        }
        if (ssm_parameter_reveal(c, &p, in->decrypted))
            return -1;
        *list_add(c->a, &found, struct ssm_parameter) = p;
    }
    emit_nouns(c, "Parameters", &ssm_parameter_schema, &found, SSM_VIEW_VALUE);
    emit_texts(c, "InvalidParameters", &invalid);
    return 0;
}

OPERATION(ssm, GetParameters, get_parameters, .flags = OP_SECRET_ANSWER,
          .errors = "InvalidKeyId ValidationException");

/* ---- DeleteParameter ---- */

struct delete_parameter {
    const char *name;
};

static const struct param delete_parameter_params[] = {
    { "Name", TEXT(struct delete_parameter, name), .flags = PARAM_REQUIRED, .min = 1, .max = 2048 },
    { 0 },
};

static int delete_parameter(struct call *c, const struct delete_parameter *in)
{
    struct ssm_reference r;
    struct ssm_parameter p;
    if (ssm_reference(c, in->name, &r))
        return -1;
    if (r.selector || !ssm_parameter_find(c, r.name, &p) || ssm_parameter_is_public(&p))
        return fail(c, E_SsmNotFound);
    ssm_parameter_remove(c, &p);
    return 0;
}

OPERATION(ssm, DeleteParameter, delete_parameter, .flags = OP_WRITES,
          .errors = "ParameterNotFound ValidationException",
          .effects = "removes the parameter with all its versions and tags");
