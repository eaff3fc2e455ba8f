/* DescribeIamInstanceProfileAssociations: the IAM profiles that instances were launched with. */
#include "call/errors.h"
#include "call/id.h"
#include "call/op.h"
#include "ops/describe.h"
#include "request/narrow.h"
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

/* Without ids only what the filters leave: whether an id is known all of them say. */
static struct list instances_with_profile(struct call *c, const struct listing *in)
{
    const struct narrowed n = { .stored = &instance_schema,
                                .shown = &association_schema,
                                .at = offsetof(struct association, i),
                                .filters = in->ids.count ? NULL : &in->filters };
    return narrow_list(c, &n, MINE " AND profile IS NOT NULL AND state_code <> 48",
                       SQL_ARGS(MINE_ARGS(c)));
}

static int describe_iam_instance_profile_associations(struct call *c, const struct listing *in)
{
    struct list found = instances_with_profile(c, in), all = { 0 };
    LIST_EACH (struct instance, i, &found) {
        instance_prepare(c, i);
        *list_add(c->a, &all, struct association) =
            (struct association){ .id = id_named(c, "iip-assoc-", i->id), .i = *i };
    }
    LIST_EACH (const char *, id, &in->ids) {
        if (!LIST_FIND(struct association, &all, id, *id))
            return fail(c, E_AssociationNotFound, *id);
    }
    struct list asked = LIST_AMONG(c->a, struct association, &all, id, &in->ids);
    return describe_items(c, &association_list, in, &asked);
}

OPERATION_AS(ec2, DescribeIamInstanceProfileAssociations,
             describe_iam_instance_profile_associations, describe_associations_params,
             struct listing, .flags = OP_NO_DRYRUN, .errors = "InvalidAssociationID.NotFound");
