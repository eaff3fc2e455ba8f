/* A growing array in an arena. The item size is the caller's to know: list_add and LIST_EACH name
 * the type. */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct list {
    void *items;
    size_t count, capacity;
};

/* A new zeroed item at the end. Items move when the list grows: do not keep pointers across an add.
 */
void *list_add_sized(struct arena *a, struct list *l, size_t item_size);
#define list_add(a, l, type) ((type *)list_add_sized((a), (l), sizeof(type)))
#define list_at(l, type, i) (&((type *)(l)->items)[i])
/* The first item whose member (const char *) is that text; NULL where none is, or text is NULL. */
#define LIST_FIND(type, l, member, text)                                                           \
    ((type *)list_find((l), sizeof(type), offsetof(type, member), (text)))
void *list_find(const struct list *l, size_t item_size, size_t member, const char *text);
/* The items whose member is one of the texts (const char *); all where there are no texts. */
#define LIST_AMONG(a, type, l, member, texts)                                                      \
    list_among((a), (l), sizeof(type), offsetof(type, member), (texts))
struct list list_among(struct arena *a, const struct list *l, size_t item_size, size_t member,
                       const struct list *texts);
#define LIST_EACH(type, var, l)                                                                    \
    for (type *var = (l)->items; var && var < (type *)(l)->items + (l)->count; var++)

/* Lists of strings: items are const char *. */
void strs_add(struct arena *a, struct list *l, const char *s);
bool strs_have(const struct list *l, const char *s);
/* By strcmp. */
void strs_sort(struct list *l);
/* "a, b, c" */
char *strs_join(struct arena *a, const struct list *l, const char *between);

#endif
