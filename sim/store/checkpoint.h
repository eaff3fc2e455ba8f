/* Checkpoints: copies of the whole store in memory, under names. */
#ifndef STORE_CHECKPOINT_H
#define STORE_CHECKPOINT_H

#include "store/store.h"

/* Takes over a copy (beside.h). A checkpoint of that name is replaced. */
void checkpoint_keep(struct store *s, const char *name, struct store *copy);
struct store *checkpoint_find(struct store *s, const char *name); /* NULL: there is none */
bool checkpoint_drop(struct store *s, const char *name);
/* Names and sizes, in order of making: struct checkpoint. */
struct checkpoint {
    const char *name;
    int64_t bytes;
};
struct list checkpoint_list(struct store *s, struct arena *a);

#endif
