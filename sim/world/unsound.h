/* What no state of the world may say, however it was brought in. */
#ifndef WORLD_UNSOUND_H
#define WORLD_UNSOUND_H

#include "call/call.h"

/* What nothing here can work with in the store, in words for a person; NULL: all is well.
 * Everything else is met as it comes. */
const char *world_unsound(struct call *c);

#endif
