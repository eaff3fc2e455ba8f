/* See buffer.h. */
#include "base/buffer.h"

#include <string.h>

void buffer_add(struct arena *a, struct buffer *b, const void *bytes, size_t n)
{
    if (b->n + n + 1 > b->room) {
        size_t room = 2 * (b->n + n) + 64;
        char *larger = arena_bytes(a, room);
        if (b->n)
            memcpy(larger, b->at, b->n);
        b->at = larger;
        b->room = room;
    }
    if (n)
        memcpy(b->at + b->n, bytes, n);
    b->n += n;
    b->at[b->n] = '\0';
}

void buffer_add_text(struct arena *a, struct buffer *b, const char *text)
{
    buffer_add(a, b, text, strlen(text));
}

const char *buffer_text(struct arena *a, struct buffer *b)
{
    buffer_add(a, b, "", 0);
    return b->at;
}
