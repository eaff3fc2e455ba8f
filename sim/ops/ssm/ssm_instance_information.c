/* SSM: DescribeInstanceInformation, the instances whose agent has made itself known. */
#include "base/text.h"
#include "call/errors.h"
#include "ops/ssm/ssm_command_request.h"
#include "ops/ssm/ssm_command_target.h"
#include "ops/ssm/ssm_parameter_request.h"
#include "reply/emit.h"
#include "request/page.h"
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

static const struct param filter_params_here[] = {
    { "Key", TEXT(struct information_filter, key), .flags = PARAM_REQUIRED, .min = 1 },
    { "Values", TEXTS(struct information_filter, values), .flags = PARAM_REQUIRED, .min = 1,
      .max = 100 },
    { 0 },
};

static const struct param describe_instance_information_params[] = {
    { "InstanceInformationFilterList", LIST(struct describe_instance_information, old_filters,
                                            struct information_filter, old_filter_params) },
    { "Filters", LIST(struct describe_instance_information, filters, struct information_filter,
                      filter_params_here) },
    PAGING_BETWEEN(struct describe_instance_information, page, 5, 50),
    { 0 },
};

static bool is_about_tags(const char *key)
{
    return text_starts(key, "tag:") || text_is(key, "tag-key");
}

static int check_filters(struct call *c, const struct describe_instance_information *in)
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

static const char *platform_type(const struct instance *i)
{
    return instance_is_windows(i) ? "Windows" : "Linux";
}

/* Activations, roles and associations: no instance has any here. */
static bool meets(struct call *c, const struct instance *i, const struct agent *agent,
                  const struct information_filter *f)
{
    const char *member = text_is(f->key, "InstanceIds")     ? i->id
                         : text_is(f->key, "AgentVersion")  ? AGENT_VERSION
                         : text_is(f->key, "PingStatus")    ? agent->ping
                         : text_is(f->key, "PlatformTypes") ? platform_type(i)
                         : text_is(f->key, "ResourceType")  ? "EC2Instance"
                                                            : NULL;
    if (is_about_tags(f->key))
        return ssm_tagged(c, i->id, f->key, &f->values);
    return member && strs_have(&f->values, member);
}

static void emit_information(struct call *c, const struct instance *i, const struct agent *agent)
{
    emit_item(c);
    emit_text(c, "InstanceId", i->id);
    emit_text(c, "PingStatus", agent->ping);
    emit_epoch(c, "LastPingDateTime", agent->last_ping);
    emit_text(c, "AgentVersion", AGENT_VERSION);
    emit_bool(c, "IsLatestVersion", true);
    emit_text(c, "PlatformType", platform_type(i));
    emit_text(c, "PlatformName", agent->platform);
    emit_text(c, "PlatformVersion", agent->version);
    emit_text(c, "ResourceType", "EC2Instance");
    emit_text(c, "IPAddress", i->private_ip);
    emit_text(c, "ComputerName", i->private_dns);
    emit_text(c, "SourceId", i->id);
    emit_text(c, "SourceType", "AWS::EC2::Instance");
    emit_close(c);
}

struct known {
    struct instance instance;
    struct agent agent;
};

static struct list find_known(struct call *c, const struct list *filters)
{
    struct list found = { 0 };
    struct known k;
    struct list all = store_list(c, &instance_schema, MINE, SQL_ARGS(MINE_ARGS(c)));
    LIST_EACH (struct instance, i, &all) {
        bool wanted = ssm_agent_find(c, i, &k.agent);
        LIST_EACH (struct information_filter, f, filters)
            wanted = wanted && meets(c, i, &k.agent, f);
        k.instance = *i;
        if (wanted)
            *list_add(c->a, &found, struct known) = k;
    }
    return found;
}

static int describe_instance_information(struct call *c,
                                         const struct describe_instance_information *in)
{
    const char *next;
    if (check_filters(c, in))
        return -1;
    struct list found = find_known(c, in->old_filters.count ? &in->old_filters : &in->filters);
    if (page_cut(c, NULL, &in->page, &found, sizeof(struct known), &next))
        return -1;
    emit_list(c, "InstanceInformationList");
    LIST_EACH (struct known, k, &found)
        emit_information(c, &k->instance, &k->agent);
    emit_close(c);
    page_emit_next(c, next);
    return 0;
}

OPERATION(ssm, DescribeInstanceInformation, describe_instance_information,
          .errors = "InvalidFilterKey InvalidNextToken ValidationException");
