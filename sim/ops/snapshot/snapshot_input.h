/* What the snapshot operations ask of their inputs: identifiers, places, descriptions. */
#ifndef OPS_SNAPSHOT_INPUT_H
#define OPS_SNAPSHOT_INPUT_H

#include "call/call.h"
#include "world/kms/kms_key.h"

/* Each family of operations has its own words for a bad identifier. */
enum snapshot_id_words {
    SNAPSHOT_ID_LISTED, /* DescribeSnapshots: Invalid id: "…" */
    SNAPSHOT_ID_VALUE, /* CreateVolume, attributes: Value ( … ) for parameter SNAPSHOT is invalid.
                        */
    SNAPSHOT_ID_QUOTED, /* ResetSnapshotAttribute: The snapshot ID '…' is malformed, for both */
};

/* What is no snap- and lower-case hex digits is an InvalidParameterValue for most; what only fails
 * the inner check is InvalidSnapshotID.Malformed [recorded]. */
int snapshot_id_check(struct call *c, const char *id, enum snapshot_id_words words);
/* The syntax of all comes before the existence of any [recorded]. */
int snapshot_ids_check(struct call *c, const struct list *ids);

/* The values of Location; "local" is known and refused by snapshot_check_place. */
extern const char *const snapshot_locations[];
#define SNAPSHOT_NO_OUTPOSTS "there are no Outposts"
int snapshot_check_place(struct call *c, const char *location);
/* ASCII, 255 characters at most. */
int snapshot_check_description(struct call *c, const char *description);
/* What EC2 sees of a key by itself it refuses at once; what only KMS knows (KEY_INACCESSIBLE) lets
 * the work fail later. */
int snapshot_check_key(struct call *c, const char *given, struct kms_key_permitted *ret,
                       enum key_verdict *ret_verdict);

#endif
