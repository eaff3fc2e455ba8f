/* Auto Scaling: there are no groups and no launch configurations, and nothing here makes one. Who
 * looks for the images in use asks for them beside the instances. */
#include "call/errors.h"
#include "call/op.h"
#include "reply/emit.h"

struct describe_none {
    const char *next_token;
};

#define NO_GROUPS "there are no groups to choose from"

static const struct param describe_groups_params[] = {
    { "AutoScalingGroupNames", IGNORED(TEXTS, NO_GROUPS) },
    { "IncludeInstances", IGNORED(BOOL, NO_GROUPS) },
    { "IncludeManagedResources", IGNORED(BOOL, NO_GROUPS) },
    { "NextToken", TEXT(struct describe_none, next_token) },
    { "MaxRecords", IGNORED(INT, NO_GROUPS) },
    { "Filters", IGNORED(LIST, NO_GROUPS) },
    { 0 },
};

static int describe_none(struct call *c, const char *next_token, const char *list)
{
    if (next_token)
        return fail(c, E_NoSuchGroupToken, next_token);
    emit_list(c, list);
    emit_close(c);
    return 0;
}

static int describe_auto_scaling_groups(struct call *c, const struct describe_none *in)
{
    return describe_none(c, in->next_token, "AutoScalingGroups");
}

OPERATION_AS(autoscaling, DescribeAutoScalingGroups, describe_auto_scaling_groups,
             describe_groups_params, struct describe_none, .errors = "InvalidNextToken",
             .effects = "finds none: nothing here makes a group");

#define NO_CONFIGURATIONS "there are no configurations to choose from"

static const struct param describe_configurations_params[] = {
    { "LaunchConfigurationNames", IGNORED(TEXTS, NO_CONFIGURATIONS) },
    { "NextToken", TEXT(struct describe_none, next_token) },
    { "MaxRecords", IGNORED(INT, NO_CONFIGURATIONS) },
    { 0 },
};

static int describe_launch_configurations(struct call *c, const struct describe_none *in)
{
    return describe_none(c, in->next_token, "LaunchConfigurations");
}

OPERATION_AS(autoscaling, DescribeLaunchConfigurations, describe_launch_configurations,
             describe_configurations_params, struct describe_none, .errors = "InvalidNextToken",
             .effects = "finds none: nothing here makes a launch configuration");
