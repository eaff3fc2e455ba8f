/* Replacements of an instance's root volume: pending -> in-progress -> succeeded | failed. */
#ifndef WORLD_REPLACE_ROOT_TASK_H
#define WORLD_REPLACE_ROOT_TASK_H

#include "base/field.h"

struct replace_root_task {
    const char *id, *owner, *region;
    const char *instance, *state;
    int64_t started, completed;
    const char *image, *snapshot; /* what was asked for; NULL: nothing, the launch state */
    enum tri delete_replaced;
    struct list tags;
    /* Not shown: */
    const char *source; /* the snapshot that the new volume is made of */
    const char *volume; /* the new volume */
    const char *replaced; /* the one that was the root */
    enum tri same_lineage; /* the new one goes on where the old one is */
    int64_t initialization_rate;
};

extern const struct schema replace_root_task_schema;

#endif
