/* Memory that is freed all at once: one arena per request, one for the process.
 *
 * Nothing handed out is freed by itself. Running out of memory aborts: no caller has a better
 * answer. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *blocks; /* newest first */
    char *at, *end; /* free part of the newest block */
};

/* Zeroed memory, aligned for any type. */
void *arena_alloc(struct arena *a, size_t size);
/* One zeroed object or array of a type. */
#define arena_new(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define arena_array(a, type, n) ((type *)arena_alloc_array((a), sizeof(type), (n)))
/* The same, not zeroed: for bytes that are written at once. */
char *arena_bytes(struct arena *a, size_t size);
void *arena_alloc_array(struct arena *a, size_t size, size_t count);

char *arena_strdup(struct arena *a, const char *s); /* NULL stays NULL */
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *fmt, va_list args)
    __attribute__((format(printf, 2, 0)));

/* Frees all but the block that `p` lies in. */
void arena_keep(struct arena *a, const void *p);
/* Empties the arena but keeps its first block for the next user. */
void arena_reset(struct arena *a);
void arena_release(struct arena *a);

#endif
