/* Bytes that grow, in an arena: a copy is made when they outgrow their room, which doubles. */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <stddef.h>

#include "base/arena.h"

struct buffer {
    char *at; /* NULL while nothing was ever added */
    size_t n, room; /* bytes: used, allocated */
};

/* n bytes more; behind the last one there is always a '\0' that n does not count. */
void buffer_add(struct arena *a, struct buffer *b, const void *bytes, size_t n);
void buffer_add_text(struct arena *a, struct buffer *b, const char *text);
/* What it holds as a text, "" where nothing was added; good until more is added. */
const char *buffer_text(struct arena *a, struct buffer *b);

#endif
