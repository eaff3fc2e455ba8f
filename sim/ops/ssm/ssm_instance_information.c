/* SSM: DescribeInstanceInformation, the instances whose agent has made itself known. */
#include "base/text.h"
#include "call/errors.h"
#include "ops/describe.h"
#include "ops/ssm/ssm_command_target.h"
#include "store/noun.h"
#include "world/ssm/ssm_agent.h"

struct information_filter {
    const char *key;
    struct list values;
};

struct describe_instance_information {
    struct list old_filters, filters; /* struct information_filter */
    struct paging page;
};

static const char *const keys[] = { "InstanceIds",   "AgentVersion",      "PingStatus",
                                    "PlatformTypes", "ActivationIds",     "IamRole",
                                    "ResourceType",  "AssociationStatus", NULL };

static const struct param old_filter_params[] = {
    { "key", TEXT(struct information_filter, key), .flags = PARAM_REQUIRED, .values = keys },
    { "valueSet", TEXTS(struct information_filter, values), .flags = PARAM_REQUIRED, .min = 1,
      .max = 100 },
    { 0 },
};

static const struct param information_filter_params[] = {
    { "Key", TEXT(struct information_filter, key), .flags = PARAM_REQUIRED, .min = 1 },
    { "Values", TEXTS(struct information_filter, values), .flags = PARAM_REQUIRED, .min = 1,
      .max = 100 },
    { 0 },
};

static const struct param describe_instance_information_params[] = {
    { "InstanceInformationFilterList", LIST(struct describe_instance_information, old_filters,
                                            struct information_filter, old_filter_params) },
    { "Filters", LIST(struct describe_instance_information, filters, struct information_filter,
                      information_filter_params) },
    PAGING_BETWEEN(struct describe_instance_information, page, 5, 50),
    { 0 },
};

static bool is_about_tags(const char *key)
{
    return text_starts(key, "tag:") || text_is(key, "tag-key");
}

static int check_information_filters(struct call *c, const struct describe_instance_information *in)
{
    if (in->filters.count && in->old_filters.count)
        return fail(c, E_SsmInformationForms);
    LIST_EACH (struct information_filter, f, &in->filters) {
        if (is_about_tags(f->key) && in->filters.count > 1)
            return fail(c, E_SsmInformationTags);
        if (!text_any(f->key, keys) && !is_about_tags(f->key))
            return fail(c, E_SsmInformationKey, f->key);
    }
    return 0;
}

struct information {
    struct instance of;
    struct agent agent;
    const char *platform; /* Windows, Linux */
    enum tri latest;
};

/* Activations, roles and associations: no instance has any here. */
static bool information_meets(struct call *c, const struct information *i,
                              const struct information_filter *f)
{
    const char *member = text_is(f->key, "InstanceIds")     ? i->of.id
                         : text_is(f->key, "AgentVersion")  ? AGENT_VERSION
                         : text_is(f->key, "PingStatus")    ? i->agent.ping
                         : text_is(f->key, "PlatformTypes") ? i->platform
                         : text_is(f->key, "ResourceType")  ? "EC2Instance"
                                                            : NULL;
    if (is_about_tags(f->key))
        return ssm_tagged(c, i->of.id, f->key, &f->values);
    return member && strs_have(&f->values, member);
}

static const struct schema information_schema = {
    .size = sizeof(struct information),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct information, of.id), .json = "InstanceId" },
            { TEXT_FIELD(struct information, agent.ping), .json = "PingStatus" },
            { TIME_FIELD(struct information, agent.last_ping), .json = "LastPingDateTime" },
            { CONSTANT_FIELD(AGENT_VERSION), .json = "AgentVersion" },
            { BOOL_FIELD(struct information, latest), .json = "IsLatestVersion" },
            { TEXT_FIELD(struct information, platform), .json = "PlatformType" },
            { TEXT_FIELD(struct information, agent.platform), .json = "PlatformName" },
            { TEXT_FIELD(struct information, agent.version), .json = "PlatformVersion" },
            { CONSTANT_FIELD("EC2Instance"), .json = "ResourceType" },
            { TEXT_FIELD(struct information, of.private_ip), .json = "IPAddress" },
            { TEXT_FIELD(struct information, of.private_dns), .json = "ComputerName" },
            { TEXT_FIELD(struct information, of.id), .json = "SourceId" },
            { CONSTANT_FIELD("AWS::EC2::Instance"), .json = "SourceType" },
            { 0 } },
};

static const struct describe information_list = { .schema = &information_schema,
                                                  .set = "InstanceInformationList" };

static int describe_instance_information(struct call *c,
                                         const struct describe_instance_information *in)
{
    const struct list *filters = in->old_filters.count ? &in->old_filters : &in->filters;
    struct list found = { 0 };
    if (check_information_filters(c, in))
        return -1;
    struct list all = store_list(c, &instance_schema, MINE, SQL_ARGS(MINE_ARGS(c)));
    LIST_EACH (struct instance, i, &all) {
        struct information known = { *i, { 0 }, instance_is_windows(i) ? "Windows" : "Linux", YES };
        bool wanted = ssm_agent_find(c, i, &known.agent);
        LIST_EACH (struct information_filter, f, filters)
            wanted = wanted && information_meets(c, &known, f);
        if (wanted)
            *list_add(c->a, &found, struct information) = known;
    }
    return describe_page(c, &information_list, &in->page, &found);
}

OPERATION(ssm, DescribeInstanceInformation, describe_instance_information,
          .errors = "InvalidFilterKey InvalidNextToken ValidationException");
