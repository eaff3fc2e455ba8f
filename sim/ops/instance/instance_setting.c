/* Settings of instances that have operations of their own: metadata, monitoring, passwords, CPU
 * credits, instance profiles. */
#include <string.h>

#include "base/ssh_key.h"
#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/id.h"
#include "call/op.h"
#include "ops/describe.h"
#include "reply/emit.h"
#include "store/noun.h"
#include "time/job.h"
#include "world/account/key_pair.h"
#include "world/instance/instance.h"

/* ---- ModifyInstanceMetadataOptions ---- */

struct modify_instance_metadata_options {
    const char *id, *tokens, *endpoint, *ipv6, *tags;
    int64_t hop_limit;
};

static const char *const token_modes[] = { "optional", "required", NULL };
static const char *const on_off[] = { "enabled", "disabled", NULL };

static const struct param modify_instance_metadata_options_params[] = {
    { "InstanceId", TEXT(struct modify_instance_metadata_options, id), .flags = PARAM_REQUIRED },
    { "HttpTokens", TEXT(struct modify_instance_metadata_options, tokens), .values = token_modes },
    { "HttpPutResponseHopLimit", INT(struct modify_instance_metadata_options, hop_limit), .min = 1,
      .max = 64 },
    { "HttpEndpoint", TEXT(struct modify_instance_metadata_options, endpoint), .values = on_off },
    { "HttpProtocolIpv6", TEXT(struct modify_instance_metadata_options, ipv6), .values = on_off },
    { "InstanceMetadataTags", TEXT(struct modify_instance_metadata_options, tags),
      .values = on_off },
    { 0 },
};

static void set(const char **into, const char *value)
{
    if (value)
        *into = value;
}

static int modify_instance_metadata_options(struct call *c,
                                            const struct modify_instance_metadata_options *in)
{
    struct instance i;
    if (instance_own(c, in->id, &i))
        return -1;
    if (i.state_code == INSTANCE_TERMINATED || i.state_code == INSTANCE_SHUTTING_DOWN)
        return fail(c, E_InstanceTerminated, in->id);
    set(&i.http_tokens, in->tokens);
    set(&i.http_endpoint, in->endpoint);
    set(&i.http_ipv6, in->ipv6);
    set(&i.metadata_tags, in->tags);
    if (in->hop_limit != ABSENT)
        i.hop_limit = in->hop_limit;
    instance_put(c, &i);
    emit_text(c, "instanceId", i.id);
    emit_open(c, "instanceMetadataOptions");
    emit_text(c, "state", "pending"); /* applied at the next look */
    emit_text(c, "httpTokens", i.http_tokens);
    emit_int(c, "httpPutResponseHopLimit", i.hop_limit);
    emit_text(c, "httpEndpoint", i.http_endpoint);
    emit_text(c, "httpProtocolIpv6", i.http_ipv6);
    emit_text(c, "instanceMetadataTags", i.metadata_tags);
    emit_close(c);
    return 0;
}

OPERATION(ec2, ModifyInstanceMetadataOptions, modify_instance_metadata_options, .flags = OP_WRITES,
          .errors = "InvalidInstanceID.NotFound IncorrectInstanceState",
          .effects = "the metadata options that are given");

/* ---- MonitorInstances, UnmonitorInstances ---- */

struct monitor_instances {
    struct list ids;
};

static const struct param monitor_params[] = {
    { "InstanceId", TEXTS(struct monitor_instances, ids), .flags = PARAM_REQUIRED },
    { "MetricCategoryId", REFUSED(TEXTS, "metrics are not simulated") },
    { 0 },
};

static int set_monitoring(struct call *c, const struct list *ids, const char *state,
                          const char *on_the_way)
{
    struct list found;
    if (instances_own(c, ids, &found))
        return -1;
    emit_list(c, "instancesSet");
    LIST_EACH (struct instance, i, &found) {
        const char *shown = text_is(i->monitoring, state) ? state : on_the_way;
        i->monitoring = state;
        instance_put(c, i);
        emit_item(c);
        emit_text(c, "instanceId", i->id);
        emit_open(c, "monitoring");
        emit_text(c, "state", shown);
        emit_close(c);
        emit_close(c);
    }
    emit_close(c);
    return 0;
}

static int monitor_instances(struct call *c, const struct monitor_instances *in)
{
    return set_monitoring(c, &in->ids, "enabled", "pending");
}

static int unmonitor_instances(struct call *c, const struct monitor_instances *in)
{
    return set_monitoring(c, &in->ids, "disabled", "disabling");
}

OPERATION_AS(ec2, MonitorInstances, monitor_instances, monitor_params, struct monitor_instances,
             .flags = OP_WRITES, .errors = "InvalidInstanceID.NotFound",
             .effects = "detailed monitoring is on");
OPERATION_AS(ec2, UnmonitorInstances, unmonitor_instances, monitor_params, struct monitor_instances,
             .flags = OP_WRITES, .errors = "InvalidInstanceID.NotFound",
             .effects = "detailed monitoring is off");

/* ---- GetPasswordData ---- */

struct get_password_data {
    const char *id;
};

static const struct param get_password_data_params[] = {
    { "InstanceId", TEXT(struct get_password_data, id), .flags = PARAM_REQUIRED },
    { 0 },
};

/* The agent of an image that was not prepared with Sysprep makes no new password [guide]. */
static bool makes_password(const struct call *c, const struct instance *i)
{
    return instance_is_windows(i) && i->key_name && i->specialized != ABSENT
           && c->now >= i->specialized + pace_delay(c, 100, 4 * MINUTE_MS);
}

static const char *new_password(struct call *c, const struct instance *i)
{
    static const char letters[] =
        "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789!@$%&*-";
    uint64_t n = hash_text(arena_printf(c->a, "password/%s", i->id));
    char *text = arena_strdup(c->a, "................................");
    for (char *at = text; *at; at++) {
        n = n * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        *at = letters[(n >> 33) % (sizeof letters - 1)];
    }
    return text;
}

/* Encrypted once: the same data at every call. */
static const char *password_data(struct call *c, struct instance *i)
{
    struct key_pair pair;
    if (i->password || !makes_password(c, i) || !key_pair_named(c, i->key_name, &pair))
        return i->password;
    const char *data = ssh_key_encrypt(c->a, pair.public_key, new_password(c, i));
    if (!data)
        return NULL; /* Windows takes RSA keys only */
    i->password = arena_printf(c->a, "\r\n%s\r\n", data);
    instance_put(c, i);
    return i->password;
}

static int get_password_data(struct call *c, const struct get_password_data *in)
{
    struct instance i;
    if (instance_own(c, in->id, &i))
        return -1;
    const char *data = password_data(c, &i);
    emit_text(c, "instanceId", i.id);
    emit_time(c, "timestamp", i.booted != ABSENT ? i.booted : i.launched);
    emit_text(c, "passwordData", data ? data : "");
    return 0;
}

OPERATION(
    ec2, GetPasswordData, get_password_data, .flags = OP_WRITES,
    .errors = "InvalidInstanceID.NotFound",
    .effects = "the password of a Windows instance is encrypted once, under its RSA key pair");

/* ---- DescribeInstanceCreditSpecifications ---- */

static const struct param describe_credits_params[] = {
    { "Filter", FILTERS(struct listing, filters) },
    { "InstanceId", TEXTS(struct listing, ids) },
    PAGING(struct listing, page),
    { 0 },
};

struct credit {
    const char *instance, *mode;
};

static const struct schema credit_schema = {
    .name = "credit",
    .size = sizeof(struct credit),
    .fields = (const struct field[]){ { TEXT_FIELD(struct credit, instance), .xml = "instanceId",
                                        .filter = "instance-id" },
                                      { TEXT_FIELD(struct credit, mode), .xml = "cpuCredits" },
                                      { 0 } },
};

/* The instances asked for, or all of the caller's that are not terminated. */
static int instances_asked(struct call *c, const struct list *ids, struct list *ret)
{
    if (ids && ids->count)
        return instances_own(c, ids, ret);
    *ret = store_list(c, &instance_schema, MINE " AND state_code <> 48", SQL_ARGS(MINE_ARGS(c)));
    return 0;
}

static const struct describe credit_list = {
    .schema = &credit_schema,
    .set = "instanceCreditSpecificationSet",
};

/* Without ids only those in unlimited mode are shown [guide]. */
static int describe_instance_credit_specifications(struct call *c, const struct listing *in)
{
    struct list found, credits = { 0 };
    if (in->ids.count && in->page.max_results != ABSENT)
        return fail(c, E_PageWithIds, "instancesSet", "maxResults");
    if (instances_asked(c, &in->ids, &found))
        return -1;
    LIST_EACH (struct instance, i, &found) {
        if (i->credits && (in->ids.count || text_is(i->credits, "unlimited")))
            *list_add(c->a, &credits, struct credit) =
                (struct credit){ .instance = i->id, .mode = i->credits };
    }
    return describe_items(c, &credit_list, in, &credits);
}

OPERATION_AS(ec2, DescribeInstanceCreditSpecifications, describe_instance_credit_specifications,
             describe_credits_params, struct listing,
             .errors = "InvalidInstanceID.NotFound InvalidParameterCombination");

/* ---- DescribeIamInstanceProfileAssociations ---- */

static const struct param describe_associations_params[] = {
    { "AssociationId", TEXTS(struct listing, ids) },
    { "Filter", FILTERS(struct listing, filters) },
    PAGING(struct listing, page),
    { 0 },
};

struct association {
    const char *id, *instance, *arn, *profile_id, *state;
};

static const struct schema association_schema = {
    .name = "profile_association",
    .size = sizeof(struct association),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct association, id), .xml = "associationId" },
            { TEXT_FIELD(struct association, instance), .xml = "instanceId",
              .filter = "instance-id" },
            { TEXT_FIELD(struct association, arn), .xml = "iamInstanceProfile/arn" },
            { TEXT_FIELD(struct association, profile_id), .xml = "iamInstanceProfile/id" },
            { TEXT_FIELD(struct association, state), .xml = "state", .filter = "state" },
            { 0 } },
};

static const struct describe association_list = {
    .schema = &association_schema,
    .set = "iamInstanceProfileAssociationSet",
};

static int describe_iam_instance_profile_associations(struct call *c, const struct listing *in)
{
    struct list found, shown = { 0 }, known = { 0 };
    instances_asked(c, NULL, &found);
    LIST_EACH (struct instance, i, &found) {
        instance_prepare(c, i);
        const char *id = id_named(c, "iip-assoc-", i->id);
        strs_add(c->a, &known, i->profile ? id : "");
        if (!i->profile || (in->ids.count && !strs_have(&in->ids, id)))
            continue;
        *list_add(c->a, &shown, struct association) =
            (struct association){ .id = id,
                                  .instance = i->id,
                                  .arn = i->profile,
                                  .profile_id = i->profile_id,
                                  .state = "associated" };
    }
    LIST_EACH (const char *, id, &in->ids) {
        if (!strs_have(&known, *id))
            return fail(c, E_AssociationNotFound, *id);
    }
    return describe_items(c, &association_list, in, &shown);
}

OPERATION_AS(ec2, DescribeIamInstanceProfileAssociations,
             describe_iam_instance_profile_associations, describe_associations_params,
             struct listing, .flags = OP_NO_DRYRUN,
             .errors = "InvalidAssociationID.NotFound InvalidInstanceID.NotFound");
