/* DescribeImages: whose they are, who may launch them, and what hides them. */
#include "base/text.h"
#include "call/errors.h"
#include "call/id.h"
#include "call/op.h"
#include "ops/describe.h"
#include "request/resource_id.h"
#include "world/image/image.h"

struct describe_images {
    struct listing list;
    struct list owners, users;
    enum tri deprecated, disabled;
};

static const struct param describe_images_params[] = {
    { "ExecutableBy", TEXTS(struct describe_images, users) },
    { "ImageId", TEXTS(struct describe_images, list.ids) },
    { "Owner", TEXTS(struct describe_images, owners) },
    { "IncludeDeprecated", BOOL(struct describe_images, deprecated) },
    { "IncludeDisabled", BOOL(struct describe_images, disabled) },
    PAGING(struct describe_images, list.page),
    { "Filter", FILTERS(struct describe_images, list.filters) },
    { 0 },
};

/* ?3: owners, ?4: users, both JSON or NULL. A list of somebody else's images that are shared with a
 * third account is for nobody to see. */
#define IMAGE_ASKED_FOR                                                                            \
    IMAGE_VISIBLE                                                                                  \
    " AND (?3 IS NULL OR owner IN (SELECT value FROM json_each(?3))"                               \
    " OR owner_alias IN (SELECT value FROM json_each(?3)))"                                        \
    " AND (?4 IS NULL OR (public = 1 AND 'all' IN (SELECT value FROM json_each(?4)))"              \
    " OR EXISTS (SELECT 1 FROM image_permissions x WHERE x.parent = image.id"                      \
    " AND x.user IN (SELECT value FROM json_each(?4)) AND (x.user = ?2 OR image.owner = ?2))"      \
    " OR (?2 IN (SELECT value FROM json_each(?4)) AND EXISTS (SELECT 1 FROM image_permissions y"   \
    " JOIN organization_member o ON o.arn IN (y.organization, y.unit) AND o.account = ?2"          \
    " WHERE y.parent = image.id)))"                                                                \
    " AND (?5 = 1 OR owner = ?2 OR deprecation IS NULL OR deprecation > ?6)"                       \
    " AND (?7 = 1 OR state <> 'disabled')"

/* Kernels and ramdisks are images, too. */
static int check_image_ids(struct call *c, const struct list *ids)
{
    LIST_EACH (const char *, id, ids) {
        const char *prefix = text_starts(*id, "aki-") || text_starts(*id, "ari-")
                                 ? arena_strndup(c->a, *id, 4)
                                 : "ami-";
        if (id_check(c, prefix, *id))
            return -1;
    }
    return 0;
}

/* One that exists but is not to be seen, or is deregistered, is left out; one that never was, or is
 * forgotten, is an error [recorded; model]. */
static int missing_images(struct call *c, const struct list *ids)
{
    struct list unknown = { 0 };
    struct image image;
    LIST_EACH (const char *, id, ids) {
        if (!image_find(c, *id, &image) || image_forgotten(c, &image))
            strs_add(c->a, &unknown, *id);
    }
    if (!unknown.count)
        return 0;
    const char *names = strs_join(c->a, &unknown, ", ");
    return unknown.count == 1 ? fail(c, E_ImageNotFound, names) : fail(c, E_ImagesNotFound, names);
}

static int check_disabled_filter(struct call *c, const struct describe_images *in)
{
    LIST_EACH (struct filter, f, &in->list.filters) {
        if (in->disabled != YES && text_is(f->name, "state") && strs_have(&f->values, "disabled"))
            return fail(c, E_FilterDisabled);
    }
    return 0;
}

static const struct describe image_list = {
    .schema = &image_schema,
    .set = "imagesSet",
    .ids_name = "imageIdsSet",
    .visible = IMAGE_ASKED_FOR,
    .prepare = image_prepare,
    .missing = missing_images,
};

static int describe_images(struct call *c, const struct describe_images *in)
{
    static const char *const aliases[] = { "amazon", "aws-marketplace", "aws-backup-vault", NULL };
    static const char *const groups[] = { "all", NULL };
    const char *owners, *users;
    if (check_image_ids(c, &in->list.ids) || accounts_read(c, &in->owners, aliases, &owners)
        || accounts_read(c, &in->users, groups, &users) || check_disabled_filter(c, in)
        || dry_run_ends(c))
        return -1;
    return describe_with(c, &image_list, &in->list,
                         SQL_ARGS(MINE_ARGS(c), SQL_TEXT(owners), SQL_TEXT(users),
                                  SQL_INT(in->deprecated == YES || in->list.ids.count > 0),
                                  SQL_INT(c->now), SQL_INT(in->disabled == YES)));
}

OPERATION(ec2, DescribeImages, describe_images, .dry_run = DRYRUN_IN_HANDLER,
          .errors = "InvalidAMIID.Malformed InvalidAMIID.NotFound InvalidParameterValue "
                    "InvalidParameter "
                    "InvalidParameterCombination InvalidUserID.Malformed");
