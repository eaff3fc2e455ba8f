/* The network that instances stand in: the default VPC with its subnets and its security group.
 *
 * It is made on first use in each account and Region; its identifiers belong to their names, so that
 * they are the same in every run. */
#ifndef WORLD_NETWORK_H
#define WORLD_NETWORK_H

#include "base/field.h"
#include "call/call.h"

struct vpc {
    const char *id, *owner, *region, *cidr, *dhcp_options, *tenancy, *state;
    enum tri is_default, dns_support, dns_hostnames;
    struct list tags;
};

struct subnet {
    const char *id, *owner, *region, *vpc, *cidr, *zone, *zone_id, *state, *arn;
    int64_t free_addresses, next_address; /* next_address: host part of the next private IP */
    enum tri default_for_zone, map_public_ip;
    struct list tags;
};

struct group {
    const char *id, *owner, *region, *vpc, *name, *description, *arn;
    struct list tags;
};

extern const struct kind vpc_kind, subnet_kind, group_kind;

/* Makes the default VPC of this account and Region unless it is there (or was deleted). */
void network_ensure(struct call *c);
bool subnet_find(struct call *c, const char *id, struct subnet *ret);
bool group_find(struct call *c, const char *id, struct group *ret);
/* The default subnet of a zone (any zone: NULL); false where there is none. */
bool subnet_default(struct call *c, const char *zone, struct subnet *ret);
bool group_default(struct call *c, const char *vpc, struct group *ret);
/* A free private address of a subnet, and its DNS name. */
const char *subnet_take_address(struct call *c, struct subnet *s);
const char *private_dns_name(struct call *c, const char *address);

#endif
