/* Files that nobody else sees, for what would be too much memory. */
#ifndef BASE_TEMP_FILE_H
#define BASE_TEMP_FILE_H

#include "base/arena.h"

/* A new empty file in $TMPDIR, else in /tmp, its owner's alone: an open descriptor, or -1 and
 * errno. Whoever made it unlinks it once it has been opened under its name by all who must. */
int temp_file(struct arena *a, const char **ret_path);

#endif
