/* Snapshot identifiers in requests: each family of operations has its own words for a bad one. */
#ifndef OPS_SNAPSHOT_ID_H
#define OPS_SNAPSHOT_ID_H

#include "call/call.h"

enum snapshot_id_words {
    SNAPSHOT_ID_LISTED, /* DescribeSnapshots: Invalid id: "…" */
    SNAPSHOT_ID_VALUE,  /* CreateVolume, attributes: Value ( … ) for parameter SNAPSHOT is invalid. */
};

/* What is no snap- and lower-case hex digits is an InvalidParameterValue for both; what only fails the
 * inner check is InvalidSnapshotID.Malformed [recorded]. */
int snapshot_id_check(struct call *c, const char *id, enum snapshot_id_words words);
/* The syntax of all comes before the existence of any [recorded]. */
int snapshot_ids_check(struct call *c, const struct list *ids);

#endif
