/* Tags of every kind of resource: CreateTags, DeleteTags, DescribeTags.
 *
 * Each account has tags of its own on what it can see, shared or not [recorded]. What can be tagged
 * is in contents/taggable.def. */
#include "ops/tag.h"
#include "base/text.h"
#include "call/errors.h"
#include "call/id.h"
#include "ops/describe.h"
#include "request/filter.h"
#include "request/narrow.h"
#include "request/tag_spec.h"
#include "store/tag_row.h"

/* ---- What can be tagged ---- */

static const struct taggable *taggable_of(const struct call *c, const char *id)
{
    for (const struct taggable *t = c->sim->contents->taggables; t->prefix; t++) {
        if (id_well_shaped(t->prefix, id))
            return t;
    }
    return NULL;
}

static bool taggable_visible(struct call *c, const struct taggable *t, const char *id)
{
    const char *where =
        arena_printf(c->a, "%s = ?3 AND (%s)", t->schema->fields[0].column, t->visible);
    return store_count(c, t->schema, where, SQL_ARGS(MINE_ARGS(c), SQL_TEXT(id))) > 0;
}

/* Another account's, which the caller has tagged: it may have been shared once. These tags can
 * still be listed and removed, but no new ones made [recorded: snapshots]. */
static bool taggable_foreign(struct call *c, const struct taggable *t, const char *id)
{
    const char *where =
        arena_printf(c->a, "%s = ?3 AND region = ?1 AND owner <> ?2", t->schema->fields[0].column);
    return tags_of(c, id).count > 0
           && store_count(c, t->schema, where, SQL_ARGS(MINE_ARGS(c), SQL_TEXT(id))) > 0;
}

typedef bool tag_access(struct call *c, const struct taggable *t, const char *id);

static bool taggable_readable(struct call *c, const struct taggable *t, const char *id)
{
    return taggable_visible(c, t, id) || taggable_foreign(c, t, id);
}

/* All or nothing: every resource is looked at before the first one changes. */
static int check_tag_resources(struct call *c, const struct list *ids, tag_access *may)
{
    LIST_EACH (const char *, id, ids) {
        const struct taggable *t = taggable_of(c, *id);
        if (!t)
            return fail(c, E_TagResourceId, *id);
        if (!may(c, t, *id))
            return t->missing(c, *id);
    }
    return 0;
}

/* ---- CreateTags ---- */

struct create_tags {
    struct list resources, tags;
};

static const struct param create_tags_params[] = {
    { "ResourceId", TEXTS(struct create_tags, resources), .flags = PARAM_REQUIRED,
      .shape = "resourceIdSet" },
    { "Tag", TAGS(struct create_tags, tags, ec2_tag_words), .flags = PARAM_REQUIRED,
      .shape = "tagSet" },
    { 0 },
};

/* The text differs from that of TagSpecification [seen in reports]. */
static int check_reserved_keys(struct call *c, const struct list *tags)
{
    LIST_EACH (struct tag, tag, tags) {
        if (tag_is_reserved(tag))
            return fail(c, E_TagReservedKey, tag->key);
    }
    return 0;
}

static int create_tags(struct call *c, const struct create_tags *in)
{
    if (check_reserved_keys(c, &in->tags) || tags_check(c, &ec2_tag_words, &in->tags)
        || check_tag_resources(c, &in->resources, taggable_visible))
        return -1;
    LIST_EACH (const char *, id, &in->resources) {
        if (tags_add(c, &ec2_tag_words, taggable_of(c, *id)->schema->noun, *id, &in->tags))
            return -1;
    }
    return 0;
}

OPERATION(
    ec2, CreateTags, create_tags, .flags = OP_WRITES | OP_NAMES_TAGGABLES, .answer = ANSWER_RETURN,
    .errors = "InvalidID TagLimitExceeded",
    .effects = "sets the caller's tags on all resources, or on none; a value replaces the old one");

/* ---- DeleteTags ---- */

static const struct param delete_tags_params[] = {
    { "ResourceId", TEXTS(struct create_tags, resources), .flags = PARAM_REQUIRED,
      .shape = "resourceIdSet" },
    { "Tag", TAGS(struct create_tags, tags, ec2_tag_words) },
    { 0 },
};

/* A key alone removes the tag whatever its value; with a value only one that has it [recorded]. No
 * key means all but AWS's own. */
static void delete_tags_of(struct call *c, const char *id, const struct list *tags)
{
    struct list all = { 0 };
    if (!tags->count) {
        all = tags_of(c, id);
        tags = &all;
    }
    LIST_EACH (struct tag, tag, tags) {
        if (!tag_is_reserved(tag))
            tags_remove(c, id, tag->key, tags == &all ? NULL : tag->value);
    }
}

static int delete_tags(struct call *c, const struct create_tags *in)
{
    if (check_reserved_keys(c, &in->tags)
        || check_tag_resources(c, &in->resources, taggable_readable))
        return -1;
    LIST_EACH (const char *, id, &in->resources)
        delete_tags_of(c, *id, &in->tags);
    return 0;
}

OPERATION_AS(ec2, DeleteTags, delete_tags, delete_tags_params, struct create_tags,
             .flags = OP_WRITES | OP_NAMES_TAGGABLES, .answer = ANSWER_RETURN,
             .errors = "InvalidID TagLimitExceeded",
             .effects = "removes the caller's tags; those that are not there do no harm");

/* ---- DescribeTags ---- */

static const struct param describe_tags_params[] = {
    { "Filter", FILTERS(struct listing, filters) },
    PAGING(struct listing, page),
    { 0 },
};

struct tag_item {
    struct tag_row row;
    struct list self; /* the tag once more, for the filter tag:KEY */
};

static const struct schema tag_item_schema = {
    .name = "tag",
    .size = sizeof(struct tag_item),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct tag_item, row.resource), .xml = "resourceId",
              .filter = "resource-id" },
            { TEXT_FIELD(struct tag_item, row.type), .xml = "resourceType",
              .filter = "resource-type" },
            { TEXT_FIELD(struct tag_item, row.key), .xml = "key", .filter = "key" },
            { TEXT_FIELD(struct tag_item, row.value), .xml = "value", .filter = "value" },
            { TAGS_FIELD(struct tag_item, self) },
            { 0 } },
};

static int check_tag_filters(struct call *c, const struct list *filters)
{
    LIST_EACH (struct filter, filter, filters) {
        if (text_is(filter->name, "tag-key") || text_is(filter->name, "tag-value"))
            return fail(c, E_InvalidFilter, filter->name);
    }
    return filters_check(c, &tag_item_schema, filters);
}

/* The caller's tags here, of fewer resources or keys where the filters say so. */
static struct list tags_asked_for(struct call *c, const struct list *filters)
{
    const struct list *ids = narrow_exact(filters, "resource-id");
    const struct list *keys = ids ? NULL : narrow_exact(filters, "key");
    return tag_rows(c, ids ? "resource" : keys ? "key" : NULL, ids ? ids : keys);
}

/* The caller's tags here that the filters let through, sorted by key in byte order [recorded]. */
static struct list matching_tags(struct call *c, const struct list *filters)
{
    struct list items = { 0 }, rows = tags_asked_for(c, filters);
    LIST_EACH (struct tag_row, row, &rows) {
        struct tag_item item = { .row = *row };
        *list_add(c->a, &item.self, struct tag) = (struct tag){ row->key, row->value };
        const struct taggable *t = taggable_of(c, row->resource);
        if (t && filters_match(c, &tag_item_schema, &item, filters)
            && taggable_readable(c, t, row->resource))
            *list_add(c->a, &items, struct tag_item) = item;
    }
    return items;
}

static const struct describe tag_list = { .schema = &tag_item_schema, .set = "tagSet" };

static int describe_tags(struct call *c, const struct listing *in)
{
    if (check_tag_filters(c, &in->filters))
        return -1;
    struct list items = matching_tags(c, &in->filters);
    return describe_page(c, &tag_list, &in->page, &items);
}

OPERATION_AS(ec2, DescribeTags, describe_tags, describe_tags_params, struct listing,
             .errors = "InvalidParameterValue FilterLimitExceeded");
