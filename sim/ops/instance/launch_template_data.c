/* The data of launch templates: checked, merged, shown, and put under a RunInstances request. */
#include <string.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "call/decode.h"
#include "call/errors.h"
#include "catalog/instance_type.h"
#include "ops/instance/launch_template_data.h"
#include "reply/emit.h"
#include "store/noun.h"
#include "world/account/sts_session.h"

/* ---- Checking ---- */

/* Unknown images, snapshots and key pairs are stored without a word; a type only warns [recorded].
 */
int template_data_check(struct call *c, const struct run_instances *data,
                        struct template_warning *ret)
{
    size_t n;
    *ret = (struct template_warning){ NULL, NULL };
    bool parameter = data->image && text_starts(data->image, "resolve:ssm:");
    /* the inner check of identifiers is not applied here [recorded] */
    if (data->image && !parameter
        && (!text_starts(data->image, "ami-")
            || (strlen(data->image) != 12 && strlen(data->image) != 21)))
        return fail(c, E_TemplateImageId, data->image);
    if (data->user_data && !base64_decode(c->a, data->user_data, &n))
        return fail(c, E_TemplateUserData);
    if (data->type && !instance_type_find(c->sim, data->type)) {
        ret->code = "InvalidInstanceType";
        ret->message = arena_printf(
            c->a, "The following supplied instance types do not exist: [%s]", data->type);
    } else if (data->interfaces.count && (data->groups.count || data->group_names.count)) {
        ret->code = "InvalidParameterCombination";
        ret->message = "If you specify a network interface, you must specify all security groups as"
                       " part of the network interface.";
    }
    return 0;
}

void emit_template_warning(struct call *c, const struct template_warning *warning)
{
    if (!warning->code)
        return;
    emit_open(c, "warning");
    emit_list(c, "errorSet");
    emit_item(c);
    emit_text(c, "code", warning->code);
    emit_text(c, "message", warning->message);
    emit_close(c);
    emit_close(c);
    emit_close(c);
}

/* ---- Merging ---- */

static void copy_under(struct call *c, struct value *into, const struct value *from,
                       const char *skip)
{
    for (const struct value *v = from ? from->first : NULL; v; v = v->next) {
        if (value_get(into, v->key) || text_is(v->key, skip))
            continue;
        struct value *copy = arena_new(c->a, struct value);
        *copy = *v;
        copy->next = NULL;
        value_add(into, text_is(v->key, "RamDiskId") && skip ? "RamdiskId" : v->key, copy);
    }
}

static struct value *read_data(struct call *c, const char *json)
{
    const char *error;
    return json ? value_from_json(c->a, json, strlen(json), &error) : NULL;
}

void template_add_version(struct call *c, struct launch_template *t, const char *source,
                          const struct value *given, const char *description,
                          struct launch_template_version *ret)
{
    struct value *data = value_new(c->a, VALUE_MAP);
    copy_under(c, data, given && given->type == VALUE_MAP ? given : NULL, NULL);
    copy_under(c, data, read_data(c, source), NULL);
    t->latest_version++;
    *ret = (struct launch_template_version){
        .id = arena_printf(c->a, "%s/%lld", t->id, (long long)t->latest_version),
        .template = t->id,
        .name = t->name,
        .description = description,
        .created_by = caller_arn(c),
        .data = value_to_json(c->a, data, 0),
        .number = t->latest_version,
        .created = time_whole_seconds(c->now),
        .is_default = t->default_version == t->latest_version ? YES : NO,
    };
    store_put(c, &launch_template_version_schema, ret);
    store_put(c, &launch_template_schema, t);
}

/* What the request gives wins, member by member at the top. */
int template_resolve(struct call *c, const struct run_instances *in, struct run_instances *ret)
{
    struct launch_template t;
    struct launch_template_version v;
    struct value *merged = value_new(c->a, VALUE_MAP);
    if (launch_template_own(c, in->template.id, in->template.name, &t)
        || launch_template_version(c, &t, in->template.version, &v))
        return -1;
    copy_under(c, merged, c->input, "LaunchTemplate");
    copy_under(c, merged, read_data(c, v.data), "LaunchTemplate");
    memset(ret, 0, sizeof *ret);
    if (decode_values(c, run_instances_params, merged, ret, complain_ec2))
        return -1;
    ret->template.id = t.id;
    ret->template.version = arena_printf(c->a, "%lld", (long long)v.number);
    return 0;
}

/* ---- Showing ---- */

static const struct {
    const char *list, *set;
} sets[] = {
    { "BlockDeviceMapping", "blockDeviceMappingSet" },
    { "NetworkInterface", "networkInterfaceSet" },
    { "SecurityGroupId", "securityGroupIdSet" },
    { "SecurityGroup", "securityGroupSet" },
    { "TagSpecification", "tagSpecificationSet" },
    { "Tag", "tagSet" },
    { "PrivateIpAddresses", "privateIpAddressesSet" },
};

static const char *set_name(const char *key)
{
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        if (text_is(sets[i].list, key))
            return sets[i].set;
    }
    return NULL;
}

static const char *element_name(struct call *c, const char *key)
{
    char *name = arena_strdup(c->a, key);
    name[0] = name[0] >= 'A' && name[0] <= 'Z' ? (char)(name[0] - 'A' + 'a') : name[0];
    return name;
}

static void emit_members(struct call *c, const struct value *map, bool interface);

static void emit_set(struct call *c, const struct value *list, const char *name, bool interface)
{
    bool groups = interface && text_is(name, "securityGroupIdSet");
    emit_list(c, groups ? "groupSet" : name);
    for (const struct value *item = list->first; item; item = item->next) {
        if (item->type != VALUE_MAP) {
            if (groups)
                emit_text(c, "groupId", item->text);
            else
                emit_item_text(c, item->text);
            continue;
        }
        emit_item(c);
        emit_members(c, item, text_is(name, "networkInterfaceSet"));
        emit_close(c);
    }
    emit_close(c);
}

static void emit_members(struct call *c, const struct value *map, bool interface)
{
    for (const struct value *v = map->first; v; v = v->next) {
        const char *set = set_name(v->key);
        if (v->type != VALUE_MAP) {
            emit_text(c, element_name(c, v->key), v->text);
        } else if (set) {
            emit_set(c, v, set, interface);
        } else {
            emit_open(c, element_name(c, v->key));
            emit_members(c, v, false);
            emit_close(c);
        }
    }
}

void emit_template_data(struct call *c, const char *json)
{
    const struct value *data = read_data(c, json);
    emit_open(c, "launchTemplateData");
    if (data)
        emit_members(c, data, false);
    emit_close(c);
}

/* ---- Filters ---- */

void template_filter_values(struct call *c, struct launch_template_version *v)
{
    const struct value *data = read_data(c, v->data), *profile, *metadata;
    profile = value_get(data, "IamInstanceProfile");
    metadata = value_get(data, "MetadataOptions");
    v->image = value_text(data, "ImageId");
    v->type = value_text(data, "InstanceType");
    v->kernel = value_text(data, "KernelId");
    v->ramdisk = value_text(data, "RamDiskId");
    v->ebs_optimized = value_text(data, "EbsOptimized");
    v->profile =
        value_text(profile, "Arn") ? value_text(profile, "Arn") : value_text(profile, "Name");
    v->http_endpoint = value_text(metadata, "HttpEndpoint");
    v->http_tokens = value_text(metadata, "HttpTokens");
}
