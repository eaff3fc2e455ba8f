/* See list.h. */
#include "base/list.h"

#include <stdlib.h>
#include <string.h>

void *list_add_sized(struct arena *a, struct list *l, size_t item_size)
{
    if (l->count == l->capacity) {
        size_t capacity = l->capacity ? l->capacity * 2 : 4;
        char *items = arena_alloc_array(a, item_size, capacity);
        if (l->count)
            memcpy(items, l->items, l->count * item_size);
        l->items = items;
        l->capacity = capacity;
    }
    return (char *)l->items + item_size * l->count++;
}

void *list_find(const struct list *l, size_t item_size, size_t member, const char *text)
{
    char *item = l->items;
    for (size_t i = 0; text && i < l->count; i++, item += item_size) {
        const char *has = *(const char **)(item + member);
        if (has && strcmp(has, text) == 0)
            return item;
    }
    return NULL;
}

struct list list_among(struct arena *a, const struct list *l, size_t item_size, size_t member,
                       const struct list *texts)
{
    struct list among = { 0 };
    char *item = l->items;
    for (size_t i = 0; i < l->count; i++, item += item_size) {
        const char *has = *(const char **)(item + member);
        if (!texts->count || (has && strs_have(texts, has)))
            memcpy(list_add_sized(a, &among, item_size), item, item_size);
    }
    return among;
}

void strs_add(struct arena *a, struct list *l, const char *s)
{
    *list_add(a, l, const char *) = s;
}

bool strs_have(const struct list *l, const char *s)
{
    LIST_EACH (const char *, item, l) {
        if (strcmp(*item, s) == 0)
            return true;
    }
    return false;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void strs_sort(struct list *l)
{
    if (l->count)
        qsort(l->items, l->count, sizeof(const char *), by_text);
}

char *strs_join(struct arena *a, const struct list *l, const char *between)
{
    size_t size = 1;
    LIST_EACH (const char *, item, l)
        size += strlen(*item) + strlen(between);
    char *text = arena_alloc(a, size), *at = text;
    LIST_EACH (const char *, item, l) {
        if (at != text) {
            memcpy(at, between, strlen(between));
            at += strlen(between);
        }
        memcpy(at, *item, strlen(*item));
        at += strlen(*item);
    }
    return text;
}
