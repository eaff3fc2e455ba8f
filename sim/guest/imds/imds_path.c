/* The paths of the metadata service [guide], as one table, and how a path is found in it: a folder
 * is what the paths below it have in common, and holds what has a value. */
#include "guest/imds/imds_path.h"

#include <string.h>

#include "base/buffer.h"
#include "base/text.h"

#define DEEPEST 12

/* ---- The table, in the order in which folders list it ---- */

#define OF_INSTANCE(m) .value = imds_instance_text, .at = FIELD_AT(struct instance, m, const char *)
#define OF_NIC(m) .value = imds_nic_text, .at = FIELD_AT(struct network_interface, m, const char *)
#define NIC "meta-data/network/interfaces/macs/{mac}/"

static const struct imds_path paths[] = {
    { "dynamic/fws/instance-monitoring", .value = imds_monitoring },
    { "dynamic/instance-identity/document", .value = imds_document },
    { "dynamic/instance-identity/pkcs7", .value = imds_document_pkcs7, .always = true },
    { "dynamic/instance-identity/rsa2048", .value = imds_document_pkcs7, .always = true },
    { "dynamic/instance-identity/signature", .value = imds_document_signature, .always = true },
    { "meta-data/ami-id", OF_INSTANCE(image) },
    { "meta-data/ami-launch-index", .value = imds_launch_index },
    { "meta-data/ami-manifest-path", .value = imds_manifest },
    { "meta-data/block-device-mapping/{device}", .value = imds_block_device },
    { "meta-data/events/maintenance/history", .value = imds_no_events },
    { "meta-data/events/maintenance/scheduled", .value = imds_no_events },
    { "meta-data/hibernation/configured", .value = imds_hibernation },
    { "meta-data/hostname", OF_INSTANCE(private_dns) },
    { "meta-data/iam/info", .value = imds_profile },
    { "meta-data/iam/security-credentials/{role}", .value = imds_role_credentials },
    { "meta-data/identity-credentials/ec2/info", .value = imds_own_info },
    { "meta-data/identity-credentials/ec2/security-credentials/ec2-instance",
      .value = imds_own_credentials, .always = true },
    { "meta-data/instance-action", .value = imds_constant_none },
    { "meta-data/instance-id", OF_INSTANCE(id) },
    { "meta-data/instance-life-cycle", .value = imds_life_cycle },
    { "meta-data/instance-type", OF_INSTANCE(type) },
    { "meta-data/kernel-id", OF_INSTANCE(machine.kernel) },
    { "meta-data/local-hostname", OF_INSTANCE(private_dns) },
    { "meta-data/local-ipv4", OF_INSTANCE(private_ip) },
    { "meta-data/mac", .value = imds_mac },
    { "meta-data/metrics/vhostmd", .value = imds_vhostmd },
    { NIC "device-number", .value = imds_nic_device },
    { NIC "interface-id", OF_NIC(id) },
    { NIC "ipv4-associations/{address}", .value = imds_nic_association },
    { NIC "local-hostname", OF_NIC(private_dns) },
    { NIC "local-ipv4s", OF_NIC(private_ip) },
    { NIC "mac", OF_NIC(mac) },
    { NIC "network-card-index", .value = imds_nic_card },
    { NIC "owner-id", OF_NIC(owner) },
    { NIC "public-hostname", OF_NIC(public_dns) },
    { NIC "public-ipv4s", OF_NIC(public_ip) },
    { NIC "security-group-ids", .value = imds_nic_group_ids },
    { NIC "security-groups", .value = imds_nic_group_names },
    { NIC "subnet-id", OF_NIC(subnet) },
    { NIC "subnet-ipv4-cidr-block", .value = imds_nic_subnet_block },
    { NIC "vpc-id", OF_NIC(vpc) },
    { NIC "vpc-ipv4-cidr-block", .value = imds_nic_vpc_block },
    { NIC "vpc-ipv4-cidr-blocks", .value = imds_nic_vpc_block },
    { "meta-data/placement/availability-zone", OF_INSTANCE(zone) },
    { "meta-data/placement/availability-zone-id", OF_INSTANCE(zone_id) },
    { "meta-data/placement/group-name", OF_INSTANCE(placement_group) },
    { "meta-data/placement/host-id", OF_INSTANCE(host) },
    { "meta-data/placement/partition-number", .value = imds_partition_number },
    { "meta-data/placement/region", OF_INSTANCE(region) },
    { "meta-data/product-codes", .value = imds_product_codes },
    { "meta-data/public-hostname", OF_INSTANCE(public_dns) },
    { "meta-data/public-ipv4", OF_INSTANCE(public_ip) },
    { "meta-data/public-keys/{key}/openssh-key", .value = imds_public_key },
    { "meta-data/ramdisk-id", OF_INSTANCE(machine.ramdisk) },
    { "meta-data/reservation-id", OF_INSTANCE(reservation) },
    { "meta-data/security-groups", .value = imds_group_names },
    { "meta-data/services/domain", .value = imds_domain },
    { "meta-data/services/partition", .value = imds_partition },
    { "meta-data/system", .value = imds_system },
    { "meta-data/tags/instance/{tag}", .value = imds_tag },
    { "user-data", .value = imds_user_data },
};

static const struct {
    const char *name;
    void (*list)(struct imds_view *v, struct list *ret);
} sets[] = {
    { "{device}", imds_devices },           { "{role}", imds_roles }, { "{mac}", imds_macs },
    { "{address}", imds_public_addresses }, { "{key}", imds_keys },   { "{tag}", imds_tag_keys },
};

/* ---- A row against a path ---- */

static size_t part_size(const char *path)
{
    return strcspn(path, "/");
}

static const char *next_part(const char *path)
{
    size_t n = part_size(path);
    return path + n + (path[n] == '/');
}

static struct list names_of(struct imds_view *v, const char *part)
{
    struct list all = { 0 };
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        if (strncmp(sets[i].name, part, part_size(part)) == 0)
            sets[i].list(v, &all);
    }
    return all;
}

static bool part_matches(struct imds_view *v, const char *part, const char *name)
{
    size_t n = part_size(part);
    if (*part != '{')
        return strlen(name) == n && strncmp(part, name, n) == 0;
    struct list names = names_of(v, part);
    struct imds_name *found = LIST_FIND(struct imds_name, &names, name, name);
    if (!found || v->wilds == IMDS_WILD)
        return false;
    v->wild[v->wilds++] = found->name;
    return true;
}

/* What is left of the row's path behind the parts (const char *) of the one that was asked for;
 * NULL: another path. */
static const char *rest_of(struct imds_view *v, const struct imds_path *row,
                           const struct list *parts)
{
    const char *at = row->path;
    v->row = row;
    v->wilds = 0;
    LIST_EACH (const char *, part, parts) {
        if (!*at || !part_matches(v, at, *part))
            return NULL;
        at = next_part(at);
    }
    return at;
}

/* ---- Folders ---- */

static bool is_there(struct imds_view *v, const char *rest)
{
    const char *wild = strchr(rest, '{');
    if (wild)
        return names_of(v, wild).count > 0;
    return v->row->always || v->row->value(v);
}

static void add_name(struct imds_view *v, struct list *names, const char *text)
{
    if (!strs_have(names, text))
        strs_add(v->c->a, names, text);
}

/* A name that has more below it ends in a slash, but for those directly below a version [guide]. */
static void add_child(struct imds_view *v, const char *rest, bool top, struct list *names)
{
    const char *slash = *next_part(rest) && !top ? "/" : "";
    struct arena *a = v->c->a;
    if (!is_there(v, rest))
        return;
    if (*rest != '{') {
        add_name(v, names, arena_printf(a, "%.*s%s", (int)part_size(rest), rest, slash));
        return;
    }
    struct list all = names_of(v, rest);
    LIST_EACH (struct imds_name, n, &all)
        add_name(v, names, n->shown ? n->shown : arena_printf(a, "%s%s", n->name, slash));
}

/* ---- Finding ---- */

/* False: no path is as deep as that. */
static bool split(struct arena *a, const char *path, struct list *ret)
{
    for (; *path; path = next_part(path)) {
        if (!part_size(path))
            continue;
        if (ret->count == DEEPEST)
            return false;
        strs_add(a, ret, arena_strndup(a, path, part_size(path)));
    }
    return true;
}

const char *imds_find(struct imds_view *v, const char *path, size_t *ret_size, bool *ret_bytes)
{
    struct list parts = { 0 }, names = { 0 };
    *ret_bytes = false;
    if (!split(v->c->a, path, &parts))
        return NULL;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        const char *rest = rest_of(v, &paths[i], &parts);
        if (rest && *rest) {
            add_child(v, rest, !parts.count, &names);
        } else if (rest) { /* with a slash at its end as well: botocore asks so */
            v->size = 0;
            const char *value = paths[i].value(v);
            *ret_bytes = v->size > 0;
            *ret_size = v->size ? v->size : value ? strlen(value) : 0;
            return value;
        }
    }
    const char *list = names.count ? strs_join(v->c->a, &names, "\n") : NULL;
    *ret_size = list ? strlen(list) : 0;
    return list;
}
