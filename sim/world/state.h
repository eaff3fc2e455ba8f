/* A whole world that comes from outside, in place of the one that is there. */
#ifndef WORLD_STATE_H
#define WORLD_STATE_H

#include "call/call.h"

/* Takes the document of a state (store/checkpoint.h), and the clock and the identifiers with it.
 * NULL, or what is wrong with it: then all is as it was once the caller undoes its savepoint. */
const char *state_import(struct call *c, const struct value *document);

#endif
