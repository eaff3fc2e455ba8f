/* How what surrounds the VPCs stands in answers. The order of elements is that of AWS's published
 * examples [guide]. */
#include "world/network/surroundings.h"

#define PART_SCHEMA(S, ...)                                                                        \
    static const struct schema S##_schema = { .name = #S,                                          \
                                              .size = sizeof(struct S),                            \
                                              .part = true,                                        \
                                              .fields = (const struct field[]){ __VA_ARGS__ } }
#define ITEM_SCHEMA(S, ...)                                                                        \
    const struct schema S##_schema = { .name = #S,                                                 \
                                       .size = sizeof(struct S),                                   \
                                       .fields = (const struct field[]){ __VA_ARGS__ } }
#define ROW(kind, S, m, element, name)                                                             \
    {                                                                                              \
        kind##_FIELD(struct S, m), .xml = element, .filter = name                                  \
    }
#define SAME(text, element, name)                                                                  \
    {                                                                                              \
        CONSTANT_FIELD(text), .xml = element, .filter = name                                       \
    }
#define PARTS(S, m, part, element)                                                                 \
    {                                                                                              \
        LIST_FIELD(struct S, m, &part##_schema), .xml = element, .flags = FIELD_SHOW_EMPTY         \
    }
#define TAGS_ROW(S)                                                                                \
    {                                                                                              \
        TAGS_FIELD(struct S, tags), .xml = "tagSet", .flags = FIELD_SHOW_EMPTY                     \
    }

/* ---- Route tables ---- */

PART_SCHEMA(route, ROW(TEXT, route, to, "destinationCidrBlock", "route.destination-cidr-block"),
            ROW(TEXT, route, gateway, "gatewayId", "route.gateway-id"),
            SAME("active", "state", "route.state"),
            ROW(TEXT, route, origin, "origin", "route.origin"),
            NO_SUCH("route.destination-ipv6-cidr-block"),
            NO_SUCH("route.destination-prefix-list-id"),
            NO_SUCH("route.egress-only-internet-gateway-id"), NO_SUCH("route.instance-id"),
            NO_SUCH("route.nat-gateway-id"), NO_SUCH("route.transit-gateway-id"),
            NO_SUCH("route.vpc-peering-connection-id"), { 0 });

PART_SCHEMA(route_table_association,
            ROW(TEXT, route_table_association, id, "routeTableAssociationId",
                "association.route-table-association-id"),
            ROW(TEXT, route_table_association, table, "routeTableId", "association.route-table-id"),
            SAME("true", "main", "association.main"),
            SAME("associated", "associationState/state", NULL), NO_SUCH("association.gateway-id"),
            NO_SUCH("association.subnet-id"), { 0 });

ITEM_SCHEMA(route_table, ROW(TEXT, route_table, id, "routeTableId", "route-table-id"),
            ROW(TEXT, route_table, vpc, "vpcId", "vpc-id"),
            ROW(TEXT, route_table, owner, "ownerId", "owner-id"),
            PARTS(route_table, routes, route, "routeSet"),
            PARTS(route_table, associations, route_table_association, "associationSet"),
            { EMPTY_LIST_FIELD, .xml = "propagatingVgwSet" }, TAGS_ROW(route_table), { 0 });

/* ---- Network ACLs ---- */

PART_SCHEMA(network_acl_entry,
            ROW(INT, network_acl_entry, number, "ruleNumber", "entry.rule-number"),
            SAME("-1", "protocol", "entry.protocol"),
            ROW(TEXT, network_acl_entry, action, "ruleAction", "entry.rule-action"),
            ROW(BOOL, network_acl_entry, egress, "egress", "entry.egress"),
            SAME("0.0.0.0/0", "cidrBlock", "entry.cidr"), NO_SUCH("entry.icmp.code"),
            NO_SUCH("entry.icmp.type"), NO_SUCH("entry.ipv6-cidr"),
            NO_SUCH("entry.port-range.from"), NO_SUCH("entry.port-range.to"), { 0 });

PART_SCHEMA(network_acl_association,
            ROW(TEXT, network_acl_association, id, "networkAclAssociationId",
                "association.association-id"),
            ROW(TEXT, network_acl_association, acl, "networkAclId", "association.network-acl-id"),
            ROW(TEXT, network_acl_association, subnet, "subnetId", "association.subnet-id"), { 0 });

ITEM_SCHEMA(network_acl, ROW(TEXT, network_acl, id, "networkAclId", "network-acl-id"),
            ROW(TEXT, network_acl, vpc, "vpcId", "vpc-id"),
            ROW(TEXT, network_acl, owner, "ownerId", "owner-id"),
            SAME("true", "default", "default"),
            PARTS(network_acl, entries, network_acl_entry, "entrySet"),
            PARTS(network_acl, associations, network_acl_association, "associationSet"),
            TAGS_ROW(network_acl), { 0 });

/* ---- Internet gateways ---- */

PART_SCHEMA(gateway_attachment, ROW(TEXT, gateway_attachment, vpc, "vpcId", "attachment.vpc-id"),
            SAME("available", "state", "attachment.state"), { 0 });

ITEM_SCHEMA(internet_gateway,
            ROW(TEXT, internet_gateway, id, "internetGatewayId", "internet-gateway-id"),
            ROW(TEXT, internet_gateway, owner, "ownerId", "owner-id"),
            PARTS(internet_gateway, attachments, gateway_attachment, "attachmentSet"),
            TAGS_ROW(internet_gateway), { 0 });

/* ---- DHCP options ---- */

PART_SCHEMA(dhcp_value, ROW(TEXT, dhcp_value, value, "value", "value"), { 0 });

PART_SCHEMA(dhcp_configuration, ROW(TEXT, dhcp_configuration, key, "key", "key"),
            PARTS(dhcp_configuration, values, dhcp_value, "valueSet"), { 0 });

ITEM_SCHEMA(dhcp_options, ROW(TEXT, dhcp_options, id, "dhcpOptionsId", "dhcp-options-id"),
            ROW(TEXT, dhcp_options, owner, "ownerId", "owner-id"),
            PARTS(dhcp_options, configurations, dhcp_configuration, "dhcpConfigurationSet"),
            TAGS_ROW(dhcp_options), { 0 });
