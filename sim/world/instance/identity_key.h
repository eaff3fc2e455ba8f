/* The key that signs the identity documents of all instances, with its certificate: one in a world,
 * made of its seed when it is first needed. AWS has one for each Region and says whose it is; this
 * one says that it is ours. */
#ifndef WORLD_IDENTITY_KEY_H
#define WORLD_IDENTITY_KEY_H

#include "base/field.h"
#include "call/call.h"

struct identity_key {
    const char *id; /* "identity" */
    const char *private_text, *certificate; /* PEM */
};

extern const struct schema identity_key_schema;

/* It may write: the first look makes it. */
void identity_key_get(struct call *c, struct identity_key *ret);

#endif
