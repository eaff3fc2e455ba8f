/* Memory for SQLite's small pieces. It takes and gives back some dozens for each statement, of the
 * same few sizes, and Debian's is built without lookaside memory of its own: here those that are
 * given back are kept by size for the next. Everything runs on one thread. */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "store/sql.h"

#define STEP 16 /* sizes are multiples of it */
#define LARGEST 1024 /* what is kept */
#define KEPT_BYTES                                                                                 \
    (1024 * 1024) /* of all sizes together: what one large statement took goes back */

struct piece {
    size_t size; /* of what follows it */
    struct piece *next; /* while it is kept; in use: the first bytes of the piece */
};

#define HEAD offsetof(struct piece, next)

static struct {
    struct piece *kept[LARGEST / STEP + 1];
    size_t bytes;
} pool;

static size_t rounded(int n)
{
    return ((size_t)n + STEP - 1) / STEP * STEP;
}

static struct piece *piece_of(void *p)
{
    return (struct piece *)((char *)p - HEAD);
}

static int pool_size(void *p)
{
    return p ? (int)piece_of(p)->size : 0;
}

static void *pool_malloc(int n)
{
    size_t size = rounded(n);
    struct piece *piece = size <= LARGEST ? pool.kept[size / STEP] : NULL;
    if (piece) {
        pool.kept[size / STEP] = piece->next;
        pool.bytes -= size;
        return &piece->next;
    }
    piece = malloc(HEAD + size);
    if (!piece)
        return NULL;
    piece->size = size;
    return &piece->next;
}

static void pool_free(void *p)
{
    struct piece *piece = piece_of(p);
    size_t size = piece->size;
    if (size > LARGEST || pool.bytes + size > KEPT_BYTES) {
        free(piece);
        return;
    }
    piece->next = pool.kept[size / STEP];
    pool.kept[size / STEP] = piece;
    pool.bytes += size;
}

static void *pool_realloc(void *p, int n)
{
    size_t size = rounded(n), was = piece_of(p)->size;
    if (size == was)
        return p;
    void *other = pool_malloc(n);
    if (!other)
        return NULL;
    memcpy(other, p, size < was ? size : was);
    pool_free(p);
    return other;
}

static int pool_roundup(int n)
{
    return (int)rounded(n);
}

static int pool_open(void *context)
{
    (void)context;
    return SQLITE_OK;
}

static void pool_close(void *context)
{
    (void)context;
    for (size_t i = 0; i < sizeof pool.kept / sizeof *pool.kept; i++) {
        while (pool.kept[i]) {
            struct piece *piece = pool.kept[i];
            pool.kept[i] = piece->next;
            free(piece);
        }
    }
    pool.bytes = 0;
}

void pool_begin(void)
{
    static const sqlite3_mem_methods methods = { pool_malloc,  pool_free, pool_realloc, pool_size,
                                                 pool_roundup, pool_open, pool_close,   NULL };
    sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
}
