/* Attributes of an image and who may launch it: DescribeImageAttribute, ModifyImageAttribute,
 * ResetImageAttribute, CancelImageLaunchPermission. */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/op.h"
#include "catalog/quota.h"
#include "ops/image/image_input.h"
#include "reply/emit.h"
#include "reply/emit_noun.h"
#include "world/image/image.h"
#include "world/image/image_setting.h"
#include "world/kms/kms_key.h"
#include "world/snapshot/snapshot.h"

/* ---- DescribeImageAttribute ---- */

struct image_attribute {
    const char *attribute, *image;
};

static const struct param image_attribute_params[] = {
    { "Attribute", TEXT(struct image_attribute, attribute), .flags = PARAM_REQUIRED },
    { "ImageId", TEXT(struct image_attribute, image), .flags = PARAM_REQUIRED, .id = "ami-" },
    { 0 },
};

/* A permission as an answer shows it; the group all is a flag of the image. */
static void emit_permissions(struct call *c, const struct image *image)
{
    emit_list(c, "launchPermission");
    if (image->public == YES) {
        emit_item(c);
        emit_text(c, "group", "all");
        emit_close(c);
    }
    LIST_EACH (struct launch_permission, p, &image->permissions)
        emit_noun_item(c, &launch_permission_schema, p, VIEW_DESCRIBED);
    emit_close(c);
}

/* An attribute that is not set is an empty element [recorded]. */
static void emit_value(struct call *c, const char *name, const char *value)
{
    emit_open(c, name);
    emit_text(c, "value", value);
    emit_close(c);
}

static bool emit_attribute(struct call *c, const char *name, const struct image *image)
{
    const char *last =
        image->last_launched == ABSENT ? NULL : time_format_s(c->a, image->last_launched);
    const struct {
        const char *name, *value;
    } plain[] = {
        { "description", image->description },
        { "kernel", image->machine.kernel },
        { "ramdisk", image->machine.ramdisk },
        { "sriovNetSupport", image->machine.sriov },
        { "bootMode", image->machine.boot_mode },
        { "tpmSupport", image->machine.tpm },
        { "uefiData", image->uefi_data },
        { "lastLaunchedTime", last },
        { "imdsSupport", image->imds },
        { "deregistrationProtection", image->shown_protection },
    };
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        if (text_is(plain[i].name, name)) {
            emit_value(c, name, plain[i].value);
            return true;
        }
    }
    if (text_is(name, "launchPermission"))
        emit_permissions(c, image);
    else if (text_is(name, "productCodes"))
        emit_nouns(c, name, &product_code_schema, &image->machine.product_codes, VIEW_DESCRIBED);
    else
        return false;
    return true;
}

static int describe_image_attribute(struct call *c, const struct image_attribute *in)
{
    struct image image;
    if (image_own(c, in->image, &image))
        return -1;
    if (text_is(in->attribute, "blockDeviceMapping"))
        return fail(c, E_ImageRestricted); /* even for the owner [recorded] */
    image_prepare(c, &image);
    emit_text(c, "imageId", image.id);
    return emit_attribute(c, in->attribute, &image) ? 0 : fail(c, E_InvalidRequest);
}

OPERATION_AS(ec2, DescribeImageAttribute, describe_image_attribute, image_attribute_params,
             struct image_attribute, .errors = IMAGE_OWN_ERRORS " InvalidRequest");

/* ---- ModifyImageAttribute ---- */

struct permission_in {
    struct launch_permission to;
    const char *group;
};

static const struct param permission_params[] = {
    { "OrganizationArn", TEXT(struct permission_in, to.organization) },
    { "OrganizationalUnitArn", TEXT(struct permission_in, to.unit) },
    { "UserId", TEXT(struct permission_in, to.user), .flags = PARAM_EMPTY },
    { "Group", TEXT(struct permission_in, group) },
    { 0 },
};

struct modify_image_attribute {
    const char *attribute, *image, *operation, *value;
    struct text_value description, imds;
    bool has_description, has_imds;
    struct list add, remove; /* struct permission_in */
    struct list codes, groups, users, organizations, units;
};

static const struct param permissions_params[] = {
    { "Add", LIST(struct modify_image_attribute, add, struct permission_in, permission_params) },
    { "Remove",
      LIST(struct modify_image_attribute, remove, struct permission_in, permission_params) },
    { 0 },
};

static const char *const operation_types[] = { "add", "remove", NULL };

static const struct param modify_image_attribute_params[] = {
    { "Attribute", TEXT(struct modify_image_attribute, attribute) },
    { "Description", STRUCT(struct modify_image_attribute, description, text_value_params),
      .there = offsetof(struct modify_image_attribute, has_description) },
    { "ImageId", TEXT(struct modify_image_attribute, image), .flags = PARAM_REQUIRED,
      .id = "ami-" },
    { "LaunchPermission", .type = PARAM_STRUCT, .of = permissions_params },
    { "OperationType", TEXT(struct modify_image_attribute, operation), .values = operation_types },
    { "ProductCode", TEXTS(struct modify_image_attribute, codes) },
    { "UserGroup", TEXTS(struct modify_image_attribute, groups) },
    { "UserId", TEXTS(struct modify_image_attribute, users), .flags = PARAM_EMPTY },
    { "Value", TEXT(struct modify_image_attribute, value) },
    { "OrganizationArn", TEXTS(struct modify_image_attribute, organizations) },
    { "OrganizationalUnitArn", TEXTS(struct modify_image_attribute, units) },
    { "ImdsSupport", STRUCT(struct modify_image_attribute, imds, text_value_params),
      .there = offsetof(struct modify_image_attribute, has_imds) },
    { 0 },
};

static void add_each(struct call *c, struct list *to, const struct list *names, size_t member)
{
    LIST_EACH (const char *, name, names) {
        struct permission_in *p = list_add(c->a, to, struct permission_in);
        *(const char **)((char *)p + member) = *name;
    }
}

static int read_flat_permissions(struct call *c, struct modify_image_attribute *in)
{
    struct list *to = text_is(in->operation, "add") ? &in->add : &in->remove;
    if (!in->operation)
        return fail(c, E_NoOperationType, "launchPermission");
    add_each(c, to, &in->groups, offsetof(struct permission_in, group));
    add_each(c, to, &in->users, offsetof(struct permission_in, to.user));
    add_each(c, to, &in->organizations, offsetof(struct permission_in, to.organization));
    add_each(c, to, &in->units, offsetof(struct permission_in, to.unit));
    return 0;
}

static bool names_somebody(const struct list *permissions)
{
    LIST_EACH (struct permission_in, p, permissions) {
        if (p->to.user || p->group || p->to.organization || p->to.unit)
            return true;
    }
    return false;
}

static bool has_permissions(const struct modify_image_attribute *in)
{
    return names_somebody(&in->add) || names_somebody(&in->remove);
}

static bool names_attribute(const struct modify_image_attribute *in, const char *attribute)
{
    return in->attribute && strcasecmp(in->attribute, attribute) == 0;
}

/* Packer sends UserId.N beside LaunchPermission.Add.N, Ansible Attribute=LaunchPermission, both
   without an operation, and Attribute=Description beside Description.Value: the structure counts
   [clients]. */
static bool has_structure(const struct modify_image_attribute *in)
{
    if ((in->has_description && names_attribute(in, "description"))
        || (in->has_imds && names_attribute(in, "imdsSupport")))
        return true;
    return !in->operation && has_permissions(in)
           && (!in->attribute || names_attribute(in, "launchPermission"));
}

/* Attribute=… with Value or UserId.N and its like says the same as a structure: here it becomes
 * one. */
static int read_flat(struct call *c, struct modify_image_attribute *in)
{
    bool has_users =
        in->users.count || in->groups.count || in->organizations.count || in->units.count;
    if (has_structure(in))
        return 0;
    if (names_attribute(in, "description")) {
        in->has_description = true;
        in->description.value = in->value;
    } else if (names_attribute(in, "imdsSupport")) {
        in->has_imds = true;
        in->imds.value = in->value;
    } else if (!in->attribute && !in->operation && has_users) {
        return fail(c, E_MissingParameter, "LaunchPermission");
    } else if (names_attribute(in, "launchPermission") || (!in->attribute && has_users)) {
        return read_flat_permissions(c, in);
    } else if (in->attribute || in->codes.count) {
        return fail(c, E_AttributeUnknown); /* productCodes, too: not supported [model] */
    }
    return 0;
}

/* Exactly one attribute [recorded]. */
static int check_one_attribute(struct call *c, const struct modify_image_attribute *in)
{
    struct list names = { 0 };
    if (in->has_description)
        strs_add(c->a, &names, "description");
    if (in->has_imds)
        strs_add(c->a, &names, "imdsSupport");
    if (has_permissions(in))
        strs_add(c->a, &names, "launchPermission");
    if (!names.count)
        return fail(c, E_NoAttribute);
    if (names.count > 1)
        return fail(c, E_TwoAttributes, strs_join(c->a, &names, ", "));
    if (in->has_description && !in->description.value)
        return fail(c, E_MissingParameter, "description"); /* it cannot be emptied [recorded] */
    if (in->has_imds && !text_is(in->imds.value, "v2.0"))
        return fail(c, E_MissingParameter, "imdsSupport with value v2.0"); /* [recorded] */
    return 0;
}

/* ---- Permissions ---- */

static int check_organization(struct call *c, const char *arn, const char *part, const char *name)
{
    if (!arn || (text_starts(arn, "arn:aws:organizations::") && strstr(arn, part)))
        return 0;
    return fail(c, E_ImageItem, arn, name); /* [guess] */
}

static int check_permissions(struct call *c, const struct list *permissions)
{
    LIST_EACH (struct permission_in, p, permissions) {
        if (p->to.user && !text_digits(p->to.user, 12))
            return fail(c, E_ImageUserItem, p->to.user); /* with that blank [recorded] */
        if (p->group && !text_is(p->group, "all"))
            return fail(c, E_ImageItem, p->group, "UserGroup");
        if (check_organization(c, p->to.organization, ":organization/o-", "OrganizationArn")
            || check_organization(c, p->to.unit, ":ou/o-", "OrganizationalUnitArn"))
            return -1;
    }
    return 0;
}

static bool is_same_permission(const struct launch_permission *p, const struct launch_permission *q)
{
    return text_is(p->user, q->user) && text_is(p->organization, q->organization)
           && text_is(p->unit, q->unit);
}

static void drop_permission(struct call *c, struct image *image,
                            const struct launch_permission *gone)
{
    struct list kept = { 0 };
    LIST_EACH (struct launch_permission, p, &image->permissions) {
        if (!is_same_permission(p, gone))
            *list_add(c->a, &kept, struct launch_permission) = *p;
    }
    image->permissions = kept;
}

/* Order of granting [recorded]; what is there already stays where it is. */
static void grant_permission(struct call *c, struct image *image,
                             const struct launch_permission *more)
{
    LIST_EACH (struct launch_permission, p, &image->permissions) {
        if (is_same_permission(p, more))
            return;
    }
    *list_add(c->a, &image->permissions, struct launch_permission) = *more;
}

/* One item may name several at once: each is a permission. */
static void apply_permission(struct call *c, struct image *image, const struct permission_in *p,
                             bool add)
{
    const struct launch_permission each[] = { { .user = p->to.user },
                                              { .organization = p->to.organization },
                                              { .unit = p->to.unit } };
    if (p->group)
        image->public = add ? YES : NO;
    for (size_t i = 0; i < sizeof each / sizeof *each; i++) {
        if (!each[i].user && !each[i].organization && !each[i].unit)
            continue;
        if (add)
            grant_permission(c, image, &each[i]);
        else
            drop_permission(c, image, &each[i]);
    }
}

/* Public images get a date of their own, two years from creation, and none beyond it [model]. */
static void limit_deprecation(struct image *image)
{
    int64_t latest = image_public_deprecation(image);
    if (image->deprecation == ABSENT || image->deprecation > latest)
        image->deprecation = latest;
}

static bool has_managed_key(struct call *c, const struct snapshot *s)
{
    struct kms_key key;
    return s->encrypted == YES && s->key && kms_key_find(c, s->key, &key)
           && text_is(key.manager, "AWS");
}

static int check_shared_storage(struct call *c, const struct image *image, bool publicly)
{
    struct snapshot s;
    LIST_EACH (struct mapping, m, &image->mappings) {
        if (!m->snapshot || !snapshot_find(c, m->snapshot, &s))
            continue;
        if (publicly && s.encrypted == YES)
            return fail(c, E_PublicEncrypted);
        if (has_managed_key(c, &s))
            return fail(c, E_ShareManagedKey);
    }
    return 0;
}

static int check_public(struct call *c, const struct image *image)
{
    int64_t most = quota(c->sim, "public-images");
    if (image_public_access_blocked(c))
        return fail(c, E_PublicBlocked);
    if (image->machine.product_codes.count)
        return fail(c, E_PublicMarketplace);
    if (image->watermarks.count)
        return fail(c, E_PublicWatermarked);
    return image_count(c, "public = 1") >= most ? fail(c, E_PublicQuota, (long long)most) : 0;
}

static int change_permissions(struct call *c, const struct modify_image_attribute *in,
                              struct image *image)
{
    struct image before = *image;
    LIST_EACH (struct permission_in, p, &in->add)
        apply_permission(c, image, p, true);
    LIST_EACH (struct permission_in, p, &in->remove)
        apply_permission(c, image, p, false);
    bool publicly = image->public == YES && before.public != YES;
    int64_t most = quota(c->sim, "image-launch-permissions");
    if (publicly && check_public(c, &before))
        return -1;
    if (in->add.count && check_shared_storage(c, image, publicly))
        return -1;
    if (in->add.count && (int64_t)image->permissions.count > most)
        return fail(c, E_PermissionQuota, (long long)most);
    if (publicly)
        limit_deprecation(image);
    return 0;
}

static int modify_image_attribute(struct call *c, const struct modify_image_attribute *in)
{
    struct modify_image_attribute want = *in;
    struct image image;
    if (read_flat(c, &want) || check_one_attribute(c, &want) || check_permissions(c, &want.add)
        || check_permissions(c, &want.remove) || image_own(c, in->image, &image)
        || image_check_available(c, &image))
        return -1;
    if (want.has_description)
        image.description = want.description.value;
    if (want.has_imds)
        image.imds = want.imds.value;
    if (change_permissions(c, &want, &image))
        return -1;
    image_put(c, &image);
    return 0;
}

OPERATION(
    ec2, ModifyImageAttribute, modify_image_attribute, .flags = OP_WRITES, .answer = ANSWER_RETURN,
    .errors = IMAGE_OWN_ERRORS
    " InvalidAMIAttributeItemValue InvalidParameterCombination InvalidParameterValue "
    "InvalidParameter OperationNotPermitted UnsupportedOperation ResourceLimitExceeded",
    .effects = "the description, the IMDS support or who may launch the image; a public image "
               "is deprecated two years after its creation at the latest");

/* ---- ResetImageAttribute ---- */

static int reset_image_attribute(struct call *c, const struct image_attribute *in)
{
    struct image image;
    if (!text_is(in->attribute, "launchPermission"))
        return fail(c, E_InvalidRequest); /* [recorded] */
    if (image_own(c, in->image, &image))
        return -1;
    image.public = NO;
    image.permissions = (struct list){ 0 };
    image_put(c, &image);
    return 0;
}

OPERATION_AS(ec2, ResetImageAttribute, reset_image_attribute, image_attribute_params,
             struct image_attribute, .flags = OP_WRITES, .answer = ANSWER_RETURN,
             .errors = IMAGE_OWN_ERRORS " InvalidRequest",
             .effects = "the image is private: all launch permissions go");

/* ---- CancelImageLaunchPermission ---- */

static int cancel_image_launch_permission(struct call *c, const struct one_image *in)
{
    struct image image;
    const struct launch_permission own = { .user = c->account };
    if (image_see(c, in->image, &image))
        return -1;
    size_t before = image.permissions.count;
    drop_permission(c, &image, &own);
    if (image.permissions.count == before) /* an organization's only [reports.md], public, own */
        return fail(c, E_ImageNotFound, image.id);
    image_put(c, &image);
    return 0;
}

OPERATION_AS(ec2, CancelImageLaunchPermission, cancel_image_launch_permission, one_image_params,
             struct one_image, .flags = OP_WRITES, .answer = ANSWER_RETURN,
             .errors = "InvalidAMIID.NotFound",
             .effects = "the caller's account loses its own permission to launch the image");
