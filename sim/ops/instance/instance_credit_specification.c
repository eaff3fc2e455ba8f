/* DescribeInstanceCreditSpecifications: how burstable instances pay for more CPU than they earned.
 */
#include "call/errors.h"
#include "call/op.h"
#include "ops/describe.h"
#include "request/narrow.h"
#include "world/instance/instance.h"

static const struct param describe_credits_params[] = {
    { "Filter", FILTERS(struct listing, filters) },
    { "InstanceId", TEXTS(struct listing, ids) },
    PAGING(struct listing, page),
    { 0 },
};

static const struct schema credit_schema = {
    .name = "credit",
    .size = sizeof(struct instance),
    .fields = (const struct field[]){ { TEXT_FIELD(struct instance, id), .xml = "instanceId",
                                        .filter = "instance-id" },
                                      { TEXT_FIELD(struct instance, credits), .xml = "cpuCredits" },
                                      { 0 } },
};

static const struct describe credit_list = {
    .schema = &credit_schema,
    .set = "instanceCreditSpecificationSet",
};

/* Without ids only those in unlimited mode are shown [guide]. */
static int describe_instance_credit_specifications(struct call *c, const struct listing *in)
{
    const struct narrowed n = { &instance_schema, &credit_schema, .filters = &in->filters };
    struct list found, credits = { 0 };
    if (in->ids.count && in->page.max_results != ABSENT)
        return fail(c, E_PageWithIds, "instancesSet", "maxResults");
    if (!in->ids.count)
        found = narrow_list(c, &n, MINE " AND credits = 'unlimited' AND state_code <> 48",
                            SQL_ARGS(MINE_ARGS(c)));
    else if (instances_own(c, &in->ids, &found))
        return -1;
    LIST_EACH (struct instance, i, &found) {
        if (i->credits)
            *list_add(c->a, &credits, struct instance) = *i;
    }
    return describe_items(c, &credit_list, in, &credits);
}

OPERATION_AS(ec2, DescribeInstanceCreditSpecifications, describe_instance_credit_specifications,
             describe_credits_params, struct listing,
             .errors = "InvalidInstanceID.NotFound InvalidParameterCombination");
