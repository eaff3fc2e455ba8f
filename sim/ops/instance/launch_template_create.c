/* Launch templates: made, changed, deleted. */
#include "ops/instance/launch_template_data.h"

#include <string.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/id.h"
#include "call/op.h"
#include "ops/describe.h"
#include "reply/emit.h"
#include "request/tag_spec.h"
#include "request/token.h"
#include "store/noun.h"
#include "world/account/sts_session.h"

static void emit_template(struct call *c, const struct launch_template *t, enum view view)
{
    emit_noun_as(c, "launchTemplate", &launch_template_schema, t, view);
}

/* ---- CreateLaunchTemplate ---- */

struct create_launch_template {
    const char *token, *name, *description;
    struct run_instances data;
    struct list tag_specs;
};

static const struct param create_launch_template_params[] = {
    { "ClientToken", TEXT(struct create_launch_template, token) },
    { "LaunchTemplateName", TEXT(struct create_launch_template, name), .flags = PARAM_REQUIRED },
    { "VersionDescription", TEXT(struct create_launch_template, description), .min = 0,
      .max = 255 },
    { "LaunchTemplateData",
      STRUCT(struct create_launch_template, data, launch_template_data_params),
      .flags = PARAM_REQUIRED },
    { "Operator", REFUSED(STRUCT, "AWS's services use it, not its customers") },
    { "TagSpecification", TAG_SPECS(struct create_launch_template, tag_specs, "launch-template") },
    { 0 },
};

static int check_template_name(struct call *c, const char *name)
{
    size_t n = strlen(name);
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-()./_";
    if (n < 3 || n > 128 || strspn(name, allowed) != n)
        return fail(c, E_TemplateNameShape);
    if (launch_template_find(c, NULL, name, &(struct launch_template){ 0 }))
        return fail(c, E_TemplateNameUsed);
    return 0;
}

/* The same token gives the stored answer, until the template has changed [recorded]. */
static int replay_template(struct call *c, const char *id)
{
    struct launch_template t;
    if (!store_get(c, &launch_template_schema, id, &t) || t.latest_version != 1)
        return fail(c, E_TemplateToken);
    emit_template(c, &t, VIEW_CREATED);
    return 0;
}

/* Only members with something in them count. */
static bool is_empty_data(const struct value *data)
{
    for (const struct value *v = data ? data->first : NULL; v; v = v->next) {
        if (v->type == VALUE_MAP ? !is_empty_data(v) : !text_blank(v->text))
            return false;
    }
    return true;
}

static int create_launch_template(struct call *c, const struct create_launch_template *in)
{
    struct launch_template t = { 0 };
    struct launch_template_version v;
    struct template_warning warning;
    const char *before;
    const struct value *data = value_get(c->input, "LaunchTemplateData");
    if (token_look(c, in->token, &before) == TOKEN_MISUSED)
        return fail(c, E_TemplateToken);
    if (before)
        return replay_template(c, before);
    if (is_empty_data(data))
        return fail(c, E_MissingParameter, "LaunchTemplateData");
    if (check_template_name(c, in->name) || template_data_check(c, &in->data, &warning))
        return -1;
    t.id = id_new(c, "lt-");
    t.owner = c->account;
    t.region = c->region;
    t.name = in->name;
    t.created = time_whole_seconds(c->now);
    t.created_by = caller_arn(c);
    t.default_version = 1;
    template_add_version(c, &t, NULL, data, in->description, &v);
    t.tags = tag_specs_put(c, &in->tag_specs, "launch-template", t.id);
    token_keep(c, in->token, &launch_template_schema, t.id);
    emit_template(c, &t, VIEW_CREATED);
    emit_template_warning(c, &warning);
    return 0;
}

OPERATION(ec2, CreateLaunchTemplate, create_launch_template, .flags = OP_WRITES,
          .dry_run = DRYRUN_FIRST,
          .errors = "InvalidLaunchTemplateName.AlreadyExistsException"
                    " InvalidLaunchTemplateName.MalformedException InvalidAMIID.Malformed"
                    " InvalidUserData.Malformed IdempotentParameterMismatch",
          .effects = "a template with version 1");

/* ---- ModifyLaunchTemplate ---- */

struct template_input {
    const char *id, *name, *token, *version;
    struct list versions;
};

static const struct param modify_template_params[] = {
    { "ClientToken", TEXT(struct template_input, token) },
    { "LaunchTemplateId", TEXT(struct template_input, id) },
    { "LaunchTemplateName", TEXT(struct template_input, name) },
    { "SetDefaultVersion", TEXT(struct template_input, version) },
    { 0 },
};

static int modify_launch_template(struct call *c, const struct template_input *in)
{
    struct launch_template t;
    struct launch_template_version v;
    const char *before;
    if (token_look(c, in->token, &before) == TOKEN_MISUSED)
        return fail(c, E_TemplateModifyToken);
    if (launch_template_own(c, in->id, in->name, &t))
        return -1;
    if (!in->version)
        return fail(c, E_TemplateNoDefault, t.id);
    if (launch_template_version(c, &t, in->version, &v))
        return -1;
    t.default_version = v.number;
    store_put(c, &launch_template_schema, &t);
    token_keep(c, in->token, &launch_template_schema, t.id);
    t.created = 0; /* AWS says 1970 here, and no tags [recorded] */
    emit_template(c, &t, VIEW_BRIEF);
    return 0;
}

OPERATION_AS(ec2, ModifyLaunchTemplate, modify_launch_template, modify_template_params,
             struct template_input, .flags = OP_WRITES,
             .errors = "InvalidLaunchTemplateId.NotFound InvalidLaunchTemplateId.VersionNotFound"
                       " IdempotentParameterMismatch MissingParameter "
                       "InvalidLaunchTemplateName.NotFoundException InvalidParameterCombination",
             .effects = "the default version");

/* ---- DeleteLaunchTemplate ---- */

static const struct param delete_template_params[] = {
    { "LaunchTemplateId", TEXT(struct template_input, id) },
    { "LaunchTemplateName", TEXT(struct template_input, name) },
    { 0 },
};

static int delete_launch_template(struct call *c, const struct template_input *in)
{
    struct launch_template t;
    if (launch_template_own(c, in->id, in->name, &t))
        return -1;
    struct list versions = launch_template_versions(c, &t, 1, INT64_MAX);
    LIST_EACH (struct launch_template_version, v, &versions)
        store_remove(c, &launch_template_version_schema, v->id);
    store_remove(c, &launch_template_schema, t.id);
    emit_template(c, &t, VIEW_BRIEF);
    return 0;
}

OPERATION_AS(ec2, DeleteLaunchTemplate, delete_launch_template, delete_template_params,
             struct template_input, .flags = OP_WRITES,
             .errors = "InvalidLaunchTemplateId.NotFound"
                       " InvalidLaunchTemplateName.NotFoundException InvalidParameterCombination",
             .effects = "the template and its versions are gone");

/* ---- DeleteLaunchTemplateVersions ---- */

static const struct param delete_versions_params[] = {
    { "LaunchTemplateId", TEXT(struct template_input, id) },
    { "LaunchTemplateName", TEXT(struct template_input, name) },
    { "LaunchTemplateVersion", TEXTS(struct template_input, versions), .flags = PARAM_REQUIRED },
    { 0 },
};

/* The default version, or what is no number, fails the whole call [recorded]. */
static int check_deletable(struct call *c, const struct launch_template *t,
                           const struct list *versions)
{
    LIST_EACH (const char *, version, versions) {
        int64_t number;
        if (!text_int(*version, &number))
            return fail(c, E_TemplateVersionNumber, *version);
        if (number == t->default_version)
            return fail(c, E_TemplateDefaultStays);
    }
    return 0;
}

static void emit_deleted(struct call *c, const struct launch_template *t, const char *number,
                         bool deleted)
{
    emit_item(c);
    emit_text(c, "launchTemplateId", t->id);
    emit_text(c, "launchTemplateName", t->name);
    emit_text(c, "versionNumber", number);
    if (!deleted) {
        emit_open(c, "responseError");
        emit_text(c, "code", "launchTemplateVersionDoesNotExist");
        emit_text(c, "message",
                  arena_printf(c->a,
                               "Could not find the specified version %s for the launch"
                               " template with ID %s.",
                               number, t->id));
        emit_close(c);
    }
    emit_close(c);
}

static int delete_launch_template_versions(struct call *c, const struct template_input *in)
{
    struct launch_template t;
    struct list unknown = { 0 };
    if (launch_template_own(c, in->id, in->name, &t) || check_deletable(c, &t, &in->versions))
        return -1;
    emit_list(c, "successfullyDeletedLaunchTemplateVersionSet");
    LIST_EACH (const char *, version, &in->versions) {
        struct launch_template_version v;
        int64_t number = 0;
        text_int(*version, &number);
        if (!launch_template_version_find(c, &t, number, &v)) {
            strs_add(c->a, &unknown, *version);
            continue;
        }
        store_remove(c, &launch_template_version_schema, v.id);
        emit_deleted(c, &t, *version, true);
    }
    emit_close(c);
    emit_list(c, "unsuccessfullyDeletedLaunchTemplateVersionSet");
    LIST_EACH (const char *, version, &unknown)
        emit_deleted(c, &t, *version, false);
    emit_close(c);
    return 0;
}

OPERATION_AS(ec2, DeleteLaunchTemplateVersions, delete_launch_template_versions,
             delete_versions_params, struct template_input, .flags = OP_WRITES,
             .errors = "InvalidLaunchTemplateId.NotFound InvalidParameterValue "
                       "InvalidLaunchTemplateName.NotFoundException InvalidParameterCombination",
             .effects = "the versions are gone; their numbers are not used again");

/* ---- DescribeLaunchTemplates ---- */

struct describe_launch_templates {
    struct listing list;
    struct list names;
};

static const struct param describe_launch_templates_params[] = {
    { "LaunchTemplateId", TEXTS(struct describe_launch_templates, list.ids) },
    { "LaunchTemplateName", TEXTS(struct describe_launch_templates, names) },
    { "Filter", FILTERS(struct describe_launch_templates, list.filters) },
    PAGING(struct describe_launch_templates, list.page),
    { "IncludeManagedResources", IGNORED(BOOL, "no template here is managed by a service") },
    { 0 },
};

static int no_template(struct call *c, const struct list *ids)
{
    (void)ids;
    return fail(c, E_TemplatesNotFound);
}

static const struct describe template_list = {
    .schema = &launch_template_schema,
    .set = "launchTemplates",
    .ids_name = "launchTemplateIds",
    .visible = MINE,
    .page = { .least = 1 },
    .missing = no_template,
};

static int describe_launch_templates(struct call *c, const struct describe_launch_templates *in)
{
    struct listing asked = in->list;
    LIST_EACH (const char *, name, &in->names) {
        struct launch_template t;
        if (!launch_template_find(c, NULL, *name, &t))
            return fail(c, E_TemplatesNotFound);
        strs_add(c->a, &asked.ids, t.id);
    }
    return describe(c, &template_list, &asked);
}

OPERATION(ec2, DescribeLaunchTemplates, describe_launch_templates,
          .errors = "InvalidLaunchTemplateId.NotFound InvalidLaunchTemplateName.NotFoundException "
                    "InvalidParameterCombination");
