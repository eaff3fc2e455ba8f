/* Checkpoints: the whole store set aside in memory and brought back, pages and all; and the store
 * as one portable document. */
#ifndef STORE_CHECKPOINT_H
#define STORE_CHECKPOINT_H

#include "store/store.h"

/* Both run outside a transaction. A checkpoint of that name is replaced. */
void checkpoint_make(struct store *s, const char *name);
bool checkpoint_restore(struct store *s, const char *name); /* false: there is none */
bool checkpoint_drop(struct store *s, const char *name);
/* Names and sizes, in order of making: struct checkpoint. */
struct checkpoint {
    const char *name;
    int64_t bytes;
};
struct list checkpoint_list(struct store *s, struct arena *a);

/* Every table as {"version": n, "tables": {name: {"columns": […], "rows": [[…]]}}}; blobs are
 * {"base64": …}. */
struct value *store_export(struct store *s, struct arena *a);
/* Replaces everything by such a document. NULL, or what is wrong with it (then the store is as it
 * was once the caller undoes its savepoint). */
const char *store_import(struct store *s, struct arena *a, const struct value *document);
/* What no call could work with after an import, in words; NULL: nothing. */
const char *store_unsound(struct store *s, struct arena *a);

#endif
