/* Tags in requests: TagSpecification and the rules that every tag meets. */
#ifndef REQUEST_TAG_SPEC_H
#define REQUEST_TAG_SPEC_H

#include "call/op.h"

/* The specifications against the types an operation may tag ("image snapshot"). input_read does it
 * for every parameter with .taggable. */
int tag_specs_check(struct call *c, const struct list *specs, const char *types);
/* The rules of one set of tags: keys, lengths, repeats, the reserved prefix. */
int tags_check(struct call *c, const struct list *tags);
/* The tags that the specifications hold for a type (struct tag); empty where there are none. */
struct list tag_specs_for(const struct list *specs, const char *type);
/* Puts them on a new resource. */
void tag_specs_put(struct call *c, const struct list *specs, const char *type,
                   const char *resource);
/* Puts tags on a resource that may have some; fails beyond the quota of 50. */
int tags_add(struct call *c, const char *type, const char *resource, const struct list *tags);

#endif
