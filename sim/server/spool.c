/* See spool.h. */
#include "server/spool.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include <sys/mman.h>
#include <unistd.h>

/* Its name is there for as long as it takes to be taken away. */
bool spool_open(struct spool *s, const char *folder)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/amisim-body-XXXXXX", folder);
    if (n < 0 || (size_t)n >= sizeof path) {
        errno = ENAMETOOLONG;
        return false;
    }
    *s = (struct spool){ .file = mkstemp(path) };
    if (s->file >= 0)
        unlink(path);
    return s->file >= 0;
}

bool spool_add(struct spool *s, const char *bytes, size_t n)
{
    while (n) {
        ssize_t written = write(s->file, bytes, n);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        bytes += written;
        n -= (size_t)written;
        s->size += (size_t)written;
    }
    return true;
}

const char *spool_map(struct spool *s)
{
    if (s->map)
        return s->map;
    void *map = mmap(NULL, s->size, PROT_READ, MAP_PRIVATE, s->file, 0);
    s->map = map == MAP_FAILED ? NULL : map;
    return s->map;
}

void spool_close(struct spool *s)
{
    if (s->map)
        munmap(s->map, s->size);
    if (s->file >= 0)
        close(s->file);
    *s = (struct spool)NO_SPOOL;
}
