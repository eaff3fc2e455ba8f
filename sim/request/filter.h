/* Describe filters, driven by field tables: any field with a .filter name, tag:KEY, tag-key,
 * tag-value.
 *
 * Values of one filter are alternatives, filters add up; wildcards as in base/glob.h. */
#ifndef REQUEST_FILTER_H
#define REQUEST_FILTER_H

#include "base/field.h"
#include "call/op.h"

/* Names known to the schema (or its lists), numbers and lengths of values. */
int filters_check(struct call *c, const struct schema *k, const struct list *filters);
bool filters_match(struct call *c, const struct schema *k, const void *noun,
                   const struct list *filters);

#endif
