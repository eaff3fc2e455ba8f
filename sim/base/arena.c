/* See arena.h. Blocks double up to a limit; a large object gets a block of its own size. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BLOCK ((size_t)16 * 1024)
#define LARGEST_BLOCK ((size_t)1024 * 1024)

struct arena_block {
    struct arena_block *older;
    size_t size;
    alignas(max_align_t) char bytes[];
};

static void out_of_memory(void)
{
    fputs("amisim: out of memory\n", stderr);
    abort();
}

static void grow(struct arena *a, size_t need)
{
    size_t size = FIRST_BLOCK;
    if (a->blocks && a->blocks->size < LARGEST_BLOCK)
        size = a->blocks->size * 2;
    if (size < need)
        size = need;
    struct arena_block *block = malloc(sizeof *block + size);
    if (!block)
        out_of_memory();
    block->older = a->blocks;
    block->size = size;
    a->blocks = block;
    a->at = block->bytes;
    a->end = block->bytes + size;
}

static size_t left(const struct arena *a)
{
    return a->at ? (size_t)(a->end - a->at) : 0;
}

char *arena_bytes(struct arena *a, size_t size)
{
    size_t align = alignof(max_align_t);
    if (size > SIZE_MAX / 2)
        out_of_memory();
    size_t need = (size + align - 1) & ~(align - 1);
    if (left(a) < need || !a->at)
        grow(a, need);
    char *p = a->at;
    a->at += need;
    return p;
}

void *arena_alloc(struct arena *a, size_t size)
{
    return memset(arena_bytes(a, size), 0, size);
}

void *arena_alloc_array(struct arena *a, size_t size, size_t count)
{
    if (count && size > SIZE_MAX / 2 / count)
        out_of_memory();
    return arena_alloc(a, size * count);
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
    char *copy = arena_bytes(a, n + 1);
    memcpy(copy, s, n);
    copy[n] = '\0';
    return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
    return s ? arena_strndup(a, s, strlen(s)) : NULL;
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list args)
{
    /* most texts fit into the block at hand: those are formatted once, in their place */
    va_list again;
    va_copy(again, args);
    size_t fits = left(a);
    int n = vsnprintf(a->at, fits, fmt, args);
    if (n < 0)
        abort();
    char *text = arena_bytes(a, (size_t)n + 1);
    if ((size_t)n >= fits)
        vsnprintf(text, (size_t)n + 1, fmt, again);
    va_end(again);
    return text;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *text = arena_vprintf(a, fmt, args);
    va_end(args);
    return text;
}

void arena_keep(struct arena *a, const void *p)
{
    struct arena_block *kept = NULL;
    for (struct arena_block *block = a->blocks, *older; block; block = older) {
        const char *from = block->bytes, *at = p;
        older = block->older;
        if (at < from || at >= from + block->size) {
            free(block);
            continue;
        }
        kept = block;
        kept->older = NULL;
    }
    *a = (struct arena){ .blocks = kept };
}

void arena_reset(struct arena *a)
{
    while (a->blocks && a->blocks->older) {
        struct arena_block *block = a->blocks;
        a->blocks = block->older;
        free(block);
    }
    if (a->blocks) {
        a->at = a->blocks->bytes;
        a->end = a->at + a->blocks->size;
    }
}

void arena_release(struct arena *a)
{
    arena_reset(a);
    free(a->blocks);
    *a = (struct arena){ 0 };
}
