/* Attributes of an instance: described, modified one at a time, reset. */
#include <string.h>

#include "base/text.h"
#include "call/errors.h"
#include "call/op.h"
#include "catalog/instance_type.h"
#include "catalog/kernel.h"
#include "reply/emit.h"
#include "reply/emit_noun.h"
#include "store/noun.h"
#include "world/instance/instance.h"

#define MAX_USER_DATA 16384

/* ---- DescribeInstanceAttribute ---- */

struct attribute_input {
    const char *id, *attribute;
};

static const struct param attribute_params[] = {
    { "InstanceId", TEXT(struct attribute_input, id), .flags = PARAM_REQUIRED },
    { "Attribute", TEXT(struct attribute_input, attribute), .flags = PARAM_REQUIRED },
    { 0 },
};

static void emit_value(struct call *c, const char *name, const char *text)
{
    emit_open(c, name); /* an attribute without a value is an empty element */
    emit_text(c, "value", text);
    emit_close(c);
}

static void emit_switch(struct call *c, const char *name, enum tri value)
{
    emit_open(c, name);
    emit_bool(c, "value", value == YES);
    emit_close(c);
}

struct text_attribute {
    const char *name;
    size_t at;
};

#define AT(member) offsetof(struct instance, member)

static const struct text_attribute text_attributes[] = {
    { "instanceType", AT(type) },
    { "kernel", AT(machine.kernel) },
    { "ramdisk", AT(machine.ramdisk) },
    { "userData", AT(user_data) },
    { "instanceInitiatedShutdownBehavior", AT(shutdown_behavior) },
    { "rootDeviceName", AT(machine.root_device) },
    { "sriovNetSupport", AT(machine.sriov) },
};

static const struct text_attribute switch_attributes[] = {
    { "disableApiTermination", AT(protected_from_termination) },
    { "disableApiStop", AT(protected_from_stop) },
    { "sourceDestCheck", AT(source_dest_check) },
    { "ebsOptimized", AT(ebs_optimized) },
    { "enaSupport", AT(machine.ena) },
};

static bool emit_scalar_attribute(struct call *c, const struct instance *i, const char *name)
{
    for (size_t n = 0; n < sizeof text_attributes / sizeof *text_attributes; n++) {
        if (text_is(text_attributes[n].name, name)) {
            emit_value(c, name, *(const char *const *)((const char *)i + text_attributes[n].at));
            return true;
        }
    }
    for (size_t n = 0; n < sizeof switch_attributes / sizeof *switch_attributes; n++) {
        if (text_is(switch_attributes[n].name, name)) {
            emit_switch(c, name, *(const enum tri *)((const char *)i + switch_attributes[n].at));
            return true;
        }
    }
    return false;
}

static int describe_instance_attribute(struct call *c, const struct attribute_input *in)
{
    struct instance i;
    if (instance_own(c, in->id, &i))
        return -1;
    instance_prepare(c, &i);
    emit_text(c, "instanceId", i.id);
    if (emit_scalar_attribute(c, &i, in->attribute))
        return 0;
    if (text_is(in->attribute, "groupSet")) {
        emit_nouns(c, "groupSet", &security_group_ref_schema, &i.groups, VIEW_DESCRIBED);
    } else if (text_is(in->attribute, "productCodes")) {
        emit_nouns(c, "productCodes", &product_code_schema, &i.machine.product_codes,
                   VIEW_DESCRIBED);
    } else if (text_is(in->attribute, "blockDeviceMapping")) {
        emit_nouns(c, "blockDeviceMapping", &disk_schema, &i.disks, VIEW_DESCRIBED);
    } else if (text_is(in->attribute, "enclaveOptions")) {
        emit_open(c, "enclaveOptions");
        emit_bool(c, "enabled", i.enclave == YES);
        emit_close(c);
    } else {
        return fail(c, E_ValueInvalid, in->attribute, "attribute", "Unknown attribute.");
    }
    return 0;
}

OPERATION_AS(ec2, DescribeInstanceAttribute, describe_instance_attribute, attribute_params,
             struct attribute_input, .errors = "InvalidInstanceID.NotFound InvalidParameterValue");

/* ---- ModifyInstanceAttribute ---- */

struct switch_value {
    enum tri value;
};

struct text_value {
    const char *value;
};

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
    struct switch_value source_dest_check, enclave, no_stop, no_termination, ebs_optimized, ena;
    struct text_value type, kernel, ramdisk, user_data, shutdown, sriov;
    struct list disks; /* struct disk_input */
    struct list groups;
    bool has_user_data;
};

static const struct param switch_params[] = {
    { "Value", BOOL(struct switch_value, value) },
    { 0 },
};

static const struct param enclave_params[] = {
    { "Enabled", BOOL(struct switch_value, value) },
    { 0 },
};

static const struct param text_params[] = {
    { "Value", TEXT(struct text_value, value) },
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
      STRUCT(struct modify_instance_attribute, source_dest_check, switch_params) },
    { "EnclaveOptions", STRUCT(struct modify_instance_attribute, enclave, enclave_params) },
    { "DisableApiStop", STRUCT(struct modify_instance_attribute, no_stop, switch_params) },
    { "InstanceId", TEXT(struct modify_instance_attribute, id), .flags = PARAM_REQUIRED },
    { "Attribute", TEXT(struct modify_instance_attribute, attribute) },
    { "Value", TEXT(struct modify_instance_attribute, value) },
    { "BlockDeviceMapping",
      LIST(struct modify_instance_attribute, disks, struct disk_input, disk_params) },
    { "DisableApiTermination",
      STRUCT(struct modify_instance_attribute, no_termination, switch_params) },
    { "InstanceType", STRUCT(struct modify_instance_attribute, type, text_params) },
    { "Kernel", STRUCT(struct modify_instance_attribute, kernel, text_params) },
    { "Ramdisk", STRUCT(struct modify_instance_attribute, ramdisk, text_params) },
    { "UserData", STRUCT(struct modify_instance_attribute, user_data, blob_params),
      .there = offsetof(struct modify_instance_attribute, has_user_data) },
    { "InstanceInitiatedShutdownBehavior",
      STRUCT(struct modify_instance_attribute, shutdown, text_params) },
    { "GroupId", TEXTS(struct modify_instance_attribute, groups) },
    { "EbsOptimized", STRUCT(struct modify_instance_attribute, ebs_optimized, switch_params) },
    { "SriovNetSupport", STRUCT(struct modify_instance_attribute, sriov, text_params) },
    { "EnaSupport", STRUCT(struct modify_instance_attribute, ena, switch_params) },
    { 0 },
};

/* The older form names one attribute and its value as a text. */
static int older_form(struct call *c, struct modify_instance_attribute *in)
{
    const struct {
        const char *name;
        const char **text;
        enum tri *flag;
    } all[] = {
        { "instanceType", &in->type.value, NULL },
        { "kernel", &in->kernel.value, NULL },
        { "ramdisk", &in->ramdisk.value, NULL },
        { "userData", &in->user_data.value, NULL },
        { "instanceInitiatedShutdownBehavior", &in->shutdown.value, NULL },
        { "sriovNetSupport", &in->sriov.value, NULL },
        { "disableApiTermination", NULL, &in->no_termination.value },
        { "disableApiStop", NULL, &in->no_stop.value },
        { "sourceDestCheck", NULL, &in->source_dest_check.value },
        { "ebsOptimized", NULL, &in->ebs_optimized.value },
        { "enaSupport", NULL, &in->ena.value },
    };
    if (!in->attribute)
        return in->value ? fail(c, E_MissingParameter, "attribute") : 0;
    for (size_t n = 0; n < sizeof all / sizeof *all; n++) {
        if (!text_is(all[n].name, in->attribute))
            continue;
        if (!in->value)
            return fail(c, E_MissingParameter, in->attribute);
        bool yes = text_is(in->value, "true") || text_is(in->value, "1");
        if (all[n].flag && !yes && !text_is(in->value, "false") && !text_is(in->value, "0"))
            return fail(c, E_InvalidValue, in->value, in->attribute, "Invalid boolean value");
        if (all[n].text)
            *all[n].text = in->value;
        else
            *all[n].flag = yes ? YES : NO;
        in->has_user_data = in->has_user_data || all[n].text == &in->user_data.value;
        return 0;
    }
    if (text_is(in->attribute, "blockDeviceMapping") && in->disks.count)
        return 0;
    return fail(c, E_ValueInvalid, in->attribute, "attribute", "Unknown attribute.");
}

/* Which attributes the request names: exactly one is allowed [guide]. */
static int check_single(struct call *c, const struct modify_instance_attribute *in,
                        const char **ret)
{
    const struct {
        const char *name;
        bool given;
    } all[] = {
        { "sourceDestCheck", in->source_dest_check.value != UNSET },
        { "enclaveOptions", in->enclave.value != UNSET },
        { "disableApiStop", in->no_stop.value != UNSET },
        { "blockDeviceMapping", in->disks.count > 0 },
        { "disableApiTermination", in->no_termination.value != UNSET },
        { "instanceType", in->type.value != NULL },
        { "kernel", in->kernel.value != NULL },
        { "ramdisk", in->ramdisk.value != NULL },
        { "userData", in->has_user_data },
        { "instanceInitiatedShutdownBehavior", in->shutdown.value != NULL },
        { "groupSet", in->groups.count > 0 },
        { "ebsOptimized", in->ebs_optimized.value != UNSET },
        { "sriovNetSupport", in->sriov.value != NULL },
        { "enaSupport", in->ena.value != UNSET },
    };
    struct list names = { 0 };
    for (size_t n = 0; n < sizeof all / sizeof *all; n++) {
        if (all[n].given)
            strs_add(c->a, &names, all[n].name);
    }
    if (!names.count)
        return fail(c, E_ParameterCombination, "No attributes specified.");
    if (names.count > 1)
        return fail(c, E_ManyAttributes, strs_join(c->a, &names, ", "));
    *ret = *list_at(&names, const char *, 0);
    return 0;
}

static bool needs_stop(const char *attribute)
{
    static const char *const names[] = { "instanceType", "kernel",         "ramdisk",
                                         "userData",     "ebsOptimized",   "sriovNetSupport",
                                         "enaSupport",   "enclaveOptions", NULL };
    return text_any(attribute, names);
}

static int set_type(struct call *c, struct instance *i, const char *name)
{
    const struct instance_type *type = instance_type_find(c->sim, name);
    if (!type || !instance_type_in_region(type, c->region))
        return fail(c, E_InstanceTypeValue, name);
    if (!strs_have(&type->architectures, i->machine.architecture))
        return fail(c, E_LaunchArchitecture, strs_join(c->a, &type->architectures, ","),
                    i->machine.architecture);
    if (!strs_have(&type->virtualization, i->machine.virtualization))
        return fail(c, E_LaunchVirtualization, *list_at(&type->virtualization, const char *, 0),
                    name);
    if (text_is(type->ena, "required") && i->machine.ena != YES)
        return fail(c, E_InstanceEna, name);
    i->type = type->name;
    i->cores = type->cores;
    i->threads = type->vcpus / type->cores;
    return 0;
}

static int set_user_data(struct call *c, struct instance *i, const char *data)
{
    size_t n = 0;
    if (data && !base64_decode(c->a, data, &n))
        return fail(c, E_ParameterValue, "Invalid BASE64 encoding of user data.");
    if (n > MAX_USER_DATA)
        return fail(c, E_UserDataLength);
    i->user_data = data;
    return 0;
}

static int set_disks(struct call *c, const struct instance *i, const struct list *wanted)
{
    struct list volumes = volumes_of(c, i->id);
    LIST_EACH (struct disk_input, w, wanted) {
        bool found = false;
        LIST_EACH (struct volume, v, &volumes) {
            struct attachment *a = volume_attachment(v, i->id);
            if (!text_is(a->device, w->device) || (w->ebs.volume && !text_is(w->ebs.volume, v->id)))
                continue;
            found = true;
            if (w->ebs.delete_on_termination != UNSET)
                a->delete_on_termination = w->ebs.delete_on_termination;
            volume_put(c, v);
        }
        if (!found)
            return fail(c, E_InstanceNoDevice, w->device ? w->device : "");
    }
    return 0;
}

static int set_groups(struct call *c, struct instance *i, const struct list *ids)
{
    struct list refs = { 0 }, nics = network_interfaces_of(c, i->id);
    if (nics.count > 1)
        return fail(c, E_ManyInterfaces, i->id);
    LIST_EACH (const char *, id, ids) {
        struct security_group g;
        if (!security_group_find(c, *id, &g))
            return fail(c, E_GroupNotFound, *id);
        if (!text_is(g.vpc, i->vpc))
            return fail(c, E_GroupSubnet, g.id, i->subnet ? i->subnet : "");
        *list_add(c->a, &refs, struct security_group_ref) =
            (struct security_group_ref){ .id = g.id, .name = g.name };
    }
    i->groups = refs;
    LIST_EACH (struct network_interface, nic, &nics) {
        nic->groups = refs;
        store_put(c, &network_interface_schema, nic);
    }
    return 0;
}

static int set_source_dest_check(struct call *c, struct instance *i, enum tri value)
{
    struct list nics = network_interfaces_of(c, i->id);
    if (nics.count > 1)
        return fail(c, E_ManyInterfaces, i->id);
    i->source_dest_check = value;
    LIST_EACH (struct network_interface, nic, &nics) {
        nic->source_dest_check = value;
        store_put(c, &network_interface_schema, nic);
    }
    return 0;
}

static int set_choice(struct call *c, const char **into, const char *name, const char *value,
                      const char *const *choices)
{
    if (!text_any(value, choices))
        return fail(c, E_InvalidValue, value, name, "");
    *into = value;
    return 0;
}

static int set_kernel(struct call *c, struct instance *i, const char *id)
{
    if (text_is(i->machine.virtualization, "hvm"))
        return fail(c, E_LaunchKernelHvm);
    if (!kernel_find(c->sim, c->region, id))
        return fail(c, E_ImageNotFound, id);
    i->machine.kernel = id;
    return 0;
}

static int apply(struct call *c, struct instance *i, const struct modify_instance_attribute *in,
                 const char *attribute)
{
    static const char *const behaviors[] = { "stop", "terminate", NULL };
    static const char *const sriov[] = { "simple", NULL };
    if (text_is(attribute, "instanceType"))
        return set_type(c, i, in->type.value);
    if (text_is(attribute, "userData"))
        return set_user_data(c, i, in->user_data.value);
    if (text_is(attribute, "blockDeviceMapping"))
        return set_disks(c, i, &in->disks);
    if (text_is(attribute, "groupSet"))
        return set_groups(c, i, &in->groups);
    if (text_is(attribute, "kernel"))
        return set_kernel(c, i, in->kernel.value);
    if (text_is(attribute, "ramdisk"))
        return fail(c, E_ImageNotFound, in->ramdisk.value); /* no RAM disk is simulated */
    if (text_is(attribute, "sriovNetSupport"))
        return set_choice(c, &i->machine.sriov, attribute, in->sriov.value, sriov);
    if (text_is(attribute, "instanceInitiatedShutdownBehavior")) {
        if (text_is(i->machine.root_type, "instance-store"))
            return fail(c, E_LaunchShutdownBehavior);
        return set_choice(c, &i->shutdown_behavior, attribute, in->shutdown.value, behaviors);
    }
    if (text_is(attribute, "sourceDestCheck"))
        return set_source_dest_check(c, i, in->source_dest_check.value);
    if (text_is(attribute, "disableApiStop"))
        i->protected_from_stop = in->no_stop.value;
    else if (text_is(attribute, "disableApiTermination"))
        i->protected_from_termination = in->no_termination.value;
    else if (text_is(attribute, "ebsOptimized"))
        i->ebs_optimized = in->ebs_optimized.value;
    else if (text_is(attribute, "enaSupport"))
        i->machine.ena = in->ena.value;
    else
        i->enclave = in->enclave.value;
    return 0;
}

static int modify_instance_attribute(struct call *c, const struct modify_instance_attribute *given)
{
    struct modify_instance_attribute in = *given;
    struct instance i;
    const char *attribute;
    if (older_form(c, &in) || check_single(c, &in, &attribute) || instance_own(c, in.id, &i))
        return -1;
    if (i.state_code == INSTANCE_TERMINATED)
        return fail(c, E_InstanceTerminated, in.id);
    if (needs_stop(attribute) && i.state_code != INSTANCE_STOPPED)
        return fail(c, E_InstanceNotStopped, in.id);
    if (apply(c, &i, &in, attribute) || dry_run_ends(c))
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
    if (text_is(in->attribute, "sourceDestCheck") && set_source_dest_check(c, &i, YES))
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
