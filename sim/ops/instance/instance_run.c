/* RunInstances: checks in AWS's order, then one reservation with its instances. */
#include <string.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/id.h"
#include "catalog/quota.h"
#include "guest/instance_state.h"
#include "ops/instance/instance_describe.h"
#include "ops/instance/instance_run.h"
#include "ops/instance/launch_template_data.h"
#include "request/tag_spec.h"
#include "request/token.h"
#include "store/tag_row.h"
#include "world/account/key_pair.h"
#include "world/instance/metadata_default.h"
#include "world/ssm/ssm_parameter.h"

#define LONGEST_TOKEN 64
#define MAX_USER_DATA 16384

/* ---- What the request alone tells ---- */

static int check_counts(struct call *c, const struct run_instances *in)
{
    if (in->min_count < 1)
        return fail(c, E_ParameterValue, "Minimum instance count must be greater than zero");
    if (in->max_count < 1)
        return fail(c, E_ParameterValue, "Maximum instance count must be greater than zero");
    if (in->max_count < in->min_count)
        return fail(c, E_ParameterValue,
                    "Maximum instance count must not be smaller than minimum instance count");
    return 0;
}

int launch_check_user_data(struct call *c, const char *data)
{
    size_t n = 0;
    if (!data)
        return 0;
    if (!base64_decode(c->a, data, &n))
        return fail(c, E_ParameterValue, "Invalid BASE64 encoding of user data.");
    return n > MAX_USER_DATA ? fail(c, E_UserDataLength) : 0;
}

static int check_request(struct call *c, const struct run_instances *in)
{
    const char *image;
    if (!in->image)
        return fail(c, E_MissingParameter, "ImageId");
    if (check_counts(c, in) || ssm_parameter_image(c, in->image, &image)
        || id_check(c, "ami-", image))
        return -1;
    if (in->token && strlen(in->token) > LONGEST_TOKEN)
        return fail(c, E_ParameterValue,
                    "Client token must be less than or equal to 64 characters.");
    if (in->placement.group)
        return fail(c, E_PlacementGroup, in->placement.group);
    if (text_is(in->placement.tenancy, "host"))
        return fail(c, E_NotSimulated, "Tenancy", "Dedicated Hosts are not simulated");
    return launch_check_user_data(c, in->user_data) || launch_check_network(c, in) ? -1 : 0;
}

/* ---- What the world allows ---- */

/* As many as the quota leaves room for, at least MinCount. */
static int check_quota(struct call *c, const struct launch *l, int64_t *ret_count)
{
    int64_t limit = quota(c->sim, "on-demand-standard-vcpus");
    int64_t room = (limit - instances_vcpus(c)) / l->type->vcpus;
    if (room < l->in->min_count)
        return fail(c, E_VcpuLimit, (long long)limit);
    *ret_count = room < l->in->max_count ? room : l->in->max_count;
    return 0;
}

static int check_key(struct call *c, struct launch *l)
{
    const char *name = l->in->key_name;
    struct key_pair key;
    if (!name)
        return 0;
    if (!key_pair_named(c, name, &key))
        return fail(c, E_KeyPairNotFound, name);
    l->public_key = key.public_key;
    return text_is(key.type, "ed25519") && text_is(l->image.machine.platform, "windows")
               ? fail(c, E_LaunchEd25519)
               : 0;
}

/* ---- One instance ---- */

static void take_image(struct instance *i, const struct launch *l)
{
    const struct image *image = &l->image;
    i->image = image->id;
    i->machine = image->machine;
    i->machine.kernel = l->kernel; /* the request may name others */
    i->machine.ramdisk = l->ramdisk;
    i->usage_updated = i->launched;
    i->current_boot_mode = l->boot_mode;
    i->ephemeral = l->ephemeral;
}

static const char *or_else(const char *given, const char *otherwise)
{
    return given ? given : otherwise;
}

/* The launch decides, with its template behind it, then the account, then the image [guide]. */
static int launch_metadata(struct call *c, struct launch *l)
{
    struct launch_metadata *m = &l->metadata;
    struct metadata_default d;
    bool v2 = text_is(l->image.imds, "v2.0");
    metadata_default_get(c, &d);
    *m = l->in->metadata;
    m->tokens = or_else(m->tokens, or_else(d.tokens, v2 ? "required" : "optional"));
    m->endpoint = or_else(m->endpoint, or_else(d.endpoint, "enabled"));
    m->ipv6 = or_else(m->ipv6, "disabled");
    m->tags = or_else(m->tags, or_else(d.tags, "disabled"));
    if (m->hop_limit == ABSENT)
        m->hop_limit = d.hop_limit != ABSENT ? d.hop_limit : v2 ? 2 : 1;
    return metadata_check_tokens(c, m->tokens);
}

static void take_metadata(struct instance *i, const struct launch_metadata *m)
{
    i->http_tokens = m->tokens;
    i->hop_limit = m->hop_limit;
    i->http_endpoint = m->endpoint;
    i->http_ipv6 = m->ipv6;
    i->metadata_tags = m->tags;
    i->metadata_state = "pending";
}

static const char *profile_arn(struct call *c, const struct launch_profile *p)
{
    if (p->arn || !p->name)
        return p->arn;
    return arena_printf(c->a, "arn:aws:iam::%s:instance-profile/%s", c->account, p->name);
}

static void take_request(struct call *c, struct instance *i, const struct launch *l)
{
    const struct run_instances *in = l->in;
    i->type = l->type->name;
    i->key_name = in->key_name;
    i->public_key = l->public_key;
    i->client_token = in->token;
    i->user_data = in->user_data;
    i->profile = profile_arn(c, &in->profile);
    i->ebs_optimized = tri_of(in->ebs_optimized);
    i->protected_from_termination = tri_of(in->protected_from_termination);
    i->protected_from_stop = tri_of(in->protected_from_stop);
    i->shutdown_behavior = or_else(in->shutdown_behavior, "stop");
    i->source_dest_check = YES;
    i->tenancy = or_else(in->placement.tenancy, "default");
    i->monitoring = in->monitoring.on == YES ? "enabled" : "disabled";
    i->credits =
        or_else(in->credits.value, instance_type_has(l->type, "burstable")
                                       ? text_is(l->type->family, "t2") ? "standard" : "unlimited"
                                       : NULL);
    i->cores = in->cpu.cores != ABSENT ? in->cpu.cores : l->type->cores;
    i->threads = in->cpu.threads != ABSENT ? in->cpu.threads : l->type->vcpus / l->type->cores;
    i->capacity_preference = or_else(in->capacity.value, "open");
    i->auto_recovery = or_else(in->recovery.value, "default");
    i->reboot_migration = "default";
    i->bandwidth = or_else(in->bandwidth.value, "default");
    i->hibernation = tri_of(in->hibernation.on);
    i->enclave = tri_of(in->enclave.on);
    i->hostname_type = or_else(in->dns.type, l->subnet.hostname_type);
    i->dns_a_record = in->dns.a_record != UNSET ? in->dns.a_record : l->subnet.dns_a_record;
    i->dns_aaaa_record =
        in->dns.aaaa_record != UNSET ? in->dns.aaaa_record : l->subnet.dns_aaaa_record;
    i->zone = l->subnet.zone;
    i->zone_id = l->subnet.zone_id;
}

/* Tags of AWS's own say which template it was, and its version as a number [reports.md]: Terraform
 * reads them. */
static void tag_template(struct call *c, const char *id, const struct launch_template_ref *template)
{
    struct list tags = { 0 };
    if (!template->id)
        return;
    *list_add(c->a, &tags, struct tag) = (struct tag){ "aws:ec2launchtemplate:id", template->id };
    *list_add(c->a, &tags, struct tag) =
        (struct tag){ "aws:ec2launchtemplate:version", template->version };
    tags_put(c, "instance", id, &tags);
}

static int make_instance(struct call *c, const struct launch *l, const char *reservation,
                         int64_t index)
{
    NOUN(struct instance, instance_schema, i);
    i.id = id_new(c, "i-");
    i.owner = c->account;
    i.region = c->region;
    i.reservation = reservation;
    i.launch_index = index;
    i.launched = time_whole_seconds(c->now);
    i.boots = 0;
    take_image(&i, l);
    take_request(c, &i, l);
    take_metadata(&i, &l->metadata);
    if (launch_make_interfaces(c, l, &i))
        return -1;
    launch_make_disks(c, l, &i);
    tag_specs_put(c, &l->in->tag_specs, "instance", i.id);
    tag_template(c, i.id, &l->in->template);
    instance_start_launching(c, &i);
    return 0;
}

/* ---- The call ---- */

/* The same token again: the reservation as it is now [recorded]. */
static int replay_launch(struct call *c, const char *reservation)
{
    struct list found = instances_of_reservation(c, reservation);
    bool alive = false;
    LIST_EACH (struct instance, i, &found)
        alive = alive || i->state_code != INSTANCE_TERMINATED;
    if (!alive)
        return fail(c, E_TokenTerminated);
    emit_reservation(c, &found, VIEW_DESCRIBED);
    return 0;
}

/* The first answer knows no disk and no public address yet [recorded]. */
static struct list as_launched(struct call *c, const char *reservation)
{
    struct list made = instances_of_reservation(c, reservation);
    LIST_EACH (struct instance, i, &made) {
        i->disks = (struct list){ 0 };
        i->public_ip = i->public_dns = NULL;
        LIST_EACH (struct network_interface, nic, &i->interfaces) {
            nic->public_ip = nic->public_dns = NULL;
            nic->attachment_status = "attaching";
            network_interface_prepare(c, nic);
        }
    }
    return made;
}

static int launch(struct call *c, struct launch *l)
{
    const char *reservation = id_new(c, "r-");
    int64_t count;
    if (launch_image(c, l) || check_key(c, l) || launch_network(c, l) || launch_disks(c, l)
        || launch_metadata(c, l) || check_quota(c, l, &count))
        return -1;
    if (dry_run_ends(c))
        return -1;
    for (int64_t n = 0; n < count; n++) {
        if (make_instance(c, l, reservation, n))
            return -1;
    }
    image_launched(c, &l->image);
    image_put(c, &l->image);
    token_keep(c, l->in->token, &instance_schema, reservation);
    struct list made = as_launched(c, reservation);
    emit_reservation(c, &made, VIEW_CREATED);
    return 0;
}

static int run_instances(struct call *c, const struct run_instances *given)
{
    struct run_instances merged;
    if (given->has_template && template_resolve(c, given, &merged))
        return -1;
    const struct run_instances *in = given->has_template ? &merged : given;
    struct launch l = { .in = in };
    const char *before;
    if (check_request(c, in) || token_find(c, in->token, &before))
        return -1;
    if (before && !c->dry_run)
        return replay_launch(c, before);
    return launch(c, &l);
}

OPERATION(
    ec2, RunInstances, run_instances, .flags = OP_WRITES, .dry_run = DRYRUN_IN_HANDLER,
    .errors =
        "InvalidAMIID.NotFound InvalidAMIID.Unavailable AuthFailure"
        " InvalidBlockDeviceMapping InvalidSnapshot.NotFound InvalidKeyPair.NotFound"
        " InvalidSubnetID.NotFound InvalidGroup.NotFound VPCIdNotSpecified MissingInput"
        " InvalidParameterCombination Unsupported UnsupportedOperation OptInRequired"
        " VcpuLimitExceeded IdempotentParameterMismatch IdempotentInstanceTerminated"
        " InsufficientFreeAddressesInSubnet InvalidIPAddress.InUse AttachmentLimitExceeded "
        "IncorrectState InvalidLaunchTemplateId.NotFound InvalidLaunchTemplateId.VersionNotFound "
        "InvalidLaunchTemplateName.NotFoundException InvalidNetworkInterfaceID.NotFound "
        "InvalidParameter InvalidParameterDependency InvalidPlacementGroup.Unknown "
        "UnknownVolumeType UnsupportedHibernationConfiguration InvalidAMIID.Malformed",
    .effects = "instances pending, then running; volumes of the mappings, an interface each");
