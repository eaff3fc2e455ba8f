/* Security groups: made, described, deleted. Their rules are in security_group_rule.c. */
#include "ops/network/security_group.h"

#include <string.h>

#include "base/text.h"
#include "call/errors.h"
#include "call/id.h"
#include "call/op.h"
#include "ops/describe.h"
#include "reply/emit.h"
#include "request/tag_spec.h"

#define MAX_TEXT 255

bool security_group_text_is_valid(const char *text)
{
    return strlen(text) <= MAX_TEXT
           && !text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                 ". _-:/()#,@[]+=&;{}!$*")];
}

int security_group_named_by(struct call *c, const char *id, const char *name,
                            struct security_group *ret)
{
    struct vpc v;
    if (!id && !name)
        return fail(c, E_MissingParameter, "groupId");
    if (id && (id_check(c, "sg-", id) || security_group_own(c, id, ret)))
        return -1;
    if (id)
        return name && !text_is(name, ret->name) ? fail(c, E_GroupIdAndName) : 0;
    if (!vpc_default(c, &v)) /* names are for the default VPC [guide] */
        return fail(c, E_NoDefaultVpc);
    return security_group_named(c, v.id, name, ret) ? 0
                                                    : fail(c, E_GroupDefaultVpcName, name, v.id);
}

/* ---- DescribeSecurityGroups ---- */

struct describe_security_groups {
    struct listing list;
    struct list names;
};

static const struct param describe_security_groups_params[] = {
    { "GroupId", TEXTS(struct describe_security_groups, list.ids), .id = "sg-" },
    { "GroupName", TEXTS(struct describe_security_groups, names) },
    PAGING(struct describe_security_groups, list.page),
    { "Filter", FILTERS(struct describe_security_groups, list.filters) },
    { 0 },
};

MISSING(no_security_group, E_GroupNotFound);

static const struct describe security_group_list = {
    .schema = &security_group_schema,
    .set = "securityGroupInfo",
    .ids_name = "securityGroupIds",
    .visible = MINE,
    .before = network_ensure,
    .prepare = security_group_prepare,
    .missing = no_security_group,
};

static int describe_security_groups(struct call *c, const struct describe_security_groups *in)
{
    struct listing asked = in->list;
    LIST_EACH (const char *, name, &in->names) {
        struct security_group g;
        if (security_group_named_by(c, NULL, *name, &g))
            return -1;
        strs_add(c->a, &asked.ids, g.id);
    }
    return describe(c, &security_group_list, &asked);
}

/* The first look makes the default VPC: a write. */
OPERATION(ec2, DescribeSecurityGroups, describe_security_groups, .flags = OP_WRITES,
          .errors = "InvalidGroup.NotFound InvalidGroupId.Malformed VPCIdNotSpecified "
                    "InvalidParameterCombination");

/* ---- CreateSecurityGroup ---- */

struct create_security_group {
    const char *name, *description, *vpc;
    struct list tag_specs;
};

static const struct param create_security_group_params[] = {
    { "GroupDescription", TEXT(struct create_security_group, description),
      .flags = PARAM_REQUIRED },
    { "GroupName", TEXT(struct create_security_group, name), .flags = PARAM_REQUIRED },
    { "VpcId", TEXT(struct create_security_group, vpc) },
    { "TagSpecification", TAG_SPECS(struct create_security_group, tag_specs, "security-group") },
    { 0 },
};

static int check_ascii(struct call *c, const char *name, const char *text)
{
    for (const char *at = text; *at; at++) {
        if ((unsigned char)*at > 126)
            return fail(c, E_GroupTextAscii, text, name);
    }
    return 0;
}

static int check_new_security_group(struct call *c, const struct create_security_group *in,
                                    struct vpc *ret)
{
    struct security_group before;
    if (check_ascii(c, "GroupName", in->name)
        || check_ascii(c, "GroupDescription", in->description))
        return -1;
    if (!security_group_text_is_valid(in->name))
        return fail(c, E_GroupName);
    if (!security_group_text_is_valid(in->description))
        return fail(c, E_GroupDescription);
    if (text_starts(in->name, "sg-"))
        return fail(c, E_GroupNamePrefix, in->name);
    if (text_is(in->name, "default"))
        return in->vpc ? fail(c, E_GroupReservedInVpc, in->name)
                       : fail(c, E_GroupReserved, in->name);
    if (!in->vpc && !vpc_default(c, ret))
        return fail(c, E_NoDefaultVpc);
    if (in->vpc && vpc_own(c, in->vpc, ret))
        return -1;
    if (security_group_named(c, ret->id, in->name, &before))
        return fail(c, E_GroupDuplicate, in->name, ret->id);
    return 0;
}

static int create_security_group(struct call *c, const struct create_security_group *in)
{
    struct vpc v;
    if (check_new_security_group(c, in, &v) || dry_run_ends(c))
        return -1;
    struct security_group g = {
        .id = id_new(c, "sg-"), .vpc = v.id, .name = in->name, .description = in->description
    };
    security_group_create(c, &g);
    struct list tags = tag_specs_put(c, &in->tag_specs, "security-group", g.id);
    emit_bool(c, "return", true);
    emit_text(c, "groupId", g.id);
    emit_text(c, "securityGroupArn", g.arn);
    if (tags.count) /* no element where there are none [recorded] */
        emit_tags(c, "tagSet", &tags);
    return 0;
}

OPERATION(ec2, CreateSecurityGroup, create_security_group, .flags = OP_WRITES,
          .dry_run = DRYRUN_IN_HANDLER,
          .errors = "InvalidGroup.Duplicate InvalidGroup.Reserved InvalidParameterValue"
                    " InvalidVpcID.NotFound VPCIdNotSpecified",
          .effects = "a group that lets everything out and nothing in");

/* ---- DeleteSecurityGroup ---- */

struct delete_security_group {
    const char *id, *name;
};

static const struct param delete_security_group_params[] = {
    { "GroupId", TEXT(struct delete_security_group, id) },
    { "GroupName", TEXT(struct delete_security_group, name) },
    { 0 },
};

static int delete_security_group(struct call *c, const struct delete_security_group *in)
{
    struct security_group g;
    if (security_group_named_by(c, in->id, in->name, &g))
        return -1;
    if (text_is(g.name, "default"))
        return fail(c, E_GroupDefaultStays, g.id);
    if (security_group_in_use(c, &g))
        return fail(c, E_GroupInUse, g.id);
    if (dry_run_ends(c))
        return -1;
    security_group_remove(c, &g);
    emit_text(c, "groupId", g.id);
    return 0;
}

OPERATION(ec2, DeleteSecurityGroup, delete_security_group, .flags = OP_WRITES,
          .answer = ANSWER_RETURN, .dry_run = DRYRUN_IN_HANDLER,
          .errors = "InvalidGroup.NotFound InvalidGroupId.Malformed CannotDelete"
                    " DependencyViolation InvalidParameterCombination VPCIdNotSpecified",
          .effects = "the group and its rules are gone");
