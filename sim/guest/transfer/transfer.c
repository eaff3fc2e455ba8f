/* See transfer.h. */
#include "guest/transfer/transfer.h"

#include <string.h>

#include "base/text.h"

const char *transfer_join(struct arena *a, const char *folder, const char *name)
{
    return arena_printf(a, "%s%s%s", folder, text_ends(folder, "/") ? "" : "/", name);
}

const char *transfer_folder(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == path ? "/" : arena_strndup(a, path, (size_t)(slash - path));
}

/* A part at a time; ".." takes the last one back. */
const char *transfer_path(struct arena *a, const char *home, const char *written)
{
    const char *whole = *written == '/' ? written : transfer_join(a, home, written);
    char *out = arena_alloc(a, strlen(whole) + 2), *end = out;
    for (size_t n; *whole; whole += n) {
        whole += strspn(whole, "/");
        n = strcspn(whole, "/");
        if (n == 2 && strncmp(whole, "..", 2) == 0) {
            while (end > out && *--end != '/')
                continue;
        } else if (n && !(n == 1 && *whole == '.')) {
            *end++ = '/';
            memcpy(end, whole, n);
            end += n;
        }
        *end = '\0';
    }
    return end == out ? "/" : out;
}

bool transfer_look(const struct transfer *t, const char *path, struct dir_entry *ret)
{
    const struct dir_entry *found = shell_look(t->sh, path);
    if (found)
        *ret = *found;
    return found != NULL;
}

bool transfer_is_folder(const struct transfer *t, const char *path)
{
    struct dir_entry e;
    return transfer_look(t, path, &e) && e.is_folder;
}

const char *transfer_outcome(const struct transfer *t, const char *error)
{
    return error ? error : shell_stopped(t->sh) ? "Device or resource busy" : NULL;
}
