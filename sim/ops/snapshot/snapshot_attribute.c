/* Who may make volumes of a snapshot: Describe-, Modify- and ResetSnapshotAttribute. What an
 * account allows of all its snapshots is in snapshot_block_public_access.c. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "call/errors.h"
#include "call/op.h"
#include "catalog/quota.h"
#include "reply/emit.h"
#include "reply/emit_noun.h"
#include "request/resource_id.h"
#include "world/image/image.h"
#include "world/kms/kms_key.h"
#include "world/snapshot/snapshot.h"
#include "world/snapshot/snapshot_block_access.h"

#define PERMISSION "createVolumePermission"

struct attribute_of {
    const char *id, *attribute;
};

static const struct param attribute_of_params[] = {
    { "Attribute", TEXT(struct attribute_of, attribute), .flags = PARAM_REQUIRED | PARAM_EMPTY },
    { "SnapshotId", TEXT(struct attribute_of, id), .flags = PARAM_REQUIRED },
    { 0 },
};

/* ---- DescribeSnapshotAttribute: identifiers come after DryRun [recorded] ---- */

static int describe_snapshot_attribute(struct call *c, const struct attribute_of *in)
{
    struct snapshot s;
    bool codes = text_is(in->attribute, "productCodes");
    if (dry_run_ends(c) || snapshot_id_check(c, in->id, SNAPSHOT_ID_VALUE))
        return -1;
    if (!codes && !text_is(in->attribute, PERMISSION))
        return fail(c, E_InvalidRequest);
    if (snapshot_own(c, in->id, &s))
        return -1;
    emit_text(c, "snapshotId", s.id);
    if (codes)
        product_codes_emit(c, &s.content.product_codes);
    else
        emit_nouns(c, PERMISSION, &snapshot_permission_schema, &s.permissions, VIEW_DESCRIBED);
    return 0;
}

OPERATION_AS(ec2, DescribeSnapshotAttribute, describe_snapshot_attribute, attribute_of_params,
             struct attribute_of, .dry_run = DRYRUN_IN_HANDLER,
             .errors = "InvalidRequest InvalidParameterValue InvalidSnapshot.NotFound "
                       "InvalidSnapshotID.Malformed");

/* ---- ResetSnapshotAttribute: the attribute comes before DryRun [recorded] ---- */

static int reset_snapshot_attribute(struct call *c, const struct attribute_of *in)
{
    struct snapshot s;
    if (!text_is(in->attribute, PERMISSION))
        return fail(c, E_InvalidRequest);
    if (dry_run_ends(c) || snapshot_id_check(c, in->id, SNAPSHOT_ID_QUOTED)
        || snapshot_own(c, in->id, &s))
        return -1;
    s.permissions = (struct list){ 0 };
    snapshot_put(c, &s);
    return 0;
}

OPERATION_AS(ec2, ResetSnapshotAttribute, reset_snapshot_attribute, attribute_of_params,
             struct attribute_of, .flags = OP_WRITES, .answer = ANSWER_RETURN,
             .dry_run = DRYRUN_IN_HANDLER,
             .errors = "InvalidRequest InvalidSnapshot.NotFound InvalidSnapshotID.Malformed",
             .effects = "The snapshot is shared with nobody any more.");

/* ---- ModifySnapshotAttribute ---- */

struct permission_changes {
    struct list add, remove; /* struct snapshot_permission */
};

struct modify_snapshot_attribute {
    const char *id, *attribute, *operation;
    struct permission_changes changes;
    struct list users, groups;
};

static const struct param permission_params[] = {
    { "UserId", TEXT(struct snapshot_permission, user), .flags = PARAM_EMPTY },
    { "Group", TEXT(struct snapshot_permission, group), .flags = PARAM_EMPTY },
    { 0 },
};

static const struct param permission_change_params[] = {
    { "Add", LIST(struct permission_changes, add, struct snapshot_permission, permission_params) },
    { "Remove",
      LIST(struct permission_changes, remove, struct snapshot_permission, permission_params) },
    { 0 },
};

static const char *const operations[] = { "add", "remove", NULL };

static const struct param modify_snapshot_attribute_params[] = {
    { "SnapshotId", TEXT(struct modify_snapshot_attribute, id), .flags = PARAM_REQUIRED },
    { "Attribute", TEXT(struct modify_snapshot_attribute, attribute) },
    { "CreateVolumePermission",
      STRUCT(struct modify_snapshot_attribute, changes, permission_change_params) },
    { "OperationType", TEXT(struct modify_snapshot_attribute, operation), .values = operations },
    { "UserId", TEXTS(struct modify_snapshot_attribute, users), .flags = PARAM_EMPTY },
    { "UserGroup", TEXTS(struct modify_snapshot_attribute, groups), .flags = PARAM_EMPTY },
    { 0 },
};

/* What is to be added or removed, with the users and groups of an item apart. */
struct permission_change {
    bool adds;
    struct list users, groups; /* const char * */
};

static void take_permissions(struct call *c, const struct list *items,
                             struct permission_change *change)
{
    LIST_EACH (struct snapshot_permission, item, items) {
        if (item->user)
            strs_add(c->a, &change->users, item->user);
        if (item->group)
            strs_add(c->a, &change->groups, item->group);
    }
}

/* The old form names an attribute and an operation. */
static int read_named_form(struct call *c, const struct modify_snapshot_attribute *in,
                           struct permission_change *change)
{
    bool named = in->users.count || in->groups.count;
    if (!in->attribute && !(in->operation && named))
        return fail(c, E_ParameterCombination, "No attributes specified.");
    if (in->attribute && !text_is(in->attribute, PERMISSION))
        return fail(c, E_ParameterValue, "Unrecognized attribute.");
    if (!in->operation)
        return fail(c, E_ParameterCombination,
                    "No operation specified for createVolumePermission attribute.");
    if (!named)
        return fail(c, E_ParameterCombination, "No attributes specified."); /* [guess] */
    change->adds = text_is(in->operation, "add");
    change->users = in->users;
    change->groups = in->groups;
    return 0;
}

static int read_permission_change(struct call *c, const struct modify_snapshot_attribute *in,
                                  struct permission_change *change)
{
    *change = (struct permission_change){ .adds = in->changes.add.count > 0 };
    if (in->changes.add.count && in->changes.remove.count)
        return fail(c, E_ParameterCombination,
                    "One and only one operation type may be specified for "
                    "createVolumePermissions");
    take_permissions(c, change->adds ? &in->changes.add : &in->changes.remove, change);
    if (!change->users.count && !change->groups.count && read_named_form(c, in, change))
        return -1;
    if ((int64_t)(change->users.count + change->groups.count)
        > quota(c->sim, "snapshot-permission-changes"))
        return fail(c, E_ParameterValue, "Modification size must not be greater than 500");
    return 0;
}

static int check_permission_names(struct call *c, const struct permission_change *change)
{
    LIST_EACH (const char *, user, &change->users) {
        if (!text_digits(*user, 12))
            return fail(c, E_SnapshotPermissionUser, *user);
    }
    LIST_EACH (const char *, group, &change->groups) {
        if (!text_is(*group, "all"))
            return fail(c, E_SnapshotPermissionGroup, *group);
    }
    return 0;
}

static bool has_aws_key(struct call *c, const struct snapshot *s)
{
    struct kms_key key;
    return s->encrypted == YES && kms_key_find(c, s->key, &key) && text_is(key.manager, "AWS");
}

/* Even its own account may not be added to one under the AWS managed key [recorded]. */
static int check_sharing(struct call *c, const struct snapshot *s,
                         const struct permission_change *change)
{
    if (!change->adds)
        return 0;
    if (snapshot_check_tier(c, s))
        return -1;
    if (change->groups.count && s->encrypted == YES)
        return fail(c, E_NotPermitted, "Encrypted snapshots cannot be shared publicly.");
    if (change->groups.count && s->content.product_codes.count) /* rule [model], text [guess] */
        return fail(c, E_NotPermitted,
                    "Snapshots with AWS Marketplace product codes cannot be shared publicly.");
    if (has_aws_key(c, s))
        return fail(c, E_NotPermitted, "Encrypted snapshots with EBS default key cannot be shared");
    if (change->groups.count && !text_is(snapshot_block_access_state(c), "unblocked"))
        return fail(c, E_NotPermitted,
                    "Public sharing of snapshots is blocked for this account."); /* [guess] */
    return 0;
}

static bool permission_is_changed(const struct permission_change *change,
                                  const struct snapshot_permission *p)
{
    return p->user ? strs_have(&change->users, p->user) : strs_have(&change->groups, p->group);
}

/* The group first, then the accounts [recorded], by number. */
static int compare_permissions(const void *a, const void *b)
{
    const struct snapshot_permission *x = a, *y = b;
    if (!x->user || !y->user)
        return (x->user != NULL) - (y->user != NULL);
    return strcmp(x->user, y->user);
}

/* Adding twice and removing what is not there change nothing; the owner is never listed [recorded].
 */
static void change_permissions(struct call *c, struct snapshot *s,
                               const struct permission_change *change)
{
    struct list kept = { 0 }, seen = { 0 };
    LIST_EACH (struct snapshot_permission, p, &s->permissions) {
        if (!permission_is_changed(change, p))
            *list_add(c->a, &kept, struct snapshot_permission) = *p;
    }
    if (change->adds && change->groups.count)
        list_add(c->a, &kept, struct snapshot_permission)->group = "all";
    LIST_EACH (const char *, user, &change->users) {
        if (!change->adds || strs_have(&seen, *user) || text_is(*user, s->owner))
            continue;
        strs_add(c->a, &seen, *user);
        list_add(c->a, &kept, struct snapshot_permission)->user = *user;
    }
    if (kept.count)
        qsort(kept.items, kept.count, sizeof(struct snapshot_permission), compare_permissions);
    s->permissions = kept;
}

/* The identifier comes before DryRun, all else behind it [recorded]. */
static int modify_snapshot_attribute(struct call *c, const struct modify_snapshot_attribute *in)
{
    struct snapshot s;
    struct permission_change change;
    if (snapshot_id_check(c, in->id, SNAPSHOT_ID_VALUE) || dry_run_ends(c)
        || snapshot_own(c, in->id, &s) || read_permission_change(c, in, &change)
        || check_permission_names(c, &change) || check_sharing(c, &s, &change))
        return -1;
    change_permissions(c, &s, &change);
    snapshot_put(c, &s);
    return 0;
}

OPERATION(ec2, ModifySnapshotAttribute, modify_snapshot_attribute, .flags = OP_WRITES,
          .answer = ANSWER_RETURN, .dry_run = DRYRUN_IN_HANDLER,
          .errors = "InvalidAMIAttributeItemValue InvalidParameterCombination "
                    "InvalidParameterValue InvalidSnapshot.NotFound InvalidSnapshotID.Malformed "
                    "OperationNotPermitted IncorrectState",
          .effects = "Shares the snapshot with accounts or with all, or ends that.");
