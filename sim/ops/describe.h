/* Describe: one mechanism for every operation that lists nouns by ids, filters and pages. */
#ifndef OPS_DESCRIBE_H
#define OPS_DESCRIBE_H

#include "call/op.h"
#include "reply/emit_noun.h"
#include "store/noun.h"

struct describe {
    const struct schema *schema;
    const char *set; /* element around the items: "volumeSet" */
    const struct list *ids; /* identifiers asked for; NULL: the operation takes none */
    const char *ids_name; /* name in the refusal of ids with MaxResults: "volumeIdsSet" */
    const struct list *filters; /* struct filter; NULL: the operation takes none */
    int64_t max_results; /* ABSENT: all */
    int64_t least; /* smallest MaxResults that AWS takes; 0: 5 */
    const char *next_token;
    /* What the caller may see: SQL after WHERE with plain ? for the binds (NULL: none). */
    const char *visible;
    const struct sql_arg *binds;
    /* Sets computed fields for this caller; false hides the noun. May be NULL. */
    bool (*prepare)(struct call *c, void *noun);
    /* Where an answer shows something else of each noun (its status): that kind, which also has the
     * filters, and what makes one of a noun, in a zeroed struct with its numbers ABSENT. */
    const struct schema *shown;
    void (*show)(struct call *c, const void *noun, void *shown);
    /* Fails for identifiers that show nothing (const char * each); 0 leaves them out. NULL: leaves
     * out. */
    int (*missing)(struct call *c, const struct list *ids);
    enum view view; /* 0: VIEW_DESCRIBED */
    const char *bad_token; /* message for a token that cannot be read; NULL: the usual one */
};

/* Checks filters and paging, emits the set and, where there is more, nextToken behind it
 * [recorded]. */
int describe(struct call *c, const struct describe *d);
/* The same without an answer: what it would show (structs of the kind) and the token behind it, for
 * answers that arrange nouns in their own way. */
int describe_find(struct call *c, const struct describe *d, struct list *ret,
                  const char **ret_token);
/* The same for structs that are not in the store: filters, pages and shows them. d->visible, ids
 * and prepare are not looked at. */
int describe_items(struct call *c, const struct describe *d, const struct list *items);

/* The paging rules for lists that are not in the store (fixtures): which items of `count` belong on
 * this page. *ret_token is what goes into nextToken, or NULL. */
int page_of(struct call *c, int64_t max_results, int64_t least, const char *next_token,
            size_t count, size_t *ret_from, size_t *ret_to, const char **ret_token);

#endif
