/* DescribeInstances: instances by their reservations. */
#include "ops/instance/instance_describe.h"

#include "base/text.h"
#include "call/op.h"
#include "ops/describe.h"
#include "reply/emit.h"
#include "world/instance/instance.h"

static const struct param describe_instances_params[] = {
    { "InstanceId", TEXTS(struct listing, ids) },
    { "IncludeManagedResources", IGNORED(BOOL, "no instance here is managed by a service") },
    { "Filter", FILTERS(struct listing, filters) },
    PAGING(struct listing, page),
    { 0 },
};

void emit_reservation(struct call *c, const struct list *instances, enum view view)
{
    const struct instance *first = list_at(instances, struct instance, 0);
    emit_text(c, "reservationId", first->reservation);
    emit_text(c, "ownerId", first->owner);
    emit_list(c, "groupSet"); /* of EC2-Classic: empty in a VPC */
    emit_close(c);
    emit_nouns(c, "instancesSet", &instance_schema, instances, view);
}

/* Instances come in order of their launch: those of one reservation are neighbours. */
static void emit_reservations(struct call *c, const struct list *found)
{
    emit_list(c, "reservationSet");
    for (size_t from = 0, to; from < found->count; from = to) {
        struct instance *all = found->items;
        for (to = from + 1; to < found->count; to++) {
            if (!text_is(all[to].reservation, all[from].reservation))
                break;
        }
        struct list part = { .items = all + from, .count = to - from };
        emit_item(c);
        emit_reservation(c, &part, VIEW_DESCRIBED);
        emit_close(c);
    }
    emit_close(c);
}

static int describe_instances_check_ids(struct call *c, const struct list *ids)
{
    LIST_EACH (const char *, id, ids) {
        if (instance_check_id(c, *id))
            return -1;
    }
    return 0;
}

static const struct describe instance_list = {
    .schema = &instance_schema,
    .ids_name = "instancesSet",
    .visible = MINE,
    .check_ids = describe_instances_check_ids,
    .prepare = instance_prepare,
    .missing = instances_missing,
};

static int describe_instances(struct call *c, const struct listing *in)
{
    struct list found;
    const char *token;
    if (describe_find(c, &instance_list, in, &found, &token))
        return -1;
    emit_reservations(c, &found);
    page_emit_next(c, token);
    return 0;
}

OPERATION_AS(
    ec2, DescribeInstances, describe_instances, describe_instances_params, struct listing,
    .errors = "InvalidInstanceID.Malformed InvalidInstanceID.NotFound InvalidParameterCombination");
