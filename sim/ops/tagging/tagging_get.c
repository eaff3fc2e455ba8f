/* Resource Groups Tagging API: what is tagged, over all services. Lists only: tags are set in
 * tagging_set.c. */
#include <string.h>

#include "base/text.h"
#include "call/errors.h"
#include "ops/tagging/tagging_arn.h"
#include "reply/emit.h"
#include "request/page.h"
#include "request/tag_spec.h"

static const struct tag_words words = {
    .rows = { { "Key", TEXT(struct tag, key) }, { "Value", TEXT(struct tag, value) }, { 0 } },
    .no_value = "",
};

/* ---- GetResources ---- */

struct tag_filter {
    const char *key;
    struct list values; /* const char *; empty: any */
};

static const struct param tag_filter_params[] = {
    { "Key", TEXT(struct tag_filter, key), .min = 1, .max = 128 },
    { "Values", TEXTS(struct tag_filter, values), .flags = PARAM_EMPTY, .min = 0, .max = 20 },
    { 0 },
};

struct get_resources {
    struct list arns, types, filters; /* const char *; struct tag_filter */
    struct paging page;
    int64_t tags_per_page;
};

#define TAG_POLICIES "tag policies are not simulated"

static const struct param get_resources_params[] = {
    { "PaginationToken", TEXT(struct get_resources, page.next_token), .min = 0, .max = 2048 },
    { "TagFilters", LIST(struct get_resources, filters, struct tag_filter, tag_filter_params),
      .min = 0, .max = 50 },
    { "ResourcesPerPage", INT(struct get_resources, page.max_results) },
    { "TagsPerPage", INT(struct get_resources, tags_per_page) },
    { "ResourceTypeFilters", TEXTS(struct get_resources, types), .max = 100 },
    { "IncludeComplianceDetails", REFUSED(BOOL, TAG_POLICIES) },
    { "ExcludeCompliantResources", REFUSED(BOOL, TAG_POLICIES) },
    { "ResourceARNList", TEXTS(struct get_resources, arns), .min = 1, .max = 100 },
    { 0 },
};

static int check_between(struct call *c, const char *name, int64_t n, int64_t least, int64_t most)
{
    if (n == ABSENT || (n >= least && n <= most))
        return 0;
    return fail(c, E_TaggingRange, name, (long long)least, (long long)most);
}

static int check_request(struct call *c, const struct get_resources *in)
{
    struct tagging_arn arn;
    bool paged =
        in->page.next_token || in->page.max_results != ABSENT || in->tags_per_page != ABSENT;
    if (check_between(c, "ResourcesPerPage", in->page.max_results, 1, 100)
        || check_between(c, "TagsPerPage", in->tags_per_page, 100, 500))
        return -1;
    if (in->arns.count && paged)
        return fail(c, E_TaggingArnsPaged);
    LIST_EACH (struct tag_filter, filter, &in->filters) {
        if (!filter->key)
            return fail(c, E_TaggingNoKey);
    }
    LIST_EACH (const char *, text, &in->arns) {
        if (tagging_arn_read(c, *text, &arn))
            return -1;
    }
    return 0;
}

/* "ec2" or "ec2:instance". */
static bool is_of_type(const struct tagging_resource *r, const char *filter)
{
    size_t n = strlen(r->service);
    return text_starts(filter, r->service)
           && (!filter[n] || (filter[n] == ':' && text_is(filter + n + 1, r->type)));
}

static bool is_of_types(const struct tagging_resource *r, const struct list *types)
{
    LIST_EACH (const char *, type, types) {
        if (is_of_type(r, *type))
            return true;
    }
    return !types->count;
}

static bool has_tags(const struct tagging_resource *r, const struct list *filters)
{
    LIST_EACH (struct tag_filter, filter, filters) {
        const struct tag *tag = LIST_FIND(struct tag, &r->tags, key, filter->key);
        if (!tag || (filter->values.count && !strs_have(&filter->values, tag->value)))
            return false;
    }
    return true;
}

/* Where tags are asked for, only resources that have the first of their keys are looked at. */
static struct list rows_asked_for(struct call *c, const struct list *filters)
{
    struct list key = { 0 }, ids = { 0 };
    if (!filters->count)
        return tag_rows(c, NULL, NULL);
    strs_add(c->a, &key, list_at(filters, struct tag_filter, 0)->key);
    struct list rows = tag_rows(c, "key", &key);
    LIST_EACH (struct tag_row, row, &rows)
        strs_add(c->a, &ids, row->resource);
    return tag_rows(c, "resource", &ids);
}

static struct list matching_resources(struct call *c, const struct get_resources *in)
{
    struct list rows = rows_asked_for(c, &in->filters), found = { 0 };
    struct list all = tagging_resources(c, &rows);
    LIST_EACH (struct tagging_resource, r, &all) {
        if ((!in->arns.count || strs_have(&in->arns, r->arn)) && is_of_types(r, &in->types)
            && has_tags(r, &in->filters))
            *list_add(c->a, &found, struct tagging_resource) = *r;
    }
    return found;
}

/* How many of a page's resources, from the first on, have no more tags than that together. */
static int64_t fitting(const struct list *found, const struct page *page, int64_t most_tags)
{
    int64_t n = 0, tags = 0;
    for (; n < page->size && page->from + n < (int64_t)found->count; n++) {
        tags +=
            (int64_t)list_at(found, struct tagging_resource, (size_t)(page->from + n))->tags.count;
        if (most_tags != ABSENT && tags > most_tags)
            break;
    }
    return n;
}

static int get_resources(struct call *c, const struct get_resources *in)
{
    struct page page;
    if (check_request(c, in) || page_open(c, NULL, &in->page, NULL, &page))
        return -1;
    if (in->arns.count)
        page.size = (int64_t)in->arns.count;
    struct list found = matching_resources(c, in);
    int64_t end = page.from + fitting(&found, &page, in->tags_per_page);
    emit_list(c, "ResourceTagMappingList");
    for (int64_t i = page.from; i < end; i++) {
        const struct tagging_resource *r = list_at(&found, struct tagging_resource, (size_t)i);
        emit_item(c);
        emit_text(c, "ResourceARN", r->arn);
        tags_emit(c, &words, "Tags", &r->tags);
        emit_close(c);
    }
    emit_close(c);
    page_emit_next(c, end < (int64_t)found.count ? page_token(c, &page, end) : NULL);
    return 0;
}

OPERATION(tagging, GetResources, get_resources, .errors = "InvalidParameterException");

/* ---- GetTagKeys, GetTagValues ---- */

struct get_tag_values {
    const char *key;
    struct paging page;
};

#define TOKEN                                                                                      \
    {                                                                                              \
        "PaginationToken", TEXT(struct get_tag_values, page.next_token), .min = 0, .max = 2048     \
    }

static int emit_distinct(struct call *c, const struct get_tag_values *in, const char *name,
                         struct list *texts)
{
    struct list distinct = { 0 };
    const char *next, *last = NULL;
    strs_sort(texts);
    LIST_EACH (const char *, text, texts) {
        if (!text_is(*text, last))
            strs_add(c->a, &distinct, *text);
        last = *text;
    }
    static const struct page_rule rule = { .usual = 1000, .unpaged = true };
    if (page_cut(c, &rule, &in->page, &distinct, sizeof(const char *), &next))
        return -1;
    emit_texts(c, name, &distinct);
    page_emit_next(c, next);
    return 0;
}

static const struct param get_tag_keys_params[] = { TOKEN, { 0 } };

static int get_tag_keys(struct call *c, const struct get_tag_values *in)
{
    struct list keys = { 0 }, rows = tag_rows(c, NULL, NULL), all = tagging_resources(c, &rows);
    LIST_EACH (struct tagging_resource, r, &all) {
        LIST_EACH (struct tag, tag, &r->tags)
            strs_add(c->a, &keys, tag->key);
    }
    return emit_distinct(c, in, "TagKeys", &keys);
}

OPERATION_AS(tagging, GetTagKeys, get_tag_keys, get_tag_keys_params, struct get_tag_values,
             .errors = "InvalidParameterException");

static const struct param get_tag_values_params[] = {
    TOKEN,
    { "Key", TEXT(struct get_tag_values, key), .flags = PARAM_REQUIRED, .min = 1, .max = 128 },
    { 0 },
};

static int get_tag_values(struct call *c, const struct get_tag_values *in)
{
    struct list key = { 0 }, values = { 0 };
    strs_add(c->a, &key, in->key);
    struct list rows = tag_rows(c, "key", &key), all = tagging_resources(c, &rows);
    LIST_EACH (struct tagging_resource, r, &all)
        strs_add(c->a, &values, list_at(&r->tags, struct tag, 0)->value);
    return emit_distinct(c, in, "TagValues", &values);
}

OPERATION(tagging, GetTagValues, get_tag_values, .errors = "InvalidParameterException");
