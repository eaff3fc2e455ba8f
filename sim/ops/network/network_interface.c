/* Network interfaces as they are described: launches make them, nothing else does. And the Elastic
 * IP addresses that they could have: who describes instances often asks for them beside them. */
#include "call/errors.h"
#include "call/op.h"
#include "ops/describe.h"
#include "reply/emit.h"
#include "world/network/network.h"

/* ---- DescribeNetworkInterfaces ---- */

static const struct param describe_network_interfaces_params[] = {
    PAGING(struct listing, page),
    { "IncludeManagedResources", IGNORED(BOOL, "no interface here is managed by a service") },
    { "NetworkInterfaceId", TEXTS(struct listing, ids) },
    { "Filter", FILTERS(struct listing, filters) },
    { 0 },
};

MISSING(no_network_interface, E_InterfaceNotFound);

static const struct describe network_interface_list = {
    .schema = &network_interface_schema,
    .set = "networkInterfaceSet",
    .ids_name = "networkInterfaceIdSet",
    .visible = MINE,
    .prepare = network_interface_prepare,
    .missing = no_network_interface,
};

LISTS(ec2, DescribeNetworkInterfaces, describe_network_interfaces_params, network_interface_list,
      .errors = "InvalidNetworkInterfaceID.NotFound InvalidParameterCombination");

/* ---- DescribeAddresses ---- */

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
