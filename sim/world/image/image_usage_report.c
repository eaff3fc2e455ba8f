/* See image_usage_report.h. */
#include "world/image/image_usage_report.h"

#include "base/text.h"
#include "call/errors.h"
#include "store/noun.h"
#include "world/instance/instance.h"
#include "world/instance/launch_template.h"

const struct schema usage_option_schema = {
    .name = "usage_option",
    .size = sizeof(struct usage_option),
    .part = true,
    .fields = (const struct field[]){ { TEXT_FIELD(struct usage_option, name), .column = "name",
                                        .xml = "optionName" },
                                      { TEXTS_FIELD(struct usage_option, values),
                                        .column = "value_set", .xml = "optionValueSet" },
                                      { 0 } },
};

const struct schema usage_type_schema = {
    .name = "usage_type",
    .size = sizeof(struct usage_type),
    .part = true,
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct usage_type, type), .column = "type", .xml = "resourceType" },
            { LIST_FIELD(struct usage_type, options, &usage_option_schema), .column = "options",
              .xml = "resourceTypeOptionSet" },
            { 0 } },
};

const struct schema usage_entry_schema = {
    .name = "usage_entry",
    .size = sizeof(struct usage_entry),
    .part = true,
    .fields =
        (const struct field[]){ { TEXT_FIELD(struct usage_entry, type), .column = "type" },
                                { TEXT_FIELD(struct usage_entry, account), .column = "account" },
                                { INT_FIELD(struct usage_entry, count), .column = "count" },
                                { 0 } },
};

const struct schema usage_report_schema = {
    .name = "usage_report",
    .noun = "image-usage-report",
    .size = sizeof(struct usage_report),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct usage_report, id), .column = "id", .xml = "reportId" },
            { TEXT_FIELD(struct usage_report, image), .column = "image", .xml = "imageId" },
            { LIST_FIELD(struct usage_report, types, &usage_type_schema), .column = "types",
              .xml = "resourceTypeSet", .flags = FIELD_SHOW_EMPTY },
            { TEXTS_FIELD(struct usage_report, accounts), .column = "accounts",
              .xml = "accountIdSet" },
            { TEXT_FIELD(struct usage_report, state), .column = "state", .xml = "state",
              .filter = "state", .flags = FIELD_STATE },
            { TEXT_FIELD(struct usage_report, reason), .column = "reason", .xml = "stateReason" },
            { TIME_FIELD(struct usage_report, created), .column = "created", .xml = "creationTime",
              .filter = "creation-time" },
            { TIME_FIELD(struct usage_report, expires), .column = "expires",
              .xml = "expirationTime" },
            { TAGS_FIELD(struct usage_report, tags), .xml = "tagSet" },
            { TEXT_FIELD(struct usage_report, owner), .column = "owner", .flags = FIELD_OWNER },
            { TEXT_FIELD(struct usage_report, region), .column = "region" },
            { LIST_FIELD(struct usage_report, entries, &usage_entry_schema), .column = "entries" },
            { 0 } },
};

int usage_report_own(struct call *c, const char *id, struct usage_report *ret)
{
    return store_own(c, &usage_report_schema, id, ret) ? 0 : fail(c, E_ReportNotFound, id);
}

const struct list *usage_option_values(const struct usage_type *t, const char *name)
{
    const struct usage_option *o =
        t ? LIST_FIND(struct usage_option, &t->options, name, name) : NULL;
    return o && o->values.count ? &o->values : NULL;
}

int64_t usage_version_depth(const struct usage_type *t, int64_t otherwise)
{
    const struct list *values = usage_option_values(t, "version-depth");
    if (values)
        text_int(*list_at(values, const char *, 0), &otherwise);
    return otherwise;
}

#define IN_REGION_OF "region = ?1 AND (?2 IS NULL OR owner = ?2)"
#define BY_OWNER " ORDER BY owner, rowid"

struct list image_instances(struct call *c, const char *image, const char *owner)
{
    return store_list(c, &instance_schema, IN_REGION_OF " AND image = ?3" BY_OWNER,
                      SQL_ARGS(SQL_TEXT(c->region), SQL_TEXT(owner), SQL_TEXT(image)));
}

struct list image_templates(struct call *c, const char *image, const char *owner, int64_t depth)
{
    return store_list(
        c, &launch_template_schema,
        IN_REGION_OF
        " AND EXISTS (SELECT 1 FROM launch_template_version v WHERE v.template = launch_template.id"
        " AND json_extract(v.data, '$.ImageId') = ?3 AND (SELECT count(*) FROM"
        " launch_template_version w WHERE w.template = v.template AND w.number > v.number) < "
        "?4)" BY_OWNER,
        SQL_ARGS(SQL_TEXT(c->region), SQL_TEXT(owner), SQL_TEXT(image), SQL_INT(depth)));
}
