/* Versions of launch templates: made and described. */
#include "base/text.h"
#include "call/errors.h"
#include "call/op.h"
#include "ops/describe.h"
#include "ops/instance/launch_template_data.h"
#include "reply/emit.h"
#include "request/filter.h"
#include "request/token.h"
#include "store/noun.h"

static void emit_version(struct call *c, const struct launch_template_version *v)
{
    emit_noun(c, &launch_template_version_schema, v, VIEW_DESCRIBED);
    emit_template_data(c, v->data);
}

/* ---- CreateLaunchTemplateVersion ---- */

struct create_launch_template_version {
    const char *token, *id, *name, *source, *description;
    struct run_instances data;
    enum tri resolve;
};

static const struct param create_launch_template_version_params[] = {
    { "ClientToken", TEXT(struct create_launch_template_version, token) },
    { "LaunchTemplateId", TEXT(struct create_launch_template_version, id) },
    { "LaunchTemplateName", TEXT(struct create_launch_template_version, name) },
    { "SourceVersion", TEXT(struct create_launch_template_version, source) },
    { "VersionDescription", TEXT(struct create_launch_template_version, description), .min = 0,
      .max = 255 },
    /* required by the model, yet empty data with a source is fine [recorded] */
    { "LaunchTemplateData",
      STRUCT(struct create_launch_template_version, data, launch_template_data_params) },
    { "ResolveAlias", REFUSED(BOOL, "aliases are resolved at launch") },
    { 0 },
};

static void emit_created(struct call *c, const struct launch_template_version *v,
                         const struct template_warning *warning)
{
    emit_open(c, "launchTemplateVersion");
    emit_version(c, v);
    emit_close(c);
    emit_template_warning(c, warning);
}

static int create_launch_template_version(struct call *c,
                                          const struct create_launch_template_version *in)
{
    struct launch_template t;
    struct launch_template_version source = { 0 }, v;
    struct template_warning warning = { NULL, NULL };
    const char *before;
    const struct value *data = value_get(c->input, "LaunchTemplateData");
    if (token_look(c, in->token, &before) == TOKEN_MISUSED)
        return fail(c, E_TemplateVersionToken);
    if (before && store_get(c, &launch_template_version_schema, before, &v)) {
        emit_created(c, &v, &warning);
        return 0;
    }
    if (launch_template_own(c, in->id, in->name, &t))
        return -1;
    if (in->source && launch_template_version(c, &t, in->source, &source))
        return -1;
    if (!in->source && !(data && data->first))
        return fail(c, E_MissingParameter, "LaunchTemplateData");
    if (template_data_check(c, &in->data, &warning))
        return -1;
    template_add_version(c, &t, source.data, data, in->description, &v);
    token_keep(c, in->token, &launch_template_version_schema, v.id);
    emit_created(c, &v, &warning);
    return 0;
}

OPERATION(ec2, CreateLaunchTemplateVersion, create_launch_template_version, .flags = OP_WRITES,
          .errors = "InvalidLaunchTemplateId.NotFound InvalidLaunchTemplateId.VersionNotFound"
                    " InvalidAMIID.Malformed InvalidUserData.Malformed IdempotentParameterMismatch "
                    "InvalidLaunchTemplateName.NotFoundException InvalidParameterCombination",
          .effects = "a version more; the members that are not given come from the source version");

/* ---- DescribeLaunchTemplateVersions ---- */

struct describe_launch_template_versions {
    const char *id, *name, *min, *max;
    struct list versions, filters;
    struct paging page;
};

static const struct param describe_launch_template_versions_params[] = {
    { "LaunchTemplateId", TEXT(struct describe_launch_template_versions, id) },
    { "LaunchTemplateName", TEXT(struct describe_launch_template_versions, name) },
    { "LaunchTemplateVersion", TEXTS(struct describe_launch_template_versions, versions) },
    { "MinVersion", TEXT(struct describe_launch_template_versions, min) },
    { "MaxVersion", TEXT(struct describe_launch_template_versions, max) },
    PAGING(struct describe_launch_template_versions, page),
    { "Filter", FILTERS(struct describe_launch_template_versions, filters) },
    { "ResolveAlias", REFUSED(BOOL, "aliases are resolved at launch") },
    { "IncludeManagedResources", IGNORED(BOOL, "no template here is managed by a service") },
    { 0 },
};

/* Repeated selectors give repeated items [recorded]. */
static int selected_versions(struct call *c, const struct launch_template *t,
                             const struct list *versions, struct list *into)
{
    LIST_EACH (const char *, version, versions) {
        if (launch_template_version(c, t, *version,
                                    list_add(c->a, into, struct launch_template_version)))
            return -1;
    }
    return 0;
}

/* $Default or $Latest of every template. */
static int of_every_template(struct call *c, const struct list *versions, struct list *into)
{
    struct list templates = store_list(c, &launch_template_schema, MINE, SQL_ARGS(MINE_ARGS(c)));
    LIST_EACH (struct launch_template, t, &templates) {
        if (selected_versions(c, t, versions, into))
            return -1;
    }
    return 0;
}

static int find_versions(struct call *c, const struct describe_launch_template_versions *in,
                         struct list *into)
{
    struct launch_template t;
    int64_t min = 1, max = INT64_MAX;
    if (in->versions.count && (in->min || in->max))
        return fail(c, E_TemplateMixed);
    if (!in->id && !in->name)
        return in->versions.count ? of_every_template(c, &in->versions, into)
                                  : fail(c, E_TemplateSelectors);
    if (launch_template_own(c, in->id, in->name, &t))
        return -1;
    if (in->versions.count)
        return selected_versions(c, &t, &in->versions, into);
    if (in->min)
        text_int(in->min, &min);
    if (in->max)
        text_int(in->max, &max);
    *into = launch_template_versions(c, &t, min, max);
    return 0;
}

static int describe_launch_template_versions(struct call *c,
                                             const struct describe_launch_template_versions *in)
{
    struct list found = { 0 }, matching = { 0 };
    const char *token;
    if (filters_check(c, &launch_template_version_schema, &in->filters)
        || find_versions(c, in, &found))
        return -1;
    LIST_EACH (struct launch_template_version, v, &found) {
        template_filter_values(c, v);
        if (filters_match(c, &launch_template_version_schema, v, &in->filters))
            *list_add(c->a, &matching, struct launch_template_version) = *v;
    }
    if (page_cut(c, &(struct page_rule){ .least = 1 }, &in->page, &matching,
                 sizeof(struct launch_template_version), &token))
        return -1;
    emit_list(c, "launchTemplateVersionSet");
    LIST_EACH (struct launch_template_version, v, &matching) {
        emit_item(c);
        emit_version(c, v);
        emit_close(c);
    }
    emit_close(c);
    page_emit_next(c, token);
    return 0;
}

OPERATION(ec2, DescribeLaunchTemplateVersions, describe_launch_template_versions,
          .errors = "InvalidLaunchTemplateId.NotFound InvalidLaunchTemplateId.VersionNotFound"
                    " InvalidParameterCombination MissingParameter "
                    "InvalidLaunchTemplateName.NotFoundException");
