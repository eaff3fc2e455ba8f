/* See spool.h. */
#define _GNU_SOURCE /* O_TMPFILE */
#include "server/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include <sys/mman.h>
#include <unistd.h>

/* Not every file system has files without a name. */
static int make_and_unlink(const char *folder)
{
    char path[4096];
    int n = snprintf(path, sizeof path, "%s/amisim-body-XXXXXX", folder);
    if (n < 0 || (size_t)n >= sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int file = mkostemp(path, O_CLOEXEC);
    if (file >= 0)
        unlink(path);
    return file;
}

bool spool_open(struct spool *s, const char *folder)
{
    int file = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file < 0)
        file = make_and_unlink(folder);
    *s = (struct spool){ .file = file };
    return file >= 0;
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
