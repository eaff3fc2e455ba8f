/* What a name in a folder of a guest stands for. */
#ifndef GUEST_DIR_ENTRY_H
#define GUEST_DIR_ENTRY_H

#include <stdbool.h>
#include <stdint.h>

struct dir_entry {
    const char *name;
    bool is_folder;
    int64_t size, changed; /* bytes; virtual ms */
    int64_t mode, uid, gid; /* mode: 07777 */
    const char *target; /* of a symbolic link; else NULL */
};

#define FOLDER_MODE 0755
#define FILE_MODE 0644
#define LINK_MODE 0777

#endif
