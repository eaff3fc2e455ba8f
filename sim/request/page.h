/* Pages of lists: one mechanism for all services.
 *
 * The services differ in the form of their tokens, in the members behind a list and in words: a
 * table in page.c says it for each, and the operation's service chooses. A list that differs from
 * the others of its service says so in a struct page_rule. */
#ifndef REQUEST_PAGE_H
#define REQUEST_PAGE_H

#include "call/op.h"

enum page_verdict {
    PAGE_OK,
    PAGE_BAD_TOKEN, /* none of this list's, or expired */
    PAGE_TOO_SMALL, /* fewer items are wanted than the service takes */
};

/* All zero: as the other lists of the service. */
struct page_rule {
    int64_t least; /* the smallest size that is taken */
    int64_t usual; /* the size where the request names none */
    bool zero_is_all; /* a size of 0 is taken, and means none */
    bool unpaged; /* the operation has no parameter for the size of a page */
    int (*bad_token)(struct call *c, const char *token); /* refuses it in words of the list's own */
};

struct page {
    /* what the list is of: EBS direct's tokens are good for that alone; else NULL */
    const char *of;
    int64_t from; /* where the page before this one ended; 0: it is the first */
    int64_t size; /* items on it at most; INT64_MAX: all */
};

/* What a request asks for. rule NULL: that of the service; of: see struct page. */
enum page_verdict page_read(struct call *c, const struct page_rule *rule, const struct paging *in,
                            const char *of, struct page *ret);
/* The same, and fails with the service's words. */
int page_open(struct call *c, const struct page_rule *rule, const struct paging *in, const char *of,
              struct page *ret);
/* The token of the page that begins at `from`. */
const char *page_token(struct call *c, const struct page *page, int64_t from);

/* A list in memory, items of `size` bytes, becomes the page of it that is asked for. *ret_token: of
 * the next one; NULL where there is none. */
int page_cut(struct call *c, const struct page_rule *rule, const struct paging *in,
             struct list *items, size_t size, const char **ret_token);
/* The members of the answer that tell of the next page. */
void page_emit_next(struct call *c, const char *token);

/* Fails where both are given: identifiers and a page. ids_name: as the refusal calls them. */
int page_without_ids(struct call *c, const struct paging *in, const struct list *ids,
                     const char *ids_name);

#endif
