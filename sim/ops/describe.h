/* Describe: one mechanism for every operation that lists nouns by ids, filters and pages.
 *
 * A list that has no rules of its own is declared, and needs no handler: LISTS(). */
#ifndef OPS_DESCRIBE_H
#define OPS_DESCRIBE_H

#include "call/op.h"
#include "reply/emit_noun.h"
#include "request/page.h"
#include "store/noun.h"

/* What a list shows, all constants. */
struct describe {
    const struct schema *schema;
    const char *set; /* element around the items: "volumeSet" */
    const char *ids_name; /* name in the refusal of ids with MaxResults: "volumeIdsSet" */
    /* What the caller may see: SQL after WHERE, ?1 its Region, ?2 its account (MINE_ARGS). */
    const char *visible;
    struct page_rule page;
    /* Makes what is made at the first look. May be NULL. */
    void (*before)(struct call *c);
    /* Where nothing is `visible`: adds all that this caller may see and that is not in the store,
     * structs of the schema, whose first field is their id. NULL: there never is any. */
    void (*compute)(struct call *c, struct list *into);
    /* Fails for ids of the wrong shape. NULL: their shape does not matter. */
    int (*check_ids)(struct call *c, const struct list *ids);
    /* Sets computed fields for this caller; false hides the noun. May be NULL. */
    bool (*prepare)(struct call *c, void *noun);
    /* Where an answer shows something else of each noun (its status): that schema, which also has
     * the filters, and what makes one of a noun, in a zeroed struct with its numbers ABSENT.
     * Without `show` it is another schema of the noun's own struct. */
    const struct schema *shown;
    void (*show)(struct call *c, const void *noun, void *shown);
    /* Fails for identifiers that show nothing (const char * each); 0 leaves them out. NULL: leaves
     * out. */
    int (*missing)(struct call *c, const struct list *ids);
    enum view view; /* 0: VIEW_DESCRIBED */
};

/* Checks filters and paging, emits the set and, where there is more, nextToken behind it
 * [recorded]. */
int describe(struct call *c, const struct describe *d, const struct listing *in);
/* The same with more binds than MINE_ARGS. */
int describe_with(struct call *c, const struct describe *d, const struct listing *in,
                  const struct sql_arg *binds);
/* The same without an answer: what it would show (structs of the schema) and the token behind it,
 * for answers that arrange nouns in their own way. */
int describe_find(struct call *c, const struct describe *d, const struct listing *in,
                  struct list *ret, const char **ret_token);
/* The same for structs that are not in the store: filters, pages and shows them. Of the listing
 * only filters and page are looked at, of the declaration not what is about ids and visibility. */
int describe_items(struct call *c, const struct describe *d, const struct listing *in,
                   const struct list *items);
/* The same without filters: pages and shows. Services that answer in JSON have no filters. */
int describe_page(struct call *c, const struct describe *d, const struct paging *page,
                  const struct list *items);
/* The handler of every list that is only declared: c->op->lists, stored or computed. */
int describe_listed(struct call *c, const struct listing *in);

/* An operation that is a list: its parameters make a struct listing, d is a struct describe. */
#define LISTS(svc, Name, table, d, ...)                                                            \
    OPERATION_AS(svc, Name, describe_listed, table, struct listing, .lists = &(d), __VA_ARGS__)

/* What AWS has and nothing here makes: the list takes ids, filters and pages, and is empty. */
struct nothing {
    const char *id;
    struct list tags;
};
#define NO_SUCH_TAG                                                                                \
    {                                                                                              \
        TAGS_FIELD(struct nothing, tags)                                                           \
    }
/* Declares it as NOUN_list for LISTS(). element, ids, rule: .set, .ids_name, .page; error: an E_
 * macro whose text takes the id; then the filters: NO_SUCH_TAG, NO_SUCH("state"), { 0 }. */
#define NONE_HERE(noun, element, ids, rule, error, ...)                                            \
    MISSING(no_##noun, error);                                                                     \
    static const struct schema noun##_schema = {                                                   \
        .name = #noun,                                                                             \
        .size = sizeof(struct nothing),                                                            \
        .fields = (const struct field[]){ { TEXT_FIELD(struct nothing, id) }, __VA_ARGS__ }        \
    };                                                                                             \
    static const struct describe noun##_list = { .schema = &noun##_schema,                         \
                                                 .set = element,                                   \
                                                 .ids_name = ids,                                  \
                                                 .page = rule,                                     \
                                                 .missing = no_##noun }

/* A function for .missing: the error names the first of them. */
#define MISSING(name, ...)                                                                         \
    static int name(struct call *c, const struct list *ids)                                        \
    {                                                                                              \
        return fail(c, __VA_ARGS__, *list_at(ids, const char *, 0));                               \
    }                                                                                              \
    _Static_assert(sizeof #name > 1, "takes the semicolon")

#endif
