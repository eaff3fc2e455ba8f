/* Rules of security groups: authorized, revoked, described. */
#include "base/cidr.h"
#include "base/text.h"
#include "call/errors.h"
#include "call/id.h"
#include "call/op.h"
#include "ops/describe.h"
#include "ops/network/security_group.h"
#include "reply/emit.h"
#include "request/tag_spec.h"
#include "store/noun.h"

/* ---- What Authorize and Revoke are asked for ---- */

struct peer_input {
    const char *description, *user, *name, *group, *vpc;
};

struct range_input {
    const char *description, *cidr;
};

struct permission_input {
    const char *protocol;
    int64_t from, to;
    struct list groups; /* struct peer_input */
    struct list ranges, ranges6, prefixes; /* struct range_input */
};

struct rules_input {
    const char *id, *name, *cidr, *source_name, *source_owner;
    struct permission_input flat; /* the older form: one permission, one peer */
    struct list permissions; /* struct permission_input */
    struct list rule_ids, tag_specs;
};

#define PEERING_WHY "VPC peering is not simulated"

static const struct param peer_params[] = {
    { "Description", TEXT(struct peer_input, description) },
    { "UserId", TEXT(struct peer_input, user) },
    { "GroupName", TEXT(struct peer_input, name) },
    { "GroupId", TEXT(struct peer_input, group) },
    { "VpcId", TEXT(struct peer_input, vpc) },
    { "VpcPeeringConnectionId", REFUSED(TEXT, PEERING_WHY) },
    { "PeeringStatus", REFUSED(TEXT, PEERING_WHY) },
    { 0 },
};

static const struct param range_params[] = {
    { "Description", TEXT(struct range_input, description) },
    { "CidrIp", TEXT(struct range_input, cidr) },
    { 0 },
};

static const struct param range6_params[] = {
    { "Description", TEXT(struct range_input, description) },
    { "CidrIpv6", TEXT(struct range_input, cidr) },
    { 0 },
};

static const struct param prefix_params[] = {
    { "Description", TEXT(struct range_input, description) },
    { "PrefixListId", TEXT(struct range_input, cidr) },
    { 0 },
};

static const struct param permission_params[] = {
    { "IpProtocol", TEXT(struct permission_input, protocol) },
    { "FromPort", INT(struct permission_input, from) },
    { "ToPort", INT(struct permission_input, to) },
    { "Groups", LIST(struct permission_input, groups, struct peer_input, peer_params) },
    { "IpRanges", LIST(struct permission_input, ranges, struct range_input, range_params) },
    { "Ipv6Ranges", LIST(struct permission_input, ranges6, struct range_input, range6_params) },
    { "PrefixListIds", LIST(struct permission_input, prefixes, struct range_input, prefix_params) },
    { 0 },
};

#define PERMISSIONS                                                                                \
    {                                                                                              \
        "IpPermissions",                                                                           \
            LIST(struct rules_input, permissions, struct permission_input, permission_params)      \
    }

#define FLAT_ROWS                                                                                  \
    { "CidrIp", TEXT(struct rules_input, cidr) },                                                  \
        { "FromPort", INT(struct rules_input, flat.from) },                                        \
        { "IpProtocol", TEXT(struct rules_input, flat.protocol) },                                 \
        { "SourceSecurityGroupName", TEXT(struct rules_input, source_name) },                      \
    {                                                                                              \
        "ToPort", INT(struct rules_input, flat.to)                                                 \
    }

#define FLAT_WHY "AWS does not support it here: IpPermissions takes its place"

#define REFUSED_FLAT_ROWS                                                                          \
    { "CidrIp", REFUSED(TEXT, FLAT_WHY) }, { "FromPort", REFUSED(INT, FLAT_WHY) },                 \
        { "IpProtocol", REFUSED(TEXT, FLAT_WHY) },                                                 \
        { "SourceSecurityGroupName", REFUSED(TEXT, FLAT_WHY) },                                    \
        { "SourceSecurityGroupOwnerId", REFUSED(TEXT, FLAT_WHY) },                                 \
    {                                                                                              \
        "ToPort", REFUSED(INT, FLAT_WHY)                                                           \
    }

static const struct param authorize_ingress_params[] = {
    PERMISSIONS,
    FLAT_ROWS,
    { "SourceSecurityGroupOwnerId", TEXT(struct rules_input, source_owner) },
    { "GroupId", TEXT(struct rules_input, id) },
    { "GroupName", TEXT(struct rules_input, name) },
    { "TagSpecification", TAG_SPECS(struct rules_input, tag_specs, "security-group-rule") },
    { 0 },
};

static const struct param authorize_egress_params[] = {
    PERMISSIONS,
    REFUSED_FLAT_ROWS,
    { "GroupId", TEXT(struct rules_input, id), .flags = PARAM_REQUIRED },
    { "TagSpecification", TAG_SPECS(struct rules_input, tag_specs, "security-group-rule") },
    { 0 },
};

static const struct param revoke_ingress_params[] = {
    PERMISSIONS,
    FLAT_ROWS,
    { "SourceSecurityGroupOwnerId", REFUSED(TEXT, FLAT_WHY) },
    { "GroupId", TEXT(struct rules_input, id) },
    { "GroupName", TEXT(struct rules_input, name) },
    { "SecurityGroupRuleId", TEXTS(struct rules_input, rule_ids) },
    { 0 },
};

static const struct param revoke_egress_params[] = {
    PERMISSIONS,
    REFUSED_FLAT_ROWS,
    { "GroupId", TEXT(struct rules_input, id), .flags = PARAM_REQUIRED },
    { "SecurityGroupRuleId", TEXTS(struct rules_input, rule_ids) },
    { 0 },
};

/* ---- From the request to rules ---- */

static const char *protocol_name(const char *given)
{
    static const char *const names[][2] = {
        { "6", "tcp" },         { "17", "udp" },  { "1", "icmp" },  { "58", "icmpv6" },
        { "all", "-1" },        { "tcp", "tcp" }, { "udp", "udp" }, { "icmp", "icmp" },
        { "icmpv6", "icmpv6" }, { "-1", "-1" },
    };
    int64_t number;
    for (size_t i = 0; given && i < sizeof names / sizeof *names; i++) {
        if (text_is(names[i][0], given))
            return names[i][1];
    }
    return given && text_int(given, &number) && number >= 0 && number <= 255 ? given : NULL;
}

static int begin_rule(struct call *c, const struct permission_input *p,
                      struct security_group_rule *ret)
{
    *ret = (struct security_group_rule){ .protocol = protocol_name(p->protocol),
                                         .from = p->from,
                                         .to = p->to };
    if (!p->protocol)
        return fail(c, E_MissingParameter, "ipProtocol");
    if (!ret->protocol)
        return fail(c, E_RuleProtocol, p->protocol);
    bool ports = text_is(ret->protocol, "tcp") || text_is(ret->protocol, "udp");
    bool types = text_starts(ret->protocol, "icmp");
    bool needed = ports || text_is(ret->protocol, "icmp"); /* icmpv6 needs none [guide] */
    if (needed && (p->from == ABSENT || p->to == ABSENT))
        return fail(c, E_RulePorts, ports ? "TCP/UDP" : "ICMP");
    if (ports && (p->from < 0 || p->to > 65535 || p->from > p->to))
        return fail(c, E_RulePortRange, (long long)p->from, (long long)p->to);
    if (types && p->from == -1 && p->to != ABSENT && p->to != -1)
        return fail(c, E_RuleIcmp);
    if ((!ports && !types) || ret->from == ABSENT)
        ret->from = -1;
    if ((!ports && !types) || ret->to == ABSENT)
        ret->to = -1;
    return 0;
}

/* One more rule for a peer of the permission, which the caller sets; NULL: refused. */
static struct security_group_rule *add_rule(struct call *c, const struct permission_input *p,
                                            const char *description, struct list *into)
{
    struct security_group_rule *rule = list_add(c->a, into, struct security_group_rule);
    if (begin_rule(c, p, rule))
        return NULL;
    rule->description = description;
    return rule;
}

static int range_rules(struct call *c, const struct permission_input *p, struct list *into)
{
    LIST_EACH (struct range_input, r, &p->ranges) {
        struct security_group_rule *rule = add_rule(c, p, r->description, into);
        struct cidr block;
        if (!rule)
            return -1;
        if (!cidr_parse(r->cidr, &block))
            return fail(c, E_RuleCidr, r->cidr ? r->cidr : "");
        rule->cidr = cidr_format(c->a, block); /* host bits are cut off [recorded] */
    }
    LIST_EACH (struct range_input, r, &p->ranges6) {
        struct security_group_rule *rule = add_rule(c, p, r->description, into);
        if (!rule)
            return -1;
        rule->cidr6 = cidr6_canonical(c->a, r->cidr); /* in both families [guide] */
        if (!rule->cidr6)
            return fail(c, E_RuleCidr, r->cidr ? r->cidr : "");
    }
    LIST_EACH (struct range_input, r, &p->prefixes)
        return fail(c, E_PrefixListNotFound, r->cidr ? r->cidr : "");
    return 0;
}

static int group_rules(struct call *c, const struct permission_input *p,
                       const struct security_group *g, struct list *into)
{
    LIST_EACH (struct peer_input, peer, &p->groups) {
        struct security_group_rule *rule = add_rule(c, p, peer->description, into);
        struct security_group other;
        if (!rule)
            return -1;
        if (peer->group && security_group_own(c, peer->group, &other))
            return -1;
        if (!peer->group && !(peer->name && security_group_named(c, g->vpc, peer->name, &other)))
            return fail(c, E_GroupNotFound, peer->name ? peer->name : "");
        if (peer->user && !text_is(peer->user, other.owner))
            return fail(c, E_GroupNotFound, other.id);
        if (!text_is(other.vpc, g->vpc) || (peer->vpc && !text_is(peer->vpc, other.vpc)))
            return fail(c, E_GroupOtherNetwork);
        rule->peer = other.id;
        rule->peer_owner = other.owner;
    }
    return 0;
}

static int permission_rules(struct call *c, const struct permission_input *p,
                            const struct security_group *g, struct list *into)
{
    size_t before = into->count;
    if (range_rules(c, p, into) || group_rules(c, p, g, into))
        return -1;
    return into->count == before ? fail(c, E_RuleNoPeer) : 0;
}

/* All of TCP, UDP and ICMP from a group of the default VPC [guide]. */
static int source_group_rules(struct call *c, const struct rules_input *in,
                              const struct security_group *g, struct list *into)
{
    static const struct permission_input all[] = {
        { .protocol = "tcp", .from = 0, .to = 65535 },
        { .protocol = "udp", .from = 0, .to = 65535 },
        { .protocol = "icmp", .from = -1, .to = -1 },
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct permission_input p = all[i];
        *list_add(c->a, &p.groups, struct peer_input) =
            (struct peer_input){ .name = in->source_name, .user = in->source_owner };
        if (permission_rules(c, &p, g, into))
            return -1;
    }
    return 0;
}

/* The older form: one permission that is not in a list. */
static int flat_rules(struct call *c, const struct rules_input *in, const char *given,
                      const struct security_group *g, struct list *into)
{
    struct permission_input flat = in->flat;
    if (in->permissions.count)
        return fail(c, E_RuleForms, "ipPermissions", given);
    if (in->source_name && !text_is(given, "sourceSecurityGroupName"))
        return fail(c, E_RuleForms, "sourceSecurityGroupName", given);
    if (in->source_name)
        return source_group_rules(c, in, g, into);
    if (in->source_owner)
        return fail(c, E_MissingParameter, "sourceSecurityGroupName");
    if (in->cidr)
        list_add(c->a, &flat.ranges, struct range_input)->cidr = in->cidr;
    return permission_rules(c, &flat, g, into);
}

/* A parameter of the older form in the request, the source group last; NULL: none. */
static const char *flat_parameter(const struct rules_input *in, bool egress)
{
    if (egress)
        return NULL;
    return in->cidr                              ? "cidrIp"
           : in->flat.protocol                   ? "ipProtocol"
           : in->flat.from != ABSENT             ? "fromPort"
           : in->flat.to != ABSENT               ? "toPort"
           : in->source_name || in->source_owner ? "sourceSecurityGroupName"
                                                 : NULL;
}

/* Every rule that the request describes, in either form. */
static int wanted_rules(struct call *c, const struct rules_input *in,
                        const struct security_group *g, bool egress, struct list *into)
{
    const char *flat = flat_parameter(in, egress);
    if (!flat && !in->permissions.count)
        return fail(c, E_MissingParameter, "ipPermissions");
    if (flat && flat_rules(c, in, flat, g, into))
        return -1;
    LIST_EACH (struct permission_input, p, &in->permissions) {
        if (permission_rules(c, p, g, into))
            return -1;
    }
    LIST_EACH (struct security_group_rule, rule, into) {
        if (rule->description && !security_group_text_is_valid(rule->description))
            return fail(c, E_RuleDescription);
        rule->owner = c->account;
        rule->region = c->region;
        rule->group = g->id;
        rule->is_egress = egress ? YES : NO;
    }
    return 0;
}

static bool find_same_rule(struct call *c, const struct security_group_rule *r,
                           struct security_group_rule *ret)
{
    return store_first(c, &security_group_rule_schema,
                       "grp = ?1 AND is_egress = ?2 AND protocol = ?3 AND from_port = ?4"
                       " AND to_port = ?5 AND cidr IS ?6 AND cidr6 IS ?7 AND peer IS ?8",
                       SQL_ARGS(SQL_TEXT(r->group), SQL_INT(r->is_egress == YES),
                                SQL_TEXT(r->protocol), SQL_INT(r->from), SQL_INT(r->to),
                                SQL_TEXT(r->cidr), SQL_TEXT(r->cidr6), SQL_TEXT(r->peer)),
                       ret);
}

/* ---- Authorize ---- */

static const char *upper(struct call *c, const char *text)
{
    char *out = arena_strdup(c->a, text);
    for (char *at = out; *at; at++)
        *at = *at >= 'a' && *at <= 'z' ? (char)(*at - 'a' + 'A') : *at;
    return out;
}

static const char *describe_rule(struct call *c, const struct security_group_rule *r)
{
    const char *peer = r->cidr ? r->cidr : r->cidr6 ? r->cidr6 : r->peer;
    if (text_is(r->protocol, "-1"))
        return arena_printf(c->a, "peer: %s, ALL, ALLOW", peer);
    return arena_printf(c->a, "peer: %s, %s, from port: %lld, to port: %lld, ALLOW", peer,
                        upper(c, r->protocol), (long long)r->from, (long long)r->to);
}

static int put_rules(struct call *c, const struct rules_input *in, struct list *rules)
{
    LIST_EACH (struct security_group_rule, r, rules) {
        struct security_group_rule before;
        if (find_same_rule(c, r, &before))
            return fail(c, E_RuleDuplicate, describe_rule(c, r));
        r->id = id_new(c, "sgr-");
        store_put(c, &security_group_rule_schema, r);
        r->tags = tag_specs_put(c, &in->tag_specs, "security-group-rule", r->id);
    }
    return 0;
}

static int authorize_rules(struct call *c, const struct rules_input *in, bool egress)
{
    struct security_group g;
    struct list rules = { 0 };
    if (security_group_named_by(c, in->id, in->name, &g) || wanted_rules(c, in, &g, egress, &rules)
        || put_rules(c, in, &rules) || dry_run_ends(c))
        return -1;
    LIST_EACH (struct security_group_rule, r, &rules)
        security_group_rule_prepare(c, r);
    emit_bool(c, "return", true);
    emit_nouns(c, "securityGroupRuleSet", &security_group_rule_schema, &rules, VIEW_CREATED);
    return 0;
}

static int authorize_security_group_ingress(struct call *c, const struct rules_input *in)
{
    return authorize_rules(c, in, false);
}

static int authorize_security_group_egress(struct call *c, const struct rules_input *in)
{
    return authorize_rules(c, in, true);
}

#define AUTHORIZE_ERRORS                                                                           \
    "InvalidGroup.NotFound InvalidGroupId.Malformed InvalidPermission.Duplicate"                   \
    " InvalidParameterCombination InvalidParameterValue MissingParameter"

OPERATION_AS(ec2, AuthorizeSecurityGroupIngress, authorize_security_group_ingress,
             authorize_ingress_params, struct rules_input, .flags = OP_WRITES,
             .dry_run = DRYRUN_IN_HANDLER,
             .errors = "InvalidPrefixListID.NotFound VPCIdNotSpecified " AUTHORIZE_ERRORS,
             .effects = "rules for what comes in");
OPERATION_AS(ec2, AuthorizeSecurityGroupEgress, authorize_security_group_egress,
             authorize_egress_params, struct rules_input, .flags = OP_WRITES,
             .dry_run = DRYRUN_IN_HANDLER,
             .errors = "InvalidPrefixListID.NotFound VPCIdNotSpecified " AUTHORIZE_ERRORS,
             .effects = "rules for what goes out");

/* ---- Revoke ---- */

static int rules_by_id(struct call *c, const struct rules_input *in, const struct security_group *g,
                       bool egress, struct list *into)
{
    const char *flat = in->permissions.count ? "ipPermissions" : flat_parameter(in, egress);
    if (flat)
        return fail(c, E_RuleForms, "securityGroupRuleIds", flat);
    LIST_EACH (const char *, id, &in->rule_ids) {
        struct security_group_rule r;
        if (!store_get(c, &security_group_rule_schema, *id, &r) || !text_is(r.group, g->id)
            || (r.is_egress == YES) != egress)
            return fail(c, E_RuleNotFound, *id);
        *list_add(c->a, into, struct security_group_rule) = r;
    }
    return 0;
}

static int rules_by_content(struct call *c, const struct rules_input *in,
                            const struct security_group *g, bool egress, struct list *into,
                            struct list *ret_unknown)
{
    struct vpc v;
    struct list wanted = { 0 };
    if (wanted_rules(c, in, g, egress, &wanted))
        return -1;
    bool forgiving = vpc_default(c, &v) && text_is(v.id, g->vpc); /* no error there [guide] */
    LIST_EACH (struct security_group_rule, r, &wanted) {
        struct security_group_rule found;
        bool known = find_same_rule(c, r, &found);
        if (!known && !forgiving)
            return fail(c, E_RuleAbsent);
        *list_add(c->a, known ? into : ret_unknown, struct security_group_rule) =
            known ? found : *r;
    }
    return 0;
}

static int revoke_rules(struct call *c, const struct rules_input *in, bool egress)
{
    struct security_group g;
    struct list rules = { 0 }, unknown = { 0 };
    if (security_group_named_by(c, in->id, in->name, &g))
        return -1;
    if (in->rule_ids.count ? rules_by_id(c, in, &g, egress, &rules)
                           : rules_by_content(c, in, &g, egress, &rules, &unknown))
        return -1;
    if (dry_run_ends(c))
        return -1;
    LIST_EACH (struct security_group_rule, r, &rules)
        store_remove(c, &security_group_rule_schema, r->id);
    emit_bool(c, "return", true);
    unknown = ip_permissions_of(c, &unknown);
    if (unknown.count)
        emit_nouns(c, "unknownIpPermissionSet", egress ? &egress_schema : &ingress_schema, &unknown,
                   VIEW_DESCRIBED);
    emit_nouns(c, "revokedSecurityGroupRuleSet", &security_group_rule_schema, &rules, VIEW_BRIEF);
    return 0;
}

static int revoke_security_group_ingress(struct call *c, const struct rules_input *in)
{
    return revoke_rules(c, in, false);
}

static int revoke_security_group_egress(struct call *c, const struct rules_input *in)
{
    return revoke_rules(c, in, true);
}

#define REVOKE_ERRORS                                                                              \
    "InvalidGroup.NotFound InvalidGroupId.Malformed InvalidPermission.NotFound"                    \
    " InvalidParameterCombination InvalidSecurityGroupRuleId.NotFound"

OPERATION_AS(ec2, RevokeSecurityGroupIngress, revoke_security_group_ingress, revoke_ingress_params,
             struct rules_input, .flags = OP_WRITES, .dry_run = DRYRUN_IN_HANDLER,
             .errors = "InvalidPrefixListID.NotFound VPCIdNotSpecified " REVOKE_ERRORS,
             .effects = "the rules are gone");
OPERATION_AS(ec2, RevokeSecurityGroupEgress, revoke_security_group_egress, revoke_egress_params,
             struct rules_input, .flags = OP_WRITES, .dry_run = DRYRUN_IN_HANDLER,
             .errors = "InvalidPrefixListID.NotFound VPCIdNotSpecified " REVOKE_ERRORS,
             .effects = "the rules are gone");

/* ---- DescribeSecurityGroupRules ---- */

static const struct param describe_security_group_rules_params[] = {
    { "Filter", FILTERS(struct listing, filters) },
    { "SecurityGroupRuleId", TEXTS(struct listing, ids) },
    PAGING(struct listing, page),
    { 0 },
};

MISSING(no_rule, E_RuleNotFound);

static const struct describe rule_list = {
    .schema = &security_group_rule_schema,
    .set = "securityGroupRuleSet",
    .ids_name = "securityGroupRuleIds",
    .visible = MINE,
    .before = network_ensure,
    .prepare = security_group_rule_prepare,
    .missing = no_rule,
};

/* The first look makes the default VPC: a write. */
LISTS(ec2, DescribeSecurityGroupRules, describe_security_group_rules_params, rule_list,
      .flags = OP_WRITES,
      .errors = "InvalidSecurityGroupRuleId.NotFound InvalidParameterCombination");
