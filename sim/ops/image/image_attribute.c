/* Attributes of an image and who may launch it: Describe-, Modify- and ResetImageAttribute,
 * CancelImageLaunchPermission. */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/op.h"
#include "catalog/quota.h"
#include "ops/image/image_block_device.h"
#include "reply/emit.h"
#include "reply/emit_noun.h"
#include "world/image/image.h"
#include "world/image/image_setting.h"
#include "world/kms/kms_key.h"
#include "world/snapshot/snapshot.h"

/* ---- DescribeImageAttribute ---- */

struct describe_attribute {
    const char *attribute, *image;
};

static const struct param describe_attribute_params[] = {
    { "Attribute", TEXT(struct describe_attribute, attribute), .flags = PARAM_REQUIRED },
    { "ImageId", TEXT(struct describe_attribute, image), .flags = PARAM_REQUIRED, .id = "ami-" },
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

static const char *last_launched(struct call *c, const struct image *image)
{
    return image->last_launched == ABSENT ? NULL : time_format_s(c->a, image->last_launched);
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
        { "lastLaunchedTime", last_launched(c, image) },
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

static int describe_image_attribute(struct call *c, const struct describe_attribute *in)
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

OPERATION_AS(ec2, DescribeImageAttribute, describe_image_attribute, describe_attribute_params,
             struct describe_attribute,
             .errors = "AuthFailure InvalidAMIID.Malformed InvalidAMIID.NotFound "
                       "InvalidAMIID.Unavailable InvalidRequest");

/* ---- ModifyImageAttribute ---- */

struct value_in {
    const char *value;
};

static const struct param value_params[] = {
    { "Value", TEXT(struct value_in, value) },
    { 0 },
};

struct permission_in {
    const char *organization, *unit, *user, *group;
};

static const struct param permission_params[] = {
    { "OrganizationArn", TEXT(struct permission_in, organization) },
    { "OrganizationalUnitArn", TEXT(struct permission_in, unit) },
    { "UserId", TEXT(struct permission_in, user), .flags = PARAM_EMPTY },
    { "Group", TEXT(struct permission_in, group) },
    { 0 },
};

struct permissions_in {
    struct list add, remove; /* struct permission_in */
};

static const struct param permissions_params[] = {
    { "Add", LIST(struct permissions_in, add, struct permission_in, permission_params) },
    { "Remove", LIST(struct permissions_in, remove, struct permission_in, permission_params) },
    { 0 },
};

struct modify_image_attribute {
    const char *attribute, *image, *operation, *value;
    struct value_in description, imds;
    bool has_description, has_imds;
    struct permissions_in permissions;
    struct list codes, groups, users, organizations, units;
};

static const char *const operation_types[] = { "add", "remove", NULL };

static const struct param modify_image_attribute_params[] = {
    { "Attribute", TEXT(struct modify_image_attribute, attribute) },
    { "Description", STRUCT(struct modify_image_attribute, description, value_params),
      .there = offsetof(struct modify_image_attribute, has_description) },
    { "ImageId", TEXT(struct modify_image_attribute, image), .flags = PARAM_REQUIRED,
      .id = "ami-" },
    { "LaunchPermission", STRUCT(struct modify_image_attribute, permissions, permissions_params) },
    { "OperationType", TEXT(struct modify_image_attribute, operation), .values = operation_types },
    { "ProductCode", TEXTS(struct modify_image_attribute, codes) },
    { "UserGroup", TEXTS(struct modify_image_attribute, groups) },
    { "UserId", TEXTS(struct modify_image_attribute, users), .flags = PARAM_EMPTY },
    { "Value", TEXT(struct modify_image_attribute, value) },
    { "OrganizationArn", TEXTS(struct modify_image_attribute, organizations) },
    { "OrganizationalUnitArn", TEXTS(struct modify_image_attribute, units) },
    { "ImdsSupport", STRUCT(struct modify_image_attribute, imds, value_params),
      .there = offsetof(struct modify_image_attribute, has_imds) },
    { 0 },
};

/* What a call wants, whichever of its two forms it takes. */
struct change {
    bool description, imds;
    const char *description_value, *imds_value;
    struct permissions_in permissions;
};

static void add_each(struct call *c, struct list *to, const struct list *names, size_t member)
{
    LIST_EACH (const char *, name, names) {
        struct permission_in *p = list_add(c->a, to, struct permission_in);
        *(const char **)((char *)p + member) = *name;
    }
}

static int read_flat_permissions(struct call *c, const struct modify_image_attribute *in,
                                 struct change *ret)
{
    struct list *to =
        text_is(in->operation, "add") ? &ret->permissions.add : &ret->permissions.remove;
    if (!in->operation)
        return fail(c, E_NoOperationType, "launchPermission");
    add_each(c, to, &in->groups, offsetof(struct permission_in, group));
    add_each(c, to, &in->users, offsetof(struct permission_in, user));
    add_each(c, to, &in->organizations, offsetof(struct permission_in, organization));
    add_each(c, to, &in->units, offsetof(struct permission_in, unit));
    return 0;
}

static bool is_empty_permission(const struct permission_in *p)
{
    return !p->user && !p->group && !p->organization && !p->unit;
}

static bool has_permissions(const struct permissions_in *p)
{
    LIST_EACH (struct permission_in, one, &p->add) {
        if (!is_empty_permission(one))
            return true;
    }
    LIST_EACH (struct permission_in, one, &p->remove) {
        if (!is_empty_permission(one))
            return true;
    }
    return false;
}

static bool names(const struct modify_image_attribute *in, const char *attribute)
{
    return in->attribute && strcasecmp(in->attribute, attribute) == 0;
}

/* Packer sends UserId.N beside LaunchPermission.Add.N, Ansible Attribute=LaunchPermission, both
   without an operation, and Attribute=Description beside Description.Value: the structure counts
   [clients]. */
static bool has_structure(const struct modify_image_attribute *in)
{
    if ((in->has_description && names(in, "description"))
        || (in->has_imds && names(in, "imdsSupport")))
        return true;
    return !in->operation && has_permissions(&in->permissions)
           && (!in->attribute || names(in, "launchPermission"));
}

/* Attribute=… with Value or UserId.N and its like. */
static int read_flat(struct call *c, const struct modify_image_attribute *in, struct change *ret)
{
    bool has_users =
        in->users.count || in->groups.count || in->organizations.count || in->units.count;
    if (has_structure(in))
        return 0;
    if (names(in, "description")) {
        ret->description = true;
        ret->description_value = in->value;
    } else if (names(in, "imdsSupport")) {
        ret->imds = true;
        ret->imds_value = in->value;
    } else if (names(in, "launchPermission") || (!in->attribute && has_users)) {
        return read_flat_permissions(c, in, ret);
    } else if (in->attribute || in->codes.count) {
        return fail(c, E_AttributeUnknown); /* productCodes, too: not supported [model] */
    }
    return 0;
}

/* Exactly one attribute [recorded]. */
static int check_one_attribute(struct call *c, const struct change *change)
{
    struct list names = { 0 };
    if (change->description)
        strs_add(c->a, &names, "description");
    if (change->imds)
        strs_add(c->a, &names, "imdsSupport");
    if (has_permissions(&change->permissions))
        strs_add(c->a, &names, "launchPermission");
    if (!names.count)
        return fail(c, E_NoAttribute);
    if (names.count > 1)
        return fail(c, E_TwoAttributes, strs_join(c->a, &names, ", "));
    if (change->description && !change->description_value)
        return fail(c, E_MissingParameter, "description"); /* it cannot be emptied [recorded] */
    if (change->imds && !text_is(change->imds_value, "v2.0"))
        return fail(c, E_MissingParameter, "imdsSupport with value v2.0"); /* [recorded] */
    return 0;
}

static int read_change(struct call *c, const struct modify_image_attribute *in, struct change *ret)
{
    *ret = (struct change){ .description = in->has_description,
                            .description_value = in->description.value,
                            .imds = in->has_imds,
                            .imds_value = in->imds.value,
                            .permissions = in->permissions };
    return read_flat(c, in, ret) || check_one_attribute(c, ret) ? -1 : 0;
}

/* ---- Permissions ---- */

static int check_permission(struct call *c, const struct permission_in *p)
{
    if (p->user && !text_digits(p->user, 12))
        return fail(c, E_ImageUserItem, p->user); /* with that blank [recorded] */
    if (p->group && !text_is(p->group, "all"))
        return fail(c, E_ImageItem, p->group, "UserGroup");
    if (p->organization
        && (!text_starts(p->organization, "arn:aws:organizations::")
            || !strstr(p->organization, ":organization/o-")))
        return fail(c, E_ImageItem, p->organization, "OrganizationArn"); /* [guess] */
    if (p->unit && (!text_starts(p->unit, "arn:aws:organizations::") || !strstr(p->unit, ":ou/o-")))
        return fail(c, E_ImageItem, p->unit, "OrganizationalUnitArn"); /* [guess] */
    return 0;
}

static bool is_same(const struct launch_permission *p, const struct launch_permission *q)
{
    return text_is(p->user, q->user) && text_is(p->organization, q->organization)
           && text_is(p->unit, q->unit);
}

static void drop(struct call *c, struct image *image, const struct launch_permission *gone)
{
    struct list kept = { 0 };
    LIST_EACH (struct launch_permission, p, &image->permissions) {
        if (!is_same(p, gone))
            *list_add(c->a, &kept, struct launch_permission) = *p;
    }
    image->permissions = kept;
}

/* Order of granting [recorded]; what is there already stays where it is. */
static void grant(struct call *c, struct image *image, const struct launch_permission *more)
{
    LIST_EACH (struct launch_permission, p, &image->permissions) {
        if (is_same(p, more))
            return;
    }
    *list_add(c->a, &image->permissions, struct launch_permission) = *more;
}

/* One item may name several at once: each is a permission. */
static void apply_one(struct call *c, struct image *image, const struct permission_in *p, bool add)
{
    const struct launch_permission each[] = { { .user = p->user },
                                              { .organization = p->organization },
                                              { .unit = p->unit } };
    if (p->group)
        image->public = add ? YES : NO;
    for (size_t i = 0; i < sizeof each / sizeof *each; i++) {
        if (!each[i].user && !each[i].organization && !each[i].unit)
            continue;
        if (add)
            grant(c, image, &each[i]);
        else
            drop(c, image, &each[i]);
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

static int check_storage(struct call *c, const struct image *image, bool publicly)
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

static int change_permissions(struct call *c, const struct permissions_in *in, struct image *image)
{
    struct image before = *image;
    LIST_EACH (struct permission_in, p, &in->add)
        apply_one(c, image, p, true);
    LIST_EACH (struct permission_in, p, &in->remove)
        apply_one(c, image, p, false);
    bool publicly = image->public == YES && before.public != YES;
    int64_t most = quota(c->sim, "image-launch-permissions");
    if (publicly && check_public(c, &before))
        return -1;
    if (in->add.count && check_storage(c, image, publicly))
        return -1;
    if (in->add.count && (int64_t)image->permissions.count > most)
        return fail(c, E_PermissionQuota, (long long)most);
    if (publicly)
        limit_deprecation(image);
    return 0;
}

static int check_permissions(struct call *c, const struct permissions_in *in)
{
    LIST_EACH (struct permission_in, p, &in->add) {
        if (check_permission(c, p))
            return -1;
    }
    LIST_EACH (struct permission_in, p, &in->remove) {
        if (check_permission(c, p))
            return -1;
    }
    return 0;
}

static int modify_image_attribute(struct call *c, const struct modify_image_attribute *in)
{
    struct change change;
    struct image image;
    if (read_change(c, in, &change) || check_permissions(c, &change.permissions)
        || image_own(c, in->image, &image))
        return -1;
    if (!text_is(image.state, "available"))
        return fail(c, E_ImageState, image.id, image.state);
    if (change.description)
        image.description = change.description_value;
    if (change.imds)
        image.imds = change.imds_value;
    if (change_permissions(c, &change.permissions, &image))
        return -1;
    image_put(c, &image);
    return 0;
}

OPERATION(
    ec2, ModifyImageAttribute, modify_image_attribute, .flags = OP_WRITES, .answer = ANSWER_RETURN,
    .errors = "AuthFailure InvalidAMIID.Malformed InvalidAMIID.NotFound "
              "InvalidAMIID.Unavailable InvalidAMIAttributeItemValue "
              "InvalidParameterCombination InvalidParameterValue InvalidParameter "
              "OperationNotPermitted UnsupportedOperation ResourceLimitExceeded",
    .effects = "the description, the IMDS support or who may launch the image; a public image "
               "is deprecated two years after its creation at the latest");

/* ---- ResetImageAttribute ---- */

static int reset_image_attribute(struct call *c, const struct describe_attribute *in)
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

OPERATION_AS(ec2, ResetImageAttribute, reset_image_attribute, describe_attribute_params,
             struct describe_attribute, .flags = OP_WRITES, .answer = ANSWER_RETURN,
             .errors = "AuthFailure InvalidAMIID.NotFound InvalidAMIID.Unavailable InvalidRequest",
             .effects = "the image is private: all launch permissions go");

/* ---- CancelImageLaunchPermission ---- */

struct cancel_image_launch_permission {
    const char *image;
};

static const struct param cancel_image_launch_permission_params[] = {
    { "ImageId", TEXT(struct cancel_image_launch_permission, image), .flags = PARAM_REQUIRED,
      .id = "ami-" },
    { 0 },
};

static int cancel_image_launch_permission(struct call *c,
                                          const struct cancel_image_launch_permission *in)
{
    struct image image;
    const struct launch_permission own = { .user = c->account };
    if (!image_find(c, in->image, &image) || !image_visible(c, &image))
        return fail(c, E_ImageNotFound, in->image);
    size_t before = image.permissions.count;
    drop(c, &image, &own);
    if (image.permissions.count == before) /* public, or shared with an organization only [guide] */
        return fail(c, E_NotSharedWithYou, image.id, c->account);
    image_put(c, &image);
    return 0;
}

OPERATION(ec2, CancelImageLaunchPermission, cancel_image_launch_permission, .flags = OP_WRITES,
          .answer = ANSWER_RETURN, .errors = "InvalidAMIID.NotFound OperationNotPermitted",
          .effects = "the caller's account loses its own permission to launch the image");
