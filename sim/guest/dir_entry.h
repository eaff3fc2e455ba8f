/* What a name in a folder of a guest stands for. */
#ifndef GUEST_DIR_ENTRY_H
#define GUEST_DIR_ENTRY_H

#include <stdbool.h>
#include <stdint.h>

struct dir_entry {
    const char *name;
    bool is_folder;
    int64_t size, changed; /* bytes; virtual ms */
};

#endif
