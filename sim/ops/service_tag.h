/* Tags in the services that have operations of their own for them: TagResource, UntagResource,
 * ListTagsForResource by their many names. They live with all other tags in the store.
 *
 * A service declares its family, the tables of parameters, which fill a struct tag_request, and its
 * operations: TAG_OPERATION(). */
#ifndef OPS_SERVICE_TAG_H
#define OPS_SERVICE_TAG_H

#include "request/page.h"
#include "request/tag_spec.h"

/* A table fills what the service's operation has. */
struct tag_request {
    const char *type, *id; /* the resource */
    struct list tags, keys; /* struct tag; const char * */
    struct paging page;
};

struct tag_family {
    const char *type; /* of the resources, in the store */
    const char *list; /* member of the answer around the tags */
    const struct tag_words *words;
    struct page_rule page;
    bool as_put; /* listed in the order in which they were put, not by key */
    /* The name under which the store has the tags of the resource; or fails. */
    int (*find)(struct call *c, const struct tag_request *in, const char **ret_resource);
};

/* Tags of a new resource, or more of one that has some: checked and put. */
int service_tags_put(struct call *c, const struct tag_family *family, const char *resource,
                     const struct list *tags);

/* The handlers. */
int service_tag(struct call *c, const struct tag_request *in);
int service_untag(struct call *c, const struct tag_request *in);
int service_list_tags(struct call *c, const struct tag_request *in);

#define TAG_OPERATION(svc, Name, handler, table, family, ...)                                      \
    OPERATION_AS(svc, Name, handler, table, struct tag_request, .tags = &(family), __VA_ARGS__)

#endif
