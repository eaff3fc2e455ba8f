/* The store as one portable document, row by row: every table as {"version": n, "tables": {name:
 * {"columns": […], "rows": [[…]]}}}; blobs are {"base64": …}. It may be larger than memory. */
#ifndef STORE_DOCUMENT_H
#define STORE_DOCUMENT_H

#include "store/store.h"

/* Reads a store of which nothing changes in the meantime (beside_copy); lives in the arena. */
struct document *document_begin(struct store *s, struct arena *a);
/* The next piece, in `a`: whole rows, 64 KiB or a little more; *ret_ends: it is the last one. */
const char *document_more(struct document *d, struct arena *a, size_t *ret_n, bool *ret_ends);

/* Replaces everything by such a document, of this or an older version. NULL, or what is wrong with
 * it; then the store is half filled. */
const char *store_import(struct store *s, struct arena *a, const char *text, size_t n);
/* What no call could work with after an import, in words; NULL: nothing. */
const char *store_unsound(struct store *s, struct arena *a);

#endif
