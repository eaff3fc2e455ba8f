/* Key pairs. AWS keeps the public half; the private one is shown once. */
#ifndef WORLD_KEY_PAIR_H
#define WORLD_KEY_PAIR_H

#include "base/field.h"
#include "call/call.h"

struct key_pair {
    const char *id, *owner, *region, *name, *fingerprint, *type, *public_key;
    int64_t created;
    struct list tags;
    const char *shown_key; /* public_key where it was asked for */
};

extern const struct schema key_pair_schema;

/* The caller's, in this Region. */
bool key_pair_named(struct call *c, const char *name, struct key_pair *ret);
bool key_pair_find(struct call *c, const char *id, struct key_pair *ret);

#endif
