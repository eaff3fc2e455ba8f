/* See checkpoint.h. */
#include "store/checkpoint.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "store/beside.h"
#include "store/sql.h"

struct kept {
    struct kept *next;
    char *name;
    struct store *copy;
};

static struct kept **find(struct store *s, const char *name)
{
    struct kept **at = &s->kept;
    while (*at && !text_is((*at)->name, name))
        at = &(*at)->next;
    return at;
}

static void forget(struct kept **at)
{
    struct kept *k = *at;
    *at = k->next;
    beside_close(k->copy);
    free(k->name);
    free(k);
}

void checkpoint_keep(struct store *s, const char *name, struct store *copy)
{
    struct kept *k = calloc(1, sizeof *k);
    if (!k || !(k->name = strdup(name)))
        BUG("out of memory");
    k->copy = copy;
    beside_keep(copy);
    checkpoint_drop(s, name);
    *find(s, name) = k;
}

struct store *checkpoint_find(struct store *s, const char *name)
{
    struct kept *k = *find(s, name);
    return k ? k->copy : NULL;
}

bool checkpoint_drop(struct store *s, const char *name)
{
    struct kept **at = find(s, name);
    if (!*at)
        return false;
    forget(at);
    return true;
}

void checkpoint_drop_all(struct store *s)
{
    while (s->kept)
        forget(&s->kept);
}

struct list checkpoint_list(struct store *s, struct arena *a)
{
    struct list l = { 0 };
    for (struct kept *k = s->kept; k; k = k->next) {
        struct checkpoint *one = list_add(a, &l, struct checkpoint);
        one->name = arena_strdup(a, k->name);
        one->bytes = store_number(k->copy, "PRAGMA page_count", NULL)
                     * store_number(k->copy, "PRAGMA page_size", NULL);
    }
    return l;
}
