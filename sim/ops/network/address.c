/* Elastic IP addresses: there are none, and nothing here allocates one. Who describes instances
 * often asks for their addresses beside them. */
#include "base/list.h"
#include "call/errors.h"
#include "call/op.h"
#include "reply/emit.h"

struct describe_addresses {
    struct list ips, allocations;
};

static const struct param describe_addresses_params[] = {
    { "PublicIp", TEXTS(struct describe_addresses, ips) },
    { "AllocationId", TEXTS(struct describe_addresses, allocations) },
    { "Filter", IGNORED(LIST, "there are no addresses to choose from") },
    { 0 },
};

static int describe_addresses(struct call *c, const struct describe_addresses *in)
{
    if (in->ips.count)
        return fail(c, E_AddressNotFound, *list_at(&in->ips, const char *, 0));
    if (in->allocations.count)
        return fail(c, E_AllocationNotFound, *list_at(&in->allocations, const char *, 0));
    emit_list(c, "addressesSet");
    emit_close(c);
    return 0;
}

OPERATION(ec2, DescribeAddresses, describe_addresses,
          .errors = "InvalidAddress.NotFound InvalidAllocationID.NotFound",
          .effects = "finds none: nothing here allocates an address");
