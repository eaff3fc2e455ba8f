/* A large body on its way in: in a file without a name, then mapped, so that it is one piece and
 * yet no memory of ours. Nobody else can open the file or make it shorter under the mapping. */
#ifndef SERVER_SPOOL_H
#define SERVER_SPOOL_H

#include <stdbool.h>
#include <stddef.h>

struct spool {
    int file; /* -1: none is open */
    size_t size; /* bytes */
    char *map; /* all of it; NULL: not mapped yet */
};

#define NO_SPOOL                                                                                   \
    {                                                                                              \
        .file = -1                                                                                 \
    }

/* Begins an empty one in `folder`. False with errno: none can be made there. */
bool spool_open(struct spool *s, const char *folder);
static inline bool spool_is_open(const struct spool *s)
{
    return s->file >= 0;
}
/* n bytes more. False with errno: the disk does not take them. */
bool spool_add(struct spool *s, const char *bytes, size_t n);
/* All that was added, which must be something; good until it is closed. NULL with errno. */
const char *spool_map(struct spool *s);
/* Nothing of it stays. One that is not open is let be. */
void spool_close(struct spool *s);

#endif
