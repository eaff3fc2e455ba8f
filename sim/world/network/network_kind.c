/* How the parts of the network stand in the store and in answers. The order of elements of VPCs,
 * subnets and groups is recorded; of interfaces it is that of AWS's published examples [guide]. */
#include "reply/emit_noun.h"
#include "world/network/network.h"

static const struct schema cidr_association_schema = {
    .name = "cidr_association",
    .size = sizeof(struct cidr_association),
    .part = true,
    .fields =
        (const struct field[]){ { TEXT_FIELD(struct cidr_association, cidr), .xml = "cidrBlock",
                                  .filter = "cidr-block-association.cidr-block" },
                                { TEXT_FIELD(struct cidr_association, id), .xml = "associationId",
                                  .filter = "cidr-block-association.association-id" },
                                { TEXT_FIELD(struct cidr_association, state),
                                  .xml = "cidrBlockState/state",
                                  .filter = "cidr-block-association.state" },
                                { 0 } },
};

/* The network is IPv4 only. */
#define NO_IPV6_BLOCKS                                                                             \
    NO_SUCH("ipv6-cidr-block-association.ipv6-cidr-block"),                                        \
        NO_SUCH("ipv6-cidr-block-association.association-id"),                                     \
        NO_SUCH("ipv6-cidr-block-association.state")

const struct schema vpc_schema = {
    .name = "vpc",
    .indexes =
        (const char *const[]){ "vpc_default ON vpc (owner, region) WHERE is_default = 1", NULL },
    .noun = "vpc",
    .size = sizeof(struct vpc),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct vpc, id), .column = "id", .xml = "vpcId", .filter = "vpc-id" },
            { TEXT_FIELD(struct vpc, owner), .column = "owner", .xml = "ownerId",
              .filter = "owner-id", .flags = FIELD_OWNER | FIELD_INDEXED },
            { TEXT_FIELD(struct vpc, region), .column = "region" },
            { TEXT_FIELD(struct vpc, state), .column = "state", .xml = "state", .filter = "state" },
            { TEXT_FIELD(struct vpc, cidr), .column = "cidr", .xml = "cidrBlock",
              .filter = "cidr" },
            { TEXT_FIELD(struct vpc, association), .column = "association" },
            { LIST_FIELD(struct vpc, cidrs, &cidr_association_schema),
              .xml = "cidrBlockAssociationSet" },
            { EMPTY_LIST_FIELD, .xml = "ipv6CidrBlockAssociationSet", .views = VIEW_CREATED },
            NO_IPV6_BLOCKS,
            { TEXT_FIELD(struct vpc, dhcp_options), .column = "dhcp_options",
              .xml = "dhcpOptionsId", .filter = "dhcp-options-id" },
            { TAGS_FIELD(struct vpc, tags), .xml = "tagSet" },
            { TEXT_FIELD(struct vpc, tenancy), .column = "tenancy", .xml = "instanceTenancy" },
            { BOOL_FIELD(struct vpc, is_default), .column = "is_default", .xml = "isDefault",
              .filter = "is-default" },
            { BOOL_FIELD(struct vpc, is_default), .filter = "isDefault" },
            NO_SUCH("ipv6-cidr-block-association.ipv6-pool"),
            { TEXT_FIELD(struct vpc, cidr), .filter = "cidr-block" },
            { CONSTANT_FIELD("off"), .xml = "blockPublicAccessStates/internetGatewayBlockMode",
              .views = VIEW_DESCRIBED },
            { BOOL_FIELD(struct vpc, dns_support), .column = "dns_support" },
            { BOOL_FIELD(struct vpc, dns_hostnames), .column = "dns_hostnames" },
            { BOOL_FIELD(struct vpc, address_metrics), .column = "address_metrics" },
            { 0 } },
};

const struct schema subnet_schema = {
    .name = "subnet",
    .indexes =
        (const char *const[]){
            "subnet_default ON subnet (owner, region, zone) WHERE default_for_zone = 1", NULL },
    .noun = "subnet",
    .size = sizeof(struct subnet),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct subnet, id), .column = "id", .xml = "subnetId",
              .filter = "subnet-id" },
            { TEXT_FIELD(struct subnet, arn), .column = "arn", .xml = "subnetArn",
              .filter = "subnet-arn" },
            { TEXT_FIELD(struct subnet, state), .column = "state", .xml = "state",
              .filter = "state" },
            { TEXT_FIELD(struct subnet, owner), .column = "owner", .xml = "ownerId",
              .filter = "owner-id", .flags = FIELD_OWNER | FIELD_INDEXED },
            { TEXT_FIELD(struct subnet, region), .column = "region" },
            { TEXT_FIELD(struct subnet, vpc), .column = "vpc", .xml = "vpcId", .filter = "vpc-id",
              .flags = FIELD_INDEXED },
            { TEXT_FIELD(struct subnet, cidr), .column = "cidr", .xml = "cidrBlock",
              .filter = "cidr-block" },
            { TEXT_FIELD(struct subnet, cidr), .filter = "cidr" },
            { TEXT_FIELD(struct subnet, cidr), .filter = "cidrBlock" },
            { EMPTY_LIST_FIELD, .xml = "ipv6CidrBlockAssociationSet" },
            NO_IPV6_BLOCKS,
            { INT_FIELD(struct subnet, free_addresses), .xml = "availableIpAddressCount",
              .filter = "available-ip-address-count" },
            { TEXT_FIELD(struct subnet, zone), .column = "zone", .xml = "availabilityZone",
              .filter = "availability-zone" },
            { TEXT_FIELD(struct subnet, zone), .filter = "availabilityZone" },
            { TEXT_FIELD(struct subnet, zone_id), .column = "zone_id", .xml = "availabilityZoneId",
              .filter = "availability-zone-id" },
            { TEXT_FIELD(struct subnet, zone_id), .filter = "availabilityZoneId" },
            { BOOL_FIELD(struct subnet, default_for_zone), .column = "default_for_zone",
              .xml = "defaultForAz", .filter = "default-for-az" },
            { BOOL_FIELD(struct subnet, default_for_zone), .filter = "defaultForAz" },
            { BOOL_FIELD(struct subnet, map_public_ip), .column = "map_public_ip",
              .xml = "mapPublicIpOnLaunch", .filter = "map-public-ip-on-launch" },
            { TAGS_FIELD(struct subnet, tags), .xml = "tagSet" },
            { CONSTANT_FIELD("false"), .xml = "assignIpv6AddressOnCreation" },
            { CONSTANT_FIELD("false"), .xml = "mapCustomerOwnedIpOnLaunch",
              .filter = "map-customer-owned-ip-on-launch" },
            { TEXT_FIELD(struct subnet, hostname_type), .column = "hostname_type",
              .xml = "privateDnsNameOptionsOnLaunch/hostnameType",
              .filter = "private-dns-name-options-on-launch.hostname-type" },
            { BOOL_FIELD(struct subnet, dns_a_record), .column = "dns_a_record",
              .xml = "privateDnsNameOptionsOnLaunch/enableResourceNameDnsARecord",
              .filter = "private-dns-name-options-on-launch.enable-resource-name-dns-a-record" },
            { BOOL_FIELD(struct subnet, dns_aaaa_record), .column = "dns_aaaa_record",
              .xml = "privateDnsNameOptionsOnLaunch/enableResourceNameDnsAAAARecord",
              .filter = "private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record" },
            { CONSTANT_FIELD("false"), .xml = "ipv6Native", .filter = "ipv6-native" },
            { BOOL_FIELD(struct subnet, dns64), .column = "dns64", .xml = "enableDns64",
              .filter = "enable-dns64" },
            { CONSTANT_FIELD("off"), .xml = "blockPublicAccessStates/internetGatewayBlockMode",
              .views = VIEW_DESCRIBED },
            { INT_FIELD(struct subnet, next_address), .column = "next_address" },
            NO_SUCH("customer-owned-ipv4-pool"),
            NO_SUCH("enable-lni-at-device-index"),
            NO_SUCH("outpost-arn"),
            { 0 } },
};

/* ---- Security groups ---- */

#define PEER_SCHEMA(schema_name, ...)                                                              \
    static const struct schema schema_name = { .name = #schema_name,                               \
                                               .size = sizeof(struct security_group_rule),         \
                                               .part = true,                                       \
                                               .fields = (const struct field[]){ __VA_ARGS__ } }

#define RULE_DESCRIPTION                                                                           \
    {                                                                                              \
        TEXT_FIELD(struct security_group_rule, description), .xml = "description"                  \
    }

/* Permissions that come in or go out, with the four kinds of peers that they may have. */
#define PERMISSION_SCHEMA(schema_name, way, prefix)                                                \
    PEER_SCHEMA(way##_group_schema, RULE_DESCRIPTION,                                              \
                { TEXT_FIELD(struct security_group_rule, peer_owner), .xml = "userId",             \
                  .filter = prefix "user-id" },                                                    \
                { TEXT_FIELD(struct security_group_rule, peer), .xml = "groupId",                  \
                  .filter = prefix "group-id" },                                                   \
                { 0 });                                                                            \
    PEER_SCHEMA(way##_range_schema,                                                                \
                { TEXT_FIELD(struct security_group_rule, cidr), .xml = "cidrIp",                   \
                  .filter = prefix "cidr" },                                                       \
                RULE_DESCRIPTION, { 0 });                                                          \
    PEER_SCHEMA(way##_range6_schema,                                                               \
                { TEXT_FIELD(struct security_group_rule, cidr6), .xml = "cidrIpv6",                \
                  .filter = prefix "ipv6-cidr" },                                                  \
                RULE_DESCRIPTION, { 0 });                                                          \
    PEER_SCHEMA(way##_prefix_schema,                                                               \
                { TEXT_FIELD(struct security_group_rule, prefix_list), .xml = "prefixListId",      \
                  .filter = prefix "prefix-list-id" },                                             \
                RULE_DESCRIPTION, { 0 });                                                          \
    const struct schema schema_name = {                                                            \
        .name = #schema_name,                                                                      \
        .size = sizeof(struct ip_permission),                                                      \
        .part = true,                                                                              \
        .fields =                                                                                  \
            (const struct field[]){                                                                \
                { TEXT_FIELD(struct ip_permission, protocol), .xml = "ipProtocol",                 \
                  .filter = prefix "protocol" },                                                   \
                { INT_FIELD(struct ip_permission, from), .xml = "fromPort",                        \
                  .filter = prefix "from-port" },                                                  \
                { INT_FIELD(struct ip_permission, to), .xml = "toPort",                            \
                  .filter = prefix "to-port" },                                                    \
                { LIST_FIELD(struct ip_permission, groups, &way##_group_schema), .xml = "groups",  \
                  .flags = FIELD_SHOW_EMPTY },                                                     \
                { LIST_FIELD(struct ip_permission, ranges, &way##_range_schema),                   \
                  .xml = "ipRanges", .flags = FIELD_SHOW_EMPTY },                                  \
                { LIST_FIELD(struct ip_permission, ranges6, &way##_range6_schema),                 \
                  .xml = "ipv6Ranges", .flags = FIELD_SHOW_EMPTY },                                \
                { LIST_FIELD(struct ip_permission, prefixes, &way##_prefix_schema),                \
                  .xml = "prefixListIds", .flags = FIELD_SHOW_EMPTY },                             \
                NO_SUCH(prefix "group-name"),                                                      \
                { 0 } },                                                                           \
    }

PERMISSION_SCHEMA(ingress_schema, in, "ip-permission.");
PERMISSION_SCHEMA(egress_schema, out, "egress.ip-permission.");

const struct schema security_group_schema = {
    .name = "security_group",
    .indexes =
        (const char *const[]){ "security_group_named ON security_group (vpc, name COLLATE NOCASE)",
                               NULL },
    .noun = "security-group",
    .size = sizeof(struct security_group),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct security_group, id), .column = "id", .filter = "group-id" },
            { TEXT_FIELD(struct security_group, owner), .column = "owner", .xml = "ownerId",
              .filter = "owner-id", .flags = FIELD_OWNER | FIELD_INDEXED },
            { TEXT_FIELD(struct security_group, region), .column = "region" },
            { TEXT_FIELD(struct security_group, id), .xml = "groupId" },
            { TEXT_FIELD(struct security_group, name), .column = "name", .xml = "groupName",
              .filter = "group-name" },
            { TEXT_FIELD(struct security_group, description), .column = "description",
              .xml = "groupDescription", .filter = "description" },
            { TEXT_FIELD(struct security_group, vpc), .column = "vpc", .xml = "vpcId",
              .filter = "vpc-id" },
            { LIST_FIELD(struct security_group, ingress, &ingress_schema), .xml = "ipPermissions",
              .flags = FIELD_SHOW_EMPTY },
            { LIST_FIELD(struct security_group, egress, &egress_schema),
              .xml = "ipPermissionsEgress", .flags = FIELD_SHOW_EMPTY },
            { TAGS_FIELD(struct security_group, tags), .xml = "tagSet" },
            { TEXT_FIELD(struct security_group, arn), .column = "arn", .xml = "securityGroupArn" },
            { 0 } },
};

/* Authorize… shows a rule in one order, DescribeSecurityGroupRules in alphabetical order
 * [recorded]. */
const struct schema security_group_rule_schema = {
    .name = "security_group_rule",
    .was = "rule",
    .noun = "security-group-rule",
    .size = sizeof(struct security_group_rule),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct security_group_rule, id), .column = "id",
              .xml = "securityGroupRuleId", .views = VIEW_BRIEF,
              .filter = "security-group-rule-id" },
            { TEXT_FIELD(struct security_group_rule, owner), .column = "owner",
              .xml = "groupOwnerId", .views = VIEW_CREATED, .flags = FIELD_OWNER },
            { TEXT_FIELD(struct security_group_rule, group), .column = "grp", .xml = "groupId",
              .views = VIEW_CREATED | VIEW_BRIEF, .flags = FIELD_INDEXED, .filter = "group-id" },
            { TEXT_FIELD(struct security_group_rule, id), .xml = "securityGroupRuleId",
              .views = VIEW_CREATED },
            { TEXT_FIELD(struct security_group_rule, description), .column = "description",
              .xml = "description", .views = VIEW_CREATED | VIEW_BRIEF },
            { BOOL_FIELD(struct security_group_rule, is_egress), .column = "is_egress",
              .xml = "isEgress", .views = VIEW_CREATED | VIEW_BRIEF },
            { TEXT_FIELD(struct security_group_rule, protocol), .column = "protocol",
              .xml = "ipProtocol", .views = VIEW_CREATED | VIEW_BRIEF },
            { INT_FIELD(struct security_group_rule, from), .column = "from_port", .xml = "fromPort",
              .views = VIEW_CREATED | VIEW_BRIEF },
            { INT_FIELD(struct security_group_rule, to), .column = "to_port", .xml = "toPort",
              .views = VIEW_CREATED | VIEW_BRIEF },
            { TEXT_FIELD(struct security_group_rule, cidr), .column = "cidr", .xml = "cidrIpv4" },
            { TEXT_FIELD(struct security_group_rule, cidr6), .column = "cidr6", .xml = "cidrIpv6" },
            { TEXT_FIELD(struct security_group_rule, peer), .xml = "referencedGroupId",
              .views = VIEW_BRIEF },
            { TEXT_FIELD(struct security_group_rule, description), .xml = "description",
              .views = VIEW_DESCRIBED },
            { INT_FIELD(struct security_group_rule, from), .xml = "fromPort",
              .views = VIEW_DESCRIBED },
            { TEXT_FIELD(struct security_group_rule, group), .xml = "groupId",
              .views = VIEW_DESCRIBED },
            { TEXT_FIELD(struct security_group_rule, owner), .xml = "groupOwnerId",
              .views = VIEW_DESCRIBED },
            { TEXT_FIELD(struct security_group_rule, protocol), .xml = "ipProtocol",
              .views = VIEW_DESCRIBED },
            { BOOL_FIELD(struct security_group_rule, is_egress), .xml = "isEgress",
              .views = VIEW_DESCRIBED },
            { TEXT_FIELD(struct security_group_rule, prefix_list), .column = "prefix_list",
              .xml = "prefixListId" },
            { TEXT_FIELD(struct security_group_rule, peer_owner), .column = "peer_owner",
              .xml = "referencedGroupInfo/userId", .views = VIEW_CREATED },
            { TEXT_FIELD(struct security_group_rule, peer), .column = "peer",
              .xml = "referencedGroupInfo/groupId", .flags = FIELD_INDEXED,
              .views = VIEW_CREATED | VIEW_DESCRIBED },
            { TEXT_FIELD(struct security_group_rule, peer_owner),
              .xml = "referencedGroupInfo/userId", .views = VIEW_DESCRIBED },
            { TAGS_FIELD(struct security_group_rule, tags), .xml = "tagSet",
              .views = VIEW_CREATED },
            { TEXT_FIELD(struct security_group_rule, arn), .xml = "securityGroupRuleArn",
              .views = VIEW_CREATED | VIEW_DESCRIBED },
            { TEXT_FIELD(struct security_group_rule, id), .xml = "securityGroupRuleId",
              .views = VIEW_DESCRIBED },
            { TAGS_FIELD(struct security_group_rule, tags), .xml = "tagSet",
              .views = VIEW_DESCRIBED, .flags = FIELD_SHOW_EMPTY },
            { INT_FIELD(struct security_group_rule, to), .xml = "toPort", .views = VIEW_DESCRIBED },
            { TEXT_FIELD(struct security_group_rule, region), .column = "region" },
            { 0 } },
};

/* ---- Interfaces ---- */

/* The groups of an interface, of an interface inside its instance, and of an instance: each has
 * filters of its own. */
#define GROUP_REF_SCHEMA(schema_name, table, prefix)                                               \
    const struct schema schema_name = {                                                            \
        .name = table,                                                                             \
        .size = sizeof(struct security_group_ref),                                                 \
        .part = true,                                                                              \
        .fields =                                                                                  \
            (const struct field[]){                                                                \
                { TEXT_FIELD(struct security_group_ref, id), .column = "id", .xml = "groupId",     \
                  .filter = prefix "group-id", .flags = FIELD_INDEXED },                           \
                { TEXT_FIELD(struct security_group_ref, name), .column = "name",                   \
                  .xml = "groupName", .filter = prefix "group-name" },                             \
                { 0 } },                                                                           \
    }

GROUP_REF_SCHEMA(security_group_ref_schema, "group_ref", "");
GROUP_REF_SCHEMA(instance_group_schema, "instance_group", "instance.");
static GROUP_REF_SCHEMA(attached_group_schema, "attached_group", "network-interface.");

#define ADDRESS_SCHEMA(schema_name, prefix, owner_filter)                                          \
    static const struct schema schema_name = {                                                     \
        .name = #schema_name,                                                                      \
        .size = sizeof(struct network_interface),                                                  \
        .part = true,                                                                              \
        .fields =                                                                                  \
            (const struct field[]){                                                                \
                { TEXT_FIELD(struct network_interface, private_ip), .xml = "privateIpAddress",     \
                  .filter = prefix "private-ip-address" },                                         \
                { TEXT_FIELD(struct network_interface, private_dns), .xml = "privateDnsName",      \
                  .filter = prefix "private-dns-name" },                                           \
                { CONSTANT_FIELD("true"), .xml = "primary", .filter = prefix "primary" },          \
                { TEXT_FIELD(struct network_interface, public_ip), .xml = "association/publicIp",  \
                  .filter = prefix "association.public-ip" },                                      \
                { TEXT_FIELD(struct network_interface, public_dns),                                \
                  .xml = "association/publicDnsName",                                              \
                  .filter = prefix "association.public-dns-name" },                                \
                { TEXT_FIELD(struct network_interface, ip_owner), .xml = "association/ipOwnerId",  \
                  .filter = owner_filter },                                                        \
                { 0 } },                                                                           \
    }

ADDRESS_SCHEMA(address_schema, "addresses.", "addresses.association.owner-id");
ADDRESS_SCHEMA(attached_address_schema, "network-interface.addresses.",
               "network-interface.addresses.association.ip-owner-id");

#define INTERFACE_HEAD(prefix)                                                                     \
    { TEXT_FIELD(struct network_interface, id), .column = "id", .xml = "networkInterfaceId",       \
      .filter = prefix "network-interface-id" },                                                   \
        { TEXT_FIELD(struct network_interface, subnet), .column = "subnet", .xml = "subnetId",     \
          .filter = prefix "subnet-id", .flags = FIELD_INDEXED },                                  \
    {                                                                                              \
        TEXT_FIELD(struct network_interface, vpc),                                                 \
            .column = "vpc", .xml = "vpcId", .filter = prefix "vpc-id", .flags = FIELD_INDEXED     \
    }

#define INTERFACE_MIDDLE(prefix)                                                                   \
    { TEXT_FIELD(struct network_interface, mac), .column = "mac", .xml = "macAddress",             \
      .filter = prefix "mac-address" },                                                            \
        { TEXT_FIELD(struct network_interface, private_ip), .column = "private_ip",                \
          .xml = "privateIpAddress", .filter = prefix "private-ip-address" },                      \
        { TEXT_FIELD(struct network_interface, private_dns), .column = "private_dns",              \
          .xml = "privateDnsName", .filter = prefix "private-dns-name" },                          \
    {                                                                                              \
        BOOL_FIELD(struct network_interface, source_dest_check),                                   \
            .column = "source_dest_check", .xml = "sourceDestCheck",                               \
            .filter = prefix "source-dest-check"                                                   \
    }

#define INTERFACE_TAIL(association, address)                                                       \
    { TEXT_FIELD(struct network_interface, public_ip), .column = "public_ip",                      \
      .xml = "association/publicIp", .filter = association "public-ip" },                          \
        { TEXT_FIELD(struct network_interface, public_dns), .column = "public_dns",                \
          .xml = "association/publicDnsName", .filter = association "public-dns-name" },           \
        { TEXT_FIELD(struct network_interface, ip_owner), .xml = "association/ipOwnerId",          \
          .filter = association "ip-owner-id" },                                                   \
        { LIST_FIELD(struct network_interface, addresses, &address),                               \
          .xml = "privateIpAddressesSet", .flags = FIELD_SHOW_EMPTY },                             \
    {                                                                                              \
        EMPTY_LIST_FIELD, .xml = "ipv6AddressesSet"                                                \
    }

const struct schema network_interface_schema = {
    .name = "network_interface",
    .was = "interface",
    .noun = "network-interface",
    .size = sizeof(struct network_interface),
    .fields =
        (const struct field[]){
            INTERFACE_HEAD(""),
            { TEXT_FIELD(struct network_interface, zone), .column = "zone",
              .xml = "availabilityZone", .filter = "availability-zone" },
            { TEXT_FIELD(struct network_interface, zone_id), .column = "zone_id",
              .xml = "availabilityZoneId", .filter = "availability-zone-id" },
            { TEXT_FIELD(struct network_interface, description), .column = "description",
              .xml = "description", .filter = "description", .flags = FIELD_SHOW_EMPTY },
            { TEXT_FIELD(struct network_interface, owner), .column = "owner", .xml = "ownerId",
              .filter = "owner-id", .flags = FIELD_OWNER | FIELD_INDEXED },
            { TEXT_FIELD(struct network_interface, region), .column = "region" },
            { BOOL_FIELD(struct network_interface, wants_public_ip), .column = "wants_public_ip" },
            { CONSTANT_FIELD("false"), .xml = "requesterManaged", .filter = "requester-managed" },
            { TEXT_FIELD(struct network_interface, status), .column = "status", .xml = "status",
              .filter = "status" },
            INTERFACE_MIDDLE(""),
            { LIST_FIELD(struct network_interface, groups, &security_group_ref_schema),
              .column = "groups", .xml = "groupSet", .flags = FIELD_SHOW_EMPTY },
            { TEXT_FIELD(struct network_interface, attachment), .column = "attachment",
              .xml = "attachment/attachmentId", .filter = "attachment.attachment-id" },
            { TEXT_FIELD(struct network_interface, instance), .column = "instance",
              .xml = "attachment/instanceId", .filter = "attachment.instance-id",
              .flags = FIELD_INDEXED },
            { TEXT_FIELD(struct network_interface, instance_owner),
              .xml = "attachment/instanceOwnerId", .filter = "attachment.instance-owner-id" },
            { INT_FIELD(struct network_interface, device_index), .column = "device_index",
              .xml = "attachment/deviceIndex", .filter = "attachment.device-index" },
            { INT_FIELD(struct network_interface, card), .xml = "attachment/networkCardIndex" },
            { TEXT_FIELD(struct network_interface, attachment_status),
              .column = "attachment_status", .xml = "attachment/status",
              .filter = "attachment.status" },
            { TIME_FIELD(struct network_interface, attached), .column = "attached",
              .xml = "attachment/attachTime", .filter = "attachment.attach-time" },
            { BOOL_FIELD(struct network_interface, delete_on_termination),
              .column = "delete_on_termination", .xml = "attachment/deleteOnTermination",
              .filter = "attachment.delete-on-termination" },
            INTERFACE_TAIL("association.", address_schema),
            { TAGS_FIELD(struct network_interface, tags), .xml = "tagSet",
              .flags = FIELD_SHOW_EMPTY },
            { TEXT_FIELD(struct network_interface, type), .column = "type", .xml = "interfaceType",
              .filter = "interface-type" },
            { CONSTANT_FIELD("false"), .filter = "operator.managed" },
            NO_SUCH("association.allocation-id"),
            NO_SUCH("association.association-id"),
            NO_SUCH("ipv6-addresses.ipv6-address"),
            NO_SUCH("operator.principal"),
            NO_SUCH("requester-id"),
            { 0 } },
};

const struct schema attached_interface_schema = {
    .name = "attached_interface",
    .size = sizeof(struct network_interface),
    .part = true,
    .fields =
        (const struct field[]){
            INTERFACE_HEAD("network-interface."),
            { TEXT_FIELD(struct network_interface, zone),
              .filter = "network-interface.availability-zone" },
            { TEXT_FIELD(struct network_interface, description), .xml = "description",
              .filter = "network-interface.description", .flags = FIELD_SHOW_EMPTY },
            { TEXT_FIELD(struct network_interface, owner), .xml = "ownerId",
              .filter = "network-interface.owner-id" },
            { TEXT_FIELD(struct network_interface, status), .xml = "status",
              .filter = "network-interface.status" },
            INTERFACE_MIDDLE("network-interface."),
            { LIST_FIELD(struct network_interface, groups, &attached_group_schema),
              .xml = "groupSet", .flags = FIELD_SHOW_EMPTY },
            { TEXT_FIELD(struct network_interface, attachment), .xml = "attachment/attachmentId",
              .filter = "network-interface.attachment.attachment-id" },
            { TEXT_FIELD(struct network_interface, instance),
              .filter = "network-interface.attachment.instance-id" },
            { TEXT_FIELD(struct network_interface, instance_owner),
              .filter = "network-interface.attachment.instance-owner-id" },
            { INT_FIELD(struct network_interface, card),
              .filter = "network-interface.attachment.network-card-index" },
            { TEXT_FIELD(struct network_interface, public_dns),
              .filter = "network-interface.public-dns-name" },
            { CONSTANT_FIELD("false"), .filter = "network-interface.deny-all-igw-traffic" },
            { CONSTANT_FIELD("false"), .filter = "network-interface.ipv6-native" },
            { CONSTANT_FIELD("false"), .filter = "network-interface.operator.managed" },
            { CONSTANT_FIELD("false"), .filter = "network-interface.requester-managed" },
            { INT_FIELD(struct network_interface, device_index), .xml = "attachment/deviceIndex",
              .filter = "network-interface.attachment.device-index" },
            { TEXT_FIELD(struct network_interface, attachment_status), .xml = "attachment/status",
              .filter = "network-interface.attachment.status" },
            { TIME_FIELD(struct network_interface, attached), .xml = "attachment/attachTime",
              .filter = "network-interface.attachment.attach-time" },
            { BOOL_FIELD(struct network_interface, delete_on_termination),
              .xml = "attachment/deleteOnTermination",
              .filter = "network-interface.attachment.delete-on-termination" },
            { INT_FIELD(struct network_interface, card), .xml = "attachment/networkCardIndex" },
            INTERFACE_TAIL("network-interface.association.", attached_address_schema),
            { TEXT_FIELD(struct network_interface, type), .xml = "interfaceType" },
            { 0 } },
};
