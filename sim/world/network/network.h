/* The network that instances stand in: VPCs, subnets, security groups with their rules, interfaces.
 *
 * The default VPC with its parts is made on first use in each account and Region; its identifiers
 * belong to their names, so that they are the same in every run. */
#ifndef WORLD_NETWORK_H
#define WORLD_NETWORK_H

#include "base/field.h"
#include "call/call.h"

struct vpc {
    const char *id, *owner, *region;
    const char *cidr; /* "172.31.0.0/16" */
    const char *association; /* of the VPC with its block: vpc-cidr-assoc-… */
    const char *dhcp_options; /* dopt-…: see surroundings.h */
    const char *tenancy; /* default, dedicated */
    const char *state; /* available; pending in the answer of CreateVpc alone */
    enum tri is_default, dns_support, dns_hostnames, address_metrics;
    struct list tags;
    /* Set by vpc_prepare: */
    struct list cidrs; /* struct cidr_association */
};

struct cidr_association {
    const char *id, *cidr, *state;
};

struct subnet {
    const char *id, *owner, *region, *vpc, *cidr, *zone, *zone_id, *arn;
    const char *state; /* available */
    int64_t next_address; /* host part of the next private IP */
    enum tri default_for_zone, map_public_ip, dns_a_record, dns_aaaa_record, dns64;
    const char *hostname_type; /* ip-name, resource-name */
    struct list tags;
    /* Set by subnet_prepare: */
    int64_t free_addresses;
};

struct security_group {
    const char *id, *owner, *region, *vpc, *name, *description, *arn;
    struct list tags;
    struct list ingress, egress; /* struct ip_permission; set by security_group_prepare */
};

/* One rule: a peer is a block of addresses, a prefix list or a group. */
struct security_group_rule {
    const char *id, *owner, *region, *group;
    const char *protocol; /* tcp, udp, icmp, icmpv6, a number; -1: all */
    enum tri is_egress;
    int64_t from, to; /* ports, or ICMP's type and code; -1: all */
    const char *cidr, *cidr6, *prefix_list, *peer, *peer_owner, *description;
    struct list tags;
    const char *arn; /* set by security_group_rule_prepare */
};

/* Rules that share protocol and ports, as DescribeSecurityGroups shows them. */
struct ip_permission {
    const char *protocol;
    int64_t from, to; /* ABSENT: not shown */
    struct list groups, ranges, ranges6, prefixes; /* struct security_group_rule */
};

/* A group as what stands in it names it. */
struct security_group_ref {
    const char *id, *name;
};

struct network_interface {
    const char *id, *owner, *region, *subnet, *vpc, *zone, *zone_id, *description, *mac;
    const char *type; /* interface */
    const char *status; /* available, in-use */
    const char *private_ip, *private_dns, *public_ip, *public_dns;
    const char *instance, *attachment, *attachment_status; /* NULL: not attached */
    int64_t device_index, attached; /* attached: ms */
    enum tri delete_on_termination, source_dest_check;
    enum tri wants_public_ip; /* at every start */
    struct list groups; /* struct security_group_ref */
    struct list tags;
    /* Set by network_interface_prepare: */
    const char *ip_owner, *instance_owner;
    struct list addresses; /* struct network_interface: itself, as its list of addresses shows it */
    int64_t card;
};

extern const struct schema vpc_schema, subnet_schema, security_group_schema,
    security_group_rule_schema, network_interface_schema;
/* struct security_group_ref, of interfaces and of instances */
extern const struct schema security_group_ref_schema, instance_group_schema;
/* struct ip_permission, for what comes in and what goes out */
extern const struct schema ingress_schema, egress_schema;
/* The same interface as DescribeInstances shows it inside its instance. */
extern const struct schema attached_interface_schema;

/* Makes the default VPC of this account and Region unless it is there (or was deleted). Whoever
 * asks for a noun by one of the functions below need not call it; lists that read the store do. */
void network_ensure(struct call *c);
/* The caller's, in this Region; else AWS's ….NotFound. */
int vpc_own(struct call *c, const char *id, struct vpc *ret);
int subnet_own(struct call *c, const char *id, struct subnet *ret);
int security_group_own(struct call *c, const char *id, struct security_group *ret);
bool vpc_default(struct call *c, struct vpc *ret);
/* The identifier of the one set of DHCP options that all VPCs here have. */
const char *dhcp_options_default(struct call *c);
/* The default subnet of a zone (any zone: NULL); false where there is none. */
bool subnet_default(struct call *c, const char *zone, struct subnet *ret);
/* By name, whatever its case. */
bool security_group_named(struct call *c, const char *vpc, const char *name,
                          struct security_group *ret);
bool security_group_default(struct call *c, const char *vpc, struct security_group *ret);
/* Adds a group to those of an interface (struct security_group_ref). */
void security_group_add_ref(struct call *c, const struct security_group *g, struct list *into);
/* The same for groups by their ids (const char *); fails for one that is of another VPC. subnet: as
 * the refusal names it. */
int security_group_refs(struct call *c, const struct list *ids, const char *vpc, const char *subnet,
                        struct list *into);
/* What is computed, as struct describe wants it: always true. */
bool vpc_prepare(struct call *c, void *vpc);
bool subnet_prepare(struct call *c, void *subnet);
bool security_group_prepare(struct call *c, void *group);
bool security_group_rule_prepare(struct call *c, void *rule);
bool network_interface_prepare(struct call *c, void *interface);
/* struct ip_permission: rules that have protocol and ports in common are together. */
struct list ip_permissions_of(struct call *c, const struct list *rules);

/* Makes and stores it: a VPC with its default group, a subnet, a group that lets everything out.
 * The caller sets the id and what a request chooses, and has checked it; owner, Region and what AWS
 * chooses are set here. */
void vpc_create(struct call *c, struct vpc *v);
void subnet_create(struct call *c, struct subnet *s);
void security_group_create(struct call *c, struct security_group *g);
/* Whether AWS refuses to delete it: something stands in it, or a rule of another group names it. */
bool vpc_in_use(struct call *c, const struct vpc *v);
bool subnet_in_use(struct call *c, const struct subnet *s);
bool security_group_in_use(struct call *c, const struct security_group *g);
/* Whether one of these groups (struct security_group_ref) lets TCP from outside reach a port. Who
 * is outside nobody knows here: any block of addresses or prefix list is one that may. */
bool security_groups_let_in(struct call *c, const struct list *groups, int64_t port);
/* Removes a group with its rules. */
void security_group_remove(struct call *c, const struct security_group *g);

/* A free private address of a subnet, or NULL; whether one may be given out, or is not out yet. */
const char *subnet_take_address(struct call *c, struct subnet *s);
bool subnet_has_address(struct call *c, const struct subnet *s, const char *address);
bool subnet_address_is_free(struct call *c, const struct subnet *s, const char *address);

/* Makes a new interface in a subnet of one that has what was asked for and a private address. Not
 * stored. */
void network_interface_create(struct call *c, const struct subnet *s,
                              struct network_interface *ret);

/* A public address of Amazon's pool, and its name where the VPC gives names. `of` says which. */
void network_interface_take_public_address(struct call *c, struct network_interface *i,
                                           const char *of);
/* The interfaces of an instance in order of their devices (struct network_interface). */
struct list network_interfaces_of(struct call *c, const char *instance);

#endif
