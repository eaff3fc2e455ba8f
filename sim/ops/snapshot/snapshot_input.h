/* What the snapshot operations ask of their inputs: places, descriptions. */
#ifndef OPS_SNAPSHOT_INPUT_H
#define OPS_SNAPSHOT_INPUT_H

#include "call/call.h"

/* The values of Location; "local" is known and refused by snapshot_check_place. */
extern const char *const snapshot_locations[];
#define SNAPSHOT_NO_OUTPOSTS "there are no Outposts"
int snapshot_check_place(struct call *c, const char *location);
/* ASCII, 255 characters at most. */
int snapshot_check_description(struct call *c, const char *description);

#endif
