/* What surrounds the VPCs of an account in a Region, as AWS makes it with each of them: the main
 * route table, the default network ACL, in the default VPC an internet gateway, and the one set of
 * DHCP options. None of it is stored: it follows from the VPCs and their subnets, and so do its
 * identifiers. */
#ifndef WORLD_SURROUNDINGS_H
#define WORLD_SURROUNDINGS_H

#include "base/field.h"
#include "call/call.h"

struct route {
    const char *to; /* CIDR block */
    const char *gateway; /* local, igw-… */
    const char *origin; /* CreateRouteTable, CreateRoute */
};

/* That a table is the main one. */
struct route_table_association {
    const char *id, *table;
};

struct route_table {
    const char *id, *owner, *vpc;
    struct list routes; /* struct route */
    struct list associations; /* struct route_table_association */
    struct list tags; /* none: nothing here tags it */
};

struct network_acl_entry {
    int64_t number;
    const char *action; /* allow, deny */
    enum tri egress;
};

struct network_acl_association {
    const char *id, *acl, *subnet;
};

struct network_acl {
    const char *id, *owner, *vpc;
    struct list entries; /* struct network_acl_entry */
    struct list associations; /* struct network_acl_association */
    struct list tags; /* none: nothing here tags it */
};

struct gateway_attachment {
    const char *vpc;
};

struct internet_gateway {
    const char *id, *owner;
    struct list attachments; /* struct gateway_attachment */
    struct list tags; /* none: nothing here tags it */
};

struct dhcp_value {
    const char *value;
};

struct dhcp_configuration {
    const char *key;
    struct list values; /* struct dhcp_value */
};

struct dhcp_options {
    const char *id, *owner;
    struct list configurations; /* struct dhcp_configuration */
    struct list tags; /* none: nothing here tags it */
};

extern const struct schema route_table_schema, network_acl_schema, internet_gateway_schema,
    dhcp_options_schema;

/* Each adds what the caller has in its Region; the first look makes the default VPC. */
void route_tables(struct call *c, struct list *into);
void network_acls(struct call *c, struct list *into);
void internet_gateways(struct call *c, struct list *into);
void dhcp_options(struct call *c, struct list *into);

#endif
