/* Launch templates in the store. */
#include "world/instance/launch_template.h"

#include "base/text.h"
#include "call/errors.h"
#include "reply/emit_noun.h"
#include "store/noun.h"

const struct schema launch_template_schema = {
    .name = "launch_template",
    .noun = "launch-template",
    .size = sizeof(struct launch_template),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct launch_template, id), .column = "id", .xml = "launchTemplateId" },
            { TEXT_FIELD(struct launch_template, owner), .column = "owner",
              .flags = FIELD_OWNER | FIELD_INDEXED },
            { TEXT_FIELD(struct launch_template, region), .column = "region" },
            { TEXT_FIELD(struct launch_template, name), .column = "name",
              .xml = "launchTemplateName", .filter = "launch-template-name",
              .flags = FIELD_INDEXED },
            { TIME_FIELD(struct launch_template, created), .column = "created", .xml = "createTime",
              .filter = "create-time" },
            { TEXT_FIELD(struct launch_template, created_by), .column = "created_by",
              .xml = "createdBy" },
            { INT_FIELD(struct launch_template, default_version), .column = "default_version",
              .xml = "defaultVersionNumber" },
            { INT_FIELD(struct launch_template, latest_version), .column = "latest_version",
              .xml = "latestVersionNumber" },
            { TAGS_FIELD(struct launch_template, tags), .xml = "tagSet",
              .views = VIEW_DESCRIBED | VIEW_CREATED },
            { CONSTANT_FIELD("false"), .xml = "operator/managed" },
            { 0 } },
};

const struct schema launch_template_version_schema = {
    .name = "launch_template_version",
    .size = sizeof(struct launch_template_version),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct launch_template_version, id), .column = "id" },
            { TEXT_FIELD(struct launch_template_version, template), .column = "template",
              .xml = "launchTemplateId", .flags = FIELD_PART_OF | FIELD_INDEXED },
            { TEXT_FIELD(struct launch_template_version, name), .column = "name",
              .xml = "launchTemplateName" },
            { INT_FIELD(struct launch_template_version, number), .column = "number",
              .xml = "versionNumber" },
            { TEXT_FIELD(struct launch_template_version, description), .column = "description",
              .xml = "versionDescription" },
            { TIME_FIELD(struct launch_template_version, created), .column = "created",
              .xml = "createTime", .filter = "create-time" },
            { TEXT_FIELD(struct launch_template_version, created_by), .column = "created_by",
              .xml = "createdBy" },
            { BOOL_FIELD(struct launch_template_version, is_default), .xml = "defaultVersion",
              .filter = "is-default-version" },
            { TEXT_FIELD(struct launch_template_version, data), .column = "data" },
            { TEXT_FIELD(struct launch_template_version, image), .filter = "image-id" },
            { TEXT_FIELD(struct launch_template_version, type), .filter = "instance-type" },
            { TEXT_FIELD(struct launch_template_version, kernel), .filter = "kernel-id" },
            { TEXT_FIELD(struct launch_template_version, ramdisk), .filter = "ram-disk-id" },
            { TEXT_FIELD(struct launch_template_version, ebs_optimized),
              .filter = "ebs-optimized" },
            { TEXT_FIELD(struct launch_template_version, profile),
              .filter = "iam-instance-profile" },
            { TEXT_FIELD(struct launch_template_version, http_endpoint),
              .filter = "http-endpoint" },
            { TEXT_FIELD(struct launch_template_version, http_endpoint),
              .filter = "http-protocol-ipv4" },
            { TEXT_FIELD(struct launch_template_version, http_tokens), .filter = "http-tokens" },
            NO_SUCH("host-resource-group-arn"),
            NO_SUCH("license-configuration-arn"),
            NO_SUCH("network-card-index"),
            { 0 } },
};

bool launch_template_find(struct call *c, const char *id, const char *name,
                          struct launch_template *ret)
{
    return store_first(c, &launch_template_schema, "(id = ?3 OR name = ?4)" AND_MINE,
                       SQL_ARGS(MINE_ARGS(c), SQL_TEXT(id), SQL_TEXT(name)), ret);
}

int launch_template_own(struct call *c, const char *id, const char *name,
                        struct launch_template *ret)
{
    if (id && name)
        return fail(c, E_TemplateIdAndName);
    if (!id && !name)
        return fail(c, E_TemplateMissing);
    if (launch_template_find(c, id, name, ret))
        return 0;
    return id ? fail(c, E_TemplateNotFound, id) : fail(c, E_TemplateNameNotFound, name);
}

bool launch_template_version_find(struct call *c, const struct launch_template *t, int64_t number,
                                  struct launch_template_version *ret)
{
    bool found = store_first(c, &launch_template_version_schema, "template = ? AND number = ?",
                             SQL_ARGS(SQL_TEXT(t->id), SQL_INT(number)), ret);
    if (found)
        ret->is_default = number == t->default_version ? YES : NO;
    return found;
}

int launch_template_version(struct call *c, const struct launch_template *t, const char *version,
                            struct launch_template_version *ret)
{
    int64_t number = t->default_version;
    if (text_is(version, "$Latest"))
        number = t->latest_version;
    else if (version && !text_is(version, "$Default")
             && (!text_int(version, &number) || number < 1))
        return fail(c, E_TemplateVersionValue);
    if (launch_template_version_find(c, t, number, ret))
        return 0;
    return fail(c, E_TemplateVersionNotFound, version ? version : "$Default", t->id);
}

struct list launch_template_versions(struct call *c, const struct launch_template *t, int64_t min,
                                     int64_t max)
{
    struct list found = store_list(c, &launch_template_version_schema,
                                   "template = ? AND number BETWEEN ? AND ? ORDER BY number DESC",
                                   SQL_ARGS(SQL_TEXT(t->id), SQL_INT(min), SQL_INT(max)));
    LIST_EACH (struct launch_template_version, v, &found)
        v->is_default = v->number == t->default_version ? YES : NO;
    return found;
}
