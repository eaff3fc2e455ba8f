/* Mail messages as Python's email package takes them apart, for that is how cloud-init reads user
 * data: headers, nested multiparts, transfer encodings. What is damaged gives what can be read. */
#ifndef GUEST_MIME_H
#define GUEST_MIME_H

#include "base/list.h"

/* A part that is no container. */
struct mime_part {
    const char *type; /* "text/cloud-config", in lower case */
    const char *filename; /* NULL: it has none */
    const char *merge; /* the header Merge-Type or X-Merge-Type; NULL: none */
    const char *bytes; /* decoded; a '\0' behind them */
    size_t n;
};

#define MIME_MOST_PARTS 256
#define MIME_DEEPEST 16

/* Adds the parts in their order (struct mime_part), up to MIME_MOST_PARTS in the list and
 * MIME_DEEPEST containers in one another: what is beyond is left out and *ret_more is set. */
void mime_read(struct arena *a, const char *bytes, size_t n, struct list *parts, bool *ret_more);

#endif
