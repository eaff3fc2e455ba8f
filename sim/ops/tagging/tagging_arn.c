/* See tagging_arn.h. */
#include "ops/tagging/tagging_arn.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "call/errors.h"
#include "call/id.h"
#include "ops/tag.h"
#include "store/noun.h"
#include "world/account/retention_rule.h"
#include "world/kms/kms_key.h"
#include "world/ssm/ssm_parameter.h"

/* ---- EC2 ---- */

static const struct taggable *taggable_called(const struct call *c, const char *noun)
{
    for (const struct taggable *t = c->sim->contents->taggables; t->prefix; t++) {
        if (text_is(t->schema->noun, noun))
            return t;
    }
    return NULL;
}

/* Images and snapshots have no account in their ARNs [guide]. */
static const char *ec2_arn(struct call *c, const char *type, const char *id)
{
    static const char *const without[] = { "image", "snapshot", NULL };
    return arena_printf(c->a, "arn:aws:ec2:%s:%s:%s/%s", c->region,
                        text_any(type, without) ? "" : c->account, type, id);
}

static const char *ec2_stored_arn(struct call *c, const char *type, const char *id)
{
    const struct schema *schema = taggable_called(c, type)->schema;
    const char *where =
        arena_printf(c->a, "%s = ?3 AND region = ?1 AND owner = ?2", schema->fields[0].column);
    return store_count(c, schema, where, SQL_ARGS(MINE_ARGS(c), SQL_TEXT(id)))
               ? ec2_arn(c, type, id)
               : NULL;
}

static void ec2_name(struct call *c, const struct tagging_arn *arn, struct value *input)
{
    value_add_text(c->a, value_add_new(c->a, input, "ResourceId", VALUE_LIST), NULL, arn->id);
}

/* ---- KMS: the store has the ARN itself ---- */

static const char *kms_stored_arn(struct call *c, const char *type, const char *resource)
{
    struct kms_key key;
    (void)type;
    return kms_key_find(c, resource, &key) && text_is(key.account, c->account) ? key.arn : NULL;
}

static void kms_name(struct call *c, const struct tagging_arn *arn, struct value *input)
{
    value_add_text(c->a, input, "KeyId", arn->whole);
}

/* ---- SSM ---- */

static const char *ssm_stored_arn(struct call *c, const char *type, const char *resource)
{
    struct ssm_parameter p;
    (void)type;
    return store_get(c, &ssm_parameter_schema, resource, &p) ? p.arn : NULL;
}

/* "x" and "/x" share an ARN. */
static void ssm_name(struct call *c, const struct tagging_arn *arn, struct value *input)
{
    struct ssm_parameter p;
    bool bare = !strchr(arn->id, '/') && ssm_parameter_find(c, arn->id, &p);
    value_add_text(c->a, input, "ResourceType", "Parameter");
    value_add_text(c->a, input, "ResourceId", bare ? arn->id : arena_printf(c->a, "/%s", arn->id));
}

/* ---- Recycle Bin ---- */

static const char *rbin_stored_arn(struct call *c, const char *type, const char *resource)
{
    (void)type;
    return retention_rule_arn(c, resource);
}

static void rbin_name(struct call *c, const struct tagging_arn *arn, struct value *input)
{
    value_add_text(c->a, input, "resourceArn", arn->whole);
}

/* ---- Kinds ---- */

static const struct tagging_kind kinds[] = {
    { &service_ec2, NULL, NULL, "CreateTags", "DeleteTags", "Tag", "Key", "Value", NULL, ec2_name,
      ec2_stored_arn },
    { &service_kms, "kms-key", "key", "TagResource", "UntagResource", "Tags", "TagKey", "TagValue",
      "TagKeys", kms_name, kms_stored_arn },
    { &service_ssm, "parameter", "parameter", "AddTagsToResource", "RemoveTagsFromResource", "Tags",
      "Key", "Value", "TagKeys", ssm_name, ssm_stored_arn },
    { &service_rbin, "retention-rule", "rule", "TagResource", "UntagResource", "Tags", "Key",
      "Value", "tagKeys", rbin_name, rbin_stored_arn },
};

#define KIND_EACH(k)                                                                               \
    for (const struct tagging_kind *k = kinds; k < kinds + sizeof kinds / sizeof *kinds; k++)

const struct tagging_kind *tagging_kind_stored(struct call *c, const char *type)
{
    KIND_EACH(k)
    {
        if (k->stored ? text_is(k->stored, type) : taggable_called(c, type) != NULL)
            return k;
    }
    return NULL;
}

const struct tagging_kind *tagging_service(const char *service)
{
    KIND_EACH(k)
    {
        if (text_is(k->service->name, service))
            return k;
    }
    return NULL;
}

const struct tagging_kind *tagging_kind_of(struct call *c, const struct tagging_arn *arn)
{
    const struct tagging_kind *k = tagging_service(arn->service);
    if (!k)
        return NULL;
    const struct taggable *t = k->type ? NULL : taggable_called(c, arn->type);
    return (k->type ? text_is(k->type, arn->type) : t != NULL) ? k : NULL;
}

/* ---- ARNs ---- */

int tagging_arn_read(struct call *c, const char *text, struct tagging_arn *ret)
{
    const char *part[6] = { text };
    size_t n = 1;
    for (const char *at = strchr(text, ':'); at && n < 6; at = strchr(at + 1, ':'))
        part[n++] = at + 1;
    if (n < 6 || !text_starts(text, "arn:aws") || !*part[5] || part[2] + 1 == part[3])
        return fail(c, E_TaggingArn, text);
    *ret = (struct tagging_arn){
        .whole = text,
        .service = arena_strndup(c->a, part[2], (size_t)(part[3] - part[2]) - 1),
    };
    const char *slash = strchr(part[5], '/');
    if (!slash && tagging_service(ret->service))
        return fail(c, E_TaggingArn, text);
    ret->type = slash ? arena_strndup(c->a, part[5], (size_t)(slash - part[5])) : part[5];
    ret->id = slash ? slash + 1 : "";
    return 0;
}

bool tagging_arn_is_own(struct call *c, const struct tagging_arn *arn)
{
    if (text_is(arn->service, service_ec2.name))
        return text_is(arn->whole, ec2_arn(c, arn->type, arn->id))
               && id_well_shaped(taggable_called(c, arn->type)->prefix, arn->id);
    return text_starts(arn->whole, arena_printf(c->a, "arn:aws:%s:%s:%s:%s/", arn->service,
                                                c->region, c->account, arn->type));
}

/* ---- Resources ---- */

static int by_resource(const void *a, const void *b)
{
    const struct tag_row *x = a, *y = b;
    int order = strcmp(x->resource, y->resource);
    return order ? order : strcmp(x->key, y->key);
}

static int by_arn(const void *a, const void *b)
{
    const struct tagging_resource *x = a, *y = b;
    return strcmp(x->arn, y->arn);
}

static void add_resource(struct call *c, struct list *all, const struct tag_row *row, size_t n)
{
    const struct tagging_kind *kind = tagging_kind_stored(c, row->type);
    const char *arn = kind ? kind->arn(c, row->type, row->resource) : NULL;
    if (!arn)
        return;
    struct tagging_resource *r = list_add(c->a, all, struct tagging_resource);
    *r = (struct tagging_resource){ .arn = arn,
                                    .service = kind->service->name,
                                    .type = kind->type ? kind->type : row->type };
    for (size_t i = 0; i < n; i++)
        *list_add(c->a, &r->tags, struct tag) = (struct tag){ row[i].key, row[i].value };
}

struct list tagging_resources(struct call *c, const struct list *rows)
{
    struct list all = { 0 };
    struct tag_row *row = rows->items;
    if (!rows->count)
        return all;
    qsort(row, rows->count, sizeof *row, by_resource);
    for (size_t from = 0, to; from < rows->count; from = to) {
        for (to = from + 1; to < rows->count && text_is(row[to].resource, row[from].resource);)
            to++;
        add_resource(c, &all, row + from, to - from);
    }
    if (all.count)
        qsort(all.items, all.count, sizeof(struct tagging_resource), by_arn);
    return all;
}
