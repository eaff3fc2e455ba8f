/* See service_tag.h. */
#include "ops/service_tag.h"

#include "store/tag_row.h"

int service_tags_put(struct call *c, const struct tag_family *family, const char *resource,
                     const struct list *tags)
{
    if (tags_check(c, family->words, tags))
        return -1;
    return tags_add(c, family->words, family->type, resource, tags);
}

int service_tag(struct call *c, const struct tag_request *in)
{
    const struct tag_family *family = c->op->tags;
    const char *resource;
    return family->find(c, in, &resource) ? -1 : service_tags_put(c, family, resource, &in->tags);
}

int service_untag(struct call *c, const struct tag_request *in)
{
    const char *resource;
    if (c->op->tags->find(c, in, &resource))
        return -1;
    LIST_EACH (const char *, key, &in->keys)
        tags_remove(c, resource, *key, NULL);
    return 0;
}

int service_list_tags(struct call *c, const struct tag_request *in)
{
    const struct tag_family *family = c->op->tags;
    const char *resource, *next;
    if (family->find(c, in, &resource))
        return -1;
    struct list tags = family->as_put ? tags_as_put(c, resource) : tags_of(c, resource);
    if (page_cut(c, &family->page, &in->page, &tags, sizeof(struct tag), &next))
        return -1;
    tags_emit(c, family->words, family->list, &tags);
    page_emit_next(c, next);
    return 0;
}
