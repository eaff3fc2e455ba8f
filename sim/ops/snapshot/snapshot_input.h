/* What the snapshot operations ask of their inputs: one identifier, places, descriptions. */
#ifndef OPS_SNAPSHOT_INPUT_H
#define OPS_SNAPSHOT_INPUT_H

#include "call/op.h"

/* The input of an operation on one snapshot. */
struct snapshot_id {
    const char *id;
};
extern const struct param snapshot_id_params[];

/* The values of Location; "local" is known and refused by snapshot_check_place. */
extern const char *const snapshot_locations[];
#define SNAPSHOT_NO_OUTPOSTS "there are no Outposts"
int snapshot_check_place(struct call *c, const char *location);
/* ASCII, 255 characters at most. */
int snapshot_check_description(struct call *c, const char *description);

#endif
