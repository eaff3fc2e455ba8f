/* DescribeIamInstanceProfileAssociations: the IAM profiles that instances were launched with. */
#include "call/errors.h"
#include "call/id.h"
#include "call/op.h"
#include "ops/describe.h"
#include "world/instance/instance.h"

static const struct param describe_associations_params[] = {
    { "AssociationId", TEXTS(struct listing, ids) },
    { "Filter", FILTERS(struct listing, filters) },
    PAGING(struct listing, page),
    { 0 },
};

struct association {
    const char *id;
    struct instance i;
};

static const struct schema association_schema = {
    .name = "profile_association",
    .size = sizeof(struct association),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct association, id), .xml = "associationId" },
            { TEXT_FIELD(struct association, i.id), .xml = "instanceId", .filter = "instance-id" },
            { TEXT_FIELD(struct association, i.profile), .xml = "iamInstanceProfile/arn" },
            { TEXT_FIELD(struct association, i.profile_id), .xml = "iamInstanceProfile/id" },
            { CONSTANT_FIELD("associated"), .xml = "state", .filter = "state" },
            { 0 } },
};

static const struct describe association_list = {
    .schema = &association_schema,
    .set = "iamInstanceProfileAssociationSet",
};

static int describe_iam_instance_profile_associations(struct call *c, const struct listing *in)
{
    struct list found = instances_alive(c), shown = { 0 }, known = { 0 };
    LIST_EACH (struct instance, i, &found) {
        instance_prepare(c, i);
        const char *id = id_named(c, "iip-assoc-", i->id);
        strs_add(c->a, &known, i->profile ? id : "");
        if (!i->profile || (in->ids.count && !strs_have(&in->ids, id)))
            continue;
        *list_add(c->a, &shown, struct association) = (struct association){ .id = id, .i = *i };
    }
    LIST_EACH (const char *, id, &in->ids) {
        if (!strs_have(&known, *id))
            return fail(c, E_AssociationNotFound, *id);
    }
    return describe_items(c, &association_list, in, &shown);
}

OPERATION_AS(ec2, DescribeIamInstanceProfileAssociations,
             describe_iam_instance_profile_associations, describe_associations_params,
             struct listing, .flags = OP_NO_DRYRUN, .errors = "InvalidAssociationID.NotFound");
