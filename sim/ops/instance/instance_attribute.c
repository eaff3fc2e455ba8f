/* Attributes of an instance: described, modified one at a time, reset. A row of `attributes` says
 * of each how it is shown and how it is changed. */
#include "base/text.h"
#include "call/errors.h"
#include "call/op.h"
#include "ops/instance/instance_run.h"
#include "reply/emit.h"
#include "reply/emit_noun.h"
#include "store/noun.h"
#include "world/instance/instance.h"

/* ---- What ModifyInstanceAttribute is asked for ---- */

struct disk_ebs_input {
    const char *volume;
    enum tri delete_on_termination;
};

struct disk_input {
    const char *device;
    struct disk_ebs_input ebs;
};

struct modify_instance_attribute {
    const char *id, *attribute, *value;
    struct boolean_value source_dest_check, enclave, no_stop, no_termination, ebs_optimized, ena;
    struct text_value type, kernel, ramdisk, user_data, shutdown, sriov;
    struct list disks; /* struct disk_input */
    struct list groups;
    bool has_user_data;
};

static const struct param enclave_params[] = {
    { "Enabled", BOOL(struct boolean_value, value) },
    { 0 },
};

static const struct param blob_params[] = {
    { "Value", BLOB(struct text_value, value) },
    { 0 },
};

static const struct param disk_ebs_params[] = {
    { "VolumeId", TEXT(struct disk_ebs_input, volume), .id = "vol-" },
    { "DeleteOnTermination", BOOL(struct disk_ebs_input, delete_on_termination) },
    { 0 },
};

static const struct param disk_params[] = {
    { "DeviceName", TEXT(struct disk_input, device) },
    { "Ebs", STRUCT(struct disk_input, ebs, disk_ebs_params) },
    { "VirtualName", REFUSED(TEXT, "AWS changes DeleteOnTermination here, nothing else") },
    { "NoDevice", REFUSED(TEXT, "AWS changes DeleteOnTermination here, nothing else") },
    { 0 },
};

static const struct param modify_instance_attribute_params[] = {
    { "SourceDestCheck",
      STRUCT(struct modify_instance_attribute, source_dest_check, boolean_value_params) },
    { "EnclaveOptions", STRUCT(struct modify_instance_attribute, enclave, enclave_params) },
    { "DisableApiStop", STRUCT(struct modify_instance_attribute, no_stop, boolean_value_params) },
    { "InstanceId", TEXT(struct modify_instance_attribute, id), .flags = PARAM_REQUIRED },
    { "Attribute", TEXT(struct modify_instance_attribute, attribute) },
    { "Value", TEXT(struct modify_instance_attribute, value) },
    { "BlockDeviceMapping",
      LIST(struct modify_instance_attribute, disks, struct disk_input, disk_params) },
    { "DisableApiTermination",
      STRUCT(struct modify_instance_attribute, no_termination, boolean_value_params) },
    { "InstanceType", STRUCT(struct modify_instance_attribute, type, text_value_params) },
    { "Kernel", STRUCT(struct modify_instance_attribute, kernel, text_value_params) },
    { "Ramdisk", STRUCT(struct modify_instance_attribute, ramdisk, text_value_params) },
    { "UserData", STRUCT(struct modify_instance_attribute, user_data, blob_params),
      .there = offsetof(struct modify_instance_attribute, has_user_data) },
    { "InstanceInitiatedShutdownBehavior",
      STRUCT(struct modify_instance_attribute, shutdown, text_value_params) },
    { "GroupId", TEXTS(struct modify_instance_attribute, groups) },
    { "EbsOptimized",
      STRUCT(struct modify_instance_attribute, ebs_optimized, boolean_value_params) },
    { "SriovNetSupport", STRUCT(struct modify_instance_attribute, sriov, text_value_params) },
    { "EnaSupport", STRUCT(struct modify_instance_attribute, ena, boolean_value_params) },
    { 0 },
};

/* ---- Setting ---- */

static int set_type(struct call *c, struct instance *i, const struct modify_instance_attribute *in)
{
    const char *name = in->type.value;
    const struct instance_type *type = instance_type_find(c->sim, name);
    if (!type || !instance_type_in_region(type, c->region))
        return fail(c, E_InstanceTypeValue, name);
    if (launch_check_architecture(c, type, &i->machine)
        || launch_check_virtualization(c, type, &i->machine))
        return -1;
    if (text_is(type->ena, "required") && i->machine.ena != YES)
        return fail(c, E_InstanceEna, name);
    i->type = type->name;
    i->cores = type->cores;
    i->threads = type->vcpus / type->cores;
    return 0;
}

static int set_user_data(struct call *c, struct instance *i,
                         const struct modify_instance_attribute *in)
{
    i->user_data = in->user_data.value[0] ? in->user_data.value : NULL;
    return launch_check_user_data(c, i->user_data);
}

static int set_disks(struct call *c, struct instance *i, const struct modify_instance_attribute *in)
{
    struct list volumes = volumes_of(c, i->id);
    LIST_EACH (struct disk_input, w, &in->disks) {
        bool found = false;
        LIST_EACH (struct volume, v, &volumes) {
            struct attachment *a = volume_attachment(v, i->id);
            if (!text_is(a->device, w->device) || (w->ebs.volume && !text_is(w->ebs.volume, v->id)))
                continue;
            found = true;
            tri_set(&a->delete_on_termination, w->ebs.delete_on_termination);
            volume_put(c, v);
        }
        if (!found)
            return fail(c, E_InstanceNoDevice, w->device ? w->device : "");
    }
    return 0;
}

/* What an interface has, too; AWS asks for the interface where there are several. */
static int only_interface(struct call *c, const struct instance *i, struct list *ret)
{
    *ret = network_interfaces_of(c, i->id);
    return ret->count > 1 ? fail(c, E_ManyInterfaces, i->id) : 0;
}

static int set_groups(struct call *c, struct instance *i,
                      const struct modify_instance_attribute *in)
{
    struct list refs = { 0 }, nics;
    if (only_interface(c, i, &nics)
        || security_group_refs(c, &in->groups, i->vpc, i->subnet ? i->subnet : "", &refs))
        return -1;
    i->groups = refs;
    LIST_EACH (struct network_interface, nic, &nics) {
        nic->groups = refs;
        store_put(c, &network_interface_schema, nic);
    }
    return 0;
}

static int put_source_dest_check(struct call *c, struct instance *i, enum tri value)
{
    struct list nics;
    if (only_interface(c, i, &nics))
        return -1;
    i->source_dest_check = value;
    LIST_EACH (struct network_interface, nic, &nics) {
        nic->source_dest_check = value;
        store_put(c, &network_interface_schema, nic);
    }
    return 0;
}

static int set_source_dest_check(struct call *c, struct instance *i,
                                 const struct modify_instance_attribute *in)
{
    return put_source_dest_check(c, i, in->source_dest_check.value);
}

static int set_shutdown(struct call *c, struct instance *i,
                        const struct modify_instance_attribute *in)
{
    static const char *const behaviors[] = { "stop", "terminate", NULL };
    if (text_is(i->machine.root_type, "instance-store"))
        return fail(c, E_LaunchShutdownBehavior);
    i->shutdown_behavior = in->shutdown.value;
    return text_any(i->shutdown_behavior, behaviors)
               ? 0
               : fail(c, E_InvalidValue, i->shutdown_behavior, "instanceInitiatedShutdownBehavior",
                      "");
}

static int set_sriov(struct call *c, struct instance *i, const struct modify_instance_attribute *in)
{
    i->machine.sriov = in->sriov.value;
    return text_is(in->sriov.value, "simple")
               ? 0
               : fail(c, E_InvalidValue, in->sriov.value, "sriovNetSupport", "");
}

static int set_kernel(struct call *c, struct instance *i,
                      const struct modify_instance_attribute *in)
{
    i->machine.kernel = in->kernel.value;
    return launch_check_kernel(c, &i->machine, i->machine.kernel);
}

/* No RAM disk is simulated. */
static int set_ramdisk(struct call *c, struct instance *i,
                       const struct modify_instance_attribute *in)
{
    (void)i;
    return fail(c, E_ImageNotFound, in->ramdisk.value);
}

/* ---- The attributes ---- */

struct attribute {
    const char *name;
    struct field in; /* where an instance has it: a text, a switch or a list; .xml: around it */
    size_t asked; /* the same in struct modify_instance_attribute; 0: it cannot be modified */
    bool only_stopped; /* modified */
    /* Sets it, or refuses. NULL: whatever is asked for is taken. */
    int (*set)(struct call *c, struct instance *i, const struct modify_instance_attribute *in);
};

#define ASKED(member) .asked = offsetof(struct modify_instance_attribute, member)
#define SWITCH(member) .in = { BOOL_FIELD(struct instance, member), .xml = "value" }
#define WORD(member) .in = { TEXT_FIELD(struct instance, member), .xml = "value" }
#define ITEMS(member, schema) .in = { LIST_FIELD(struct instance, member, schema) }

/* In the order in which a refusal names them. */
static const struct attribute attributes[] = {
    { "sourceDestCheck", SWITCH(source_dest_check), ASKED(source_dest_check),
      .set = set_source_dest_check },
    { "enclaveOptions", .in = { BOOL_FIELD(struct instance, enclave), .xml = "enabled" },
      ASKED(enclave), .only_stopped = true },
    { "disableApiStop", SWITCH(protected_from_stop), ASKED(no_stop) },
    { "blockDeviceMapping", ITEMS(disks, &disk_schema), ASKED(disks), .set = set_disks },
    { "disableApiTermination", SWITCH(protected_from_termination), ASKED(no_termination) },
    { "instanceType", WORD(type), ASKED(type), .only_stopped = true, .set = set_type },
    { "kernel", WORD(machine.kernel), ASKED(kernel), .only_stopped = true, .set = set_kernel },
    { "ramdisk", WORD(machine.ramdisk), ASKED(ramdisk), .only_stopped = true, .set = set_ramdisk },
    { "userData", WORD(user_data), ASKED(user_data), .only_stopped = true, .set = set_user_data },
    { "instanceInitiatedShutdownBehavior", WORD(shutdown_behavior), ASKED(shutdown),
      .set = set_shutdown },
    { "groupSet", ITEMS(groups, &security_group_ref_schema), ASKED(groups), .set = set_groups },
    { "ebsOptimized", SWITCH(ebs_optimized), ASKED(ebs_optimized), .only_stopped = true },
    { "sriovNetSupport", WORD(machine.sriov), ASKED(sriov), .only_stopped = true,
      .set = set_sriov },
    { "enaSupport", SWITCH(machine.ena), ASKED(ena), .only_stopped = true },
    { "rootDeviceName", WORD(machine.root_device) },
    { "productCodes", ITEMS(machine.product_codes, &product_code_schema) },
    { 0 },
};

static const struct attribute *attribute_named(const char *name)
{
    for (const struct attribute *a = attributes; a->name; a++) {
        if (text_is(a->name, name))
            return a;
    }
    return NULL;
}

static int attribute_unknown(struct call *c, const char *name)
{
    return fail(c, E_ValueInvalid, name, "attribute", "Unknown attribute.");
}

/* ---- DescribeInstanceAttribute ---- */

struct attribute_input {
    const char *id, *attribute;
};

static const struct param attribute_params[] = {
    { "InstanceId", TEXT(struct attribute_input, id), .flags = PARAM_REQUIRED },
    { "Attribute", TEXT(struct attribute_input, attribute), .flags = PARAM_REQUIRED },
    { 0 },
};

/* One without a value is an empty element. */
static void emit_attribute(struct call *c, const struct attribute *a, const struct instance *i)
{
    const void *at = (const char *)i + a->in.at;
    if (a->in.type == FIELD_LIST) {
        emit_nouns(c, a->name, a->in.of, at, VIEW_DESCRIBED);
        return;
    }
    emit_open(c, a->name);
    if (a->in.type == FIELD_BOOL)
        emit_bool(c, a->in.xml, *(const enum tri *)at == YES);
    else
        emit_text(c, a->in.xml, *(const char *const *)at);
    emit_close(c);
}

static int describe_instance_attribute(struct call *c, const struct attribute_input *in)
{
    struct instance i;
    const struct attribute *a = attribute_named(in->attribute);
    if (instance_own(c, in->id, &i))
        return -1;
    if (!a)
        return attribute_unknown(c, in->attribute);
    instance_prepare(c, &i);
    emit_text(c, "instanceId", i.id);
    emit_attribute(c, a, &i);
    return 0;
}

OPERATION_AS(ec2, DescribeInstanceAttribute, describe_instance_attribute, attribute_params,
             struct attribute_input, .errors = "InvalidInstanceID.NotFound InvalidParameterValue");

/* ---- ModifyInstanceAttribute ---- */

/* The older form names one attribute and its value as a text. */
static int older_form(struct call *c, struct modify_instance_attribute *in)
{
    const struct attribute *a = attribute_named(in->attribute);
    if (!in->attribute)
        return in->value ? fail(c, E_MissingParameter, "attribute") : 0;
    if (text_is(in->attribute, "blockDeviceMapping") && in->disks.count)
        return 0;
    if (!a || !a->asked || !text_is(a->in.xml, "value"))
        return attribute_unknown(c, in->attribute);
    if (!in->value)
        return fail(c, E_MissingParameter, in->attribute);
    void *asked = (char *)in + a->asked;
    if (a->in.type == FIELD_TEXT) {
        *(const char **)asked = in->value;
        return 0;
    }
    bool yes = text_is(in->value, "true") || text_is(in->value, "1");
    if (!yes && !text_is(in->value, "false") && !text_is(in->value, "0"))
        return fail(c, E_InvalidValue, in->value, in->attribute, "Invalid boolean value");
    *(enum tri *)asked = yes ? YES : NO;
    return 0;
}

static bool is_asked(const struct attribute *a, const struct modify_instance_attribute *in)
{
    const void *asked = (const char *)in + a->asked;
    return a->asked
           && (a->in.type == FIELD_LIST   ? ((const struct list *)asked)->count > 0
               : a->in.type == FIELD_BOOL ? *(const enum tri *)asked != UNSET
                                          : *(const char *const *)asked != NULL);
}

/* Exactly one is allowed [guide]. */
static int attribute_asked(struct call *c, const struct modify_instance_attribute *in,
                           const struct attribute **ret)
{
    struct list names = { 0 };
    for (const struct attribute *a = attributes; a->name; a++) {
        if (!is_asked(a, in))
            continue;
        strs_add(c->a, &names, a->name);
        *ret = a;
    }
    if (!names.count)
        return fail(c, E_ParameterCombination, "No attributes specified.");
    return names.count > 1 ? fail(c, E_TwoAttributes, strs_join(c->a, &names, ", ")) : 0;
}

static int set_attribute(struct call *c, const struct attribute *a, struct instance *i,
                         const struct modify_instance_attribute *in)
{
    if (a->set)
        return a->set(c, i, in);
    *(enum tri *)((char *)i + a->in.at) = *(const enum tri *)((const char *)in + a->asked);
    return 0;
}

static int modify_instance_attribute(struct call *c, const struct modify_instance_attribute *given)
{
    struct modify_instance_attribute in = *given;
    struct instance i;
    const struct attribute *a;
    if (in.has_user_data && !in.user_data.value)
        in.user_data.value = ""; /* takes away what there is */
    if (older_form(c, &in) || attribute_asked(c, &in, &a) || instance_own(c, in.id, &i))
        return -1;
    if (i.state_code == INSTANCE_TERMINATED)
        return fail(c, E_InstanceTerminated, in.id);
    if (a->only_stopped && i.state_code != INSTANCE_STOPPED)
        return fail(c, E_InstanceNotStopped, in.id);
    if (set_attribute(c, a, &i, &in) || dry_run_ends(c))
        return -1;
    instance_put(c, &i);
    return 0;
}

OPERATION(ec2, ModifyInstanceAttribute, modify_instance_attribute, .flags = OP_WRITES,
          .answer = ANSWER_RETURN, .dry_run = DRYRUN_IN_HANDLER,
          .errors = "InvalidInstanceID InvalidInstanceID.NotFound InvalidParameterCombination"
                    " InvalidParameterValue MissingParameter IncorrectInstanceState "
                    "InvalidInstanceAttributeValue InvalidGroup.NotFound"
                    " UnsupportedOperation InvalidAMIID.NotFound InvalidParameter",
          .effects = "one attribute of the instance; groups and the check of addresses go to its"
                     " interface, DeleteOnTermination to the attachment of its volume");

/* ---- ResetInstanceAttribute ---- */

static int reset_instance_attribute(struct call *c, const struct attribute_input *in)
{
    static const char *const resettable[] = { "kernel", "ramdisk", "sourceDestCheck", NULL };
    struct instance i;
    struct image image;
    if (instance_own(c, in->id, &i))
        return -1;
    if (!text_any(in->attribute, resettable))
        return fail(c, E_InvalidRequest);
    if (!text_is(in->attribute, "sourceDestCheck") && i.state_code != INSTANCE_STOPPED)
        return fail(c, E_InstanceNotStopped, in->id);
    bool found = image_find(c, i.image, &image);
    if (text_is(in->attribute, "sourceDestCheck") && put_source_dest_check(c, &i, YES))
        return -1;
    if (text_is(in->attribute, "kernel"))
        i.machine.kernel = found ? image.machine.kernel : NULL;
    if (text_is(in->attribute, "ramdisk"))
        i.machine.ramdisk = found ? image.machine.ramdisk : NULL;
    instance_put(c, &i);
    return 0;
}

OPERATION_AS(ec2, ResetInstanceAttribute, reset_instance_attribute, attribute_params,
             struct attribute_input, .flags = OP_WRITES, .answer = ANSWER_RETURN,
             .errors = "InvalidInstanceID InvalidInstanceID.NotFound InvalidRequest"
                       " IncorrectInstanceState",
             .effects = "kernel and RAM disk as the image has them; the check of addresses on");
