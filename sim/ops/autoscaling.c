/* Auto Scaling: there are no groups, and nothing here makes one. Who looks for the images in use asks for
 * them beside the instances. */
#include "call/errors.h"
#include "call/op.h"
#include "reply/emit.h"

struct describe_groups {
    const char *next_token;
};

#define NO_GROUPS "there are no groups to choose from"

static const struct param describe_groups_params[] = {
    { "AutoScalingGroupNames", IGNORED(TEXTS, NO_GROUPS) },
    { "IncludeInstances", IGNORED(BOOL, NO_GROUPS) },
    { "IncludeManagedResources", IGNORED(BOOL, NO_GROUPS) },
    { "NextToken", TEXT(struct describe_groups, next_token) },
    { "MaxRecords", IGNORED(INT, NO_GROUPS) },
    { "Filters", IGNORED(LIST, NO_GROUPS) },
    { 0 },
};

static int describe_groups(struct call *c, const struct describe_groups *in)
{
    if (in->next_token)
        return fail(c, E_NoSuchGroupToken, in->next_token);
    emit_list(c, "AutoScalingGroups");
    emit_close(c);
    return 0;
}

OPERATION(autoscaling, DescribeAutoScalingGroups, describe_groups, describe_groups_params,
          struct describe_groups, .errors = "InvalidNextToken",
          .effects = "finds none: nothing here makes a group");
