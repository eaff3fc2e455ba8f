/* A whole world that comes from outside, in place of the one that is there. */
#ifndef WORLD_STATE_H
#define WORLD_STATE_H

#include "call/call.h"

/* Takes the document of a state (store/document.h), and the clock and the identifiers with it.
 * NULL, or what is wrong with it; then what is in the store is neither the one nor the other. */
const char *state_import(struct call *c, const char *text, size_t n);

#endif
