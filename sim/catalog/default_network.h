/* The network that every account finds in every Region (fixtures/network.yaml);
 * world/network/network.h makes it. */
#ifndef CATALOG_DEFAULT_NETWORK_H
#define CATALOG_DEFAULT_NETWORK_H

#include "base/field.h"
#include "call/call.h"
#include "catalog/region.h"

struct default_network {
    const char *vpc_cidr, *instance_tenancy, *group_name, *group_description;
    const char *private_domain, *public_domain; /* {region} stands for the Region */
    const char *first_region, *first_private_domain, *first_public_domain;
    int64_t subnet_prefix;
    int64_t reserved_first, reserved_last; /* addresses of a subnet that AWS keeps */
    enum tri map_public_ip_on_launch;
};

const struct default_network *default_network(const struct sim *sim);
/* "ec2.internal", "eu-west-1.compute.internal" */
const char *private_domain(const struct call *c, const char *region);
/* "compute-1.amazonaws.com", "eu-west-1.compute.amazonaws.com" */
const char *public_domain(const struct call *c, const char *region);
/* The CIDR block of the nth default subnet: "172.31.16.0/20". */
const char *default_subnet_cidr(const struct call *c, size_t nth);

#endif
