/* Tags of all nouns in one table. Each account has its own tags on a resource it can see, whoever
 * owns it [recorded]. Lists come sorted by key in byte order, as DescribeTags does [recorded]. */
#ifndef STORE_TAG_ROW_H
#define STORE_TAG_ROW_H

#include "store/store.h"

/* The caller's tags on a resource: struct tag. */
struct list tags_of(struct call *c, const char *resource);
/* The same in the order in which they were put last. */
struct list tags_as_put(struct call *c, const char *resource);
/* The caller's tags in this Region whose column ("resource", "key") is one of these texts, or, with
 * NULL for both, all; by key and resource: struct tag_row. */
struct tag_row {
    const char *resource, *type, *key, *value;
};
struct list tag_rows(struct call *c, const char *column, const struct list *texts);
/* Sets them (a value replaces the old one). type as in TagSpecification. */
void tags_put(struct call *c, const char *type, const char *resource, const struct list *tags);
/* Removes the caller's tag of that key; value NULL: whatever its value. */
void tags_remove(struct call *c, const char *resource, const char *key, const char *value);

#endif
