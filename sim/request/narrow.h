/* Filters that an index of the store answers: what they cannot match is not read.
 *
 * Exact values and fixed beginnings ("al2023-*") narrow on ids, on fields with an index, also those
 * of lists that are stored with a noun, on tag:KEY and tag-key. Whoever lists judges all filters
 * afterwards all the same: narrowing leaves out, it never lets in. */
#ifndef REQUEST_NARROW_H
#define REQUEST_NARROW_H

#include "base/field.h"
#include "call/op.h"
#include "store/noun.h"

/* A list of what is made of a noun. */
struct narrowed {
    const struct schema *stored; /* the noun */
    const struct schema *shown; /* of the struct that the filters are about: it has the noun's in
                                   it, or is the noun */
    size_t at; /* where the noun stands in that struct */
    const struct list *filters; /* struct filter; NULL: none */
};

/* As store_find and store_list, in the same order. Without an order in `where`. */
struct cursor *narrow_find(struct call *c, const struct narrowed *n, const char *where,
                           const struct sql_arg *binds);
struct list narrow_list(struct call *c, const struct narrowed *n, const char *where,
                        const struct sql_arg *binds);

/* The values of the first filter of that name (const char *), where none is a pattern; NULL. */
const struct list *narrow_exact(const struct list *filters, const char *name);

#endif
