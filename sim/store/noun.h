/* Nouns in the store, by their field tables.
 *
 * A noun's table has its scalar fields as columns, its first field (the id) as key and a row number
 * in order of creation. Lists inside a noun are tables of their own, NOUN_COLUMN(parent, position,
 * …), loaded and stored with the noun. Tags are one table for all nouns; each account sees its own.
 */
#ifndef STORE_NOUN_H
#define STORE_NOUN_H

#include "store/store.h"

/* Fills *noun (with its lists and the caller's tags) and returns true where one has this id. */
bool store_get(struct call *c, const struct schema *k, const char *id, void *noun);
/* The same for one of the caller's in its Region: a noun with columns named as in MINE. */
bool store_own(struct call *c, const struct schema *k, const char *id, void *noun);
/* Inserts it or replaces what has its id. One whose id was drawn for this call (call/id.h) replaces
 * nothing: see store_add. Tags are not touched (see store/tag_row.h). */
void store_put(struct call *c, const struct schema *k, const void *noun);
/* Inserts one whose id nobody has had. Where somebody has it the store refuses. */
void store_add(struct call *c, const struct schema *k, const void *noun);
/* The same at a row number of its own: 1 to kept_rows of the schema; ABSENT: the next one in turn.
 */
void store_add_at(struct call *c, const struct schema *k, const void *noun, int64_t row);
/* Removes it with its lists and everybody's tags on it. */
void store_remove(struct call *c, const struct schema *k, const char *id);

/* Nouns that meet a condition: what follows WHERE, a constant; it may end in ORDER BY and LIMIT.
 * Without an order they come in the order of creation. */
struct cursor;
struct memo;
struct cursor *store_find(struct call *c, const struct schema *k, const char *where,
                          const struct sql_arg *binds);
/* The same by rows that are known to be few: " INDEXED BY NAME" (schema_index), or " NOT INDEXED"
 * where the condition gives their numbers. */
struct cursor *store_find_by(struct call *c, const struct schema *k, const char *by,
                             const char *where, const struct sql_arg *binds);
bool cursor_next(struct cursor *cur, void *noun); /* false ends it */
/* What is remembered of the last one (store/memo.h); NULL: nothing. */
struct memo *cursor_memo(const struct cursor *cur);
int64_t cursor_row(const struct cursor *cur); /* the row number of the last one */
void cursor_end(struct cursor *cur);
/* All of them in a list of structs. */
struct list store_list(struct call *c, const struct schema *k, const char *where,
                       const struct sql_arg *binds);
/* The first one. */
bool store_first(struct call *c, const struct schema *k, const char *where,
                 const struct sql_arg *binds, void *noun);
/* How many there are. */
int64_t store_count(struct call *c, const struct schema *k, const char *where,
                    const struct sql_arg *binds);

/* The index that the store keeps on a field of a noun's own table, or of that of a list inside it;
 * NULL: none. */
const char *schema_index(struct arena *a, const struct schema *k, const char *table,
                         const struct field *f);

/* Removes all nouns of the caller, in every Region, and what ends with them; its tags, tokens and
 * work; settings that name it. Blocks are let go of before, by who knows what holds them. schemas:
 * all, ends with NULL. */
void store_forget_account(struct call *c, const struct schema *const *schemas);

#endif
