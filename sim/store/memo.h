/* Nouns of a few schemas (schema.remembered) as they were read last, and what was made of them: the
 * store's own memory of its rows.
 *
 * It is never wrong: what writes a noun or its tags goes through store/noun.h and store/tag_row.h,
 * which forget it, and no other statement on those tables can be prepared (store.c); what undoes or
 * replaces rows as a whole makes all be forgotten (store_undone). What is forgotten stays where it
 * is until memo_tidy: texts of a noun live as long as the call. */
#ifndef STORE_MEMO_H
#define STORE_MEMO_H

#include "store/store.h"

struct memo;

/* What was made of that very noun: 0 where nothing was, or of one that was not the same in each
 * field. kind: whatever else it depends on. */
const char *memo_made(const struct memo *m, const void *noun, int kind, size_t *ret_size);
/* Remembers it; m may be NULL. */
void memo_make(struct store *s, struct memo *m, const void *noun, int kind, const char *bytes,
               size_t size);

/* Between two calls: gives memory back. */
void memo_tidy(struct store *s);
/* How much it may take, in bytes; 0: nothing is remembered. */
void memo_limit(struct store *s, size_t bytes);

#endif
