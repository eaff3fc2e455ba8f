/* See temp_file.h. */
#include "base/temp_file.h"

#include <stdlib.h>

int temp_file(struct arena *a, const char **ret_path)
{
    const char *folder = getenv("TMPDIR");
    char *path = arena_printf(a, "%s/amisim-XXXXXX", folder && *folder ? folder : "/tmp");
    *ret_path = path;
    return mkstemp(path);
}
