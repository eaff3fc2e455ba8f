/* See guest_folder.h. */
#include "guest/guest_folder.h"

#include <string.h>

#include "guest/guest_file.h"

static const char *parent_of(struct call *c, const char *path)
{
    const char *slash = strrchr(path, '/');
    return arena_strndup(c->a, path, slash ? (size_t)(slash - path) : 0);
}

void guest_make_parents(struct call *c, const struct instance *i, const char *path)
{
    struct list missing = { 0 };
    struct dir_entry e;
    for (path = parent_of(c, path); *path && !guest_look(c, i, path, &e); path = parent_of(c, path))
        strs_add(c->a, &missing, path);
    for (size_t n = missing.count; n > 0; n--)
        guest_make_directory(c, i, *list_at(&missing, const char *, n - 1));
}
