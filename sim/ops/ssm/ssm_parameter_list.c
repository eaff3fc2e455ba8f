/* SSM Parameter Store: GetParametersByPath and DescribeParameters with their filters and pages. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "call/errors.h"
#include "ops/describe.h"
#include "ops/ssm/ssm_parameter_request.h"

/* ---- Filters ---- */

struct ssm_filter {
    const char *key, *option;
    struct list values;
};

static const struct param ssm_filter_params[] = {
    { "Key", TEXT(struct ssm_filter, key), .flags = PARAM_REQUIRED, .min = 1, .max = 132 },
    { "Option", TEXT(struct ssm_filter, option), .min = 1, .max = 10 },
    { "Values", TEXTS(struct ssm_filter, values), .min = 1, .max = 50 },
    { 0 },
};

/* What a key takes as Option; the first one is meant when none is given. The second list is for the
 * text of the refusal. */
static const struct filter_key {
    const char *key;
    const char *options[4];
    const char *listed;
} filter_keys[] = {
    { "Name", { "Equals", "BeginsWith", "Contains", NULL }, "BeginsWith, Equals, Contains" },
    { "Type", { "Equals", "BeginsWith", NULL }, "BeginsWith, Equals" },
    { "KeyId", { "Equals", "BeginsWith", NULL }, "BeginsWith, Equals" },
    { "Path", { "OneLevel", "Recursive", NULL }, "OneLevel, Recursive" },
    { "Label", { "Equals", NULL }, "Equals" },
    { "Tier", { "Equals", NULL }, "Equals" },
    { "DataType", { "Equals", "BeginsWith", NULL }, "BeginsWith, Equals" },
    { "tag:", { "Equals", NULL }, "Equals" },
};

static const struct filter_key *filter_key(const char *key)
{
    for (size_t i = 0; i < sizeof filter_keys / sizeof *filter_keys; i++) {
        const char *name = filter_keys[i].key;
        if (text_is(name, key) || (text_ends(name, ":") && text_starts(key, name)))
            return &filter_keys[i];
    }
    return NULL;
}

/* `keys`: those that the operation knows, as its refusal lists them. */
static int check_parameter_filters(struct call *c, const struct list *filters, const char *keys)
{
    LIST_EACH (struct ssm_filter, f, filters) {
        const struct filter_key *k = filter_key(f->key);
        const char *plain = k && text_is(k->key, "tag:") ? "tag" : f->key;
        if (!k || !strstr(keys, plain))
            return fail(c, E_SsmFilterKey, f->key, keys);
        if (!f->option)
            f->option = k->options[0];
        if (!text_any(f->option, k->options))
            return fail(c, E_SsmFilterOption, f->option, k->listed);
        if (!f->values.count)
            return fail(c, E_SsmFilterValue, f->key);
    }
    return 0;
}

/* Is it below the path: at its next level, or anywhere? */
static bool is_below_path(const char *name, const char *path, bool anywhere)
{
    size_t n = strlen(path);
    while (n && path[n - 1] == '/')
        n--;
    return strncmp(name, path, n) == 0 && name[n] == '/'
           && (anywhere || !strchr(name + n + 1, '/'));
}

static bool option_meets(const char *text, const char *option, const char *value)
{
    if (!text)
        return false;
    if (text_is(option, "BeginsWith"))
        return text_starts(text, value);
    if (text_is(option, "Contains"))
        return strstr(text, value) != NULL;
    return text_is(text, value);
}

/* The member that a key names; Label: no version has one here. */
static const char *filtered_member(struct call *c, const struct ssm_parameter *p, const char *key)
{
    return text_is(key, "Name")       ? p->name
           : text_is(key, "Type")     ? p->type
           : text_is(key, "KeyId")    ? p->key
           : text_is(key, "Tier")     ? p->tier
           : text_is(key, "DataType") ? p->data_type
           : text_starts(key, "tag:") ? ssm_tag_value(c, p->id, key + strlen("tag:"))
                                      : NULL;
}

static bool parameter_meets(struct call *c, const struct ssm_parameter *p,
                            const struct ssm_filter *f)
{
    LIST_EACH (const char *, value, &f->values) {
        if (text_is(f->key, "Path")
                ? is_below_path(p->name, *value, text_is(f->option, "Recursive"))
                : option_meets(filtered_member(c, p, f->key), f->option, *value))
            return true;
    }
    return false;
}

static bool parameter_meets_all(struct call *c, const struct ssm_parameter *p,
                                const struct list *filters)
{
    LIST_EACH (struct ssm_filter, f, filters) {
        if (!parameter_meets(c, p, f))
            return false;
    }
    return true;
}

typedef int parameter_order(const void *, const void *);

static struct list parameters_that_meet(struct call *c, const struct list *all,
                                        const struct list *filters, parameter_order *order)
{
    struct list found = { 0 };
    LIST_EACH (struct ssm_parameter, p, all) {
        if (parameter_meets_all(c, p, filters))
            *list_add(c->a, &found, struct ssm_parameter) = *p;
    }
    if (found.count)
        qsort(found.items, found.count, sizeof(struct ssm_parameter), order);
    return found;
}

/* ---- GetParametersByPath ---- */

struct get_parameters_by_path {
    const char *path;
    enum tri recursive, decrypted;
    struct list filters; /* struct ssm_filter */
    struct paging page;
};

static const struct param get_parameters_by_path_params[] = {
    { "Path", TEXT(struct get_parameters_by_path, path), .flags = PARAM_REQUIRED, .min = 1,
      .max = 2048 },
    { "Recursive", BOOL(struct get_parameters_by_path, recursive) },
    { "ParameterFilters",
      LIST(struct get_parameters_by_path, filters, struct ssm_filter, ssm_filter_params) },
    { "WithDecryption", BOOL(struct get_parameters_by_path, decrypted) },
    PAGING_BETWEEN(struct get_parameters_by_path, page, 1, 10),
    { 0 },
};

/* Level by level, each sorted by name [recorded]. */
static int by_parameter_level(const void *a, const void *b)
{
    const struct ssm_parameter *x = a, *y = b;
    size_t i = ssm_depth(x->name), j = ssm_depth(y->name);
    return i != j ? (i > j) - (i < j) : strcmp(x->name, y->name);
}

static int get_parameters_by_path(struct call *c, const struct get_parameters_by_path *in)
{
    struct list filters = in->filters;
    const char *next;
    if (*in->path != '/')
        return fail(c, E_SsmPath);
    if (check_parameter_filters(c, &in->filters, "Type, KeyId, Label"))
        return -1;
    struct ssm_filter *path = list_add(c->a, &filters, struct ssm_filter);
    path->key = "Path";
    path->option = in->recursive == YES ? "Recursive" : "OneLevel";
    strs_add(c->a, &path->values, in->path);
    struct list all = ssm_parameters_below(c, in->path);
    struct list found = parameters_that_meet(c, &all, &filters, by_parameter_level);
    if (page_cut(c, NULL, &in->page, &found, sizeof(struct ssm_parameter), &next))
        return -1;
    LIST_EACH (struct ssm_parameter, p, &found) {
        if (ssm_parameter_reveal(c, p, in->decrypted))
            return -1;
    }
    emit_nouns(c, "Parameters", &ssm_parameter_schema, &found, SSM_VIEW_VALUE);
    page_emit_next(c, next);
    return 0;
}

#define LIST_ERRORS "InvalidFilterKey InvalidFilterOption InvalidFilterValue InvalidNextToken"

OPERATION(ssm, GetParametersByPath, get_parameters_by_path, .flags = OP_SECRET_ANSWER,
          .errors = LIST_ERRORS " InvalidKeyId ValidationException");

/* ---- DescribeParameters ---- */

struct old_filter {
    const char *key;
    struct list values;
};

static const char *const old_keys[] = { "Name", "Type", "KeyId", NULL };

static const struct param old_filter_params[] = {
    { "Key", TEXT(struct old_filter, key), .flags = PARAM_REQUIRED, .values = old_keys },
    { "Values", TEXTS(struct old_filter, values), .flags = PARAM_REQUIRED, .min = 1, .max = 50 },
    { 0 },
};

struct describe_parameters {
    struct list old_filters; /* struct old_filter */
    struct list filters; /* struct ssm_filter */
    struct paging page;
    enum tri shared;
};

static const struct param describe_parameters_params[] = {
    { "Filters",
      LIST(struct describe_parameters, old_filters, struct old_filter, old_filter_params) },
    { "ParameterFilters",
      LIST(struct describe_parameters, filters, struct ssm_filter, ssm_filter_params) },
    PAGING_BETWEEN(struct describe_parameters, page, 1, 50),
    { "Shared", BOOL(struct describe_parameters, shared) },
    { 0 },
};

/* The older form: a name is a prefix [recorded]. */
static struct list as_filters(struct call *c, const struct list *old)
{
    struct list filters = { 0 };
    LIST_EACH (struct old_filter, f, old)
        *list_add(c->a, &filters, struct ssm_filter) =
            (struct ssm_filter){ .key = f->key,
                                 .option = text_is(f->key, "Name") ? "BeginsWith" : "Equals",
                                 .values = f->values };
    return filters;
}

static int by_parameter_name(const void *a, const void *b)
{
    const struct ssm_parameter *x = a, *y = b;
    return strcmp(x->name, y->name);
}

static const struct describe parameter_list = { .schema = &ssm_parameter_schema,
                                                .set = "Parameters" };

static int describe_parameters(struct call *c, const struct describe_parameters *in)
{
    struct list filters = in->filters;
    if (in->filters.count && in->old_filters.count)
        return fail(c, E_SsmTwoFilters);
    if (in->shared == YES)
        return fail(c, E_JsonNotSimulated, "parameters are not shared with other accounts here");
    if (in->old_filters.count)
        filters = as_filters(c, &in->old_filters);
    if (check_parameter_filters(c, &filters, "tag, Name, Type, KeyId, Path, Tier, DataType"))
        return -1;
    struct list all = ssm_parameters_own(c);
    struct list found = parameters_that_meet(c, &all, &filters, by_parameter_name);
    return describe_page(c, &parameter_list, &in->page, &found);
}

OPERATION(ssm, DescribeParameters, describe_parameters,
          .errors = LIST_ERRORS " ValidationException");
